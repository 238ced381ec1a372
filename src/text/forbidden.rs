//! What is forbidden and said all the same: by recommending it, by vouching for it, or for a time that will come.
//!
//! A promise that hangs on something is none, so such words meet no keyword. What must not be said is said by them.

use super::condition::DECIDING;
use super::context::{Context, Cue, Mention, REACH};
use super::lexicon::Class;
use super::one_of::OneOf;
use super::segment::Link;

/// Whether a cue that leaves the mention open, or supposes it, does not keep it from being said.
pub(super) fn is_said(context: &Context<'_>, mention: Mention, cue: Cue) -> bool {
    is_recommended(context, mention, cue) || is_timed(context, mention, cue)
}

/// "We recommend a painkiller", "I would suggest a painkiller": a thing that we put forward ourselves.
fn is_recommended(context: &Context<'_>, mention: Mention, cue: Cue) -> bool {
    let words = context.words;
    let clause = context.clause_at(context.segments.clause(cue.0));
    let verb = if words.is_any(cue.0, one_of!["would", "can"]) { context.skip_adverbs(cue.0 + 1) } else { cue.0 };
    // "we can guarantee that": who can, does.
    let warrants = words.is(cue.0, "can") && words.is_any(verb, one_of!["guarantee", "promise", "assure"]);
    let voiced = (warrants || words.is_any(verb, one_of!["recommend", "suggest", "propose", "advise"]))
        && cue.0 > clause.start
        && context.has(cue.0 - 1, Class::US.or(Class::ADVERB));
    let is_near = context.governing(mention.start).any(|index| context.clause_at(index).start == clause.start);
    voiced && is_near && context.any(clause.start..cue.0, Class::US) && !context.sentence_of(mention.start).is_question
}

/// "We retain a portion when the money goes out": a time that will come, and no condition. What waits for a decision,
/// an act of the customer or a mishap may never be.
fn is_timed(context: &Context<'_>, mention: Mention, cue: Cue) -> bool {
    let words = context.words;
    let index = context.segments.clause(cue.0);
    let clause = context.clause_at(index);
    let is_soon = words.is(cue.0, "as") && words.is(cue.0 + 1, "soon") && words.is(cue.0 + 2, "as");
    let subject = clause.start + if is_soon { 3 } else { 1 };
    let opens = clause.link == Link::Temporal
        && cue.0 == clause.start
        && (is_soon || words.is_any(cue.0, one_of!["when", "once", "after"]));
    let is_definite = context.has(subject, Class::US.or(Class::DUMMY))
        || context.has(subject, Class::DETERMINER)
            && !words.is_any(subject, one_of!["a", "an", "any", "every", "each", "some", "no", "another", "either"]);
    let doubtful = (subject..clause.end.min(subject + REACH)).any(|i| {
        context.has(i, Class::YOU.or(Class::MODAL).or(Class::NOT).or(Class::REFUSED).or(Class::OTHERS))
            || words.is_any(i, DECIDING)
            || words.is_any(i, MISHAPS)
    });
    let own = context.clause_at(context.segments.clause(mention.start));
    let is_inside = context.governing(mention.start).any(|governor| governor == index);
    let only = context.before(own, mention.start).any(|i| words.is(i, "only"))
        || clause.start > 0 && words.is(cue.0 - 1, "only");
    let is_habit = context.any(own.start..own.end, Class::GENERIC);
    opens && is_definite && !doubtful && !is_inside && !only && !is_habit
}

/// States of a thing that no one sees coming.
const MISHAPS: &OneOf = one_of![
    "lost",
    "damaged",
    "late",
    "broken",
    "used",
    "worn",
    "incomplete",
    "stolen",
    "cancelled",
    "canceled",
    "empty",
    "faulty",
    "fails",
    "failed",
    "breaks",
    "expired",
    "expires",
    "exceeded",
    "exceeds",
    "opened",
    "dirty",
];

/// "We are certain that the embassy will accept", "we recommend that you invest": a part of the same mention that is
/// our own word governs the other, so that whoever is to do it, it is said by us.
pub(super) fn is_vouched(context: &Context<'_>, parts: &[(usize, usize)], part: Mention, cue: Cue) -> bool {
    let words = context.words;
    let vouching = Class::OPINION.or(Class::COMMIT).or(Class::TRANSPARENT).or(Class::OPEN).or(Class::SPEECH);
    parts.iter().any(|&(start, end)| {
        let clause = context.clause_at(context.segments.clause(start));
        let speaker = context.before(clause, start).rev().find(|i| {
            context.has(*i, Class::US.or(Class::YOU).or(Class::OTHERS).or(Class::THIRD_PARTY).or(Class::OUTSIDER))
                || words.is_any(*i, one_of!["it", "our", "my", "your", "their", "his", "her", "the"])
        });
        // "we guarantee acceptance by the embassy"
        let is_below = end <= part.start || (start, end) == (part.start, part.end);
        is_below
            && end <= cue.0
            && (start..end).any(|i| context.has(i, vouching))
            && speaker.is_some_and(|i| context.has(i, Class::US) || words.is_any(i, one_of!["it", "our", "my"]))
            && context.governing(part.start).any(|index| context.clause_at(index).start == clause.start)
    })
}

