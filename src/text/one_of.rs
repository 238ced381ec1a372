//! Lists of words that a word of a reply is compared with.

/// Words of which a word may be one: lower-case and ASCII. Made by `one_of!["we", "us"]`, when the program is compiled.
#[derive(Debug)]
pub(super) struct OneOf {
    words: &'static [&'static str],
    /// The marks of all of them.
    marks: u64,
}

impl OneOf {
    pub(super) const fn new(words: &'static [&'static str]) -> OneOf {
        let (mut marks, mut at) = (0, 0);
        while at < words.len() {
            assert!(is_word(words[at].as_bytes()), "only one lower-case word can be found");
            marks |= 1 << mark(words[at].as_bytes());
            at += 1;
        }
        OneOf { words, marks }
    }

    /// Whether a word of this mark may be one of them: most are told apart by it.
    pub(super) fn may_hold(&self, mark: u8) -> bool {
        self.marks >> mark & 1 != 0
    }

    pub(super) fn contains(&self, word: &[u8]) -> bool {
        self.words.iter().any(|own| own.len() == word.len() && own.as_bytes() == word)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.words.is_empty()
    }
}

/// Whether a text may be one word of a reply, so that a list is not made to hold what never matches.
const fn is_word(text: &[u8]) -> bool {
    let mut at = 0;
    while at < text.len() {
        if !matches!(text[at], b'a'..=b'z' | b'0'..=b'9' | b'.' | b'\'') {
            return false;
        }
        at += 1;
    }
    true
}

/// A number below 64, made of a word's length and its outer letters: words that differ in it are different words. The
/// factors spread the lists of this room well: of eleven other words ten are told apart from a list by it.
pub(super) const fn mark(word: &[u8]) -> u8 {
    let (Some(first), Some(last)) = (word.first(), word.last()) else { return 0 };
    let length = word.len() as u8;
    first.wrapping_mul(7).wrapping_add(last.wrapping_mul(19)).wrapping_add(length.wrapping_mul(5)) % 64
}

/// A [`OneOf`] of these words.
macro_rules! one_of {
    ($($word:expr),* $(,)?) => { const { &$crate::text::one_of::OneOf::new(&[$($word),*]) } };
}

#[cfg(test)]
mod tests {
    use super::mark;

    #[test]
    fn a_mark_leaves_no_word_out() {
        let list = one_of!["a", "we", "refunded"];
        for word in ["a", "we", "refunded"] {
            assert!(list.may_hold(mark(word.as_bytes())) && list.contains(word.as_bytes()), "{word}");
        }
        for word in ["", "b", "us", "refund", "refunder", "refunded it"] {
            assert!(!list.contains(word.as_bytes()), "{word}");
        }
        assert!(!list.may_hold(mark(b"us")) && one_of![].is_empty());
    }
}
