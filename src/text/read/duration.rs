//! Durations as replies write them.

use super::super::one_of::OneOf;
use super::super::token::{Gap, Words};
use super::super::value::{Clock, Decimal, DurationRange};
use super::numeral::{self, Range};
use super::{Found, Stated, near};

const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// A unit of time on one of the clocks.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Unit {
    clock: Clock,
    size: i64,
}

/// Reads a duration that begins at `i`.
///
/// "within five days" and "up to five days" promise the fifth day, so they state five; "under five days" states less.
pub(super) fn read(words: &Words, i: usize) -> Option<Found> {
    let bound = Bound::before(words, i);
    let (mut range, end) = special(words, i).or_else(|| counted(words, i))?;
    if words.is(end, "ago") {
        return Some(Found { value: Stated::Digits, start: i, end });
    }
    match bound {
        Bound::None => {}
        Bound::Under => {
            range.high = range.high.saturating_sub(1);
            range.low = range.low.min(range.high);
        }
        Bound::Over => (range.low, range.high) = (range.high.saturating_add(1), i64::MAX),
        Bound::AtLeast => range.high = i64::MAX,
        Bound::After => return Some(Found { value: Stated::DurationFrom(range), start: i, end }),
    }
    Some(Found { value: Stated::Duration(range), start: i, end })
}

/// What a word before a duration makes of it.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Bound {
    None,
    Under,
    Over,
    AtLeast,
    /// The time is over before it happens: "after 30 days".
    After,
}

impl Bound {
    fn before(words: &Words, i: usize) -> Bound {
        let back = |n: usize, texts: &OneOf| i >= n && words.is_any(i - n, texts);
        // "will not take longer than a week", "no more than a week"
        let denied = (3..=5).any(|n| back(n, one_of!["no", "not", "never"]));
        // "$38 a month over six months": the time something is spread over, not a bound.
        let is_spread = back(1, one_of!["over"]) && !back(2, EXCEEDING);
        if back(1, one_of!["under"]) || (back(1, one_of!["than"]) && back(2, one_of!["less", "fewer"])) {
            Bound::Under
        } else if back(1, one_of!["over", "beyond"]) && !is_spread
            || (back(1, one_of!["than"]) && back(2, one_of!["more", "longer"]) && !denied)
        {
            Bound::Over
        } else if back(1, one_of!["least"])
            || back(1, one_of!["than"]) && back(2, one_of!["sooner", "earlier"]) && denied
        {
            Bound::AtLeast
        } else if back(1, one_of!["after"]) {
            Bound::After
        } else {
            Bound::None
        }
    }
}

/// Words after which "over" means "more than": verbs of lasting, prepositions and adverbs of degree.
const EXCEEDING: &OneOf = one_of![
    "take", "takes", "took", "taking", "last", "lasts", "lasted", "wait", "waited", "is", "was", "be", "been", "for",
    "of", "in", "within", "after", "well", "just", "slightly", "at", "to",
];

/// Durations without a number before the unit: "a week", "half an hour", "a couple of days", "a day or two".
fn special(words: &Words, i: usize) -> Option<(DurationRange, usize)> {
    if words.is(i, "half") && words.is_any(i + 1, one_of!["a", "an"]) {
        let (unit, end) = unit(words, i + 2)?;
        return Some((exactly(unit.size / 2, unit), end));
    }
    if words.is_any(i, one_of!["overnight"]) {
        return None;
    }
    if words.is_any(i, one_of!["fortnight"]) {
        return Some((DurationRange { low: 14 * DAY, high: 14 * DAY, clock: Clock::Plain }, i + 1));
    }
    if words.is(i, "next") {
        let (unit, end) = unit(words, i + 1).filter(|(unit, _)| unit.clock == Clock::BusinessDays)?;
        return Some((exactly(unit.size, unit), end));
    }
    if !words.is_any(i, one_of!["a", "an", "one"]) {
        return None;
    }
    let couple = words.is(i + 1, "couple");
    let at = i + 1 + usize::from(couple) + usize::from(couple && words.is(i + 2, "of"));
    let at = at + usize::from(!couple && words.is_any(at, one_of!["single", "full", "whole"]));
    let (unit, end) = unit(words, at)?;
    if couple {
        return Some((exactly(2 * unit.size, unit), end));
    }
    if words.is(end, "and") && words.is(end + 1, "a") && words.is(end + 2, "half") {
        return Some((exactly(unit.size + unit.size / 2, unit), end + 3));
    }
    // "a day or two", and not "a day or two hours": no unit of its own follows.
    if words.is_any(end, one_of!["or", "to"])
        && let Some((high, next)) = numeral::number(words, end + 1)
        && let Some(high) = high.as_whole().filter(|_| unit_word(words, next).is_none())
    {
        let high = high.checked_mul(unit.size)?;
        return Some((DurationRange { low: unit.size, high: high.max(unit.size), clock: unit.clock }, next));
    }
    let range = exactly(unit.size, unit);
    Some(and_minutes(words, range, end))
}

