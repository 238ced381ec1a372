//! One attempt at a task.

use std::sync::Arc;

use crate::protocol::{
    ActionRecord, ActionType, MAX_ID_BYTES, MAX_MESSAGE_BYTES, MAX_QUERY_BYTES, Observation, ObservationMetadata,
    ScoreReport, State, StepResult, ToolUseAction, round_score,
};
use crate::rubric::{Attempt, Rubric, draft_quality};
use crate::task::{Evidence, PolicyLookup, ScoreExposure, StateExposure, Task};
use crate::text::Judgement;

use super::EvidenceLog;

/// One attempt at a task, from reset to its end. The same task and actions give the same answers everywhere.
#[derive(Debug, Clone)]
pub struct Episode {
    task: Arc<Task>,
    id: Arc<str>,
    seed: Option<u64>,
    /// Steps that counted: all of them until the end.
    steps: u32,
    /// Steps answered, those after the end included.
    answered: u64,
    evidence: EvidenceLog,
    draft: Option<Draft>,
    /// The best draft quality so far, for the reply reward.
    best_quality: f64,
    resolution: Option<Arc<str>>,
    history: Vec<ActionRecord>,
    /// What the history holds, in bytes.
    history_bytes: usize,
    last_result: Option<Arc<str>>,
    /// What the last result holds that is not the task's, in bytes.
    last_own_bytes: usize,
    last_error: Option<Arc<str>>,
    end: Option<End>,
}

/// Why an episode ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EndReason {
    /// A resolution was accepted.
    Submitted,
    /// No steps were left.
    StepLimit,
}

/// What a step adds to the history beside its texts, in bytes: twice its place in a list that doubles when it is full, the
/// action, and what the allocator adds to two blocks.
const RECORD_BYTES: usize = 2 * size_of::<ActionRecord>() + size_of::<ToolUseAction>() + 64;

#[derive(Debug, Clone)]
struct Draft {
    /// The step that saved it, as the history keeps it: the text is long, and stands there already.
    action: Arc<ToolUseAction>,
    /// `None` where the task asks nothing of a reply.
    judged: Option<Arc<Judgement>>,
}

impl Draft {
    fn text(&self) -> &str {
        self.action.argument().unwrap_or_default()
    }

    fn judged_bytes(&self) -> usize {
        self.judged.as_ref().map_or(0, |judged| judged.held_bytes())
    }
}

#[derive(Debug, Clone)]
struct End {
    reason: EndReason,
    score: Arc<ScoreReport>,
}

/// What carrying out one action yields: the text it shows and the reward it would pay on the way.
struct Outcome {
    shows: Arc<str>,
    /// Whether the text is the task's, and so held once for everybody.
    is_shared: bool,
    reward: f64,
}

impl Outcome {
    /// Shows a text of the task.
    fn shown(text: &Arc<str>, reward: f64) -> Outcome {
        Outcome { shows: text.clone(), is_shared: true, reward }
    }

    /// Says something that was made up for this step.
    fn said(text: impl Into<Arc<str>>, reward: f64) -> Outcome {
        Outcome { shows: text.into(), is_shared: false, reward }
    }
}

impl Episode {
    /// Begins an attempt.
    pub fn start(task: Arc<Task>, id: Arc<str>, seed: Option<u64>) -> Episode {
        Episode {
            evidence: EvidenceLog::new(&task),
            task,
            id,
            seed,
            steps: 0,
            answered: 0,
            draft: None,
            best_quality: 0.0,
            resolution: None,
            history: Vec::new(),
            history_bytes: 0,
            last_result: None,
            last_own_bytes: 0,
            last_error: None,
            end: None,
        }
    }

    /// The task being played.
    pub fn task(&self) -> &Arc<Task> {
        &self.task
    }

    /// The episode's id.
    pub fn id(&self) -> &Arc<str> {
        &self.id
    }

    /// The seed given to reset.
    pub fn seed(&self) -> Option<u64> {
        self.seed
    }

    /// Steps answered, those after the end included.
    pub fn answered(&self) -> u64 {
        self.answered
    }

