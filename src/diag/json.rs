//! Findings as JSON, for machines.

use std::fmt::Write;

use serde::Serialize;

use super::human::visible;
use super::{Diagnostic, Position, Severity, Sources, Span};

#[derive(Serialize)]
struct Report<'a> {
    version: u32,
    diagnostics: Vec<Finding<'a>>,
    summary: Summary,
}

#[derive(Serialize)]
struct Summary {
    files: usize,
    errors: usize,
    warnings: usize,
}

#[derive(Serialize)]
struct Finding<'a> {
    code: &'static str,
    severity: &'static str,
    message: &'a str,
    file: &'a str,
    start: Place,
    end: Place,
    labels: Vec<Labelled<'a>>,
    help: Option<&'a str>,
    fix: Option<Mend<'a>>,
}

#[derive(Serialize)]
struct Place {
    line: usize,
    column: usize,
    offset: usize,
}

#[derive(Serialize)]
struct Labelled<'a> {
    file: &'a str,
    start: Place,
    end: Place,
    message: &'a str,
}

#[derive(Serialize)]
struct Mend<'a> {
    safe: bool,
    edits: Vec<Replace<'a>>,
}

#[derive(Serialize)]
struct Replace<'a> {
    file: &'a str,
    start: Place,
    end: Place,
    text: &'a str,
}

/// All findings of a run over `files` files, as one JSON document of version 1.
pub fn render_json(diagnostics: &[Diagnostic], sources: &Sources, files: usize) -> String {
    let of = |severity| diagnostics.iter().filter(|diagnostic| diagnostic.severity == severity).count();
    let report = Report {
        version: 1,
        diagnostics: diagnostics.iter().map(|diagnostic| finding(diagnostic, sources)).collect(),
        summary: Summary { files, errors: of(Severity::Error), warnings: of(Severity::Warning) },
    };
    guard_json(serde_json::to_string_pretty(&report).expect("strings and numbers always serialise"))
}

/// A JSON text that means the same and can be shown anywhere: in strings, what could steer a terminal, reorder a line or
/// stand in it unseen is escaped, and so is what a build log would read as a command.
pub(crate) fn guard_json(text: String) -> String {
    if text.is_ascii() && !text.contains("##") && !text.contains('\u{7f}') {
        return text;
    }
    let mut out = String::with_capacity(text.len() + 16);
    let mut last = '\0';
    for c in text.chars() {
        if c != '\n' && visible(c) != c || (c == '#' && last == '#') {
            // Outside of strings none of these occurs.
            for unit in c.encode_utf16(&mut [0; 2]) {
                let _ = write!(out, "\\u{unit:04x}");
            }
        } else {
            out.push(c);
        }
        last = c;
    }
    out
}

fn finding<'a>(diagnostic: &'a Diagnostic, sources: &'a Sources) -> Finding<'a> {
    let (file, start, end) = place(diagnostic.span, sources);
    Finding {
        code: diagnostic.code.as_str(),
        severity: diagnostic.severity.as_str(),
        message: &diagnostic.message,
        file,
        start,
        end,
        labels: diagnostic
            .labels
            .iter()
            .map(|label| {
                let (file, start, end) = place(label.span, sources);
                Labelled { file, start, end, message: &label.message }
            })
            .collect(),
        help: diagnostic.help.as_deref(),
        fix: diagnostic.fix.as_ref().map(|fix| Mend {
            safe: fix.safe,
            edits: fix
                .edits
                .iter()
                .map(|edit| {
                    let (file, start, end) = place(edit.span, sources);
                    Replace { file, start, end, text: &edit.text }
                })
                .collect(),
        }),
    }
}

fn place(span: Span, sources: &Sources) -> (&str, Place, Place) {
    let source = sources.get(span.source);
    let at = |offset: u32| {
        let Position { line, column, offset } = source.position(offset as usize);
        Place { line, column, offset }
    };
    (&source.path, at(span.start), at(span.end))
}

#[cfg(test)]
mod tests {
    use super::guard_json;

    #[test]
    fn a_document_holds_nothing_that_steers_a_terminal() {
        let check = |json: &str, expect: &str| assert_eq!(guard_json(json.to_owned()), expect);
        check("{\n  \"a\": \"é\"\n}", "{\n  \"a\": \"é\"\n}");
        check("\"\u{9b}31m\u{202e}\u{7f}é\"", "\"\\u009b31m\\u202e\\u007fé\"");
        check("\"a\u{200b}\u{feff}\u{ad}\u{3164}\"", "\"a\\u200b\\ufeff\\u00ad\\u3164\"");
        check("\"\u{e0041}\"", "\"\\udb40\\udc41\"");
        check("\"##[group]\"", "\"#\\u0023[group]\"");
    }
}
