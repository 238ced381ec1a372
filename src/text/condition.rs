//! Conditions: whether a mention hangs on something that may not come to pass, and what has come to pass already.

use super::context::{Context, Cue, Mention, REACH};
use super::lexicon::Class;
use super::one_of::OneOf;
use super::opening::{MOMENTS, PRETERITES};
use super::segment::{Clause, Link, TIME_PREPOSITIONS};
use super::token::{Gap, Kind};

/// The mention stands in a condition, or in the clause that a condition governs.
pub(super) fn condition(context: &Context<'_>, mention: Mention) -> Option<Cue> {
    let own = context.segments.clause(mention.start);
    for index in context.governing(mention.start) {
        let clause = context.clause_at(index);
        let is_fact = clause.link == Link::Temporal
            && (is_past_event(context, clause)
                || is_aspectual(context, mention)
                || is_any_time(context, clause)
                || is_told_time(context, index)
                || is_beside_time(context, clause, mention));
        if matches!(clause.link, Link::Condition | Link::Temporal) && !is_fact {
            // "consider whether to": the verb that leaves it open decides as much.
            let verb = clause.start.saturating_sub(1);
            let asks = context.words.is(clause.start, "whether") && context.has(verb, Class::OPEN);
            return Some((if asks { verb } else { clause.start }, clause.start + 1));
        }
    }
    // "they decide who is upgraded"
    let own_clause = context.clause_at(own);
    if own_clause.link == Link::Relative
        && own_clause.start > 0
        && context.words.is_any(own_clause.start, one_of!["who", "which", "where"])
        && context
            .words
            .is_any(own_clause.start - 1, one_of!["decide", "decides", "decided", "determine", "determines", "choose"])
    {
        return Some((own_clause.start - 1, own_clause.start + 1));
    }
    let done = is_done(context, mention);
    if let Some(cue) = labelled(context, mention, own_clause).or_else(|| awaits_act(context, mention, own_clause))
        && !done
    {
        return Some(cue);
    }
    let (first, last) = context.sentence_of(mention.start).clauses;
    // A condition in front governs what follows up to a hard stop; a reason behind it stands by itself.
    let is_reason = context.clause_at(own).link == Link::Cause;
    for index in (first..own).rev().filter(|_| !is_reason) {
        if context.words.gap(context.clause_at(index + 1).start).has(Gap::SEMICOLON) {
            break;
        }
        let clause = context.clause_at(index);
        // "You asked whether it was stuck: not any more": a question told, and its answer.
        if context.words.is(clause.start, "whether") && context.clause_at(index + 1).is_hard {
            break;
        }
        let governs = match clause.link {
            Link::Condition => !done && !is_indirect(context, clause),
            Link::Temporal => !done && awaits(context, clause),
            _ => false,
        };
        if governs {
            return Some((clause.start, clause.start + 1));
        }
        if context.clause_at(index + 1).is_hard {
            break;
        }
    }
    // A condition behind governs the clause right before it.
    let mut next = own + 1;
    while next < last && matches!(context.clause_at(next).link, Link::Relative | Link::Complement | Link::Resume) {
        next += 1;
    }
    if next < last {
        let clause = context.clause_at(next);
        let only = context
            .before(context.clause_at(own), mention.start)
            .any(|i| context.words.is(i, "only") && !(i > 0 && context.has(i - 1, Class::NOT)));
        // "There is a refund pending approval": what is there waits.
        let waits = context.words.is_any(clause.start, one_of!["pending", "subject", "contingent"]);
        // "a new one is sent only after you have shown it"
        let waits = waits || clause.start > 0 && context.words.is(clause.start - 1, "only");
        // "follow it there, and if it gets stuck, call us": it belongs to what comes behind.
        let looks_on = next + 1 < last
            && clause.start > 0
            && (context.has(clause.start - 1, Class::COORDINATOR) || clause.is_hard)
            && !context.clause_at(next + 1).is_hard;
        let is_sure = done || !waits && is_under_way(context, mention);
        let governs = clause.link == Link::Condition && !looks_on && !is_indirect(context, clause)
            || clause.link == Link::Temporal && !looks_on && (only || waits || awaits(context, clause));
        if governs && !is_sure {
            return Some((clause.start, clause.start + 1));
        }
    }
    None
}

