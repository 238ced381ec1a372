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
