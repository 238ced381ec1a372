//! Attribution: whether a mention is our statement, or the customer's wish, somebody else's act, an order, a topic.
//!
//! A passive or subjectless statement is ours. What the customer asked or said, what a third party does, what an
//! imperative tells the customer to do, and the noun that only names a subject ("your refund request") are not.

use super::aim::ADVISED;
use super::context::{Context, Cue, GOVERNORS, Mention};
use super::lexicon::Class;
use super::outsider::{outsider, speaks_outside};
use super::party::third_party;
use super::segment::{Clause, Link};
use super::token::{Gap, Kind};

/// The cue that gives the mention to somebody else, if one does.
pub(super) fn given_away_by(context: &Context<'_>, mention: Mention) -> Option<Cue> {
    reported_by(context, mention)
        .or_else(|| topic(context, mention))
        .or_else(|| order(context, mention))
        // "your bank needs a day to show the refund we made": ours, whoever shows it.
        .or_else(|| acted_by(context, mention).filter(|_| !context.is_presupposed(mention)))
        .or_else(|| quotation(context, mention))
}

/// Somebody else whose act the mention is. Who gave a thing its number does not matter: "which DHL registered as TRK-1".
fn acted_by(context: &Context<'_>, mention: Mention) -> Option<Cue> {
    if is_identifier(context, mention) {
        return None;
    }
    third_party(context, mention).or_else(|| outsider(context, mention))
}

/// Whether the mention is one id of letters and digits.
fn is_identifier(context: &Context<'_>, mention: Mention) -> bool {
    let words = context.words;
    let of_kind = |kind: Kind| (mention.start..mention.end).any(|i| words.list[i].kind == kind);
    let tight = (mention.start + 1..mention.end).all(|i| words.gap(i).only(Gap::HYPHEN.or(Gap::HASH).or(Gap::NONE)));
    tight && of_kind(Kind::Number) && of_kind(Kind::Word)
}

