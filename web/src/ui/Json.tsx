// Something as JSON, one click away; written out only when asked for.
import { useState } from 'preact/hooks';
import { CopyButton } from './CopyButton';

export function Json({ summary, value, open = false }: { summary: string; value: unknown; open?: boolean }) {
  const [shown, setShown] = useState(open);
  const text = shown ? JSON.stringify(value, null, 2) : '';
  return (
    <details class="json" open={shown} onToggle={(event) => setShown(event.currentTarget.open)}>
      <summary>{summary}</summary>
      {shown && (
        <>
          <CopyButton text={text} />
          <pre tabIndex={0} aria-label={summary}>
            {text}
          </pre>
        </>
      )}
    </details>
  );
}
