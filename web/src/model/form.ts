// The action form: one draft per action, so that changing one's mind loses nothing.
import { byteLength } from '../text/offsets';
import type { Action, ActionType } from './wire';

export interface ActionForm {
  type: ActionType;
  artifact: string;
  query: string;
  message: string;
  code: string;
}

export const EMPTY_FORM: ActionForm = { type: 'review_ticket', artifact: '', query: '', message: '', code: '' };

export const MAX_MESSAGE = 16_384;
export const MAX_QUERY = 512;

export interface ActionKind {
  type: ActionType;
  name: string;
  verb: string;
  hint: string;
}

export const ACTIONS: ActionKind[] = [
  { type: 'review_ticket', name: 'Ticket', verb: 'Read the ticket', hint: 'Shows the whole ticket: who wrote, when, where and what.' },
  { type: 'inspect_artifact', name: 'Record', verb: 'Open the record', hint: 'Shows one internal record.' },
  { type: 'search_policy', name: 'Policy', verb: 'Look up', hint: 'An id, title or alias opens a policy; anything else lists the nearest.' },
  { type: 'draft_reply', name: 'Reply', verb: 'Save the draft', hint: 'The last draft is the reply that is graded.' },
  { type: 'submit_resolution', name: 'Resolve', verb: 'Submit and end', hint: 'Ends the episode.' },
];

export function actionKind(type: ActionType): ActionKind {
  return ACTIONS.find((kind) => kind.type === type) ?? { type, name: type, verb: type, hint: '' };
}

/** The action that the form stands for, or what is still missing. */
export function actionOf(form: ActionForm): { action: Action } | { missing: string } {
  switch (form.type) {
    case 'inspect_artifact':
      return form.artifact === '' ? { missing: 'Choose a record.' } : { action: { action_type: form.type, artifact_id: form.artifact } };
    case 'search_policy':
      if (form.query.trim() === '') return { missing: 'Write what to look up.' };
      if (byteLength(form.query) > MAX_QUERY) return { missing: `Shorten the query: ${MAX_QUERY} bytes are the most.` };
      return { action: { action_type: form.type, query: form.query.trim() } };
    case 'draft_reply':
      if (form.message.trim() === '') return { missing: 'Write the reply.' };
      if (byteLength(form.message) > MAX_MESSAGE) return { missing: `Shorten the reply: ${MAX_MESSAGE} bytes are the most.` };
      return { action: { action_type: form.type, message: form.message } };
    case 'submit_resolution':
      return form.code === '' ? { missing: 'Choose a resolution.' } : { action: { action_type: form.type, resolution_code: form.code } };
    default:
      return { action: { action_type: form.type } };
  }
}

export function wordCount(text: string): number {
  return text.split(/\s+/).filter((word) => word !== '').length;
}
