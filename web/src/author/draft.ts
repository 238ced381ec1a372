// The author's work, kept in this browser between visits.
export interface Work {
  task: string;
  pack: string;
  reply: string;
}

const KEY = 'support-ops-author';

export function readWork(): Work | null {
  try {
    const held = JSON.parse(localStorage.getItem(KEY) ?? 'null') as Partial<Work> | null;
    if (typeof held?.task !== 'string' || typeof held.pack !== 'string') return null;
    return { task: held.task, pack: held.pack, reply: typeof held.reply === 'string' ? held.reply : '' };
  } catch {
    return null;
  }
}

export function keepWork(work: Work): void {
  try {
    localStorage.setItem(KEY, JSON.stringify(work));
  } catch {
    // Without storage the work lasts until the page closes.
  }
}
