// The runs in a table, sorted by a figure; each can be taken out of what stands below.
import type { ComponentChildren } from 'preact';
import type { Run } from './contents';
import { count } from '../text/number';
import { RunName } from './RunName';
import { Whisker } from './Whisker';
import { compact, dollars, percent, seconds, two } from './words';

interface Column {
  id: string;
  name: string;
  /** What runs are sorted by; words go up, figures down. */
  by: (run: Run) => number | string;
  /** Whether the table has it. */
  has?: (run: Run) => boolean;
  cell: (run: Run) => ComponentChildren;
}

/** Below so many tasks a bootstrap's interval is too narrow. */
const FEW_TASKS = 10;

const tokensOf = ({ figures }: Run) => figures.prompt_tokens + figures.completion_tokens;
const errorsOf = ({ figures }: Run) => Object.values(figures.errors).reduce((sum, times) => sum + times, 0);
/** The chances of the most attempts at a task, where there are several. */
const passesOf = ({ figures }: Run) => figures.passes.findLast(({ k }) => k > 1);

const FIGURES: Column[] = [
  {
    id: 'success',
    name: 'Success',
    by: (run) => run.figures.success.mean ?? -1,
    cell: ({ figures: { success } }) => (
      <>
        {success.mean === null ? '–' : percent(success.mean)}
        {success.interval !== null && <Sub text={`${percent(success.interval.low)} to ${percent(success.interval.high)}`} />}
      </>
    ),
  },
  {
    id: 'pass',
    name: 'pass^k',
    by: (run) => passesOf(run)?.pass_hat_k ?? -1,
    has: (run) => passesOf(run) !== undefined,
    cell: (run) => {
      const passes = passesOf(run);
      return passes === undefined ? (
        '–'
      ) : (
        <>
          {percent(passes.pass_hat_k)}
          <Sub text={`all ${passes.k} trials`} />
        </>
      );
    },
  },
  {
    id: 'at',
    name: 'pass@k',
    by: (run) => passesOf(run)?.pass_at_k ?? -1,
    has: (run) => passesOf(run) !== undefined,
    cell: (run) => {
      const passes = passesOf(run);
      return passes === undefined ? (
        '–'
      ) : (
        <>
          {percent(passes.pass_at_k)}
          <Sub text={`any of ${passes.k}`} />
        </>
      );
    },
  },
  { id: 'steps', name: 'Steps', by: (run) => run.figures.steps ?? -1, cell: ({ figures }) => figures.steps?.toFixed(1) ?? '–' },
  {
    id: 'time',
    name: 'Time',
    by: (run) => run.figures.seconds.median ?? -1,
    cell: ({ figures: { seconds: time } }) => (
      <>
        {time.median === null ? '–' : seconds(time.median)}
        {time.p95 !== null && <Sub text={`p95 ${seconds(time.p95)}`} />}
      </>
    ),
  },
  {
    id: 'tokens',
    name: 'Tokens',
    by: tokensOf,
    has: (run) => tokensOf(run) > 0,
    cell: (run) =>
      tokensOf(run) === 0 ? (
        '–'
      ) : (
        <>
          {compact(tokensOf(run))}
          <Sub text={`${compact(run.figures.completion_tokens)} written`} />
        </>
      ),
  },
  {
    id: 'cost',
    name: 'Cost',
    by: (run) => run.figures.cost.total ?? -1,
    has: (run) => run.figures.cost.total !== null,
    cell: ({ figures: { cost } }) => (
      <>
        {dollars(cost.total)}
        {cost.total !== null && cost.unknown_trials > 0 && <Sub text={`without ${count(cost.unknown_trials, 'trial')}`} />}
      </>
    ),
  },
  {
    id: 'errors',
    name: 'Errors',
    by: errorsOf,
    cell: (run) => (
      <>
        {errorsOf(run)}
        {run.figures.trials.failed > 0 && <span class="sub poor-text">{count(run.figures.trials.failed, 'trial')} failed</span>}
      </>
    ),
  },
  {
    id: 'trials',
    name: 'Trials',
    by: (run) => run.figures.trials.done,
    cell: ({ figures: { trials } }) => (
      <>
        {trials.done}
        {trials.done < trials.expected && <span class="sub warn-text">of {trials.expected}</span>}
      </>
    ),
  },
];

