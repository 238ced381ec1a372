//! Reversals: acts that a later clause or sentence undoes by an anaphor: "That payment was recalled", "we pulled it back".
//!
//! Which way a verb undoes depends on what the act did (Levin 1993, classes 9 and 10: putting and removing): what was
//! added is undone by taking it off, what was stopped by switching it on, what was moved by putting it back. A verb that
//! leans the act's own way tells more of it: "we skipped it, and it came off the list".

use super::context::{Context, Cue, Mention, REACH};
use super::lexicon::Class;
use super::one_of::OneOf;
use super::segment::{Clause, Link};
use super::token::{Gap, Kind};

/// How far behind an act its undoing is told, in words and sentences.
const WORDS: usize = 45;
const SENTENCES: usize = 2;

/// What an act did to its object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Lean {
    /// It is there now: booked, credited, unlocked.
    Put,
    /// It is gone or at rest now: cancelled, skipped, lifted.
    Removed,
    /// It is elsewhere now: moved, changed.
    Moved,
}

/// The words by which something behind the mention undoes it.
pub(super) fn reversed(context: &Context<'_>, mention: Mention) -> Option<Cue> {
    let own = context.segments.clause(mention.start);
    let clause = context.clause_at(own);
    let told = |i: usize| context.is_past(i) || context.has(i, Class::HAVE);
    // Only as far as cues reach, so that a clause without an end costs no more than others.
    let near = context.before(clause, mention.start).start..mention.end.max(clause.end.min(mention.end + REACH));
    if context.sentence_of(mention.start).is_question || !near.into_iter().any(told) {
        return None;
    }
    let lean = lean_of(context, mention);
    let last = (context.segments.sentence(mention.start) + SENTENCES).min(context.segments.sentences.len() - 1);
    let stop = context.segments.sentences[last].end.min(mention.end + WORDS);
    let mut index = own;
    while index < context.segments.clauses.len() && context.clause_at(index).start < stop {
        let clause = context.clause_at(index);
        let from = clause.start.max(mention.end);
        let found = (from..clause.end.min(stop)).find_map(|i| event(context, mention, lean, clause, i));
        if let Some(cue) = found.filter(|cue| !is_remote(context, clause, cue.0)) {
            return (!is_mended(context, clause.end, stop)).then_some(cue);
        }
        index += 1;
    }
    None
}

/// Whether the clause does not tell it as done: it is supposed, denied, to come, or was an error.
fn is_remote(context: &Context<'_>, clause: Clause, verb: usize) -> bool {
    let words = context.words;
    let before = context.before(clause, verb);
    matches!(clause.link, Link::Condition | Link::Temporal)
        || context.any(before.clone(), Class::NOT.or(Class::MODAL).or(Class::WILL).or(Class::CONDITION))
        || context.sentence_of(verb).is_question
        || (before.start..clause.end.min(verb + REACH))
            .any(|i| words.is_any(i, one_of!["mistake", "error", "accident", "until"]))
}

/// Whether the act is told once more behind its undoing: "so we have sent it again".
fn is_mended(context: &Context<'_>, from: usize, stop: usize) -> bool {
    let stop = context.words.list.len().min(stop + 12);
    let again = (from..stop).find(|i| context.words.is_any(*i, one_of!["again", "anew", "afresh", "since"]));
    again.is_some_and(|i| {
        let clause = context.clause_at(context.segments.clause(i));
        context.any(clause.start..i, Class::US) && !context.any(clause.start..i, Class::NOT.or(Class::MODAL))
    })
}

/// What the act did, by its own words.
fn lean_of(context: &Context<'_>, mention: Mention) -> Lean {
    let words = context.words;
    let starts = |stems: &[&str]| {
        (mention.start..mention.end).any(|i| {
            let text = words.text(i);
            stems.iter().any(|stem| text.starts_with(stem))
        })
    };
    let is_off = (mention.start..mention.end + 1).any(|i| words.is(i, "off"));
    if is_off || starts(REMOVING) {
        Lean::Removed
    } else if starts(MOVING) {
        Lean::Moved
    } else {
        Lean::Put
    }
}

