//! Polarity: whether a mention is denied.
//!
//! Follows NegEx and ConText: a cue, the direction it works in, and what ends its scope. Cues before the mention reach
//! it within its clause and through complements ("I don't think we can refund"); cues in the predicate reach back to
//! its subject ("the refund has been declined"). Pseudo-cues ("not only", "no later than") are told apart first.
//! The rules lean towards denial: two negators in one clause still deny.

use super::context::{Context, Cue, GOVERNORS, Mention};
use super::denial::{denial_reaches, is_opposed};
use super::elsewhere::done_elsewhere;
use super::gerund::denied_as_subject;
use super::lexicon::Class;
use super::nil::nil;
use super::one_of::OneOf;
use super::pseudo::{COUNTED, is_pseudo};
use super::refusal::{in_comment, in_predicate, upheld};
use super::reversal::reversed;
use super::segment::{Clause, Link};
use super::token::Gap;
use super::undoing::{taken_back, undone};

/// The cue that denies the mention, if one does.
pub(super) fn denied_by(context: &Context<'_>, mention: Mention) -> Option<Cue> {
    before_mention(context, mention)
        .or_else(|| in_predicate(context, mention))
        .or_else(|| in_comment(context, mention))
        .or_else(|| upheld(context, mention))
        .or_else(|| denied_as_subject(context, mention))
        .or_else(|| taken_back(context, mention))
        .or_else(|| undone(context, mention))
        .or_else(|| reversed(context, mention))
        .or_else(|| done_elsewhere(context, mention))
        .or_else(|| nil(context, mention))
}

/// A cue in the mention's clause or in one that governs it.
fn before_mention(context: &Context<'_>, mention: Mention) -> Option<Cue> {
    let mut limit = mention.start;
    let mut index = context.segments.clause(mention.start);
    for _ in 0..GOVERNORS {
        let clause = context.clause_at(index);
        let own = limit == mention.start;
        if let Some(cue) = cue_before(context, clause, limit, mention, own) {
            return Some(cue);
        }
        if index == 0 || !context.same_sentence(index - 1, mention.start) {
            return None;
        }
        let parent = context.clause_at(index - 1);
        let reaches = match clause.link {
            Link::Complement => true,
            // "nothing we can refund", "no way that we refund", "not something we refund": the head is counted away.
            Link::Relative => return counted_head(context, parent),
            Link::Predicate => shares_auxiliary(context, parent, clause, mention),
            // "No refund that you asked for will be issued": the quantifier of the subject.
            Link::Resume => {
                let head = if index >= 2 { context.clause_at(index - 2) } else { parent };
                let first = head.start;
                let counted = context.words.is_any(first, one_of!["no", "none", "nothing", "neither", "nobody"])
                    && !is_pseudo(context, first);
                return counted.then_some((first, first + 1));
            }
            _ => false,
        };
        if !reaches {
            return None;
        }
        limit = clause.start;
        index -= 1;
    }
    None
}

/// The negator of the noun that a relative clause restricts.
fn counted_head(context: &Context<'_>, parent: Clause) -> Option<Cue> {
    let words = context.words;
    // "it was not our team that refunded you"
    if words.is(parent.start, "it")
        && context.has(parent.start + 1, Class::BE)
        && words.is(parent.start + 2, "not")
        && !is_pseudo(context, parent.start + 2)
    {
        return Some((parent.start + 2, parent.start + 3));
    }
    let last = parent.end.checked_sub(1).filter(|i| *i > parent.start)?;
    // "not a case in which we refund"
    let head = if context.has(last, Class::PREPOSITION) { last - 1 } else { last };
    if words.is_any(head, one_of!["nothing", "nobody", "none", "nowhere"]) {
        return Some((head, head + 1));
    }
    let from = parent.start.max(head.saturating_sub(3));
    (from..head).rev().find_map(|i| {
        let negates = words.is(i, "no") && i + 2 >= head && !is_pseudo(context, i)
            || words.is(i, "not")
                && words.is_any(head, one_of!["something", "anything", "one", "thing", "item", "case", "way"]);
        negates.then_some((i, i + 1))
    })
}

