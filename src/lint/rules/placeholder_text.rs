//! `placeholder-text`: text that was to be written later.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use crate::diag::{Code, Diagnostic, Sink};
use crate::lint::locate::locate;
use crate::lint::markup::{Tag, find_tag};
use crate::lint::pattern::compile;
use crate::lint::sign::{Signs, ends_word};
use crate::lint::texts::each_text;
use crate::lint::{Edit, Example, Rule, Stage};
use crate::pack::AuthoredFile;

pub(super) const RULE: Rule = Rule {
    code: Code::PlaceholderText,
    why: "`TODO`, `<name>` or lorem ipsum is text that was to be written later. An agent takes it for the case.",
    mend: "Write the text itself. Forbidden phrases and examples may name placeholders, since a bad reply may hold them.",
    example: Example {
        bad: &[Edit::Replace("mug.toml", "What can you do for me?", "TODO: what the customer wants.")],
        good: &[],
    },
    stages: &[Stage::FileWith(SIGNS, check)],
};

/// Marks of unfinished text. Capitals alone: a to-do list is no placeholder, and neither is a TODO list.
static MARK: LazyLock<Regex> = LazyLock::new(|| {
    compile(concat!(
        r"(?-u)\b(?:FIXME|Fixme|fixme)\b",
        r"|(?i:lorem\s+ipsum|\bdolor\s+sit\s+amet\b|\bconsectetur\s+adipisci)",
        r"|\{\{\s*[A-Za-z_][\w. -]{0,40}\}\}",
        r"|\[(?i:your [a-z ]{2,30}|insert [a-z ]{2,30}|name|placeholder|order (?:number|id)",
        r"|(?:customer|company|first|last|full|agent|client|user)[ _-]?name)\]",
    ))
});

/// Marks that some texts hold for another reason.
static OPEN: LazyLock<Regex> = LazyLock::new(|| compile(r"\b(?:TODO|TBD|XXX)\b"));

/// What a list of things to do is called after `TODO`.
const LISTS: &[&str] = &["app", "apps", "board", "entry", "item", "items", "list", "lists", "note", "notes"];
/// Words before `TODO` that make it a thing that somebody has.
const WHOSE: &[&str] =
    &["a", "an", "the", "this", "that", "my", "your", "our", "their", "his", "her", "its", "every", "each"];

/// What any placeholder holds: one of [`MARK`], the beginning of one of [`WHOLE`], or an angle bracket.
const SIGNS: &[Signs] = &[
    Signs::of(&[
        "<",
        "{{",
        "[your",
        "[insert",
        "[name",
        "[placeholder",
        "[order",
        "[customer",
        "[company",
        "[first",
        "[last",
        "[full",
        "[agent",
        "[client",
        "[user",
        "lorem",
        "dolor ",
        "consectetur ",
        "xxx",
        "placeholder",
        "changeme",
        "change me",
        "text goes here",
        "insert text here",
        "asdf",
    ]),
    Signs::of(&["todo", "fixme", "tbd"]).which(ends_word),
];

/// Whole texts that stand in for others.
const WHOLE: [&str; 9] =
    ["todo", "tbd", "xxx", "placeholder", "changeme", "change me", "text goes here", "insert text here", "asdf"];

fn check(file: &AuthoredFile<'_>, sink: &mut Sink) {
    each_text(file, |text| {
        if text.is_key || is_pattern(text.path) {
            return;
        }
        let prose = is_prose(text.path) || matches!(text.path, ["ticket", "customer"]);
        let Some(part) = find(text.value, prose) else { return };
        let message = format!("`{}` is a placeholder", &text.value[part.clone()]);
        let diagnostic = Diagnostic::new(Code::PlaceholderText, locate(file, text, part), message)
            .with_help("write the text that belongs here".to_owned());
        sink.push(diagnostic);
    });
}

/// Texts that may well name placeholders: what a reply must not hold, replies to be judged, patterns, settings.
fn is_pattern(path: &[&str]) -> bool {
    matches!(path, ["examples" | "lint", ..] | ["reply", "forbidden", ..] | [.., "regex"])
}

/// Texts that are written for a reader.
fn is_prose(path: &[&str]) -> bool {
    matches!(path, [.., "title" | "objective" | "workspace_summary" | "subject" | "message" | "text" | "description"])
        && path.get(1) != Some(&"record")
        || matches!(path, ["oracle", "reply"] | ["resolutions", _])
}

/// Whether a name or the like is a placeholder.
pub(super) fn stands_in(value: &str) -> bool {
    find(value, true).is_some()
}

