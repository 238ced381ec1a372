// Two visitors at once, in two browsers and in two tabs of one.
import { act, expect, getState, openPlay, reset, test, watch } from './fixtures';

test('two visitors do not mix', async ({ page, browser, server }) => {
  const other = await browser.newContext();
  const said = watch(other);
  const second = await other.newPage();
  const third = await page.context().newPage();
  const all = [page, second, third];
  const titles = [/Mug broken/, /Duplicate charge/, /Urgent refund/];
  const ids = ['damaged-mug-replacement', 'duplicate-charge-refund', 'account-takeover-fraud'];
  for (const one of all) await openPlay(one, server);
  for (const [at, one] of all.entries()) await reset(one, titles[at]!);
  await Promise.all(all.map((one) => act(one, 'Record', 'order')));
  await Promise.all([act(page, 'Ticket'), act(second, 'Record', 'payment')]);
  for (const [at, one] of all.entries()) {
    await expect(one.locator('.case-meta')).toContainText(ids[at]!);
    await getState(one);
    await expect(one.getByLabel('State as JSON')).toContainText(`"step_count": ${at === 2 ? 1 : 2}`);
    await expect(one.getByLabel('State as JSON')).toContainText(`"task_id": "${ids[at]}"`);
  }
  // Nor after each has come back.
  await Promise.all(all.map((one) => one.reload()));
  for (const [at, one] of all.entries()) await expect(one.locator('.case-meta')).toContainText(ids[at]!);
  expect(said).toEqual([]);
  await other.close();
});

test('a page sees what its own session does elsewhere', async ({ page, server, request }) => {
  await openPlay(page, server);
  const begun = page.waitForResponse('**/web/reset');
  await reset(page, /Mug broken/);
  const id = (await begun).headers()['x-session-id'];
  await page.reload();
  await expect(page.locator('.case-meta')).toContainText('damaged-mug-replacement');
  const answer = await request.post(`${server.url}/step`, { headers: { 'X-Session-ID': id ?? '' }, data: { action: { action_type: 'review_ticket' } } });
  expect(answer.ok()).toBe(true);
  await expect(page.locator('[data-sheet="ticket"]')).toBeVisible();
});

test('a tab that the page opens is another visitor', async ({ page, server, context }) => {
  await openPlay(page, server);
  await reset(page, /Mug broken/);
  const opening = context.waitForEvent('page');
  await page.evaluate(() => void window.open(location.href));
  const copy = await opening;
  await expect(copy.getByRole('button', { name: 'Reset' })).toBeEnabled();
  await reset(copy, /Duplicate charge/);
  await expect(copy.locator('.case-meta')).toContainText('duplicate-charge-refund');
  await page.reload();
  await expect(page.locator('.case-meta')).toContainText('damaged-mug-replacement');
});
