//! `no-distractor`: a task in which looking at everything is the right thing to do.

use crate::diag::{Code, Diagnostic, Sink};
use crate::lint::reach::Reach;
use crate::lint::{Edit, Example, Rule, Stage};
use crate::pack::AuthoredTask;

pub(super) const RULE: Rule = Rule {
    code: Code::NoDistractor,
    why: "Where every artifact and every policy within reach is required, an agent that opens all it can is never \
          wrong, and the task does not measure whether it knows what to look for.",
    mend: "Add a record or a policy that looks relevant and is not, and say `distractor = true` in it. A policy of the \
           handbook counts, too.",
    example: Example {
        bad: &[
            Edit::Replace(
                "mug.toml",
                "[[artifacts]]\nid = \"newsletter\"\ntitle = \"Newsletter settings\"\nrecord = { subscribed = true }\n\
                 distractor = true\n",
                "",
            ),
            Edit::Replace(
                "pack.toml",
                "[[policies]]\nid = \"gift_wrapping\"\ntitle = \"Gift wrapping\"\n\
                 text = \"Wrapping is done for 4 USD a piece.\"\ndistractor = true",
                "",
            ),
        ],
        good: &[],
    },
    stages: &[Stage::Task(check)],
};

fn check(task: &AuthoredTask<'_>, sink: &mut Sink) {
    let Some(reach) = Reach::of(task) else { return };
    let Some((_, place)) = task.raw.evidence.get().and_then(|evidence| evidence.required.spanned()) else { return };
    if reach.requires_everything() {
        let message = "every artifact and every policy within reach is required";
        let diagnostic = Diagnostic::new(Code::NoDistractor, task.file.span(place), message)
            .with_help("add a record or a policy that is not needed, with `distractor = true`".to_owned());
        sink.push(diagnostic);
    }
}
