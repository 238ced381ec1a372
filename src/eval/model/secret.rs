//! A host's key: shown to nobody but the host, and found again in whatever the host says.

use std::fmt;

/// The fewest characters of a key. Anything shorter is a placeholder such as `EMPTY` or `none`, which stands in too many
/// texts to be looked for.
pub(super) const MIN_SECRET: usize = 8;
/// What stands in texts where a key stood.
const HIDDEN: &str = "[key]";

/// A key.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Secret(String);

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(HIDDEN)
    }
}

impl Secret {
    pub(super) fn new(key: &str) -> Secret {
        Secret(key.to_owned())
    }

    /// What no text may hold. Only the host may be told.
    pub(super) fn reveal(&self) -> &str {
        &self.0
    }

    /// The same text without the key. It is looked for among what stands in the text as printable ASCII, escapes of JSON
    /// read: blanks, line breaks, characters that nobody sees and others between its letters do not hide it. At a text's
    /// end its beginning is hidden as well, since texts are cut.
    pub(super) fn hide(&self, text: String) -> String {
        if self.0.len() < MIN_SECRET {
            return text;
        }
        let text = if text.contains(&self.0) { text.replace(&self.0, HIDDEN) } else { text };
        let key: String = self.0.chars().filter(|c| is_read(*c)).collect();
        // A key of blanks and backslashes is found as it is, or not at all.
        if key.len() < MIN_SECRET {
            return text;
        }
        let (read, places) = read_through(&text);
        let mut spans: Vec<(usize, usize)> =
            read.match_indices(&key).map(|(at, _)| (places[at].0, places[at + key.len() - 1].1)).collect();
        let begun = (MIN_SECRET..key.len()).rev().find(|&length| read.ends_with(&key[..length]));
        spans.extend(begun.map(|length| (places[read.len() - length].0, text.len())));
        if spans.is_empty() {
            return text;
        }
        let mut shown = String::with_capacity(text.len());
        let mut from = 0;
        for (begin, end) in spans {
            shown.push_str(&text[from..begin.max(from)]);
            shown.push_str(HIDDEN);
            from = end;
        }
        shown + &text[from..]
    }
}

/// Whether a character counts. Backslashes do not: escapes put any number of them before others.
fn is_read(c: char) -> bool {
    c.is_ascii_graphic() && c != '\\'
}

/// The characters of a text that count, each with the place where it stands.
fn read_through(text: &str) -> (String, Vec<(usize, usize)>) {
    let (mut read, mut places) = (String::new(), Vec::new());
    let mut at = 0;
    while let Some(first) = text[at..].chars().next() {
        let slashes = text[at..].bytes().take_while(|byte| *byte == b'\\').count();
        let escaped = || {
            let digits = text[at + slashes..].strip_prefix('u')?.get(..4)?;
            char::from_u32(u32::from_str_radix(digits, 16).ok()?)
        };
        let (c, end) = match slashes {
            0 => (first, at + first.len_utf8()),
            _ => escaped().map_or((first, at + slashes), |c| (c, at + slashes + 5)),
        };
        if is_read(c) {
            read.push(c);
            places.push((at, end));
        }
        at = end;
    }
    (read, places)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expect: &str) {
        assert_eq!(Secret::new("sk-1234/567\"9").hide(text.to_owned()), expect, "{text:?}");
    }

    #[test]
    fn a_key_is_found_however_it_is_said() {
        check("no such key: sk-1234/567\"9!", "no such key: [key]!");
        check("sk-1234/567\"9sk-1234/567\"9", "[key][key]");
        check("é s\u{200b}k-\u{2060}12\u{ad}34/5\u{feff}67\"\u{e0041}9\u{200d}.", "é [key]\u{200d}.");
        check("<s k-1\n234\t/56\u{fffd}7\"9>", "<[key]>");
        check("{\"a\":\"sk-1234\\/567\\\"9\"}", "{\"a\":\"[key]\"}");
        check("{\"a\":\"\\u0073k\\u002d1234/567\\\"9\"}", "{\"a\":\"[key]\"}");
        check(
            "{\"a\":\"{\\\"b\\\":\\\"\\\\u0073k-\\\\u200b1234/567\\\\\\\"9\\\"}\"}",
            "{\"a\":\"{\\\"b\\\":\\\"[key]\\\"}\"}",
        );
        check("cut: sk-1234/567", "cut: [key]");
        check("cut: s\u{200b}k-1234/", "cut: [key]");
    }

    #[test]
    fn other_texts_are_left_alone() {
        for text in ["", "sk-1234", "sk-1234/567\"8", "\\", "\\\\u00", "\\u00é0", "\\ud800 \\uzzzz", "é\u{200b}\n"] {
            check(text, text);
        }
        assert_eq!(Secret::new("none").hide("none of it".to_owned()), "none of it");
        assert_eq!(Secret::new("\\ \\ \\ \\ x").hide("x \\ \\ \\ \\ x".to_owned()), "x [key]");
        assert!(!format!("{:?}", Secret::new("none")).contains("none"));
    }
}
