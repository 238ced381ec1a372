//! Reading typed values out of words: amounts, durations, dates, percentages, numbers.
//!
//! One pass from left to right; each word belongs to one value at most, so a part of a date is no number. Literals of
//! packs and fields of records are read by the same code as replies.

mod date;
mod duration;
mod money;
mod numeral;

pub(super) use date::DateReadings;

use super::clean::Clean;
use super::lexicon::Class;
use super::token::{Gap, Kind, Words};
use super::value::{Currency, Decimal, DurationRange, Money};

/// A value as a reply states it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Stated {
    /// An exact amount.
    Money(Money),
    /// A range of amounts or a bound ("up to $50"), which states no amount.
    MoneyBound,
    Duration(DurationRange),
    /// A duration that has passed before the thing happens.
    DurationFrom(DurationRange),
    Date(DateReadings),
    Percent(Decimal),
    PercentRange,
    Number(Decimal),
    /// Digits that are no value: an id, a time, a range.
    Digits,
}

/// A stated value and the words that state it, end exclusive.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Found {
    pub(super) value: Stated,
    pub(super) start: usize,
    pub(super) end: usize,
}

/// Reads every value of a reply; a bare "$" or number is in `currency`.
pub(super) fn read_values(words: &Words, currency: Currency) -> Vec<Found> {
    let mut found = Vec::new();
    let mut i = 0;
    while i < words.list.len() {
        match read_at(words, i, currency) {
            Some(value) => {
                i = value.end.max(i + 1);
                found.push(value);
            }
            None => i += 1,
        }
    }
    found
}

/// Reads a text that is one value and nothing else.
pub(super) fn read_whole(text: &str, currency: Currency) -> Option<Stated> {
    let words = Words::of(&Clean::of(text));
    words.list.first()?;
    let found = read_at(&words, 0, currency)?;
    (found.start == 0 && found.end == words.list.len()).then_some(found.value)
}

/// The number that a text in words is, and nothing else: `six`, `forty-eight`.
pub fn number_in_words(text: &str) -> Option<i64> {
    let words = Words::of(&Clean::of(text));
    let (number, end) = numeral::number(&words, 0).filter(|_| words.list[0].kind == Kind::Word)?;
    if end == words.list.len() { number.as_whole() } else { None }
}

/// The single number that a value begins with.
pub(super) fn leading_number(words: &Words, i: usize) -> Option<Decimal> {
    let (range, _) = numeral::range(words, i)?;
    (range.low == range.high).then_some(range.low)
}

fn read_at(words: &Words, i: usize, currency: Currency) -> Option<Found> {
    let word = words.list[i];
    let next_kind = words.list.get(i + 1).map(|next| next.kind);
    match word.kind {
        // A sign states nothing without digits behind it.
        Kind::Sign if next_kind != Some(Kind::Number) => return None,
        Kind::Sign => return money::read(words, i, currency),
        Kind::Word if !word.class.has(Class::VALUE) => {
            let before_amount =
                next_kind == Some(Kind::Sign) || next_kind == Some(Kind::Number) && money::is_code(words, i);
            return if before_amount { money::read(words, i, currency) } else { None };
        }
        _ => {}
    }
    date::read(words, i)
        .or_else(|| money::read(words, i, currency))
        .or_else(|| percent(words, i))
        .or_else(|| duration::read(words, i))
        .or_else(|| digits(words, i, currency))
}

/// "15%", "15 percent", "fifteen per cent"; "10-15%" is a range.
fn percent(words: &Words, i: usize) -> Option<Found> {
    let (range, next) = numeral::range(words, i)?;
    let end = if is_sign(words, next, "%") || (words.is_any(next, one_of!["percent", "pct"]) && near(words, next)) {
        next + 1
    } else if words.is(next, "per") && words.is(next + 1, "cent") {
        next + 2
    } else {
        return None;
    };
    let value = if range.low == range.high { Stated::Percent(range.low) } else { Stated::PercentRange };
    Some(Found { value, start: i, end })
}

/// A plain number, a bare amount with two decimals, or digits that are neither.
fn digits(words: &Words, i: usize, currency: Currency) -> Option<Found> {
    if words.list[i].kind == Kind::Number && !numeral::stands_alone(words, i) {
        // The whole of an id, a time or a telephone number, so that its later digits are no number either.
        let mut end = i + 1;
        while end < words.list.len() && !words.gap(end).has(Gap::SPACE) && words.list[end].kind != Kind::Sign {
            end += 1;
        }
        return Some(Found { value: Stated::Digits, start: i, end });
    }
    let (range, next) = numeral::range(words, i)?;
    // "one" is a pronoun more often than a number; it counts before a noun only.
    if words.is(i, "one") && next == i + 1 && (!near(words, next) || words.class(next) != Class::NONE) {
        return None;
    }
    let value = if range.low != range.high {
        Stated::Digits
    } else if numeral::has_two_decimals(words, i) && currency.decimals() >= 2 {
        Stated::Money(Money { amount: range.low, currency })
    } else {
        Stated::Number(range.low)
    };
    Some(Found { value, start: i, end: next })
}

