// One document of the case file: read by a person, its raw text one click away.
import { useState } from 'preact/hooks';
import { useApp } from '../context';
import { isDone } from '../model/episode';
import type { Sheet } from '../model/casefile';
import { Icon, type IconName } from '../ui/Icon';
import { Prose } from './Prose';
import { RecordView } from './RecordView';

const NAMES: Record<Sheet['kind'], { name: string; icon: IconName }> = {
  ticket: { name: 'Ticket', icon: 'ticket' },
  record: { name: 'Record', icon: 'record' },
  policy: { name: 'Policy', icon: 'policy' },
  candidates: { name: 'Search', icon: 'search' },
  draft: { name: 'Reply', icon: 'reply' },
};

export function SheetView({ sheet, fresh, live }: { sheet: Sheet; fresh: boolean; live: boolean }) {
  const [raw, setRaw] = useState(false);
  const { name, icon } = NAMES[sheet.kind];
  return (
    <article class={fresh ? 'panel sheet fresh' : 'panel sheet'} data-sheet={sheet.key} tabIndex={-1}>
      <header class="sheet-head">
        <Icon name={icon} />
        <span class="sheet-kind">{name}</span>
        <h3>{titleOf(sheet)}</h3>
        <span class="quiet sheet-step">step {sheet.step}</span>
        <button type="button" class="small" aria-pressed={raw} onClick={() => setRaw(!raw)}>
          Raw
        </button>
      </header>
      {raw ? (
        <pre class="raw" tabIndex={0} aria-label={`${titleOf(sheet)}, raw text`}>
          {sheet.raw}
        </pre>
      ) : (
        <SheetBody sheet={sheet} live={live} />
      )}
    </article>
  );
}

function SheetBody({ sheet, live }: { sheet: Sheet; live: boolean }) {
  switch (sheet.kind) {
    case 'ticket':
      return (
        <>
          <dl class="ticket-fields">
            {sheet.ticket.fields.map(([key, value]) => (
              <div key={key}>
                <dt>{key}</dt>
                <dd>{value}</dd>
              </div>
            ))}
          </dl>
          <blockquote class="letter">{sheet.ticket.message}</blockquote>
        </>
      );
    case 'record':
      return sheet.record.body === null ? <pre class="raw">{sheet.record.text}</pre> : <RecordView node={sheet.record.body} name={sheet.record.title} />;
    case 'policy':
      return <Prose text={sheet.policy.text} />;
    case 'candidates':
      return <Candidates sheet={sheet} live={live} />;
    case 'draft':
      return <blockquote class="letter">{sheet.text}</blockquote>;
  }
}

function Candidates({ sheet, live }: { sheet: Sheet & { kind: 'candidates' }; live: boolean }) {
  const { state, commands } = useApp();
  if (sheet.candidates.length === 0) return <p>{sheet.raw}</p>;
  const can = live && state.episode !== null && !isDone(state.episode);
  return (
    <>
      <p class="quiet">No policy has exactly that name. The nearest:</p>
      <ul class="candidates">
        {sheet.candidates.map(({ id, title }) => (
          <li key={id}>
            <span>{title}</span> <code>{id}</code>
            {can && (
              <button type="button" class="small" disabled={state.busy} aria-label={`Read ${title}`} onClick={() => void commands.step({ action_type: 'search_policy', query: id })}>
                Read
              </button>
            )}
          </li>
        ))}
      </ul>
    </>
  );
}

function titleOf(sheet: Sheet): string {
  switch (sheet.kind) {
    case 'ticket':
      return sheet.ticket.title.replace(/^Ticket /, '');
    case 'record':
      return sheet.record.title;
    case 'policy':
      return sheet.policy.title;
    case 'candidates':
      return `“${sheet.query}”`;
    case 'draft':
      return 'Your draft';
  }
}
