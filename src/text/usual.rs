//! The usual: what is told of most cases, or of a class of them, and set apart from the customer's own.
//!
//! "As a rule there is no fee", "in most cases we keep it" say nothing of this case; nor does "faults in the first month
//! are mended free; yours came later", where the class is named and the customer's own is set beside it (A Comprehensive
//! Grammar of the English Language, 5.52-57: generic reference).

use super::condition::is_done;
use super::context::{Context, Cue, Mention, REACH};
use super::elsewhere::{PEOPLE, sets_yours_apart};
use super::lexicon::Class;
use super::token::Gap;

/// How far behind a rule the customer is said to be under it, in words.
const INCLUSION: usize = 24;

/// The words by which the mention is told as a rule.
pub(super) fn as_a_rule(context: &Context<'_>, mention: Mention) -> Option<Cue> {
    let cue =
        rule(context, mention).or_else(|| for_everybody(context, mention)).or_else(|| of_a_class(context, mention))?;
    (!includes_you(context, mention)).then_some(cue)
}

/// "As a rule", "in most cases", "most people" in the clause or one that governs it.
fn rule(context: &Context<'_>, mention: Mention) -> Option<Cue> {
    let words = context.words;
    let own = context.segments.clause(mention.start);
    let sentence = context.sentence_of(mention.start);
    let from = sentence.start.max(mention.start.saturating_sub(REACH));
    let (at, end) = (from..mention.start).rev().find_map(|i| phrase(context, i).map(|end| (i, end)))?;
    let clause = context.segments.clause(at);
    let governs = context.governing(mention.start).any(|index| index == clause);
    let front = context.clause_at(clause);
    // "As a rule there is": a fronted phrase counts as a clause of its own where a comma or a subject follows.
    let is_front = clause + 1 == own
        && !words.is(at, "most")
        && !context.clause_at(own).is_hard
        && !context.any(front.start..front.end, Class::FINITE.or(Class::US));
    let is_contrasted = (end..mention.start).any(|i| context.has(i, Class::CONTRAST));
    ((governs || is_front) && !is_contrasted && !words.is(mention.start, "rule")).then_some((at, end))
}

/// The end of a phrase that opens a rule at `i`.
fn phrase(context: &Context<'_>, i: usize) -> Option<usize> {
    let words = context.words;
    let is_rule = words.is(i, "as") && words.is(i + 1, "a");
    if is_rule && words.is(i + 2, "rule")
        || words.is(i, "in") && words.is_any(i + 1, one_of!["most", "many"]) && words.is(i + 2, "cases")
    {
        return Some(i + 3);
    }
    if is_rule && words.is_any(i + 2, one_of!["general", "normal"]) && words.is(i + 3, "rule") {
        return Some(i + 4);
    }
    let is_most =
        words.is(i, "most") && (words.is_any(i + 1, PEOPLE) || words.is(i + 1, "of") && words.is(i + 2, "our"));
    let at_large = words.is(i, "in") && words.is(i + 1, "general") || is_most;
    at_large.then_some(i + 2)
}

/// "we waive a first fee for everybody": a present form without an auxiliary.
fn for_everybody(context: &Context<'_>, mention: Mention) -> Option<Cue> {
    let words = context.words;
    let clause = context.clause_at(context.segments.clause(mention.start));
    let before = context.before(clause, mention.start);
    let us = before.clone().find(|i| context.has(*i, Class::US))?;
    let is_present = context.skip_adverbs(us + 1) == mention.start && !context.is_past(mention.start);
    let all = (mention.end..clause.end.min(mention.end + 12)).find(|i| {
        words.is(*i, "for")
            && (words.is_any(i + 1, one_of!["everybody", "everyone"])
                || words.is_any(i + 1, one_of!["all", "every"]) && words.is_any(i + 2, PEOPLE))
    })?;
    (is_present && !context.any(clause.start..clause.end, Class::YOU)).then_some((all, all + 2))
}

/// "Faults in the first month are mended free; yours came later": a bare plural in the present, and the customer's own
/// case beside it.
fn of_a_class(context: &Context<'_>, mention: Mention) -> Option<Cue> {
    let words = context.words;
    let clause = context.clause_at(context.segments.clause(mention.start));
    let first = clause.start;
    let are = (first..mention.end).take(12).find(|i| words.is(*i, "are"))?;
    // "Call-outs are": a compound noun.
    let is_compound = words.gap(first + 1) == Gap::HYPHEN;
    let is_bare = is_compound || context.class(first) == Class::NONE;
    let is_plural = (first..are.min(first + 3)).any(|i| words.text(i).ends_with('s'));
    let is_own = context.any(first..clause.end, Class::YOU.or(Class::US).or(Class::WILL).or(Class::HAVE))
        || (first..clause.end).any(|i| words.is_any(i, one_of!["your", "yours", "being", "now"]));
    if !is_bare || !is_plural || is_own || is_done(context, mention) {
        return None;
    }
    sets_yours_apart(context, mention).map(|yours| (yours, yours + 1))
}

/// "…, and that goes for you, too": the customer is said to be under the rule.
fn includes_you(context: &Context<'_>, mention: Mention) -> bool {
    let words = context.words;
    let stop = words.list.len().min(mention.end + INCLUSION);
    let yours = |i: usize| context.has(i, Class::YOU) || words.is_any(i, one_of!["your", "yours"]);
    (mention.end..stop).any(|i| {
        // "too late" is no "too".
        let ends = !words.is(i, "too") || i + 1 >= stop || !words.gap(i + 1).only(Gap::SPACE);
        ends && words.is_any(i, one_of!["too", "either", "likewise", "same", "included", "alike"])
            && (mention.end..stop).any(yours)
            && !(mention.end..i).any(|j| context.has(j, Class::CONTRAST))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::context::probe;

    /// `expect` is the words of the rule, or nothing where the mention tells of this case.
    fn check(reply: &str, word: &str, expect: Option<&str>) {
        assert_eq!(probe::cue(reply, word, as_a_rule).as_deref(), expect, "{reply}");
    }

    #[test]
    fn rules() {
        check("As a rule there is no fee. In your case it is $5.", "fee", Some("as a rule"));
        check("In most cases we keep the award.", "award", Some("in most cases"));
        check("Most people hear that there is no fee.", "fee", Some("most people"));
        check("We waive a first fee for everybody.", "waive", Some("for everybody"));
        check("Repairs are free for customers with a plan. As yours lapsed, it costs $5.", "free", Some("yours"));
        check("Faults of that kind are mended free; yours came in late.", "free", Some("yours"));
    }

    #[test]
    fn this_case() {
        check("As a rule there is a fee, but we waived it.", "waived", None);
        check("As a rule there is no fee, and you pay none either.", "fee", None);
        check("We waived the fee for everybody.", "waived", None);
        check("We waive it for you as for everybody.", "waive", None);
        check("Repairs are free, and yours is covered.", "free", None);
        check("Your repair is free. Yours is the red one.", "free", None);
        check("Most people wait a week; we sent it today.", "sent", None);
    }
}
