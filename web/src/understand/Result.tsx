// The end: the score, where its points come from, what the reply said, and what was missed.
import type { RefObject } from 'preact';
import { finalScore, type Episode } from '../model/episode';
import { endedWithoutSteps } from '../model/outcome';
import { showScore } from '../text/number';
import { zeroCauses } from './causes';
import { Missed } from './Missed';
import { ReplyView } from './ReplyView';
import { ScoreBar } from './ScoreBar';

export function Result({ episode, headingRef }: { episode: Episode; headingRef?: RefObject<HTMLHeadingElement | null> }) {
  const score = finalScore(episode);
  const { explanation } = episode;
  const reply = explanation?.reply;
  return (
    <section class="panel result" aria-labelledby="result-title">
      <h3 id="result-title" class="panel-title" tabIndex={-1} ref={headingRef ?? null}>
        {score === null ? 'The episode is over' : 'Why this score'}
      </h3>
      {score !== null && (
        <div class="verdict">
          <span class="big-score">{showScore(score.score)}</span>
          <span class={score.passed ? 'badge good' : 'badge poor'}>{score.passed ? 'passed' : 'not passed'}</span>
          {zeroCauses(score, explanation).map(({ kind, id }) => (
            <span key={`${kind} ${id}`} class="badge poor">
              zeroed: {kind.replaceAll('_', ' ')} <code>{id}</code>
            </span>
          ))}
        </div>
      )}
      {endedWithoutSteps(episode) && <p class="warning">You ran out of steps before you submitted a resolution.</p>}
      {score === null && <p class="quiet">This case keeps its score to itself.</p>}
      {score !== null && <ScoreBar score={score} replyBelow={reply?.explanation != null} />}
      {reply?.text != null && <ReplyView text={reply.text} explanation={reply.explanation} />}
      {explanation !== null && <Missed explanation={explanation} />}
    </section>
  );
}
