// Text of packs is hostile: it is shown, and never does anything.
import type { Page } from '@playwright/test';
import { act, expect, openPlay, reset, test } from './fixtures';
import { startServer, type Server } from './server';

let hostile: Server;
test.beforeAll(async () => {
  hostile = await startServer(['--tasks', 'tests/browser/hostile']);
});
test.afterAll(() => hostile.stop());

async function expectInert(page: Page): Promise<void> {
  expect(await page.evaluate(() => (window as unknown as { pwned?: number }).pwned)).toBeUndefined();
  expect(await page.evaluate(() => ({}) as { polluted?: unknown }).then((empty) => Object.keys(empty))).toEqual([]);
  const own = '#app :is(script, iframe, img, style, object, embed, [onerror], [onload], [onmouseover], a[href^="javascript"])';
  await expect(page.locator(own)).toHaveCount(0);
  await expect(page.locator('head script:not([src]), body > script')).toHaveCount(0);
}

test('a hostile pack is inert all the way', async ({ page }) => {
  page.on('dialog', (dialog) => {
    throw new Error(`a dialog: ${dialog.message()}`);
  });
  await openPlay(page, hostile);
  await expect(page.getByText("<img src=x onerror='window.pwned = 1'> title")).toBeVisible();
  await expectInert(page);
  await expect(page.getByRole('button', { name: /^x+$/ })).toBeVisible();
  await expect(page.getByRole('button', { name: 'Reset' }), 'a long tag leaves the panel as wide as it is').toBeInViewport({ ratio: 1 });
  await reset(page, /title/);
  await expect(page.locator('.objective')).toHaveText('<script>window.pwned = 1</script> objective');
  await act(page, 'Ticket');
  await act(page, 'Record', 'order');
  await expect(page.locator('[data-sheet="artifact:order"]')).toContainText('<svg/onload');
  await act(page, 'Policy', 'rule');
  await expect(page.locator('[data-sheet="policy:rule"]')).toContainText('<svg onload="window.pwned = 1">');
  await expectInert(page);
  await act(page, 'Reply', 'We have closed your case. <img src=x onerror="window.pwned = 1"><script>window.pwned = 1</script>');
  await act(page, 'Resolve', 'close it');
  await expect(page.locator('.marked')).toContainText('<script>window.pwned = 1</script>');
  await expectInert(page);
  await page.getByRole('tab', { name: 'Look back' }).click();
  await expect(page.locator('.copy-as pre')).toContainText('<script>');
  await expectInert(page);
});

test('an episode file is as hostile as a pack', async ({ page, server }) => {
  await openPlay(page, server);
  await page.getByRole('tab', { name: 'Look back' }).click();
  const actions = [{ action_type: 'draft_reply', message: '<img src=x onerror="window.pwned = 1">' }, { action_type: 'inspect_artifact', artifact_id: '<script>window.pwned=1</script>' }];
  const buffer = Buffer.from(JSON.stringify({ __proto__: { polluted: 1 }, reset: { task_id: 'damaged-mug-replacement' }, actions }));
  await page.locator('.look input[type=file]').setInputFiles({ name: '<img src=x onerror=alert(1)>.json', mimeType: 'application/json', buffer });
  await expect(page.getByRole('heading', { name: 'Step 2 of 2' })).toBeVisible();
  await expectInert(page);
});

test('the policy lets nothing else in', async ({ page, server }) => {
  const answer = await page.goto(`${server.url}/web/`);
  const policy = answer?.headers()['content-security-policy'] ?? '';
  expect(policy).toContain("default-src 'none'");
  expect(policy).not.toContain('unsafe');
  expect(policy).toContain("frame-ancestors 'self' https://huggingface.co https://*.hf.space");
  expect(answer?.headers()['x-frame-options']).toBeUndefined();
});
