//! `not-nfc`: text that looks like other text and is not.

use unicode_normalization::{UnicodeNormalization, is_nfc};

use crate::diag::{Code, Diagnostic, Sink};
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
        if !is_nfc(written) {
            let mended: String = written.nfc().collect();
            let place = file.span(text.place.clone());
            let diagnostic = Diagnostic::new(Code::NotNfc, place, "the text is not in Unicode normal form C")
                .with_help("write accented letters as one character".to_owned())
                .with_fix(Some(mended));
            sink.push(diagnostic);
        }
    });
}
