// The checklist: a tick for what has been seen; a press goes to it, or readies the look.
import { useApp } from '../context';
import { checklist, type CheckItem } from '../model/evidence';
import type { Episode } from '../model/episode';
import { idWords } from '../text/number';
import { focusActionField, focusSoon } from '../ui/focus';
import { Icon } from '../ui/Icon';

interface Props {
  episode: Episode;
  at: number;
  titles: Map<string, string>;
  live: boolean;
}

export function EvidenceList({ episode, at, titles, live }: Props) {
  const { dispatch } = useApp();
  const press = (item: CheckItem) => {
    if (item.collected) {
      const sheet = document.querySelector<HTMLElement>(`[role=tabpanel]:not([hidden]) [data-sheet="${CSS.escape(item.key)}"]`);
      sheet?.focus();
      sheet?.scrollIntoView({ block: 'start' });
      return;
    }
    if (!live) return;
    if (item.kind === 'ticket') dispatch({ type: 'form', form: { type: 'review_ticket' } });
    else if (item.kind === 'artifact') dispatch({ type: 'form', form: { type: 'inspect_artifact', artifact: item.id } });
    else {
      dispatch({ type: 'form', form: { type: 'search_policy' } });
      return focusActionField();
    }
    focusSoon('step');
  };
  return (
    <ul class="evidence">
      {checklist(episode, at).map((item) => {
        const name = item.kind === 'ticket' ? 'ticket' : item.id === '' ? 'handbook' : idWords(item.id);
        const note = noteOf(item);
        const inert = !item.collected && !live;
        const inner = (
          <>
            <Icon name={item.collected ? 'check' : note === 'missed' ? 'cross' : 'dot'} />
            <span>{item.kind === 'policy' && item.id !== '' ? `policy: ${name}` : name}</span>
            {note !== null && <span class="evidence-note">{note}</span>}
            <span class="unseen">{item.collected ? ', seen' : ', not seen'}</span>
          </>
        );
        return (
          <li key={item.key} class={`${item.collected ? 'seen' : ''} ${note ?? ''}`}>
            {inert ? (
              <span class="evidence-item">{inner}</span>
            ) : (
              <button type="button" class="evidence-item" title={titles.get(item.key) ?? (item.collected ? name : `Ready to look at: ${name}`)} onClick={() => press(item)}>
                {inner}
              </button>
            )}
          </li>
        );
      })}
    </ul>
  );
}

function noteOf(item: CheckItem): 'required' | 'missed' | null {
  if (item.required !== true) return null;
  return item.collected ? 'required' : 'missed';
}
