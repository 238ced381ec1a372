//! Why an episode scored what it did, and how it is won: for whoever has played it to its end.

use std::sync::Arc;

use serde::Serialize;

use crate::agent::Oracle;
use crate::episode::Episode;
use crate::protocol::{ScoreReport, ToolUseAction};
use crate::rubric::{ReplyExplanation, ReplyReport};
use crate::task::{Evidence, Task};

/// What is told of an episode that has ended.
#[derive(Debug, Serialize)]
pub struct Explanation {
    version: u32,
    score: Option<Arc<ScoreReport>>,
    reply: Reply,
    resolution: Resolution,
    /// What was required, in the task's order, then what was collected besides.
    evidence: Vec<Piece>,
    /// The reference solution.
    path: Vec<ToolUseAction>,
    steps: Steps,
}

#[derive(Debug, Serialize)]
struct Reply {
    text: Option<Arc<str>>,
    /// `None` where there is no draft, or nothing is asked of one.
    explanation: Option<ReplyReport>,
}

#[derive(Debug, Serialize)]
struct Resolution {
    submitted: Option<Arc<str>>,
    expected: Arc<str>,
    partial: Vec<Partial>,
    harmful: Vec<Arc<str>>,
}

#[derive(Debug, Serialize)]
struct Partial {
    code: Arc<str>,
    credit: f64,
}

#[derive(Debug, Serialize)]
struct Piece {
    id: Arc<str>,
    title: Arc<str>,
    required: bool,
    collected: bool,
}

#[derive(Debug, Serialize)]
struct Steps {
    taken: usize,
    optimal: u32,
}

impl Explanation {
    /// What there is to tell; `None` before the end, when it would give the answer away.
    pub fn of(episode: &Episode) -> Option<Explanation> {
        if !episode.is_done() {
            return None;
        }
        let (task, state) = (episode.task(), episode.state());
        let asked = state.drafted_reply.as_ref().filter(|_| task.reply.is_some());
        let explanation = asked.map(|text| ReplyReport::of(task, &ReplyExplanation::of(task, text)));
        let outcomes = &task.outcomes;
        let required = task.required_evidence.iter().map(|evidence| &evidence.key);
        let besides = state.collected_evidence.iter().filter(|key| required.clone().all(|other| other != *key));
        let piece = |key: &Arc<str>, required| Piece {
            title: title_of(task, key),
            required,
            collected: state.collected_evidence.contains(key),
            id: key.clone(),
        };
        let pieces = required.clone().map(|key| piece(key, true)).chain(besides.map(|key| piece(key, false)));
        Some(Explanation {
            version: 1,
            evidence: pieces.collect(),
            resolution: Resolution {
                submitted: state.resolution_code.clone(),
                expected: outcomes.expected.clone(),
                partial: outcomes
                    .partial
                    .iter()
                    .map(|(code, &credit)| Partial { code: code.clone(), credit })
                    .collect(),
                harmful: outcomes.harmful.clone(),
            },
            path: Oracle::path(task),
            steps: Steps { taken: state.action_history.len(), optimal: task.optimal_steps() },
            reply: Reply { explanation, text: state.drafted_reply },
            score: state.score,
        })
    }
}

/// What people call a piece of evidence, or else its key.
fn title_of(task: &Task, key: &Arc<str>) -> Arc<str> {
    Evidence::parse(key).and_then(|evidence| task.title_of(&evidence).cloned()).unwrap_or_else(|| key.clone())
}
