// Starts a task from the template that `support-ops new` writes.
import { useRef, useState } from 'preact/hooks';
import { idWords } from '../text/number';
import { fetchTemplate } from './api';
import { resolutionCodes } from './model';

export function Template({ begin }: { begin: (difficulty: string, resolution: string) => Promise<void> }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [difficulty, setDifficulty] = useState('easy');
  const [resolution, setResolution] = useState('');
  const [codes, setCodes] = useState<string[]>([]);
  const open = () => {
    dialog.current?.showModal();
    // The choices are the template's own; without them its first still stands.
    if (codes.length === 0) fetchTemplate(difficulty, '').then(({ pack }) => setCodes(resolutionCodes(pack)), () => undefined);
  };
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    dialog.current?.close();
    void begin(difficulty, resolution);
  };
  return (
    <>
      <button type="button" onClick={open}>
        New
      </button>
      <dialog ref={dialog} aria-labelledby="template-title">
        <form onSubmit={submit} class="template">
          <h2 id="template-title">A new task</h2>
          <p class="quiet">It replaces what is in the editor. Download that first if you want to keep it.</p>
          <label class="field">
            <span>Difficulty</span>
            <select value={difficulty} onChange={(event) => setDifficulty(event.currentTarget.value)}>
              <option>easy</option>
              <option>medium</option>
              <option>hard</option>
            </select>
          </label>
          <label class="field">
            <span>Right resolution</span>
            <select value={resolution} onChange={(event) => setResolution(event.currentTarget.value)}>
              <option value="">the pack’s first</option>
              {codes.map((code) => (
                <option key={code} value={code}>
                  {idWords(code)}
                </option>
              ))}
            </select>
          </label>
          <div class="dialog-end button-row">
            <button type="button" onClick={() => dialog.current?.close()}>
              Cancel
            </button>
            <button type="submit" class="primary">
              Start
            </button>
          </div>
        </form>
      </dialog>
    </>
  );
}