const COLUMNS: Column[] = [
  { id: 'run', name: 'Run', by: (run) => run.label.toLowerCase(), cell: () => null },
  { id: 'score', name: 'Mean score', by: (run) => run.figures.score.mean ?? -1, cell: () => null },
  ...FIGURES,
];

export function sortRuns(runs: Run[], sort: string): Run[] {
  const up = sort.startsWith('-');
  const column = COLUMNS.find(({ id }) => id === sort.replace('-', '')) ?? COLUMNS[1];
  const sorted = [...runs].sort((a, b) => {
    const [x, y] = [column?.by(a) ?? 0, column?.by(b) ?? 0];
    return typeof x === 'string' && typeof y === 'string' ? x.localeCompare(y, 'en') : Number(y) - Number(x);
  });
  return up ? sorted.reverse() : sorted;
}

interface Props {
  runs: Run[];
  hidden: number[];
  sort: string;
  choose: (sort: string) => void;
  toggle: (run: number) => void;
}

export function Leaderboard({ runs, hidden, sort, choose, toggle }: Props) {
  const columns = COLUMNS.filter(({ has }) => has === undefined || runs.some(has));
  const few = runs.some(({ figures }) => figures.tasks < FEW_TASKS && figures.score.careful_interval !== null);
  return (
    <section class="panel leaderboard" aria-labelledby="leaderboard-title">
      <h2 id="leaderboard-title">Leaderboard</h2>
      <p class="quiet note">
        Over all trials of each run, whatever the filters say; every task weighs the same. The bar shows the mean, the line its 95 % confidence interval
        {few ? '; the thin line the more careful one by Student’s t, as a bootstrap over few tasks is too narrow.' : '.'}
      </p>
      <div class="scroll" role="group" aria-labelledby="leaderboard-title" tabIndex={0}>
        <table class="grid">
          <caption class="unseen">The figures of each run over all its trials</caption>
          <thead>
            <tr>
              {columns.map(({ id, name }) => {
                const on = sort.replace('-', '') === id;
                const up = sort.startsWith('-') !== (id === 'run');
                return (
                  <th key={id} scope="col" class={id === 'run' || id === 'score' ? '' : 'right'} aria-sort={on ? (up ? 'ascending' : 'descending') : undefined}>
                    <button type="button" class="sort" onClick={() => choose(on && !sort.startsWith('-') ? `-${id}` : id)}>
                      {name}
                      <span class="sort-mark" aria-hidden="true">
                        {on ? (up ? '▲' : '▼') : ''}
                      </span>
                    </button>
                  </th>
                );
              })}
            </tr>
          </thead>
          <tbody>
            {sortRuns(runs, sort).map((run) => {
              const shown = !hidden.includes(run.at);
              return (
                <tr key={run.at} class={shown ? '' : 'left-out'}>
                  <th scope="row">
                    <span class="run-cell">
                      {runs.length > 1 && <input type="checkbox" checked={shown} aria-label={`Show ${run.label} below`} onChange={() => toggle(run.at)} />}
                      <span>
                        <RunName run={run} />
                        <Sub text={describe(run)} />
                      </span>
                    </span>
                  </th>
                  <td>
                    <Score run={run} />
                  </td>
                  {columns.slice(2).map(({ id, cell }) => (
                    <td key={id} class="right">
                      {cell(run)}
                    </td>
                  ))}
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
    </section>
  );
}

function Score({ run }: { run: Run }) {
  const { score } = run.figures;
  return (
    <>
      <span class="score-cell">
        <b>{score.mean === null ? '–' : score.mean.toFixed(4)}</b>
        <Whisker estimate={score} run={run.at} />
      </span>
      {score.interval !== null && <Sub text={`${two(score.interval.low)} to ${two(score.interval.high)}${score.careful_interval === null ? '' : ` (${two(score.careful_interval.low)} to ${two(score.careful_interval.high)})`}`} />}
    </>
  );
}

function Sub({ text }: { text: string }) {
  return text === '' ? null : <span class="quiet sub">{text}</span>;
}

/** What is known of a run besides its label. */
function describe({ agent, label, model, url, shard }: Run): string {
  const parts = [agent === label ? '' : agent, model === null || model === label ? '' : model, url ?? '', shard === null ? '' : `part ${shard[0]} of ${shard[1]}`];
  return parts.filter((part) => part !== '').join(' · ');
}
