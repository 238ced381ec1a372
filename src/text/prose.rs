//! Prose: whether a mention stands in a sentence, or in a list of words put there to be found.
//!
//! A sentence reads as prose when it has a finite verb, enough function words to hold it together, and no long run of
//! bare content words. Bullets and short labels borrow from the reply around them.

use super::context::{Context, Mention};
use super::lexicon::Class;
use super::token::{Gap, Kind};

/// Function words in English prose are about half of all words (Biber et al. 1999, 2.3); telegraphic notes keep a
/// quarter, lists of keywords next to none.
const MIN_FUNCTION_PERCENT: usize = 25;

/// With this share of function words a sentence is one, whatever its verb.
const DENSE_PERCENT: usize = 35;

/// Content words in a row, with nothing between, that no sentence has around one mention.
const MAX_CONTENT_RUN: usize = 7;

/// Words of prose from which on a reply lends its voice to notes and labels: the shortest clause with an object.
const MIN_PROSE_WORDS: usize = 4;

/// Items of a few words parted by commas that make a list.
const MIN_LIST_ITEMS: usize = 4;

/// The longest line that may be a note or a label.
const MAX_NOTE_WORDS: usize = 14;

/// What is known of one sentence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    Prose,
    /// A bullet, a label or a short note with something that holds it together.
    Note,
    List,
}

/// The shapes of all sentences of a reply.
#[derive(Debug)]
pub(super) struct Prose {
    shapes: Vec<Shape>,
    /// Prose outweighs the rest, so that notes may borrow from it.
    is_prose: bool,
    /// There is prose enough for a fact on a line of its own.
    carries_facts: bool,
}

impl Prose {
    pub(super) fn of(context: &Context<'_>) -> Prose {
        let shapes: Vec<Shape> = (0..context.segments.sentences.len()).map(|i| shape_of(context, i)).collect();
        let mut prose_words = 0;
        let mut list_words = 0;
        for (sentence, shape) in context.segments.sentences.iter().zip(&shapes) {
            match shape {
                Shape::Prose => prose_words += sentence.end - sentence.start,
                Shape::List => list_words += sentence.end - sentence.start,
                Shape::Note
                    if is_held(context, sentence.start, sentence.end)
                        || is_stated(context, sentence.start, sentence.end)
                        || is_stated_throughout(context, sentence.start, sentence.end) =>
                {
                    prose_words += sentence.end - sentence.start;
                }
                Shape::Note => {}
            }
        }
        let is_prose = prose_words >= MIN_PROSE_WORDS && prose_words >= list_words;
        let carries_facts = prose_words >= MIN_PROSE_WORDS && 2 * prose_words >= list_words;
        Prose { shapes, is_prose, carries_facts }
    }

    /// Whether a word stands in a whole sentence, and not in a note or a list.
    pub(super) fn is_sentence(&self, context: &Context<'_>, word: usize) -> bool {
        self.shapes[context.segments.sentence(word)] == Shape::Prose
    }

    /// How far a mention is from prose. Typed values may stand alone in a bullet, phrases need a predicate.
    pub(super) fn doubt(&self, context: &Context<'_>, mention: Mention, is_typed: bool) -> Doubt {
        let index = context.segments.sentence(mention.start);
        let sentence = context.segments.sentences[index];
        match self.shapes[index] {
            Shape::Prose if content_run(context, mention) > MAX_CONTENT_RUN || in_bare_list(context, mention) => {
                Doubt::List
            }
            Shape::Prose => Doubt::None,
            Shape::Note => {
                let has_predicate = sentence.is_label
                    || formula(context, sentence.start, sentence.end) == Some(mention.start)
                    || ends_in_verb(context, sentence.start, sentence.end)
                    || context.has(sentence.start, Class::NOT)
                    || (sentence.start..sentence.end).any(|i| {
                        context.is_past(i)
                            || context.words.text(i).ends_with("ing")
                            || context.has(i, Class::FINITE.or(Class::PREPOSITION).or(Class::STATIVE).or(Class::ABOUT))
                    });
                if self.is_prose && (is_typed || has_predicate) { Doubt::None } else { Doubt::Thin }
            }
            // A fact on a short line of its own ("Claim CLM-20417") in a reply that is prose otherwise.
            Shape::List
                if is_typed
                    && self.carries_facts
                    && sentence.end - sentence.start <= MAX_NOTE_WORDS + 6
                    && !in_bare_list(context, mention) =>
            {
                Doubt::None
            }
            Shape::List => Doubt::List,
        }
    }
}

