// The README's pictures, taken where UPDATE_IMAGES=1; otherwise only that they can be taken.
import { mkdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { act, expect, openPlay, reset, test } from './fixtures';

const folder = new URL('../../docs/images', import.meta.url).pathname;
const tasks = new URL('../../tasks', import.meta.url).pathname;
const update = process.env.UPDATE_IMAGES === '1';
const REPLY = 'For your security we have locked your account and escalated this to our fraud team. We cannot refund the $1,243.79 today.';

/** A policy that the task does not require: a finding. */
const POLICY = '\n[[policies]]\nid = "night_shift"\ntitle = "Replies at night"\ntext = "At night, promise nothing before the next morning."\n';

for (const width of [1280, 390]) {
  for (const colorScheme of ['light', 'dark'] as const) {
    test(`pictures at ${width} pixels, ${colorScheme}`, async ({ page, server }) => {
      await page.setViewportSize({ width, height: width === 390 ? 844 : 860 });
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      const take = async (name: string) => {
        if (!update) return;
        mkdirSync(folder, { recursive: true });
        await page.mouse.move(0, 0);
        await page.screenshot({ path: `${folder}/${name}-${width}-${colorScheme}.png` });
      };
      await openPlay(page, server);
      await reset(page, /Urgent refund/);
      await act(page, 'Ticket');
      await act(page, 'Record', 'account');
      await act(page, 'Record', 'risk log');
      await page.evaluate(() => scrollTo(0, 0));
      await take('play');
      await act(page, 'Reply', REPLY);
      await act(page, 'Resolve', 'lock account and escalate fraud');
      await expect(page.getByRole('heading', { name: 'Why this score' })).toBeVisible();
      await page.locator('.result').evaluate((result) => result.scrollIntoView({ block: 'start' }));
      await take('understand');
      await page.getByRole('tab', { name: 'Look back' }).click();
      await page.getByRole('button', { name: 'One step back' }).click();
      await page.evaluate(() => scrollTo(0, 0));
      await take('look-back');
      await page.getByRole('tab', { name: 'Author' }).click();
      await expect(page.locator('.cm-content')).toBeVisible();
      const [task, pack] = await Promise.all([readFile(`${tasks}/damaged-mug-replacement.toml`, 'utf8'), readFile(`${tasks}/pack.toml`)]);
      await page.locator('.file-button input').setInputFiles([
        { name: 'pack.toml', mimeType: 'application/toml', buffer: pack },
        { name: 'task.toml', mimeType: 'application/toml', buffer: Buffer.from(task + POLICY) },
      ]);
      await page.getByRole('button', { name: /^Go to task.toml/ }).first().click();
      // The editor takes the focus a moment later, and would take what is typed with it.
      await expect(page.locator('.cm-content')).toBeFocused();
      await page.locator('.sample').getByLabel('A reply to try').fill('We are sorry that your mug arrived damaged. We cannot send a replacement, but there is no extra cost.');
      await expect(page.locator('.sample .badge')).toBeVisible();
      await page.getByRole('button', { name: 'Prove', exact: true }).click();
      await expect(page.locator('.proof .badge')).toBeVisible({ timeout: 30_000 });
      await page.evaluate(() => scrollTo(0, 0));
      await take('author');
    });
  }
}
