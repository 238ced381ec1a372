// What of the trials is on show, and how the page's address says it.
import type { Report, Task, Trial } from './contents';

export interface Filter {
  /** Places of runs that are left out. */
  hidden: number[];
  search: string;
  difficulty: string;
  split: string;
  /** `passed`, `failed` or nothing. */
  result: string;
  /** How it ended, or the kind of its error. */
  end: string;
  /** The kind of deviation. */
  deviation: string;
  /** `common`: the tasks that all runs played. */
  tasks: string;
  /** The one task that is looked at. */
  task: string;
}

export interface View {
  filter: Filter;
  /** The trial that is looked at. */
  trial: string | null;
  /** The column that the leaderboard is sorted by. */
  sort: string;
}

export const NO_FILTER: Filter = { hidden: [], search: '', tasks: '', difficulty: '', split: '', result: '', end: '', deviation: '', task: '' };
export const START: View = { filter: NO_FILTER, trial: null, sort: 'score' };

const WORDS = ['search', 'tasks', 'difficulty', 'split', 'result', 'end', 'deviation', 'task'] as const;

/** The address's hash of a view; empty for the one that the page opens with. */
export function writeHash({ filter, trial, sort }: View): string {
  const words = new URLSearchParams();
  if (filter.hidden.length > 0) words.set('without', filter.hidden.map((run) => run + 1).join(','));
  for (const word of WORDS) if (filter[word] !== '') words.set(word, filter[word]);
  if (sort !== START.sort) words.set('sort', sort);
  if (trial !== null) words.set('trial', trial);
  const text = words.toString();
  return text === '' ? '' : `#${text}`;
}

/** The view that a hash asks for, whoever wrote it: what is unknown is passed over. */
export function readHash(hash: string, runs: number): View {
  const words = new URLSearchParams(hash.replace(/^#/, ''));
  const filter: Filter = { ...NO_FILTER };
  const hidden = (words.get('without') ?? '').split(',').map((number) => Number(number) - 1);
  filter.hidden = [...new Set(hidden)].filter((run) => Number.isInteger(run) && run >= 0 && run < runs).sort((a, b) => a - b);
  for (const word of WORDS) filter[word] = words.get(word) ?? '';
  return { filter, trial: words.get('trial'), sort: words.get('sort') ?? START.sort };
}

/** Whether a task is on show. */
export function keepsTask(filter: Filter, task: Task, common: number[] | null): boolean {
  const search = filter.search.trim().toLowerCase();
  return (
    (filter.tasks === '' || common === null || common.includes(task.at)) &&
    (filter.difficulty === '' || task.difficulty === filter.difficulty) &&
    (filter.split === '' || task.split === filter.split) &&
    (filter.task === '' || task.id === filter.task) &&
    (search === '' || task.id.toLowerCase().includes(search) || task.title.toLowerCase().includes(search))
  );
}

/** The trials on show, in the order of their runs. */
export function keptTrials(report: Report, filter: Filter): Trial[] {
  const tasks = report.tasks.map((task) => keepsTask(filter, task, report.commonTasks));
  return report.runs
    .filter((run) => !filter.hidden.includes(run.at))
    .flatMap((run) => run.trials)
    .filter(
      (trial) =>
        tasks[trial.task] === true &&
        (filter.result === '' || trial.passed === (filter.result === 'passed')) &&
        (filter.end === '' || trial.ended === filter.end || trial.error?.kind === filter.end) &&
        (filter.deviation === '' || trial.deviation?.kind === filter.deviation),
    );
}

/** Whether trials of the runs on show are left out. */
export function isNarrowed(filter: Filter): boolean {
  return WORDS.some((word) => filter[word] !== '');
}

export function isFiltered(filter: Filter): boolean {
  return filter.hidden.length > 0 || isNarrowed(filter);
}
