// How soon the page is there, against an empty page from the same server; and how much is loaded.
import type { Page } from '@playwright/test';
import { expect, test } from './fixtures';

const ROUNDS = 5;
/** Gzipped bytes: before the editor, and in all. */
const MAX_FIRST_BYTES = 60_000;
const MAX_ALL_BYTES = 250_000;
/** More than this beside the empty page is felt, even on a busy machine. */
const MAX_PAINT_MORE_MS = 1500;
const MAX_READY_MORE_MS = 3000;

async function firstPaint(page: Page): Promise<number> {
  return page.evaluate(
    () =>
      new Promise<number>((resolve) => {
        new PerformanceObserver((list) => {
          const paint = list.getEntriesByName('first-contentful-paint')[0];
          if (paint !== undefined) resolve(paint.startTime);
        }).observe({ type: 'paint', buffered: true });
      }),
  );
}

function median(values: number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}

test('paints and answers about as soon as an empty page', async ({ browser, server }) => {
  const empty: number[] = [];
  const paint: number[] = [];
  const ready: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const context = await browser.newContext();
    const page = await context.newPage();
    await page.goto(`${server.url}/health`);
    empty.push(await firstPaint(page));
    await page.goto(`${server.url}/web/`);
    // Interactive: the cases are there and Reset can be pressed.
    await page.waitForFunction(() => document.querySelector('.picker-end button:not(:disabled)') !== null, undefined, { polling: 'raf' });
    ready.push(await page.evaluate(() => performance.now()));
    paint.push(await firstPaint(page));
    await context.close();
  }
  const round = (value: number) => Math.round(value);
  console.log(`first contentful paint: empty page ${round(median(empty))} ms, playground ${round(median(paint))} ms; interactive ${round(median(ready))} ms`);
  expect(median(paint) - median(empty)).toBeLessThan(MAX_PAINT_MORE_MS);
  expect(median(ready) - median(empty)).toBeLessThan(MAX_READY_MORE_MS);
});

test('loads little, and the editor only where one writes', async ({ page, server }) => {
  const sizes = new Map<string, number>();
  page.on('response', (response) => {
    const { pathname } = new URL(response.url());
    if (pathname.startsWith('/web/')) sizes.set(pathname, Number(response.headers()['content-length'] ?? 0));
  });
  const sum = () => [...sizes.values()].reduce((total, size) => total + size, 0);
  await page.goto(`${server.url}/web/`);
  await expect(page.getByRole('button', { name: 'Reset' })).toBeEnabled();
  const first = sum();
  expect([...sizes.keys()].some((name) => name.includes('editor'))).toBe(false);
  await page.getByRole('tab', { name: 'Author' }).click();
  await expect(page.locator('.cm-content')).toBeVisible();
  console.log(`loaded: ${first} bytes at first, ${sum()} with the editor`);
  expect(first).toBeLessThan(MAX_FIRST_BYTES);
  expect(sum()).toBeLessThan(MAX_ALL_BYTES);
});

test('files are kept for ever, the page is asked for anew', async ({ page, server }) => {
  const headers = new Map<string, string>();
  page.on('response', (response) => headers.set(new URL(response.url()).pathname, response.headers()['cache-control'] ?? ''));
  await page.goto(`${server.url}/web/`);
  await expect(page.getByRole('button', { name: 'Reset' })).toBeEnabled();
  expect(headers.get('/web/')).toBe('no-cache');
  const assets = [...headers].filter(([name]) => name.startsWith('/web/assets/'));
  expect(assets.length).toBeGreaterThan(1);
  for (const [, cache] of assets) expect(cache).toContain('immutable');
});
