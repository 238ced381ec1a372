// The report over runs: one file, opened from disk.
import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { expect, expectAccessible, expectNoSidewaysScroll, test } from './fixtures';
import { change, makeFolder, playRuns, supportOps, writeReport, type Folder } from './reports';

const TASKS = ['tasks', 'tests/fixtures/good/market-hall', 'tests/fixtures/good/appointment-desk'];
const images = new URL('../../docs/images', import.meta.url).pathname;

let folder: Folder;
let url: string;
test.beforeAll(() => {
  folder = makeFolder();
  playRuns(folder.path, TASKS, { 'careful-agent': 0.9, 'hasty-agent': 0.65 });
  url = writeReport(folder.path, TASKS);
});
test.afterAll(() => folder.remove());

async function openReport(page: Page, address = url): Promise<void> {
  await page.goto(address);
  await expect(page.getByRole('heading', { name: 'Leaderboard' })).toBeVisible();
}

const cell = (page: Page, run: string, task: RegExp) => page.getByRole('button', { name: new RegExp(`^${run}, ${task.source}`) });
const counted = (page: Page) => page.getByRole('status');

test('opens from disk, asks for nothing else, and says what was played', async ({ page }) => {
  const asked: string[] = [];
  page.on('request', (request) => asked.push(request.url()));
  await openReport(page);
  expect(asked.filter((address) => !address.startsWith('data:'))).toEqual([url]);
  const board = page.getByRole('table', { name: 'The figures of each run over all its trials' });
  await expect(board.getByRole('row')).toHaveCount(5);
  await expect(board.getByRole('row').nth(1)).toContainText('oracle');
  await expect(board.getByRole('row').nth(1)).toContainText('1.0000');
  await board.getByRole('button', { name: 'Run' }).click();
  await expect(board.getByRole('row').nth(1)).toContainText('careful-agent');
  await expect(board.getByRole('columnheader', { name: 'Run' })).toHaveAttribute('aria-sort', 'ascending');
  await board.getByRole('button', { name: 'Mean score' }).click();
  await expect(page.getByRole('table', { name: 'The mean score of each task and run' }).getByRole('rowgroup')).toHaveCount(4);
  await expect(page.getByRole('table', { name: 'The mean value of each criterion by run' }).getByRole('row')).toHaveCount(5);
  await expect(page.getByRole('img', { name: /^Mean reward so far by step, for oracle/ })).toBeVisible();
  await expect(page.getByRole('table', { name: 'The number of trials by run and kind of deviation' })).toContainText('hasty-agent');
  const policy = await page.locator('meta[http-equiv="Content-Security-Policy"]').getAttribute('content');
  expect(policy).toContain("default-src 'none'");
  expect(policy).not.toContain('unsafe');
});

test('filters narrow what is shown, and stand in the address', async ({ page }) => {
  await openReport(page);
  await expect(counted(page)).toHaveText('144 trials');
  await page.getByLabel('Difficulty').selectOption('easy');
  await page.getByLabel('Result').selectOption('failed');
  await expect(counted(page)).toHaveText(/^\d+ of 144 trials$/);
  await page.getByRole('checkbox', { name: 'Show cheat:keyword-dump below' }).uncheck();
  await page.getByRole('searchbox', { name: 'Task' }).fill('mug');
  await expect(page.locator('.heat-map tbody tr:not(.group)')).toHaveCount(1);
  const narrowed = await counted(page).textContent();
  // The leaderboard keeps its figures and says so; beside them stands what the filters leave.
  const board = page.locator('.leaderboard');
  await expect(board).toContainText('Filters do not change these figures');
  await expect(board.getByRole('row', { name: /oracle/ })).toContainText(/1\.0000.*0 of 36 trials/);
  await board.getByRole('button', { name: 'On show' }).click();
  await expect(board.getByRole('columnheader', { name: 'On show' })).toHaveAttribute('aria-sort', 'descending');
  await expect(board.getByRole('row').nth(1)).toContainText('hasty-agent');
  await board.getByRole('button', { name: 'Mean score' }).click();
  const address = page.url();
  expect(address).toContain('difficulty=easy');
  await page.goto('about:blank');
  await openReport(page, address);
  await expect(counted(page)).toHaveText(narrowed ?? '');
  await expect(page.getByLabel('Difficulty')).toHaveValue('easy');
  await expect(page.getByRole('checkbox', { name: 'Show cheat:keyword-dump below' })).not.toBeChecked();
  await page.getByRole('searchbox', { name: 'Task' }).fill('no such task');
  await expect(page.getByText('No trial is left. Clear a filter.').first()).toBeVisible();
  await page.getByRole('button', { name: 'Clear', exact: true }).click();
  await expect(counted(page)).toHaveText('144 trials');
  expect(new URL(page.url()).hash).toBe('');
  await expect(board).not.toContainText('On show');
});

