//! What an agent has seen.

use std::sync::Arc;

use crate::task::Task;

/// The evidence collected in one episode, in order of collection, each key once.
#[derive(Debug, Clone)]
pub struct EvidenceLog {
    collected: Vec<Arc<str>>,
    /// Per required evidence, in the task's order, whether it was collected.
    required: Vec<bool>,
}

impl EvidenceLog {
    /// Nothing seen yet of this task.
    pub fn new(task: &Task) -> EvidenceLog {
        EvidenceLog { collected: Vec::new(), required: vec![false; task.required_evidence.len()] }
    }

    /// Notes that `key` was seen; returns whether it is required and new.
    pub fn collect(&mut self, task: &Task, key: &Arc<str>) -> bool {
        if self.collected.contains(key) {
            return false;
        }
        self.collected.push(key.clone());
        match task.required_evidence.iter().position(|evidence| evidence.key == *key) {
            Some(at) => {
                self.required[at] = true;
                true
            }
            None => false,
        }
    }

    /// Everything seen, in order.
    pub fn collected(&self) -> &[Arc<str>] {
        &self.collected
    }

    /// Per required evidence, in the task's order, whether it was collected.
    pub fn required(&self) -> &[bool] {
        &self.required
    }
}
