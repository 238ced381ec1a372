//! Findings as SARIF 2.1.0, for code scanning services.

use std::collections::HashMap;
use std::fmt::Write;

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::json::guard_json;
use super::{Code, Diagnostic, Severity, Sources, Span, printable};

/// Where the format is defined.
const SCHEMA: &str = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

/// Relative paths are meant from the top of the checked-out sources.
const ROOT: &str = "%SRCROOT%";

/// What a report says of a rule beside its name and meaning.
#[derive(Debug, Clone)]
pub struct RuleText<'a> {
    /// Which rule.
    pub code: Code,
    /// Why it matters.
    pub why: &'a str,
    /// What to write instead.
    pub mend: &'a str,
}

/// All findings of a run as one SARIF document. Every code is described, the documented ones at length.
pub fn render_sarif(diagnostics: &[Diagnostic], sources: &Sources, rules: &[RuleText<'_>]) -> String {
    let mut seen = HashMap::new();
    let results: Vec<Value> = diagnostics.iter().map(|diagnostic| result(diagnostic, sources, &mut seen)).collect();
    let report = json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "support-ops",
                "version": env!("CARGO_PKG_VERSION"),
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "rules": Code::ALL.iter().map(|code| rule(*code, rules)).collect::<Vec<_>>(),
            } },
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    });
    guard_json(serde_json::to_string_pretty(&report).expect("a JSON value always serialises"))
}

fn rule(code: Code, rules: &[RuleText<'_>]) -> Value {
    let mut rule = json!({
        "id": code.as_str(),
        "shortDescription": { "text": message(code.meaning()) },
        "defaultConfiguration": { "level": level(code.severity()) },
    });
    let text = rules.iter().find(|rule| rule.code == code);
    if let Some(text) = text {
        rule["fullDescription"] = json!({ "text": message(text.why) });
    }
    let help = text.map_or_else(|| code.meaning().to_owned(), |text| format!("{}\n\n{}", text.why, text.mend));
    rule["help"] = json!({ "text": message(&help) });
    rule
}

fn result<'a>(
    diagnostic: &Diagnostic,
    sources: &'a Sources,
    seen: &mut HashMap<(Code, &'a str, String), u32>,
) -> Value {
    let text = match &diagnostic.help {
        Some(help) => format!("{} (help: {})", diagnostic.message, help),
        None => diagnostic.message.clone(),
    };
    let index = Code::ALL.iter().position(|code| *code == diagnostic.code);
    let mut result = json!({
        "ruleId": diagnostic.code.as_str(),
        "ruleIndex": index.expect("every code is in the list of all"),
        "level": level(diagnostic.severity),
        "message": { "text": message(&printable(&text)) },
        "locations": [{ "physicalLocation": place(diagnostic.span, sources) }],
        "partialFingerprints": { "supportOpsFinding/v1": fingerprint(diagnostic, sources, seen) },
    });
    if !diagnostic.labels.is_empty() {
        let related = diagnostic.labels.iter().zip(1..).map(|(label, id)| {
            let text = message(&printable(&label.message));
            json!({ "id": id, "physicalLocation": place(label.span, sources), "message": { "text": text } })
        });
        result["relatedLocations"] = related.collect();
    }
    if let Some(fix) = diagnostic.fix.as_ref().filter(|fix| !fix.edits.is_empty()) {
        let changes = fix.edits.iter().map(|edit| {
            json!({
                "artifactLocation": artifact(&sources.get(edit.span.source).path),
                "replacements": [{
                    "deletedRegion": region(edit.span, sources),
                    "insertedContent": { "text": edit.text },
                }],
            })
        });
        result["fixes"] = json!([{ "artifactChanges": changes.collect::<Vec<_>>() }]);
    }
    result
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "note",
    }
}

fn place(span: Span, sources: &Sources) -> Value {
    json!({ "artifactLocation": artifact(&sources.get(span.source).path), "region": region(span, sources) })
}

fn region(span: Span, sources: &Sources) -> Value {
    let source = sources.get(span.source);
    let (start, end) = (source.position(span.start as usize), source.position(span.end as usize));
    json!({ "startLine": start.line, "startColumn": start.column, "endLine": end.line, "endColumn": end.column })
}

/// A path as a URI: relative ones from the root of the sources, unless they lead out of them.
fn artifact(path: &str) -> Value {
    let path = tidy(path);
    if path.starts_with('/') {
        return json!({ "uri": format!("file://{}", encode(path)) });
    }
    let uri = encode(path);
    if path.split('/').any(|part| part == "..") {
        json!({ "uri": uri })
    } else {
        json!({ "uri": uri, "uriBaseId": ROOT })
    }
}

/// A path without a leading `./`, so that two spellings of one command line give one report.
fn tidy(path: &str) -> &str {
    let mut path = path;
    while let Some(rest) = path.strip_prefix("./") {
        path = rest.trim_start_matches('/');
    }
    path
}

/// Percent-encoded but for the characters that RFC 3986 calls unreserved, and `/`.
fn encode(path: &str) -> String {
    let mut uri = String::with_capacity(path.len());
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~' | b'/') {
            uri.push(char::from(byte));
        } else {
            let _ = write!(uri, "%{byte:02X}");
        }
    }
    uri
}

/// A text as a SARIF message: braces are doubled (§3.11.5), and brackets that would make a link escaped (§3.11.6).
fn message(text: &str) -> String {
    let text = text.replace('{', "{{").replace('}', "}}");
    if !text.contains("](") {
        return text;
    }
    let mut out = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        if matches!(c, '[' | ']' | '\\') {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

/// What makes a finding the same one after lines above it have moved: its code, file and line of text, and which of
/// several such it is. The text of a redacted one is left out: a hash of few digits can be guessed.
fn fingerprint<'a>(
    diagnostic: &Diagnostic,
    sources: &'a Sources,
    seen: &mut HashMap<(Code, &'a str, String), u32>,
) -> String {
    let source = sources.get(diagnostic.span.source);
    let path = tidy(&source.path);
    let line = if diagnostic.redacted { "" } else { source.line(source.position(diagnostic.span.start as usize).line) };
    let mut hash = Sha256::new();
    for part in [diagnostic.code.as_str(), path, line.trim()] {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    let hex = hash.finalize().iter().take(16).fold(String::new(), |hex, byte| hex + &format!("{byte:02x}"));
    let count = seen.entry((diagnostic.code, path, hex.clone())).or_default();
    *count += 1;
    format!("{hex}:{count}")
}

#[cfg(test)]
mod tests {
    use super::{encode, message, tidy};

    #[test]
    fn messages_hold_no_link_and_no_placeholder() {
        let check = |text: &str, expect: &str| assert_eq!(message(text), expect, "{text}");
        check("write `[[artifacts]]`", "write `[[artifacts]]`");
        check("[click](https://example.com)", "\\[click\\](https://example.com)");
        check("a {0} b", "a {{0}} b");
        check("\\[x](y)", "\\\\\\[x\\](y)");
    }

    #[test]
    fn paths_are_uris() {
        assert_eq!(encode("a b/c:d%é\n.toml"), "a%20b/c%3Ad%25%C3%A9%0A.toml");
        assert_eq!(tidy("././/a/b.toml"), "a/b.toml");
        assert_eq!(tidy("/a"), "/a");
    }
}
