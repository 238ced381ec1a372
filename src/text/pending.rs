//! Predicates that leave open whether their subject comes about: "is under review", "needs approval", "depends on".

use super::context::{Context, Cue, Mention, REACH};
use super::lexicon::Class;
use super::modal::is_harmless_modal;
use super::one_of::OneOf;
use super::token::{Gap, Kind};

/// A predicate that leaves its subject open: "may be issued", "is under review", "is possible".
pub(super) fn predicate(context: &Context<'_>, mention: Mention) -> Option<Cue> {
    let words = context.words;
    // "It shows up automatically, might need a refresh": an adverb is no subject.
    let is_adverb = mention.end == mention.start + 1 && words.text(mention.start).ends_with("ly");
    if is_adverb || !context.is_subject(mention) {
        return None;
    }
    // "a refund depends on the goods", "a refund seems likely"
    let verb = context.skip_adverbs(mention.end);
    let depends = words
        .is_any(verb, one_of!["depends", "depend", "requires", "require", "hinges", "awaits", "needs", "presupposes"]);
    let is_number = |i: usize| words.list.get(i).is_some_and(|word| word.kind != Kind::Word);
    // "the refund needs two days to reach you", "needs nothing more from you"
    let is_time = context.has(verb + 1, Class::NOT)
        || (verb + 1..verb + 5)
            .any(|i| words.is_any(i, one_of!["minute", "minutes", "hour", "hours", "day", "days", "weeks"]))
            && (is_number(verb + 1) || context.has(verb + 1, Class::VALUE));
    let depends = depends && !is_time;
    // "an upgrade costs $20"
    let costs = words.is_any(verb, one_of!["costs", "cost"]) && is_number(verb + 1);
    let depends = depends || costs;
    let seems = words.is_any(verb, one_of!["seems", "looks", "appears", "remains", "stays"])
        && context.has(verb + 1, Class::POTENTIAL);
    if (depends || seems) && words.gap(verb).only(Gap::SPACE) {
        return Some((verb, verb + 1));
    }
    if let Some(cue) = needs_consent(context, mention) {
        return Some(cue);
    }
    let finite = context.predicate_of(mention.start, mention.end)?;
    let clause = context.clause_at(context.segments.clause(finite));
    if context.has(finite, Class::MODAL) && !is_harmless_modal(context, clause, finite) {
        return Some((finite, finite + 1));
    }
    // "a refund is something the manager will look into", "… is what I had hoped to offer"
    let is_most = words.is(finite + 1, "the") && words.is_any(finite + 2, one_of!["most", "best", "least", "maximum"]);
    let is_what = words.is(finite + 1, "what") && !context.has(finite + 2, Class::YOU) || is_most;
    if is_what || words.is_any(finite + 1, one_of!["something", "one", "anything"]) {
        let end = context.sentence_of(mention.start).end.min(finite + 12);
        let open = (finite + 2..end).find(|i| {
            context.has(*i, Class::OPEN) && !context.has(*i, Class::COMMIT)
                || words.is_any(*i, one_of!["look", "looking"]) && words.is_any(i + 1, one_of!["into", "at"])
                || words.is_any(*i, SCRUTINISING)
        });
        if let Some(open) = open {
            return Some((finite, open + 1));
        }
    }
    for i in finite + 1..clause.end.min(finite + 7) {
        let class = context.class(i);
        let waits = words.is_any(
            i,
            one_of![
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
            || words.is(i, "on") && words.is_any(i + 1, one_of!["hold", "ice"])
            || words.is(i, "up") && words.is(i + 1, "to")
            || words.is(i, "available")
                && words.is_any(i + 1, one_of!["on", "upon"])
                && words.is_any(i + 2, one_of!["request", "application", "demand"])
            || words.is(i, "looked") && words.is_any(i + 1, one_of!["at", "into", "over"])
            || class.has(Class::POTENTIAL) && !words.is_any(i, one_of!["available", "due"])
            || class.has(Class::OPEN)
                && !words.text(i).ends_with("ing")
                && !class.has(Class::COMMIT)
                && !words.is_any(i, one_of!["verify", "verified", "needed"])
                && !goes_on(context, i, clause.end);
        // "is planned for 3 November"
        let is_dated = words.is_any(i, one_of!["planned", "scheduled", "slated", "set"])
            && words.is_any(i + 1, one_of!["for", "on"])
            && (i + 2..i + 5).any(|j| is_number(j) || context.has(j, Class::VALUE));
        let waits = waits && !is_dated;
        let waits =
            waits || context.has(finite, Class::WILL) && words.is_any(i, one_of!["decided", "determined", "discussed"]);
        if waits {
            // "on hold", "under dispute": the noun says it, and may be what was looked for.
            let noun = (i + 1..i + 4).find(|j| words.is(i, "under") && words.is_any(*j, SCRUTINY));
            let at = noun.unwrap_or(i + usize::from(words.is(i, "on")));
            return Some((at, at + 1));
        }
        let passes = class.has(Class::ADVERB.or(Class::BEEN).or(Class::HAVE).or(Class::NOT))
            || words.is_any(i, one_of!["in", "the", "a", "to"])
            || words.is_any(i, one_of!["put", "placed"]) && words.is(i + 1, "on");
        if !passes {
            break;
        }
    }
    None
}

/// "A refund of $5, as you asked, needs the approval of my manager".
fn needs_consent(context: &Context<'_>, mention: Mention) -> Option<Cue> {
    let words = context.words;
    let end = context.sentence_of(mention.start).end.min(mention.end + REACH);
    let verb = (mention.end..end)
        .take_while(|i| !context.has(*i, Class::US.or(Class::COORDINATOR).or(Class::FINITE)))
        .find(|i| words.is_any(*i, one_of!["needs", "requires", "awaits", "need", "require", "await"]))?;
    (verb + 1..end.min(verb + 5)).any(|i| words.is_any(i, CONSENT)).then_some((verb, verb + 1))
}

/// What an act may need from somebody.
const CONSENT: &OneOf =
    one_of!["approval", "consent", "permission", "authorisation", "authorization", "ahead", "blessing"];

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

/// What is done with a thing that is not decided yet.
const SCRUTINISING: &OneOf = one_of!["consider", "discuss", "review", "assess", "examine", "decide", "check", "weigh"];

/// What a thing that is not decided yet is under.
const SCRUTINY: &OneOf = one_of![
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

/// "one option is a refund", "the alternative would be a replacement"
pub(super) fn option(context: &Context<'_>, mention: Mention) -> Option<Cue> {
    let clause = context.clause_at(context.segments.clause(mention.start));
    let be = context.before(clause, mention.start).rev().find(|i| context.has(*i, Class::BE.or(Class::BEEN)))?;
    let head = (clause.start..be).rev().find(|i| !context.has(*i, Class::FINITE.or(Class::ADVERB)))?;
    let names = context
        .words
        .is_any(head, one_of!["option", "options", "alternative", "alternatives", "possibility", "chance", "idea"]);
    // "the option is turned off": what became of it, and not what it would be.
    let is_told = context.is_past(mention.start) && context.words.is_any(head, one_of!["option", "options"]);
    (names && !is_told).then_some((head, head + 1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::context::probe;

    /// `expect` is the cue, or nothing where the predicate leaves nothing open.
    fn check(reply: &str, word: &str, expect: Option<&str>) {
        assert_eq!(probe::cue(reply, word, predicate).as_deref(), expect, "{reply}");
    }

    #[test]
    fn open_subjects() {
        check("Your refund is under review.", "refund", Some("review"));
        check("A refund is the most I can ask for.", "refund", Some("is the most i can ask"));
        check("Your refund has been reviewed and approved.", "refund", None);
        check("Your refund is on its way.", "refund", None);
    }
}
