//! What a proof found wrong, with something to replay.

use std::sync::Arc;

use serde::{Serialize, Serializer};

use crate::diag::{Place, Severity};
use crate::pack::Part;
use crate::protocol::ToolUseAction;

use super::check::Check;

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
    /// The part of the task or the pack that it is about.
    #[serde(skip)]
    pub about: Part,
    /// Where that stands, once somebody who knows the files has said so.
    pub place: Option<Place>,
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
