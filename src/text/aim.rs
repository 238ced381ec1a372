//! Aims: infinitives and orders that say what an act would be for, and what commits to it all the same.

use super::context::{Context, Cue, Mention};
use super::lexicon::Class;
use super::one_of::OneOf;
use super::segment::{Clause, Link};
use super::token::Kind;

/// "to refund": an aim, unless what governs it commits to it.
pub(super) fn infinitive(context: &Context<'_>, mention: Mention) -> Option<Cue> {
    let words = context.words;
    let clause = context.clause_at(context.segments.clause(mention.start));
    let mut to = mention.start.checked_sub(1)?;
    // "how to get a refund"
    let asks = context.before(clause, mention.start).rev().take(4).find(|i| {
        words.is(*i, "to") && *i > clause.start && words.is_any(*i - 1, one_of!["how", "where", "when", "whether"])
    });
    // "you have 14 days to claim a refund"
    let claims = context.before(clause, mention.start).rev().take(4).find(|i| {
        words.is(*i, "to")
            && words.is_any(*i + 1, one_of!["claim", "request", "seek"])
            && context.any(clause.start..*i, Class::YOU)
    });
    let asks = asks.or(claims.filter(|to| *to > clause.start));
    if let Some(asks) = asks.filter(|asks| !context.any(asks + 1..mention.start, Class::FINITE.or(Class::US))) {
        return Some((asks - 1, asks + 1));
    }
    while to > clause.start
        && (context.has(to, Class::ADVERB.or(Class::BEEN)) || words.is_any(to, one_of!["get", "have"]))
    {
        to -= 1;
    }
    if to < clause.start || !words.is(to, "to") || context.is_past(mention.start) && to + 1 == mention.start {
        return None;
    }
    if to + 1 == mention.start && is_goal(context, mention.start) {
        return None;
    }
    // "moved to room 6", "sent to storage": a preposition behind the verb of motion.
    let is_motion = to > clause.start
        && context.is_past(to - 1)
        && !context.has(
            to - 1,
            Class::COMMIT
                .or(Class::OPEN)
                .or(Class::SPEECH)
                .or(Class::POTENTIAL)
                .or(Class::TRANSPARENT)
                .or(Class::OPINION),
        );
    // "switched you to flight 7", "moving your booking to room 6": likewise, with what is moved between.
    let is_motion = is_motion
        || (clause.start.max(to.saturating_sub(MOVED_WORDS))..to).rev().find(|i| words.is_any(*i, MOVING)).is_some_and(
            |verb| {
                let others = Class::FINITE.or(Class::PREPOSITION).or(Class::COORDINATOR).or(Class::NOT).or(Class::US);
                !context.any(verb + 1..to, others)
            },
        );
    // "Transfer to flight 7": the act as a noun.
    let is_motion = is_motion || to > clause.start && words.is_any(to - 1, MOVES);
    // "no choice but to call it off"; that one is unable to is a matter of polarity, advice one of attribution.
    let hesitates = to > clause.start && words.is_any(to - 1, one_of!["hesitate", "hesitated"]);
    let is_forced = hesitates || to > clause.start && (words.is(to - 1, "but") || words.is_any(to - 1, ADVISED));
    if is_motion || is_forced || to > clause.start && context.has(to - 1, Class::INCAPABLE) {
        return None;
    }
    // "Keys: to be collected from the desk": a note of what is arranged.
    if to == clause.start && words.is(to + 1, "be") && context.sentence_of(to).is_label && clause.is_hard {
        return None;
    }
    // "yours to keep", "free to use"
    if to > clause.start && words.is_any(to - 1, one_of!["yours", "free", "welcome"]) {
        return None;
    }
    let governor = (clause.start.max(to.saturating_sub(5))..to).rev().find(|i| {
        !context.is_noun(*i, clause)
            && context.has(
                *i,
                Class::COMMIT
                    .or(Class::OPEN)
                    .or(Class::SPEECH)
                    .or(Class::POTENTIAL)
                    .or(Class::FINITE)
                    .or(Class::TRANSPARENT),
            )
            || words.is_any(*i, one_of!["like", "used", "order", "team", "way", "how", "steps", "able"])
    });
    match governor {
        // "we were going to refund you": it did not come to that.
        Some(i)
            if words.is_any(i, one_of!["going", "about", "due", "scheduled", "set", "ready"])
                && i > clause.start
                && words.is_any(i - 1, one_of!["was", "were"]) =>
        {
            Some((i - 1, to + 1))
        }
        Some(i) if context.has(i, Class::COMMIT) => None,
        // "our aim is to refund you" hopes, "it is our pleasure to refund you" does.
        Some(i) if context.has(i, Class::BE) && context.before(clause, i).any(|j| words.is_any(j, AIMS)) => {
            Some((i - 1, to + 1))
        }
        Some(_) if words.is_any(to - 1, one_of!["pleasure", "privilege", "honour", "honor", "joy"]) => None,
        // "I am sending Sanjay to treat it"
        _ if sends_somebody(context, clause, to) => None,
        // "our team will call to verify it": the aim of a promised act of ours.
        Some(i) if is_promised_contact(context, clause, i, to) => None,
        // "it has had to be moved", "we had to cancel it": what one had to do was done.
        Some(i) if words.is(i, "had") && i + 1 == to => None,
        // "the van comes to pick it up": an arrival with its act.
        _ if to > clause.start && words.is_any(to - 1, one_of!["comes", "coming"]) => None,
        // "you have to", "you will need to"; "is to be refunded".
        Some(i) if context.has(i, Class::BE) && i + 1 == to => {
            words.is_any(i, one_of!["was", "were"]).then_some((i, to + 1))
        }
        // "it took us a while to unlock it": in the end we did.
        _ if context.before(clause, to).any(|i| words.is(i, "took")) => None,
        Some(i) => Some((i, to + 1)),
        None => Some((to, to + 1)),
    }
}

