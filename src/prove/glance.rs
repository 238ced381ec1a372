//! What a glance at a task shows without a search: cheap enough to be asked of every task that is loaded.
//!
//! The scores are the grader's own. That they are the best of their kind follows from its rules: with no evidence no
//! code earns anything, and with a wrong one more evidence and a better reply never cost.

use crate::agent::IDLE_REPLY;
use crate::agent::cheat::Vocabulary;
use crate::rubric::{Attempt, Rubric};
use crate::task::Task;
use crate::text::{Judgement, ReplySpec};

/// The best that a path to a wrong code may score.
pub const WRONG_CODE_MOST: f64 = 0.5;

/// From where on the best path to a wrong code is worth a warning.
pub const WRONG_CODE_MUCH: f64 = 0.45;

/// The fewest wordings that make a list: a shorter one may be an honest note.
const FEWEST_LISTED: usize = 3;

/// The most wordings that are listed: one task's author writes fewer.
const MOST_LISTED: usize = 60;

/// A task, looked at for a moment.
#[derive(Debug)]
pub struct Glance<'a> {
    task: &'a Task,
    rubric: Rubric<'a>,
}

/// A reply without content that passes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spray {
    /// What it is made of.
    pub kind: SprayKind,
    /// The reply.
    pub reply: String,
}

/// What a reply without content is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SprayKind {
    /// The keywords' wordings, in a list.
    Keywords,
    /// The customer's message.
    Ticket,
}

impl<'a> Glance<'a> {
    /// The polite reply that says nothing.
    pub const IDLE_REPLY: &'static str = IDLE_REPLY;

    /// Looks at a task.
    pub fn of(task: &'a Task) -> Glance<'a> {
        Glance { task, rubric: Rubric::new(task) }
    }

    /// The most that doing nothing, submitting at once, or a polite reply that says nothing scores.
    pub fn idle(&self) -> f64 {
        let judged = self.task.reply.as_ref().map(|spec| spec.judge(IDLE_REPLY));
        let reply = judged.as_ref().map(|judged| (IDLE_REPLY, judged));
        let nothing = self.score(0, None, true, 1).max(self.score(0, None, false, self.task.max_steps));
        nothing.max(self.score(0, reply, true, 2)).max(self.score(0, reply, false, self.task.max_steps))
    }

    /// The most that an episode scores which ends with a code that is neither expected nor worth part of the credit;
    /// `None` where there is no such code, or each of them does harm.
    pub fn wrong_code(&self) -> Option<f64> {
        let outcomes = &self.task.outcomes;
        let wrong = self.task.resolutions.iter().map(|resolution| &resolution.code).find(|code| {
            **code != outcomes.expected && !outcomes.partial.contains_key(*code) && !outcomes.harmful.contains(code)
        })?;
        let weights = self.task.grading.weights;
        if weights.evidence + weights.reply <= WRONG_CODE_MUCH {
            return Some(weights.evidence + weights.reply);
        }
        let oracle = self.task.oracle_reply.as_deref().unwrap_or_default();
        let judged = self.task.reply.as_ref().filter(|_| weights.reply > 0.0).map(|spec| spec.judge(oracle));
        let required = self.task.required_evidence.len();
        let best = |reply: Option<(&str, &Judgement)>| {
            let after = 1 + usize::from(reply.is_some());
            let looks = required.min((self.task.max_steps as usize).saturating_sub(after));
            let collected: Vec<bool> = (0..required).map(|at| at < looks).collect();
            let steps = self.task.max_steps;
            self.rubric.score(&Attempt { collected: &collected, reply, resolution: Some(wrong), steps }).0
        };
        Some(best(None).max(judged.as_ref().map_or(0.0, |judged| best(Some((oracle, judged))))))
    }

    /// A reply without content that passes: the customer's message, or the keywords in a list.
    ///
    /// A list with commas is tried on every task. Where every scored keyword takes any mention, so that nothing but the
    /// form of the reply tells a list from an answer, other forms are tried, too; not where all of them are values,
    /// which are facts however they are put.
    pub fn spray(&self) -> Option<Spray> {
        let spec = self.task.reply.as_ref().filter(|_| self.task.grading.weights.reply > 0.0)?;
        let passes = |reply: &str| spec.judge(reply).passes();
        let message = &*self.task.ticket.message;
        if passes(message) {
            return Some(Spray { kind: SprayKind::Ticket, reply: message.to_owned() });
        }
        self.lists(spec).into_iter().find(|list| passes(list)).map(|reply| Spray { kind: SprayKind::Keywords, reply })
    }

    fn lists(&self, spec: &ReplySpec) -> Vec<String> {
        let vocabulary = Vocabulary::of(self.task);
        let all: Vec<&str> = vocabulary.texts().take(MOST_LISTED).collect();
        if all.len() < FEWEST_LISTED {
            return Vec::new();
        }
        let mut lists = vec![all.join(", ")];
        let scored = || spec.keywords().iter().filter(|keyword| !keyword.optional);
        let takes_anything = scored().all(|keyword| keyword.matcher.takes_any_mention());
        if takes_anything && scored().any(|keyword| !keyword.matcher.pattern().is_typed()) {
            lists.extend([all.join(" "), all.join(". "), format!("- {}", all.join("\n- "))]);
        }
        lists
    }

    fn score(&self, looks: usize, reply: Option<(&str, &Judgement)>, submits: bool, steps: u32) -> f64 {
        let collected: Vec<bool> = (0..self.task.required_evidence.len()).map(|at| at < looks).collect();
        let resolution = submits.then_some(&self.task.outcomes.expected);
        self.rubric.score(&Attempt { collected: &collected, reply, resolution, steps }).0
    }
}
