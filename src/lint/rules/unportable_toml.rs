//! `unportable-toml`: what other parsers read differently, or not at all.

use crate::diag::{Code, Diagnostic, Sink};
use crate::lint::{Edit, Example, Rule, Stage};
use crate::pack::AuthoredFile;
use crate::pack::tree::{Node, Value};

pub(super) const RULE: Rule = Rule {
    code: Code::UnportableToml,
    why: "Packs are read by other programs, too. Many refuse a leap second, lose digits of an integer beyond 2^53 \
          (JSON's numbers are doubles: RFC 8259 §6), and differ on a time without a day.",
    mend: "Write such a value as text.",
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
        Value::Table(entries) => return entries.iter().for_each(|entry| walk(&entry.node, file, sink)),
        Value::Integer(number) if number.unsigned_abs() > MAX_EXACT => "loses digits in parsers that read doubles",
        Value::Date(written) => match unportable_date(written) {
            Some(why) => why,
            None => return,
        },
        _ => return,
    };
    let written = file.text.get(node.span.clone()).unwrap_or_default();
    let diagnostic = Diagnostic::new(Code::UnportableToml, file.span(node.span.clone()), format!("`{written}` {why}"))
        .with_help(format!("write it as text: `\"{written}\"`"));
    sink.push(diagnostic);
}

/// Why some parsers refuse a date or time, if any do.
fn unportable_date(written: &str) -> Option<&'static str> {
    // Behind a day, the seconds have their place.
    if written.as_bytes().get(4) == Some(&b'-') && written.get(16..19) != Some(":60") {
        return None;
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
    use super::unportable_date;

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
    }
}
