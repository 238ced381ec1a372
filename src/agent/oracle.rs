//! The reference solution: what is required, in the file's order, the reference reply, the expected code.

use crate::protocol::{ActionType, StepResult, ToolUseAction};
use crate::task::{EvidenceKind, Task};

use super::Agent;

/// Plays the derived winning path.
#[derive(Debug, Default)]
pub struct Oracle {
    step: usize,
}

impl Oracle {
    /// The whole winning path of a task.
    pub fn path(task: &Task) -> Vec<ToolUseAction> {
        let look = task.required_evidence.iter().map(|evidence| match evidence.kind {
            EvidenceKind::Ticket => ToolUseAction::new(ActionType::ReviewTicket, None),
            EvidenceKind::Artifact => ToolUseAction::new(ActionType::InspectArtifact, Some(evidence.id().to_owned())),
            EvidenceKind::Policy => ToolUseAction::new(ActionType::SearchPolicy, Some(evidence.id().to_owned())),
        });
        let reply = task.oracle_reply.as_ref().filter(|_| task.grading.weights.reply > 0.0);
        let draft = reply.map(|reply| ToolUseAction::new(ActionType::DraftReply, Some(reply.to_string())));
        let submit = ToolUseAction::new(ActionType::SubmitResolution, Some(task.outcomes.expected.to_string()));
        look.chain(draft).chain([submit]).collect()
    }
}

impl Agent for Oracle {
    fn act(&mut self, task: &Task, _: &StepResult) -> Option<ToolUseAction> {
        let action = Oracle::path(task).into_iter().nth(self.step);
        self.step += 1;
        action
    }
}
