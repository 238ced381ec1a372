//! Operating rules an agent may look up, and the index that finds them.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use unicode_normalization::UnicodeNormalization;

/// The most candidates that a search without an exact hit lists.
const MAX_CANDIDATES: usize = 5;

/// One operating rule.
#[derive(Debug)]
pub struct Policy {
    /// Unique in the handbook and the task.
    pub id: Arc<str>,
    /// For people.
    pub title: Arc<str>,
    /// Other names that find it.
    pub aliases: Vec<String>,
    /// Not needed to solve any task, and meant so.
    pub distractor: bool,
    /// The policy as `search_policy` shows it.
    pub rendered: Arc<str>,
    /// The evidence key that seeing it earns: `policy:<id>`.
    pub evidence: Arc<str>,
}

/// What a query found.
#[derive(Debug)]
pub enum PolicyLookup<'a> {
    /// The query is this policy's id, title or alias.
    Exact(&'a Arc<Policy>),
    /// The best candidates, best first; empty where nothing is near.
    Candidates(Vec<&'a Arc<Policy>>),
}

/// Policies found by normalised id, title or alias: a task's own, behind the handbook that its pack shares.
#[derive(Debug, Default)]
pub struct PolicyIndex {
    handbook: Option<Arc<PolicyIndex>>,
    policies: Vec<Arc<Policy>>,
    exact: HashMap<String, usize>,
    /// Per policy, the words of its id, title and aliases.
    name_words: Vec<BTreeSet<String>>,
}

impl PolicyIndex {
    /// An index over these policies. Of two that share a name, the first is found by it.
    pub fn new(policies: impl IntoIterator<Item = Arc<Policy>>) -> PolicyIndex {
        let mut index = PolicyIndex::default();
        for policy in policies {
            let at = index.policies.len();
            let mut words = BTreeSet::new();
            for name in [&*policy.id, &*policy.title].into_iter().chain(policy.aliases.iter().map(String::as_str)) {
                let key = normalise_query(name);
                words.extend(key.split(' ').filter(|word| !word.is_empty()).map(stem));
                index.exact.entry(key).or_insert(at);
            }
            index.name_words.push(words);
            index.policies.push(policy);
        }
        index
    }

    /// The same index behind a handbook, which is shared and not copied.
    #[must_use]
    pub fn behind(mut self, handbook: Arc<PolicyIndex>) -> PolicyIndex {
        self.handbook = Some(handbook);
        self
    }

    /// The policy that the query names, or the best candidates.
    pub fn lookup(&self, query: &str) -> PolicyLookup<'_> {
        let key = normalise_query(query);
        if let Some(policy) = self.parts().find_map(|part| part.exact.get(&key).map(|&at| &part.policies[at])) {
            return PolicyLookup::Exact(policy);
        }
        let wanted: BTreeSet<String> = key.split(' ').filter(|word| !word.is_empty()).map(stem).collect();
        let mut ranked: Vec<(f64, &Arc<Policy>)> = self
            .parts()
            .flat_map(|part| part.name_words.iter().zip(&part.policies))
            .map(|(words, policy)| (similarity(&wanted, words), policy))
            .filter(|(score, _)| *score > 0.0)
            .collect();
        // Best first; the sort is stable, so equal scores keep the handbook's order and the answer is the same
        // everywhere.
        ranked.sort_by(|a, b| b.0.total_cmp(&a.0));
        PolicyLookup::Candidates(ranked.into_iter().take(MAX_CANDIDATES).map(|(_, policy)| policy).collect())
    }

    /// The policy with exactly this id.
    pub fn get(&self, id: &str) -> Option<&Arc<Policy>> {
        self.iter().find(|policy| &*policy.id == id)
    }

    /// All of them, handbook first.
    pub fn iter(&self) -> impl Iterator<Item = &Arc<Policy>> {
        self.parts().flat_map(|part| &part.policies)
    }

    /// The handbook and the task's own policies, as far as there are any.
    fn parts(&self) -> impl Iterator<Item = &PolicyIndex> {
        self.handbook.as_deref().into_iter().chain([self])
    }
}

/// A policy's name as queries are compared: NFKC, lower case, every run of anything but letters and digits one blank.
pub fn normalise_query(text: &str) -> String {
    let mut key = String::with_capacity(text.len());
    let mut gap = false;
    let mut add = |c: char| {
        if c.is_alphanumeric() {
            if gap && !key.is_empty() {
                key.push(' ');
            }
            gap = false;
            key.push(c);
        } else if !matches!(c, '\'' | '\u{2019}') {
            gap = true;
        }
    };
    if text.is_ascii() {
        text.chars().for_each(|c| add(c.to_ascii_lowercase()));
    } else {
        text.nfkc().flat_map(char::to_lowercase).for_each(add);
    }
    key
}

/// How well the query's words cover a policy's names and the other way round: the Dice coefficient of the two word
/// sets, 0 where they share nothing.
fn similarity(wanted: &BTreeSet<String>, words: &BTreeSet<String>) -> f64 {
    let shared = wanted.intersection(words).count();
    if shared == 0 { 0.0 } else { 2.0 * shared as f64 / (wanted.len() + words.len()) as f64 }
}

/// A word without the commonest English endings: ranking only, so that "damages" finds "damaged".
fn stem(word: &str) -> String {
    let cut = ["ing", "ed", "es", "s", "e"]
        .iter()
        .find_map(|ending| word.strip_suffix(ending).filter(|rest| rest.len() >= 3));
    cut.unwrap_or(word).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn index() -> PolicyIndex {
        let policy = |id: &str, title: &str, aliases: &[&str]| {
            Arc::new(Policy {
                id: id.into(),
                title: title.into(),
                aliases: aliases.iter().map(|&alias| alias.to_owned()).collect(),
                distractor: false,
                rendered: "".into(),
                evidence: format!("policy:{id}").into(),
            })
        };
        PolicyIndex::new([
            policy("damaged_items", "Damaged or defective items", &["broken on arrival"]),
            policy("lost_parcel", "Lost parcels", &["missing item"]),
        ])
    }

    fn check(query: &str, exact: Option<&str>, candidates: &[&str]) {
        match index().lookup(query) {
            PolicyLookup::Exact(policy) => assert_eq!(Some(&*policy.id), exact, "{query}"),
            PolicyLookup::Candidates(found) => {
                assert_eq!(exact, None, "{query}");
                assert_eq!(found.iter().map(|policy| &*policy.id).collect::<Vec<_>>(), candidates, "{query}");
            }
        }
    }

    #[test]
    fn names_are_compared_without_case_and_punctuation() {
        check("Damaged-Items", Some("damaged_items"), &[]);
        check("  BROKEN on   arrival! ", Some("damaged_items"), &[]);
        check("lost parcels", Some("lost_parcel"), &[]);
    }

    #[test]
    fn other_queries_rank_candidates() {
        check("item damage", None, &["damaged_items", "lost_parcel"]);
        check("quantum", None, &[]);
        check("", None, &[]);
    }
}
