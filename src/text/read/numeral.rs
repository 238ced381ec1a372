//! Numbers in digits and in words.

use super::super::ambiguous::ORDINAL_ENDINGS;
use super::super::token::{Gap, Kind, Words};
use super::super::value::Decimal;
use super::near;

/// A number, or a range of two.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Range {
    pub(super) low: Decimal,
    pub(super) high: Decimal,
}

/// Reads a number at `i`, in digits or words, and says where it ends.
pub(super) fn number(words: &Words, i: usize) -> Option<(Decimal, usize)> {
    let word = words.list.get(i)?;
    match word.kind {
        Kind::Number if !stands_alone(words, i) => None,
        Kind::Number => Some((decimal(&words.text(i))?, i + 1)),
        Kind::Word => spelled(words, i).map(|(value, next)| (Decimal::whole(value), next)),
        Kind::Sign => None,
    }
}

/// Reads a number or a range ("3-5", "three to five", "between 3 and 5").
pub(super) fn range(words: &Words, i: usize) -> Option<(Range, usize)> {
    if words.is(i, "between") {
        let (low, next) = number(words, i + 1)?;
        let (high, end) = if words.is(next, "and") { number(words, next + 1)? } else { return None };
        return Some((Range { low, high }, end));
    }
    let from = usize::from(words.is(i, "from"));
    let (low, next) = number(words, i + from)?;
    if let Some((high, end)) = upper(words, next) {
        return Some((Range { low, high }, end));
    }
    (from == 0).then_some((Range { low, high: low }, next))
}

/// The upper end of a range whose lower end stops before `next`.
fn upper(words: &Words, next: usize) -> Option<(Decimal, usize)> {
    let gap = words.gap(next);
    let joined = gap.has(Gap::HYPHEN.or(Gap::DASH)) || (gap.has(Gap::SLASH) && !gap.has(Gap::SPACE));
    if joined && gap.only(Gap::HYPHEN.or(Gap::DASH).or(Gap::SLASH).or(Gap::SPACE)) {
        return number(words, next);
    }
    // "three (3)" says the number twice.
    if words.is_any(next, one_of!["to", "or", "through", "thru"]) && near(words, next) && near(words, next + 1) {
        return number(words, next + 1);
    }
    None
}

/// Whether the digits at `i` are a number rather than a part of an id, a time, a date or a telephone number.
pub(super) fn stands_alone(words: &Words, i: usize) -> bool {
    let gap = words.gap(i);
    let tight = Gap::HYPHEN.or(Gap::SLASH).or(Gap::DOT).or(Gap::COLON).or(Gap::OTHER);
    if gap.has(Gap::HASH) {
        return false;
    }
    if i > 0 && !gap.has(Gap::SPACE.or(Gap::PAREN).or(Gap::QUOTE).or(Gap::DASH).or(Gap::COMMA)) {
        let before = words.list[i - 1];
        let after_letters = before.kind == Kind::Word && !words.is(i - 1, "x") && !is_code_like(words, i - 1, gap);
        let chained = before.kind == Kind::Number && gap.has(Gap::COLON.or(Gap::DOT).or(Gap::OTHER).or(Gap::SLASH));
        if after_letters || chained {
            return false;
        }
        // "555-0142-7": a second hyphen makes it no range.
        let long_chain = before.kind == Kind::Number
            && i > 1
            && words.list[i - 2].kind == Kind::Number
            && words.gap(i - 1).has(Gap::HYPHEN)
            && !words.gap(i - 1).has(Gap::SPACE)
            && gap.has(Gap::HYPHEN);
        if long_chain {
            return false;
        }
    }
    let Some(after) = words.list.get(i + 1) else { return true };
    if after.gap == Gap::NONE && after.kind == Kind::Word {
        // "2nd" is an ordinal, "1Z" an id; "48USD", "3x", "30min", "5k" are numbers.
        let suffix = words.text(i + 1);
        return SUFFIXES.contains(&&*suffix) || super::money::is_code(words, i + 1);
    }
    if after.gap.has(tight) && !after.gap.has(Gap::SPACE) && after.kind == Kind::Number {
        return after.gap.only(Gap::HYPHEN.or(Gap::SLASH)) && is_short(words, i) && is_short(words, i + 1)
            || after.gap.only(Gap::HYPHEN)
                && words.list.get(i + 2).is_none_or(|w| w.gap.has(Gap::SPACE) || w.kind == Kind::Sign)
                && words.text(i).len() == words.text(i + 1).len();
    }
    true
}

/// Whether the digits have at most three places, as ends of ranges do.
fn is_short(words: &Words, i: usize) -> bool {
    words.text(i).len() <= 3
}

/// Whether a currency code stands tight before the digits ("USD48").
fn is_code_like(words: &Words, i: usize, gap: Gap) -> bool {
    gap == Gap::NONE && super::money::is_code(words, i)
}

