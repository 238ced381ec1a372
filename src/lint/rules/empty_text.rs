//! `empty-text`: a text that says nothing.

use crate::diag::{Code, Diagnostic, Severity, Sink};
use crate::lint::texts::each_text_under;
use crate::lint::{Edit, Example, Rule, Stage};
use crate::pack::AuthoredFile;

pub(super) const RULE: Rule = Rule {
    code: Code::EmptyText,
    why: "A title, message, policy or name that is blank, only punctuation, or its own key's name tells an agent nothing.",
    mend: "Write what the reader needs to know.",
    example: Example {
        bad: &[Edit::Replace("mug.toml", "subject = \"Crack in the mug\"", "subject = \"...\"")],
        good: &[],
    },
    stages: &[Stage::File(check)],
};

fn check(file: &AuthoredFile<'_>, sink: &mut Sink) {
    each_text_under(file, WITH_PROSE, PROSE_DEPTH, |text| {
        let Some((key, path)) = text.path.split_last() else { return };
        if text.is_key || !is_prose(path, key) || !says_nothing(text.value, key) {
            return;
        }
        // A quote inside a text ends it early; that fault has been reported.
        let after = file.text.get(text.place.end..).unwrap_or_default().trim_start_matches([' ', '\t']);
        if !file.complete && !after.is_empty() && !after.starts_with(['\r', '\n', '#', ',', ']', '}']) {
            return;
        }
        let message = match text.value.trim() {
            "" => format!("`{key}` is empty"),
            said => format!("`{key}` says nothing but `{said}`"),
        };
        let mut diagnostic = Diagnostic::new(Code::EmptyText, file.span(text.place.clone()), message)
            .with_help("write what the reader needs to know".to_owned());
        if path == ["oracle"] {
            // What it does to the score and to the length is not told again.
            diagnostic = diagnostic.with_severity(Severity::Error);
        }
        sink.push(diagnostic);
    });
}

/// The keys that texts for a reader stand under.
const WITH_PROSE: &[&str] = &[
    "title",
    "objective",
    "workspace_summary",
    "description",
    "ticket",
    "artifacts",
    "policies",
    "oracle",
    "resolutions",
];

/// The most keys on the way to a text that is written for a reader.
const PROSE_DEPTH: usize = 2;

/// Whether texts under this key are written for a reader.
fn is_prose(path: &[&str], key: &str) -> bool {
    match path {
        [] => matches!(key, "title" | "objective" | "workspace_summary" | "description"),
        ["ticket"] => matches!(key, "id" | "customer" | "subject" | "message"),
        ["artifacts"] => key == "title",
        ["policies"] => matches!(key, "title" | "text"),
        ["oracle"] => key == "reply",
        ["resolutions"] => true,
        _ => false,
    }
}

/// Blank, only punctuation, or a word that stands for no text at all. Characters that nobody sees are a fault of their
/// own, and a picture says something.
pub(super) fn says_nothing(value: &str, key: &str) -> bool {
    let said = value.trim();
    if said.len() > 40 {
        return false;
    }
    let mark = |c: char| c.is_ascii_punctuation() || c.is_whitespace() || matches!(c, '…' | '–' | '—' | '·' | '•');
    said.chars().all(mark)
        || said.eq_ignore_ascii_case(key)
        || ["n/a", "none", "null", "nil", "undefined", "empty", "blank"]
            .iter()
            .any(|word| said.eq_ignore_ascii_case(word))
}

#[cfg(test)]
mod tests {
    use super::says_nothing;
    use crate::lint::rules::tests::check_edited;

    #[test]
    fn nothing_and_something() {
        let check = |value: &str, expect: bool| assert_eq!(says_nothing(value, "title"), expect, "{value:?}");
        check("", true);
        check(" \n\t", true);
        check("...", true);
        check("—", true);
        check("N/A", true);
        check("Title", true);
        check("Help!", false);
        check("👍", false);
        check("\u{200b}", false);
        check("None of it works", false);
        check("返品", false);
        check("7", false);
    }

    #[test]
    fn who_writes_and_in_which_case() {
        let check = |ticket: &str, expect: &[&str]| {
            check_edited("empty-text", "subject =", &format!("{ticket}\nsubject ="), expect)
        };
        check("customer = \"\"", &["\nsubject"]);
        check("customer = \"-\"", &["-\""]);
        check("customer = \"Ann Lee\"", &[]);
        check_edited("empty-text", "id = \"P-17\"", "id = \"\"", &["\n"]);
    }
}
