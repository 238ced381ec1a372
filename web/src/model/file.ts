// The episode file: `{"pack_digest", "reset", "actions"}`. What `play --record` and `run --json` write and lists of actions
// are read, too, as `run --agent script:FILE` reads all of them.
import { parseJson } from '../text/json';
import { replayReset, type Episode } from './episode';
import type { Action, ActionType, ResetRequest } from './wire';

export interface EpisodeFile {
  pack_digest: string | null;
  reset: ResetRequest;
  actions: Action[];
}

export const MAX_FILE_BYTES = 1024 * 1024;
export const MAX_ACTIONS = 1000;

const FIELDS = ['artifact_id', 'query', 'message', 'resolution_code'] as const;
const TYPES: ActionType[] = ['review_ticket', 'inspect_artifact', 'search_policy', 'draft_reply', 'submit_resolution'];

export function writeEpisodeFile(episode: Episode): string {
  const file: EpisodeFile = {
    pack_digest: episode.first.metadata.pack_digest ?? null,
    reset: replayReset(episode),
    actions: episode.steps.map((step) => step.action),
  };
  return `${JSON.stringify(file, null, 2)}\n`;
}

/** Reads an episode file; the error says what is wrong in words for the person who chose the file. */
export function readEpisodeFile(text: string): EpisodeFile {
  const whole = parseJson(text);
  if (Array.isArray(whole)) return { pack_digest: null, reset: {}, actions: readActions(whole) };
  if (isObject(whole) && Array.isArray(whole.actions)) {
    const digest = typeof whole.pack_digest === 'string' ? whole.pack_digest : null;
    const reset = isObject(whole.reset) ? (whole.reset as ResetRequest) : {};
    return { pack_digest: digest, reset, actions: readActions(whole.actions) };
  }
  const isLine = isObject(whole) && ['action_type', 'action', 'reset', 'event'].some((key) => key in whole);
  if (whole !== undefined && !isLine) throw new Error('This JSON is no episode: it has no list `actions`.');
  return readLog(readLines(text));
}

/** Actions one by one, after what says how they were begun: `{"reset": …}`, or the event of a reset. */
function readLog(lines: unknown[]): EpisodeFile {
  const begins = lines.filter((line) => isObject(line) && !('action_type' in line) && ('reset' in line || line.event === 'reset')) as Record<string, unknown>[];
  if (begins.length > 1) throw new Error(`The file holds ${begins.length} episodes; open a file with one.`);
  const actions = readActions(lines.filter((line) => !begins.includes(line as Record<string, unknown>) && !(isObject(line) && line.event === 'end')));
  const begun = begins[0] ?? {};
  const seen = isObject(begun.observation) && isObject(begun.observation.metadata) ? begun.observation.metadata : {};
  const digest = begun.pack_digest ?? seen.pack_digest;
  const reset: ResetRequest = isObject(begun.reset) ? begun.reset : {};
  if (typeof begun.task_id === 'string') reset.task_id = begun.task_id;
  if (typeof seen.seed === 'number') reset.seed = seen.seed;
  return { pack_digest: typeof digest === 'string' ? digest : null, reset, actions };
}

/** Whether a reset leaves the case to the server's next in order: what was played then is not known. */
export function needsCase(reset: ResetRequest): boolean {
  return reset.task_id == null && reset.seed == null && reset.index == null;
}

function readLines(text: string): unknown[] {
  const lines = text.split('\n').map((line, index) => ({ line: line.trim(), number: index + 1 }));
  const full = lines.filter(({ line }) => line !== '' && !line.startsWith('#'));
  if (full.length === 0) throw new Error('The file is empty.');
  return full.map(({ line, number }) => {
    const value = parseJson(line);
    if (value === undefined) throw new Error(`Line ${number} is no JSON.`);
    return value;
  });
}

function readActions(values: unknown[]): Action[] {
  if (values.length > MAX_ACTIONS) throw new Error(`The file has ${values.length} actions; ${MAX_ACTIONS} are the most.`);
  return values.map((value, index) => {
    const inner = isObject(value) && isObject(value.action) ? value.action : value;
    if (!isObject(inner)) throw new Error(`Action ${index + 1} is no object.`);
    const type = TYPES.find((one) => one === inner.action_type);
    if (type === undefined) throw new Error(`Action ${index + 1} has no known \`action_type\`.`);
    const action: Action = { action_type: type };
    for (const field of FIELDS) {
      const held = inner[field];
      if (typeof held === 'string') action[field] = held;
      else if (held != null) throw new Error(`Action ${index + 1}: \`${field}\` is no text.`);
    }
    return action;
  });
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
