//! Single values with a form or a range of their own. Each states its rule once, for serde and for the schema.

use std::borrow::Cow;
use std::sync::LazyLock;

use regex::Regex;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{Deserialize, Deserializer, Error};

use super::RawText;

/// A text of a given form.
macro_rules! pattern_text {
    ($(#[$doc:meta])* $name:ident, $read:ident, $pattern:literal, $max:expr, $form:literal $(, $formats:expr)?) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name<'t>(RawText<'t>);

        impl $name<'_> {
            /// What the form is, in words.
            pub const FORM: &'static str = $form;

            const PATTERN: &'static str = $pattern;

            /// The text.
            pub fn as_str(&self) -> &str {
                self.0.as_str()
            }

            fn matches(text: &str) -> bool {
                static PATTERN: LazyLock<Regex> =
                    LazyLock::new(|| Regex::new($pattern).expect("the patterns are constants that a test compiles"));
                PATTERN.is_match(text)
            }

            pub(crate) fn fits(text: &str) -> bool {
                text.chars().count() <= $max && $name::matches(text)
            }
        }

        impl<'de: 't, 't> Deserialize<'de> for $name<'t> {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = super::text::$read(deserializer)?;
                if $name::fits(&text) { Ok($name(text)) } else { Err(D::Error::custom($form)) }
            }
        }

        impl JsonSchema for $name<'_> {
            fn inline_schema() -> bool {
                true
            }

            fn schema_name() -> Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                let plain = json_schema!({ "type": "string", "pattern": $pattern, "maxLength": $max });
                $(let plain = with_formats(&plain, &$formats);)?
                plain
            }
        }
    };
}

/// A text's schema that lets TOML's own dates pass, too. Most editors take them for text, but tombi only where a format
/// says so; the text's other rules stand in every form, because a format alone is not binding.
pub(super) fn with_formats(plain: &Schema, formats: &[&str]) -> Schema {
    let formatted = formats.iter().map(|&format| {
        let mut schema = plain.clone();
        schema.insert("format".to_owned(), format.into());
        schema
    });
    let forms: Vec<Schema> = std::iter::once(plain.clone()).chain(formatted).collect();
    json_schema!({ "anyOf": forms })
}

/// A number in a closed range.
macro_rules! bounded_number {
    ($(#[$doc:meta])* $name:ident, integer $type:ty, $min:literal, $max:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub struct $name($type);

        impl $name {
            /// The number.
            pub fn value(self) -> $type {
                self.0
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let number = super::text::whole(deserializer)?;
                let fits = ($min..=$max).contains(&number);
                <$type>::try_from(number).ok().filter(|_| fits).map($name)
                    .ok_or_else(|| D::Error::custom(concat!("a whole number from ", $min, " to ", $max)))
            }
        }

        impl JsonSchema for $name {
            fn inline_schema() -> bool {
                true
            }

            fn schema_name() -> Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!({ "type": "integer", "minimum": $min, "maximum": $max })
            }
        }
    };
    ($(#[$doc:meta])* $name:ident, float, $min:literal, $max:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
        pub struct $name(f64);

        impl $name {
            /// The number.
            pub fn value(self) -> f64 {
                self.0
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let number = f64::deserialize(deserializer)?;
                if ($min..=$max).contains(&number) {
                    Ok($name(number))
                } else {
                    Err(D::Error::custom(concat!("a number from ", $min, " to ", $max)))
                }
            }
        }

        impl JsonSchema for $name {
            fn inline_schema() -> bool {
                true
            }

            fn schema_name() -> Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!({ "type": "number", "minimum": $min, "maximum": $max })
            }
        }
    };
}

