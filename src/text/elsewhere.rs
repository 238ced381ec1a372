//! Elsewhere: acts that are told of others than the customer, or of a class that the customer is said not to be in.

use super::context::{Context, Cue, Mention};
use super::lexicon::Class;
use super::one_of::OneOf;
use super::token::{Gap, Kind};

/// How far behind its verb somebody may stand for whom an act is done, in words.
const BENEFICIARY_REACH: usize = 8;

/// How far from an act a clause may stand that says for whom it does not hold, in words.
const RESTRICTION_REACH: usize = 20;

/// The words by which the act is somebody else's to enjoy.
pub(super) fn done_elsewhere(context: &Context<'_>, mention: Mention) -> Option<Cue> {
    for_others(context, mention).or_else(|| not_yours(context, mention))
}

/// "refunded to everybody else", "waived for all other customers". "Any" stands behind what is denied, forbidden or shut
/// ("locked to anybody else") and gives nothing away, unless a clause says to whom: "refunded anyone else who wrote in".
fn for_others(context: &Context<'_>, mention: Mention) -> Option<Cue> {
    let words = context.words;
    let clause = context.clause_at(context.segments.clause(mention.start));
    // An object such as "everyone else" looks like the subject of a next clause, so the word right behind is read, too.
    let is_object = words.gap(mention.end).only(Gap::SPACE.or(Gap::NEWLINE));
    let first = mention.end + usize::from(is_object);
    let stop = clause.end.clamp(first, mention.end + BENEFICIARY_REACH).min(words.list.len());
    for i in mention.end..stop {
        // "refunded to you as to everybody else", "yours to keep, and not for anybody else"
        if context.has(i, Class::YOU.or(Class::CAUSE).or(Class::NOT)) || words.is(i, "like") {
            return None;
        }
        let is_given = words.is_any(i, one_of!["to", "for"]);
        let who = i + usize::from(is_given);
        if !is_given && i > mention.end {
            continue;
        }
        let other = who + usize::from(words.is_any(who, one_of!["all", "every", "the", "some", "any"]));
        let other = other + usize::from(words.is(other, "the"));
        let end = if words.is_any(who, EVERYBODY) && words.is(who + 1, "else") {
            who + 2
        } else if is_given && words.is(other, "others") {
            other + 1
        } else if is_given && words.is(other, "other") && words.is_any(other + 1, PEOPLE) {
            other + 2
        } else {
            continue;
        };
        let is_any = words.is_any(who, one_of!["anybody", "anyone", "any"]);
        return (!is_any || words.is_any(end, one_of!["who", "that", "with"])).then_some((i, end));
    }
    None
}

const EVERYBODY: &OneOf = one_of!["everybody", "everyone", "anybody", "anyone", "somebody", "someone"];

/// Those for whom a desk works.
pub(super) const PEOPLE: &OneOf = one_of![
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
        let ends = *i + 3 >= sentence.end || words.is(*i + 3, "one") || !words.gap(*i + 3).only(Gap::SPACE);
        context.has(*i, Class::YOU)
            && context.has(*i - 1, links)
            && context.has(*i + 1, Class::BE)
            && words.is(*i + 2, "not")
            && ends
    })? + 2;
    Some((not, not + 1))
}

/// "For your sister's order we skipped it. Yours is going out": somebody else in front, or a name behind, and the
/// customer's own case set beside it.
pub(super) fn for_somebody(context: &Context<'_>, mention: Mention) -> Option<Cue> {
    let words = context.words;
    let sentence = context.sentence_of(mention.start);
    let start = sentence.start;
    let is_front = words.is(start, "for")
        && mention.start > start + 2
        && mention.start <= start + RESTRICTION_REACH
        && context.has(start + 1, Class::DETERMINER)
        && (start + 2..start + 5)
            .any(|i| words.is_any(i, RELATIVES) || words.is_any(i, GATHERED) || words.is_any(i, PEOPLE));
    if is_front && sets_yours_apart(context, mention).is_some() {
        return Some((start, start + 1));
    }
    // "we booked it for Mrs Marsh's dog. For Otto there is nothing"
    let stop = sentence.end.min(mention.end + BENEFICIARY_REACH);
    let named = (mention.end.min(stop)..stop).find(|i| {
        words.is(*i, "for") && words.list.get(i + 1).is_some_and(|word| word.is_capital && word.kind == Kind::Word)
    })?;
    let next = context.segments.sentences.get(context.segments.sentence(mention.start) + 1)?;
    let is_set_against = words.is(next.start, "for")
        && words.list.get(next.start + 1).is_some_and(|word| word.is_capital)
        && words.text(next.start + 1) != words.text(named + 1)
        && (next.start + 2..next.end.min(next.start + 5)).any(|i| words.is_any(i, one_of!["nothing", "no", "none"]));
    is_set_against.then_some((named, named + 2))
}

