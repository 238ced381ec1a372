// The tab where an episode is stepped through, back and forth, and taken away.
import { useRef, useState } from 'preact/hooks';
import { useApp } from '../context';
import { isDone, type Episode } from '../model/episode';
import type { LookState } from '../model/store';
import { CaseView } from '../play/CaseView';
import { count } from '../text/number';
import { Alert } from '../ui/Alert';
import { dropped, picked } from '../ui/files';
import { Icon } from '../ui/Icon';
import { Result } from '../understand/Result';
import { Timeline } from '../understand/Timeline';
import { CopyAs } from './CopyAs';
import { Player } from './Player';

export function LookBack() {
  const { state, dispatch, commands } = useApp();
  const { look } = state;
  const input = useRef<HTMLInputElement>(null);
  const episode = look.source === 'file' ? (look.file?.episode ?? null) : state.episode;
  const at = Math.min(look.at, episode?.steps.length ?? 0);
  const choose = (to: number) => dispatch({ type: 'look', look: { at: to } });
  const open = ([file]: File[]) => {
    if (file !== undefined) void commands.openFile(file);
  };
  return (
    <div class="look" {...dropped(open)}>
      <h2 class="unseen">Look back</h2>
      <section class="panel look-source" aria-label="Episode">
        <fieldset class="sources">
          <legend class="unseen">Which episode</legend>
          <label class="check-line">
            <input
              type="radio"
              name="source"
              checked={look.source === 'current'}
              onChange={() => dispatch({ type: 'look', look: { source: 'current', at: state.episode?.steps.length ?? 0 } })}
            />
            The one being played
            <span class="quiet">{state.episode === null ? 'none yet' : describe(state.episode)}</span>
          </label>
          {look.file !== null && (
            <label class="check-line">
              <input
                type="radio"
                name="source"
                checked={look.source === 'file'}
                onChange={() => dispatch({ type: 'look', look: { source: 'file', at: look.file?.episode.steps.length ?? 0 } })}
              />
              {look.file.name} <span class="quiet">{describe(look.file.episode)}</span>
            </label>
          )}
        </fieldset>
        <button type="button" disabled={look.busy} onClick={() => input.current?.click()}>
          <Icon name="file" /> Open an episode file
        </button>
        <input ref={input} type="file" accept=".json,.jsonl,application/json" hidden onChange={picked(open)} />
        {look.error !== null && <Alert>{look.error}</Alert>}
        {look.asking !== null && <WhichCase key={look.asking.name} asking={look.asking} />}
        {look.source === 'file' && look.file?.differs && (
          <p class="warning">
            <Icon name="warning" /> The file was recorded with another version of the pack; what you see is today’s answer to the same actions.
          </p>
        )}
      </section>
      {episode === null ? (
        <p class="empty">Play a case, or open an episode file: JSON with reset and actions, or one action a line.</p>
      ) : (
        <div class="look-grid">
          <div class="look-side">
            <Player episode={episode} at={at} choose={choose} />
            {episode.steps.length > 0 && <Timeline episode={episode} at={at} choose={choose} />}
            <CopyAs episode={episode} />
          </div>
          <CaseView episode={episode} at={at} live={false} result={isDone(episode, at) && at === episode.steps.length && <Result episode={episode} />} />
        </div>
      )}
    </div>
  );
}

/** Asks for the case of a file that holds actions alone. */
function WhichCase({ asking: { name, read } }: { asking: NonNullable<LookState['asking']> }) {
  const { state, commands } = useApp();
  const [task, setTask] = useState('');
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    if (task !== '') void commands.replay(name, { ...read, reset: { ...read.reset, task_id: task } });
  };
  return (
    <form class="which-case" onSubmit={submit}>
      <label class="field">
        <span>Which case was {name} played in? The file does not say.</span>
        <select value={task} onChange={(event) => setTask(event.currentTarget.value)}>
          <option value="" disabled>
            Choose a case…
          </option>
          {(state.tasks ?? []).map(({ id, title }) => (
            <option key={id} value={id}>
              {title}
            </option>
          ))}
        </select>
      </label>
      <button type="submit" class="primary" disabled={task === '' || state.look.busy}>
        Play it again
      </button>
    </form>
  );
}

function describe(episode: Episode): string {
  return `${episode.first.task_id}, ${count(episode.steps.length, 'step')}`;
}
