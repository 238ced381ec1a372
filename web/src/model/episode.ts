// An episode as the page holds it: how it was begun, and what each action brought.
import type { Action, Envelope, Explanation, Observation, ResetRequest, Score, UiFrame } from './wire';

export interface EpisodeStep {
  action: Action;
  observation: Observation;
  reward: number | null;
  done: boolean;
}

export interface Episode {
  reset: ResetRequest;
  first: Observation;
  steps: EpisodeStep[];
  explanation: Explanation | null;
}

export function beginEpisode(reset: ResetRequest, envelope: Envelope): Episode {
  return { reset, first: envelope.observation, steps: [], explanation: null };
}

export function addStep(episode: Episode, action: Action, envelope: Envelope): Episode {
  const { observation, reward, done } = envelope;
  return { ...episode, steps: [...episode.steps, { action, observation, reward, done }] };
}

/** What is on show after `count` actions. */
export function observationAt(episode: Episode, count: number): Observation {
  return episode.steps[count - 1]?.observation ?? episode.first;
}

export function lastObservation(episode: Episode): Observation {
  return observationAt(episode, episode.steps.length);
}

export function isDone(episode: Episode, count = episode.steps.length): boolean {
  return episode.steps[count - 1]?.done ?? false;
}

export function finalScore(episode: Episode): Score | null {
  return lastObservation(episode).metadata.score ?? episode.explanation?.score ?? null;
}

/** All steps there are: those taken up to `count` and those that remain. */
export function maxSteps(episode: Episode): number {
  return episode.first.remaining_steps;
}

/** The reset that brings this very task again, whatever the request was. */
export function replayReset(episode: Episode): ResetRequest {
  const seed = episode.first.metadata.seed;
  return seed == null ? { task_id: episode.first.task_id } : { task_id: episode.first.task_id, seed };
}

/** The artifact ids, which the summary of the workspace ends with. */
export function artifactIds(summary: string): string[] {
  const mark = 'Artifacts: ';
  const at = summary.lastIndexOf(mark);
  if (at < 0) return [];
  return summary
    .slice(at + mark.length)
    .split(',')
    .map((id) => id.trim())
    .filter((id) => id !== '');
}

/** The summary without its closing list of ids. */
export function workspaceText(summary: string): string {
  const at = summary.lastIndexOf('Artifacts: ');
  return (at < 0 ? summary : summary.slice(0, at)).trim();
}

/** The one field that an action's type needs, or null. */
export function argumentOf(action: Action): string | null {
  switch (action.action_type) {
    case 'inspect_artifact':
      return action.artifact_id ?? null;
    case 'search_policy':
      return action.query ?? null;
    case 'draft_reply':
      return action.message ?? null;
    case 'submit_resolution':
      return action.resolution_code ?? null;
    default:
      return null;
  }
}

/** The last reply that was drafted in the first `count` actions. */
export function draftAt(episode: Episode, count: number): string | null {
  for (let at = count - 1; at >= 0; at -= 1) {
    const step = episode.steps[at];
    if (step?.action.action_type === 'draft_reply' && step.observation.last_action_error === null) {
      return step.action.message ?? null;
    }
  }
  return null;
}

/** The episode that a `state_update` frame tells of; null where nothing has begun or its log has lost its beginning. */
export function episodeOfFrame(frame: UiFrame, held: Episode | null): Episode | null {
  const state = frame.episode_state;
  const current = state?.current_observation;
  if (!state || !current) return null;
  const logs = state.action_logs.filter((log) => log.action !== null);
  if (logs[0] !== undefined && logs[0].step_count !== 1) return null;
  const same = held !== null && held.first.metadata.episode_id === current.metadata.episode_id;
  const firstKnown = same ? held.first : firstOf(logs[0]?.observation ?? current, logs.length > 0);
  return {
    reset: same ? held.reset : { task_id: current.task_id },
    first: firstKnown,
    steps: logs.map(({ action, observation, reward, done }) => ({ action, observation, reward, done })),
    explanation: same && held.steps.length === logs.length ? held.explanation : null,
  };
}

/** The first observation as it must have been, from what stood after the first action. */
function firstOf(observation: Observation, afterOneStep: boolean): Observation {
  if (!afterOneStep) return observation;
  const { score: _score, ...metadata } = observation.metadata;
  return {
    ...observation,
    metadata,
    collected_evidence: [],
    last_tool_result: null,
    last_action_error: null,
    remaining_steps: observation.remaining_steps + 1,
    current_score: observation.current_score === null ? null : 0,
  };
}