/// The first placeholder of a text.
fn find(value: &str, prose: bool) -> Option<Range<usize>> {
    let whole = value.trim().trim_end_matches(['.', ':', '!', '…']).trim_end();
    if prose && !whole.is_empty() && WHOLE.iter().any(|known| whole.eq_ignore_ascii_case(known)) {
        let start = value.len() - value.trim_start().len();
        return Some(start..start + whole.len());
    }
    let tag = find_tag(value, Tag::Blank).filter(|place| !is_part_of_path(value, place));
    let mark = MARK.find(value).map(|found| found.range());
    let open = OPEN.find_iter(value).map(|found| found.range()).find(|place| stands_for_text(value, place, prose));
    tag.into_iter().chain(mark).chain(open).min_by_key(|range| range.start)
}

/// Whether a blank is a step of a path or of an address: a record may show how they are built.
fn is_part_of_path(value: &str, place: &Range<usize>) -> bool {
    let joins = |c: char| matches!(c, '/' | '\\');
    value[..place.start].ends_with(joins) || value[place.end..].starts_with(joins)
}

/// Whether `TODO`, `TBD` or `XXX` stands where words are to come. `TBD by the carrier` is what a desk writes, and so is a
/// record's `TBD`; `XXX-1234` and `XXX XX 1234` hide digits.
fn stands_for_text(value: &str, place: &Range<usize>, prose: bool) -> bool {
    let (before, after) = (value[..place.start].trim_end_matches(' '), value[place.end..].trim_start_matches(' '));
    if &value[place.clone()] == "TODO" {
        let word = |words: &[&str], said: Option<&str>| {
            said.is_some_and(|said| words.iter().any(|word| said.eq_ignore_ascii_case(word)))
        };
        let next = after.split(|c: char| !c.is_ascii_alphabetic()).next();
        let last = before.rsplit(|c: char| !c.is_ascii_alphabetic()).next();
        return !word(LISTS, next) && !word(WHOSE, last);
    }
    if &value[place.clone()] == "TBD" {
        return prose && (before.is_empty() || !after.starts_with(char::is_alphanumeric));
    }
    let hides =
        |c: char| c.is_numeric() || matches!(c, 'X' | 'x' | '-' | '/' | '.' | '*' | '#' | '_' | '+' | '(' | ')');
    let masked = before.ends_with(hides) || after.starts_with(|c| hides(c) && c != '.');
    let alone = before.is_empty() && after.is_empty();
    !alone && !masked
}

#[cfg(test)]
mod tests {
    use super::find;

    fn check(value: &str, expect: Option<&str>) {
        assert_eq!(find(value, true).map(|part| &value[part]), expect, "{value}");
    }

    #[test]
    fn unfinished_text() {
        check("TODO", Some("TODO"));
        check("TODO write this", Some("TODO"));
        check("It costs TODO dollars.", Some("TODO"));
        check("Dear <order id>, press <Shift>", Some("<order id>"));
        check("The order is late. FIXME", Some("FIXME"));
        check("Lorem ipsum dolor sit amet", Some("Lorem ipsum"));
        check("Dear <name>, TODO", Some("<name>"));
        check("Hello {{customer_name}}", Some("{{customer_name}}"));
        check("Hello [Your Name]", Some("[Your Name]"));
        check("tbd.", Some("tbd"));
        check("Mug TBD", Some("TBD"));
        check("TBD: what the customer wants", Some("TBD"));
        check("XXX Handle broken off", Some("XXX"));
        check("The customer wants XXX.", Some("XXX"));
        check("Text goes here...", Some("Text goes here"));
    }

    #[test]
    fn finished_text() {
        check("Put it on my to-do list, or the todo list.", None);
        check("TODOS and MASTODON", None);
        check("Your TODO list is long. It is not in my TODO.", None);
        check("TODO lists do not sync", None);
        check("The <Shift> key, <Ctrl>+<F5>, <Caps Lock> and <Page Up>", None);
        check("C:\\Users\\sian\\<project>, https://shop.example/<id>/edit", None);
        check("Card XXX-1234, delivery date TBD by the carrier.", None);
        check("Linen tea towels, XXXL, set of two", None);
        check("Phone XXX XXX 1234, SSN XXX-XX-6789, card XXX1", None);
        check("<b>bold</b>", None);
        check("Dana <dana@example.com>", None);
        check("[image attached] see [order]", None);
        check("The lorem of ipsum", None);
    }

    #[test]
    fn a_record_may_hold_what_a_desk_writes() {
        assert_eq!(find("tbd", false), None);
        assert_eq!(find("arrival TBD", false), None);
        assert_eq!(find("XXX", false), None);
        assert!(find("XXX Handle broken off", false).is_some());
        assert!(find("TODO", false).is_some());
    }
}