/// "you asked for a refund", "you said that we refunded", "you cancelled".
pub(super) fn reported_by(context: &Context<'_>, mention: Mention) -> Option<Cue> {
    let words = context.words;
    for (depth, index) in context.governing(mention.start).enumerate() {
        let clause = context.clause_at(index);
        if depth > 0 && !matches!(context.clause_at(index + 1).link, Link::Complement | Link::Predicate) {
            break;
        }
        if depth > 0
            && context.clause_at(index + 1).link == Link::Predicate
            && context.any(context.clause_at(index + 1).start..mention.start, Class::US)
        {
            break;
        }
        // "as you wished and are refunding it": the aside has no part in what goes on behind it.
        let is_aside = depth > 0 && words.is(clause.start, "as") && clause.end <= clause.start + 3;
        if is_aside {
            break;
        }
        let limit = if depth == 0 { mention.end } else { clause.end };
        // "the patient said she had": a word of speech that is not ours.
        if depth > 0 && context.clause_at(index + 1).link == Link::Complement {
            let said = context.before(clause, clause.end).rev().take(2).find(|i| {
                context.has(*i, Class::SPEECH) && context.is_past(*i)
                    || words.is_any(*i, &["said", "says", "told", "wrote", "claims", "thought"])
            });
            let ours = context.any(clause.start..clause.end, Class::US)
                || (clause.start..clause.end).any(|i| words.is_any(i, &["our", "my"]));
            if let Some(said) = said.filter(|_| !ours) {
                return Some((said, said + 1));
            }
            // "the site you used tells us that it will": somebody outside, in the present.
            let told = context.before(clause, clause.end).rev().take(2).find(|i| words.is_any(*i, TELLING));
            if let Some(told) = told.filter(|told| !ours && speaks_outside(context, *told)) {
                return Some((told, told + 1));
            }
        }
        let others = Class::YOU.or(Class::OTHERS);
        for subject in context.before(clause, limit) {
            // "paying you back": the object between a verb and its particle.
            if subject > mention.start && depth == 0 {
                break;
            }
            let by_other = context.has(subject, others) || context.has(subject, Class::THIRD_PARTY);
            if !by_other || context.any(clause.start..subject, Class::US) && context.has(subject, Class::YOU) {
                continue;
            }
            let mut verb = subject + 1;
            let mut allowed = false;
            while verb < limit && context.has(verb, Class::FINITE.or(Class::ADVERB).or(Class::NOT).or(Class::BEEN)) {
                allowed |= context.has(verb, Class::MODAL.or(Class::WILL));
                verb += 1;
            }
            // "on its way to you, free of charge": the comma ends what the subject could govern.
            let is_cut = verb == subject + 1 && words.gap(verb).has(Gap::COMMA);
            if verb >= limit || is_cut {
                continue;
            }
            let is_own = (mention.start..mention.end).contains(&verb);
            if is_own {
                let passive = (subject + 1..verb).any(|i| context.has(i, Class::BE.or(Class::BEEN)));
                // "you do not need to send it back": what nobody asks for is no act of theirs.
                if context.any(mention.start..mention.end, Class::NOT) {
                    continue;
                }
                // "only you can block it"
                if context.has(subject, Class::YOU) && subject > clause.start && words.is(subject - 1, "only") {
                    return Some((subject - 1, verb + 1));
                }
                // "you can call us", "you can renew it online": what they may do by themselves.
                if context.has(subject, Class::YOU) && allowed && !passive && by_themselves(context, clause, mention) {
                    return Some((subject, verb + 1));
                }
                if context.has(subject, Class::YOU) && !allowed && !passive && !words.is_any(verb, &["keep", "get"]) {
                    return Some((subject, verb + 1));
                }
                continue;
            }
            let expects = words.is_any(verb, &["expect", "hope", "see", "receive"]) && allowed;
            let needs = words.is_any(verb, &["need", "needed", "needs"])
                && (context.has(verb + 1, Class::ADVERB) || words.is_any(verb + 1, &["to", "not"]));
            let needs = needs || words.is_any(verb, &["need", "needs"]) && context.has(subject, Class::THIRD_PARTY);
            // "you might like to know that", "you may wish to note that"
            let tells = words.is(verb + 1, "to") && context.has(verb + 2, Class::TRANSPARENT);
            if tells {
                continue;
            }
            let likes = words.is_any(verb, &["like", "love"]) && allowed;
            let told =
                context.has(subject, Class::YOU) && words.is_any(verb, &["told", "speak", "spoke", "talk", "talked"]);
            if (context.has(verb, Class::SPEECH) || likes || told) && !expects && !needs {
                return Some((subject, verb + 1));
            }
        }
    }
    None
}

/// Verbs of report in the present, with a subject in the singular.
const TELLING: &[&str] = &["tells", "says", "assures", "informs", "promises", "writes", "confirms", "states"];

/// Whether an act that the customer may do is done at or with us by themselves rather than granted by us.
fn by_themselves(context: &Context<'_>, clause: Clause, mention: Mention) -> bool {
    let words = context.words;
    words.is_any(mention.end, &["us", "me"])
        || (mention.end..clause.end.min(mention.end + 8)).any(|i| {
            words.is_any(i, &["online", "yourself", "themselves", "website", "app", "portal", "settings"])
                || words.is(i, "at") && words.is(i + 1, "any")
        })
}

