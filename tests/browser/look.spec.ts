// Look back: step to and fro, take the episode away, bring one along.
import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { CASES, expect, expectAccessible, openPlay, test, win } from './fixtures';

for (const played of CASES) {
  test(`looks back on ${played.id}, and brings its file along`, async ({ page, server }, info) => {
    await openPlay(page, server);
    await win(page, played);
    const score = await page.locator('.big-score').innerText();
    await page.locator('.actions').getByRole('button', { name: 'Look back' }).click();
    const look = page.getByRole('tabpanel', { name: 'Look back' });
    const steps = played.records.length + 4;
    await expect(look.getByRole('heading', { name: `Step ${steps} of ${steps}` })).toBeVisible();
    expect(await page.evaluate(() => scrollY)).toBe(0);
    await expect(look.locator('.big-score')).toHaveText(score);

    await look.getByRole('button', { name: 'One step back' }).click();
    await expect(look.getByRole('heading', { name: `Step ${steps - 1} of ${steps}` })).toBeVisible();
    await expect(look.locator('.result')).toHaveCount(0);
    await look.getByRole('button', { name: 'To the start' }).click();
    await expect(look.getByText('The customer writes')).toBeVisible();
    await look.getByRole('slider', { name: 'Step' }).press('ArrowRight');
    await expect(look.locator('[data-sheet="ticket"]')).toBeVisible();
    await page.keyboard.press(']');
    await expect(look.getByRole('heading', { name: `Step 2 of ${steps}` })).toBeVisible();

    const [file] = await Promise.all([page.waitForEvent('download'), look.getByRole('button', { name: 'Save the episode' }).click()]);
    const path = info.outputPath('episode.json');
    await file.saveAs(path);
    const saved = JSON.parse(await readFile(path, 'utf8')) as { reset: unknown; actions: unknown[]; pack_digest: string };
    expect(saved.reset).toEqual({ task_id: played.id });
    expect(saved.actions.length).toBe(steps);

    await page.reload();
    await page.locator('.look input[type=file]').setInputFiles(path);
    await expect(look.getByRole('radio', { name: /episode\.json/ })).toBeChecked();
    await expect(look.locator('.big-score')).toHaveText(score);
    await expect(look.getByText('recorded with another version')).toHaveCount(0);
    await look.getByText('As a table').click();
    await look.getByRole('button', { name: 'Go to step 1' }).click();
    await expect(look.getByRole('heading', { name: `Step 1 of ${steps}` })).toBeVisible();
  });
}

test('the curl lines and the Python code play the same episode', async ({ page, server }) => {
  await openPlay(page, server);
  await win(page, CASES[1]!);
  const score = Number(await page.locator('.big-score').innerText());
  await page.getByRole('tab', { name: 'Look back' }).click();
  const taken = page.locator('.copy-as');
  const curl = await taken.locator('pre').innerText();
  const { stdout } = await promisify(execFile)('bash', ['-c', curl], { timeout: 20_000 });
  expect(stdout).toContain(`"reward":${score === 1 ? '1.0' : score}`);

  await taken.getByRole('radio', { name: 'Python' }).check();
  const python = await taken.locator('pre').innerText();
  await promisify(execFile)('python3', ['-c', `compile(${JSON.stringify(python)}, 'episode', 'exec')`]);
  expect(python).toContain(`base_url="${server.url}"`);

  await taken.getByRole('radio', { name: 'examples' }).check();
  const example = await taken.locator('pre').innerText();
  expect(example).toContain('[[examples]]');
  expect(example).toContain('passes = true');
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await taken.getByRole('button', { name: 'Copy' }).click();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(example);
});

test('takes what the terminal records, and the terminal what the page saves', async ({ page, server }, info) => {
  const terminal = (lines: string, ...words: string[]) => {
    const running = promisify(execFile)(process.env.SUPPORT_OPS ?? '', words, { cwd: new URL('../..', import.meta.url).pathname, timeout: 20_000 });
    running.child.stdin?.end(lines);
    return running;
  };
  const fraud = CASES[2]!.id;
  const recorded = info.outputPath('recorded.jsonl');
  await terminal('t\ni account\ns 1\n', 'play', fraud, '--seed', '7', '--record', recorded);
  await openPlay(page, server);
  await page.getByRole('tab', { name: 'Look back' }).click();
  const look = page.getByRole('tabpanel', { name: 'Look back' });
  const open = (path: string) => page.locator('.look input[type=file]').setInputFiles(path);
  await open(recorded);
  await expect(look.getByRole('heading', { name: 'Step 3 of 3' })).toBeVisible();
  await expect(look.locator('.copy-as pre')).toContainText(`{"task_id":"${fraud}","seed":7}`);

  const [file] = await Promise.all([page.waitForEvent('download'), look.getByRole('button', { name: 'Save the episode' }).click()]);
  const saved = info.outputPath('saved.json');
  await file.saveAs(saved);
  const { stdout } = await terminal('', 'run', '--json', '--agent', `script:${saved}`);
  expect(stdout).toContain(`"task_id":"${fraud}"`);
  const events = info.outputPath('events.jsonl');
  await writeFile(events, stdout);
  await open(events);
  await expect(look.getByRole('radio', { name: /events\.jsonl/ })).toBeChecked();
  await expect(look.getByRole('heading', { name: 'Step 3 of 3' })).toBeVisible();
  await expect(look.locator('.copy-as pre')).toContainText(`{"task_id":"${fraud}","seed":7}`);
});

test('takes lists and lines of actions, and says what is wrong with others', async ({ page, server }) => {
  await openPlay(page, server);
  await page.getByRole('tab', { name: 'Look back' }).click();
  const look = page.getByRole('tabpanel', { name: 'Look back' });
  const open = (name: string, text: string) => page.locator('.look input[type=file]').setInputFiles({ name, mimeType: 'application/json', buffer: Buffer.from(text) });
  await open('lines.jsonl', '{"action_type":"review_ticket"}\n{"action_type":"inspect_artifact","artifact_id":"nowhere"}\n');
  // Actions alone do not say which case they were for.
  await look.getByLabel(/Which case was lines\.jsonl/).selectOption('duplicate-charge-refund');
  await expectAccessible(page);
  await look.getByRole('button', { name: 'Play it again' }).click();
  await expect(look.getByRole('heading', { name: 'Step 2 of 2' })).toBeVisible();
  await expect(look.locator('.case-meta')).toContainText('duplicate-charge-refund');
  await expect(look.locator('.file').getByText('unknown artifact')).toBeVisible();
  await open('old.json', '{"pack_digest":"sha256:0","reset":{"task_id":"damaged-mug-replacement"},"actions":[{"action_type":"review_ticket"}]}');
  await expect(look.getByText('recorded with another version')).toBeVisible();
  await expectAccessible(page);
  await open('no.json', '{"x":1}');
  await expect(look.getByRole('alert')).toContainText('no list');
  await open('away.json', '{"reset":{"task_id":"no-such-task"},"actions":[]}');
  await expect(look.getByRole('alert')).toContainText('no-such-task');
});
