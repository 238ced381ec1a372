// Get state: the trainer's view, as the server tells it; folded away, as it holds the answers.
import { useApp } from '../context';
import type { Episode } from '../model/episode';
import { Json } from '../ui/Json';

export function StatePanel({ episode }: { episode: Episode }) {
  const { state, commands } = useApp();
  return (
    <details class="state-panel">
      <summary>For trainers</summary>
      <p class="quiet">Everything the server holds of this episode, the answers included.</p>
      <button type="button" class="small" onClick={() => void commands.getServerState()}>
        Get state
      </button>
      {state.serverState !== null && <Json key={episode.steps.length} summary="State as JSON" value={state.serverState} open />}
    </details>
  );
}
