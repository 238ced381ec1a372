//! Values of typed matchers: a literal, or `{ from = "<artifact>.<path>" }`.

use std::borrow::Cow;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Deserialize;
use serde::de::{Deserializer, Error, MapAccess, Visitor, value::MapAccessDeserializer};

use super::{Field, RawText};

/// A literal written as text, or the field of a record.
#[derive(Debug, Clone, PartialEq)]
pub enum RawValueText<'t> {
    Literal(RawText<'t>),
    From(Field<RawText<'t>>),
}

/// A date, or the field of a record.
#[derive(Debug, Clone, PartialEq)]
pub enum RawDate<'t> {
    /// As it is written: a TOML date or a string.
    Literal(RawText<'t>),
    From(Field<RawText<'t>>),
}

/// A number, or the field of a record.
#[derive(Debug, Clone, PartialEq)]
pub enum RawNumber<'t> {
    Literal(f64),
    From(Field<RawText<'t>>),
}

/// A length of time, an upper bound of one, or the field of a record.
#[derive(Debug, Clone, PartialEq)]
pub enum RawDuration<'t> {
    Literal(RawText<'t>),
    AtMost(Field<RawText<'t>>),
    From(Field<RawText<'t>>),
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, bound(deserialize = "'de: 't"))]
#[schemars(inline)]
struct FromTable<'t> {
    /// An artifact's id, then the path to the field: keys by dots, odd keys quoted, `[n]` for lists.
    #[schemars(example = &"payment.captures[1].amount")]
    from: Field<RawText<'t>>,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, bound(deserialize = "'de: 't"))]
#[schemars(inline)]
#[expect(dead_code, reason = "only its schema is used; `DurationTable` reads it")]
struct AtMostTable<'t> {
    /// The longest time that still meets it.
    #[schemars(example = &"5 business days")]
    at_most: Field<RawText<'t>>,
}

/// The two tables that a duration may be.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, bound(deserialize = "'de: 't"))]
struct DurationTable<'t> {
    #[serde(default)]
    from: Option<Field<RawText<'t>>>,
    #[serde(default)]
    at_most: Option<Field<RawText<'t>>>,
}

macro_rules! value_or_table {
    ($name:ident, $expecting:literal, { $($literal:item)* }, |$table:ident: $Table:ident| $from:expr, $schema:expr) => {
        impl<'de: 't, 't> Deserialize<'de> for $name<'t> {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                struct Values;

                impl<'de> Visitor<'de> for Values {
                    type Value = $name<'de>;

                    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                        f.write_str($expecting)
                    }

                    $($literal)*

                    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<$name<'de>, A::Error> {
                        let $table = $Table::deserialize(MapAccessDeserializer::new(map))?;
                        $from
                    }
                }

                deserializer.deserialize_any(Values)
            }
        }

        impl JsonSchema for $name<'_> {
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
        fn visit_borrowed_str<E: Error>(self, text: &'de str) -> Result<RawValueText<'de>, E> {
            Ok(RawValueText::Literal(RawText::borrowed(text)))
        }

        fn visit_str<E: Error>(self, text: &str) -> Result<RawValueText<'de>, E> {
            Ok(RawValueText::Literal(RawText::owned(text)))
        }
    },
    |table: FromTable| Ok(RawValueText::From(table.from)),
    |generator| json_schema!({ "anyOf": [{ "type": "string" }, generator.subschema_for::<FromTable<'_>>()] })
);

value_or_table!(
    RawDate,
    "a date or { from = … }",
    {
        fn visit_borrowed_str<E: Error>(self, text: &'de str) -> Result<RawDate<'de>, E> {
            Ok(RawDate::Literal(RawText::borrowed(text)))
        }

        fn visit_str<E: Error>(self, text: &str) -> Result<RawDate<'de>, E> {
            Ok(RawDate::Literal(RawText::owned(text)))
        }
    },
    |table: FromTable| Ok(RawDate::From(table.from)),
    |generator| {
        // The second form is for TOML's own dates, which tombi takes for text only where a format says so.
        let date = json_schema!({ "type": "string", "format": "date" });
        json_schema!({ "anyOf": [{ "type": "string" }, date, generator.subschema_for::<FromTable<'_>>()] })
    }
);

value_or_table!(
    RawNumber,
    "a number or { from = … }",
    {
        fn visit_f64<E: Error>(self, number: f64) -> Result<RawNumber<'de>, E> {
            Ok(RawNumber::Literal(number))
        }

        fn visit_i64<E: Error>(self, number: i64) -> Result<RawNumber<'de>, E> {
            Ok(RawNumber::Literal(number as f64))
        }

        fn visit_u64<E: Error>(self, number: u64) -> Result<RawNumber<'de>, E> {
            Ok(RawNumber::Literal(number as f64))
        }
    },
    |table: FromTable| Ok(RawNumber::From(table.from)),
    |generator| json_schema!({ "anyOf": [{ "type": "number" }, generator.subschema_for::<FromTable<'_>>()] })
);

value_or_table!(
    RawDuration,
    "a string, { from = … } or { at_most = … }",
    {
        fn visit_borrowed_str<E: Error>(self, text: &'de str) -> Result<RawDuration<'de>, E> {
            Ok(RawDuration::Literal(RawText::borrowed(text)))
        }

        fn visit_str<E: Error>(self, text: &str) -> Result<RawDuration<'de>, E> {
            Ok(RawDuration::Literal(RawText::owned(text)))
        }
    },
    |table: DurationTable| match (table.from, table.at_most) {
        (Some(from), None) => Ok(RawDuration::From(from)),
        (None, Some(most)) => Ok(RawDuration::AtMost(most)),
        _ => Err(A::Error::custom("either `from` or `at_most`")),
    },
    |generator| json_schema!({
        "anyOf": [{ "type": "string" }, generator.subschema_for::<FromTable<'_>>(), generator.subschema_for::<AtMostTable<'_>>()]
    })
);
