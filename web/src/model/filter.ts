// Narrows the list of tasks to what a person looks for.
import type { TaskSpec } from './wire';

export interface TaskFilter {
  text: string;
  difficulty: string | null;
  tag: string | null;
}

export const NO_FILTER: TaskFilter = { text: '', difficulty: null, tag: null };

/** The tasks that fit, in the server's order; every word of the text has to occur. */
export function filterTasks(tasks: TaskSpec[], filter: TaskFilter): TaskSpec[] {
  const words = filter.text.toLowerCase().split(/\s+/).filter((word) => word !== '');
  return tasks.filter((task) => {
    if (filter.difficulty !== null && task.difficulty !== filter.difficulty) return false;
    if (filter.tag !== null && !task.tags.includes(filter.tag)) return false;
    const text = [task.id, task.title, task.objective, task.difficulty, task.split, ...task.tags].join(' ').toLowerCase();
    return words.every((word) => text.includes(word));
  });
}

/** A list longer than this is narrowed, not scrolled. */
const MAX_SHOWN = 200;

/** The tasks that are on show, and how many more fit. */
export function shownTasks(tasks: TaskSpec[], filter: TaskFilter): { shown: TaskSpec[]; more: number } {
  const fitting = filterTasks(tasks, filter);
  return { shown: fitting.slice(0, MAX_SHOWN), more: Math.max(0, fitting.length - MAX_SHOWN) };
}

/** Whether the server may pick the case: it narrows by difficulty alone. */
export function offersAny(filter: TaskFilter): boolean {
  return filter.text.trim() === '' && filter.tag === null;
}

/** The choice that is on show: the one made if it is, else the first that fits; undefined where nothing fits. */
export function choiceOnShow(tasks: TaskSpec[], filter: TaskFilter, task: string | null): string | null | undefined {
  const { shown } = shownTasks(tasks, filter);
  if (shown.length === 0) return undefined;
  if (task === null ? offersAny(filter) : shown.some(({ id }) => id === task)) return task;
  return shown[0]?.id;
}

/** Every tag with the number of tasks that bear it, the commonest first. */
export function tagsOf(tasks: TaskSpec[]): [string, number][] {
  const counts = new Map<string, number>();
  for (const tag of tasks.flatMap((task) => task.tags)) counts.set(tag, (counts.get(tag) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
}

export function difficultiesOf(tasks: TaskSpec[]): string[] {
  const order = ['easy', 'medium', 'hard'];
  return order.filter((level) => tasks.some((task) => task.difficulty === level));
}

/** A seed as typed: null for none, undefined for what is none. JSON's numbers are exact up to 2^53 − 1. */
export function parseSeed(text: string): number | null | undefined {
  const trimmed = text.trim();
  if (trimmed === '') return null;
  if (!/^\d+$/.test(trimmed)) return undefined;
  const seed = Number(trimmed);
  return Number.isSafeInteger(seed) ? seed : undefined;
}
