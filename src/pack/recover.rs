//! Around syntax errors: each broken statement is blanked out, so that the rest of the file reads as it stands.
//!
//! The parser goes on after an error, but what it makes of the text behind an open bracket or a broken header is
//! debris. So only the first error of a parse counts: the statement that holds it is cut out, its value kept as a
//! placeholder where its key is sound, and the text is parsed again.

use std::ops::Range;

use toml::de::DeTable;

use super::advice::{advise, advise_on_header, advise_on_rest, shown, values_below};
use super::gap::gap_at;
use super::slip::{decimal_comma, slip_of};
use super::statement::{Statement, next_section, next_statement};

/// The most broken statements of one file that are told apart.
const MAX_BREAKS: usize = 100;
/// The most bytes that are parsed again and again, so that a big hostile file stays linear.
const MAX_PARSED: usize = 8 * 1024 * 1024;
/// Where a value was cut out, this stands for it.
const PLACEHOLDER: u8 = b'0';

/// A file without its broken statements, as many as were looked at. Offsets are those of the file.
#[derive(Debug)]
pub(super) struct Recovered {
    pub(super) text: String,
    pub(super) breaks: Vec<Break>,
}

/// A broken statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Break {
    /// The whole statement.
    pub(super) statement: Range<usize>,
    /// The token at fault.
    pub(super) span: Range<usize>,
    pub(super) message: String,
    pub(super) help: Option<String>,
    pub(super) kind: BreakKind,
    pub(super) lost: Lost,
    /// Whether lines that look like other statements went with it.
    pub(super) swallows: bool,
    /// Whether it is left open up to the end of the file.
    pub(super) runs_out: bool,
}

/// What the parser says. A file's errors are not kept: a hostile one has a million.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct SyntaxError {
    /// Where, if the parser tells.
    at: Option<Range<usize>>,
    message: String,
}

impl SyntaxError {
    fn of(error: &toml::de::Error) -> SyntaxError {
        let at = error.span().filter(|span| *span != (0..0) || !is_too_deep(error.message()));
        SyntaxError { at, message: error.message().to_owned() }
    }
}

/// What kind of fault it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum BreakKind {
    Syntax,
    TooDeep,
    /// A header, or a key with dots, that names what is something else already.
    Duplicate,
}

/// What the file lacks without the statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Lost {
    /// A value, at this offset; its key is there.
    Value(usize),
    /// A key, or several, of one table.
    Keys,
    /// A table with all that follows up to the next header.
    Section,
}

/// Cuts out the broken statements of a file that has so many errors, this the first of them.
pub(super) fn recover(text: &str, first: SyntaxError, errors: usize) -> Recovered {
    // Each error costs the parser about as much as a hundred bytes.
    let cost = text.len() + 100 * errors;
    let rounds = (MAX_PARSED / cost.max(1)).clamp(1, MAX_BREAKS);
    let mut recovered = Recovered { text: text.to_owned(), breaks: Vec::new() };
    let mut error = Some(first);
    // Everything before this statement has been read without an error.
    let mut sound = 0;
    for round in 1..=rounds {
        let Some(SyntaxError { at, message }) = error else { return recovered };
        let Some(at) = at.or_else(|| deep_key(&recovered.text)) else { break };
        let statement = Statement::around(&recovered.text, sound, at.start);
        let broken = explain(&recovered.text, &statement, at, &message);
        sound = statement.start;
        let before = recovered.text.clone();
        blank(&mut recovered.text, &broken);
        recovered.breaks.push(broken);
        // Nothing more can be cut out; or whether errors are left shows when the text is read.
        if recovered.text == before || round == rounds {
            break;
        }
        let (_, errors) = DeTable::parse_recoverable(&recovered.text);
        error = damaging(&recovered.text, &errors);
    }
    recovered
}

