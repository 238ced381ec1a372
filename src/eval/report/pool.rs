//! Texts and documents, each kept once: episodes of a run repeat most of what they show.

use indexmap::IndexSet;
use serde::{Serialize, Serializer};
use serde_json::value::RawValue;

/// JSON values in the order they came in, each once.
#[derive(Debug, Default)]
pub(super) struct Pool {
    items: IndexSet<Box<str>>,
    bytes: usize,
}

impl Pool {
    /// The place of this value, which is taken in where it is new.
    pub(super) fn intern(&mut self, value: &impl Serialize) -> usize {
        let json = serde_json::to_string(value).expect("what reports show is plain JSON").into_boxed_str();
        if let Some(at) = self.items.get_index_of(&json) {
            return at;
        }
        self.bytes += json.len();
        self.items.insert_full(json).0
    }

    /// Bytes of all values together.
    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }
}

impl Serialize for Pool {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let raw = |json: &str| RawValue::from_string(json.to_owned()).expect("it was written as JSON");
        serializer.collect_seq(self.items.iter().map(|json| raw(json)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_values_are_kept_once_in_order() {
        let mut pool = Pool::default();
        let places = [pool.intern(&"b"), pool.intern(&["a"]), pool.intern(&"b"), pool.intern(&1.5)];
        assert_eq!(places, [0, 1, 0, 2]);
        assert_eq!(serde_json::to_string(&pool).expect("plain JSON"), r#"["b",["a"],1.5]"#);
        assert_eq!(pool.bytes(), 3 + 5 + 3);
    }
}
