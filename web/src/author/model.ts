// What the author's routes answer, and small readings of the files.
import { utf16Offsets } from '../text/offsets';
import type { Part } from './draft';

export type FileName = 'task.toml' | 'pack.toml';

export interface Position {
  line: number;
  column: number;
  offset: number;
}

export interface Edit {
  file: string;
  start: Position;
  end: Position;
  text: string;
}

export interface Finding {
  code: string;
  severity: 'error' | 'warning' | 'info';
  message: string;
  file: string;
  start: Position;
  end: Position;
  labels: { file: string; start: Position; end: Position; message: string }[];
  help: string | null;
  fix: { safe: boolean; edits: Edit[] } | null;
}

export interface CheckAnswer {
  diagnostics: Finding[];
  summary: { errors: number; warnings: number };
}

export interface Playthrough {
  score: number;
  passed: boolean;
}

export interface ProvedTask {
  task: string;
  difficulty: string;
  oracle: Playthrough | null;
  search: { best: Playthrough; shortest: { steps: number; ways: number } | null; random: number; withheld: { evidence: string; best: Playthrough }[] } | null;
  cheats: { cheat: string; bound: number; earned: number; within: boolean; variants: number }[];
  mutants: { harmful: number; killed: number; harmless: number; spared: number } | null;
  findings: ProofFinding[];
}

export interface ProofFinding {
  check: string;
  severity: string;
  message: string;
  help: string | null;
}

export interface ProveAnswer {
  tasks: ProvedTask[];
  summary: { errors: number; warnings: number };
}

export interface Template {
  task: string;
  pack: string;
}

export const MAX_TEXT_BYTES = 128 * 1024;

/** The part of the work that a file holds. */
export function partOf(file: FileName): Part {
  return file === 'task.toml' ? 'task' : 'pack';
}

/** The text after the edits of one file; offsets are UTF-8 bytes of the text before. */
export function applyEdits(text: string, edits: Edit[]): string {
  const offsets = utf16Offsets(text, edits.flatMap((edit) => [edit.start.offset, edit.end.offset]));
  const placed = edits.map((edit, at) => ({ from: offsets[2 * at] ?? 0, to: offsets[2 * at + 1] ?? 0, text: edit.text }));
  placed.sort((a, b) => b.from - a.from || b.to - a.to);
  return placed.reduce((now, edit) => now.slice(0, edit.from) + edit.text + now.slice(edit.to), text);
}

/** What is worth telling an author: with one task of a pack at hand, nothing is known of what its other tasks require. */
export function relevant(findings: Finding[]): Finding[] {
  return findings.filter(({ file, code }) => !(file === 'pack.toml' && code === 'unused-policy'));
}

/** The codes of a pack's `[resolutions]`, read line by line: good enough for a list of choices. */
export function resolutionCodes(pack: string): string[] {
  const codes: string[] = [];
  let inside = false;
  for (const line of pack.split('\n')) {
    const header = /^\s*\[+\s*([\w.-]+)/.exec(line);
    if (header !== null) inside = header[1] === 'resolutions';
    const key = /^\s*"?([a-z0-9][a-z0-9_-]*)"?\s*=/.exec(line);
    if (inside && header === null && key?.[1] !== undefined) codes.push(key[1]);
  }
  return codes;
}

/** A file's likely part: a manifest has `[resolutions]` and no ticket. */
export function fileNameFor(name: string, text: string): FileName {
  if (/^[ \t]*\[ticket\]/m.test(text)) return 'task.toml';
  return name === 'pack.toml' || /^[ \t]*\[resolutions\]/m.test(text) ? 'pack.toml' : 'task.toml';
}

/** The task's own id, for the name of its file. */
export function taskIdOf(task: string): string {
  return /^[ \t]*id[ \t]*=[ \t]*"([a-z0-9_-]+)"/m.exec(task)?.[1] ?? 'task';
}

/** Findings of one file with their places in UTF-16 units, inside the text. */
export function placed(text: string, findings: Finding[], file: FileName): { finding: Finding; from: number; to: number }[] {
  const own = findings.filter((finding) => finding.file === file);
  const offsets = utf16Offsets(text, own.flatMap((finding) => [finding.start.offset, finding.end.offset]));
  return own.map((finding, at) => ({ finding, from: offsets[2 * at] ?? 0, to: Math.max(offsets[2 * at] ?? 0, offsets[2 * at + 1] ?? 0) }));
}
