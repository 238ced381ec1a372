// What the grader made of one keyword or phrase, as a person says it.
import { utf16Offsets } from './offsets';
import type { Span } from '../model/wire';

export interface Judged {
  verdict: string;
  spans: Span[];
  cue: Span | null;
  reason: string;
}

/** The grader's reason in plain words; its byte offsets stay out, as the places are marked in the text. */
export function plainReason(text: string, { verdict, spans, cue, reason }: Judged): string {
  const [place] = spans;
  if (place === undefined) return reason;
  const quoted = quoteAt(text, place);
  const by = cue === null ? null : quoteAt(text, cue);
  switch (verdict) {
    case 'met':
      return `${quoted} says it`;
    case 'stuffed':
      return `${quoted} stands in a list of words, not in prose`;
    case 'negated':
      return by === null ? `${quoted} is denied` : `${by} denies ${quoted}`;
    case 'hypothetical':
      return by === null ? `${quoted} is asked, supposed or merely possible` : `${by} leaves ${quoted} asked, supposed or merely possible`;
    case 'attributed':
      return by === null ? `${quoted} is somebody else’s statement` : `${by} gives ${quoted} to somebody else`;
    case 'excepted':
      return by === null ? `${quoted} is part of an excepted phrase` : `${quoted} is part of the excepted phrase ${by}`;
    case 'conflict':
      return by === null ? `${quoted} is contradicted` : `${by} contradicts ${quoted}`;
    case 'wrong_value': {
      const at = reason.lastIndexOf(' is not ');
      return at < 0 ? reason : quoted + reason.slice(at);
    }
    default:
      return reason;
  }
}

const SHOWN = 3;
const ALTERNATIVES = /`[^`]*`(?: or `[^`]*`)+/g;

/** A reason with at most three alternatives of each kind; and how many are left out. */
export function foldAlternatives(reason: string): { text: string; more: number } {
  let more = 0;
  const text = reason.replace(ALTERNATIVES, (list) => {
    const all = list.split(' or ');
    if (all.length <= SHOWN + 1) return list;
    more += all.length - SHOWN;
    return `${all.slice(0, SHOWN).join(' or ')} or …`;
  });
  return { text, more };
}

function quoteAt(text: string, [start, end]: Span): string {
  const [from, to] = utf16Offsets(text, [start, end]);
  return `“${text.slice(from, to)}”`;
}
