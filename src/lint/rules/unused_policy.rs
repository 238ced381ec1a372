//! `unused-policy`: a rule that nothing needs and nobody meant to mislead with.

use crate::diag::{Code, Diagnostic, Sink, Span};
use crate::lint::reach::Reach;
use crate::lint::{Edit, Example, PackNotes, Rule, Stage};
use crate::pack::raw::{Field, RawPolicy};
use crate::pack::{AuthoredPack, AuthoredTask};

pub(super) const RULE: Rule = Rule {
    code: Code::UnusedPolicy,
    why: "A policy that no task requires is dead text, or one that was forgotten in `evidence.required`. A handbook \
          policy counts as used when any task of the pack requires it, a task's own when that task does.",
    mend: "Require it as `policy:<id>`, remove it, or say `distractor = true`.",
    example: Example { bad: &[Edit::Replace("pack.toml", "piece.\"\ndistractor = true", "piece.\"")], good: &[] },
    stages: &[Stage::Task(check_task), Stage::Pack(check_pack)],
};

fn check_task(task: &AuthoredTask<'_>, sink: &mut Sink) {
    if task.raw.policies.items().is_empty() {
        return;
    }
    let Some(reach) = Reach::of(task) else { return };
    let used: Vec<&str> = reach.required.iter().filter_map(|required| required.policy()).collect();
    report(task.raw.policies.items(), &used, "this task", |range| task.file.span(range), sink);
}

fn check_pack(pack: &AuthoredPack<'_>, notes: &PackNotes, sink: &mut Sink) {
    if !pack.whole || notes.tasks.is_empty() {
        return;
    }
    let used: Vec<&str> = notes.tasks.iter().flat_map(|note| note.policies.iter().map(String::as_str)).collect();
    report(pack.raw.policies.items(), &used, "no task", |range| pack.file.span(range), sink);
}

fn report(
    policies: &[Field<RawPolicy>],
    used: &[&str],
    who: &str,
    span: impl Fn(std::ops::Range<usize>) -> Span,
    sink: &mut Sink,
) {
    let used: std::collections::HashSet<&str> = used.iter().copied().collect();
    for policy in policies.iter().filter_map(Field::get) {
        let Some((id, place)) = policy.id.spanned() else { continue };
        let misleads = policy.distractor.is_hole() || policy.distractor.get() == Some(&true);
        if misleads || used.contains(id.as_str()) {
            continue;
        }
        let message = match who {
            "no task" => format!("no task requires policy `{}`", id.as_str()),
            who => format!("{who} does not require its policy `{}`", id.as_str()),
        };
        let help = format!("add `policy:{}` to `evidence.required`, or say `distractor = true`", id.as_str());
        sink.push(Diagnostic::new(Code::UnusedPolicy, span(place), message).with_help(help));
    }
}
