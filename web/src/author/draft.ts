// The author's work, kept in this browser between visits.
export interface Texts {
  task: string;
  pack: string;
}

export type Part = keyof Texts;

/** Both texts as one, by which an answer is known to be about them. */
export function keyOf({ task, pack }: Texts): string {
  return `${task}\u0000${pack}`;
}

export function textsOf(key: string): Texts {
  const at = key.indexOf('\u0000');
  return { task: key.slice(0, Math.max(0, at)), pack: key.slice(at + 1) };
}

export interface Work extends Texts {
  reply: string;
  /** The texts as they were opened, saved or downloaded last. */
  kept: Texts;
  /** Which of them began as the template's. */
  template: Record<Part, boolean>;
}

export const NO_WORK: Work = { task: '', pack: '', reply: '', kept: { task: '', pack: '' }, template: { task: false, pack: false } };

/** The work with these texts in it, which can be had again from where they came. */
export function taken(work: Work, texts: Partial<Texts>, template: boolean): Work {
  const parts = Object.keys(texts) as Part[];
  const marked = Object.fromEntries(parts.map((part) => [part, template]));
  return { ...work, ...texts, kept: { ...work.kept, ...texts }, template: { ...work.template, ...marked } };
}

/** Those of these texts that hold changes which are nowhere else. */
export function unsaved(work: Work | null, parts: Part[]): Part[] {
  return work === null ? [] : parts.filter((part) => work[part] !== work.kept[part]);
}

const KEY = 'support-ops-author';

export function readWork(): Work | null {
  try {
    const held = JSON.parse(localStorage.getItem(KEY) ?? 'null') as Partial<Work> | null;
    if (typeof held?.task !== 'string' || typeof held.pack !== 'string') return null;
    const { kept, template } = { ...NO_WORK, ...held };
    return {
      task: held.task,
      pack: held.pack,
      reply: typeof held.reply === 'string' ? held.reply : '',
      kept: { task: String(kept.task), pack: String(kept.pack) },
      template: { task: template.task === true, pack: template.pack === true },
    };
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
