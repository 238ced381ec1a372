// The served packs' own files; there only where the server was started with `--allow-edit`.
import { useEffect, useState } from 'preact/hooks';
import { call } from '../api';
import { useApp } from '../context';
import { textOf } from '../commands';
import { Ticked } from '../ui/Ticked';

interface Served {
  path: string;
  text: string;
  digest: string;
}

interface Open {
  task: Served;
  pack: Served | null;
}

interface Props {
  task: string;
  pack: string;
  load: (task: string, pack: string | null) => void;
}

export function ServedFiles({ task, pack, load }: Props) {
  const { dispatch, commands } = useApp();
  const [paths, setPaths] = useState<string[]>([]);
  const [open, setOpen] = useState<Open | null>(null);
  const [error, setError] = useState<string | null>(null);
  const guard = async (work: () => Promise<void>) => {
    try {
      await work();
      setError(null);
    } catch (problem) {
      setError(textOf(problem));
    }
  };
  useEffect(() => {
    void guard(async () => {
      const answer = await call<{ files: { path: string }[] }>('GET', 'author/files');
      setPaths(answer.files.map((file) => file.path));
    });
  }, []);
  const choose = (path: string) =>
    guard(async () => {
      const manifest = manifestOf(path, paths);
      const read = { task: await fetchFile(path), pack: manifest === null ? null : await fetchFile(manifest) };
      setOpen(read);
      load(read.task.text, read.pack?.text ?? null);
    });
  const changed = open === null ? [] : changedFiles(open, task, pack);
  const save = () =>
    guard(async () => {
      for (const { part, file, text } of changed) {
        const { digest } = await call<{ digest: string }>('PUT', 'author/file', { path: file.path, text, if_digest: file.digest });
        setOpen((now) => now && { ...now, [part]: { path: file.path, text, digest } });
      }
      dispatch({ type: 'say', text: 'Saved, and served from now on.' });
      await commands.load();
    });
  return (
    <section class="panel served" aria-labelledby="served-title">
      <h3 id="served-title" class="panel-title">
        Served files
      </h3>
      <div class="button-row">
        <select aria-label="Served task" value={open?.task.path ?? ''} onChange={(event) => void choose(event.currentTarget.value)}>
          <option value="" disabled>
            Open a served task…
          </option>
          {paths
            .filter((path) => !path.endsWith('pack.toml'))
            .map((path) => (
              <option key={path}>{path}</option>
            ))}
        </select>
        <button type="button" class="primary" disabled={changed.length === 0} onClick={() => void save()}>
          Save
        </button>
      </div>
      <p class="quiet served-note">{open === null ? 'Whoever sees this page can read and write them.' : changed.length === 0 ? 'As served.' : `Changed: ${changed.map(({ file }) => file.path).join(', ')}`}</p>
      {error !== null && (
        <p class="error" role="alert">
          <Ticked text={error} />
        </p>
      )}
    </section>
  );
}

async function fetchFile(path: string): Promise<Served> {
  const file = await call<Served>('GET', `author/file?${new URLSearchParams({ path })}`);
  // As the editor holds it.
  return { ...file, text: file.text.replace(/\r\n?/g, '\n') };
}

function changedFiles(open: Open, task: string, pack: string): { part: keyof Open; file: Served; text: string }[] {
  const changed: { part: keyof Open; file: Served; text: string }[] = [];
  if (open.pack !== null && open.pack.text !== pack) changed.push({ part: 'pack', file: open.pack, text: pack });
  if (open.task.text !== task) changed.push({ part: 'task', file: open.task, text: task });
  return changed;
}

/** The manifest that governs a file: the `pack.toml` in the nearest folder above it. */
export function manifestOf(path: string, paths: string[]): string | null {
  const folders = path.split('/').slice(0, -1);
  for (let depth = folders.length; depth >= 0; depth -= 1) {
    const candidate = [...folders.slice(0, depth), 'pack.toml'].join('/');
    if (paths.includes(candidate)) return candidate;
  }
  return null;
}
