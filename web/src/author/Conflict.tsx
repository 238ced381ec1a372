// A served file that somebody else has changed since it was opened: what differs, and which of the two is to stay.
import { lineDifference } from '../text/lines';
import type { Served } from './served';

interface Props {
  theirs: Served;
  mine: string;
  reload: () => void;
  keepMine: () => void;
}

export function Conflict({ theirs, mine, reload, keepMine }: Props) {
  const gone = theirs.digest === null;
  return (
    <div class="conflict">
      <p class="warning" role="alert">
        {theirs.path} has {gone ? 'been removed' : 'changed'} since you opened it.
      </p>
      {!gone && (
        <details>
          <summary>Show difference: − served now, + yours</summary>
          <pre class="raw difference" tabIndex={0} aria-label="What differs">
            {lineDifference(theirs.text, mine).map(({ kind, text }, at) => {
              if (kind === 'gap') return <span key={at}>⋯</span>;
              if (kind === 'before') return <del key={at}>- {text}</del>;
              if (kind === 'after') return <ins key={at}>+ {text}</ins>;
              return (
                <span key={at}>
                  {'  '}
                  {text}
                </span>
              );
            })}
          </pre>
        </details>
      )}
      <div class="button-row">
        {!gone && (
          <button type="button" onClick={reload}>
            Reload, drop mine
          </button>
        )}
        <button type="button" onClick={keepMine}>
          Keep mine, save it
        </button>
      </div>
    </div>
  );
}