/// A number or range with its unit: "3-5 business days", "three (3) working days", "1 hour 30 minutes".
fn counted(words: &Words, i: usize) -> Option<(DurationRange, usize)> {
    let (mut range, mut next) = numeral::range(words, i)?;
    let half = words.is(next, "and") && words.is(next + 1, "a") && words.is(next + 2, "half");
    if half {
        let plus = Decimal::parse("0.5")?;
        range = Range { low: range.low.plus(plus)?, high: range.high.plus(plus)? };
        next += 3;
    }
    // "three (3) days": the number once more.
    if words.gap(next).has(Gap::PAREN)
        && let Some((again, end)) = numeral::range(words, next)
        && again == range
    {
        next = end;
    }
    while words.is_any(next, one_of!["full", "whole", "consecutive", "more", "further", "additional"]) {
        next += 1;
    }
    // Each end may have its own unit: "24 hours to 2 days".
    let (unit, end) = unit(words, next)?;
    let (low, high) = (range.low.times_floor(unit.size)?, range.high.times_floor(unit.size)?);
    if low < 0 || high < low {
        return None;
    }
    if low == high
        && words.is(end, "to")
        && let Some((upper, last)) = counted_plain(words, end + 1, unit)
    {
        return Some((DurationRange { low, high: upper.max(low), clock: unit.clock }, last));
    }
    Some(and_minutes(words, DurationRange { low, high, clock: unit.clock }, end))
}

/// The upper end of a range whose lower end has its own unit.
fn counted_plain(words: &Words, i: usize, first: Unit) -> Option<(i64, usize)> {
    let (number, next) = numeral::number(words, i)?;
    let (unit, end) = unit(words, next).filter(|(unit, _)| unit.clock == first.clock)?;
    Some((number.times_floor(unit.size)?, end))
}

/// Adds the minutes of "1 hour 30 minutes".
fn and_minutes(words: &Words, range: DurationRange, end: usize) -> (DurationRange, usize) {
    let at = end + usize::from(words.is(end, "and"));
    let smaller = numeral::number(words, at).and_then(|(number, next)| {
        let (unit, last) = unit(words, next)?;
        Some((number.times_floor(unit.size)?, unit, last))
    });
    match smaller {
        Some((extra, unit, last))
            if near(words, at)
                && unit.clock == range.clock
                && range.clock == Clock::Plain
                && unit.size <= HOUR
                && extra < DAY
                && range.low % HOUR == 0
                && unit.size < range.low =>
        {
            (
                DurationRange { low: range.low.saturating_add(extra), high: range.high.saturating_add(extra), ..range },
                last,
            )
        }
        _ => (range, end),
    }
}

fn exactly(length: i64, unit: Unit) -> DurationRange {
    DurationRange { low: length, high: length, clock: unit.clock }
}

/// A unit at `i`, with the word for the kind of day before it.
fn unit(words: &Words, i: usize) -> Option<(Unit, usize)> {
    if !words.gap(i).only(Gap::SPACE.or(Gap::HYPHEN).or(Gap::NEWLINE).or(Gap::PAREN)) {
        return None;
    }
    let is_business = words.is_any(i, one_of!["business", "working", "work", "banking", "bank", "bus", "trading"]);
    let is_calendar = words.is_any(i, one_of!["calendar", "solid", "straight"]);
    let mut at = i + usize::from(is_business || is_calendar);
    // "business (working) days".
    if is_business && words.is_any(at, one_of!["working", "business"]) {
        at += 1;
    }
    if at > i && !words.gap(at).only(Gap::SPACE.or(Gap::HYPHEN).or(Gap::DOT).or(Gap::NEWLINE).or(Gap::PAREN)) {
        return None;
    }
    let unit = unit_word(words, at)?;
    let unit = match (is_business, unit.size) {
        (true, DAY) => Unit { clock: Clock::BusinessDays, size: 1 },
        (true, HOUR) => Unit { clock: Clock::BusinessHours, size: 1 },
        (true, _) => return None,
        _ => unit,
    };
    Some((unit, at + 1))
}

fn unit_word(words: &Words, i: usize) -> Option<Unit> {
    let text = words.text(i);
    let plain = |size: i64| Some(Unit { clock: Clock::Plain, size });
    match &*text {
        "second" | "seconds" | "sec" | "secs" => plain(1),
        "minute" | "minutes" | "min" | "mins" => plain(MINUTE),
        "hour" | "hours" | "hr" | "hrs" | "h" => plain(HOUR),
        "day" | "days" => plain(DAY),
        "weekday" | "weekdays" => Some(Unit { clock: Clock::BusinessDays, size: 1 }),
        "week" | "weeks" | "wk" | "wks" => plain(7 * DAY),
        "fortnight" | "fortnights" => plain(14 * DAY),
        "month" | "months" => plain(30 * DAY),
        "year" | "years" | "yr" | "yrs" => plain(365 * DAY),
        _ => None,
    }
}