/// How far a mention is from prose.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Doubt {
    None,
    /// A note with too little prose around it: it states nothing, but may still deny or ask.
    Thin,
    /// A list of words.
    List,
}

/// "Your refund? Of course!": a short question without a verb that the next sentence answers with yes.
pub(super) fn is_answered(context: &Context<'_>, index: usize) -> bool {
    let sentence = context.segments.sentences[index];
    let is_short = sentence.end - sentence.start <= 4 && !context.any(sentence.start..sentence.end, Class::FINITE);
    let yes = |i: usize| {
        let words = context.words;
        words.is_any(
            i,
            one_of!["yes", "done", "sure", "certainly", "absolutely", "granted", "sorted", "approved", "gladly"],
        ) || words.is(i, "of") && words.is(i + 1, "course")
    };
    sentence.is_question && is_short && context.segments.sentences.get(index + 1).is_some_and(|next| yes(next.start))
}

fn shape_of(context: &Context<'_>, index: usize) -> Shape {
    let sentence = context.segments.sentences[index];
    let words = context.words;
    if is_answered(context, index) {
        return Shape::Prose;
    }
    if is_row(context, sentence.start, sentence.end) {
        return Shape::List;
    }
    let range = sentence.start..sentence.end;
    let (count, function) = measure(context, sentence.start, sentence.end);
    let held = function * 100 >= count * MIN_FUNCTION_PERCENT;
    let voices = Class::FINITE.or(Class::US).or(Class::YOU).or(Class::OTHERS).or(Class::PLEASE).or(Class::STATIVE);
    let orders = Class::ORDER.or(Class::TRANSPARENT).or(Class::SPEECH);
    // "Avoid riding it": an order not to.
    let forbids =
        words.is_any(sentence.start, one_of!["avoid", "stop", "refrain", "cease"]) && sentence.end > sentence.start + 1;
    let tells = |i: usize| {
        context.has(i, Class::DUMMY)
            && (context.is_past(i + 1) || words.text(i + 1).ends_with('s'))
            && words.gap(i + 1).only(Gap::SPACE)
    };
    // So many function words that only a verb outside the lists can be missing.
    let is_dense = count >= 5 && function * 100 >= count * DENSE_PERCENT;
    let finite = context.any(range.clone(), voices)
        || is_dense
        || forbids
        || is_command(context, sentence.start, sentence.end)
        || range.clone().any(tells)
        || context.has(sentence.start, orders)
        || range.clone().skip(1).any(|i| words.gap(i).has(Gap::COMMA) && context.has(i, orders))
        || has_subject_verb(context, sentence.start, sentence.end)
        || range.clone().skip(1).any(|i| words.gap(i).has(Gap::COMMA) && has_subject_verb(context, i, sentence.end));
    // "Confirmed: the plan ends tonight"
    let clipped = finite && function > 0 && count <= 8 && !range.clone().skip(1).any(|i| words.gap(i).has(Gap::COMMA));
    let is_ban = forbids && function > 0 && count <= MAX_NOTE_WORDS;
    if finite && held && count >= 3 || clipped && count >= 4 || is_ban {
        return Shape::Prose;
    }
    let total = sentence.end - sentence.start;
    let commas = range
        .clone()
        .filter(|i| *i > sentence.start && words.gap(*i).has(Gap::COMMA.or(Gap::SLASH).or(Gap::SEMICOLON)))
        .filter(|i| words.list[*i].kind != Kind::Number)
        .count();
    let short = total <= MAX_NOTE_WORDS && commas < 2;
    // "Rebooked, as agreed: …": an outcome without its subject, with something that holds it together.
    let opens_done = context.is_past(sentence.start) && function >= 2 && held && commas <= 4;
    // "Reservation made for Friday": a noun with its participle.
    // "No cancellation fee either.", "Nothing to pay.": what is absent, told by itself.
    let is_absence = total <= 6 && context.has(sentence.start, Class::NOT);
    // "Order FM-1: new leg sent from our depot today, two weeks on the road": a label and what is stated of it.
    let is_stated_label = sentence.is_label
        && held
        && commas < 2
        && total <= 2 * MAX_NOTE_WORDS
        && is_stated(context, sentence.start, sentence.end);
    let is_formula = formula(context, sentence.start, sentence.end).is_some();
    let noun_done =
        is_absence || is_formula || is_stated_label || short && function > 0 && context.is_past(sentence.start + 1);
    if noun_done
        || total <= 3 * MAX_NOTE_WORDS && commas > 0 && is_stated_throughout(context, sentence.start, sentence.end)
        || opens_done && total <= 2 * MAX_NOTE_WORDS
        || short
            && (sentence.is_bullet
                || sentence.is_label
                || context.any(sentence.start + 1..sentence.end, Class::STATIVE) && commas == 0
                || function > 0 && held
                || (count <= 6 && range.clone().filter(|i| context.is_past(*i)).count() == 1))
    {
        Shape::Note
    } else if held && finite {
        Shape::Prose
    } else {
        Shape::List
    }
}

