//! Climbing the score that is shown: redrafting until it moves, then guessing.

use std::collections::VecDeque;

use crate::agent::{Agent, Oracle};
use crate::protocol::{ActionType, StepResult, ToolUseAction};
use crate::task::Task;

use super::{Bound, Case, Cheat, draft, submit, wrong_codes};

pub(super) const CHEAT: Cheat = Cheat {
    name: "redraft-on-score",
    about: "looks, redrafts as long as the score shown rises, then submits a wrong code",
    bound: Bound::Guess,
    most: usize::MAX,
    players,
};

fn players(case: &Case<'_>) -> Vec<Box<dyn Agent>> {
    let looks = Oracle::path(case.task)
        .into_iter()
        .filter(|action| !matches!(action.action_type, ActionType::DraftReply | ActionType::SubmitResolution));
    // The order in which a climber would try: one wording of each keyword, then the next of each.
    let keywords = &case.vocabulary.keywords;
    let most = keywords.iter().map(|keyword| keyword.texts.len()).max().unwrap_or(0);
    let tries = (0..most).flat_map(|at| keywords.iter().filter_map(move |keyword| keyword.texts.get(at)));
    let Some(code) = wrong_codes(case.task).find(|code| !case.task.outcomes.harmful.contains(code)) else {
        return Vec::new();
    };
    vec![Box::new(Climber {
        looks: looks.collect(),
        tries: tries.map(|text| format!("We have confirmed {text} for you.")).collect(),
        kept: String::new(),
        tried: None,
        best: None,
        code: code.to_string(),
    })]
}

/// Adds a sentence to its draft and keeps it where the score shown rises.
#[derive(Debug)]
struct Climber {
    looks: VecDeque<ToolUseAction>,
    tries: VecDeque<String>,
    kept: String,
    tried: Option<String>,
    /// The score shown before the draft that is being tried.
    best: Option<f64>,
    code: String,
}

impl Agent for Climber {
    fn act(&mut self, _: &Task, last: &StepResult) -> Option<ToolUseAction> {
        if let Some(look) = self.looks.pop_front() {
            return Some(look);
        }
        let shown = last.observation.current_score;
        if let Some(tried) = self.tried.take()
            && shown > self.best
        {
            self.kept = tried;
        }
        if shown > self.best {
            self.best = shown;
        }
        // The last draft has to be the one that was kept.
        let left = last.observation.remaining_steps;
        match self.tries.pop_front() {
            Some(sentence) if left > 2 && shown.is_some() => {
                let tried = format!("{} {sentence}", self.kept).trim().to_owned();
                self.tried = Some(tried.clone());
                Some(draft(tried))
            }
            _ if left > 1 && !self.kept.is_empty() => {
                self.tries.clear();
                Some(draft(std::mem::take(&mut self.kept)))
            }
            _ => Some(submit(&self.code)),
        }
    }
}
