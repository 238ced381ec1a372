// Behind a prefix, in the frame of a Space, narrow, dark, and without motion.
import { createServer, request as forward, type Server as HttpServer } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { act, CASES, expect, expectAccessible, expectNoSidewaysScroll, openPlay, reset, test as base, win } from './fixtures';

const test = base;

/** A proxy that serves a server below `/some/prefix`. */
async function behindPrefix(target: string): Promise<{ url: string; close: () => void }> {
  const { hostname, port } = new URL(target);
  const inner = (url: string | undefined) => (url ?? '').replace('/some/prefix', '') || '/';
  const proxy: HttpServer = createServer((incoming, outgoing) => {
    if (!incoming.url?.startsWith('/some/prefix')) return void outgoing.writeHead(404).end();
    const headers = { ...incoming.headers, host: `${hostname}:${port}` };
    delete headers.origin;
    const onward = forward({ host: hostname, port, path: inner(incoming.url), method: incoming.method, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    incoming.pipe(onward);
  });
  proxy.on('upgrade', (incoming, socket) => {
    const onward = connect(Number(port), hostname, () => {
      const lines = Object.entries({ ...incoming.headers, host: `${hostname}:${port}`, origin: target }).map(([key, value]) => `${key}: ${String(value)}`);
      onward.write(`GET ${inner(incoming.url)} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`);
      socket.pipe(onward).pipe(socket);
    });
    onward.on('error', () => socket.destroy());
    socket.on('error', () => onward.destroy());
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}/some/prefix`, close: () => proxy.closeAllConnections() ?? proxy.close() };
}

test('works below any base path', async ({ page, server }) => {
  const proxy = await behindPrefix(server.url);
  await page.goto(`${proxy.url}/web`);
  expect(page.url()).toBe(`${proxy.url}/web/`);
  await win(page, CASES[0]!);
  const score = await page.locator('.big-score').innerText();
  await page.reload();
  await expect(page.locator('.big-score')).toHaveText(score);
  await page.getByRole('tab', { name: 'Look back' }).click();
  await expect(page.locator('.copy-as pre')).toContainText(`${proxy.url}/reset`);
  await page.close();
  proxy.close();
});

test.describe('in the frame of a Space', () => {
  test('plays without cookies', async ({ browser, server }) => {
    const context = await browser.newContext();
    const page = await context.newPage();
    const errors: string[] = [];
    context.on('console', (message) => message.type() === 'error' && errors.push(message.text()));
    await page.route('https://huggingface.co/**', (route) => route.fulfill({ contentType: 'text/html', body: `<!doctype html><title>Space</title><iframe src="${server.url}/web/" width="1200" height="800"></iframe>` }));
    await page.goto('https://huggingface.co/spaces/somebody/something');
    const frame = page.frameLocator('iframe');
    await frame.getByRole('button', { name: 'Reset' }).click();
    await frame.locator('#step').click();
    await expect(frame.locator('[data-sheet="ticket"]')).toBeVisible();
    await frame.getByText('Observation as JSON').click();
    await frame.locator('.json .copy').click();
    await expect(frame.locator('.json .copy')).toHaveText('Copied');
    expect(await context.cookies()).toEqual([]);
    expect(errors.filter((text) => !text.includes('favicon'))).toEqual([]);
    await context.close();
  });
});

for (const width of [1280, 390, 320]) {
  for (const colorScheme of ['light', 'dark'] as const) {
    test(`fits and is accessible at ${width} pixels, ${colorScheme}`, async ({ page, server }) => {
      await page.setViewportSize({ width, height: 844 });
      await page.emulateMedia({ colorScheme });
      await openPlay(page, server);
      await expectNoSidewaysScroll(page);
      await reset(page, /Urgent refund/);
      await act(page, 'Ticket');
      await act(page, 'Record', 'risk log');
      await act(page, 'Policy', 'account_takeover');
      await act(page, 'Reply', 'We have locked your account. We cannot refund. Please send me your password.');
      await act(page, 'Resolve', 'lock account and escalate fraud');
      await page.locator('mark').last().focus();
      await expectNoSidewaysScroll(page);
      await expectAccessible(page);
      await page.getByRole('tab', { name: 'Look back' }).click();
      await expectNoSidewaysScroll(page);
      await expectAccessible(page);
      await page.getByRole('tab', { name: 'Author' }).click();
      await expect(page.locator('.cm-content')).toBeVisible();
      await expectNoSidewaysScroll(page);
      await expectAccessible(page);
    });
  }
}

test('moves nothing for whoever wants no motion', async ({ page, server }) => {
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await openPlay(page, server);
  await reset(page, /Mug broken/);
  await act(page, 'Ticket');
  const moving = await page.evaluate(() => document.getAnimations().length);
  expect(moving).toBe(0);
});
