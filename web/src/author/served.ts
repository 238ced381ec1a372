// The files of the served packs, by their paths: what is read of them, and what is written.
import { ApiError, call } from '../api';
import type { Part, Texts } from './draft';

/** A served file as it was read or written last; without a digest where there was none. */
export interface Served {
  path: string;
  text: string;
  digest: string | null;
}

export interface Opened {
  task: Served;
  pack: Served | null;
}

export async function fetchPaths(): Promise<string[]> {
  const answer = await call<{ files: { path: string }[] }>('GET', 'author/files');
  return answer.files.map((file) => file.path);
}

export async function fetchFile(path: string): Promise<Served> {
  const file = await call<Served>('GET', `author/file?${new URLSearchParams({ path })}`);
  // As the editor holds it.
  return { ...file, text: file.text.replace(/\r\n?/g, '\n') };
}

/** Writes a text in the place of what was read; fails where something else stands there by now. */
export async function putFile(before: Served, text: string): Promise<Served> {
  const { digest } = await call<{ digest: string }>('PUT', 'author/file', { path: before.path, text, if_digest: before.digest });
  return { path: before.path, text, digest };
}

/** What stands there now, where an error says that it is something else than was read. */
export async function conflicting(error: unknown, path: string): Promise<Served | null> {
  if (!(error instanceof ApiError) || error.status !== 409) return null;
  try {
    return await fetchFile(path);
  } catch (problem) {
    if (problem instanceof ApiError && problem.status === 404) return { path, text: '', digest: null };
    throw problem;
  }
}

export function changedParts(opened: Opened, texts: Texts): { part: Part; file: Served }[] {
  const parts: { part: Part; file: Served | null }[] = [
    { part: 'pack', file: opened.pack },
    { part: 'task', file: opened.task },
  ];
  return parts.flatMap(({ part, file }) => (file !== null && file.text !== texts[part] ? [{ part, file }] : []));
}

/** The manifest that governs a file: the `pack.toml` in the nearest folder above it. */
export function manifestOf(path: string, paths: string[]): string | null {
  const folders = path.split('/').slice(0, -1);
  for (let depth = folders.length; depth >= 0; depth -= 1) {
    const candidate = [...folders.slice(0, depth), 'pack.toml'].join('/');
    if (paths.includes(candidate)) return candidate;
  }
  return null;
}
