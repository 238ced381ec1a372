//! `unportable-toml`: what other parsers read differently, or not at all.

use std::ops::Range;

use memchr::memchr;

use crate::diag::{Code, Diagnostic, Sink};
use crate::lint::{Edit, Example, Rule, Stage};
use crate::pack::tree::{Node, Value};
use crate::pack::{AuthoredFile, string_end};

pub(super) const RULE: Rule = Rule {
    code: Code::UnportableToml,
    why: "Packs are read by other programs, too. Many refuse a leap second, lose digits of an integer beyond 2^53 \
          (JSON's numbers are doubles: RFC 8259 §6), and differ on a time without a day. Those that read TOML 1.0, such as \
          Python's `tomllib`, refuse what TOML 1.1 added: an inline table of several lines or with a comma at its end, \
          a time without seconds, and the escapes `\\x` and `\\e`.",
    mend: "Write such a value as text, a date with its seconds, an inline table on one line, a character as itself.",
    example: Example {
        bad: &[Edit::Replace("mug.toml", "{ subscribed = true }", "{ subscribed = true, at = 09:30:00 }")],
        good: &[Edit::Replace("mug.toml", "{ subscribed = true }", "{ subscribed = true, at = \"09:30:00\" }")],
    },
    stages: &[Stage::File(check)],
};

/// The largest integer up to which every one is a double: 2^53.
const MAX_EXACT: u64 = 1 << 53;

fn check(file: &AuthoredFile<'_>, sink: &mut Sink) {
    walk(file.tree, file, sink);
}

fn walk(node: &Node, file: &AuthoredFile<'_>, sink: &mut Sink) {
    let why = match &node.value {
        Value::List(items) => return items.iter().for_each(|item| walk(item, file, sink)),
        Value::Table(entries) => {
            report_inline_table(node, file, sink);
            return entries.iter().for_each(|entry| {
                if file.has_escapes {
                    report_escape(&entry.key_span, file, sink);
                }
                walk(&entry.node, file, sink);
            });
        }
        Value::Text(_) if file.has_escapes => return report_escape(&node.span, file, sink),
        Value::Integer(number) if number.unsigned_abs() > MAX_EXACT => "loses digits in parsers that read doubles",
        Value::Date(written) => match unportable_date(written) {
            Some(why) => why,
            None => return,
        },
        _ => return,
    };
    let written = file.text.get(node.span.clone()).unwrap_or_default();
    let help = match written.get(..16).filter(|_| why == NO_SECONDS) {
        Some(minute) => format!("write the seconds, too: `{minute}:00{}`", &written[16..]),
        None => format!("write it as text: `\"{written}\"`"),
    };
    let diagnostic = Diagnostic::new(Code::UnportableToml, file.span(node.span.clone()), format!("`{written}` {why}"))
        .with_help(help);
    sink.push(diagnostic);
}

/// Reports an inline table of several lines, or one with a comma at its end.
fn report_inline_table(node: &Node, file: &AuthoredFile<'_>, sink: &mut Sink) {
    let Some(written) = file.text.get(node.span.clone()).filter(|written| written.starts_with('{')) else { return };
    let place = if memchr(b'\n', written.as_bytes()).is_some()
        && let Some(line) = first_line_of_several(written)
    {
        node.span.start..node.span.start + line
    } else if let Some(comma) = written.strip_suffix('}').map(str::trim_ascii_end).filter(|rest| rest.ends_with(',')) {
        node.span.start + comma.len() - 1..node.span.start + comma.len()
    } else {
        return;
    };
    let (what, help) = if place.start == node.span.start {
        ("an inline table goes on over several lines", "write it on one line, or as a table with a header of its own")
    } else {
        ("a comma stands behind the last entry of an inline table", "remove the comma")
    };
    let diagnostic =
        Diagnostic::new(Code::UnportableToml, file.span(place), format!("{what}, which parsers of TOML 1.0 refuse"));
    sink.push(diagnostic.with_help(help.to_owned()));
}