/// Whether "and refund" still hangs on the negated auxiliary before: "cannot verify and refund", but not "did not find
/// it and refunded".
fn shares_auxiliary(context: &Context<'_>, parent: Clause, clause: Clause, mention: Mention) -> bool {
    if clause.is_hard && !context.words.is(clause.start, "or") {
        return false;
    }
    let first = context.skip_adverbs(clause.start + 1);
    if first >= clause.end || context.has(first, Class::FINITE) || first > mention.start {
        return false;
    }
    let Some(negator) = (parent.start..parent.end).rev().find(|i| context.has(*i, Class::NOT)) else { return true };
    let auxiliary = (parent.start..negator).rev().find(|i| context.has(*i, Class::FINITE));
    // "the seats you no longer use and applied a credit": an adverb of its own verb alone.
    let is_adverb = context.words.is(negator, "no") && context.words.is(negator + 1, "longer");
    if auxiliary.is_none() && (is_adverb || parent.link == Link::Relative) {
        return false;
    }
    let takes_base = auxiliary.is_some_and(|i| context.has(i, Class::DO.or(Class::WILL).or(Class::MODAL)));
    if takes_base {
        !context.is_past(first)
    } else {
        context.is_past(first) || context.words.text(first).ends_with("ing")
    }
}

/// Nouns for what may come to pass, whose lack denies the act behind "of".
const AVERTED: &OneOf = one_of!["risk", "danger", "question", "chance", "prospect", "threat", "likelihood", "fear"];

