// The served packs' own files; there only where the server was started with `--allow-edit`.
import { useEffect, useState } from 'preact/hooks';
import { useApp } from '../context';
import { textOf } from '../commands';
import { Alert } from '../ui/Alert';
import { Ticked } from '../ui/Ticked';
import { Conflict } from './Conflict';
import type { Part, Texts, Work } from './draft';
import { taskIdOf } from './model';
import { SaveAs } from './SaveAs';
import { changedParts, conflicting, fetchFile, fetchPaths, manifestOf, putFile, type Opened, type Served } from './served';

interface Props {
  work: Work;
  /** What the editor's texts were read from; null where they came from elsewhere. */
  opened: Opened | null;
  setOpened: (opened: Opened | null) => void;
  /** Puts texts into the editor, as they are served. */
  load: (texts: Partial<Texts>) => void;
  /** These texts of the editor are now served as they are. */
  keep: (texts: Partial<Texts>) => void;
  /** Does what replaces these texts, after a question where that loses changes. */
  replacing: (parts: Part[], go: () => void) => void;
}

export function ServedFiles({ work, opened, setOpened, load, keep, replacing }: Props) {
  const { dispatch, commands } = useApp();
  const [paths, setPaths] = useState<string[]>([]);
  const [conflict, setConflict] = useState<{ part: Part; theirs: Served } | null>(null);
  const [error, setError] = useState<string | null>(null);
  const guard = async (go: () => Promise<void>) => {
    setError(null);
    setConflict(null);
    try {
      await go();
    } catch (problem) {
      setError(textOf(problem));
    }
  };
  useEffect(() => {
    void guard(async () => setPaths(await fetchPaths()));
  }, []);
  const choose = (path: string) => {
    const manifest = manifestOf(path, paths);
    replacing(manifest === null ? ['task'] : ['task', 'pack'], () =>
      void guard(async () => {
        const read = { task: await fetchFile(path), pack: manifest === null ? null : await fetchFile(manifest) };
        setOpened(read);
        load(read.pack === null ? { task: read.task.text } : { task: read.task.text, pack: read.pack.text });
      }),
    );
  };
  const served = async () => {
    dispatch({ type: 'say', text: 'Saved, and served from now on.' });
    await commands.load();
  };
  const save = (from: Opened) =>
    guard(async () => {
      let now = from;
      for (const { part, file } of changedParts(from, work)) {
        try {
          now = { ...now, [part]: await putFile(file, work[part]) };
          keep({ [part]: work[part] });
          setOpened(now);
        } catch (problem) {
          const theirs = await conflicting(problem, file.path);
          if (theirs === null) throw problem;
          setConflict({ part, theirs });
          return;
        }
      }
      await served();
    });
  const saveAs = (path: string) =>
    guard(async () => {
      const before = paths.includes(path) ? await fetchFile(path) : { path, text: '', digest: null };
      const task = await putFile(before, work.task);
      keep({ task: work.task });
      const known = await fetchPaths();
      setPaths(known);
      const manifest = manifestOf(path, known);
      const pack = manifest === null ? null : await fetchFile(manifest);
      setOpened({ task, pack: pack?.text === work.pack ? pack : null });
      await served();
    });
  const changed = opened === null ? [] : changedParts(opened, work);
  return (
    <section class="panel served" aria-labelledby="served-title">
      <h3 id="served-title" class="panel-title">
        Served files
      </h3>
      <div class="button-row">
        <select
          aria-label="Served task"
          value={opened?.task.path ?? ''}
          onChange={(event) => {
            const path = event.currentTarget.value;
            // It stays as it is until that file is in the editor.
            event.currentTarget.value = opened?.task.path ?? '';
            choose(path);
          }}
        >
          <option value="" disabled>
            Open a served task…
          </option>
          {paths
            .filter((path) => !path.endsWith('pack.toml'))
            .map((path) => (
              <option key={path}>{path}</option>
            ))}
        </select>
        <button type="button" class="primary" disabled={opened === null || changed.length === 0} onClick={() => opened !== null && void save(opened)}>
          Save
        </button>
        <SaveAs suggested={suggestedPath(work, opened, paths)} paths={paths} save={saveAs} />
      </div>
      <p class="quiet served-note">{note(opened, changed.map(({ file }) => file.path))}</p>
      {conflict !== null && opened !== null && (
        <Conflict
          theirs={conflict.theirs}
          mine={work[conflict.part]}
          reload={() => {
            setConflict(null);
            setOpened({ ...opened, [conflict.part]: conflict.theirs });
            load({ [conflict.part]: conflict.theirs.text });
          }}
          keepMine={() => {
            const now = { ...opened, [conflict.part]: conflict.theirs };
            setOpened(now);
            void save(now);
          }}
        />
      )}
      {error !== null && (
        <Alert>
          <Ticked text={error} />
        </Alert>
      )}
    </section>
  );
}

function note(opened: Opened | null, changed: string[]): string {
  if (opened === null) return 'Whoever sees this page can read and write them.';
  if (changed.length > 0) return `Changed: ${changed.join(', ')}`;
  return opened.pack === null ? 'As served. The pack.toml here is not the served one.' : 'As served.';
}

/** Beside the file that was opened last, by the task's own id. */
function suggestedPath(work: Work, opened: Opened | null, paths: string[]): string {
  const beside = opened?.task.path ?? paths[0] ?? '';
  return `${beside.slice(0, beside.lastIndexOf('/') + 1)}${taskIdOf(work.task)}.toml`;
}
