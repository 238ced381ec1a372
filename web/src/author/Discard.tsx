// The question before changes that are nowhere else are lost.
import { useEffect, useRef } from 'preact/hooks';
import type { Part } from './draft';

export interface Question {
  lost: Part[];
  go: () => void;
}

export function Discard({ question, close }: { question: Question | null; close: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    if (question !== null) dialog.current?.showModal();
  }, [question]);
  return (
    <dialog ref={dialog} aria-labelledby="discard-title" onClose={close}>
      <form
        method="dialog"
        onSubmit={(event) => {
          if ((event.submitter as HTMLButtonElement | null)?.value === 'discard') question?.go();
        }}
      >
        <h2 id="discard-title">Discard your changes?</h2>
        <p class="quiet">{question?.lost.map((part) => `${part}.toml`).join(' and ')} will be replaced. The changes are neither downloaded nor saved.</p>
        <div class="dialog-end button-row">
          <button type="submit">Keep editing</button>
          <button type="submit" value="discard" class="primary">
            Discard
          </button>
        </div>
      </form>
    </dialog>
  );
}
