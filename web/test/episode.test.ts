import { describe, expect, test } from 'vitest';
import { addStep, artifactIds, beginEpisode, draftAt, episodeOfFrame, isDone, observationAt, replayReset, workspaceText } from '../src/model/episode';
import { caseFile } from '../src/model/casefile';
import { checklist } from '../src/model/evidence';
import type { Episode } from '../src/model/episode';
import { draft, envelope, inspect, observation, review, submit } from './build';

function played(): Episode {
  let episode = beginEpisode({ task_id: 'mug' }, envelope());
  episode = addStep(episode, review, envelope({ remaining_steps: 7, collected_evidence: ['ticket'], last_tool_result: 'Ticket T-1\nChannel: web\n\nHello' }, 0.05));
  episode = addStep(episode, draft('Sorry.'), envelope({ remaining_steps: 6, collected_evidence: ['ticket'], last_tool_result: 'Draft saved.' }, 0.01));
  episode = addStep(episode, draft(''), envelope({ remaining_steps: 5, collected_evidence: ['ticket'], last_action_error: 'blank' }, 0));
  return addStep(episode, submit, envelope({ remaining_steps: 4, collected_evidence: ['ticket'], last_tool_result: 'Ended.' }, 0.3, true));
}

test('every moment of an episode can be seen again', () => {
  const episode = played();
  expect(observationAt(episode, 0).remaining_steps).toBe(8);
  expect(observationAt(episode, 2).remaining_steps).toBe(6);
  expect([0, 3, 4].map((count) => isDone(episode, count))).toEqual([false, false, true]);
});

test('the last draft that was accepted counts', () => {
  const episode = played();
  expect([1, 2, 3, 4].map((count) => draftAt(episode, count))).toEqual([null, 'Sorry.', 'Sorry.', 'Sorry.']);
});

test('the workspace ends with the ids of its records', () => {
  const check = (summary: string, ids: string[], text: string) => {
    expect([artifactIds(summary), workspaceText(summary)]).toEqual([ids, text]);
  };
  check('One order. Artifacts: order, payment', ['order', 'payment'], 'One order.');
  check('Artifacts: a', ['a'], '');
  check('Artifacts: not these. Artifacts: b', ['b'], 'Artifacts: not these.');
  check('nothing', [], 'nothing');
});

test('an episode is played again by its task and seed', () => {
  expect(replayReset(played())).toEqual({ task_id: 'mug' });
  const seeded = beginEpisode({}, envelope({ metadata: { seed: 0 } }));
  expect(replayReset(seeded)).toEqual({ task_id: 'mug', seed: 0 });
});

describe('the checklist', () => {
  test('lists what can be looked at, and ticks what was', () => {
    const items = checklist(played(), 2);
    expect(items.map(({ key, collected }) => [key, collected])).toEqual([
      ['ticket', true],
      ['artifact:order', false],
      ['artifact:payment', false],
      ['policy', false],
    ]);
  });
  test('tells at the end, and only then, what was required', () => {
    const explanation = {
      version: 1, score: null, reply: null, resolution: null, path: null, steps: null,
      evidence: [{ id: 'policy:damage', title: 'Damage', required: true, collected: false }],
    };
    const episode = { ...played(), explanation };
    expect(checklist(episode, 2).some((item) => item.required !== null)).toBe(false);
    expect(checklist(episode, 4).some((item) => item.key === 'policy')).toBe(false);
    expect(checklist(episode, 4).at(-1)).toEqual({ key: 'policy:damage', kind: 'policy', id: 'damage', collected: false, required: true });
  });
});

test('the case file keeps each document once, the newest on top', () => {
  let episode = played();
  expect(caseFile(episode, 4).map((sheet) => sheet.key)).toEqual(['draft', 'ticket']);
  episode = beginEpisode({}, envelope());
  for (const action of [review, inspect, review]) episode = addStep(episode, action, envelope({ last_tool_result: 'X (order)\n\na: 1' }));
  expect(caseFile(episode, 3).map((sheet) => [sheet.key, sheet.step])).toEqual([['ticket', 3], ['artifact:order', 2]]);
});

describe('a frame of the socket', () => {
  const log = { timestamp: '', action: review, observation: observation({ remaining_steps: 7 }), reward: 0.05, done: false, step_count: 1 };
  const frame = (logs: (typeof log)[], current = observation({ remaining_steps: 7 })) => ({
    type: 'state_update',
    episode_state: { episode_id: 'e1', step_count: logs.length, current_observation: current, action_logs: logs, is_reset: false },
  });
  test('brings an episode back', () => {
    const episode = episodeOfFrame(frame([log]), null);
    expect(episode?.steps.length).toBe(1);
    expect(episode?.first.remaining_steps).toBe(8);
  });
  test('keeps the beginning that is known', () => {
    const held = beginEpisode({ seed: 3 }, envelope({ workspace_summary: 'known' }));
    expect(episodeOfFrame(frame([log]), held)?.first.workspace_summary).toBe('known');
  });
  test('is left alone where the log has lost its beginning', () => {
    expect(episodeOfFrame(frame([{ ...log, step_count: 5 }]), null)).toBe(null);
  });
  test('is nothing before a reset', () => {
    const empty = { episode_id: null, step_count: 0, current_observation: null, action_logs: [], is_reset: false };
    expect(episodeOfFrame({ type: 'state_update', episode_state: empty }, null)).toBe(null);
  });
});
