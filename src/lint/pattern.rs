//! The patterns that rules search for.

use regex::Regex;

/// A rule's pattern: a constant, which the tests of its rule compile.
pub(crate) fn compile(pattern: &str) -> Regex {
    Regex::new(pattern).expect("the pattern is a constant that a test compiles")
}
