//! `answer-leaked`: the agent is told the resolution before it has looked at anything.

use std::ops::Range;

use crate::diag::{Code, Diagnostic, Sink};
use crate::lint::phrases::{holds, place_within, places_of_words, places_of_words_apart, word_places};
use crate::lint::{Edit, Example, Rule, Stage};
use crate::pack::AuthoredTask;
use crate::pack::raw::RawText;

pub(super) const RULE: Rule = Rule {
    code: Code::AnswerLeaked,
    why: "What the agent sees at the start must not name the resolution: it could submit it without looking at any \
          record, and the score would measure reading, not judgement.",
    mend: "Say what the case is about, not how it ends. The rule looks for the words of the expected code, one after \
           the other, in any case, in the ticket, the objective, the title, the summary, the tags and the id. An article \
           or the like between them hides nothing, unless the text asks whether to, or names another code as well. In the \
           ticket, a code of a single word and one with an article are what the customer asks for; among the tags, a \
           single word is what the case is about.",
    example: Example {
        bad: &[Edit::Replace("mug.toml", "Answer a customer whose mug", "Send replacement to a customer whose mug")],
        good: &[],
    },
    stages: &[Stage::Task(check)],
};

fn check(task: &AuthoredTask<'_>, sink: &mut Sink) {
    let raw = task.raw;
    let Some(code) = raw.resolution.get().and_then(|resolution| resolution.expected.get()).map(RawText::as_str) else {
        return;
    };
    let known = task.pack.and_then(|pack| pack.raw.resolutions.get());
    if known.is_some_and(|known| known.keys().all(|key| key != code)) {
        return;
    }
    let words: Vec<&str> = code.split(['_', '-']).collect();
    // A text that leaves the choice open tells nobody the answer.
    let names = |text: &str, other: &str| {
        let words: Vec<&str> = other.split(['_', '-']).collect();
        places_of_words_apart(text, &words).next().is_some()
    };
    let leaves_open = |text: &str, start: usize| {
        let mut before = word_places(&text[..start]);
        let mut others = known.into_iter().flat_map(|known| known.keys()).filter(|other| *other != code);
        before.any(|(word, _)| word.eq_ignore_ascii_case("whether") || word.eq_ignore_ascii_case("if"))
            || others.any(|other| names(text, other))
    };
    let mut look = |what: &str, text: Option<(&str, Range<usize>)>| {
        let Some((text, whole)) = text else { return };
        if !holds(text, words[0]) {
            return;
        }
        let apart = || places_of_words_apart(text, &words).find(|place| !leaves_open(text, place.start));
        let place = places_of_words(text, &words).next();
        let Some(found) = place.or_else(|| if what == "ticket" { None } else { apart() }) else { return };
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
    for tag in raw.tags.items().iter().filter(|_| words.len() > 1) {
        look("tag", tag.spanned().map(|(text, place)| (text.as_str(), place)));
    }
    if let Some(ticket) = raw.ticket.get().filter(|_| words.len() > 1) {
        look("ticket", ticket.subject.spanned().map(|(text, place)| (text.as_str(), place)));
        look("ticket", ticket.message.spanned().map(|(text, place)| (text.as_str(), place)));
    }
}

#[cfg(test)]
mod tests {
    use crate::lint::rules::tests::check_edited;

    #[test]
    fn the_answer_in_words() {
        let check = |from: &str, to: &str, expect: &[&str]| check_edited("answer-leaked", from, to, expect);
        let objective = "Answer a customer whose mug";
        check(objective, "Send replacement to a customer whose mug", &["Send replacement"]);
        check(objective, "Send a replacement to a customer whose mug", &["Send a replacement"]);
        check(objective, "SEND the\u{a0}replacement to a customer whose mug", &["SEND the"]);
        check(objective, "Decide whether to send a replacement to a customer whose mug", &[]);
        check(objective, "Send no replacement to a customer whose mug", &[]);
        check("max_steps = 5", "max_steps = 5\ntags = [\"mugs\", \"send-replacement\"]", &["send-replacement"]);
        check("max_steps = 5", "max_steps = 5\ntags = [\"send-mugs\", \"replacement\"]", &[]);
        check("What can you do for me?", "Please send a replacement.", &[]);
        check("What can you do for me?", "Please: send_replacement.", &["send_replacement"]);
    }
}
