//! Exhaustive search over everything an episode can come to.
//!
//! An episode's score follows from which evidence was collected, the last draft, the code and the number of steps. All
//! required evidence weighs the same, so that only *how much* was collected matters: the search walks the counts
//! instead of the subsets, which is exact for any number of items. What the counts rest on, that every look collects
//! exactly its own item, is not assumed: [`Moves::of`] tries each look on the real engine.

use std::sync::Arc;

use serde::Serialize;

use crate::agent::{IDLE_REPLY, Random};
use crate::episode::Episode;
use crate::protocol::{ActionType, ToolUseAction};
use crate::rubric::{Attempt, Rubric};
use crate::task::Task;
use crate::text::Judgement;

use super::patience::tick;

/// What the search draws its paths from: the ticket, every artifact, every policy within reach, an idle draft, the
/// reference draft, every code.
#[derive(Debug)]
struct Moves {
    /// Per required evidence, in the task's order, the look that collects it; `None` where none does.
    required: Vec<Option<ToolUseAction>>,
    /// Looks that collect nothing required.
    others: usize,
    drafts: Vec<Draft>,
}

/// A reply that can be drafted, with what the grader makes of it.
#[derive(Debug)]
struct Draft {
    text: Arc<str>,
    judged: Option<Judgement>,
}

impl Moves {
    /// Tries every action of the stated set on the real engine.
    fn of(task: &Arc<Task>) -> Moves {
        let mut required = vec![None; task.required_evidence.len()];
        let mut others = 0;
        for action in Random::actions(task) {
            if matches!(action.action_type, ActionType::DraftReply | ActionType::SubmitResolution) {
                continue;
            }
            let mut episode = Episode::start(task.clone(), "probe".into(), None);
            let seen = episode.step(&action).observation.collected_evidence;
            match task.required_evidence.iter().position(|evidence| seen.contains(&evidence.key)) {
                Some(at) if required[at].is_none() => required[at] = Some(action),
                _ => others += 1,
            }
        }
        let texts = std::iter::once(Arc::from(IDLE_REPLY)).chain(task.oracle_reply.clone());
        let judge = |text: &Arc<str>| task.reply.as_ref().map(|spec| spec.judge(text));
        Moves { required, others, drafts: texts.map(|text| Draft { judged: judge(&text), text }).collect() }
    }

    /// How many of the required items can be collected at all.
    fn reachable(&self) -> usize {
        self.required.iter().flatten().count()
    }

    /// How many actions there are, `codes` of them submissions.
    fn count(&self, codes: usize) -> usize {
        self.reachable() + self.others + self.drafts.len() + codes
    }
}

/// A sequence of actions and what it scores.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Path {
    /// The final score, in [0, 1].
    pub score: f64,
    /// Whether the episode passes.
    pub passed: bool,
    /// What is played.
    pub actions: Vec<ToolUseAction>,
}

/// What a task's episodes can come to.
#[derive(Debug, Clone, Serialize)]
pub struct Search {
    /// The best that any path scores.
    pub best: Path,
    /// The shortest paths that pass, whatever the step limit; `None` where no path does.
    pub shortest: Option<Shortest>,
    /// The exact expectation of the score of uniform draws from the stated set, in [0, 1].
    pub random: f64,
    /// How many actions the stated set holds.
    pub actions: usize,
    /// The best path without each required item, in the task's order.
    pub withheld: Vec<Withheld>,
    /// The best path that ends with each code but the expected one, in the pack's order.
    pub wrong: Vec<WrongCode>,
}

/// The shortest paths that pass.
#[derive(Debug, Clone, Serialize)]
pub struct Shortest {
    /// Their length.
    pub steps: u32,
    /// How many there are; `None` where that is more than a `u128` holds.
    pub ways: Option<u128>,
}

/// The best path without one required item.
#[derive(Debug, Clone, Serialize)]
pub struct Withheld {
    /// The evidence key.
    pub evidence: Arc<str>,
    /// The witness.
    pub best: Path,
}

/// The best path that ends with one code.
#[derive(Debug, Clone, Serialize)]
pub struct WrongCode {
    /// The code.
    pub code: Arc<str>,
    /// Whether it earns part of the credit.
    pub partial: bool,
    /// The witness.
    pub best: Path,
}

