// Reads back what an action showed: a ticket, a record, a policy, or the nearest policies.
import { parseRecord, type Node } from './record';

export interface TicketText {
  title: string;
  fields: [string, string][];
  message: string;
}

export interface RecordText {
  title: string;
  body: Node | null;
  text: string;
}

export interface PolicyText {
  id: string;
  title: string;
  text: string;
}

export interface Candidate {
  id: string;
  title: string;
}

export function parseTicket(raw: string): TicketText {
  const [head, message] = splitHead(raw);
  const [title = '', ...lines] = head.split('\n');
  const fields = lines.map((line): [string, string] => {
    const at = line.indexOf(':');
    return at < 0 ? ['', line.trim()] : [line.slice(0, at).trim(), line.slice(at + 1).trim()];
  });
  return { title, fields, message };
}

/** A record: its title without the id that the heading repeats, and its tree. */
export function parseRecordText(raw: string): RecordText {
  const [head, text] = splitHead(raw);
  const id = head.endsWith(')') ? head.lastIndexOf('(') : -1;
  return { title: id < 0 ? head : head.slice(0, id).trimEnd(), body: parseRecord(text), text };
}

export function parsePolicy(raw: string): PolicyText | null {
  const [head, text] = splitHead(raw);
  const found = /^Policy ([a-z0-9_-]+): (.*)$/.exec(head);
  return found === null ? null : { id: found[1] ?? '', title: found[2] ?? '', text };
}

export function parseCandidates(raw: string): Candidate[] {
  return raw.split('\n').flatMap((line) => {
    const found = /^- ([a-z0-9_-]+): (.*)$/.exec(line);
    return found === null ? [] : [{ id: found[1] ?? '', title: found[2] ?? '' }];
  });
}

export type Block = { kind: 'paragraph'; text: string } | { kind: 'ordered' | 'bullets'; items: string[] };

/** A policy's text as paragraphs and lists. */
export function parseProse(text: string): Block[] {
  const blocks: Block[] = [];
  for (const part of text.split(/\n\s*\n/)) {
    const lines = part.split('\n').filter((line) => line.trim() !== '');
    if (lines.length === 0) continue;
    const mark = (pattern: RegExp) => lines.every((line) => pattern.test(line));
    const strip = (pattern: RegExp) => lines.map((line) => line.replace(pattern, ''));
    if (mark(/^\s*\d+[.)]\s/)) blocks.push({ kind: 'ordered', items: strip(/^\s*\d+[.)]\s+/) });
    else if (mark(/^\s*[-*•]\s/)) blocks.push({ kind: 'bullets', items: strip(/^\s*[-*•]\s+/) });
    else blocks.push({ kind: 'paragraph', text: part.trim() });
  }
  return blocks;
}

/** What stands before the first blank line, and what after it. */
function splitHead(raw: string): [string, string] {
  const at = raw.indexOf('\n\n');
  return at < 0 ? [raw, ''] : [raw.slice(0, at), raw.slice(at + 2)];
}
