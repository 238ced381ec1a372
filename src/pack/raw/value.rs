//! Values of typed matchers: a literal, or `{ from = "<artifact>.<path>" }`.

use std::borrow::Cow;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Deserialize;
use serde::de::{Deserializer, Error, MapAccess, Visitor, value::MapAccessDeserializer};

use super::Field;

/// A literal written as text, or the field of a record.
#[derive(Debug, Clone, PartialEq)]
pub enum RawValueText {
    Literal(String),
    From(Field<String>),
}

/// A date, or the field of a record.
#[derive(Debug, Clone, PartialEq)]
pub enum RawDate {
    /// As it is written: a TOML date or a string.
    Literal(String),
    From(Field<String>),
}

/// A number, or the field of a record.
#[derive(Debug, Clone, PartialEq)]
pub enum RawNumber {
    Literal(f64),
    From(Field<String>),
}

/// A length of time, an upper bound of one, or the field of a record.
#[derive(Debug, Clone, PartialEq)]
pub enum RawDuration {
    Literal(String),
    AtMost(Field<String>),
    From(Field<String>),
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
struct FromTable {
    /// An artifact's id, then the path to the field: keys by dots, odd keys quoted, `[n]` for lists.
    #[schemars(example = &"payment.captures[1].amount")]
    from: Field<String>,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
#[expect(dead_code, reason = "only its schema is used; `DurationTable` reads it")]
struct AtMostTable {
    /// The longest time that still meets it.
    #[schemars(example = &"5 business days")]
    at_most: Field<String>,
}

/// The two tables that a duration may be.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DurationTable {
    #[serde(default)]
    from: Option<Field<String>>,
    #[serde(default)]
    at_most: Option<Field<String>>,
}

macro_rules! value_or_table {
    ($name:ident, $expecting:literal, { $($literal:item)* }, |$table:ident: $Table:ident| $from:expr, $schema:expr) => {
        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                struct Values;

                impl<'de> Visitor<'de> for Values {
                    type Value = $name;

                    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                        f.write_str($expecting)
                    }

                    $($literal)*

                    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<$name, A::Error> {
                        let $table = $Table::deserialize(MapAccessDeserializer::new(map))?;
                        $from
                    }
                }

                deserializer.deserialize_any(Values)
            }
        }

        impl JsonSchema for $name {
            fn inline_schema() -> bool {
                true
            }

            fn schema_name() -> Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(generator: &mut SchemaGenerator) -> Schema {
                let schema: fn(&mut SchemaGenerator) -> Schema = $schema;
                schema(generator)
            }
        }
    };
}

value_or_table!(
    RawValueText,
    "a string or { from = … }",
    {
        fn visit_str<E: Error>(self, text: &str) -> Result<RawValueText, E> {
            Ok(RawValueText::Literal(text.to_owned()))
        }
    },
    |table: FromTable| Ok(RawValueText::From(table.from)),
    |generator| json_schema!({ "anyOf": [{ "type": "string" }, generator.subschema_for::<FromTable>()] })
);

value_or_table!(
    RawDate,
    "a date or { from = … }",
    {
        fn visit_str<E: Error>(self, text: &str) -> Result<RawDate, E> {
            Ok(RawDate::Literal(text.to_owned()))
        }
    },
    |table: FromTable| Ok(RawDate::From(table.from)),
    |generator| {
        // The second form is for TOML's own dates, which tombi takes for text only where a format says so.
        let date = json_schema!({ "type": "string", "format": "date" });
        json_schema!({ "anyOf": [{ "type": "string" }, date, generator.subschema_for::<FromTable>()] })
    }
);

value_or_table!(
    RawNumber,
    "a number or { from = … }",
    {
        fn visit_f64<E: Error>(self, number: f64) -> Result<RawNumber, E> {
            Ok(RawNumber::Literal(number))
        }

        fn visit_i64<E: Error>(self, number: i64) -> Result<RawNumber, E> {
            Ok(RawNumber::Literal(number as f64))
        }

        fn visit_u64<E: Error>(self, number: u64) -> Result<RawNumber, E> {
            Ok(RawNumber::Literal(number as f64))
        }
    },
    |table: FromTable| Ok(RawNumber::From(table.from)),
    |generator| json_schema!({ "anyOf": [{ "type": "number" }, generator.subschema_for::<FromTable>()] })
);

value_or_table!(
    RawDuration,
    "a string, { from = … } or { at_most = … }",
    {
        fn visit_str<E: Error>(self, text: &str) -> Result<RawDuration, E> {
            Ok(RawDuration::Literal(text.to_owned()))
        }
    },
    |table: DurationTable| match (table.from, table.at_most) {
        (Some(from), None) => Ok(RawDuration::From(from)),
        (None, Some(most)) => Ok(RawDuration::AtMost(most)),
        _ => Err(A::Error::custom("either `from` or `at_most`")),
    },
    |generator| json_schema!({
        "anyOf": [{ "type": "string" }, generator.subschema_for::<FromTable>(), generator.subschema_for::<AtMostTable>()]
    })
);
