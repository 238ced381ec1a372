import { expect, test } from 'vitest';
import { foldAlternatives, plainReason } from '../src/text/verdict';
import type { Span } from '../src/model/wire';

const TEXT = 'Sorry – we cannot send you a replacement.';

function check(verdict: string, reason: string, said: string, cue: Span | null = [13, 19], spans: Span[] = [[20, 42]]) {
  expect(plainReason(TEXT, { verdict, spans, cue, reason })).toBe(said);
}

test('reasons are told without offsets', () => {
  check('negated', '', '“cannot” denies “send you a replacement”');
  check('negated', '', '“send you a replacement” is denied', null);
  check('met', '', '“send you a replacement” says it', null);
  check('conflict', '', '“cannot” contradicts “send you a replacement”');
  check('hypothetical', '', '“cannot” leaves “send you a replacement” asked, supposed or merely possible');
  check('wrong_value', '`$5` at 20..42 is not the amount 64.50 USD', '“send you a replacement” is not the amount 64.50 USD', null);
  check('absent', 'nothing in the reply conveys `a`', 'nothing in the reply conveys `a`', null, []);
  check('quite_new', 'for a new reason', 'for a new reason');
});

test('alternatives are folded after three', () => {
  const fold = (reason: string, text: string, more: number) => expect(foldAlternatives(reason)).toEqual({ text, more });
  fold('conveys `a` or `b` or `c` or `d` or `e`', 'conveys `a` or `b` or `c` or …', 2);
  fold('(`a` or `b`) near (`c` or `d` or `e` or `f` or `g` or `h`)', '(`a` or `b`) near (`c` or `d` or `e` or …)', 3);
  // One more is no longer than its fold.
  fold('`a` or `b` or `c` or `d`', '`a` or `b` or `c` or `d`', 0);
  fold('`cannot` denies it', '`cannot` denies it', 0);
});
