//! Actions from a file, one JSON object a line.

use crate::protocol::{StepResult, ToolUseAction};
use crate::task::Task;

use super::Agent;

/// Plays a fixed list of actions, whatever comes back.
#[derive(Debug, Clone)]
pub struct Script {
    actions: Vec<ToolUseAction>,
    step: usize,
}

/// Why a text is no script.
#[derive(Debug, thiserror::Error)]
// Each line is a text of its own to the parser: its "line 1" says nothing.
#[error("line {line} is no action: {}", source.to_string().replace(" at line 1 column ", " at column "))]
pub struct ScriptError {
    /// From 1.
    pub line: usize,
    /// What is wrong with it.
    pub source: serde_json::Error,
}

impl Script {
    /// Plays these actions.
    pub fn new(actions: Vec<ToolUseAction>) -> Script {
        Script { actions, step: 0 }
    }

    /// Reads actions, one JSON object a line; blank lines and lines that begin with `#` are passed over.
    ///
    /// # Errors
    /// The first line that is no action.
    pub fn parse(text: &str) -> Result<Script, ScriptError> {
        let lines = text.lines().enumerate().map(|(at, line)| (at + 1, line.trim()));
        let actions = lines
            .filter(|(_, line)| !line.is_empty() && !line.starts_with('#'))
            .map(|(line, text)| serde_json::from_str(text).map_err(|source| ScriptError { line, source }))
            .collect::<Result<_, _>>()?;
        Ok(Script::new(actions))
    }
}

impl Agent for Script {
    fn act(&mut self, _: &Task, _: &StepResult) -> Option<ToolUseAction> {
        let action = self.actions.get(self.step).cloned();
        self.step += 1;
        action
    }
}
