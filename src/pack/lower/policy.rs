//! Policies: the handbook's and a task's own.

use std::ops::Range;
use std::sync::Arc;

use foldhash::HashMap;
use foldhash::fast::RandomState;
use indexmap::IndexMap;

use crate::diag::{Code, Diagnostic, Span};
use crate::pack::raw::{Field, RawPolicy, RawText};
use crate::task::{Evidence, Policy, normalise_query};

use super::File;
use super::ids::IdSet;

/// Policies that were lowered together, and the names that find them.
#[derive(Debug, Default, Clone)]
pub(in crate::pack) struct PolicySet {
    pub(in crate::pack) policies: Vec<Arc<Policy>>,
    /// Every id written, of faulty policies, too: they are not dangling.
    pub(in crate::pack) declared: IndexMap<String, Span, RandomState>,
    /// Normalised names with the id they belong to and their place.
    names: HashMap<String, (String, Span)>,
}

impl PolicySet {
    /// The policy that one of its names finds.
    pub(super) fn find(&self, name: &str) -> Option<&str> {
        self.names.get(&normalise_query(name)).map(|(id, _)| id.as_str())
    }
}

/// Lowers policies; `above` is the handbook that a task's own policies must not collide with.
pub(super) fn lower_policies(raw: &[Field<RawPolicy>], above: Option<&PolicySet>, file: &mut File<'_>) -> PolicySet {
    let mut set = PolicySet::default();
    let mut ids = IdSet::new("policy");
    if raw.is_empty() {
        return set;
    }
    for (id, place) in above.into_iter().flat_map(|above| &above.declared) {
        ids.note(id, *place);
    }
    for raw in raw.iter().filter_map(Field::get) {
        let Some((id, range)) = raw.id.spanned() else { continue };
        if !ids.add(id.as_str(), range.clone(), file) {
            continue;
        }
        set.declared.insert(id.as_str().to_owned(), file.span(range));
        add_names(&mut set, above, raw, file);
        if let Some(policy) = lower_policy(raw) {
            set.policies.push(Arc::new(policy));
        }
    }
    set
}

fn lower_policy(raw: &RawPolicy) -> Option<Policy> {
    let id = raw.id.get()?.as_str();
    let title = raw.title.get()?;
    let text = raw.text.get()?;
    Some(Policy {
        id: id.into(),
        title: title.as_str().into(),
        aliases: raw.aliases.items().iter().filter_map(|alias| alias.get().map(RawText::to_string)).collect(),
        distractor: raw.distractor.get().copied().unwrap_or(false),
        rendered: format!("Policy {id}: {title}\n\n{}", text.trim()).into(),
        evidence: Evidence::policy_key(id),
    })
}

/// Notes the names that find a policy and reports those that find another one already.
fn add_names(set: &mut PolicySet, above: Option<&PolicySet>, raw: &RawPolicy, file: &mut File<'_>) {
    let Some(id) = raw.id.get() else { return };
    let written = [
        raw.id.spanned().map(|(id, range)| (id.as_str(), range)),
        raw.title.spanned().map(|(text, range)| (text.as_str(), range)),
    ];
    let aliases =
        raw.aliases.items().iter().filter_map(|alias| alias.spanned().map(|(text, range)| (text.as_str(), range)));
    let names: Vec<(&str, Range<usize>)> = written.into_iter().flatten().chain(aliases).collect();
    // Two policies whose names meet twice are one mistake.
    let mut reported: Vec<String> = Vec::new();
    for (name, range) in names {
        let key = normalise_query(name);
        let place = file.span(range);
        if key.is_empty() {
            continue; // A name without a letter finds nothing; whether that matters is a rule's business.
        }
        match set.names.get(&key).or_else(|| above.and_then(|above| above.names.get(&key))) {
            Some((other, _)) if reported.contains(other) => {}
            Some((other, first)) if other != id.as_str() => {
                reported.push(other.clone());
                let diagnostic = Diagnostic::new(
                    Code::AliasCollision,
                    place,
                    format!("`{name}` already finds the policy `{other}`"),
                )
                .with_label(*first, format!("a name of `{other}`"))
                .with_help(Some(
                    "queries ignore case, punctuation, `_`, `-` and blanks; choose another name".to_owned(),
                ));
                file.sink.push(diagnostic);
            }
            Some(_) => {}
            None => {
                set.names.insert(key, (id.as_str().to_owned(), place));
            }
        }
    }
}
