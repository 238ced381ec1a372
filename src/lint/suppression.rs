//! Comments that take findings away: `# lint: allow(<code>) <reason>` on the line of a finding or the line above it.
//! Within a text over several lines there can be no comment: for what is found there it stands above the line where the
//! text begins, or behind its end. Several codes stand in one comment with commas between them.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::LazyLock;

use memchr::memmem::Finder;
use memchr::{memchr, memchr3};

use crate::diag::{Code, Diagnostic, Sink, SourceId, Sources, Span, did_you_mean};
use crate::pack::{comments, string_end};

/// What no suppression is without, looked for in every file: the end of `lint:`, of `Lint:` and of `LINT:`.
static MARKS: LazyLock<[Finder<'static>; 2]> = LazyLock::new(|| ["int:", "INT:"].map(Finder::new));

/// The most codes of one comment: more than there are.
const MAX_CODES: usize = 100;

/// The most names without a rule in a file for which a known one is looked for.
const MAX_GUESSES: usize = 100;

/// A suppression comment.
#[derive(Debug)]
struct Suppression {
    line: usize,
    /// Where the code's name stands.
    place: Range<usize>,
    code: Option<Code>,
    reasoned: bool,
    used: bool,
}

/// The findings without the suppressed ones, and with those of the suppressions themselves. No comment takes away what
/// keeps a file from being read.
pub(super) fn apply_suppressions(found: Vec<Diagnostic>, sources: &Sources) -> Vec<Diagnostic> {
    let mut sink = Sink::default();
    let mut by_file: BTreeMap<SourceId, Vec<Suppression>> = BTreeMap::new();
    let mut texts_by_file: BTreeMap<SourceId, Vec<Range<usize>>> = BTreeMap::new();
    for id in sources.ids() {
        let text = &sources.get(id).text;
        if MARKS.iter().any(|mark| mark.find(text.as_bytes()).is_some()) {
            by_file.insert(id, read_suppressions(text, id, sources, &mut sink));
            texts_by_file.insert(id, long_texts(text));
        }
    }
    for diagnostic in found {
        let suppression =
            by_file.get_mut(&diagnostic.span.source).filter(|_| !diagnostic.code.is_always_told()).and_then(|list| {
                let source = sources.get(diagnostic.span.source);
                let start = diagnostic.span.start as usize;
                let line = source.line_number(start);
                let around = texts_by_file.get(&diagnostic.span.source).and_then(|texts| text_around(texts, start));
                let (above, behind) = around.map_or((line - 1, line), |text| {
                    (source.line_number(text.start) - 1, source.line_number(text.end))
                });
                [line - 1..=line, above..=above, behind..=behind]
                    .into_iter()
                    .find_map(|lines| {
                        let first = list.partition_point(|one| one.line < *lines.start());
                        let near = list[first..].iter().take_while(|one| one.line <= *lines.end());
                        let found =
                            near.into_iter().position(|one| one.code == Some(diagnostic.code) && one.reasoned)?;
                        Some(first + found)
                    })
                    .map(|found| &mut list[found])
            });
        match suppression {
            Some(suppression) => suppression.used = true,
            None => sink.push(diagnostic),
        }
    }
    for (id, list) in by_file {
        for one in list.iter().filter(|one| one.reasoned && !one.used) {
            let Some(code) = one.code else { continue };
            let message = format!("nothing here is suppressed by `allow({code})`");
            let diagnostic = Diagnostic::new(Code::UnusedSuppression, Span::new(id, one.place.clone()), message)
                .with_help(Some(
                    "it works on its own line and on the next; remove it where it is not needed".to_owned(),
                ));
            sink.push(diagnostic);
        }
    }
    sink.into_sorted(sources)
}

/// Where a file's texts over several lines stand, quotes included, in their order.
fn long_texts(text: &str) -> Vec<Range<usize>> {
    let bytes = text.as_bytes();
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(next) = memchr3(b'"', b'\'', b'#', bytes.get(at..).unwrap_or_default()) {
        let start = at + next;
        if bytes[start] == b'#' {
            at = memchr(b'\n', &bytes[start..]).map_or(bytes.len(), |end| start + end);
            continue;
        }
        at = string_end(text, start).0.max(start + 1);
        if memchr(b'\n', &bytes[start..at]).is_some() {
            found.push(start..at);
        }
    }
    found
}

/// The text that a byte lies in, if it is one of these.
fn text_around(texts: &[Range<usize>], at: usize) -> Option<&Range<usize>> {
    let before = texts.partition_point(|text| text.start <= at);
    texts[..before].last().filter(|text| at < text.end)
}

/// The suppressions of a file, line by line.
fn read_suppressions(text: &str, id: SourceId, sources: &Sources, sink: &mut Sink) -> Vec<Suppression> {
    let mut list = Vec::new();
    let mut guesses = 0;
    for comment in comments(text) {
        let body = &text[comment.clone()];
        let said = body.trim_start_matches('#').trim_start();
        let Some(rest) = behind(said, "lint:") else { continue };
        let Some((name, reason)) = behind(rest.trim_start(), "allow(").and_then(|rest| rest.split_once(')')) else {
            // Only small letters are sure to mean the linter.
            if !said.starts_with("lint:") {
                continue;
            }
            let place = Span::new(id, comment);
            let diagnostic = Diagnostic::new(Code::UnknownRule, place, "this is no suppression".to_owned())
                .with_help(Some("write `# lint: allow(<code>) <reason>`".to_owned()));
            sink.push(diagnostic);
            continue;
        };
        let reasoned = is_reason(reason);
        let line = sources.get(id).line_number(comment.start);
        if name.split(',').count() > MAX_CODES {
            let message = format!("a suppression names at most {MAX_CODES} codes; this one has no effect");
            sink.push(Diagnostic::new(Code::TooLarge, Span::new(id, comment), message));
            continue;
        }
        let mut start = comment.start + (body.len() - reason.len() - 1) - name.len();
        for name in name.split(',') {
            let place = start..start + name.len();
            start = place.end + 1;
            let code = Code::parse(&name.trim().to_ascii_lowercase());
            if code.is_none() {
                guesses += 1;
                let guess = || did_you_mean(name.trim(), Code::ALL.iter().map(|code| code.as_str()));
                let diagnostic = Diagnostic::new(
                    Code::UnknownRule,
                    Span::new(id, place.clone()),
                    format!("there is no rule `{}`", name.trim()),
                )
                .with_help((guesses <= MAX_GUESSES).then(guess).flatten());
                sink.push(diagnostic);
            } else if !reasoned {
                let diagnostic = Diagnostic::new(
                    Code::MissingReason,
                    Span::new(id, place.clone()),
                    "a suppression without a reason has no effect".to_owned(),
                )
                .with_help(Some(format!("say why: `# lint: allow({}) <reason>`", name.trim())));
                sink.push(diagnostic);
            }
            list.push(Suppression { line, place, code, reasoned, used: false });
        }
    }
    list
}

/// The rest behind these words, whatever their case.
fn behind<'t>(text: &'t str, words: &str) -> Option<&'t str> {
    let (head, rest) = text.split_at_checked(words.len())?;
    head.eq_ignore_ascii_case(words).then_some(rest)
}

