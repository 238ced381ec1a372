//! Last stage: from judged mentions to one verdict per entry, and from verdicts to a judgement.

use super::context::{Context, Cue};
use super::excuse::is_excused;
use super::judge::Judged;
use super::judgement::{Finding, Judgement, Verdict};
use super::lexicon::Class;
use super::matcher::{Matcher, Polarity};
use super::spec::{Effect, ReplySpec};

/// The verdict on one entry, in words of the reply.
#[derive(Debug, Clone)]
pub(super) struct Outcome {
    pub(super) verdict: Verdict,
    pub(super) spans: Vec<(usize, usize)>,
    pub(super) cue: Option<Cue>,
}

/// The most spans a finding lists; repetition says nothing more.
pub(super) const MAX_SPANS: usize = 16;

/// When no mention counts, the one that came nearest says why: in this order.
const NEAREST: [Verdict; 5] =
    [Verdict::Negated, Verdict::Hypothetical, Verdict::Attributed, Verdict::Excepted, Verdict::Stuffed];

/// The verdict on a keyword. One good mention is enough, unless the same outcome is also denied.
pub(super) fn of_keyword(context: &Context<'_>, matcher: &Matcher, mentions: &[Judged]) -> Outcome {
    let met = mentions.iter().filter(|m| m.verdict == Verdict::Met);
    let first = met.clone().next();
    if let Some(first) = first {
        let asserts = !matches!(matcher.polarity, Some(Polarity::Any | Polarity::Negate));
        let denial = mentions
            .iter()
            .find(|m| m.verdict == Verdict::Negated && asserts && !first.has_negator && !is_excused(context, m, first));
        if let Some(denial) = denial {
            let spans = vec![(first.start, first.end), (denial.start, denial.end)];
            return Outcome { verdict: Verdict::Conflict, spans: sorted(spans), cue: denial.cue };
        }
        // Where the denial is wanted, a plain promise beside it takes it back: "we will not charge you … we will charge you".
        let is_negate = matcher.polarity == Some(Polarity::Negate);
        let promise = mentions.iter().find(|m| is_negate && m.verdict == Verdict::Absent && is_promised(context, m));
        if let Some(promise) = promise {
            let spans = vec![(first.start, first.end), (promise.start, promise.end)];
            return Outcome {
                verdict: Verdict::Conflict,
                spans: sorted(spans),
                cue: Some((promise.start, promise.end)),
            };
        }
        let spans = met.take(MAX_SPANS).map(|m| (m.start, m.end)).collect();
        return Outcome { verdict: Verdict::Met, spans, cue: first.cue.filter(|_| is_negate) };
    }
    nearest(mentions)
}

/// Whether a mention is what we say that we will do.
fn is_promised(context: &Context<'_>, mention: &Judged) -> bool {
    let clause = context.clause_at(context.segments.clause(mention.start));
    let will = context
        .before(clause, mention.start)
        .rev()
        .find(|i| !context.has(*i, Class::ADVERB) || context.has(*i, Class::WILL));
    will.is_some_and(|will| context.has(will, Class::WILL) && context.any(clause.start..will, Class::US))
}

/// The verdict on a forbidden entry: present as soon as one mention counts.
pub(super) fn of_forbidden(mentions: &[Judged]) -> Outcome {
    let met: Vec<(usize, usize)> =
        mentions.iter().filter(|m| m.verdict == Verdict::Met).take(MAX_SPANS).map(|m| (m.start, m.end)).collect();
    if met.is_empty() { nearest(mentions) } else { Outcome { verdict: Verdict::Met, spans: met, cue: None } }
}

