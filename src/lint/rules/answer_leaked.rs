//! `answer-leaked`: the agent is told the resolution before it has looked at anything.

use std::ops::Range;

use crate::diag::{Code, Diagnostic, Sink};
use crate::lint::phrases::{place_within, places_of_words};
use crate::lint::{Edit, Example, Rule, Stage};
use crate::pack::AuthoredTask;

pub(super) const RULE: Rule = Rule {
    code: Code::AnswerLeaked,
    why: "What the agent sees at the start must not name the resolution: it could submit it without looking at any \
          record, and the score would measure reading, not judgement.",
    mend: "Say what the case is about, not how it ends. The rule looks for the words of the expected code, one after \
           the other, in any case, in the ticket, the objective, the title, the summary and the id. A code of a single \
           word may stand in the ticket: there it is what the customer asks for.",
    example: Example {
        bad: &[Edit::Replace("mug.toml", "Answer a customer whose mug", "Send replacement to a customer whose mug")],
        good: &[],
    },
    stages: &[Stage::Task(check)],
};

fn check(task: &AuthoredTask<'_>, sink: &mut Sink) {
    let raw = task.raw;
    let Some(code) = raw.resolution.get().and_then(|resolution| resolution.expected.get()) else { return };
    let known = task.pack.and_then(|pack| pack.raw.resolutions.get());
    if known.is_some_and(|known| known.keys().all(|key| key != code)) {
        return;
    }
    let words: Vec<&str> = code.split(['_', '-']).collect();
    let mut look = |what: &str, text: Option<(&str, Range<usize>)>| {
        let Some((text, whole)) = text else { return };
        let Some(found) = places_of_words(text, &words).next() else { return };
        let found = &text[found];
        let message = if found.eq_ignore_ascii_case(code) {
            format!("the {what} holds the expected code `{code}`")
        } else {
            format!("the {what} says the expected code `{code}` in words")
        };
        let place = task.file.span(place_within(&task.file, &whole, found));
        let help = "say what the case is about, not how it ends".to_owned();
        sink.push(Diagnostic::new(Code::AnswerLeaked, place, message).with_help(help));
    };
    look("task's id", raw.id.spanned().map(|(id, place)| (id.as_str(), place)));
    look("title", raw.title.spanned().map(|(text, place)| (text.as_str(), place)));
    look("objective", raw.objective.spanned().map(|(text, place)| (text.as_str(), place)));
    look("summary", raw.workspace_summary.spanned().map(|(text, place)| (text.as_str(), place)));
    if let Some(ticket) = raw.ticket.get().filter(|_| words.len() > 1) {
        look("ticket", ticket.subject.spanned().map(|(text, place)| (text.as_str(), place)));
        look("ticket", ticket.message.spanned().map(|(text, place)| (text.as_str(), place)));
    }
}
