// Back and forth through the steps.
import { argumentOf, type Episode } from '../model/episode';
import { actionKind } from '../model/form';
import { showReward } from '../text/number';
import { Icon, type IconName } from '../ui/Icon';

export function Player({ episode, at, choose }: { episode: Episode; at: number; choose: (at: number) => void }) {
  const last = episode.steps.length;
  const step = episode.steps[at - 1];
  const where = at === 0 ? 'Before the first step' : `Step ${at} of ${last}`;
  return (
    <section class="panel player" aria-labelledby="player-title">
      <h3 id="player-title" class="panel-title">
        {where}
      </h3>
      <p class="player-action">
        {step === undefined ? (
          <span class="quiet">What the agent sees at reset.</span>
        ) : (
          <>
            <b>{actionKind(step.action.action_type).name}</b> <span class="player-argument">{argumentOf(step.action) ?? ''}</span>
            <span class="quiet">reward {showReward(step.reward)}</span>
          </>
        )}
      </p>
      <input
        type="range"
        min={0}
        max={last}
        value={at}
        aria-label="Step"
        aria-valuetext={where}
        onInput={(event) => choose(Number(event.currentTarget.value))}
      />
      <div class="button-row">
        <Move name="first" label="To the start" disabled={at === 0} go={() => choose(0)} />
        <Move name="back" label="One step back" disabled={at === 0} go={() => choose(at - 1)} />
        <Move name="forward" label="One step forward" disabled={at === last} go={() => choose(at + 1)} />
        <Move name="last" label="To the end" disabled={at === last} go={() => choose(last)} />
      </div>
    </section>
  );
}

function Move({ name, label, disabled, go }: { name: IconName; label: string; disabled: boolean; go: () => void }) {
  return (
    <button type="button" class="icon-button" aria-label={label} title={label} aria-disabled={disabled} onClick={() => !disabled && go()}>
      <Icon name={name} />
    </button>
  );
}
