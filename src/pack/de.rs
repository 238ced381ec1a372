//! From the span tree to the raw types, holes and places included.

use std::borrow::Cow;
use std::fmt;
use std::ops::Range;

use serde::de::{
    Deserialize, DeserializeSeed, Deserializer, Error as _, IntoDeserializer, MapAccess, SeqAccess, Visitor,
    value::{StrDeserializer, UsizeDeserializer},
};
use serde::forward_to_deserialize_any;

use super::raw::FIELD;
use super::tree::{Entry, Node, Value};

/// Why a tree did not become a raw type. After the schema has accepted the tree only a bug or a rule that a schema
/// cannot state leads here.
#[derive(Debug)]
pub(super) struct Fault {
    pub(super) message: String,
    /// The innermost value at fault, where one is known.
    pub(super) span: Option<Range<usize>>,
    /// Whether the cause is a hole, which has been reported.
    hole: bool,
}

/// A fault on its way up. Boxed, since every value on its way up is as large as this.
#[derive(Debug)]
struct DeError(Box<Fault>);

/// Reads a raw type from a tree. Values that do not fit become holes and are noted in `faults`; the rest goes on.
pub(super) fn from_tree<'de, T: Deserialize<'de>>(root: &Node<'de>, faults: &mut Vec<Fault>) -> Option<T> {
    let noted = std::cell::RefCell::new(Vec::new());
    let result = T::deserialize(NodeDeserializer { node: root, faults: &noted });
    faults.append(&mut noted.into_inner());
    result.map_err(|DeError(fault)| faults.extend((!fault.hole).then_some(*fault))).ok()
}

/// Hands on a text, borrowed from the file where it stands there word for word.
fn visit_text<'de, V: Visitor<'de>>(text: &Cow<'de, str>, visitor: V) -> Result<V::Value, DeError> {
    match text {
        Cow::Borrowed(text) => visitor.visit_borrowed_str(text),
        Cow::Owned(text) => visitor.visit_str(text),
    }
}

type Faults = std::cell::RefCell<Vec<Fault>>;

#[derive(Clone, Copy)]
struct NodeDeserializer<'de, 'n> {
    node: &'n Node<'de>,
    faults: &'n Faults,
}

impl DeError {
    fn date() -> DeError {
        DeError::custom("a date or time stands where a string is needed; put it in quotes")
    }

    fn at(mut self, node: &Node<'_>) -> DeError {
        self.0.span.get_or_insert(node.span.clone());
        self
    }
}