/// "your refund request", "a question about the refund", "regarding your refund".
fn topic(context: &Context<'_>, mention: Mention) -> Option<Cue> {
    let words = context.words;
    let clause = context.clause_at(context.segments.clause(mention.start));
    let tight = |i: usize| words.gap(i).only(Gap::SPACE.or(Gap::HYPHEN).or(Gap::NEWLINE));
    if mention.end < clause.end
        && context.has(mention.end, Class::TOPIC)
        && tight(mention.end)
        && !context.is_past(mention.start)
    {
        let granted = is_granted(context, mention, mention.end + 1) || grants(context, clause, mention);
        // "A vegan option stands next to each": something new, and no question of whether.
        let is_new = words.is_any(mention.end, &["option", "page", "section", "link", "button", "template"])
            && mention.start > clause.start
            && (words.is_any(mention.start - 1, &["a", "an", "new", "one", "two", "three"])
                || words.list[mention.start - 1].kind == Kind::Number);
        return (!granted && !is_new).then_some((mention.end, mention.end + 1));
    }
    if names_office(context, mention) {
        return Some((mention.start, mention.end));
    }
    // "we have opened a refund ticket"
    if words.is_any(mention.end, &["ticket", "case"])
        && tight(mention.end)
        && (clause.start.max(mention.start.saturating_sub(9))..clause.end.min(mention.end + 9)).any(|i| {
            words.is_any(i, &["opened", "raised", "created", "logged", "filed", "open", "opening", "raising", "number"])
        })
    {
        return Some((mention.end, mention.end + 1));
    }
    if context.is_presupposed(mention) {
        return None;
    }
    // "a refund is what you asked for"
    let what = context.predicate_of(mention.start, mention.end).filter(|i| context.has(*i, Class::BE)).map(|i| i + 1);
    if let Some(what) = what.filter(|i| words.is_any(*i, &["what", "something"]) && context.is_subject(mention))
        && context.has(what + 1, Class::YOU)
        && context.any(what + 2..what + 5, Class::SPEECH)
    {
        return Some((what, what + 2));
    }
    for q in context.before(clause, mention.start).rev() {
        if mention.start - q > 9
            || context.is_parted(q, mention.start)
            || context.any(q + 1..mention.start, Class::FINITE.or(Class::US))
        {
            break;
        }
        let papers =
            words.is_any(q, &["form", "page", "rules", "policy", "procedure", "terms", "conditions", "criteria"]);
        // "in the form of a credit" says what it is.
        let is_shape = words.is(q, "form") && words.is(q + 1, "of");
        // "there is no question of your supply being cut off": a denial.
        let is_denial = words.is(q, "question") && q > clause.start && words.is(q - 1, "no");
        let asks = (context.has(q, Class::ASKING) && !is_denial || papers && !is_shape)
            && words.is_any(q + 1, &["for", "about", "regarding", "on", "of", "to", "in", "concerning", "that"]);
        let about = context.has(q, Class::ABOUT)
            && words.gap(q + 1) != Gap::HYPHEN
            && mention.start - q <= 6
            && words.list.get(q + 1).is_some_and(|w| w.kind == Kind::Word)
            && !words.is(q, "around");
        // "thanks for asking for a refund"
        // "your note asking us to"
        let is_letter = q > clause.start
            && words.is_any(q - 1, &["note", "letter", "message", "mail", "email", "call", "ticket", "text", "post"]);
        let asking = context.has(q, Class::SPEECH)
            && words.text(q).ends_with("ing")
            && words.is_any(q + 1, &["for", "about", "a", "the", "your", "us", "me"])
            && (is_letter || !context.any(clause.start..q, Class::US.or(Class::BE)));
        if asks || about || asking {
            let granted = is_granted(context, mention, mention.end) || asks && grants(context, clause, mention);
            return (!granted).then_some((q, q + 1));
        }
    }
    None
}

/// "Admissions has waived it", "my colleagues in Refunds": a plural that names an office, told by its verb in the
/// singular or by standing in the middle of a sentence with a capital.
fn names_office(context: &Context<'_>, mention: Mention) -> bool {
    let words = context.words;
    let is_name = mention.end == mention.start + 1
        && !words.text(mention.start).ends_with("ss")
        && words.list[mention.start].is_capital
        && !words.list[mention.start].is_caps
        && words.text(mention.start).ends_with('s');
    let is_singular = words.is_any(mention.end, &["has", "is", "was"]) && words.gap(mention.end).only(Gap::SPACE);
    let is_place = mention.start > context.sentence_of(mention.start).start
        && words.is_any(mention.start - 1, &["in", "at", "from"]);
    is_name && (is_singular || is_place)
}

