// What the linter says of the work, and its fixes.
import { useMemo, useRef } from 'preact/hooks';
import { useApp } from '../context';
import { count } from '../text/number';
import { byteLength } from '../text/offsets';
import { sendCheck } from './api';
import { keyOf, textsOf, type Work } from './draft';
import type { EditorMark } from './editor';
import { applyEdits, MAX_TEXT_BYTES, partOf, placed, relevant, type FileName, type Finding } from './model';
import { useLive } from './useLive';

export interface Told {
  findings: Finding[];
  /** Those of the file that is in the editor, at their places. */
  marks: EditorMark[];
  fix: (finding: Finding) => void;
  busy: boolean;
  /** Whether there is an answer yet. */
  checked: boolean;
  /** All of it in a line. */
  status: string;
}

const NOTHING: Finding[] = [];

export function useFindings(work: Work | null, file: FileName, update: (part: Partial<Work>) => void): Told {
  const { dispatch } = useApp();
  const long = work !== null && (byteLength(work.task) > MAX_TEXT_BYTES || byteLength(work.pack) > MAX_TEXT_BYTES);
  const key = work === null || long ? null : keyOf(work);
  // The last answer stays on show while the next is awaited; the editor moves its marks along with the text.
  const { answer, busy, error } = useLive(key, async (signal) => relevant((await sendCheck({ task: work?.task ?? '', pack: work?.pack ?? '' }, signal)).diagnostics), 400);
  const findings = answer?.value ?? NOTHING;
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
      placed(textsOf(answer?.of ?? '')[partOf(file)], findings, file).map(({ finding, from, to }) => ({
        from,
        to,
        severity: finding.severity,
        message: finding.help === null ? finding.message : `${finding.message}\n${finding.help}`,
        fix: finding.fix === null ? null : () => fix(finding),
      })),
    [answer, file],
  );
  const status = long ? 'Over 128 KiB: too long to be checked here.' : busy ? 'Checking…' : (error ?? summary(answer?.value ?? null));
  return { findings, marks, fix, busy, checked: answer !== null, status };
}

function summary(findings: Finding[] | null): string {
  if (findings === null) return '';
  if (findings.length === 0) return 'No findings.';
  const errors = findings.filter((finding) => finding.severity === 'error').length;
  const warnings = findings.filter((finding) => finding.severity === 'warning').length;
  return `${count(errors, 'error')}, ${count(warnings, 'warning')}`;
}