/// Stems of verbs that leave less than there was, or stop it.
const REMOVING: &[&str] = &[
    "cancel",
    "stop",
    "skip",
    "block",
    "waiv",
    "remov",
    "lift",
    "releas",
    "ended",
    "end",
    "clos",
    "paus",
    "froze",
    "freez",
    "suspend",
    "withdr",
    "delet",
    "drop",
    "disabl",
    "deactivat",
    "terminat",
    "discontinu",
    "halt",
    "strip",
    "unsubscrib",
    "dismiss",
    "revok",
    "void",
    "lock",
];

/// Stems of verbs that leave it elsewhere or otherwise.
const MOVING: &[&str] = &[
    "mov",
    "rebook",
    "reschedul",
    "postpon",
    "chang",
    "switch",
    "transfer",
    "shift",
    "upgrad",
    "downgrad",
    "swap",
    "defer",
    "rerout",
];

/// Acts on money, whose object is a charge: that a charge is reversed is what they do.
const REPAYING: &[&str] = &["refund", "reimburs", "credit", "waiv", "repa", "return", "cancel"];

/// The undoing that begins at `i`, if one does.
fn event(context: &Context<'_>, mention: Mention, lean: Lean, clause: Clause, i: usize) -> Option<Cue> {
    let words = context.words;
    object_undone(context, lean, clause, i).or_else(|| {
        // The subject is looked for behind a verb that can undo, and not before.
        let moves = words.is_any(i, one_of!["came", "went", "gone"]);
        if !moves && !context.any(i.saturating_sub(4)..i, Class::BE.or(Class::BEEN)) {
            return None;
        }
        let subject = anaphor(context, mention, clause, i)?;
        let again = |from: usize| (from..from + 3).any(|j| words.is_any(j, one_of!["again", "back"]));
        // "it came on again", "those came off the order again"
        if moves {
            let side = if words.is(i + 1, "back") { i + 2 } else { i + 1 };
            let is_again = side > i + 1 || again(side + 1) || again(side + 2);
            let undoes = words.is(side, "on") && lean == Lean::Removed || words.is(side, "off") && lean == Lean::Put;
            return (undoes && is_again).then_some((i, side + 1));
        }
        let is_passive = (subject..i).rev().take(4).any(|j| context.has(j, Class::BE.or(Class::BEEN)));
        if !is_passive {
            return None;
        }
        let is_repaying = (mention.start..mention.end).any(|j| {
            let text = words.text(j);
            REPAYING.iter().any(|stem| text.starts_with(stem))
        });
        // "it is locked again", "it has been locked ever since": the verb that the act's own "un-" turns round.
        let verb = words.text(i);
        let turns = (mention.start..mention.end).any(|j| {
            let text = words.text(j);
            text.len() > 4 && text.strip_prefix("un") == Some(&*verb)
        });
        let lasts = again(i + 1) || words.is(i + 1, "ever") && words.is(i + 2, "since");
        let is_name = words.is_any(subject, one_of!["that", "this", "those", "these"])
            && !context.has(subject + 1, Class::FINITE);
        let undoes = turns && lasts
            || words.is(i, "recalled") && lean == Lean::Put
            || words.is_any(i, REVERSING) && lean != Lean::Removed && !is_repaying
            || words.is(i, "withdrawn") && lean == Lean::Put && !words.is(i + 1, "from")
            || words.is_any(i, one_of!["lifted", "removed", "cancelled", "canceled", "deleted", "released", "dropped"])
                && (lean == Lean::Put || is_name && shares_stem(context, mention, subject + 1))
                && again(i + 1)
            || words.is_any(i, one_of!["reinstated", "reactivated", "reimposed", "resumed"]) && lean == Lean::Removed
            || words.is_any(i, one_of!["taken", "struck"])
                && words.is(i + 1, "off")
                && lean == Lean::Put
                && (again(i + 2) || context.has(i + 2, Class::DETERMINER) && words.is_any(i + 3, LISTS))
            || words.is_any(i, one_of!["put", "switched", "turned", "brought", "moved", "changed"])
                && words.is(i + 1, "back")
                && side_undoes(context, lean, i + 2)
            || words.is_any(i, one_of!["clawed", "pulled", "called"]) && words.is(i + 1, "back") && lean == Lean::Put;
        undoes.then(|| (i, (i + 1 + usize::from(words.is_any(i + 1, one_of!["back", "off", "again"]))).min(clause.end)))
    })
}

