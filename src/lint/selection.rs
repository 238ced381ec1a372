//! Which findings are wanted, and how loud.

use std::collections::{BTreeMap, BTreeSet};

use crate::diag::{Code, Diagnostic, Severity};

/// Which findings a run reports, on top of what each pack's `[lint]` says; the command line has the last word.
#[derive(Debug, Clone, Default)]
pub struct Selection {
    /// Only these, where any are named.
    pub select: BTreeSet<Code>,
    /// Not these.
    pub ignore: BTreeSet<Code>,
    /// Other severities.
    pub severities: BTreeMap<Code, Severity>,
}

impl Selection {
    /// The codes that are asked for by name: these are told even where a pack's `[lint]` silences them.
    pub(super) fn insisted(&self) -> BTreeSet<Code> {
        self.select.iter().chain(self.severities.keys()).copied().collect()
    }

    /// The finding as it is wanted; `None` where it is not. What keeps a file from being read is always told.
    pub fn apply(&self, mut diagnostic: Diagnostic) -> Option<Diagnostic> {
        let code = diagnostic.code;
        if code.is_always_told() {
            return Some(diagnostic);
        }
        let selected = self.select.is_empty() || self.select.contains(&code);
        if !selected || self.ignore.contains(&code) {
            return None;
        }
        if let Some(&severity) = self.severities.get(&code) {
            diagnostic.severity = severity;
        }
        Some(diagnostic)
    }
}
