//! `near-duplicate-task`: a task that has been there before.

use crate::diag::{Code, Diagnostic, Sink};
use crate::lint::likeness::Twins;
use crate::lint::{Edit, Example, PackNotes, Rule, Stage, TaskNote};
use crate::pack::AuthoredPack;

/// The example pack's task under another id and with another opening.
pub(super) const TWIN: &str = include_str!("../example/more/twin.toml");

pub(super) const RULE: Rule = Rule {
    code: Code::NearDuplicateTask,
    why: "Two tasks that hardly differ count one skill twice, and make a pack look larger than it is.",
    mend: "Remove one of them, or tell another case. Similarity is the Jaccard index (Jaccard 1901) of the sets of pairs \
           of neighbouring words in the title, the objective, the summary, the ticket, the records and the task's own \
           policies, keys and ids left out, without regard to case; from 0.85 on two tasks are nearly the same. \
           Candidates come from MinHash (Broder 1997) with one permutation (Li, Owen and Zhang 2012) in 16 bands of 4 \
           rows, so that large packs stay linear; the similarity told is exact. Tasks of one pack are compared.",
    example: Example { bad: &[Edit::Write("twin.toml", TWIN)], good: &[] },
    stages: &[Stage::Pack(check)],
};

fn check(_: &AuthoredPack<'_>, notes: &PackNotes, sink: &mut Sink) {
    for twins in notes.twins().iter().filter(|twins| !twins.across) {
        let help = "remove one of them, or tell another case".to_owned();
        report(Code::NearDuplicateTask, twins, &notes.tasks, "nearly the same", help, sink);
    }
}

/// Reports two tasks with what differs.
pub(super) fn report(code: Code, twins: &Twins, notes: &[TaskNote], how: &str, help: String, sink: &mut Sink) {
    let (later, earlier) = (&notes[twins.later], &notes[twins.earlier]);
    let name = |note: &TaskNote| note.id.clone().unwrap_or_default();
    // Cut, not rounded: what is not the same is never called 100%.
    let percent = (twins.similarity * 100.0).floor();
    let message = format!("task `{}` is {how} as `{}`: {percent}% alike", name(later), name(earlier));
    let mut diagnostic =
        Diagnostic::new(code, later.place, message).with_label(earlier.place, "the other task").with_help(help);
    if let (Some(own), Some(other)) = (&later.sketch, &earlier.sketch) {
        let difference = difference(&own.words_missing_in(other), &other.words_missing_in(own));
        diagnostic = diagnostic.with_label(later.place, difference);
    }
    sink.push(diagnostic);
}

fn difference(own: &[String], other: &[String]) -> String {
    let list = |words: &[String]| words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ");
    match (own, other) {
        ([], []) => "they have the same words".to_owned(),
        (own, []) => format!("only this one says {}", list(own)),
        ([], other) => format!("only the other says {}", list(other)),
        (own, other) => format!("this one says {}, the other {}", list(own), list(other)),
    }
}
