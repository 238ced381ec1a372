import { expect, test } from 'vitest';
import { announce, resetOf } from '../src/commands';
import { filterTasks, parseSeed, tagsOf } from '../src/model/filter';
import { actionOf, EMPTY_FORM } from '../src/model/form';
import { INITIAL, reduce, type AppState, type Event } from '../src/model/store';
import type { TaskSpec } from '../src/model/wire';
import { envelope, inspect, review, submit } from './build';

const begun: Event = { type: 'begun', reset: { task_id: 'mug' }, envelope: envelope(), wide: false };

function after(...events: Event[]): AppState {
  return events.reduce(reduce, INITIAL);
}

test('a step is kept and its fields are cleared; what was refused stays', () => {
  const chosen = after(begun, { type: 'form', form: { type: 'inspect_artifact', artifact: 'order' } });
  const done = reduce(chosen, { type: 'stepped', action: inspect, envelope: envelope({ remaining_steps: 7 }) });
  expect([done.episode?.steps.length, done.form.artifact, done.busy]).toEqual([1, '', false]);
  const refused = reduce(chosen, { type: 'stepped', action: inspect, envelope: envelope({ last_action_error: 'no' }) });
  expect(refused.form.artifact).toBe('order');
});

test('a new episode forgets the old one', () => {
  const state = after(begun, { type: 'stepped', action: review, envelope: envelope() }, { type: 'state', state: {} }, begun);
  expect([state.episode?.steps.length, state.serverState, state.picking]).toEqual([0, null, false]);
});

test('looking back follows the episode while it stands at its end', () => {
  const step: Event = { type: 'stepped', action: review, envelope: envelope() };
  expect(after(begun, step, step).look.at).toBe(2);
  expect(after(begun, step, { type: 'look', look: { at: 0 } }, step).look.at).toBe(0);
});

test('an explanation without an episode is dropped', () => {
  const explanation = { version: 1, score: null, reply: null, resolution: null, evidence: null, path: null, steps: null };
  expect(after({ type: 'explained', explanation, fresh: true })).toBe(INITIAL);
  const told = after(begun, { type: 'explained', explanation, fresh: true });
  expect([told.episode?.explanation, told.attention]).toEqual([explanation, { to: 'result', turn: 2 }]);
  expect(after(begun, { type: 'explained', explanation, fresh: false }).attention.turn).toBe(1);
});

test('choices become a reset', () => {
  const check = (choice: AppState['choice'], difficulty: string | null, expected: unknown) => {
    expect(resetOf({ ...INITIAL, choice, filter: { ...INITIAL.filter, difficulty } })).toEqual(expected);
  };
  check({ task: 'mug', seed: '' }, 'easy', { task_id: 'mug' });
  check({ task: null, seed: ' 7 ' }, 'hard', { difficulty: 'hard', seed: 7 });
  check({ task: null, seed: '' }, null, {});
  expect(typeof resetOf({ ...INITIAL, choice: { task: null, seed: '-1' } })).toBe('string');
});

test('seeds are whole numbers that JSON carries exactly', () => {
  expect(['', '0', '9007199254740991', '9007199254740992', '1.5', '-1', 'x', '1e3'].map(parseSeed)).toEqual([
    null, 0, 9007199254740991, undefined, undefined, undefined, undefined, undefined,
  ]);
});

test('tasks are narrowed by words, difficulty and tag', () => {
  const task = (id: string, difficulty: string, tags: string[]): TaskSpec => ({ id, title: `The ${id}`, difficulty, split: 'test', objective: 'Do it.', max_steps: 8, tags });
  const tasks = [task('mug', 'easy', ['damage']), task('charge', 'medium', ['billing']), task('fraud', 'hard', ['billing', 'security'])];
  const check = (filter: Parameters<typeof filterTasks>[1], ids: string[]) => expect(filterTasks(tasks, filter).map(({ id }) => id)).toEqual(ids);
  check({ text: '', difficulty: null, tag: null }, ['mug', 'charge', 'fraud']);
  check({ text: 'BILL the', difficulty: null, tag: null }, ['charge', 'fraud']);
  check({ text: '', difficulty: 'hard', tag: 'billing' }, ['fraud']);
  check({ text: 'nothing', difficulty: null, tag: null }, []);
  expect(tagsOf(tasks)).toEqual([['billing', 2], ['damage', 1], ['security', 1]]);
});

test('a form is an action, or says what it lacks', () => {
  const check = (part: Partial<typeof EMPTY_FORM>, expected: unknown) => expect(actionOf({ ...EMPTY_FORM, ...part })).toEqual(expected);
  check({}, { action: review });
  check({ type: 'inspect_artifact' }, { missing: 'Choose a record.' });
  check({ type: 'search_policy', query: ' damage ' }, { action: { action_type: 'search_policy', query: 'damage' } });
  check({ type: 'draft_reply', message: ' ' }, { missing: 'Write the reply.' });
  expect(actionOf({ ...EMPTY_FORM, type: 'draft_reply', message: 'é'.repeat(8193) })).toHaveProperty('missing');
  check({ type: 'submit_resolution', code: 'refund', query: 'left over' }, { action: { action_type: 'submit_resolution', resolution_code: 'refund' } });
});

test('a step is told in words', () => {
  expect(announce(inspect, envelope({ remaining_steps: 1 }, 0.05))).toBe('Record done. Reward +0.05. 1 step left.');
  expect(announce(inspect, envelope({ last_action_error: 'unknown' }))).toBe('Record refused: unknown');
  const score = { score: 0.25, passed: false, zeroed_by: null, parts: [] };
  expect(announce(submit, envelope({ metadata: { score } }, 0.25, true))).toBe('Episode over. Score 0.25, not passed.');
});
