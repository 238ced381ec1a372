// Play and understand: a person's whole path through each task.
import { act, CASES, expect, expectAccessible, getState, openPlay, reset, test, win } from './fixtures';

for (const played of CASES) {
  test(`wins ${played.id} and sees why`, async ({ page, server }) => {
    await openPlay(page, server);
    await reset(page, played.title);
    await expect(page.getByText('The customer writes')).toBeVisible();
    await expect(page.getByRole('heading', { level: 2, name: played.title })).toBeFocused();

    await act(page, 'Ticket');
    const ticket = page.locator('[data-sheet="ticket"]');
    await expect(ticket.getByText('Subject')).toBeVisible();
    await ticket.getByRole('button', { name: 'Raw' }).click();
    await expect(ticket.getByLabel(/raw text/)).toContainText('Customer:');

    for (const record of played.records) await act(page, 'Record', record);
    await expect(page.locator('.sheet').first().getByRole('table').first()).toBeVisible();

    await act(page, 'Policy', played.policy.replace('_', ' ').slice(0, 6));
    await act(page, 'Policy', played.policy);
    await expect(page.locator(`[data-sheet="policy:${played.policy}"] .prose li`).first()).toBeVisible();

    await act(page, 'Reply', played.reply);
    await expect(page.locator('[data-sheet="draft"]')).toContainText(played.reply);
    await act(page, 'Resolve', played.resolution);

    const result = page.locator('.result');
    await expect(result.getByRole('heading', { name: 'Why this score' })).toBeFocused();
    await expect(result.locator('.verdict .badge')).toHaveText('passed');
    await expect(result.locator('.big-score')).toHaveText(/^(1\.00|0\.9\d+)$/);
    await expect(result.locator('.score-part')).toHaveCount(4);
    await expect(result.getByRole('img', { name: /^Score/ })).toHaveAccessibleName(/resolution 0\.50 of 0\.50/);
    await expect(result.locator('mark.met').first()).toBeVisible();
    await expect(result.locator('.verdicts .tone.met').first()).toBeVisible();
    await result.getByText(/One way that wins/).click();
    await expect(result.locator('.path li').first()).toBeVisible();
    await expect(page.locator('.timeline').getByRole('img')).toHaveAccessibleName(/steps, rewards of/);
    await expect(page.locator('.evidence .missed')).toHaveCount(0);
  });
}

test('tells what was missed', async ({ page, server }) => {
  await openPlay(page, server);
  await reset(page, /Urgent refund/);
  await act(page, 'Ticket');
  await act(page, 'Record', 'payment');
  await act(page, 'Reply', 'We cannot verify your identity. We have refunded the $1,243.79. Please send me your password.');
  await act(page, 'Resolve', 'refund full order');
  const result = page.locator('.result');
  await expect(result.locator('.verdict')).toContainText('not passed');
  // Both causes are named, and what was earned is struck out.
  await expect(result.locator('.verdict')).toContainText('harmful resolution refund_full_order');
  await expect(result.locator('.verdict')).toContainText('forbidden phrase asks-secret');
  await expect(result.locator('.score-parts s').first()).toBeVisible();
  await expect(result.getByRole('img', { name: /^Score/ })).toHaveAccessibleName(/taken away/);
  // Each reason once, in words.
  await expect(result.getByText('“cannot” denies “verify your identity”')).toHaveCount(1);
  await expect(result).not.toContainText(/ at \d+\.\.\d+/);
  const fold = result.locator('.verdicts .fold').first();
  await fold.click();
  await expect(fold).toContainText('fewer');
  await expect(result.locator('.verdicts').getByText('would fail the reply').first()).toBeVisible();
  const missed = result.getByRole('region', { name: 'What was missed' });
  await expect(missed).toContainText('policy:account_takeover');
  await expect(missed).toContainText('lock_account_and_escalate_fraud');
  await expect(missed).toContainText('does harm');
  await expect(page.locator('.evidence .missed')).toHaveCount(3);
  const forbidden = result.locator('mark.forbidden').first();
  await forbidden.hover();
  await expect(page.getByRole('tooltip')).toContainText('forbidden phrase');
  await page.mouse.move(0, 0);
  await forbidden.focus();
  await expect(page.getByRole('tooltip')).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('tooltip')).toHaveCount(0);
});

test('a tap on a mark tells its verdict, another hides it', async ({ browser, server }) => {
  const context = await browser.newContext({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });
  const page = await context.newPage();
  await openPlay(page, server);
  await reset(page, /Mug broken/);
  await act(page, 'Reply', 'We cannot send you a replacement for the mug that arrived broken. We are sorry.');
  await act(page, 'Resolve', 'send replacement');
  const marks = page.locator('.result mark');
  const tip = page.getByRole('tooltip');
  await expect(marks.first()).toBeVisible();
  // No pointer but the finger.
  await page.mouse.move(0, 0);
  await marks.first().tap();
  await expect(tip).toBeVisible();
  await marks.first().tap();
  await expect(tip).toHaveCount(0);
  await marks.first().tap();
  await expect(tip).toBeVisible();
  await marks.last().tap();
  await expect(tip).toHaveCount(1);
  await page.locator('.big-score').tap();
  await expect(tip).toHaveCount(0);
  await context.close();
});

test('on a phone what a step opened comes into view', async ({ page, server }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await openPlay(page, server);
  await reset(page, /Mug broken/);
  for (const [kind, value, sheet] of [['Ticket', '', 'ticket'], ['Record', 'order', 'artifact:order'], ['Policy', 'damaged_items', 'policy:damaged_items']] as const) {
    await act(page, kind, value);
    await expect(page.locator(`[data-sheet="${sheet}"] .sheet-head`)).toBeInViewport({ ratio: 1 });
  }
});

