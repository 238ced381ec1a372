//! Outsiders: whether the subject of a mention's verb is somebody who is neither the desk nor one of its own.
//!
//! "The shop will refund you" promises nothing; "the refund has been issued" and "your order ships today" do. What
//! tells them apart is the verb's subject: an agent acts on an object, a theme only undergoes. An agent with a name of
//! its own ("the shop", "the grower", "the electrician you hired") is somebody else, unless the noun is one of those
//! by which a desk speaks of itself and its people.

use super::context::{Context, Cue, Mention};
use super::lexicon::Class;
use super::one_of::OneOf;
use super::party::{CARRIERS, CARRYING};
use super::people::{AGENT_ENDINGS, COSTING, DESK, DISTANT, FIRMS, GIVING, MEETING, THINGS, TIMES};
use super::segment::Link;
use super::token::{Gap, Kind};

/// The most auxiliaries and adverbs before a main verb.
const AUXILIARIES: usize = 8;

/// The longest subject that is read, in words.
const SUBJECT_WORDS: usize = 9;

/// The words that name the outsider who acts, if the mention is an outsider's act.
pub(super) fn outsider(context: &Context<'_>, mention: Mention) -> Option<Cue> {
    let subject = subject_of(context, mention)?;
    let verb = main_verb(context, subject.verb, mention)?;
    let is_own = (mention.start..mention.end).contains(&verb);
    // "your bank will show the refund", "the shop received your refund": these bring nothing about.
    let is_neutral =
        !is_own && !context.words.is(verb, "give") && context.has(verb, Class::ARRIVAL.or(Class::TRANSPARENT));
    if is_neutral {
        return None;
    }
    let object = if is_own { verb + 1 } else { mention.start };
    let person = |i: usize| context.words.gap(i).only(Gap::SPACE) && is_person(context, i);
    let to_somebody = person(object) || person(mention.end);
    let bare = context.class(object) == Class::NONE
        && context.words.list.get(object).is_some_and(|word| word.kind == Kind::Word && !word.is_capital)
        && context.words.gap(object).only(Gap::SPACE)
        && !context.words.is_any(object, TIMES);
    let on_something = verb < mention.start || to_somebody || bare || opens_object(context, object);
    // Only somebody promises.
    let promises = !is_own && context.words.is_any(verb, PROMISING);
    // "the loan will not cost you anything": what things do to people as well.
    let is_given = context.words.is_any(subject.verb, GIVING) || context.words.is_any(verb, COSTING);
    if !on_something || !is_outside(context, &subject, to_somebody && !is_given || promises) {
        return None;
    }
    Some((subject.start, subject.head + 1))
}

/// "the shop you bought it from promised to send", "the seller where you ordered has": behind the verb of a relative
/// clause that ties somebody to the customer goes on what that somebody does.
pub(super) fn tied_outsider(context: &Context<'_>, mention: Mention) -> Option<Cue> {
    let words = context.words;
    let sentence = context.sentence_of(mention.start);
    let from = sentence.start.max(mention.start.saturating_sub(2 * SUBJECT_WORDS));
    let clear = |range: std::ops::Range<usize>| {
        let mut inside = range.skip(1);
        inside.all(|i| words.gap(i).only(Gap::SPACE.or(Gap::NEWLINE)) && !context.has(i, Class::US.or(Class::YOU)))
    };
    let resumes = |i: &usize| {
        let is_stranded = context.has(*i - 1, Class::PREPOSITION) && context.is_past(*i);
        is_stranded || context.has(*i, Class::FINITE) || words.is_any(*i, PROMISING)
    };
    let verb = (from + 4..=mention.start).rev().find(resumes)?;
    // The first auxiliary of several.
    let verb = (from + 4..=verb).rev().take_while(|i| *i == verb || context.has(*i, Class::FINITE)).last()?;
    let you = (from + 2..verb - 1).rev().find(|i| context.has(*i, Class::YOU))?;
    let links = usize::from(context.has(you - 1, Class::RELATIVE));
    let head = you.checked_sub(1 + links).filter(|head| *head > from)?;
    let start = (from..head).rev().take(3).find(|i| words.is_any(*i, DEFINITE))?;
    let text = words.text(head);
    let is_agent = text.len() > 4 && AGENT_ENDINGS.iter().any(|ending| text.ends_with(ending));
    let acts = context.has(head, Class::OUTSIDER.or(Class::THIRD_PARTY))
        || (is_agent || words.is_any(head, FIRMS)) && !words.is_any(head, DESK) && !words.is_any(head, THINGS);
    let meets = (you + 1..verb).any(|i| words.is_any(i, MEETING));
    let does = main_verb(context, verb, mention)?;
    // "the shop you bought it from will see the refund": that brings nothing about.
    let is_neutral = does < mention.start
        && !words.is_any(does, PROMISING)
        && context.has(does, Class::ARRIVAL.or(Class::TRANSPARENT));
    (acts && !meets && !is_neutral && clear(start..you) && clear(you..mention.start)).then_some((start, head + 1))
}

