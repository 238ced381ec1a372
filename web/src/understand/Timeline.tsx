// The episode over time: a bar for each step's reward, a line for the score; and the same as a table.
import { argumentOf, type Episode, type EpisodeStep } from '../model/episode';
import { actionKind } from '../model/form';
import { count, showReward, showScore } from '../text/number';
import { TableHead } from '../ui/TableHead';
import { Chart } from './Chart';

interface Props {
  episode: Episode;
  /** The step on show. */
  at: number;
  choose?: (at: number) => void;
}

export function Timeline({ episode, at, choose }: Props) {
  const sum = episode.steps.reduce((total, step) => total + (step.reward ?? 0), 0);
  return (
    <section class="panel timeline" aria-labelledby={choose ? 'look-timeline-title' : 'timeline-title'}>
      <h3 id={choose ? 'look-timeline-title' : 'timeline-title'} class="panel-title">
        Timeline
      </h3>
      <Chart
        label={`${count(episode.steps.length, 'step')}, rewards of ${showScore(sum)} in all`}
        points={episode.steps.map((step) => ({ reward: step.reward ?? 0, score: step.observation.current_score, refused: step.observation.last_action_error !== null }))}
        at={at}
        {...(choose && { choose })}
      />
      <p class="legend quiet">
        <i class="swatch bar" aria-hidden="true" /> reward of the step <i class="swatch line" aria-hidden="true" /> score so far
      </p>
      <details>
        <summary>As a table</summary>
        <div class="scroll" role="region" aria-label="Timeline as a table" tabIndex={0}>
          <table class="grid steps">
            <TableHead words={['Step', 'Action']} figures={['Reward', 'Score']} />
            <tbody>
              {episode.steps.map((step, index) => (
                <Row key={index} step={step} number={index + 1} now={choose !== undefined && index + 1 === at} {...(choose && { choose })} />
              ))}
            </tbody>
          </table>
        </div>
      </details>
    </section>
  );
}

function Row({ step, number, now, choose }: { step: EpisodeStep; number: number; now: boolean; choose?: (at: number) => void }) {
  const error = step.observation.last_action_error;
  const score = step.observation.current_score;
  return (
    <tr class={now ? 'now' : ''} aria-current={now ? 'step' : undefined}>
      <td>
        {choose ? (
          <button type="button" class="small" aria-label={`Go to step ${number}`} onClick={() => choose(number)}>
            {number}
          </button>
        ) : (
          number
        )}
      </td>
      <td class="what">
        <span class="clamped">
          <b>{actionKind(step.action.action_type).name}</b> {argumentOf(step.action) ?? ''}
        </span>
        {error !== null && <span class="refused">refused: {error}</span>}
      </td>
      <td class="right">{showReward(step.reward)}</td>
      <td class="right">{score === null ? '–' : showScore(score)}</td>
    </tr>
  );
}