pattern_text!(
    /// An id: lower-case letters and digits in groups joined by single `-` or `_`, at most 64 bytes.
    Id, plain, r"^[a-z0-9]+([-_][a-z0-9]+)*$", 64, "lower-case letters and digits, joined by single `-` or `_`, at most 64"
);
pattern_text!(
    /// A pack's public name.
    PackName, plain, r"^[a-z][a-z0-9_]*$", 64, "a lower-case letter, then lower-case letters, digits and `_`, at most 64"
);
pattern_text!(
    /// A semantic version; the pattern is the one that semver.org suggests, without named groups.
    SemVer, plain,
    r"^(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)(-(0|[1-9][0-9]*|[0-9]*[a-zA-Z-][0-9a-zA-Z-]*)(\.(0|[1-9][0-9]*|[0-9]*[a-zA-Z-][0-9a-zA-Z-]*))*)?(\+[0-9a-zA-Z-]+(\.[0-9a-zA-Z-]+)*)?$",
    128, "a semantic version such as `1.0.0`"
);
pattern_text!(
    /// An ISO 4217 currency code.
    CurrencyCode, plain, r"^[A-Z]{3}$", 3, "a currency code of three capitals such as `USD`"
);
pattern_text!(
    /// A date and time as RFC 3339 writes it, or a date alone.
    Timestamp, plain_or_date,
    r"^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])([Tt ]([01][0-9]|2[0-3]):[0-5][0-9](:([0-5][0-9]|60)(\.[0-9]+)?)?([Zz]|[+-]([01][0-9]|2[0-3]):[0-5][0-9])?)?$",
    64, "a date and time such as 2026-03-03T08:15:00Z", ["date-time", "date-time-local", "date"]
);

impl Id<'_> {
    /// The pattern for the keys of a table; a pattern alone cannot state a length, so lowering checks that.
    pub(super) const KEY_PATTERN: &'static str = Id::PATTERN;

    /// Whether a key of a table has the form of an id.
    pub(crate) fn fits_key(key: &str) -> bool {
        Id::matches(key)
    }
}

/// What a pattern of the schemas asks for, in words.
pub fn form_of(pattern: &str) -> Option<&'static str> {
    let forms = [
        (Id::PATTERN, Id::FORM),
        (PackName::PATTERN, PackName::FORM),
        (SemVer::PATTERN, SemVer::FORM),
        (CurrencyCode::PATTERN, CurrencyCode::FORM),
        (Timestamp::PATTERN, Timestamp::FORM),
    ];
    forms.into_iter().find(|(known, _)| *known == pattern).map(|(_, form)| form)
}

bounded_number!(
    /// The version of the authored form: 1.
    SchemaVersion, integer u32, 1, 1
);
bounded_number!(
    /// A step limit, 1 to 1000.
    MaxSteps, integer u32, 1, 1000
);
bounded_number!(
    /// A number of steps, 0 to 1000.
    StepCount, integer u32, 0, 1000
);
bounded_number!(
    /// A window in words, 1 to 100.
    Window, integer u32, 1, 100
);
bounded_number!(
    /// A number of words; a message holds at most 16,384 bytes.
    WordCount, integer u32, 0, 16384
);
bounded_number!(
    /// A weight, reward or score, 0 to 1.
    Share, float, 0.0, 1.0
);

/// A credit between 0 and 1, both left out.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
pub struct Portion(f64);

/// A keyword's weight: any finite number above 0.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
pub struct KeywordWeight(f64);

impl Portion {
    /// The number.
    pub fn value(self) -> f64 {
        self.0
    }
}

impl KeywordWeight {
    /// The number.
    pub fn value(self) -> f64 {
        self.0
    }
}

impl<'de> Deserialize<'de> for Portion {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let number = f64::deserialize(deserializer)?;
        if number > 0.0 && number < 1.0 {
            Ok(Portion(number))
        } else {
            Err(D::Error::custom("a number above 0 and below 1"))
        }
    }
}

impl<'de> Deserialize<'de> for KeywordWeight {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let number = f64::deserialize(deserializer)?;
        if number > 0.0 && number.is_finite() {
            Ok(KeywordWeight(number))
        } else {
            Err(D::Error::custom("a finite number above 0"))
        }
    }
}

impl JsonSchema for Portion {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Portion".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1 })
    }
}

impl JsonSchema for KeywordWeight {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "KeywordWeight".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "number", "exclusiveMinimum": 0 })
    }
}
