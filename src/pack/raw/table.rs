//! Tables whose keys are the author's own, and lists that are never empty.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;
use std::ops::Deref;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};

use super::text::room;
use super::{Field, Id, RawText};

/// Entries by id, in the file's order, each with its place.
#[derive(Debug, Clone, PartialEq)]
pub struct Table<'t, V>(Vec<(Field<RawText<'t>>, Field<V>)>);

impl<V> Table<'_, V> {
    /// The entries whose key and value are both sound: key, its place, value, its place.
    pub fn entries(&self) -> impl Iterator<Item = (&str, std::ops::Range<usize>, &V, std::ops::Range<usize>)> {
        self.0.iter().filter_map(|(key, value)| {
            let (key, key_span) = key.spanned()?;
            let (value, value_span) = value.spanned()?;
            Some((key.as_str(), key_span, value, value_span))
        })
    }

    /// How many entries are written, faulty ones included.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether nothing is written.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Every key, whether its value is sound or not.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.0.iter().filter_map(|(key, _)| key.get().map(RawText::as_str))
    }
}

impl<'de: 't, 't, V: Deserialize<'de>> Deserialize<'de> for Table<'t, V> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(TableVisitor(PhantomData))
    }
}

/// A list of one item or more.
#[derive(Debug, Clone, PartialEq)]
pub struct NonEmpty<T>(Vec<T>);

impl<T> Deref for NonEmpty<T> {
    type Target = Vec<T>;

    fn deref(&self) -> &Vec<T> {
        &self.0
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for NonEmpty<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let items = Vec::deserialize(deserializer)?;
        if items.is_empty() { Err(serde::de::Error::custom("a list that is not empty")) } else { Ok(NonEmpty(items)) }
    }
}

impl<T: JsonSchema> JsonSchema for NonEmpty<T> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        format!("NonEmpty_of_{}", T::schema_name()).into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let item = generator.subschema_for::<T>();
        json_schema!({ "type": "array", "items": item, "minItems": 1 })
    }
}

struct TableVisitor<V>(PhantomData<V>);

impl<'de, V: Deserialize<'de>> Visitor<'de> for TableVisitor<V> {
    type Value = Table<'de, V>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a table")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut entries = Vec::with_capacity(room(map.size_hint()));
        while let Some(key) = map.next_key::<Field<RawText<'de>>>()? {
            if key.get().is_some_and(|key| !Id::fits_key(key)) {
                return Err(serde::de::Error::custom(Id::FORM));
            }
            entries.push((key, map.next_value()?));
        }
        Ok(Table(entries))
    }
}

impl<V: JsonSchema> JsonSchema for Table<'_, V> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        format!("Table_of_{}", V::schema_name()).into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let value = generator.subschema_for::<V>();
        json_schema!({ "type": "object", "patternProperties": { (Id::KEY_PATTERN): value }, "additionalProperties": false })
    }
}
