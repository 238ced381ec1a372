import { deflateRawSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { readContents, unpack, type Contents, type Report, type Trial } from '../src/report/contents';
import { commonCauses, partMeans, rewardCurve } from '../src/report/figures';
import { keepsTask, keptTrials, NO_FILTER, readHash, START, writeHash, type Filter } from '../src/report/filter';
import { sortRuns } from '../src/report/Leaderboard';
import { dashOf, runClass, shapeOf } from '../src/report/Mark';
import { compact, dollars, percent, seconds } from '../src/report/words';

const CONTENTS = {
  version: 1,
  support_ops: '0.1.0',
  notes: [],
  common_tasks: [0],
  attempts: null,
  left_out: null,
  tasks: [
    { id: 'mug', title: 'A broken mug', difficulty: 'easy', split: 'train', case: null, path: null },
    { id: 'card', title: 'A charge', difficulty: 'hard', split: 'test', case: 5, path: null },
  ],
  runs: [
    {
      label: 'b',
      figures: { score: { mean: 0.5 }, errors: {}, passes: [] },
      trials: {
        task: [0, 1],
        seed: [null, 7],
        repeat: [0, 2],
        ended: [0, 1],
        score: [1, 0],
        passed: [1, 0],
        parts: [2, 3],
        rewards: [4, 6],
        seconds: [1, 2],
        usage: [
          [0, 0, 0],
          [1, 2, 3],
        ],
        cost: [null, 0.1],
        errors: [7, 7],
        error: [null, 8],
        deviation: [null, 9],
        episode: [null, 0],
      },
    },
    { label: 'a', figures: { score: { mean: 0.75 }, errors: {}, passes: [] }, trials: { task: [] } },
  ],
  episodes: [{ steps: [{ kind: 10, argument: 11, reward: 0, shown: null, error: null, score: null }], note: null, score: null, explanation: null }],
  pool: [
    'submitted',
    'failed',
    [1, 1, 1, null],
    [0, 0.5, null, null],
    [0.05, 1],
    { objective: 'o', message: 'm', workspace: 'w' },
    [0.05, 0, 0.1],
    {},
    ['timeout', 'too slow'],
    [2, 'reply', 'no word of it'],
    'draft_reply',
    'Hello',
  ],
} as unknown as Contents;

const report: Report = readContents(CONTENTS);
const trials = report.runs.flatMap((run) => run.trials);

test('columns are read as rows, and numbers as what they stand for', async () => {
  const packed = deflateRawSync(JSON.stringify(CONTENTS)).toString('base64');
  expect(await unpack(packed)).toEqual(CONTENTS);
  expect(trials.map(({ key, ended, passed }) => [key, ended, passed])).toEqual([
    ['1~mug', 'submitted', true],
    ['1~card~s7~r2', 'failed', false],
  ]);
  const [first, second] = trials as [Trial, Trial];
  expect(second.error).toEqual({ kind: 'timeout', message: 'too slow' });
  expect(second.deviation).toEqual({ step: 2, kind: 'reply', reason: 'no word of it' });
  expect(report.episode(first)).toBe(null);
  expect(report.episode(second)?.steps).toEqual([{ action: 'draft_reply', argument: 'Hello', reward: 0, shown: null, error: null, score: null }]);
  expect(report.episode(second)?.case?.message).toBe('m');
});

test.each<[Partial<Filter>, string[]]>([
  [{}, ['1~mug', '1~card~s7~r2']],
  [{ search: ' MUG ' }, ['1~mug']],
  [{ search: 'charge' }, ['1~card~s7~r2']],
  [{ difficulty: 'hard' }, ['1~card~s7~r2']],
  [{ split: 'train' }, ['1~mug']],
  [{ result: 'passed' }, ['1~mug']],
  [{ result: 'failed' }, ['1~card~s7~r2']],
  [{ end: 'failed' }, ['1~card~s7~r2']],
  [{ end: 'timeout' }, ['1~card~s7~r2']],
  [{ deviation: 'steps' }, []],
  [{ hidden: [0] }, []],
  [{ tasks: 'common' }, ['1~mug']],
])('%j leaves %j', (filter, expected) => {
  expect(keptTrials(report, { ...NO_FILTER, ...filter }).map(({ key }) => key)).toEqual(expected);
});

test('the address says what is on show, and no address breaks the page', () => {
  const views = [START, { filter: { ...NO_FILTER, hidden: [1], search: 'a&b=#c', result: 'failed' }, trial: '1~mug', sort: '-cost' }];
  for (const view of views) expect(readHash(writeHash(view), 2)).toEqual(view);
  expect(writeHash(START)).toBe('');
  expect(readHash('#without=9,0,-1,x,2,2&trial=&sort=%E0%A4%A', 2)).toEqual({ filter: { ...NO_FILTER, hidden: [1] }, trial: '', sort: expect.any(String) });
  expect(keepsTask({ ...NO_FILTER, difficulty: 'no such' }, report.tasks[0]!, null)).toBe(false);
});

test('runs are sorted both ways', () => {
  const order = (sort: string) => sortRuns(report, sort, null).map(({ label }) => label);
  expect(order('score')).toEqual(['a', 'b']);
  expect(order('-score')).toEqual(['b', 'a']);
  expect(order('run')).toEqual(['a', 'b']);
  expect(order('no such')).toEqual(['a', 'b']);
  // What filters leave ranks them otherwise.
  expect(sortRuns(report, 'shown', new Map([[0, trials]])).map(({ label }) => label)).toEqual(['b', 'a']);
});

test('64 runs have a colour and a shape of their own, and 32 a shape and a dash', () => {
  const runs = Array.from({ length: 64 }, (_, run) => run);
  const distinct = (some: number[], mark: (run: number) => string) => new Set(some.map(mark)).size;
  expect(distinct(runs, (run) => `${runClass(run)} ${shapeOf(run)}`)).toBe(64);
  expect(distinct(runs.slice(0, 32), (run) => `${shapeOf(run)} ${dashOf(run)}`)).toBe(32);
});

test('what has ended keeps what it was paid', () => {
  expect(rewardCurve(trials).map((value) => Number(value.toFixed(4)))).toEqual([0, 0.05, 0.55, 0.6]);
  expect(rewardCurve([])).toEqual([]);
});

test('a part that a trial lacks does not count', () => {
  expect(partMeans(trials)).toEqual([0.5, 0.75, 1, null]);
});

test('equal reasons are counted together', () => {
  const [, strayed] = trials as [Trial, Trial];
  expect(commonCauses([strayed, ...trials], 5).map(({ reason, trials: own }) => [reason, own.length])).toEqual([['no word of it', 2]]);
});

test('figures are short', () => {
  expect([0, 0.5, 0.999, 0.99999, 1, 0.0001].map(percent)).toEqual(['0 %', '50 %', '99.9 %', '100 %', '100 %', '0 %']);
  expect([0, 9_999, 12_345, 2_500_000].map(compact)).toEqual(['0', '9,999', '12.3k', '2.5M']);
  expect([null, 0, 0.0012, 1.5].map(dollars)).toEqual(['–', '$0', '$0.0012', '$1.50']);
  expect([0.0004, 0.25, 3.21, 250].map(seconds)).toEqual(['0 ms', '250 ms', '3.2 s', '4 min']);
});
