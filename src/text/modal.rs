//! Modals: which of them leave a mention merely possible, and which leave the statement a statement.

use super::context::{Context, Cue, Mention};
use super::lexicon::Class;
use super::one_of::OneOf;
use super::segment::{Clause, Link};
use super::token::Gap;

/// A modal of possibility over the mention.
pub(super) fn modal(context: &Context<'_>, mention: Mention) -> Option<Cue> {
    let words = context.words;
    let mut resumed = false;
    for (depth, index) in context.governing(mention.start).enumerate() {
        let clause = context.clause_at(index);
        // "the pass you could not use has been refunded": the relative clause is the noun's. "What we could do is
        // refund it": there it is the whole.
        let is_aside = resumed && clause.link == Link::Relative && !is_cleft(context, clause);
        resumed = clause.link == Link::Resume || resumed && is_aside;
        if is_aside {
            continue;
        }
        let limit = if depth == 0 { mention.start } else { clause.end };
        let range = context.before(clause, limit);
        for q in range.clone().rev() {
            // "I must add that it lowers your score": the modal is that of saying it.
            let is_voiced = depth > 0 && q + 1 < limit && only_says(context, clause, q);
            if context.has(q, Class::MODAL) && !is_harmless_modal(context, clause, q) && !is_voiced {
                return Some((q, q + 1));
            }
        }
        if let Some(i) = range.rev().find(|i| context.has(*i, Class::POSSIBLY)) {
            return Some((i, i + 1));
        }
        // "With some luck we will": a fronted phrase.
        if index > 0 && !clause.is_hard && context.same_sentence(index - 1, mention.start) {
            let front = context.clause_at(index - 1);
            let is_phrase = !context.any(front.start..front.end, Class::FINITE.or(Class::SUBJECT).or(Class::YOU));
            if let Some(i) = (front.start..front.end).find(|i| is_phrase && context.has(*i, Class::POSSIBLY)) {
                return Some((i, i + 1));
            }
        }
        let link = clause.link;
        let shares = link == Link::Predicate && {
            let first = context.skip_adverbs(clause.start + 1);
            !context.has(first, Class::FINITE) && !context.is_past(first)
        };
        if !(shares || matches!(link, Link::Complement | Link::Resume)) {
            break;
        }
    }
    let clause = context.clause_at(context.segments.clause(mention.start));
    // ", so hopefully that helps": another predicate's word.
    (mention.end..clause.end.min(mention.end + 12))
        .take_while(|i| !(words.gap(*i).has(Gap::COMMA) && context.has(*i, Class::COORDINATOR)))
        .find(|i| context.has(*i, Class::POSSIBLY) && !words.gap(*i).has(Gap::COMMA))
        .map(|i| (i, i + 1))
}

/// Participles of what a customer does with a thing, so that "may be kept" gives leave.
const CUSTOMERS_ACTS: &OneOf = one_of![
    "kept",
    "used",
    "collected",
    "discarded",
    "recycled",
    "donated",
    "disposed",
    "thrown",
    "ignored",
    "disregarded",
    "retained",
    "worn",
    "eaten",
    "opened",
    "reused",
];

/// "what we could do is": the clause that a form of "be" equates with what follows.
fn is_cleft(context: &Context<'_>, clause: Clause) -> bool {
    let words = context.words;
    words.is_any(clause.end - 1, one_of!["do", "offer"])
        && context.has(clause.end, Class::BE.or(Class::MODAL))
        && !(clause.start > 0 && words.is(clause.start - 1, "least"))
}