/// Whether anything is said; a blank that an editor has left to be filled in, such as `<reason>`, says nothing.
fn is_reason(text: &str) -> bool {
    let said = text.trim_matches(|c: char| c.is_whitespace() || matches!(c, ':' | '-' | '–' | '—'));
    let blank = said.strip_prefix('<').and_then(|rest| rest.strip_suffix('>')).is_some_and(|name| !name.contains('>'));
    !said.is_empty() && !blank
}

#[cfg(test)]
mod tests {
    use super::apply_suppressions;
    use crate::diag::{Code, Diagnostic, Source, Sources, Span};

    /// The codes that are left of an `unused-artifact` at the text `HERE`.
    fn check(text: &str, expect: &[Code]) {
        let mut sources = Sources::default();
        let id = sources.add(Source::new("a.toml", text));
        let at = text.find("HERE").expect("the text marks a place");
        let found = vec![Diagnostic::new(Code::UnusedArtifact, Span::new(id, at..at + 4), "x")];
        let left: Vec<Code> = apply_suppressions(found, &sources).into_iter().map(|left| left.code).collect();
        assert_eq!(left, expect, "{text}");
    }

    #[test]
    fn a_suppression_holds_for_all_of_a_text_over_several_lines() {
        let allow = "# lint: allow(unused-artifact) kept for later";
        for quotes in ["\"\"\"", "'''"] {
            let text = format!("{quotes}\n# b\n\n'HERE'\nc\n{quotes}");
            check(&format!("{allow}\na = {text}\nb = 1"), &[]);
            check(&format!("a = {text} {allow}\nb = 1"), &[]);
            check(&format!("a = [\n  1, {allow}\n  {text}\n]"), &[]);
            check(&format!("{allow}\r\na = {}", text.replace('\n', "\r\n")), &[]);
            let elsewhere = [Code::UnusedSuppression, Code::UnusedArtifact];
            check(&format!("{allow}\n\na = {text}"), &elsewhere);
            check(&format!("a = {text}\n{allow}"), &[Code::UnusedArtifact, Code::UnusedSuppression]);
            check(&format!("{allow}\na = {quotes}\nb\n{quotes}\nb = 1\nc = 'HERE'"), &elsewhere);
            check(&format!("{allow}\na = 1 # '\nb = {text}"), &elsewhere);
        }
        check("# lint: allow(unused-artifact) x\na = '\n\nHERE", &[Code::UnusedSuppression, Code::UnusedArtifact]);
    }

