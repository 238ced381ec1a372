//! Mood: whether a mention is asserted, or only asked, supposed, wished or possible.
//!
//! Promises ("we will refund") and acts under way ("is being refunded") are assertions; conditions, questions, modals of
//! possibility and verbs that leave their object open ("we are reviewing") are not. What the customer may do ("you can
//! keep it") is a statement. The rules lean towards "not asserted".

use super::advice::OWING;
use super::aim::{infinitive, purpose, requisite};
use super::condition::condition;
use super::context::{Context, Cue, Mention, REACH};
use super::generic::generic;
use super::gerund;
use super::lexicon::Class;
use super::modal::{SAYING, modal};
use super::one_of::OneOf;
use super::opening::inverts_question;
use super::order::looks_for;
use super::pending::{option, predicate};
use super::prose::is_answered;
use super::segment::{Clause, Link};
use super::token::Gap;
use super::usual::as_a_rule;

/// The cue that makes the mention a mere thought, if one does.
pub(super) fn opened_by(context: &Context<'_>, mention: Mention) -> Option<Cue> {
    let opened = left_open_by(context, mention);
    opened
        .or_else(|| generic(context, mention))
        .or_else(|| gerund::named(context, mention))
        .or_else(|| requisite(context, mention))
}

/// Likewise for what denies by itself: that exit fees do not apply is a rule, and true of this customer, too.
pub(super) fn left_open_by(context: &Context<'_>, mention: Mention) -> Option<Cue> {
    // "the refund we issued today" has been issued, whatever is asked or supposed about it.
    if context.is_presupposed(mention) {
        return None;
    }
    // "I must apologise", "we would like to thank you": saying it does it, whatever the modal.
    if is_expressive(context, mention) {
        return supposed_by(context, mention);
    }
    if is_carried_out(context, mention) {
        return supposed_by(context, mention);
    }
    // "Depending on the inspection, you may get a refund": the modal says it plainly, a true condition more plainly.
    let supposed = condition(context, mention);
    let is_condition = |cue: &Cue| {
        context.clause_at(context.segments.clause(cue.1 - 1)).link == Link::Condition
            && !context.words.is(cue.0, "depending")
    };
    question(context, mention)
        .or_else(|| supposed.filter(is_condition))
        .or_else(|| modal(context, mention))
        .or(supposed)
        .or_else(|| open_verb(context, mention))
        .or_else(|| infinitive(context, mention))
        .or_else(|| option(context, mention))
        .or_else(|| purpose(context, mention))
        .or_else(|| predicate(context, mention))
        .or_else(|| hoped(context, mention))
        .or_else(|| as_a_rule(context, mention))
}

/// The cue that makes even a denial a mere thought: it is asked, or hangs on a condition.
pub(super) fn supposed_by(context: &Context<'_>, mention: Mention) -> Option<Cue> {
    let is_condition = |cue: &Cue| context.clause_at(context.segments.clause(cue.1 - 1)).link == Link::Condition;
    let may = |cue: &Cue| context.has(cue.0, Class::POSSIBLY) || context.words.is_any(cue.0, one_of!["may", "might"]);
    question(context, mention)
        .or_else(|| condition(context, mention).filter(is_condition))
        .or_else(|| modal(context, mention).filter(may))
        .or_else(|| as_a_rule(context, mention))
}

/// "We wanted to refund it, and we did so today": a pro-form tells that the act was done (A Comprehensive Grammar of
/// the English Language, 12.22-26).
fn is_carried_out(context: &Context<'_>, mention: Mention) -> bool {
    let words = context.words;
    let sentence = context.sentence_of(mention.start);
    let own = context.clause_at(context.segments.clause(mention.start));
    let stop = sentence.end.min(mention.end + REACH);
    let did = (own.end.max(mention.end + 1)..stop).find(|i| words.is(*i, "did"));
    did.is_some_and(|did| {
        let ours = context.has(did - 1, Class::US) || words.is(did - 1, "they");
        let links = did >= 2 && words.is_any(did - 2, one_of!["and", "so", "which", "then"]);
        let ends = did + 1 >= stop
            || !words.gap(did + 1).only(Gap::SPACE)
            || words.is_any(did + 1, one_of!["so", "this", "that", "it", "just"])
            || context.has(did + 1, Class::ADVERB.or(Class::PREPOSITION));
        ours && links && ends && !context.has(did + 1, Class::NOT) && !sentence.is_question
    })
}

