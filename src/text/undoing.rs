//! Undoing: acts that are told and then taken back, corrected, stopped or given up.

use super::context::{Context, Cue, GOVERNORS, Mention, REACH};
use super::lexicon::Class;
use super::one_of::OneOf;
use super::party::CARRYING;
use super::reversal::REVERSING;
use super::segment::{Clause, Link};
use super::token::{Gap, Words};

/// "It was credited by mistake and has been reversed": a further predicate of the passive takes it back.
pub(super) fn undone(context: &Context<'_>, mention: Mention) -> Option<Cue> {
    let words = context.words;
    if let Some(cue) = changed_back(context, mention) {
        return Some(cue);
    }
    let own = context.segments.clause(mention.start);
    let next = own + 1;
    if next >= context.segments.clauses.len() || !context.same_sentence(next, mention.start) {
        return None;
    }
    let (clause, further) = (context.clause_at(own), context.clause_at(next));
    let is_passive = context.is_past(mention.start)
        && context.before(clause, mention.start).rev().take(3).any(|i| context.has(i, Class::BE.or(Class::BEEN)));
    let first = context.skip_adverbs(further.start + 1);
    // "It was waived and then reinstated"
    let is_bare = further.link == Link::Predicate && is_passive && words.is_any(first, REINSTATING);
    if is_bare {
        return Some((first, first + 1));
    }
    let continues = further.link == Link::Predicate && context.has(first, Class::BE.or(Class::HAVE));
    if let Some(cue) = corrected(context, mention, clause) {
        return Some(cue);
    }
    if !is_passive || !continues {
        return None;
    }
    (first + 1..further.end.min(first + 5))
        .find(|i| takes_back(words, *i))
        .filter(|i| !context.any(first..*i, Class::NOT))
        .map(|i| (i, i + 1))
}

/// Participles of undoing that are never done along with the act itself.
const REINSTATING: &OneOf =
    one_of!["reversed", "reinstated", "reimposed", "revoked", "rescinded", "undone", "overturned"];

/// "We refunded it by mistake, so we have pulled it back": an act that was an error, and what was done about it.
fn corrected(context: &Context<'_>, mention: Mention, clause: Clause) -> Option<Cue> {
    let words = context.words;
    let is_error = |i: usize| {
        words.is_any(i, one_of!["by", "in"]) && words.is_any(i + 1, SLIPS)
            || words.is_any(i, one_of!["mistakenly", "erroneously", "accidentally", "wrongly"])
    };
    let error = (mention.end..clause.end).find(|i| is_error(*i)).filter(|_| context.is_past(mention.start))?;
    let is_own = !(mention.end..error).any(|i| context.is_past(i) || context.has(i, Class::FINITE));
    let last = context.sentence_of(mention.start).clauses.1 - 1;
    let end = context.clause_at(last).end.min(clause.end + REACH);
    let undoes = |i: &usize| {
        takes_back(words, *i)
            || words.is_any(*i, one_of!["due", "payable", "owed"])
                && (i + 1..i + 3).any(|j| words.is_any(j, one_of!["again", "after", "now"]))
            || words.is_any(
                *i,
                one_of!["pulled", "taken", "took", "clawed", "called", "charged", "debited", "drawn", "put"],
            ) && (i + 1..i + 5).any(|j| words.is_any(j, one_of!["back", "again"]))
    };
    (clause.end..end).find(undoes).filter(|_| is_own).map(|i| (i, i + 1))
}

/// What is done by nobody's will.
const SLIPS: &OneOf = one_of!["mistake", "error", "accident"];

/// Whether a word is a participle that takes back what was done before.
fn takes_back(words: &Words, i: usize) -> bool {
    words.is_any(i, REVERSING) || words.is_any(i, one_of!["withdrawn", "cancelled", "canceled"])
}

