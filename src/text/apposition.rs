//! Appositions: outsiders who are named and then said to be such: "Green Fork, the second caterer your venue booked, is
//! adding the plates" (A Comprehensive Grammar of the English Language, 17.65-68).

use super::context::{Context, Cue, Mention, REACH};
use super::lexicon::Class;
use super::one_of::OneOf;
use super::people::{AGENT_ENDINGS, DESK, FIRMS, MEETING, THINGS};
use super::token::{Gap, Kind};

/// The longest apposition, in words.
const APPOSITION: usize = 12;

/// The name of an outsider whose act the mention is.
pub(super) fn named_outsider(context: &Context<'_>, mention: Mention) -> Option<Cue> {
    let words = context.words;
    let sentence = context.sentence_of(mention.start);
    let from = sentence.start.max(mention.start.saturating_sub(REACH));
    let is_comma = |i: usize| words.gap(i).has(Gap::COMMA);
    // The predicate goes on behind the second comma, with a verb of its own up to the mention.
    let close = (from + 2..=mention.start).rev().find(|i| is_comma(*i))?;
    let is_verb = context.has(close, Class::FINITE) || words.text(close).ends_with('s') && close < mention.start;
    let is_verb = (is_verb || close == mention.start) && !context.has(close, Class::DETERMINER.or(Class::SUBJECT));
    let is_passive = context.has(close, Class::BE) && !words.text(context.skip_adverbs(close + 1)).ends_with("ing")
        || context.any(close..mention.start, Class::BEEN.or(Class::US).or(Class::NOT));
    if !is_verb || is_passive {
        return None;
    }
    let open = (from.max(close.saturating_sub(APPOSITION)) + 1..close).rev().find(|i| is_comma(*i))?;
    let is_name =
        |i: usize| words.list[i].is_capital && words.list[i].kind == Kind::Word && context.class(i) == Class::NONE;
    let start = (from..open)
        .rev()
        .take_while(|i| is_name(*i) && (*i + 1 == open || words.gap(*i + 1).only(Gap::SPACE)))
        .last()?;
    let opens =
        start == sentence.start || context.has(start - 1, Class::COORDINATOR.or(Class::CONTRAST)) || is_comma(start);
    (opens && is_outsider(context, open, close)).then_some((start, open))
}

/// Whether an apposition says that its noun is somebody else: by trade, by place, or by its tie to the customer.
fn is_outsider(context: &Context<'_>, open: usize, close: usize) -> bool {
    let words = context.words;
    let within = |list: &OneOf| (open..close).any(|i| words.is_any(i, list));
    if within(one_of!["our", "my", "us", "we", "i", "here"]) || within(MEETING) {
        return false;
    }
    if within(one_of!["road", "street", "miles", "town", "corner", "kilometres"])
        && within(one_of!["up", "down", "across", "away", "round"])
    {
        return true;
    }
    if !context.has(open, Class::DETERMINER) {
        return false;
    }
    let head = (open + 1..close)
        .take_while(|i| {
            !context
                .has(*i, Class::FINITE.or(Class::PREPOSITION).or(Class::RELATIVE).or(Class::YOU).or(Class::POSSESSIVE))
        })
        .last()
        .unwrap_or(open);
    let text = words.text(head);
    let is_theirs = (head + 1..close).any(|i| context.has(i, Class::YOU) || words.is(i, "your"));
    let is_agent =
        text.len() > 4 && AGENT_ENDINGS.iter().any(|end| text.ends_with(end)) && !THINGS.contains(text.as_bytes());
    let trades = context.has(head, Class::THIRD_PARTY.or(Class::OUTSIDER));
    trades && !words.is_any(head, DESK)
        || is_theirs && (trades || is_agent || words.is_any(head, FIRMS) || words.is_any(head, DESK))
}