/// "we have approved your refund request"
fn grants(context: &Context<'_>, clause: Clause, mention: Mention) -> bool {
    let range = context.before(clause, mention.start);
    let Some(verb) = range.clone().rev().find(|i| context.has(*i, Class::GRANTED)) else { return false };
    context.any(clause.start..verb, Class::US) && !context.any(clause.start..verb, Class::NOT.or(Class::MODAL))
}

/// "… has been approved": a granted request is an outcome.
fn is_granted(context: &Context<'_>, mention: Mention, from: usize) -> bool {
    let Some(finite) = context.predicate_of(mention.start, from) else { return false };
    let end = context.clause_at(context.segments.clause(finite)).end;
    let granted = (finite + 1..end.min(finite + 5)).find(|i| context.has(*i, Class::GRANTED));
    !context.has(finite, Class::MODAL) && granted.is_some_and(|i| !context.any(finite..i, Class::NOT))
}

/// An order to the customer: "please send …", "reply with …", "refund the extra capture".
fn order(context: &Context<'_>, mention: Mention) -> Option<Cue> {
    ordered(context, mention).or_else(|| told_to_say(context, mention))
}

/// "In the reply, say that we refund it": words that somebody is told to say.
fn told_to_say(context: &Context<'_>, mention: Mention) -> Option<Cue> {
    let words = context.words;
    let own = context.segments.clause(mention.start);
    let first = context.sentence_of(mention.start).clauses.0;
    for index in (first..own).rev().take(GOVERNORS) {
        let below = context.clause_at(index + 1);
        let that = below.start + usize::from(context.has(below.start, Class::COORDINATOR));
        if !words.is(that, "that") && !matches!(below.link, Link::Complement | Link::Relative) {
            return None;
        }
        let clause = context.clause_at(index);
        let verb = context.skip_adverbs(clause.start);
        if words.is_any(verb, &["say", "mention", "explain", "state", "write", "tell"])
            && clause.end <= verb + 4
            && words.is(clause.end, "that")
            && !words.is_any(verb + 1, &["us", "me"])
        {
            return Some((verb, verb + 1));
        }
    }
    None
}

