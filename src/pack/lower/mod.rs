//! Lowering: from the authored form to checked tasks. What a schema cannot say is checked here: references, sums,
//! collisions, one matcher per keyword.

mod grading;
mod ids;
mod manifest;
mod matcher;
mod path;
mod policy;
mod record;
mod reply;
mod task;

pub(super) use ids::confusable_key;
pub(super) use manifest::{LintSettings, Manifest, lower_manifest};
pub(crate) use path::field_steps;
pub(super) use task::lower_task;

use std::ops::Range;

use crate::diag::{Code, Diagnostic, Sink, SourceId, Span, did_you_mean};

use super::parse::Faults;

/// The most findings of a file that get a suggestion.
const MAX_SUGGESTED: usize = 200;
/// The most names that a suggestion is looked for among.
const MAX_KNOWN: usize = 2000;

/// One file being lowered: where findings point and go.
pub(super) struct File<'a> {
    pub(super) source: SourceId,
    pub(super) text: &'a str,
    /// Where the file's syntax is broken: what is missing may have stood there.
    pub(super) faults: &'a Faults,
    /// The place of what is missing at the top of the file.
    pub(super) first_line: Range<usize>,
    /// How many regular expressions it has asked for so far.
    pub(super) regexes: usize,
    pub(super) sink: &'a mut Sink,
}

impl File<'_> {
    fn span(&self, range: Range<usize>) -> Span {
        Span::new(self.source, range)
    }

    fn report(&mut self, code: Code, range: Range<usize>, message: impl Into<String>) {
        let diagnostic = Diagnostic::new(code, self.span(range), message);
        self.sink.push(diagnostic);
    }

    /// Whether findings still get suggestions. In a file full of unknown names most get none: each costs a look at every
    /// known one.
    fn suggests(&self) -> bool {
        self.sink.len() < MAX_SUGGESTED
    }

    /// The help for an unknown name.
    fn suggest<'a>(&self, written: &str, known: impl IntoIterator<Item = &'a str>) -> Option<String> {
        if self.suggests() { did_you_mean(written, known.into_iter().take(MAX_KNOWN)) } else { None }
    }
}
