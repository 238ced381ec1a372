// All state of the page, and the one function that changes it.
import { addStep, beginEpisode, type Episode } from './episode';
import type { EpisodeFile } from './file';
import { choiceOnShow, NO_FILTER, type TaskFilter } from './filter';
import { EMPTY_FORM, type ActionForm } from './form';
import type { Action, Envelope, Explanation, Metadata, ResetRequest, TaskSpec } from './wire';

export type Tab = 'play' | 'look' | 'author';
export type Theme = 'system' | 'light' | 'dark';

export interface Choice {
  task: string | null;
  seed: string;
}

export interface LookState {
  source: 'current' | 'file';
  file: { name: string; episode: Episode; differs: boolean } | null;
  /** A file that does not say which case it is of. */
  asking: { name: string; read: EpisodeFile } | null;
  at: number;
  error: string | null;
  busy: boolean;
}

export interface AppState {
  tab: Tab;
  theme: Theme;
  shortcuts: boolean;
  help: boolean;
  metadata: Metadata | null;
  tasks: TaskSpec[] | null;
  loadError: string | null;
  filter: TaskFilter;
  choice: Choice;
  picking: boolean;
  episode: Episode | null;
  form: ActionForm;
  busy: boolean;
  error: string | null;
  serverState: unknown;
  look: LookState;
  said: { text: string; turn: number };
  /** Where the focus goes after what a person did; a new turn moves it again. */
  attention: { to: 'case' | 'step' | 'result'; turn: number };
}

export type Event =
  | { type: 'tab'; tab: Tab }
  | { type: 'theme'; theme: Theme }
  | { type: 'shortcuts'; on: boolean }
  | { type: 'help'; open: boolean }
  | { type: 'loaded'; metadata: Metadata; tasks: TaskSpec[] }
  | { type: 'load-failed'; text: string }
  | { type: 'filter'; filter: Partial<TaskFilter> }
  | { type: 'choose'; choice: Partial<Choice> }
  | { type: 'picking'; open: boolean }
  | { type: 'busy' }
  | { type: 'failed'; text: string }
  | { type: 'begun'; reset: ResetRequest; envelope: Envelope; wide: boolean }
  | { type: 'stepped'; action: Action; envelope: Envelope }
  | { type: 'restored'; episode: Episode; wide: boolean }
  | { type: 'explained'; explanation: Explanation; fresh: boolean }
  | { type: 'state'; state: unknown }
  | { type: 'form'; form: Partial<ActionForm> }
  | { type: 'look'; look: Partial<LookState> }
  | { type: 'say'; text: string };

export const INITIAL: AppState = {
  tab: 'play',
  theme: 'system',
  shortcuts: true,
  help: false,
  metadata: null,
  tasks: null,
  loadError: null,
  filter: NO_FILTER,
  choice: { task: null, seed: '' },
  picking: true,
  episode: null,
  form: EMPTY_FORM,
  busy: false,
  error: null,
  serverState: null,
  look: { source: 'current', file: null, asking: null, at: 0, error: null, busy: false },
  said: { text: '', turn: 0 },
  attention: { to: 'case', turn: 0 },
};

export function reduce(state: AppState, event: Event): AppState {
  switch (event.type) {
    case 'tab':
      return { ...state, tab: event.tab };
    case 'theme':
      return { ...state, theme: event.theme };
    case 'shortcuts':
      return { ...state, shortcuts: event.on };
    case 'help':
      return { ...state, help: event.open };
    case 'loaded': {
      const task = state.choice.task ?? event.tasks[0]?.id ?? null;
      return { ...state, metadata: event.metadata, tasks: event.tasks, loadError: null, choice: { ...state.choice, task } };
    }
    case 'load-failed':
      return { ...state, loadError: event.text };
    case 'filter': {
      const filter = { ...state.filter, ...event.filter };
      const task = choiceOnShow(state.tasks ?? [], filter, state.choice.task);
      return { ...state, filter, choice: task === undefined ? state.choice : { ...state.choice, task } };
    }
    case 'choose':
      return { ...state, choice: { ...state.choice, ...event.choice } };
    case 'picking':
      return { ...state, picking: event.open };
    case 'busy':
      return { ...state, busy: true, error: null };
    case 'failed':
      return { ...state, busy: false, error: event.text };
    case 'begun':
      return {
        ...withEpisode(state, beginEpisode(event.reset, event.envelope)),
        form: EMPTY_FORM,
        picking: event.wide,
        attention: { to: 'case', turn: state.attention.turn + 1 },
        look: { ...state.look, at: state.look.source === 'current' ? 0 : state.look.at },
      };
    case 'stepped': {
      if (state.episode === null) return { ...state, busy: false };
      const episode = addStep(state.episode, event.action, event.envelope);
      // What was refused stays in its fields, and the focus with it.
      const attention = event.envelope.observation.last_action_error === null ? { to: 'step' as const, turn: state.attention.turn + 1 } : state.attention;
      return { ...withEpisode(state, episode), form: clearedForm(state.form, event.action, event.envelope), attention };
    }
    case 'restored':
      return {
        ...withEpisode(state, event.episode),
        picking: event.wide,
        // A case that comes back is also the one that Reset begins.
        choice: state.episode === null ? { ...state.choice, task: event.episode.first.task_id } : state.choice,
      };
    case 'explained':
      if (state.episode === null) return state;
      return {
        ...state,
        episode: { ...state.episode, explanation: event.explanation },
        attention: event.fresh ? { to: 'result', turn: state.attention.turn + 1 } : state.attention,
      };
    case 'state':
      return { ...state, serverState: event.state };
    case 'form':
      return { ...state, form: { ...state.form, ...event.form } };
    case 'look':
      return { ...state, look: { ...state.look, ...event.look } };
    case 'say':
      return { ...state, said: { text: event.text, turn: state.said.turn + 1 } };
  }
}

/** A new state of the episode on show; looking back follows its end where it stood there before. */
function withEpisode(state: AppState, episode: Episode): AppState {
  const follows = state.look.source === 'current' && state.look.at >= (state.episode?.steps.length ?? 0);
  const look = follows ? { ...state.look, at: episode.steps.length } : state.look;
  return { ...state, episode, busy: false, error: null, serverState: null, look };
}

/** What was carried out leaves the form; a reply stays, to be bettered, and so does what was refused. */
function clearedForm(form: ActionForm, action: Action, envelope: Envelope): ActionForm {
  if (envelope.observation.last_action_error !== null) return form;
  switch (action.action_type) {
    case 'review_ticket':
      return form.type === 'review_ticket' ? { ...form, type: 'inspect_artifact' } : form;
    case 'inspect_artifact':
      return { ...form, artifact: '' };
    case 'search_policy':
      return { ...form, query: '' };
    default:
      return form;
  }
}
