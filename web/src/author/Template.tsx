// Starts a task from the template that `support-ops new` writes.
import { useState } from 'preact/hooks';
import { idWords } from '../text/number';
import { fetchTemplate } from './api';
import { FormDialog } from './FormDialog';
import { resolutionCodes } from './model';

export function Template({ begin }: { begin: (difficulty: string, resolution: string) => Promise<void> }) {
  const [difficulty, setDifficulty] = useState('easy');
  const [resolution, setResolution] = useState('');
  const [codes, setCodes] = useState<string[]>([]);
  const learnCodes = () => {
    // The choices are the template's own; without them its first still stands.
    if (codes.length === 0) fetchTemplate(difficulty, '').then(({ pack }) => setCodes(resolutionCodes(pack)), () => undefined);
  };
  return (
    <FormDialog id="template-title" button="New" title="A new task" verb="Start" onOpen={learnCodes} onSubmit={() => void begin(difficulty, resolution)}>
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
    </FormDialog>
  );
}
