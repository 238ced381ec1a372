// What every test gets: a server, and a page that must stay silent in the console and keep to its own host.
import AxeBuilder from '@axe-core/playwright';
import { expect, test as base, type BrowserContext, type Page } from '@playwright/test';
import { startServer, type Server } from './server';

interface WorkerFixtures {
  server: Server;
}

interface TestFixtures {
  quiet: void;
}

export const test = base.extend<TestFixtures, WorkerFixtures>({
  server: [
    // Playwright reads the pattern: this needs no other fixture.
    async ({}, use) => {
      const held = process.env.PLAYGROUND_URL;
      const server = held === undefined ? await startServer() : { url: held, stop: () => Promise.resolve() };
      await use(server);
      await server.stop();
    },
    { scope: 'worker' },
  ],
  quiet: [
    async ({ context }, use) => {
      const said = watch(context);
      await use();
      expect(said).toEqual([]);
    },
    { auto: true },
  ],
});

export { expect };

/** Collects console errors and warnings, uncaught errors, and requests to any other host than a loopback one. */
export function watch(context: BrowserContext): string[] {
  const said: string[] = [];
  context.on('console', (message) => {
    if (['error', 'warning'].includes(message.type()) && !expectedRefusal(message.text())) said.push(`${message.type()}: ${message.text()}`);
  });
  context.on('weberror', (error) => said.push(`uncaught: ${error.error().message}`));
  context.on('request', (request) => {
    const url = new URL(request.url());
    // Pages from disk are held to their own file by their own tests.
    const own = ['data:', 'blob:', 'about:', 'file:'].includes(url.protocol) || url.hostname === '127.0.0.1';
    if (!own) said.push(`foreign request: ${request.url()}`);
  });
  return said;
}

/** Chromium writes every 4xx into the console; tests that provoke one name it by its status. */
function expectedRefusal(text: string): boolean {
  return /status of 4(01|09|22)/.test(text);
}

export async function openPlay(page: Page, server: { url: string }): Promise<void> {
  await page.goto(`${server.url}/web/`);
  await expect(page.getByRole('radio', { name: /Any case/ })).toBeVisible();
}

export async function reset(page: Page, title: string | RegExp): Promise<void> {
  if (!(await page.locator('details.picker').evaluate((picker) => (picker as HTMLDetailsElement).open))) {
    await page.locator('details.picker > summary').click();
  }
  await page.getByRole('radio', { name: title }).check();
  await page.locator('details.picker').getByRole('button', { name: 'Reset' }).click();
  await expect(page.getByRole('heading', { name: 'Next action' })).toBeVisible();
}

/** What a trainer may look at: folded away beside the game. */
export async function getState(page: Page): Promise<void> {
  const panel = page.locator('details.state-panel');
  if (!(await panel.evaluate((details) => (details as HTMLDetailsElement).open))) await panel.locator('summary').first().click();
  await panel.getByRole('button', { name: 'Get state' }).click();
}

export type Kind = 'Ticket' | 'Record' | 'Policy' | 'Reply' | 'Resolve';

/** Takes one action by its form, and waits until it has been carried out. */
export async function act(page: Page, kind: Kind, value = ''): Promise<void> {
  const panel = page.locator('.actions');
  await panel.getByRole('radio', { name: kind, exact: true }).check();
  if (kind === 'Record' || kind === 'Resolve') await panel.getByRole('radio', { name: value, exact: kind === 'Resolve' }).check();
  if (kind === 'Policy') await panel.getByLabel('Policy id, title or topic').fill(value);
  if (kind === 'Reply') await panel.getByLabel('Reply to the customer').fill(value);
  const answered = page.waitForResponse((response) => response.url().endsWith('/web/step'));
  await page.locator('#step').click();
  await answered;
  await expect(page.locator('.actions[aria-busy="false"]')).toBeVisible();
}

export interface Case {
  title: RegExp;
  id: string;
  records: string[];
  policy: string;
  reply: string;
  resolution: string;
}

/** The three shipped tasks with a way that wins each. */
export const CASES: Case[] = [
  {
    title: /Mug broken in transit/,
    id: 'damaged-mug-replacement',
    records: ['order'],
    policy: 'damaged_items',
    reply: 'We’re sorry your mug arrived damaged. A replacement is on its way at no extra cost.',
    resolution: 'send replacement',
  },
  {
    title: /Duplicate charge on one order/,
    id: 'duplicate-charge-refund',
    records: ['order', 'payment'],
    policy: 'duplicate_charge',
    reply: 'We confirmed the duplicate charge and issued a refund. You should see it in 3-5 business days.',
    resolution: 'refund duplicate charge',
  },
  {
    title: /Urgent refund to a new card/,
    id: 'account-takeover-fraud',
    records: ['account', 'risk log'],
    policy: 'account_takeover',
    reply: 'For your security we have locked your account and escalated this to our fraud team, who will contact you to verify your identity.',
    resolution: 'lock account and escalate fraud',
  },
];

export async function win(page: Page, played: Case): Promise<void> {
  await reset(page, played.title);
  await act(page, 'Ticket');
  for (const record of played.records) await act(page, 'Record', record);
  await act(page, 'Policy', played.policy);
  await act(page, 'Reply', played.reply);
  await act(page, 'Resolve', played.resolution);
  await expect(page.getByRole('heading', { name: 'Why this score' })).toBeVisible();
}

/** Holds what is on show to WCAG 2.2 AA, as far as a program can. */
export async function expectAccessible(page: Page): Promise<void> {
  await page.waitForFunction(() => document.getAnimations().every((animation) => animation.playState !== 'running'));
  const { violations } = await new AxeBuilder({ page }).withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']).analyze();
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html.slice(0, 160)).join(' | ')}`)).toEqual([]);
}

/** Nothing sticks out sideways. */
export async function expectNoSidewaysScroll(page: Page): Promise<void> {
  const [wide, room] = await page.evaluate(() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]);
  expect(wide).toBeLessThanOrEqual(room ?? 0);
}