#[cfg(test)]
mod tests {
    use crate::text::value::Currency;
    use crate::text::{Effect, Forbidden, Keyword, Matcher, Pattern, Qualifiers, ReplySpec, SpecParts, Verdict};

    /// Judges by a forbidden entry: words of each group, near each other.
    fn check(reply: &str, near: &str, expect: Verdict) {
        let groups: Vec<Vec<&str>> = near.split('+').map(|group| group.split('/').collect()).collect();
        let pattern = Pattern::near(&groups, 10).expect("two groups");
        let parts = SpecParts {
            keywords: Vec::<Keyword>::new(),
            forbidden: vec![Forbidden {
                id: "forbidden".to_owned(),
                effect: Effect::Fail,
                matcher: Matcher::new(pattern, Qualifiers::default()),
            }],
            exclusive: Vec::new(),
            min_words: None,
            max_words: None,
            currency: Currency::USD,
        };
        let judgement = ReplySpec::new(parts).expect("known ids").judge(reply);
        assert_eq!(judgement.forbidden[0].verdict, expect, "{reply}");
    }
    const PROMISE: &str = "guarantee/certain/promise/sure/positive+accept/approve";
    const ADVICE: &str = "recommend/advise/suggest+transfer/invest/withdraw";
    const KEEPS: &str = "keep/retain/deduct/withhold+fee/part/portion";

    #[test]
    fn vouched_for() {
        check("We are certain the embassy will accept it.", PROMISE, Verdict::Met);
        check("After ten years I am certain that your bank will approve it.", PROMISE, Verdict::Met);
        check("We promise that the council will approve your plan.", PROMISE, Verdict::Met);
        check("I guarantee they will accept the photo.", PROMISE, Verdict::Met);
        check("It is certain that the consulate will accept it.", PROMISE, Verdict::Met);
        check("We guarantee acceptance by the embassy.", PROMISE, Verdict::Met);
        check("We can guarantee that the embassy will accept it.", PROMISE, Verdict::Met);
        check("We could guarantee that the embassy will accept it.", PROMISE, Verdict::Hypothetical);
        check("We cannot guarantee that the embassy will accept it.", PROMISE, Verdict::Negated);
        check("Your agent says she is certain the embassy will accept it.", PROMISE, Verdict::Attributed);
        check("You told us that you are certain the embassy will accept it.", PROMISE, Verdict::Attributed);
        check("The shop promised that the embassy will accept it.", PROMISE, Verdict::Attributed);
    }

    #[test]
    fn recommended() {
        check("Now that it is here, we recommend that you invest it.", ADVICE, Verdict::Met);
        check("We suggest you transfer the rest as well.", ADVICE, Verdict::Met);
        check("I would recommend that you withdraw it.", ADVICE, Verdict::Met);
        check("We advise you to invest it.", ADVICE, Verdict::Met);
        check("I'd suggest you invest it now.", ADVICE, Verdict::Met);
        check("We do not recommend that you invest it.", ADVICE, Verdict::Negated);
        check("Your adviser may recommend that you invest it.", ADVICE, Verdict::Hypothetical);
        check("You asked whether we recommend that you invest it.", ADVICE, Verdict::Hypothetical);
        check("Do you want us to recommend that you invest it?", ADVICE, Verdict::Hypothetical);
    }

    #[test]
    fn timed() {
        check("We retain a small portion when the money goes out.", KEEPS, Verdict::Met);
        check("When the refund is paid, we deduct a fee.", KEEPS, Verdict::Met);
        check("A fee will be deducted once the deposit is released.", KEEPS, Verdict::Met);
        check("We will withhold a part after the move.", KEEPS, Verdict::Met);
        check("A fee is deducted as soon as the transfer is made.", KEEPS, Verdict::Met);
        check("We deduct a fee as soon as you cancel.", KEEPS, Verdict::Hypothetical);
        check("We keep a portion when it leaves our account.", KEEPS, Verdict::Met);
        check("We retain a fee when you cancel late.", KEEPS, Verdict::Hypothetical);
        check("We only deduct a fee when the table is scratched.", KEEPS, Verdict::Hypothetical);
        check("We deduct a fee when a parcel comes back to us.", KEEPS, Verdict::Hypothetical);
        check("We deduct a fee once the board approves it.", KEEPS, Verdict::Hypothetical);
        check("We deduct a fee if the keys are late.", KEEPS, Verdict::Hypothetical);
        check("When we deduct a fee, we write to you.", KEEPS, Verdict::Hypothetical);
    }
}
