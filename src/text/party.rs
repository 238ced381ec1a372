//! Other parties: those who act, report or promise instead of us.

use super::context::{Context, Cue, Mention, REACH};
use super::lexicon::Class;
use super::one_of::OneOf;
use super::outsider::agent_behind;
use super::people::DESK;
use super::segment::{Clause, Link};
use super::token::Gap;

/// "the bank will refund you", "refunded by the seller".
pub(super) fn third_party(context: &Context<'_>, mention: Mention) -> Option<Cue> {
    let words = context.words;
    let clause = context.clause_at(context.segments.clause(mention.start));
    let signs = |i: usize| (context.segments.signature..words.list.len()).any(|j| words.text(j) == words.text(i));
    let ours = |i: usize| (clause.start.max(i.saturating_sub(3))..i).any(|j| words.is(j, "our")) || signs(i);
    for q in context.before(clause, mention.start) {
        // "someone will call you" is one of us, "someone has moved the money" is not.
        let stranger = context.words.is_any(q, one_of!["someone", "somebody"])
            && !context.any(q + 1..mention.start, Class::WILL.or(Class::PREPOSITION));
        if !context.has(q, Class::THIRD_PARTY) && !stranger {
            continue;
        }
        // "Meridian Bank has refunded you": a firm by its full name is the one that writes.
        let is_firm = q > clause.start
            && words.list[q].is_capital
            && words.list[q - 1].is_capital
            && context.class(q - 1) == Class::NONE
            && !(clause.start..q).any(|i| context.has(i, Class::DETERMINER));
        // "the customer service team", "guest relations": a desk, named for those it serves.
        let is_served = (words.is_any(q + 1, DESK) || words.is_any(q + 1, SERVING)) && !words.is(q + 2, "of");
        if ours(q) || is_firm || is_served {
            continue;
        }
        let noun_phrase = (clause.start.max(q.saturating_sub(3))..q)
            .all(|j| !context.has(j, Class::PREPOSITION.or(Class::FINITE).or(Class::US)));
        // "your bank will show the refund": it shows what we did.
        let shows = (q + 1..mention.start)
            .any(|i| words.is_any(i, one_of!["show", "post", "reflect", "display", "clear", "shows", "posts"]));
        if shows {
            continue;
        }
        if words.is_any(q + 1, one_of!["that", "which", "who"]) && q + 2 == mention.start {
            return Some((q, q + 2));
        }
        // "a courier will drop off your bag": carrying is what we send them for.
        let carries = words.is_any(q, CARRIERS) && (q + 1..mention.end).any(|i| words.is_any(i, CARRYING));
        if carries {
            continue;
        }
        // "We hear from the office that your landlord is": behind "that" a subject of its own begins.
        let from = (clause.start..q).rev().take(4).find(|i| words.is(*i, "that")).unwrap_or(clause.start);
        let is_subject = !context.any(from..q, Class::FINITE.or(Class::US)) && noun_phrase;
        let acts = context.any(q + 1..mention.start, Class::FINITE) || q + 1 == mention.start;
        let passive = (q + 1..mention.start)
            .any(|i| context.has(i, Class::BEEN) || words.is_any(i, one_of!["was", "were", "is", "are"]));
        // "is sending": a progressive, and so their doing.
        let passive = passive && !words.text(mention.start).ends_with("ing");
        let object = context.any(q + 1..mention.start, Class::DETERMINER);
        if is_subject && acts && (!passive || object) && words.gap(q + 1).only(Gap::SPACE) {
            return Some((q, q + 1));
        }
    }
    // "it is the airline that refunds the ticket"
    let index = context.segments.clause(mention.start);
    if clause.link == Link::Relative && index > 0 && context.same_sentence(index - 1, mention.start) {
        let last = clause.start - 1;
        let own_verb = context.skip_adverbs(clause.start + 1);
        let acts = own_verb == mention.start || context.has(own_verb, Class::HAVE.or(Class::WILL));
        // "it is they who will refund it"
        let is_they = words.is_any(last, one_of!["they", "he", "she"]) && last > 0 && context.has(last - 1, Class::BE);
        if (context.has(last, Class::THIRD_PARTY) || is_they)
            && acts
            && !ours(last)
            && !context.any(clause.start..mention.start, Class::US)
        {
            return Some((last, clause.start + 1));
        }
    }
    // "you will have to get the refund from the airline"
    let from = (mention.end..clause.end.min(mention.end + 4)).find(|i| words.is(*i, "from"));
    if let Some(from) = from
        && context.any(clause.start..mention.start, Class::YOU)
        && let Some(q) = (from + 1..clause.end.min(from + 4)).find(|i| context.has(*i, Class::THIRD_PARTY))
    {
        return Some((from, q + 1));
    }
    if let Some(cue) = theirs_acts(context, clause, mention)
        .or_else(|| handled_by_partner(context, clause, mention))
        .or_else(|| according_to(context, mention))
        .or_else(|| reported_behind(context, mention))
    {
        return Some(cue);
    }
    // "Apple will refund the purchase, not us", "was promised by the shop, not by us"
    let sentence = context.sentence_of(mention.start);
    let not_us = (mention.end..sentence.end.min(mention.end + 16)).find(|i| {
        words.is(*i, "not")
            && (words.is(i + 1, "us")
                || words.is_any(i + 1, one_of!["by", "from"]) && words.is_any(i + 2, one_of!["us", "ours"]))
    });
    if let Some(not) = not_us {
        return Some((not, not + 2));
    }
    // "… by the seller", right behind or in the predicate: "the refund you mention was paid by your insurer".
    let close = (mention.end..clause.end.min(mention.end + 4)).find(|i| words.is(*i, "by"));
    let finite = context.predicate_of(mention.start, mention.end).filter(|_| context.is_subject(mention));
    let by = close.or_else(|| finite.and_then(|finite| (finite + 1..finite + 6).find(|i| words.is(*i, "by"))))?;
    // "we have released the seat held by your old PC": the agent of another verb, which tells of the object.
    let us = context.before(clause, mention.start).find(|i| context.has(*i, Class::US));
    let is_others = us.is_some_and(|us| {
        by > mention.end
            && context.is_past(by - 1)
            && (us..mention.end).any(|i| context.is_past(i))
            && !context.any(mention.end..by, Class::BE.or(Class::BEEN))
    });
    // "refunded without any action by you"
    if is_others || (mention.end..by).any(|i| words.is(i, "without")) {
        return None;
    }
    let clause = context.clause_at(context.segments.clause(by));
    (by + 1..clause.end.min(by + 4))
        .find(|i| {
            // "by registered courier" names the means.
            let is_means = context.has(*i, Class::THIRD_PARTY)
                && !words.list[*i].is_capital
                && !words.text(*i).ends_with('s')
                && !context.any(by + 1..*i, Class::DETERMINER);
            // "delivered by DHL": whom we send it with.
            let is_sent =
                |j: usize| words.is_any(j, CARRYING) || words.is_any(j, one_of!["sent", "send", "sends", "sending"]);
            let is_carried = words.is_any(*i, CARRIERS) && (clause.start..by).rev().take(REACH).any(is_sent);
            let is_means = is_means || is_carried;
            context.has(*i, Class::THIRD_PARTY.or(Class::YOU)) && !words.is(by + 1, "our") && !is_means
        })
        .map(|i| (by, i + 1))
        .or_else(|| agent_behind(context, by, clause.end))
}

