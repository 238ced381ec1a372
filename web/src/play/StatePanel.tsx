// Get state: the trainer's view, as the server tells it.
import { useApp } from '../context';
import type { Episode } from '../model/episode';
import { Json } from '../ui/Json';

export function StatePanel({ episode }: { episode: Episode }) {
  const { state, commands } = useApp();
  return (
    <section class="state-panel" aria-label="State">
      <button type="button" class="small" onClick={() => void commands.getServerState()}>
        Get state
      </button>
      {state.serverState === null ? (
        <span class="quiet"> Everything the server holds, answers included.</span>
      ) : (
        <Json key={episode.steps.length} summary="State as JSON" value={state.serverState} open />
      )}
    </section>
  );
}
