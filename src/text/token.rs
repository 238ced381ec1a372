//! Second stage: words with what stands between them.
//!
//! Contractions are opened ("don't" is `do`, `not`), numbers are split from letters, and every other sign becomes a
//! flag on the gap before the next word. Words point into the clean text.

use std::borrow::Cow;

use super::clean::{BULLET, Clean, DASH};
use super::lexicon::{self, Class};
use super::lookalike::{is_mixed_script, skeleton};
use super::one_of::{OneOf, mark};

/// What kind of word a word is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Word,
    /// Digits, with inner grouping commas and points.
    Number,
    /// A currency sign or `%`; counts as no word of its own.
    Sign,
}

/// What stands between two words, as flags.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Gap(u32);

impl Gap {
    pub(super) const SPACE: Gap = Gap(1);
    pub(super) const COMMA: Gap = Gap(1 << 1);
    pub(super) const COLON: Gap = Gap(1 << 2);
    pub(super) const SEMICOLON: Gap = Gap(1 << 3);
    pub(super) const DASH: Gap = Gap(1 << 4);
    pub(super) const HYPHEN: Gap = Gap(1 << 5);
    pub(super) const SLASH: Gap = Gap(1 << 6);
    pub(super) const PAREN: Gap = Gap(1 << 7);
    pub(super) const QUOTE: Gap = Gap(1 << 8);
    pub(super) const HASH: Gap = Gap(1 << 9);
    pub(super) const DOT: Gap = Gap(1 << 10);
    /// A full stop that may end a sentence; `!` likewise.
    pub(super) const STOP: Gap = Gap(1 << 11);
    pub(super) const QUESTION: Gap = Gap(1 << 12);
    pub(super) const NEWLINE: Gap = Gap(1 << 13);
    pub(super) const PARAGRAPH: Gap = Gap(1 << 14);
    pub(super) const BULLET: Gap = Gap(1 << 15);
    pub(super) const OTHER: Gap = Gap(1 << 16);
    /// A little picture or a face made of signs.
    pub(super) const PICTURE: Gap = Gap(1 << 17);
    pub(super) const EQUALS: Gap = Gap(1 << 18);
    /// The clean text goes on without a blank or sign: `48USD`, the `n't` of `don't`.
    pub(super) const NONE: Gap = Gap(0);

    pub(super) const fn or(self, other: Gap) -> Gap {
        Gap(self.0 | other.0)
    }

    pub(super) fn has(self, any: Gap) -> bool {
        self.0 & any.0 != 0
    }

    /// Whether nothing but the given signs stands here.
    pub(super) fn only(self, allowed: Gap) -> bool {
        self.0 & !allowed.0 == 0
    }

    fn add(&mut self, other: Gap) {
        self.0 |= other.0;
    }
}

/// One word of the reply.
#[derive(Debug, Clone, Copy)]
pub(super) struct Word {
    /// Bytes of the clean text.
    pub(super) start: u32,
    pub(super) end: u32,
    pub(super) kind: Kind,
    /// The full form of a part of a contraction.
    pub(super) full: Option<&'static str>,
    pub(super) class: Class,
    /// What stands before this word.
    pub(super) gap: Gap,
    /// The number of words before this one, signs not counted.
    pub(super) ordinal: u32,
    pub(super) is_capital: bool,
    /// All letters are capitals, two or more.
    pub(super) is_caps: bool,
    /// Holds letters that are not ASCII, so look-alikes are possible.
    pub(super) is_foreign: bool,
    /// Reads as a past form or participle.
    pub(super) is_past: bool,
    /// The [`mark`] of its full form.
    mark: u8,
}

impl Word {
    /// The bytes of its full form.
    pub(super) fn len(&self) -> usize {
        self.full.map_or((self.end - self.start) as usize, str::len)
    }

    /// Takes it for another word than it is written as.
    pub(super) fn set_full(&mut self, full: &'static str) {
        self.full = Some(full);
        self.class = lexicon::class_of(full);
        self.mark = mark(full.as_bytes());
    }
}

/// The words of a reply in order, with the lower-cased clean text.
#[derive(Debug, Default)]
pub(super) struct Words {
    pub(super) list: Vec<Word>,
    /// What follows the last word.
    pub(super) tail: Gap,
    lower: String,
}