/// The cue by which the mention is only asked about, or hangs on a condition.
pub(super) fn asked_by(context: &Context<'_>, mention: Mention) -> Option<Cue> {
    let is_condition = |cue: &Cue| context.clause_at(context.segments.clause(cue.1 - 1)).link == Link::Condition;
    question(context, mention).or_else(|| condition(context, mention).filter(is_condition))
}

/// Whether the mention is an expressive act of ours: verbs that do what they say (Searle 1976, expressives).
fn is_expressive(context: &Context<'_>, mention: Mention) -> bool {
    let clause = context.clause_at(context.segments.clause(mention.start));
    context
        .words
        .is_any(mention.start, one_of!["apologise", "apologize", "apologising", "apologizing", "thank", "congratulate"])
        && context.any(clause.start..mention.start, Class::US)
}

/// The mention is part of a question.
fn question(context: &Context<'_>, mention: Mention) -> Option<Cue> {
    let sentence = context.sentence_of(mention.start);
    let words = context.words;
    if is_answered(context, context.segments.sentence(mention.start)) {
        return None;
    }
    let opens = |clause: Clause| {
        let first = clause.start + usize::from(context.has(clause.start, Class::COORDINATOR));
        // "May I add that it was unlocked" asks nothing.
        let polite = words.is_any(first, one_of!["may", "can", "let"])
            && context.has(first + 1, Class::US)
            && !sentence.is_question
            && (first + 2..first + 5)
                .any(|i| context.has(i, Class::TRANSPARENT) || words.is_any(i, one_of!["add", "say"]));
        // "What we have done is", "How this came about": without the mark only an inverted clause asks.
        let asks = !polite && inverts_question(words, first) && clause.link != Link::Condition
            || words.is_any(first, one_of!["how", "what", "why", "where", "when"])
                && clause.start == sentence.start
                && (sentence.is_question || inverts_question(words, first + 1))
            || words.is_any(first, one_of!["how", "what", "why", "when", "which", "who"]) && sentence.is_question;
        asks.then_some((first, first + 2))
    };
    let (first, last) = sentence.clauses;
    let own = context.segments.clause(mention.start);
    if !sentence.is_question {
        // An inverted clause asks even without its mark.
        return context.governing(mention.start).find_map(|index| opens(context.clause_at(index)));
    }
    let asking = (first..last).find_map(|index| opens(context.clause_at(index)).map(|cue| (index, cue)));
    match asking {
        Some((index, cue)) => (own >= index).then_some(cue),
        None => {
            // "…, and the fee?": a noun phrase asks by itself.
            let comma = (sentence.start + 1..sentence.end).rev().find(|i| words.gap(*i).has(Gap::COMMA));
            // "It is done, okay?" asks for no answer.
            if comma.is_some_and(|i| {
                i + 1 == sentence.end && words.is_any(i, one_of!["ok", "okay", "alright", "fine", "deal"])
            }) {
                return None;
            }
            let is_verb = |i: usize| context.has(i, Class::FINITE) || context.is_past(i);
            if let Some(comma) = comma
                && !(comma..sentence.end).any(is_verb)
                && (sentence.start..comma).any(is_verb)
                && (context.has(comma, Class::COORDINATOR) || context.has(comma, Class::DETERMINER))
            {
                return (mention.start >= comma).then_some((sentence.end - 1, sentence.end));
            }
            // "So you want a refund?": all behind the last hard stop.
            let start = (first..last).rev().find(|i| context.clause_at(*i).is_hard).unwrap_or(first);
            (own >= start).then_some((sentence.end - 1, sentence.end))
        }
    }
}

