// What a person does, as calls to the server and events for the store.
import * as api from './api';
import { episodeOfFrame, isDone, type Episode } from './model/episode';
import { parseSeed } from './model/filter';
import { needsCase, readEpisodeFile, MAX_FILE_BYTES, type EpisodeFile } from './model/file';
import { announce } from './model/outcome';
import type { AppState, Event, Theme } from './model/store';
import type { Action, ReplayAnswer, ResetRequest, UiFrame } from './model/wire';
import { count } from './text/number';

/** The longest frame that is followed by others, in UTF-16 units. */
const MAX_FRAME = 2_000_000;

export type Dispatch = (event: Event) => void;

/** The commands, bound to a store. */
export function commandsFor(getState: () => AppState, dispatch: Dispatch) {
  const fail = (error: unknown) => dispatch({ type: 'failed', text: textOf(error) });

  async function explain(fresh: boolean): Promise<void> {
    try {
      dispatch({ type: 'explained', explanation: await api.fetchExplanation(), fresh });
    } catch (error) {
      fail(error);
    }
  }

  async function load(): Promise<void> {
    try {
      const [metadata, tasks] = await Promise.all([api.fetchMetadata(), api.fetchTasks()]);
      dispatch({ type: 'loaded', metadata, tasks });
    } catch (error) {
      dispatch({ type: 'load-failed', text: textOf(error) });
    }
  }

  async function reset(): Promise<boolean> {
    const request = resetOf(getState());
    if (typeof request === 'string') {
      dispatch({ type: 'failed', text: request });
      return false;
    }
    dispatch({ type: 'busy' });
    try {
      const envelope = await api.sendReset(request);
      dispatch({ type: 'begun', reset: request, envelope, wide: isWide() });
      follow();
      const { objective, remaining_steps } = envelope.observation;
      dispatch({ type: 'say', text: `New episode. ${objective} ${count(remaining_steps, 'step')} left.` });
      return true;
    } catch (error) {
      fail(error);
      return false;
    }
  }

  async function step(action: Action): Promise<void> {
    if (getState().busy) return;
    dispatch({ type: 'busy' });
    try {
      const envelope = await api.sendStep(action);
      dispatch({ type: 'stepped', action, envelope });
      dispatch({ type: 'say', text: announce(action, envelope) });
      if (envelope.done) await explain(true);
    } catch (error) {
      fail(error);
    }
  }

  async function getServerState(): Promise<void> {
    try {
      dispatch({ type: 'state', state: await api.fetchState() });
      dispatch({ type: 'say', text: 'State loaded.' });
    } catch (error) {
      fail(error);
    }
  }

  let followed: { id: string; socket: WebSocket } | null = null;

  /** Follows the session's socket: brings an episode back after a reload, and what others do in the session. */
  function follow(): void {
    const id = api.sessionId();
    if (id === null || followed?.id === id) return;
    followed?.socket.close();
    const socket = new WebSocket(api.socketAddress(id));
    followed = { id, socket };
    socket.addEventListener('message', (message: MessageEvent<string>) => {
      // Each frame holds the whole log: a very long episode is no longer followed.
      if (message.data.length > MAX_FRAME) socket.close();
      const held = getState().episode;
      const episode = episodeOfFrame(JSON.parse(message.data) as UiFrame, held);
      if (episode === null || getState().busy || sameEpisode(held, episode)) return;
      dispatch({ type: 'restored', episode, wide: isWide() });
      if (isDone(episode) && episode.explanation === null) void explain(false);
    });
  }

  async function openFile(file: File): Promise<void> {
    dispatch({ type: 'look', look: { busy: true, error: null, asking: null } });
    try {
      if (file.size > MAX_FILE_BYTES) throw new Error('The file is over 1 MiB.');
      const read = readEpisodeFile(await file.text());
      const tasks = getState().tasks ?? [];
      if (needsCase(read.reset) && tasks.length > 1) dispatch({ type: 'look', look: { busy: false, asking: { name: file.name, read } } });
      else await replay(file.name, read);
    } catch (error) {
      dispatch({ type: 'look', look: { busy: false, error: textOf(error) } });
    }
  }

  /** Plays a file's actions again and shows them. */
  async function replay(name: string, read: EpisodeFile): Promise<void> {
    dispatch({ type: 'look', look: { busy: true, error: null } });
    try {
      const answer = await api.sendReplay(read.reset, read.actions);
      const episode = episodeOfReplay(read.reset, answer);
      const differs = read.pack_digest !== null && read.pack_digest !== answer.pack_digest;
      dispatch({
        type: 'look',
        look: { source: 'file', file: { name, episode, differs }, asking: null, at: episode.steps.length, error: null, busy: false },
      });
      dispatch({ type: 'say', text: `${name}: ${count(episode.steps.length, 'action')} played again.` });
    } catch (error) {
      dispatch({ type: 'look', look: { busy: false, error: textOf(error) } });
    }
  }

  return { load, reset, step, getServerState, follow, openFile, replay };
}

export type Commands = ReturnType<typeof commandsFor>;

/** The reset that the choices stand for, or what is wrong with them. */
export function resetOf(state: AppState): ResetRequest | string {
  const seed = parseSeed(state.choice.seed);
  if (seed === undefined) return 'A seed is a whole number from 0 to 9007199254740991.';
  const request: ResetRequest = {};
  if (state.choice.task !== null) request.task_id = state.choice.task;
  else if (state.filter.difficulty !== null) request.difficulty = state.filter.difficulty;
  if (seed !== null) request.seed = seed;
  return request;
}

function episodeOfReplay(reset: ResetRequest, answer: ReplayAnswer): Episode {
  const [first, ...rest] = answer.steps;
  if (first === undefined) throw new Error('The server has played nothing.');
  const steps = rest.flatMap(({ action, observation, reward, done }) => (action === null ? [] : [{ action, observation, reward, done }]));
  return { reset, first: first.observation, steps, explanation: answer.explanation };
}

function sameEpisode(held: Episode | null, other: Episode): boolean {
  return (
    held !== null &&
    held.steps.length === other.steps.length &&
    held.first.metadata.episode_id === other.first.metadata.episode_id
  );
}

/** Whether the list of cases has a column of its own; else it closes once a case is open. */
function isWide(): boolean {
  return matchMedia('(min-width: 861px)').matches;
}

export function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The theme as the page keeps it between visits. */
export const storedTheme = {
  read(): Theme {
    try {
      const held = localStorage.getItem('support-ops-theme');
      return held === 'light' || held === 'dark' ? held : 'system';
    } catch {
      return 'system';
    }
  },
  write(theme: Theme): void {
    try {
      localStorage.setItem('support-ops-theme', theme);
    } catch {
      // Without storage the choice lasts until the page closes.
    }
  },
};