/// Whether a modal leaves the statement a statement.
pub(super) fn is_harmless_modal(context: &Context<'_>, clause: Clause, q: usize) -> bool {
    let words = context.words;
    let verb = context.skip_adverbs(q + 1);
    let subject =
        (clause.start..q).rev().find(|i| context.has(*i, Class::US.or(Class::YOU).or(Class::OTHERS).or(Class::DUMMY)));
    let by_you = subject.is_some_and(|i| context.has(i, Class::YOU));
    match &*words.text(q) {
        // "You can buy an upgrade on board": they may ask for it, and have not got it.
        "can" | "may" if by_you && words.is_any(verb, ASKED_FOR) => false,
        // What the customer may do is permission, and a negated modal is the matter of polarity.
        // "You may get a refund" guesses, "you may keep it" permits.
        "may" | "might" if by_you && words.is(verb + 1, "to") && context.has(verb + 2, Class::TRANSPARENT) => true,
        // "you may have noticed that we refunded it", "you might already have seen it"
        "may" | "might" if by_you && context.has(verb, Class::HAVE) => {
            let noticed = context.skip_adverbs(verb + 1);
            context
                .words
                .is_any(noticed, one_of!["noticed", "seen", "heard", "read", "spotted", "found", "received", "got"])
        }
        "may"
            if by_you
                && words.is_any(
                    verb,
                    one_of!["get", "receive", "be", "see", "have", "qualify", "find", "still", "need"],
                ) =>
        {
            false
        }
        // "You can be moved to the fixed plan": what others may do for them.
        "can" if by_you && words.is(verb, "be") => {
            let act = context.skip_adverbs(verb + 1);
            !context.is_past(act) || context.has(act, Class::TRANSPARENT.or(Class::COMMIT))
        }
        "can" | "may" if by_you => true,
        // "The old part may be kept": leave to do what only the customer does.
        "can" | "may" if words.is(verb, "be") && words.is_any(verb + 1, CUSTOMERS_ACTS) => true,
        // "May I add that"
        "may" if q == clause.start && context.has(q + 1, Class::US) && words.is_any(q + 2, one_of!["add", "say"]) => {
            true
        }
        // "we could not be happier to tell you that"
        "can" | "could"
            if words.is(verb, "not") && words.is(verb + 1, "be") && words.text(verb + 2).ends_with("er") =>
        {
            true
        }
        "can" | "could" if words.is(verb, "not") => words.is(q, "can"),
        // "I could see that it had been paid": what one could see was so.
        "could" => !by_you && words.is_any(verb, one_of!["see", "find", "confirm", "tell", "trace", "verify"]),
        "can" => {
            context.has(verb, Class::TRANSPARENT)
                || words.is(verb, "be")
                    && (context.has(verb + 1, Class::ARRIVAL.or(Class::TRANSPARENT))
                        || words.is_any(verb + 1, one_of!["used", "collected", "tracked", "viewed", "picked"]))
        }
        "would" => {
            let like = words.is_any(verb, one_of!["like", "love", "want"]) && words.is(verb + 1, "to");
            like && !by_you
                && (context.has(verb + 2, Class::TRANSPARENT)
                    || words.is_any(verb + 2, one_of!["apologise", "apologize", "thank", "offer"]))
        }
        "should" => {
            context.has(verb, Class::ARRIVAL) && !(words.is(verb, "have") && has_participle(context, verb + 1))
                || words.is(verb, "be")
                    && words.is_any(
                        verb + 1,
                        one_of![
                            "with",
                            "in",
                            "there",
                            "back",
                            "on",
                            "visible",
                            "credited",
                            "posted",
                            "reflected",
                            "able",
                            "seeing",
                            "received",
                            "receiving",
                            "delivered",
                        ],
                    )
                || words.is(verb, "now")
        }
        _ => false,
    }
}

/// "I must add that", "I should warn you that": we say the thing by saying that we have to (Searle 1975, indirect
/// speech acts).
fn only_says(context: &Context<'_>, clause: Clause, q: usize) -> bool {
    let words = context.words;
    let verb = context.skip_adverbs(q + 1);
    let ours = (clause.start..q).rev().take(3).any(|i| context.has(i, Class::US));
    let hedges = words.is(verb, "say") && words.is_any(q, one_of!["would", "could", "might"]);
    let behind = verb + 1;
    let to_you = behind >= clause.end
        || context.has(behind, Class::YOU.or(Class::ADVERB).or(Class::PREPOSITION))
        || !words.gap(behind).only(Gap::SPACE);
    ours && words.is_any(verb, SAYING) && !hedges && to_you
}

/// Verbs by which one says a thing, in their base form.
pub(super) const SAYING: &OneOf = one_of![
    "add",
    "say",
    "mention",
    "admit",
    "stress",
    "warn",
    "remind",
    "confess",
    "emphasise",
    "emphasize",
    "explain",
    "clarify",
    "state",
    "repeat",
    "underline",
    "disclose",
    "concede",
    "acknowledge",
    "tell",
    "inform",
    "advise",
    "note",
    "point",
    "flag",
    "caution",
];

/// What one does to get a thing that is not one's own yet.
const ASKED_FOR: &OneOf =
    one_of!["buy", "purchase", "order", "request", "ask", "apply", "claim", "opt", "choose", "select", "try", "seek"];

/// Whether a participle follows, adverbs and "been" aside: "should have been returned".
pub(super) fn has_participle(context: &Context<'_>, i: usize) -> bool {
    let i = context.skip_adverbs(i);
    context.has(i, Class::BEEN) || context.is_past(i)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::context::probe;

    /// `expect` is the modal that leaves the word open, or nothing where it is said all the same.
    fn check(reply: &str, word: &str, expect: Option<&str>) {
        assert_eq!(probe::cue(reply, word, modal).as_deref(), expect, "{reply}");
    }

    #[test]
    fn duties_of_speech() {
        check("In fairness I must add that it lowers your score.", "lowers", None);
        check("We should warn you that it lowers your score.", "lowers", None);
        check("I must admit that we kept a part.", "kept", None);
        check("May I add that we refunded it.", "refunded", None);
        check("We must point out that we keep a fee.", "keep", None);
        check("I might mention that it lowers your score.", "lowers", None);
        check("We must say to the bank that it could lower it.", "lower", Some("could"));
        check("I would say that it lowers your score.", "lowers", Some("would"));
        check("We must check that it lowers your score.", "lowers", Some("must"));
        check("We must tell the bank that it lowers your score.", "lowers", Some("must"));
        check("They must add that it lowers your score.", "lowers", Some("must"));
        check("I must add a fee.", "fee", Some("must"));
    }
}
