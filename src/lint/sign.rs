//! What a text must hold for a search to find anything in it: signs that cost less to look for than the search itself.

/// Signs of one kind: a few characters each, without any of which a rule finds nothing. Letters stand for either case, `#`
/// for a digit, `@` for a letter, and a blank for white space of any length.
#[derive(Debug)]
pub(crate) struct Signs {
    texts: &'static [&'static str],
    /// Whether what stands behind one lets it count.
    fits: fn(&[u8]) -> bool,
}

impl Signs {
    /// Signs wherever they stand; of plain characters, the first no blank.
    pub(crate) const fn of(texts: &'static [&'static str]) -> Signs {
        Signs { texts, fits: |_| true }
    }

    /// The same, where what stands behind fits.
    pub(crate) const fn which(self, fits: fn(&[u8]) -> bool) -> Signs {
        Signs { fits, ..self }
    }

    pub(super) fn each(&self) -> impl Iterator<Item = Sign> {
        self.texts.iter().map(|text| Sign { text, fits: self.fits })
    }
}

/// One of them.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sign {
    text: &'static str,
    fits: fn(&[u8]) -> bool,
}

impl Sign {
    /// Whether it stands at this byte.
    pub(super) fn stands_at(&self, text: &[u8], start: usize) -> bool {
        let Some(mut rest) = text.get(start..) else { return false };
        for part in self.text.bytes() {
            match rest {
                [byte, behind @ ..] if meets(part, *byte) => rest = behind,
                _ => return false,
            }
            if part == b' ' {
                rest = &rest[rest.iter().take_while(|byte| is_blank(**byte)).count()..];
            }
        }
        (self.fits)(rest)
    }

    /// The parts that stand for one byte each, up to the first blank.
    pub(super) fn first_parts(&self) -> impl Iterator<Item = u8> {
        let end = self.text.find(' ').map_or(self.text.len(), |at| at + 1);
        self.text[..end].bytes()
    }
}

fn meets(part: u8, byte: u8) -> bool {
    match part {
        b' ' => is_blank(byte),
        b'#' => byte.is_ascii_digit(),
        b'@' => byte.is_ascii_alphabetic(),
        _ => part.eq_ignore_ascii_case(&byte),
    }
}

/// White space as patterns without Unicode know it.
fn is_blank(byte: u8) -> bool {
    matches!(byte, b'\t'..=b'\r' | b' ')
}

/// Whether a word ends before this.
pub(crate) fn ends_word(behind: &[u8]) -> bool {
    !behind.first().is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'_')
}

/// Whether at least so many characters of a token stand behind.
pub(crate) fn opens_token<const LENGTH: usize>(behind: &[u8]) -> bool {
    let is_part = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
    behind.get(..LENGTH).is_some_and(|token| token.iter().all(is_part))
}

#[cfg(test)]
mod tests {
    use super::{Signs, ends_word, opens_token};

    fn check(signs: &Signs, text: &str, expect: bool) {
        let bytes = text.as_bytes();
        let is_there = signs.each().any(|sign| (0..bytes.len()).any(|at| sign.stands_at(bytes, at)));
        assert_eq!(is_there, expect, "{signs:?} {text}");
    }

    #[test]
    fn letters_digits_and_blanks() {
        check(&Signs::of(&["<"]), "a <", true);
        check(&Signs::of(&["todo"]), "a TODO", true);
        check(&Signs::of(&["todo"]), "a TOD", false);
        check(&Signs::of(&["change me"]), "Change \n\u{b}me", true);
        check(&Signs::of(&["change me"]), "changeme", false);
        check(&Signs::of(&["##-####"]), "x12-3456", true);
        check(&Signs::of(&["##-####"]), "x1a-3456", false);
        check(&Signs::of(&["@#"]), "12 b3", true);
        check(&Signs::of(&["@#"]), "12 b", false);
        check(&Signs::of(&["a b"]), "a  b", true);
        check(&Signs::of(&["<", "todo"]), "a todo", true);
        check(&Signs::of(&["<", "todo"]), "a to", false);
    }

    #[test]
    fn what_stands_behind() {
        check(&Signs::of(&["prompt"]).which(ends_word), "the prompt.", true);
        check(&Signs::of(&["prompt"]).which(ends_word), "promptly", false);
        check(&Signs::of(&["sk-"]).which(opens_token::<4>), "sk-a_-1", true);
        check(&Signs::of(&["sk-"]).which(opens_token::<4>), "sk-a_- 1", false);
        check(&Signs::of(&["sk-"]).which(opens_token::<4>), "sk-a_-", false);
    }
}
