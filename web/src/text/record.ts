// Reads a record back from the aligned `key: value` lines in which the agent gets it.

export type Node =
  | { kind: 'text'; text: string }
  | { kind: 'table'; entries: [string, Node][] }
  | { kind: 'list'; items: Node[] };

interface Line {
  indent: number;
  text: string;
}

const KEY = /^("(?:[^"\\]|\\.)*"|[^\s:"'-][^:]*?):(?:\s+(.*)|)$/;

/** The record's tree, or null where the text is none; the raw text always stays at hand. */
export function parseRecord(text: string): Node | null {
  const lines = text.split('\n').map((raw) => ({ indent: raw.length - raw.trimStart().length, text: raw.trim() }));
  const [node, next] = parseTable(lines, 0, 0);
  return node !== null && next === lines.length ? node : null;
}

/** A table's entries at one depth; and the line after them. */
function parseTable(lines: Line[], start: number, indent: number): [Node | null, number] {
  const entries: [string, Node][] = [];
  let at = start;
  for (let line = lines[at]; line !== undefined && line.indent === indent; line = lines[at]) {
    const found = KEY.exec(line.text);
    if (found === null) break;
    const key = found[1] ?? '';
    at += 1;
    if (found[2] !== undefined) {
      entries.push([key, leaf(found[2])]);
      continue;
    }
    const [node, next] = parseBlock(lines, at, indent);
    entries.push([key, node]);
    at = next;
  }
  return [entries.length > 0 ? { kind: 'table', entries } : null, at];
}

/** What stands below a key: a list, a table, or lines of text. */
function parseBlock(lines: Line[], start: number, indent: number): [Node, number] {
  const end = blockEnd(lines, start, indent);
  const first = lines[start];
  if (first === undefined || end === start) return [{ kind: 'text', text: '' }, start];
  if (/^-(\s|$)/.test(first.text)) {
    const [list, next] = parseList(lines, start, first.indent);
    if (next === end) return [list, end];
  } else {
    const [table, next] = parseTable(lines, start, first.indent);
    if (table !== null && next === end) return [table, end];
  }
  const text = lines.slice(start, end).map((line) => (line.text === '' ? '' : ' '.repeat(Math.max(0, line.indent - indent - 2)) + line.text));
  return [{ kind: 'text', text: text.join('\n') }, end];
}

function parseList(lines: Line[], start: number, indent: number): [Node, number] {
  const items: Node[] = [];
  let at = start;
  for (let line = lines[at]; line !== undefined && line.indent === indent && /^-(\s|$)/.test(line.text); line = lines[at]) {
    const rest = line.text.slice(1).trim();
    const end = blockEnd(lines, at + 1, indent);
    if (rest === '') {
      const [node] = parseBlock(lines, at + 1, indent);
      items.push(node);
    } else if (KEY.test(rest)) {
      const inner = [{ indent: indent + 2, text: rest }, ...lines.slice(at + 1, end)];
      const [table, next] = parseTable(inner, 0, indent + 2);
      items.push(table !== null && next === inner.length ? table : leaf(joined(inner)));
    } else {
      items.push(leaf(joined([{ indent: indent + 2, text: rest }, ...lines.slice(at + 1, end)])));
    }
    at = end;
  }
  return [{ kind: 'list', items }, at];
}

/** The first line from `start` that does not lie deeper than `indent`; blank lines belong to what they stand in. */
function blockEnd(lines: Line[], start: number, indent: number): number {
  let at = start;
  for (let line = lines[at]; line !== undefined && (line.text === '' || line.indent > indent); line = lines[at]) at += 1;
  return at;
}

function leaf(text: string): Node {
  if (text === '[]') return { kind: 'list', items: [] };
  if (text === '{}') return { kind: 'table', entries: [] };
  return { kind: 'text', text };
}

function joined(lines: Line[]): string {
  return lines.map((line) => line.text).join('\n');
}

/** The columns of a list whose items are all flat tables, in order of first appearance; null for any other list. */
export function columnsOf(items: Node[]): string[] | null {
  if (items.length === 0) return null;
  const columns = new Set<string>();
  for (const item of items) {
    if (item.kind !== 'table' || item.entries.length === 0) return null;
    for (const [key, value] of item.entries) {
      const plain = value.kind === 'text' ? !value.text.includes('\n') : value.kind === 'list' && value.items.length === 0;
      if (!plain) return null;
      columns.add(key);
    }
  }
  return columns.size <= 8 ? [...columns] : null;
}
