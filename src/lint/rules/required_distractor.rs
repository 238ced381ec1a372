//! `required-distractor`: what is required and marked as misleading at once.

use crate::diag::{Code, Diagnostic, Sink};
use crate::lint::{Edit, Example, Rule, Stage};
use crate::pack::AuthoredTask;
use crate::pack::raw::Field;

pub(super) const RULE: Rule = Rule {
    code: Code::RequiredDistractor,
    why: "`distractor = true` says that a record or a policy is not needed to solve the task. Where it is required all \
          the same, one of the two is a slip, and rules that count distractors believe the mark.",
    mend: "Take it out of `evidence.required`, or drop `distractor = true`.",
    example: Example {
        bad: &[Edit::Replace("mug.toml", "total = \"24.00 USD\" }", "total = \"24.00 USD\" }\ndistractor = true")],
        good: &[],
    },
    stages: &[Stage::Task(check)],
};

fn check(task: &AuthoredTask<'_>, sink: &mut Sink) {
    let artifacts = || task.raw.artifacts.get().into_iter().flat_map(|list| list.iter()).filter_map(Field::get);
    let artifacts =
        || artifacts().filter_map(|artifact| Some((artifact.id.get()?.as_str(), artifact.distractor.get())));
    let handbook = task.pack.map_or(&[][..], |pack| pack.raw.policies.items());
    let policies = || handbook.iter().chain(task.raw.policies.items()).filter_map(Field::get);
    let policies = || policies().filter_map(|policy| Some((policy.id.get()?.as_str(), policy.distractor.get())));
    let required = task.raw.evidence.get().and_then(|evidence| evidence.required.get());
    for (key, place) in required.into_iter().flat_map(|keys| keys.iter()).filter_map(Field::spanned) {
        let is_marked = match key.as_str().split_once(':') {
            Some(("artifact", id)) => is_marked(id, artifacts()),
            Some(("policy", id)) => is_marked(id, policies()),
            _ => false,
        };
        if is_marked {
            let message = format!("`{}` is required, and marked as a distractor", key.as_str());
            let help = "take it out of `evidence.required`, or drop `distractor = true`".to_owned();
            sink.push(Diagnostic::new(Code::RequiredDistractor, task.file.span(place), message).with_help(help));
        }
    }
}

/// Whether what has this id is marked. Of two with one id nobody knows which is meant; that they are two has a finding of
/// its own.
fn is_marked<'a>(wanted: &str, mut all: impl Iterator<Item = (&'a str, Option<&'a bool>)>) -> bool {
    let mark = all.find(|(id, _)| *id == wanted).and_then(|(_, mark)| mark);
    mark == Some(&true) && !all.any(|(id, _)| id == wanted)
}
