//! The ids of tasks, which are unique over all packs.

use foldhash::fast::RandomState;
use foldhash::{HashMap, HashMapExt};
use indexmap::IndexMap;

use crate::diag::{Code, Diagnostic, Span};

use super::lower::confusable_key;

/// The most places that a finding lists beside the first two.
const MAX_PLACES: usize = 10;

/// Task ids over all packs, and where each stands.
#[derive(Default)]
pub(super) struct TaskIds {
    by_key: IndexMap<String, Vec<(String, Span)>, RandomState>,
}

impl TaskIds {
    pub(super) fn add(&mut self, id: String, place: Span) {
        self.by_key.entry(confusable_key(&id)).or_default().push((id, place));
    }

    /// One finding for each group of equal ids, one for each id that merely looks like another.
    pub(super) fn into_diagnostics(self) -> Vec<Diagnostic> {
        let mut diagnostics = Vec::new();
        for places in self.by_key.values().filter(|places| places.len() > 1) {
            let mut groups: Vec<(&str, Vec<Span>)> = Vec::new();
            let mut group_of: HashMap<&str, usize> = HashMap::new();
            for (id, place) in places {
                let at = *group_of.entry(id).or_insert_with(|| {
                    groups.push((id, Vec::new()));
                    groups.len() - 1
                });
                groups[at].1.push(*place);
            }
            let (first_id, first) = (groups[0].0, groups[0].1[0]);
            for (at, (id, places)) in groups.iter().enumerate() {
                if at > 0 {
                    let message = format!("task id `{id}` looks like `{first_id}`");
                    diagnostics.push(
                        Diagnostic::new(Code::ConfusableId, places[0], message).with_label(first, "first used here"),
                    );
                }
                if let [first, second, more @ ..] = places.as_slice() {
                    let message = format!("{} tasks have the id `{id}`", places.len());
                    let mut diagnostic =
                        Diagnostic::new(Code::DuplicateTaskId, *second, message).with_label(*first, "the first");
                    for place in more.iter().take(MAX_PLACES) {
                        diagnostic = diagnostic.with_label(*place, "and here");
                    }
                    diagnostics.push(diagnostic.with_help(Some("task ids are unique over all packs".to_owned())));
                }
            }
        }
        diagnostics
    }
}
