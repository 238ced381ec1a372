// The proof: can the task be won, what do cheats get, has the grader teeth.
import { useState } from 'preact/hooks';
import { useApp } from '../context';
import { textOf } from '../commands';
import { count, idWords, showScore } from '../text/number';
import { Alert } from '../ui/Alert';
import { TableHead } from '../ui/TableHead';
import { Ticked } from '../ui/Ticked';
import { sendProve } from './api';
import { keyOf, type Work } from './draft';
import type { ProvedTask, ProveAnswer } from './model';

export function Proof({ work }: { work: Work }) {
  const { dispatch } = useApp();
  // What came of the last request: of any other text it says nothing.
  const [proof, setProof] = useState<{ of: string; answer: ProveAnswer | null; error: string | null } | null>(null);
  const [busy, setBusy] = useState(false);
  const key = keyOf(work);
  const prove = async () => {
    setBusy(true);
    setProof(null);
    try {
      const answer = await sendProve({ task: work.task, pack: work.pack });
      setProof({ of: key, answer, error: null });
      dispatch({ type: 'say', text: answer.summary.errors === 0 ? 'Proved.' : `Not proved: ${count(answer.summary.errors, 'error')}.` });
    } catch (problem) {
      setProof({ of: key, answer: null, error: textOf(problem) });
    }
    setBusy(false);
  };
  return (
    <section class="panel proof" aria-labelledby="proof-title" aria-busy={busy}>
      <div class="proof-head">
        <h3 id="proof-title">Proof</h3>
        <button type="button" onClick={() => void prove()} disabled={busy}>
          {busy ? 'Proving…' : 'Prove'}
        </button>
      </div>
      <p class="hint">Plays the task in every way that matters: the winning path, cheats, one piece of evidence withheld, and a grader put to the test.</p>
      {proof !== null && proof.of !== key && <p class="quiet">The text has changed since it was proved.</p>}
      {proof !== null && proof.of === key && (
        <>
          {proof.error !== null && (
            <Alert>
              <Ticked text={proof.error} />
            </Alert>
          )}
          {proof.answer?.tasks.map((task) => (
            <ProofTable key={task.task} task={task} />
          ))}
        </>
      )}
    </section>
  );
}

function ProofTable({ task }: { task: ProvedTask }) {
  const { oracle, search, mutants } = task;
  const bad = task.findings.some((finding) => finding.severity === 'error');
  return (
    <>
      <p>
        <span class={bad ? 'badge poor' : 'badge good'}>{bad ? 'not proved' : 'proved'}</span>
      </p>
      {task.findings.length > 0 && (
        <ul class="proof-findings">
          {task.findings.map((finding, at) => (
            <li key={at}>
              <span class={`tone ${finding.severity === 'error' ? 'forbidden' : 'failed'}`}>{finding.severity}</span> <Ticked text={finding.message} /> <code>{finding.check}</code>
              {finding.help != null && (
                <p class="quiet">
                  <Ticked text={finding.help} />
                </p>
              )}
            </li>
          ))}
        </ul>
      )}
      <table class="grid">
        <caption class="unseen">What was proved</caption>
        <tbody>
          {oracle !== null && <Row name="Reference solution" value={showScore(oracle.score)} />}
          {search?.shortest != null && <Row name="Shortest winning path" value={`${count(search.shortest.steps, 'step')}, ${count(search.shortest.ways, 'way')}`} />}
          {search !== null && <Row name="A random player’s mean" value={showScore(search.random)} />}
          {mutants !== null && <Row name="Harmful changes caught" value={`${mutants.killed} of ${mutants.harmful}`} />}
          {mutants !== null && <Row name="Harmless changes spared" value={`${mutants.spared} of ${mutants.harmless}`} />}
          {search?.withheld.map(({ evidence, best }) => (
            <Row key={evidence} name={`Best without ${evidence}`} value={showScore(best.score)} />
          ))}
        </tbody>
      </table>
      <CheatTable cheats={task.cheats} />
    </>
  );
}

/** Folded where no cheat gets too much. */
function CheatTable({ cheats }: { cheats: ProvedTask['cheats'] }) {
  const over = cheats.filter(({ within }) => !within).length;
  return (
    <details open={over > 0}>
      <summary>
        {over === 0 ? `None of ${count(cheats.length, 'cheat')} gets more than it may` : `${count(over, 'cheat')} of ${cheats.length} ${over === 1 ? 'gets' : 'get'} more than allowed`}
      </summary>
      <table class="grid cheats">
        <caption class="unseen">What cheats get</caption>
        <TableHead words={['Cheat']} figures={['Score', 'Allowed']} />
        <tbody>
          {cheats.map(({ cheat, earned, bound, within }) => (
            <tr key={cheat} class={within ? '' : 'over'}>
              <td>{idWords(cheat)}</td>
              <td class="right">
                {showScore(earned)}
                {!within && <span class="unseen"> too much</span>}
              </td>
              <td class="right">{showScore(bound)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </details>
  );
}

function Row({ name, value }: { name: string; value: string }) {
  return (
    <tr>
      <th scope="row">{name}</th>
      <td class="right">{value}</td>
    </tr>
  );
}
