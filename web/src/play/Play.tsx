// The tab where a person is the agent.
import { useEffect, useRef } from 'preact/hooks';
import { useApp } from '../context';
import { isDone } from '../model/episode';
import { CaseView } from './CaseView';
import { Result } from '../understand/Result';
import { Timeline } from '../understand/Timeline';
import { focusActionKinds } from '../ui/focus';
import { ActionPanel } from './ActionPanel';
import { StatePanel } from './StatePanel';
import { TaskPicker } from './TaskPicker';
import { Welcome } from './Welcome';

export function Play() {
  const { state } = useApp();
  const { episode } = state;
  const done = episode !== null && isDone(episode);
  const heading = useRef<HTMLHeadingElement>(null);
  const result = useRef<HTMLHeadingElement>(null);
  const { attention } = state;

  useEffect(() => {
    if (attention.turn === 0) return;
    if (attention.to === 'step') toNextStep();
    else (attention.to === 'case' ? heading : result).current?.focus();
  }, [attention.turn]);

  return (
    <div class="play">
      <TaskPicker />
      {episode === null ? (
        <Welcome />
      ) : (
        <CaseView
          episode={episode}
          at={episode.steps.length}
          headingRef={heading}
          live
          result={
            done && (
              <>
                <Result episode={episode} headingRef={result} />
                <Timeline episode={episode} at={episode.steps.length} />
              </>
            )
          }
          side={
            <>
              <ActionPanel episode={episode} />
              <StatePanel episode={episode} />
            </>
          }
          foot={!done && episode.steps.length > 0 && <Timeline episode={episode} at={episode.steps.length} />}
        />
      )}
    </div>
  );
}

/** After a step: the focus goes back to choosing the action, and what was opened comes into view where it lies below. */
function toNextStep(): void {
  const held = document.activeElement;
  if (held === null || held === document.body || held.closest('.actions') !== null) focusActionKinds();
  if (matchMedia('(max-width: 1059px)').matches) document.querySelector('#panel-play .sheet.fresh')?.scrollIntoView({ block: 'start' });
}
