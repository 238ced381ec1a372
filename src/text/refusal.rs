//! Denials behind the mention, in the predicate of which it is the subject: "the refund was declined".

use super::context::{Context, Cue, Mention};
use super::lexicon::Class;
use super::one_of::OneOf;
use super::pseudo::is_pseudo;
use super::segment::Link;
use super::token::Gap;

/// "our refusal to refund it stands", "we uphold our refusal to refund it": a refusal that is said to last. One that is
/// withdrawn, or only told of, is left to what else the reply says.
pub(super) fn upheld(context: &Context<'_>, mention: Mention) -> Option<Cue> {
    let words = context.words;
    let clause = context.clause_at(context.segments.clause(mention.start));
    let refusal = context.before(clause, mention.start).rev().take(6).find(|i| words.is_any(*i, REFUSALS))?;
    let takes = words.is_any(refusal + 1, one_of!["to", "of"])
        && mention.start > refusal + 1
        && !context.any(refusal + 2..mention.start, Class::FINITE.or(Class::US).or(Class::NOT));
    let stop = context.sentence_of(mention.start).end.min(mention.end + 8);
    let lasts = (mention.end..stop)
        .take_while(|i| words.gap(*i).only(Gap::SPACE.or(Gap::NEWLINE)))
        .find(|i| words.is_any(*i, LASTING))
        .is_some_and(|i| !context.any(mention.end..i, Class::NOT.or(Class::MODAL).or(Class::US).or(Class::CONTRAST)));
    let keeps = (clause.start..refusal).rev().take(5).any(|i| words.is_any(i, UPHOLDING))
        && context.any(clause.start..refusal, Class::US)
        && !context.any(clause.start..refusal, Class::NOT.or(Class::MODAL));
    (takes && (lasts || keeps)).then_some((refusal, refusal + 1))
}

/// Nouns of not doing.
const REFUSALS: &OneOf = one_of!["refusal", "refusals", "inability", "unwillingness"];

/// How a decision is said to go on holding.
const LASTING: &OneOf = one_of![
    "stands",
    "stand",
    "remains",
    "remain",
    "holds",
    "final",
    "upheld",
    "unchanged",
    "firm",
    "confirmed",
    "valid"
];

/// Verbs by which one holds to what one decided.
const UPHOLDING: &OneOf = one_of![
    "uphold",
    "maintain",
    "confirm",
    "reaffirm",
    "reiterate",
    "repeat",
    "stand",
    "upheld",
    "maintained",
    "confirmed",
    "repeated",
];

/// A denial in the predicate of which the mention is the subject.
pub(super) fn in_predicate(context: &Context<'_>, mention: Mention) -> Option<Cue> {
    let words = context.words;
    if !context.is_subject(mention) {
        return None;
    }
    // "tell us if the refund we sent has not arrived": what is supposed of a thing that was done.
    let own = context.segments.clause(mention.start);
    if context.clause_at(own).link == Link::Condition && context.is_presupposed(mention) {
        return None;
    }
    let sentence = context.sentence_of(mention.start);
    // "Refund: none", "Refund: not possible"
    let answer = context.skip_adverbs(mention.end);
    if mention.end < sentence.end
        && mention.start <= sentence.start + 2
        && words.gap(mention.end).has(Gap::COLON.or(Gap::DASH))
        && !words.is_any(mention.end + 1, one_of!["need", "problem", "worries", "charge", "fee", "cost", "extra"])
        && words.is_any(answer, one_of!["none", "no", "nil", "not", "never", "denied", "refused"])
        && !is_pseudo(context, answer)
    {
        return Some((answer, answer + 1));
    }
    let Some(finite) = context.predicate_of(mention.start, mention.end) else {
        // "A refund makes no sense"
        if words.is_any(mention.end, one_of!["makes", "make", "made"])
            && words.is_any(mention.end + 1, one_of!["no", "little"])
            && words.is(mention.end + 2, "sense")
        {
            return Some((mention.end + 1, mention.end + 3));
        }
        // "the refund never left our bank"
        let never = context.skip_adverbs(mention.end);
        let never = if words.is(mention.end, "never") { mention.end } else { never };
        if words.is(never, "never") && context.is_past(never + 1) && words.gap(never).only(Gap::SPACE) {
            return Some((never, never + 1));
        }
        // "The bursary of 20% lapses": the verb itself, in the present.
        let behind =
            if words.is(mention.end, "of") { (mention.end + 2..mention.end + 5).collect() } else { vec![mention.end] };
        let lapses = |i: &usize| {
            let tight = words.gap(*i).only(Gap::SPACE.or(Gap::NEWLINE));
            tight && words.is_any(*i, one_of!["lapses", "lapsed", "expires", "expired", "fails", "failed"])
        };
        // "refund of $5 refused by the system"
        let refuses = |i: &usize| {
            *i > mention.end
                && context.has(*i, Class::REFUSED)
                && context.is_past(*i)
                && (context.has(i + 1, Class::PREPOSITION.or(Class::ADVERB)) || !words.gap(i + 1).only(Gap::SPACE))
        };
        // "Your refund of $5 never left us"
        let never = |i: &usize| words.is(*i, "never") && context.is_past(i + 1) && words.gap(*i).only(Gap::SPACE);
        if let Some(verb) = behind.into_iter().find(|i| lapses(i) || refuses(i) || never(i)) {
            return Some((verb, verb + 1));
        }
        // "Refund declined", "Refund status: rejected"
        let stop = sentence.end.min(mention.end + if sentence.is_label { 5 } else { 3 });
        return (mention.end..stop)
            .take_while(|i| !words.gap(*i).has(Gap::COMMA) && !context.has(*i, Class::PREPOSITION))
            .find(|i| {
                context.has(*i, Class::REFUSED) && context.is_past(*i)
                    || words.is_any(*i, one_of!["unavailable", "impossible", "unsuccessful"])
            })
            .map(|i| (i, i + 1));
    };
    let clause = context.clause_at(context.segments.clause(finite));
    if let Some(cue) = refused_after(context, finite, clause.end) {
        return Some(cue);
    }
    // "was issued but declined": the next predicate of the same subject.
    let next = context.segments.clause(finite) + 1;
    if next < context.segments.clauses.len() && context.same_sentence(next, mention.start) {
        let further = context.clause_at(next);
        let first = context.skip_adverbs(further.start + 1);
        // "so do not wait", "and nothing can stop it": no predicate of the mention's.
        let is_other = words.is_any(first, one_of!["do", "please", "nothing", "nobody", "none", "no"]);
        // "is frozen and will not restart before May": something else that it will not do.
        let is_other = is_other
            || words.is(further.start, "and")
                && context.has(first, Class::WILL)
                && context.has(first + 1, Class::NOT)
                && context.is_past(context.skip_adverbs(finite + 1));
        if further.link == Link::Predicate && !is_other {
            let first = if context.has(first, Class::FINITE) { first } else { first.saturating_sub(1) };
            return refused_after(context, first, further.end);
        }
    }
    None
}