impl<'de> Deserializer<'de> for NodeDeserializer<'de, '_> {
    type Error = DeError;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DeError> {
        let result = match &self.node.value {
            Value::Text(text) | Value::Date(text) => visit_text(text, visitor),
            Value::Integer(number) => visitor.visit_i64(*number),
            Value::Float(number) => visitor.visit_f64(*number),
            Value::Boolean(value) => visitor.visit_bool(*value),
            Value::List(items) => visitor.visit_seq(Items { items: items.iter(), faults: self.faults }),
            Value::Table(entries) => {
                visitor.visit_map(Entries { entries: entries.iter(), next: None, faults: self.faults })
            }
            Value::Hole => Err(DeError(Box::new(Fault { message: String::new(), span: None, hole: true }))),
        };
        result.map_err(|error| error.at(self.node))
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DeError> {
        match &self.node.value {
            Value::Date(_) => Err(DeError::date().at(self.node)),
            _ => self.deserialize_any(visitor),
        }
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DeError> {
        self.deserialize_str(visitor)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, name: &'static str, visitor: V) -> Result<V::Value, DeError> {
        if name == FIELD {
            visitor.visit_seq(Place { node: self.node, faults: self.faults, at: 0 })
        } else {
            visitor.visit_newtype_struct(self)
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DeError> {
        visitor.visit_some(self)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, DeError> {
        match &self.node.value {
            // Serde would read a struct from a list, too, field by field, which no schema allows.
            Value::List(_) => Err(DeError::custom("a list stands where a table is needed").at(self.node)),
            _ => self.deserialize_any(visitor),
        }
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, DeError> {
        match &self.node.value {
            Value::Text(text) => {
                let text: StrDeserializer<'_, DeError> = text.as_ref().into_deserializer();
                text.deserialize_enum(name, variants, visitor).map_err(|error| error.at(self.node))
            }
            Value::Date(_) => Err(DeError::date().at(self.node)),
            _ => self.deserialize_any(visitor),
        }
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char bytes byte_buf unit unit_struct seq tuple
        tuple_struct map identifier ignored_any
    }
}

/// The form in which a `Field` reads itself: start, end, and the value where it is not a hole.
struct Place<'de, 'n> {
    node: &'n Node<'de>,
    faults: &'n Faults,
    at: u8,
}

impl<'de> SeqAccess<'de> for Place<'de, '_> {
    type Error = DeError;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, DeError> {
        self.at += 1;
        let number = |number: usize| -> UsizeDeserializer<DeError> { number.into_deserializer() };
        match self.at {
            1 => seed.deserialize(number(self.node.span.start)).map(Some),
            2 => seed.deserialize(number(self.node.span.end)).map(Some),
            3 if !self.node.is_hole() => {
                match seed.deserialize(NodeDeserializer { node: self.node, faults: self.faults }) {
                    Ok(value) => Ok(Some(value)),
                    Err(error) => {
                        let DeError(fault) = error.at(self.node);
                        if !fault.hole {
                            self.faults.borrow_mut().push(*fault);
                        }
                        Ok(None)
                    }
                }
            }
            _ => Ok(None),
        }
    }
}

struct Items<'de, 'n> {
    items: std::slice::Iter<'n, Node<'de>>,
    faults: &'n Faults,
}

impl<'de> SeqAccess<'de> for Items<'de, '_> {
    type Error = DeError;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, DeError> {
        self.items.next().map(|node| seed.deserialize(NodeDeserializer { node, faults: self.faults })).transpose()
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.items.len())
    }
}

struct Entries<'de, 'n> {
    entries: std::slice::Iter<'n, Entry<'de>>,
    next: Option<&'n Node<'de>>,
    faults: &'n Faults,
}

impl<'de> MapAccess<'de> for Entries<'de, '_> {
    type Error = DeError;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, DeError> {
        let Some(entry) = self.entries.next() else { return Ok(None) };
        self.next = Some(&entry.node);
        seed.deserialize(KeyDeserializer { entry }).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, DeError> {
        let node = self.next.take().expect("serde asks for a value only after its key");
        seed.deserialize(NodeDeserializer { node, faults: self.faults })
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.entries.len())
    }
}

struct KeyDeserializer<'de, 'n> {
    entry: &'n Entry<'de>,
}

impl<'de> Deserializer<'de> for KeyDeserializer<'de, '_> {
    type Error = DeError;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DeError> {
        visit_text(&self.entry.key, visitor)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, name: &'static str, visitor: V) -> Result<V::Value, DeError> {
        if name == FIELD {
            visitor.visit_seq(KeyPlace { entry: self.entry, at: 0 })
        } else {
            visitor.visit_newtype_struct(self)
        }
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct seq
        tuple tuple_struct map struct enum identifier ignored_any
    }
}

struct KeyPlace<'de, 'n> {
    entry: &'n Entry<'de>,
    at: u8,
}

impl<'de> SeqAccess<'de> for KeyPlace<'de, '_> {
    type Error = DeError;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, DeError> {
        self.at += 1;
        let number = |number: usize| -> UsizeDeserializer<DeError> { number.into_deserializer() };
        match self.at {
            1 => seed.deserialize(number(self.entry.key_span.start)).map(Some),
            2 => seed.deserialize(number(self.entry.key_span.end)).map(Some),
            3 => seed.deserialize(KeyDeserializer { entry: self.entry }).map(Some),
            _ => Ok(None),
        }
    }
}

impl std::error::Error for DeError {}

impl fmt::Display for DeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.message)
    }
}

impl serde::de::Error for DeError {
    fn custom<T: fmt::Display>(message: T) -> DeError {
        DeError(Box::new(Fault { message: message.to_string(), span: None, hole: false }))
    }
}
