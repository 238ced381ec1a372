// What was missed: evidence, the right resolution, steps; and one way that wins.
import { Fragment } from 'preact';
import type { Explanation } from '../model/wire';
import { argumentOf } from '../model/episode';
import { actionKind } from '../model/form';
import { count, idWords } from '../text/number';

export function Missed({ explanation }: { explanation: Explanation }) {
  const lines = missedLines(explanation);
  const { path } = explanation;
  return (
    <section class="missed" aria-label="What was missed">
      <h4>What was missed</h4>
      {lines.length === 0 ? (
        <p class="nothing">Nothing.</p>
      ) : (
        <ul>
          {lines.map((line) => (
            <li key={line.text}>
              {line.text}
              {line.codes?.map((code) => (
                <Fragment key={code}>
                  {' '}
                  <code>{code}</code>
                </Fragment>
              ))}
            </li>
          ))}
        </ul>
      )}
      {path !== null && path.length > 0 && (
        <details class="path">
          <summary>One way that wins, in {count(path.length, 'step')}</summary>
          <ol>
            {path.map((action, at) => (
              <li key={at}>
                <b>{actionKind(action.action_type).name}</b> {argumentOf(action) ?? ''}
              </li>
            ))}
          </ol>
        </details>
      )}
    </section>
  );
}

export interface MissedLine {
  text: string;
  codes?: string[];
}

export function missedLines({ evidence, resolution, reply, steps }: Explanation): MissedLine[] {
  const lines: MissedLine[] = [];
  for (const item of evidence ?? []) {
    if (item.required === true && !item.collected) lines.push({ text: `Never looked at: ${item.title ?? idWords(item.id)}`, codes: [item.id] });
  }
  if (resolution?.expected != null && resolution.submitted !== resolution.expected) {
    const was = resolution.submitted === null ? 'No resolution was submitted' : `The resolution was “${idWords(resolution.submitted)}”`;
    lines.push({ text: `${was}; right is “${idWords(resolution.expected)}”`, codes: [resolution.expected] });
  }
  if (resolution?.submitted != null && resolution.harmful?.includes(resolution.submitted)) {
    lines.push({ text: 'That resolution does harm, and zeroes the score' });
  }
  if (reply !== null && reply.text === null) lines.push({ text: 'No reply was drafted' });
  const unmet = reply?.explanation?.keywords.filter(({ optional, verdict }) => !optional && verdict !== 'met') ?? [];
  if (unmet.length > 0) lines.push({ text: 'The reply does not convey', codes: unmet.map(({ id }) => id) });
  const said = reply?.explanation?.forbidden.filter(({ present }) => present) ?? [];
  if (said.length > 0) lines.push({ text: 'The reply says what is forbidden:', codes: said.map(({ id }) => id) });
  if (steps?.optimal != null && steps.taken > steps.optimal) {
    lines.push({ text: `${count(steps.taken, 'step')} were taken; the shortest winning path has ${steps.optimal}` });
  }
  return lines;
}
