// The score as one bar out of its criteria: solid what was earned, hatched what was lost; each with its reason.
import type { Score, ScorePart } from '../model/wire';
import { capitalised, showScore } from '../text/number';
import { Ticked } from '../ui/Ticked';

export function ScoreBar({ score }: { score: Score }) {
  const parts = score.parts.filter((part) => part.weight > 0);
  const summary = parts.map((part) => `${part.criterion} ${showScore(part.points)} of ${showScore(part.weight)}`).join(', ');
  return (
    <div class="score">
      <div class={score.zeroed_by === null ? 'score-bar' : 'score-bar zeroed'} role="img" aria-label={`Score ${showScore(score.score)} of 1: ${summary}`}>
        {parts.map((part) => (
          <div key={part.criterion} class={`score-part ${part.criterion}`} style={{ flexGrow: part.weight }} title={`${part.criterion}: ${showScore(part.points)} of ${showScore(part.weight)}`}>
            <div class="earned" style={{ width: `${score.zeroed_by === null ? 100 * share(part.points, part.weight) : 0}%` }} />
          </div>
        ))}
      </div>
      <dl class="score-parts">
        {score.parts.map((part) => (
          <div key={part.criterion} class={part.points >= part.weight ? 'full' : 'short'}>
            <dt>
              <i class={`swatch ${part.criterion}`} aria-hidden="true" />
              {capitalised(part.criterion)}
            </dt>
            <dd class="points">
              {showScore(part.points)} <span class="of">of {showScore(part.weight)}</span>
            </dd>
            {part.reason !== null && (
              <dd class="reason">
                {reasonsOf(part).map((reason, at) => (
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
function reasonsOf({ criterion, reason }: ScorePart): string[] {
  return criterion === 'reply' ? (reason ?? '').split('; ') : [reason ?? ''];
}

function share(points: number, weight: number): number {
  return weight > 0 ? Math.min(1, Math.max(0, points / weight)) : 0;
}
