//! From a part of a text to its place in the file, through quotes and escapes.

use std::ops::Range;

use crate::diag::Span;
use crate::pack::AuthoredFile;

use super::texts::Text;

/// Where this part of a text's value stands in the file. A part written as an escape is that escape.
pub(crate) fn locate(file: &AuthoredFile<'_>, text: Text<'_>, part: Range<usize>) -> Span {
    let written = file.text.get(text.place.clone()).unwrap_or_default();
    let start = text.place.start;
    file.span(part_of(written, text.value, part).map_or(text.place.clone(), |at| start + at.start..start + at.end))
}

/// Whether a place overlaps one of these, which are in order.
pub(crate) fn overlaps(places: &[Range<usize>], place: &Range<usize>) -> bool {
    let at = places.partition_point(|other| other.end <= place.start);
    places.get(at).is_some_and(|other| other.start < place.end)
}

/// Whether a word may begin at this byte of a file: after no letter or digit, or after an escape such as `\n`.
pub(crate) fn begins_word(text: &str, at: usize) -> bool {
    let before = &text.as_bytes()[..at];
    let backslashes = before.iter().rev().skip(1).take_while(|byte| **byte == b'\\').count();
    match before.last() {
        Some(b'n' | b't' | b'r') if backslashes % 2 == 1 => true,
        Some(byte) => !byte.is_ascii_alphanumeric() && byte.is_ascii(),
        None => true,
    }
}

/// The part within the written form, quotes included; `None` where the two do not belong together.
fn part_of(written: &str, value: &str, part: Range<usize>) -> Option<Range<usize>> {
    let quotes =
        ["\"\"\"", "'''", "\"", "'"].into_iter().find(|quotes| written.starts_with(quotes)).unwrap_or_default();
    let body = written.get(quotes.len()..written.len().checked_sub(quotes.len())?)?;
    if body == value {
        return Some(quotes.len() + part.start..quotes.len() + part.end);
    }
    let mut rest = body;
    if quotes.len() == 3 {
        rest = rest.strip_prefix("\r\n").or_else(|| rest.strip_prefix('\n')).unwrap_or(rest);
    }
    let offset = |rest: &str| written.len() - quotes.len() - rest.len();
    let mut start = None;
    let mut told = value.chars();
    loop {
        let at = value.len() - told.as_str().len();
        if at >= part.end && start.is_some() {
            break;
        }
        rest = skip_folded(rest, quotes);
        if rest.starts_with("\r\n") && !told.as_str().starts_with('\r') {
            rest = &rest[1..];
        }
        if at >= part.start && start.is_none() {
            start = Some(offset(rest));
        }
        let Some(c) = told.next() else { break };
        rest = rest.get(length_of(rest, c, quotes)..)?;
    }
    Some(start?..offset(rest))
}

/// How many bytes this character is written with.
fn length_of(rest: &str, c: char, quotes: &str) -> usize {
    if !quotes.starts_with('"') || !rest.starts_with('\\') {
        return c.len_utf8();
    }
    match rest.as_bytes().get(1) {
        Some(b'u') => 6,
        Some(b'U') => 10,
        Some(b'x') => 4,
        _ => 2,
    }
}

/// Skips a backslash at the end of a line, and the blanks and lines after it, which are no part of the value.
fn skip_folded<'a>(rest: &'a str, quotes: &str) -> &'a str {
    if quotes != "\"\"\"" {
        return rest;
    }
    let mut rest = rest;
    while let Some(after) = rest.strip_prefix('\\') {
        let blank = after.trim_start_matches([' ', '\t', '\r']);
        if !blank.starts_with('\n') {
            break;
        }
        rest = after.trim_start_matches([' ', '\t', '\r', '\n']);
    }
    rest
}

#[cfg(test)]
mod tests {
    use super::part_of;

    /// The part of the value at `word` is written as `expect`.
    fn check(written: &str, word: &str, expect: &str) {
        let table: toml::Table = format!("a = {written}").parse().expect("it is TOML");
        let value = table["a"].as_str().expect("it is a string");
        let start = value.find(word).expect("the word stands in it");
        let found = part_of(written, value, start..start + word.len()).expect("it is found");
        assert_eq!(&written[found], expect, "{written}");
    }

    #[test]
    fn parts_are_found_through_quotes_and_escapes() {
        check("'plain text'", "text", "text");
        check("\"a \\\"b\\\" text\"", "text", "text");
        check("\"x\\u200by\"", "\u{200b}", "\\u200b");
        check("\"\\U0001F600 text\"", "text", "text");
        check("\"\\u0074ext\"", "text", "\\u0074ext");
        check("\"\"\"\ntwo\nlines\"\"\"", "lines", "lines");
        check("\"\"\"\r\ntwo\r\nlines\"\"\"", "lines", "lines");
        check("\"\"\"a \\\n   folded\\\n\n line\"\"\"", "line", "line");
        check("'''\nit's \\u0041 text'''", "text", "text");
        check("\"é\\té日本\"", "日本", "日本");
    }
}
