// What the page is for, and its keys.
import { useEffect, useRef } from 'preact/hooks';
import { useApp } from '../context';
import { SHORTCUTS } from '../shortcuts';

export function Help() {
  const { state, dispatch } = useApp();
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const before = document.activeElement;
    dialog.current?.showModal();
    return () => {
      if (before instanceof HTMLElement) before.focus();
    };
  }, []);
  const close = () => dispatch({ type: 'help', open: false });
  return (
    <dialog ref={dialog} class="help" aria-labelledby="help-title" onClose={close}>
      <h2 id="help-title">How it works</h2>
      <p>
        You are the support agent. Choose a case and reset, look at the ticket, the records and the policies that matter, draft a reply, and
        submit a resolution. Each action is a step, and steps are few. At the end, rules alone grade what you looked at, what you decided and
        what you wrote, and the page shows why.
      </p>
      <h3>Keys</h3>
      <table class="keys">
        <tbody>
          {SHORTCUTS.map(({ keys, what }) => (
            <tr key={what}>
              <th scope="row">
                {keys.map((key) => (
                  <kbd key={key}>{key}</kbd>
                ))}
              </th>
              <td>{what}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <label class="check-line">
        <input type="checkbox" checked={state.shortcuts} onChange={(event) => dispatch({ type: 'shortcuts', on: event.currentTarget.checked })} />
        Single keys work (Ctrl+Enter always does)
      </label>
      <form method="dialog" class="dialog-end">
        <button type="submit" class="primary">
          Close
        </button>
      </form>
    </dialog>
  );
}
