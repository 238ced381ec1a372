//! What is wrong with a broken statement, in the words of the one who wrote it: the parser's own are for parsers.

use std::ops::Range;

use super::recover::{Break, BreakKind, Lost};
use super::statement::{Statement, begins_value, is_statement_line, next_statement};

const LINES: &str = "a comment begins with `#`; a text of several lines stands between three quotes";
const BACKSLASH: &str = "write `\\\\` for a backslash, or put the text in single quotes";

/// Better words for the commonest slips.
pub(super) fn advise(
    text: &str,
    statement: &Statement,
    equals: Option<usize>,
    value: Option<usize>,
    broken: &mut Break,
) {
    let rest = &text[broken.span.start..statement.end.max(broken.span.start)];
    if broken.message.starts_with("string values must be quoted") && value.is_none() {
        let key = statement.start_of_text(text)..equals.map_or(broken.span.start, |equals| equals + 1);
        broken.span = key;
        "the key has no value".clone_into(&mut broken.message);
    } else if rest.starts_with(['“', '”', '„', '‘', '’']) {
        "these are no quotes that TOML knows".clone_into(&mut broken.message);
        broken.help = Some("write `\"` on both sides".to_owned());
    } else if broken.message.starts_with("string values must be quoted")
        || broken.message.starts_with("invalid boolean")
    {
        let end = text[broken.span.clone()].trim_end().len();
        broken.span.end = broken.span.start + end;
        if let Some(behind) = behind_scalar(&text[broken.span.clone()]) {
            broken.span.start += behind;
            broken.message = format!("`{}` follows the value on its line", shown(&text[broken.span.clone()]));
            broken.help = Some("begin a new line; a comment begins with `#`".to_owned());
            return;
        }
        no_value(text, broken);
    } else if let Some(colon) = misplaced_colon(text, statement, equals, broken) {
        broken.span = colon..colon + 1;
        "a colon stands where `=` is needed".clone_into(&mut broken.message);
        broken.help = Some("write `key = value`".to_owned());
    } else if broken.message.starts_with("key with no value") {
        broken.span = statement.start_of_text(text)..equals.map_or(statement.end, |equals| equals);
        broken.span.end = text[..broken.span.end].trim_end().len();
        if equals.is_some() {
            broken.message = format!("`{}` is no key", shown(&text[broken.span.clone()]));
            broken.help = Some("a key with blanks stands in quotes; most keys have `_` there".to_owned());
        } else {
            "the line is no `key = value`, no `[table]` and no comment".clone_into(&mut broken.message);
            broken.help = Some(LINES.to_owned());
        }
    } else if broken.message.contains("unicode")
        && text[..broken.span.start]
            .rfind('\\')
            .is_some_and(|at| text[at..].starts_with("\\u") || text[at..].starts_with("\\U"))
    {
        broken.span.start = text[..broken.span.start].rfind('\\').unwrap_or(broken.span.start);
        broken.message = format!("`{}` is no escape", shown(&text[broken.span.clone()]));
        let digits = "four hexadecimal digits follow `\\u`, eight follow `\\U`";
        let is_code = text[broken.span.start + 2..].starts_with(|c: char| c.is_ascii_hexdigit() || c == '{');
        broken.help = Some(if is_code { format!("{digits}; {BACKSLASH}") } else { BACKSLASH.to_owned() });
    } else if broken.message.starts_with("missing escaped value") {
        broken.span.start = text[..broken.span.start].rfind('\\').unwrap_or(broken.span.start);
        broken.message = format!("`{}` is no escape", shown(&text[broken.span.clone()]));
        broken.help = Some(BACKSLASH.to_owned());
    } else if rest.starts_with(|c: char| c.is_control()) && broken.message.contains("string") {
        "a control character stands in the text".clone_into(&mut broken.message);
    } else if broken.message.starts_with("extra comma") {
        "the comma is too much".clone_into(&mut broken.message);
        broken.help = Some("one comma stands between two entries".to_owned());
    } else if broken.message.starts_with("missing comma") {
        "a comma is missing here".clone_into(&mut broken.message);
        broken.help = Some("a comma stands between two entries".to_owned());
    } else if broken.message.starts_with("extra `=`") {
        "the `=` is too much".clone_into(&mut broken.message);
        broken.help = Some("one `=` stands between a key and its value".to_owned());
    } else if broken.message.starts_with("missing assignment") {
        "a `=` is missing before this".clone_into(&mut broken.message);
        broken.help = Some("write `key = value`".to_owned());
    } else if broken.message.contains("key") {
        let is_outside = value.is_none_or(|value| broken.span.start < value);
        let written = statement.start_of_text(text)..equals.unwrap_or(statement.start);
        if is_outside && equals.is_none() {
            let line = &text[statement.start..statement.end];
            broken.span = statement.start_of_text(text)..statement.start + line.trim_end().len();
            "the line is no `key = value`, no `[table]` and no comment".clone_into(&mut broken.message);
            broken.help = Some(LINES.to_owned());
            return;
        }
        if is_outside && broken.message.contains("empty") && broken.span.start > written.start {
            "a part of the key is missing before this".clone_into(&mut broken.message);
            broken.help = Some("one dot stands between two parts of a key".to_owned());
            return;
        }
        broken.span = if is_outside && !text[written.clone()].trim().is_empty() {
            written.start..written.start + text[written].trim_end().len()
        } else {
            word_at(text, statement.start, statement.end, broken.span.start)
        };
        let key = shown(&text[broken.span.clone()]);
        if key.is_empty() {
            broken.span.end += text[broken.span.end..].chars().next().map_or(0, char::len_utf8);
            "a key is missing before this".clone_into(&mut broken.message);
            broken.help = Some("write `key = value`".to_owned());
            return;
        }
        broken.message = format!("`{key}` is no key");
        broken.help = Some(bare_keys(&key));
    } else if ["invalid ", "unexpected ", "`_` ", "missing "].iter().any(|start| broken.message.starts_with(start))
        && let Some(value) = value.filter(|&value| broken.span.start >= value)
    {
        broken.span = word_at(text, value, statement.end, broken.span.start);
        no_value(text, broken);
    }
}