/// The length of an inline table's first line, where the line ends between its entries: inside lists and texts of several
/// lines it may.
fn first_line_of_several(written: &str) -> Option<usize> {
    let bytes = written.as_bytes();
    let mut open = Vec::new();
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'"' | b'\'' => {
                at = string_end(written, at).0;
                continue;
            }
            b'#' => {
                at += memchr(b'\n', &bytes[at..])?;
                continue;
            }
            b'{' | b'[' => open.push(byte),
            b'}' | b']' => {
                open.pop();
            }
            // A table inside this one tells its own.
            b'\n' if open == [b'{'] => return Some(written.lines().next()?.trim_end().len()),
            _ => {}
        }
        at += 1;
    }
    None
}

/// Reports the first escape of TOML 1.1 in a text or key. Those of control characters are told as such.
fn report_escape(place: &Range<usize>, file: &AuthoredFile<'_>, sink: &mut Sink) {
    let Some(written) = file.text.get(place.clone()).filter(|written| written.starts_with('"')) else { return };
    let bytes = written.as_bytes();
    let mut at = 0;
    while let Some(found) = bytes.get(at..).and_then(|rest| memchr(b'\\', rest)) {
        at += found;
        if bytes.get(at + 1) == Some(&b'x')
            && let Some(code) = written.get(at + 2..at + 4).and_then(|code| u8::from_str_radix(code, 16).ok())
            && (!char::from(code).is_control() || matches!(code, b'\t' | b'\n'))
        {
            let span = place.start + at..place.start + at + 4;
            let message = format!("`{}` is an escape that parsers of TOML 1.0 refuse", &written[at..at + 4]);
            let help = format!("write the character itself, or `\\u{code:04x}`");
            sink.push(Diagnostic::new(Code::UnportableToml, file.span(span), message).with_help(help));
            return;
        }
        at += 2;
    }
}

const NO_SECONDS: &str = "has no seconds, which parsers of TOML 1.0 refuse";

/// Why some parsers refuse a date or time, if any do.
fn unportable_date(written: &str) -> Option<&'static str> {
    // Behind a day, the seconds have their place.
    if written.as_bytes().get(4) == Some(&b'-') && written.get(16..19) != Some(":60") {
        let has_seconds = written.len() < 16 || written.as_bytes().get(16) == Some(&b':');
        return if has_seconds { None } else { Some(NO_SECONDS) };
    }
    let time = written.split_once(['T', 't', ' ']).map_or(written, |(_, time)| time);
    let seconds = time.split(':').nth(2).filter(|_| !time.contains('-') || time.contains(':'));
    if seconds.is_some_and(|seconds| seconds.starts_with("60")) {
        Some("is a leap second, which many parsers refuse")
    } else if !written.contains('-') && written.contains(':') {
        Some("is a time without a day, which few parsers keep")
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::{first_line_of_several, unportable_date};

    #[test]
    fn dates_that_travel() {
        let check = |written: &str, portable: bool| {
            assert_eq!(unportable_date(written).is_none(), portable, "{written}");
        };
        check("2026-03-03", true);
        check("2026-03-03T08:15:00Z", true);
        check("2026-03-03 08:15:00-07:00", true);
        check("2026-03-03T08:15:59.600Z", true);
        check("2016-12-31T23:59:60Z", false);
        check("23:59:60", false);
        check("09:30:00", false);
        check("09:30", false);
        check("2026-03-03T08:15Z", false);
        check("2026-03-03 08:15", false);
        check("2026-03-03T08:15-07:00", false);
    }

    #[test]
    fn an_inline_table_ends_on_its_line() {
        let check =
            |written: &str, expect: Option<usize>| assert_eq!(first_line_of_several(written), expect, "{written}");
        check("{ a = 1,\n b = 2 }", Some(8));
        check("{ # b\r\n b = 2 }", Some(5));
        check("{ a = \"{\", # }\n b = 2 }", Some(14));
        check("{ a = 1, b = [\n 2 ] }", None);
        check("{ a = [ { \n b = 2 } ] }", None);
        check("{ a = \"\"\"b\n\"\"\" }", None);
    }
}
