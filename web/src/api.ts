// Every call to the server. All addresses are relative to the page, so that any base path works.
import type { Action, Envelope, Explanation, Metadata, ReplayAnswer, ResetRequest, TaskSpec } from './model/wire';
import { parseJson } from './text/json';

export class ApiError extends Error {
  constructor(
    readonly status: number,
    message: string,
    readonly retryAfter: number | null = null,
  ) {
    super(message);
  }
}

const STORED = 'support-ops-session';
let session: string | null = takeStored();

/**
 * Stores the session only while the page is away: a tab that is opened by this one, or is its copy, takes over what is
 * stored, and would otherwise play in the same session.
 */
export function storeSessionWhileAway(): void {
  addEventListener('pagehide', storeSession);
  addEventListener('pageshow', () => void takeStored());
}

export function sessionId(): string | null {
  return session;
}

export function forgetSession(): void {
  session = null;
}

/** The server's address without the page's own path: what a client outside the browser calls. */
export function serverBase(): string {
  return new URL('..', document.baseURI).href.replace(/\/$/, '');
}

export function socketAddress(id: string): string {
  const address = new URL('../ws/ui', document.baseURI);
  address.protocol = address.protocol === 'https:' ? 'wss:' : 'ws:';
  address.searchParams.set('session_id', id);
  return address.href;
}

export const fetchMetadata = () => call<Metadata>('GET', 'metadata');
export const fetchTasks = async () => (await call<{ tasks: TaskSpec[] }>('GET', '../tasks')).tasks;
export const fetchState = () => call<unknown>('GET', 'state');
export const fetchExplanation = () => call<Explanation>('GET', 'explanation');
export const sendStep = (action: Action) => call<Envelope>('POST', 'step', { action });
export const sendReplay = (reset: ResetRequest, actions: Action[]) => call<ReplayAnswer>('POST', 'replay', { reset, actions });

/** Begins an episode; a session that has expired is replaced by a new one. */
export async function sendReset(reset: ResetRequest): Promise<Envelope> {
  try {
    return await call<Envelope>('POST', 'reset', reset);
  } catch (error) {
    if (!(error instanceof ApiError) || error.status !== 404 || session === null) throw error;
    forgetSession();
    return call<Envelope>('POST', 'reset', reset);
  }
}

export async function call<T>(method: string, path: string, body?: unknown, signal?: AbortSignal): Promise<T> {
  const headers: Record<string, string> = { Accept: 'application/json' };
  if (session !== null) headers['X-Session-ID'] = session;
  if (body !== undefined) headers['Content-Type'] = 'application/json';
  // Cookies of this host go along, as a private Space lets nobody in without its own; ours counts for nothing here.
  const init: RequestInit = { method, headers, credentials: 'same-origin', cache: 'no-store', redirect: 'error' };
  if (body !== undefined) init.body = JSON.stringify(body);
  if (signal !== undefined) init.signal = signal;
  let answer: Response;
  try {
    answer = await fetch(new URL(path, document.baseURI), init);
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new ApiError(0, 'The server cannot be reached. Is it still running?');
  }
  session = answer.headers.get('X-Session-ID') ?? session;
  const text = await answer.text();
  const parsed = parseJson(text) ?? null;
  if (!answer.ok) {
    const wait = Number(answer.headers.get('Retry-After') ?? '');
    throw new ApiError(answer.status, errorText(answer.status, parsed), wait > 0 ? wait : null);
  }
  return parsed as T;
}

function storeSession(): void {
  try {
    if (session !== null) sessionStorage.setItem(STORED, session);
  } catch {
    // A frame may be refused its storage; the session lives in memory then.
  }
}

/** What was stored, which then is not any more; nothing that could be no header. */
function takeStored(): string | null {
  try {
    const id = sessionStorage.getItem(STORED);
    sessionStorage.removeItem(STORED);
    return id !== null && /^[\w-]{1,64}$/.test(id) ? id : null;
  } catch {
    return null;
  }
}

/** What an error's body says, in FastAPI's two shapes. */
export function errorText(status: number, body: unknown): string {
  const detail = typeof body === 'object' && body !== null && 'detail' in body ? body.detail : null;
  if (typeof detail === 'string') return detail;
  if (Array.isArray(detail)) {
    const texts = detail.flatMap((item: unknown) =>
      typeof item === 'object' && item !== null && 'msg' in item && typeof item.msg === 'string' ? [item.msg] : [],
    );
    if (texts.length > 0) return texts.join('; ');
  }
  if (typeof body === 'object' && body !== null && 'error' in body && typeof body.error === 'string') return body.error;
  return status === 503 ? 'The server is busy. Try again in a moment.' : `The server answered ${status}.`;
}
