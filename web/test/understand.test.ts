import { expect, test } from 'vitest';
import { missedLines } from '../src/understand/Missed';
import { zeroCauses } from '../src/understand/causes';
import { showReward, showScore } from '../src/text/number';
import { errorText } from '../src/api';
import type { Explanation } from '../src/model/wire';

test('scores have two digits, or what more they need', () => {
  expect([0, 1, 0.25, 0.0833, 0.125, 0.6792].map(showScore)).toEqual(['0.00', '1.00', '0.25', '0.0833', '0.125', '0.6792']);
  expect([null, 0, 0.05].map(showReward)).toEqual(['–', '0.00', '+0.05']);
});

test('what was missed is told in words', () => {
  const explanation: Explanation = {
    version: 1,
    score: null,
    reply: { text: null, explanation: null },
    resolution: { submitted: 'refund_all', expected: 'send_it', partial: [], harmful: ['refund_all'] },
    evidence: [
      { id: 'policy:p', title: 'The rule', required: true, collected: false },
      { id: 'artifact:a', title: 'A', required: false, collected: false },
      { id: 'ticket', title: 'T', required: true, collected: true },
    ],
    path: [],
    steps: { taken: 7, optimal: 5 },
  };
  expect(missedLines(explanation).map(({ text }) => text)).toEqual([
    'Never looked at: The rule',
    'The resolution was “refund all”; right is “send it”',
    'That resolution does harm, and zeroes the score',
    'No reply was drafted',
    '7 steps were taken; the shortest winning path has 5',
  ]);
  const hidden: Explanation = { version: 1, score: null, reply: null, resolution: null, evidence: null, path: null, steps: null };
  expect(missedLines(hidden)).toEqual([]);
});

test('what the reply lacks is one line', () => {
  const keyword = (id: string, verdict: string, optional = false) => ({ id, verdict, optional });
  const reply = { text: 'x', explanation: { keywords: [keyword('a', 'absent'), keyword('b', 'met'), keyword('c', 'negated'), keyword('d', 'absent', true)], forbidden: [] } };
  const explanation = { version: 1, score: null, reply, resolution: null, evidence: null, path: null, steps: null } as unknown as Explanation;
  expect(missedLines(explanation)).toEqual([{ text: 'The reply does not convey', codes: ['a', 'c'] }]);
});

test('every cause that zeroes a score is named once', () => {
  const score = { score: 0, passed: false, zeroed_by: { kind: 'harmful_resolution', id: 'refund_all' }, parts: [] };
  const forbidden = [
    { id: 'asks-secret', present: true, effect: 'gate' },
    { id: 'store-credit', present: true, effect: 'fail' },
    { id: 'asks-pin', present: false, effect: 'gate' },
  ];
  const explanation = { resolution: { submitted: 'refund_all', harmful: ['refund_all'] }, reply: { text: '', explanation: { forbidden } } } as unknown as Explanation;
  expect(zeroCauses(score, explanation).map(({ id }) => id)).toEqual(['refund_all', 'asks-secret']);
  expect(zeroCauses(score, null).map(({ id }) => id)).toEqual(['refund_all']);
  expect(zeroCauses({ ...score, zeroed_by: null }, explanation)).toEqual([]);
});

test('errors are told in both of their shapes', () => {
  expect(errorText(409, { detail: 'reset first' })).toBe('reset first');
  expect(errorText(422, { detail: [{ msg: 'a' }, { msg: 'b' }] })).toBe('a; b');
  expect(errorText(503, null)).toContain('busy');
  expect(errorText(500, '')).toContain('500');
});