/// "We would gladly refund it, but we cannot": the next clause denies it by leaving the verb out.
pub(super) fn taken_back(context: &Context<'_>, mention: Mention) -> Option<Cue> {
    let words = context.words;
    let next = context.segments.clause(mention.start) + 1;
    if next >= context.segments.clauses.len() || !context.same_sentence(next, mention.start) {
        return None;
    }
    let clause = context.clause_at(next);
    // "we had extended it, but the dean reversed that", "… and have taken that back"
    let back = (clause.start..clause.end.min(clause.start + 8)).find(|i| {
        takes_back(words, *i) && words.is(i + 1, "that")
            || words.is_any(*i, one_of!["taken", "took", "take"])
                && words.is_any(i + 1, one_of!["that", "it", "this"])
                && words.is(i + 2, "back")
                && !is_carried(context, mention, i + 3)
    });
    // "A colleague had waived it, which I have had to put back on"
    let back = back.or_else(|| {
        let range = clause.start + 1..clause.end.min(clause.start + 10);
        let undoes = |i: &usize| {
            words.is_any(*i, one_of!["put", "take", "taken"]) && words.is(i + 1, "back")
                || words.is(i - 1, "to") && words.is_any(*i, one_of!["reverse", "undo", "revoke", "withdraw", "cancel"])
        };
        range.into_iter().find(undoes).filter(|_| words.is(clause.start, "which"))
    });
    if let Some(back) = back.filter(|i| !context.any(clause.start..*i, Class::NOT)) {
        return Some((back, back + 2));
    }
    // "it had been queued until the check stopped it"
    let stopped = (clause.start + 1..clause.end).find(|i| {
        context.has(*i, Class::DENIAL) && context.is_past(*i) && words.is_any(i + 1, one_of!["it", "that", "this"])
    });
    if let Some(stopped) = stopped.filter(|_| words.is_any(clause.start, one_of!["until", "till", "before"])) {
        return Some((stopped, stopped + 2));
    }
    // "the refund is ours to give; I have decided against it"
    let end = context.sentence_of(mention.start).end.min(clause.start + REACH);
    let against = (clause.start + 1..end).find(|i| {
        words.is(*i, "against")
            && words.is_any(i - 1, one_of!["decided", "decide", "advised", "ruled"])
            && words.is_any(i + 1, one_of!["it", "that", "this"])
    });
    if let Some(against) = against {
        return Some((against - 1, against + 2));
    }
    if let Some(cue) = given_up(context, mention).or_else(|| lost(context, mention)) {
        return Some(cue);
    }
    let not = (clause.start..clause.end.min(clause.start + 6)).find(|i| words.is(*i, "not"))?;
    // "but decided not to"
    if words.is(not + 1, "to") && not + 2 == clause.end {
        return Some((not, not + 2));
    }
    let is_elliptic = not > clause.start
        && context.has(not - 1, Class::MODAL.or(Class::WILL).or(Class::DO))
        && (clause.start..not - 1).all(|i| {
            context.has(i, Class::CONTRAST.or(Class::US).or(Class::DUMMY).or(Class::ADVERB).or(Class::COORDINATOR))
        })
        && (not + 1..clause.end).all(|i| {
            context.has(i, Class::ADVERB.or(Class::DUMMY))
                || words.is_any(i, one_of!["time", "sorry", "occasion", "do", "on"])
        });
    is_elliptic.then_some((not, not + 1))
}

/// "We will collect the table and take it back to the shop": what is fetched goes somewhere, and nothing is taken back.
fn is_carried(context: &Context<'_>, mention: Mention, behind: usize) -> bool {
    let fetches = (mention.start..mention.end).any(|i| context.words.is_any(i, CARRYING));
    fetches || context.words.is_any(behind, one_of!["to", "into", "with", "home"])
}

/// "We began to bake it, but the oven broke down": an act that was begun, set against how it ended.
fn given_up(context: &Context<'_>, mention: Mention) -> Option<Cue> {
    let words = context.words;
    let own = context.segments.clause(mention.start);
    let begun = context.before(context.clause_at(own), mention.start).any(|i| words.is_any(i, BEGUN));
    let last = context.sentence_of(mention.start).clauses.1.min(own + 1 + GOVERNORS);
    let contrast = (own + 1..last).find(|index| context.has(context.clause_at(*index).start, Class::CONTRAST));
    let start = context.clause_at(contrast.filter(|_| begun)?).start;
    let end = context.clause_at(last - 1).end;
    (start..end).find_map(|i| {
        let is_phrase = GIVEN_UP.iter().any(|(verbs, next)| words.is_any(i, verbs) && words.is(i + 1, next));
        let fails = words.is_any(i, one_of!["failed", "abandoned"]) && !context.has(i - 1, Class::DETERMINER);
        (is_phrase || fails).then_some((i, i + 1 + usize::from(is_phrase)))
    })
}