fn is_sign(words: &Words, i: usize, sign: &str) -> bool {
    words.list.get(i).is_some_and(|word| word.kind == Kind::Sign) && words.is(i, sign)
}

/// Whether word `i` follows the one before with a blank or nothing between.
fn near(words: &Words, i: usize) -> bool {
    i < words.list.len() && words.gap(i).only(Gap::SPACE.or(Gap::NEWLINE).or(Gap::HYPHEN))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expect: &[&str]) {
        let words = Words::of(&Clean::of(text));
        let usd = Currency::parse("USD").unwrap();
        let render = |f: &Found| match f.value {
            Stated::Money(money) => money.to_string(),
            Stated::MoneyBound => "bound".into(),
            Stated::Duration(range) | Stated::DurationFrom(range) => range.to_string(),
            Stated::Date(date) => date.to_string(),
            Stated::Percent(p) => format!("{p}%"),
            Stated::PercentRange => "range%".into(),
            Stated::Number(n) => n.to_string(),
            Stated::Digits => "digits".into(),
        };
        let found: Vec<String> = read_values(&words, usd).iter().map(render).collect();
        assert_eq!(found, expect, "{text}");
    }

    #[test]
    fn money() {
        for text in [
            "$48",
            "$48.00",
            "US$48",
            "US$ 48.00",
            "48 USD",
            "USD 48",
            "48USD",
            "48.00",
            "forty-eight dollars",
            "48 dollars",
            "48 bucks",
            "$48.00 USD",
            "forty eight US dollars",
            "48$",
            "USD 48.00",
        ] {
            check(text, &["48.00 USD"]);
        }
        check("\u{20ac}48.00", &["48.00 EUR"]);
        check("48,00 \u{20ac}", &["48.00 EUR"]);
        check("1.234,56 EUR", &["1234.56 EUR"]);
        check("\u{a3}1,200, then CA$48", &["1200.00 GBP", "48.00 CAD"]);
        check("two hundred and fifty pounds", &["250.00 GBP"]);
        check("forty-eight dollars and fifty cents", &["48.50 USD"]);
        check("48 dollars 50 cents", &["48.50 USD"]);
        check("50 cents", &["0.50 USD"]);
        check("$1.2k", &["1200.00 USD"]);
        check("$40-$50", &["bound"]);
        check("up to $48.00", &["bound"]);
        check("All 3 orders", &["3"]);
        check("\u{a5}5000", &["5000 JPY"]);
        check("$48.00.", &["48.00 USD"]);
        check("a hundred dollars", &["100.00 USD"]);
    }

    #[test]
    fn durations() {
        for text in [
            "3-5 business days",
            "3\u{2013}5 business days",
            "3 - 5 business days",
            "three to five working days",
            "between 3 and 5 business days",
            "from 3 to 5 working days",
            "3 to 5 business days",
        ] {
            check(text, &["3-5 business days"]);
        }
        check("within five working days", &["5 business days"]);
        check("35 business days", &["35 business days"]);
        check("a week", &["7 days"]);
        check("24-48 hours", &["1-2 days"]);
        check("two weeks", &["14 days"]);
        check("three (3) business days", &["3 business days"]);
        check("a day or two", &["1-2 days"]);
        check("30 min", &["30 minutes"]);
        check("half an hour", &["30 minutes"]);
        check("an hour and a half", &["90 minutes"]);
        check("1 hour 30 minutes", &["90 minutes"]);
        check("14-day window", &["14 days"]);
        check("5 calendar days", &["5 days"]);
        check("48h", &["2 days"]);
        check("under 3 business days", &["2 business days"]);
    }

    #[test]
    fn dates() {
        for text in [
            "2026-03-02",
            "March 2nd, 2026",
            "March 2, 2026",
            "2 March 2026",
            "the 2nd of March 2026",
            "2nd March 2026",
            "Mar. 2, 2026",
            "2026/03/02",
            "2 Mar 2026",
        ] {
            check(text, &["2026-03-02"]);
        }
        check("2 March", &["03-02"]);
        check("March 2", &["03-02"]);
        check("02/03/2026", &["2026-03-02 or 2026-02-03"]);
        check("25/03/2026", &["2026-03-25"]);
        check("02.03.2026", &["2026-03-02 or 2026-02-03"]);
        check("you may 2 be", &["2"]);
        check("May 2", &["05-02"]);
        check("the second of March", &["03-02"]);
    }

    #[test]
    fn percentages_and_numbers() {
        check("15%", &["15%"]);
        check("fifteen per cent", &["15%"]);
        check("15 percent", &["15%"]);
        check("12.5 %", &["12.5%"]);
        check("10-15%", &["range%"]);
        check("3 mugs", &["3"]);
        check("three mugs", &["3"]);
        check("3-5 mugs", &["digits"]);
        check("ORD-1001", &["digits"]);
        check("#1001", &["digits"]);
        check("at 10:30", &["digits"]);
        check("1,200 points", &["1200"]);
        check("twenty-one items", &["21"]);
        check("the 3rd item", &["digits"]);
    }
}