/// The letters of a word, and what parts it from the next, where words are short.
const USUAL_LETTERS: usize = 4;

impl Words {
    /// Splits a clean reply.
    pub(super) fn of(clean: &Clean) -> Words {
        let list = Vec::with_capacity(clean.text.len() / USUAL_LETTERS + 2);
        let mut scan = Scan {
            text: &clean.text,
            words: Words { list, tail: Gap::default(), lower: clean.text.to_ascii_lowercase() },
            gap: Gap::PARAGRAPH,
        };
        scan.run();
        scan.words.tail = scan.gap;
        scan.words.mark_ambiguous();
        scan.words
    }

    /// The lower-cased word.
    pub(super) fn text(&self, i: usize) -> Cow<'_, str> {
        let Some(word) = self.list.get(i) else { return Cow::Borrowed("") };
        match word.full {
            Some(full) => Cow::Borrowed(full),
            None => fold(&self.lower[word.start as usize..word.end as usize], word.is_foreign),
        }
    }

    /// Whether word `i` is this lower-case ASCII word.
    #[inline]
    pub(super) fn is(&self, i: usize, text: &str) -> bool {
        self.list.get(i).is_some_and(|word| word.mark == mark(text.as_bytes()) && self.bytes(word) == text.as_bytes())
    }

    /// Whether word `i` is one of these.
    #[inline]
    pub(super) fn is_any(&self, i: usize, texts: &OneOf) -> bool {
        self.list.get(i).is_some_and(|word| texts.may_hold(word.mark) && texts.contains(self.bytes(word)))
    }

    /// Whether word `i` reads as a past form or participle.
    pub(super) fn is_past(&self, i: usize) -> bool {
        self.list.get(i).is_some_and(|word| word.is_past)
    }

    fn bytes(&self, word: &Word) -> &[u8] {
        match word.full {
            Some(full) => full.as_bytes(),
            None => &self.lower.as_bytes()[word.start as usize..word.end as usize],
        }
    }

    /// The classes of word `i`.
    pub(super) fn class(&self, i: usize) -> Class {
        self.list.get(i).map_or(Class::NONE, |word| word.class)
    }

    /// What stands before word `i`, or after the last one.
    pub(super) fn gap(&self, i: usize) -> Gap {
        self.list.get(i).map_or(self.tail, |word| word.gap)
    }
}

fn fold(text: &str, is_foreign: bool) -> Cow<'_, str> {
    if is_foreign { Cow::Owned(text.to_lowercase()) } else { Cow::Borrowed(text) }
}

struct Scan<'a> {
    text: &'a str,
    words: Words,
    gap: Gap,
}

