// Single keys for whoever plays without a mouse. They can be turned off in the help, and never fire while one types.
import type { Commands, Dispatch } from './commands';
import { ACTIONS, actionOf } from './model/form';
import { isDone } from './model/episode';
import type { AppState, Tab } from './model/store';

export interface Shortcut {
  keys: string[];
  what: string;
}

export const SHORTCUTS: Shortcut[] = [
  { keys: ['?'], what: 'Show this help' },
  { keys: ['1', '…', '5'], what: 'Choose the action: ticket, record, policy, reply, resolve' },
  { keys: ['Ctrl', 'Enter'], what: 'Step: carry the action out, from any field too' },
  { keys: ['/'], what: 'Search the cases' },
  { keys: ['g'], what: 'Get the state' },
  { keys: ['[', ']'], what: 'One step back, one forward (Look back)' },
  { keys: ['p', 'l', 'a'], what: 'Go to Play, Look back, Author' },
  { keys: ['t'], what: 'Change the theme: system, light, dark' },
];

const TABS: Record<string, Tab> = { p: 'play', l: 'look', a: 'author' };
const NEXT_THEME = { system: 'light', light: 'dark', dark: 'system' } as const;

export function shortcutEvents(event: KeyboardEvent, state: AppState, { dispatch, commands }: { dispatch: Dispatch; commands: Commands }): void {
  if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
    if (state.tab !== 'play' || state.help || state.episode === null || isDone(state.episode)) return;
    const ready = actionOf(state.form);
    if (!('action' in ready)) return;
    event.preventDefault();
    void commands.step(ready.action);
    return;
  }
  if (!state.shortcuts || state.help || event.ctrlKey || event.metaKey || event.altKey || isTyping(event)) return;
  const tab = TABS[event.key];
  const kind = ACTIONS[Number(event.key) - 1];
  if (event.key === '?') dispatch({ type: 'help', open: true });
  else if (event.key === 't') dispatch({ type: 'theme', theme: NEXT_THEME[state.theme] });
  else if (tab !== undefined) {
    dispatch({ type: 'tab', tab });
    focusSoon(`tab-${tab}`);
  } else if (event.key === '/') {
    dispatch({ type: 'tab', tab: 'play' });
    dispatch({ type: 'picking', open: true });
    focusSoon('task-search');
  } else if (event.key === 'g' && state.tab === 'play' && state.episode !== null) void commands.getServerState();
  else if (kind !== undefined && state.tab === 'play' && state.episode !== null) {
    dispatch({ type: 'form', form: { type: kind.type } });
    focusSoon(`action-${kind.type}`);
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

function focusSoon(id: string): void {
  requestAnimationFrame(() => document.getElementById(id)?.focus());
}