/// "We baked it, but dropped it": what was made is set against its loss.
fn lost(context: &Context<'_>, mention: Mention) -> Option<Cue> {
    let words = context.words;
    let own = context.segments.clause(mention.start);
    let last = context.sentence_of(mention.start).clauses.1.min(own + 1 + GOVERNORS);
    let contrast =
        (own + 1..last).find(|index| words.is_any(context.clause_at(*index).start, one_of!["but", "yet"]))?;
    let clause = context.clause_at(contrast);
    let links = Class::US.or(Class::DUMMY).or(Class::ADVERB).or(Class::HAVE).or(Class::BE).or(Class::BEEN);
    let is_it = |i: usize| words.is_any(i, one_of!["it", "them", "that", "this"]);
    // "but the manager pulled it": whoever did it.
    let halts = |i: &usize| {
        words.is_any(*i, HALTING)
            && is_it(i + 1)
            && i + 2 >= clause.end
            && !context.any(clause.start..*i, Class::NOT.or(Class::MODAL))
    };
    if let Some(verb) = (clause.start + 2..clause.end).find(halts) {
        return Some((verb, verb + 2));
    }
    // "but it came back to us and was scrapped"
    let further = context.clause_at(contrast + 1);
    let ends_lost = |i: &usize| words.is_any(*i, LOSING) && context.has(*i - 1, Class::BE.or(Class::BEEN));
    let is_further =
        contrast + 1 < last && further.link == Link::Predicate && context.has(clause.start + 1, Class::DUMMY);
    if let Some(verb) = (further.start + 1..further.end).find(ends_lost).filter(|_| is_further) {
        return Some((verb, verb + 1));
    }
    let is_link = |i: usize| context.has(i, links) || words.is_any(i, one_of!["got", "since"]);
    let verb = (clause.start + 1..clause.end).find(|i| !is_link(*i))?;
    let is_it = is_it(verb + 1);
    let is_passive = context.any(clause.start + 1..verb, Class::DUMMY.or(Class::BE));
    let end = verb + 1 + usize::from(is_it);
    let ends =
        end >= clause.end || !words.gap(end).only(Gap::SPACE) || context.has(end, Class::ADVERB.or(Class::PREPOSITION));
    (words.is_any(verb, LOSING) && (is_it || is_passive) && ends).then_some((verb, end))
}

/// Verbs by which an act that was begun is kept from its end.
const HALTING: &OneOf = one_of![
    "pulled",
    "stopped",
    "blocked",
    "cancelled",
    "canceled",
    "reversed",
    "overruled",
    "halted",
    "withdrew",
    "vetoed"
];

/// Verbs after which a thing is gone or of no use (Levin 1993, 44 and 45.1).
const LOSING: &OneOf = one_of![
    "dropped",
    "lost",
    "broke",
    "broken",
    "burnt",
    "burned",
    "spoiled",
    "spoilt",
    "ruined",
    "destroyed",
    "smashed",
    "spilt",
    "spilled",
    "crushed",
    "binned",
    "discarded",
    "deleted",
    "erased",
    "mislaid",
    "misplaced",
    "wasted",
    "scrapped",
    "shredded",
    "forgot",
];