test('runs that played different tasks are told apart from those that can be ranked', async ({ page }) => {
  const own = makeFolder();
  supportOps(['eval', '--agent', 'oracle', '--repeats', '3', '--out', join(own.path, 'all')]);
  supportOps(['eval', '--agent', 'nop', '--repeats', '2', '--difficulty', 'easy', '--out', join(own.path, 'easy')]);
  await openReport(page, writeReport(own.path, ['tasks']));
  await expect(page.locator('.notes li')).toHaveText([/all runs played 1 of the 3 tasks/, /of k = 2/]);
  await expect(page.locator('.leaderboard').getByRole('columnheader')).toContainText(['Tasks', 'pass^2']);
  await page.getByLabel('Played by').selectOption('All runs');
  await expect(counted(page)).toHaveText('5 of 11 trials');
  await expect(page.locator('.heat-map tbody tr:not(.group)')).toHaveCount(1);
  own.remove();
});

test('each of many runs has a mark of its own, in colour and without', async ({ page }) => {
  const own = makeFolder();
  for (let at = 0; at < 17; at += 1) supportOps(['eval', '--agent', 'nop', '--label', `run ${at}`, '--out', join(own.path, `${at}`)]);
  await openReport(page, writeReport(own.path, ['tasks']));
  const marks = await page.locator('.curve-legend svg').evaluateAll((all) =>
    all.map((svg) => {
      const shape = svg.querySelector('.run-point')?.getAttribute('d') ?? '';
      return [`${getComputedStyle(svg).getPropertyValue('--tone')} ${shape}`, `${svg.querySelector('.curve')?.getAttribute('stroke-dasharray')} ${shape}`];
    }),
  );
  expect(marks.length).toBe(17);
  for (const way of [0, 1]) expect(new Set(marks.map((mark) => mark[way])).size).toBe(17);
  own.remove();
});

test('a trial is looked at step by step, with the grader’s marks and reasons', async ({ page }) => {
  await openReport(page);
  await cell(page, 'cheat:keyword-dump', /Mug broken/).click();
  const viewer = page.locator('.viewer');
  await expect(viewer.getByRole('heading', { name: /Mug broken in transit/ })).toBeFocused();
  await expect(viewer.locator('.verdict')).toContainText('not passed');
  await expect(viewer.locator('.played > li').last()).toContainText('Resolve');
  await expect(viewer.locator('.warning').first()).toContainText(/at step \d/);
  await expect(viewer.locator('.marked mark').first()).toBeVisible();
  await viewer.locator('.marked mark').first().focus();
  await expect(viewer.getByRole('tooltip')).toBeVisible();
  await expect(viewer.locator('.verdicts li').first()).toBeVisible();
  await expect(viewer.locator('.missed')).toContainText('Never looked at');
  const address = page.url();
  // Another run's trial of the same task, then back.
  await viewer.getByLabel('Run').selectOption({ label: 'oracle' });
  await expect(viewer.locator('.verdict')).toContainText('1.00');
  await viewer.getByText('What came back').first().click();
  await expect(viewer.locator('pre').first()).toContainText('ORD-');
  await page.goBack();
  expect(page.url()).toBe(address);
  await expect(viewer.locator('.verdict')).toContainText('not passed');
  await viewer.getByRole('button', { name: 'The next trial in the list' }).click();
  expect(page.url()).not.toBe(address);
});

test('all of it can be reached by keyboard', async ({ page }) => {
  await openReport(page);
  await page.locator('.cell[tabindex="0"]').focus();
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowUp');
  await expect(page.locator('.cell:focus')).toHaveAttribute('data-cell', '1 1');
  await expect(page.locator('.cell[tabindex="0"]')).toHaveCount(1);
  await page.keyboard.press('Enter');
  await expect(page.locator('#viewer-title')).toBeFocused();
  await page.locator('.sort').first().focus();
  await page.keyboard.press('Enter');
  await expect(page.locator('th[aria-sort="ascending"]')).toContainText('Run');
  await page.locator('.trial-button').nth(1).focus();
  await page.keyboard.press('Enter');
  await expect(page.locator('.trial-button').nth(1)).toHaveAttribute('aria-pressed', 'true');
});

for (const colorScheme of ['light', 'dark'] as const) {
  test(`is accessible and fits a small screen, ${colorScheme}`, async ({ page }) => {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await openReport(page);
    await expectAccessible(page);
    await cell(page, 'hasty-agent', /Mug broken/).click();
    await page.setViewportSize({ width: 320, height: 700 });
    await expectNoSidewaysScroll(page);
    await expectAccessible(page);
  });
}