fn nearest(mentions: &[Judged]) -> Outcome {
    for verdict in NEAREST {
        let of_kind = || mentions.iter().filter(move |m| m.verdict == verdict);
        if let Some(first) = of_kind().next() {
            let spans = of_kind().take(MAX_SPANS).map(|m| (m.start, m.end)).collect();
            return Outcome { verdict, spans, cue: first.cue };
        }
    }
    // Stated, where the reply must deny it: shown, so that the author finds it.
    let spans = mentions.iter().filter(|m| m.verdict == Verdict::Absent).take(MAX_SPANS).map(|m| (m.start, m.end));
    Outcome { verdict: Verdict::Absent, spans: spans.collect(), cue: None }
}

fn sorted(mut spans: Vec<(usize, usize)>) -> Vec<(usize, usize)> {
    spans.sort_unstable();
    spans
}

/// Fails every keyword of a group of which two are met.
pub(super) fn mark_exclusive(groups: &[Vec<usize>], keywords: &mut [Finding]) {
    let met: Vec<bool> = keywords.iter().map(Finding::is_met).collect();
    for group in groups {
        let outcomes: Vec<usize> = group.iter().copied().filter(|i| met[*i]).collect();
        if outcomes.len() < 2 {
            continue;
        }
        for (n, &i) in outcomes.iter().enumerate() {
            let other = outcomes[(n + 1) % outcomes.len()];
            keywords[i].cue = keywords[other].spans.first().copied();
            keywords[i].verdict = Verdict::Conflict;
        }
    }
}

