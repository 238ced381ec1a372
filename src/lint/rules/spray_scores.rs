//! `spray-scores`: a reply without content that passes.

use crate::diag::{Code, Diagnostic, Sink, Span};
use crate::lint::{Edit, Example, Rule, Stage};
use crate::pack::AuthoredTask;
use crate::prove::Glance;

pub(super) const RULE: Rule = Rule {
    code: Code::SprayScores,
    why: "A reply criterion that a heap of keywords passes, or what the agent is told at the start sent back, measures \
          nothing of what was understood.",
    mend: "Ask for an outcome in our own words: a phrase with the default `polarity`, `mood` and `by`, which has to be \
           asserted in a sentence of ours, or a `near` of what was done and to what. The rule fires where the ticket's \
           message or subject, the title or the workspace summary passes as the reply, and where every keyword takes any \
           mention, not all are values, and their wordings pass that are only parted by commas, blanks, full stops or \
           lines. `prove` tries more.",
    example: Example {
        bad: &[Edit::Replace(
            "mug.toml",
            "any_of = [\"new mug\", \"replacement\"]",
            "any_of = [\"new mug\", \"replacement\", \"down its side\"]\nby = \"any\"",
        )],
        good: &[],
    },
    stages: &[Stage::Task(check)],
};

fn check(task: &AuthoredTask<'_>, sink: &mut Sink) {
    if task.task.and_then(|task| Glance::of(task).passing_list()).is_none() {
        return;
    }
    let first = task.raw.reply.get().and_then(|reply| reply.keywords.items().first()?.get()?.id.spanned());
    let place = task.file.span(first.map_or(0..0, |(_, place)| place));
    let help = "ask for an outcome that has to be asserted, with the default `polarity`, `mood` and `by`";
    let message = "a list of all keywords passes the reply criterion";
    sink.push(Diagnostic::new(Code::SprayScores, place, message).with_help(help.to_owned()));
}

/// The finding for a text that the agent is told and that passes as the reply; `keywords-leaked` has judged it.
pub(super) fn passing_text(what: &str, place: Span) -> Diagnostic {
    let message = format!("the {what}, sent back as the reply, passes the reply criterion");
    let help = "ask for what the agent is not told at the start: the outcome, or a value of a record";
    Diagnostic::new(Code::SprayScores, place, message).with_help(help.to_owned())
}

#[cfg(test)]
mod tests {
    use crate::lint::rules::tests::{check_edited, check_task};

    #[test]
    fn what_passes_without_content() {
        let keywords = |lines: &str, expect: &[&str]| {
            let task = include_str!("../example/mug.toml");
            let task = &task[..task.find("[[examples]]").expect("it has examples")];
            let task = task.replace("id = \"new_piece\"\nany_of = [\"new mug\", \"replacement\"]", lines);
            check_task("spray-scores", &task.replace("min_words = 5\n", ""), expect);
        };
        const ANY: &str = "polarity = \"any\"\nmood = \"any\"\nby = \"any\"";
        keywords("id = \"a\"\nany_of = [\"replacement\", \"new mug\", \"new piece\"]", &[]);
        keywords(
            &format!(
                "id = \"a\"\nany_of = [\"we send you the mug\", \"it is on its way\", \"a new one for you\"]\n{ANY}"
            ),
            &["a"],
        );
        keywords(&format!("id = \"a\"\nany_of = [\"replacement\"]\n{ANY}"), &[]);
        keywords("id = \"a\"\nany_of = [\"its side\"]\nby = \"any\"", &["The mug of order"]);
        keywords("id = \"a\"\nref = \"ORD-2207\"\n[[reply.keywords]]\nid = \"b\"\nany_of = [\"replacement\"]", &[]);
    }

    #[test]
    fn what_is_told_at_the_start_and_passes() {
        const SAID: &str = "We have sent you a new mug today.";
        let check = |from: &str, to: &str, expect: &[&str]| check_edited("spray-scores", from, to, expect);
        let summary = |text: &str| format!("max_steps = 5\nworkspace_summary = \"{text}\"");
        check("Crack in the mug", SAID, &[SAID]);
        check("A mug came with a crack", SAID, &[SAID]);
        check("max_steps = 5", &summary(SAID), &[SAID]);
        check("The mug of order ORD-2207 has a crack down its side. What can you do for me?", SAID, &[SAID]);
        check("Crack in the mug", "I would like to have a new mug", &[]);
        check("max_steps = 5", &summary("What is known of the order."), &[]);
    }
}
