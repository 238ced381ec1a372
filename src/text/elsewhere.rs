//! Elsewhere: acts that are told of others than the customer, or of a class that the customer is said not to be in.

use super::context::{Context, Cue, Mention};
use super::lexicon::Class;

/// How far behind its verb somebody may stand for whom an act is done, in words.
const BENEFICIARY_REACH: usize = 8;

/// How far from an act a clause may stand that says for whom it does not hold, in words.
const RESTRICTION_REACH: usize = 20;

/// The words by which the act is somebody else's to enjoy.
pub(super) fn done_elsewhere(context: &Context<'_>, mention: Mention) -> Option<Cue> {
    for_others(context, mention).or_else(|| not_yours(context, mention))
}

/// "refunded to everybody else", "waived for all other customers".
fn for_others(context: &Context<'_>, mention: Mention) -> Option<Cue> {
    let words = context.words;
    let clause = context.clause_at(context.segments.clause(mention.start));
    // An object such as "everyone else" looks like the subject of a next clause, so the word behind is always read.
    let stop = clause.end.clamp(mention.end + 1, mention.end + BENEFICIARY_REACH).min(words.list.len());
    for i in mention.end..stop {
        // "refunded to you as to everybody else"
        if context.has(i, Class::YOU.or(Class::CAUSE)) || words.is(i, "like") {
            return None;
        }
        let is_given = words.is_any(i, &["to", "for"]);
        let who = i + usize::from(is_given);
        if !is_given && i > mention.end {
            continue;
        }
        if words.is_any(who, EVERYBODY) && words.is(who + 1, "else") {
            return Some((i, who + 2));
        }
        let other = who + usize::from(words.is_any(who, &["all", "every", "the", "some", "any"]));
        let other = other + usize::from(words.is(other, "the"));
        let are_people = words.is(other, "others") || words.is(other, "other") && words.is_any(other + 1, PEOPLE);
        if is_given && are_people {
            return Some((i, other + 1));
        }
    }
    None
}

const EVERYBODY: &[&str] = &["everybody", "everyone", "anybody", "anyone", "somebody", "someone"];

/// Those for whom a desk works.
const PEOPLE: &[&str] = &[
    "people",
    "customer",
    "customers",
    "client",
    "clients",
    "guest",
    "guests",
    "passenger",
    "passengers",
    "patient",
    "patients",
    "member",
    "members",
    "user",
    "users",
    "subscriber",
    "subscribers",
    "household",
    "households",
];

/// "waived for business customers, which you are not": the class is named, and the customer put outside of it.
fn not_yours(context: &Context<'_>, mention: Mention) -> Option<Cue> {
    let words = context.words;
    let sentence = context.sentence_of(mention.start);
    let from = sentence.start.max(mention.start.saturating_sub(RESTRICTION_REACH));
    let to = sentence.end.min(mention.end + RESTRICTION_REACH);
    let not = (from + 1..to).find(|i| {
        let links = Class::RELATIVE.or(Class::COORDINATOR).or(Class::CONTRAST);
        let ends =
            *i + 3 >= sentence.end || words.is(*i + 3, "one") || !words.gap(*i + 3).only(super::token::Gap::SPACE);
        context.has(*i, Class::YOU)
            && context.has(*i - 1, links)
            && context.has(*i + 1, Class::BE)
            && words.is(*i + 2, "not")
            && ends
    })? + 2;
    Some((not, not + 1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::context::probe;

    /// `expect` is the words that give the act to others, or nothing where it is the customer's.
    fn check(reply: &str, word: &str, expect: Option<&str>) {
        assert_eq!(probe::cue(reply, word, done_elsewhere).as_deref(), expect, "{reply}");
    }

    #[test]
    fn whose_it_is() {
        check("The fare was refunded to everybody else.", "refunded", Some("to everybody else"));
        check("We have refunded everyone else.", "refunded", Some("everyone else"));
        check("We waived it for all other customers.", "waived", Some("for all other"));
        check("It is waived for business customers, which you aren't.", "waived", Some("not"));
        check("It is waived for students, and you are not one.", "waived", Some("not"));
        check("We refunded you, as we did for everyone else.", "refunded", None);
        check("We refunded it to the other card.", "refunded", None);
        check("We refunded it, and you are not alone in this.", "refunded", None);
    }
}
