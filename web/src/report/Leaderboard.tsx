// The runs in a table, sorted by a figure; each can be taken out of what stands below.
import type { ComponentChildren } from 'preact';
import { count } from '../text/number';
import { toldInterval, type Passes, type Report, type Run, type Trial } from './contents';
import { taskMean } from './figures';
import { RunName } from './RunName';
import { Whisker } from './Whisker';
import { compact, dollars, percent, seconds, two } from './words';

interface Column {
  id: string;
  name: string;
  /** What it says in other words. */
  title?: string;
  /** What runs are sorted by; words go up, figures down. */
  by: (run: Run) => number | string;
  /** Whether the table has it. */
  has?: (run: Run) => boolean;
  cell: (run: Run) => ComponentChildren;
}

const tokensOf = ({ figures }: Run) => figures.prompt_tokens + figures.completion_tokens;
const errorsOf = ({ figures }: Run) => Object.values(figures.errors).reduce((sum, times) => sum + times, 0);

const SCORE: Column = { id: 'score', name: 'Mean score', by: (run) => run.figures.score.mean ?? -1, cell: (run) => <Score run={run} /> };

const FIGURES: Column[] = [
  {
    id: 'success',
    name: 'Success',
    by: (run) => run.figures.success.mean ?? -1,
    cell: ({ figures: { success } }) => {
      const interval = toldInterval(success);
      return (
        <>
          {success.mean === null ? '–' : percent(success.mean)}
          {interval !== null && <Sub text={`${percent(interval.low)} to ${percent(interval.high)}`} />}
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

/** The trials that filters leave of each run. */
export type Shown = Map<number, Trial[]>;

/** The columns behind the run's: the first says what filters leave, where there are any. */
function columnsOf({ attempts, commonTasks }: Report, shown: Shown | null): Column[] {
  const passes = (run: Run) => run.figures.passes.find(({ k }) => k === attempts);
  const chance = (id: string, name: string, title: string, value: (passes: Passes) => number): Column => ({
    id,
    name,
    title,
    by: (run) => value(passes(run) ?? NONE),
    has: () => attempts !== null,
    cell: (run) => {
      const own = passes(run);
      return own === undefined ? '–' : percent(value(own));
    },
  });
  const left = (run: Run) => shown?.get(run.at) ?? [];
  return [
    SCORE,
    {
      id: 'shown',
      name: 'On show',
      by: (run) => taskMean(left(run)) ?? -1,
      has: () => shown !== null,
      cell: (run) => (
        <>
          <b>{taskMean(left(run))?.toFixed(4) ?? '–'}</b>
          <Sub text={`${left(run).length} of ${count(run.trials.length, 'trial')}`} />
        </>
      ),
    },
    { id: 'tasks', name: 'Tasks', by: (run) => run.figures.tasks, has: () => commonTasks !== null, cell: (run) => run.figures.tasks },
    ...FIGURES.slice(0, 1),
    chance('pass', `pass^${attempts}`, `The chance that all of ${attempts} attempts at a task pass`, ({ pass_hat_k }) => pass_hat_k),
    chance('at', `pass@${attempts}`, `The chance that one of ${attempts} attempts at a task passes`, ({ pass_at_k }) => pass_at_k),
    ...FIGURES.slice(1),
  ];
}

const RUN: Column = { id: 'run', name: 'Run', by: (run) => run.label.toLowerCase(), cell: () => null };
const NONE: Passes = { k: 0, pass_at_k: -1, pass_hat_k: -1 };

export function sortRuns(report: Report, sort: string, shown: Shown | null): Run[] {
  const up = sort.startsWith('-');
  const column = [RUN, ...columnsOf(report, shown)].find(({ id }) => id === sort.replace('-', '')) ?? SCORE;
  const sorted = [...report.runs].sort((a, b) => {
    const [x, y] = [column.by(a), column.by(b)];
    return typeof x === 'string' && typeof y === 'string' ? x.localeCompare(y, 'en') : Number(y) - Number(x);
  });
  return up ? sorted.reverse() : sorted;
}

interface Props {
  report: Report;
  /** `null` where nothing is filtered. */
  shown: Shown | null;
  hidden: number[];
  sort: string;
  choose: (sort: string) => void;
  toggle: (run: number) => void;
}

export function Leaderboard({ report, shown, hidden, sort, choose, toggle }: Props) {
  const { runs } = report;
  const columns = columnsOf(report, shown).filter(({ has }) => has === undefined || runs.some(has));
  const few = runs.some(({ figures }) => figures.score.careful_interval !== null);
  return (
    <section class="panel leaderboard" aria-labelledby="leaderboard-title">
      <h2 id="leaderboard-title">Leaderboard</h2>
      <p class="quiet note">
        Over all trials of each run; every task weighs the same. The line on a bar is the mean’s 95 % confidence interval
        {few ? ', over two to nine tasks by Student’s t, as a bootstrap over so few is too narrow.' : '.'}
        {shown !== null && (
          <>
            {' '}
            <b>Filters do not change these figures;</b> only “On show” is the mean score of what they leave.
          </>
        )}
      </p>
      <div class="scroll" role="group" aria-labelledby="leaderboard-title" tabIndex={0}>
        <table class="grid">
          <caption class="unseen">The figures of each run over all its trials</caption>
          <thead>
            <tr>
              {[RUN, ...columns].map(({ id, name, title }) => {
                const on = sort.replace('-', '') === id;
                const up = sort.startsWith('-') !== (id === 'run');
                return (
                  <th key={id} scope="col" class={id === 'run' || id === 'score' ? '' : 'right'} aria-sort={on ? (up ? 'ascending' : 'descending') : undefined}>
                    <button type="button" class="sort" title={title} onClick={() => choose(on && !sort.startsWith('-') ? `-${id}` : id)}>
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
            {sortRuns(report, sort, shown).map((run) => {
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
                  {columns.map(({ id, cell }) => (
                    <td key={id} class={id === 'score' ? '' : 'right'}>
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
  const interval = toldInterval(score);
  return (
    <>
      <span class="score-cell">
        <b>{score.mean === null ? '–' : score.mean.toFixed(4)}</b>
        <Whisker estimate={score} run={run.at} />
      </span>
      {interval !== null && <Sub text={`${two(interval.low)} to ${two(interval.high)}`} />}
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