/// "Refund of $5: only once they confirm": a label, and the condition for its value.
fn labelled(context: &Context<'_>, mention: Mention, own: Clause) -> Option<Cue> {
    let words = context.words;
    let first = own.end + usize::from(words.is_any(own.end, one_of!["only", "but", "just"]));
    let is_label = context.sentence_of(mention.start).is_label && words.gap(own.end).has(Gap::COLON);
    let waits = context.has(first, Class::CONDITION)
        || words.is_any(first, one_of!["once", "after", "when", "pending", "upon"])
        || words.is(first, "subject") && words.is(first + 1, "to");
    (is_label && waits && !context.any(own.start..own.end, Class::FINITE)).then_some((first, first + 1))
}

/// "activated within an hour of you confirming it": it waits for an act of the customer.
fn awaits_act(context: &Context<'_>, mention: Mention, own: Clause) -> Option<Cue> {
    let words = context.words;
    let is_act = |i: usize| {
        words.is(i, "of") && words.is_any(i + 1, one_of!["you", "your"]) && words.text(i + 2).ends_with("ing")
    };
    let is_duration = |i: usize| (mention.end..i).any(|j| words.is_any(j, one_of!["within", "after"]));
    (mention.end..own.end.min(mention.end + REACH)).find(|i| is_act(*i) && is_duration(*i)).map(|i| (i, i + 3))
}

/// Whether a condition only says when the statement is of interest, not when it holds: "if you are curious", "if you
/// have questions", "if I may" (A Comprehensive Grammar of the English Language, 15.38: indirect conditions).
fn is_indirect(context: &Context<'_>, clause: Clause) -> bool {
    let is_strict = context.words.is_any(clause.start, one_of!["provided", "providing", "unless", "assuming", "once"]);
    !is_strict && (clause.start + 1..clause.end.min(clause.start + 8)).any(|i| context.words.is_any(i, INDIRECT))
        || context.has(clause.start + 1, Class::US) && context.words.is(clause.start + 2, "may")
        // "unless you tell us otherwise"
        || context.words.is(clause.start, "unless")
            && (clause.start + 1..clause.end).any(|i| context.words.is_any(i, one_of!["otherwise", "hear", "object"]))
            // What the auditors object to is another matter.
            && context.any(clause.start..clause.end, Class::YOU.or(Class::US))
        // "if you would like to know what happened, the log has it"
        || (clause.start + 1..clause.end.min(clause.start + 5)).any(|i| {
            context.words.is_any(i, one_of!["like", "want", "wish", "care"])
                && context.words.is(i + 1, "to")
                && context.words.is_any(i + 2, one_of!["know", "see", "learn", "understand", "read"])
        })
        || is_concessive(context, clause)
        || is_free_choice(context, clause)
}

/// "whether or not it arrives", "whether it rains or shines": it holds either way.
fn is_concessive(context: &Context<'_>, clause: Clause) -> bool {
    let words = context.words;
    let verb = clause.start.saturating_sub(1);
    words.is(clause.start, "whether")
        && (clause.start + 1..clause.end).any(|i| words.is(i, "or"))
        && !context.has(verb, Class::OPEN.or(Class::SPEECH).or(Class::OPINION).or(Class::TRANSPARENT).or(Class::BE))
}

