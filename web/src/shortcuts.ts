// Keys for whoever plays without a mouse. No letter is one, so that words typed beside a field do nothing; the single ones
// can be turned off in the help, and never fire while one types.
import type { Commands, Dispatch } from './commands';
import { ACTIONS, actionOf } from './model/form';
import { isDone } from './model/episode';
import type { AppState } from './model/store';
import { focusActionField, focusSoon } from './ui/focus';

export interface Shortcut {
  keys: string[];
  what: string;
}

export const SHORTCUTS: Shortcut[] = [
  { keys: ['?'], what: 'Show this help' },
  { keys: ['1', '…', '5'], what: 'Go to an action’s field: ticket, record, policy, reply, resolve' },
  { keys: ['Esc'], what: 'Leave the field, back to choosing the action' },
  { keys: ['Ctrl', 'Enter'], what: 'Step: carry the action out, from any field too' },
  { keys: ['/'], what: 'Search the cases' },
  { keys: ['[', ']'], what: 'One step back, one forward (Look back)' },
];

export function shortcutEvents(event: KeyboardEvent, state: AppState, { dispatch, commands }: { dispatch: Dispatch; commands: Commands }): void {
  const asked = document.querySelector('dialog[open]') !== null;
  if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
    if (state.tab !== 'play' || asked || state.episode === null || isDone(state.episode)) return;
    const ready = actionOf(state.form);
    if (!('action' in ready)) return;
    event.preventDefault();
    void commands.step(ready.action);
    return;
  }
  if (!state.shortcuts || asked || event.ctrlKey || event.metaKey || event.altKey || isTyping(event)) return;
  const kind = ACTIONS[Number(event.key) - 1];
  if (event.key === '?') dispatch({ type: 'help', open: true });
  else if (event.key === '/') {
    dispatch({ type: 'tab', tab: 'play' });
    dispatch({ type: 'picking', open: true });
    focusSoon('task-search');
  } else if (kind !== undefined && state.tab === 'play' && state.episode !== null) {
    dispatch({ type: 'form', form: { type: kind.type } });
    focusActionField();
  } else if ((event.key === '[' || event.key === ']') && state.tab === 'look') {
    const last = (state.look.source === 'file' ? state.look.file?.episode : state.episode)?.steps.length ?? 0;
    const at = Math.min(last, Math.max(0, state.look.at + (event.key === ']' ? 1 : -1)));
    dispatch({ type: 'look', look: { at } });
  } else return;
  event.preventDefault();
}

function isTyping(event: KeyboardEvent): boolean {
  const target = event.composedPath()[0];
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable || target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement) return true;
  return target instanceof HTMLInputElement && !['radio', 'checkbox', 'button', 'range'].includes(target.type);
}
