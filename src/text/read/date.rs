//! Dates as replies write them.

use std::fmt;

use super::super::ambiguous::ORDINAL_ENDINGS;
use super::super::one_of::OneOf;
use super::super::token::{Gap, Kind, Words};
use super::super::value::Date;
use super::numeral::ordinal_day;
use super::{Found, Stated};

/// What a written date may mean: with or without its year, and in both orders where `02/03/2026` leaves it open.
///
/// An open order matches either way: packs are judged by American and British replies alike, and a reply that means
/// the other day is rarer than one that writes the day its own way.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in crate::text) struct DateReadings {
    year: Option<i32>,
    month: u8,
    day: u8,
    /// The month and day of the other reading.
    other: Option<(u8, u8)>,
}

impl DateReadings {
    /// Whether one of the readings is this day; a reading without a year fits any.
    pub(in crate::text) fn includes(&self, date: Date) -> bool {
        self.year.is_none_or(|year| year == date.year)
            && ((self.month, self.day) == (date.month, date.day) || self.other == Some((date.month, date.day)))
    }

    /// The date, where the year is stated and the order is not open.
    pub(in crate::text) fn exact(&self) -> Option<Date> {
        if self.other.is_some() { None } else { Date::new(self.year?, self.month, self.day) }
    }

    fn new(year: Option<i32>, month: u8, day: u8) -> Option<DateReadings> {
        // A leap year stands in where none is stated, so that 29 February is a day.
        Date::new(year.unwrap_or(2024), month, day)?;
        Some(DateReadings { year, month, day, other: None })
    }
}

impl fmt::Display for DateReadings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let write = |f: &mut fmt::Formatter<'_>, month: u8, day: u8| match self.year {
            Some(year) => write!(f, "{year:04}-{month:02}-{day:02}"),
            None => write!(f, "{month:02}-{day:02}"),
        };
        write(f, self.month, self.day)?;
        if let Some((month, day)) = self.other {
            f.write_str(" or ")?;
            write(f, month, day)?;
        }
        Ok(())
    }
}

/// Reads a date that begins at `i`.
pub(super) fn read(words: &Words, i: usize) -> Option<Found> {
    let (readings, end) = numeric(words, i)
        .or_else(|| dotted(words, i))
        .or_else(|| month_first(words, i))
        .or_else(|| day_first(words, i))?;
    Some(Found { value: Stated::Date(readings), start: i, end })
}

/// "2026-03-02", "02/03/2026", "2-3-26".
fn numeric(words: &Words, i: usize) -> Option<(DateReadings, usize)> {
    let digits = |i: usize| words.list.get(i).filter(|w| w.kind == Kind::Number).map(|_| words.text(i));
    let tight = |i: usize| matches!(words.gap(i), Gap::HYPHEN | Gap::SLASH | Gap::DASH);
    let fresh = i == 0
        || words.list[i - 1].kind == Kind::Number
        || words.gap(i).has(Gap::SPACE.or(Gap::PAREN).or(Gap::QUOTE).or(Gap::COMMA));
    if !fresh
        || !tight(i + 1)
        || !tight(i + 2)
        || words.gap(i + 1) != words.gap(i + 2)
        || (tight(i + 3) && digits(i + 3).is_some())
    {
        return None;
    }
    // Behind a hyphen this is the middle of a longer number.
    if i > 0 && tight(i) {
        return None;
    }
    let readings = parts(&digits(i)?, &digits(i + 1)?, &digits(i + 2)?)?;
    // "2026-03-02T10:02:11Z" is a time on that day.
    let timed = words.is(i + 3, "t") && words.gap(i + 3) == Gap::NONE;
    Some((readings, i + 3 + usize::from(timed)))
}

