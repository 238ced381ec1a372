//! Everything that is known of a task, and of a pack, once it has been proved.

use std::sync::Arc;

use serde::Serialize;

use crate::agent::Oracle;
use crate::agent::cheat::{Bound, CHEATS, Case, Vocabulary};
use crate::diag::Severity;
use crate::protocol::{ActionType, Difficulty};
use crate::task::{EvidenceKind, Task, TaskPack};

use super::cheats::{CheatRun, Played};
use super::coverage::{Coverage, Indifferent, unseen_values};
use super::difficulty::Hardness;
use super::exploit::{ExploitKind, ExploitSearch};
use super::finding::{Check, Finding, Witness};
use super::glance::{WRONG_CODE_MOST, WRONG_CODE_MUCH};
use super::mutants::Mutants;
use super::search::{Path, Search};

/// From where on the best path to a code that is worth a part of the credit is worth a warning.
const PARTIAL_CODE_MUCH: f64 = 0.8;

/// In fewer tasks of a pack the same answer is chance.
const FEWEST_TASKS: usize = 5;

/// Everything that is known of one task.
#[derive(Debug, Clone, Serialize)]
pub struct TaskProof {
    /// The task.
    pub task: Arc<str>,
    /// The author's label.
    pub difficulty: Difficulty,
    /// What it measures.
    pub hardness: Hardness,
    /// The reference solution.
    pub oracle: Path,
    /// What its episodes can come to.
    pub search: Search,
    /// What cheats get.
    pub cheats: Vec<CheatRun>,
    /// Replies that assert nothing.
    pub exploit: ExploitSearch,
    /// Small changes of the reference solution.
    pub mutants: Mutants,
    /// Policies that it speaks of and does not need.
    pub indifferent: Vec<Indifferent>,
    /// Scored keywords with the value that the reference reply states for them, where no record, policy or ticket holds
    /// its numbers.
    pub unseen: Vec<(String, String)>,
    /// What is wrong.
    pub findings: Vec<Finding>,
}

/// What is known of a pack.
#[derive(Debug, Clone, Serialize)]
pub struct PackProof {
    /// The pack's name.
    pub pack: Arc<str>,
    /// The digest of what was proved.
    pub digest: Arc<str>,
    /// What its tasks need between them.
    pub coverage: Coverage,
    /// What is wrong with the pack as a whole.
    pub findings: Vec<Finding>,
}

impl TaskProof {
    /// Proves a task. `others` are the tasks whose reference replies a cheat may send.
    pub fn of(task: &Arc<Task>, others: &[Arc<Task>]) -> TaskProof {
        let oracle = Played::by(&mut Oracle::default(), task).path;
        let search = Search::of(task);
        let path = search.shortest.as_ref().map_or(task.optimal_steps(), |shortest| shortest.steps);
        let vocabulary = Vocabulary::of(task);
        let cheats = CheatRun::all(&Case { task, others, vocabulary: &vocabulary });
        let mut proof = TaskProof {
            task: task.id.clone(),
            difficulty: task.difficulty,
            hardness: Hardness::of(task, path),
            exploit: ExploitSearch::of(task, &vocabulary, others),
            mutants: Mutants::of(task, oracle.score),
            indifferent: Indifferent::of(task, oracle.score),
            unseen: unseen_values(task),
            oracle,
            search,
            cheats,
            findings: Vec::new(),
        };
        proof.findings = proof.judge(task);
        proof
    }

    /// The cheat that earned most of its bound, farming aside.
    pub fn worst_cheat(&self) -> Option<&CheatRun> {
        let scored =
            |run: &&CheatRun| CHEATS.iter().any(|cheat| cheat.name == run.cheat && cheat.bound == Bound::Floor);
        self.cheats.iter().filter(scored).max_by(|a, b| a.earned.total_cmp(&b.earned))
    }

    /// The best that is left without one required item.
    pub fn withheld(&self) -> f64 {
        self.search.withheld.iter().map(|withheld| withheld.best.score).fold(0.0, f64::max)
    }

