//! Hits of typed values, references and regular expressions.

use super::clean::Clean;
use super::find::Hit;
use super::pattern::Pattern;
use super::read::{Found, Stated, leading_number};
use super::token::{Gap, Kind, Words};
use super::value::{DurationGoal, Reference};

/// The most occurrences of one regex that are looked at.
const MAX_REGEX_HITS: usize = 64;

/// The most words one id is spread over.
const MAX_REFERENCE_WORDS: usize = 24;

/// Where a typed pattern's value is stated.
pub(super) fn hits(pattern: &Pattern, values: &[Found], words: &Words) -> Vec<Hit> {
    if let Pattern::Ref(reference) = pattern {
        return reference_hits(reference, words);
    }
    let fits = |found: &&Found| match (pattern, found.value) {
        (Pattern::Money(goal), Stated::Money(money)) => {
            goal.currency == money.currency && goal.amount.abs() == money.amount.abs()
        }
        (Pattern::Duration(goal), Stated::Duration(range)) => goal.is_met_by(range),
        // "Wiped after 3 weeks" tells when, while "return it after 30 days" is no promise of at most 30.
        (Pattern::Duration(goal), Stated::DurationFrom(range)) => goal.is_met_by(range) && !goal.ends_with(range),
        (Pattern::Date(goal), Stated::Date(readings)) => readings.includes(*goal),
        (Pattern::Percent(goal), Stated::Percent(number)) => goal.0 == number,
        (Pattern::Number(goal), Stated::Number(number)) => goal.0 == number,
        // "14 days" counts fourteen of something, as the number does.
        (Pattern::Number(goal), Stated::Duration(_) | Stated::DurationFrom(_)) => {
            leading_number(words, found.start) == Some(goal.0)
        }
        _ => false,
    };
    values.iter().filter(fits).map(|found| whole(found.start, found.end)).collect()
}

/// Values of the pattern's kind, right or wrong, as ranges of words.
pub(super) fn same_kind(pattern: &Pattern, values: &[Found], words: &Words) -> Vec<(usize, usize)> {
    if let Pattern::Ref(reference) = pattern {
        return similar_references(reference, words);
    }
    let is_same = |found: &&Found| match pattern {
        Pattern::Money(_) => matches!(found.value, Stated::Money(_) | Stated::MoneyBound),
        Pattern::Duration(DurationGoal::Overlaps(_) | DurationGoal::AtMost(_)) => {
            matches!(found.value, Stated::Duration(_) | Stated::DurationFrom(_))
        }
        Pattern::Date(_) => matches!(found.value, Stated::Date(_)),
        Pattern::Percent(_) => matches!(found.value, Stated::Percent(_) | Stated::PercentRange),
        Pattern::Number(_) => matches!(found.value, Stated::Number(_)),
        _ => false,
    };
    values.iter().filter(is_same).map(|found| (found.start, found.end)).collect()
}

fn whole(start: usize, end: usize) -> Hit {
    Hit { start, end, parts: vec![(start, end)], has_negator: false }
}

/// Where an id is written: its letters and digits in order, with at most one blank or sign between parts, and nothing
/// that makes it a longer id at either end.
fn reference_hits(reference: &Reference, words: &Words) -> Vec<Hit> {
    let key = reference.key();
    let mut hits = Vec::new();
    for start in 0..words.list.len() {
        if begins_id(words, start)
            && let Some(end) = reference_end(key, words, start)
        {
            hits.push(whole(start, end));
        }
    }
    hits
}

fn reference_end(key: &str, words: &Words, start: usize) -> Option<usize> {
    let mut rest = key;
    for i in start..words.list.len().min(start + MAX_REFERENCE_WORDS) {
        let word = words.list[i];
        if word.kind == Kind::Sign || (i > start && !words.gap(i).only(INSIDE_ID)) {
            return None;
        }
        let text = words.text(i);
        for c in text.chars().filter(|c| c.is_alphanumeric()) {
            rest = rest.strip_prefix(c)?;
        }
        if rest.is_empty() {
            // A reference to "1,001" is not one to "1001".
            let is_plain = word.kind != Kind::Number || !text.contains([',', '.']);
            return (is_plain && ends_id(words, i + 1)).then_some(i + 1);
        }
    }
    None
}

/// What may stand between the parts of one id.
const INSIDE_ID: Gap =
    Gap::SPACE.or(Gap::HYPHEN).or(Gap::DASH).or(Gap::SLASH).or(Gap::HASH).or(Gap::DOT).or(Gap::OTHER).or(Gap::NEWLINE);

/// Signs that join an id's parts when no blank stands beside them.
const JOINS_ID: Gap = Gap::HYPHEN.or(Gap::DASH).or(Gap::DOT).or(Gap::OTHER);

fn begins_id(words: &Words, i: usize) -> bool {
    let gap = words.gap(i);
    i == 0
        || gap.has(
            Gap::SPACE
                .or(Gap::HASH)
                .or(Gap::COLON)
                .or(Gap::PAREN)
                .or(Gap::QUOTE)
                .or(Gap::COMMA)
                .or(Gap::SLASH)
                .or(Gap::STOP),
        )
        || (!gap.has(JOINS_ID) && gap != Gap::NONE)
}

fn ends_id(words: &Words, i: usize) -> bool {
    let gap = words.gap(i);
    let Some(next) = words.list.get(i) else { return true };
    if gap == Gap::NONE {
        return next.kind == Kind::Sign;
    }
    // A possessive's "s" and a word behind a dash go on with the sentence.
    let is_possessive = gap.only(Gap::OTHER) && words.is(i, "s");
    let goes_on = gap.only(JOINS_ID) && (next.kind == Kind::Number || gap.has(Gap::OTHER) || next.is_caps);
    is_possessive || !goes_on
}

/// Ids with the same letters in front and other digits.
fn similar_references(reference: &Reference, words: &Words) -> Vec<(usize, usize)> {
    let letters: String = reference.key().chars().take_while(|c| c.is_alphabetic()).collect();
    if letters.is_empty() || letters.len() == reference.key().len() {
        return Vec::new();
    }
    let is_id = |i: &usize| {
        let next = words.list.get(i + 1);
        words.is(*i, &letters) && next.is_some_and(|word| word.kind == Kind::Number && word.gap.only(INSIDE_ID))
    };
    (0..words.list.len()).filter(is_id).map(|i| (i, i + 2)).collect()
}

/// Where a regex matches the clean text, widened to whole words.
pub(super) fn regex_hits(regex: &regex::Regex, clean: &Clean, words: &Words) -> Vec<Hit> {
    let mut hits = Vec::new();
    let mut first = 0;
    for found in regex.find_iter(&clean.text).take(MAX_REGEX_HITS) {
        while first < words.list.len() && words.list[first].end as usize <= found.start() {
            first += 1;
        }
        let end = (first..words.list.len())
            .find(|i| words.list[*i].start as usize >= found.end())
            .unwrap_or(words.list.len());
        if first < end {
            hits.push(whole(first, end));
        }
    }
    hits
}
