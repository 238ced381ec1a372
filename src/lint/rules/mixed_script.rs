//! `mixed-script`: words that borrow letters from another alphabet.

use std::ops::Range;

use unicode_normalization::char::is_combining_mark;
use unicode_script::{Script, UnicodeScript};

use crate::diag::{Code, Diagnostic, Sink};
use crate::lint::locate::locate;
use crate::lint::texts::each_text;
use crate::lint::{Edit, Example, Rule, Stage};
use crate::pack::AuthoredFile;

pub(super) const RULE: Rule = Rule {
    code: Code::MixedScript,
    why: "A Cyrillic `е` in a Latin word looks right and matches nothing; full-width digits are digits to a reader \
          only. Scripts that belong together, such as those of Japanese and Korean, may mix (Unicode Technical \
          Standard 39, section 5), and so may units such as `kΩ` and `μm`.",
    mend: "Type the word again in one alphabet, and digits as 0 to 9.",
    example: Example {
        bad: &[Edit::Replace("mug.toml", "A mug came with a crack", "A mug came with a cr\u{430}ck")],
        good: &[Edit::Replace(
            "mug.toml",
            "A mug came with a crack",
            "A \u{43a}\u{440}\u{443}\u{436}\u{43a}\u{430} came with a crack",
        )],
    },
    stages: &[Stage::File(check)],
};

/// The most findings of one text.
const MAX_WORDS: usize = 10;

fn check(file: &AuthoredFile<'_>, sink: &mut Sink) {
    if file.text.is_ascii() && !file.has_escapes {
        return;
    }
    each_text(file, |text| {
        if text.value.is_ascii() {
            return;
        }
        for (part, fault) in faults(text.value).take(MAX_WORDS) {
            let word = &text.value[part.clone()];
            let (message, help) = match fault {
                Fault::Scripts(one, other) => (
                    format!("`{word}` mixes {} and {} letters", one.full_name(), other.full_name()),
                    "type the word again in one alphabet",
                ),
                Fault::WideDigits => (format!("`{word}` holds full-width digits"), "write digits as 0 to 9"),
            };
            let diagnostic =
                Diagnostic::new(Code::MixedScript, locate(file, text, part), message).with_help(help.to_owned());
            sink.push(diagnostic);
        }
    });
}

#[derive(Debug, PartialEq)]
enum Fault {
    Scripts(Script, Script),
    WideDigits,
}

/// The words at fault.
fn faults(value: &str) -> impl Iterator<Item = (Range<usize>, Fault)> + '_ {
    let in_word = |c: char| c.is_alphanumeric() || is_combining_mark(c);
    value.split(move |c| !in_word(c)).filter(|word| !word.is_ascii()).filter_map(move |word| {
        let start = word.as_ptr() as usize - value.as_ptr() as usize;
        Some((start..start + word.len(), fault_of(word)?))
    })
}

fn fault_of(word: &str) -> Option<Fault> {
    if word.contains(|c| matches!(c, '\u{ff10}'..='\u{ff19}')) {
        return Some(Fault::WideDigits);
    }
    let mut first = None;
    for c in word.chars() {
        let script = c.script();
        if matches!(script, Script::Common | Script::Inherited | Script::Unknown) {
            continue;
        }
        match first {
            None => first = Some(script),
            Some(known) if known == script || is_east_asian(known) && is_east_asian(script) => {}
            Some(_) if is_unit(word) => return None,
            Some(known) => return Some(Fault::Scripts(known, script)),
        }
    }
    None
}

/// Scripts that stand side by side in Chinese, Japanese and Korean words, Latin among them.
fn is_east_asian(script: Script) -> bool {
    matches!(
        script,
        Script::Latin | Script::Han | Script::Hiragana | Script::Katakana | Script::Hangul | Script::Bopomofo
    )
}

/// A unit of measure with a Greek letter, perhaps after its number.
fn is_unit(word: &str) -> bool {
    let letters = word.trim_start_matches(|c: char| c.is_ascii_digit());
    letters.chars().count() <= 3
        && letters.chars().all(|c| c.is_ascii_alphabetic() || matches!(c, 'μ' | 'Ω' | 'Δ' | 'π'))
}

#[cfg(test)]
mod tests {
    use super::faults;

    fn check(value: &str, expect: &[&str]) {
        let found: Vec<&str> = faults(value).map(|(part, _)| &value[part]).collect();
        assert_eq!(found, expect, "{value}");
    }

    #[test]
    fn borrowed_letters() {
        check("a r\u{435}fund now", &["r\u{435}fund"]);
        check("p\u{3b1}yment, \u{41e}rder", &["p\u{3b1}yment", "\u{41e}rder"]);
        check("order \u{ff14}\u{ff12}", &["\u{ff14}\u{ff12}"]);
        check("\u{440}efund", &["\u{440}efund"]);
    }

    #[test]
    fn words_of_their_own() {
        check("caf\u{e9} na\u{ef}ve Stra\u{df}e cafe\u{301}", &[]);
        check("\u{43a}\u{440}\u{443}\u{436}\u{43a}\u{430}, mug; \u{3b1}-test", &[]);
        check("10kΩ and 5μm, 5\u{b5}m", &[]);
        check("東京タワーのTシャツ 한국어 ok", &[]);
        check("1\u{2070} \u{2122} \u{1f600}a", &[]);
    }
}