/// Whether the verb of report at `verb` has an outsider for its subject.
pub(super) fn speaks_outside(context: &Context<'_>, verb: usize) -> bool {
    let clause = context.clause_at(context.segments.clause(verb));
    // "the site you used tells us": the relative clause runs into the verb.
    if clause.link == Link::Relative && clause.start > 0 && context.has(clause.start, Class::YOU) {
        let head = clause.start - 1;
        return !context.words.is_any(head, DESK) && !context.words.is_any(head, THINGS);
    }
    subject_of(context, Mention::of(verb, verb + 1)).is_some_and(|subject| is_outside(context, &subject, false))
}

/// Whether the perfect or past at `verb` reports a promise by an outsider: "that platform has promised".
pub(super) fn promises_outside(context: &Context<'_>, verb: usize) -> bool {
    context.words.is_any(verb, PROMISING)
        && subject_of(context, Mention::of(verb, verb + 1)).is_some_and(|subject| is_outside(context, &subject, true))
}

/// "refunded by the grower": the agent of a passive.
pub(super) fn agent_behind(context: &Context<'_>, by: usize, end: usize) -> Option<Cue> {
    let words = context.words;
    // "by someone other than us"
    if words.is_any(by + 1, one_of!["someone", "somebody"]) && words.is_any(by + 2, one_of!["else", "other"]) {
        return Some((by, by + 3));
    }
    if !words.is_any(by + 1, DEFINITE) {
        return None;
    }
    let head = (by + 2..end.min(by + 6))
        .take_while(|i| words.gap(*i).only(Gap::SPACE) && !context.has(*i, Class::FUNCTION.or(Class::ADVERB)))
        .last()?;
    // "by the company you pay through": tied to the customer.
    let is_theirs = context.has(head + 1, Class::YOU) && words.gap(head + 1).only(Gap::SPACE);
    let subject = Subject { start: by, head, verb: head + 1, is_theirs };
    is_outside(context, &subject, false).then_some((by, head + 1))
}

/// Verbs by which somebody commits to an act (Searle's commissives), in the forms that report it.
const PROMISING: &OneOf = one_of![
    "promised",
    "promises",
    "agreed",
    "agrees",
    "offered",
    "offers",
    "pledged",
    "undertaken",
    "undertook",
    "committed",
    "vowed",
    "guaranteed",
    "intends",
    "plans",
    "wants",
    "refuses",
    "refused",
];

struct Subject {
    start: usize,
    head: usize,
    /// Where the predicate begins.
    verb: usize,
    /// A relative clause ties it to the customer: "the electrician you hired".
    is_theirs: bool,
}

const DEFINITE: &OneOf = one_of!["the", "your", "this", "that", "their", "his", "her", "a", "an", "another"];