/// The first error in the file that is more than a key written twice: that leaves the text around it as it is, unless
/// the key is a header's.
pub(super) fn damaging(text: &str, errors: &[toml::de::Error]) -> Option<SyntaxError> {
    let start = |error: &toml::de::Error| error.span().map_or(0, |span| span.start.min(text.len()));
    let mut ordered: Vec<&toml::de::Error> = errors.iter().collect();
    ordered.sort_by_key(|error| start(error));
    let mut line = 0;
    let mut seen = 0;
    for error in ordered {
        if error.message() != "duplicate key" {
            return Some(SyntaxError::of(error));
        }
        let at = start(error);
        let between = &text.as_bytes()[seen..at.max(seen)];
        line = between.iter().rposition(|&byte| byte == b'\n').map_or(line, |found| seen + found + 1);
        seen = at.max(seen);
        if text.as_bytes()[line..].iter().find(|byte| !matches!(byte, b' ' | b'\t')) == Some(&b'[') {
            return Some(SyntaxError::of(error));
        }
    }
    None
}

fn is_too_deep(message: &str) -> bool {
    message.contains("recurs")
}

/// The key with too many dots, for which the parser tells no place: the one with the most. A key ends with its `=`, a
/// header with its line, and one of an inline table begins behind a brace or comma.
fn deep_key(text: &str) -> Option<Range<usize>> {
    let mut deepest: Option<(usize, usize)> = None;
    let mut start = 0;
    let is_key = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | ' ' | '\t' | '[' | ']');
    for part in text.split_inclusive(['=', '\n', '{', ',']) {
        let key = part.trim_end_matches(['=', '\n', '{', ',', '\r']);
        if !key.chars().all(is_key) {
            start += part.len();
            continue;
        }
        let dots = part.bytes().filter(|&byte| byte == b'.').count();
        if dots > deepest.map_or(0, |(most, _)| most) {
            deepest = Some((dots, start + part.len() - part.trim_start().len()));
        }
        start += part.len();
    }
    deepest.map(|(_, at)| at..at + 1)
}

