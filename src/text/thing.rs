//! Things: mentions of what there is, whoever speaks of it and whatever is said of it.
//!
//! "Your subscription is paused" mentions the subscription, though a verb of denial stands beside it: a definite noun
//! phrase takes what it names for granted (A Comprehensive Grammar of the English Language, 5.27; Strawson 1950). That
//! holds of things, not of acts ("your refund is cancelled"), and matters where an author asks for a fact (`by =
//! "any"`).

use super::context::{Context, Mention};
use super::forms::ACTS;
use super::lexicon::Class;

/// How far before its noun a determiner stands, in words: "the new safety team".
const DETERMINER_REACH: usize = 3;

/// Whether the mention names a thing that its determiner takes for granted.
pub(super) fn is_thing(context: &Context<'_>, mention: Mention) -> bool {
    let words = context.words;
    if mention.start == 0 || (mention.start..mention.end).any(|i| is_act(context, i)) {
        return false;
    }
    // "the pass plan" is one phrase; behind the noun it may go on ("the plan fee"), which then is named instead.
    let first = mention.start.saturating_sub(DETERMINER_REACH);
    let determiner = (first..mention.start)
        .rev()
        .find(|i| context.class(*i) != Class::NONE && !context.has(*i, Class::ADVERB) || context.is_past(*i));
    determiner.is_some_and(|i| {
        context.has(i, Class::POSSESSIVE) || words.is_any(i, one_of!["the", "this", "that", "these", "those", "both"])
    }) && !context.any(mention.start..mention.end, Class::FUNCTION)
}

/// Whether the word names an act, as a verb or as a noun made of one.
fn is_act(context: &Context<'_>, i: usize) -> bool {
    let text = context.words.text(i);
    if RESULTS.contains(&text.strip_suffix('s').unwrap_or(&text)) {
        return false;
    }
    let ends = ["ed", "ing", "ment", "ments", "tion", "tions", "sion", "sions", "al", "als", "ance", "ence", "ure"];
    context.has(i, Class::DENIAL.or(Class::COMMIT).or(Class::ORDER).or(Class::PAST).or(Class::STATIVE))
        || ends.iter().any(|end| text.ends_with(end) && text.len() > end.len() + 2)
        || ACTS.iter().any(|(_, nouns)| nouns.contains(&&*text))
        || CONVERTED.contains(&text.strip_suffix('s').unwrap_or(&text))
}

/// Nouns made of verbs that name what came of the act, and lasts.
const RESULTS: &[&str] = &[
    "subscription",
    "prescription",
    "reservation",
    "connection",
    "location",
    "station",
    "section",
    "edition",
    "publication",
    "document",
    "department",
    "apartment",
    "equipment",
    "instrument",
    "terminal",
    "portal",
    "signal",
    "meal",
    "fence",
    "furniture",
    "picture",
    "building",
    "ceiling",
    "wing",
    "ring",
];

/// Verbs that are nouns of the act without any ending (A Comprehensive Grammar of the English Language, I.43).
const CONVERTED: &[&str] = &[
    "refund",
    "credit",
    "transfer",
    "exchange",
    "switch",
    "upgrade",
    "downgrade",
    "move",
    "waiver",
    "discount",
    "repair",
    "fix",
    "swap",
    "rebate",
    "visit",
    "loan",
    "lift",
    "block",
    "ban",
    "lock",
    "unlock",
    "hold",
    "restart",
    "reboot",
    "replace",
    "rework",
    "remake",
    "redo",
    "rebuild",
    "test",
    "trial",
    "retest",
    "export",
    "import",
    "download",
    "upload",
    "scan",
    "recall",
    "rescue",
    "relocate",
    "remedy",
    "pause",
    "delay",
    "increase",
    "decrease",
    "cut",
    "rise",
    "boost",
    "payout",
    "buyback",
    "handover",
    "pickup",
    "callback",
    "offer",
    "gift",
    "bonus",
    "chargeback",
    "voucher",
    "extension",
    "reprint",
    "resend",
    "rerun",
    "retake",
    "outage",
    "fault",
    "glitch",
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::context::probe;

    fn check(reply: &str, word: &str, expect: bool) {
        let stage = |context: &Context<'_>, mention: Mention| {
            is_thing(context, mention).then_some((mention.start, mention.end))
        };
        assert_eq!(probe::cue(reply, word, stage).is_some(), expect, "{reply}");
    }

    #[test]
    fn things_and_acts() {
        check("We paused your monthly subscription.", "subscription", true);
        check("The projector failed.", "projector", true);
        check("Someone from the safety lab may call.", "lab", true);
        check("Your refund failed.", "refund", false);
        check("Your cancellation was declined.", "cancellation", false);
        check("There is no projector.", "projector", false);
        check("A projector may be sent.", "projector", false);
    }
}
