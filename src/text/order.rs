//! Orders: what the customer is told to do or to say, and bare infinitives, which assert nothing.

use super::aim::ADVISED;
use super::context::{Context, Cue, GOVERNORS, Mention, REACH};
use super::lexicon::Class;
use super::one_of::OneOf;
use super::people::TIMES;
use super::segment::{Clause, FEELING, Link};
use super::token::{Gap, Kind};

/// An order to the customer: "please send …", "reply with …", "refund the extra capture".
pub(super) fn order(context: &Context<'_>, mention: Mention) -> Option<Cue> {
    ordered(context, mention).or_else(|| told_to_say(context, mention))
}

/// "In the reply, say that we refund it": words that somebody is told to say.
fn told_to_say(context: &Context<'_>, mention: Mention) -> Option<Cue> {
    let words = context.words;
    let own = context.segments.clause(mention.start);
    let first = context.sentence_of(mention.start).clauses.0;
    for index in (first..own).rev().take(GOVERNORS) {
        let below = context.clause_at(index + 1);
        let that = below.start + usize::from(context.has(below.start, Class::COORDINATOR));
        if !words.is(that, "that") && !matches!(below.link, Link::Complement | Link::Relative) {
            return None;
        }
        let clause = context.clause_at(index);
        let verb = context.skip_adverbs(clause.start);
        if words.is_any(verb, one_of!["say", "mention", "explain", "state", "write", "tell"])
            && clause.end <= verb + 4
            && words.is(clause.end, "that")
            && !words.is_any(verb + 1, one_of!["us", "me"])
        {
            return Some((verb, verb + 1));
        }
    }
    None
}

/// An order whose verb is the mention's, or takes it for an object.
fn ordered(context: &Context<'_>, mention: Mention) -> Option<Cue> {
    let words = context.words;
    let index = context.segments.clause(mention.start);
    let mut clause = context.clause_at(index);
    // "please click here and send it": further orders.
    let mut first = index;
    while clause.link == Link::Predicate
        && index - first < GOVERNORS
        && first > 0
        && context.same_sentence(first - 1, mention.start)
        && !context.has(clause.start + 1, Class::FINITE)
    {
        if context
            .any(context.clause_at(first - 1).start..context.clause_at(first - 1).end, Class::FINITE.or(Class::US))
        {
            // "what I have done is end the contract and pay it back": a second half, and no order.
            let parent = context.clause_at(first - 1);
            let equates =
                |i: usize| (i + 1..i + 5).find(|j| context.has(*j, Class::FINITE)).filter(|j| *j < parent.end);
            let is_cleft = (parent.start..parent.end).any(|i| {
                words.is_any(i, one_of!["done", "do", "did"]) && equates(i).is_some_and(|j| context.has(j, Class::BE))
            });
            let is_cleft = is_cleft
                || first >= 2 && {
                    let head = context.clause_at(first - 2);
                    context.same_sentence(first - 2, mention.start)
                        && words.is_any(head.end.saturating_sub(1), one_of!["done", "do", "did"])
                        && context.has(parent.start, Class::BE)
                };
            let is_shared = is_cleft || shares_auxiliary(context, parent);
            if is_shared && !context.has(clause.start + 1, Class::PLEASE) {
                return None;
            }
            break;
        }
        first -= 1;
        clause = context.clause_at(first);
    }
    let range = context.before(clause, mention.start + 1);
    if let Some(please) = range.clone().find(|i| context.has(*i, Class::PLEASE)) {
        let verb = context.skip_adverbs(please + 1);
        return judge_order(context, mention, please, verb);
    }
    // "It is best to seal the shrub"
    let own = context.clause_at(index);
    if let Some(to) = context
        .before(own, mention.start)
        .rev()
        .take(5)
        .find(|i| words.is(*i, "to") && *i > own.start + 1 && words.is_any(*i - 1, ADVISED))
    {
        return Some((to - 1, to + 1));
    }
    // "By all means move it yourself"
    let by_all_means =
        words.is(clause.start, "by") && words.is(clause.start + 1, "all") && words.is(clause.start + 2, "means");
    let mut verb = context.skip_adverbs(clause.start + if by_all_means { 3 } else { 0 });
    while context.has(verb, Class::COORDINATOR) {
        verb = context.skip_adverbs(verb + 1);
    }
    // A bare infinitive at the head of a sentence asserts nothing either.
    if words.is(verb, "to") && verb == clause.start && verb + 1 == mention.start {
        return Some((verb, verb + 1));
    }
    if words.is(verb, "feel") && words.is(verb + 1, "free") {
        return None;
    }
    let opens = verb <= mention.start
        && (!context.sentence_of(mention.start).is_label
            || clause.is_hard && clause.start > context.sentence_of(mention.start).start)
        && (context.has(verb, Class::ORDER) || verb == mention.start && is_base(context, mention));
    if !opens || !reads_as_verb(context, verb, mention) {
        return None;
    }
    judge_order(context, mention, verb, verb)
}

