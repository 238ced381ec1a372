//! What a proof can find, and what each finding means.

use std::fmt;

use serde::Serialize;

/// What a finding is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Check {
    /// The reference solution scores below 1, or no path within the step limit passes.
    Unsolvable,
    /// A cheat earns more than its bound.
    Cheat,
    /// A path passes without all required evidence.
    WithheldEvidence,
    /// A wrong code scores too much.
    WrongResolution,
    /// A reply that asserts nothing passes.
    Exploit,
    /// A change that must cost something costs nothing.
    MutantSurvived,
    /// A change that must cost nothing costs something.
    MutantKilled,
    /// The label disagrees with what is measured.
    Difficulty,
    /// A policy or code that no task needs.
    Unexercised,
    /// A policy that a task speaks of and does not need.
    IndifferentPolicy,
    /// A value is asked for that the agent can see nowhere.
    UnseenValue,
    /// Nothing is required but what the agent is told at the start.
    NothingToFind,
    /// One code is right in most tasks of a pack.
    ConstantAnswer,
}

/// What the findings of a check mean: `support-ops explain` prints it, and `docs/quality.md` lists it.
#[derive(Debug)]
pub struct Meaning {
    /// How much they matter.
    pub severities: &'static str,
    /// What was found, in a few words.
    pub meaning: &'static str,
    /// Why it matters.
    pub why: &'static str,
    /// What to do about it.
    pub mend: &'static str,
}

impl Check {
    /// All of them.
    pub const ALL: [Check; 13] = [
        Check::Unsolvable,
        Check::Cheat,
        Check::WithheldEvidence,
        Check::WrongResolution,
        Check::Exploit,
        Check::MutantSurvived,
        Check::MutantKilled,
        Check::Difficulty,
        Check::IndifferentPolicy,
        Check::NothingToFind,
        Check::ConstantAnswer,
        Check::UnseenValue,
        Check::Unexercised,
    ];