    #[test]
    fn a_suppression_needs_code_place_and_reason() {
        check("a = 'HERE' # lint: allow(unused-artifact) kept for later", &[]);
        check("# lint: allow(unused-artifact) kept for later\na = 'HERE'", &[]);
        check("# lint: allow(unused-artifact)\na = 'HERE'", &[Code::MissingReason, Code::UnusedArtifact]);
        check("# lint: allow(unused-artifact) <reason>\na = 'HERE'", &[Code::MissingReason, Code::UnusedArtifact]);
        check("# lint: allow(unused-artifact): <say why>\na = 'HERE'", &[Code::MissingReason, Code::UnusedArtifact]);
        check("# lint: allow(unused-artifact) <b> is a key of <a>\na = 'HERE'", &[]);
        check("# lint: allow(unused-artefact) x\na = 'HERE'", &[Code::UnknownRule, Code::UnusedArtifact]);
        check("# lint: allow(unused-policy) x\na = 'HERE'", &[Code::UnusedSuppression, Code::UnusedArtifact]);
        check("# lint: allow(unused-artifact) x\n\na = 'HERE'", &[Code::UnusedSuppression, Code::UnusedArtifact]);
        check("# lint: allow(unused-policy, unused-artifact) x\na = 'HERE'", &[Code::UnusedSuppression]);
        check("# lint: allow(unused-artefact,unused-artifact) x\na = 'HERE'", &[Code::UnknownRule]);
        check("a = 'HERE' # Lint: Allow(Unused-Artifact) kept for later", &[]);
        check("a = 'HERE' # LINT: ALLOW(unused-artifact)", &[Code::UnusedArtifact, Code::MissingReason]);
        check("# Lint: see the docs\na = 'HERE'", &[Code::UnusedArtifact]);
        check("# lint: please\na = 'HERE'", &[Code::UnknownRule, Code::UnusedArtifact]);
        let codes = "unused-artifact,".repeat(100);
        check(&format!("a = 'HERE' # lint: allow({codes}not-nfc) x"), &[Code::UnusedArtifact, Code::TooLarge]);
        check("b = '# lint: allow(unused-artifact) x'\na = 'HERE'", &[Code::UnusedArtifact]);
        check("b = '''\n# lint: allow(unused-artifact) x'''\na = 'HERE'", &[Code::UnusedArtifact]);
    }
}
