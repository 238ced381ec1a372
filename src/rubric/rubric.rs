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

    /// The score alone, and whether the attempt passes: what [`Rubric::grade`] says, without reasons.
    pub fn score(&self, attempt: &Attempt<'_>) -> (f64, bool) {
        if self.zeroed_by(attempt).is_some() {
            return (0.0, false);
        }
        let weights = self.task.grading.weights;
        let share = evidence::share(attempt);
        let credit = resolution::credit(self.task, attempt);
        let quality = reply::value(self.task, attempt);
        let total = weights.resolution * (credit * share)
            + weights.evidence * share
            + weights.reply * quality
            + weights.efficiency * efficiency::value(self.task, attempt, credit, share);
        (round_score(total.clamp(0.0, 1.0)), credit >= 1.0 && share >= 1.0 && quality >= 1.0)
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
        let (score, passed) = self.score(attempt);
        ScoreReport {
            score,
            passed,
            zeroed_by: self.zeroed_by(attempt),
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
