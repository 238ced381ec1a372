//! `budget-too-generous`: a step limit that limits nothing.

use crate::diag::{Code, Diagnostic, Sink};
use crate::lint::reach::Reach;
use crate::lint::{Edit, Example, Rule, Stage};
use crate::pack::AuthoredTask;

pub(super) const RULE: Rule = Rule {
    code: Code::BudgetTooGenerous,
    why: "With room to look at everything, an agent need not decide what to look at.",
    mend: "Lower `max_steps` below 1 (the ticket) + the artifacts + the policies within reach, the handbook's too, + 2 \
           (a draft and the submit). One or two steps above the shortest winning path leave room for a wrong turn. \
           Where everything is required, no limit would help, and `no-distractor` says so instead.",
    example: Example {
        bad: &[Edit::Replace("mug.toml", "max_steps = 5", "max_steps = 7")],
        good: &[Edit::Replace("mug.toml", "max_steps = 5", "max_steps = 6")],
    },
    stages: &[Stage::Task(check)],
};

fn check(task: &AuthoredTask<'_>, sink: &mut Sink) {
    let Some((limit, place)) = task.raw.max_steps.spanned() else { return };
    let all = Reach::all_steps(task);
    if (limit.value() as usize) < all {
        return;
    }
    let Some(reach) = Reach::of(task) else { return };
    let shortest = reach.shortest_path();
    if shortest >= all || reach.requires_everything() {
        return;
    }
    let count = |count: usize, one: &str, many: &str| format!("{count} {}", if count == 1 { one } else { many });
    let message = format!(
        "`max_steps` is {}, and {all} steps cover the ticket, {}, {}, a draft and the submit",
        limit.value(),
        count(reach.artifacts.len(), "artifact", "artifacts"),
        count(reach.policies.len(), "policy", "policies"),
    );
    let help = format!("write less than {all}; the shortest winning path takes {shortest}");
    sink.push(Diagnostic::new(Code::BudgetTooGenerous, task.file.span(place), message).with_help(help));
}