/// Says what is wrong with a header.
pub(super) fn advise_on_header(text: &str, statement: &Statement, broken: &mut Break) {
    let is_open = broken.message.starts_with("unclosed");
    let header = statement.start_of_text(text)..text[..statement.end].trim_end().len();
    if broken.kind == BreakKind::Duplicate && closes_twice(&text[header.clone()]) {
        broken.kind = BreakKind::Syntax;
        broken.span = header;
        "the table's header is closed twice".clone_into(&mut broken.message);
        broken.help = Some("open it with `[[` where an entry of a list begins, else close it with one `]`".to_owned());
    } else if let Some(name) = name_with_blank(text, statement).filter(|_| is_open) {
        let written = shown(&text[name.clone()]);
        broken.span = name;
        broken.message = format!("`{written}` is no name of a table");
        broken.help = Some(format!("a name with blanks stands in quotes: `\"{written}\"`; most names have `_` there"));
    } else if broken.message.starts_with("invalid unquoted key") {
        broken.span = word_at(text, statement.start, statement.end, broken.span.start);
        let written = shown(&text[broken.span.clone()]);
        broken.message = format!("`{written}` is no name of a table");
        broken.help = Some(bare_keys(&written));
    } else if is_open {
        broken.span = header;
        "the table's header is not closed".clone_into(&mut broken.message);
        broken.help = Some("close it with as many `]` as it has `[`".to_owned());
    }
}

/// Whether a header has one bracket before its name and two behind it.
fn closes_twice(header: &str) -> bool {
    let header = header.split_once('#').map_or(header, |(header, _)| header).trim_end();
    header.starts_with('[') && !header.starts_with("[[") && header.ends_with("]]")
}

