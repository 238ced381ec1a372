//! Where words stand in a text, and when two words are forms of one.

use std::borrow::Cow;
use std::ops::Range;

use memchr::memchr2_iter;

use crate::pack::AuthoredFile;

/// The words of a text as they are written, each with its place; `_` and `-` part words.
pub(crate) fn word_places(text: &str) -> impl Iterator<Item = (&str, Range<usize>)> {
    let mut at = 0;
    std::iter::from_fn(move || {
        at = end_of(text, at, false);
        let start = at;
        at = end_of(text, at, true);
        (start < at).then(|| (&text[start..at], start..at))
    })
}

/// Where the characters from here on end that are letters and digits, or that are none.
fn end_of(text: &str, mut at: usize, alphanumeric: bool) -> usize {
    loop {
        let rest = &text.as_bytes()[at..];
        let ends = |byte: &u8| byte.is_ascii_alphanumeric() != alphanumeric || !byte.is_ascii();
        at += rest.iter().position(ends).unwrap_or(rest.len());
        match text[at..].chars().next() {
            Some(c) if !c.is_ascii() && c.is_alphanumeric() == alphanumeric => at += c.len_utf8(),
            _ => return at,
        }
    }
}

/// Whether these letters stand anywhere in a text, whatever their case: costs less than looking at its words.
pub(crate) fn holds(text: &str, letters: &str) -> bool {
    let (text, letters) = (text.as_bytes(), letters.as_bytes());
    let Some(first) = letters.first() else { return true };
    memchr2_iter(first.to_ascii_lowercase(), first.to_ascii_uppercase(), text)
        .any(|at| text[at..].get(..letters.len()).is_some_and(|part| part.eq_ignore_ascii_case(letters)))
}

/// Every place where these words stand one after the other, whatever their case and what parts them.
pub(crate) fn places_of_words<'t>(text: &'t str, words: &'t [&'t str]) -> impl Iterator<Item = Range<usize>> + 't {
    places_of(text, words, |_| false)
}

/// As [`places_of_words`], whatever articles and the like stand between the words.
pub(crate) fn places_of_words_apart<'t>(
    text: &'t str,
    words: &'t [&'t str],
) -> impl Iterator<Item = Range<usize>> + 't {
    places_of(text, words, is_determiner)
}

/// The places of these words in a row; what `is_passed_over` may stand between them.
fn places_of<'t>(
    text: &'t str,
    words: &'t [&'t str],
    is_passed_over: fn(&str) -> bool,
) -> impl Iterator<Item = Range<usize>> + 't {
    let first = words.first().copied().unwrap_or_default();
    let is_there = !first.is_empty() && holds(text, first);
    word_places(if is_there { text } else { "" }).filter_map(move |(word, place)| {
        if !word.eq_ignore_ascii_case(first) {
            return None;
        }
        let mut end = place.end;
        let mut next = word_places(&text[place.end..]);
        for wanted in &words[1..] {
            let says = |word: &str| word.eq_ignore_ascii_case(wanted);
            let (word, inner) = next.find(|(word, _)| says(word) || !is_passed_over(word))?;
            if !says(word) {
                return None;
            }
            end = place.end + inner.end;
        }
        Some(place.start..end)
    })
}

/// Words before a noun that do not change what it names.
fn is_determiner(word: &str) -> bool {
    const ALL: [&str; 13] =
        ["a", "an", "the", "this", "that", "these", "those", "my", "your", "our", "their", "his", "her"];
    ALL.iter().any(|known| word.eq_ignore_ascii_case(known))
}

/// Where a part of a text stands in its file: the part itself where it is written there as it is read, else the whole.
pub(crate) fn place_within(file: &AuthoredFile<'_>, whole: &Range<usize>, part: &str) -> Range<usize> {
    let written = file.text.get(whole.clone()).unwrap_or_default();
    match written.find(part) {
        Some(at) if !part.is_empty() => whole.start + at..whole.start + at + part.len(),
        _ => whole.clone(),
    }
}

/// What the forms of a regular word have in common: `refund` of refunds, refunded, refunding.
pub(crate) fn root(word: &str) -> &str {
    let ending = ["ing", "ed", "es", "s", "e"].into_iter().find(|ending| word.ends_with(ending));
    let bare = match ending {
        Some("s") if word.ends_with("ss") => word,
        Some(ending) if word.len() >= ending.len() + 3 => &word[..word.len() - ending.len()],
        _ => word,
    };
    let bare = if bare.len() > 3 { bare.strip_suffix('e').unwrap_or(bare) } else { bare };
    match bare.as_bytes() {
        [.., a, b] if a == b && b.is_ascii_lowercase() && bare.len() > 3 => &bare[..bare.len() - 1],
        _ => bare,
    }
}

/// The root of a word in small letters.
pub(crate) fn small_root(word: &str) -> Cow<'_, str> {
    if word.bytes().all(|byte| byte.is_ascii() && !byte.is_ascii_uppercase()) {
        return root(word).into();
    }
    let mut lower = word.to_lowercase();
    lower.truncate(root(&lower).len());
    lower.into()
}

/// The roots of a phrase's words as an author writes it (`=` is no part of it), in order.
pub(crate) fn roots(phrase: &str) -> Vec<String> {
    word_places(phrase).map(|(word, _)| small_root(word).into_owned()).collect()
}

/// The same, blanks between them.
pub(crate) fn joined_roots(phrase: &str) -> String {
    let mut roots = String::with_capacity(phrase.len());
    for (word, _) in word_places(phrase) {
        if !roots.is_empty() {
            roots.push(' ');
        }
        roots.push_str(&small_root(word));
    }
    roots
}

#[cfg(test)]
mod tests {
    use super::{places_of_words, places_of_words_apart, roots};

    #[test]
    fn forms_of_a_word_share_a_root() {
        let check = |one: &str, other: &str, expect: bool| {
            assert_eq!(roots(one) == roots(other), expect, "{one} and {other}");
        };
        check("refund", "=Refunded", true);
        check("reimburse", "reimbursing", true);
        check("ship", "shipped", true);
        check("credit back", "credits back", true);
        check("process", "processes", true);
        check("move", "moved", true);
        check("refund", "refuse", false);
        check("pass", "past", false);
        check("new mug", "mug new", false);
    }

    #[test]
    fn words_are_found_where_they_stand() {
        let check = |text: &str, words: &[&str], expect: &[&str]| {
            let found: Vec<&str> = places_of_words(text, words).map(|place| &text[place]).collect();
            assert_eq!(found, expect, "{words:?} in {text}");
        };
        check(
            "Send  replacement, send_replacement!",
            &["send", "replacement"],
            &["Send  replacement", "send_replacement"],
        );
        check("send a replacement", &["send", "replacement"], &[]);
        check("resend replacements", &["send", "replacement"], &[]);
        check("é send\u{a0}Replacement", &["send", "replacement"], &["send\u{a0}Replacement"]);
        check("anything", &[], &[]);
    }

    #[test]
    fn articles_part_no_words() {
        let check = |text: &str, words: &[&str], expect: &[&str]| {
            let found: Vec<&str> = places_of_words_apart(text, words).map(|place| &text[place]).collect();
            assert_eq!(found, expect, "{words:?} in {text}");
        };
        check("Send a replacement.", &["send", "replacement"], &["Send a replacement"]);
        check("send_replacement", &["send", "replacement"], &["send_replacement"]);
        check("Make it in the end", &["make", "it", "the", "end"], &[]);
        check("Close the the case", &["close", "the", "case"], &["Close the the case"]);
        check("send no replacement, send a", &["send", "replacement"], &[]);
    }
}
