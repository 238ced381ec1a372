// A button that opens a form in a dialog.
import type { ComponentChildren } from 'preact';
import { useRef } from 'preact/hooks';

interface Props {
  id: string;
  /** What is written on the button. */
  button: string;
  title: string;
  verb: string;
  onOpen: () => void;
  onSubmit: () => void;
  children: ComponentChildren;
}

export function FormDialog({ id, button, title, verb, onOpen, onSubmit, children }: Props) {
  const dialog = useRef<HTMLDialogElement>(null);
  return (
    <>
      <button
        type="button"
        onClick={() => {
          onOpen();
          dialog.current?.showModal();
        }}
      >
        {button}
      </button>
      <dialog ref={dialog} aria-labelledby={id}>
        <form
          class="form-dialog"
          onSubmit={(event) => {
            event.preventDefault();
            dialog.current?.close();
            onSubmit();
          }}
        >
          <h2 id={id}>{title}</h2>
          {children}
          <div class="dialog-end button-row">
            <button type="button" onClick={() => dialog.current?.close()}>
              Cancel
            </button>
            <button type="submit" class="primary">
              {verb}
            </button>
          </div>
        </form>
      </dialog>
    </>
  );
}
