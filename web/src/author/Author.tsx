// The tab where a task is written: the editor, what the linter says, how a reply is graded, and the proof.
import { useEffect, useState } from 'preact/hooks';
import { textOf } from '../commands';
import { useApp } from '../context';
import { Alert } from '../ui/Alert';
import { download } from '../ui/download';
import { dropped, picked } from '../ui/files';
import { Icon } from '../ui/Icon';
import { fetchTemplate } from './api';
import { CodeEditor } from './CodeEditor';
import { Discard, type Question } from './Discard';
import { keepWork, NO_WORK, readWork, taken, unsaved, type Part, type Texts, type Work } from './draft';
import { Findings } from './Findings';
import { fileNameFor, MAX_TEXT_BYTES, partOf, placed, taskIdOf, type FileName, type Finding } from './model';
import { Proof } from './Proof';
import { SampleReply } from './SampleReply';
import type { Opened } from './served';
import { ServedFiles } from './ServedFiles';
import { Template } from './Template';
import { useFindings } from './useFindings';

export function Author() {
  const { state } = useApp();
  const [work, setWork] = useState<Work | null>(readWork);
  const [file, setFile] = useState<FileName>('task.toml');
  const [place, setPlace] = useState<{ from: number; to: number } | null>(null);
  const [error, setError] = useState<string | null>(null);
  // Each load gets an editor of its own: what stood there before is no part of what can be undone.
  const [loads, setLoads] = useState(0);
  const [opened, setOpened] = useState<Opened | null>(null);
  const [question, setQuestion] = useState<Question | null>(null);

  const update = (part: Partial<Work>) => setWork((now) => ({ ...NO_WORK, ...now, ...part }));
  const load = (texts: Partial<Texts>, template = false) => {
    setWork((now) => taken(now ?? NO_WORK, texts, template));
    setFile(texts.task === undefined ? 'pack.toml' : 'task.toml');
    setPlace(null);
    setLoads((now) => now + 1);
    setError(null);
  };
  const keep = (texts: Partial<Texts>) => setWork((now) => now && { ...now, kept: { ...now.kept, ...texts } });
  const replacing = (parts: Part[], go: () => void) => {
    const lost = unsaved(work, parts);
    if (lost.length === 0) go();
    else setQuestion({ lost, go });
  };
  const begin = async (difficulty: string, resolution: string) => {
    try {
      const template = await fetchTemplate(difficulty, resolution);
      load(template, true);
      setOpened(null);
    } catch (problem) {
      setError(textOf(problem));
    }
  };
  useEffect(() => {
    if (work === null) void begin('easy', '');
  }, []);
  useEffect(() => {
    if (work !== null) keepWork(work);
  }, [work]);

  const { findings, marks, fix, busy, checked, status } = useFindings(work, file, update);
  const text = work?.[partOf(file)] ?? '';
  const setText = (next: string) =>
    setWork((now) => {
      const { template, ...held } = now ?? NO_WORK;
      // A pack that somebody works on is theirs.
      return file === 'task.toml' ? { ...held, template, task: next } : { ...held, template: { ...template, pack: false }, pack: next };
    });
  const goTo = (name: FileName) => {
    setFile(name);
    setPlace(null);
  };
  const show = (finding: Finding) => {
    const name: FileName = finding.file === 'pack.toml' ? 'pack.toml' : 'task.toml';
    const shown = placed(work?.[partOf(name)] ?? '', [finding], name)[0];
    setFile(name);
    // After the editor holds that file.
    setTimeout(() => setPlace({ from: shown?.from ?? 0, to: shown?.to ?? 0 }), 0);
  };
  const open = async (files: File[]) => {
    const texts: Partial<Texts> = {};
    for (const one of files) {
      if (one.size > MAX_TEXT_BYTES) {
        setError(`${one.name} is over 128 KiB.`);
        return;
      }
      const read = (await one.text()).replace(/\r\n?/g, '\n').replace(/^\uFEFF/, '');
      texts[partOf(fileNameFor(one.name, read))] = read;
    }
    if (files.length === 0) return;
    replacing(Object.keys(texts) as Part[], () => {
      load(texts);
      setOpened(null);
    });
  };

  return (
    <div class="author" {...dropped((files) => void open(files))}>
      <h2 class="unseen">Write a task</h2>
      <section class="panel author-main" aria-label="Editor">
        <div class="author-bar">
          <fieldset class="segments">
            <legend class="unseen">File</legend>
            {(['task.toml', 'pack.toml'] as const).map((name) => (
              <label key={name} class="segment">
                <input type="radio" name="author-file" checked={file === name} onChange={() => goTo(name)} />
                <span>
                  {name}
                  <FileCount findings={findings} file={name} />
                </span>
              </label>
            ))}
          </fieldset>
          <div class="button-row author-files">
            <Template begin={begin} />
            <OpenFiles open={open} />
            <button
              type="button"
              onClick={() => {
                download(file === 'pack.toml' ? file : `${taskIdOf(work?.task ?? '')}.toml`, text, 'application/toml');
                keep({ [partOf(file)]: text });
              }}
            >
              <Icon name="down" /> Download
            </button>
          </div>
        </div>
        {error !== null && <Alert>{error}</Alert>}
        {work !== null && work.template.pack && !work.template.task && (
          <p class="warning" role="status">
            Checked against the template’s pack. Open your <code>pack.toml</code>, too; both files can be opened at once.
          </p>
        )}
        <CodeEditor key={`${file} ${loads}`} text={text} label={`Text of ${file}`} marks={marks} place={place} onChange={setText} />
        <p class="author-status quiet">
          <span>{status}</span>
          <span>Kept in this browser only. Tab leaves the editor.</span>
        </p>
      </section>
      <div class="author-side">
        {state.metadata?.can_edit === true && work !== null && (
          <ServedFiles work={work} opened={opened} setOpened={setOpened} load={load} keep={keep} replacing={replacing} />
        )}
        <Findings findings={findings} busy={busy} checked={checked} show={show} fix={fix} />
        {work !== null && <SampleReply work={work} setReply={(reply) => update({ reply })} />}
        {work !== null && <Proof work={work} />}
      </div>
      <Discard question={question} close={() => setQuestion(null)} />
    </div>
  );
}

function OpenFiles({ open }: { open: (files: File[]) => Promise<void> }) {
  return (
    <label class="file-button">
      <input type="file" accept=".toml" multiple onChange={picked((files) => void open(files))} />
      <Icon name="file" /> Open
    </label>
  );
}

function FileCount({ findings, file }: { findings: Finding[]; file: FileName }) {
  const own = findings.filter((finding) => finding.file === file);
  if (own.length === 0) return null;
  const worst = own.some((finding) => finding.severity === 'error') ? 'poor' : 'warn';
  return (
    <span class={`count ${worst}`}>
      {own.length}
      <span class="unseen">{own.length === 1 ? ' finding' : ' findings'}</span>
    </span>
  );
}
