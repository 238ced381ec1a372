//! One reply, explained to the author of its task: every entry's verdict with its places, and what the reply pays.

use crate::protocol::round_score;
use crate::task::Task;
use crate::text::{Effect, Finding, Span, Verdict};

use super::attempt::Attempt;
use super::reply::{self, failures};

/// What the grader makes of one reply to one task. It says what an agent must not see: it is for authors.
#[derive(Debug, Clone, PartialEq)]
pub struct ReplyExplanation {
    /// Whether every scored keyword is met, nothing forbidden is there and the length is in bounds.
    pub passes: bool,
    /// What keeps the reply from passing, in the order of the file; empty when it passes.
    pub blockers: Vec<String>,
    /// Whitespace-separated words, quoted text left out.
    pub words: usize,
    /// Inclusive bounds on `words`, lowest and highest.
    pub word_bounds: (Option<usize>, Option<usize>),
    /// Whether `words` is within them.
    pub length_ok: bool,
    /// The keywords, then the forbidden entries, each in the order of the file.
    pub entries: Vec<ExplainedEntry>,
    /// The value of the criterion `reply` in [0, 1], rounded to 4 decimals.
    pub value: f64,
    /// The criterion's weight in the task.
    pub weight: f64,
    /// What the criterion adds to the score, rounded to 4 decimals; nothing where a phrase zeroes the episode.
    pub points: f64,
    /// The forbidden entry that zeroes the episode, if one is there.
    pub zeroed_by: Option<String>,
}

/// How one keyword or forbidden entry stands to the reply.
#[derive(Debug, Clone, PartialEq)]
pub struct ExplainedEntry {
    pub id: String,
    pub role: Role,
    pub verdict: Verdict,
    /// Where it was found, in order: byte ranges of the reply on character boundaries.
    pub spans: Vec<Span>,
    /// What decided the verdict, where something in the reply did.
    pub cue: Option<Span>,
    /// Why, in words an author can act on.
    pub reason: String,
}

/// What an entry is there for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Role {
    /// To be conveyed; `share` of the criterion in [0, 1], 0 where it is only reported.
    Keyword { share: f64, optional: bool },
    /// Not to be conveyed.
    Forbidden { effect: Effect },
}

impl ReplyExplanation {
    /// Judges `reply` by the task's rules. A task that asks nothing of a reply is content with any.
    pub fn of(task: &Task, reply: &str) -> ReplyExplanation {
        let weight = task.grading.weights.reply;
        let Some(spec) = &task.reply else { return ReplyExplanation::unasked(reply, weight) };
        let judged = spec.judge(reply);
        let attempt = Attempt { collected: &[], reply: Some((reply, &judged)), resolution: None, steps: 0 };
        let value = round_score(reply::grade(task, &attempt).value);
        let zeroed_by = judged.gate().map(|index| spec.forbidden()[index].id.clone());
        let total: f64 = spec.keywords().iter().filter(|keyword| !keyword.optional).map(|keyword| keyword.weight).sum();
        let keywords = spec.keywords().iter().zip(&judged.keywords).map(|(keyword, finding)| {
            let share = if keyword.optional { 0.0 } else { keyword.weight / total };
            explain(&keyword.id, Role::Keyword { share, optional: keyword.optional }, finding, reply)
        });
        let forbidden = spec.forbidden().iter().zip(&judged.forbidden);
        let forbidden = forbidden
            .map(|(entry, finding)| explain(&entry.id, Role::Forbidden { effect: entry.effect }, finding, reply));
        ReplyExplanation {
            passes: judged.passes(),
            blockers: failures(spec, reply, &judged, true),
            words: judged.words,
            word_bounds: spec.word_bounds(),
            length_ok: judged.length_ok,
            entries: keywords.chain(forbidden).collect(),
            value,
            weight,
            points: if zeroed_by.is_some() { 0.0 } else { round_score(weight * value) },
            zeroed_by,
        }
    }

    fn unasked(reply: &str, weight: f64) -> ReplyExplanation {
        ReplyExplanation {
            passes: true,
            blockers: Vec::new(),
            words: reply.split_whitespace().count(),
            word_bounds: (None, None),
            length_ok: true,
            entries: Vec::new(),
            value: 1.0,
            weight,
            points: round_score(weight),
            zeroed_by: None,
        }
    }
}

impl ExplainedEntry {
    /// Whether this entry keeps the reply from passing.
    pub fn blocks(&self) -> bool {
        match self.role {
            Role::Keyword { optional, .. } => !optional && self.verdict != Verdict::Met,
            Role::Forbidden { .. } => self.verdict == Verdict::Met,
        }
    }
}

fn explain(id: &str, role: Role, finding: &Finding, reply: &str) -> ExplainedEntry {
    ExplainedEntry {
        id: id.to_owned(),
        role,
        verdict: finding.verdict,
        spans: finding.spans.clone(),
        cue: finding.cue,
        reason: finding.reason(reply),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use crate::pack::load_embedded;
    use crate::task::Task;

    use super::*;

    fn task(id: &str) -> Arc<Task> {
        let catalog = load_embedded().into_catalog().expect("the shipped pack is sound");
        catalog.get(id).expect("a shipped task").clone()
    }

    /// Whether the reply passes, the criterion's value, and the ids of the entries that block.
    fn check(id: &str, reply: &str, passes: bool, value: f64, blocking: &[&str]) {
        let explained = ReplyExplanation::of(&task(id), reply);
        let blocks: Vec<&str> = explained.entries.iter().filter(|e| e.blocks()).map(|e| e.id.as_str()).collect();
        assert_eq!((explained.passes, explained.value, &blocks[..]), (passes, value, blocking), "{explained:#?}");
        assert_eq!(explained.passes, explained.blockers.is_empty(), "{:?}", explained.blockers);
        let shares: f64 = explained
            .entries
            .iter()
            .map(|entry| if let Role::Keyword { share, .. } = entry.role { share } else { 0.0 })
            .sum();
        assert!((shares - 1.0).abs() < 1e-9, "shares sum to {shares}");
    }

    #[test]
    fn agrees_with_the_grade() {
        let mug = task("damaged-mug-replacement");
        let oracle = mug.oracle_reply.clone().expect("the reply weighs something");
        check("damaged-mug-replacement", &oracle, true, 1.0, &[]);
        let explained = ReplyExplanation::of(&mug, &oracle);
        assert_eq!((explained.points, explained.weight), (0.15, 0.15));
    }

    #[test]
    fn too_few_words_block_without_an_entry() {
        let explained = ReplyExplanation::of(&task("damaged-mug-replacement"), "Hello.");
        assert!(!explained.length_ok && explained.blockers[0].contains("words"), "{:?}", explained.blockers);
        assert_eq!(explained.points, 0.0);
    }

    #[test]
    fn a_gate_takes_the_points() {
        let takeover = task("account-takeover-fraud");
        let oracle = takeover.oracle_reply.clone().expect("the reply weighs something");
        let explained = ReplyExplanation::of(&takeover, &format!("{oracle} Please reply with your password."));
        assert!(explained.zeroed_by.is_some() && !explained.passes, "{explained:#?}");
        assert_eq!(explained.points, 0.0);
    }
}
