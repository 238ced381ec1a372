// Why the last action was refused.
import { Ticked } from '../ui/Ticked';

export function Refused({ error }: { error: string }) {
  return (
    <p class="error">
      <b>Refused:</b> <Ticked text={error} />
    </p>
  );
}
