//! Attribution: whether a mention is our statement, or the customer's wish, somebody else's act, an order, a topic.
//!
//! A passive or subjectless statement is ours. What the customer asked or said, what a third party does, what an
//! imperative tells the customer to do, and the noun that only names a subject ("your refund request") are not.

use super::apposition::{named_outsider, their_firm};
use super::context::{Context, Cue, Mention};
use super::elsewhere::for_somebody;
use super::lexicon::Class;
use super::one_of::OneOf;
use super::order::order;
use super::outsider::{outsider, promises_outside, speaks_outside, tied_outsider};
use super::party::third_party;
use super::pronoun::pronoun_outside;
use super::segment::{Clause, Link};
use super::token::{Gap, Kind};
use super::topic::topic;

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
    third_party(context, mention)
        .or_else(|| outsider(context, mention))
        .or_else(|| tied_outsider(context, mention))
        .or_else(|| named_outsider(context, mention))
        .or_else(|| their_firm(context, mention))
        .or_else(|| pronoun_outside(context, mention))
        .or_else(|| for_somebody(context, mention))
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
            // "has written to us that": whom it was written to stands between.
            let told = (clause.start..clause.end)
                .rev()
                .take(5)
                .find(|i| words.is(*i, "to") && words.is_any(i + 1, one_of!["us", "me", "my", "our"]));
            let end = told.map_or(clause.end, |to| to.max(clause.start));
            let said = context.before(clause, end).rev().take(2).find(|i| {
                context.has(*i, Class::SPEECH) && context.is_past(*i)
                    || words.is_any(*i, one_of!["said", "says", "told", "wrote", "claims", "thought"])
            });
            let ours = context.any(clause.start..clause.end, Class::US)
                || (clause.start..clause.end).any(|i| words.is_any(i, one_of!["our", "my"]));
            if let Some(said) = said.filter(|_| !ours) {
                return Some((said, said + 1));
            }
            // "the site you used tells us that it will": somebody outside, in the present.
            let told = context.before(clause, clause.end).rev().take(2).find(|i| words.is_any(*i, TELLING));
            if let Some(told) = told.filter(|told| !ours && speaks_outside(context, *told)) {
                return Some((told, told + 1));
            }
            // "that platform has promised that it will": only somebody promises.
            let promised = context.before(clause, clause.end).rev().take(2).find(|i| promises_outside(context, *i));
            let for_us = context.any(context.clause_at(index + 1).start..mention.start, Class::US);
            if let Some(promised) = promised.filter(|_| !ours && !for_us) {
                return Some((promised, promised + 1));
            }
        }
        let others = Class::YOU.or(Class::OTHERS);
        for subject in context.before(clause, limit) {
            // "paying you back": the object between a verb and its particle.
            // "you owe us": the phrase itself says who.
            if subject >= mention.start && depth == 0 {
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
            // "made for you at our expense": no verb of theirs.
            if is_own && context.has(verb, Class::PREPOSITION.or(Class::DETERMINER)) {
                continue;
            }
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
                if context.has(subject, Class::YOU)
                    && !allowed
                    && !passive
                    && !words.is_any(verb, one_of!["keep", "get"])
                {
                    return Some((subject, verb + 1));
                }
                continue;
            }
            let expects = words.is_any(verb, one_of!["expect", "hope", "see", "receive"]) && allowed;
            let needs = words.is_any(verb, one_of!["need", "needed", "needs"])
                && (context.has(verb + 1, Class::ADVERB) || words.is_any(verb + 1, one_of!["to", "not"]));
            let needs =
                needs || words.is_any(verb, one_of!["need", "needs"]) && context.has(subject, Class::THIRD_PARTY);
            // "you might like to know that", "you may wish to note that"
            let tells = words.is(verb + 1, "to") && context.has(verb + 2, Class::TRANSPARENT);
            if tells {
                continue;
            }
            let likes = words.is_any(verb, one_of!["like", "love"]) && allowed;
            let told = context.has(subject, Class::YOU)
                && words.is_any(verb, one_of!["told", "speak", "spoke", "talk", "talked"]);
            if (context.has(verb, Class::SPEECH) || likes || told) && !expects && !needs {
                return Some((subject, verb + 1));
            }
        }
    }
    None
}