/// Says what is wrong with what follows a value, or a key, on its line, and cuts out no more than that.
pub(super) fn advise_on_rest(text: &str, statement: &Statement, value: Option<usize>, broken: &mut Break) {
    let at = broken.span.start;
    let told = broken.message.clone();
    // What stands before it is sound.
    broken.statement.start = at;
    broken.lost = Lost::Keys;
    if text[at..].starts_with("//") {
        broken.help = Some("a comment begins with `#`".to_owned());
    } else if let Some((value, slip)) = value.zip(value.and_then(|value| comma_slip(text, statement, value, at))) {
        broken.span = slip.span;
        broken.message = slip.message;
        broken.help = Some(slip.help);
        if slip.loses_value {
            broken.statement.start = statement.start;
            broken.lost = Lost::Value(value);
        }
    } else if text[at..].starts_with([';', ']', '}', ')']) {
        let mark = &text[at..at + 1];
        let opened = match mark {
            "]" => "; remove it, or open a list with `[`",
            "}" => "; remove it, or open a table with `{`",
            _ => "",
        };
        broken.message = format!("the `{mark}` is too much");
        broken.help = Some(format!("nothing but a comment stands behind a value on its line{opened}"));
    } else if let Some(quote) = closing_quote(text, value, at) {
        "the text ends with the quote before this".clone_into(&mut broken.message);
        broken.help = Some(match quote {
            '"' => "write a quote inside the text as `\\\"`, or put the text in single quotes".to_owned(),
            _ => "put a text that holds a single quote in double quotes".to_owned(),
        });
    }
    if statement.long_string.is_some() {
        broken.statement.end = next_statement(text, statement, at);
    }
    if broken.help.is_none() || broken.message == told {
        let rest = text[at..statement.end].lines().next().unwrap_or_default().trim_end();
        broken.message = format!("`{}` follows the value on its line", shown(rest));
        let several = if rest.starts_with(['"', '\'']) {
            "several values stand in a list: `[\"…\", \"…\"]`"
        } else {
            "begin a new line"
        };
        broken.help.get_or_insert_with(|| format!("{several}; a comment begins with `#`"));
    }
}

/// What a key without quotes may be.
fn bare_keys(written: &str) -> String {
    let rule = "a key without quotes has only the letters a to z, digits, `_` and `-`";
    if written.is_empty() || written.contains(['"', '\'', '.', '[', '{']) {
        return rule.to_owned();
    }
    format!("{rule}; another one stands in quotes: `\"{written}\"`")
}

/// Says of the words at fault that they are no value, and what their author may have meant.
fn no_value(text: &str, broken: &mut Break) {
    let word = shown(&text[broken.span.clone()]);
    let quoted = if word.contains('"') { format!("`'{word}'`") } else { format!("`\"{word}\"`") };
    let unsigned = word.trim_start_matches(['+', '-']);
    let digits = unsigned.trim_start_matches('0');
    let (is_date, is_number) = (broken.message.contains("date"), unsigned.parse::<f64>().is_ok());
    broken.help = Some(match word.to_lowercase().as_str() {
        "true" | "yes" | "on" => "write `true`".to_owned(),
        "false" | "no" | "off" => "write `false`".to_owned(),
        "none" | "null" | "nil" | "undefined" | "n/a" | "na" => {
            format!("leave the key out where there is no value; a text stands in quotes: {quoted}")
        }
        _ if is_date && ["expected day", "expected month"].iter().any(|what| broken.message.contains(what)) => {
            "the calendar has no such day".to_owned()
        }
        _ if is_date => format!("a date is written `2026-03-20` or `2026-03-20T08:15:00Z`, a text in quotes: {quoted}"),
        _ if broken.message.starts_with("`_`") => {
            format!("`_` stands only between two digits; a text stands in quotes: {quoted}")
        }
        _ if is_number && unsigned.starts_with('0') && digits.starts_with(|c: char| c.is_ascii_digit()) => {
            format!("a number has no zeros in front: `{digits}`; a text stands in quotes: {quoted}")
        }
        _ => format!("a text stands in quotes: {quoted}"),
    });
    let what = if is_date { "date" } else { "value" };
    broken.message = format!("`{word}` is no {what}");
}

/// The words around `at`, up to what ends an entry.
fn word_at(text: &str, from: usize, end: usize, at: usize) -> Range<usize> {
    let ends = |c: char| matches!(c, ',' | '[' | ']' | '{' | '}' | '\n' | '\r' | '=');
    let before = &text[from..at.max(from)];
    let start = before.rfind(ends).map_or(from, |found| from + found + 1);
    let start = start + text[start..at.max(start)].len() - text[start..at.max(start)].trim_start().len();
    let rest = &text[start..end.max(start)];
    let rest = &rest[..rest.find(ends).unwrap_or(rest.len())];
    let rest = rest.split_once(" #").map_or(rest, |(rest, _)| rest);
    start..start + rest.trim_end().len()
}

/// The name in a header that is closed, which has a blank but no quotes.
fn name_with_blank(text: &str, statement: &Statement) -> Option<Range<usize>> {
    let start = statement.start_of_text(text);
    let line = text[start..statement.end].split(" #").next()?.trim_end();
    let brackets = if line.starts_with("[[") { 2 } else { 1 };
    let inside = line.get(brackets..)?.strip_suffix(&"]]"[..brackets])?;
    let mut at = start + brackets;
    for name in inside.split('.') {
        let trimmed = name.trim();
        if trimmed.contains([' ', '\t']) && !trimmed.contains(['"', '\'', '[', ']']) {
            let from = at + name.len() - name.trim_start().len();
            return Some(from..from + trimmed.len());
        }
        at += name.len() + 1;
    }
    None
}

