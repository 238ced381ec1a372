// The reply with the grader's marks in it, and every verdict as a list.
import { useState } from 'preact/hooks';
import type { ForbiddenVerdict, ReplyExplanation } from '../model/wire';
import { replyMarks, verdictWords } from '../text/spans';
import { count, showPercent } from '../text/number';
import { plainReason } from '../text/verdict';
import { MarkedText } from './MarkedText';
import { Reason } from './Reason';

export function ReplyView({ text, explanation, heading = 'The reply' }: { text: string; explanation: ReplyExplanation | null; heading?: string }) {
  const [focus, setFocus] = useState<string | null>(null);
  const marks = explanation === null ? [] : replyMarks(text, explanation);
  return (
    <section class="reply" aria-label={heading}>
      <h4>{heading}</h4>
      <MarkedText text={text} marks={marks} focus={focus} />
      {explanation !== null && <Verdicts text={text} explanation={explanation} setFocus={setFocus} />}
    </section>
  );
}

/** Each keyword and forbidden phrase with its verdict; pointing at one lights its places up. */
export function Verdicts({ text, explanation, setFocus }: { text: string; explanation: ReplyExplanation; setFocus?: (id: string | null) => void }) {
  const { words } = explanation;
  const light = (id: string) => ({ onMouseEnter: () => setFocus?.(id), onMouseLeave: () => setFocus?.(null) });
  return (
    <ul class="verdicts">
      {explanation.keywords.map((keyword) => (
        <li key={keyword.id} {...light(keyword.id)}>
          <span class={`tone ${keyword.verdict === 'met' ? 'met' : keyword.optional ? 'denied' : 'failed'}`}>{verdictWords(keyword.verdict)}</span>
          <span class="verdict-text">
            <b>{keyword.id}</b> <span class="quiet">{keyword.optional ? 'optional' : showPercent(keyword.share)}</span>
            <br />
            <Reason text={plainReason(text, keyword)} />
          </span>
        </li>
      ))}
      {explanation.forbidden.map((entry) => (
        <li key={entry.id} {...light(entry.id)}>
          <span class={`tone ${entry.present ? 'forbidden' : 'denied'}`}>{entry.present ? 'forbidden' : entry.verdict === 'absent' ? 'not said' : verdictWords(entry.verdict)}</span>
          <span class="verdict-text">
            <b>{entry.id}</b> <span class="quiet">{effectText(entry)}</span>
            <br />
            <Reason text={plainReason(text, entry)} />
          </span>
        </li>
      ))}
      {(words.min !== null || words.max !== null) && (
        <li>
          <span class={`tone ${words.ok ? 'met' : 'failed'}`}>length</span>
          <span class="verdict-text">
            <b>{count(words.count, 'word')}</b>
            <br />
            {boundsText(words.min, words.max)}
          </span>
        </li>
      )}
    </ul>
  );
}

function effectText({ present, effect }: ForbiddenVerdict): string {
  if (effect === 'gate') return present ? 'zeroes the score' : 'would zero the score';
  return present ? 'fails the reply' : 'would fail the reply';
}

function boundsText(min: number | null, max: number | null): string {
  if (min !== null && max !== null) return `${min} to ${max} are asked for`;
  return min !== null ? `at least ${min} are asked for` : `at most ${max ?? ''} are asked for`;
}
