//! Patterns: what a keyword looks for, checked when built.

use super::clean::Clean;
use super::inflect::forms_of;
use super::lexicon::{Class, class_of};
use super::token::{Gap, Kind, Words, is_clipped};
use super::value::{Date, DurationGoal, Money, Percent, Quantity, Reference};

/// The most a compiled author-written regex may take, in bytes; enough for a page of alternatives.
const REGEX_SIZE_LIMIT: usize = 256 * 1024;

/// One phrase: a sequence of words, each matched with its inflections unless the phrase is exact (`"=refund"`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Phrase {
    pub(super) text: String,
    pub(super) exact: bool,
    pub(super) words: Vec<String>,
    /// What stands before each word; of a phrase of plain words nothing, for only blanks do.
    pub(super) gaps: Vec<Gap>,
}

impl Phrase {
    /// Reads a phrase as authors write it.
    ///
    /// # Errors
    /// When it holds no word.
    pub fn parse(text: &str) -> Result<Phrase, PhraseFault> {
        let (exact, body) = match text.trim().strip_prefix('=') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let (words, gaps) = if is_plain(body) { (split_plain(body), Vec::new()) } else { split(body) };
        if words.is_empty() {
            return Err(PhraseFault::NoWord);
        }
        Ok(Phrase { text: text.to_owned(), exact, words, gaps })
    }

    /// Whether the phrase denies by itself ("no need to return").
    pub fn has_negator(&self) -> bool {
        self.words.iter().any(|word| class_of(word).has(Class::NOT.or(Class::INCAPABLE)))
    }

    /// Its words, lower-case, contractions opened.
    pub fn words(&self) -> &[String] {
        &self.words
    }

    /// The phrase with each form of its first word that counts as the same word, its own form first.
    pub fn inflected(&self) -> Vec<String> {
        let Some((first, rest)) = self.words.split_first() else { return Vec::new() };
        let forms = if self.exact { vec![first.clone()] } else { forms_of(first) };
        forms
            .into_iter()
            .map(|form| std::iter::once(form).chain(rest.iter().cloned()).collect::<Vec<_>>().join(" "))
            .collect()
    }

    /// Whether only this very form matches.
    pub fn is_exact(&self) -> bool {
        self.exact
    }

    /// The phrase as authored.
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

/// Words as a reply's are split, with what stands before each.
fn split(body: &str) -> (Vec<String>, Vec<Gap>) {
    let words = Words::of(&Clean::of(body));
    let is_word = |i: &usize| words.list[*i].kind != Kind::Sign;
    (0..words.list.len()).filter(is_word).map(|i| (words.text(i).into_owned(), words.gap(i))).unzip()
}

/// The same for what [`is_plain`], cheaper: a pack holds thousands of phrases, and nearly all are plain.
fn split_plain(body: &str) -> Vec<String> {
    body.split_ascii_whitespace().map(str::to_ascii_lowercase).collect()
}

/// Whether a phrase is nothing but words of letters, parted by blanks, of which none opens into two.
fn is_plain(body: &str) -> bool {
    let is_word = |word: &str| word.len() > 1 && word.bytes().all(|b| b.is_ascii_alphabetic()) && !is_clipped(word);
    body.split(' ').all(is_word)
}

/// What is wrong with one phrase.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PhraseFault {
    #[error("holds no word")]
    NoWord,
}

/// What a matcher looks for.
#[derive(Debug, Clone)]
pub enum Pattern {
    AnyOf(Vec<Phrase>),
    Near { groups: Vec<Vec<Phrase>>, window: usize },
    Regex(regex::Regex),
    Money(Money),
    Duration(DurationGoal),
    Date(Date),
    Percent(Percent),
    Number(Quantity),
    Ref(Reference),
}

/// Why a pattern cannot be built.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PatternError {
    #[error("has no phrases")]
    Empty,
    /// `group` is the group of a `near`, 0 otherwise.
    #[error("phrase {index} {fault}")]
    Phrase { group: usize, index: usize, fault: PhraseFault },
    #[error("group {group} is empty")]
    EmptyGroup { group: usize },
    #[error("needs two groups or more")]
    OneGroup,
    #[error("is not a regex this engine runs in linear time: {0}")]
    Regex(String),
    #[error("is too large once compiled")]
    RegexTooLarge,
    #[error("matches the empty text, so it says nothing")]
    RegexVacuous,
}

impl Pattern {
    /// Any of the phrases.
    ///
    /// # Errors
    /// When there is none, or one holds no word.
    pub fn any_of<S: AsRef<str>>(phrases: &[S]) -> Result<Pattern, PatternError> {
        if phrases.is_empty() {
            return Err(PatternError::Empty);
        }
        Ok(Pattern::AnyOf(parse_group(0, phrases)?))
    }