/// Whether a base form behind this clause can share its auxiliary or its "to": "we will waive the fee and return your
/// deposit". What the customer will or is asked to do goes on as that, and behind "is" or "has" no base form goes on.
fn shares_auxiliary(context: &Context<'_>, clause: Clause) -> bool {
    let words = context.words;
    let end = clause.end.min(clause.start + REACH);
    // An auxiliary, or the "to" of an infinitive.
    let opens = |i: usize| {
        let next = context.skip_adverbs(i + 1);
        let is_base = next < end && !context.has(next, Class::FUNCTION) && !context.is_past(next);
        context.has(i, Class::WILL.or(Class::MODAL).or(Class::DO)) || is_base && words.is(i, "to")
    };
    // "decided to cancel it and refund you" is done, "hope to", "asked the shop to" and "were going to" are not.
    let commits = |to: usize| {
        to > clause.start
            && context.has(to - 1, Class::COMMIT)
            && !(clause.start..to).any(|i| words.is_any(i, one_of!["was", "were"]) || context.has(i, Class::NOT))
    };
    let Some(governor) = (clause.start..end).rev().find(|i| opens(*i)) else {
        // "We hereby waive the fee and return your deposit"
        return (clause.start..end).find(|i| context.has(*i, Class::US)).is_some_and(|we| {
            let verb = context.skip_adverbs(we + 1);
            let speaks = Class::SPEECH.or(Class::OPINION).or(Class::TRANSPARENT).or(Class::OPEN).or(Class::COMMIT);
            verb < end && !context.has(verb, Class::FUNCTION.or(speaks)) && !context.is_past(verb)
        });
    };
    let is_theirs = |i: usize| {
        let is_subject = i == clause.start || !context.has(i - 1, Class::PREPOSITION);
        context.has(i, Class::YOU.or(Class::THIRD_PARTY)) && is_subject
    };
    (!words.is(governor, "to") || commits(governor)) && !(clause.start..governor).any(is_theirs)
}

fn judge_order(context: &Context<'_>, mention: Mention, cue: usize, verb: usize) -> Option<Cue> {
    let lets_see = context.has(verb, Class::TRANSPARENT) && !(mention.start..mention.end).contains(&verb);
    if lets_see
        || context.words.is_any(verb, one_of!["bear", "be"]) && !(mention.start..mention.end).contains(&verb)
        || looks_for(context, mention, verb)
        // "please keep it": what we let them have.
        || context.words.is_any(verb, one_of!["keep", "enjoy"]) && !keeps_at_it(context, mention, verb)
    {
        return None;
    }
    Some((cue, verb + 1))
}

/// "please check your statement for a refund": what the customer is to look for is there.
pub(super) fn looks_for(context: &Context<'_>, mention: Mention, verb: usize) -> bool {
    context.words.is_any(verb, one_of!["check", "look", "watch", "monitor"])
        && (verb + 1..mention.start).any(|i| context.words.is(i, "for"))
}

/// "keep an eye on it", "keep checking", "keep us posted": something to do rather than something to have. What it is
/// done about ("keep an eye on your account for the refund") is told by the way.
fn keeps_at_it(context: &Context<'_>, mention: Mention, keep: usize) -> bool {
    let words = context.words;
    let object = keep + 1 + usize::from(words.is_any(keep + 1, one_of!["a", "an", "your"]));
    let object = object + usize::from(words.is_any(object, one_of!["close", "careful", "sharp", "good", "watchful"]));
    let goes_on = !context.has(keep + 1, Class::FUNCTION) && words.text(keep + 1).ends_with("ing");
    let informs = words.is_any(keep + 1, one_of!["us", "me"]);
    let is_own = mention.start <= object + usize::from(informs);
    words.is(keep, "keep") && is_own && (words.is_any(object, WATCHES) || informs || goes_on)
}

