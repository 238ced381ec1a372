// The playground of a server that has a token: the browser asks for it once, and sends it with everything from then on.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { act, expect, openPlay, reset, test } from './fixtures';
import { startServer, type Server } from './server';

const TOKEN = 's3cret-marker';

interface PromptAnswer {
  response: 'ProvideCredentials' | 'CancelAuth';
  username?: string;
  password?: string;
}

let folder: string;
let guarded: Server;

test.beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'support-ops-token-'));
  const file = join(folder, 'token');
  writeFileSync(file, `${TOKEN}\n`);
  guarded = await startServer(['--auth-token-file', file]);
});

test.afterAll(async () => {
  await guarded.stop();
  rmSync(folder, { recursive: true });
});

/** The page's own socket shows a step that is taken elsewhere: the browser has sent the token at its handshake, too. */
async function playAndWatch(page: Page): Promise<void> {
  const sockets: string[] = [];
  page.on('websocket', (socket) => socket.on('framereceived', () => sockets.push(socket.url())));
  await openPlay(page, guarded);
  const begun = page.waitForResponse('**/web/reset');
  await reset(page, /Mug broken/);
  const id = (await begun).headers()['x-session-id'] ?? '';
  await act(page, 'Record', 'order');
  await page.reload();
  await expect(page.locator('.case-meta')).toContainText('damaged-mug-replacement');
  // Not by the page: its own answer would show the step without a socket.
  const answer = await fetch(`${guarded.url}/step`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${TOKEN}`, 'Content-Type': 'application/json', 'X-Session-ID': id },
    body: JSON.stringify({ action: { action_type: 'review_ticket' } }),
  });
  expect(answer.status).toBe(200);
  await expect(page.locator('[data-sheet="ticket"]')).toBeVisible();
  expect(sockets.some((url) => url.includes('/ws/ui'))).toBe(true);
}

test.describe('with the token at hand', () => {
  test.use({ httpCredentials: { username: 'anyone', password: TOKEN } });

  test('the page plays and watches', async ({ page }) => {
    await playAndWatch(page);
  });
});

/** Stands in for the window in which a browser asks for a name and a password for a page; says how often it came up. */
async function answerThePrompt(page: Page, answer: PromptAnswer): Promise<{ stop: () => Promise<number> }> {
  const devtools = await page.context().newCDPSession(page);
  let asked = 0;
  devtools.on('Fetch.requestPaused', ({ requestId }) => void devtools.send('Fetch.continueRequest', { requestId }));
  devtools.on('Fetch.authRequired', ({ requestId, authChallenge }) => {
    asked += 1;
    expect(authChallenge).toMatchObject({ scheme: 'basic', realm: 'support-ops', source: 'Server' });
    void devtools.send('Fetch.continueWithAuth', { requestId, authChallengeResponse: answer });
  });
  await devtools.send('Fetch.enable', { handleAuthRequests: true, patterns: [{ resourceType: 'Document' }] });
  return {
    stop: async () => {
      await devtools.send('Fetch.disable');
      return asked;
    },
  };
}

test('whoever is asked gives the token once', async ({ page }) => {
  const prompt = await answerThePrompt(page, { response: 'ProvideCredentials', username: 'me', password: TOKEN });
  await page.goto(`${guarded.url}/web`);
  await expect(page.getByRole('radio', { name: /Any case/ })).toBeVisible();
  expect(await prompt.stop()).toBe(1);
  // From here on nobody answers: the browser remembers.
  await playAndWatch(page);
});

test('whoever has no token sees nothing', async ({ page }) => {
  const answers: number[] = [];
  page.on('response', (response) => answers.push(response.status()));
  const prompt = await answerThePrompt(page, { response: 'CancelAuth' });
  await page.goto(`${guarded.url}/web/`);
  expect(await prompt.stop()).toBe(1);
  await expect(page.locator('body')).toContainText('This server needs its token');
  expect(new Set(answers)).toEqual(new Set([401]));
});
