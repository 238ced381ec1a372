//! Keys under which texts count as the same: for looking things up, and for telling look-alikes apart.

use unicode_normalization::UnicodeNormalization;

/// The text for looking things up: NFKC, lower case, every run of blanks, punctuation, `_` and `-` one space.
///
/// ```
/// assert_eq!(support_ops_env::text::search_key(" Damaged_Items! "), "damaged items");
/// ```
pub fn search_key(text: &str) -> String {
    let mut key = String::with_capacity(text.len());
    let folded = text.nfkc().flat_map(char::to_lowercase).nfkc();
    for c in folded.filter(|c| !is_apostrophe(*c)) {
        if c.is_alphanumeric() || unicode_normalization::char::is_combining_mark(c) {
            key.push(c);
        } else if !key.is_empty() && !key.ends_with(' ') {
            key.push(' ');
        }
    }
    // What was dropped may have kept marks apart that now follow each other.
    key.trim_end().nfkc().collect()
}

fn is_apostrophe(c: char) -> bool {
    matches!(c, '\'' | '\u{2019}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn check(input: &str, expect: &str) {
        assert_eq!(search_key(input), expect, "{input}");
    }

    #[test]
    fn keys() {
        check("Damaged or defective items", "damaged or defective items");
        check("duplicate_charge", "duplicate charge");
        check("  duplicate--charge?", "duplicate charge");
        check("Customer\u{2019}s choice", "customers choice");
        check("\u{ff21}BC", "abc");
        check("?!", "");
    }

    proptest! {
        #[test]
        fn twice_is_once(text in "\\PC{0,40}") {
            let once = search_key(&text);
            prop_assert_eq!(search_key(&once), once);
        }
    }
}
