//! What a proof found wrong, with something to replay.

use std::sync::Arc;

use serde::{Serialize, Serializer};

use crate::diag::Severity;
use crate::protocol::ToolUseAction;

/// What a finding is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Check {
    /// The reference solution scores below 1, or no path within the step limit passes.
    Unsolvable,
    /// A cheat earns more than its bound.
    Cheat,
    /// A path passes without all required evidence.
    WithheldEvidence,
    /// A wrong code scores too much.
    WrongResolution,
    /// A reply that asserts nothing passes.
    Exploit,
    /// A change that must cost something costs nothing.
    MutantSurvived,
    /// A change that must cost nothing costs something.
    MutantKilled,
    /// The label disagrees with what is measured.
    Difficulty,
    /// A policy or code that no task needs.
    Unexercised,
    /// A policy that a task speaks of and does not need.
    IndifferentPolicy,
    /// A value is asked for that the agent can see nowhere.
    UnseenValue,
    /// Nothing is required but what the agent is told at the start.
    NothingToFind,
    /// One code is right in most tasks of a pack.
    ConstantAnswer,
}

impl Check {
    /// All of them.
    pub const ALL: [Check; 13] = [
        Check::Unsolvable,
        Check::Cheat,
        Check::WithheldEvidence,
        Check::WrongResolution,
        Check::Exploit,
        Check::MutantSurvived,
        Check::MutantKilled,
        Check::Difficulty,
        Check::Unexercised,
        Check::IndifferentPolicy,
        Check::UnseenValue,
        Check::NothingToFind,
        Check::ConstantAnswer,
    ];

    /// The name in output and on the command line.
    pub const fn as_str(self) -> &'static str {
        match self {
            Check::Unsolvable => "unsolvable",
            Check::Cheat => "cheat",
            Check::WithheldEvidence => "withheld-evidence",
            Check::WrongResolution => "wrong-resolution",
            Check::Exploit => "exploit",
            Check::MutantSurvived => "mutant-survived",
            Check::MutantKilled => "mutant-killed",
            Check::Difficulty => "difficulty",
            Check::Unexercised => "unexercised",
            Check::IndifferentPolicy => "indifferent-policy",
            Check::UnseenValue => "unseen-value",
            Check::NothingToFind => "nothing-to-find",
            Check::ConstantAnswer => "constant-answer",
        }
    }
}

/// Something that a proof found wrong.
#[derive(Debug, Clone, Serialize)]
pub struct Finding {
    /// What it is about.
    pub check: Check,
    /// How much it matters.
    #[serde(serialize_with = "severity_name")]
    pub severity: Severity,
    /// The task; `None` for a finding about the pack.
    pub task: Option<Arc<str>>,
    /// Lower case, no full stop, names in backticks.
    pub message: String,
    /// What to do about it.
    pub help: String,
    /// What shows it.
    pub witness: Option<Witness>,
}

/// What shows a finding.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Witness {
    /// Actions for `support-ops run --agent script:FILE`.
    Actions(Vec<ToolUseAction>),
    /// A reply, ready to stand in the task's `[[examples]]`.
    Example(String),
}

impl Witness {
    /// The witness as a file: a script, one action a line, or an `[[examples]]` entry.
    pub fn text(&self) -> String {
        match self {
            Witness::Actions(actions) => {
                let lines = actions.iter().map(|action| serde_json::to_string(action).unwrap_or_default());
                lines.collect::<Vec<_>>().join("\n")
            }
            Witness::Example(reply) => {
                // A JSON string is a basic string of TOML, but for the delete character, which TOML wants escaped.
                let reply = serde_json::Value::from(reply.as_str()).to_string().replace('\u{7f}', "\\u007F");
                format!("[[examples]]\nreply = {reply}\npasses = false")
            }
        }
    }
}

fn severity_name<S: Serializer>(severity: &Severity, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(severity.as_str())
}
