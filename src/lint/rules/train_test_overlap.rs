//! `train-test-overlap`: a task that was trained on.

use crate::diag::{Code, Sink};
use crate::lint::{Edit, Example, PackNotes, Rule, Stage};
use crate::pack::AuthoredPack;

use super::near_duplicate_task::{TWIN, report};

pub(super) const RULE: Rule = Rule {
    code: Code::TrainTestOverlap,
    why: "A model that was trained on one of two near-duplicates knows the answer of the other: the score of the other \
          split is then worth nothing.",
    mend: "Give both tasks the same `split`, or remove one. A task without `split` is a test task. Similarity is that of \
           `near-duplicate-task`, which then keeps silent about the pair.",
    example: Example {
        bad: &[
            Edit::Write("twin.toml", TWIN),
            Edit::Replace("mug.toml", "difficulty = \"easy\"", "difficulty = \"easy\"\nsplit = \"train\""),
        ],
        good: &[Edit::Replace("mug.toml", "difficulty = \"easy\"", "difficulty = \"easy\"\nsplit = \"train\"")],
    },
    stages: &[Stage::Pack(check)],
};

fn check(_: &AuthoredPack<'_>, notes: &PackNotes, sink: &mut Sink) {
    for twins in notes.twins().iter().filter(|twins| twins.across) {
        let name = |at: usize| notes.tasks[at].split.map_or("", |split| split.as_str());
        let help = format!(
            "this one is in `{}`, the other in `{}`; give both the same `split`, or remove one",
            name(twins.later),
            name(twins.earlier)
        );
        report(Code::TrainTestOverlap, twins, &notes.tasks, "nearly the same", help, sink);
    }
}
