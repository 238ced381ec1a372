// What an action came to, in words.
import { actionKind } from './form';
import { argumentOf, lastObservation, type Episode } from './episode';
import { parseCandidates, parsePolicy } from '../text/results';
import { count, idWords, showReward, showScore } from '../text/number';
import type { Action, Envelope, Observation } from './wire';

export interface Outcome {
  text: string;
  /** Whether the action brought what it was for. */
  found: boolean;
}

export function outcomeOf(action: Action, observation: Observation): Outcome {
  switch (action.action_type) {
    case 'review_ticket':
      return { text: 'Ticket read', found: true };
    case 'inspect_artifact':
      return { text: `Record opened: ${idWords(argumentOf(action) ?? '')}`, found: true };
    case 'search_policy': {
      const policy = parsePolicy(observation.last_tool_result ?? '');
      if (policy !== null) return { text: `Policy opened: ${policy.title}`, found: true };
      const near = parseCandidates(observation.last_tool_result ?? '').length;
      return { text: near === 0 ? 'No policy found' : `No policy of that name, ${near} near it`, found: false };
    }
    case 'draft_reply':
      return { text: 'Draft saved', found: true };
    case 'submit_resolution':
      return { text: 'Resolution submitted', found: true };
  }
}

/** Whether the steps ran out before a resolution was submitted. */
export function ranOut(action: Action, { done, observation }: Pick<Envelope, 'done' | 'observation'>): boolean {
  return done && (action.action_type !== 'submit_resolution' || observation.last_action_error !== null);
}

export function endedWithoutSteps(episode: Episode): boolean {
  const last = episode.steps.at(-1);
  return last !== undefined && ranOut(last.action, last);
}

/** Whether one step is left to an episode that goes on. */
export function onLastStep(episode: Episode): boolean {
  return episode.steps.at(-1)?.done !== true && lastObservation(episode).remaining_steps === 1;
}

/** What a screen reader is told of a step. */
export function announce(action: Action, { observation, reward, done }: Envelope): string {
  const refused = observation.last_action_error;
  const happened = refused === null ? `${outcomeOf(action, observation).text}.` : `${actionKind(action.action_type).name} refused: ${refused}`;
  if (done) {
    const score = observation.metadata.score;
    const end = ranOut(action, { done, observation }) ? 'You ran out of steps.' : 'Episode over.';
    return score ? `${end} Score ${showScore(score.score)}, ${score.passed ? 'passed' : 'not passed'}.` : end;
  }
  if (refused !== null) return happened;
  const left = observation.remaining_steps === 1 ? 'This is the last step.' : `${count(observation.remaining_steps, 'step')} left.`;
  return `${happened} Reward ${showReward(reward)}. ${left}`;
}
