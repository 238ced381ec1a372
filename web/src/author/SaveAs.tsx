// Saves the task under a name among the served files.
import { useState } from 'preact/hooks';
import { TextField } from '../ui/TextField';
import { FormDialog } from './FormDialog';

interface Props {
  suggested: string;
  paths: string[];
  save: (path: string) => Promise<void>;
}

export function SaveAs({ suggested, paths, save }: Props) {
  const [name, setName] = useState('');
  const path = name.trim().endsWith('.toml') ? name.trim() : `${name.trim()}.toml`;
  const taken = paths.includes(path);
  return (
    <FormDialog
      id="save-as-title"
      button="Save as…"
      title="Save the task as"
      verb={taken ? 'Replace' : 'Save'}
      onOpen={() => setName(suggested)}
      onSubmit={() => void save(path)}
    >
      <p class="quiet">It is served from then on, with the pack of that folder, which stays as it is.</p>
      <TextField label="File" required spellcheck={false} value={name} change={setName} />
      {taken && (
        <p class="warning" role="status">
          That file is there. What it holds will be gone.
        </p>
      )}
    </FormDialog>
  );
}
