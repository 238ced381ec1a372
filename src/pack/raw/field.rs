//! A value with its place, tolerant of what an earlier stage has already reported.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;
use std::ops::Range;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::de::{Deserialize, Deserializer, SeqAccess, Visitor};
use serde::forward_to_deserialize_any;

/// The name by which [`Field`] makes itself known to the span tree's deserializer.
pub(in crate::pack) const FIELD: &str = "$support_ops::Field";

/// A value and the bytes it was read from, or a *hole*: a value that is there or required but whose fault has been
/// reported, so that later stages stay silent about it. From any other deserializer than the span tree's there are no
/// holes, and the types are as strict as the schema.
#[derive(Debug, Clone, PartialEq)]
pub struct Field<T> {
    value: Option<T>,
    span: Range<usize>,
}

impl<T> Field<T> {
    /// The value, unless it is a hole.
    pub fn get(&self) -> Option<&T> {
        self.value.as_ref()
    }

    /// Where the value stands; for a missing one, its table's header.
    pub fn span(&self) -> Range<usize> {
        self.span.clone()
    }

    /// The value with its place.
    pub fn spanned(&self) -> Option<(&T, Range<usize>)> {
        Some((self.value.as_ref()?, self.span()))
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Field<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_newtype_struct(FIELD, FieldVisitor(PhantomData))
    }
}

struct FieldVisitor<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for FieldVisitor<T> {
    type Value = Field<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        Ok(Field { value: Some(T::deserialize(TablesOnly(deserializer))?), span: 0..0 })
    }

    /// The span tree's form: start, end, and the value where it is not a hole.
    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        let start = seq.next_element()?.unwrap_or(0);
        let end = seq.next_element()?.unwrap_or(start);
        Ok(Field { value: seq.next_element()?, span: start..end })
    }
}

/// A deserializer of a value that is no list where a table is asked for: serde would read a struct from a list, too,
/// field by field, which no schema allows.
struct TablesOnly<D>(D);

impl<'de, D: Deserializer<'de>> Deserializer<'de> for TablesOnly<D> {
    type Error = D::Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
        self.0.deserialize_any(visitor)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        self.0.deserialize_map(visitor)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        self.0.deserialize_enum(name, variants, visitor)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, name: &'static str, visitor: V) -> Result<V::Value, D::Error> {
        self.0.deserialize_newtype_struct(name, visitor)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct seq
        tuple tuple_struct map identifier ignored_any
    }
}

/// A key that may be left out. TOML has no null, and neither the types nor the schema accept one.
#[derive(Debug, Clone, PartialEq)]
pub struct Maybe<T>(Option<Field<T>>);

impl<T> Maybe<T> {
    /// The value, unless it is left out or a hole.
    pub fn get(&self) -> Option<&T> {
        self.0.as_ref()?.get()
    }

    /// The value with its place, unless it is left out or a hole.
    pub fn spanned(&self) -> Option<(&T, Range<usize>)> {
        self.0.as_ref()?.spanned()
    }

    /// Whether the key is written, even with a faulty value.
    pub fn is_given(&self) -> bool {
        self.0.is_some()
    }

    /// Whether the key is written with a faulty value.
    pub fn is_hole(&self) -> bool {
        self.0.as_ref().is_some_and(|field| field.get().is_none())
    }
}

impl<T> Maybe<Vec<T>> {
    /// The items of a list; none where it is left out or a hole.
    pub fn items(&self) -> &[T] {
        self.get().map_or(&[], Vec::as_slice)
    }
}

impl<T> Default for Maybe<T> {
    fn default() -> Self {
        Maybe(None)
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Maybe<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Field::deserialize(deserializer).map(|field| Maybe(Some(field)))
    }
}

macro_rules! schema_of_inner {
    ($wrapper:ident) => {
        impl<T: JsonSchema> JsonSchema for $wrapper<T> {
            fn inline_schema() -> bool {
                T::inline_schema()
            }

            fn schema_name() -> Cow<'static, str> {
                T::schema_name()
            }

            fn schema_id() -> Cow<'static, str> {
                T::schema_id()
            }

            fn json_schema(generator: &mut SchemaGenerator) -> Schema {
                T::json_schema(generator)
            }
        }
    };
}

schema_of_inner!(Field);
schema_of_inner!(Maybe);
