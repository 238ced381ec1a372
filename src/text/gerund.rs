//! Gerunds: acts that are the subject of a verdict on themselves, and so are named rather than told.
//!
//! "Waiving it is further than I may go", "Doing it free was my aim": like a bare infinitive, a gerund asserts nothing
//! unless its predicate says that the act is done, under way or arranged (A Comprehensive Grammar of the English
//! Language, 15.12 and 15.14). A parenthesis between commas does not cut the subject from its predicate (15.53).

use super::context::{Context, Cue, Mention, REACH};
use super::lexicon::Class;
use super::one_of::OneOf;
use super::refusal::refused_after;
use super::token::{Gap, Kind};

/// The longest parenthesis between a subject and its predicate, in words.
const PARENTHESIS: usize = 12;

/// How far a verdict is read for its denial, in words.
const VERDICT: usize = 14;

/// The finite verb of a verdict that denies the act its gerund names: "refunding it is beyond this desk".
pub(super) fn denied_as_subject(context: &Context<'_>, mention: Mention) -> Option<Cue> {
    let words = context.words;
    let (_, finite) = subject(context, mention)?;
    if is_told(context, finite) {
        return None;
    }
    let end = context.sentence_of(mention.start).end.min(finite + VERDICT);
    if let Some(cue) = refused_after(context, finite, end) {
        return Some(cue);
    }
    let is_thing = words.is_any(finite + 1, one_of!["something", "what", "one", "more", "where"]);
    (finite + 1..end).find_map(|i| {
        let denies = is_thing && context.has(i, Class::NOT);
        let exceeds = words.is_any(i, one_of!["further", "more"]) && words.is(i + 1, "than");
        let fails = words.is_any(i, one_of!["disappoint", "refuse", "decline"]);
        (denies || exceeds || fails).then_some((i, i + 1))
    })
}

/// The finite verb behind a gerund that is only named, where nothing says that it is done.
pub(super) fn named(context: &Context<'_>, mention: Mention) -> Option<Cue> {
    let (_, finite) = subject(context, mention)?;
    (!is_told(context, finite)).then_some((finite, finite + 1))
}

/// The gerund in whose phrase the mention stands, and the finite verb of which that phrase is the subject.
fn subject(context: &Context<'_>, mention: Mention) -> Option<(usize, usize)> {
    let words = context.words;
    let clause = context.clause_at(context.segments.clause(mention.start));
    let sentence = context.sentence_of(mention.start);
    // "extending a subscription bought … isn't": its own clause, or the one that a participle in it opens.
    let gerund = [clause.start, sentence.start].into_iter().find_map(|start| {
        let skip = |i: usize| context.has(i, Class::COORDINATOR.or(Class::CONTRAST).or(Class::ADVERB));
        let first = (start..start + 3).find(|i| !skip(*i))?;
        (is_gerund(context, first) && first <= mention.start && mention.start < first + REACH).then_some(first)
    })?;
    let mut i = gerund + 1;
    let stop = sentence.end.min(gerund + REACH);
    while i < stop {
        let gap = words.gap(i);
        let is_value = words.list[i].kind == Kind::Number;
        if gap.has(Gap::SEMICOLON.or(Gap::COLON).or(Gap::DASH)) && !is_value {
            return None;
        }
        if gap.has(Gap::COMMA) && !is_value && !context.has(i, Class::FINITE) {
            // A parenthesis, of which the predicate follows; else a participle: "looking into it, we refunded it".
            let close = (i + 1..stop.min(i + PARENTHESIS)).find(|j| {
                words.gap(*j).has(Gap::COMMA) && context.has(*j, Class::FINITE) && !context.has(*j, Class::NOT)
            })?;
            i = close;
        }
        if context.has(i, Class::FINITE) {
            return (mention.end <= i).then_some((gerund, i));
        }
        if context.has(i, Class::SUBJECT) || context.has(i, Class::CONDITION) {
            return None;
        }
        i += 1;
    }
    None
}

/// Whether a word in front of its clause is a gerund with something behind it that it takes.
fn is_gerund(context: &Context<'_>, i: usize) -> bool {
    let words = context.words;
    let text = words.text(i);
    text.len() > 4
        && text.ends_with("ing")
        && !context.has(i, Class::FUNCTION)
        && !words.is_any(i, NO_GERUNDS)
        // "Booking HB-20417", "Billing has it": a noun, with its name or alone.
        && words.list.get(i + 1).is_some_and(|word| word.kind == Kind::Word && !context.has(i + 1, Class::FINITE))
}