test('Reset begins what is on show, and asks before it ends an episode', async ({ page, server }) => {
  await openPlay(page, server);
  await page.keyboard.press('/');
  await expect(page.getByLabel('Search the cases')).toBeFocused();
  await page.keyboard.type('charge');
  await expect(page.locator('.picker > summary')).toContainText('1 of 3 cases');
  await expect(page.getByRole('radio', { name: /Duplicate charge/ })).toBeChecked();
  await expect(page.getByRole('radio', { name: /Any case/ })).toHaveCount(0);
  await page.keyboard.press('Enter');
  await expect(page.locator('.case-meta')).toContainText('duplicate-charge-refund');
  await act(page, 'Ticket');
  const reset = page.locator('.picker-end').getByRole('button', { name: 'Reset' });
  await reset.click();
  const question = page.getByRole('dialog', { name: 'Leave this case?' });
  await expect(question).toContainText('1 step');
  await expectAccessible(page);
  await question.getByRole('button', { name: 'Keep playing' }).click();
  await expect(page.locator('[data-sheet="ticket"]')).toBeVisible();
  await reset.click();
  await question.getByRole('button', { name: 'Reset' }).click();
  await expect(page.locator('[data-sheet="ticket"]')).toHaveCount(0);
  await page.getByLabel('Search the cases').fill('nothing at all');
  await expect(reset).toBeDisabled();
});

test('finds cases by words, difficulty, tag and seed', async ({ page, server }) => {
  await openPlay(page, server);
  const list = page.getByRole('group', { name: 'Case', exact: true });
  await expect(list.getByRole('radio')).toHaveCount(4);
  await page.getByRole('button', { name: 'billing' }).click();
  await expect(list.getByRole('radio')).toHaveCount(2);
  await page.getByRole('button', { name: 'hard' }).click();
  await expect(list.getByRole('radio')).toHaveCount(1);
  await page.getByRole('button', { name: 'hard' }).click();
  await page.getByLabel('Search the cases').fill('twice nothing');
  await expect(page.getByText('No case fits')).toBeVisible();
  await page.getByLabel('Search the cases').fill('');
  await page.getByRole('button', { name: 'billing' }).click();
  await page.getByRole('radio', { name: /Any case/ }).check();
  await page.getByRole('textbox', { name: 'Seed' }).fill('x');
  await page.getByRole('button', { name: 'Reset' }).click();
  await expect(page.getByRole('alert')).toContainText('whole number');
  await page.getByRole('textbox', { name: 'Seed' }).fill('4');
  await page.getByRole('button', { name: 'Reset' }).click();
  await expect(page.locator('.case-meta')).toContainText('seed 4');
  await expect(page.locator('.case-meta')).toContainText('duplicate-charge-refund');
});

test('shows state, JSON, a mistake in play, and a step that changes nothing', async ({ page, server }) => {
  await openPlay(page, server);
  await reset(page, /Mug broken/);
  await act(page, 'Policy', 'zzzz qqqq');
  await expect(page.locator('[data-sheet^="search:"]')).toContainText(/none is near|nearest/i);
  await expect(page.locator('.actions .last')).toContainText('No policy found');
  await getState(page);
  await expect(page.getByLabel('State as JSON')).toContainText('"required_evidence"');
  await page.getByText('Observation as JSON').click();
  await expect(page.getByLabel('Observation as JSON')).toContainText('"customer_message"');
  const before = await page.locator('.figures dd').first().innerText();
  await page.locator('.actions').getByRole('radio', { name: 'Reply' }).check();
  await expect(page.locator('#step')).toBeDisabled();
  expect(await page.locator('.figures dd').first().innerText()).toBe(before);
});

test('ends when no steps remain', async ({ page, server }) => {
  await openPlay(page, server);
  await reset(page, /Mug broken/);
  for (let step = 0; step < 8; step += 1) {
    await expect(page.locator('.actions .warning')).toHaveCount(step === 7 ? 1 : 0);
    await act(page, 'Ticket');
  }
  await expect(page.getByRole('heading', { name: 'You ran out of steps' })).toBeVisible();
  await expect(page.getByRole('heading', { name: 'Why this score' })).toBeVisible();
  await expect(page.getByRole('region', { name: 'What was missed' })).toContainText('No resolution was submitted');
  await page.locator('.actions').getByRole('button', { name: 'Reset' }).click();
  await expect(page.locator('.figures dd').first()).toHaveText('8 of 8');
});

test('a reload brings the episode back', async ({ page, server }) => {
  await openPlay(page, server);
  await win(page, CASES[0]!);
  const score = await page.locator('.big-score').innerText();
  await page.reload();
  await expect(page.locator('.big-score')).toHaveText(score);
  await expect(page.locator('.timeline rect.bar')).toHaveCount(5);
});

test('is accessible at every stage', async ({ page, server }) => {
  await openPlay(page, server);
  await expectAccessible(page);
  await reset(page, /Urgent refund/);
  await expectAccessible(page);
  await act(page, 'Record', 'risk log');
  await act(page, 'Policy', 'account');
  for (const kind of ['Record', 'Policy', 'Reply', 'Resolve'] as const) {
    await page.locator('.actions').getByRole('radio', { name: kind, exact: true }).check();
    await expectAccessible(page);
  }
  await act(page, 'Reply', 'We cannot refund. Please send me your password.');
  await act(page, 'Resolve', 'refund full order');
  await page.getByText(/One way that wins/).click();
  await page.getByText('As a table').click();
  await getState(page);
  await expectAccessible(page);
  await page.getByRole('button', { name: 'Help and shortcuts' }).click();
  await expectAccessible(page);
});