/// The subject of the mention's clause, where it is a noun phrase with a determiner.
fn subject_of(context: &Context<'_>, mention: Mention) -> Option<Subject> {
    let words = context.words;
    let mut index = context.segments.clause(mention.start);
    let mut clause = context.clause_at(index);
    let mut predicate = None;
    // A further predicate has its subject in the clause before; behind a relative clause the subject stands before it.
    for _ in 0..2 {
        let back = match clause.link {
            Link::Predicate => 1,
            Link::Resume => 2,
            _ => break,
        };
        if index < back || !context.same_sentence(index - back, mention.start) {
            return None;
        }
        let skip = usize::from(context.has(clause.start, Class::COORDINATOR.or(Class::CONTRAST)));
        predicate = predicate.or(Some(clause.start + skip));
        index -= back;
        clause = context.clause_at(index);
    }
    let is_opener = |i: usize| {
        context.has(i, Class::COORDINATOR.or(Class::CONTRAST))
            || context.has(i, Class::ADVERB) && !context.has(i, Class::DETERMINER)
            || words.is(i, "that") && !context.has(i + 1, Class::NONE) && context.has(i + 1, Class::DETERMINER)
            || i == clause.start && context.has(i, Class::CAUSE)
    };
    let mut start = clause.start;
    while start < clause.end && is_opener(start) {
        start += 1;
    }
    // "For parcels like this the shop …": the first definite noun behind a fronted phrase.
    if context.has(start, Class::PREPOSITION) {
        let stop = clause.end.min(start + SUBJECT_WORDS);
        let second = (start + 2..stop).find(|i| words.is(*i, "the") && !context.has(*i - 1, Class::PREPOSITION))?;
        start = second;
    }
    if !words.is_any(start, DEFINITE) {
        return None;
    }
    let stop = clause.end.min(start + SUBJECT_WORDS);
    let is_verb = |i: usize| {
        let is_aside = context.has(i - 1, Class::PREPOSITION.or(Class::NOT));
        context.has(i, Class::FINITE) || i > start + 1 && context.is_past(i) && !is_aside
    };
    let head_end = (start + 1..stop)
        .find(|i| {
            is_verb(*i)
                || context.has(*i, Class::PREPOSITION.or(Class::SUBJECT))
                || words.is(*i, "you")
                || !words.gap(*i).only(Gap::SPACE)
        })
        .unwrap_or(stop);
    // "The hauler removes it": a present form that takes an object.
    let first = mention.start;
    let is_present = first > start + 1
        && (first + 1 < clause.end || words.is(first + 1, "that"))
        && words.list[first - 1].kind == Kind::Word
        && words.text(first).ends_with('s')
        && (is_person(context, first + 1)
            || opens_object(context, first + 1)
            || context.class(first + 1) == Class::NONE)
        && words.gap(first + 1).only(Gap::SPACE);
    let head_end = if is_present { head_end.min(first) } else { head_end };
    let head = (start + 1..head_end).rev().find(|i| !context.has(*i, Class::ADVERB))?;
    // "the plant-based dishes": part of a compound.
    let is_compound = words.gap(head + 1).has(Gap::HYPHEN);
    if is_compound || (start + 1..head_end).any(|i| (mention.start..mention.end).contains(&i)) {
        return None;
    }
    let next = context.segments.clauses.get(index + 1);
    // "the technician you met" is ours all the same.
    let is_theirs = next.is_some_and(|next| {
        next.link == Link::Relative
            && next.start == clause.end
            && context.any(next.start..next.start + 2, Class::YOU)
            && !(next.start + 1..next.end.min(next.start + 5)).any(|i| words.is_any(i, MEETING))
    }) || context.has(head_end, Class::YOU) && words.gap(head_end).only(Gap::SPACE) && head_end < stop;
    let verb = match predicate {
        Some(verb) => verb,
        None => (head + 1..clause.end.min(head + SUBJECT_WORDS)).find(|i| is_verb(*i) || is_present && *i == first)?,
    };
    Some(Subject { start, head, verb, is_theirs })
}

/// The main verb of an active predicate that begins at `i`.
fn main_verb(context: &Context<'_>, i: usize, mention: Mention) -> Option<usize> {
    let words = context.words;
    let mut at = i;
    let mut is_be = false;
    while at < i + AUXILIARIES && context.has(at, Class::FINITE.or(Class::ADVERB).or(Class::NOT).or(Class::BEEN)) {
        is_be |= context.has(at, Class::BE.or(Class::BEEN));
        at += 1;
    }
    let is_going = words.is_any(at, one_of!["going", "about", "due"]) && words.is(at + 1, "to");
    let is_passive = is_be && !words.text(at).ends_with("ing");
    if is_going {
        return Some(at + 2);
    }
    // "the offer is in my hands", "the file is with the team": no verb at all.
    let is_verb = !context.has(at, Class::FUNCTION) && words.list.get(at).is_some_and(|word| word.kind == Kind::Word);
    (!is_passive && is_verb && at < mention.end).then_some(at)
}

fn is_person(context: &Context<'_>, i: usize) -> bool {
    context.has(i, Class::YOU) || context.words.is_any(i, one_of!["us", "me", "him", "her", "them"])
}

/// Whether an object opens here: a noun phrase that is no time.
fn opens_object(context: &Context<'_>, i: usize) -> bool {
    let words = context.words;
    let is_time = words.is_any(i + 1, TIMES) || words.is_any(i + 2, TIMES);
    words.gap(i).only(Gap::SPACE) && context.has(i, Class::DETERMINER.or(Class::DUMMY)) && !is_time
}