/// Words in -ing that are no verbs, or stand for prepositions.
const NO_GERUNDS: &OneOf = one_of![
    "during",
    "including",
    "regarding",
    "concerning",
    "according",
    "following",
    "pending",
    "owing",
    "nothing",
    "something",
    "anything",
    "everything",
    "morning",
    "evening",
    "having",
    "being",
    "excluding",
    "barring",
    "assuming",
    "providing",
    "supposing",
    "considering",
    "depending",
    "starting",
    "beginning",
    "wing",
    "ring",
    "king",
    "string",
    "spring",
    "building",
    "ceiling",
    "billing",
    "shipping",
    "booking",
    "accounting",
];

/// Whether the predicate says that its subject is done, under way, arranged, or was easily done.
pub(super) fn is_told(context: &Context<'_>, finite: usize) -> bool {
    let words = context.words;
    // "Refunding you did take a while"
    if words.is(finite, "did") && !context.has(finite + 1, Class::NOT) {
        return true;
    }
    if context.has(finite, Class::WILL) {
        // "Cancelling it won't cost you": what comes of it, whether or not it does.
        return false;
    }
    let mut verb = finite + 1;
    while context.has(verb, Class::NOT.or(Class::ADVERB).or(Class::BEEN).or(Class::DETERMINER)) {
        verb += 1;
    }
    let is_negated = context.any(finite + 1..verb, Class::NOT);
    if words.is_any(verb, EASY) {
        return !is_negated;
    }
    if words.is_any(verb, HARD) {
        return is_negated;
    }
    let is_under_way = words.is_any(verb, one_of!["under", "in", "on", "well", "our", "my"])
        && (verb + 1..verb + 3)
            .any(|i| words.is_any(i, one_of!["way", "hand", "progress", "track", "order", "pleasure"]));
    let is_cleft = words.is_any(verb, one_of!["what", "first", "next", "last", "thing"])
        && (verb..verb + 5).any(|i| context.has(i, Class::US) && words.is_any(i + 1, one_of!["have", "did"]));
    let is_over = words.is_any(verb, one_of!["done", "finished", "underway", "over", "settled", "sorted", "ready"]);
    let is_done = context.is_past(verb) && !context.has(verb, Class::REFUSED.or(Class::DENIAL).or(Class::OPEN));
    !is_negated && (is_under_way || is_cleft || is_over || is_done || context.has(verb, Class::GRANTED))
}

/// Adjectives and nouns that judge an act by the effort it took, and so take it for done (Kiparsky 1970: factives).
const EASY: &OneOf = one_of!["easy", "simple", "quick", "straightforward", "pleasure", "right", "joy",];

/// The same for great effort, which a negator makes light of.
const HARD: &OneOf = one_of!["trouble", "problem", "bother", "issue", "hard", "difficult"];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::context::probe;

    /// `expect` is the words of the verdict, or nothing where the act is told.
    fn check(reply: &str, word: &str, expect: Option<&str>) {
        let stage =
            |context: &Context<'_>, mention| denied_as_subject(context, mention).or_else(|| named(context, mention));
        assert_eq!(probe::cue(reply, word, stage).as_deref(), expect, "{reply}");
    }

    #[test]
    fn named_only() {
        check("Waiving it, I'm sorry to say, is further than I am allowed to go.", "waiving", Some("further"));
        check(
            "Carrying over the deposit of $9, which you paid, is where I have to disappoint you.",
            "deposit",
            Some("disappoint"),
        );
        check("Collecting the car, I'm afraid, isn't something we do.", "car", Some("not"));
        check("Restoring the name is the news I wanted to bring.", "restoring", Some("is"));
        check("Doing the work free was my aim.", "free", Some("was"));
        check("Switching it off is beyond what this desk can do.", "switching", Some("beyond"));
        check("Refunding it was what I had in mind.", "refunding", Some("was"));
        check("Giving you a credit was the obvious answer.", "credit", Some("was"));
    }

    #[test]
    fn told() {
        check("Refunding you was easy.", "refunding", None);
        check("Refunding you was no trouble.", "refunding", None);
        check("Moving the visit is done.", "visit", None);
        check("Restoring the name is under way.", "name", None);
        check("Extending it is what we did first.", "extending", None);
        check("Refunding you was the first thing we did.", "refunding", None);
        check("Looking into it, we refunded the fee.", "fee", None);
        check("Having read it, we refunded the fee, which is back.", "fee", None);
        check("Booking HB-2 has been moved.", "moved", None);
        check("Waiving the fee was right, and we waived it.", "waived", None);
    }
}
