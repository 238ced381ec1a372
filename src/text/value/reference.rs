//! References: ids such as `ORD-1001`, compared by their letters and digits only.

use std::fmt;

use super::ValueError;

/// An id that a reply may write with other punctuation, blanks and case.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Reference {
    text: String,
    /// Letters and digits, lower-case.
    key: String,
}

impl Reference {
    /// Reads an id as written.
    ///
    /// # Errors
    /// When it holds no letter and no digit.
    pub fn parse(text: &str) -> Result<Reference, ValueError> {
        let clean: String = unicode_normalization::UnicodeNormalization::nfkc(text).collect();
        let key: String = clean.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect();
        if key.is_empty() {
            return Err(ValueError::shape(text, "a reference", "ORD-1001"));
        }
        Ok(Reference { text: text.trim().to_owned(), key })
    }

    /// Letters and digits, lower-case: equal keys are one id.
    pub fn key(&self) -> &str {
        &self.key
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}`", self.text)
    }
}
