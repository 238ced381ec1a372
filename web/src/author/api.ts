// The author's calls. The server allows few at once: one that is turned away is tried again when it says.
import { ApiError, call } from '../api';
import type { ReplyExplanation } from '../model/wire';
import type { CheckAnswer, ProveAnswer, Template } from './model';

const TRIES = 4;
/** A refusal that took this long means that the work itself takes too long: asking again would change nothing. */
const TOO_LONG_MS = 1500;

export function fetchTemplate(difficulty: string, resolution: string): Promise<Template> {
  const query = new URLSearchParams({ difficulty });
  if (resolution !== '') query.set('resolution', resolution);
  return patiently((signal) => call<Template>('GET', `author/template?${query}`, undefined, signal));
}

export function sendCheck(files: Template, signal: AbortSignal): Promise<CheckAnswer> {
  return patiently((inner) => call<CheckAnswer>('POST', 'author/check', files, inner), signal);
}

export async function sendGrade(files: Template, reply: string, signal: AbortSignal): Promise<ReplyExplanation> {
  const answer = await patiently((inner) => call<ReplyExplanation | { error: string }>('POST', 'author/grade', { ...files, reply }, inner), signal);
  if ('error' in answer) throw new Error(answer.error);
  return answer;
}

export async function sendProve(files: Template): Promise<ProveAnswer> {
  const answer = await patiently((inner) => call<ProveAnswer | { error: string }>('POST', 'author/prove', files, inner));
  if ('error' in answer) throw new Error(answer.error);
  return answer;
}

async function patiently<T>(send: (signal: AbortSignal) => Promise<T>, signal: AbortSignal = new AbortController().signal): Promise<T> {
  for (let tried = 1; ; tried += 1) {
    const begun = performance.now();
    try {
      return await send(signal);
    } catch (error) {
      const again = error instanceof ApiError && error.status === 503 && error.retryAfter !== null && tried < TRIES && performance.now() - begun < TOO_LONG_MS;
      if (!again || signal.aborted) throw error;
      await pause((error.retryAfter ?? 1) * 1000, signal);
    }
  }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      reject(new DOMException('left', 'AbortError'));
    });
  });
}
