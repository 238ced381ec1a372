//! Nil: acts of which there was none, told by a quantity, a label's value or a picture: "we have refunded nothing",
//! "zero replacements", "received no message", "refund: false".

use super::context::{Context, Cue, Mention, REACH};
use super::lexicon::Class;
use super::pseudo::is_pseudo;
use super::segment::Link;
use super::token::{Gap, Kind};

/// The words that make the mention none at all.
pub(super) fn nil(context: &Context<'_>, mention: Mention) -> Option<Cue> {
    before(context, mention).or_else(|| behind(context, mention)).or_else(|| as_value(context, mention))
}

/// "zero replacements", "0 refunds".
fn before(context: &Context<'_>, mention: Mention) -> Option<Cue> {
    let last = mention.start.checked_sub(1)?;
    let is_tight = context.words.gap(mention.start).only(Gap::SPACE);
    (is_tight && is_zero(context, last)).then_some((last, mention.start))
}

/// "refunded nothing", "refunded none of it", "refunded exactly $0.00", "Refund 👎".
fn behind(context: &Context<'_>, mention: Mention) -> Option<Cue> {
    let words = context.words;
    let at = context.skip_adverbs(mention.end);
    let at = at + usize::from(words.is_any(at, one_of!["exactly", "precisely"]));
    let sentence = context.sentence_of(mention.start);
    if at >= sentence.end {
        return None;
    }
    let is_picture = words.is(at, "not") && words.list[at].is_foreign;
    if is_picture {
        return Some((at, at + 1));
    }
    // "you will receive nothing", "we received nothing": a noun has no object.
    let opens_verb = Class::SUBJECT.or(Class::YOU).or(Class::WILL).or(Class::MODAL).or(Class::DO);
    let is_act = context.is_past(mention.end - 1)
        || context.any(mention.start..mention.end, Class::COMMIT)
        || mention.start > 0 && context.has(mention.start - 1, opens_verb);
    let is_tight = (mention.end..=at).all(|i| words.gap(i).only(Gap::SPACE));
    // "nothing else", "nothing but the fee", "no other call", "the seats you booked no longer exist".
    let is_more = words.is_any(at + 1, one_of!["else", "but", "less", "short", "more", "longer", "other", "to"]);
    let is_none = words.is_any(at, one_of!["nothing", "none", "nil", "zilch", "naught", "nought"])
        || is_zero(context, at)
        || counts_object_away(context, mention, at);
    let is_sum = words.list[at].kind == Kind::Sign && is_zero(context, at + 1);
    (is_act && is_tight && !is_more && (is_none || is_sum)).then_some((at, at + 1 + usize::from(is_sum)))
}

/// "received no message", "received not one call", "sent hardly any": there is no object, and so there was no act. What
/// has a verb of its own is no object, and behind a clause that opens with "once" or "if" it seldom is: "once it is
/// released no invoice follows".
fn counts_object_away(context: &Context<'_>, mention: Mention, at: usize) -> bool {
    let words = context.words;
    let counts = words.is_any(at, one_of!["no", "neither"])
        || words.is(at, "not") && words.is_any(at + 1, one_of!["a", "one", "any"])
        || words.is_any(at, one_of!["hardly", "scarcely", "barely"]) && words.is(at + 1, "any");
    let clause = context.clause_at(context.segments.clause(mention.start));
    let is_supposed = matches!(clause.link, Link::Condition | Link::Temporal);
    let end = clause.end.min(at + REACH);
    counts && at < end && !is_supposed && !is_pseudo(context, at) && !context.any(at + 1..end, Class::FINITE)
}

/// "Refund: false", "refund=0", "Refund: n/a".
fn as_value(context: &Context<'_>, mention: Mention) -> Option<Cue> {
    let words = context.words;
    let at = mention.end;
    let is_value = at < context.sentence_of(mention.start).end
        && words.gap(at).has(Gap::COLON.or(Gap::EQUALS))
        && (words.is_any(at, one_of!["false", "nope", "none", "no", "nil"])
            || is_zero(context, at)
            || words.is(at, "n") && words.is(at + 1, "a") && words.gap(at + 1) == Gap::SLASH);
    // "Fee: no longer", "Fee: 0 to 5": more than a value.
    let ends = |i: usize| !words.gap(i).only(Gap::SPACE) || i >= words.list.len();
    let end = at + 1 + usize::from(words.is(at, "n"));
    (is_value && ends(end)).then_some((at, end))
}

fn is_zero(context: &Context<'_>, i: usize) -> bool {
    let words = context.words;
    let is_number = words.list.get(i).is_some_and(|word| word.kind == Kind::Number);
    words.is(i, "zero") || is_number && words.is_any(i, one_of!["0", "0.00", "0.0"])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::context::probe;

    /// `expect` is the words that leave nothing, or nothing where something is left.
    fn check(reply: &str, word: &str, expect: Option<&str>) {
        assert_eq!(probe::cue(reply, word, nil).as_deref(), expect, "{reply}");
    }

    #[test]
    fn none_at_all() {
        check("We have refunded nothing.", "refunded", Some("nothing"));
        check("We have refunded none of it.", "refunded", Some("none"));
        check("We have refunded exactly $0.00.", "refunded", Some("$ 0.00"));
        check("Zero replacements have been sent.", "replacements", Some("zero"));
        check("Refund: FALSE.", "refund", Some("false"));
        check("refund=0", "refund", Some("0"));
        check("Refund: N/A", "refund", Some("n a"));
        check("Refund \u{1f44e}", "refund", Some("not"));
        check("Our machine received no message.", "received", Some("no"));
        check("We received no payment.", "received", Some("no"));
        check("We have received not one call.", "received", Some("not"));
        check("The desk sent hardly any parcels.", "sent", Some("hardly"));
        check("You will receive nothing.", "receive", Some("nothing"));
    }

    #[test]
    fn something() {
        check("We refunded nothing less than the whole sum.", "refunded", None);
        check("We have refunded it, and nothing is left to do.", "refunded", None);
        check("Refund: no longer pending, sent today.", "refund", None);
        check("Refund: 20 EUR", "refund", None);
        check("10 replacements were sent.", "replacements", None);
        check("Our machine received no other message.", "received", None);
        check("We received no fewer than three calls.", "received", None);
        check("It was refunded no questions asked.", "refunded", None);
        check("Once it is released no invoice will be sent.", "released", None);
        check("Once it is released no invoice follows.", "released", None);
        check("The seats you booked no longer exist.", "booked", None);
    }
}
