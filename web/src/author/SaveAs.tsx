// Saves the task under a name among the served files.
import { useRef, useState } from 'preact/hooks';

interface Props {
  suggested: string;
  paths: string[];
  save: (path: string) => Promise<void>;
}

export function SaveAs({ suggested, paths, save }: Props) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [name, setName] = useState('');
  const path = name.trim().endsWith('.toml') ? name.trim() : `${name.trim()}.toml`;
  const taken = paths.includes(path);
  return (
    <>
      <button
        type="button"
        onClick={() => {
          setName(suggested);
          dialog.current?.showModal();
        }}
      >
        Save as…
      </button>
      <dialog ref={dialog} aria-labelledby="save-as-title">
        <form
          class="template"
          onSubmit={(event) => {
            event.preventDefault();
            dialog.current?.close();
            void save(path);
          }}
        >
          <h2 id="save-as-title">Save the task as</h2>
          <p class="quiet">It is served from then on, with the pack of that folder, which stays as it is.</p>
          <label class="field">
            <span>File</span>
            <input type="text" required autocomplete="off" spellcheck={false} value={name} onInput={(event) => setName(event.currentTarget.value)} />
          </label>
          {taken && (
            <p class="warning" role="status">
              That file is there. What it holds will be gone.
            </p>
          )}
          <div class="dialog-end button-row">
            <button type="button" onClick={() => dialog.current?.close()}>
              Cancel
            </button>
            <button type="submit" class="primary">
              {taken ? 'Replace' : 'Save'}
            </button>
          </div>
        </form>
      </dialog>
    </>
  );
}
