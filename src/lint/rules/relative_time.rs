//! `relative-time`: "yesterday" where no day is given.

use std::sync::LazyLock;

use regex::Regex;

use crate::diag::{Code, Diagnostic, Sink};
use crate::lint::locate::locate;
use crate::lint::pattern::compile;
use crate::lint::texts::each_text;
use crate::lint::{Edit, Example, Rule, Stage};
use crate::pack::AuthoredTask;

pub(super) const RULE: Rule = Rule {
    code: Code::RelativeTime,
    why: "\"Yesterday\" means nothing while nobody knows when the ticket was written: the records' dates cannot be held \
          against it, and an agent has to guess.",
    mend: "Say when the ticket was written (`opened_at` in `[ticket]`), or write the date. Policies and replies may \
           speak of today.",
    example: Example {
        bad: &[
            Edit::Replace("mug.toml", "opened_at = 2026-03-03T08:15:00Z\n", ""),
            Edit::Replace("mug.toml", "has a crack down its side.", "came yesterday with a crack."),
        ],
        good: &[Edit::Replace("mug.toml", "has a crack down its side.", "came yesterday with a crack.")],
    },
    stages: &[Stage::Task(check)],
};

static WORD: LazyLock<Regex> = LazyLock::new(|| {
    compile(concat!(
        r"(?i-u)\b(?:today|yesterday|tomorrow|tonight|last\s+night",
        r"|(?:last|next)\s+(?:week(?:end)?|month|quarter|year|summer|autumn|winter)",
        r"|(?:last|next|this|past|coming)\s+(?:mon|tues|wednes|thurs|fri|satur|sun)day",
        r"|(?:last|next)\s+(?:january|february|march|april|june|july|august|september|october|november|december)",
        r"|this\s+(?:morning|afternoon|evening|week(?:end)?|month|quarter|year)|the\s+other\s+day",
        r"|(?:\d{1,3}|an?|one|two|three|four|five|six|seven|eight|nine|ten|few|couple\s+of)\s+",
        r"(?:minute|hour|day|week|month|year)s?\s+ago)\b",
    ))
});

/// One finding for a task, however often it speaks so: what is missing is one date.
fn check(task: &AuthoredTask<'_>, sink: &mut Sink) {
    let Some(ticket) = task.raw.ticket.get() else { return };
    if !task.file.complete || ticket.opened_at.is_given() {
        return;
    }
    let mut found = false;
    each_text(&task.file, |text| {
        let told = matches!(
            text.path,
            ["title" | "objective" | "workspace_summary"]
                | ["ticket", "subject" | "message"]
                | ["artifacts", "title"]
                | ["artifacts", "record", _, ..]
        );
        if found || text.is_key || !told {
            return;
        }
        let Some(word) = WORD.find(text.value) else { return };
        found = true;
        let shown = word.as_str().split_whitespace().collect::<Vec<_>>().join(" ");
        let message = format!("`{shown}` means nothing without the ticket's date");
        let diagnostic = Diagnostic::new(Code::RelativeTime, locate(&task.file, text, word.range()), message)
            .with_help("add `opened_at` to `[ticket]`, or write the date".to_owned());
        sink.push(diagnostic);
    });
}

#[cfg(test)]
mod tests {
    use super::WORD;

    fn check(text: &str, expect: Option<&str>) {
        assert_eq!(WORD.find(text).map(|word| word.as_str()), expect, "{text}");
    }

    #[test]
    fn words_that_need_a_day() {
        check("It came Yesterday.", Some("Yesterday"));
        check("I wrote two days ago", Some("two days ago"));
        check("since last week", Some("last week"));
        check("a few\nhours ago", Some("few\nhours ago"));
        check("today's parcel", Some("today"));
        check("Last Monday I wrote", Some("Last Monday"));
        check("by next\nFriday", Some("next\nFriday"));
        check("since this weekend", Some("this weekend"));
        check("a year ago", Some("a year ago"));
        check("next March", Some("next March"));
    }

    #[test]
    fn words_that_need_none() {
        check("Book due on Friday for two more weeks", None);
        check("The last weekday, the next monthly fee", None);
        check("within 3 days", None);
        check("This may take a while, next day delivery, on Mondays, last Mon", None);
        check("long ago", None);
    }
}