/// Where a key without a value has entries on the lines below it, their end.
pub(super) fn values_below(text: &str, statement: &Statement) -> Option<usize> {
    let end = next_statement(text, statement, statement.start);
    let below = text.get(statement.end..end)?;
    let first = below.lines().find(|line| !line.trim().is_empty() && !line.trim_start().starts_with('#'))?;
    (!is_statement_line(first)).then_some(end)
}

/// What is wrong with a comma behind a value.
struct CommaSlip {
    span: Range<usize>,
    message: String,
    help: String,
    /// Whether what stands before the comma is no value of its own.
    loses_value: bool,
}

/// What a comma behind a value was meant for: nothing, thousands, or a list.
fn comma_slip(text: &str, statement: &Statement, value: usize, comma: usize) -> Option<CommaSlip> {
    let rest = text[comma..statement.end].lines().next()?;
    let rest = rest.split_once(" #").map_or(rest, |(rest, _)| rest).trim_end();
    let behind = rest.strip_prefix(',')?.trim();
    let written = text[value..comma + rest.len()].to_owned();
    let span = comma..comma + rest.len();
    if behind.is_empty() || behind.starts_with('#') {
        return Some(CommaSlip {
            span: comma..comma + 1,
            message: "the comma is too much".to_owned(),
            help: "remove it: no comma stands behind a value on its own line".to_owned(),
            loses_value: false,
        });
    }
    if !begins_value(behind) {
        return None;
    }
    let mut groups = written.split('.').next()?.split(',');
    let first = groups.next()?.trim_start_matches(['+', '-']);
    let is_number = (1..=3).contains(&first.len())
        && first.bytes().all(|byte| byte.is_ascii_digit())
        && groups.all(|group| group.len() == 3 && group.bytes().all(|byte| byte.is_ascii_digit()));
    let plain = written.replace(',', "");
    if is_number && plain.parse::<f64>().is_ok() {
        return Some(CommaSlip {
            span,
            message: format!("`{}` is no number", shown(&written)),
            help: format!("write `{plain}`, without a comma; a text stands in quotes: `\"{written}\"`"),
            loses_value: true,
        });
    }
    let list = if written.chars().count() > 40 { String::new() } else { format!(": `[{written}]`") };
    Some(CommaSlip {
        span,
        message: "several values stand in a list".to_owned(),
        help: format!("put square brackets around them{list}"),
        loses_value: true,
    })
}

/// Where, in words that are no value, something follows a number or a boolean that is one.
fn behind_scalar(words: &str) -> Option<usize> {
    let head = words.find(|c: char| !c.is_ascii_alphanumeric() && !matches!(c, '_' | '+' | '-' | '.' | ':'))?;
    let scalar = &words[..head];
    let plain = matches!(scalar, "true" | "false") || scalar.parse::<f64>().is_ok_and(f64::is_finite);
    let rest = words[head..].trim_start();
    (plain && !rest.is_empty()).then(|| words.len() - rest.len())
}

/// A colon after a key, of the statement itself or of an inline table.
fn misplaced_colon(text: &str, statement: &Statement, equals: Option<usize>, broken: &Break) -> Option<usize> {
    let rest = &text[broken.span.start..statement.end.max(broken.span.start)];
    if rest.starts_with(':') {
        return Some(broken.span.start);
    }
    let key = &text[statement.start..statement.end];
    let colon = key.find(':').filter(|&colon| !key[..colon].contains(['=', '"', '\''])).map(|at| statement.start + at);
    colon.filter(|_| equals.is_none() && broken.message.starts_with("key with no value"))
}

/// The quote that closes a text of one line right before `at`, which its author meant to stand inside.
fn closing_quote(text: &str, value: Option<usize>, at: usize) -> Option<char> {
    // Where a whole statement stands behind a table's header, the value comes after.
    let written = text.get(value?..at)?;
    let quote = written.chars().next().filter(|quote| matches!(quote, '"' | '\''))?;
    let long = written.starts_with("\"\"\"") || written.starts_with("'''");
    (!long && written.len() > 1 && written.ends_with(quote)).then_some(quote)
}

/// The beginning of a text, as much of it as a message repeats.
pub(super) fn shown(text: &str) -> String {
    text.chars().take(40).collect()
}