/// "you can keep it if you like", "keep the receipt in case they ask": leave or advice given to the customer stands.
fn is_free_choice(context: &Context<'_>, clause: Clause) -> bool {
    let words = context.words;
    if clause.start == 0 || !context.same_sentence(context.segments.clause(clause.start - 1), clause.start) {
        return false;
    }
    let main = context.clause_at(context.segments.clause(clause.start - 1));
    let permits = (main.start..main.end)
        .any(|i| context.has(i, Class::YOU) && words.is_any(context.skip_adverbs(i + 1), one_of!["can", "may"]));
    let likes = (clause.start + 1..clause.end).any(|i| {
        context.has(i, Class::YOU)
            && words.is_any(i + 1, one_of!["like", "wish", "want", "prefer", "need", "choose", "can"])
    });
    let orders = context.has(main.start, Class::ORDER.or(Class::PLEASE));
    let lets = (main.start..main.end.min(main.start + 4)).any(|i| words.is_any(i, one_of!["keep", "enjoy"]));
    (permits || lets) && likes || words.is(clause.start, "in") && words.is(clause.start + 1, "case") && orders
}

/// What somebody is who only wants to know.
const INDIRECT: &OneOf = one_of![
    "curious",
    "wondering",
    "wonder",
    "interested",
    "unsure",
    "doubt",
    "question",
    "questions",
    "query",
    "queries",
    "memory",
    "mistaken",
    "helps",
    "missed",
    "word",
    "pardon",
    "forgive",
    "excuse",
    "recall",
    "remember",
    "unclear",
];

/// Whether a temporal clause tells of what happened: "when we removed the entry", "after you wrote". A clause with
/// "before" or "until" does not say that it came to that.
fn is_past_event(context: &Context<'_>, clause: Clause) -> bool {
    let words = context.words;
    let opens = words.is_any(clause.start, one_of!["when", "after", "once", "since"]) || words.is(clause.start, "as");
    opens && has_past_verb(context, clause) && {
        // "once we have refunded it" is still to come.
        !context.any(clause.start..clause.end, Class::MODAL.or(Class::WILL))
            && !(clause.start..clause.end).any(|i| words.is_any(i, one_of!["have", "has", "is", "are"]))
    }
}

/// "We paid it back after Saturday's failure": a time without a verb, told of what was done then.
fn is_told_time(context: &Context<'_>, index: usize) -> bool {
    let clause = context.clause_at(index);
    let verbs = Class::FINITE.or(Class::SUBJECT).or(Class::YOU).or(Class::STATIVE);
    let is_phrase = context.words.is_any(clause.start, one_of!["after", "since"])
        && !(clause.start + 1..clause.end).any(|i| context.has(i, verbs) || context.is_past(i));
    // "After a check, which we made on Friday, it turned up"
    let next = context.clause_at(index + 1);
    let is_made = next.link == Link::Relative
        && context.same_sentence(index + 1, clause.start)
        && (next.start..next.end).any(|i| context.is_past(i))
        && !context.any(next.start..next.end, Class::MODAL.or(Class::WILL).or(Class::NOT).or(Class::HAVE));
    // "Attachments added after the copy are gone": a time that tells which ones.
    let tells_which = next.link == Link::Resume && context.same_sentence(index + 1, clause.start);
    if is_phrase && (is_made || tells_which) {
        return true;
    }
    if !is_phrase || index == 0 || !context.same_sentence(index - 1, clause.start) {
        return false;
    }
    let main = context.clause_at(index - 1);
    let open = Class::WILL.or(Class::MODAL).or(Class::NOT);
    // An act that is told needs a subject of ours and a past, or a perfect.
    let is_told = (main.start..main.end).any(|i| {
        context.is_past(i) && (main.start..i).any(|j| context.has(j, Class::US.or(Class::HAVE)))
            || context.words.is_any(i, one_of!["was", "were"])
    });
    // "It is £912.50, after the £87.50 deduction": an amount that is known has been taken.
    let is_known = context.has(clause.start + 1, Class::DETERMINER)
        && (clause.start + 2..clause.end).any(|i| context.words.list[i].kind == Kind::Number)
        && context.any(main.start..main.end, Class::BE);
    (is_told || is_known) && !context.any(main.start..main.end, open)
}