/// What is wrong with a statement, in the words of the one who wrote it, and how much of the file it takes along.
fn explain(text: &str, statement: &Statement, at: Range<usize>, message: &str) -> Break {
    let at = visible(text, at);
    let mut broken = Break {
        statement: statement.start..statement.end,
        span: at.clone(),
        message: message.to_owned(),
        help: None,
        kind: BreakKind::Syntax,
        lost: Lost::Keys,
        swallows: false,
        runs_out: false,
    };
    let trailing = message.starts_with("unexpected key or value");
    if is_too_deep(message) {
        broken.kind = BreakKind::TooDeep;
    } else if message == "duplicate key" || message.starts_with("cannot extend value") {
        broken.kind = BreakKind::Duplicate;
    }
    if statement.is_header {
        if trailing {
            broken.statement.start = at.start;
        } else {
            broken.statement.end = next_section(text, statement.end);
            broken.lost = Lost::Section;
        }
        advise_on_header(text, statement, &mut broken);
        return broken;
    }

    let equals = statement.equals(text);
    let value = equals.and_then(|equals| statement.value_after(text, equals));
    if let Some(value) = value.filter(|&value| at.end > value || at.start >= value) {
        broken.lost = Lost::Value(value);
    }
    if let Some((equals, value)) = equals.zip(value).filter(|_| broken.kind == BreakKind::Syntax) {
        let line = text[value..statement.end.max(value)].lines().next().unwrap_or_default();
        let written = line.split_once(" #").map_or(line, |(written, _)| written).trim_end();
        let key = text[statement.start..equals].trim();
        let slip = slip_of(key, written).filter(|_| (value..=value + written.len()).contains(&at.start));
        if let Some((message, help)) = slip {
            broken.span = value..value + written.len();
            broken.message = message;
            broken.help = Some(help);
            broken.lost = Lost::Value(value);
            return broken;
        }
    }
    let comma =
        value.filter(|_| broken.kind == BreakKind::Syntax).and_then(|value| decimal_comma(text, value, at.start));
    if let Some((number, help)) = comma {
        broken.message = format!("`{}` is no number", &text[number.clone()]);
        broken.help = Some(help);
        broken.span = number;
        return broken;
    }
    if let Some(end) = statement.unopened_text(text) {
        let key = statement.start_of_text(text)..equals.map_or(statement.end, |equals| equals + 1);
        broken.span = value.map_or(key, |value| value..value + 2);
        broken.kind = BreakKind::Syntax;
        "the text is not opened as it is closed".clone_into(&mut broken.message);
        broken.help = Some(format!("open it with three quotes: `{}`", &text[end - 3..end]));
        broken.lost = Lost::Value(value.or(equals.map(|equals| equals + 1)).unwrap_or(statement.start));
        broken.statement.end = end;
    } else if let Some(content) = statement.swallowed_statement(text) {
        broken.kind = BreakKind::Syntax;
        // The quotes that close this text were meant to open another one.
        let opening = statement.long_string.as_ref().map_or(at.start, |string| string.start);
        broken.span = opening..opening + 3;
        "the text is not closed before the next key".clone_into(&mut broken.message);
        broken.help = Some("close it with three quotes".to_owned());
        broken.statement.end = content;
    } else if let Some(string) = statement.open_string.clone().filter(|string| string.start <= at.start) {
        let long = text[string.start..].starts_with("\"\"\"") || text[string.start..].starts_with("'''");
        broken.span = string.start..if long { string.start + 3 } else { string.end };
        let what = if long { "the text is never closed" } else { "the text is not closed on its line" };
        what.clone_into(&mut broken.message);
        broken.help = Some(if long {
            "close it with three quotes".to_owned()
        } else {
            "close it with a quote; a text of several lines stands between three".to_owned()
        });
        broken.statement.end = next_statement(text, statement, statement.start);
    } else if let Some(gap) = equals.and_then(|equals| gap_at(text, statement, equals + 1, at.start)) {
        broken.span = gap.span();
        let token = shown(&text[gap.token.clone()]);
        (broken.message, broken.help) = match gap.unclosed {
            Some(opening) => {
                let (open, close) = if text[opening..].starts_with('[') { ('[', ']') } else { ('{', '}') };
                (format!("this `{open}` is not closed before `{token}`"), Some(format!("close it with `{close}`")))
            }
            None => (format!("a comma is missing before `{token}`"), Some(format!("write `, {token}`"))),
        };
        if statement.open_bracket.is_some() {
            broken.statement.end = next_statement(text, statement, statement.start);
        }
    } else if let Some(opening) = statement.open_bracket {
        broken.span = opening..opening + 1;
        broken.message = format!("this `{}` is never closed", &text[opening..opening + 1]);
        broken.help = Some(format!("close it with `{}`", if text[opening..].starts_with('[') { ']' } else { '}' }));
        broken.statement.end = next_statement(text, statement, statement.start);
    } else if let Some(end) = equals.filter(|_| value.is_none()).and_then(|_| values_below(text, statement)) {
        let key = statement.start_of_text(text)..equals.map_or(statement.end, |equals| equals + 1);
        let written = shown(&text[key.clone()]);
        broken.message = "the key has no value on its line".to_owned();
        broken.help = Some(format!("a list opens behind the `=`: `{written} [`"));
        broken.lost = Lost::Value(key.end);
        broken.span = key;
        broken.statement.end = end;
    } else if trailing {
        advise_on_rest(text, statement, value, &mut broken);
    }
    let open = statement.open_bracket.is_some() || statement.open_string.is_some();
    broken.swallows = open && statement.swallows(text, broken.statement.end);
    broken.runs_out = open && text[broken.statement.end..].trim().is_empty();
    if broken.help.is_none() && broken.kind == BreakKind::Syntax {
        advise(text, statement, equals, value, &mut broken);
    }
    broken
}

/// An error's range, at least one character wide where there is one, and on character boundaries.
fn visible(text: &str, span: Range<usize>) -> Range<usize> {
    let mut start = span.start.min(text.len());
    while !text.is_char_boundary(start) {
        start -= 1;
    }
    let mut end = span.end.clamp(start, text.len());
    while !text.is_char_boundary(end) {
        end += 1;
    }
    if start == end {
        end += text[start..].chars().next().filter(|&c| c != '\n' && c != '\r').map_or(0, char::len_utf8);
    }
    start..end
}