/// The word that "Our apologies once more, Mr Ord." turns on: a formula of courtesy is a whole utterance (A Comprehensive
/// Grammar of the English Language, 11.54). Around it stand words that hold together and a name.
fn formula(context: &Context<'_>, start: usize, end: usize) -> Option<usize> {
    let words = context.words;
    if end - start > MAX_FORMULA_WORDS {
        return None;
    }
    let head = (start..end)
        .find(|i| words.is_any(*i, one_of!["sorry", "apologies", "apology", "thanks", "congratulations"]))?;
    let holds = |i: usize| {
        context.has(i, Class::FUNCTION.or(Class::ADVERB))
            || words.is_any(
                i,
                one_of!["more", "many", "sincere", "sincerest", "deepest", "humble", "dear", "truly", "huge"],
            )
    };
    let names = (head + 1..end).filter(|i| words.list[*i].is_capital && !holds(*i));
    let is_named = |i: usize| i > head && words.list[i].is_capital;
    (names.count() <= 3 && (start..end).all(|i| i == head || holds(i) || is_named(i))).then_some(head)
}

/// The longest formula of courtesy, in words.
const MAX_FORMULA_WORDS: usize = 9;

/// "Your deposit transfers too.": a possessive's noun, a verb in -s, and an adverb that ends the sentence.
fn ends_in_verb(context: &Context<'_>, start: usize, end: usize) -> bool {
    let is_verb = |i: usize| {
        let text = context.words.text(i);
        text.ends_with('s') && text.len() > 3 && !context.has(i, Class::FUNCTION.or(Class::ADVERB))
    };
    end >= start + 4
        && end - start <= MAX_FORMULA_WORDS
        && context.has(start, Class::POSSESSIVE)
        && context.has(end - 1, Class::ADVERB)
        && is_verb(end - 2)
        && (start + 1..end).all(|i| context.words.gap(i).only(Gap::SPACE))
}

