//! Where findings go while a run goes on.

use std::cmp::Reverse;

use foldhash::{HashMap, HashMapExt, HashSet, HashSetExt};

use super::{Code, Diagnostic, Severity, SourceId, Sources};

/// The most findings told of one file: nobody reads more.
pub(super) const MAX_PER_FILE: usize = 200;

/// The most findings of one code that are kept of one file, until it is known which of them are to be told: a hostile file
/// yields hundreds of thousands.
const MAX_PER_CODE: usize = 10_000;

/// Findings as they come.
#[derive(Debug, Default, Clone)]
pub struct Sink {
    found: Vec<Diagnostic>,
}

impl Sink {
    /// Notes a finding.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        self.found.push(diagnostic);
    }

    /// Notes a finding, if there is one.
    pub fn extend(&mut self, diagnostic: Option<Diagnostic>) {
        self.found.extend(diagnostic);
    }

    /// Notes the findings of another sink.
    pub fn append(&mut self, mut other: Sink) {
        self.found.append(&mut other.found);
    }

    /// Whether any finding is an error.
    pub fn has_errors(&self) -> bool {
        self.found.iter().any(|diagnostic| diagnostic.severity == Severity::Error)
    }

    /// The findings as they came.
    pub fn iter(&self) -> impl Iterator<Item = &Diagnostic> {
        self.found.iter()
    }

    /// How many findings there are.
    pub fn len(&self) -> usize {
        self.found.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    /// The findings by file, offset and code, at most [`MAX_PER_CODE`] of each code in a file. The same words of the same
    /// place are one finding: recovering from one broken statement may meet its debris again.
    pub fn into_sorted(self, sources: &Sources) -> Vec<Diagnostic> {
        let mut found = self.found;
        let key = |diagnostic: &Diagnostic| {
            (sources.get(diagnostic.span.source).path.clone(), diagnostic.span.start, diagnostic.code.as_str())
        };
        found.sort_by_cached_key(key);
        let mut seen = HashSet::with_capacity(found.len());
        let is_new: Vec<bool> =
            found.iter().map(|one| seen.insert((one.code, one.span, one.message.as_str()))).collect();
        let mut is_new = is_new.into_iter();
        found.retain(|_| is_new.next() == Some(true));
        let mut counts: HashMap<(SourceId, Code), usize> = HashMap::new();
        found.retain(|diagnostic| {
            let count = counts.entry((diagnostic.span.source, diagnostic.code)).or_default();
            *count += 1;
            *count <= MAX_PER_CODE
        });
        found
    }
}

/// What is told of the findings: of each file at most [`MAX_PER_FILE`], errors before warnings, and for what is left out
/// one that says so, as grave as the gravest of it; nothing that no output may show. The findings are sorted, and stay so.
pub fn shorten(found: Vec<Diagnostic>, sources: &Sources) -> Vec<Diagnostic> {
    // Each is searched for all that is hidden: only those that are told.
    cut(found, sources).into_iter().map(|found| redact(found, sources)).collect()
}

/// The finding without what no output may show; a fix keeps it, since it goes into the same file.
fn redact(mut found: Diagnostic, sources: &Sources) -> Diagnostic {
    let redactor = sources.get(found.span.source).redactor();
    found.message = redactor.redact(&found.message).into_owned();
    found.help = found.help.map(|help| redactor.redact(&help).into_owned());
    found
}

fn cut(found: Vec<Diagnostic>, sources: &Sources) -> Vec<Diagnostic> {
    let files = || found.chunk_by(|one, next| one.span.source == next.span.source);
    if files().all(|of_file| of_file.len() <= MAX_PER_FILE) {
        return found;
    }
    let mut shortened = Vec::with_capacity(found.len());
    for of_file in files() {
        let mut told: Vec<usize> = (0..of_file.len()).collect();
        told.sort_by_key(|&at| Reverse(of_file[at].severity));
        let left_out = told.split_off(of_file.len().min(MAX_PER_FILE));
        let first = left_out.iter().min();
        told.extend(first);
        told.sort_unstable();
        shortened.extend(told.into_iter().map(|at| {
            let one = &of_file[at];
            if first != Some(&at) {
                return one.clone();
            }
            let (number, path) = (left_out.len(), &sources.get(one.span.source).path);
            let message = format!("{number} more findings in {path} are left out: mend those that are told");
            Diagnostic::new(Code::TooLarge, one.span, message).with_severity(of_file[left_out[0]].severity)
        }));
    }
    shortened
}

#[cfg(test)]
mod tests {
    use super::{MAX_PER_FILE, Sink, shorten};
    use crate::diag::{Code, Diagnostic, Severity, Source, Sources, Span};

    #[test]
    fn the_same_finding_is_kept_once() {
        let mut sources = Sources::default();
        let source = sources.add(Source::new("a.toml", "x = \n"));
        let finding = |start: usize, message: &str| Diagnostic::new(Code::Syntax, Span::new(source, start..5), message);
        let mut sink = Sink::default();
        for (start, message) in [(4, "b"), (4, "a"), (4, "b"), (0, "b")] {
            sink.push(finding(start, message));
        }
        let kept: Vec<(u32, String)> =
            sink.into_sorted(&sources).into_iter().map(|found| (found.span.start, found.message)).collect();
        assert_eq!(kept, [(0, "b".to_owned()), (4, "b".to_owned()), (4, "a".to_owned())]);
    }

    #[test]
    fn warnings_never_displace_an_error() {
        let mut sources = Sources::default();
        let [long, short] = ["a.toml", "b.toml"].map(|name| sources.add(Source::new(name, "x".repeat(2000))));
        let finding = |source, code, start| Diagnostic::new(code, Span::new(source, start..start + 1), "it is so");
        let mut sink = Sink::default();
        (0..300).for_each(|at| sink.push(finding(long, Code::UnusedArtifact, at)));
        sink.push(finding(long, Code::Syntax, 1000));
        sink.push(finding(short, Code::UnusedArtifact, 0));
        let told = shorten(sink.into_sorted(&sources), &sources);
        let codes: Vec<Code> = told.iter().skip(MAX_PER_FILE - 1).map(|found| found.code).collect();
        assert_eq!(codes, [Code::TooLarge, Code::Syntax, Code::UnusedArtifact]);
        let rest = &told[MAX_PER_FILE - 1];
        assert_eq!((rest.severity, rest.span.start), (Severity::Warning, 199));
        assert!(rest.message.starts_with("101 more findings in a.toml"), "{}", rest.message);
    }
}
