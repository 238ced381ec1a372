//! Texts that no output may show, taken out of what is said.

use std::borrow::Cow;
use std::collections::BTreeSet;

use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};

/// Stands for a text that is not shown.
const MARK: &str = "***";

/// Finds texts that no output may show, in one pass however many they are; where several begin at one place, the longest.
#[derive(Debug, Clone, Default)]
pub struct Redactor(Option<AhoCorasick>);

impl Redactor {
    /// For these texts of a TOML file, as they are written and as they read; empty ones are none.
    pub(super) fn new<'t>(texts: impl Iterator<Item = &'t str>) -> Redactor {
        let forms: BTreeSet<Cow<'t, str>> =
            texts.flat_map(|text| [Cow::Borrowed(text), unescape(text)]).filter(|text| !text.is_empty()).collect();
        if forms.is_empty() {
            return Redactor(None);
        }
        let mut builder = AhoCorasick::builder();
        // The kind whose memory grows with the texts alone: they may be as long as a file.
        builder.kind(Some(AhoCorasickKind::ContiguousNFA)).match_kind(MatchKind::LeftmostLongest);
        let search = builder.build(forms.iter().map(|text| text.as_bytes())).expect("texts of a file are below 2 GiB");
        Redactor(Some(search))
    }

    /// The text with a mark in the place of each that is not shown.
    pub fn redact<'t>(&self, text: &'t str) -> Cow<'t, str> {
        match &self.0 {
            Some(search) if search.is_match(text) => {
                let mut shown = String::new();
                search.replace_all_with(text, &mut shown, |_, _, shown| {
                    shown.push_str(MARK);
                    true
                });
                Cow::Owned(shown)
            }
            _ => Cow::Borrowed(text),
        }
    }
}

/// A text with its escapes resolved, as a string of a TOML file reads.
fn unescape(written: &str) -> Cow<'_, str> {
    if !written.contains('\\') {
        return Cow::Borrowed(written);
    }
    let mut text = String::new();
    let mut rest = written;
    while let Some(at) = rest.find('\\') {
        text.push_str(&rest[..at]);
        let escape = &rest[at + 1..];
        let digits = match escape.as_bytes().first() {
            Some(b'x') => 2,
            Some(b'u') => 4,
            Some(b'U') => 8,
            _ => 0,
        };
        let number = escape.get(1..=digits).and_then(|digits| u32::from_str_radix(digits, 16).ok());
        match number.and_then(char::from_u32) {
            Some(c) => {
                text.push(c);
                rest = &escape[1 + digits..];
            }
            None if escape.starts_with([' ', '\t', '\r', '\n']) => rest = escape.trim_start(),
            // Which character it is makes no part of a secret.
            None => rest = escape.get(1..).unwrap_or_default(),
        }
    }
    text.push_str(rest);
    Cow::Owned(text)
}

#[cfg(test)]
mod tests {
    use super::Redactor;

    #[track_caller]
    fn check(texts: &[&str], said: &str, expect: &str) {
        assert_eq!(Redactor::new(texts.iter().copied()).redact(said), expect, "{texts:?} in {said:?}");
    }

    #[test]
    fn texts_are_taken_out_as_written_and_as_they_read() {
        check(&[], "`4é4` is odd", "`4é4` is odd");
        check(&[""], "`4é4` is odd", "`4é4` is odd");
        check(&["4é4"], "`4é4` is odd, 4é4", "`***` is odd, ***");
        check(&["4é4"], "4 is odd", "4 is odd");
        check(&["\\u0061@b"], "a@b or \\u0061@b", "*** or ***");
        check(&["key", "key-12", "12"], "key-123 key 12", "***3 *** ***");
    }
}
