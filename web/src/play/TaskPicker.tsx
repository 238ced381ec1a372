// The list of cases with its filters, the seed, and Reset.
import { useState } from 'preact/hooks';
import { useApp } from '../context';
import { isDone } from '../model/episode';
import { difficultiesOf, offersAny, shownTasks, tagsOf } from '../model/filter';
import { count } from '../text/number';
import { Alert } from '../ui/Alert';
import { Confirm } from '../ui/Confirm';
import { Difficulty } from '../ui/Difficulty';
import { TextField } from '../ui/TextField';

export function TaskPicker() {
  const { state, dispatch, commands } = useApp();
  const tasks = state.tasks ?? [];
  const { shown, more } = shownTasks(tasks, state.filter);
  const fitting = shown.length + more;
  const levels = difficultiesOf(tasks);
  const tags = tagsOf(tasks).slice(0, 24);
  const { filter, choice, episode } = state;
  const [asking, setAsking] = useState(false);
  const taken = episode === null || isDone(episode) ? 0 : episode.steps.length;
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    if (taken > 0) setAsking(true);
    else void commands.reset();
  };
  return (
    <details class="picker panel" open={state.picking} onToggle={(event) => dispatch({ type: 'picking', open: event.currentTarget.open })}>
      <summary>
        <h2>Cases</h2>
        <span class="quiet">{state.tasks === null ? 'loading' : fitting < tasks.length ? `${fitting} of ${count(tasks.length, 'case')}` : count(tasks.length, 'case')}</span>
      </summary>
      <form onSubmit={submit} class="picker-form">
        <TextField label="Search the cases" unseen id="task-search" type="search" placeholder="Search" value={filter.text} change={(text) => dispatch({ type: 'filter', filter: { text } })} />
        {levels.length > 1 && (
          <div class="chips" role="group" aria-label="Difficulty">
            {levels.map((level) => (
              <Chip key={level} on={filter.difficulty === level} text={level} toggle={(on) => dispatch({ type: 'filter', filter: { difficulty: on ? level : null } })} />
            ))}
          </div>
        )}
        {tags.length > 0 && (
          <div class="chips" role="group" aria-label="Tags">
            {tags.map(([tag]) => (
              <Chip key={tag} on={filter.tag === tag} text={tag} toggle={(on) => dispatch({ type: 'filter', filter: { tag: on ? tag : null } })} />
            ))}
          </div>
        )}
        <fieldset class="task-list">
          <legend class="unseen">Case</legend>
          {shown.map((task) => (
            <label key={task.id} class="task">
              <input type="radio" name="task" value={task.id} checked={choice.task === task.id} onChange={() => dispatch({ type: 'choose', choice: { task: task.id } })} />
              <span class="task-text">
                <b>{task.title}</b>
                <span class="quiet task-meta">
                  <Difficulty level={task.difficulty} /> · {count(task.max_steps, 'step')}
                </span>
              </span>
            </label>
          ))}
          {more > 0 && <p class="quiet">{count(more, 'more case')}: narrow the search.</p>}
          {state.tasks !== null && shown.length === 0 && <p class="quiet">No case fits. Loosen the search.</p>}
          {shown.length > 0 && offersAny(filter) && (
            <label class="task">
              <input type="radio" name="task" value="" checked={choice.task === null} onChange={() => dispatch({ type: 'choose', choice: { task: null } })} />
              <span class="task-text">
                <b>Any case</b>
                <span class="quiet task-meta">picked by the seed, else the next in order</span>
              </span>
            </label>
          )}
        </fieldset>
        <div class="picker-end">
          <TextField label="Seed" kind="seed" inputMode="numeric" placeholder="none" value={choice.seed} change={(seed) => dispatch({ type: 'choose', choice: { seed } })} />
          <button type="submit" class={state.episode === null ? 'primary' : ''} disabled={shown.length === 0 || state.busy}>
            Reset
          </button>
        </div>
        {state.episode === null && state.error !== null && <Alert>{state.error}</Alert>}
      </form>
      <Confirm id="leave-title" open={asking} title="Leave this case?" keep="Keep playing" go="Reset" onGo={() => void commands.reset()} onClose={() => setAsking(false)}>
        The {count(taken, 'step')} taken so far will be gone.
      </Confirm>
    </details>
  );
}

function Chip({ on, text, toggle }: { on: boolean; text: string; toggle: (on: boolean) => void }) {
  return (
    <button type="button" class="chip" aria-pressed={on} onClick={() => toggle(!on)}>
      {text}
    </button>
  );
}