    /// Every step until the end, in order.
    pub fn history(&self) -> &[ActionRecord] {
        &self.history
    }

    /// About how many bytes its steps make the episode hold: texts that were sent, in the main. What it shares with its task
    /// is not counted, nor the little that every episode has.
    pub fn held_bytes(&self) -> usize {
        let seen = size_of_val(self.evidence.collected());
        let judged = self.draft.as_ref().map_or(0, Draft::judged_bytes);
        let score = self.end.as_ref().map_or(0, |end| score_bytes(&end.score));
        self.history_bytes + seen + judged + score + self.last_own_bytes
    }

    /// About how many bytes the answer to the last step holds, for whoever keeps it.
    pub fn answer_bytes(&self) -> usize {
        size_of::<StepResult>() + size_of_val(self.evidence.collected()) + self.last_own_bytes
    }

    /// Whether the episode has ended, and how.
    pub fn end_reason(&self) -> Option<EndReason> {
        self.end.as_ref().map(|end| end.reason)
    }

    /// Whether the episode has ended.
    pub fn is_done(&self) -> bool {
        self.end.is_some()
    }

    /// The final score; `None` before the end.
    pub fn score(&self) -> Option<&Arc<ScoreReport>> {
        self.end.as_ref().map(|end| &end.score)
    }

    /// What the episode is worth as it stands: the final score, or what it would be if it ended here.
    pub fn grade_now(&self) -> ScoreReport {
        match &self.end {
            Some(end) => (*end.score).clone(),
            None => Rubric::new(&self.task).grade(&self.attempt()),
        }
    }

    /// What the agent sees before its first step: the answer to a reset.
    pub fn observe(&self) -> StepResult {
        StepResult { observation: self.observation(), reward: None, done: self.is_done() }
    }

    /// Carries out one action. A mistake in play (a missing field, an unknown id or code, an over-long text) costs the
    /// step and is named in `last_action_error`; after the end nothing changes but `step_count`.
    pub fn step(&mut self, action: &ToolUseAction) -> StepResult {
        self.answered += 1;
        if self.is_done() {
            (self.last_result, self.last_own_bytes) = (None, 0);
            self.last_error = Some("the episode has ended; begin another with reset (over MCP: start_task)".into());
            return StepResult { observation: self.observation(), reward: Some(0.0), done: true };
        }
        self.steps += 1;
        let kept = Arc::new(kept_action(action));
        let outcome = self.act(action, &kept);
        let (shows, own, error, mut reward) = match outcome {
            Ok(Outcome { shows, is_shared, reward }) => {
                let own = if is_shared { 0 } else { shows.len() };
                (Some(shows), own, None, reward)
            }
            Err(message) => (None, 0, Some(Arc::from(message)), 0.0),
        };
        (self.last_result, self.last_own_bytes) = (shows, own);
        self.last_error = error.clone();
        if let Some(reason) = self.ends() {
            let score = Arc::new(Rubric::new(&self.task).grade(&self.attempt()));
            reward = score.score;
            self.end = Some(End { reason, score });
        }
        let reward = round_score(reward.clamp(0.0, 1.0));
        let texts = kept.argument().map_or(0, str::len) + error.as_ref().map_or(0, |error| error.len());
        self.history_bytes += RECORD_BYTES + texts;
        self.history.push(ActionRecord { step: self.steps, action: kept, reward, error });
        StepResult { observation: self.observation(), reward: Some(reward), done: self.is_done() }
    }

    /// Everything the episode holds.
    pub fn state(&self) -> State {
        let task = &self.task;
        let shows_required = self.is_done() || task.exposure.state == StateExposure::Full;
        State {
            episode_id: Some(self.id.clone()),
            step_count: self.answered,
            task_id: Some(task.id.clone()),
            difficulty: Some(task.difficulty),
            max_steps: Some(task.max_steps),
            current_score: self.current_score(),
            final_score: self.score().map(|score| score.score),
            drafted_reply: self.draft.as_ref().map(|draft| draft.text().into()),
            resolution_code: self.resolution.clone(),
            required_evidence: shows_required
                .then(|| task.required_evidence.iter().map(|evidence| evidence.key.clone()).collect()),
            collected_evidence: self.evidence.collected().to_vec(),
            action_history: self.history.clone(),
            done: self.is_done(),
            seed: self.seed,
            score: self.score().cloned(),
        }
    }

