// What the page is told, as `src/eval/report/contents.rs` writes it: packed, in columns, every text once.
import type { Action, Explanation, Score } from '../model/wire';

export interface Contents {
  version: number;
  support_ops: string;
  notes: string[];
  common_tasks: number[] | null;
  attempts: number | null;
  left_out: string | null;
  tasks: { id: string; title: string; difficulty: string; split: string; case: number | null; path: number | null }[];
  runs: RunContents[];
  episodes: {
    steps: { kind: number; argument: number | null; reward: number; shown: number | null; error: number | null; score: number | null }[];
    note: number | null;
    score: number | null;
    explanation: number | null;
  }[];
  pool: unknown[];
}

export interface Interval {
  low: number;
  high: number;
}

export interface Passes {
  k: number;
  pass_at_k: number;
  pass_hat_k: number;
}

export interface Estimate {
  mean: number | null;
  interval: Interval | null;
  /** Of few tasks: the wider one, by Student's t. */
  careful_interval: Interval | null;
}

/** The one interval that there is room for: the careful one where there is one. */
export function toldInterval({ interval, careful_interval }: Estimate): Interval | null {
  return careful_interval ?? interval;
}

/** The part that the page shows of what `summary.json` says of all trials. */
export interface Figures {
  tasks: number;
  trials: { expected: number; done: number; failed: number };
  score: Estimate;
  success: Estimate;
  passes: Passes[];
  steps: number | null;
  seconds: { median: number | null; p95: number | null };
  prompt_tokens: number;
  completion_tokens: number;
  cost: { total: number | null; unknown_trials: number };
  errors: Record<string, number>;
}

interface RunContents {
  label: string;
  agent: string;
  model: string | null;
  url: string | null;
  folder: string;
  shard: [number, number] | null;
  figures: Figures;
  trials: {
    task: number[];
    seed: (number | null)[];
    repeat: number[];
    ended: number[];
    score: number[];
    passed: number[];
    parts: number[];
    rewards: number[];
    seconds: number[];
    usage: [number, number, number][];
    cost: (number | null)[];
    errors: number[];
    error: (number | null)[];
    deviation: (number | null)[];
    episode: (number | null)[];
  };
}

export interface Task {
  at: number;
  id: string;
  title: string;
  difficulty: string;
  split: string;
}

export interface Run extends Omit<RunContents, 'trials'> {
  at: number;
  trials: Trial[];
}

export interface Deviation {
  step: number;
  kind: string;
  reason: string;
}

export interface Trial {
  /** Names the trial in the page's address. */
  key: string;
  run: number;
  task: number;
  seed: number | null;
  repeat: number;
  ended: string;
  score: number;
  passed: boolean;
  /** Resolution, evidence, reply, efficiency. */
  parts: (number | null)[];
  rewards: number[];
  seconds: number;
  usage: [number, number, number];
  cost: number | null;
  errors: Record<string, number>;
  error: { kind: string; message: string } | null;
  deviation: Deviation | null;
  episode: number | null;
}

export interface Step {
  action: Action['action_type'];
  argument: string | null;
  reward: number;
  shown: string | null;
  error: string | null;
  score: number | null;
}

export interface Episode {
  steps: Step[];
  note: string | null;
  score: Score | null;
  explanation: Explanation | null;
  case: { objective: string; message: string; workspace: string } | null;
}

export interface Report {
  version: string;
  notes: string[];
  /** Places of the tasks that all runs played, where some played others, too. */
  commonTasks: number[] | null;
  /** The k of pass@k and pass^k that runs are compared by. */
  attempts: number | null;
  /** Which trials have no steps in the page. */
  leftOut: string | null;
  tasks: Task[];
  runs: Run[];
  episode: (trial: Trial) => Episode | null;
}

export const PARTS = ['resolution', 'evidence', 'reply', 'efficiency'] as const;

/** Unpacks the text of the element that holds the contents: base64 of deflated JSON. */
export async function unpack(text: string): Promise<Contents> {
  const bytes = Uint8Array.from(atob(text.trim()), (char) => char.charCodeAt(0));
  const plain = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('deflate-raw'));
  return (await new Response(plain).json()) as Contents;
}

/** The contents with rows for columns, and texts in the place of their numbers. */
export function readContents(contents: Contents): Report {
  const { pool } = contents;
  const at = <T>(place: number | null): T | null => (place === null ? null : (pool[place] as T));
  const text = (place: number): string => String(pool[place]);
  const tasks = contents.tasks.map(({ id, title, difficulty, split }, index) => ({ at: index, id, title, difficulty, split }));
  const runs = contents.runs.map(({ trials: columns, ...run }, index): Run => {
    const trials = columns.task.map((task, row): Trial => {
      const seed = columns.seed[row] ?? null;
      const repeat = columns.repeat[row] ?? 0;
      const error = at<[string, string]>(columns.error[row] ?? null);
      const deviation = at<[number, string, string]>(columns.deviation[row] ?? null);
      return {
        key: `${index + 1}~${tasks[task]?.id ?? task}${seed === null ? '' : `~s${seed}`}${repeat === 0 ? '' : `~r${repeat}`}`,
        run: index,
        task,
        seed,
        repeat,
        ended: text(columns.ended[row] ?? 0),
        score: columns.score[row] ?? 0,
        passed: columns.passed[row] === 1,
        parts: at<(number | null)[]>(columns.parts[row] ?? null) ?? [],
        rewards: at<number[]>(columns.rewards[row] ?? null) ?? [],
        seconds: columns.seconds[row] ?? 0,
        usage: columns.usage[row] ?? [0, 0, 0],
        cost: columns.cost[row] ?? null,
        errors: at<Record<string, number>>(columns.errors[row] ?? null) ?? {},
        error: error === null ? null : { kind: error[0], message: error[1] },
        deviation: deviation === null ? null : { step: deviation[0], kind: deviation[1], reason: deviation[2] },
        episode: columns.episode[row] ?? null,
      };
    });
    return { ...run, at: index, trials };
  });
  const episode = (trial: Trial): Episode | null => {
    const held = trial.episode === null ? undefined : contents.episodes[trial.episode];
    if (held === undefined) return null;
    const task = contents.tasks[trial.task];
    const score = at<Score>(held.score);
    const explanation = at<Explanation>(held.explanation);
    const path = at<Action[]>(task?.path ?? null);
    return {
      steps: held.steps.map((step) => ({
        action: text(step.kind) as Step['action'],
        argument: at<string>(step.argument),
        reward: step.reward,
        shown: at<string>(step.shown),
        error: at<string>(step.error),
        score: step.score,
      })),
      note: at<string>(held.note),
      score,
      explanation: explanation === null ? null : { ...explanation, score, path },
      case: at<NonNullable<Episode['case']>>(task?.case ?? null),
    };
  };
  return { version: contents.support_ops, notes: contents.notes, commonTasks: contents.common_tasks, attempts: contents.attempts, leftOut: contents.left_out, tasks, runs, episode };
}
