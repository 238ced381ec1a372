// What an agent has seen so far: one document per ticket, record, policy, list of candidates and draft.
import { argumentOf, type Episode } from './episode';
import { parseCandidates, parsePolicy, parseRecordText, parseTicket } from '../text/results';
import type { Candidate, PolicyText, RecordText, TicketText } from '../text/results';

export type Sheet =
  | { kind: 'ticket'; key: string; step: number; raw: string; ticket: TicketText }
  | { kind: 'record'; key: string; step: number; raw: string; id: string; record: RecordText }
  | { kind: 'policy'; key: string; step: number; raw: string; policy: PolicyText }
  | { kind: 'candidates'; key: string; step: number; raw: string; query: string; candidates: Candidate[] }
  | { kind: 'draft'; key: string; step: number; raw: string; text: string };

/** The documents seen in the first `count` actions, the newest first; one that was opened again counts once. */
export function caseFile(episode: Episode, count: number): Sheet[] {
  const sheets = new Map<string, Sheet>();
  episode.steps.slice(0, count).forEach((_, index) => {
    const sheet = sheetOf(episode, index);
    if (sheet === null) return;
    sheets.delete(sheet.key);
    sheets.set(sheet.key, sheet);
  });
  return [...sheets.values()].reverse();
}

/** The document that one action opened; null where it opened none. */
export function sheetOf(episode: Episode, index: number): Sheet | null {
  const step = episode.steps[index];
  const raw = step?.observation.last_tool_result;
  if (step === undefined || raw == null || step.observation.last_action_error !== null) return null;
  const argument = argumentOf(step.action)?.trim() ?? '';
  const at = index + 1;
  switch (step.action.action_type) {
    case 'review_ticket':
      return { kind: 'ticket', key: 'ticket', step: at, raw, ticket: parseTicket(raw) };
    case 'inspect_artifact':
      return { kind: 'record', key: `artifact:${argument}`, step: at, raw, id: argument, record: parseRecordText(raw) };
    case 'search_policy': {
      const policy = parsePolicy(raw);
      if (policy !== null) return { kind: 'policy', key: `policy:${policy.id}`, step: at, raw, policy };
      return { kind: 'candidates', key: `search:${argument}`, step: at, raw, query: argument, candidates: parseCandidates(raw) };
    }
    case 'draft_reply':
      return { kind: 'draft', key: 'draft', step: at, raw, text: step.action.message ?? '' };
    default:
      return null;
  }
}

/** Titles of what has been seen, by evidence key. */
export function knownTitles(sheets: Sheet[]): Map<string, string> {
  const titles = new Map<string, string>([['ticket', 'Ticket']]);
  for (const sheet of sheets) {
    if (sheet.kind === 'record') titles.set(sheet.key, sheet.record.title);
    if (sheet.kind === 'policy') titles.set(sheet.key, sheet.policy.title);
  }
  return titles;
}