/// "Discontinue the medication today.": a base form that opens a sentence, with its object right behind it.
fn is_command(context: &Context<'_>, start: usize, end: usize) -> bool {
    let words = context.words;
    let text = words.text(start);
    let is_base = words.list[start].is_capital
        && words.list[start].kind == Kind::Word
        && !context.has(start, Class::FUNCTION.or(Class::ADVERB))
        && !context.is_past(start)
        && !["ing", "s", "ment", "tion", "al"].iter().any(|ending| text.ends_with(ending));
    let has_object = context.has(start + 1, Class::DETERMINER) && words.gap(start + 1).only(Gap::SPACE);
    let is_short = end - start > 2 && end - start <= MAX_NOTE_WORDS;
    is_base && has_object && is_short && !(start + 1..end).any(|i| words.gap(i).has(Gap::COMMA.or(Gap::SLASH)))
}

/// "locked your account, escalated this, contact you about it": parts without a subject or a finite verb, of which some
/// are told and some are base forms, are the predicates of several sentences in a row; coordinates share one form (A
/// Comprehensive Grammar of the English Language, 13.43).
fn is_row(context: &Context<'_>, start: usize, end: usize) -> bool {
    let words = context.words;
    let joins = Class::COORDINATOR.or(Class::FINITE).or(Class::US).or(Class::OTHERS).or(Class::RELATIVE);
    if context.any(start..end, joins.or(Class::PLEASE)) {
        return false;
    }
    let opens = |i: usize| i == start || words.gap(i).has(Gap::COMMA.or(Gap::SEMICOLON));
    let heads = || (start..end).filter(|i| opens(*i));
    // A base form with its object opens the part.
    let is_base = |i: usize| {
        context.class(i).has(Class::ORDER)
            && !context.is_past(i)
            && context.has(i + 1, Class::YOU.or(Class::DETERMINER))
    };
    let told = heads().filter(|i| context.is_past(*i)).count();
    told > 0 && heads().count() >= 3 && heads().any(is_base) && !is_base(start)
}

/// The words of a range, and those that hold a sentence together.
fn measure(context: &Context<'_>, start: usize, end: usize) -> (usize, usize) {
    let words = context.words;
    let is_word = |i: &usize| words.list[*i].kind == Kind::Word && words.gap(*i) != Gap::HYPHEN;
    let count = (start..end).filter(is_word).count();
    // Names hold nothing together and are no matter either.
    let names =
        (start + 1..end).filter(is_word).filter(|i| words.list[*i].is_capital && !words.list[*i].is_caps).count();
    let count = if 3 * names <= count { count - names } else { count };
    (count, (start..end).filter(|i| context.has(*i, Class::FUNCTION)).count())
}

/// Whether enough function words stand in the range.
fn is_held(context: &Context<'_>, start: usize, end: usize) -> bool {
    let (count, function) = measure(context, start, end);
    function * 100 >= count * MIN_FUNCTION_PERCENT
}

/// Whether an outcome is stated without its auxiliary: "deposit refunded and booking closed", "rebooked for Friday",
/// "outcome: refund issued this morning". What stands before the participle is at most a short noun phrase, what stands
/// behind it no further word of matter.
fn is_stated(context: &Context<'_>, start: usize, end: usize) -> bool {
    let words = context.words;
    let breaks = |i: usize| {
        !words.gap(i).only(Gap::SPACE.or(Gap::HYPHEN).or(Gap::NEWLINE).or(Gap::HASH))
            || context.has(i, Class::COORDINATOR)
    };
    // "refunding that now": the act under way, with its object.
    if words.text(start).ends_with("ing") && context.has(start + 1, Class::DETERMINER.or(Class::YOU).or(Class::DUMMY)) {
        return true;
    }
    let moves = |i: usize| words.is_any(i, one_of!["coming", "heading", "going", "arriving", "landing", "following"]);
    (start..end).filter(|i| context.is_past(*i) && !context.has(*i, Class::FINITE) || moves(*i)).any(|i| {
        let mut from = i;
        let mut nouns = 0;
        while from > start && nouns <= MAX_STATED_NOUN && !breaks(from) {
            from -= 1;
            let is_counted = words.list[from].kind == Kind::Word && words.gap(from) != Gap::HYPHEN;
            nouns += usize::from(is_counted && !context.has(from, Class::ADVERB));
        }
        let is_noun = |j: usize| !context.is_past(j) && !words.text(j).ends_with("ing");
        let next = i + 1;
        let is_last = next >= end || breaks(next);
        let links = Class::PREPOSITION.or(Class::ADVERB).or(Class::DETERMINER).or(Class::CAUSE).or(Class::ABOUT);
        // "moved you onto flight 7": without its subject, with the customer for an object.
        let moves_you = from == i && context.has(next, Class::YOU.or(Class::DUMMY));
        let goes_on = next < end && (context.has(next, links) || moves_you || words.list[next].kind != Kind::Word);
        let has_noun = from < i || from > start && words.gap(from).has(Gap::COLON.or(Gap::DASH));
        nouns <= MAX_STATED_NOUN && (from..i).all(is_noun) && (is_last && has_noun || goes_on)
    })
}

