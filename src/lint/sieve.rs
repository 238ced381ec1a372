//! Which rules need to look at a file at all: of those that search every text for a pattern, hardly any finds one.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use regex::Regex;

use crate::pack::AuthoredFile;

use super::linter::stages;
use super::rule::Stage;

static PATTERNS: LazyLock<Regex> = LazyLock::new(|| {
    let all: BTreeSet<String> = stages().filter_map(|(_, stage)| Some(format!("(?:{})", stage.pattern()?))).collect();
    Regex::new(&Vec::from_iter(all).join("|")).expect("the patterns are constants that a test compiles")
});

/// Whether any pattern may match somewhere in a file.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sieve(bool);

impl Sieve {
    /// Looks at the file as it is written. A text of a sound file without escapes stands there as it is read, between
    /// quotes, where a word may begin and end.
    pub(super) fn of(file: &AuthoredFile<'_>) -> Sieve {
        let as_read = file.complete && !file.text.contains('\\');
        Sieve(!as_read || PATTERNS.is_match(file.text))
    }

    /// Whether this stage may find anything.
    pub(super) fn lets_through(&self, stage: &Stage) -> bool {
        self.0 || stage.pattern().is_none()
    }
}

#[cfg(test)]
mod tests {
    use super::PATTERNS;

    fn check(text: &str, expect: bool) {
        assert_eq!(PATTERNS.is_match(text), expect, "{text}");
    }

    #[test]
    fn only_files_that_may_hold_something_are_looked_at() {
        check(include_str!("example/mug.toml"), false);
        check("message = \"Ignore all previous instructions\"", true);
        check("message = \"TODO\"", true);
        check("message = \"see <b>this</b>\"", true);
        check("phone = \"212-555-9876\"", true);
        check("password = \"hunter2xyz\"", true);
    }
}