/// "deferred until fall 2027", "until 30 September and no late fee": the mention is the time itself, or is told beside it.
fn is_beside_time(context: &Context<'_>, clause: Clause, mention: Mention) -> bool {
    let words = context.words;
    let is_number = |i: usize| words.list.get(i).is_some_and(|word| word.kind == Kind::Number);
    let opens = words.is_any(clause.start, TIME_PREPOSITIONS) || words.is(clause.start, "from");
    let is_itself = mention.start == clause.start + 1 && (mention.start..mention.end).any(is_number);
    let and = (clause.start + 2..mention.start).find(|i| context.has(*i, Class::COORDINATOR));
    let is_told_beside = and.is_some_and(|and| {
        (is_number(and - 1) || context.has(and - 1, Class::VALUE))
            && !context.any(clause.start..and, Class::FINITE.or(Class::SUBJECT).or(Class::YOU))
    });
    opens && (is_itself || is_told_beside)
}

/// Whether the clause has a verb in the simple past behind a subject.
fn has_past_verb(context: &Context<'_>, clause: Clause) -> bool {
    let words = context.words;
    (clause.start + 2..clause.end).any(|i| {
        words.is_any(i, one_of!["was", "were", "had", "did"])
            || words.is_any(i, PRETERITES)
            || context.is_past(i)
                && (context.has(i - 1, Class::SUBJECT.or(Class::YOU))
                    || words.is(i - 1, "it")
                    || context.has(i - 1, Class::ADVERB) && context.has(i - 2, Class::SUBJECT.or(Class::YOU)))
            // "when the rig failed", "after the policy began"
            || words.is_any(clause.start, one_of!["when", "after", "since"])
                && context.is_past(i)
                // "after our team finished your check"
                && (i + 1 == clause.end || is_noun_before_verb(context, clause, i))
                && !context.any(clause.start..i, Class::FINITE)
    })
}

/// Whether a noun phrase stands before the past form and an object behind it: "after our team finished your check".
fn is_noun_before_verb(context: &Context<'_>, clause: Clause, verb: usize) -> bool {
    let opens = context.has(clause.start + 1, Class::DETERMINER.or(Class::POSSESSIVE));
    opens
        && verb > clause.start + 2
        && !context.has(verb - 1, Class::FUNCTION)
        && context.words.gap(verb + 1).only(Gap::SPACE)
        && context.has(verb + 1, Class::DETERMINER.or(Class::POSSESSIVE))
}

/// "before the trial was over": what begins, goes on or ends is there.
fn is_aspectual(context: &Context<'_>, mention: Mention) -> bool {
    context.predicate_of(mention.start, mention.end).is_some_and(|finite| {
        context.words.is_any(finite, one_of!["was", "were", "had"])
            && context.words.is_any(
                context.skip_adverbs(finite + 1),
                one_of!["over", "up", "ended", "finished", "begun", "started"],
            )
    })
}

/// "whenever you like": no time in particular, and so no condition.
fn is_any_time(context: &Context<'_>, clause: Clause) -> bool {
    let subject = clause.start + 1;
    context.words.is(clause.start, "whenever")
        && (context.has(subject, Class::YOU)
            || context.words.is_any(subject, one_of!["it", "suits", "convenient", "possible"]))
}