/// "Your insurer provides the car", "your finance company has promised it": a firm of theirs as the agent.
pub(super) fn their_firm(context: &Context<'_>, mention: Mention) -> Option<Cue> {
    let words = context.words;
    let clause = context.clause_at(context.segments.clause(mention.start));
    let before = context.before(clause, mention.start);
    let your = before.clone().find(|i| words.is(*i, "your"))?;
    let opens = your == clause.start
        || !words.gap(your).only(Gap::SPACE)
        || context.has(your - 1, Class::COORDINATOR.or(Class::CONTRAST).or(Class::ADVERB).or(Class::RELATIVE));
    let is_firm = |i: usize| {
        context.has(i, Class::OUTSIDER.or(Class::THIRD_PARTY)) || words.is_any(i, FIRMS) || words.is_any(i, BODIES)
    };
    let head = (your + 1..mention.start.min(your + 4)).find(|i| is_firm(*i))?;
    let head = head + usize::from(is_firm(head + 1));
    if !opens
        || context.any(clause.start..your, Class::US.or(Class::FINITE))
        || context.has(head + 1, Class::PREPOSITION)
    {
        return None;
    }
    let mut verb = head + 1;
    let mut is_be = false;
    while context.has(verb, Class::FINITE.or(Class::ADVERB).or(Class::BEEN)) {
        is_be |= context.has(verb, Class::BE.or(Class::BEEN));
        verb += 1;
    }
    let is_active =
        if verb > head + 1 { !is_be || words.text(verb).ends_with("ing") } else { words.text(verb).ends_with('s') };
    let is_promise = words.is_any(verb, one_of!["promised", "agreed", "offered", "pledged"]);
    // "your bank needs three days to show it": it brings nothing about.
    let is_neutral =
        context.has(verb, Class::ARRIVAL.or(Class::TRANSPARENT).or(Class::STATIVE).or(Class::OPEN).or(Class::ORDER));
    let is_own =
        verb <= mention.start && !context.any(verb + 1..mention.start, Class::US.or(Class::FINITE).or(Class::NOT));
    let near = mention.start <= verb + 6;
    (is_active
        && is_own
        && near
        && (is_promise || !is_neutral)
        && !words.is_any(verb, one_of!["charges", "sees", "gets"]))
    .then_some((your, head + 1))
}

/// Nouns for bodies that act for their members.
const BODIES: &OneOf =
    one_of!["association", "society", "union", "federation", "council", "cooperative", "trust", "fund"];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::context::probe;

    /// `expect` is the words that name the outsider, or nothing where the act is the desk's.
    fn check(reply: &str, word: &str, expect: Option<&str>) {
        let stage =
            |context: &Context<'_>, mention| named_outsider(context, mention).or_else(|| their_firm(context, mention));
        assert_eq!(probe::cue(reply, word, stage).as_deref(), expect, "{reply}");
    }

    #[test]
    fn outsiders() {
        check("Green Fork, the second caterer your venue booked, is adding the plates.", "adding", Some("green fork"));
        check("Northgate, the reseller you bought it from, issues the code.", "issues", Some("northgate"));
        check("Hilltop Kennels, a few miles up the road, has reserved a suite.", "reserved", Some("hilltop kennels"));
        check("Your insurer provides the loan car.", "loan", Some("your insurer"));
        check("Your finance company has promised you a refund.", "refund", Some("your finance company"));
        check("Your housing association issues the permit.", "issues", Some("your housing association"));
        check("Your landlord is sending a technician.", "sending", Some("your landlord"));
    }

    #[test]
    fn ours() {
        check("Ana, the colleague you spoke to, has refunded you.", "refunded", None);
        check("Ana, our vet, has seen him.", "seen", None);
        check("Tom, the engineer, has fixed it.", "fixed", None);
        check("Mr Lee, the baker here, has remade it.", "remade", None);
        check("Your insurer was told that we refunded it.", "refunded", None);
        check("Your bank will show the refund.", "refund", None);
        check("Your bank takes two days to post the refund.", "refund", None);
        check("Your landlord has been refunded.", "refunded", None);
        check("We told your insurer that a car is booked.", "booked", None);
    }
}
