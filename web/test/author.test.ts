import { StringStream } from '@codemirror/language';
import { expect, test } from 'vitest';
import { applyEdits, fileNameFor, placed, resolutionCodes, taskIdOf, type Edit, type Finding } from '../src/author/model';
import { NO_WORK, taken, unsaved } from '../src/author/draft';
import { changedParts, manifestOf } from '../src/author/served';
import { tomlParser } from '../src/author/toml';
import { difference } from '../src/text/difference';
import { lineDifference } from '../src/text/lines';

const at = (offset: number) => ({ line: 1, column: 1, offset });
const edit = (start: number, end: number, text: string): Edit => ({ file: 'task.toml', start: at(start), end: at(end), text });

test('edits are laid into the text they were made for', () => {
  const check = (text: string, edits: Edit[], expected: string) => expect(applyEdits(text, edits)).toBe(expected);
  check('abc', [edit(1, 2, 'X')], 'aXc');
  check('é = 1', [edit(0, 2, 'e'), edit(5, 6, '2')], 'e = 2');
  check('a', [edit(1, 1, '!'), edit(0, 0, '>')], '>a!');
  check('same', [], 'same');
});

test('findings are placed in UTF-16 units of their own file', () => {
  const finding = (file: string, start: number, end: number) => ({ file, start: at(start), end: at(end) }) as Finding;
  const found = placed('🎉 x', [finding('task.toml', 5, 6), finding('pack.toml', 0, 1), finding('task.toml', 6, 6)], 'task.toml');
  expect(found.map(({ from, to }) => [from, to])).toEqual([[3, 4], [4, 4]]);
});

test('codes are read off a manifest', () => {
  expect(resolutionCodes('name = "x"\n[resolutions]\n# c\nrefund = "R"\n"send-it" = "S"\n\n[[policies]]\nid = "p"\n')).toEqual(['refund', 'send-it']);
});

test('files are told apart, and tasks named', () => {
  expect(fileNameFor('a.toml', 'id = "x"\n[ticket]\n')).toBe('task.toml');
  expect(fileNameFor('b.toml', 'name = "p"\n[resolutions]\n')).toBe('pack.toml');
  expect(fileNameFor('pack.toml', '')).toBe('pack.toml');
  expect(taskIdOf('schema_version = 1\nid = "late-parcel"\n')).toBe('late-parcel');
});

test('changes that are nowhere else are known', () => {
  const opened = taken(NO_WORK, { task: 'a', pack: 'b' }, false);
  expect(unsaved(opened, ['task', 'pack'])).toEqual([]);
  expect(unsaved({ ...opened, task: 'A' }, ['task', 'pack'])).toEqual(['task']);
  expect(unsaved({ ...opened, task: 'A' }, ['pack'])).toEqual([]);
  expect(unsaved(taken({ ...opened, task: 'A' }, { task: 'c' }, false), ['task'])).toEqual([]);
  const begun = taken(NO_WORK, { task: 'a', pack: 'b' }, true);
  expect(taken(begun, { task: 'c' }, false).template).toEqual({ task: false, pack: true });
  const file = (path: string, text: string) => ({ path, text, digest: 'x' });
  const served = { task: file('d/t.toml', 'a'), pack: file('d/pack.toml', 'b') };
  const changes = (task: string, pack: string) => changedParts(served, { task, pack }).map(({ part }) => part);
  expect([changes('a', 'b'), changes('A', 'b'), changes('A', 'B')]).toEqual([[], ['task'], ['pack', 'task']]);
});

test('texts are compared line by line', () => {
  const marks = { same: ' ', before: '-', after: '+', gap: '~' };
  const check = (before: string, after: string, expected: string) =>
    expect(lineDifference(before.replaceAll(' ', '\n'), after.replaceAll(' ', '\n')).map(({ kind, text }) => marks[kind] + text).join('|')).toBe(expected);
  check('a b', 'a b', '~');
  check('a b c d e', 'a b X d e', ' a| b|-c|+X| d| e');
  check('1 2 3 4 5 6 7 8 9', '1 2 3 4 5 X 7 8 9', '~| 4| 5|-6|+X| 7| 8|~');
  check('a b c', 'b c d', '-a| b| c|+d');
  check('', 'a', '-|+a');
  const long = Array.from({ length: 1200 }, (_, at) => `a${at}`).join(' ');
  expect(lineDifference(long.replaceAll(' ', '\n'), long.replaceAll('a', 'b').replaceAll(' ', '\n'))).toHaveLength(2400);
});

test('the nearest manifest governs', () => {
  expect(manifestOf('a/b/t.toml', ['pack.toml', 'a/pack.toml', 'a/b/t.toml'])).toBe('a/pack.toml');
  expect(manifestOf('t.toml', ['pack.toml'])).toBe('pack.toml');
  expect(manifestOf('t.toml', ['t.toml'])).toBe(null);
});

test('a change is the one stretch that differs', () => {
  expect(difference('one two', 'one 2 two')).toEqual({ from: 4, to: 4, insert: '2 ' });
  for (const [before, after] of [['', 'a'], ['abc', 'abc'], ['aab', 'ab'], ['one two', 'one 2 two'], ['x', '']] as const) {
    const change = difference(before, after);
    expect(change === null ? before : before.slice(0, change.from) + change.insert + before.slice(change.to)).toBe(after);
  }
});

/** The tokens of some lines: each piece with its kind. */
function tokens(text: string): [string, string | null][] {
  const state = tomlParser.startState?.(2) as never;
  return text.split('\n').flatMap((line) => {
    const found: [string, string | null][] = [];
    const stream = new StringStream(line, 2, 2);
    while (!stream.eol()) {
      stream.start = stream.pos;
      const kind = tomlParser.token(stream, state);
      if (kind !== null) found.push([stream.current(), kind]);
    }
    return found;
  });
}

test('TOML has colours', () => {
  expect(tokens('[[a.b]] # c')).toEqual([['[[a.b]]', 'heading'], ['# c', 'comment']]);
  expect(tokens('at = 2026-03-02T10:02:11Z')).toEqual([['at', 'propertyName'], ['=', 'operator'], ['2026-03-02T10:02:11Z', 'literal']]);
  expect(tokens('x = { a = 1, b = "s" }').map(([, kind]) => kind)).toEqual([
    'propertyName', 'operator', 'bracket', 'propertyName', 'operator', 'number', 'punctuation', 'propertyName', 'operator', 'string', 'bracket',
  ]);
  expect(tokens('m = """\nx = "y"\n\\""" z"""\nk = true')).toEqual([
    ['m', 'propertyName'], ['=', 'operator'], ['"""', 'string'], ['x = "y"', 'string'], ['\\""" z"""', 'string'], ['k', 'propertyName'], ['=', 'operator'], ['true', 'bool'],
  ]);
});