/// The nearest cue of a clause whose scope reaches up to `limit`.
fn cue_before(context: &Context<'_>, clause: Clause, limit: usize, mention: Mention, own: bool) -> Option<Cue> {
    let words = context.words;
    for q in context.before(clause, limit).rev() {
        let class = context.class(q);
        // "no payment plan": what "no" counts is the mention itself, however harmless its first word.
        // Likewise "not any booking fee", "without any further charge".
        let between = q + 1..mention.start;
        let is_counter =
            words.is_any(q, one_of!["no", "without"]) || words.is(q, "not") && words.is_any(q + 1, one_of!["any", "a"]);
        // "you did not lose any data": where the loss is what was looked for, it is denied like any other act.
        let is_loss_denied = own && q + 1 == mention.start && words.is_any(q + 1, one_of!["lose", "forfeit", "miss"]);
        let counts_mention =
            own && is_counter && between.len() <= 2 && between.clone().all(|i| words.is_any(i, COUNTED));
        // "there is no risk of us disconnecting it": what will not come to pass, and no further word of the clause.
        let averted = own
            && is_counter
            && (words.text(mention.start).ends_with("ing") || words.is(mention.start - 1, "being"))
            && (q + 1..q + 3).any(|i| {
                words.is_any(i, AVERTED)
                    && words.is(i + 1, "of")
                    && mention.start > i + 1
                    && mention.start <= i + 6
                    && !context.any(i + 2..mention.start, Class::FINITE)
            });
        if averted {
            return Some((q, q + 1));
        }
        if class.has(Class::NOT)
            && (counts_mention || is_loss_denied || !is_pseudo(context, q))
            && reaches(context, q, limit, mention, own)
        {
            // "neither waive nor cancel": the first half speaks for both.
            let neither = (clause.start..q).rev().find(|i| words.is(q, "nor") && words.is(*i, "neither"));
            let q = neither.unwrap_or(q);
            return Some((q, q + 1));
        }
        // "unable to pay this, as it began in May": a reason stands by itself.
        let is_reasoned = (q + 1..limit).any(|i| words.gap(i).has(Gap::COMMA) && context.has(i, Class::CAUSE));
        if class.has(Class::INCAPABLE) && !is_reasoned {
            return Some((q, q + 1));
        }
        // "decided against refunding", but "credited against your bill"; "everything except a refund"
        let single = words.is_any(q, one_of!["except", "besides"]) && q > clause.start
            || words.is(q, "against") && is_opposed(context, clause, q)
            || words.is(q, "beyond") && q + 1 == mention.start
            || words.is_any(q, one_of!["beyond", "outside"]) && context.has(q + 1, Class::DETERMINER);
        let phrase = (words.is(q, "instead") && words.is(q + 1, "of"))
            || (words.is(q, "rather") && words.is(q + 1, "than"))
            || (words.is(q, "in") && words.is_any(q + 1, one_of!["lieu", "place"]) && words.is(q + 2, "of"))
            || (words.is(q, "as") && words.is(q + 1, "opposed"))
            || (words.is(q, "far") && words.is(q + 1, "from"))
            || (words.is(q, "other") && words.is(q + 1, "than"))
            || (words.is(q, "short") && words.is(q + 1, "of"))
            || (words.is_any(q, one_of!["excluded", "exempt", "barred", "precluded", "prevented", "banned"])
                && words.is(q + 1, "from"))
            || (words.is(q, "ruled") || words.is(q, "rule")) && words.is(q + 1, "out");
        let width = if single { 1 } else { 2 };
        if own
            && (single || phrase)
            && q + width <= limit
            && !context.is_parted(q, limit)
            && !context
                .any(q + 1 + width * usize::from(words.is(q + width, "have"))..limit, Class::FINITE.or(Class::US))
            && !(q == clause.start && opens_main(context, q + width, limit))
        {
            return Some((q, q + width));
        }
        // "it is impossible to refund", "it is unlikely that we will refund"
        let doubts = !own
            && words.is_any(q, one_of!["doubt", "doubts", "doubted"])
            && q + 1 == limit
            && !context.any(clause.start.max(q.saturating_sub(3))..q, Class::NOT);
        // "you lose the deposit"
        if own
            && words.is_any(q, one_of!["lose", "forfeit"])
            && context.any(clause.start..q, Class::YOU)
            && limit - q <= 3
        {
            return Some((q, q + 1));
        }
        // "we almost refunded it"
        let nearly =
            own && q + 1 == mention.start && words.is_any(q, one_of!["nearly", "almost"]) && context.is_past(q + 1);
        if nearly {
            return Some((q, q + 1));
        }
        // "we are fully booked"
        let taken = own && q + 1 == mention.start && words.is(q, "fully") && words.is(mention.start, "booked");
        if doubts || taken {
            return Some((q, q + 1));
        }
        let complement = (own && (words.is(q + 1, "to") || words.is(q + 1, "for")) || !own && q + 1 == limit)
            && words.is_any(q, IMPOSSIBLE);
        if complement && !context.is_parted(q, limit) {
            return Some((q, q + 1));
        }
        let turned_down = PHRASAL.iter().any(|(verbs, particle)| words.is_any(q, verbs) && words.is(q + 1, particle));
        if own && turned_down && q + 1 < limit && denial_reaches(context, clause, q + 1, limit) {
            return Some((q, q + 2));
        }
        // "it makes little sense to refund"
        if own
            && words.is(q, "little")
            && words.is_any(q + 1, one_of!["sense", "point", "use", "reason"])
            && q + 3 <= limit
        {
            return Some((q, q + 2));
        }
        // "we have yet to refund"
        if words.is(q, "yet") && words.is(q + 1, "to") && q > clause.start && limit - q <= 6 {
            return Some((q, q + 2));
        }
        // "too late to refund"
        if own
            && words.is(q, "too")
            && (q + 1..limit).any(|i| words.is_any(i, one_of!["to", "for"]))
            && !context.is_parted(q, limit)
        {
            return Some((q, (q + 2).min(limit)));
        }
        // "do not forget to seal it", "we did not fail to"
        let undone = q > clause.start
            && context.has(q - 1, Class::NOT)
            && words.is_any(q, one_of!["forget", "fail", "neglect", "miss", "omit"]);
        if class.has(Class::DENIAL) && own && !undone && denial_reaches(context, clause, q, limit) {
            return Some((q, q + 1));
        }
    }
    None
}