/// An order whose verb is the mention's, or takes it for an object.
fn ordered(context: &Context<'_>, mention: Mention) -> Option<Cue> {
    let words = context.words;
    let index = context.segments.clause(mention.start);
    let mut clause = context.clause_at(index);
    // "please click here and send it": further orders.
    let mut first = index;
    while clause.link == Link::Predicate
        && index - first < GOVERNORS
        && first > 0
        && context.same_sentence(first - 1, mention.start)
        && !context.has(clause.start + 1, Class::FINITE)
    {
        if context
            .any(context.clause_at(first - 1).start..context.clause_at(first - 1).end, Class::FINITE.or(Class::US))
        {
            // "what I have done is end the contract and pay it back": a second half, and no order.
            let parent = context.clause_at(first - 1);
            let equates =
                |i: usize| (i + 1..i + 5).find(|j| context.has(*j, Class::FINITE)).filter(|j| *j < parent.end);
            let is_cleft = (parent.start..parent.end).any(|i| {
                words.is_any(i, &["done", "do", "did"]) && equates(i).is_some_and(|j| context.has(j, Class::BE))
            });
            let is_cleft = is_cleft
                || first >= 2 && {
                    let head = context.clause_at(first - 2);
                    context.same_sentence(first - 2, mention.start)
                        && words.is_any(head.end.saturating_sub(1), &["done", "do", "did"])
                        && context.has(parent.start, Class::BE)
                };
            if is_cleft && !context.has(clause.start + 1, Class::PLEASE) {
                return None;
            }
            break;
        }
        first -= 1;
        clause = context.clause_at(first);
    }
    let range = context.before(clause, mention.start + 1);
    if let Some(please) = range.clone().find(|i| context.has(*i, Class::PLEASE)) {
        let verb = context.skip_adverbs(please + 1);
        return judge_order(context, mention, please, verb);
    }
    // "It is best to seal the shrub"
    let own = context.clause_at(index);
    if let Some(to) = context
        .before(own, mention.start)
        .rev()
        .take(5)
        .find(|i| words.is(*i, "to") && *i > own.start + 1 && words.is_any(*i - 1, ADVISED))
    {
        return Some((to - 1, to + 1));
    }
    // "By all means move it yourself"
    let by_all_means =
        words.is(clause.start, "by") && words.is(clause.start + 1, "all") && words.is(clause.start + 2, "means");
    let mut verb = context.skip_adverbs(clause.start + if by_all_means { 3 } else { 0 });
    while context.has(verb, Class::COORDINATOR) {
        verb = context.skip_adverbs(verb + 1);
    }
    // A bare infinitive at the head of a sentence asserts nothing either.
    if words.is(verb, "to") && verb == clause.start && verb + 1 == mention.start {
        return Some((verb, verb + 1));
    }
    if words.is(verb, "feel") && words.is(verb + 1, "free") {
        return None;
    }
    let opens = verb <= mention.start
        && (!context.sentence_of(mention.start).is_label
            || clause.is_hard && clause.start > context.sentence_of(mention.start).start)
        && (context.has(verb, Class::ORDER) || verb == mention.start && is_base(context, mention));
    if !opens || !reads_as_verb(context, verb, mention) {
        return None;
    }
    judge_order(context, mention, verb, verb)
}

fn judge_order(context: &Context<'_>, mention: Mention, cue: usize, verb: usize) -> Option<Cue> {
    let lets_see = context.has(verb, Class::TRANSPARENT) && !(mention.start..mention.end).contains(&verb);
    if lets_see
        || context.words.is_any(verb, &["bear", "be"]) && !(mention.start..mention.end).contains(&verb)
        // "please check your statement for a refund"
        || context.words.is_any(verb, &["check", "look", "watch", "monitor"])
            && (verb + 1..mention.start).any(|i| context.words.is(i, "for"))
        // "please keep it": what we let them have.
        || context.words.is_any(verb, &["keep", "enjoy"])
    {
        return None;
    }
    Some((cue, verb + 1))
}

/// Whether the mention's first word is in its base form, as an order's verb is.
fn is_base(context: &Context<'_>, mention: Mention) -> bool {
    if context.has(mention.start, Class::FUNCTION) {
        return false;
    }
    let text = context.words.text(mention.start);
    !context.is_past(mention.start)
        && !text.ends_with("ing")
        && !text.ends_with('s')
        && !text.ends_with("ment")
        && !text.ends_with("tion")
}

/// Whether a word that may be noun or verb is a verb here: an object follows.
fn reads_as_verb(context: &Context<'_>, verb: usize, mention: Mention) -> bool {
    let words = context.words;
    if !words.gap(verb + 1).only(Gap::SPACE.or(Gap::NEWLINE)) || words.list.get(verb + 1).is_none() {
        return false;
    }
    let next = context.class(verb + 1);
    // "Pay run reprocessed for May", "Transfer form signed": a noun with its participle.
    let is_heading = next == Class::NONE
        && (verb + 2..verb + 4).any(|i| {
            let goes_on = context.has(i + 1, Class::PREPOSITION.or(Class::ADVERB).or(Class::COORDINATOR))
                || words.list.get(i + 1).is_none_or(|_| !words.gap(i + 1).only(Gap::SPACE));
            context.is_past(i) && !context.has(i - 1, Class::DETERMINER) && words.gap(i).only(Gap::SPACE) && goes_on
        });
    // "1. Transfer to flight 7": an item that names what was arranged.
    let is_item = context.sentence_of(verb).is_bullet && words.is_any(verb + 1, &["to", "for", "of"]);
    if is_heading || is_item {
        return false;
    }
    let object = next.has(Class::DETERMINER.or(Class::YOU).or(Class::POSSESSIVE).or(Class::DUMMY))
        || words.is_any(
            verb + 1,
            &[
                "us", "me", "them", "him", "back", "with", "to", "in", "on", "out", "up", "by", "for", "here",
                "through", "any",
            ],
        )
        || words.list[verb + 1].kind != Kind::Word;
    if verb == mention.start {
        object && !words.is_any(verb + 1, &["to", "for", "in", "on", "by", "with", "through", "of"])
    } else {
        object || next == Class::NONE && !context.is_past(verb + 1)
    }
}

