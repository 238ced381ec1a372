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
pub(super) use manifest::{Manifest, lower_manifest};
pub(super) use task::{LoweredTask, lower_task};

use std::ops::Range;

use crate::diag::{Code, Diagnostic, Sink, SourceId, Span};

use super::parse::Faults;

/// One file being lowered: where findings point and go.
pub(super) struct File<'a> {
    pub(super) source: SourceId,
    pub(super) text: &'a str,
    /// Where the file's syntax is broken: what is missing may have stood there.
    pub(super) faults: &'a Faults,
    /// The place of what is missing at the top of the file.
    pub(super) first_line: Range<usize>,
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
}
