//! Every keyword in a sentence that denies it.

use crate::agent::Agent;

use super::{Bound, Case, Cheat, blind};

pub(super) const CHEAT: Cheat = Cheat {
    name: "negated-dump",
    about: "denies every keyword in a sentence of its own",
    bound: Bound::Floor,
    most: usize::MAX,
    players,
};

/// Ways to deny.
const DENIALS: [(&str, &str); 5] = [
    ("We cannot ", "."),
    ("We have not ", "."),
    ("There is no ", "."),
    ("We are unable to ", " at this time."),
    ("It is not true that we did ", "."),
];

fn players(case: &Case<'_>) -> Vec<Box<dyn Agent>> {
    if case.vocabulary.keywords.is_empty() {
        return Vec::new();
    }
    let reply = |(before, after): (&str, &str)| {
        let sentences: Vec<String> = case.vocabulary.texts().map(|text| format!("{before}{text}{after}")).collect();
        blind(case, sentences.join(" "))
    };
    DENIALS.into_iter().map(reply).collect()
}