/// What a desk does for those it is named for.
const SERVING: &OneOf =
    one_of!["care", "relations", "services", "experience", "success", "operations", "accounts", "liaison"];

/// Those who carry for us, and what they do then.
pub(super) const CARRIERS: &OneOf =
    one_of!["courier", "couriers", "carrier", "carriers", "dhl", "ups", "fedex", "usps", "hermes", "evri", "dpd"];

pub(super) const CARRYING: &OneOf = one_of![
    "collect",
    "collects",
    "collecting",
    "collected",
    "deliver",
    "delivers",
    "delivering",
    "delivered",
    "bring",
    "brings",
    "bringing",
    "brought",
    "drop",
    "drops",
    "dropping",
    "dropped",
    "pick",
    "picks",
    "picking",
    "picked",
    "take",
    "takes",
    "taking",
    "took",
    "fetch",
    "fetches",
    "fetched",
    "carry",
    "carries",
    "carried",
    "come",
    "comes",
    "call",
    "calls",
    "ship",
    "ships",
    "shipping",
    "shipped",
];

/// "our reseller handles refunds", "refunds are handled by our reseller": a firm of its own that works with us, and what
/// falls to it.
fn handled_by_partner(context: &Context<'_>, clause: Clause, mention: Mention) -> Option<Cue> {
    let words = context.words;
    let head = |our: usize| {
        if words.is(our, "our") { (our + 1..our + 4).find(|i| words.is_any(*i, PARTNERS)) } else { None }
    };
    if let Some(our) = context.before(clause, mention.start).find(|i| head(*i).is_some())
        && let Some(head) = head(our)
        && words.is_any(context.skip_adverbs(head + 1), HANDLING)
    {
        return Some((our, head + 1));
    }
    let by = (mention.end..clause.end.min(mention.end + 8)).find(|i| words.is(*i, "by") && head(*i + 1).is_some())?;
    let is_handled = words.is_any(by - 1, one_of!["handled", "managed", "decided", "processed", "arranged", "with"]);
    is_handled.then_some((by, head(by + 1)? + 1))
}

/// Firms that sell what another makes, on their own account.
const PARTNERS: &OneOf = one_of![
    "reseller",
    "resellers",
    "distributor",
    "distributors",
    "franchisee",
    "franchisees",
    "dealer",
    "dealers",
    "stockist",
    "stockists",
    "wholesaler",
    "wholesalers",
    "retailer",
    "retailers",
    "licensee",
    "licensees",
    "broker",
    "brokers",
];