/// Whether every part between commas states something or is no matter of its own: a name, an adverbial.
fn is_stated_throughout(context: &Context<'_>, start: usize, end: usize) -> bool {
    let words = context.words;
    let mut from = start;
    let mut stated = 0;
    let mut others = 0;
    let parts = Gap::COMMA.or(Gap::SEMICOLON).or(Gap::COLON);
    let all = (start + 1..=end).filter(|i| *i == end || words.gap(*i).has(parts)).all(|to| {
        let part = std::mem::replace(&mut from, to)..to;
        let is_name = part.len() == 1 && part.start > start && words.list[part.start].is_capital;
        let is_adverbial = context.any(part.clone(), Class::PREPOSITION.or(Class::DETERMINER).or(Class::ADVERB));
        let is_fact = part.len() > 1 && part.start > start && part.clone().any(|i| words.list[i].kind == Kind::Number);
        let is_statement = is_stated(context, part.start, part.end);
        stated += usize::from(is_statement);
        // "Sure thing, refunding that now": one opener of a few words.
        let is_opener = part.start == start && part.len() <= 3;
        // "Item: grey bag, …": what the label is about.
        let is_opener = is_opener
            || part.start > start
                && words.gap(part.start).has(Gap::COLON)
                && part.len() <= 3
                && part.start <= start + 3;
        // "same room, same time": what stays as it was.
        let is_same = part.len() <= 3 && words.is_any(part.start, one_of!["same", "no"]);
        let is_opener = is_opener || is_same;
        others += usize::from(!is_opener);
        is_name || is_adverbial || is_fact || is_statement || is_opener
    });
    all && stated > 0 && (others <= 3 || 2 * stated >= others)
}

/// The longest noun phrase before a participle without its auxiliary, in words.
const MAX_STATED_NOUN: usize = 4;

/// A determiner's noun with a verb in -s behind it: "the refund takes three days".
fn has_subject_verb(context: &Context<'_>, start: usize, end: usize) -> bool {
    let opens = context.has(start, Class::DETERMINER.or(Class::YOU).or(Class::DUMMY));
    opens
        && (start + 2..end.min(start + 9)).any(|i| {
            let text = context.words.text(i);
            (text.ends_with('s') && text.len() > 3 || context.is_past(i))
                && (context.has(i + 1, Class::FUNCTION)
                    || context.is_past(i) && context.words.list.get(i + 1).is_some_and(|w| w.class.has(Class::VALUE)))
        })
}

/// The content words around a mention that follow each other without punctuation or function words.
fn content_run(context: &Context<'_>, mention: Mention) -> usize {
    let words = context.words;
    let is_content = |i: usize| {
        words.list.get(i).is_some_and(|w| w.kind == Kind::Word && !w.class.has(Class::FUNCTION.or(Class::ADVERB)))
    };
    let breaks = |i: usize| !words.gap(i).only(Gap::SPACE.or(Gap::HYPHEN).or(Gap::NEWLINE));
    // A value of many words ("ninety-one pounds and six pence") is one thing.
    let mut run = (mention.end - mention.start).min(2);
    let mut i = mention.start;
    while i > 0 && run <= MAX_CONTENT_RUN && is_content(i - 1) && !breaks(i) {
        run += 1;
        i -= 1;
    }
    let mut i = mention.end;
    while run <= MAX_CONTENT_RUN && is_content(i) && !breaks(i) {
        run += 1;
        i += 1;
    }
    run
}

