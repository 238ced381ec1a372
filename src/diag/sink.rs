//! Where findings go while a run goes on.

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

    /// Notes the findings of another sink.
    pub fn append(&mut self, mut other: Sink) {
        self.found.append(&mut other.found);
    }

    /// Whether any finding is an error.
    pub fn has_errors(&self) -> bool {
        self.found.iter().any(|diagnostic| diagnostic.severity == Severity::Error)
    }

    /// How many findings there are.
    pub fn len(&self) -> usize {
        self.found.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    /// The findings by file, offset and code, at most [`MAX_PER_FILE`] of a file.
    pub fn into_sorted(self, sources: &Sources) -> Vec<Diagnostic> {
        let mut found = self.found;
        let key = |diagnostic: &Diagnostic| {
            (sources.get(diagnostic.span.source).path.clone(), diagnostic.span.start, diagnostic.code.as_str())
        };
        found.sort_by_cached_key(key);
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