/// "02.03.2026" is one token of digits and points.
fn dotted(words: &Words, i: usize) -> Option<(DateReadings, usize)> {
    if words.list.get(i)?.kind != Kind::Number {
        return None;
    }
    let text = words.text(i);
    let mut split = text.split('.');
    let (first, second, third) = (split.next()?, split.next()?, split.next()?);
    if split.next().is_some() {
        return None;
    }
    parts(first, second, third).map(|readings| (readings, i + 1))
}

fn parts(first: &str, second: &str, third: &str) -> Option<DateReadings> {
    let small = |text: &str| if text.len() <= 2 { text.parse::<u8>().ok() } else { None };
    if first.len() == 4 {
        return DateReadings::new(Some(first.parse().ok()?), small(second)?, small(third)?);
    }
    let year = match third.len() {
        4 => third.parse().ok()?,
        2 => 2000 + third.parse::<i32>().ok()?,
        _ => return None,
    };
    let (a, b) = (small(first)?, small(second)?);
    let day_first = DateReadings::new(Some(year), b, a);
    let month_first = DateReadings::new(Some(year), a, b);
    match (day_first, month_first) {
        (Some(mut readings), Some(other)) => {
            readings.other = (a != b).then_some((other.month, other.day));
            Some(readings)
        }
        (one, other) => one.or(other),
    }
}

/// "March 2nd, 2026", "Mar 2".
fn month_first(words: &Words, i: usize) -> Option<(DateReadings, usize)> {
    let month = month(words, i)?;
    if !words.gap(i + 1).only(Gap::SPACE.or(Gap::DOT)) {
        return None;
    }
    let the = usize::from(words.is(i + 1, "the"));
    let (day, end) = ordinal_day(words, i + 1 + the)?;
    let (year, end) = year(words, end);
    DateReadings::new(year, month, day).map(|readings| (readings, end))
}

/// "2 March 2026", "the 2nd of March".
fn day_first(words: &Words, i: usize) -> Option<(DateReadings, usize)> {
    if i > 0
        && words.list[i].kind == Kind::Number
        && !words.gap(i).has(Gap::SPACE.or(Gap::PAREN).or(Gap::QUOTE).or(Gap::COMMA))
    {
        return None;
    }
    let (day, next) = ordinal_day(words, i)?;
    let next = next + usize::from(words.is(next, "of"));
    let month = month(words, next)?;
    let (year, end) = year(words, next + 1);
    DateReadings::new(year, month, day).map(|readings| (readings, end))
}

fn year(words: &Words, i: usize) -> (Option<i32>, usize) {
    let fits = words.list.get(i).is_some_and(|w| w.kind == Kind::Number)
        && words.gap(i).only(Gap::SPACE.or(Gap::COMMA).or(Gap::DOT));
    let year = if fits { words.text(i).parse::<i32>().ok().filter(|y| (1900..2200).contains(y)) } else { None };
    (year, i + usize::from(year.is_some()))
}

fn month(words: &Words, i: usize) -> Option<u8> {
    const MONTHS: &[&OneOf] = &[
        one_of!["january", "jan"],
        one_of!["february", "feb"],
        one_of!["march", "mar"],
        one_of!["april", "apr"],
        one_of!["may"],
        one_of!["june", "jun"],
        one_of!["july", "jul"],
        one_of!["august", "aug"],
        one_of!["september", "sept", "sep"],
        one_of!["october", "oct"],
        one_of!["november", "nov"],
        one_of!["december", "dec"],
    ];
    let word = words.list.get(i)?;
    if word.kind != Kind::Word {
        return None;
    }
    let month = MONTHS.iter().position(|names| words.is_any(i, names))? as u8 + 1;
    // Lower-case "may" and "march" are verbs unless a day stands before them.
    let is_verb = !word.is_capital && words.is_any(i, one_of!["may", "march", "mar"]);
    let after_day = i > 0
        && (words.list[i - 1].kind == Kind::Number || words.is(i - 1, "of") || words.is_any(i - 1, ORDINAL_ENDINGS));
    (!is_verb || after_day || words.is_month_before_day(i)).then_some(month)
}