/// A negator or a refusal behind a finite verb.
pub(super) fn refused_after(context: &Context<'_>, finite: usize, end: usize) -> Option<Cue> {
    let words = context.words;
    for i in finite + 1..end.min(finite + 7) {
        if context.has(i, Class::NOT) {
            // "will not take longer than a week", "is not far off"
            let bound = (i + 1..end.min(i + 4)).any(|j| {
                words.is_any(j, one_of!["longer", "more", "later"]) && words.is(j + 1, "than") || words.is(j, "far")
            });
            let harmless = bound || (i + 1..end.min(i + 4)).any(|j| words.is_any(j, HARMLESS));
            return (!is_pseudo(context, i) && !harmless).then_some((i, i + 1));
        }
        // "is gone", but "has gone through"
        let went =
            words.is(i, "gone") && (context.has(finite, Class::HAVE) || words.is_any(i + 1, one_of!["through", "out"]));
        // "is off your bill": it was taken away.
        let taken_off = words.is(i, "off") && context.has(i + 1, Class::POSSESSIVE);
        if context.has(i, Class::REFUSED) && !went && !taken_off {
            return Some((i, i + 1));
        }
        let phrasal = [("turned", "down"), ("called", "off"), ("ruled", "out"), ("put", "off"), ("held", "back")];
        if phrasal.iter().any(|(verb, particle)| words.is(i, verb) && words.is(i + 1, particle)) {
            return Some((i, i + 2));
        }
        if words.is(i, "out") && words.is(i + 1, "of") && words.is(i + 3, "question") {
            return Some((i, i + 4));
        }
        if words.is(i, "out")
            && words.is(i + 1, "of")
            && (words.is_any(i + 2, one_of!["stock", "reach", "bounds", "scope"])
                || context.has(i + 2, Class::POSSESSIVE)
                    && words.is_any(i + 3, one_of!["hands", "power", "control", "reach"]))
        {
            return Some((i, i + 3));
        }
        if words.is_any(i, one_of!["beyond", "outside"]) {
            return Some((i, i + 1));
        }
        if words.is(i, "sold") && words.is(i + 1, "out") {
            return Some((i, i + 2));
        }
        if context.has(i, Class::INCAPABLE) {
            return Some((i, i + 1));
        }
        let passes = context.has(i, Class::ADVERB.or(Class::BEEN).or(Class::HAVE))
            || words.is_any(i, one_of!["to", "get", "getting", "not"]);
        if !passes {
            break;
        }
    }
    None
}

