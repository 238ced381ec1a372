//! Findings as editors show them, and what can be done about each.

use std::ops::Range;

use serde_json::{Value, json};

use crate::diag::{Code, Diagnostic, Edit, Severity, Span};
use crate::pack::{comments_and_texts, statements};

/// How an editor wants findings.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Taste {
    /// Whether it shows other places that matter.
    pub(super) related: bool,
    /// Whether it greys out what is not needed.
    pub(super) tags: bool,
}

/// A place as it is sent: the file's address and the range in it.
pub(super) type Locate<'a> = &'a dyn Fn(Span) -> Option<(String, Value)>;

/// A finding as it is sent; `None` where its place is not known.
pub(super) fn render_finding(found: &Diagnostic, taste: Taste, locate: Locate<'_>) -> Option<Value> {
    let (_, range) = locate(found.span)?;
    let message = match &found.help {
        Some(help) => format!("{}\nhelp: {help}", found.message),
        None => found.message.clone(),
    };
    let severity = match found.severity {
        Severity::Error => 1,
        Severity::Warning => 2,
        Severity::Info => 3,
    };
    let mut sent = json!({
        "range": range,
        "severity": severity,
        "code": found.code.as_str(),
        "source": "support-ops",
        "message": message,
    });
    if taste.related && !found.labels.is_empty() {
        let places = found.labels.iter().filter_map(|label| {
            let (uri, range) = locate(label.span)?;
            Some(json!({ "location": { "uri": uri, "range": range }, "message": label.message }))
        });
        sent["relatedInformation"] = places.collect();
    }
    if taste.tags && is_unneeded(found.code) {
        sent["tags"] = json!([1]);
    }
    Some(sent)
}

fn is_unneeded(code: Code) -> bool {
    matches!(code, Code::UnusedArtifact | Code::UnusedPolicy | Code::UnusedSuppression | Code::DuplicateEvidence)
}

/// The edits of a finding's fix, if it is safe and stays within its file.
pub(super) fn safe_edits(found: &Diagnostic) -> Option<&[Edit]> {
    let fix = found.fix.as_ref().filter(|fix| fix.safe && !fix.edits.is_empty())?;
    fix.edits.iter().all(|edit| edit.span.source == found.span.source).then_some(fix.edits.as_slice())
}

/// What a fix does, in words.
pub(super) fn title_of(text: &str, edits: &[Edit]) -> String {
    let [edit] = edits else { return "mend this".to_owned() };
    let old = text.get(edit.span.start as usize..edit.span.end as usize).unwrap_or_default();
    let short = |text: &str| {
        let line: String = text.trim().chars().take(40).map(|c| if c.is_control() { ' ' } else { c }).collect();
        line
    };
    match (old.trim(), edit.text.trim()) {
        ("" | "\u{feff}", "") => "remove what nobody sees".to_owned(),
        (old, "") => format!("remove `{}`", short(old)),
        ("", new) => format!("insert `{}`", short(new)),
        (old, new) if short(old) == short(new) => "write it plainly".to_owned(),
        (_, new) => format!("write `{}`", short(new)),
    }
}

/// The comment that takes a finding away, and where it goes: on a line of its own above the finding's, or above the text
/// over several lines that the finding lies in. `None` where no comment helps, or where that line would lie inside a list.
pub(super) fn suppression(text: &str, code: Code, at: usize) -> Option<(usize, String)> {
    if code.is_always_told() || matches!(code, Code::UnknownRule | Code::UnusedSuppression | Code::MissingReason) {
        return None;
    }
    let from = comments_and_texts(text).find(|place| place.contains(&at)).map_or(at, |place| place.start);
    let start = text.get(..from)?.rfind('\n').map_or(0, |end| end + 1);
    let begins = statements(text).iter().any(|statement| statement.start == start);
    let line = &text[start..];
    let indent: String = line.chars().take_while(|c| matches!(c, ' ' | '\t')).collect();
    let end = line.find('\n').map_or("\n", |end| if line[..end].ends_with('\r') { "\r\n" } else { "\n" });
    // The directive stays the first line.
    let fits = begins && !line.starts_with('\u{feff}') && !(start == 0 && line.starts_with('#'));
    fits.then(|| (start, format!("{indent}# lint: allow({code}) <reason>{end}")))
}

/// Whether two ranges touch.
pub(super) fn touch(a: &Range<usize>, b: &Range<usize>) -> bool {
    a.start <= b.end && b.start <= a.end
}

#[cfg(test)]
mod tests {
    use super::suppression;
    use crate::diag::Code;

    /// The text with a comment that takes the finding at `|` away.
    fn check(marked: &str, expect: Option<&str>) {
        let at = marked.find('|').expect("a place is marked");
        let mut text = marked.replacen('|', "", 1);
        let found = suppression(&text, Code::UnusedArtifact, at).map(|(at, comment)| {
            text.insert_str(at, &comment);
            text
        });
        assert_eq!(found.as_deref(), expect, "{marked}");
    }

    #[test]
    fn a_comment_goes_above_the_line() {
        check("a = 1\nb = |2\n", Some("a = 1\n# lint: allow(unused-artifact) <reason>\nb = 2\n"));
        check("  b = |2", Some("  # lint: allow(unused-artifact) <reason>\n  b = 2"));
        check("a = 1\r\nb = |2\r\n", Some("a = 1\r\n# lint: allow(unused-artifact) <reason>\r\nb = 2\r\n"));
        check(
            "a = 1\n\n  b.c = '''\n# b\nte|xt'''",
            Some("a = 1\n\n  # lint: allow(unused-artifact) <reason>\n  b.c = '''\n# b\ntext'''"),
        );
        check("a = [\n '''\nte|xt''']", None);
        check("a = [\n  |1\n]", None);
        check("#:schema x|\n", None);
    }
}
