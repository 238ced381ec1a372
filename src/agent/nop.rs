//! Doing nothing until the steps run out.

use crate::protocol::{ActionType, StepResult, ToolUseAction};
use crate::task::Task;

use super::Agent;

/// Spends its steps on actions that do nothing: a search without a query.
#[derive(Debug, Default)]
pub struct Nop;

impl Agent for Nop {
    fn act(&mut self, _: &Task, _: &StepResult) -> Option<ToolUseAction> {
        Some(ToolUseAction::new(ActionType::SearchPolicy, None))
    }
}
