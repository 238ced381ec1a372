// A question before something is lost: to keep it, or to go on.
import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';

interface Props {
  id: string;
  open: boolean;
  title: string;
  /** What keeps things as they are. */
  keep: string;
  /** What goes on. */
  go: string;
  onGo: () => void;
  /** After either. */
  onClose: () => void;
  /** What is at stake. */
  children: ComponentChildren;
}

export function Confirm({ id, open, title, keep, go, onGo, onClose, children }: Props) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    if (open) dialog.current?.showModal();
  }, [open]);
  return (
    <dialog ref={dialog} aria-labelledby={id} onClose={onClose}>
      <form
        method="dialog"
        onSubmit={(event) => {
          if ((event.submitter as HTMLButtonElement | null)?.value === 'go') onGo();
        }}
      >
        <h2 id={id}>{title}</h2>
        <p class="quiet">{children}</p>
        <div class="dialog-end button-row">
          <button type="submit">{keep}</button>
          <button type="submit" value="go" class="primary">
            {go}
          </button>
        </div>
      </form>
    </dialog>
  );
}