/// Whether the mention is one item among many short ones parted by commas.
fn in_bare_list(context: &Context<'_>, mention: Mention) -> bool {
    let words = context.words;
    let sentence = context.sentence_of(mention.start);
    let from = sentence.start.max(mention.start.saturating_sub(24));
    let to = sentence.end.min(mention.end + 24);
    // "between 7 and 10 business days"
    let is_number = |i: usize| words.list.get(i).is_some_and(|word| word.kind == Kind::Number);
    // "Tuesday, September 8, 2026"
    let is_ordinal = |i: usize| i > 0 && words.gap(i) == Gap::NONE && is_number(i - 1);
    let is_value =
        |i: usize| is_number(i) || is_ordinal(i) || words.list.get(i).is_some_and(|word| word.class.has(Class::VALUE));
    let dates = |i: usize| is_value(i - 1) && is_value(i);
    let joins_numbers = |i: usize| i > from && is_number(i - 1) && is_number(i + 1);
    let mut items = 0;
    let mut length = 0;
    let mut holds = false;
    let mut best = false;
    for i in from..=to {
        let ends = i == to
            || i > from
                && words.gap(i).has(Gap::COMMA.or(Gap::SLASH).or(Gap::SEMICOLON))
                && !dates(i)
                && !(words.gap(i).has(Gap::SLASH) && words.list.get(i).is_some_and(|word| word.kind == Kind::Number))
            || words.is_any(i, one_of!["and", "or"]) && length <= 3 && length > 0 && !joins_numbers(i);
        if ends {
            if length <= 3 && length > 0 {
                items += 1;
                holds |= (i - length.min(i)..i).contains(&mention.start);
            } else {
                best |= holds && items >= MIN_LIST_ITEMS;
                items = 0;
                holds = false;
            }
            length = 0;
        }
        if i < to && !words.is_any(i, one_of!["and", "or"]) {
            length += 1;
        }
    }
    best || holds && items >= MIN_LIST_ITEMS
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::clean::Clean;
    use crate::text::segment::Segments;
    use crate::text::token::Words;

    fn check(reply: &str, word: &str, expect: Doubt) {
        let words = Words::of(&Clean::of(reply));
        let segments = Segments::of(&words);
        let context = Context { words: &words, segments: &segments };
        let start = (0..words.list.len()).find(|i| words.is(*i, word)).expect("the word is in the reply");
        let doubt = Prose::of(&context).doubt(&context, Mention::of(start, start + 1), false);
        assert_eq!(doubt, expect, "{reply}");
    }

    #[test]
    fn prose_and_lists() {
        check("We have refunded the order.", "refunded", Doubt::None);
        check("Our review took a week.", "review", Doubt::None);
        check("refund duplicate charge order account replacement", "refund", Doubt::List);
        check("refund, replacement, voucher, credit, apology", "refund", Doubt::List);
        check("Refund issued.", "refund", Doubt::Thin);
        check("Locked your account, escalated this, contact you about it.", "account", Doubt::List);
        check("Discontinue the medication today.", "medication", Doubt::None);
        check("It is on its way to you. Our apologies once more, Mr Ord.", "apologies", Doubt::None);
        check("It is on its way to you. Sorry, Refund Order.", "refund", Doubt::Thin);
        check("It is on its way to you. Your deposit transfers too.", "deposit", Doubt::None);
        check("Avoid riding it, even short trips.", "riding", Doubt::None);
        check("We are sorry for the trouble.\n- Refund: issued today", "refund", Doubt::None);
    }
}