/// Puts blanks where the statement stands, and the placeholder where its value does.
fn blank(text: &mut String, broken: &Break) {
    let mut bytes = std::mem::take(text).into_bytes();
    let start = match broken.lost {
        Lost::Value(at) => at,
        Lost::Keys | Lost::Section => broken.statement.start,
    };
    for byte in &mut bytes[start..broken.statement.end.max(start)] {
        if *byte != b'\n' {
            *byte = b' ';
        }
    }
    if let Lost::Value(at) = broken.lost {
        bytes[at] = PLACEHOLDER;
    }
    *text = String::from_utf8(bytes).expect("whole characters were replaced by ASCII");
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Recovers a text; the spans of what is reported, and what is left of it without blank lines and outer blanks.
    fn check(text: &str, reported: &[&str], left: &[&str]) {
        let (_, errors) = DeTable::parse_recoverable(text);
        let first = damaging(text, &errors).expect("the text is broken");
        let recovered = recover(text, first, errors.len());
        assert_eq!(recovered.text.len(), text.len(), "{text}");
        let spans: Vec<&str> = recovered.breaks.iter().map(|broken| &text[broken.span.clone()]).collect();
        assert_eq!(spans, reported, "{text}");
        let lines = recovered.text.lines().map(str::trim).filter(|line| !line.is_empty());
        assert_eq!(lines.collect::<Vec<_>>(), left, "{text}");
    }

    #[test]
    fn a_value_is_cut_out_and_its_key_stays() {
        check("a = x\nb = 1", &["x"], &["a = 0", "b = 1"]);
        check("a = [1, 2\nb = 1", &["["], &["a = 0", "b = 1"]);
        check("a = [\n  1,\n  2\n[t]\nb = 1", &["["], &["a = 0", "[t]", "b = 1"]);
        check("a = { b = [1 }\nc = 1", &["["], &["a = 0", "c = 1"]);
        check("a = \"x\nb = 1", &["\"x"], &["a = 0", "b = 1"]);
        check("a = \"x\ny z.\"\nb = 1", &["\"x"], &["a = 0", "b = 1"]);
        check("a = '''x\ny\nb = 1", &["'''"], &["a = 0", "b = 1"]);
        check("a = \"\"\"x\nb = \"\"\"y\"\"\"\nc = 1", &["\"\"\""], &["a = 0", "b = \"\"\"y\"\"\"", "c = 1"]);
    }

    #[test]
    fn what_has_no_sound_key_is_cut_out_whole() {
        check("a b = 1\nc = 2", &["a b"], &["c = 2"]);
        check("a: 1\nc = 2", &[":"], &["c = 2"]);
        check("a =\nc = 2", &["a ="], &["c = 2"]);
        check("Dear\nc = 2", &["Dear"], &["c = 2"]);
        check("a = \"1\" b = 2\nc = 3", &["b"], &["a = \"1\"", "c = 3"]);
        check("a = 1 b = 2\nc = 3", &["b"], &["a = 0", "c = 3"]);
        check("a = true;\nc = 3", &[";"], &["a = 0", "c = 3"]);
        check("a = \"x \\u12 y\"\nc = 3", &["\\u12 "], &["a = 0", "c = 3"]);
    }

    #[test]
    fn a_broken_header_takes_its_table_along() {
        check("a = 1\n[t\nb = 2\n[u]\nc = 3", &["[t"], &["a = 1", "[u]", "c = 3"]);
        check("[[t]\nb = 2\n[[u]]\nc = 3", &["[[t]"], &["[[u]]", "c = 3"]);
        check("[t] x\nb = 2", &["x"], &["[t]", "b = 2"]);
        check("[t]\na = 1\n[t]\nb = 2\n[u]\nc = 3", &["t"], &["[t]", "a = 1", "[u]", "c = 3"]);
    }

    #[test]
    fn a_decimal_comma_within_an_inline_table() {
        check("a = { b = 0,5, c = 1 }\nd = 1", &["0,5"], &["a = 0", "d = 1"]);
        check("a = { b = 12,50 }\nd = 1", &["12,50"], &["a = 0", "d = 1"]);
        check("a = [{ b = 1,500, c = 1 }]\nd = 1", &["1,500"], &["a = 0", "d = 1"]);
        check("a = { b = 1,, c = 1 }\nd = 1", &[","], &["a = 0", "d = 1"]);
        check("a = { b = [1,5], c = 1,, d = 1 }", &[","], &["a = 0"]);
    }

    #[test]
    fn several_faults_are_told_apart() {
        check(
            "a = x\nb = y\n[t\nc = 1\n[u]\nd = [\ne = 1",
            &["x", "y", "[t", "["],
            &["a = 0", "b = 0", "[u]", "d = 0", "e = 1"],
        );
        check("a = “x”\nü = 1\nb = 2", &["“x”", "ü"], &["a = 0", "b = 2"]);
    }
}
