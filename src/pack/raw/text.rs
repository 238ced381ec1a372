//! Reading single values: text, text or date, whole numbers.

use std::borrow::Cow;
use std::fmt;
use std::ops::Deref;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::de::{Deserialize, Deserializer, Error, Visitor};

/// A text, borrowed from its file where it stands there word for word.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RawText<'t>(Cow<'t, str>);

impl<'t> RawText<'t> {
    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub(super) fn borrowed(text: &'t str) -> RawText<'t> {
        RawText(Cow::Borrowed(text))
    }

    pub(super) fn owned(text: &str) -> RawText<'static> {
        RawText(Cow::Owned(text.to_owned()))
    }
}

impl Deref for RawText<'_> {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for RawText<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self)
    }
}

impl<'de: 't, 't> Deserialize<'de> for RawText<'t> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        plain(deserializer)
    }
}

impl JsonSchema for RawText<'_> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        str::schema_name()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        str::json_schema(generator)
    }
}

struct TextVisitor(&'static str);

impl<'de> Visitor<'de> for TextVisitor {
    type Value = RawText<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }

    fn visit_borrowed_str<E: Error>(self, text: &'de str) -> Result<RawText<'de>, E> {
        Ok(RawText::borrowed(text))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<RawText<'de>, E> {
        Ok(RawText::owned(text))
    }
}

/// Room for a list or table that says it has so many items: a hint is no promise.
pub(super) fn room(hint: Option<usize>) -> usize {
    const MOST: usize = 64;
    hint.unwrap_or(0).min(MOST)
}

/// A string; a TOML date is none.
pub(super) fn plain<'de, D: Deserializer<'de>>(deserializer: D) -> Result<RawText<'de>, D::Error> {
    deserializer.deserialize_str(TextVisitor("a string"))
}

/// A string, or a TOML date as it is written.
pub(super) fn plain_or_date<'de, D: Deserializer<'de>>(deserializer: D) -> Result<RawText<'de>, D::Error> {
    deserializer.deserialize_any(TextVisitor("a date or a string"))
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
