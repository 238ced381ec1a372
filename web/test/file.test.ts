import { expect, test } from 'vitest';
import { needsCase, readEpisodeFile, writeEpisodeFile } from '../src/model/file';
import { addStep, beginEpisode } from '../src/model/episode';
import { envelope, inspect, review } from './build';

test('what is written is read again', () => {
  const episode = addStep(addStep(beginEpisode({ seed: 9 }, envelope({ metadata: { seed: 9, pack_digest: 'sha256:x' } })), review, envelope()), inspect, envelope());
  expect(readEpisodeFile(writeEpisodeFile(episode))).toEqual({ pack_digest: 'sha256:x', reset: { task_id: 'mug', seed: 9 }, actions: [review, inspect] });
});

test('lists and lines of actions are read', () => {
  const lines = `${JSON.stringify(review)}\n\n${JSON.stringify(inspect)}\n`;
  expect(readEpisodeFile(lines).actions).toEqual([review, inspect]);
  expect(readEpisodeFile(JSON.stringify([review, { action: inspect }])).actions).toEqual([review, inspect]);
  expect(readEpisodeFile(JSON.stringify(review)).actions).toEqual([review]);
  expect(readEpisodeFile('[{"action_type":"review_ticket","query":null,"metadata":{}}]').actions).toEqual([review]);
});

test('a file of actions alone does not say which case it is of', () => {
  expect(needsCase(readEpisodeFile(JSON.stringify([review])).reset)).toBe(true);
  expect(needsCase({ difficulty: 'easy' })).toBe(true);
  expect([{ task_id: 'mug' }, { seed: 0 }, { index: 1 }].map(needsCase)).toEqual([false, false, false]);
});

test('what `play --record` and `run --json` write is read, with how it was begun', () => {
  const lines = (...values: unknown[]) => values.map((value) => JSON.stringify(value)).join('\n');
  const begun = { pack_digest: 'sha256:x', reset: { task_id: 'mug', seed: 7 } };
  expect(readEpisodeFile(`# a remark\n${lines(begun, review, inspect)}\n`)).toEqual({ ...begun, actions: [review, inspect] });
  expect(readEpisodeFile(lines({ reset: { task_id: 'mug' } }))).toEqual({ pack_digest: null, reset: { task_id: 'mug' }, actions: [] });
  const observation = { metadata: { seed: 7, pack_digest: 'sha256:x' } };
  const reset = { event: 'reset', task_id: 'mug', action: null, observation };
  const events = [reset, { event: 'step', task_id: 'mug', action: review, observation }, { event: 'end', task_id: 'mug', score: null }];
  expect(readEpisodeFile(lines(...events))).toEqual({ ...begun, actions: [review] });
  expect(() => readEpisodeFile(lines(...events, reset))).toThrow('2 episodes');
});

test('what cannot be read is told', () => {
  const check = (text: string, said: string) => expect(() => readEpisodeFile(text)).toThrow(said);
  check('', 'empty');
  check('{"x":1}', 'no list `actions`');
  check('{"action_type":"review_ticket"}\nnope', 'Line 2');
  check('[{"action_type":"fly"}]', 'Action 1');
  check('[{"action_type":"search_policy","query":3}]', '`query`');
  check(JSON.stringify(new Array(1001).fill(review)), '1000');
});
