// The checklist of what there is to look at, and at the end what had to be.
import { artifactIds, isDone, observationAt, type Episode } from './episode';

export interface CheckItem {
  key: string;
  kind: 'ticket' | 'artifact' | 'policy';
  id: string;
  collected: boolean;
  /** Known only after the end, and not always then. */
  required: boolean | null;
}

const HANDBOOK: CheckItem = { key: 'policy', kind: 'policy', id: '', collected: false, required: null };

export function checklist(episode: Episode, count: number): CheckItem[] {
  const observation = observationAt(episode, count);
  const collected = new Set(observation.collected_evidence);
  const told = isDone(episode, count) ? (episode.explanation?.evidence ?? []) : [];
  const keys = new Set([
    'ticket',
    ...artifactIds(observation.workspace_summary).map((id) => `artifact:${id}`),
    ...observation.collected_evidence,
    ...told.map((item) => item.id),
  ]);
  const items = [...keys].map((key): CheckItem => {
    const at = key.indexOf(':');
    const kind = at < 0 ? 'ticket' : key.slice(0, at) === 'policy' ? 'policy' : 'artifact';
    const required = told.find((item) => item.id === key)?.required ?? null;
    return { key, kind, id: key.slice(at + 1), collected: collected.has(key), required };
  });
  // Policies have no list; that there is a handbook is worth a place from the start.
  if (!isDone(episode, count) && !items.some((item) => item.kind === 'policy')) items.push(HANDBOOK);
  return items;
}
