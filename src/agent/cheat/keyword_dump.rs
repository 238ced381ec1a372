//! Every wording of every keyword, as a list.

use crate::agent::Agent;

use super::{Bound, Case, Cheat, Vocabulary, blind};

pub(super) const CHEAT: Cheat = Cheat {
    name: "keyword-dump",
    about: "sends every wording of every keyword as a list",
    bound: Bound::Floor,
    players,
};

fn players(case: &Case<'_>) -> Vec<Box<dyn Agent>> {
    dumps(case.vocabulary).into_iter().map(|dump| blind(case, dump)).collect()
}

/// The list in the forms that people have tried.
pub(crate) fn dumps(vocabulary: &Vocabulary) -> Vec<String> {
    let all: Vec<&str> = vocabulary.texts().collect();
    let firsts = vocabulary.keywords.iter().filter_map(|keyword| keyword.texts.first());
    let firsts: Vec<&str> = firsts.map(String::as_str).collect();
    if all.is_empty() {
        return Vec::new();
    }
    let sentence = |texts: &[&str]| format!("We confirm: {}.", texts.join(", "));
    vec![
        all.join(" "),
        all.join(", "),
        all.join(". "),
        format!("- {}", all.join("\n- ")),
        sentence(&all),
        firsts.join(", "),
        format!("Dear customer, {} Best regards", firsts.join(" ").repeat(2)),
    ]
}
