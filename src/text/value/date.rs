//! Calendar dates.

use std::fmt;

use super::super::read::{Stated, read_whole};
use super::{Currency, ValueError};

/// A day of the (proleptic Gregorian) calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Date {
    pub year: i32,
    /// 1 to 12.
    pub month: u8,
    /// 1 to the month's length.
    pub day: u8,
}

impl Date {
    /// The date, if the calendar has it.
    pub fn new(year: i32, month: u8, day: u8) -> Option<Date> {
        let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
        let length = match month {
            2 => 28 + u8::from(leap),
            4 | 6 | 9 | 11 => 30,
            1..=12 => 31,
            _ => return None,
        };
        (1..=length).contains(&day).then_some(Date { year, month, day })
    }

    /// Reads a date with its year: `"2026-03-02"`, also with a time behind it (the time's own local date).
    ///
    /// # Errors
    /// When the text is not one full date.
    pub fn parse(text: &str) -> Result<Date, ValueError> {
        let shape = || ValueError::shape(text, "a date", "2026-03-02");
        let exact = match read_whole(text, Currency::USD) {
            Some(Stated::Date(readings)) => readings.exact(),
            _ => None,
        };
        if let Some(date) = exact {
            return Ok(date);
        }
        // A date-time is its own local date.
        let head = text.trim().split(['T', 't', ' ']).next().unwrap_or("");
        let mut parts = head.split('-');
        let mut next = || parts.next().filter(|part| part.bytes().all(|b| b.is_ascii_digit()));
        let (Some(year), Some(month), Some(day)) = (next(), next(), next()) else { return Err(shape()) };
        let date = year.parse().ok().zip(month.parse().ok()).zip(day.parse().ok());
        date.and_then(|((year, month), day)| Date::new(year, month, day)).ok_or_else(shape)
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expect: Option<&str>) {
        assert_eq!(Date::parse(text).ok().map(|date| date.to_string()).as_deref(), expect, "{text}");
    }

    #[test]
    fn literals() {
        check("2026-03-02", Some("2026-03-02"));
        check("2026-03-02T23:59:59-08:00", Some("2026-03-02"));
        check("March 2, 2026", Some("2026-03-02"));
        check("2026-02-30", None);
        check("2 March", None);
        check("02/03/2026", None);
        check("soon", None);
    }
}
