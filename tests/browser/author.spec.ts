// Author: write a task with live findings, a graded reply and a proof.
import { cp, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Locator, Page } from '@playwright/test';
import { CASES, expect, expectAccessible, openPlay, test } from './fixtures';
import { startServer, type Server } from './server';

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
    await proof.getByText(/^None of \d+ cheats gets more/).click();
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

test('a proof is of the text that was proved, and of no other', async ({ page, server }) => {
  await openAuthor(page, server);
  const proof = page.locator('.proof');
  const prove = proof.getByRole('button', { name: 'Prove', exact: true });
  await prove.click();
  await expect(proof.getByRole('table', { name: 'What was proved' })).toBeVisible({ timeout: 30_000 });
  await page.locator('.cm-content').click();
  await page.keyboard.press('Control+Home');
  await page.keyboard.type('[');
  await expect(proof).toContainText('has changed since');
  await expect(proof.getByRole('table')).toHaveCount(0);
  await prove.click();
  await expect(proof.getByRole('alert')).toBeVisible();
  await expect(proof.locator('.badge')).toHaveCount(0);
  await page.locator('.cm-content').press('Control+z');
  await expect(proof.getByRole('alert')).toHaveCount(0);
});

test('a task that comes without its pack is told to be held against another', async ({ page, server }) => {
  await openAuthor(page, server);
  const note = page.getByText('Checked against the template’s pack.');
  await expect(note).toHaveCount(0);
  await page.locator('.file-button input').setInputFiles(FILES[0]!.path);
  await expect(note).toBeVisible();
  await expectAccessible(page);
  await page.locator('.file-button input').setInputFiles(PACK);
  await expect(note).toHaveCount(0);
  await expect(status(page)).toContainText('No findings.');
});

