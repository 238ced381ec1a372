// One trial: which, what was done and what came back, and why it scored what it did.
import type { RefObject } from 'preact';
import { actionKind } from '../model/form';
import { capitalised, count, idWords, showReward, showScore } from '../text/number';
import { Icon } from '../ui/Icon';
import { Ticked } from '../ui/Ticked';
import { Chart } from '../understand/Chart';
import { zeroCauses } from '../understand/causes';
import { Missed } from '../understand/Missed';
import { ReplyView } from '../understand/ReplyView';
import { ScoreBar } from '../understand/ScoreBar';
import type { Episode, Report, Run, Step, Trial } from './contents';
import { trialOption } from './Trials';
import { compact, dollars, seconds, words } from './words';

interface Props {
  report: Report;
  runs: Run[];
  trial: Trial | null;
  /** All that are on show, in the list's order. */
  trials: Trial[];
  open: (trial: Trial) => void;
  headingRef: RefObject<HTMLHeadingElement | null>;
}

export function Viewer({ report, runs, trial, trials, open, headingRef }: Props) {
  if (trial === null) {
    return (
      <section class="panel viewer" aria-labelledby="viewer-title">
        <h2 id="viewer-title" tabIndex={-1} ref={headingRef}>
          One trial
        </h2>
        <p class="empty">Choose a trial from the list, or a cell of the tasks.</p>
      </section>
    );
  }
  const task = report.tasks[trial.task];
  const episode = report.episode(trial);
  return (
    <section class="panel viewer" aria-labelledby="viewer-title">
      <Choose report={report} runs={runs} trial={trial} trials={trials} open={open} />
      <div class="verdict">
        <span class="big-score">{showScore(trial.score)}</span>
        <span class={trial.passed ? 'badge good' : 'badge poor'}>{trial.passed ? 'passed' : 'not passed'}</span>
        {episode?.score != null &&
          zeroCauses(episode.score, episode.explanation).map(({ kind, id }) => (
            <span key={`${kind} ${id}`} class="badge poor">
              zeroed: {kind.replaceAll('_', ' ')} <code>{id}</code>
            </span>
          ))}
        <h2 id="viewer-title" class="viewer-title" tabIndex={-1} ref={headingRef}>
          {task?.title} <span class="quiet">{report.runs[trial.run]?.label}</span>
        </h2>
      </div>
      <Usage trial={trial} />
      {trial.error !== null && (
        <p class="error">
          <b>{capitalised(words(trial.error.kind))}:</b> {trial.error.message}
        </p>
      )}
      {trial.deviation !== null && (
        <p class="warning">
          <Icon name="warning" /> <b>{words(trial.deviation.kind)}</b> {trial.deviation.step > trial.rewards.length ? 'at the end' : `at step ${trial.deviation.step}`}: <Ticked text={trial.deviation.reason} />
        </p>
      )}
      {episode === null ? <p class="empty">The steps of this trial are not in this page; its rewards are {trial.rewards.length === 0 ? 'none' : trial.rewards.map(showReward).join(', ')}.</p> : <Played trial={trial} episode={episode} />}
    </section>
  );
}

/** Which run, task and trial; all three at the reader's choice. */
function Choose({ report, runs, trial, trials, open }: Omit<Props, 'headingRef' | 'trial'> & { trial: Trial }) {
  const ofRun = (run: number) => report.runs[run]?.trials ?? [];
  const same = ofRun(trial.run).filter(({ task }) => task === trial.task);
  const tasks = report.tasks.filter((task) => ofRun(trial.run).some((other) => other.task === task.at));
  const place = trials.indexOf(trial);
  const go = (to: Trial | undefined) => to !== undefined && open(to);
  const shown = runs.some(({ at }) => at === trial.run) ? runs : report.runs;
  return (
    <div class="choose">
      <label class="field">
        <span>Run</span>
        <select value={trial.run} onChange={(event) => go(nearest(ofRun(Number(event.currentTarget.value)), trial))}>
          {shown.map((run) => (
            <option key={run.at} value={run.at} disabled={run.trials.length === 0}>
              {run.label}
            </option>
          ))}
        </select>
      </label>
      <label class="field">
        <span>Task</span>
        <select value={trial.task} onChange={(event) => go(ofRun(trial.run).find(({ task }) => task === Number(event.currentTarget.value)))}>
          {tasks.map((task) => (
            <option key={task.at} value={task.at}>
              {task.title}
            </option>
          ))}
        </select>
      </label>
      <label class="field">
        <span>Trial</span>
        <select value={trial.key} onChange={(event) => go(same.find(({ key }) => key === event.currentTarget.value))}>
          {same.map((other) => (
            <option key={other.key} value={other.key}>
              {trialOption(other)}
            </option>
          ))}
        </select>
      </label>
      <span class="choose-moves">
        <Move name="back" label="The trial before in the list" to={place > 0 ? trials[place - 1] : undefined} go={go} />
        <Move name="forward" label="The next trial in the list" to={trials[place + 1]} go={go} />
      </span>
    </div>
  );
}

