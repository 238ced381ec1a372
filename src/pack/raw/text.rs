//! Reading single values: text, text or date, whole numbers.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, Visitor};

/// A string; a TOML date is none.
pub(super) fn plain<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    String::deserialize(deserializer)
}

/// A string, or a TOML date as it is written.
pub(super) fn plain_or_date<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    struct Text;

    impl Visitor<'_> for Text {
        type Value = String;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a date or a string")
        }

        fn visit_str<E: Error>(self, text: &str) -> Result<String, E> {
            Ok(text.to_owned())
        }
    }

    deserializer.deserialize_any(Text)
}

/// A whole number; JSON Schema counts `10.0` as one, and so do we.
pub(super) fn whole<'de, D: Deserializer<'de>>(deserializer: D) -> Result<i64, D::Error> {
    struct Whole;

    impl Visitor<'_> for Whole {
        type Value = i64;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a whole number")
        }

        fn visit_i64<E: Error>(self, number: i64) -> Result<i64, E> {
            Ok(number)
        }

        fn visit_u64<E: Error>(self, number: u64) -> Result<i64, E> {
            i64::try_from(number).map_err(|_| E::custom("the number is too big"))
        }

        fn visit_f64<E: Error>(self, number: f64) -> Result<i64, E> {
            // Within 2^53 every whole float is exact; none of the keys takes a larger number.
            if number.fract() == 0.0 && number.abs() <= 9_007_199_254_740_992.0 {
                Ok(number as i64)
            } else {
                Err(E::custom("a whole number is needed"))
            }
        }
    }

    deserializer.deserialize_any(Whole)
}