/// What "back" leads to: on and into force again, off again, or to where it was.
fn side_undoes(context: &Context<'_>, lean: Lean, i: usize) -> bool {
    let words = context.words;
    match lean {
        Lean::Removed => words.is_any(i, one_of!["on", "in", "into"]),
        Lean::Put => words.is_any(i, one_of!["off", "out"]),
        Lean::Moved => words.is_any(i, one_of!["to", "on"]) && !words.is(i + 1, "back"),
    }
}

/// Participles that undo whatever was put in place or moved.
pub(super) const REVERSING: &OneOf =
    one_of!["reversed", "revoked", "rescinded", "undone", "overturned", "retracted", "voided", "annulled", "quashed"];

/// Where something stands that is arranged.
const LISTS: &OneOf = one_of![
    "diary", "list", "order", "books", "calendar", "schedule", "rota", "roster", "system", "menu", "plan", "sheet"
];

/// Verbs that set a thing to work or impose it, which "again" repeats.
const IMPOSING: &OneOf = one_of![
    "placed",
    "put",
    "set",
    "imposed",
    "applied",
    "charged",
    "billed",
    "activated",
    "ordered",
    "switched",
    "turned"
];

/// "the registry reversed that", "we pulled it back", "had to let it go again": the anaphor as the object.
fn object_undone(context: &Context<'_>, lean: Lean, clause: Clause, i: usize) -> Option<Cue> {
    let words = context.words;
    let object = i + 1;
    if !words.is_any(object, one_of!["it", "that", "this", "them", "those"]) || !words.gap(object).only(Gap::SPACE) {
        return None;
    }
    let after = object + 1;
    let ends = after >= clause.end
        || !words.gap(after).only(Gap::SPACE)
        || context.has(after, Class::PREPOSITION.or(Class::ADVERB));
    let is_ours = context.any(clause.start..i, Class::US);
    let is_again = |j: usize| {
        words.is_any(j, one_of!["again", "back"])
            || words.is_any(j, one_of!["on", "off"]) && words.is_any(j + 1, one_of!["again", "back"])
    };
    // "we reversed that" may speak of a charge; somebody else's doing is set against ours.
    let reverses = (words.is_any(i, REVERSING) || words.is_any(i, one_of!["undid", "recalled"]))
        && ends
        && !is_ours
        && !words.is_any(object, one_of!["it", "them"]);
    let pulls = words.is_any(i, one_of!["pulled", "pull", "clawed", "claw", "called"])
        && words.is(after, "back")
        && lean == Lean::Put;
    let puts = words.is_any(
        i,
        one_of!["put", "moved", "move", "switched", "switch", "turned", "turn", "changed", "change", "rolled"],
    ) && words.is(after, "back")
        && side_undoes(context, lean, after + 1);
    let imposes = words.is_any(i, IMPOSING) && is_again(after) && lean == Lean::Removed && !is_ours;
    let lets = words.is_any(i, one_of!["let", "letting"])
        && words.is(after, "go")
        && lean == Lean::Put
        && (words.is(after + 1, "again") || after + 1 >= clause.end);
    let takes = words.is_any(i, one_of!["took", "take", "taken"])
        && words.is(after, "off")
        && words.is(after + 1, "again")
        && lean == Lean::Put;
    (reverses || pulls || puts || imposes || lets || takes).then_some((i, if reverses { after } else { after + 1 }))
}