/// What one keeps on something or of it by going on to look after it.
const WATCHES: &OneOf = one_of![
    "eye", "eyes", "watch", "track", "tabs", "note", "notes", "record", "records", "log", "copy", "copies", "lookout",
    "mind", "guard", "count",
];

/// Whether the mention's first word is in its base form, as an order's verb is.
fn is_base(context: &Context<'_>, mention: Mention) -> bool {
    // "Sorry you had to wait": an adjective.
    let is_adjective = context.words.is_any(mention.start, FEELING);
    if context.has(mention.start, Class::FUNCTION) || is_adjective {
        return false;
    }
    let text = context.words.text(mention.start);
    !context.is_past(mention.start)
        && !text.ends_with("ing")
        && !text.ends_with('s')
        && !text.ends_with("ment")
        && !text.ends_with("tion")
}

/// Whether a word that may be noun or verb is a verb here: an object follows.
fn reads_as_verb(context: &Context<'_>, verb: usize, mention: Mention) -> bool {
    let words = context.words;
    if !words.gap(verb + 1).only(Gap::SPACE.or(Gap::NEWLINE)) || words.list.get(verb + 1).is_none() {
        return false;
    }
    let next = context.class(verb + 1);
    // "Pay run reprocessed for May", "Transfer form signed": a noun with its participle.
    let is_heading = next == Class::NONE
        && (verb + 2..verb + 4).any(|i| {
            let goes_on = context.has(i + 1, Class::PREPOSITION.or(Class::ADVERB).or(Class::COORDINATOR))
                || context.has(i + 1, Class::DETERMINER) && words.is_any(i + 2, TIMES)
                || words.list.get(i + 1).is_none_or(|_| !words.gap(i + 1).only(Gap::SPACE));
            context.is_past(i) && !context.has(i - 1, Class::DETERMINER) && words.gap(i).only(Gap::SPACE) && goes_on
        });
    // "1. Transfer to flight 7": an item that names what was arranged.
    let is_item = context.sentence_of(verb).is_bullet && words.is_any(verb + 1, one_of!["to", "for", "of"]);
    if is_heading || is_item {
        return false;
    }
    let object = next.has(Class::DETERMINER.or(Class::YOU).or(Class::POSSESSIVE).or(Class::DUMMY))
        || words.is_any(
            verb + 1,
            one_of![
                "us", "me", "them", "him", "back", "with", "to", "in", "on", "out", "up", "by", "for", "here",
                "through", "any",
            ],
        )
        || words.list[verb + 1].kind != Kind::Word;
    if verb == mention.start {
        object && !words.is_any(verb + 1, one_of!["to", "for", "in", "on", "by", "with", "through", "of"])
    } else {
        object || next == Class::NONE && !context.is_past(verb + 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::context::probe;

    /// `expect` is the cue, or nothing where nothing is ordered.
    fn check(reply: &str, word: &str, expect: Option<&str>) {
        assert_eq!(probe::cue(reply, word, order).as_deref(), expect, "{reply}");
    }

    #[test]
    fn orders_and_shared_auxiliaries() {
        check("We will waive the fee and return your deposit.", "return", None);
        check("We have decided to waive it and return your deposit.", "return", None);
        check("We hereby waive the fee and return your deposit.", "return", None);
        check("We hope to waive the fee and return your deposit.", "return", Some("return"));
        check("We asked the shop to waive it and return your deposit.", "return", Some("return"));
        check("Sorry you had to wait.", "sorry", None);
        check("You can go online and return your deposit.", "return", Some("return"));
        check("We would ask you to pack it and return your deposit.", "return", Some("return"));
        check("The label is attached and return your deposit.", "return", Some("return"));
        check("Return your deposit.", "return", Some("return"));
    }

    #[test]
    fn kept_or_looked_after() {
        check("Please keep an eye on the shop yourselves.", "eye", Some("please keep"));
        check("Keep a close watch on the pump.", "watch", Some("keep"));
        check("Please keep track of the hours.", "track", Some("please keep"));
        check("Kindly keep monitoring the line.", "monitoring", Some("kindly keep"));
        check("Please keep us posted on the repair.", "posted", Some("please keep"));
        check("Keep an eye on your account for the refund.", "refund", None);
        check("Please keep the old mug.", "mug", None);
        check("Please keep it as our gift.", "gift", None);
        check("Keep the change.", "change", None);
        check("Please keep both lamps.", "lamps", None);
        check("Please keep a set of plates for the wait.", "plates", None);
        check("We will keep an eye on the shop.", "eye", None);
    }
}
