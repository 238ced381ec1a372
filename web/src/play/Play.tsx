// The tab where a person is the agent.
import { useEffect, useRef } from 'preact/hooks';
import { useApp } from '../context';
import { isDone } from '../model/episode';
import { CaseView } from './CaseView';
import { Result } from '../understand/Result';
import { Timeline } from '../understand/Timeline';
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
    if (attention.turn > 0) (attention.to === 'case' ? heading : result).current?.focus();
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
          result={done && <Result episode={episode} headingRef={result} />}
          side={
            <>
              <ActionPanel episode={episode} />
              <StatePanel episode={episode} />
            </>
          }
          foot={episode.steps.length > 0 && <Timeline episode={episode} at={episode.steps.length} />}
        />
      )}
    </div>
  );
}
