//! Where sentences end: at stops, at line breaks that are no wraps, and at pictures that stand in for a stop.

use super::lexicon::Class;
use super::opening::{bare_subject, opens_subject};
use super::segment::{LABEL_WORDS, SUBJECT_REACH};
use super::token::{Gap, Kind, Words};

/// Whether a sentence that began at `start` ends before word `i`.
pub(super) fn ends_sentence(words: &Words, start: usize, i: usize) -> bool {
    let gap = words.gap(i);
    if gap.has(Gap::STOP.or(Gap::QUESTION).or(Gap::PARAGRAPH).or(Gap::BULLET)) || parts_with_picture(words, start, i) {
        return true;
    }
    // A single line break is a wrap, unless the line was short and the next begins like a sentence.
    let is_capital = words.list.get(i).is_some_and(|word| word.is_capital || word.kind != Kind::Word);
    let line_words = i - start;
    gap.has(Gap::NEWLINE)
        && ((is_capital && line_words <= 8)
            || gap.has(Gap::COMMA.or(Gap::COLON).or(Gap::SEMICOLON))
            || is_capital && opens_label(words, i))
}

/// "all booked 😊 we collect it": a picture ends a sentence as a full stop does where a sentence stands on one side of it.
fn parts_with_picture(words: &Words, start: usize, i: usize) -> bool {
    let has_verb = |range: std::ops::Range<usize>| range.into_iter().any(|j| words.class(j).has(Class::FINITE));
    words.gap(i).has(Gap::PICTURE)
        && (has_verb(start.max(i.saturating_sub(SUBJECT_REACH))..i)
            || bare_subject(words, i)
            // "sorry about it 😢 sending a new one", "sorry 😅 just refunded you"
            || words.text(i).ends_with("ing")
            || words.is_past(i + usize::from(words.class(i).has(Class::ADVERB)))
            || words.class(i).has(Class::DETERMINER) && opens_subject(words, i, words.list.len()))
}

/// Whether a line opens with a label: a few words and a colon.
fn opens_label(words: &Words, i: usize) -> bool {
    let ends = Gap::NEWLINE.or(Gap::STOP).or(Gap::COMMA).or(Gap::PARAGRAPH).or(Gap::QUESTION);
    let label = (i + 1..=i + LABEL_WORDS).take_while(|j| !words.gap(*j).has(ends));
    label.into_iter().any(|j| words.gap(j).has(Gap::COLON))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::clean::Clean;
    use crate::text::segment::Segments;

    #[test]
    fn pictures_end_sentences() {
        let count = |raw: &str| Segments::of(&Words::of(&Clean::of(raw))).sentences.len();
        assert_eq!(count("yep all booked \u{1f60a} we collect it on monday"), 2);
        assert_eq!(count("it is waived :) anything else?"), 2);
        assert_eq!(count("Your \u{1f389} refund \u{1f389} is here"), 1);
    }
}
