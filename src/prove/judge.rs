//! What of a task's proof is a finding, how much it matters, and which part of the task it is about.

use std::sync::Arc;

use crate::agent::cheat::{Bound, CHEATS};
use crate::diag::Severity;
use crate::pack::Part;
use crate::protocol::ActionType;
use crate::task::{EvidenceKind, Task};

use super::cheats::CheatRun;
use super::check::Check;
use super::difficulty::Hardness;
use super::exploit::ExploitKind;
use super::finding::{Finding, Witness};
use super::glance::{WRONG_CODE_MOST, WRONG_CODE_MUCH};
use super::mutants::{Mutant, MutantKind};
use super::proof::TaskProof;

/// From where on the best path to a code that is worth a part of the credit is worth a warning.
const PARTIAL_CODE_MUCH: f64 = 0.8;

/// The most that a bound for cheats may be raised to: 0.35 is the default.
const USUAL_FLOOR: f64 = 0.4;

impl TaskProof {
    /// What is wrong with the task.
    pub(super) fn judge(&self, task: &Task) -> Vec<Finding> {
        let mut findings = Findings { task: &self.task, list: Vec::new() };
        self.judge_solution(task, &mut findings);
        self.judge_cheats(task, &mut findings);
        self.judge_search(task, &mut findings);
        self.judge_replies(&mut findings);
        if !self.hardness.fits(self.difficulty) {
            let (low, high) = Hardness::range(self.difficulty);
            findings.add(
                Check::Difficulty,
                Severity::Warning,
                Part::Difficulty,
                format!(
                    "the task is labelled `{}` and measures {} of 10 points, outside of {low} to {high}",
                    self.difficulty.as_str(),
                    self.hardness.points()
                ),
                "change the label, or what makes the task easier or harder than it says",
                None,
            );
        }
        if task.required_evidence.iter().all(|evidence| evidence.kind == EvidenceKind::Ticket) {
            findings.add(
                Check::NothingToFind,
                Severity::Warning,
                Part::Required,
                "nothing is required but the ticket, which the agent is told at the start".to_owned(),
                "require the records and the policy that decide the case",
                Some(Witness::Actions(self.oracle.actions.clone())),
            );
        }
        for (keyword, value, place) in &self.aside {
            findings.add(
                Check::UnseenValue,
                Severity::Warning,
                Part::Keyword(keyword.clone()),
                format!("the keyword `{keyword}` asks for `{value}`, which stands in `{place}` alone, and that is not required"),
                "require as evidence what the reply has to be made of",
                None,
            );
        }
        for (keyword, value) in &self.unseen {
            findings.add(
                Check::UnseenValue,
                Severity::Info,
                Part::Keyword(keyword.clone()),
                format!(
                    "the keyword `{keyword}` asks for `{value}`, which stands in nothing that the agent can look at"
                ),
                "bind the value to a record with `from`, unless it has to be worked out",
                None,
            );
        }
        for indifferent in &self.indifferent {
            findings.add(
                Check::IndifferentPolicy,
                Severity::Warning,
                part_of_policy(task, &indifferent.policy),
                format!(
                    "the task speaks of the policy `{}`, and another read in its place scores the same",
                    indifferent.policy
                ),
                "require the policy as evidence, or do not speak of it",
                Some(Witness::Actions(indifferent.actions.clone())),
            );
        }
        findings.list
    }

    fn judge_solution(&self, task: &Task, findings: &mut Findings<'_>) {
        match &self.search.shortest {
            Some(shortest) if shortest.steps > task.max_steps => findings.add(
                Check::Unsolvable,
                Severity::Error,
                Part::MaxSteps,
                format!(
                    "the shortest winning path takes {} steps, `max_steps` allows {}",
                    shortest.steps, task.max_steps
                ),
                "raise `max_steps`, or require less evidence",
                Some(Witness::Actions(self.oracle.actions.clone())),
            ),
            None => findings.add(
                Check::Unsolvable,
                Severity::Error,
                Part::OracleReply,
                format!("no path passes: the reference solution scores {:.4}", self.oracle.score),
                "make the reference reply meet every scored keyword; `support-ops explain-reply` shows what it misses",
                Some(Witness::Actions(self.oracle.actions.clone())),
            ),
            Some(_) if self.oracle.score < 1.0 => findings.add(
                Check::Unsolvable,
                Severity::Error,
                Part::OracleReply,
                format!("the reference solution scores {:.4}, not 1", self.oracle.score),
                "`support-ops run --agent oracle` shows which part is missing",
                Some(Witness::Actions(self.oracle.actions.clone())),
            ),
            Some(_) => {}
        }
    }

