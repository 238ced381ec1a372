//! Look-alike letters: folding what imitates Latin letters, and telling mixed-script words.
//!
//! Only forbidden entries match through look-alikes; a mixed-script word never satisfies a keyword.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;
use unicode_script::{Script, UnicodeScript};

/// Whether a word mixes letters of Latin and another script.
pub fn is_mixed_script(word: &str) -> bool {
    let mut first = None;
    for c in word.chars().filter(|c| c.is_alphabetic()) {
        let script = c.script();
        if matches!(script, Script::Common | Script::Inherited | Script::Unknown) {
            continue;
        }
        match first {
            None => first = Some(script),
            Some(known) if known != script => return true,
            Some(_) => {}
        }
    }
    false
}

/// The text with look-alike letters and digits folded to lower-case Latin letters and marks removed: equal skeletons
/// look alike.
///
/// ```
/// use support_ops_env::text::skeleton;
/// assert_eq!(skeleton("r\u{435}fund"), skeleton("refund"));
/// ```
pub fn skeleton(text: &str) -> String {
    if text.is_ascii() {
        return text.chars().map(|c| fold_char(c.to_ascii_lowercase())).collect();
    }
    let folded = text.nfkd().filter(|c| !is_combining_mark(*c)).flat_map(char::to_lowercase);
    folded.map(fold_char).collect()
}

/// Appends the letters a disguised word shows, or says that some are no Latin look-alikes.
pub(super) fn push_disguised(letters: &mut String, word: &str) -> bool {
    for c in word.chars() {
        if c.is_ascii() {
            let folded = fold_char(c);
            if folded.is_ascii_alphanumeric() {
                letters.push(folded);
            }
            continue;
        }
        for part in std::iter::once(c).nfkd().filter(|c| !is_combining_mark(*c)).flat_map(char::to_lowercase) {
            let folded = fold_char(part);
            if !folded.is_ascii() {
                return false;
            }
            letters.push(folded);
        }
    }
    true
}

/// One letter for each look-alike: Unicode's confusables (UTS 39), those that read as a Latin small letter.
pub(super) fn fold_char(c: char) -> char {
    match c {
        '\u{430}' | '\u{3b1}' | '\u{251}' | '@' | '4' => 'a',
        '\u{432}' | '\u{3b2}' | '\u{184}' | '8' => 'b',
        '\u{441}' | '\u{3f2}' | '\u{1d04}' => 'c',
        '\u{501}' | '\u{257}' => 'd',
        '\u{435}' | '\u{3b5}' | '\u{454}' | '\u{4bd}' | '\u{212e}' | '3' => 'e',
        '\u{192}' | '\u{584}' => 'f',
        '\u{261}' | '\u{581}' | '\u{50d}' => 'g',
        '\u{4bb}' | '\u{570}' | '\u{43d}' => 'h',
        '\u{456}' | '\u{3b9}' | '\u{131}' | '\u{269}' | '1' | '!' | '|' | '\u{4cf}' | '\u{575}' => 'i',
        '\u{458}' | '\u{3f3}' => 'j',
        '\u{43a}' | '\u{3ba}' => 'k',
        'l' => 'i',
        '\u{43c}' => 'm',
        '\u{578}' | '\u{57c}' | '\u{3b7}' | '\u{43f}' => 'n',
        '\u{43e}' | '\u{3bf}' | '\u{585}' | '\u{3c3}' | '0' => 'o',
        '\u{440}' | '\u{3c1}' => 'p',
        '\u{51b}' | '\u{566}' => 'q',
        '\u{433}' | '\u{280}' => 'r',
        '\u{455}' | '\u{282}' | '$' | '5' => 's',
        '\u{442}' | '\u{3c4}' | '7' => 't',
        '\u{57d}' | '\u{3c5}' | '\u{446}' => 'u',
        '\u{3bd}' | '\u{475}' => 'v',
        '\u{51d}' | '\u{461}' | '\u{3c9}' | '\u{561}' => 'w',
        '\u{445}' | '\u{3c7}' => 'x',
        '\u{443}' | '\u{3b3}' | '\u{4af}' => 'y',
        '\u{290}' => 'z',
        _ => c,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expect: &str, mixed: bool) {
        assert_eq!(skeleton(text), skeleton(expect), "{text}");
        assert_eq!(is_mixed_script(text), mixed, "{text}");
    }

    #[test]
    fn folding() {
        check("r\u{435}fund", "refund", true);
        check("\u{440}a\u{455}\u{455}word", "password", true);
        check("passw0rd", "password", false);
        check("r\u{e9}fund", "refund", false);
        check("refund", "refund", false);
        assert_ne!(skeleton("refund"), skeleton("remind"));
    }
}
