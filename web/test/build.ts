// Episodes for tests, made of as little as possible.
import type { Action, Envelope, Observation } from '../src/model/wire';

export function observation(part: Partial<Observation> = {}): Observation {
  return {
    task_id: 'mug',
    difficulty: 'easy',
    objective: 'Resolve it.',
    customer_message: 'It broke.',
    workspace_summary: 'One order. Artifacts: order, payment',
    available_actions: ['review_ticket', 'inspect_artifact', 'search_policy', 'draft_reply', 'submit_resolution'],
    available_resolution_codes: ['refund', 'replace'],
    collected_evidence: [],
    last_tool_result: null,
    last_action_error: null,
    remaining_steps: 8,
    current_score: 0,
    metadata: { episode_id: 'e1', task_id: 'mug', seed: null, pack_digest: 'sha256:1' },
    ...part,
  };
}

export function envelope(part: Partial<Observation> = {}, reward: number | null = 0, done = false): Envelope {
  return { observation: observation(part), reward, done };
}

export const review: Action = { action_type: 'review_ticket' };
export const inspect: Action = { action_type: 'inspect_artifact', artifact_id: 'order' };
export const draft = (message: string): Action => ({ action_type: 'draft_reply', message });
export const submit: Action = { action_type: 'submit_resolution', resolution_code: 'refund' };