    fn judge(&self, task: &Task) -> Vec<Finding> {
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
                "nothing is required but the ticket, which the agent is told at the start".to_owned(),
                "require the records and the policy that decide the case",
                Some(Witness::Actions(self.oracle.actions.clone())),
            );
        }
        for (keyword, value) in &self.unseen {
            findings.add(
                Check::UnseenValue,
                Severity::Info,
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
                format!("no path passes: the reference solution scores {:.4}", self.oracle.score),
                "make the reference reply meet every scored keyword; `support-ops explain-reply` shows what it misses",
                Some(Witness::Actions(self.oracle.actions.clone())),
            ),
            Some(_) if self.oracle.score < 1.0 => findings.add(
                Check::Unsolvable,
                Severity::Error,
                format!("the reference solution scores {:.4}, not 1", self.oracle.score),
                "`support-ops run --agent oracle` shows which part is missing",
                Some(Witness::Actions(self.oracle.actions.clone())),
            ),
            Some(_) => {}
        }
    }

    fn judge_cheats(&self, task: &Task, findings: &mut Findings<'_>) {
        let (reply, floor) = (task.grading.weights.reply, task.grading.floor_max);
        if reply > floor {
            let fakes = |kind| matches!(kind, ActionType::DraftReply | ActionType::SubmitResolution);
            let looks_at_nothing = self.oracle.actions.iter().filter(|action| fakes(action.action_type));
            findings.add(
                Check::Cheat,
                Severity::Warning,
                format!("the reply alone is worth {reply:.4}, more than the bound of {floor:.4} for agents that look at nothing"),
                "give the reply less weight, or let `grading.floor_max` allow for it",
                Some(Witness::Actions(looks_at_nothing.cloned().collect())),
            );
        }
        for run in self.cheats.iter().filter(|run| !run.within) {
            findings.add(
                Check::Cheat,
                Severity::Error,
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
                Severity::Error,
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
            findings.add(
                Check::Exploit,
                severity,
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
            findings.add(check, severity, message, help, witness);
        }
    }
}

impl PackProof {
    /// Proves what is true of a pack as a whole.
    pub fn of(pack: &TaskPack) -> PackProof {
        let coverage = Coverage::of(pack);
        let unused = |what: &str, id: &Arc<str>, help: &str| Finding {
            check: Check::Unexercised,
            severity: Severity::Info,
            task: None,
            message: format!("no task {what} `{id}`"),
            help: help.to_owned(),
            witness: None,
        };
        let policies = coverage
            .unused_policies
            .iter()
            .map(|id| unused("requires the policy", id, "write a task for it, or mark it `distractor = true`"));
        let codes =
            coverage.unused_codes.iter().map(|code| unused("expects the code", code, "write a task that ends with it"));
        let tasks = pack.tasks.len();
        let constant =
            coverage.commonest_code.iter().filter(|(_, times)| tasks >= FEWEST_TASKS && times * 3 > tasks * 2);
        let constant = constant.map(|(code, times)| Finding {
            check: Check::ConstantAnswer,
            severity: Severity::Warning,
            task: None,
            message: format!("an agent that always submits `{code}` is right in {times} of {tasks} tasks"),
            help: "write tasks with other answers".to_owned(),
            witness: None,
        });
        let findings = constant.chain(policies).chain(codes).collect();
        PackProof { pack: pack.name.clone(), digest: pack.digest.clone(), findings, coverage }
    }
}

/// Findings of one task, as they are made.
struct Findings<'a> {
    task: &'a Arc<str>,
    list: Vec<Finding>,
}

impl Findings<'_> {
    fn add(&mut self, check: Check, severity: Severity, message: String, help: &str, witness: Option<Witness>) {
        let task = Some(self.task.clone());
        self.list.push(Finding { check, severity, task, message, help: help.to_owned(), witness });
    }
}
