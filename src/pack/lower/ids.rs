//! Ids that must be told apart: by machines, and by people who read them.

use std::collections::hash_map::Entry;
use std::hash::{Hash, Hasher};
use std::ops::Range;

use foldhash::{HashMap, HashMapExt};

use crate::diag::{Code, Diagnostic, Span};

use super::File;

/// Notes ids of one kind and reports the second of two that are equal or look alike.
pub(super) struct IdSet<'a> {
    /// What the ids are of, for messages: "artifact".
    what: &'static str,
    seen: HashMap<Confusable<'a>, (&'a str, Span)>,
}

/// An id that is equal to all that people take for it.
struct Confusable<'a>(&'a str);

impl PartialEq for Confusable<'_> {
    fn eq(&self, other: &Confusable<'_>) -> bool {
        self.0.bytes().map(look_alike).eq(other.0.bytes().map(look_alike))
    }
}

impl Eq for Confusable<'_> {}

impl Hash for Confusable<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.bytes().for_each(|byte| state.write_u8(look_alike(byte)));
    }
}

impl<'a> IdSet<'a> {
    /// No ids yet of this kind of thing.
    pub(super) fn new(what: &'static str) -> IdSet<'a> {
        IdSet { what, seen: HashMap::new() }
    }

    /// Notes an id; returns whether it is new. One that is equal to an earlier one, or differs only in what people
    /// overlook, is reported.
    pub(super) fn add(&mut self, id: &'a str, range: Range<usize>, file: &mut File<'_>) -> bool {
        let place = file.span(range);
        let (other, first) = match self.seen.entry(Confusable(id)) {
            Entry::Vacant(free) => {
                free.insert((id, place));
                return true;
            }
            Entry::Occupied(seen) => seen.into_mut(),
        };
        let diagnostic = if *other == id {
            Diagnostic::new(Code::DuplicateLocalId, place, format!("{} id `{id}` is used twice", self.what))
        } else {
            Diagnostic::new(Code::ConfusableId, place, format!("{} id `{id}` looks like `{other}`", self.what))
        };
        let diagnostic =
            diagnostic.with_label(*first, "first used here").with_help(Some("choose another id".to_owned()));
        file.sink.push(diagnostic);
        false
    }

    /// Notes an id of another file, which is not checked again.
    pub(super) fn note(&mut self, id: &'a str, place: Span) {
        self.seen.entry(Confusable(id)).or_insert((id, place));
    }
}

/// Equal for two ids that people take for one another: `-` and `_`, and the digits that look like letters. The form of
/// an id leaves no other look-alikes.
pub(in crate::pack) fn confusable_key(id: &str) -> String {
    let mut key = String::with_capacity(id.len());
    key.extend(id.bytes().map(|byte| char::from(look_alike(byte))));
    key
}

fn look_alike(byte: u8) -> u8 {
    match byte {
        b'-' => b'_',
        b'0' => b'o',
        b'1' => b'l',
        other => other,
    }
}
