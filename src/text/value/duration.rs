//! Durations, stated as ranges; business days and plain days are different kinds.

use std::fmt;

use super::super::read::{Stated, read_whole};
use super::{Currency, ValueError};

/// Seconds in a day; plain units compare in seconds.
const DAY: i64 = 86_400;

/// Which calendar a duration runs on; durations of different kinds never agree.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Clock {
    /// Plain time, compared in seconds; a month is 30 days and a year 365.
    Plain,
    /// Business (working) days, compared in days.
    BusinessDays,
    /// Business hours, compared in hours.
    BusinessHours,
}

/// A stated duration: from `low` to `high` inclusive, in the clock's unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct DurationRange {
    pub low: i64,
    pub high: i64,
    pub clock: Clock,
}

impl DurationRange {
    /// Reads a duration as written: `"3-5 business days"`, `"10 business days"`, `"two weeks"`.
    ///
    /// # Errors
    /// When the text is not one duration.
    pub fn parse(text: &str) -> Result<DurationRange, ValueError> {
        // No amount of money is a duration, so which currency a bare number would be in does not matter.
        let currency = Currency::parse("USD").expect("an ISO 4217 code");
        match read_whole(text, currency) {
            Some(Stated::Duration(range)) => Ok(range),
            _ => Err(ValueError::shape(text, "a duration", "3-5 business days")),
        }
    }
}

impl fmt::Display for DurationRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (unit, size) = match self.clock {
            Clock::BusinessDays => ("business day", 1),
            Clock::BusinessHours => ("business hour", 1),
            Clock::Plain if self.low % DAY == 0 && self.high % DAY == 0 => ("day", DAY),
            Clock::Plain if self.low % 3600 == 0 && self.high % 3600 == 0 => ("hour", 3600),
            Clock::Plain if self.low % 60 == 0 && self.high % 60 == 0 => ("minute", 60),
            Clock::Plain => ("second", 1),
        };
        let (low, high) = (self.low / size, self.high / size);
        let plural = if high == 1 { "" } else { "s" };
        if low == high { write!(f, "{high} {unit}{plural}") } else { write!(f, "{low}-{high} {unit}{plural}") }
    }
}

/// What a duration keyword wants stated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DurationGoal {
    /// A stated duration that overlaps this one.
    Overlaps(DurationRange),
    /// A stated duration that ends no later than this one does.
    AtMost(DurationRange),
}

impl DurationGoal {
    /// Whether a stated duration meets the goal.
    pub fn is_met_by(&self, stated: DurationRange) -> bool {
        match self {
            DurationGoal::Overlaps(goal) => {
                goal.clock == stated.clock && stated.low <= goal.high && goal.low <= stated.high
            }
            DurationGoal::AtMost(goal) => goal.clock == stated.clock && stated.high <= goal.high,
        }
    }
}

impl DurationGoal {
    /// Whether the goal is a limit, and the stated duration all of it.
    pub(in crate::text) fn ends_with(&self, stated: DurationRange) -> bool {
        matches!(self, DurationGoal::AtMost(goal) if goal.high == stated.high)
    }
}

impl fmt::Display for DurationGoal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            DurationGoal::Overlaps(goal) => goal.fmt(f),
            DurationGoal::AtMost(goal) => write!(f, "at most {goal}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::DurationRange;

    fn check(text: &str, expect: Option<&str>) {
        assert_eq!(DurationRange::parse(text).ok().map(|range| range.to_string()).as_deref(), expect, "{text}");
    }

    #[test]
    fn literals_are_read_as_replies_are() {
        check("3-5 business days", Some("3-5 business days"));
        check("10 business days", Some("10 business days"));
        check("15 minutes", Some("15 minutes"));
        check("two weeks", Some("14 days"));
        check("one working day", Some("1 business day"));
        check("soon", None);
        check("", None);
        check("99999999999999999999 days", None);
        check("9000000000000000000 days", None);
        check("3 days or so they say", None);
    }
}
