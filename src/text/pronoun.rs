//! Pronouns that stand for an outsider: "your landlord let us know that he will return the deposit".

use super::context::{Context, Cue, Mention, REACH};
use super::lexicon::Class;

/// The most words between a pronoun and the verb of its clause.
const AUXILIARIES: usize = 6;

/// The pronoun whose act the mention is, where it stands for somebody of the customer's.
pub(super) fn pronoun_outside(context: &Context<'_>, mention: Mention) -> Option<Cue> {
    let words = context.words;
    let clause = context.clause_at(context.segments.clause(mention.start));
    let pronoun = context.before(clause, mention.start).find(|i| words.is_any(*i, one_of!["he", "she", "they"]))?;
    let between = pronoun + 1..mention.start;
    let is_passive =
        context.any(between.clone(), Class::BE.or(Class::BEEN)) && !words.text(mention.start).ends_with("ing");
    let is_active = between.len() <= AUXILIARIES
        && between.into_iter().all(|i| context.has(i, Class::FINITE.or(Class::ADVERB).or(Class::BEEN)));
    if is_passive || !is_active || context.any(clause.start..pronoun, Class::US) {
        return None;
    }
    let sentence = context.sentence_of(mention.start);
    let from = sentence.start.max(pronoun.saturating_sub(REACH));
    // The nearest one who is named: "your landlord", and not "our technician" behind it.
    let named = (from..pronoun).rev().find(|i| {
        words.is_any(*i, one_of!["our", "my"])
            || context.has(*i, Class::THIRD_PARTY.or(Class::OUTSIDER)) && is_yours(context, *i)
    })?;
    context.has(named, Class::THIRD_PARTY.or(Class::OUTSIDER)).then_some((pronoun, pronoun + 1))
}

/// Whether a noun is tied to the customer: "your old landlord".
fn is_yours(context: &Context<'_>, noun: usize) -> bool {
    (noun.saturating_sub(3)..noun).any(|i| context.words.is(i, "your"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::context::probe;

    /// `expect` is the pronoun, or nothing where it stands for one of ours.
    fn check(reply: &str, word: &str, expect: Option<&str>) {
        assert_eq!(probe::cue(reply, word, pronoun_outside).as_deref(), expect, "{reply}");
    }

    #[test]
    fn whom_pronouns_stand_for() {
        check("Your landlord let us know that he will return the deposit.", "return", Some("he"));
        check("We heard from your landlord that he has returned it.", "returned", Some("he"));
        check("Our technician rang your landlord, and we have returned it.", "returned", None);
        check("Your landlord met our technician, and he has replaced it.", "replaced", None);
        check("We told your landlord that they will be refunded.", "refunded", None);
        check("Our technician came, and she has replaced it.", "replaced", None);
    }
}