    fn act(&mut self, action: &ToolUseAction, kept: &Arc<ToolUseAction>) -> Result<Outcome, String> {
        let argument = checked_argument(action)?;
        match action.action_type {
            ActionType::ReviewTicket => {
                let reward = self.collect(&Evidence::TICKET.into());
                Ok(Outcome::shown(&self.task.ticket.rendered, reward))
            }
            ActionType::InspectArtifact => self.inspect(argument),
            ActionType::SearchPolicy => Ok(self.search(argument)),
            ActionType::DraftReply => Ok(self.save_draft(kept)),
            ActionType::SubmitResolution => self.submit(argument),
        }
    }

    fn inspect(&mut self, id: &str) -> Result<Outcome, String> {
        let task = self.task.clone();
        let Some(artifact) = task.artifacts.get(id) else {
            return Err(format!("unknown artifact `{id}`; artifacts: {}", code_list(task.artifacts.ids())));
        };
        Ok(Outcome::shown(&artifact.rendered, self.collect(&artifact.evidence)))
    }

    fn search(&mut self, query: &str) -> Outcome {
        let task = self.task.clone();
        match task.policies.lookup(query) {
            PolicyLookup::Exact(policy) => Outcome::shown(&policy.rendered, self.collect(&policy.evidence)),
            PolicyLookup::Candidates(found) if found.is_empty() => {
                Outcome::said("No policy has that name, and none is near. Try the topic in other words.", 0.0)
            }
            PolicyLookup::Candidates(found) => {
                let mut shows =
                    String::from("No policy has exactly that name. Nearest, search one by its id to read it:");
                for policy in found {
                    shows.push_str(&format!("\n- {}: {}", policy.id, policy.title));
                }
                Outcome::said(shows, 0.0)
            }
        }
    }

    fn save_draft(&mut self, kept: &Arc<ToolUseAction>) -> Outcome {
        let message = kept.argument().unwrap_or_default();
        let judged = self.task.reply.as_ref().map(|spec| Arc::new(spec.judge(message).for_reasons()));
        let quality = judged.as_deref().map_or(0.0, draft_quality);
        let shows = if self.draft.is_some() { "Draft saved; it replaces the earlier one." } else { "Draft saved." };
        self.draft = Some(Draft { action: kept.clone(), judged });
        let gain = (quality - self.best_quality).max(0.0);
        self.best_quality = self.best_quality.max(quality);
        let pays = self.task.grading.weights.reply > 0.0 && self.task.exposure.score == ScoreExposure::Always;
        Outcome::said(shows, if pays { self.task.rewards.reply * gain } else { 0.0 })
    }

    fn submit(&mut self, code: &str) -> Result<Outcome, String> {
        let Some(resolution) = self.task.resolutions.iter().find(|resolution| &*resolution.code == code) else {
            let codes = code_list(self.task.resolution_codes.iter().map(String::as_str));
            return Err(format!("unknown resolution code `{code}`; codes: {codes}"));
        };
        self.resolution = Some(resolution.code.clone());
        Ok(Outcome::said(format!("Resolution `{code}` submitted. The episode has ended."), 0.0))
    }

    /// Notes what was seen and returns what that pays.
    fn collect(&mut self, key: &Arc<str>) -> f64 {
        let task = self.task.clone();
        if self.evidence.collect(&task, key) { task.rewards.evidence } else { 0.0 }
    }

    fn ends(&self) -> Option<EndReason> {
        if self.resolution.is_some() {
            Some(EndReason::Submitted)
        } else {
            (self.steps >= self.task.max_steps).then_some(EndReason::StepLimit)
        }
    }