/// "It was updated, but was changed back": a later predicate of the same thing restores what was before.
fn changed_back(context: &Context<'_>, mention: Mention) -> Option<Cue> {
    let words = context.words;
    if !context.is_past(mention.start) {
        return None;
    }
    let clause = context.clause_at(context.segments.clause(mention.start));
    let links = Class::COORDINATOR.or(Class::CONTRAST).or(Class::BE).or(Class::BEEN).or(Class::HAVE);
    let links = links.or(Class::ADVERB).or(Class::DUMMY).or(Class::RELATIVE);
    let is_link = |i: usize| context.has(i, links) || words.is_any(i, one_of!["later", "since"]);
    let returns = |i: usize| {
        let is_full = words.is(i + 2, "to") || context.has(i + 2, Class::YOU);
        words.is_any(i, RETURNING) && words.is(i + 1, "back") && !is_full
    };
    // The verb itself again: "was changed, then was changed back".
    if returns(mention.start) {
        let sentence = context.sentence_of(mention.start);
        let verb = words.text(mention.start);
        let before = sentence.start.max(mention.start.saturating_sub(REACH))..mention.start;
        let is_again = before.clone().any(|i| words.text(i) == verb);
        let is_mended = before.clone().any(|i| words.is_any(i, SLIPS));
        return (is_again && !is_mended).then_some((mention.start + 1, mention.start + 2));
    }
    let stop = words.list.len().min(clause.end + REACH);
    let verb = (clause.end..stop).find(|i| !is_link(*i) || returns(*i))?;
    let told = context.any(clause.end..verb, Class::BE.or(Class::BEEN)) && !context.any(clause.end..verb, Class::NOT);
    (returns(verb) && told).then_some((verb, verb + 2))
}

/// Participles of change that "back" turns round.
const RETURNING: &OneOf =
    one_of!["changed", "switched", "reverted", "turned", "flipped", "rolled", "swapped", "converted"];

/// Verbs that say only that an act was begun.
const BEGUN: &OneOf = one_of!["began", "begun", "started", "tried", "attempted"];

/// How an act comes to nothing.
const GIVEN_UP: &[(&OneOf, &str)] = &[
    (one_of!["give", "gave", "given"], "up"),
    (one_of!["break", "broke", "broken"], "down"),
    (one_of!["fall", "fell"], "through"),
    (one_of!["could", "did"], "not"),
    (one_of!["reject", "rejected", "rejects", "refused", "refuses", "blocked", "blocks", "declined", "declines"], "it"),
    (one_of!["in"], "vain"),
    (one_of!["no"], "avail"),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::context::probe;

    /// `expect` is the words that undo the act, or nothing where it stands.
    fn check(reply: &str, word: &str, expect: Option<&str>) {
        let stage = |context: &Context<'_>, mention| taken_back(context, mention).or_else(|| undone(context, mention));
        assert_eq!(probe::cue(reply, word, stage).as_deref(), expect, "{reply}");
    }

    #[test]
    fn what_came_of_it() {
        check("We began to bake it, but the oven broke down.", "bake", Some("broke down"));
        check("We refunded it by mistake, so we have pulled it back.", "refunded", Some("pulled"));
        check("It was waived and then reinstated.", "waived", Some("reinstated"));
        check("We tried to move it, but the system rejected it.", "move", Some("rejected it"));
        check("A new one was packed, but the manager pulled it.", "packed", Some("pulled it"));
        check("We sent it, but it came back and was scrapped.", "sent", Some("scrapped"));
        check("It was waived by mistake and is due again.", "waived", Some("due"));
        check("We packed it, but the manager blocked the card.", "packed", None);
        check("It had been queued until the check stopped it.", "queued", Some("stopped it"));
        check("We waived the fee, which I have had to put back on.", "waived", Some("put back"));
        check("The refund is ours to give; I have decided against it.", "refund", Some("decided against it"));
        check("We baked it, but dropped it.", "baked", Some("dropped it"));
        check("We sent it, but it was lost in the post.", "sent", Some("lost"));
        check("It was updated, but was changed back.", "updated", Some("changed back"));
        check("We updated it. It was later changed back.", "updated", Some("changed back"));
        check("It was changed, and then was changed back.", "changed", Some("back"));
        check("It was downgraded and has been changed back to yours.", "downgraded", None);
        check("We waived it and have taken that back.", "waived", Some("taken that"));
        check("We waived it, but I had to take that back on Monday.", "waived", Some("take that"));
        check("Our driver will collect the table and take it back to the shop.", "collect", None);
        check("We will pick up the old set and take it back.", "pick", None);
        check("We will repair the watch and then take it back to your branch.", "repair", None);
        check("A courier fetches the lamp and takes it with her.", "fetches", None);
        check("We baked it, but dropped the fee.", "baked", None);
        check("We started to bake it, and it is done.", "bake", None);
        check("You were charged by mistake, so we have refunded it.", "refunded", None);
    }
}