/// Whether a temporal clause waits for something that may not come: an act of the customer, a check, a receipt.
fn awaits(context: &Context<'_>, clause: Clause) -> bool {
    let words = context.words;
    // "when it is back and has been checked": one clause with its further predicates.
    let mut end = clause.end;
    let mut index = context.segments.clause(clause.start) + 1;
    while context.clause_at(index).link == Link::Predicate
        && context.clause_at(index).start == end
        && !words.gap(end).has(Gap::COMMA)
    {
        end = context.clause_at(index).end;
        index += 1;
    }
    let clause = Clause { end, ..clause };
    let range = clause.start..clause.end;
    // What stands until then stands; what comes whenever the customer likes waits for nothing.
    if words.is_any(clause.start, one_of!["until", "till", "before"]) || is_any_time(context, clause) {
        return false;
    }
    // "Whenever a manager agrees, we refund it"
    if words.is(clause.start, "whenever") {
        return true;
    }
    // "as soon as we saw it", "after you wrote": that has happened.
    let is_perfect = range.clone().any(|i| words.is_any(i, one_of!["have", "has", "is", "are"]));
    if has_past_verb(context, clause) && !is_perfect {
        return false;
    }
    let decides = range.clone().any(|i| words.is_any(i, DECIDING));
    let calendar =
        |i: usize| words.is_any(i, one_of!["open", "opens", "starts", "begins", "o'clock", "morning", "monday"]);
    if range.clone().any(calendar) && !decides {
        return false;
    }
    let is_requisite = words.is_any(clause.start, one_of!["once", "after"])
        || (clause.start..clause.end.min(clause.start + 2))
            .any(|i| words.is_any(i, one_of!["once", "soon"]) || words.is_any(i, MOMENTS));
    // "after reading the photos we accepted it": done by us on the way.
    let by_us = words.is_any(clause.start, one_of!["after", "before", "when", "while", "upon"])
        && words.text(clause.start + 1).ends_with("ing");
    // "after our visit last night the line is back": a phrase, and what it names is over.
    let is_verb =
        |i: usize| context.has(i, Class::FINITE) || context.is_past(i) || context.has(i, Class::SUBJECT.or(Class::YOU));
    let is_phrase = words.is(clause.start, "after") && !decides && !range.clone().any(is_verb);
    let next = context.clause_at(context.segments.clause(clause.start) + 1);
    if is_phrase && !context.any(next.start..next.end, Class::WILL.or(Class::MODAL)) {
        return false;
    }
    if is_requisite && clause.end > clause.start + 3 && !by_us {
        return true;
    }
    // "When the next container lands": it waits for a thing that has no date.
    let waits_when = words.is(clause.start, "when")
        && words.is_any(clause.start + 1, one_of!["the", "a", "an", "our", "your", "their"])
        && !range
            .clone()
            .any(|i| context.has(i, Class::WILL.or(Class::MODAL)) || words.is_any(i, one_of!["was", "were", "had"]));
    if waits_when && clause.end > clause.start + 3 {
        return true;
    }
    let by_you = range.clone().any(|i| {
        context.has(i, Class::YOU) && {
            let verb = context.skip_adverbs(i + 1);
            let verb = if context.has(verb, Class::HAVE) { context.skip_adverbs(verb + 1) } else { verb };
            verb < clause.end && !context.has(verb, Class::FINITE) && !words.is_any(verb, LOOKING)
        }
    });
    by_you || decides
}

/// Verbs and nouns of a decision, a check or a receipt.
pub(super) const DECIDING: &OneOf = one_of![
    "approved",
    "approve",
    "approves",
    "confirmed",
    "confirm",
    "confirms",
    "receive",
    "received",
    "receives",
    "verified",
    "verify",
    "review",
    "reviewed",
    "returned",
    "inspected",
    "inspect",
    "inspection",
    "investigation",
    "investigated",
    "agree",
    "agrees",
    "approval",
    "decide",
    "decides",
    "decided",
    "accepts",
    "accepted",
    "completed",
    "checked",
    "cleared",
    "settled",
    "resolved",
];

/// What a customer may do at any time without owing it: "when you open the app", "when you next visit".
const LOOKING: &OneOf = one_of![
    "see", "look", "open", "check", "log", "sign", "call", "visit", "ring", "come", "arrive", "land", "like", "want",
    "wish", "need", "get", "go", "next", "ready", "read", "travel", "fly", "move", "start", "begin", "leave", "turn",
    "restart", "switch", "walk", "drop", "stop",
];

/// Whether the mention is in a perfect or past predicate: "have refunded", "was issued", "the desk adjusted it".
pub(super) fn is_done(context: &Context<'_>, mention: Mention) -> bool {
    let words = context.words;
    let clause = context.clause_at(context.segments.clause(mention.start));
    let before = context.before(clause, mention.start);
    if context.any(before.clone(), Class::MODAL.or(Class::WILL)) {
        return false;
    }
    let perfect = before.clone().any(|i| context.has(i, Class::HAVE) || words.is_any(i, one_of!["was", "were", "did"]));
    let us = before.clone().find(|i| context.has(*i, Class::US));
    let simple_past = us.is_some_and(|us| {
        let verb = context.skip_adverbs(us + 1);
        (mention.start..mention.end).any(|i| context.is_past(i)) || verb < mention.start && context.is_past(verb)
    });
    // "the show had to be cancelled": the mention is what it is said of.
    let said_of = context.is_subject(mention)
        && context.predicate_of(mention.start, mention.end).is_some_and(|finite| {
            context.has(finite, Class::HAVE) || words.is_any(finite, one_of!["was", "were", "did"])
        });
    perfect || said_of || simple_past || tells_past(context, clause, mention) || reports(context, clause, mention)
}