    fn attempt(&self) -> Attempt<'_> {
        Attempt {
            collected: self.evidence.required(),
            reply: self.draft.as_ref().and_then(|draft| Some((draft.text(), draft.judged.as_deref()?))),
            resolution: self.resolution.as_ref(),
            steps: self.steps,
        }
    }

    fn current_score(&self) -> Option<f64> {
        match &self.end {
            Some(end) => Some(end.score.score),
            None if self.task.exposure.score == ScoreExposure::OnDone => None,
            None => Some(Rubric::new(&self.task).progress(&self.attempt())),
        }
    }

    fn observation(&self) -> Observation {
        let task = &self.task;
        Observation {
            task_id: task.id.clone(),
            difficulty: task.difficulty,
            objective: task.objective.clone(),
            customer_message: task.ticket.message.clone(),
            workspace_summary: task.workspace_summary.clone(),
            available_actions: ActionType::ALL,
            available_resolution_codes: task.resolution_codes.clone(),
            collected_evidence: self.evidence.collected().to_vec(),
            last_tool_result: self.last_result.clone(),
            last_action_error: self.last_error.clone(),
            remaining_steps: task.max_steps - self.steps,
            current_score: self.current_score(),
            metadata: ObservationMetadata {
                episode_id: self.id.clone(),
                task_id: task.id.clone(),
                seed: self.seed,
                pack_digest: task.pack_digest.clone(),
                session_id: None,
                score: self.score().cloned(),
            },
        }
    }
}

/// The argument that the action needs, present, not blank and not over-long; outer blanks of ids, codes and queries
/// are dropped. Empty for an action that needs none.
fn checked_argument(action: &ToolUseAction) -> Result<&str, String> {
    let kind = action.action_type;
    let Some(field) = kind.needs() else { return Ok("") };
    let Some(argument) = action.argument() else {
        return Err(format!("`{}` needs `{field}`", kind.as_str()));
    };
    let limit = argument_limit(kind);
    if argument.trim().is_empty() {
        return Err(format!("`{field}` is blank; `{}` needs it", kind.as_str()));
    }
    let argument = if kind == ActionType::DraftReply { argument } else { argument.trim() };
    if argument.len() > limit {
        return Err(format!("`{field}` is longer than {limit} bytes"));
    }
    Ok(argument)
}

fn argument_limit(kind: ActionType) -> usize {
    match kind {
        ActionType::DraftReply => MAX_MESSAGE_BYTES,
        ActionType::SearchPolicy => MAX_QUERY_BYTES,
        _ => MAX_ID_BYTES,
    }
}

/// The action as history keeps it: the one field it needs. An over-long argument is cut just past its limit, so that
/// it stays over-long when the episode is played again but costs a session no more than a legal one.
pub fn kept_action(action: &ToolUseAction) -> ToolUseAction {
    let kind = action.action_type;
    let limit = argument_limit(kind);
    let argument = action.argument().map(|text| {
        if text.len() <= limit {
            return text.to_owned();
        }
        let text = if kind == ActionType::DraftReply { text } else { text.trim() };
        let end = (text.len().min(limit + 1)..=text.len()).find(|&at| text.is_char_boundary(at)).unwrap_or(text.len());
        let mut kept = text[..end].to_owned();
        // Blanks where it is cut would count for nothing, and what is too long would be short, or blank.
        let counts = if kind == ActionType::DraftReply { !kept.trim().is_empty() } else { kept.trim().len() > limit };
        if end < text.len() && !counts {
            kept.push('…');
        }
        kept
    });
    ToolUseAction::new(kind, argument)
}

/// What a score holds, in bytes: its reasons quote the reply.
fn score_bytes(score: &ScoreReport) -> usize {
    let reasons: usize = score.parts.iter().map(|part| part.reason.as_ref().map_or(0, |reason| reason.len())).sum();
    size_of::<ScoreReport>() + size_of_val(&*score.parts) + reasons
}

fn code_list<'a>(names: impl Iterator<Item = &'a str>) -> String {
    names.map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}
