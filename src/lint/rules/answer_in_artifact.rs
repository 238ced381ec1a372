//! `answer-in-artifact`: a record that holds the resolution code itself.

use std::ops::Range;

use crate::diag::{Code, Diagnostic, Sink};
use crate::lint::phrases::{place_within, places_of_words};
use crate::lint::{Edit, Example, Rule, Stage};
use crate::pack::AuthoredTask;
use crate::pack::raw::{Field, RawText, Record, RecordValue};

pub(super) const RULE: Rule = Rule {
    code: Code::AnswerInArtifact,
    why: "A record that states the code to submit takes the decision out of the agent's hands: it has to copy, not to \
          weigh what it read.",
    mend: "Let the record hold facts, from which the right resolution follows by a policy. A code of a single word \
           counts only where the whole value is that word and its key speaks of a resolution, outcome or decision.",
    example: Example {
        bad: &[Edit::Replace(
            "mug.toml",
            "subscribed = true }",
            "subscribed = true, note = \"next: send_replacement\" }",
        )],
        good: &[Edit::Replace(
            "mug.toml",
            "subscribed = true }",
            "subscribed = true, note = \"asked for a replacement list\" }",
        )],
    },
    stages: &[Stage::Task(check)],
};

/// What the key of a decision speaks of.
const DECISIONS: &[&str] = &["resolution", "outcome", "decision", "recommend", "answer", "verdict", "disposition"];

fn check(task: &AuthoredTask<'_>, sink: &mut Sink) {
    let raw = task.raw;
    let Some(code) = raw.resolution.get().and_then(|resolution| resolution.expected.get()) else { return };
    let words: Vec<&str> = code.split(['_', '-']).collect();
    let mut search = Search { task, code, words: &words, sink };
    for artifact in raw.artifacts.get().into_iter().flat_map(|list| list.iter()).filter_map(Field::get) {
        if let Some((title, place)) = artifact.title.spanned() {
            search.look("", title, place);
        }
        if let Some(record) = artifact.record.get() {
            search.walk(record);
        }
    }
}

struct Search<'a> {
    task: &'a AuthoredTask<'a>,
    code: &'a str,
    words: &'a [&'a str],
    sink: &'a mut Sink,
}

impl Search<'_> {
    fn walk(&mut self, record: &Record) {
        for (key, value) in &record.0 {
            if let Some((key, place)) = key.spanned() {
                self.look("", key, place);
            }
            self.value(key.get().map_or("", RawText::as_str), value);
        }
    }

    fn value(&mut self, key: &str, value: &Field<RecordValue>) {
        match value.spanned() {
            Some((RecordValue::Text(text), place)) => self.look(key, text, place),
            Some((RecordValue::List(items), _)) => items.iter().for_each(|item| self.value(key, item)),
            Some((RecordValue::Table(record), _)) => self.walk(record),
            _ => {}
        }
    }

    fn look(&mut self, key: &str, text: &str, whole: Range<usize>) {
        if text.len() < self.code.len() {
            return;
        }
        let mut found = places_of_words(text, self.words).map(|place| &text[place]);
        let Some(found) = found.find(|found| found.eq_ignore_ascii_case(self.code)) else { return };
        let is_decision = || found.len() == text.trim().len() && DECISIONS.iter().any(|name| key.contains(name));
        if self.words.len() < 2 && !is_decision() {
            return;
        }
        let place = self.task.file.span(place_within(&self.task.file, &whole, found));
        let message = format!("the record states the expected code `{}`", self.code);
        let help = "let it hold facts, from which the resolution follows".to_owned();
        self.sink.push(Diagnostic::new(Code::AnswerInArtifact, place, message).with_help(help));
    }
}
