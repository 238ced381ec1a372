//! The canonical order of keys: that of the schema's properties, which is that of the raw types' fields.

use serde_json::Value as Json;

use crate::pack::FileKind;

/// What the schema says of a place in a file.
#[derive(Debug, Clone, Copy)]
pub(super) struct Shape(&'static Json);

impl Shape {
    /// The top of a file.
    pub(super) fn of(kind: FileKind) -> Shape {
        Shape(kind.schema())
    }

    /// Whether the order of this table's keys is the author's own: they are shown, or counted, as they are written.
    pub(super) fn is_free(self) -> bool {
        self.properties().is_none() && self.0.get("items").is_none()
    }

    /// What may stand under a key.
    pub(super) fn key(self, key: &str) -> Shape {
        Shape(self.properties().and_then(|known| known.get(key)).unwrap_or(&Json::Null))
    }

    /// What each item of a list is.
    pub(super) fn item(self) -> Shape {
        Shape(self.0.get("items").unwrap_or(&Json::Null))
    }

    /// Where a key stands among its neighbours: unknown ones behind all known ones.
    pub(super) fn rank(self, key: &str) -> usize {
        self.properties().and_then(|known| known.keys().position(|name| name == key)).unwrap_or(usize::MAX)
    }

    /// Where a dotted key stands, part by part, as far as the order is not the author's own.
    pub(super) fn ranks(self, path: &[String]) -> Vec<usize> {
        let mut ranks = Vec::new();
        let mut shape = self;
        for key in path {
            if shape.is_free() {
                break;
            }
            ranks.push(shape.rank(key));
            shape = shape.key(key);
        }
        ranks
    }

    /// The keys that a table here may have; of several forms those of the first that is a table.
    fn properties(self) -> Option<&'static serde_json::Map<String, Json>> {
        let own = self.0.get("properties");
        let forms = self.0.get("anyOf").and_then(Json::as_array).into_iter().flatten();
        own.or_else(|| forms.filter_map(|form| form.get("properties")).next()).and_then(Json::as_object)
    }
}
