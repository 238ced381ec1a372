//! Verbs of denial and "against": whether what they deny is the mention, or something beside it.

use super::context::Context;
use super::lexicon::Class;
use super::one_of::OneOf;
use super::segment::Clause;
use super::token::{Gap, Kind};

/// Whether "against" names what was decided or advised against: behind other verbs it is a place ("credited against").
pub(super) fn is_opposed(context: &Context<'_>, clause: Clause, q: usize) -> bool {
    let verb = (clause.start..q).rev().find(|i| !context.has(*i, Class::ADVERB));
    verb.is_some_and(|i| context.has(i, Class::BE.or(Class::BEEN).or(Class::YOU)) || context.words.is_any(i, OPPOSING))
}

/// Verbs and nouns that "against" turns into a denial.
const OPPOSING: &OneOf = one_of![
    "decide",
    "decided",
    "deciding",
    "decision",
    "advise",
    "advised",
    "advising",
    "advice",
    "rule",
    "ruled",
    "ruling",
    "recommend",
    "recommended",
    "recommendation",
    "vote",
    "voted",
    "warn",
    "warned",
    "warning",
    "argue",
    "argued",
    "come",
    "came",
    "go",
    "went",
    "opt",
    "opted",
    "choose",
    "chose",
    "chosen",
    "caution",
    "cautioned",
    "counsel",
    "case",
    "down",
    "policy",
    "rules",
    "speak",
    "speaks",
    "spoke",
    "lean",
    "leaning",
    "firmly",
    "strictly",
];

/// Whether a verb of denial has the mention as its object or infinitive.
pub(super) fn denial_reaches(context: &Context<'_>, clause: Clause, q: usize, limit: usize) -> bool {
    let words = context.words;
    let before = q.checked_sub(1).filter(|i| *i >= clause.start);
    // "the cancelled order": an adjective. "your declined card": likewise.
    // "the £25 missed-visit charge": likewise.
    let is_counted = before.is_some_and(|i| words.list[i].kind != Kind::Word) && context.is_past(q);
    let is_compound = words.gap(q + 1).has(Gap::HYPHEN) && context.is_past(q);
    // "to avoid any further delay": a noun.
    let is_noun = !context.is_past(q)
        && !words.text(q).ends_with("ing")
        && (clause.start..q)
            .rev()
            .take_while(|i| context.class(*i) == Class::NONE || context.has(*i, Class::ADVERB.or(Class::DETERMINER)))
            .take(3)
            .any(|i| context.has(i, Class::DETERMINER) && !context.has(i, Class::ADVERB) && i + 1 < q);
    // "two seats in block D": a noun behind its preposition; "to block" is a verb.
    let is_object = !context.is_past(q)
        && !words.text(q).ends_with("ing")
        && before.is_some_and(|i| context.has(i, Class::PREPOSITION) && !words.is(i, "to"));
    if (is_noun || is_object) && !words.is_any(q, one_of!["lack", "refusal"]) {
        return false;
    }
    // "the four missing wheels": numbers and the like may stand between.
    let is_qualified = before.is_some_and(|before| {
        let first = (clause.start..=before).rev().take(3).find(|i| {
            !context.has(*i, Class::VALUE) && !words.is_any(*i, one_of!["other", "last", "same", "old", "only"])
        });
        first.is_some_and(|i| i < before && context.has(i, Class::DETERMINER)) && !context.has(q + 1, Class::DETERMINER)
    });
    let is_attribute =
        (before.is_some_and(|i| context.has(i, Class::DETERMINER)) || is_qualified || is_counted || is_compound)
            && !words.is_any(q, one_of!["denial", "refusal", "lack"]);
    let is_passive = (clause.start.max(q.saturating_sub(3))..q).any(|i| context.has(i, Class::BE.or(Class::BEEN)))
        && !words.text(q).ends_with("ing");
    if is_attribute || is_passive || limit - q > 8 || context.is_parted(q, limit) {
        return false;
    }
    // "to avoid any further delay the refund was sent": it has its object, and another noun phrase begins.
    let is_full = (q + 3..limit).any(|i| {
        let is_bare = context.class(i - 1) == Class::NONE || context.has(i - 1, Class::DENIAL);
        context.has(i, Class::DETERMINER)
            && is_bare
            && context.has(q + 1, Class::DETERMINER)
            && !(q + 1..i).any(|j| context.has(j, Class::PREPOSITION.or(Class::COORDINATOR)))
    });
    if is_full {
        return false;
    }
    (q + 1..limit).all(|i| {
        let class = context.class(i);
        let links = words.is_any(i, one_of!["to", "of", "for", "from", "on"]);
        !class.has(Class::FINITE.or(Class::US).or(Class::COORDINATOR)) && (!class.has(Class::PREPOSITION) || links)
    })
}
