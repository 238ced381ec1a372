// The tab where a task is written: the editor, what the linter says, how a reply is graded, and the proof.
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { useApp } from '../context';
import { count } from '../text/number';
import { byteLength } from '../text/offsets';
import { Alert } from '../ui/Alert';
import { download } from '../ui/download';
import { dropped, picked } from '../ui/files';
import { Icon } from '../ui/Icon';
import { fetchTemplate, sendCheck } from './api';
import { CodeEditor } from './CodeEditor';
import { Discard, type Question } from './Discard';
import { keepWork, keyOf, NO_WORK, readWork, taken, textsOf, unsaved, type Part, type Texts, type Work } from './draft';
import { Findings } from './Findings';
import { applyEdits, fileNameFor, MAX_TEXT_BYTES, placed, relevant, taskIdOf, type FileName, type Finding } from './model';
import { Proof } from './Proof';
import { SampleReply } from './SampleReply';
import type { Opened } from './served';
import { ServedFiles } from './ServedFiles';
import { Template } from './Template';
import { textOf } from '../commands';
import { useLive } from './useLive';

const NOTHING: Finding[] = [];

export function Author() {
  const { state, dispatch } = useApp();
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

  const key = work === null ? null : keyOf(work);
  const check = useLive(tooLong(work) ? null : key, async (signal) => relevant((await sendCheck({ task: work?.task ?? '', pack: work?.pack ?? '' }, signal)).diagnostics), 400);
  // The last answer stays on show while the next is awaited; the editor moves its marks along with the text.
  const { answer } = check;
  const findings = answer?.value ?? NOTHING;
  const text = work === null ? '' : file === 'task.toml' ? work.task : work.pack;
  const setText = (next: string) =>
    setWork((now) => {
      const { template, ...held } = now ?? NO_WORK;
      // A pack that somebody works on is theirs.
      return file === 'task.toml' ? { ...held, template, task: next } : { ...held, template: { ...template, pack: false }, pack: next };
    });

  const latest = useRef({ work, answer });
  latest.current = { work, answer };
  const fix = (finding: Finding) => {
    const { work: held, answer: told } = latest.current;
    if (finding.fix === null || held === null || told === null || told.of !== keyOf(held) || !told.value.includes(finding)) {
      dispatch({ type: 'say', text: 'The text has changed; wait for the next check.' });
      return;
    }
    const edits = (name: FileName) => finding.fix?.edits.filter((edit) => edit.file === name) ?? [];
    update({ task: applyEdits(held.task, edits('task.toml')), pack: applyEdits(held.pack, edits('pack.toml')) });
    dispatch({ type: 'say', text: `Fixed: ${finding.message}` });
  };
  const marks = useMemo(
    () =>
      placed(textsOf(answer?.of ?? '')[file === 'task.toml' ? 'task' : 'pack'], findings, file).map(({ finding, from, to }) => ({
        from,
        to,
        severity: finding.severity,
        message: finding.help === null ? finding.message : `${finding.message}\n${finding.help}`,
        fix: finding.fix === null ? null : () => fix(finding),
      })),
    [answer, file],
  );
  const goTo = (name: FileName) => {
    setFile(name);
    setPlace(null);
  };
  const show = (finding: Finding) => {
    const name: FileName = finding.file === 'pack.toml' ? 'pack.toml' : 'task.toml';
    const shown = placed(name === 'task.toml' ? (work?.task ?? '') : (work?.pack ?? ''), [finding], name)[0];
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
      texts[fileNameFor(one.name, read) === 'task.toml' ? 'task' : 'pack'] = read;
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
                keep(file === 'pack.toml' ? { pack: text } : { task: text });
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
          <span>{tooLong(work) ? 'Over 128 KiB: too long to be checked here.' : check.busy ? 'Checking…' : (check.error ?? summary(answer?.value ?? null))}</span>
          <span>Kept in this browser only. Tab leaves the editor.</span>
        </p>
      </section>
      <div class="author-side">
        {state.metadata?.can_edit === true && work !== null && (
          <ServedFiles work={work} opened={opened} setOpened={setOpened} load={load} keep={keep} replacing={replacing} />
        )}
        <Findings findings={findings} busy={check.busy} checked={answer !== null} show={show} fix={fix} />
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

function tooLong(work: Work | null): boolean {
  return work !== null && (byteLength(work.task) > MAX_TEXT_BYTES || byteLength(work.pack) > MAX_TEXT_BYTES);
}

function summary(findings: Finding[] | null): string {
  if (findings === null) return '';
  if (findings.length === 0) return 'No findings.';
  const errors = findings.filter((finding) => finding.severity === 'error').length;
  const warnings = findings.filter((finding) => finding.severity === 'warning').length;
  return `${count(errors, 'error')}, ${count(warnings, 'warning')}`;
}