function Move({ name, label, to, go }: { name: 'back' | 'forward'; label: string; to: Trial | undefined; go: (to: Trial | undefined) => void }) {
  return (
    <button type="button" class="icon-button" aria-label={label} title={label} aria-disabled={to === undefined} onClick={() => go(to)}>
      <Icon name={name} />
    </button>
  );
}

/** Of another run's trials the one that is most like this. */
function nearest(trials: Trial[], like: Trial): Trial | undefined {
  const ofTask = trials.filter(({ task }) => task === like.task);
  return ofTask.find(({ seed, repeat }) => seed === like.seed && repeat === like.repeat) ?? ofTask[0] ?? trials[0];
}

function Usage({ trial }: { trial: Trial }) {
  const [calls, read, written] = trial.usage;
  const errors = Object.entries(trial.errors);
  const facts: [string, string][] = [
    ['Steps', String(trial.rewards.length)],
    ['Ended', words(trial.ended)],
    ['Time', seconds(trial.seconds)],
  ];
  if (calls > 0) facts.push(['Calls', compact(calls)], ['Tokens', `${compact(read)} read, ${compact(written)} written`]);
  if (trial.cost !== null) facts.push(['Cost', dollars(trial.cost)]);
  if (errors.length > 0) facts.push(['Troubles', errors.map(([kind, number]) => `${words(kind)} ${number}×`).join(', ')]);
  return (
    <dl class="usage">
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

function Played({ trial, episode }: { trial: Trial; episode: Episode }) {
  const { explanation, score } = episode;
  const reply = explanation?.reply;
  const draft = [...episode.steps].reverse().find((step) => step.action === 'draft_reply')?.argument ?? null;
  return (
    <>
      {episode.note !== null && <p class="warning">{episode.note}</p>}
      {episode.case !== null && (
        <section class="viewer-part" aria-label="The case">
          <h3>The case</h3>
          <p>{episode.case.objective}</p>
          <blockquote class="message">{episode.case.message}</blockquote>
        </section>
      )}
      <section class="viewer-part" aria-label="Steps">
        <h3>{count(episode.steps.length, 'step')}</h3>
        {episode.steps.length > 0 && (
          <>
            <Chart
              label={`${count(episode.steps.length, 'step')}, with the reward of each and the score so far`}
              points={episode.steps.map(({ reward, score, error }) => ({ reward, score, refused: error !== null }))}
              at={0}
            />
            <p class="legend quiet">
              <i class="swatch bar" aria-hidden="true" /> reward of the step
              {episode.steps.some((step) => step.score !== null) && (
                <>
                  {' '}
                  <i class="swatch line" aria-hidden="true" /> score so far
                </>
              )}
            </p>
          </>
        )}
        <ol class="played">
          {episode.steps.map((step, at) => (
            <PlayedStep key={at} step={step} strayed={trial.deviation?.step === at + 1} />
          ))}
        </ol>
      </section>
      {score !== null && (
        <section class="viewer-part" aria-label="Why this score">
          <h3>Why this score</h3>
          <ScoreBar score={score} replyBelow={reply?.explanation != null} />
        </section>
      )}
      {reply?.text != null ? <ReplyView text={reply.text} explanation={reply.explanation} /> : draft !== null && <ReplyView text={draft} explanation={null} heading="The last draft" />}
      {explanation !== null && <Missed explanation={explanation} />}
    </>
  );
}

function PlayedStep({ step, strayed }: { step: Step; strayed: boolean }) {
  const { name } = actionKind(step.action);
  const argument = step.argument ?? '';
  const said = step.action === 'submit_resolution' || step.action === 'inspect_artifact' ? idWords(argument) : argument;
  return (
    <li class={strayed ? 'strayed' : ''}>
      <div class="played-head">
        <span class="played-what">
          <b>{name}</b> {step.action !== 'draft_reply' && said}
          {strayed && <span class="badge poor">leaves the path</span>}
        </span>
        <span class="played-reward">{showReward(step.reward)}</span>
      </div>
      {step.action === 'draft_reply' && <p class="played-draft">{argument}</p>}
      {step.error !== null && (
        <p class="refused">
          refused: <Ticked text={step.error} />
        </p>
      )}
      {step.shown !== null && step.shown !== '' && <Shown text={step.shown} what={`${name} ${said}`} />}
    </li>
  );
}

/** What came back: a line of it at once, of more the rest on request. */
function Shown({ text, what }: { text: string; what: string }) {
  const lines = text.split('\n');
  if (lines.length === 1 && text.length < 160) {
    return (
      <p class="played-shown quiet">
        <Ticked text={text} />
      </p>
    );
  }
  return (
    <details class="played-shown">
      <summary>
        What came back <span class="quiet">{count(lines.length, 'line')}</span>
      </summary>
      <pre class="raw" tabIndex={0} aria-label={`What came back: ${what}`}>
        {text}
      </pre>
    </details>
  );
}
