//! Where findings go while a run goes on.

use foldhash::{HashSet, HashSetExt};

use super::{Diagnostic, Severity, Sources};

/// The most findings kept of one file: a hostile file yields hundreds of thousands, and nobody reads them.
pub(super) const MAX_PER_FILE: usize = 200;

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

    /// The findings by file, offset and code, at most [`MAX_PER_FILE`] of a file. The same words of the same place are
    /// one finding: recovering from one broken statement may meet its debris again.
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
        let mut run = 0;
        let mut last = None;
        found.retain(|diagnostic| {
            run = if last == Some(diagnostic.span.source) { run + 1 } else { 1 };
            last = Some(diagnostic.span.source);
            run <= MAX_PER_FILE
        });
        found
    }
}

#[cfg(test)]
mod tests {
    use super::Sink;
    use crate::diag::{Code, Diagnostic, Source, Sources, Span};

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
}
