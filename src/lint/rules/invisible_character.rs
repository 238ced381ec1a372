//! `invisible-character`: text that nobody sees, or that shows in another order than it is read.

use std::ops::Range;

use unicode_script::{Script, UnicodeScript};

use crate::diag::{Code, Diagnostic, Sink};
use crate::lint::locate::locate;
use crate::lint::texts::each_text;
use crate::lint::{Edit, Example, Rule, Stage};
use crate::pack::AuthoredFile;
use crate::pack::comments;

pub(super) const RULE: Rule = Rule {
    code: Code::InvisibleCharacter,
    why: "Zero-width, direction, tag and control characters make two texts that look alike differ, hide words from a \
          reviewer or show them in another order. Joiners within emoji and within scripts that need them are fine.",
    mend: "Delete the character. Mind escapes such as `\\u200b`, which stand for one, too.",
    example: Example {
        bad: &[Edit::Replace("mug.toml", "A mug came with a crack", "A mug came\\u200b with a crack")],
        good: &[Edit::Replace("mug.toml", "A mug came with a crack", "A mug came with a crack ❤\u{fe0f}")],
    },
    stages: &[Stage::File(check)],
};

/// The most findings of one text: a longer row of them is one fault of whatever wrote it.
const MAX_RUNS: usize = 10;

fn check(file: &AuthoredFile<'_>, sink: &mut Sink) {
    let plain = file.text.is_ascii();
    if plain && !file.has_escapes {
        return;
    }
    each_text(file, |text| {
        for run in runs(text.value) {
            let message = format!("the text holds {}", name(&text.value[run.clone()]));
            let diagnostic = Diagnostic::new(Code::InvisibleCharacter, locate(file, text, run), message)
                .with_help("delete it".to_owned());
            sink.push(diagnostic);
        }
    });
    if plain {
        return;
    }
    for comment in comments(file.text) {
        let text = file.text.get(comment.clone()).unwrap_or_default();
        for run in runs(text.trim_end()) {
            let message = format!("the comment holds {}", name(&text[run.clone()]));
            let place = file.span(comment.start + run.start..comment.start + run.end);
            sink.push(Diagnostic::new(Code::InvisibleCharacter, place, message).with_help("delete it".to_owned()));
        }
    }
}

/// Where invisible characters stand beside one another.
fn runs(value: &str) -> Vec<Range<usize>> {
    let mut found: Vec<Range<usize>> = Vec::new();
    if value.bytes().all(|byte| matches!(byte, b' '..=b'~' | b'\n' | b'\t')) || !value.chars().any(is_invisible) {
        return found;
    }
    let (mut before, mut flag) = (' ', false);
    let mut chars = value.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        let after = chars.peek().map_or(' ', |(_, next)| *next);
        // England, Scotland and Wales: a black flag, tags, and the tag that ends them.
        flag = c == '\u{1f3f4}' || (flag && is_tag(c) && before != '\u{e007f}');
        if is_invisible(c) && !is_needed(before, c, after) && !(flag && is_tag(c)) {
            let full = found.len() == MAX_RUNS;
            match found.last_mut() {
                Some(last) if last.end == at => last.end += c.len_utf8(),
                _ if full => break,
                _ => found.push(at..at + c.len_utf8()),
            }
        }
        before = c;
    }
    found
}

fn is_tag(c: char) -> bool {
    matches!(c, '\u{e0020}'..='\u{e007f}')
}

/// Controls but line ends and tabs, and what Unicode calls default-ignorable, separators of lines among them.
fn is_invisible(c: char) -> bool {
    match c {
        '\n' | '\t' | ' '..='~' => false,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' => true,
        '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' => true,
        '\u{2800}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' => true,
        '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}' => true,
        c => c.is_control(),
    }
}