/// A verb or word before the mention that leaves it open: "reviewing", "eligible for", "request".
fn open_verb(context: &Context<'_>, mention: Mention) -> Option<Cue> {
    let words = context.words;
    for (depth, index) in context.governing(mention.start).enumerate() {
        let clause = context.clause_at(index);
        if depth > 0 && !matches!(context.clause_at(index + 1).link, Link::Complement) {
            break;
        }
        let limit = if depth == 0 { mention.start } else { clause.end };
        for q in context.before(clause, limit).rev() {
            let class = context.class(q);
            let before = q.checked_sub(1).filter(|i| *i >= clause.start);
            let is_noun = before.is_some_and(|i| context.has(i, Class::DETERMINER))
                || words.is(q + 1, "of") && !words.text(q).ends_with("ing")
                || is_compound_head(context, q, clause);
            let near = limit - q <= 9 && !context.is_parted(q, limit);
            // "you may apply to have it extended"
            let applies = words.is_any(q, one_of!["apply", "applying"]) && words.is_any(q + 1, one_of!["to", "for"]);
            // "working on", "looking into": open by their particle.
            // "driving to work on a courtesy bike": there it is a place.
            let is_place = q >= clause.start + 2 && words.is(q - 1, "to") && words.is_any(q - 2, COMMUTING);
            let particle = words.is_any(q, one_of!["working", "work", "worked"])
                && !is_place
                && words.is_any(q + 1, one_of!["on", "towards", "toward", "out"])
                || words.is_any(q, one_of!["looking", "look", "looked"])
                    && words.is_any(q + 1, one_of!["into", "at", "for", "to", "over"])
                || words.is_any(q, one_of!["talking", "talk", "speak", "speaking"])
                    && words.is_any(q + 1, one_of!["about", "to", "with"]);
            // "I wanted to tell you that": a polite way to say it.
            let speaks = context.has(q + 2, Class::TRANSPARENT) || words.is_any(q + 2, SAYING);
            let says = words.is(q + 1, "to") && speaks && depth > 0;
            if says {
                break;
            }
            // "I have put it forward for cancellation"
            let proposes = depth == 0
                && mention.start > q + 1
                && words.is(mention.start - 1, "for")
                && words.is_any(q, one_of!["put", "submitted", "flagged", "nominated", "proposed", "recommended"]);
            // "my manager has to approve the refund first"
            let must = depth == 0
                && words.is_any(q, one_of!["approve", "authorise", "authorize", "sign", "confirm", "agree", "decide"])
                && (words.is(q - usize::from(q > clause.start), "to")
                    && q >= clause.start + 2
                    && words.is_any(q - 2, OWING)
                    && !context.any(clause.start..q - 1, Class::YOU));
            if must {
                return Some((q - 2, q + 1));
            }
            let put_in = words.is_any(q, one_of!["put", "putting"]) && words.is(q + 1, "in") && words.is(q + 2, "for");
            let votes = words.is_any(q, one_of!["decide", "decides", "rule", "rules"])
                && words.is_any(q + 1, one_of!["on", "about"]);
            if put_in || votes {
                return Some((q, q + 3));
            }
            // "I have put extending it to my manager": before whoever decides.
            let puts_to = depth == 0
                && words.is(q, "put")
                && words.text(q + 1).ends_with("ing")
                && (mention.start..clause.end.min(mention.end + 8)).any(|i| {
                    words.is(i, "to")
                        && context.has(i + 1, Class::POSSESSIVE.or(Class::DETERMINER))
                        && (i + 2..i + 4).any(|j| {
                            words.is_any(j, one_of!["manager", "supervisor", "board", "director", "committee"])
                        })
                });
            if proposes || puts_to {
                return Some((q, q + 1));
            }
            // "we had every intention of refunding you", "we are confident of refunding you"
            let intends = depth == 0
                && words.is_any(q, INTENDING)
                && words.is(q + 1, "of")
                && words.text(mention.start).ends_with("ing")
                && near;
            if intends {
                return Some((q, q + 2));
            }
            // "consider it done", "consider the plan cancelled"
            let grants = words.is(q, "consider")
                && (q == clause.start || context.has(q - 1, Class::PLEASE))
                && (words.is_any(q + 1, one_of!["it", "yourself", "this", "that"])
                    || context.has(q + 1, Class::DETERMINER)
                        && (q + 2..q + 6).any(|i| context.is_past(i) && !context.has(i - 1, Class::DETERMINER)));
            let is_looked_for =
                looks_for(context, mention, q) && (q == clause.start || context.has(q - 1, Class::PLEASE));
            if (class.has(Class::OPEN) || applies || particle)
                && !is_looked_for
                && !grants
                && !is_noun
                && near
                && object_only(context, q, limit)
                && !(class.has(Class::COMMIT) && words.is(q + 1, "to"))
            {
                return Some((q, q + 1));
            }
            if class.has(Class::POTENTIAL)
                && near
                && object_only(context, q, limit)
                && !(words.is(q, "due") && words.is_any(q + 1, one_of!["to", "on", "in", "by"]))
                && !words.is(q, "available")
            {
                return Some((q, q + 1));
            }
        }
    }
    None
}

