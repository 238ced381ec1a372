// Author: write a task with live findings, a graded reply and a proof.
import { cp, mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { CASES, expect, expectAccessible, openPlay, test } from './fixtures';
import { startServer } from './server';

const FILES = CASES.map(({ id, reply }) => ({ id, reply, path: new URL(`../../tasks/${id}.toml`, import.meta.url).pathname }));
const PACK = new URL('../../tasks/pack.toml', import.meta.url).pathname;

async function openAuthor(page: Page, server: { url: string }): Promise<void> {
  await openPlay(page, server);
  await page.getByRole('tab', { name: 'Author' }).click();
  await expect(page.locator('.cm-content')).toBeVisible();
}

const status = (page: Page) => page.locator('.author-status');

for (const { id, reply, path } of FILES) {
  test(`brings ${id}, breaks it, mends it, grades and proves it`, async ({ page, server }, info) => {
    await openAuthor(page, server);
    await page.locator('.file-button input').setInputFiles([PACK, path]);
    await expect(status(page)).toContainText('No findings.');

    // A finding stands in the margin and in the list while one types.
    await page.locator('.cm-content').click();
    await page.keyboard.press('Control+End');
    await page.keyboard.type('\n[evidense]\n');
    await expect(status(page)).toContainText('1 error');
    await expect(page.locator('.cm-gutter-lint .cm-lint-marker-error').first()).toBeVisible();
    await page.getByRole('button', { name: /^Go to task.toml/ }).first().click();
    await expect(page.locator('.cm-content')).toBeFocused();
    await page.keyboard.press('Control+z');
    await page.locator('.cm-content').press('Control+End');
    await page.keyboard.press('Control+z');
    await page.keyboard.press('Control+z');
    await expect(status(page)).toContainText('No findings.');

    const sample = page.locator('.sample');
    await sample.getByLabel('A reply to try').fill(reply);
    await expect(sample.locator('.badge')).toHaveText('passes');
    await expect(sample.locator('mark.met').first()).toBeVisible();
    await sample.getByLabel('A reply to try').pressSequentially(' Not.');
    await sample.getByLabel('A reply to try').fill('No.');
    await expect(sample.locator('.badge')).toHaveText('does not pass');

    await page.getByRole('button', { name: 'Prove', exact: true }).click();
    const proof = page.locator('.proof');
    await expect(proof.locator('.badge')).toHaveText('proved', { timeout: 30_000 });
    await expect(proof.getByRole('table', { name: 'What cheats get' }).getByRole('row')).not.toHaveCount(1);

    const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Download' }).click()]);
    expect(file.suggestedFilename()).toBe(`${id}.toml`);
    const saved = info.outputPath('task.toml');
    await file.saveAs(saved);
    expect(await readFile(saved, 'utf8')).toBe(await readFile(path, 'utf8'));
  });
}

test('starts from a template, and keeps the work over a reload', async ({ page, server }) => {
  await openAuthor(page, server);
  await expect(status(page)).toContainText(/No findings\.|0 errors/);
  await page.getByRole('button', { name: 'New' }).click();
  await page.getByRole('combobox', { name: 'Difficulty' }).selectOption('hard');
  await expectAccessible(page);
  await page.getByRole('button', { name: 'Start' }).click();
  await expect(page.locator('.cm-content')).toContainText('difficulty = "hard"');
  await page.locator('.cm-content').click();
  await page.keyboard.press('Control+Home');
  await page.keyboard.type('# mine\n');
  await page.getByRole('radio', { name: /pack\.toml/ }).check();
  await expect(page.locator('.cm-content')).toContainText('[resolutions]');
  await page.reload();
  await expect(page.locator('.cm-content')).toContainText('# mine');
});

test('a fix is one press away', async ({ page, server }) => {
  await openAuthor(page, server);
  await page.locator('.file-button input').setInputFiles([PACK, FILES[0]!.path]);
  await expect(status(page)).toContainText('No findings.');
  const text = await readFile(FILES[0]!.path, 'utf8');
  await page.locator('.file-button input').setInputFiles({ name: 'task.toml', mimeType: 'application/toml', buffer: Buffer.from(text.replace('max_steps', 'max_stepz')) });
  const fix = page.getByRole('button', { name: /^Fix/ }).first();
  await fix.click();
  await expect(status(page)).toContainText('No findings.');
});

test('is usable before the editor arrives', async ({ page, server }) => {
  let arrive = () => {};
  const awaited = new Promise<void>((resolve) => (arrive = resolve));
  await page.route('**/assets/editor.*', async (route) => {
    await awaited;
    await route.continue();
  });
  await openPlay(page, server);
  await page.getByRole('tab', { name: 'Author' }).click();
  const field = page.getByRole('textbox', { name: 'Text of task.toml' });
  await expect(field).toHaveValue(/schema_version/);
  await field.fill('id = ');
  await expect(page.locator('.findings li').first()).toBeVisible();
  arrive();
  await expect(page.locator('.cm-content')).toBeFocused();
  await expect(page.locator('.cm-content')).toHaveText('id = ');
  await page.keyboard.type('"x"');
  await expect(page.locator('.cm-content')).toHaveText('id = "x"');
});

test('is accessible, the editor included', async ({ page, server }) => {
  await openAuthor(page, server);
  await expect(status(page)).toContainText(/No findings|error|warning/);
  await page.locator('.sample').getByLabel('A reply to try').fill('We have no answer.');
  await expect(page.locator('.sample .badge')).toBeVisible();
  await page.getByRole('button', { name: 'Prove', exact: true }).click();
  await expect(page.locator('.proof .badge')).toBeVisible({ timeout: 30_000 });
  await expectAccessible(page);
});

test('edits the served packs where the operator allows it', async ({ page }) => {
  const folder = join(await mkdtemp(join(tmpdir(), 'served-')), 'desk');
  await cp(new URL('../../tasks', import.meta.url).pathname, folder, { recursive: true });
  const open = await startServer(['--tasks', folder, '--allow-edit']);
  await openAuthor(page, open);
  const served = page.locator('.served');
  await served.getByRole('combobox').selectOption('desk/damaged-mug-replacement.toml');
  await expect(page.locator('.cm-content')).toContainText('Mug broken in transit');
  await expect(status(page)).toContainText('No findings.');
  await expect(served.getByRole('button', { name: 'Save' })).toBeDisabled();
  await expectAccessible(page);
  await page.locator('.cm-content').click();
  await page.keyboard.press('Control+End');
  await page.keyboard.type('# seen in the browser');
  await served.getByRole('button', { name: 'Save' }).click();
  await expect(served).toContainText('As served.');
  expect(await readFile(join(folder, 'damaged-mug-replacement.toml'), 'utf8')).toContain('# seen in the browser');
  await page.keyboard.press('Escape');
  await page.locator('.cm-content').click();
  await page.keyboard.press('Control+End');
  await page.keyboard.type('\nbroken = ');
  await served.getByRole('button', { name: 'Save' }).click();
  await expect(served.getByRole('alert')).toContainText('not written');
  await open.stop();
});

test('shows no served file without --allow-edit', async ({ page, server }) => {
  await openAuthor(page, server);
  await expect(page.getByText('Served files')).toHaveCount(0);
});