impl Scan<'_> {
    fn run(&mut self) {
        let mut i = 0;
        while let Some(c) = self.text[i..].chars().next() {
            let start = i;
            if c == ' ' {
                self.gap.add(Gap::SPACE);
                i += 1;
                continue;
            }
            if c.is_ascii_digit() {
                i = self.number_end(i);
                self.push(start, i, Kind::Number, None);
            } else if c.is_alphanumeric() {
                i = self.word_end(i);
                self.push_word(start, i);
            } else {
                i += c.len_utf8();
                self.sign(c, start, i);
            }
        }
    }

    /// Digits with inner `,` and `.` that stand between digits.
    fn number_end(&self, start: usize) -> usize {
        let bytes = self.text.as_bytes();
        let digit = |i: usize| bytes.get(i).is_some_and(u8::is_ascii_digit);
        let mut end = start;
        while digit(end) || (matches!(bytes.get(end), Some(b'.' | b',')) && digit(end + 1)) {
            end += 1;
        }
        end
    }

    /// Letters, marks and inner apostrophes; digits end a word.
    fn word_end(&self, start: usize) -> usize {
        let bytes = self.text.as_bytes();
        let char_at = |i: usize| self.text[i..].chars().next();
        let mut end = start;
        while let Some(byte) = bytes.get(end) {
            end += match byte {
                b'a'..=b'z' | b'A'..=b'Z' => 1,
                b'\'' if char_at(end + 1).is_some_and(char::is_alphabetic) => 1,
                0..0x80 => break,
                _ => match char_at(end) {
                    Some(c) if c.is_alphanumeric() || unicode_normalization::char::is_combining_mark(c) => c.len_utf8(),
                    _ => break,
                },
            };
        }
        end
    }

    fn push_word(&mut self, start: usize, end: usize) {
        let plain = &self.words.lower[start..end];
        let Some(cut) = plain.bytes().rposition(|byte| byte == b'\'') else {
            match clipped(plain) {
                Some((_, split, first, second)) => {
                    self.push(start, start + split, Kind::Word, Some(first));
                    self.push(start + split, end, Kind::Word, Some(second));
                }
                None => self.push(start, end, Kind::Word, None),
            }
            return;
        };
        let lower = plain.to_owned();
        let (head, tail) = (&lower[..cut], &lower[cut + 1..]);
        let apostrophe = start + cut;
        match tail {
            "t" if head.ends_with('n') => {
                let whole = IRREGULAR_NOT.iter().find(|(short, _)| *short == head).map(|(_, full)| *full);
                let cut = apostrophe - usize::from(head != "can");
                self.push(start, cut, Kind::Word, whole);
                self.push(cut, end, Kind::Word, Some("not"));
            }
            "ve" => self.push_pair(start, apostrophe, end, "have"),
            "ll" => self.push_pair(start, apostrophe, end, "will"),
            "re" => self.push_pair(start, apostrophe, end, "are"),
            "m" => self.push_pair(start, apostrophe, end, "am"),
            "d" => self.push_pair(start, apostrophe, end, "would"),
            // After these a "'s" is a verb; elsewhere it marks an owner and is no word.
            "s" if BEFORE_IS.contains(&head) => self.push_pair(start, apostrophe, end, "is"),
            "s" => self.push(start, apostrophe, Kind::Word, None),
            _ => self.push(start, end, Kind::Word, None),
        }
    }

    fn push_pair(&mut self, start: usize, cut: usize, end: usize, second: &'static str) {
        self.push(start, cut, Kind::Word, None);
        self.push(cut, end, Kind::Word, Some(second));
    }

    fn push(&mut self, start: usize, end: usize, kind: Kind, full: Option<&'static str>) {
        if start >= end {
            return;
        }
        let lower = &self.words.lower[start..end];
        let is_foreign = !lower.is_ascii();
        // A negator or a condition in disguise denies as it looks, while no keyword is met by one.
        let disguised = if kind == Kind::Word && is_foreign && full.is_none() { disguised(lower) } else { None };
        let full = full.or(disguised);
        let (class, is_past) = match kind {
            Kind::Word => {
                let text = full.unwrap_or(lower);
                let class = lexicon::class_of(text);
                (class, class.has(Class::PAST) || lexicon::ends_as_past(text))
            }
            Kind::Number | Kind::Sign => (Class::NONE, false),
        };
        // A window counts words as people do: "RA-60418" is one, "don't" is two.
        let is_part = matches!(self.gap, Gap::HYPHEN | Gap::SLASH) || self.gap == Gap::NONE && full.is_none();
        let ordinal = self.words.list.last().map_or(0, |w| w.ordinal + u32::from(w.kind != Kind::Sign && !is_part));
        let is_capital = self.text.as_bytes()[start].is_ascii_uppercase();
        let is_caps = end - start > 1 && self.text[start..end].bytes().all(|b| b.is_ascii_uppercase());
        let gap = std::mem::take(&mut self.gap);
        let (start, end) = (start as u32, end as u32);
        self.words.list.push(Word {
            start,
            end,
            kind,
            full,
            class,
            gap,
            ordinal,
            is_capital,
            is_caps,
            is_foreign,
            is_past,
            mark: mark(full.unwrap_or(lower).as_bytes()),
        });
    }

    fn sign(&mut self, c: char, start: usize, end: usize) {
        let rest = self.text[end..].chars().next();
        let flag = match c {
            '\n' if self.gap.has(Gap::NEWLINE) => Gap::PARAGRAPH.or(Gap::SPACE),
            '\n' => Gap::NEWLINE.or(Gap::SPACE),
            ' ' => Gap::SPACE,
            ',' => Gap::COMMA,
            ':' => Gap::COLON,
            ';' => Gap::SEMICOLON,
            DASH => Gap::DASH,
            '-' if rest == Some('-') || (self.gap.has(Gap::SPACE) && rest == Some(' ')) => Gap::DASH,
            '-' => Gap::HYPHEN,
            '/' => Gap::SLASH,
            '(' | ')' => Gap::PAREN,
            '"' => Gap::QUOTE,
            '#' => Gap::HASH,
            '?' => Gap::QUESTION,
            '!' => Gap::STOP,
            '.' => self.dot(rest),
            BULLET => Gap::BULLET,
            '|' => Gap::SEMICOLON,
            '&' if self.gap.has(Gap::SPACE) && rest == Some(' ') => {
                return self.push(start, end, Kind::Word, Some("and"));
            }
            '%' => return self.push(start, end, Kind::Sign, None),
            c if is_currency_sign(c) => return self.push(start, end, Kind::Sign, None),
            '=' => Gap::EQUALS.or(Gap::OTHER),
            c if DENYING.contains(&c) => return self.push(start, end, Kind::Word, Some("not")),
            c if is_picture(c) => Gap::PICTURE,
            _ => Gap::OTHER,
        };
        // ":)", ";-(": a face.
        let is_face =
            matches!(c, '(' | ')') && self.text[..start].ends_with([':', ';', '-']) && self.gap.has(Gap::SPACE);
        self.gap.add(if is_face { flag.or(Gap::PICTURE) } else { flag });
    }

    /// Whether a point ends a sentence or belongs to an abbreviation or an address.
    fn dot(&self, rest: Option<char>) -> Gap {
        let ends = rest.is_none_or(|c| c.is_whitespace() || matches!(c, '"' | '\'' | ')' | '.' | '!' | '?'));
        let Some(last) = self.words.list.last() else { return Gap::DOT };
        let before = &self.words.lower[last.start as usize..last.end as usize];
        if !ends {
            // "days.We" misses its blank; "example.com" does not.
            let glued = rest.is_some_and(char::is_uppercase) && before.len() > 2 && last.kind == Kind::Word;
            return if glued { Gap::STOP } else { Gap::DOT };
        }
        // "seat 14C.": the letter of a number is no initial.
        let is_numbered =
            last.gap == Gap::NONE && self.words.list.iter().rev().nth(1).is_some_and(|word| word.kind == Kind::Number);
        let is_short = before.len() == 1 && last.kind == Kind::Word && before != "i" && !is_numbered;
        if self.gap == Gap::NONE && (is_short || ABBREVIATIONS.contains(&before)) { Gap::DOT } else { Gap::STOP }
    }
}

