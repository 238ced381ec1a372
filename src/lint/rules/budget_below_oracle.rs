//! `budget-below-oracle`: a task that nobody can win.

use crate::diag::{Code, Diagnostic, Sink};
use crate::lint::reach::Reach;
use crate::lint::{Edit, Example, Rule, Stage};
use crate::pack::AuthoredTask;

pub(super) const RULE: Rule = Rule {
    code: Code::BudgetBelowOracle,
    why: "An episode ends when its steps are used up. Where the shortest winning path is longer than `max_steps`, full \
          marks are out of reach.",
    mend: "Raise `max_steps` to the shortest winning path or more: one step for each piece of required evidence, one for \
           the draft where the reply weighs anything, one for the submit.",
    example: Example { bad: &[Edit::Replace("mug.toml", "max_steps = 5", "max_steps = 4")], good: &[] },
    stages: &[Stage::Task(check)],
};

fn check(task: &AuthoredTask<'_>, sink: &mut Sink) {
    let Some((limit, place)) = task.raw.max_steps.spanned() else { return };
    if limit.value() as usize >= Reach::path_bound(task) {
        return;
    }
    let Some(reach) = Reach::of(task) else { return };
    let (shortest, required) = (reach.shortest_path(), reach.required.len());
    if limit.value() as usize >= shortest {
        return;
    }
    let draft = if reach.drafts { ", a draft" } else { "" };
    let message = format!(
        "`max_steps` is {}, and the shortest winning path takes {shortest}: {required} to see the evidence{draft} and the submit",
        limit.value()
    );
    let help = format!("write `max_steps = {shortest}` or more, or require less evidence");
    sink.push(Diagnostic::new(Code::BudgetBelowOracle, task.file.span(place), message).with_help(help));
}
