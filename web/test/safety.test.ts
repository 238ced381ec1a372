// Text of packs, replies and files is hostile: no source of the page may set markup, run text, or call another host.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const root = new URL('../src', import.meta.url).pathname;
const sources = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((name) => /\.tsx?$/.test(name));

const FORBIDDEN = /innerHTML|outerHTML|insertAdjacentHTML|dangerouslySetInnerHTML|document\.write|\beval\(|new Function|srcdoc|createContextualFragment|DOMParser|https?:\/\//;

test('there are sources to look at', () => {
  expect(sources.length).toBeGreaterThan(30);
});

test.each(sources)('%s sets no markup and names no host', (name) => {
  expect(FORBIDDEN.exec(readFileSync(join(root, name), 'utf8'))).toBe(null);
});
