// The score as one bar out of its criteria: solid what was earned, hatched what was lost; each with its reason. What zeroes
// the score takes away what was earned.
import type { Score, ScorePart } from '../model/wire';
import { capitalised, showScore } from '../text/number';
import { Ticked } from '../ui/Ticked';

export function ScoreBar({ score, replyBelow = false }: { score: Score; replyBelow?: boolean }) {
  const zeroed = score.zeroed_by !== null;
  const parts = score.parts.filter((part) => part.weight > 0);
  const told = (part: ScorePart) => `${part.criterion} ${showScore(part.points)} of ${showScore(part.weight)}${zeroed && part.points > 0 ? ', taken away' : ''}`;
  const summary = parts.map(told).join(', ');
  return (
    <div class="score">
      <div class={zeroed ? 'score-bar zeroed' : 'score-bar'} role="img" aria-label={`Score ${showScore(score.score)} of 1: ${summary}`}>
        {parts.map((part) => (
          <div key={part.criterion} class={`score-part ${part.criterion}`} style={{ flexGrow: part.weight }} title={told(part)}>
            <div class="earned" style={{ width: `${zeroed ? 0 : 100 * share(part.points, part.weight)}%` }} />
          </div>
        ))}
      </div>
      <dl class="score-parts">
        {score.parts.map((part) => (
          <div key={part.criterion} class={part.points >= part.weight && !zeroed ? 'full' : 'short'}>
            <dt>
              <i class={`swatch ${part.criterion}`} aria-hidden="true" />
              {capitalised(part.criterion)}
            </dt>
            <dd class="points">
              {zeroed && part.points > 0 ? <s>{showScore(part.points)}</s> : showScore(part.points)} <span class="of">of {showScore(part.weight)}</span>
              {zeroed && part.points > 0 && <span class="taken-away">taken away</span>}
            </dd>
            {part.reason !== null && (
              <dd class="reason">
                {reasonsOf(part, replyBelow).map((reason, at) => (
                  <p key={at}>
                    <Ticked text={reason} />
                  </p>
                ))}
              </dd>
            )}
          </div>
        ))}
      </dl>
    </div>
  );
}

/** A reply's reasons are a list; the others' are one sentence. */
function reasonsOf({ criterion, reason, points, weight }: ScorePart, replyBelow: boolean): string[] {
  if (criterion === 'reply' && replyBelow && points < weight) return ['Told below, with the reply.'];
  return criterion === 'reply' ? (reason ?? '').split('; ') : [reason ?? ''];
}

function share(points: number, weight: number): number {
  return weight > 0 ? Math.min(1, Math.max(0, points / weight)) : 0;
}