/// The word of denial, condition or possibility that a word of mixed letters looks like.
fn disguised(lower: &str) -> Option<&'static str> {
    if !is_mixed_script(lower) {
        return None;
    }
    let skeleton = skeleton(lower);
    let clipped = CLIPPED.iter().find(|(spelling, .., second)| *spelling == skeleton && *second == "not");
    clipped.map(|_| "not").or_else(|| lexicon::undoing(&skeleton))
}

/// Pictures that say no: crosses, an empty box, a thumb that points down.
const DENYING: &[char] =
    &['\u{274c}', '\u{274e}', '\u{2717}', '\u{2718}', '\u{1f6ab}', '\u{26d4}', '\u{1f44e}', '\u{2610}'];

/// Whether a character is a pictogram (the blocks of Unicode that hold `Emoji_Presentation`).
fn is_picture(c: char) -> bool {
    matches!(c, '\u{2600}'..='\u{27bf}' | '\u{2b00}'..='\u{2bff}' | '\u{1f300}'..='\u{1faff}')
}

/// Whether a word without an apostrophe is one of those that open into two, in letters of either case.
pub(super) fn is_clipped(word: &str) -> bool {
    clipped(word).is_some()
}

/// How a word without an apostrophe opens into two, if it does.
fn clipped(word: &str) -> Option<&'static Clipped> {
    // Every spelling ends so.
    let [.., last_but_one, last] = word.as_bytes() else { return None };
    let may_open = matches!(
        [last_but_one.to_ascii_lowercase(), last.to_ascii_lowercase()],
        [b'n' | b'o', b't'] | [b'v', b'e'] | [b'l', b'l'] | [b'n', b'a']
    );
    if may_open { CLIPPED.iter().find(|(spelling, ..)| spelling.eq_ignore_ascii_case(word)) } else { None }
}