/// Whether a noun names somebody who is neither the desk nor one of its own.
fn is_outside(context: &Context<'_>, subject: &Subject, to_somebody: bool) -> bool {
    let words = context.words;
    let head = words.text(subject.head);
    let within = |list: &OneOf| (subject.start + 1..=subject.head).any(|i| words.is_any(i, list));
    let is_next_door = words.is_any(subject.head, one_of!["door"]) && words.is(subject.head - 1, "next");
    let is_distant =
        (subject.start + 1..subject.head).any(|i| words.is_any(i, DISTANT)) || subject.is_theirs || is_next_door;
    // "The factory in Porto": not the one the reply is written at.
    let is_distant = is_distant
        || words.is_any(subject.head, one_of!["factory", "plant"])
            && words.is(subject.head + 1, "in")
            && words.list.get(subject.head + 2).is_some_and(|word| word.is_capital);
    // "the loan company": one of another trade.
    let is_of_a_trade = words.is_any(subject.head, FIRMS)
        && subject.head > subject.start + 1
        && context.class(subject.head - 1) == Class::NONE
        && !words.is_any(subject.head - 1, one_of!["whole", "entire"]);
    let is_distant = is_distant || is_of_a_trade;
    // Who signs speaks of the house by its own name.
    let signs = (context.segments.signature..words.list.len()).any(|i| words.text(i) == head);
    if signs && !is_distant {
        return false;
    }
    if words.is_any(subject.head, CARRIERS) && (subject.verb..subject.verb + 4).any(|i| words.is_any(i, CARRYING)) {
        return false;
    }
    if context.has(subject.head, Class::OUTSIDER.or(Class::THIRD_PARTY)) {
        return true;
    }
    if within(DESK) {
        return is_distant;
    }
    if THINGS.contains(head.as_bytes()) || is_act(&head) {
        return false;
    }
    let is_agent = head.len() > 4 && AGENT_ENDINGS.iter().any(|ending| head.ends_with(ending));
    is_agent || is_distant || to_somebody
}

/// Whether a noun names an act or its outcome rather than somebody.
fn is_act(noun: &str) -> bool {
    let singular = if noun.ends_with("ss") { noun } else { noun.strip_suffix('s').unwrap_or(noun) };
    ["tion", "ment", "ing", "al", "ure", "age", "ance", "ence", "ity", "ness"].iter().any(|end| singular.ends_with(end))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::context::probe;

    /// `expect` is the words of the outsider, or nothing where the act is the desk's.
    fn check(reply: &str, word: &str, expect: Option<&str>) {
        assert_eq!(probe::cue(reply, word, outsider).as_deref(), expect, "{reply}");
    }

    #[test]
    fn somebody_else() {
        check("The shop will refund you.", "refund", Some("the shop"));
        check("The grower is refunding the crate.", "refunding", Some("the grower"));
        check("The electrician you hired has fixed it.", "fixed", Some("the electrician"));
        check("The previous engineer repaired the pump.", "repaired", Some("the previous engineer"));
        check("The agency got your mail and refunded you.", "refunded", Some("the agency"));
        check("The loan company refunded you.", "refunded", Some("the loan company"));
        check("The workshop you use refunded it.", "refunded", Some("the workshop"));
        check("The plumber you hired fixed it.", "fixed", Some("the plumber"));
        let tied = |reply: &str, word: &str, expect: Option<&str>| {
            assert_eq!(probe::cue(reply, word, tied_outsider).as_deref(), expect, "{reply}");
        };
        tied("The shop you bought it from promised to send a new one.", "send", Some("the shop"));
        tied("It seems the seller you ordered through has sent a new one.", "sent", Some("the seller"));
        tied("The dealer you got it from agreed to refund you.", "refund", Some("the dealer"));
        tied("The agency where you booked has promised a refund.", "refund", Some("the agency"));
        tied("The retailer you paid to will send the box.", "send", Some("the retailer"));
        tied("The card you paid with has been refunded.", "refunded", None);
        tied("The account you paid from will get the refund.", "refund", None);
        tied("The shop you bought it from has been told that we refunded you.", "refunded", None);
        tied("The engineer you spoke to has sent a new one.", "sent", None);
        tied("The shop you bought it from closed, so we sent a new one.", "sent", None);
        tied("The router you bought from us will be replaced.", "replaced", None);
        check("The agency in Porto is sending you a new one.", "sending", Some("the agency"));
    }

    #[test]
    fn the_desk_or_no_agent() {
        check("The refund has been issued.", "refund", None);
        check("Your order ships today.", "ships", None);
        check("The engineer you met has fixed it.", "fixed", None);
        check("The loan will not cost you anything.", "cost", None);
        check("Your bank feed is fixed.", "fixed", None);
        check("The engineer repaired the pump.", "repaired", None);
        check("The factory is remaking your couch.", "remaking", None);
        check("Our grower refunded the crate.", "refunded", None);
        check("The new plan saves you the fee.", "fee", None);
        check("The order was refunded.", "refunded", None);
    }
}