    /// The name in output and on the command line.
    pub const fn as_str(self) -> &'static str {
        match self {
            Check::Unsolvable => "unsolvable",
            Check::Cheat => "cheat",
            Check::WithheldEvidence => "withheld-evidence",
            Check::WrongResolution => "wrong-resolution",
            Check::Exploit => "exploit",
            Check::MutantSurvived => "mutant-survived",
            Check::MutantKilled => "mutant-killed",
            Check::Difficulty => "difficulty",
            Check::Unexercised => "unexercised",
            Check::IndifferentPolicy => "indifferent-policy",
            Check::UnseenValue => "unseen-value",
            Check::NothingToFind => "nothing-to-find",
            Check::ConstantAnswer => "constant-answer",
        }
    }

    /// The check of this name.
    pub fn parse(name: &str) -> Option<Check> {
        Check::ALL.into_iter().find(|check| check.as_str() == name)
    }

    /// What its findings mean.
    pub fn meaning(self) -> Meaning {
        let say = |severities, meaning, why, mend| Meaning { severities, meaning, why, mend };
        match self {
            Check::Unsolvable => say(
                "error",
                "no path passes, or the reference solution scores below 1",
                "Nobody can get full marks in such a task, however well they work: it measures nothing but the flaw.",
                "Mend the reference reply, the evidence or `max_steps`. `support-ops run --agent oracle --task ID` shows \
                 which criterion falls short, `support-ops explain-reply` which keyword the reference reply misses.",
            ),
            Check::Cheat => say(
                "error, warning",
                "a cheat earns more than its bound",
                "A cheat looks at nothing, fakes the reply, or looks and then guesses. What it earns is the floor under \
                 every honest score: the higher it is, the less a score says. A warning where a random agent earns more \
                 than `grading.floor_max`, and where the reply alone is worth more than that, or more than 0.4 under a raised \
                 one.",
                "Ask for more that has to be found: evidence that decides the case, an outcome that has to be asserted, \
                 a value out of a record. Or give the reply less weight.",
            ),
            Check::WithheldEvidence => say(
                "error",
                "an episode passes without a required item",
                "An agent that never looked at what decides the case was lucky, and the grade cannot tell.",
                "Let the evidence weigh something, or do not require the item.",
            ),
            Check::WrongResolution => say(
                "error, warning",
                "a wrong code scores more than 0.5; more than 0.45, or nearly full partial credit, warns",
                "The resolution is what the case is about. Where a wrong one earns most of the points, a mean score \
                 says little of how many cases were solved.",
                "Give the resolution more weight, and what is nearly right clearly less credit than what is right.",
            ),
            Check::Exploit => say(
                "error, warning",
                "a reply that asserts nothing meets every scored keyword",
                "A reply that denies, asks or merely lists what it should say helps no customer, and the grade takes it \
                 for the answer. A warning where the author let every keyword take any mention, and where the reply is \
                 the reference reply of a task with another outcome: the code still tells the two apart.",
                "Ask for the outcome as a phrase, with the default `polarity`, `mood` and `by`, or for a value that only \
                 the records tell. The witness is an `[[examples]]` entry: put it into the task, and `support-ops test` \
                 says when it is mended.",
            ),
            Check::MutantSurvived => say(
                "error",
                "a change that must cost something costs nothing",
                "Something of the reference solution was dropped, swapped or denied and the score stayed: the grader \
                 does not look there, and neither has an agent to.",
                "Let it weigh something, or leave it out of the task.",
            ),
            Check::MutantKilled => say(
                "warning",
                "a change that must cost nothing costs something",
                "The same answer in another order or in other words scores less: an honest agent would lose points for \
                 its style.",
                "Widen the keyword's wordings; `support-ops explain-reply` shows why the changed reply fails.",
            ),
            Check::Difficulty => say(
                "warning",
                "the label is plainly off",
                "Scores are compared by difficulty, and tasks are played easy first.",
                "Change the label, or what makes the task easier or harder than it says. `docs/quality.md` has the points.",
            ),
            Check::Unexercised => say(
                "info",
                "no task needs some policies or codes",
                "What no task needs can be got wrong without anyone noticing. One finding names all of a pack.",
                "Write tasks that need them, or mark a policy that is there to mislead `distractor = true`.",
            ),
            Check::IndifferentPolicy => say(
                "warning",
                "another policy read in its place scores the same",
                "The task speaks of a policy as if it decided the case, and an agent that reads another one instead loses \
                 nothing.",
                "Require the policy as evidence, or do not speak of it.",
            ),
            Check::UnseenValue => say(
                "info, warning",
                "a value is asked for that stands nowhere the agent can look; in what is not required alone, warns",
                "Either it has to be worked out, which is fine, or it is stale: a record was changed and the task was \
                 not. Where only a record that is not required holds it, an agent that took the winning path cannot know it.",
                "Bind the value to a record with `from`, unless it has to be worked out, and require that record.",
            ),
            Check::NothingToFind => say(
                "warning",
                "nothing is required but what the agent is told at the start",
                "The agent can answer without a look at anything: the records and the handbook play no part.",
                "Require the records and the policy that decide the case.",
            ),
            Check::ConstantAnswer => say(
                "warning",
                "one code is right in most tasks of a pack",
                "An agent that always submits it looks good without understanding a single case.",
                "Write tasks with other answers.",
            ),
        }
    }

    /// What its findings mean, for people to read.
    pub fn explain(self) -> String {
        let Meaning { severities, meaning, why, mend } = self.meaning();
        format!("{self} ({severities}), a finding of `support-ops prove`\n\n{meaning}\n\n{why}\n\n{mend}\n")
    }
}

impl fmt::Display for Check {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::{Check, Meaning};
    use crate::diag::Code;

    /// All checks as a table for `docs/quality.md`.
    fn checks_table() -> String {
        let row = |check: &Check| {
            let Meaning { severities, meaning, mend, .. } = check.meaning();
            format!("| `{check}` | {severities} | {meaning} | {mend} |\n")
        };
        let rows: String = Check::ALL.iter().map(row).collect();
        format!("| finding | severity | means | what to do |\n| --- | --- | --- | --- |\n{rows}")
    }

    #[test]
    fn every_check_is_explained_under_a_name_of_its_own() {
        for check in Check::ALL {
            assert_eq!(Check::parse(check.as_str()), Some(check));
            assert!(Code::parse(check.as_str()).is_none(), "{check} is a rule, too");
            let text = check.explain();
            assert!(text.starts_with(check.as_str()) && !text.contains("  "), "{text}");
        }
    }

    #[test]
    fn the_documentation_lists_every_check() {
        let page = include_str!("../../docs/quality.md");
        let shown = page.split("<!-- findings -->").nth(1).and_then(|rest| rest.split("<!-- /findings -->").next());
        let table = checks_table();
        assert!(shown.is_some_and(|shown| shown.trim() == table.trim()), "docs/quality.md is behind:\n{table}");
    }
}
