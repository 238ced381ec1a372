//! One support case, ready to be played.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::protocol::Difficulty;
use crate::text::ReplySpec;

use super::{ArtifactTable, PolicyIndex, Resolution};

/// What stands in a workspace summary before the list of artifact ids.
pub(crate) const ARTIFACT_LIST: &str = "Artifacts: ";

/// One support case: what the agent sees, what it may look up, and what a good outcome is.
#[derive(Debug)]
pub struct Task {
    /// Unique over all loaded packs.
    pub id: Arc<str>,
    /// For people.
    pub title: Arc<str>,
    /// The author's label.
    pub difficulty: Difficulty,
    /// Which part of a data set the task belongs to.
    pub split: Split,
    /// What the agent is asked to achieve.
    pub objective: Arc<str>,
    /// What there is to look at, ending with the list of artifact ids.
    pub workspace_summary: Arc<str>,
    /// Steps before the episode ends by itself, 1 to 1000.
    pub max_steps: u32,
    /// For filtering.
    pub tags: Vec<String>,
    /// Whether the ticket tries to manipulate the agent on purpose.
    pub adversarial: bool,
    /// The customer's case.
    pub ticket: Ticket,
    /// The records an agent may inspect.
    pub artifacts: ArtifactTable,
    /// The policies within reach: the pack's handbook and the task's own.
    pub policies: PolicyIndex,
    /// What full marks need; never empty, no entry twice.
    pub required_evidence: Vec<Evidence>,
    /// The pack's resolutions, in its order.
    pub resolutions: Arc<[Resolution]>,
    /// The codes of `resolutions`, as the wire lists them.
    pub resolution_codes: Arc<[String]>,
    /// What each code is worth.
    pub outcomes: Outcomes,
    /// What the reply must and must not say; `None` where the reply weighs nothing and nothing is forbidden.
    pub reply: Option<ReplySpec>,
    /// How an episode is graded.
    pub grading: Grading,
    /// What single steps pay.
    pub rewards: Rewards,
    /// What is shown while an episode runs.
    pub exposure: Exposure,
    /// A reply that meets everything; `None` where the reply weighs nothing.
    pub oracle_reply: Option<Arc<str>>,
    /// The grader's own test cases, in the file's order.
    pub examples: Vec<Example>,
    /// The digest of the pack that the task comes from.
    pub pack_digest: Arc<str>,
}

impl Task {
    /// The author's part of `workspace_summary`, without the list of artifact ids.
    pub fn workspace_text(&self) -> &str {
        self.workspace_summary.rsplit_once(ARTIFACT_LIST).map_or(&*self.workspace_summary, |(text, _)| text.trim_end())
    }

    /// What people call a piece of evidence; `None` where the task has none of that key.
    pub fn title_of(&self, evidence: &Evidence) -> Option<&Arc<str>> {
        match evidence.kind {
            EvidenceKind::Ticket => Some(&self.ticket.subject),
            EvidenceKind::Artifact => self.artifacts.get(evidence.id()).map(|artifact| &artifact.title),
            EvidenceKind::Policy => self.policies.get(evidence.id()).map(|policy| &policy.title),
        }
    }

    /// The steps of the derived winning path: one per required evidence, one draft where the reply weighs anything,
    /// one submit.
    pub fn optimal_steps(&self) -> u32 {
        let draft = u32::from(self.grading.weights.reply > 0.0);
        u32::try_from(self.required_evidence.len()).unwrap_or(u32::MAX - 2) + draft + 1
    }
}

/// The customer's case as it reached the desk.
#[derive(Debug)]
pub struct Ticket {
    /// The desk's number for it; free text.
    pub id: Arc<str>,
    /// `email`, `chat`, `phone`, `social` or `web`.
    pub channel: Option<&'static str>,
    /// When it came in, as authored.
    pub opened_at: Option<Arc<str>>,
    /// The customer's name.
    pub customer: Option<Arc<str>>,
    /// The subject line.
    pub subject: Arc<str>,
    /// The message, word for word.
    pub message: Arc<str>,
    /// The whole ticket as `review_ticket` shows it.
    pub rendered: Arc<str>,
}

