import { expect, test } from 'vitest';
import { resetOf } from '../src/commands';
import { announce, outcomeOf } from '../src/model/outcome';
import { choiceOnShow, filterTasks, parseSeed, tagsOf } from '../src/model/filter';
import { actionOf, EMPTY_FORM } from '../src/model/form';
import { INITIAL, reduce, type AppState, type Event } from '../src/model/store';
import type { TaskSpec } from '../src/model/wire';
import { envelope, inspect, observation, review, submit } from './build';

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

test('Reset begins a case that is on show', () => {
  const task = (id: string, tags: string[]): TaskSpec => ({ id, title: id, difficulty: 'easy', split: 'test', objective: '', max_steps: 8, tags });
  const tasks = [task('mug', ['damage']), task('charge', ['billing']), task('fraud', ['billing'])];
  const check = (part: Partial<AppState['filter']>, chosen: string | null, expected: string | null | undefined) => {
    expect(choiceOnShow(tasks, { ...INITIAL.filter, ...part }, chosen)).toBe(expected);
  };
  check({}, 'fraud', 'fraud');
  check({ text: 'char' }, 'mug', 'charge');
  check({ tag: 'billing' }, 'fraud', 'fraud');
  // The server can pick by difficulty, but not by words or tags.
  check({ difficulty: 'easy' }, null, null);
  check({ text: 'char' }, null, 'charge');
  check({ tag: 'billing' }, null, 'charge');
  check({ text: 'nothing' }, 'mug', undefined);
  const loaded = reduce(INITIAL, { type: 'loaded', metadata: { name: '', description: '', version: null }, tasks });
  const narrowed = reduce(loaded, { type: 'filter', filter: { text: 'fraud' } });
  expect([loaded.choice.task, narrowed.choice.task]).toEqual(['mug', 'fraud']);
  expect(reduce(narrowed, { type: 'filter', filter: { text: 'nothing' } }).choice.task).toBe('fraud');
});

test('an episode that comes back is the case that Reset begins', () => {
  const episode = after(begun).episode!;
  expect(after({ type: 'restored', episode, wide: true }).choice.task).toBe('mug');
  const chosen = after(begun, { type: 'choose', choice: { task: 'other' } }, { type: 'restored', episode, wide: true });
  expect(chosen.choice.task).toBe('other');
});

test('the focus goes on after a step, and stays where one was refused', () => {
  const turn = (last_action_error: string | null) => after(begun, { type: 'stepped', action: review, envelope: envelope({ last_action_error }) }).attention;
  expect(turn(null)).toEqual({ to: 'step', turn: 2 });
  expect(turn('no')).toEqual({ to: 'case', turn: 1 });
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
  expect(announce(inspect, envelope({ remaining_steps: 2 }, 0.05))).toBe('Record opened: order. Reward +0.05. 2 steps left.');
  expect(announce(inspect, envelope({ remaining_steps: 1 }))).toContain('This is the last step.');
  expect(announce(inspect, envelope({ last_action_error: 'unknown' }))).toBe('Record refused: unknown');
  const score = { score: 0.25, passed: false, zeroed_by: null, parts: [] };
  expect(announce(submit, envelope({ metadata: { score } }, 0.25, true))).toBe('Episode over. Score 0.25, not passed.');
  expect(announce(inspect, envelope({ metadata: { score }, remaining_steps: 0 }, 0, true))).toBe('You ran out of steps. Score 0.25, not passed.');
});

test('a look-up is told by what it found', () => {
  const check = (last_tool_result: string, said: string, found: boolean) => {
    expect(outcomeOf({ action_type: 'search_policy', query: 'x' }, observation({ last_tool_result }))).toEqual({ text: said, found });
  };
  check('Policy damage: Damaged items\n\nText', 'Policy opened: Damaged items', true);
  check('No policy has exactly that name. Nearest:\n- a: A\n- b: B', 'No policy of that name, 2 near it', false);
  check('No policy has that name, and none is near.', 'No policy found', false);
});
