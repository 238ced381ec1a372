//! Traps that work on letters: look-alikes and characters that nobody sees.

use super::draw::Draw;

/// Latin letters with a Cyrillic or Greek look-alike (Unicode's confusables table).
const LOOK_ALIKES: &[(char, char)] = &[
    ('a', '\u{430}'),
    ('c', '\u{441}'),
    ('e', '\u{435}'),
    ('o', '\u{43e}'),
    ('p', '\u{440}'),
    ('i', '\u{456}'),
    ('x', '\u{445}'),
];

/// Characters without a width that may hide inside a word.
const INVISIBLE: &[char] = &['\u{ad}', '\u{200b}', '\u{200c}', '\u{2060}', '\u{feff}'];

/// The word with one letter swapped for its look-alike; `None` where it has no such letter.
pub(crate) fn disguise(word: &str, draw: &mut Draw) -> Option<String> {
    let places: Vec<(usize, char)> = word
        .char_indices()
        .filter_map(|(at, c)| LOOK_ALIKES.iter().find(|(latin, _)| *latin == c).map(|(_, other)| (at, *other)))
        .collect();
    let (at, other) = (!places.is_empty()).then(|| draw.one_of(&places))?;
    Some(format!("{}{other}{}", &word[..at], &word[at + 1..]))
}

/// The word with an unseen character between two letters.
pub(crate) fn hide_inside(word: &str, draw: &mut Draw) -> String {
    let at = draw.number(1, word.len() as u64 - 1) as usize;
    format!("{}{}{}", &word[..at], draw.one_of(INVISIBLE), &word[at..])
}
