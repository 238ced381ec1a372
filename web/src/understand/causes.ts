// Everything that zeroes a score; the score itself names the first alone.
import type { Explanation, Score } from '../model/wire';

export type Cause = NonNullable<Score['zeroed_by']>;

export function zeroCauses({ zeroed_by }: Score, explanation: Explanation | null): Cause[] {
  if (zeroed_by === null) return [];
  const { resolution, reply } = explanation ?? {};
  const causes = [zeroed_by];
  if (resolution?.submitted != null && resolution.harmful?.includes(resolution.submitted)) causes.push({ kind: 'harmful_resolution', id: resolution.submitted });
  for (const { id, present, effect } of reply?.explanation?.forbidden ?? []) {
    if (present && effect === 'gate') causes.push({ kind: 'forbidden_phrase', id });
  }
  return causes.filter((cause, at) => causes.findIndex(({ kind, id }) => kind === cause.kind && id === cause.id) === at);
}