test('prints in light, without what cannot be pressed on paper', async ({ page }) => {
  await page.setViewportSize({ width: 704, height: 1000 });
  await openReport(page);
  await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
  for (const gone of ['.filters', '.look-at', '.run-cell input', '.causes button']) await expect(page.locator(gone).first()).toBeHidden();
  for (const kept of ['.leaderboard', '.heat', '.parts', '.curves']) await expect(page.locator(kept)).toBeVisible();
  expect(await page.evaluate(() => getComputedStyle(document.body).backgroundColor)).toBe('rgb(255, 255, 255)');
  expect(await page.locator('.leaderboard tbody th').first().evaluate((head) => getComputedStyle(head).color)).toBe('rgb(29, 34, 38)');
  await expectNoSidewaysScroll(page);
  const pdf = await page.pdf({ format: 'A4', preferCSSPageSize: true });
  expect(pdf.length).toBeGreaterThan(20_000);
});

test('without the pack it shows what was done, and says so', async ({ page }) => {
  const own = makeFolder();
  supportOps(['eval', '--agent', 'oracle', '--tasks', 'tests/fixtures/good/market-hall', '--out', join(own.path, 'run')]);
  await openReport(page, writeReport(own.path, ['tasks']));
  const viewer = page.locator('.viewer');
  await expect(viewer.locator('.warning')).toContainText('--tasks');
  await expect(viewer.locator('.played > li').first()).toContainText('Ticket');
  await expect(viewer.locator('.score-parts')).toContainText('Evidence');
  own.remove();
});

test('texts of others are shown, and do nothing', async ({ page }) => {
  page.on('dialog', (dialog) => {
    throw new Error(`a dialog: ${dialog.message()}`);
  });
  const own = makeFolder();
  const run = join(own.path, 'run');
  const hostile = '</script><script>window.pwned = 1</script><img src=x onerror="window.pwned = 1">\u2028\u202e%REPORT%\u0000';
  supportOps(['eval', '--agent', 'oracle', '--tasks', 'tests/browser/hostile', '--repeats', '2', '--out', run]);
  change(run, (config) => {
    const tasks = (config.tasks as Record<string, unknown>[]).map((task) => ({ ...task, title: hostile }));
    return { ...config, label: hostile, agent: hostile, url: `javascript:${hostile}`, tasks };
  });
  const trials = join(run, 'trials.jsonl');
  const [line = ''] = readFileSync(trials, 'utf8').split('\n');
  const result = { ...(JSON.parse(line) as object), ended: 'failed', passed: false, score: 0, error: { kind: 'program', message: hostile }, deviation: { step: 1, kind: 'stopped', reason: hostile } };
  appendFileSync(trials, `${JSON.stringify(result)}\n`);
  // Exit 1: the log says otherwise.
  await openReport(page, `${writeReport(own.path, ['tests/browser/hostile'], [], 1)}#search=&trial=${encodeURIComponent(hostile)}&sort=${encodeURIComponent('"><b>')}`);
  await expect(page.locator('.leaderboard')).toContainText('</script><script>window.pwned = 1</script>');
  await expect(page.locator('.viewer .error')).toContainText('<img src=x');
  await expect(page.locator('.viewer .message')).toBeVisible();
  expect(await page.evaluate(() => (window as unknown as { pwned?: number }).pwned)).toBeUndefined();
  await expect(page.locator('#app :is(script, iframe, img, style, object, embed, a, [onerror], [onload])')).toHaveCount(0);
  expect(await page.locator('body').innerText()).not.toMatch(/[\u202e\u2028\u0000]/);
  own.remove();
});

test('a file that was cut off says so', async ({ page }) => {
  const own = makeFolder();
  const text = readFileSync(new URL(url).pathname, 'utf8');
  const broken = join(own.path, 'broken.html');
  writeFileSync(broken, text.replace(/(id="contents">.{2000})[^<]*/, '$1'));
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(error.message));
  await page.goto(`file://${broken}`);
  await expect(page.getByText('The report cannot be read: the file was cut off or changed.')).toBeVisible();
  own.remove();
});

for (const colorScheme of ['light', 'dark'] as const) {
  test(`pictures of the report, ${colorScheme}`, async ({ page }) => {
    await page.setViewportSize({ width: 1280, height: 860 });
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    const take = async (name: string) => {
      if (process.env.UPDATE_IMAGES !== '1') return;
      mkdirSync(images, { recursive: true });
      await page.mouse.move(0, 0);
      await page.screenshot({ path: `${images}/${name}-1280-${colorScheme}.png` });
    };
    await openReport(page);
    await take('report');
    await cell(page, 'hasty-agent', /A shirt that came back small/).click();
    await expect(page.locator('#viewer-title')).toBeFocused();
    await page.locator('.viewer .verdict').evaluate((verdict) => scrollTo(0, verdict.getBoundingClientRect().top + scrollY - 150));
    await take('report-trial');
  });
}
