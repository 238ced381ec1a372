//! Mood: whether a mention is asserted, or only asked, supposed, wished or possible.
//!
//! Promises ("we will refund") and acts under way ("is being refunded") are assertions; conditions, questions, modals of
//! possibility and verbs that leave their object open ("we are reviewing") are not. What the customer may do ("you can
//! keep it") is a statement. The rules lean towards "not asserted".

use super::context::{Context, Cue, Mention};
use super::lexicon::Class;
use super::segment::{Clause, Link, inverts_question};
use super::token::{Gap, Kind};

/// The cue that makes the mention a mere thought, if one does.
pub(super) fn opened_by(context: &Context<'_>, mention: Mention) -> Option<Cue> {
    // "the refund we issued today" has been issued, whatever is asked or supposed about it.
    if context.is_presupposed(mention) {
        return None;
    }
    // "I must apologise", "we would like to thank you": saying it does it, whatever the modal.
    if is_expressive(context, mention) {
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
        .or_else(|| generic(context, mention))
        .or_else(|| requisite(context, mention))
}

/// The cue that makes even a denial a mere thought: it is asked, or hangs on a condition.
pub(super) fn supposed_by(context: &Context<'_>, mention: Mention) -> Option<Cue> {
    let is_condition = |cue: &Cue| context.clause_at(context.segments.clause(cue.1 - 1)).link == Link::Condition;
    let may = |cue: &Cue| context.has(cue.0, Class::POSSIBLY) || context.words.is_any(cue.0, &["may", "might"]);
    question(context, mention)
        .or_else(|| condition(context, mention).filter(is_condition))
        .or_else(|| modal(context, mention).filter(may))
}

/// Whether the mention is an expressive act of ours: verbs that do what they say (Searle 1976, expressives).
fn is_expressive(context: &Context<'_>, mention: Mention) -> bool {
    let clause = context.clause_at(context.segments.clause(mention.start));
    context
        .words
        .is_any(mention.start, &["apologise", "apologize", "apologising", "apologizing", "thank", "congratulate"])
        && context.any(clause.start..mention.start, Class::US)
}

/// Whether the cue speaks of a duty or of advice rather than a possibility: "should be sealed", "you need to reset it",
/// "we recommend resetting it". What the customer ought to do is told, not supposed.
pub(super) fn is_advice(context: &Context<'_>, mention: Mention, cue: Cue) -> bool {
    let words = context.words;
    let is_perfect = has_participle(context, cue.0 + 2) && words.is(cue.0 + 1, "have");
    let is_duty = words.is_any(cue.0, &["should", "must", "ought"]) && !is_perfect
        || words.is_any(cue.0, &["need", "needs", "have", "has"])
            && (words.is(cue.1 - 1, "to") || words.is(cue.1, "to"));
    let supposed =
        |word: usize| matches!(context.clause_at(context.segments.clause(word)).link, Link::Condition | Link::Temporal);
    let is_supposed = context.sentence_of(mention.start).is_question || supposed(cue.0) || supposed(cue.1 - 1);
    // "we would ask you to", "it is a good idea to", "remember to"
    let advises =
        |i: usize| words.is_any(i, ADVISING) && !(i > 0 && context.has(i - 1, Class::NOT)) && mention.start - i <= 6;
    // "do not forget to"
    let reminds = |i: usize| words.is(i, "forget") && i > 0 && context.has(i - 1, Class::NOT);
    let advises = |i: usize| advises(i) || reminds(i);
    // "once you have the number, upload it": told for then.
    let next = context.clause_at(context.segments.clause(cue.0) + 1);
    let is_told = context.clause_at(context.segments.clause(cue.0)).link == Link::Temporal
        && context.has(next.start, Class::ORDER.or(Class::PLEASE));
    is_duty || is_told || !is_supposed && (cue.0.saturating_sub(1)..mention.start).any(advises)
}

/// Words that tell somebody to do something.
const ADVISING: &[&str] = &[
    "recommend",
    "suggest",
    "advise",
    "ask",
    "urge",
    "encourage",
    "invite",
    "remember",
    "idea",
    "need",
    "sure",
    "ensure",
    "important",
    "remind",
    "try",
    "request",
    "asked",
    "prompted",
    "told",
    "invited",
    "required",
];

/// The mention is part of a question.
fn question(context: &Context<'_>, mention: Mention) -> Option<Cue> {
    let sentence = context.sentence_of(mention.start);
    let words = context.words;
    let opens = |clause: Clause| {
        let first = clause.start + usize::from(context.has(clause.start, Class::COORDINATOR));
        // "May I add that it was unlocked" asks nothing.
        let polite = words.is_any(first, &["may", "can", "let"])
            && context.has(first + 1, Class::US)
            && !sentence.is_question
            && (first + 2..first + 5).any(|i| context.has(i, Class::TRANSPARENT) || words.is_any(i, &["add", "say"]));
        // "What we have done is", "How this came about": without the mark only an inverted clause asks.
        let asks = !polite && inverts_question(words, first) && clause.link != Link::Condition
            || words.is_any(first, &["how", "what", "why", "where", "when"])
                && clause.start == sentence.start
                && (sentence.is_question || inverts_question(words, first + 1))
            || words.is_any(first, &["how", "what", "why", "when", "which", "who"]) && sentence.is_question;
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
            if comma
                .is_some_and(|i| i + 1 == sentence.end && words.is_any(i, &["ok", "okay", "alright", "fine", "deal"]))
            {
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

/// The mention stands in a condition, or in the clause that a condition governs.
fn condition(context: &Context<'_>, mention: Mention) -> Option<Cue> {
    let own = context.segments.clause(mention.start);
    for index in context.governing(mention.start) {
        let clause = context.clause_at(index);
        let is_fact =
            clause.link == Link::Temporal && (is_past_event(context, clause) || is_aspectual(context, mention));
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
        && context.words.is_any(own_clause.start, &["who", "which", "where"])
        && context
            .words
            .is_any(own_clause.start - 1, &["decide", "decides", "decided", "determine", "determines", "choose"])
    {
        return Some((own_clause.start - 1, own_clause.start + 1));
    }
    let done = is_done(context, mention);
    let (first, last) = context.sentence_of(mention.start).clauses;
    // A condition in front governs what follows up to a hard stop; a reason behind it stands by itself.
    let is_reason = context.clause_at(own).link == Link::Cause;
    for index in (first..own).rev().filter(|_| !is_reason) {
        let clause = context.clause_at(index);
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
        // "follow it there, and if it gets stuck, call us": it belongs to what comes behind.
        let looks_on = next + 1 < last
            && clause.start > 0
            && (context.has(clause.start - 1, Class::COORDINATOR) || clause.is_hard)
            && !context.clause_at(next + 1).is_hard;
        let is_sure = done || is_under_way(context, mention, clause.link == Link::Condition);
        let governs = clause.link == Link::Condition && !looks_on && !is_indirect(context, clause)
            || clause.link == Link::Temporal && !looks_on && (only || awaits(context, clause));
        if governs && !is_sure {
            return Some((clause.start, clause.start + 1));
        }
    }
    None
}

/// Whether a condition only says when the statement is of interest, not when it holds: "if you are curious", "if you
/// have questions", "if I may" (A Comprehensive Grammar of the English Language, 15.38: indirect conditions).
fn is_indirect(context: &Context<'_>, clause: Clause) -> bool {
    (clause.start + 1..clause.end.min(clause.start + 8)).any(|i| context.words.is_any(i, INDIRECT))
        || context.has(clause.start + 1, Class::US) && context.words.is(clause.start + 2, "may")
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
        .any(|i| context.has(i, Class::YOU) && words.is_any(context.skip_adverbs(i + 1), &["can", "may"]));
    let likes = (clause.start + 1..clause.end).any(|i| {
        context.has(i, Class::YOU) && words.is_any(i + 1, &["like", "wish", "want", "prefer", "need", "choose"])
    });
    let orders = context.has(main.start, Class::ORDER.or(Class::PLEASE));
    permits && likes || words.is(clause.start, "in") && words.is(clause.start + 1, "case") && orders
}

/// What somebody is who only wants to know.
const INDIRECT: &[&str] = &[
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
    "recall",
    "remember",
    "unclear",
];

/// Whether a temporal clause tells of what happened: "when we removed the entry", "after you wrote". A clause with
/// "before" or "until" does not say that it came to that.
fn is_past_event(context: &Context<'_>, clause: Clause) -> bool {
    let words = context.words;
    let opens = words.is_any(clause.start, &["when", "after", "once", "since"]) || words.is(clause.start, "as");
    opens && has_past_verb(context, clause) && {
        // "once we have refunded it" is still to come.
        !context.any(clause.start..clause.end, Class::MODAL.or(Class::WILL))
            && !(clause.start..clause.end).any(|i| words.is_any(i, &["have", "has", "is", "are"]))
    }
}

/// Whether the clause has a verb in the simple past behind a subject.
fn has_past_verb(context: &Context<'_>, clause: Clause) -> bool {
    let words = context.words;
    (clause.start + 2..clause.end).any(|i| {
        words.is_any(i, &["was", "were", "had", "did"])
            || context.is_past(i)
                && (context.has(i - 1, Class::SUBJECT.or(Class::YOU))
                    || words.is(i - 1, "it")
                    || context.has(i - 1, Class::ADVERB) && context.has(i - 2, Class::SUBJECT.or(Class::YOU)))
            // "when the rig failed"
            || words.is(clause.start, "when")
                && context.is_past(i)
                && i + 1 == clause.end
                && !context.any(clause.start..i, Class::FINITE)
    })
}

/// "before the trial was over": what begins, goes on or ends is there.
fn is_aspectual(context: &Context<'_>, mention: Mention) -> bool {
    context.predicate_of(mention.start, mention.end).is_some_and(|finite| {
        context.words.is_any(finite, &["was", "were", "had"])
            && context
                .words
                .is_any(context.skip_adverbs(finite + 1), &["over", "up", "ended", "finished", "begun", "started"])
    })
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
    // What stands until then stands; what comes whenever somebody likes waits for nothing.
    if words.is_any(clause.start, &["until", "till", "whenever", "before"]) {
        return false;
    }
    // "as soon as we saw it", "after you wrote": that has happened.
    let is_perfect = range.clone().any(|i| words.is_any(i, &["have", "has", "is", "are"]));
    if has_past_verb(context, clause) && !is_perfect {
        return false;
    }
    let decides = range.clone().any(|i| words.is_any(i, DECIDING));
    let calendar = |i: usize| words.is_any(i, &["open", "opens", "starts", "begins", "o'clock", "morning", "monday"]);
    if range.clone().any(calendar) && !decides {
        return false;
    }
    let is_requisite = words.is_any(clause.start, &["once", "after"])
        || (clause.start..clause.end.min(clause.start + 2)).any(|i| words.is_any(i, &["once", "soon"]));
    // "after reading the photos we accepted it": done by us on the way.
    let by_us = words.is_any(clause.start, &["after", "before", "when", "while", "upon"])
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
        && words.is_any(clause.start + 1, &["the", "a", "an", "our", "your", "their"])
        && !range
            .clone()
            .any(|i| context.has(i, Class::WILL.or(Class::MODAL)) || words.is_any(i, &["was", "were", "had"]));
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
const DECIDING: &[&str] = &[
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
const LOOKING: &[&str] = &[
    "see", "look", "open", "check", "log", "sign", "call", "visit", "ring", "come", "arrive", "land", "like", "want",
    "wish", "need", "get", "go", "next", "ready", "read", "travel", "fly", "move", "start", "begin", "leave", "turn",
    "restart", "switch", "walk", "drop", "stop",
];

/// Whether the mention is in a perfect or past predicate: "have refunded", "was issued", "the desk adjusted it".
fn is_done(context: &Context<'_>, mention: Mention) -> bool {
    let words = context.words;
    let clause = context.clause_at(context.segments.clause(mention.start));
    let before = context.before(clause, mention.start);
    if context.any(before.clone(), Class::MODAL.or(Class::WILL)) {
        return false;
    }
    let perfect = before.clone().any(|i| context.has(i, Class::HAVE) || words.is_any(i, &["was", "were", "did"]));
    let us = before.clone().find(|i| context.has(*i, Class::US));
    let simple_past = us.is_some_and(|us| {
        let verb = context.skip_adverbs(us + 1);
        (mention.start..mention.end).any(|i| context.is_past(i)) || verb < mention.start && context.is_past(verb)
    });
    // "the show had to be cancelled": the mention is what it is said of.
    let said_of = context.is_subject(mention)
        && context
            .predicate_of(mention.start, mention.end)
            .is_some_and(|finite| context.has(finite, Class::HAVE) || words.is_any(finite, &["was", "were", "did"]));
    perfect || said_of || simple_past || tells_past(context, clause, mention)
}

/// Whether the clause's first verb is a simple past with a noun as its subject: "our billing desk adjusted it".
fn tells_past(context: &Context<'_>, clause: Clause, mention: Mention) -> bool {
    let words = context.words;
    let start = clause.start + usize::from(context.has(clause.start, Class::COORDINATOR.or(Class::CONTRAST)));
    let opens = context.has(start, Class::DETERMINER) || words.list.get(start).is_some_and(|word| word.is_capital);
    let stop = clause.end.min(mention.end + 2);
    let Some(verb) = (start + 1..stop).find(|i| context.is_past(*i) || context.has(*i, Class::FINITE)) else {
        return false;
    };
    opens
        && context.is_past(verb)
        && !context.has(verb, Class::FINITE)
        && !context.any(start + 1..verb, Class::PREPOSITION)
        && context.has(verb + 1, Class::DETERMINER.or(Class::YOU).or(Class::DUMMY))
}

/// Whether the mention is in a progressive predicate: "are refunding", "is on its way".
fn is_under_way(context: &Context<'_>, mention: Mention, strictly: bool) -> bool {
    let clause = context.clause_at(context.segments.clause(mention.start));
    let around = clause.start..clause.end.min(mention.end + 6);
    // "It is extended if they agree" only says when it would be.
    let is_going_on = |i: usize| context.words.is_any(i, &["being", "way"]) || context.words.text(i).ends_with("ing");
    let is_passive = |i: usize| context.has(i, Class::BE) && context.is_past(context.skip_adverbs(i + 1));
    if strictly && around.clone().any(is_passive) && !around.clone().any(is_going_on) {
        return false;
    }
    context.any(around.clone(), Class::BE) && !context.any(around, Class::WILL.or(Class::MODAL))
}

/// A modal of possibility over the mention.
fn modal(context: &Context<'_>, mention: Mention) -> Option<Cue> {
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
            if context.has(q, Class::MODAL) && !is_harmless_modal(context, clause, q) {
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
    (mention.end..clause.end.min(mention.end + 12))
        .find(|i| context.has(*i, Class::POSSIBLY) && !words.gap(*i).has(Gap::COMMA))
        .map(|i| (i, i + 1))
}

/// "what we could do is": the clause that a form of "be" equates with what follows.
fn is_cleft(context: &Context<'_>, clause: Clause) -> bool {
    let words = context.words;
    words.is_any(clause.end - 1, &["do", "offer"])
        && context.has(clause.end, Class::BE.or(Class::MODAL))
        && !(clause.start > 0 && words.is(clause.start - 1, "least"))
}

/// Whether a modal leaves the statement a statement.
fn is_harmless_modal(context: &Context<'_>, clause: Clause, q: usize) -> bool {
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
            context.words.is_any(noticed, &["noticed", "seen", "heard", "read", "spotted", "found", "received", "got"])
        }
        "may"
            if by_you
                && words.is_any(verb, &["get", "receive", "be", "see", "have", "qualify", "find", "still", "need"]) =>
        {
            false
        }
        "can" | "may" if by_you => true,
        // "May I add that"
        "may" if q == clause.start && context.has(q + 1, Class::US) && words.is_any(q + 2, &["add", "say"]) => true,
        "can" | "could" if words.is(verb, "not") => words.is(q, "can"),
        // "I could see that it had been paid": what one could see was so.
        "could" => !by_you && words.is_any(verb, &["see", "find", "confirm", "tell", "trace", "verify"]),
        "can" => {
            context.has(verb, Class::TRANSPARENT)
                || words.is(verb, "be")
                    && (context.has(verb + 1, Class::ARRIVAL.or(Class::TRANSPARENT))
                        || words.is_any(verb + 1, &["used", "collected", "tracked", "viewed", "picked"]))
        }
        "would" => {
            let like = words.is_any(verb, &["like", "love", "want"]) && words.is(verb + 1, "to");
            like && !by_you
                && (context.has(verb + 2, Class::TRANSPARENT)
                    || words.is_any(verb + 2, &["apologise", "apologize", "thank", "offer"]))
        }
        "should" => {
            context.has(verb, Class::ARRIVAL) && !(words.is(verb, "have") && has_participle(context, verb + 1))
                || words.is(verb, "be")
                    && words.is_any(
                        verb + 1,
                        &[
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

/// What one does to get a thing that is not one's own yet.
const ASKED_FOR: &[&str] =
    &["buy", "purchase", "order", "request", "ask", "apply", "claim", "opt", "choose", "select", "try", "seek"];

/// Whether a participle follows, adverbs and "been" aside: "should have been returned".
fn has_participle(context: &Context<'_>, i: usize) -> bool {
    let i = context.skip_adverbs(i);
    context.has(i, Class::BEEN) || context.is_past(i)
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
            let applies = words.is_any(q, &["apply", "applying"]) && words.is_any(q + 1, &["to", "for"]);
            // "working on", "looking into": open by their particle.
            let particle = words.is_any(q, &["working", "work", "worked"])
                && words.is_any(q + 1, &["on", "towards", "toward", "out"])
                || words.is_any(q, &["looking", "look", "looked"])
                    && words.is_any(q + 1, &["into", "at", "for", "to", "over"])
                || words.is_any(q, &["talking", "talk", "speak", "speaking"])
                    && words.is_any(q + 1, &["about", "to", "with"]);
            // "I wanted to tell you that": a polite way to say it.
            let says = words.is(q + 1, "to") && context.has(q + 2, Class::TRANSPARENT) && depth > 0;
            if says {
                break;
            }
            // "I have put it forward for cancellation"
            let proposes = depth == 0
                && mention.start > q + 1
                && words.is(mention.start - 1, "for")
                && words.is_any(q, &["put", "submitted", "flagged", "nominated", "proposed", "recommended"]);
            // "my manager has to approve the refund first"
            let must = depth == 0
                && words.is_any(q, &["approve", "authorise", "authorize", "sign", "confirm", "agree", "decide"])
                && (words.is(q - usize::from(q > clause.start), "to")
                    && q >= clause.start + 2
                    && words.is_any(q - 2, &["has", "have", "needs", "need"])
                    && !context.any(clause.start..q - 1, Class::YOU));
            if must {
                return Some((q - 2, q + 1));
            }
            let put_in = words.is_any(q, &["put", "putting"]) && words.is(q + 1, "in") && words.is(q + 2, "for");
            let votes =
                words.is_any(q, &["decide", "decides", "rule", "rules"]) && words.is_any(q + 1, &["on", "about"]);
            if put_in || votes {
                return Some((q, q + 3));
            }
            if proposes {
                return Some((q, q + 1));
            }
            // "consider it done"
            let grants = words.is_any(q, &["consider"])
                && (q == clause.start || context.has(q - 1, Class::PLEASE))
                && words.is_any(q + 1, &["it", "yourself", "this", "that"]);
            // "please check your statement for a refund"
            let looks_for = words.is_any(q, &["check", "look", "watch", "monitor"])
                && (q == clause.start || context.has(q - 1, Class::PLEASE))
                && (q + 1..mention.start).any(|i| words.is(i, "for"));
            if (class.has(Class::OPEN) || applies || particle)
                && !looks_for
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
                && !(words.is(q, "due") && words.is_any(q + 1, &["to", "on", "in", "by"]))
                && !words.is(q, "available")
            {
                return Some((q, q + 1));
            }
        }
    }
    None
}

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
        let links =
            context.words.is_any(i, &["to", "of", "for", "into", "on", "at", "about", "whether", "from", "in", "that"]);
        let is_infinitive = class.has(Class::HAVE.or(Class::DO)) && context.words.is(i - 1, "to");
        (is_infinitive || !class.has(Class::FINITE.or(Class::COORDINATOR))) && (!class.has(Class::PREPOSITION) || links)
    })
}

/// "to refund": an aim, unless what governs it commits to it.
fn infinitive(context: &Context<'_>, mention: Mention) -> Option<Cue> {
    let words = context.words;
    let clause = context.clause_at(context.segments.clause(mention.start));
    let mut to = mention.start.checked_sub(1)?;
    // "how to get a refund"
    let asks = context.before(clause, mention.start).rev().take(4).find(|i| {
        words.is(*i, "to") && *i > clause.start && words.is_any(*i - 1, &["how", "where", "when", "whether"])
    });
    // "you have 14 days to claim a refund"
    let claims = context.before(clause, mention.start).rev().take(4).find(|i| {
        words.is(*i, "to")
            && words.is_any(*i + 1, &["claim", "request", "seek"])
            && context.any(clause.start..*i, Class::YOU)
    });
    let asks = asks.or(claims.filter(|to| *to > clause.start));
    if let Some(asks) = asks.filter(|asks| !context.any(asks + 1..mention.start, Class::FINITE.or(Class::US))) {
        return Some((asks - 1, asks + 1));
    }
    while to > clause.start && (context.has(to, Class::ADVERB.or(Class::BEEN)) || words.is_any(to, &["get", "have"])) {
        to -= 1;
    }
    if to < clause.start || !words.is(to, "to") || context.is_past(mention.start) && to + 1 == mention.start {
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
    // "no choice but to call it off"; that one is unable to is a matter of polarity, advice one of attribution.
    let hesitates = to > clause.start && words.is_any(to - 1, &["hesitate", "hesitated"]);
    let is_forced = hesitates || to > clause.start && (words.is(to - 1, "but") || words.is_any(to - 1, ADVISED));
    if is_motion || is_forced || to > clause.start && context.has(to - 1, Class::INCAPABLE) {
        return None;
    }
    // "yours to keep", "free to use"
    if to > clause.start && words.is_any(to - 1, &["yours", "free", "welcome"]) {
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
            || words.is_any(*i, &["like", "used", "order", "team", "way", "how", "steps", "able"])
    });
    match governor {
        // "we were going to refund you": it did not come to that.
        Some(i)
            if words.is_any(i, &["going", "about", "due", "scheduled", "set"])
                && i > clause.start
                && words.is_any(i - 1, &["was", "were"]) =>
        {
            Some((i - 1, to + 1))
        }
        Some(i) if context.has(i, Class::COMMIT) => None,
        // "our aim is to refund you" hopes, "it is our pleasure to refund you" does.
        Some(i) if context.has(i, Class::BE) && context.before(clause, i).any(|j| words.is_any(j, AIMS)) => {
            Some((i - 1, to + 1))
        }
        Some(_) if words.is_any(to - 1, &["pleasure", "privilege", "honour", "honor", "joy"]) => None,
        // "I am sending Sanjay to treat it"
        _ if sends_somebody(context, clause, to) => None,
        // "our team will call to verify it": the aim of a promised act of ours.
        Some(i) if is_promised_contact(context, clause, i, to) => None,
        // "it has had to be moved", "we had to cancel it": what one had to do was done.
        Some(i) if words.is(i, "had") && i + 1 == to => None,
        // "you have to", "you will need to"; "is to be refunded".
        Some(i) if context.has(i, Class::BE) && i + 1 == to => words.is_any(i, &["was", "were"]).then_some((i, to + 1)),
        // "it took us a while to unlock it": in the end we did.
        _ if context.before(clause, to).any(|i| words.is(i, "took")) => None,
        Some(i) => Some((i, to + 1)),
        None => Some((to, to + 1)),
    }
}

/// Adjectives of advice, which tell the customer what to do: "it is best to seal it".
pub(super) const ADVISED: &[&str] = &[
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
const AIMS: &[&str] = &[
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
        .find(|i| words.is_any(*i, &["send", "sending", "sent", "dispatch", "dispatching", "dispatched"]));
    let Some(verb) = verb.filter(|verb| context.any(clause.start..*verb, Class::US)) else { return false };
    to > verb + 1
        && (words.list[to - 1].is_capital
            || ["er", "or", "ist", "ian", "man"].iter().any(|end| words.text(to - 1).ends_with(end))
            || words.is_any(
                to - 1,
                &[
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
        && (context.has(governor + 2, Class::PREPOSITION) || context.words.is_any(governor + 2, &["there", "round"]));
    context.has(governor, Class::WILL)
        && (is_there
            || (governor + 1..to).any(|i| {
                context.words.is_any(
                    i,
                    &[
                        "call", "contact", "ring", "phone", "visit", "write", "come", "email", "reach", "arrive",
                        "return",
                    ],
                )
            }))
        && !context.any(clause.start..governor, Class::YOU.or(Class::THIRD_PARTY))
}

/// A predicate that leaves its subject open: "may be issued", "is under review", "is possible".
fn predicate(context: &Context<'_>, mention: Mention) -> Option<Cue> {
    let words = context.words;
    if !context.is_subject(mention) {
        return None;
    }
    // "a refund depends on the goods", "a refund seems likely"
    let verb = context.skip_adverbs(mention.end);
    let depends =
        words.is_any(verb, &["depends", "depend", "requires", "require", "hinges", "awaits", "needs", "presupposes"]);
    let is_number = |i: usize| words.list.get(i).is_some_and(|word| word.kind != Kind::Word);
    // "an upgrade costs $20"
    let costs = words.is_any(verb, &["costs", "cost"]) && is_number(verb + 1);
    let depends = depends || costs;
    let seems = words.is_any(verb, &["seems", "looks", "appears", "remains", "stays"])
        && context.has(verb + 1, Class::POTENTIAL);
    if (depends || seems) && words.gap(verb).only(Gap::SPACE) {
        return Some((verb, verb + 1));
    }
    let finite = context.predicate_of(mention.start, mention.end)?;
    let clause = context.clause_at(context.segments.clause(finite));
    if context.has(finite, Class::MODAL) && !is_harmless_modal(context, clause, finite) {
        return Some((finite, finite + 1));
    }
    for i in finite + 1..clause.end.min(finite + 7) {
        let class = context.class(i);
        let waits = words.is_any(
            i,
            &[
                "wait",
                "awaiting",
                "pending",
                "subject",
                "possible",
                "conditional",
                "optional",
                "dependent",
                "contingent",
                "dispute",
                "doubt",
            ],
        ) || words.is(i, "under") && (i + 1..i + 4).any(|j| words.is_any(j, SCRUTINY))
            || words.is(i, "on") && words.is_any(i + 1, &["hold", "ice"])
            || words.is(i, "up") && words.is(i + 1, "to")
            || words.is(i, "looked") && words.is_any(i + 1, &["at", "into", "over"])
            || class.has(Class::POTENTIAL) && !words.is_any(i, &["available", "due"])
            || class.has(Class::OPEN)
                && !words.text(i).ends_with("ing")
                && !class.has(Class::COMMIT)
                && !words.is_any(i, &["verify", "verified", "needed"])
                && !goes_on(context, i, clause.end);
        let waits =
            waits || context.has(finite, Class::WILL) && words.is_any(i, &["decided", "determined", "discussed"]);
        if waits {
            // "on hold": the noun says it, and may be what was looked for.
            let at = i + usize::from(words.is(i, "on"));
            return Some((at, at + 1));
        }
        let passes = class.has(Class::ADVERB.or(Class::BEEN).or(Class::HAVE).or(Class::NOT))
            || words.is_any(i, &["in", "the", "a", "to"]);
        if !passes {
            break;
        }
    }
    None
}

/// "has been reviewed and approved": the check is over, and what follows says how it ended.
fn goes_on(context: &Context<'_>, i: usize, end: usize) -> bool {
    let next = context.skip_adverbs(i + 2);
    context.is_past(i)
        && i + 2 < context.words.list.len()
        && i < end
        && context.words.is(i + 1, "and")
        && context.is_past(next)
        && !context.has(next, Class::OPEN.or(Class::REFUSED))
}

/// What a thing that is not decided yet is under.
const SCRUTINY: &[&str] = &[
    "review",
    "investigation",
    "consideration",
    "discussion",
    "assessment",
    "examination",
    "evaluation",
    "scrutiny",
    "dispute",
    "appeal",
    "audit",
    "inspection",
    "observation",
];

/// "For a refund we need the receipt": what would be needed for it.
fn purpose(context: &Context<'_>, mention: Mention) -> Option<Cue> {
    let index = context.segments.clause(mention.start);
    let clause = context.clause_at(index);
    let next = context.segments.clauses.get(index + 1).filter(|_| context.same_sentence(index + 1, mention.start))?;
    let needs = (next.start..next.end).any(|i| {
        context.words.is_any(i, &["need", "needs", "require", "requires", "must", "have", "please", "send"])
            && !context.any(next.start..i, Class::NOT)
    });
    // "To get a refund, fill in the form"
    let opens = next.start + usize::from(context.has(next.start, Class::ADVERB));
    let orders =
        context.words.is(clause.start, "to") && (context.has(opens, Class::ORDER.or(Class::PLEASE).or(Class::YOU)));
    let needs = needs && context.words.is(clause.start, "for") || orders;
    let bare =
        context.words.is_any(clause.start, &["for", "to"]) && !context.any(clause.start..clause.end, Class::FINITE);
    (bare && needs && next.link == Link::Main).then_some((clause.start, clause.start + 1))
}

/// "one option is a refund", "the alternative would be a replacement"
fn option(context: &Context<'_>, mention: Mention) -> Option<Cue> {
    let clause = context.clause_at(context.segments.clause(mention.start));
    let be = context.before(clause, mention.start).rev().find(|i| context.has(*i, Class::BE.or(Class::BEEN)))?;
    let head = (clause.start..be).rev().find(|i| !context.has(*i, Class::FINITE.or(Class::ADVERB)))?;
    let names = context
        .words
        .is_any(head, &["option", "options", "alternative", "alternatives", "possibility", "chance", "idea"]);
    names.then_some((head, head + 1))
}

/// "Send us a photo and we will refund you": an order that the promise hangs on (A Comprehensive Grammar of the English
/// Language, 11.30: the imperative as a condition).
fn requisite(context: &Context<'_>, mention: Mention) -> Option<Cue> {
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
const REQUIRED: &[&str] = &[
    "send", "return", "reply", "fill", "complete", "bring", "confirm", "provide", "post", "upload", "sign", "call",
    "say", "drop", "ship", "write", "email", "attach", "choose", "pick", "tell", "let", "give", "show", "pay",
    "answer", "submit", "forward", "mail", "ring", "hand",
];

/// A rule rather than an event: "refunds are issued to the card", "normally takes".
fn generic(context: &Context<'_>, mention: Mention) -> Option<Cue> {
    let words = context.words;
    let clause = context.clause_at(context.segments.clause(mention.start));
    let usual = (clause.start..clause.end.min(clause.start + 24)).find(|i| context.has(*i, Class::GENERIC));
    if let Some(i) = usual.filter(|_| !is_done(context, mention)) {
        return Some((i, i + 1));
    }
    // "Fines are only waived for staff"
    let only = context.before(clause, mention.start).rev().find(|i| context.words.is(*i, "only"));
    if let Some(only) = only.filter(|i| *i > clause.start && *i + 3 > mention.start && words.is(*i - 1, "are")) {
        return Some((only, only + 1));
    }
    // "We only waive it for new clients": a present form that is limited says a rule.
    let us = context.before(clause, mention.start).find(|i| context.has(*i, Class::US));
    if let Some(us) = us.filter(|us| words.is(us + 1, "only") && us + 2 == mention.start)
        && !context.is_past(mention.start)
    {
        return Some((us + 1, us + 2));
    }
    // "We refund broken skis only", "Only broken skis are refunded"
    let limits = us.is_some_and(|us| us + 1 == mention.start)
        && !context.is_past(mention.start)
        && words.is(clause.end - 1, "only")
        || words.is(clause.start, "only") && mention.start > clause.start && words.is(mention.start - 1, "are");
    if limits {
        return Some((mention.start.saturating_sub(1), mention.start));
    }
    // "Cancelling the plan takes one click": the act as a topic, not as an event.
    let first = clause.start + usize::from(context.has(clause.start, Class::COORDINATOR));
    // "Booking HB-20417 has been cancelled": a noun, told of an event.
    let object = context.has(first + 1, Class::DETERMINER.or(Class::DUMMY).or(Class::YOU));
    let is_told = !object
        && context.predicate_of(first, first + 1).is_some_and(|finite| {
            let verb = context.skip_adverbs(finite + 1);
            context.has(finite, Class::HAVE.or(Class::BE)) && (context.has(verb, Class::BEEN) || context.is_past(verb))
        });
    let is_gerund =
        first == mention.start && mention.end == mention.start + 1 && words.text(first).ends_with("ing") && !is_told;
    if is_gerund
        && let Some(i) =
            (first + 1..clause.end.min(first + 9)).find(|i| context.has(*i, Class::FINITE.or(Class::STATIVE)))
    {
        return Some((i, i + 1));
    }
    let plural = words.text(mention.end - 1).ends_with('s') && !words.text(mention.end - 1).ends_with("ss");
    // Only adjectives may stand before a bare plural.
    let bare = (clause.start..mention.start).all(|i| {
        context.class(i) == Class::NONE
            || context.has(i, Class::COORDINATOR.or(Class::POSSESSIVE)) && words.is_any(i, &["our", "and"])
            || context.has(i, Class::CAUSE)
    }) && mention.start - clause.start <= 3;
    let next = context.skip_adverbs(mention.end);
    let allows = context.has(next, Class::MODAL) && is_harmless_modal(context, clause, next);
    (plural && bare && !allows && (words.is_any(next, &["are", "take", "can", "may", "do", "usually"])))
        .then_some((next, next + 1))
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
    }

    #[test]
    fn statements() {
        check("We will refund it.", "refund", None);
        check("You can keep it.", "keep", None);
        check("Your refund should arrive on Friday.", "refund", None);
        check("As soon as we saw it, we refunded it.", "refunded", None);
        check("If you ask about the refund we issued, just call.", "refund", None);
        check("We had to refund it.", "refund", None);
        check("The repair starts in May.", "repair", None);
    }
}
