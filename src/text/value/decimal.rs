//! Exact decimals of bounded size: what amounts, percentages and numbers are compared as.

use std::fmt;

/// The most digits a number may have; longer runs are ids, not amounts.
const MAX_DIGITS: usize = 18;

/// An exact decimal, `mantissa / 10^scale`, kept without trailing zeros so that equal values are equal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Decimal {
    mantissa: i64,
    scale: u8,
}

impl Decimal {
    /// A whole number.
    pub fn whole(value: i64) -> Decimal {
        Decimal { mantissa: value, scale: 0 }
    }

    /// Reads digits with an optional sign, grouping commas (`1,234`) and a decimal point.
    pub fn parse(text: &str) -> Option<Decimal> {
        let (negative, body) = match text.strip_prefix(['-', '\u{2212}']) {
            Some(rest) => (true, rest),
            None => (false, text.strip_prefix('+').unwrap_or(text)),
        };
        let (whole, fraction) = match body.split_once('.') {
            Some((whole, fraction)) => (whole, fraction),
            None => (body, ""),
        };
        if body.ends_with('.') || !grouped(whole) {
            return None;
        }
        let digits = whole.bytes().filter(u8::is_ascii_digit).count();
        if digits == 0 || digits + fraction.len() > MAX_DIGITS || !fraction.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        let mut mantissa = 0i64;
        for digit in whole.bytes().chain(fraction.bytes()).filter(u8::is_ascii_digit) {
            mantissa = mantissa * 10 + i64::from(digit - b'0');
        }
        let scale = u8::try_from(fraction.len()).ok()?;
        Some(Decimal { mantissa: if negative { -mantissa } else { mantissa }, scale }.reduced())
    }

    /// The shortest decimal that reads back as this float; nothing for infinities, NaN and the very large.
    pub fn from_f64(value: f64) -> Option<Decimal> {
        if value.is_finite() { Decimal::parse(&format!("{value}")) } else { None }
    }

    /// Digits after the point once trailing zeros are gone.
    pub fn decimals(self) -> u8 {
        self.scale
    }

    /// Whether the value is below zero.
    pub fn is_negative(self) -> bool {
        self.mantissa < 0
    }

    /// The value without its sign.
    pub fn abs(self) -> Decimal {
        Decimal { mantissa: self.mantissa.abs(), scale: self.scale }
    }

    /// The whole number this is, if it is one.
    pub fn as_whole(self) -> Option<i64> {
        (self.scale == 0).then_some(self.mantissa)
    }

    /// The value times a power of ten, if it stays within bounds.
    pub fn shifted(self, power: u8) -> Option<Decimal> {
        let spare = power.saturating_sub(self.scale);
        let mantissa = self.mantissa.checked_mul(10i64.checked_pow(u32::from(spare))?)?;
        Some(Decimal { mantissa, scale: self.scale.saturating_sub(power) }.reduced())
    }

    /// The sum, if it stays within bounds.
    pub fn plus(self, other: Decimal) -> Option<Decimal> {
        let scale = self.scale.max(other.scale);
        let lift = |d: Decimal| d.mantissa.checked_mul(10i64.checked_pow(u32::from(scale - d.scale))?);
        Some(Decimal { mantissa: lift(self)?.checked_add(lift(other)?)?, scale }.reduced())
    }

    /// A hundredth part.
    pub fn hundredth(self) -> Decimal {
        Decimal { mantissa: self.mantissa, scale: self.scale + 2 }.reduced()
    }

    /// The value multiplied by a whole number and rounded down.
    pub fn times_floor(self, factor: i64) -> Option<i64> {
        let product = i128::from(self.mantissa) * i128::from(factor);
        i64::try_from(product.div_euclid(10i128.checked_pow(u32::from(self.scale))?)).ok()
    }

    fn reduced(mut self) -> Decimal {
        while self.scale > 0 && self.mantissa % 10 == 0 {
            self.mantissa /= 10;
            self.scale -= 1;
        }
        self
    }

    /// Writes at least `least` digits after the point.
    pub(crate) fn render(self, least: u8) -> String {
        let scale = usize::from(self.scale.max(least));
        let digits = self.mantissa.unsigned_abs().to_string() + &"0".repeat(scale - usize::from(self.scale));
        let digits = format!("{digits:0>width$}", width = scale + 1);
        let (whole, fraction) = digits.split_at(digits.len() - scale);
        let sign = if self.mantissa < 0 { "-" } else { "" };
        if scale == 0 { format!("{sign}{whole}") } else { format!("{sign}{whole}.{fraction}") }
    }
}

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.render(0))
    }
}

/// Whether the whole part is plain digits or digits grouped by commas (in threes, or by lakh: `1,00,000`).
fn grouped(whole: &str) -> bool {
    if !whole.contains(',') {
        return whole.bytes().all(|b| b.is_ascii_digit());
    }
    let groups: Vec<&str> = whole.split(',').collect();
    let last = groups.len() - 1;
    groups.iter().enumerate().all(|(i, group)| {
        let fits = match i {
            0 => (1..=3).contains(&group.len()),
            _ if i == last => group.len() == 3,
            _ => group.len() == 3 || group.len() == 2,
        };
        fits && group.bytes().all(|b| b.is_ascii_digit())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(input: &str, expect: Option<&str>) {
        assert_eq!(Decimal::parse(input).map(|d| d.to_string()).as_deref(), expect, "{input}");
    }

    #[test]
    fn reads_and_reduces() {
        check("48.00", Some("48"));
        check("1,234.50", Some("1234.5"));
        check("1,00,000", Some("100000"));
        check("-0.05", Some("-0.05"));
        check("12,34", None);
        check("1.", None);
        check("", None);
        check("1.2.3", None);
        check("9999999999999999999", None);
    }

    #[test]
    fn floats_read_as_written() {
        assert_eq!(Decimal::from_f64(64.50), Decimal::parse("64.5"));
        assert_eq!(Decimal::from_f64(0.1), Decimal::parse("0.1"));
        assert_eq!(Decimal::from_f64(f64::NAN), None);
    }
}