/// "I had hoped to tell you that we found it": a hope in the pluperfect came to nothing, and so did what it governs (A
/// Comprehensive Grammar of the English Language, 14.24).
fn hoped(context: &Context<'_>, mention: Mention) -> Option<Cue> {
    let words = context.words;
    let is_hope = |i: usize| words.is(i, "had") && words.is_any(i + 1, one_of!["hoped", "wished", "wanted", "meant"]);
    context.governing(mention.start).find_map(|index| {
        let clause = context.clause_at(index);
        let hope = context.before(clause, mention.start).find(|i| is_hope(*i))?;
        let governs = (hope + 2..mention.start).any(|i| words.is(i, "that"));
        governs.then_some((hope, hope + 2))
    })
}

/// What leaves the act behind "of" open.
const INTENDING: &OneOf =
    one_of!["intention", "intent", "thinking", "hope", "hopes", "confident", "hopeful", "possibility"];

/// Verbs and nouns of the way to work.
const COMMUTING: &OneOf = one_of![
    "drive",
    "driving",
    "commute",
    "commuting",
    "cycle",
    "cycling",
    "ride",
    "riding",
    "walk",
    "walking",
    "travel",
    "travelling",
    "traveling",
    "get",
    "getting",
    "back",
    "way",
];

/// Whether a word that may be noun or verb in its base form ("plan", "review") ends a noun phrase here: a content word
/// stands before it, and neither subject nor auxiliary.
fn is_compound_head(context: &Context<'_>, q: usize, clause: Clause) -> bool {
    let words = context.words;
    q > clause.start
        && !context.is_past(q)
        && !words.text(q).ends_with("ing")
        && words.gap(q).only(Gap::SPACE.or(Gap::HYPHEN))
        && context.class(q - 1) == Class::NONE
        && (clause.start..q).rev().take(4).any(|i| context.has(i, Class::DETERMINER))
}