/// "Decision: ban reversed after a second review": the label says that it is over, the participle what was done.
fn reports(context: &Context<'_>, clause: Clause, mention: Mention) -> bool {
    let sentence = context.sentence_of(mention.start);
    let first = sentence.start;
    sentence.is_label
        && clause.is_hard
        && clause.start > first
        && (first..clause.start).any(|i| context.words.is_any(i, REPORTS))
        && !context.any(first..clause.end, Class::FINITE.or(Class::NOT))
        && !(clause.start..clause.end).any(|i| context.words.is_any(i, one_of!["only", "to", "once", "when"]))
        && (clause.start..clause.end).any(|i| context.is_past(i))
        && context.words.is(clause.end, "after")
        && context.has(clause.end + 1, Class::DETERMINER)
}

/// Labels of what is over.
const REPORTS: &OneOf = one_of!["decision", "outcome", "result", "verdict", "resolution", "done", "ruling"];

/// Whether the clause's first verb is a simple past with a noun as its subject: "our billing desk adjusted it".
fn tells_past(context: &Context<'_>, clause: Clause, mention: Mention) -> bool {
    let words = context.words;
    let start = clause.start + usize::from(context.has(clause.start, Class::COORDINATOR.or(Class::CONTRAST)));
    let opens = context.has(start, Class::DETERMINER) || words.list.get(start).is_some_and(|word| word.is_capital);
    let stop = clause.end.min(mention.end + 2);
    let from = (start + 1).max(mention.start.saturating_sub(REACH));
    let Some(verb) = (from..stop).find(|i| context.is_past(*i) || context.has(*i, Class::FINITE)) else {
        return false;
    };
    opens
        && context.is_past(verb)
        && !context.has(verb, Class::FINITE)
        && !context.any(start + 1..verb, Class::PREPOSITION)
        && context.has(verb + 1, Class::DETERMINER.or(Class::YOU).or(Class::DUMMY))
}

/// Whether the mention is in a progressive predicate: "are refunding", "is on its way".
fn is_under_way(context: &Context<'_>, mention: Mention) -> bool {
    let clause = context.clause_at(context.segments.clause(mention.start));
    let around = clause.start..clause.end.min(mention.end + 6);
    // "It is extended if they agree" only says when it would be.
    let is_going_on =
        |i: usize| context.words.is_any(i, one_of!["being", "way"]) || context.words.text(i).ends_with("ing");
    let is_passive = |i: usize| context.has(i, Class::BE) && context.is_past(context.skip_adverbs(i + 1));
    if around.clone().any(is_passive) && !around.clone().any(is_going_on) {
        return false;
    }
    context.any(around.clone(), Class::BE) && !context.any(around, Class::WILL.or(Class::MODAL))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::context::probe;

    /// `expect` is the words that the mention hangs on, or nothing where it is told.
    fn check(reply: &str, word: &str, expect: Option<&str>) {
        assert_eq!(probe::cue(reply, word, condition).as_deref(), expect, "{reply}");
    }

    #[test]
    fn conditions_and_times() {
        check("We will refund it after your bank confirms the loss.", "refund", Some("after"));
        check("Payout: released at noon, after our team finished your check.", "released", None);
        check("Your place is deferred until fall 2027.", "fall", Some("until"));
        check("You have until 30 September and no late fee applies.", "fee", None);
        check("It is $912.50, after the $87.50 deduction.", "deduction", None);
        check("It will be paid after a deduction.", "deduction", Some("after"));
    }
}