test('asks before it drops changes that are nowhere else', async ({ page, server }) => {
  await openAuthor(page, server);
  await page.locator('.file-button input').setInputFiles([PACK, FILES[0]!.path]);
  await page.locator('.cm-content').click();
  await page.keyboard.press('Control+Home');
  await page.keyboard.type('# mine\n');
  const question = page.getByRole('dialog', { name: 'Discard your changes?' });
  await page.locator('.file-button input').setInputFiles(FILES[1]!.path);
  await expect(question).toContainText('task.toml will be replaced');
  await expectAccessible(page);
  await page.keyboard.press('Escape');
  await expect(page.locator('.cm-content')).toContainText('# mine');
  // What stood there before it was opened is not brought back by undoing.
  await page.locator('.cm-content').click();
  for (let times = 0; times < 12; times += 1) await page.keyboard.press('Control+z');
  await expect(page.locator('.cm-content')).toContainText('damaged-mug-replacement');
  await page.keyboard.press('Control+Home');
  await page.keyboard.type('# mine\n');
  // The pack holds no changes, and what has been downloaded is not lost.
  await page.locator('.file-button input').setInputFiles(PACK);
  await page.getByRole('radio', { name: /task\.toml/ }).check();
  await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Download' }).click()]);
  await page.locator('.file-button input').setInputFiles(FILES[1]!.path);
  await expect(page.locator('.cm-content')).toContainText('duplicate-charge-refund');
  await page.locator('.cm-content').press('Control+Home');
  await page.keyboard.type('# mine\n');
  await page.locator('.file-button input').setInputFiles(FILES[0]!.path);
  await question.getByRole('button', { name: 'Discard' }).click();
  await expect(page.locator('.cm-content')).toContainText('damaged-mug-replacement');
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

/** A copy of the shipped pack, served to be edited. */
async function openServed(page: Page): Promise<{ folder: string; server: Server; served: Locator }> {
  const folder = join(await mkdtemp(join(tmpdir(), 'served-')), 'desk');
  await cp(new URL('../../tasks', import.meta.url).pathname, folder, { recursive: true });
  const server = await startServer(['--tasks', folder, '--allow-edit']);
  await openAuthor(page, server);
  return { folder, server, served: page.locator('.served') };
}

/** Types at a text's end, as a line of its own. */
async function append(page: Page, line: string): Promise<void> {
  await page.locator('.cm-content').click();
  await page.keyboard.press('Control+End');
  await page.keyboard.type(`\n${line}`);
}

test('edits the served packs where the operator allows it', async ({ page }) => {
  const { folder, server, served } = await openServed(page);
  await served.getByRole('combobox').selectOption('desk/damaged-mug-replacement.toml');
  await expect(page.locator('.cm-content')).toContainText('Mug broken in transit');
  await expect(status(page)).toContainText('No findings.');
  await expect(served.getByRole('button', { name: 'Save', exact: true })).toBeDisabled();
  await expectAccessible(page);
  await append(page, '# seen in the browser');
  await served.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(served).toContainText('As served.');
  expect(await readFile(join(folder, 'damaged-mug-replacement.toml'), 'utf8')).toContain('# seen in the browser');
  await page.keyboard.press('Escape');
  await append(page, 'broken = ');
  await served.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(served.getByRole('alert')).toContainText('not written');
  // Another file waits for an answer, and the list stays with the one that is open.
  await served.getByRole('combobox').selectOption('desk/duplicate-charge-refund.toml');
  await page.getByRole('dialog').getByRole('button', { name: 'Keep editing' }).click();
  await expect(served.getByRole('combobox')).toHaveValue('desk/damaged-mug-replacement.toml');
  await expect(page.locator('.cm-content')).toContainText('broken =');
  await server.stop();
});

test('saves a task of one’s own beside the served ones, and over none of them unasked', async ({ page }) => {
  const { folder, server, served } = await openServed(page);
  const mug = join(folder, 'damaged-mug-replacement.toml');
  const before = await readFile(mug, 'utf8');
  await served.getByRole('combobox').selectOption('desk/damaged-mug-replacement.toml');
  await expect(served).toContainText('As served.');
  const own = before.replaceAll('damaged-mug-replacement', 'chipped-bowl').replaceAll('mug', 'bowl').replaceAll('Mug', 'Bowl');
  await page.locator('.file-button input').setInputFiles({ name: 'own.toml', mimeType: 'application/toml', buffer: Buffer.from(own) });
  await expect(served.getByRole('button', { name: 'Save', exact: true })).toBeDisabled();
  await expect(served.getByRole('combobox')).toHaveValue('');
  await served.getByRole('button', { name: 'Save as…' }).click();
  const dialog = page.getByRole('dialog', { name: 'Save the task as' });
  await expect(dialog.getByRole('textbox')).toHaveValue('desk/chipped-bowl.toml');
  await dialog.getByRole('textbox').fill('desk/damaged-mug-replacement');
  await expect(dialog.getByRole('status')).toContainText('is there');
  await expect(dialog.getByRole('button', { name: 'Replace' })).toBeVisible();
  await expectAccessible(page);
  await dialog.getByRole('textbox').fill('desk/chipped-bowl.toml');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await expect(served).toContainText('As served.');
  await expect(served.getByRole('combobox')).toHaveValue('desk/chipped-bowl.toml');
  expect(await readFile(join(folder, 'chipped-bowl.toml'), 'utf8')).toBe(own);
  expect(await readFile(mug, 'utf8')).toBe(before);
  await page.getByRole('button', { name: 'New' }).click();
  await page.getByRole('button', { name: 'Start' }).click();
  await expect(page.locator('.cm-content')).not.toContainText('chipped-bowl');
  await expect(served.getByRole('button', { name: 'Save', exact: true })).toBeDisabled();
  await server.stop();
});

test('of two who change a file, the second chooses which text stays', async ({ page }) => {
  const { folder, server, served } = await openServed(page);
  const mug = join(folder, 'damaged-mug-replacement.toml');
  const text = await readFile(mug, 'utf8');
  const save = served.getByRole('button', { name: 'Save', exact: true });
  await served.getByRole('combobox').selectOption('desk/damaged-mug-replacement.toml');
  await expect(served).toContainText('As served.');
  await append(page, '# mine');
  await writeFile(mug, `# theirs\n${text}`);
  await save.click();
  await expect(served.getByRole('alert')).toContainText('changed since you opened it');
  await served.getByText('Show difference').click();
  await expect(served.locator('del')).toHaveText(['- # theirs']);
  await expect(served.locator('ins').last()).toHaveText('+ # mine');
  await expectAccessible(page);
  await served.getByRole('button', { name: /^Reload/ }).click();
  await expect(served.getByRole('alert')).toHaveCount(0);
  await expect(page.locator('.cm-content')).toContainText('# theirs');
  await expect(served).toContainText('As served.');
  await append(page, '# mine');
  await writeFile(mug, `# theirs again\n${text}`);
  await save.click();
  await served.getByRole('button', { name: /^Keep mine/ }).click();
  await expect(served).toContainText('As served.');
  await expect(served.getByRole('alert')).toHaveCount(0);
  expect(await readFile(mug, 'utf8')).toMatch(/^# theirs\n[^]*# mine$/);
  await server.stop();
});

test('shows no served file without --allow-edit', async ({ page, server }) => {
  await openAuthor(page, server);
  await expect(page.getByText('Served files')).toHaveCount(0);
});
