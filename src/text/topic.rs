//! Topics: mentions that only name what is talked about, or an office, and state no outcome.

use super::context::{Context, Cue, Mention};
use super::lexicon::Class;
use super::one_of::OneOf;
use super::segment::Clause;
use super::token::{Gap, Kind};

/// "your refund request", "a question about the refund", "regarding your refund".
pub(super) fn topic(context: &Context<'_>, mention: Mention) -> Option<Cue> {
    let words = context.words;
    let clause = context.clause_at(context.segments.clause(mention.start));
    let tight = |i: usize| words.gap(i).only(Gap::SPACE.or(Gap::HYPHEN).or(Gap::NEWLINE));
    if mention.end < clause.end
        && context.has(mention.end, Class::TOPIC)
        && tight(mention.end)
        && !context.is_past(mention.start)
    {
        let granted = is_granted(context, mention, mention.end + 1) || grants(context, clause, mention);
        // "Refund status: issued on 3 May"
        let answer = context.skip_adverbs(mention.end + 1);
        let is_answered = words.gap(mention.end + 1).has(Gap::COLON.or(Gap::DASH))
            && (words.is_any(answer, DONE) && words.is_any(mention.end, one_of!["status", "decision"])
                || context.has(answer, Class::GRANTED) && context.is_past(answer));
        // "The substitution option is turned off", "the panel: shipped": what became of the thing is what was looked for.
        let is_told = mention.act.is_some_and(|act| act > mention.end && is_told_of(context, mention.end, act));
        let granted = granted || is_answered || is_told;
        // "A vegan option stands next to each": something new, and no question of whether.
        let is_new = words.is_any(mention.end, one_of!["option", "page", "section", "link", "button", "template"])
            && mention.start > clause.start
            && (words.is_any(mention.start - 1, one_of!["a", "an", "new", "one", "two", "three"])
                || words.list[mention.start - 1].kind == Kind::Number);
        return (!granted && !is_new).then_some((mention.end, mention.end + 1));
    }
    if names_office(context, mention) {
        return Some((mention.start, mention.end));
    }
    // "we have opened a refund ticket"
    if words.is_any(mention.end, one_of!["ticket", "case"])
        && tight(mention.end)
        && (clause.start.max(mention.start.saturating_sub(9))..clause.end.min(mention.end + 9)).any(|i| {
            words.is_any(
                i,
                one_of!["opened", "raised", "created", "logged", "filed", "open", "opening", "raising", "number"],
            )
        })
    {
        return Some((mention.end, mention.end + 1));
    }
    if context.is_presupposed(mention) {
        return None;
    }
    // "a refund is what you asked for"
    let what = context.predicate_of(mention.start, mention.end).filter(|i| context.has(*i, Class::BE)).map(|i| i + 1);
    if let Some(what) = what.filter(|i| words.is_any(*i, one_of!["what", "something"]) && context.is_subject(mention))
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
            words.is_any(q, one_of!["form", "page", "rules", "policy", "procedure", "terms", "conditions", "criteria"]);
        // "in the form of a credit" says what it is.
        let is_shape = words.is(q, "form") && words.is(q + 1, "of");
        // "there is no question of your supply being cut off": a denial.
        let is_denial = words.is(q, "question") && q > clause.start && words.is(q - 1, "no");
        let asks = (context.has(q, Class::ASKING) && !is_denial || papers && !is_shape)
            && words.is_any(q + 1, one_of!["for", "about", "regarding", "on", "of", "to", "in", "concerning", "that"]);
        let about = context.has(q, Class::ABOUT)
            && words.gap(q + 1) != Gap::HYPHEN
            && mention.start - q <= 6
            && words.list.get(q + 1).is_some_and(|w| w.kind == Kind::Word)
            && !words.is(q, "around");
        // "thanks for asking for a refund"
        // "your note asking us to"
        let is_letter = q > clause.start
            && words
                .is_any(q - 1, one_of!["note", "letter", "message", "mail", "email", "call", "ticket", "text", "post"]);
        let asking = context.has(q, Class::SPEECH)
            && words.text(q).ends_with("ing")
            && words.is_any(q + 1, one_of!["for", "about", "a", "the", "your", "us", "me"])
            && (is_letter || !context.any(clause.start..q, Class::US.or(Class::BE)));
        if asks || about || asking {
            let granted = mention.act.is_some_and(|act| asks && is_told_of(context, q, act))
                || is_granted(context, mention, mention.end)
                || asks && grants(context, clause, mention)
                || about && is_taken_up_as_done(context, mention);
            return (!granted).then_some((q, q + 1));
        }
    }
    None
}

/// Whether the verb tells of the noun as a thing rather than of the wish for one: a request can only be filed, an option
/// or a panel anything.
fn is_told_of(context: &Context<'_>, noun: usize, act: usize) -> bool {
    context.words.is_any(act, FILED) || context.words.is_any(noun, TOPICAL_THINGS)
}

/// What is done with an application, and with nothing that is granted.
const FILED: &OneOf =
    one_of!["filed", "lodged", "submitted", "entered", "registered", "put", "handed", "applied", "forwarded"];

/// Nouns that name a matter, but as often a thing that is made, sent or switched.
const TOPICAL_THINGS: &OneOf = one_of![
    "option",
    "options",
    "panel",
    "page",
    "section",
    "link",
    "button",
    "template",
    "wizard",
    "portal",
    "window",
    "desk",
    "form",
    "forms",
    "calculator",
    "period",
    "rate",
    "rates",
    "status",
];

/// Participles that answer what became of a thing.
const DONE: &OneOf = one_of!["sent", "issued", "paid", "done", "made", "released", "credited", "booked", "posted"];

/// "Regarding your refund, it has been issued": the topic is taken up by a pronoun of which the outcome is told.
fn is_taken_up_as_done(context: &Context<'_>, mention: Mention) -> bool {
    let words = context.words;
    let sentence = context.sentence_of(mention.start);
    let stop = sentence.end.min(mention.end + 6);
    let Some(comma) = (mention.end..stop).find(|i| words.gap(*i).has(Gap::COMMA.or(Gap::COLON).or(Gap::DASH))) else {
        return false;
    };
    let verb = if words.is_any(comma + 1, one_of!["has", "have"]) && words.is(comma + 2, "been") {
        comma + 3
    } else {
        comma + 2
    };
    let is_told = verb == comma + 3 || words.is_any(comma + 1, one_of!["was", "were"]);
    let verb = context.skip_adverbs(verb);
    words.is_any(comma, one_of!["it", "this", "that", "they"])
        && is_told
        && !(verb..verb + 5).any(|i| words.is(i, "by"))
        && (words.is_any(verb, DONE) || context.has(verb, Class::GRANTED) && context.is_past(verb))
        && !context.any(sentence.start..sentence.end, Class::CONDITION)
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
    let is_singular = words.is_any(mention.end, one_of!["has", "is", "was"]) && words.gap(mention.end).only(Gap::SPACE);
    let is_place = mention.start > context.sentence_of(mention.start).start
        && words.is_any(mention.start - 1, one_of!["in", "at", "from"]);
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
