// What stands where no case is open yet.
import { useApp } from '../context';
import { Alert } from '../ui/Alert';

export function Welcome() {
  const { state } = useApp();
  return (
    <section class="welcome" aria-labelledby="welcome-title">
      <h2 id="welcome-title">Be the support agent</h2>
      {state.metadata !== null && <p class="lead">{state.metadata.description}</p>}
      <ol class="how">
        <li>
          <b>Choose a case</b> and press <i>Reset</i>.
        </li>
        <li>
          <b>Look</b> at the ticket, the internal records and the handbook. Each look is a step, and steps are few.
        </li>
        <li>
          <b>Reply and resolve.</b> Rules alone grade what you looked at, what you decided and what you wrote.
        </li>
        <li>
          <b>See why.</b> Every point comes with its reason, marked in your own words.
        </li>
      </ol>
      {state.loadError !== null && <Alert>{state.loadError}</Alert>}
    </section>
  );
}