/// Whether only a noun phrase, an infinitive or close prepositions stand between a verb and what it takes.
fn object_only(context: &Context<'_>, q: usize, limit: usize) -> bool {
    (q + 1..limit).all(|i| {
        let class = context.class(i);
        let links = context
            .words
            .is_any(i, one_of!["to", "of", "for", "into", "on", "at", "about", "whether", "from", "in", "that"]);
        let is_infinitive = class.has(Class::HAVE.or(Class::DO)) && context.words.is(i - 1, "to");
        (is_infinitive || !class.has(Class::FINITE.or(Class::COORDINATOR))) && (!class.has(Class::PREPOSITION) || links)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::context::probe;

    /// `expect` is the cue, or nothing where the stage has no objection.
    fn check(reply: &str, word: &str, expect: Option<&str>) {
        assert_eq!(probe::cue(reply, word, opened_by).as_deref(), expect, "{reply}");
    }

    #[test]
    fn thoughts() {
        check("If it fails, we will refund it.", "refund", Some("if"));
        check("We may refund it.", "refund", Some("may"));
        check("Would you like a refund?", "refund", Some("would you"));
        check("We are considering a refund.", "refund", Some("considering"));
        check("Perhaps we will refund it.", "refund", Some("perhaps"));
        check("Our aim is to refund it.", "refund", Some("aim is to"));
        check("A refund depends on the goods.", "refund", Some("depends"));
        check("We will refund it once you have returned it.", "refund", Some("once"));
        check("It should have been refunded.", "refunded", Some("should"));
        check("Refunded? Not this time.", "refunded", Some("refunded"));
        check("A refund is what I had hoped to offer.", "refund", Some("is what i had hoped"));
        check("We had every intention of refunding it.", "refunding", Some("intention of"));
        check("A refund of $5, as agreed, needs the approval of my manager.", "refund", Some("needs"));
        check("There is a refund pending approval.", "refund", Some("pending"));
        check("A new one is sent only after you have paid.", "sent", Some("after"));
        check("Should finance agree, we refund it.", "refund", Some("should"));
        check("We refund it should they agree.", "refund", Some("should"));
        check("Refund: only once your bank confirms it.", "refund", Some("once"));
        check("It is unlocked within an hour of you confirming it.", "unlocked", Some("of you confirming"));
        check("Provided nothing is missed, we refund it.", "refund", Some("provided"));
        check("We were ready to refund it.", "refund", Some("were ready to"));
        check("Whenever a manager agrees, we refund it.", "refund", Some("whenever"));
        check("You can be moved to another plan.", "moved", Some("can"));
        check("The fee is only waived for members.", "waived", Some("only"));
        check("Normally we refund it.", "refund", Some("normally"));
        check("We tend to refund it.", "refund", Some("tend"));
        check("The refund is available on request.", "refund", Some("available"));
        check("It may be that we refund it.", "refund", Some("may"));
        check("Had the bank agreed, we would have refunded it.", "refunded", Some("had"));
        check("Fee refunded only after a check.", "refunded", Some("after"));
    }

    #[test]
    fn statements() {
        check("We will refund it.", "refund", None);
        check("You can leave whenever you like with a refund.", "refund", None);
        check("If you want to know what happened, the log has it.", "log", None);
        check("After a check, which we made on Friday, the fee was refunded.", "refunded", None);
        check("We are sending it to the card you chose.", "card", None);
        check("It is quiet, and our policy covers the refund.", "refund", None);
        check("It should be quiet, and our team sent the refund.", "refund", None);
        check("As you would expect, the fee is refunded.", "refunded", None);
        check("The fee is refunded, isn't that good?", "refunded", None);
        check("Had a look at it and refunded it.", "refunded", None);
        check("The refund needs two days to reach you.", "refund", None);
        check("The refund arrives on Friday, usually before noon.", "refund", None);
        check("We wanted to refund it, and we did so today.", "refund", None);
        check("After your call the team sent the refund.", "refund", None);
        check("Decision: fee refunded after a check.", "refunded", None);
        check("We paid it after the failure.", "failure", None);
        check("You can keep it.", "keep", None);
        check("Your refund should arrive on Friday.", "refund", None);
        check("As soon as we saw it, we refunded it.", "refunded", None);
        check("If you ask about the refund we issued, just call.", "refund", None);
        check("We had to refund it.", "refund", None);
        check("The repair starts in May.", "repair", None);
        check("Mailing of your order takes place on Friday.", "mailing", None);
        check("Moving it took one call.", "moving", None);
        check("250 points are credited.", "points", None);
        check("You will be driving to work on a loan bike.", "bike", None);
        check("It is refunded, if that is the word.", "refunded", None);
        check("The fee you paid after that date has been refunded.", "refunded", None);
    }
}
