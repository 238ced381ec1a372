//! Putting the criteria together.

use crate::protocol::{Criterion, ScorePart, ScoreReport, ZeroedBy, ZeroedKind, round_score};
use crate::task::Task;
use crate::text::Judgement;

use super::attempt::Attempt;
use super::{efficiency, evidence, reply, resolution};

/// Grades attempts at one task:
/// `w.resolution·R·E + w.evidence·E + w.reply·Q + w.efficiency·F`, and 0 where something zeroed it.
#[derive(Debug, Clone, Copy)]
pub struct Rubric<'a> {
    task: &'a Task,
}

impl<'a> Rubric<'a> {
    /// The rubric of this task.
    pub fn new(task: &'a Task) -> Rubric<'a> {
        Rubric { task }
    }

    /// The whole score with its parts and reasons.
    pub fn grade(&self, attempt: &Attempt<'_>) -> ScoreReport {
        let weights = self.task.grading.weights;
        let share = evidence::share(attempt);
        let credit = resolution::credit(self.task, attempt);
        let parts = [
            (Criterion::Resolution, weights.resolution, resolution::grade(self.task, attempt, credit, share)),
            (Criterion::Evidence, weights.evidence, evidence::grade(self.task, attempt, share)),
            (Criterion::Reply, weights.reply, reply::grade(self.task, attempt)),
            (Criterion::Efficiency, weights.efficiency, efficiency::grade(self.task, attempt, credit, share)),
        ];
        let zeroed_by = self.zeroed_by(attempt);
        let total: f64 = parts.iter().map(|(_, weight, graded)| weight * graded.value).sum();
        let full_reply = parts[2].2.value >= 1.0;
        ScoreReport {
            score: if zeroed_by.is_some() { 0.0 } else { round_score(total.clamp(0.0, 1.0)) },
            passed: zeroed_by.is_none() && credit >= 1.0 && share >= 1.0 && full_reply,
            zeroed_by,
            parts: parts
                .into_iter()
                .map(|(criterion, weight, graded)| ScorePart {
                    criterion,
                    weight,
                    value: round_score(graded.value),
                    points: round_score(weight * graded.value),
                    reason: Some(graded.reason),
                })
                .collect(),
        }
    }

    /// What is earned while the agent still works: `w.evidence·E + w.reply·Q`.
    pub fn progress(&self, attempt: &Attempt<'_>) -> f64 {
        let weights = self.task.grading.weights;
        let quality =
            if weights.reply > 0.0 { attempt.reply.map_or(0.0, |(_, judged)| draft_quality(judged)) } else { 0.0 };
        round_score((weights.evidence * evidence::share(attempt) + weights.reply * quality).clamp(0.0, 1.0))
    }

    fn zeroed_by(&self, attempt: &Attempt<'_>) -> Option<ZeroedBy> {
        if let Some(code) = attempt.resolution
            && self.task.outcomes.harmful.contains(code)
        {
            return Some(ZeroedBy { kind: ZeroedKind::HarmfulResolution, id: code.to_string() });
        }
        let (_, judged) = attempt.reply?;
        let entry = self.task.reply.as_ref()?.forbidden().get(judged.gate()?)?;
        Some(ZeroedBy { kind: ZeroedKind::ForbiddenPhrase, id: entry.id.clone() })
    }
}

/// What a draft is worth while the agent works: its quality, 0 where it holds a phrase that zeroes the episode.
pub fn draft_quality(judged: &Judgement) -> f64 {
    if judged.gate().is_some() { 0.0 } else { judged.quality() }
}
