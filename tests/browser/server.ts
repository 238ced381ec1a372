// Starts the real binary on a free loopback port, and ends it.
import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';

export interface Server {
  url: string;
  stop: () => Promise<void>;
}

export async function startServer(extra: string[] = [], env: Record<string, string> = {}): Promise<Server> {
  const binary = process.env.SUPPORT_OPS;
  if (binary === undefined) throw new Error('SUPPORT_OPS names the binary to test; tests/browser/run.sh sets it');
  const child: ChildProcess = spawn(binary, ['serve', '--host', '127.0.0.1', '--port', '0', ...extra], {
    cwd: new URL('../..', import.meta.url).pathname,
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, ...env },
  });
  const lines: string[] = [];
  const url = await new Promise<string>((resolve, reject) => {
    if (child.stderr === null) return reject(new Error('the server has no stderr'));
    createInterface({ input: child.stderr }).on('line', (line) => {
      lines.push(line);
      const found = / at (http:\/\/[\d.:]+)/.exec(line);
      if (found?.[1] !== undefined) resolve(found[1]);
    });
    child.on('exit', (code) => reject(new Error(`the server ended with ${code}: ${lines.join('\n')}`)));
  });
  return {
    url,
    stop: () =>
      new Promise((resolve) => {
        if (child.exitCode !== null) return resolve();
        child.on('exit', () => resolve());
        child.kill('SIGTERM');
      }),
  };
}