/// The anaphor that is the subject of the verb at `verb`: "it", "that payment", the mention's own id.
fn anaphor(context: &Context<'_>, mention: Mention, clause: Clause, verb: usize) -> Option<usize> {
    let words = context.words;
    let index = context.segments.clause(clause.start);
    // A further predicate has its subject in the clause before.
    let start = match clause.link {
        Link::Predicate if index > 0 && context.clause_at(index - 1).start >= mention.end => {
            context.clause_at(index - 1).start
        }
        _ => clause.start.max(mention.end),
    };
    let is_number = |i: usize| words.list[i].kind == Kind::Number;
    let is_id = |i: usize| {
        is_number(i) && words.gap(i).has(Gap::HYPHEN) && {
            let sentence = context.sentence_of(mention.start);
            let text = words.text(i);
            (sentence.start.saturating_sub(WORDS)..sentence.end).any(|j| words.text(j) == text && j != i)
                || words.list[i - 1].is_caps
        }
    };
    (start..verb).rev().take(8).find(|i| {
        let pronoun = words.is_any(*i, one_of!["it", "they", "those", "these"])
            || words.is_any(*i, one_of!["that", "this", "those", "these"])
                && (context.has(i + 1, Class::FINITE.or(Class::STATIVE))
                    || !context.has(i + 1, Class::FUNCTION) && !words.is_any(i + 1, CHARGES));
        // "after we posted it it was": the object of a verb is no subject.
        let opens = *i == start
            || !words.gap(*i).only(Gap::SPACE)
            || context.has(*i - 1, Class::COORDINATOR.or(Class::CONTRAST).or(Class::ADVERB).or(Class::VALUE))
            || (start..*i).all(|j| !context.has(j, Class::FINITE.or(Class::US)) && !context.is_past(j));
        (pronoun && opens || is_id(*i)) && !context.any(i + 1..verb, Class::US)
    })
}

/// What an act on money does away with.
const CHARGES: &OneOf = one_of![
    "charge", "charges", "fee", "fees", "penalty", "fine", "invoice", "bill", "debit", "fare", "cost", "costs", "debt",
];

/// Whether a noun is made of the mention's verb: "that block" of "blocked".
fn shares_stem(context: &Context<'_>, mention: Mention, noun: usize) -> bool {
    let noun = context.words.text(noun);
    noun.len() > 3 && (mention.start..mention.end).any(|i| context.words.text(i).starts_with(&*noun))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::context::probe;

    /// `expect` is the words that undo the act, or nothing where it stands.
    fn check(reply: &str, word: &str, expect: Option<&str>) {
        assert_eq!(probe::cue(reply, word, reversed).as_deref(), expect, "{reply}");
    }

    #[test]
    fn undone_later() {
        check("We skipped the box. On Wednesday it was switched back on.", "skipped", Some("switched back"));
        check("On Monday we paid you. That payment was recalled the same evening.", "paid", Some("recalled"));
        check("We blocked it, and that block was lifted again at noon.", "blocked", Some("lifted again"));
        check("A visit was booked, but that visit has been taken off the diary.", "booked", Some("taken off"));
        check("We refunded it, and after a check we pulled it back on Tuesday.", "refunded", Some("pulled it back"));
        check("We moved it. On Friday we had to put it back to June.", "moved", Some("put it back"));
        check("We recovered the name. The registry reversed that.", "recovered", Some("reversed that"));
        check("The renewal was stopped, but it came on again in May.", "stopped", Some("came on"));
        check("We added the plates. In May those came off the order again.", "added", Some("came off"));
        check("We credited you; that sum was taken off again.", "credited", Some("taken off"));
        check("We issued the permit. It has been withdrawn this morning.", "issued", Some("withdrawn"));
        check("We booked a room but had to let it go again on Friday.", "booked", Some("let it go"));
        check("We cancelled PCN-88. Later PCN-88 has been put back in force.", "cancelled", Some("put back"));
        check("We unlocked it in May. It has been locked ever since.", "unlocked", Some("locked"));
        check("We lifted the hold. The scheme placed it again.", "lifted", Some("placed it again"));
    }

    #[test]
    fn stands() {
        check("We restored it: we switched it back on for you.", "restored", None);
        check("We fixed the lamp, and it is back on sale.", "fixed", None);
        check("We sent the parcel. It came back, so we have sent it again.", "sent", None);
        check("We refunded the duplicate. That charge was reversed today.", "refunded", None);
        check("We refunded the fee. It was reversed this morning.", "refunded", None);
        check("We cancelled the fine. It was overturned on appeal.", "cancelled", None);
        check("We skipped the box, and it came off the list again.", "skipped", None);
        check("We booked it. It will not be withdrawn.", "booked", None);
        check("We unlocked it. It had been locked by mistake.", "unlocked", None);
        check("We refunded it. The lamp was withdrawn from sale.", "refunded", None);
        check("We paid you. It was recalled by the bank, so we have paid it again.", "paid", None);
    }
}