/// Letters that may follow a number without a blank.
const SUFFIXES: &[&str] = &[
    "x", "k", "m", "h", "hr", "hrs", "hour", "hours", "min", "mins", "day", "days", "d", "week", "weeks", "wk", "wks",
    "percent", "pct", "p", "c", "kr", "zl", "eur", "usd", "gbp",
];

/// Digits as written: English grouping, or a decimal comma.
pub(super) fn decimal(text: &str) -> Option<Decimal> {
    if let Some(value) = Decimal::parse(text) {
        return Some(value);
    }
    let (whole, fraction) = text.rsplit_once(',')?;
    let dots_group = whole.split('.').skip(1).all(|group| group.len() == 3);
    if fraction.len() != 2 || !dots_group || whole.contains(',') {
        return None;
    }
    Decimal::parse(&format!("{}.{fraction}", whole.replace('.', "")))
}

/// Whether the digits at `i` are written with exactly two decimals.
pub(super) fn has_two_decimals(words: &Words, i: usize) -> bool {
    words.text(i).rsplit_once('.').is_some_and(|(_, fraction)| fraction.len() == 2)
}

/// Reads a cardinal in words: "forty-eight", "one hundred and twenty", "a thousand".
fn spelled(words: &Words, i: usize) -> Option<(i64, usize)> {
    let mut total = 0i64;
    let mut part = 0i64;
    let mut last = i64::MAX;
    let mut at = i;
    let mut any = false;
    if words.is(i, "a") && words.is_any(i + 1, one_of!["hundred", "thousand", "million", "dozen"]) {
        part = 1;
        at += 1;
    }
    while at < words.list.len() && (at == i || near(words, at)) {
        let text = words.text(at);
        if let Some(value) = unit_value(&text) {
            // Each part is smaller than the one before: "five three" is two numbers, not one.
            let fits = !any || (last >= 20 && value < last && (value < 10 || last >= 100));
            if !fits {
                break;
            }
            part += value;
            last = value;
        } else if let Some(scale) = scale_value(&text) {
            if !any && part == 0 {
                break;
            }
            part = part.max(1).checked_mul(scale)?;
            if scale >= 1_000 {
                total = total.checked_add(part)?;
                part = 0;
            }
            last = scale;
        } else if text == "and" && any && last >= 100 && unit_value(&words.text(at + 1)).is_some() {
            at += 1;
            continue;
        } else {
            break;
        }
        any = true;
        at += 1;
        if at - i > 16 {
            break;
        }
    }
    any.then_some((total + part, at))
}

fn unit_value(text: &str) -> Option<i64> {
    const UNITS: &[&str] = &[
        "zero",
        "one",
        "two",
        "three",
        "four",
        "five",
        "six",
        "seven",
        "eight",
        "nine",
        "ten",
        "eleven",
        "twelve",
        "thirteen",
        "fourteen",
        "fifteen",
        "sixteen",
        "seventeen",
        "eighteen",
        "nineteen",
    ];
    const TENS: &[&str] = &["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"];
    if let Some(i) = UNITS.iter().position(|unit| *unit == text) {
        return Some(i as i64);
    }
    TENS.iter().position(|ten| *ten == text).map(|i| 20 + 10 * i as i64)
}

fn scale_value(text: &str) -> Option<i64> {
    match text {
        "dozen" => Some(12),
        "hundred" => Some(100),
        "thousand" => Some(1_000),
        "million" => Some(1_000_000),
        _ => None,
    }
}

/// Reads an ordinal as the day of a month: "2nd", "second", "twenty-first".
pub(super) fn ordinal_day(words: &Words, i: usize) -> Option<(u8, usize)> {
    let word = words.list.get(i)?;
    if word.kind == Kind::Number {
        let day: u8 = words.text(i).parse().ok()?;
        let suffixed = words.is_any(i + 1, ORDINAL_ENDINGS) && words.gap(i + 1) == Gap::NONE;
        return Some((day, i + 1 + usize::from(suffixed)));
    }
    const ORDINALS: &[&str] = &[
        "first",
        "second",
        "third",
        "fourth",
        "fifth",
        "sixth",
        "seventh",
        "eighth",
        "ninth",
        "tenth",
        "eleventh",
        "twelfth",
        "thirteenth",
        "fourteenth",
        "fifteenth",
        "sixteenth",
        "seventeenth",
        "eighteenth",
        "nineteenth",
        "twentieth",
    ];
    let place = |i: usize| ORDINALS.iter().position(|o| words.is(i, o)).map(|p| p as u8 + 1);
    if let Some(day) = place(i) {
        return Some((day, i + 1));
    }
    match &*words.text(i) {
        "twenty" => place(i + 1).filter(|day| *day < 10).map(|day| (20 + day, i + 2)),
        "thirtieth" => Some((30, i + 1)),
        "thirty" => words.is(i + 1, "first").then_some((31, i + 2)),
        _ => None,
    }
}