/// A spelling, where to cut it, and the two words.
type Clipped = (&'static str, usize, &'static str, &'static str);

/// Whether a character is a currency sign (Unicode category Sc, as far as replies use it).
fn is_currency_sign(c: char) -> bool {
    matches!(c, '$' | '\u{a2}'..='\u{a5}' | '\u{0e3f}' | '\u{20a0}'..='\u{20c0}')
}

/// Words that end in a point without ending a sentence.
const ABBREVIATIONS: &[&str] = &[
    "mr", "mrs", "ms", "dr", "prof", "st", "no", "nos", "approx", "vs", "etc", "e.g", "i.e", "inc", "ltd", "co", "jan",
    "feb", "mar", "apr", "jun", "jul", "aug", "sep", "sept", "oct", "nov", "dec", "mon", "tue", "wed", "thu", "fri",
    "ref", "ext", "tel", "acct", "bus", "rs",
];

/// Words after which "'s" is "is" (or "has"); after others it marks an owner.
const BEFORE_IS: &[&str] = &["it", "that", "there", "here", "what", "who", "where", "how", "he", "she", "let", "this"];

/// Contractions with "not" whose first part is cut.
const IRREGULAR_NOT: &[(&str, &str)] = &[("can", "can"), ("won", "will"), ("shan", "shall"), ("ain", "is")];

/// Words written as one that open into two. The spellings without apostrophe are how informal replies type them; those
/// that are words of their own ("well", "were", "its") are left out.
const CLIPPED: &[Clipped] = &[
    ("cannot", 3, "can", "not"),
    ("cant", 2, "can", "not"),
    ("wont", 2, "will", "not"),
    ("dont", 2, "do", "not"),
    ("doesnt", 4, "does", "not"),
    ("didnt", 3, "did", "not"),
    ("isnt", 2, "is", "not"),
    ("arent", 3, "are", "not"),
    ("wasnt", 3, "was", "not"),
    ("werent", 4, "were", "not"),
    ("aint", 2, "is", "not"),
    ("havent", 4, "have", "not"),
    ("hasnt", 3, "has", "not"),
    ("hadnt", 3, "had", "not"),
    ("couldnt", 5, "could", "not"),
    ("wouldnt", 5, "would", "not"),
    ("shouldnt", 6, "should", "not"),
    ("weve", 2, "we", "have"),
    ("ive", 1, "i", "have"),
    ("youve", 3, "you", "have"),
    ("youll", 3, "you", "will"),
    ("gonna", 3, "going", "to"),
];

#[cfg(test)]
mod tests {
    use super::*;

    fn check(raw: &str, expect: &str) {
        let words = Words::of(&Clean::of(raw));
        let list: Vec<String> = (0..words.list.len()).map(|i| words.text(i).into_owned()).collect();
        assert_eq!(list.join(" "), expect, "{raw:?}");
    }

    #[test]
    fn words_and_contractions() {
        check("Don\u{2019}t worry, we've refunded it.", "do not worry we have refunded it");
        check("can't cannot won't cant", "can not can not will not can not");
        check("Dana's order, that's fine", "dana order that is fine");
        check("$48.00, 3-5 days", "$ 48.00 3 5 days");
        check("48USD 2nd 15%", "48 USD 2 nd 15 %".to_lowercase().as_str());
        check("1,234.50.", "1,234.50");
    }

    #[test]
    fn gaps_tell_sentences_from_points() {
        let gap = |raw: &str, i: usize| Words::of(&Clean::of(raw)).gap(i);
        assert!(gap("Done. We", 1).has(Gap::STOP));
        assert!(gap("days.We", 1).has(Gap::STOP));
        assert!(gap("Mr. Lee", 1).has(Gap::DOT));
        assert!(gap("a b-c", 2).has(Gap::HYPHEN));
        assert!(gap("a - c", 1).has(Gap::DASH));
        assert!(gap("a\n\nb", 1).has(Gap::PARAGRAPH));
    }
}
