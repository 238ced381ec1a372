// Plays runs with the real binary, and has the report over them written.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const root = new URL('../..', import.meta.url).pathname;
const player = new URL('player.mjs', import.meta.url).pathname;

export interface Folder {
  path: string;
  remove: () => void;
}

export function makeFolder(): Folder {
  const path = mkdtempSync(join(tmpdir(), 'report-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/** What the binary prints; it has to end with this code. */
export function supportOps(args: string[], code = 0): string {
  const binary = process.env.SUPPORT_OPS;
  if (binary === undefined) throw new Error('SUPPORT_OPS names the binary to test; tests/browser/run.sh sets it');
  const done = spawnSync(binary, args, { cwd: root, encoding: 'utf8', maxBuffer: 64 << 20, stdio: ['ignore', 'pipe', 'pipe'] });
  if (done.status !== code) throw new Error(`${args.join(' ')} ended with ${done.status}: ${done.stderr}`);
  return done.stdout;
}

const named = (tasks: string[]) => tasks.flatMap((path) => ['--tasks', path]);

/** Runs by the reference, by a cheat, and by players that are right now and then; each in a folder of its own. */
export function playRuns(folder: string, tasks: string[], skills: Record<string, number>): void {
  supportOps(['eval', '--agent', 'oracle', '--agent', 'cheat:keyword-dump', '--seeds', '1,2', ...named(tasks), '--out', folder]);
  const answers = join(folder, 'answers.jsonl');
  writeFileSync(answers, supportOps(['run', '--agent', 'oracle', '--json', ...named(tasks)]));
  for (const [label, skill] of Object.entries(skills)) {
    supportOps(['eval', '--agent', `cmd:node ${player} ${answers} ${skill}`, '--seeds', '1,2', ...named(tasks), '--out', join(folder, label)]);
    change(join(folder, label), (config) => ({ ...config, label, agent: 'cmd:./agent' }));
  }
}

/** Changes a run's configuration. */
export function change(run: string, by: (config: Record<string, unknown>) => Record<string, unknown>): void {
  const file = join(run, 'config.json');
  writeFileSync(file, JSON.stringify(by(JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>)));
}

/** The report's address. */
export function writeReport(folder: string, tasks: string[], extra: string[] = [], code = 0): string {
  const file = join(folder, 'report.html');
  supportOps(['eval', 'report', folder, '--html', file, ...named(tasks), ...extra], code);
  return `file://${file}`;
}