/// Whether what stands behind "to" is a name or a season, and so no verb: "belongs to Zone C4", "deferred to fall 2027".
fn is_goal(context: &Context<'_>, i: usize) -> bool {
    let words = context.words;
    let is_numbered = words.list.get(i + 1).is_some_and(|word| word.kind == Kind::Number);
    words.list[i].is_capital && !words.list[i - 1].is_capital
        || is_numbered && words.is_any(i, one_of!["fall", "spring", "summer", "winter", "autumn"])
}

/// The longest noun phrase that stands between a verb of motion and its goal, with the verb.
const MOVED_WORDS: usize = 5;

/// Verbs that take something somewhere, in the forms that state it (Levin 1993, classes 11 and 13: send and change of
/// possession).
const MOVING: &OneOf = one_of![
    "moved",
    "moving",
    "transferred",
    "transferring",
    "switched",
    "switching",
    "rebooked",
    "rebooking",
    "shifted",
    "shifting",
    "upgraded",
    "upgrading",
    "reassigned",
    "reassigning",
    "relocated",
    "relocating",
    "changed",
    "changing",
    "rescheduled",
    "rescheduling",
    "redirected",
    "redirecting",
    "rerouted",
    "rerouting",
    "forwarded",
    "forwarding",
    "converted",
    "converting",
    "extended",
    "extending",
    "credited",
    "crediting",
    "added",
    "adding",
    "returned",
    "returning",
    "refunded",
    "refunding",
    "restored",
    "restoring",
    "allocated",
    "allocating",
    "migrated",
    "migrating",
    "downgraded",
    "downgrading",
    "promoted",
    "put",
    "swapped",
    "swapping",
    "reverted",
    "reverting",
    "bumped",
];

/// Nouns of the same acts.
const MOVES: &OneOf = one_of![
    "transfer",
    "switch",
    "move",
    "change",
    "upgrade",
    "downgrade",
    "return",
    "extension",
    "credit",
    "conversion"
];

/// Adjectives of advice, which tell the customer what to do: "it is best to seal it".
pub(super) const ADVISED: &OneOf = one_of![
    "best",
    "better",
    "advisable",
    "important",
    "essential",
    "wise",
    "safest",
    "wisest",
    "easiest",
    "crucial",
    "vital",
];

/// Nouns that name what somebody means to do.
const AIMS: &OneOf = one_of![
    "aim",
    "intention",
    "goal",
    "hope",
    "plan",
    "wish",
    "idea",
    "suggestion",
    "proposal",
    "task",
    "job",
    "objective",
    "practice",
    "procedure",
    "policy",
    "rule",
    "process",
    "norm",
    "standard",
    "default",
    "custom",
    "habit",
    "approach",
];

