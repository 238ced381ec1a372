//! `reply-length-impossible`: bounds that no reply can meet, or that the oracle's reply does not.

use crate::diag::{Code, Diagnostic, Sink};
use crate::lint::{Edit, Example, Rule, Stage};
use crate::pack::AuthoredTask;

use super::empty_text::says_nothing;

pub(super) const RULE: Rule = Rule {
    code: Code::ReplyLengthImpossible,
    why: "`min_words` above `max_words`, or an oracle reply outside of them.",
    mend: "Change the bounds, or the reply. Words are counted as the grader does: parted by blanks, quoted text left out.",
    example: Example { bad: &[Edit::Replace("mug.toml", "min_words = 5", "min_words = 300")], good: &[] },
    stages: &[Stage::Loading, Stage::Task(check)],
};

/// The bounds against each other are the loader's; here they meet the oracle's reply.
fn check(task: &AuthoredTask<'_>, sink: &mut Sink) {
    let Some(checked) = task.task.filter(|checked| checked.grading.weights.reply > 0.0) else { return };
    let (Some(spec), Some(reply)) = (&checked.reply, &checked.oracle_reply) else { return };
    let (min, max) = spec.word_bounds();
    let (min, max) = (min.unwrap_or(0), max.unwrap_or(usize::MAX));
    // Quoted text is not counted, so a reply may have fewer words than stand there, never more.
    let written = reply.split_whitespace().count();
    let may_quote = reply.contains('>') || reply.contains("wrote");
    if (min..=max).contains(&written) && !may_quote {
        return;
    }
    let judged = spec.judge(reply);
    let Some((_, place)) = task.raw.oracle.get().and_then(|oracle| oracle.reply.spanned()) else { return };
    if judged.length_ok || says_nothing(reply, "reply") {
        return;
    }
    let (what, bound) = if judged.words < min {
        (
            format!("at least {min} are asked for"),
            task.raw.reply.get().and_then(|reply| reply.min_words.spanned()).map(|(_, at)| at),
        )
    } else {
        (
            format!("at most {max} are allowed"),
            task.raw.reply.get().and_then(|reply| reply.max_words.spanned()).map(|(_, at)| at),
        )
    };
    let message = format!("the oracle's reply has {} words, {what}", judged.words);
    let mut diagnostic = Diagnostic::new(Code::ReplyLengthImpossible, task.file.span(place), message)
        .with_help("change the bound, or the reply".to_owned());
    if let Some(bound) = bound {
        diagnostic = diagnostic.with_label(task.file.span(bound), "the bound");
    }
    sink.push(diagnostic);
}

#[cfg(test)]
mod tests {
    use crate::lint::rules::tests::check_task;

    #[test]
    fn the_oracle_keeps_the_bounds() {
        let bounds = |from: &str, to: &str, expect: &[&str]| {
            let task = include_str!("../example/mug.toml").replace(from, to);
            check_task("reply-length-impossible", &task, expect);
        };
        bounds("max_words = 120", "max_words = 12", &["I am sorry"]);
        bounds("min_words = 5", "min_words = 60", &["I am sorry"]);
        bounds("max_words = 120", "max_words = 3", &["3"]);
        bounds("max_words = 120", "max_words = 30", &[]);
    }
}
