//! `unused-artifact`: a record that nothing needs and nobody meant to mislead with.

use crate::diag::{Code, Diagnostic, Sink};
use crate::lint::reach::{Reach, Required};
use crate::lint::{Edit, Example, Rule, Stage};
use crate::pack::AuthoredTask;

pub(super) const RULE: Rule = Rule {
    code: Code::UnusedArtifact,
    why: "A record that is neither required nor marked as a distractor is usually one that was forgotten in \
          `evidence.required`: the score then does not ask for it.",
    mend: "Add `artifact:<id>` to `evidence.required`, or say `distractor = true`.",
    example: Example {
        bad: &[Edit::Replace(
            "mug.toml",
            "record = { subscribed = true }\ndistractor = true",
            "record = { subscribed = true }",
        )],
        good: &[],
    },
    stages: &[Stage::Task(check)],
};

fn check(task: &AuthoredTask<'_>, sink: &mut Sink) {
    let Some(reach) = Reach::of(task) else { return };
    for artifact in task.raw.artifacts.get().into_iter().flat_map(|list| list.iter()).filter_map(|field| field.get()) {
        let Some((id, place)) = artifact.id.spanned() else { continue };
        let misleads = artifact.distractor.is_hole() || artifact.distractor.get() == Some(&true);
        if !misleads && !reach.required.contains(&Required::Artifact(id.as_str())) {
            let message = format!("the task does not require artifact `{}`", id.as_str());
            let help = format!("add `artifact:{}` to `evidence.required`, or say `distractor = true`", id.as_str());
            sink.push(Diagnostic::new(Code::UnusedArtifact, task.file.span(place), message).with_help(help));
        }
    }
}