/// Whether the character has work to do between its neighbours.
fn is_needed(before: char, c: char, after: char) -> bool {
    match c {
        '\r' => after == '\n',
        // A variant: of a picture, a key cap, an ideograph or a letter that has some.
        '\u{fe00}'..='\u{fe0f}' | '\u{e0100}'..='\u{e01ef}' => {
            is_picture(before) || !before.is_ascii() && before.is_alphabetic()
        }
        '\u{180b}'..='\u{180f}' => before.script() == Script::Mongolian,
        '\u{200d}' => {
            is_picture(before) && is_picture(after) || joins(before) && (joins(after) || !after.is_alphanumeric())
        }
        '\u{200c}' => joins(before) && joins(after),
        _ => false,
    }
}

/// Symbols, emoji, their skin tones and variants, and what key caps are made of.
fn is_picture(c: char) -> bool {
    matches!(c,
        '#' | '*' | '0'..='9' | '\u{a9}' | '\u{ae}' | '\u{203c}' | '\u{2049}' | '\u{2122}' | '\u{2139}'
        | '\u{2190}'..='\u{21ff}' | '\u{2300}'..='\u{27bf}' | '\u{2900}'..='\u{2bff}' | '\u{3030}' | '\u{303d}'
        | '\u{3297}' | '\u{3299}' | '\u{fe0f}' | '\u{1f000}'..='\u{1faff}')
}

/// Letters and marks of scripts that write with joiners: Arabic and those of South Asia.
fn joins(c: char) -> bool {
    let script = c.script();
    matches!(
        script,
        Script::Arabic
            | Script::Syriac
            | Script::Nko
            | Script::Mongolian
            | Script::Devanagari
            | Script::Bengali
            | Script::Gurmukhi
            | Script::Gujarati
            | Script::Oriya
            | Script::Tamil
            | Script::Telugu
            | Script::Kannada
            | Script::Malayalam
            | Script::Sinhala
            | Script::Khmer
            | Script::Myanmar
            | Script::Inherited
    )
}

/// What the characters are called.
fn name(run: &str) -> String {
    let Some(c) = run.chars().next() else { return String::new() };
    let kind = match c {
        '\u{200b}'..='\u{200d}' | '\u{2060}' | '\u{feff}' => "zero-width character",
        '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => "direction control",
        '\u{e0000}'..='\u{e007f}' => "tag character",
        '\u{ad}' => "soft hyphen",
        c if c.is_control() => "control character",
        _ => "invisible character",
    };
    match run.chars().count() {
        1 => format!("the {kind} `U+{:04X}`", u32::from(c)),
        count => format!("{count} invisible characters, the first of them the {kind} `U+{:04X}`", u32::from(c)),
    }
}

#[cfg(test)]
mod tests {
    use super::runs;

    fn check(value: &str, expect: &[(usize, usize)]) {
        let found: Vec<(usize, usize)> = runs(value).into_iter().map(|run| (run.start, run.end)).collect();
        assert_eq!(found, expect, "{value:?}");
    }

    #[test]
    fn what_nobody_sees() {
        check("a\u{200b}b", &[(1, 4)]);
        check("a\u{200b}\u{200d}b\u{202e}c", &[(1, 7), (8, 11)]);
        check("a\u{1b}[31mb", &[(1, 2)]);
        check("a\rb\u{85}", &[(1, 2), (3, 5)]);
        check("re\u{ad}fund \u{e0041}", &[(2, 4), (9, 13)]);
        check("\u{feff}a", &[(0, 3)]);
        check("a\u{fe0f}b\u{200c}c", &[(1, 4), (5, 8)]);
        check("\u{1f3f4}\u{e0067}\u{e007f}\u{e0041}", &[(12, 16)]);
    }

    #[test]
    fn what_has_work_to_do() {
        check("line\r\nline\tx", &[]);
        check("\u{2764}\u{fe0f} 1\u{fe0f}\u{20e3} \u{1f469}\u{1f3fd}\u{200d}\u{1f4bb}", &[]);
        check("\u{1f3f4}\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}", &[]);
        check("\u{645}\u{6cc}\u{200c}\u{62e}\u{648}\u{627}\u{647}\u{645}", &[]);
        check("\u{915}\u{94d}\u{200d}\u{937} caf\u{e9} \u{a0}\u{2014}", &[]);
    }
}
