//! Everything that is known of a task, and of a pack, once it has been proved.

use std::sync::Arc;

use serde::Serialize;

use crate::agent::Oracle;
use crate::agent::cheat::{Bound, CHEATS, Case, Vocabulary};
use crate::diag::Severity;
use crate::pack::Part;
use crate::protocol::Difficulty;
use crate::task::{Task, TaskPack};

use super::cheats::{CheatRun, Played};
use super::check::Check;
use super::coverage::{Coverage, Indifferent, unseen_values};
use super::difficulty::Hardness;
use super::exploit::ExploitSearch;
use super::finding::Finding;
use super::mutants::Mutants;
use super::search::{Path, Search};

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
    /// The same where what holds them is not required, with its evidence key.
    pub aside: Vec<(String, String, String)>,
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
        let (aside, unseen): (Vec<_>, Vec<_>) =
            unseen_values(task).into_iter().partition(|value| value.place.is_some());
        let mut proof = TaskProof {
            task: task.id.clone(),
            difficulty: task.difficulty,
            hardness: Hardness::of(task, path),
            exploit: ExploitSearch::of(task, &vocabulary, others),
            mutants: Mutants::of(task, oracle.score),
            indifferent: Indifferent::of(task, oracle.score),
            unseen: unseen.into_iter().map(|value| (value.keyword, value.text)).collect(),
            aside: aside.into_iter().filter_map(|value| Some((value.keyword, value.text, value.place?))).collect(),
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
}

impl PackProof {
    /// Proves what is true of a pack as a whole.
    pub fn of(pack: &TaskPack) -> PackProof {
        let coverage = Coverage::of(pack);
        let of_pack = |check, severity, about, message, help: &str| {
            let help = help.to_owned();
            Finding { check, severity, task: None, message, help, about, place: None, witness: None }
        };
        let unused = unexercised(&coverage).map(|(about, message)| {
            let help = match coverage.unused_policies.is_empty() {
                true => "write tasks that end with them",
                false => "write tasks that need them, or mark a policy that is there to mislead `distractor = true`",
            };
            of_pack(Check::Unexercised, Severity::Info, about, message, help)
        });
        let tasks = pack.tasks.len();
        let constant =
            coverage.commonest_code.iter().filter(|(_, times)| tasks >= FEWEST_TASKS && times * 3 > tasks * 2);
        let constant = constant.map(|(code, times)| {
            let message = format!("an agent that always submits `{code}` is right in {times} of {tasks} tasks");
            let about = Part::Code(code.to_string());
            of_pack(Check::ConstantAnswer, Severity::Warning, about, message, "write tasks with other answers")
        });
        let findings = constant.chain(unused).collect();
        PackProof { pack: pack.name.clone(), digest: pack.digest.clone(), findings, coverage }
    }
}

/// What no task of a pack needs, in one sentence, and the first of it.
fn unexercised(coverage: &Coverage) -> Option<(Part, String)> {
    let (policies, codes) = (&coverage.unused_policies, &coverage.unused_codes);
    let first_policy = policies.first().map(|id| Part::Policy(id.to_string()));
    let first = first_policy.or_else(|| codes.first().map(|code| Part::Code(code.to_string())))?;
    let clause = |verb: &str, noun: &str, nouns: &str, names: &[Arc<str>]| {
        let noun = if names.len() == 1 { noun } else { nouns };
        (!names.is_empty()).then(|| format!("{verb} the {noun} {}", listed(names)))
    };
    let clauses = [clause("requires", "policy", "policies", policies), clause("expects", "code", "codes", codes)];
    Some((first, format!("no task {}", clauses.into_iter().flatten().collect::<Vec<_>>().join(", none "))))
}

/// Names for a sentence: the first few, and how many more there are.
fn listed(names: &[Arc<str>]) -> String {
    /// More are counted, not named; the coverage has all.
    const MOST: usize = 6;
    let shown: Vec<String> = names.iter().take(MOST).map(|name| format!("`{name}`")).collect();
    match (shown.as_slice(), names.len().saturating_sub(MOST)) {
        ([all @ .., last], 0) if !all.is_empty() => format!("{} and {last}", all.join(", ")),
        (all, 0) => all.join(", "),
        (all, more) => format!("{} and {more} more", all.join(", ")),
    }
}
