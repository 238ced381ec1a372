//! Amounts of money.

use std::fmt;

use super::super::read::{Stated, read_whole};
use super::{Currency, Decimal, ValueError};

/// An exact amount in a currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Money {
    pub amount: Decimal,
    pub currency: Currency,
}

impl Money {
    /// Reads a literal: an amount and an ISO code, `"48.00 USD"`.
    ///
    /// # Errors
    /// When the text is not that, the code is unknown, or there are more decimals than the currency has.
    pub fn parse(text: &str) -> Result<Money, ValueError> {
        let shape = || ValueError::shape(text, "an amount with its currency", "48.00 USD");
        let (first, second) = text.trim().split_once(char::is_whitespace).ok_or_else(shape)?;
        let second = second.trim();
        let (number, code) =
            if first.starts_with(|c: char| c.is_ascii_alphabetic()) { (second, first) } else { (first, second) };
        let amount = Decimal::parse(number).ok_or_else(shape)?;
        let currency = Currency::parse(code).ok_or_else(|| ValueError::UnknownCurrency { text: code.to_owned() })?;
        Money::checked(amount, currency, text)
    }

    /// A bare number of a record, in the given currency.
    ///
    /// # Errors
    /// When the number is not finite or has more decimals than the currency.
    pub fn from_number(value: f64, currency: Currency) -> Result<Money, ValueError> {
        let text = value.to_string();
        let amount = Decimal::from_f64(value).ok_or_else(|| ValueError::shape(&text, "an amount of money", "64.50"))?;
        Money::checked(amount, currency, &text)
    }

    /// Reads a field of a record as written: `"142.00 EUR"`, `"$142.00"`, `"142.00"`; a bare number or "$" is in
    /// `currency`.
    ///
    /// # Errors
    /// When the text states no amount.
    pub fn parse_field(text: &str, currency: Currency) -> Result<Money, ValueError> {
        if let Some(amount) = Decimal::parse(text.trim()) {
            return Money::checked(amount, currency, text);
        }
        match read_whole(text, currency) {
            Some(Stated::Money(money)) => Money::checked(money.amount, money.currency, text),
            _ => Err(ValueError::shape(text, "an amount of money", "142.00 EUR")),
        }
    }

    fn checked(amount: Decimal, currency: Currency, text: &str) -> Result<Money, ValueError> {
        if amount.decimals() > currency.decimals() {
            return Err(ValueError::TooManyDecimals { text: text.to_owned(), currency });
        }
        Ok(Money { amount, currency })
    }
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.amount.render(self.currency.decimals()), self.currency)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(input: &str, expect: Option<&str>) {
        assert_eq!(Money::parse(input).ok().map(|m| m.to_string()).as_deref(), expect, "{input}");
    }

    #[test]
    fn literals() {
        check("48.00 USD", Some("48.00 USD"));
        check("48 usd", Some("48.00 USD"));
        check("1,200 JPY", Some("1200 JPY"));
        check("48.001 USD", None);
        check("48.00", None);
        check("48.00 DOLLARS", None);
    }

    #[test]
    fn fields() {
        let field = |text: &str| Money::parse_field(text, Currency::USD).ok().map(|m| m.to_string());
        assert_eq!(field("142.00 EUR").as_deref(), Some("142.00 EUR"));
        assert_eq!(field("$142.00").as_deref(), Some("142.00 USD"));
        assert_eq!(field("142").as_deref(), Some("142.00 USD"));
        assert_eq!(field("\u{20ac}142").as_deref(), Some("142.00 EUR"));
        assert_eq!(field("soon"), None);
    }
}
