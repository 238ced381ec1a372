//! `not-nfc`: text that looks like other text and is not.

use std::ops::Range;

use unicode_normalization::{UnicodeNormalization, is_nfc};

use crate::diag::{Code, Diagnostic, Edit as Replacement, Fix, Sink};
use crate::lint::texts::each_text;
use crate::lint::{Edit, Example, Rule, Stage};
use crate::pack::AuthoredFile;

pub(super) const RULE: Rule = Rule {
    code: Code::NotNfc,
    why: "The same letter can be written as one character or as a letter and a mark. Two ids that look alike then \
          differ, and a search in an editor finds one of them.",
    mend: "Write the text in Unicode normal form C (Unicode Standard Annex 15); `--fix` does.",
    example: Example {
        bad: &[Edit::Replace("mug.toml", "A mug came with a crack", "A cafe\u{301} mug came with a crack")],
        good: &[Edit::Replace("mug.toml", "A mug came with a crack", "A café mug came with a crack")],
    },
    stages: &[Stage::File(check)],
};

fn check(file: &AuthoredFile<'_>, sink: &mut Sink) {
    if file.text.is_ascii() {
        return;
    }
    each_text(file, |text| {
        let written = file.text.get(text.place.clone()).unwrap_or_default();
        if !written.is_ascii() && !is_nfc(written) {
            let start = text.place.start;
            let part = first_word(written);
            let place = file.span(start + part.start..start + part.end);
            let edit = Replacement { span: file.span(text.place.clone()), text: written.nfc().collect() };
            let mut diagnostic = Diagnostic::new(Code::NotNfc, place, "the text is not in Unicode normal form C")
                .with_help("write accented letters as one character".to_owned());
            diagnostic.fix = Some(Fix { safe: true, edits: vec![edit] });
            sink.push(diagnostic);
        }
    });
}

/// The first word that is not normal; all of the text where it is one only as a whole.
fn first_word(written: &str) -> Range<usize> {
    let at = |word: &str| word.as_ptr() as usize - written.as_ptr() as usize;
    let word = written.split(|c: char| c.is_ascii() && !c.is_ascii_alphanumeric()).find(|word| !is_nfc(word));
    word.map_or(0..written.len(), |word| at(word)..at(word) + word.len())
}

#[cfg(test)]
mod tests {
    use super::first_word;

    #[test]
    fn the_word_at_fault() {
        let check = |text: &str, expect: &str| assert_eq!(&text[first_word(text)], expect);
        check("a nice cafe\u{301}, too", "cafe\u{301}");
        check("\"Mu\u{308}ller\"", "Mu\u{308}ller");
        check("x e,\u{301}", "x e,\u{301}");
    }
}