/// Which part of a data set a task belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Split {
    /// Seen while a model is trained.
    Train,
    /// For choosing between models.
    Validation,
    /// For reporting.
    Test,
}

impl Split {
    /// All of them.
    pub const ALL: [Split; 3] = [Split::Train, Split::Validation, Split::Test];

    /// The name on the wire and in task files.
    pub const fn as_str(self) -> &'static str {
        match self {
            Split::Train => "train",
            Split::Validation => "validation",
            Split::Test => "test",
        }
    }
}

/// A key saying that the agent has seen something.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Evidence {
    /// What kind of thing was seen.
    pub kind: EvidenceKind,
    /// The key on the wire: `ticket`, `artifact:<id>` or `policy:<id>`.
    pub key: Arc<str>,
}

/// What kind of thing an evidence key speaks of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum EvidenceKind {
    /// The whole ticket.
    Ticket,
    /// An artifact.
    Artifact,
    /// A policy.
    Policy,
}

impl Evidence {
    /// The key of the ticket.
    pub const TICKET: &'static str = "ticket";

    /// Reads a key as it is written in a file; `None` where it has none of the three forms.
    pub fn parse(key: &str) -> Option<Evidence> {
        let kind = match key.split_once(':') {
            None if key == Evidence::TICKET => EvidenceKind::Ticket,
            Some(("artifact", id)) if !id.is_empty() => EvidenceKind::Artifact,
            Some(("policy", id)) if !id.is_empty() => EvidenceKind::Policy,
            _ => return None,
        };
        Some(Evidence { kind, key: key.into() })
    }

    /// The key of an artifact.
    pub fn artifact_key(id: &str) -> Arc<str> {
        format!("artifact:{id}").into()
    }

    /// The key of a policy.
    pub fn policy_key(id: &str) -> Arc<str> {
        format!("policy:{id}").into()
    }

    /// The id of the artifact or policy; empty for the ticket.
    pub fn id(&self) -> &str {
        self.key.split_once(':').map_or("", |(_, id)| id)
    }
}

/// What the pack's codes are worth in one task. A code that is in none of the three is simply wrong.
#[derive(Debug, Clone, PartialEq)]
pub struct Outcomes {
    /// The right code.
    pub expected: Arc<str>,
    /// Codes that earn part of the credit, each in (0, 1).
    pub partial: BTreeMap<Arc<str>, f64>,
    /// Codes that zero the episode.
    pub harmful: Vec<Arc<str>>,
}

/// How an episode is graded.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Grading {
    /// Extra looks that cost nothing.
    pub free_steps: u32,
    /// The most that a cheat may score.
    pub floor_max: f64,
    /// The criteria's shares.
    pub weights: Weights,
}

/// The criteria's shares of the score; they sum to 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Weights {
    /// The submitted code.
    pub resolution: f64,
    /// The evidence collected.
    pub evidence: f64,
    /// The reply.
    pub reply: f64,
    /// The steps taken.
    pub efficiency: f64,
}

/// What single steps pay before the end.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rewards {
    /// Per newly collected required evidence, in [0, 1].
    pub evidence: f64,
    /// Times the gain of reply quality over the best so far, in [0, 1].
    pub reply: f64,
}

/// What is shown while an episode runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Exposure {
    /// When the score so far is shown.
    pub score: ScoreExposure,
    /// Whether `state` shows the required evidence before the end.
    pub state: StateExposure,
}

/// When the score so far is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ScoreExposure {
    /// At every step.
    Always,
    /// Only at the end; reply rewards are silent until then, too.
    OnDone,
}

/// What `state` shows before the end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StateExposure {
    /// Everything.
    Full,
    /// All but the required evidence.
    Agent,
}

/// One of the grader's own test cases.
#[derive(Debug, Clone, PartialEq)]
pub struct Example {
    /// The reply to judge.
    pub reply: Arc<str>,
    /// Whether it should meet every scored keyword with nothing forbidden and its length in bounds.
    pub passes: Option<bool>,
    /// The verdict each named keyword should get.
    pub expect: BTreeMap<Arc<str>, ExpectedVerdict>,
}

/// What an example expects of one keyword.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExpectedVerdict {
    /// Exactly this verdict.
    Is(crate::text::Verdict),
    /// Any verdict but `met`.
    Unmet,
}
