//! Lines and characters as editors count them, and bytes.

use std::ops::Range;

use serde::Deserialize;
use serde_json::{Value, json};

/// A place as an editor names it: both count from 0, characters in the units that were agreed on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub(super) struct Position {
    pub(super) line: u32,
    pub(super) character: u32,
}

/// From one place up to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub(super) struct EditorRange {
    pub(super) start: Position,
    pub(super) end: Position,
}

/// What a character of a line counts as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Encoding {
    Utf8,
    /// What every editor knows.
    #[default]
    Utf16,
    Utf32,
}

impl Encoding {
    /// The first of an editor's encodings that is known here.
    pub(super) fn choose<'a>(offered: impl IntoIterator<Item = &'a str>) -> Encoding {
        let known = [Encoding::Utf8, Encoding::Utf16, Encoding::Utf32];
        let mut offered = offered.into_iter();
        offered.find_map(|name| known.into_iter().find(|one| one.as_str() == name)).unwrap_or_default()
    }

    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Encoding::Utf8 => "utf-8",
            Encoding::Utf16 => "utf-16",
            Encoding::Utf32 => "utf-32",
        }
    }

    fn width(self, c: char) -> usize {
        match self {
            Encoding::Utf8 => c.len_utf8(),
            Encoding::Utf16 => c.len_utf16(),
            Encoding::Utf32 => 1,
        }
    }
}

/// Where the lines of a text begin. A line ends with a line feed, a carriage return, or both.
#[derive(Debug, Clone)]
pub(super) struct Lines {
    starts: Vec<usize>,
    encoding: Encoding,
}

impl Lines {
    /// The lines of a text that an editor holds.
    pub(super) fn of(text: &str, encoding: Encoding) -> Lines {
        let bytes = text.as_bytes();
        let ends = bytes.iter().enumerate().filter(|(at, byte)| match byte {
            b'\n' => true,
            b'\r' => bytes.get(at + 1) != Some(&b'\n'),
            _ => false,
        });
        Lines { starts: std::iter::once(0).chain(ends.map(|(at, _)| at + 1)).collect(), encoding }
    }

    /// The lines of a file that no editor holds: when one opens it, a byte-order mark is no character.
    pub(super) fn of_file(text: &str, encoding: Encoding) -> Lines {
        let mut lines = Lines::of(text, encoding);
        if text.starts_with('\u{feff}') {
            lines.starts[0] = '\u{feff}'.len_utf8();
        }
        lines
    }

    /// The byte at a place; one past the end of its line is that end, one inside a character its beginning.
    pub(super) fn offset(&self, text: &str, place: Position) -> usize {
        let Some(&start) = self.starts.get(place.line as usize) else { return text.len() };
        let end = self.starts.get(place.line as usize + 1).copied().unwrap_or(text.len());
        let line = text[start..end].trim_end_matches(['\n', '\r']);
        let mut left = place.character as usize;
        for (at, c) in line.char_indices() {
            let width = self.encoding.width(c);
            if left < width {
                return start + at;
            }
            left -= width;
        }
        start + line.len()
    }

    /// The place of a byte; one inside a character counts as its beginning, one past the end as the end.
    pub(super) fn position(&self, text: &str, offset: usize) -> Position {
        let mut offset = offset.min(text.len());
        while !text.is_char_boundary(offset) {
            offset -= 1;
        }
        let line = self.starts.partition_point(|&start| start <= offset).max(1) - 1;
        let before = text.get(self.starts[line]..offset).unwrap_or_default();
        let character = match self.encoding {
            Encoding::Utf8 => before.len(),
            encoding => before.chars().map(|c| encoding.width(c)).sum(),
        };
        let number = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
        Position { line: number(line), character: number(character) }
    }

    /// A range of bytes as it is sent.
    pub(super) fn range(&self, text: &str, range: Range<usize>) -> Value {
        let shown = |at: usize| {
            let place = self.position(text, at);
            json!({ "line": place.line, "character": place.character })
        };
        json!({ "start": shown(range.start), "end": shown(range.end.max(range.start)) })
    }
}

#[cfg(test)]
mod tests {
    use super::{Encoding, Lines, Position};

    /// The place of `|` in each encoding, there and back.
    fn check(marked: &str, line: u32, utf8: u32, utf16: u32, utf32: u32) {
        let at = marked.find('|').expect("a place is marked");
        let text = marked.replacen('|', "", 1);
        for (encoding, character) in [(Encoding::Utf8, utf8), (Encoding::Utf16, utf16), (Encoding::Utf32, utf32)] {
            let lines = Lines::of(&text, encoding);
            let place = Position { line, character };
            assert_eq!(lines.position(&text, at), place, "{marked:?} {encoding:?}");
            assert_eq!(lines.offset(&text, place), at, "{marked:?} {encoding:?}");
        }
    }

    #[test]
    fn places_are_found_in_every_encoding() {
        check("|", 0, 0, 0, 0);
        check("ab\nc|d", 1, 1, 1, 1);
        check("ab\r\nc|d\r\n", 1, 1, 1, 1);
        check("ab\rc|d", 1, 1, 1, 1);
        check("ab\n|", 1, 0, 0, 0);
        check("é日|x", 0, 5, 2, 2);
        check("e\u{301}|x", 0, 3, 2, 2);
        check("😀|x", 0, 4, 2, 1);
        check("\u{feff}a|", 0, 4, 2, 2);
    }

    #[test]
    fn places_that_are_none_are_brought_to_the_nearest() {
        let at =
            |text: &str, line, character| Lines::of(text, Encoding::Utf16).offset(text, Position { line, character });
        assert_eq!(at("ab\r\ncd", 0, 9), 2);
        assert_eq!(at("ab\ncd", 9, 0), 5);
        assert_eq!(at("😀x", 0, 1), 0);
        assert_eq!(at("", u32::MAX, u32::MAX), 0);
        let lines = Lines::of_file("\u{feff}ab", Encoding::Utf16);
        assert_eq!(lines.position("\u{feff}ab", 4), Position { line: 0, character: 1 });
        assert_eq!(lines.position("\u{feff}ab", 0), Position { line: 0, character: 0 });
        assert_eq!(lines.position("\u{feff}ab", 99), Position { line: 0, character: 2 });
    }

    #[test]
    fn the_first_known_encoding_is_chosen() {
        let check = |offered: &[&str], expect| assert_eq!(Encoding::choose(offered.iter().copied()), expect);
        check(&[], Encoding::Utf16);
        check(&["utf-7"], Encoding::Utf16);
        check(&["utf-32"], Encoding::Utf32);
        check(&["utf-8", "utf-16"], Encoding::Utf8);
        check(&["utf-16", "utf-8"], Encoding::Utf16);
    }
}
