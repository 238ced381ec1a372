// Marks places in a text.
import type { ReplyExplanation, Span } from '../model/wire';
import { utf16Offsets } from './offsets';
import { plainReason } from './verdict';

export type Tone = 'met' | 'failed' | 'forbidden' | 'denied' | 'cue';

export interface Mark {
  start: number;
  end: number;
  tone: Tone;
  label: string;
  reason: string;
}

export interface Segment {
  text: string;
  marks: Mark[];
}

const RANK: Tone[] = ['forbidden', 'failed', 'met', 'denied', 'cue'];

/** The tone that a place with several marks is shown in: the gravest. */
export function gravest(marks: Mark[]): Tone {
  return RANK.find((tone) => marks.some((mark) => mark.tone === tone)) ?? 'cue';
}

/** Every place of the reply that the grader's verdicts name, in UTF-16 offsets. */
export function replyMarks(text: string, explanation: ReplyExplanation): Mark[] {
  const places: { span: Span; tone: Tone; label: string; reason: string }[] = [];
  for (const keyword of explanation.keywords) {
    const tone: Tone = keyword.verdict === 'met' ? 'met' : 'failed';
    const label = `${keyword.id}: ${verdictWords(keyword.verdict)}`;
    const reason = plainReason(text, keyword);
    for (const span of keyword.spans) places.push({ span, tone, label, reason });
    if (keyword.cue !== null) places.push({ span: keyword.cue, tone: 'cue', label, reason });
  }
  for (const entry of explanation.forbidden) {
    const tone: Tone = entry.present ? 'forbidden' : 'denied';
    const label = entry.present ? `${entry.id}: forbidden phrase` : `${entry.id}: forbidden, but ${verdictWords(entry.verdict)}`;
    const reason = plainReason(text, entry);
    for (const span of entry.spans) places.push({ span, tone, label, reason });
    if (entry.cue !== null) places.push({ span: entry.cue, tone: 'cue', label, reason });
  }
  const offsets = utf16Offsets(text, places.flatMap(({ span }) => [span[0], span[1]]));
  return places.map(({ tone, label, reason }, at) => {
    return { start: offsets[2 * at] ?? 0, end: offsets[2 * at + 1] ?? 0, tone, label, reason };
  });
}

/** The text cut where marks begin and end, each piece with the marks that cover it. */
export function segments(text: string, marks: Mark[]): Segment[] {
  const cuts = new Set([0, text.length]);
  const real = marks.filter((mark) => mark.start < mark.end);
  for (const mark of real) {
    cuts.add(mark.start);
    cuts.add(mark.end);
  }
  const sorted = [...cuts].sort((a, b) => a - b);
  return sorted.slice(0, -1).map((start, at) => {
    const end = sorted[at + 1] ?? text.length;
    return { text: text.slice(start, end), marks: real.filter((mark) => mark.start <= start && end <= mark.end) };
  });
}

const WORDS: Record<string, string> = {
  met: 'met',
  absent: 'absent',
  negated: 'denied',
  hypothetical: 'only supposed',
  attributed: 'somebody else’s words',
  excepted: 'excepted',
  stuffed: 'stuffed',
  conflict: 'contradicted',
  wrong_value: 'wrong value',
};

export function verdictWords(verdict: string): string {
  return WORDS[verdict] ?? verdict.replaceAll('_', ' ');
}