/// "Yours …", "your own …" at the head of a clause behind the mention: what holds of the customer's case instead.
pub(super) fn sets_yours_apart(context: &Context<'_>, mention: Mention) -> Option<usize> {
    let words = context.words;
    let own = context.segments.clause(mention.start);
    let last = (context.segments.sentence(mention.start) + CONTRASTED).min(context.segments.sentences.len() - 1);
    let (_, stop) = context.segments.sentences[last].clauses;
    (own + 1..stop).find_map(|index| {
        let clause = context.clause_at(index);
        let links = Class::CAUSE.or(Class::CONTRAST).or(Class::ADVERB).or(Class::COORDINATOR);
        let first = (clause.start..clause.end.min(clause.start + 3)).find(|i| !context.has(*i, links))?;
        let is_yours = words.is(first, "yours") || words.is(first, "your") && words.is(first + 1, "own");
        // "yours is in its third month"
        let is_inside = (first..clause.end.min(first + 4))
            .any(|i| context.has(i, Class::BE) && words.is_any(i + 1, one_of!["in", "on", "under", "among"]));
        let included = is_inside || (first..clause.end).any(|i| words.is_any(i, INCLUDED));
        let told =
            (first + 1..clause.end).any(|i| context.has(i, Class::FINITE.or(Class::STATIVE)) || context.is_past(i));
        (is_yours && !included && told && first < context.segments.signature).then_some(first)
    })
}

/// Those to whom one is related or close.
const RELATIVES: &OneOf = one_of![
    "sister",
    "brother",
    "mother",
    "father",
    "mum",
    "mom",
    "dad",
    "wife",
    "husband",
    "son",
    "daughter",
    "aunt",
    "uncle",
    "cousin",
    "neighbour",
    "neighbor",
    "friend",
    "colleague",
    "partner",
    "landlord",
    "employer",
    "flatmate",
];

/// Those who come together, and what for.
const GATHERED: &OneOf = one_of![
    "couple",
    "couples",
    "family",
    "families",
    "party",
    "parties",
    "group",
    "groups",
    "wedding",
    "weddings",
    "table",
    "household",
    "team",
    "class",
    "tenant",
    "tenants",
    "owner",
    "owners",
    "lady",
    "gentleman",
    "man",
    "woman",
];

/// How many sentences behind it a case is set against another.
const CONTRASTED: usize = 2;

/// What puts the customer's case with the others.
const INCLUDED: &OneOf = one_of![
    "too",
    "also",
    "included",
    "covered",
    "within",
    "qualifies",
    "counts",
    "likewise",
    "same",
    "done",
    "inside",
    "already",
    "meets",
    "free",
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::context::probe;

    /// `expect` is the words that give the act to others, or nothing where it is the customer's.
    fn check(reply: &str, word: &str, expect: Option<&str>) {
        let stage = |context: &Context<'_>, mention| {
            done_elsewhere(context, mention).or_else(|| for_somebody(context, mention))
        };
        assert_eq!(probe::cue(reply, word, stage).as_deref(), expect, "{reply}");
    }

    #[test]
    fn whose_it_is() {
        check("The fare was refunded to everybody else.", "refunded", Some("to everybody else"));
        check("We have refunded everyone else.", "refunded", Some("everyone else"));
        check("We waived it for all other customers.", "waived", Some("for all other customers"));
        check("We refunded anyone else who wrote in.", "refunded", Some("anyone else"));
        check("Your account is locked to anybody else.", "locked", None);
        check("We refuse to give it to anyone else.", "refuse", None);
        check("It is against our rules to give it to any other customers.", "rules", None);
        check("It is waived for business customers, which you aren't.", "waived", Some("not"));
        check("It is waived for students, and you are not one.", "waived", Some("not"));
        check("For your sister's order we skipped it. Yours goes out today.", "skipped", Some("for"));
        check("For the couple after you there was no fee. Yours is $5.", "fee", Some("for"));
        check("We booked a room for Mrs Marsh's dog. For Otto there is nothing.", "booked", Some("for mrs"));
        check("For the trouble we added a month, and yours is included.", "added", None);
        check("For your birthday we added a cake. Yours is the blue one.", "added", None);
        check("We booked a room for Otto. For Otto there is no fee.", "booked", None);
        check("We refunded you, as we did for everyone else.", "refunded", None);
        check("We refunded it to the other card.", "refunded", None);
        check("We refunded this one, not for everyone else.", "refunded", None);
        check("Yours is refunded. Everybody else has to wait.", "refunded", None);
        check("Yours is refunded. For all other customers it stays.", "refunded", None);
        check("We refunded it, and you are not alone in this.", "refunded", None);
    }
}