/// Verbs that say to whom a matter falls, in the present of habit.
const HANDLING: &OneOf = one_of![
    "handles",
    "handle",
    "deals",
    "deal",
    "manages",
    "manage",
    "decides",
    "decide",
    "processes",
    "process",
    "arranges",
    "arrange",
    "administers",
    "administer",
    "looks",
    "look",
];

/// "your GP will send the records": somebody of theirs does it, unless the one they have with us.
fn theirs_acts(context: &Context<'_>, clause: Clause, mention: Mention) -> Option<Cue> {
    let words = context.words;
    let mut first = clause.start;
    while first < mention.start && (context.has(first, Class::COORDINATOR) || context.has(first, Class::ADVERB)) {
        first += 1;
    }
    if !words.is(first, "your") {
        return None;
    }
    let finite = (first + 2..mention.start.min(first + 6))
        .find(|i| context.has(*i, Class::WILL.or(Class::HAVE).or(Class::MODAL)))?;
    let plain = (first + 1..finite).all(|i| !context.has(i, Class::FUNCTION));
    let verb = context.skip_adverbs(finite + 1);
    let takes_object = context.has(mention.end, Class::DETERMINER.or(Class::YOU))
        || words.is_any(mention.end, one_of!["us", "them", "it", "him", "her", "me"]);
    let is_time =
        words.is_any(mention.end + 1, one_of!["following", "next", "same", "first", "day", "moment", "morning"]);
    let outside = !words.is_any(finite - 1, STAFF) || words.is_any(finite - 2, one_of!["travel", "estate", "letting"]);
    let takes_object = takes_object && words.gap(mention.end).only(Gap::SPACE);
    (plain && verb == mention.start && takes_object && !is_time && outside).then_some((first, finite))
}

/// Those of ours whom a reply calls the customer's: "your account manager will call you".
const STAFF: &OneOf = one_of![
    "manager",
    "technician",
    "engineer",
    "advisor",
    "adviser",
    "representative",
    "rep",
    "driver",
    "team",
    "concierge",
    "specialist",
    "consultant",
    "nurse",
    "receptionist",
    "handler",
    "agent",
    "worker",
    "fitter",
    "crew",
    "contact",
    "caseworker",
    "coordinator",
    "tutor",
    "instructor",
    "host",
    "guide",
];

/// "According to your counsellor, the fee was waived": somebody else's word, unless it is our own records'.
fn according_to(context: &Context<'_>, mention: Mention) -> Option<Cue> {
    let words = context.words;
    let sentence = context.sentence_of(mention.start);
    let start = sentence.start;
    let ours = (start + 2..mention.start.min(start + 6)).any(|i| {
        words.is_any(i, one_of!["our", "my", "accounts", "billing", "finance", "dispatch", "logistics", "colleagues"])
    });
    let opens = words.is(start, "according") && words.is(start + 1, "to");
    let (first, _) = sentence.clauses;
    let own = context.segments.clause(mention.start);
    (opens && !ours && own <= first + 1).then_some((start, start + 2))
}

/// "…, they say", "…, so they tell us": a report tacked on behind. What somebody will say is none yet, and "…, who will
/// write to you" tells of its noun.
fn reported_behind(context: &Context<'_>, mention: Mention) -> Option<Cue> {
    let next = context.segments.clause(mention.start) + 1;
    if next >= context.segments.clauses.len() || !context.same_sentence(next, mention.start) {
        return None;
    }
    let clause = context.clause_at(next);
    let first = clause.start + usize::from(context.has(clause.start, Class::COORDINATOR));
    let is_yet_to_come = context.any(clause.start..clause.end, Class::WILL.or(Class::MODAL));
    if is_yet_to_come || context.words.is_any(first, one_of!["who", "which"]) {
        return None;
    }
    let reports = context.has(first, Class::OTHERS.or(Class::YOU))
        && (first + 1..clause.end).any(|i| {
            let speaks = context.has(i, Class::SPEECH) && !context.words.is_any(i, WISHING);
            speaks || context.words.is(i, "tell")
        })
        || context.has(first, Class::US)
            && context.has(first + 1, Class::BE.or(Class::HAVE))
            && context.words.is_any(first + 2, one_of!["told", "informed", "been"]);
    let is_aside = words_part(context, clause.start) || clause.link != Link::Relative;
    (clause.end - clause.start <= 5 && reports && is_aside).then_some((first, clause.end))
}

/// Verbs of need and hope, which report nothing: "you need not do anything".
const WISHING: &OneOf = one_of![
    "need", "needs", "expect", "expects", "hope", "hopes", "require", "requires", "wish", "want", "prefer", "raise",
    "post", "message", "email",
];

/// Whether a comma, dash or bracket sets the clause off.
fn words_part(context: &Context<'_>, start: usize) -> bool {
    context.words.gap(start).has(Gap::COMMA.or(Gap::DASH).or(Gap::PAREN))
}
