// A reason; a long list of what would have served is folded.
import { useState } from 'preact/hooks';
import { foldAlternatives } from '../text/verdict';
import { Ticked } from '../ui/Ticked';

export function Reason({ text }: { text: string }) {
  const [all, setAll] = useState(false);
  const { text: short, more } = foldAlternatives(text);
  return (
    <>
      <Ticked text={all ? text : short} />
      {more > 0 && (
        <>
          {' '}
          <button type="button" class="fold" aria-expanded={all} onClick={() => setAll(!all)}>
            {all ? 'fewer' : `${more} more`}
            <span class="unseen"> alternatives</span>
          </button>
        </>
      )}
    </>
  );
}
