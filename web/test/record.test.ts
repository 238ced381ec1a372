import { expect, test } from 'vitest';
import { columnsOf, parseRecord, type Node } from '../src/text/record';

/** A node as plain JSON. */
function plain(node: Node | null): unknown {
  if (node === null) return null;
  if (node.kind === 'text') return node.text;
  if (node.kind === 'list') return node.items.map(plain);
  return Object.fromEntries(node.entries.map(([key, value]) => [key, plain(value)]));
}

function check(text: string, expected: unknown) {
  expect(plain(parseRecord(text))).toEqual(expected);
}

test('keys and values are aligned lines', () => {
  check('order_id: ORD-1\nstatus:   shipped', { order_id: 'ORD-1', status: 'shipped' });
  check('at: 2026-03-02T10:02:11Z', { at: '2026-03-02T10:02:11Z' });
  check('note: says: hello', { note: 'says: hello' });
  check('empty:\nnext: 1', { empty: '', next: '1' });
});

test('tables and lists lie deeper', () => {
  check('contact:\n  email: a@b\n  phone: +1\nn: 2', { contact: { email: 'a@b', phone: '+1' }, n: '2' });
  check('captures:\n  - id:     cap_1\n    amount: 64.50\n  - id:     cap_2\n    amount: 64.50', {
    captures: [{ id: 'cap_1', amount: '64.50' }, { id: 'cap_2', amount: '64.50' }],
  });
  check('tags:\n  - new\n  - old thing\nnone: []\nnothing: {}', { tags: ['new', 'old thing'], none: [], nothing: {} });
  check('cards:\n  saved:\n    - last4: 1\n      ok:    true', { cards: { saved: [{ last4: '1', ok: 'true' }] } });
  check('lists:\n  -\n    - a\n    - b', { lists: [['a', 'b']] });
});

test('text of several lines keeps its lines', () => {
  check('answer:\n  I did not.\n\n  Who did?\nnext: 1', { answer: 'I did not.\n\nWho did?', next: '1' });
});

test('what is no record is none', () => {
  check('just words', null);
  check('', null);
  check('a: 1\n    stray', null);
});

test('hostile text is only text', () => {
  check('x: <img src=x onerror=alert(1)>', { x: '<img src=x onerror=alert(1)>' });
  check('__proto__: 1', JSON.parse('{"__proto__":"1"}'));
});

test('a list of flat tables has columns', () => {
  const columns = (text: string) => {
    const node = parseRecord(text);
    const value = node?.kind === 'table' ? node.entries[0]?.[1] : undefined;
    return value?.kind === 'list' ? columnsOf(value.items) : undefined;
  };
  expect(columns('l:\n  - a: 1\n    b: 2\n  - b: 3\n    c: 4')).toEqual(['a', 'b', 'c']);
  expect(columns('l:\n  - a: 1\n    deep:\n      x: 1')).toBe(null);
  expect(columns('l:\n  - one\n  - two')).toBe(null);
});