    fn judge_cheats(&self, task: &Task, findings: &mut Findings<'_>) {
        let (reply, floor) = (task.grading.weights.reply, task.grading.floor_max);
        if reply > floor.min(USUAL_FLOOR) {
            let fakes = |kind| matches!(kind, ActionType::DraftReply | ActionType::SubmitResolution);
            let message = match reply > floor {
                true => format!(
                    "the reply alone is worth {reply:.4}, more than the bound of {floor:.4} for agents that look at nothing"
                ),
                false => format!(
                    "the reply alone is worth {reply:.4}, and only the raised bound of {floor:.4} allows that to agents that look at nothing"
                ),
            };
            let looks_at_nothing = self.oracle.actions.iter().filter(|action| fakes(action.action_type));
            findings.add(
                Check::Cheat,
                Severity::Warning,
                Part::Weights,
                message,
                "give the reply less weight, or let `grading.floor_max` allow for it",
                Some(Witness::Actions(looks_at_nothing.cloned().collect())),
            );
        }
        for run in self.cheats.iter().filter(|run| !run.within) {
            findings.add(
                Check::Cheat,
                Severity::Error,
                part_of_cheat(run),
                format!("`{}` earns {:.4}, more than its bound of {:.4}", run.cheat, run.earned, run.bound),
                "ask for more that has to be found: evidence, or an outcome that the cheat cannot say by accident",
                Some(Witness::Actions(run.best.actions.clone())),
            );
        }
    }

    fn judge_search(&self, task: &Task, findings: &mut Findings<'_>) {
        let floor = task.grading.floor_max;
        if self.search.random > floor {
            findings.add(
                Check::Cheat,
                Severity::Warning,
                Part::Required,
                format!(
                    "an agent that draws its actions earns {:.4} on average, more than {floor:.4}",
                    self.search.random
                ),
                "require more evidence, or offer more to choose from: records, policies, codes",
                None,
            );
        }
        let partial = self.search.wrong.iter().filter(|wrong| wrong.partial);
        if let Some(most) = partial.max_by(|a, b| a.best.score.total_cmp(&b.best.score))
            && most.best.score > PARTIAL_CODE_MUCH
        {
            findings.add(
                Check::WrongResolution,
                Severity::Warning,
                Part::Partial(most.code.to_string()),
                format!(
                    "an episode that ends with `{}`, which is worth a part of the credit, scores {:.4}",
                    most.code, most.best.score
                ),
                "lower its credit: what is nearly right should stand clearly below what is right",
                Some(Witness::Actions(most.best.actions.clone())),
            );
        }
        for withheld in self.search.withheld.iter().filter(|withheld| withheld.best.passed) {
            findings.add(
                Check::WithheldEvidence,
                Severity::Error,
                Part::Evidence(withheld.evidence.to_string()),
                format!("an episode passes without `{}`", withheld.evidence),
                "the evidence is required and not needed: let it weigh something",
                Some(Witness::Actions(withheld.best.actions.clone())),
            );
        }
        let wrong = self.search.wrong.iter().filter(|wrong| !wrong.partial);
        if let Some(worst) = wrong.max_by(|a, b| a.best.score.total_cmp(&b.best.score))
            && worst.best.score > WRONG_CODE_MUCH
        {
            let severity = if worst.best.score > WRONG_CODE_MOST { Severity::Error } else { Severity::Warning };
            findings.add(
                Check::WrongResolution,
                severity,
                Part::Weights,
                format!("an episode that ends with the wrong code `{}` scores {:.4}", worst.code, worst.best.score),
                "give the resolution more weight: a wrong outcome is worth at most half",
                Some(Witness::Actions(worst.best.actions.clone())),
            );
        }
    }

