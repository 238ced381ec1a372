// What the case is about, how far it has come, and what has been looked at.
import type { RefObject } from 'preact';
import { useApp } from '../context';
import { isDone, maxSteps, observationAt, workspaceText, type Episode } from '../model/episode';
import { showScore } from '../text/number';
import { Gauge } from '../ui/Gauge';
import { Difficulty } from '../ui/Difficulty';
import { EvidenceList } from './EvidenceList';

interface Props {
  episode: Episode;
  at: number;
  titles: Map<string, string>;
  live: boolean;
  headingRef?: RefObject<HTMLHeadingElement | null>;
}

export function CaseHeader({ episode, at, titles, live, headingRef }: Props) {
  const { state } = useApp();
  const observation = observationAt(episode, at);
  const spec = state.tasks?.find((task) => task.id === observation.task_id);
  const left = observation.remaining_steps;
  const all = maxSteps(episode);
  const seed = observation.metadata.seed;
  const over = isDone(episode, at);
  return (
    <section class="panel case-header" aria-label="Case">
      <div class="case-title">
        <h2 ref={headingRef ?? null} tabIndex={-1}>
          {spec?.title ?? observation.task_id}
        </h2>
        <p class="case-meta">
          <Difficulty level={observation.difficulty} />
          <code>{observation.task_id}</code>
          {seed != null && <span>seed {seed}</span>}
        </p>
      </div>
      <p class="objective">{observation.objective}</p>
      <p class="workspace">{workspaceText(observation.workspace_summary)}</p>
      <dl class="figures">
        <div>
          <dt>Steps left</dt>
          <dd>
            {left}
            <span class="of"> of {all}</span>
          </dd>
          <Gauge share={all > 0 ? left / all : 0} low={left * 4 <= all} />
        </div>
        <div>
          <dt>{over ? 'Final score' : 'Score so far'}</dt>
          <dd>{observation.current_score === null ? <span class="hidden-score">shown at the end</span> : showScore(observation.current_score)}</dd>
          {observation.current_score !== null && <Gauge share={observation.current_score} />}
        </div>
        <div class="evidence-figure">
          <dt>Seen</dt>
          <dd>
            <EvidenceList episode={episode} at={at} titles={titles} live={live && !over} />
          </dd>
        </div>
      </dl>
    </section>
  );
}
