//! What a glance at a task shows without a search: cheap enough to be asked of every task that is loaded.
//!
//! The scores are the grader's own. That they are the best of their kind follows from its rules: with no evidence no
//! code earns anything, and with a wrong one more evidence and a better reply never cost.

use std::sync::LazyLock;

use crate::agent::IDLE_REPLY;
use crate::agent::cheat::Vocabulary;
use crate::protocol::MAX_MESSAGE_BYTES;
use crate::rubric::{Attempt, Rubric};
use crate::task::{Evidence, EvidenceKind, PolicyLookup, Task};
use crate::text::{Judgement, ReplySpec, TextWords};

/// Every task is asked about this reply.
static IDLE_WORDS: LazyLock<TextWords> = LazyLock::new(|| TextWords::of(IDLE_REPLY));

/// The best that a path to a wrong code may score.
pub const WRONG_CODE_MOST: f64 = 0.5;

/// From where on the best path to a wrong code is worth a warning.
pub const WRONG_CODE_MUCH: f64 = 0.45;

/// The fewest wordings that make a list: a shorter one may be an honest note.
pub(super) const FEWEST_LISTED: usize = 3;

/// The most wordings that are listed: one task's author writes fewer.
const MOST_LISTED: usize = 60;

/// A task, looked at for a moment.
#[derive(Debug)]
pub struct Glance<'a> {
    task: &'a Task,
    rubric: Rubric<'a>,
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
        // Most tasks ask for nothing that stands in it: those need no judgement.
        let asked = self.task.reply.as_ref().filter(|spec| spec.may_meet_words(&IDLE_WORDS) > 0);
        let judged = asked.map(|spec| spec.judge(IDLE_REPLY));
        let reply = judged.as_ref().map(|judged| (IDLE_REPLY, judged));
        let nothing = vec![false; self.task.required_evidence.len()];
        let score = |reply, submits, steps| self.score(&nothing, reply, submits, steps);
        let steps = self.task.max_steps;
        let silent = score(None, true, 1).max(score(None, false, steps));
        // What says nothing that is asked for earns no more than silence.
        if reply.is_none() {
            return silent;
        }
        silent.max(score(reply, true, 2)).max(score(reply, false, steps))
    }

    /// Whether the winning path reaches full marks: told by the rules, without playing it.
    pub fn wins(&self) -> bool {
        let task = self.task;
        let is_shown = |evidence: &Evidence| match evidence.kind {
            EvidenceKind::Ticket | EvidenceKind::Artifact => true,
            // A name of another policy's may be this one's id.
            EvidenceKind::Policy => {
                matches!(task.policies.lookup(evidence.id()), PolicyLookup::Exact(found) if found.evidence == evidence.key)
            }
        };
        let collected: Vec<bool> = task.required_evidence.iter().map(is_shown).collect();
        let drafts = task.oracle_reply.as_deref().filter(|_| task.grading.weights.reply > 0.0);
        if drafts.is_some_and(|reply| reply.trim().is_empty() || reply.len() > MAX_MESSAGE_BYTES) {
            return false;
        }
        let judged = drafts.zip(task.reply.as_ref()).map(|(reply, spec)| (reply, spec.judge(reply)));
        let reply = judged.as_ref().map(|(reply, judged)| (*reply, judged));
        let steps = collected.len() + usize::from(drafts.is_some()) + 1;
        u32::try_from(steps)
            .is_ok_and(|steps| steps <= task.max_steps && self.score(&collected, reply, true, steps) >= 1.0)
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

    /// A list of the keywords' wordings that passes as a reply.
    ///
    /// Lists are tried where every scored keyword takes any mention, so that nothing but the form of the reply tells a
    /// list from an answer; not where all of them are values, which are facts however they are put.
    pub fn passing_list(&self) -> Option<String> {
        let spec = self.task.reply.as_ref().filter(|_| self.task.grading.weights.reply > 0.0)?;
        self.lists(spec).into_iter().find(|list| spec.judge(list).passes())
    }

    fn lists(&self, spec: &ReplySpec) -> Vec<String> {
        let scored = || spec.keywords().iter().filter(|keyword| !keyword.optional);
        let takes_anything = scored().all(|keyword| keyword.matcher.takes_any_mention());
        if !takes_anything || scored().all(|keyword| keyword.matcher.pattern().is_typed()) {
            return Vec::new();
        }
        let vocabulary = Vocabulary::of(self.task);
        let all: Vec<&str> = vocabulary.texts().take(MOST_LISTED).collect();
        if all.len() < FEWEST_LISTED {
            return Vec::new();
        }
        vec![all.join(", "), all.join(" "), all.join(". "), format!("- {}", all.join("\n- "))]
    }

    fn score(&self, collected: &[bool], reply: Option<(&str, &Judgement)>, submits: bool, steps: u32) -> f64 {
        let resolution = submits.then_some(&self.task.outcomes.expected);
        self.rubric.score(&Attempt { collected, reply, resolution, steps }).0
    }
}
