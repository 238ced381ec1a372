// What the server sends, as docs/protocol.md describes it.

export type ActionType = 'review_ticket' | 'inspect_artifact' | 'search_policy' | 'draft_reply' | 'submit_resolution';

export interface Action {
  action_type: ActionType;
  artifact_id?: string;
  query?: string;
  message?: string;
  resolution_code?: string;
}

export interface ScorePart {
  criterion: string;
  weight: number;
  value: number;
  points: number;
  reason: string | null;
}

export interface Score {
  score: number;
  passed: boolean;
  zeroed_by: { kind: string; id: string } | null;
  parts: ScorePart[];
}

export interface ObservationMeta {
  episode_id?: string;
  task_id?: string;
  seed?: number | null;
  pack_digest?: string;
  session_id?: string;
  score?: Score | null;
}

export interface Observation {
  task_id: string;
  difficulty: string;
  objective: string;
  customer_message: string;
  workspace_summary: string;
  available_actions: string[];
  available_resolution_codes: string[];
  collected_evidence: string[];
  last_tool_result: string | null;
  last_action_error: string | null;
  remaining_steps: number;
  current_score: number | null;
  metadata: ObservationMeta;
}

export interface Envelope {
  observation: Observation;
  reward: number | null;
  done: boolean;
}

export interface TaskSpec {
  id: string;
  title: string;
  difficulty: string;
  split: string;
  objective: string;
  max_steps: number;
  tags: string[];
}

export interface Metadata {
  name: string;
  description: string;
  version: string | null;
  can_edit?: boolean;
}

export interface ResetRequest {
  task_id?: string;
  seed?: number;
  index?: number;
  split?: string;
  difficulty?: string;
  episode_id?: string;
}

export type Span = [number, number];

export interface KeywordVerdict {
  id: string;
  verdict: string;
  optional: boolean;
  share: number;
  spans: Span[];
  cue: Span | null;
  reason: string;
}

export interface ForbiddenVerdict {
  id: string;
  present: boolean;
  verdict: string;
  effect: string;
  spans: Span[];
  cue: Span | null;
  reason: string;
}

export interface ReplyExplanation {
  task: string;
  matcher: string;
  passes: boolean;
  blockers: string[];
  words: { count: number; min: number | null; max: number | null; ok: boolean };
  keywords: KeywordVerdict[];
  forbidden: ForbiddenVerdict[];
  criterion: { value: number; weight: number; points: number } | null;
  zeroed_by: string | null;
}

export interface EvidenceItem {
  id: string;
  title: string | null;
  required: boolean | null;
  collected: boolean;
}

export interface Explanation {
  version: number;
  score: Score | null;
  reply: { text: string | null; explanation: ReplyExplanation | null } | null;
  resolution: {
    submitted: string | null;
    expected: string | null;
    partial: unknown;
    harmful: string[] | null;
  } | null;
  evidence: EvidenceItem[] | null;
  path: Action[] | null;
  steps: { taken: number; optimal: number | null } | null;
}

export interface UiLog {
  timestamp: string;
  action: Action;
  observation: Observation;
  reward: number | null;
  done: boolean;
  step_count: number;
}

export interface UiFrame {
  type: string;
  episode_state?: {
    episode_id: string | null;
    step_count: number;
    current_observation: Observation | null;
    action_logs: UiLog[];
    is_reset: boolean;
  };
}

/** A replayed episode; the first step is the reset, and has no action. */
export interface ReplayAnswer {
  task_id: string;
  pack_digest: string;
  steps: (Envelope & { action: Action | null })[];
  explanation: Explanation | null;
}