/// Where an episode stands, as far as its score goes.
#[derive(Debug, Clone, Copy)]
struct Standing {
    /// How many required items were collected.
    collected: usize,
    /// The last draft: 0 is none, else one more than its place among the moves.
    draft: usize,
}

impl Search {
    /// Searches everything the stated set can do.
    pub fn of(task: &Arc<Task>) -> Search {
        let moves = Moves::of(task);
        let ground = Ground { task, moves: &moves, rubric: Rubric::new(task) };
        let expected = &task.outcomes.expected;
        let all = |_: usize| true;
        let codes = || task.resolutions.iter().map(|resolution| &resolution.code);
        Search {
            best: ground.best(codes().map(Some).chain([None]), all),
            shortest: ground.shortest(),
            random: ground.random(),
            actions: moves.count(task.resolutions.len()),
            withheld: (0..task.required_evidence.len())
                .map(|at| Withheld {
                    evidence: task.required_evidence[at].key.clone(),
                    best: ground.best(codes().map(Some).chain([None]), |other| other != at),
                })
                .collect(),
            wrong: codes()
                .filter(|code| *code != expected)
                .map(|code| WrongCode {
                    code: code.clone(),
                    partial: task.outcomes.partial.contains_key(code),
                    best: ground.best([Some(code)].into_iter(), all),
                })
                .collect(),
        }
    }
}

/// Where a path ends, and what it is worth.
struct End<'c> {
    score: f64,
    passed: bool,
    steps: u32,
    standing: Standing,
    code: Option<&'c Arc<str>>,
}

/// A task with its moves.
struct Ground<'a> {
    task: &'a Arc<Task>,
    moves: &'a Moves,
    rubric: Rubric<'a>,
}

