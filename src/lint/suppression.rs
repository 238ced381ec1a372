//! Comments that take findings away: `# lint: allow(<code>) <reason>` on the line of a finding or the line above it.
//! Within a text over several lines there can be no comment: for what is found there it stands above the line where the
//! text begins, or behind its end. Several codes stand in one comment with commas between them.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::LazyLock;

use memchr::memchr;
use memchr::memmem::Finder;

use crate::diag::{Code, Diagnostic, Severity, Sink, Source, SourceId, Sources, Span, did_you_mean};
use crate::pack::{comments_and_texts, lint_remark};

use super::{Rule, Stage, rule_of};

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

/// The suppressions of a file.
#[derive(Debug)]
struct Suppressions {
    /// In the order of the file.
    list: Vec<Suppression>,
    /// Where the texts over several lines stand, quotes included, in their order.
    long_texts: Vec<Range<usize>>,
}

/// The findings without the suppressed ones, and with those of the suppressions themselves. No comment takes away what
/// keeps a file from being read.
pub(super) fn apply_suppressions(found: Vec<Diagnostic>, sources: &Sources) -> Vec<Diagnostic> {
    let mut sink = Sink::default();
    let mut by_file: BTreeMap<SourceId, Suppressions> = BTreeMap::new();
    for id in sources.ids() {
        if MARKS.iter().any(|mark| mark.find(sources.get(id).text.as_bytes()).is_some()) {
            by_file.insert(id, Suppressions::read(id, sources, &mut sink));
        }
    }
    let broken: Vec<SourceId> = match by_file.is_empty() {
        true => Vec::new(),
        false => found.iter().filter(|found| keeps_from_loading(found)).map(|found| found.span.source).collect(),
    };
    for diagnostic in found {
        let id = diagnostic.span.source;
        let of_file = by_file.get_mut(&id).filter(|_| !diagnostic.code.is_always_told());
        match of_file.and_then(|of_file| of_file.of(&diagnostic, sources.get(id))) {
            Some(suppression) => suppression.used = true,
            None => sink.push(diagnostic),
        }
    }
    let broken: BTreeSet<&str> = broken.into_iter().map(|id| &*sources.get(id).path).collect();
    for (id, of_file) in by_file {
        let path = &*sources.get(id).path;
        let is_whole = !broken.contains(path) && !manifests_above(path).any(|manifest| broken.contains(&*manifest));
        for one in of_file.list.iter().filter(|one| one.reasoned && !one.used) {
            let Some(code) = one.code.filter(|code| is_whole || !asks_for_a_task(*code)) else { continue };
            let message = format!("nothing here is suppressed by `allow({code})`");
            let diagnostic = Diagnostic::new(Code::UnusedSuppression, Span::new(id, one.place.clone()), message)
                .with_help(
                "it works on its own line, on the next, and on all of a text over several lines that begins on the \
                     next or ends on its own; remove it where it is not needed"
                    .to_owned(),
            );
            sink.push(diagnostic);
        }
    }
    sink.into_sorted(sources)
}

/// Whether a finding is one of those without which a file, or its pack, is not loaded whole.
fn keeps_from_loading(found: &Diagnostic) -> bool {
    let is_loading = |rule: &Rule| rule.stages.iter().any(|stage| matches!(stage, Stage::Loading));
    found.severity == Severity::Error && rule_of(found.code).is_some_and(is_loading)
}

/// Whether the rule is silent where a task, or its pack, is not loaded whole: what it would find then is not known.
fn asks_for_a_task(code: Code) -> bool {
    let asks =
        |stage: &Stage| matches!(stage, Stage::Task(_) | Stage::TaskWith(..) | Stage::Pack(_) | Stage::PackWith(..));
    rule_of(code).is_some_and(|rule| rule.stages.iter().any(asks))
}

/// Where the own file of a file's pack may lie.
fn manifests_above(path: &str) -> impl Iterator<Item = String> {
    let folders = path.match_indices('/').map(|(at, _)| &path[..=at]).chain([""]);
    folders.map(|folder| format!("{folder}pack.toml"))
}