/// "Instead of a voucher you get a refund": the fronted phrase has its noun, and the subject follows.
fn opens_main(context: &Context<'_>, from: usize, limit: usize) -> bool {
    (from + 1..limit).any(|i| {
        let is_verb = context.class(i + 1) == Class::NONE || context.has(i + 1, Class::ARRIVAL.or(Class::TRANSPARENT));
        context.has(i, Class::YOU)
            && context.class(i - 1) == Class::NONE
            && !context.words.text(i - 1).ends_with("ing")
            && context.has(from, Class::DETERMINER)
            && is_verb
    })
}

/// Verbs that deny what they take by their particle: "hold off booking", "turn down the claim".
const PHRASAL: &[(&OneOf, &str)] = &[
    (one_of!["turn", "turned", "turning"], "down"),
    (one_of!["hold", "held", "holding", "put", "putting", "call", "called", "calling", "break", "broke"], "off"),
    (one_of!["back", "backed", "backing", "opt", "opted", "pull", "pulled"], "out"),
    (one_of!["hold", "held", "holding", "keep", "kept"], "back"),
    (one_of!["go", "going", "went"], "without"),
];

/// Adjectives that deny the clause or infinitive behind them.
const IMPOSSIBLE: &OneOf = one_of![
    "impossible",
    "unlikely",
    "untrue",
    "false",
    "incorrect",
    "doubtful",
    "wrong",
    "inappropriate",
    "unreasonable"
];

/// Whether a negator's scope runs up to `limit`.
fn reaches(context: &Context<'_>, q: usize, limit: usize, mention: Mention, own: bool) -> bool {
    let words = context.words;
    if words.is(q, "without") {
        return own
            && limit - q <= 8
            && !context.is_parted(q, limit)
            && !context.any(q + 1..limit, Class::FINITE.or(Class::US));
    }
    // "your account, never really at risk, has been unlocked": an aside.
    let aside = words.gap(q).has(Gap::COMMA)
        && (q + 1..limit)
            .find(|i| words.gap(*i).has(Gap::COMMA))
            .is_some_and(|end| !context.any(q..end, Class::FINITE));
    if aside && own {
        return false;
    }
    // "not any more, customs having released them": a clause of its own without a finite verb.
    let is_absolute = (q + 1..=mention.start).any(|i| words.gap(i).has(Gap::COMMA))
        && (q + 1..=mention.end).any(|i| words.is(i, "having"));
    if is_absolute && own {
        return false;
    }
    // A negated verb denies its object, not what merely stands beside it: "we will not charge you for the new card".
    let verb = context.skip_adverbs(q + 1);
    let beside = own
        && words.is_any(verb, BESIDE_VERBS)
        && verb + 1 < mention.start
        && (verb + 1..mention.start)
            .any(|i| words.is_any(i, one_of!["for", "about", "with", "while", "during", "from", "on", "as"]));
    let needs_verb = words.is_any(verb, one_of!["need", "have"]) && words.is(verb + 1, "to");
    let beside_infinitive = needs_verb && own && {
        let inner = verb + 2;
        // What nobody has to do leaves its aim untouched: "you need not prove anything to get this refund".
        let aim = (inner + 1..mention.start).any(|i| words.is(i, "to"));
        aim || words.is_any(inner, BESIDE_VERBS)
            && inner + 1 < mention.start
            && (inner + 1..mention.start).any(|i| words.is_any(i, one_of!["for", "about", "with", "as", "on"]))
    };
    // "no signature is needed for the refund"
    let unneeded = own
        && (q + 1..mention.start).any(|i| {
            words.is_any(i, one_of!["needed", "required", "necessary", "due", "owed"])
                && (i + 1..mention.start).any(|j| words.is_any(j, one_of!["for", "to", "with", "as", "on"]))
        });
    if beside || beside_infinitive || unneeded {
        return false;
    }
    // "no" counts its noun; a finite verb behind it still denies the whole ("no item was refunded").
    // "at no point did we", "under no circumstances will we": fronted, with the verb inverted.
    let fronted = context.words.is_any(
        q + 1,
        one_of!["point", "circumstance", "circumstances", "way", "event", "time", "account", "means", "case", "stage"],
    );
    // "No excuses, just a refund"
    let turned = words.is(q, "no")
        && (q + 1..=limit)
            .any(|i| words.gap(i).has(Gap::COMMA.or(Gap::DASH)) && words.is_any(i, one_of!["just", "only", "simply"]));
    if turned && own {
        return false;
    }
    fronted || !(words.is(q, "no") && context.any(q + 1..limit, Class::US) && own)
}