/// What a negated predicate may say of a thing that does happen: "your refund will not be delayed".
const HARMLESS: &OneOf = one_of![
    "delayed",
    "affected",
    "long",
    "late",
    "problem",
    "issue",
    "worry",
    "forgotten",
    "lost",
    "charged",
    "cost",
    "impacted",
    "interrupted",
    "forget",
    "change",
    "expire",
    "small",
    "little",
    "large",
    "huge",
    "instant",
    "immediate",
    "visible",
    "touched",
    "altered",
    "changed",
    "reduced",
    "withdrawn",
    "revoked",
    "forfeited",
    "threatened",
    "diminished",
    "shortened",
    "disturbed",
    "stuck",
    "moved",
    "rescheduled",
    "exchanged",
    "reversed",
    "undone",
    "recalled",
    "misplaced",
    "mislaid",
    "bounced",
    "jeopardised",
    "jeopardized",
    "endangered",
    "hurt",
    "harmed",
];

/// "As for a free month: that is not something we can offer", "regarding the refund, we cannot give one": a topic in
/// front, and a comment that takes it up by a pronoun to deny it (A Comprehensive Grammar of the English Language, 9.57).
pub(super) fn in_comment(context: &Context<'_>, mention: Mention) -> Option<Cue> {
    let words = context.words;
    let sentence = context.sentence_of(mention.start);
    let first = sentence.start + usize::from(context.has(sentence.start, Class::COORDINATOR));
    let opens = words.is(first, "as") && words.is(first + 1, "for") || context.has(first, Class::ABOUT);
    if !opens || mention.start > first + TOPIC_WORDS {
        return None;
    }
    let parts = Gap::COMMA.or(Gap::COLON).or(Gap::DASH);
    let stop = sentence.end.min(mention.end + TOPIC_WORDS);
    let comment = (mention.end..stop).find(|i| words.gap(*i).has(parts))?;
    if context.any(first + 1..comment, Class::FINITE) {
        return None;
    }
    let i = (comment..stop).find(|i| !words.is_any(*i, one_of!["sadly", "unfortunately", "sorry", "but", "well"]))?;
    let ends = |i: usize| i >= sentence.end || !words.gap(i).only(Gap::SPACE);
    let pronoun =
        |i: usize| words.is_any(i, one_of!["that", "it", "this", "those", "these", "they", "one", "them", "any"]);
    // "sadly no"
    if words.is(i, "no") && ends(i + 1) {
        return Some((i, i + 1));
    }
    // "that is not something we can offer", "it is not possible"
    let is_state = pronoun(i) && context.has(i + 1, Class::FINITE) && context.has(i + 2, Class::NOT);
    let what = context.skip_adverbs(i + 3);
    let what = what + usize::from(words.is_any(what, one_of!["an", "in", "within"]));
    if is_state
        && words
            .is_any(what, one_of!["something", "possible", "available", "option", "offered", "allowed", "permitted"])
    {
        return Some((i + 2, i + 3));
    }
    // "we cannot give one"
    let refuses = context.has(i, Class::US) && context.has(i + 1, Class::FINITE) && context.has(i + 2, Class::NOT);
    let object = i + 4;
    (refuses && pronoun(object) && ends(object + 1)).then_some((i + 1, i + 3))
}

/// The longest topic before its comment, in words.
const TOPIC_WORDS: usize = 9;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::context::probe;

    /// `expect` is the cue, or nothing where the comment denies nothing.
    fn check(reply: &str, expect: Option<&str>) {
        assert_eq!(probe::cue(reply, "refund", in_comment).as_deref(), expect, "{reply}");
    }

    #[test]
    fn comments_on_a_topic() {
        check("As for a refund: that is not something we can offer.", Some("not"));
        check("Regarding the refund, we cannot give one.", Some("can not"));
        check("About the refund: sadly no.", Some("no"));
        check("As for the refund, it is not late.", None);
        check("As for the refund, you need not do anything.", None);
        check("The refund is there, and that is not something we regret.", None);
    }

    #[test]
    fn refusals_that_last() {
        let check = |reply: &str, expect: Option<&str>| {
            assert_eq!(probe::cue(reply, "refund", upheld).as_deref(), expect, "{reply}");
        };
        check("It is a fee, and our refusal to refund it stands.", Some("refusal"));
        check("Our refusal to refund the fee is final.", Some("refusal"));
        check("We uphold our refusal to refund it.", Some("refusal"));
        check("Our refusal of a refund remains in force.", Some("refusal"));
        check("I must repeat that we stand by our refusal to refund it.", Some("refusal"));
        check("The bank confirmed its refusal to refund it.", None);
        check("Our refusal to refund it has been withdrawn.", None);
        check("Our refusal to refund it does not stand.", None);
        check("We are sorry for the refusal to refund it; your plan remains active.", None);
        check("We no longer uphold our refusal to refund it.", None);
    }
}
