// Without a mouse: everything can be reached, and the shortcuts do what the help says.
import type { Page } from '@playwright/test';
import { CASES, expect, openPlay, test } from './fixtures';

/** Presses Tab until what is wanted has the focus. */
async function tabTo(page: Page, selector: string): Promise<void> {
  for (let presses = 0; presses < 80; presses += 1) {
    if (await page.evaluate((wanted) => document.activeElement?.matches(wanted) ?? false, selector)) return;
    await page.keyboard.press('Tab');
  }
  throw new Error(`Tab never reached ${selector}`);
}

test('a whole episode by Tab, arrows, Space and Enter alone', async ({ page, server }) => {
  const played = CASES[0]!;
  const chosen = page.locator('input[name=action]:checked');
  await openPlay(page, server);
  await page.keyboard.press('Tab');
  await expect(page.getByText('Skip to the content')).toBeFocused();
  await tabTo(page, 'input[name=task]');
  await expect(page.getByRole('radio', { name: played.title })).toBeChecked();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { level: 2, name: played.title })).toBeFocused();

  await tabTo(page, 'input[name=action]');
  await tabTo(page, '#step');
  await page.keyboard.press('Enter');
  await expect(page.locator('[data-sheet="ticket"]')).toBeVisible();
  await expect(page.getByRole('status').first()).toContainText('Ticket read');

  // After a step the focus is where the next action is chosen; a digit goes on to its field.
  await expect(page.getByRole('radio', { name: 'Record', exact: true })).toBeFocused();
  await page.keyboard.press('2');
  await expect(page.locator('input[name=artifact]').first()).toBeFocused();
  await page.keyboard.press('Space');
  await page.keyboard.press('Control+Enter');
  await expect(page.locator('[data-sheet="artifact:order"]')).toBeVisible();
  await expect(chosen).toBeFocused();

  await page.keyboard.press('3');
  await expect(page.locator('input[name=query]')).toBeFocused();
  await page.keyboard.type(played.policy);
  await page.keyboard.press('Escape');
  await expect(page.getByRole('radio', { name: 'Policy', exact: true })).toBeFocused();
  await page.keyboard.press('3');
  await expect(page.locator('input[name=query]')).toHaveValue(played.policy);
  await page.keyboard.press('Enter');
  await expect(page.locator(`[data-sheet="policy:${played.policy}"]`)).toBeVisible();
  await expect(chosen).toBeFocused();

  await page.keyboard.press('4');
  await expect(page.locator('textarea[name=message]')).toBeFocused();
  await page.keyboard.type(`${played.reply} 2?`);
  await page.keyboard.press('Control+Enter');
  await expect(page.locator('[data-sheet="draft"]')).toContainText('2?');
  await expect(chosen).toBeFocused();

  await page.keyboard.press('5');
  await expect(page.locator('input[name=code]').first()).toBeFocused();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowDown');
  await expect(page.getByRole('radio', { name: played.resolution })).toBeChecked();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { name: 'Why this score' })).toBeFocused();
  await expect(page.locator('.verdict')).toContainText('passed');

  await tabTo(page, 'mark');
  await expect(page.getByRole('tooltip')).toBeVisible();
});

test('help and search have keys, letters have none, and the keys can be turned off', async ({ page, server }) => {
  await openPlay(page, server);
  await page.keyboard.press('?');
  const help = page.getByRole('dialog', { name: 'How it works' });
  await expect(help).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(help).toHaveCount(0);
  await page.getByRole('tab', { name: 'Play' }).focus();
  await page.keyboard.press('ArrowRight');
  await expect(page.getByRole('tab', { name: 'Look back' })).toBeFocused();
  await page.keyboard.press('ArrowLeft');
  // Words that are typed beside a field do nothing.
  await page.keyboard.type('please talk');
  await expect(page.getByRole('tab', { name: 'Play' })).toHaveAttribute('aria-selected', 'true');
  await page.keyboard.press('/');
  await expect(page.getByLabel('Search the cases')).toBeFocused();
  await page.keyboard.type('tal?');
  await expect(page.getByLabel('Search the cases')).toHaveValue('tal?');
  await tabTo(page, '[aria-label^="System theme"]');
  await page.keyboard.press('Enter');
  await page.keyboard.press('Enter');
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');
  await page.reload();
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');
  await page.keyboard.press('?');
  await page.getByLabel('Single keys work').uncheck();
  await page.getByRole('button', { name: 'Close' }).click();
  await page.keyboard.press('?');
  await expect(help).toHaveCount(0);
});
