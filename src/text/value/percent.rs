//! Percentages and plain numbers.

use std::fmt;

use super::{Decimal, ValueError};

/// A percentage: 15% is `Percent(15)`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Percent(pub Decimal);

impl Percent {
    /// Reads `"15%"`, `"15 percent"`, or a bare `"15"` as records hold it.
    ///
    /// # Errors
    /// When the text is not a percentage.
    pub fn parse(text: &str) -> Result<Percent, ValueError> {
        let body = text.trim();
        let body = ["%", "percent", "per cent"].into_iter().find_map(|mark| body.strip_suffix(mark)).unwrap_or(body);
        let number = Decimal::parse(body.trim_end());
        number.map(Percent).ok_or_else(|| ValueError::shape(text, "a percentage", "15%"))
    }

    /// A bare number of a record.
    ///
    /// # Errors
    /// When the number is not finite or far too large.
    pub fn from_number(value: f64) -> Result<Percent, ValueError> {
        let number = Decimal::from_f64(value);
        number.map(Percent).ok_or_else(|| ValueError::shape(&value.to_string(), "a percentage", "15"))
    }
}

impl fmt::Display for Percent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}%", self.0)
    }
}

/// A plain number, such as a count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Quantity(pub Decimal);

impl Quantity {
    /// Reads `"3"`, `"1,200"`, `"2.5"`.
    ///
    /// # Errors
    /// When the text is not a number.
    pub fn parse(text: &str) -> Result<Quantity, ValueError> {
        let number = Decimal::parse(text.trim());
        number.map(Quantity).ok_or_else(|| ValueError::shape(text, "a number", "3"))
    }

    /// A number of a file.
    ///
    /// # Errors
    /// When the number is not finite or far too large.
    pub fn from_number(value: f64) -> Result<Quantity, ValueError> {
        let number = Decimal::from_f64(value);
        number.map(Quantity).ok_or_else(|| ValueError::shape(&value.to_string(), "a number", "3"))
    }
}

impl fmt::Display for Quantity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