/// Verbs of report in the present, with a subject in the singular.
const TELLING: &OneOf = one_of!["tells", "says", "assures", "informs", "promises", "writes", "confirms", "states"];

/// Whether an act that the customer may do is done at or with us by themselves rather than granted by us.
fn by_themselves(context: &Context<'_>, clause: Clause, mention: Mention) -> bool {
    let words = context.words;
    // "you can pick it up at any of our counters": theirs for the taking.
    let is_taken = (mention.start..mention.end).any(|i| words.is_any(i, one_of!["collect", "pick", "fetch", "keep"]));
    words.is_any(mention.end, one_of!["us", "me"])
        || !is_taken
            && (mention.end..clause.end.min(mention.end + 8)).any(|i| {
                words.is_any(i, one_of!["online", "yourself", "themselves", "website", "app", "portal", "settings"])
                    || words.is(i, "at") && words.is(i + 1, "any")
            })
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
        check("That platform has promised that it will refund you.", "refund", Some("promised"));
        check("Your landlord has written to us that he will refund you.", "refund", Some("written"));
        check("The seller told us that it refunded you.", "refunded", Some("told"));
        check("Her bank wrote to me that they refunded you.", "refunded", Some("wrote"));
        check("The platform promises that you will be refunded.", "refunded", Some("promises"));
        check("About the refund, it was issued by your bank.", "refund", Some("about"));
        check("The parcel was refunded by DHL.", "refunded", Some("by dhl"));
        check("Refund status: requested today.", "refund", Some("status"));
        check("Regarding your refund, it will be looked at.", "refund", Some("regarding"));
        check("In the reply, say that it was late, and that we refunded it.", "refunded", Some("say"));
        check("It is they who will refund you.", "refund", Some("they who"));
        check("It was refunded by the firm you pay through.", "refunded", Some("by the firm you"));
        check("The refund comes from Apple and not from us.", "refund", Some("not from"));
        check("By all means cancel it yourself.", "cancel", Some("cancel"));
        check("It was refunded, they say.", "refunded", Some("they say"));
        check("Refunds has your file.", "refunds", Some("refunds"));
        check("Our reseller handles refunds.", "refunds", Some("our reseller"));
        check("Refunds are handled by our UK dealer.", "refunds", Some("by our uk dealer"));
    }

    #[test]
    fn ours() {
        check("A colleague will refund you.", "refund", None);
        check("Someone will ring you.", "ring", None);
        check("Our billing department refunded it.", "refunded", None);
        check("A refund is on its way.", "refund", None);
        check("A lamp was made for you at our expense.", "at", None);
        check("Our customer service team has refunded you.", "refunded", None);
        check("The replacement will be delivered by DHL.", "delivered", None);
        check("Regarding your refund, it has been issued.", "refund", None);
        check("Refund status: issued today.", "refund", None);
        check("As for the refund, you need not do anything.", "refund", None);
        check("The customer service team has refunded you.", "refunded", None);
        check("We have approved your refund request.", "refund", None);
        check("We have written to you that we refunded it.", "refunded", None);
        check("You wrote to us, and we refunded it.", "refunded", None);
        check("You can keep it.", "keep", None);
        check("You can pick it up at any of our counters.", "pick", None);
        check("Action: pay run reprocessed this morning.", "pay", None);
        check("Your bank will show the refund.", "refund", None);
        check("I ended it, as you wished, and refunded you.", "refunded", None);
        check("What I have done today is end it and refund you.", "refund", None);
        check("There is no question of a refund being late.", "refund", None);
        check("We refunded it through your bank, who will write to you. Is that fine?", "refunded", None);
        check("We sent it to our team, who will tell you more. Anything else?", "sent", None);
    }
}
