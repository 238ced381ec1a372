// What some trials come to: means of tasks, parts and steps, and why they left every winning path.
import { PARTS, type Trial } from './contents';

export function mean(values: number[]): number | null {
  return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** The mean score of trials; every task weighs the same, as in the runs' own figures. */
export function taskMean(trials: Trial[]): number | null {
  const means = [...groupBy(trials, ({ task }) => task).values()].map((own) => mean(own.map(({ score }) => score)) ?? 0);
  return mean(means);
}

/** Trials by a number that each has. */
export function groupBy<K>(trials: Trial[], key: (trial: Trial) => K): Map<K, Trial[]> {
  const groups = new Map<K, Trial[]>();
  for (const trial of trials) {
    const group = groups.get(key(trial));
    if (group === undefined) groups.set(key(trial), [trial]);
    else group.push(trial);
  }
  return groups;
}

/** The mean of each part over the trials that have it. */
export function partMeans(trials: Trial[]): (number | null)[] {
  return PARTS.map((_, part) => mean(trials.map((trial) => trial.parts[part]).filter((value) => value != null)));
}

/** The mean of what trials have been paid in all after each step, from none; one that has ended keeps what it has. */
export function rewardCurve(trials: Trial[]): number[] {
  const steps = trials.reduce((most, { rewards }) => Math.max(most, rewards.length), 0);
  const curve = new Array<number>(steps + 1).fill(0);
  for (const { rewards } of trials) {
    let sum = 0;
    for (let step = 1; step <= steps; step += 1) {
      sum += rewards[step - 1] ?? 0;
      curve[step] = (curve[step] ?? 0) + sum;
    }
  }
  return trials.length === 0 ? [] : curve.map((sum) => sum / trials.length);
}

export interface Cause {
  kind: string;
  reason: string;
  trials: Trial[];
}

/** The reasons for which trials left every winning path, the most common first. */
export function commonCauses(trials: Trial[], most: number): Cause[] {
  const causes = new Map<string, Cause>();
  for (const trial of trials) {
    if (trial.deviation === null) continue;
    const { kind, reason } = trial.deviation;
    const key = `${kind} ${reason}`;
    const cause = causes.get(key) ?? { kind, reason, trials: [] };
    cause.trials.push(trial);
    causes.set(key, cause);
  }
  return [...causes.values()].sort((a, b) => b.trials.length - a.trials.length).slice(0, most);
}

const LEVELS = ['easy', 'medium', 'hard'];

/** Where a difficulty stands among the others. */
export function levelRank(difficulty: string): number {
  const rank = LEVELS.indexOf(difficulty);
  return rank < 0 ? LEVELS.length : rank;
}
