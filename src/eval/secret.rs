//! What opens a host or a server: shown to nobody else, and found again in whatever that one says.

use std::fmt;

/// The fewest characters of a key. Anything shorter is a placeholder such as `EMPTY` or `none`, which stands in too many
/// texts to be looked for.
pub(super) const MIN_SECRET: usize = 8;
/// What stands in texts where a key stood.
const HIDDEN: &str = "[key]";

/// A key, or a token.
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

    /// The same text without the key. It is looked for among what stands in the text as printable ASCII, in capitals or
    /// not, escapes of JSON and of URLs read: blanks, line breaks, characters that nobody sees and others between its
    /// letters do not hide it. At a text's end its beginning is hidden as well, since texts are cut. A text without it is
    /// handed back as it is.
    pub(super) fn hide(&self, text: String) -> String {
        if self.0.len() < MIN_SECRET {
            return text;
        }
        let text = if text.contains(&self.0) { text.replace(&self.0, HIDDEN) } else { text };
        let key: Vec<u8> = Letters::of(&self.0).map(|letter| letter.byte).collect();
        // A key of blanks and backslashes is found as it is, or not at all.
        if key.len() < MIN_SECRET {
            return text;
        }
        let spans = find(&key, &text);
        if spans.is_empty() {
            return text;
        }
        let mut shown = String::with_capacity(text.len());
        let mut from = 0;
        for (begin, end) in spans {
            shown.push_str(&text[from..begin]);
            shown.push_str(HIDDEN);
            from = end;
        }
        shown + &text[from..]
    }

    /// The same for bytes, which are a text or nearly one.
    pub(super) fn hide_bytes(&self, bytes: Vec<u8>) -> Vec<u8> {
        let text = String::from_utf8(bytes);
        let text = text.unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned());
        self.hide(text).into_bytes()
    }
}

/// Where a key stands in a text, and where it begins at the text's end. One pass with the memory of a key (the search of
/// Knuth, Morris and Pratt): texts may be long.
fn find(key: &[u8], text: &str) -> Vec<(usize, usize)> {
    // Of each beginning of the key, the longest shorter one that it ends with.
    let mut shorter = vec![0; key.len()];
    let mut length = 0;
    for at in 1..key.len() {
        while length > 0 && key[at] != key[length] {
            length = shorter[length - 1];
        }
        length += usize::from(key[at] == key[length]);
        shorter[at] = length;
    }
    // Where the letters before this one begin, as many as the key has.
    let mut begins = vec![0; key.len()];
    let (mut spans, mut length) = (Vec::new(), 0);
    for (count, Letter { byte, begin, end }) in Letters::of(text).enumerate() {
        begins[count % key.len()] = begin;
        while length > 0 && byte != key[length] {
            length = shorter[length - 1];
        }
        length += usize::from(byte == key[length]);
        if length == key.len() {
            spans.push((begins[(count + 1) % key.len()], end));
            length = 0;
        }
    }
    if length >= MIN_SECRET {
        let last = Letters::of(text).count();
        spans.push((begins[(last - length) % key.len()], text.len()));
    }
    spans
}

/// A character that counts, as a small letter, and where it stands.
struct Letter {
    byte: u8,
    begin: usize,
    end: usize,
}

/// The characters of a text that count.
struct Letters<'a> {
    text: &'a str,
    at: usize,
}

impl Letters<'_> {
    fn of(text: &str) -> Letters<'_> {
        Letters { text, at: 0 }
    }
}

impl Iterator for Letters<'_> {
    type Item = Letter;

    fn next(&mut self) -> Option<Letter> {
        loop {
            let (text, begin) = (self.text, self.at);
            let first = text[begin..].chars().next()?;
            let slashes = text[begin..].bytes().take_while(|byte| *byte == b'\\').count();
            let coded = |at: usize, sign: char, length: usize| {
                let digits = text[at..].strip_prefix(sign)?.get(..length)?;
                Some((char::from_u32(u32::from_str_radix(digits, 16).ok()?)?, at + 1 + length))
            };
            let (c, end) = match slashes {
                0 => coded(begin, '%', 2).unwrap_or((first, begin + first.len_utf8())),
                _ => coded(begin + slashes, 'u', 4).unwrap_or((first, begin + slashes)),
            };
            self.at = end;
            // Backslashes do not count: escapes put any number of them before others.
            if c.is_ascii_graphic() && c != '\\' {
                return Some(Letter { byte: c.to_ascii_lowercase() as u8, begin, end });
            }
        }
    }
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
        check("SK-1234/567\"9, sK-1234/567\"9", "[key], [key]");
        check("?key=sk-1234%2f567%229&sk%2D1234%2F567%22%39", "?key=[key]&[key]");
        check("sk-12sk-1234/567\"9sk-1234/sk-1234/5", "sk-12[key]sk-1234/[key]");
    }

    #[test]
    fn other_texts_are_left_alone() {
        for text in [
            "",
            "sk-1234",
            "sk-1234/567\"8",
            "\\",
            "\\\\u00",
            "\\u00é0",
            "\\ud800 \\uzzzz",
            "é\u{200b}\n",
            "%",
            "%5",
            "%+5%é%e9",
        ] {
            check(text, text);
        }
        assert_eq!(Secret::new("none").hide("none of it".to_owned()), "none of it");
        assert_eq!(Secret::new("\\ \\ \\ \\ x").hide("x \\ \\ \\ \\ x".to_owned()), "x [key]");
        assert!(!format!("{:?}", Secret::new("none")).contains("none"));
    }
}