impl Ground<'_> {
    /// What an episode is worth that ends in this standing after so many steps.
    fn score(&self, standing: Standing, code: Option<&Arc<str>>, steps: u32) -> (f64, bool) {
        let collected: Vec<bool> = (0..self.moves.required.len()).map(|at| at < standing.collected).collect();
        let draft = standing.draft.checked_sub(1).map(|at| &self.moves.drafts[at]);
        let reply = draft.and_then(|draft| Some((&*draft.text, draft.judged.as_ref()?)));
        self.rubric.score(&Attempt { collected: &collected, reply, resolution: code, steps })
    }

    /// All standings with at most so many items.
    fn standings(&self, most: usize) -> impl Iterator<Item = Standing> {
        let drafts = self.moves.drafts.len() + 1;
        (0..=most).flat_map(move |collected| (0..drafts).map(move |draft| Standing { collected, draft }))
    }

    /// The best path that ends with one of these codes, or with none, and collects only what `may` allows. Of equal
    /// scores the shortest path, and the first in the order of codes.
    fn best<'c>(&self, codes: impl Iterator<Item = Option<&'c Arc<str>>> + Clone, may: impl Fn(usize) -> bool) -> Path {
        let looks: Vec<&ToolUseAction> = self
            .moves
            .required
            .iter()
            .enumerate()
            .filter(|(at, _)| may(*at))
            .filter_map(|(_, look)| look.as_ref())
            .collect();
        let mut best: Option<End<'_>> = None;
        for standing in self.standings(looks.len()) {
            tick();
            let moved = steps_to(standing);
            for code in codes.clone() {
                // Without a submission the episode runs until no steps are left.
                let steps = if code.is_some() { moved + 1 } else { self.task.max_steps };
                if steps > self.task.max_steps || moved > self.task.max_steps || (code.is_none() && moved == 0) {
                    continue;
                }
                let (score, passed) = self.score(standing, code, steps);
                if best.as_ref().is_none_or(|best| score > best.score || (score == best.score && steps < best.steps)) {
                    best = Some(End { score, passed, steps, standing, code });
                }
            }
        }
        let Some(End { score, passed, steps, standing, code }) = best else {
            return Path { score: 0.0, passed: false, actions: Vec::new() };
        };
        let mut actions: Vec<ToolUseAction> = looks.into_iter().take(standing.collected).cloned().collect();
        if let Some(at) = standing.draft.checked_sub(1) {
            actions.push(ToolUseAction::new(ActionType::DraftReply, Some(self.moves.drafts[at].text.to_string())));
        }
        match code {
            Some(code) => actions.push(ToolUseAction::new(ActionType::SubmitResolution, Some(code.to_string()))),
            // Repeating what was done changes nothing but the steps.
            None => actions.resize(steps as usize, actions[actions.len() - 1].clone()),
        }
        Path { score, passed, actions }
    }

    /// Where one action short of a submission leads, and how many actions lead there: a look at something new, a look
    /// that changes nothing, a draft.
    fn onward(&self, standing: Standing) -> impl Iterator<Item = (Standing, usize)> {
        let new = self.moves.reachable() - standing.collected;
        let look = (new > 0).then_some((Standing { collected: standing.collected + 1, ..standing }, new));
        let stay = (standing, standing.collected + self.moves.others);
        let drafts = (1..=self.moves.drafts.len()).map(move |draft| (Standing { draft, ..standing }, 1));
        look.into_iter().chain([stay]).chain(drafts)
    }

    /// The shortest paths that pass, counted forward step by step; the step limit is lifted.
    fn shortest(&self) -> Option<Shortest> {
        let n = self.moves.reachable();
        let width = self.moves.drafts.len() + 1;
        let at = |standing: Standing| standing.collected * width + standing.draft;
        let expected = &self.task.outcomes.expected;
        let mut ways: Vec<Option<u128>> = vec![Some(0); (n + 1) * width];
        ways[0] = Some(1);
        // A path that passes needs no look twice and no draft but the last.
        let longest = u32::try_from(n).unwrap_or(u32::MAX - 2) + 2;
        for steps in 1..=longest {
            tick();
            let mut passing = Some(0);
            for standing in self.standings(n) {
                let here = ways[at(standing)];
                // The steps' cost does not decide on passing.
                if here != Some(0) && self.score(standing, Some(expected), steps).1 {
                    passing = add(passing, here);
                }
            }
            if passing != Some(0) {
                return Some(Shortest { steps, ways: passing });
            }
            let mut next = vec![Some(0); ways.len()];
            for standing in self.standings(n) {
                let here = ways[at(standing)];
                if here == Some(0) {
                    continue;
                }
                for (to, times) in self.onward(standing) {
                    next[at(to)] = add(next[at(to)], times_of(here, times));
                }
            }
            ways = next;
        }
        None
    }

    /// The expected score of uniform draws: the probabilities of all standings, carried forward step by step.
    fn random(&self) -> f64 {
        let n = self.moves.reachable();
        let width = self.moves.drafts.len() + 1;
        let at = |standing: Standing| standing.collected * width + standing.draft;
        let share = 1.0 / self.moves.count(self.task.resolutions.len()) as f64;
        let expected = &self.task.outcomes.expected;
        let others =
            || self.task.resolutions.iter().map(|resolution| &resolution.code).filter(|code| *code != expected);
        // Steps cost only where the code is the expected one: what all others are worth together is said once.
        let wrong: Vec<f64> = self
            .standings(n)
            .map(|standing| others().map(|code| self.score(standing, Some(code), 1).0).sum())
            .collect();
        let mut chance = vec![0.0; (n + 1) * width];
        chance[0] = 1.0;
        let mut expectation = 0.0;
        for steps in 1..=self.task.max_steps {
            tick();
            let mut next = vec![0.0; chance.len()];
            for standing in self.standings(n) {
                let here = chance[at(standing)] * share;
                if here == 0.0 {
                    continue;
                }
                let right = self.score(standing, Some(expected), steps).0;
                expectation += here * (wrong[at(standing)] + right);
                for (to, times) in self.onward(standing) {
                    next[at(to)] += here * times as f64;
                }
            }
            chance = next;
        }
        let unfinished =
            self.standings(n).map(|standing| chance[at(standing)] * self.score(standing, None, self.task.max_steps).0);
        expectation + unfinished.sum::<f64>()
    }
}

/// The fewest actions that bring an episode there.
fn steps_to(standing: Standing) -> u32 {
    u32::try_from(standing.collected).unwrap_or(u32::MAX - 2) + u32::from(standing.draft > 0)
}

fn add(a: Option<u128>, b: Option<u128>) -> Option<u128> {
    a?.checked_add(b?)
}

fn times_of(ways: Option<u128>, times: usize) -> Option<u128> {
    ways?.checked_mul(times as u128)
}