    /// One phrase of each group within `window` words, in any order.
    ///
    /// # Errors
    /// When a group is empty or there are fewer than two, or a phrase holds no word.
    pub fn near<S: AsRef<str>>(groups: &[Vec<S>], window: usize) -> Result<Pattern, PatternError> {
        if groups.len() < 2 {
            return Err(PatternError::OneGroup);
        }
        let mut parsed = Vec::with_capacity(groups.len());
        for (group, phrases) in groups.iter().enumerate() {
            if phrases.is_empty() {
                return Err(PatternError::EmptyGroup { group });
            }
            parsed.push(parse_group(group, phrases)?);
        }
        Ok(Pattern::Near { groups: parsed, window })
    }

    /// A linear-time regular expression, case-insensitive unless it says otherwise.
    ///
    /// # Errors
    /// When it does not compile within bounds, or matches the empty text.
    pub fn regex(source: &str) -> Result<Pattern, PatternError> {
        let built = regex::RegexBuilder::new(source)
            .case_insensitive(true)
            .size_limit(REGEX_SIZE_LIMIT)
            .dfa_size_limit(REGEX_SIZE_LIMIT)
            .build();
        let regex = built.map_err(|error| match error {
            regex::Error::CompiledTooBig(_) => PatternError::RegexTooLarge,
            other => PatternError::Regex(other.to_string()),
        })?;
        if regex.is_match("") {
            return Err(PatternError::RegexVacuous);
        }
        Ok(Pattern::Regex(regex))
    }

    /// Whether this is a typed value: a fact, whoever states it.
    pub fn is_typed(&self) -> bool {
        !matches!(self, Pattern::AnyOf(_) | Pattern::Near { .. } | Pattern::Regex(_))
    }

    /// Whether one of its phrases denies by itself.
    pub fn has_negator(&self) -> bool {
        match self {
            Pattern::AnyOf(phrases) => phrases.iter().any(Phrase::has_negator),
            Pattern::Near { groups, .. } => groups.iter().flatten().any(Phrase::has_negator),
            _ => false,
        }
    }

    /// How many words its phrases have together.
    pub(super) fn words(&self) -> usize {
        let words = |phrases: &[Phrase]| phrases.iter().map(|phrase| phrase.words.len()).sum::<usize>();
        match self {
            Pattern::AnyOf(phrases) => words(phrases),
            Pattern::Near { groups, .. } => groups.iter().map(|group| words(group)).sum(),
            _ => 0,
        }
    }

    /// The pattern in words, for reasons.
    pub fn describe(&self) -> String {
        let list =
            |phrases: &[Phrase]| phrases.iter().map(|p| format!("`{}`", p.text)).collect::<Vec<_>>().join(" or ");
        match self {
            Pattern::AnyOf(phrases) => list(phrases),
            Pattern::Near { groups, window } => {
                let groups: Vec<String> = groups.iter().map(|group| format!("({})", list(group))).collect();
                format!("{} within {window} words", groups.join(" near "))
            }
            Pattern::Regex(regex) => format!("`{}`", regex.as_str()),
            Pattern::Money(money) => format!("the amount {money}"),
            Pattern::Duration(goal) => format!("the duration {goal}"),
            Pattern::Date(date) => format!("the date {date}"),
            Pattern::Percent(percent) => format!("the percentage {percent}"),
            Pattern::Number(number) => format!("the number {number}"),
            Pattern::Ref(reference) => format!("the reference {reference}"),
        }
    }
}

fn parse_group<S: AsRef<str>>(group: usize, phrases: &[S]) -> Result<Vec<Phrase>, PatternError> {
    let parse = |(index, text): (usize, &S)| {
        Phrase::parse(text.as_ref()).map_err(|fault| PatternError::Phrase { group, index, fault })
    };
    phrases.iter().enumerate().map(parse).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(body: &str, expect: &[&str]) {
        assert_eq!(Phrase::parse(body).expect("it holds a word").words(), expect, "{body}");
        assert_eq!(split(body).0, expect, "{body}");
    }

    #[test]
    fn phrases_are_split_as_replies_are() {
        check("No Extra charge", &["no", "extra", "charge"]);
        check("cannot refund", &["can", "not", "refund"]);
        check("don't need to", &["do", "not", "need", "to"]);
        check("gonna pay", &["going", "to", "pay"]);
        check(" two  blanks ", &["two", "blanks"]);
        check("half-price  24 h", &["half", "price", "24", "h"]);
    }
}