    fn judge_replies(&self, findings: &mut Findings<'_>) {
        if let Some(exploit) = &self.exploit.found {
            let (severity, what, help) = match exploit.kind {
                ExploitKind::Unasserted => (
                    Severity::Error,
                    "a reply that asserts nothing",
                    "add a scored keyword for the outcome whose wordings need a sentence around them",
                ),
                ExploitKind::AnyMention => (
                    Severity::Warning,
                    "a reply that denies everything",
                    "every scored keyword takes any mention: add one for the outcome, as a phrase that has to be asserted",
                ),
                ExploitKind::Idle => (
                    Severity::Error,
                    "a polite reply that says nothing",
                    "ask for the outcome, or for a value of a record",
                ),
                ExploitKind::Ticket => (
                    Severity::Error,
                    "the customer's message, sent back,",
                    "ask for what the customer does not say: the outcome, or a value of a record",
                ),
                ExploitKind::Objective => (
                    Severity::Error,
                    "the objective, sent back as the reply,",
                    "say in the objective what the case is about, not what the reply has to tell",
                ),
                ExploitKind::List => (
                    Severity::Error,
                    "a list of all keywords",
                    "ask for an outcome that has to be asserted, with the default `polarity`, `mood` and `by`",
                ),
                ExploitKind::OtherTask => (
                    Severity::Warning,
                    "the reference reply of a task with another outcome",
                    "ask for what is true of this case alone: its outcome, or a value of a record",
                ),
            };
            // The objective is at fault where it says the answer; else what the reply is asked for.
            let part = if exploit.kind == ExploitKind::Objective { Part::Objective } else { Part::Keywords };
            findings.add(
                Check::Exploit,
                severity,
                part,
                format!("{what} meets every scored keyword"),
                help,
                Some(Witness::Example(exploit.reply.clone())),
            );
        }
        // Without a reference solution that wins there is nothing that a change could cost.
        for mutant in self.mutants.failed.iter().filter(|_| self.oracle.passed) {
            let (check, severity, what) = if mutant.kind.must_cost() {
                (Check::MutantSurvived, Severity::Error, "costs nothing")
            } else {
                (Check::MutantKilled, Severity::Warning, "costs something")
            };
            let help = match check {
                Check::MutantSurvived => "the grade does not depend on it: let it weigh something, or leave it out",
                _ => "an honest agent may write it this way: widen the keyword's wordings",
            };
            let witness = Some(Witness::Actions(mutant.actions.clone()));
            let message = format!("{}: `{}` {what}, the score is {:.4}", mutant.kind, mutant.subject, mutant.score);
            findings.add(check, severity, part_of_mutant(mutant), message, help, witness);
        }
    }
}

/// Findings of one task, as they are made.
struct Findings<'a> {
    task: &'a Arc<str>,
    list: Vec<Finding>,
}

impl Findings<'_> {
    fn add(
        &mut self,
        check: Check,
        severity: Severity,
        about: Part,
        message: String,
        help: &str,
        witness: Option<Witness>,
    ) {
        let (task, help) = (Some(self.task.clone()), help.to_owned());
        self.list.push(Finding { check, severity, task, message, help, about, place: None, witness });
    }
}

/// What a cheat that earned too much is about: the keywords that its reply meets, the evidence that it got around, the
/// codes that it guessed, the rewards that it farmed.
fn part_of_cheat(run: &CheatRun) -> Part {
    let bound = CHEATS.iter().find(|cheat| cheat.name == run.cheat).map(|cheat| cheat.bound);
    let drafts = run.best.actions.iter().any(|action| action.action_type == ActionType::DraftReply);
    match bound {
        Some(Bound::Guess) => Part::Weights,
        Some(Bound::Rewards) => Part::Rewards,
        _ if drafts => Part::Keywords,
        _ => Part::Required,
    }
}

fn part_of_mutant(mutant: &Mutant) -> Part {
    let subject = mutant.subject.clone();
    match mutant.kind {
        MutantKind::EvidenceDropped => Part::Evidence(subject),
        MutantKind::ResolutionSwapped => Part::Expected,
        MutantKind::OrderChanged | MutantKind::CourtesyAdded => Part::OracleReply,
        MutantKind::StepsWasted => Part::MaxSteps,
        MutantKind::KeywordRemoved
        | MutantKind::ValueChanged
        | MutantKind::SentenceNegated
        | MutantKind::SynonymSwapped
        | MutantKind::Reworded
        | MutantKind::ValueReformatted => Part::Keyword(subject),
    }
}

/// Where a task speaks of a policy: among what it requires, or in its objective or reference reply.
fn part_of_policy(task: &Task, id: &str) -> Part {
    let key = format!("policy:{id}");
    match task.required_evidence.iter().any(|evidence| *evidence.key == *key) {
        true => Part::Evidence(key),
        false => Part::Policy(id.to_owned()),
    }
}
