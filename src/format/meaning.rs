//! Whether two files mean the same: equal values under equal keys, in any order where the order says nothing.

use crate::pack::tree::{Entry, Node, Value};

use super::order::Shape;

/// Whether the two mean the same. How deep they lie the loader has bounded.
pub(super) fn same_meaning(a: &Node, b: &Node, shape: Shape) -> bool {
    match (&a.value, &b.value) {
        (Value::Table(a), Value::Table(b)) if shape.is_free() => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same_entry(a, b, shape))
        }
        (Value::Table(a), Value::Table(b)) => {
            let sorted = |entries: &[Entry]| {
                let mut order: Vec<usize> = (0..entries.len()).collect();
                order.sort_by(|&a, &b| entries[a].key.cmp(&entries[b].key));
                order
            };
            a.len() == b.len()
                && sorted(a).into_iter().zip(sorted(b)).all(|(at, other)| same_entry(&a[at], &b[other], shape))
        }
        (Value::List(a), Value::List(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same_meaning(a, b, shape.item()))
        }
        (a, b) => a == b,
    }
}

fn same_entry(a: &Entry, b: &Entry, shape: Shape) -> bool {
    a.key == b.key && same_meaning(&a.node, &b.node, shape.key(&a.key))
}
