// The next action: what to do, the fields it needs, and Step.
import { useApp } from '../context';
import { isDone, lastObservation, type Episode } from '../model/episode';
import { endedWithoutSteps, onLastStep, outcomeOf } from '../model/outcome';
import { ACTIONS, actionKind, actionOf } from '../model/form';
import { showReward, idWords } from '../text/number';
import { Alert } from '../ui/Alert';
import { focusActionField, focusActionKinds, focusSoon } from '../ui/focus';
import { Icon, type IconName } from '../ui/Icon';
import { ActionFields } from './ActionFields';
import { Refused } from './Refused';

const ICONS: Record<string, IconName> = {
  review_ticket: 'ticket',
  inspect_artifact: 'record',
  search_policy: 'policy',
  draft_reply: 'reply',
  submit_resolution: 'resolve',
};

export function ActionPanel({ episode }: { episode: Episode }) {
  const { state, dispatch, commands } = useApp();
  const done = isDone(episode);
  if (done) return <AfterTheEnd episode={episode} />;
  const observation = lastObservation(episode);
  const kinds = ACTIONS.filter((kind) => observation.available_actions.includes(kind.type));
  const ready = actionOf(state.form);
  const chosen = actionKind(state.form.type);
  const missing = 'missing' in ready ? ready.missing : null;
  const last = episode.steps.at(-1);
  const outcome = last === undefined ? null : outcomeOf(last.action, last.observation);
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    if ('action' in ready) return void commands.step(ready.action);
    dispatch({ type: 'say', text: ready.missing });
    focusActionField();
  };
  const leave = (event: KeyboardEvent) => {
    const from = event.target;
    const typing = from instanceof HTMLTextAreaElement || (from instanceof HTMLInputElement && from.type === 'search');
    if (event.key !== 'Escape' || !typing) return;
    // The browser would empty the field.
    event.preventDefault();
    focusActionKinds();
  };
  return (
    <section class="panel actions" aria-labelledby="actions-title" aria-busy={state.busy}>
      <h3 id="actions-title" class="panel-title">
        Next action
      </h3>
      <form onSubmit={submit} onKeyDown={leave}>
        {onLastStep(episode) && (
          <p class="warning">
            <Icon name="warning" /> This is the last step. The episode ends with it, resolved or not.
          </p>
        )}
        <fieldset class="kinds">
          <legend class="unseen">Action</legend>
          {kinds.map((kind, at) => (
            <label key={kind.type} class="kind" title={`${idWords(kind.type)} (${at + 1})`}>
              <input
                type="radio"
                name="action"
                id={`action-${kind.type}`}
                value={kind.type}
                checked={kind.type === state.form.type}
                onChange={() => dispatch({ type: 'form', form: { type: kind.type } })}
              />
              <Icon name={ICONS[kind.type] ?? 'dot'} />
              <span>{kind.name}</span>
            </label>
          ))}
        </fieldset>
        <p class="hint">{chosen.hint}</p>
        <ActionFields episode={episode} />
        <div class="step-line">
          <button type="submit" id="step" class="primary" aria-disabled={state.busy || missing !== null} aria-describedby="step-note">
            {chosen.verb}
          </button>
          <span id="step-note" class="quiet">
            {missing ?? (
              <>
                Step<span class="keys-note"> · Ctrl+Enter</span>
              </>
            )}
          </span>
        </div>
        {observation.last_action_error !== null && <Refused error={observation.last_action_error} />}
        {state.error !== null && <Alert>{state.error}</Alert>}
        {last !== undefined && outcome !== null && observation.last_action_error === null && (
          <p class={outcome.found ? 'last quiet found' : 'last quiet'}>
            <Icon name={outcome.found ? 'check' : 'search'} /> {outcome.text} · reward <b>{showReward(last.reward)}</b>
          </p>
        )}
      </form>
    </section>
  );
}

function AfterTheEnd({ episode }: { episode: Episode }) {
  const { state, dispatch, commands } = useApp();
  return (
    <section class="panel actions" aria-labelledby="after-title" aria-busy={state.busy}>
      <h3 id="after-title" class="panel-title">
        {endedWithoutSteps(episode) ? 'You ran out of steps' : 'The episode is over'}
      </h3>
      <p class="hint">Play it again, choose another case, or look back through the steps and copy them.</p>
      <div class="button-row">
        <button type="button" class="primary" disabled={state.busy} onClick={() => void commands.reset()}>
          Reset
        </button>
        <button
          type="button"
          onClick={() => {
            dispatch({ type: 'look', look: { source: 'current', at: episode.steps.length } });
            dispatch({ type: 'tab', tab: 'look' });
            focusSoon('tab-look');
          }}
        >
          Look back
        </button>
      </div>
      {state.error !== null && <Alert>{state.error}</Alert>}
    </section>
  );
}
