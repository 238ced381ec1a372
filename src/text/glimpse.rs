//! A glimpse of a text: which words of a spec may stand in it, told without cleaning it and dividing it with care.

use super::filled::{Filled, is_prefix};
use super::find::Vocabulary;
use super::token::is_clipped;

/// Which slots the words of a text fill, whatever stands between them; `None` where marks may part, join or open words,
/// so that only a closer look tells which words there are.
pub(super) fn glimpse(vocabulary: &Vocabulary, text: &str) -> Option<Filled> {
    let bytes = text.as_bytes();
    let mut exact = Vec::new();
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        let start = at;
        at = match byte {
            b'0'..=b'9' => number_end(bytes, start),
            b'a'..=b'z' | b'A'..=b'Z' => start + bytes[start..].iter().take_while(|b| b.is_ascii_alphabetic()).count(),
            byte if is_plain(*byte) => {
                at += 1;
                continue;
            }
            _ => return None,
        };
        let word = &text[start..at];
        if is_clipped(word) || bytes.get(at) == Some(&b'-') && is_prefix(&word.to_ascii_lowercase()) {
            return None;
        }
        if vocabulary.may_hold(word) {
            exact.extend(vocabulary.lookup(&word.to_ascii_lowercase()));
        }
    }
    Some(Filled::unplaced(exact))
}

/// Digits with inner `,` and `.` that stand between digits.
fn number_end(bytes: &[u8], start: usize) -> usize {
    let is_digit = |i: usize| bytes.get(i).is_some_and(u8::is_ascii_digit);
    let mut end = start;
    while is_digit(end) || matches!(bytes.get(end), Some(b'.' | b',')) && is_digit(end + 1) {
        end += 1;
    }
    end
}

/// Whether a byte that is neither letter nor digit is a sign that is neither dropped nor replaced and joins no words.
fn is_plain(byte: u8) -> bool {
    let is_mark = matches!(byte, b'*' | b'`' | b'_' | b'~' | b'<' | b'&' | b'[' | b']' | b'\\' | b'\'');
    matches!(byte, b' '..=b'~' | b'\n' | b'\t') && !is_mark
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::proptest;
    use proptest::sample::select;

    use super::glimpse;
    use crate::text::clean::Clean;
    use crate::text::filled::Filled;
    use crate::text::find::Vocabulary;
    use crate::text::pattern::Pattern;
    use crate::text::token::Words;

    fn vocabulary() -> Vocabulary {
        let phrases = ["refund", "reissue", "we will not", "24 hours", "1,234.50", "is and", "re cover", "go to"];
        let mut vocabulary = Vocabulary::new();
        vocabulary.compile(&Pattern::any_of(&phrases).expect("phrases"));
        vocabulary
    }

    /// `expect` is how many words of the text are a spec's; `None` where a glimpse does not tell.
    fn check(text: &str, expect: Option<usize>) {
        let vocabulary = vocabulary();
        assert_eq!(glimpse(&vocabulary, text).map(|filled| filled.exact.len()), expect, "{text}");
        check_bound(text);
    }

    /// A closer look finds no word that a glimpse has not seen.
    fn check_bound(text: &str) {
        let vocabulary = vocabulary();
        let Some(seen) = glimpse(&vocabulary, text) else { return };
        let filled = Filled::of(&vocabulary, &Words::of(&Clean::of(text)));
        assert!(filled.exact.iter().all(|list| *list == 0 || seen.exact.contains(list)), "{text:?}");
    }

    #[test]
    fn words_are_seen_where_nothing_hides_them() {
        check("Refunded, not REFUNDS!", Some(3));
        check("The mug (1) cost $1,234.50.", Some(1));
        check("Within 24hours: refund/reissue?", Some(4));
        check("\n- a\n1. b\n> refund", Some(1));
        check("", Some(0));
    }

    #[test]
    fn marks_and_contractions_want_a_closer_look() {
        for text in ["re**fund**", "We don't", "wont", "re-issued", "R&amp;D", "\u{ff52}efund", "[a](b)", "re\\fund"] {
            check(text, None);
        }
    }

    proptest! {
        #[test]
        fn nothing_is_missed(parts in vec(select(&[
            "refund", "Re", "issue", "cover", "-", " ", " ", "\n", "24", "hours", "1,234", ".50", ".", ",", "'s", "is",
            "wo", "nt", "can", "not", "go", "nna", "We", "will", "(1)", "1.", "#", ">", "On x wrote:\n", "and", "&", "*",
            "/", "\t", "=", "$", "%", "|", "é", "\u{7f}",
        ][..]), 0..12)) {
            check_bound(&parts.concat());
        }
    }
}