/// Whether we send somebody of ours to do it.
fn sends_somebody(context: &Context<'_>, clause: Clause, to: usize) -> bool {
    let words = context.words;
    let verb = (clause.start..to)
        .rev()
        .take(5)
        .find(|i| words.is_any(*i, one_of!["send", "sending", "sent", "dispatch", "dispatching", "dispatched"]));
    let Some(verb) = verb.filter(|verb| context.any(clause.start..*verb, Class::US)) else { return false };
    to > verb + 1
        && (words.list[to - 1].is_capital
            || ["er", "or", "ist", "ian", "man"].iter().any(|end| words.text(to - 1).ends_with(end))
            || words.is_any(
                to - 1,
                one_of![
                    "someone",
                    "somebody",
                    "colleague",
                    "engineer",
                    "technician",
                    "driver",
                    "fitter",
                    "plumber",
                    "team",
                    "round",
                    "out",
                ],
            ))
        && !context.any(clause.start..verb, Class::NOT.or(Class::MODAL))
}

/// Whether a promise to get in touch governs the infinitive.
fn is_promised_contact(context: &Context<'_>, clause: Clause, governor: usize, to: usize) -> bool {
    let is_there = context.words.is(governor + 1, "be")
        && (context.has(governor + 2, Class::PREPOSITION)
            || context.words.is_any(governor + 2, one_of!["there", "round"]));
    context.has(governor, Class::WILL)
        && (is_there
            || (governor + 1..to).any(|i| {
                context.words.is_any(
                    i,
                    one_of![
                        "call", "contact", "ring", "phone", "visit", "write", "come", "email", "reach", "arrive",
                        "return",
                    ],
                )
            }))
        && !context.any(clause.start..governor, Class::YOU.or(Class::THIRD_PARTY))
}

/// "For a refund we need the receipt": what would be needed for it.
pub(super) fn purpose(context: &Context<'_>, mention: Mention) -> Option<Cue> {
    let index = context.segments.clause(mention.start);
    let clause = context.clause_at(index);
    let next = context.segments.clauses.get(index + 1).filter(|_| context.same_sentence(index + 1, mention.start))?;
    let needs = (next.start..next.end).any(|i| {
        context.words.is_any(i, one_of!["need", "needs", "require", "requires", "must", "have", "please", "send"])
            && !context.any(next.start..i, Class::NOT)
    });
    // "To get a refund, fill in the form"
    let opens = next.start + usize::from(context.has(next.start, Class::ADVERB));
    let orders = context.words.is(clause.start, "to")
        && !context.has(clause.start + 1, Class::DETERMINER)
        && (context.has(opens, Class::ORDER.or(Class::PLEASE).or(Class::YOU)));
    let needs = needs && context.words.is(clause.start, "for") || orders;
    let bare = context.words.is_any(clause.start, one_of!["for", "to"])
        && !context.any(clause.start..clause.end, Class::FINITE);
    (bare && needs && next.link == Link::Main).then_some((clause.start, clause.start + 1))
}

/// "Send us a photo and we will refund you": an order that the promise hangs on (A Comprehensive Grammar of the English
/// Language, 11.30: the imperative as a condition).
pub(super) fn requisite(context: &Context<'_>, mention: Mention) -> Option<Cue> {
    let words = context.words;
    let index = context.segments.clause(mention.start);
    let clause = context.clause_at(index);
    let promises = words.is(clause.start, "and")
        && context.has(clause.start + 1, Class::US.or(Class::YOU))
        && context.any(clause.start..mention.start, Class::WILL);
    if !promises || index == 0 || !context.same_sentence(index - 1, mention.start) {
        return None;
    }
    let order = context.clause_at(index - 1);
    let first = context.skip_adverbs(order.start);
    let verb = (order.start..order.end.min(order.start + 8)).find(|i| {
        let opens = *i == first
            || *i > order.start && (context.has(*i - 1, Class::PLEASE.or(Class::BE)) || words.is(*i - 1, "just"));
        opens && words.is_any(*i, REQUIRED)
    })?;
    Some((verb, verb + 1))
}

/// What a customer is told to do first.
const REQUIRED: &OneOf = one_of![
    "send", "return", "reply", "fill", "complete", "bring", "confirm", "provide", "post", "upload", "sign", "call",
    "say", "drop", "ship", "write", "email", "attach", "choose", "pick", "tell", "let", "give", "show", "pay",
    "answer", "submit", "forward", "mail", "ring", "hand",
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::context::probe;

    /// `expect` is the words that make the mention an aim, or nothing where it is none.
    fn check(reply: &str, word: &str, expect: Option<&str>) {
        assert_eq!(probe::cue(reply, word, infinitive).as_deref(), expect, "{reply}");
    }

    #[test]
    fn aims_and_goals() {
        check("We hope to refund you.", "refund", Some("hope to"));
        check("Your street belongs to Zone C4.", "zone", None);
        check("We have deferred your place to fall 2027.", "fall", None);
        check("We want it to fall.", "fall", Some("want it to"));
    }
}