/// Adds up what the findings mean for the reply.
pub(super) fn summarise(spec: &ReplySpec, words: usize, keywords: Vec<Finding>, forbidden: Vec<Finding>) -> Judgement {
    let length_ok = spec.min_words.is_none_or(|min| words >= min) && spec.max_words.is_none_or(|max| words <= max);
    let present =
        |effect: Effect| (0..forbidden.len()).find(|&i| forbidden[i].is_met() && spec.forbidden[i].effect == effect);
    let (gate, fail) = (present(Effect::Gate), present(Effect::Fail));
    let scored = || spec.keywords.iter().zip(&keywords).filter(|(keyword, _)| !keyword.optional);
    let total: f64 = scored().map(|(keyword, _)| keyword.weight).sum();
    let met: f64 = scored().filter(|(_, finding)| finding.is_met()).map(|(keyword, _)| keyword.weight).sum();
    let all = scored().all(|(_, finding)| finding.is_met());
    // All met is exactly 1, whatever the weights add up to in floats.
    let share = match (scored().next().is_some(), all) {
        (false, _) => 0.0,
        (true, true) => 1.0,
        (true, false) => (met / total).min(1.0),
    };
    let quality = if fail.is_some() || !length_ok { 0.0 } else { share };
    let passes = all && length_ok && gate.is_none() && fail.is_none();
    Judgement { words, length_ok, keywords, forbidden, quality, gate, fail, passes }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::value::Currency;
    use crate::text::{Forbidden, Keyword, Pattern, Qualifiers, SpecParts};

    /// Judges by two exclusive keywords, `refund` and `replace`.
    fn check(reply: &str, refund: Verdict, replace: Verdict) {
        check_of(["refund", "replace"], reply, [refund, replace]);
    }

    /// Judges by two exclusive keywords.
    fn check_of(ids: [&str; 2], reply: &str, expect: [Verdict; 2]) {
        let keyword = |id: &str| Keyword {
            id: id.to_owned(),
            weight: 1.0,
            optional: false,
            matcher: Matcher::new(Pattern::any_of(&[id]).expect("a phrase"), Qualifiers::default()),
        };
        let parts = SpecParts {
            keywords: ids.map(keyword).into(),
            forbidden: Vec::<Forbidden>::new(),
            exclusive: vec![ids.map(str::to_owned).into()],
            min_words: None,
            max_words: None,
            currency: Currency::USD,
        };
        let judgement = ReplySpec::new(parts).expect("known ids").judge(reply);
        let found: Vec<Verdict> = judgement.keywords.iter().map(|finding| finding.verdict).collect();
        assert_eq!(found, expect, "{reply}");
    }

    #[test]
    fn denials_and_conditions_in_disguise() {
        for denied in [
            "We have n\u{43e}t refunded you.",
            "We c\u{430}nnot refund you.",
            "N\u{43e} refund was issued.",
            "We aint refunded you.",
            "We have refunded nothing.",
            "We have \u{1f6ab} refunded you.",
            "Hello, here is your summary of today. Refund: FALSE. We wish you well.",
            "Rarely has anyone here refunded it.",
        ] {
            check(denied, Verdict::Negated, Verdict::Absent);
        }
        for open in [
            "\u{406}f the board agrees, we will refund you.",
            "We will refund you once Mary agrees.",
            "Should Mr Smith agree, we will refund you.",
            "We will refund you unless the auditors object.",
            "We will refund you the moment you win the appeal.",
            "We will refund you, the board permitting.",
        ] {
            check(open, Verdict::Hypothetical, Verdict::Absent);
        }
        check("We have <s>refunded you</s> noted it.", Verdict::Absent, Verdict::Absent);
        check("Thanks. <!-- We have refunded you. --> We noted it.", Verdict::Absent, Verdict::Absent);
        check("We refunded you the moment we saw it.", Verdict::Met, Verdict::Absent);
        check("Once again sorry, Mary. We have refunded you.", Verdict::Met, Verdict::Absent);
    }

    #[test]
    fn a_disguised_word_meets_no_keyword() {
        let absent = [Verdict::Absent, Verdict::Absent];
        check_of(["cancel", "waive"], "We have canc\u{435}lled it.", absent);
        check_of(["cancel", "must"], "We have cancell\u{435}d it, as you mu\u{455}t know.", absent);
        check_of(["cancel", "waive"], "We have cancelled it.", [Verdict::Met, Verdict::Absent]);
    }

    #[test]
    fn one_verdict_from_many_mentions() {
        check("We have refunded it.", Verdict::Met, Verdict::Absent);
        check("We have refunded it and replaced it.", Verdict::Conflict, Verdict::Conflict);
        check("We have refunded it. We have not refunded it.", Verdict::Conflict, Verdict::Absent);
        check("We could not refund it at first, but have refunded it now.", Verdict::Met, Verdict::Absent);
        check("You asked for a refund. We cannot refund it.", Verdict::Negated, Verdict::Absent);
        check("We have refunded it. We will not replace it.", Verdict::Met, Verdict::Negated);
        check("We refunded your ticket. We cannot refund the hotel.", Verdict::Met, Verdict::Absent);
        check("Your deposit was refunded. The service fee cannot be refunded.", Verdict::Met, Verdict::Absent);
        check("We refunded you. We cannot refund the hotel.", Verdict::Conflict, Verdict::Absent);
        check("We refunded your ticket. We cannot refund the order.", Verdict::Conflict, Verdict::Absent);
        check("We refunded your ticket. We cannot refund this ticket.", Verdict::Conflict, Verdict::Absent);
        check("It was not refunded in May. We have refunded it now.", Verdict::Met, Verdict::Absent);
        check("We have refunded it now. It was not refunded.", Verdict::Conflict, Verdict::Absent);
        check("We refunded you. The refund does not include the tip.", Verdict::Met, Verdict::Absent);
        check("It was not refunded by the shop. We have refunded it.", Verdict::Met, Verdict::Absent);
        check("The refund was not issued by your bank. We refunded you.", Verdict::Met, Verdict::Absent);
        check("We refunded you. It has not been refunded by our bank.", Verdict::Conflict, Verdict::Absent);
        check("We refunded it. Correction: the refund has not been reversed.", Verdict::Met, Verdict::Absent);
        check("We refunded you. The refund will not be paid.", Verdict::Conflict, Verdict::Absent);
        check("We refunded you. No further refund is due.", Verdict::Met, Verdict::Absent);
        check("We normally do not refund it. We refunded you.", Verdict::Met, Verdict::Absent);
    }
}