/// Words between quotation marks that somebody is said to have spoken, or a sentence's worth of them.
fn quotation(context: &Context<'_>, mention: Mention) -> Option<Cue> {
    let words = context.words;
    let sentence = context.sentence_of(mention.start);
    let mut opened: Option<usize> = None;
    let from = sentence.start.max(mention.start.saturating_sub(2 * super::context::REACH));
    for i in from..=mention.start {
        if words.gap(i).has(Gap::QUOTE) {
            opened = if opened.is_some() { None } else { Some(i) };
        }
    }
    let start = opened?;
    let end = (mention.start + 1..=words.list.len().min(mention.start + super::context::REACH))
        .find(|i| words.gap(*i).has(Gap::QUOTE))?;
    let clause: Clause = context.clause_at(context.segments.clause(start.saturating_sub(1)));
    let spoken = context.any(clause.start..start, Class::SPEECH.or(Class::YOU)) || words.gap(start).has(Gap::COLON);
    let is_sentence = end - start >= 3 && context.any(start..end, Class::FINITE.or(Class::US).or(Class::YOU));
    (spoken || is_sentence || end - start >= 5).then_some((start, end))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::context::probe;

    /// `expect` is the cue, or nothing where the stage has no objection.
    fn check(reply: &str, word: &str, expect: Option<&str>) {
        assert_eq!(probe::cue(reply, word, given_away_by).as_deref(), expect, "{reply}");
    }

    #[test]
    fn others() {
        check("You asked for a refund.", "refund", Some("you asked"));
        check("We received your refund request.", "refund", Some("request"));
        check("The hotel will refund you.", "refund", Some("hotel"));
        check("Your GP will refund you.", "refund", Some("your gp"));
        check("Please refund the customer.", "refund", Some("please refund"));
        check("You can cancel it online.", "cancel", Some("you can cancel"));
        check("The shop will refund you, not us.", "refund", Some("not us"));
        check("According to your message, we refunded it.", "refunded", Some("according to"));
        check("The site you used tells us that it will refund you.", "refund", Some("tells"));
        check("In the reply, say that it was late, and that we refunded it.", "refunded", Some("say"));
        check("It is they who will refund you.", "refund", Some("they who"));
        check("It was refunded by the firm you pay through.", "refunded", Some("by the firm you"));
        check("The refund comes from Apple and not from us.", "refund", Some("not from"));
        check("By all means cancel it yourself.", "cancel", Some("cancel"));
        check("Refunds has your file.", "refunds", Some("refunds"));
    }

    #[test]
    fn ours() {
        check("A colleague will refund you.", "refund", None);
        check("Someone will ring you.", "ring", None);
        check("Our billing department refunded it.", "refunded", None);
        check("A refund is on its way.", "refund", None);
        check("We have approved your refund request.", "refund", None);
        check("You can keep it.", "keep", None);
        check("Your bank will show the refund.", "refund", None);
        check("I ended it, as you wished, and refunded you.", "refunded", None);
        check("What I have done today is end it and refund you.", "refund", None);
        check("There is no question of a refund being late.", "refund", None);
    }
}
