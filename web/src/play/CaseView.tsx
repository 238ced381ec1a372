// A case as a person reads it, after so many actions: for playing and for looking back alike.
import type { ComponentChildren, RefObject } from 'preact';
import { caseFile, knownTitles } from '../model/casefile';
import { observationAt, type Episode } from '../model/episode';
import { Json } from '../ui/Json';
import { CaseHeader } from './CaseHeader';
import { Refused } from './Refused';
import { SheetView } from './SheetView';

interface Props {
  episode: Episode;
  at: number;
  headingRef?: RefObject<HTMLHeadingElement | null>;
  /** Whether actions can still be taken here. */
  live: boolean;
  result?: ComponentChildren;
  side?: ComponentChildren;
  foot?: ComponentChildren;
}

export function CaseView({ episode, at, headingRef, live, result, side, foot }: Props) {
  const observation = observationAt(episode, at);
  const sheets = caseFile(episode, at);
  const error = observation.last_action_error;
  return (
    <div class={side ? 'case with-side' : 'case'}>
      <CaseHeader episode={episode} at={at} titles={knownTitles(sheets)} live={live} {...(headingRef && { headingRef })} />
      {result}
      {sheets.length === 0 && <Message text={observation.customer_message} />}
      {side && <div class="side">{side}</div>}
      <section class="file" aria-label="Case file">
        {error !== null && !live && <Refused error={error} />}
        {sheets.map((sheet) => (
          <SheetView key={sheet.key} sheet={sheet} fresh={sheet.step === at && at > 0} live={live} />
        ))}
        {sheets.length > 0 && !sheets.some((sheet) => sheet.kind === 'ticket') && <Message text={observation.customer_message} />}
        {sheets.length === 0 && <p class="empty">Nothing opened yet. What you look at is kept here, the newest on top.</p>}
        <Json summary="Observation as JSON" value={observation} />
      </section>
      {foot}
    </div>
  );
}

/** The customer's message, until the whole ticket has been read; what has been opened stands above it. */
function Message({ text }: { text: string }) {
  return (
    <article class="panel message" aria-label="The customer writes">
      <h3 class="panel-title">The customer writes</h3>
      <blockquote class="letter">{text}</blockquote>
    </article>
  );
}