/// Verbs whose negation leaves what follows a preposition untouched.
const BESIDE_VERBS: &OneOf = one_of![
    "charge", "charged", "bill", "billed", "cost", "pay", "need", "worry", "wait", "lose", "owe", "return", "send",
    "contact", "call", "take", "affect", "do", "reply", "follow", "chase", "visit", "complete", "fill", "provide",
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::context::probe;

    /// `expect` is the cue, or nothing where the stage has no objection.
    fn check(reply: &str, word: &str, expect: Option<&str>) {
        assert_eq!(probe::cue(reply, word, denied_by).as_deref(), expect, "{reply}");
    }

    #[test]
    fn cues_before_the_mention() {
        check("We cannot refund it.", "refund", Some("not"));
        check("We are unable to refund it.", "refund", Some("unable"));
        check("I do not think that we will refund it.", "refund", Some("not"));
        check("At no point did we refund it.", "refund", Some("no"));
        check("We sent a voucher instead of a refund.", "refund", Some("instead of"));
        check("There is nothing we can refund.", "refund", Some("nothing"));
        check("I doubt that we will refund it.", "refund", Some("doubt"));
        check("We will hold off on a refund.", "refund", Some("hold off"));
        check("There is no question of refunding you.", "refunding", Some("no"));
        check("We have decided against a refund.", "refund", Some("against"));
        check("The team declined the refund.", "refund", Some("declined"));
    }

    #[test]
    fn cues_in_the_predicate() {
        check("Your refund was declined.", "refund", Some("declined"));
        check("The refund is out of the question.", "refund", Some("out of the question"));
        check("We would refund it, but we cannot.", "refund", Some("not"));
        check("The refund of $5 lapses.", "refund", Some("lapses"));
        check("The refund of $5 never left us.", "refund", Some("never"));
        check("Refund of $5 refused by the system.", "refund", Some("refused"));
    }

    #[test]
    fn what_denies_nothing() {
        check("We have not only refunded it.", "refunded", None);
        check("A refund of $5 was credited against your bill, and a refund follows.", "refund", None);
        check("It was credited against the next refund.", "refund", None);
        check("We are sending the four missing wheels.", "wheels", None);
        check("It was not approved, for the illness started in the trial.", "trial", None);
        check("You will not miss out on your refund.", "refund", None);
        check("Instead of a voucher you get a refund.", "refund", None);
        check("Tell us if the refund we sent has not arrived.", "refund", None);
        check("There is no need to worry: we refunded it.", "refunded", None);
        check("We will refund it no later than Friday.", "refund", None);
        check("Your refund will not be delayed.", "refund", None);
        check("The refund has gone through.", "refund", None);
        check("We did not find it, but we refunded you.", "refunded", None);
        check("Your order, never at risk, was refunded.", "refunded", None);
        check("Neither is covered, as both fell inside the period.", "period", None);
        check("Your plan is frozen and will not restart before May.", "plan", None);
        check("We removed the seats you no longer use and applied a credit.", "credit", None);
        check("They are not any more, customs having released them.", "customs", None);
        check("Your refund will not be touched.", "refund", None);
    }
}