impl Suppressions {
    fn read(id: SourceId, sources: &Sources, sink: &mut Sink) -> Suppressions {
        let source = sources.get(id);
        let mut read = Suppressions { list: Vec::new(), long_texts: Vec::new() };
        let mut guesses = 0;
        for place in comments_and_texts(&source.text) {
            let written = &source.text[place.clone()];
            if !written.starts_with('#') {
                read.long_texts.extend(memchr(b'\n', written.as_bytes()).map(|_| place));
                continue;
            }
            let Some((mark, _)) = lint_remark(written) else { continue };
            let Some((names, reason)) = allowed(written).and_then(|rest| rest.split_once(')')) else {
                // Only small letters are sure to mean the linter.
                if mark == "lint:" {
                    let message = "this is no suppression".to_owned();
                    let diagnostic = Diagnostic::new(Code::UnknownRule, Span::new(id, place), message)
                        .with_help(Some("write `# lint: allow(<code>) <reason>`".to_owned()));
                    sink.push(diagnostic);
                }
                continue;
            };
            if names.split(',').count() > MAX_CODES {
                let message = format!("a suppression names at most {MAX_CODES} codes; this one has no effect");
                sink.push(Diagnostic::new(Code::TooLarge, Span::new(id, place), message));
                continue;
            }
            let line = source.line_number(place.start);
            let reasoned = is_reason(reason);
            let mut start = place.end - reason.len() - 1 - names.len();
            for name in names.split(',') {
                let place = start..start + name.len();
                start = place.end + 1;
                let span = Span::new(id, place.clone());
                let name = name.trim();
                let code = Code::parse(&name.to_ascii_lowercase());
                if code.is_none() {
                    guesses += 1;
                    let guess = || did_you_mean(name, Code::ALL.iter().map(|code| code.as_str()));
                    let diagnostic = Diagnostic::new(Code::UnknownRule, span, format!("there is no rule `{name}`"))
                        .with_help((guesses <= MAX_GUESSES).then(guess).flatten());
                    sink.push(diagnostic);
                } else if !reasoned {
                    let message = "a suppression without a reason has no effect".to_owned();
                    let diagnostic = Diagnostic::new(Code::MissingReason, span, message)
                        .with_help(Some(format!("say why: `# lint: allow({name}) <reason>`")));
                    sink.push(diagnostic);
                }
                read.list.push(Suppression { line, place, code, reasoned, used: false });
            }
        }
        read
    }

    /// The suppression that takes this finding of the file away.
    fn of(&mut self, found: &Diagnostic, source: &Source) -> Option<&mut Suppression> {
        let start = found.span.start as usize;
        let line = source.line_number(start);
        let before = self.long_texts.partition_point(|text| text.start <= start);
        let around = self.long_texts[..before].last().filter(|text| start < text.end);
        let beyond = around.map(|text| [source.line_number(text.start) - 1, source.line_number(text.end)]);
        let mut lines = [line - 1, line].into_iter().chain(beyond.into_iter().flatten());
        let at = lines.find_map(|line| {
            let first = self.list.partition_point(|one| one.line < line);
            let mut here = (first..self.list.len()).take_while(|&at| self.list[at].line == line);
            here.find(|&at| self.list[at].code == Some(found.code) && self.list[at].reasoned)
        })?;
        Some(&mut self.list[at])
    }
}

/// What a suppression comment holds behind `allow(`, in letters of any case: codes, and a reason.
pub(crate) fn allowed(comment: &str) -> Option<&str> {
    let (_, remark) = lint_remark(comment)?;
    let (word, rest) = remark.split_at_checked("allow(".len())?;
    word.eq_ignore_ascii_case("allow(").then_some(rest)
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
    fn an_unused_suppression_is_told_where_its_rule_could_have_found_something() {
        let check = |broken: &str, code: Code, expect: &[Code]| {
            let mut sources = Sources::default();
            sources.add(Source::new("p/x/a.toml", "# lint: allow(unused-artifact) x"));
            let other = sources.add(Source::new(broken, "a"));
            let found = vec![Diagnostic::new(code, Span::new(other, 0..1), "x")];
            let left: Vec<Code> = apply_suppressions(found, &sources).into_iter().map(|left| left.code).collect();
            assert_eq!(left, expect, "{code} in {broken}");
        };
        check("p/pack.toml", Code::Syntax, &[Code::Syntax]);
        check("p/x/a.toml", Code::DanglingReference, &[Code::DanglingReference]);
        check("pack.toml", Code::UnusedPolicy, &[Code::UnusedSuppression, Code::UnusedPolicy]);
        check("q/pack.toml", Code::Syntax, &[Code::UnusedSuppression, Code::Syntax]);
        check("p/x/b.toml", Code::Syntax, &[Code::UnusedSuppression, Code::Syntax]);
        // What looks at any file by itself finds as much in a broken one.
        let mut sources = Sources::default();
        let id = sources.add(Source::new("p/x/a.toml", "# lint: allow(not-nfc) x"));
        let found = vec![Diagnostic::new(Code::Syntax, Span::new(id, 0..1), "x")];
        let left: Vec<Code> = apply_suppressions(found, &sources).into_iter().map(|left| left.code).collect();
        assert_eq!(left, [Code::Syntax, Code::UnusedSuppression]);
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
