//! Negators that deny nothing: "not only", "no later than", "no need to worry".

use super::context::Context;
use super::lexicon::Class;
use super::one_of::OneOf;
use super::token::{Gap, Kind};

/// Whether a negator at `q` belongs to a phrase that denies nothing.
pub(super) fn is_pseudo(context: &Context<'_>, q: usize) -> bool {
    let words = context.words;
    let next = |texts: &OneOf| words.is_any(q + 1, texts);
    // "the no-show fee": part of a compound.
    if words.is(q, "no") && words.gap(q + 1).has(Gap::HYPHEN) {
        return true;
    }
    // "why not", "if not", "whether or not"
    if q > 1 && words.is(q - 1, "or") && words.is(q - 2, "whether") {
        return true;
    }
    if q > 0 && words.is_any(q - 1, one_of!["why", "if"]) && words.is(q, "not") && !words.gap(q).has(Gap::COMMA) {
        return true;
    }
    if words.is(q, "no") || words.is(q, "without") || words.is(q, "not") && next(one_of!["any", "a"]) {
        let stops = words.gap(q + 1).has(Gap::COMMA.or(Gap::STOP).or(Gap::DASH).or(Gap::COLON));
        // "invoice no 12345", "card no. LC-5508"
        let is_number = |i: usize| words.list.get(i).is_some_and(|word| word.kind == Kind::Number);
        let numbers = q > 0
            && context.class(q - 1) == Class::NONE
            && (is_number(q + 1) || is_number(q + 2) && words.gap(q + 1).has(Gap::DOT));
        if words.is(q, "no") && (stops || numbers) {
            return true;
        }
        let skip = usize::from(next(COUNTED));
        let head = q + 1 + skip;
        if words.is_any(head, HARMLESS_NOUNS) || words.is_any(head + 1, HARMLESS_NOUNS) && skip > 0 {
            return true;
        }
        if words.is_any(head, one_of!["need", "reason", "cause", "call"]) {
            return calm(context, head + 1);
        }
    }
    if words.is(q, "no") && next(one_of!["later", "sooner"])
        || (next(one_of!["more", "less", "fewer", "later"]) && words.is(q + 2, "than"))
    {
        return true;
    }
    if words.is(q, "not") {
        // "waived, not merely postponed": what is set apart behind a comma is denied.
        let set_apart = words.gap(q).has(Gap::COMMA)
            && next(one_of!["just", "merely", "simply"])
            && !context.has(q - 1, Class::FINITE);
        if next(one_of!["only", "just", "merely", "simply", "solely", "exactly"]) && !set_apart {
            return true;
        }
        // "don't worry", "do not hesitate", "no need to worry"
        if calm(context, q + 1) {
            return true;
        }
        // "you will not miss out on it", "you won't lose it": what one keeps.
        let keeps = next(one_of!["lose", "forfeit"]) || next(one_of!["miss"]) && words.is(q + 2, "out");
        if keeps && (q.saturating_sub(3)..q).any(|i| context.has(i, Class::YOU)) {
            return true;
        }
        // "you need not do more than seal it"
        if (q + 1..q + 4).any(|i| {
            words.is_any(i, one_of!["more", "anything", "other"]) && words.is_any(i + 1, one_of!["than", "but"])
        }) {
            return true;
        }
        // "cannot apologise enough", "could not be happier", "can't wait"
        if words.is_any(
            q + 1,
            one_of![
                "apologise",
                "apologize",
                "thank",
                "stress",
                "emphasise",
                "emphasize",
                "wait",
                "agree",
                "help",
                "be"
            ],
        ) && (q + 2..q + 6).any(|i| {
            words.is_any(i, one_of!["enough", "more", "happier", "easier", "simpler", "sorrier", "but"])
                || words.is(q + 1, "wait")
        }) {
            return true;
        }
    }
    // "never any doubt that", "no question that", "do not forget that"
    let doubted = (q + 1..q + 4).find(|i| words.is_any(*i, one_of!["doubt", "question", "forget"]));
    if doubted
        .is_some_and(|i| (q + 1..i).all(|j| words.is_any(j, one_of!["any", "a", "the", "slightest", "ever", "real"])))
    {
        return true;
    }
    if words.is(q, "never") && next(one_of!["fear", "mind", "worry"]) {
        return true;
    }
    words.is(q, "nothing") && next(one_of!["else", "more", "further", "to", "you"])
}

/// Words between a counting negator and what it counts away.
pub(super) const COUNTED: &OneOf =
    one_of!["any", "a", "an", "extra", "additional", "further", "such", "more", "added", "hidden", "other"];

/// Nouns that "no" and "without" may count without denying anything else.
const HARMLESS_NOUNS: &OneOf = one_of![
    "problem",
    "problems",
    "worry",
    "worries",
    "doubt",
    "charge",
    "charges",
    "cost",
    "costs",
    "fee",
    "fees",
    "expense",
    "delay",
    "delays",
    "hassle",
    "fuss",
    "trouble",
    "issue",
    "issues",
    "matter",
    "wonder",
    "rush",
    "hurry",
    "question",
    "questions",
    "obligation",
    "strings",
    "action",
    "steps",
    "hesitation",
    "fail",
    "prejudice",
    "risk",
    "penalty",
    "interruption",
    "effort",
    "harm",
    "waiting",
    "paperwork",
    "surprises",
    "catch",
];

/// Verbs of worry and of acts that nobody has to do.
fn calm(context: &Context<'_>, i: usize) -> bool {
    let words = context.words;
    let mut at = i;
    if words.is(at, "for") {
        at += 2;
    }
    if words.is_any(at, one_of!["need", "have", "to"]) {
        at += 1 + usize::from(words.is(at + 1, "to"));
    }
    words.is_any(at, one_of!["worry", "hesitate", "panic", "fret", "wait", "rush", "fear", "be"])
        && (!words.is(at, "be")
            || words.is_any(
                at + 1,
                one_of!["alarmed", "worried", "concerned", "afraid", "surprised", "confused", "deterred", "misled"],
            ))
}
