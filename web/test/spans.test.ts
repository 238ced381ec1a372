import { expect, test } from 'vitest';
import { utf16Offsets } from '../src/text/offsets';
import { gravest, replyMarks, segments, type Mark } from '../src/text/spans';
import type { ReplyExplanation } from '../src/model/wire';

test('bytes become UTF-16 units', () => {
  const check = (text: string, bytes: number[], units: number[]) => expect(utf16Offsets(text, bytes)).toEqual(units);
  check('abc', [0, 1, 3], [0, 1, 3]);
  check('é-x', [0, 2, 3, 4], [0, 1, 2, 3]);
  check('€5', [3, 4], [1, 2]);
  check('a🎉b', [1, 5, 6], [1, 3, 4]);
  check('ab', [2, 0, 1], [2, 0, 1]);
  check('é', [1], [0]);
  check('ab', [99], [2]);
  check('', [0], [0]);
});

const mark = (start: number, end: number, tone: Mark['tone'] = 'met'): Mark => ({ start, end, tone, label: `${start}`, reason: '' });

test('a text is cut where marks begin and end', () => {
  const check = (text: string, marks: Mark[], expected: [string, number][]) => {
    expect(segments(text, marks).map((piece) => [piece.text, piece.marks.length])).toEqual(expected);
  };
  check('abcdef', [mark(1, 3)], [['a', 0], ['bc', 1], ['def', 0]]);
  check('abcdef', [mark(0, 4), mark(2, 6)], [['ab', 1], ['cd', 2], ['ef', 1]]);
  check('abc', [mark(1, 1)], [['abc', 0]]);
  check('abc', [], [['abc', 0]]);
});

test('pieces put together are the text', () => {
  const text = 'We’ve “sent” it 🎉 – done';
  const marks = [mark(0, 5), mark(3, 9), mark(8, text.length)];
  expect(segments(text, marks).map((piece) => piece.text).join('')).toBe(text);
});

test('the gravest mark gives the tone', () => {
  expect(gravest([mark(0, 1, 'met'), mark(0, 1, 'forbidden'), mark(0, 1, 'cue')])).toBe('forbidden');
});

test('verdicts become marks, cues included', () => {
  const explanation = {
    keywords: [
      { id: 'locked', verdict: 'met', optional: false, share: 1, spans: [[5, 9]], cue: null, reason: 'r' },
      { id: 'refund', verdict: 'negated', optional: false, share: 1, spans: [[14, 20]], cue: [10, 13], reason: 'r' },
    ],
    forbidden: [{ id: 'secret', present: true, verdict: 'met', effect: 'gate', spans: [[0, 4]], cue: null, reason: 'r' }],
  } as unknown as ReplyExplanation;
  const marks = replyMarks('🎉 done not refund', explanation);
  expect(marks.map(({ start, end, tone }) => [start, end, tone])).toEqual([[3, 7, 'met'], [12, 18, 'failed'], [8, 11, 'cue'], [0, 2, 'forbidden']]);
});
