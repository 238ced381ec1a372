//! What opens at a word: a condition, a subject with its verb, a further predicate, a question.

use super::lexicon::Class;
use super::one_of::OneOf;
use super::people::TIMES;
use super::segment::{Clause, Link, SUBJECT_REACH, TIME_PREPOSITIONS};
use super::token::{Gap, Kind, Words};

/// The link of a clause that opens a sentence.
pub(super) fn opening_link(words: &Words, i: usize) -> Link {
    let first = words.class(i);
    if as_soon(words, i) {
        return Link::Temporal;
    }
    if first.has(Class::CONDITION) || inverts_condition(words, i) || condition_phrase(words, i) {
        Link::Condition
    } else if first.has(Class::TEMPORAL) && opens_clause(words, i) && !words.is(i, "then") && !fronts_time(words, i) {
        Link::Temporal
    } else if (first.has(Class::CAUSE) && opens_clause(words, i)) || words.is(i, "because") {
        if as_soon(words, i) { Link::Temporal } else { Link::Cause }
    } else {
        Link::Main
    }
}

/// "Before the end of today a new one goes out": a time in front, and the subject behind it.
fn fronts_time(words: &Words, i: usize) -> bool {
    let is_time = |j: usize| words.is_any(j, TIMES) || words.is_any(j, one_of!["today", "tonight", "tomorrow", "noon"]);
    let opens = Class::DETERMINER.or(Class::SUBJECT).or(Class::YOU).or(Class::DUMMY);
    let verbs = Class::FINITE.or(Class::SUBJECT);
    words.is_any(i, one_of!["before", "after", "until"])
        && (i + 1..i + 6)
            .take_while(|j| !words.class(*j).has(verbs) || is_time(*j))
            .any(|j| is_time(j) && words.class(j + 1).has(opens))
}

/// "we", "I", "they"; "you" and "it" only where a verb follows.
pub(super) fn bare_subject(words: &Words, i: usize) -> bool {
    let class = words.class(i);
    if words.is(i, "who") {
        return false;
    }
    if class.has(Class::SUBJECT) {
        return true;
    }
    // "and what we are sending is a new one"
    if words.is(i, "what") && words.class(i + 1).has(Class::SUBJECT) {
        return true;
    }
    let verb = |j: usize| words.class(j).has(Class::FINITE.or(Class::SPEECH)) || words.is_past(j);
    let next = if words.class(i + 1).has(Class::ADVERB) { i + 2 } else { i + 1 };
    // "the room you no longer need"
    let next = if words.is(i + 1, "no") && words.is(i + 2, "longer") { i + 3 } else { next };
    (class.has(Class::YOU) || words.is_any(i, one_of!["it", "there", "your", "our"]))
        && !class.has(Class::POSSESSIVE)
        && verb(next)
        && words.gap(i + 1).only(Gap::SPACE)
}

/// Whether a subject with its finite verb opens at `i`.
pub(super) fn opens_subject(words: &Words, i: usize, end: usize) -> bool {
    let mut i = i;
    while i < end && words.class(i).has(Class::ADVERB.or(Class::POSSIBLY)) && !words.class(i).has(Class::DUMMY) {
        i += 1;
    }
    if i >= end {
        return false;
    }
    if bare_subject(words, i) {
        return true;
    }
    let class = words.class(i);
    if class.has(Class::PREPOSITION.or(Class::FINITE).or(Class::NOT).or(Class::COORDINATOR)) && !words.is(i, "no") {
        return false;
    }
    for j in i + 1..end.min(i + SUBJECT_REACH) {
        let class = words.class(j);
        if words.gap(j).has(Gap::COMMA.or(Gap::SEMICOLON).or(Gap::COLON).or(Gap::DASH))
            && words.list[j].kind != Kind::Number
        {
            return false;
        }
        // "the promoter refunds the tickets": a present form between its subject and its object.
        let is_present = j >= i + 2
            && words.class(i).has(Class::DETERMINER)
            && words.class(j - 1) == Class::NONE
            && words.text(j).ends_with('s')
            && words.gap(j + 1).only(Gap::SPACE)
            && words.is_any(j + 1, one_of!["the", "your", "you", "it"])
            && !words.class(j).has(Class::FUNCTION);
        if class.has(Class::FINITE) || is_present || j >= i + 2 && is_full_verb(words, i, j) {
            return true;
        }
        if class.has(Class::SUBJECT.or(Class::CONDITION).or(Class::COORDINATOR)) {
            return false;
        }
    }
    false
}

/// Whether a full verb of the noun phrase that began at `start` stands at `i`: "our policy covers the goods", "the team
/// sent the refund", "your refund went out".
pub(super) fn is_full_verb(words: &Words, start: usize, i: usize) -> bool {
    let next = words.class(i + 1);
    let is_noun =
        words.class(start).has(Class::DETERMINER) && !words.class(i - 1).has(Class::FUNCTION.or(Class::ADVERB));
    let tight = words.gap(i).only(Gap::SPACE.or(Gap::NEWLINE)) && words.gap(i + 1).only(Gap::SPACE.or(Gap::NEWLINE));
    let has_object =
        next.has(Class::DETERMINER.or(Class::YOU).or(Class::DUMMY)) || words.is_any(i + 1, one_of!["us", "me"]);
    let is_verb = words.is_any(i, PRETERITES) || has_object && (words.class(i).has(Class::STATIVE) || words.is_past(i));
    is_noun && tight && is_verb
}

/// Past forms that are no participles, so that a subject stands before them (A Comprehensive Grammar of the English
/// Language, 3.11-20).
pub(super) const PRETERITES: &OneOf = one_of![
    "went", "came", "took", "gave", "began", "fell", "stood", "saw", "ran", "wrote", "broke", "chose", "drove",
    "froze", "knew", "rose", "spoke", "threw", "grew", "became", "arrived", "lasted",
];

/// Whether a finite predicate without its own subject opens at `i`: "have refunded", "refunded".
pub(super) fn opens_predicate(words: &Words, i: usize, end: usize) -> bool {
    let mut i = i;
    while i < end && words.class(i).has(Class::ADVERB.or(Class::NOT).or(Class::GENERIC)) {
        i += 1;
    }
    if i >= end {
        return false;
    }
    let class = words.class(i);
    // "and normally arrives": a present form behind its adverb.
    let is_present = words.class(i - 1).has(Class::ADVERB.or(Class::GENERIC))
        && class.has(Class::STATIVE)
        && words.text(i).ends_with('s');
    class.has(Class::FINITE)
        || words.is_past(i)
        || is_present
        || (class.has(
            Class::SPEECH.or(Class::DENIAL).or(Class::OPEN).or(Class::TRANSPARENT).or(Class::COMMIT).or(Class::ORDER),
        ))
        || words.text(i).ends_with("ing")
        || words.is_any(i, one_of!["sent", "made", "paid", "put", "given", "taken", "set", "passed"])
}

/// Whether a subordinator at `i` opens a clause rather than a phrase ("since Monday", "as a gesture").
pub(super) fn opens_clause(words: &Words, i: usize) -> bool {
    let next = words.class(i + 1);
    if !words.gap(i + 1).only(Gap::SPACE.or(Gap::NEWLINE)) {
        return false;
    }
    // "until then", "before 14 May", "after a while": phrases.
    let is_number = words.list.get(i + 1).is_some_and(|word| word.kind == Kind::Number);
    if words.class(i).has(Class::PREPOSITION)
        && (is_number
            || words.is_any(i + 1, one_of!["then", "now", "today", "tomorrow", "further", "noon", "midnight"]))
        || words.is(i, "while") && i > 0 && words.is_any(i - 1, one_of!["a", "the", "little", "long"])
    {
        return false;
    }
    // "after that date", "before this point": phrases.
    let is_time = words.is_any(i + 2, TIMES) || words.is_any(i + 2, one_of!["date", "point", "deadline"]);
    if words.class(i).has(Class::PREPOSITION) && words.is_any(i + 1, one_of!["that", "this"]) && is_time {
        return false;
    }
    // "the item you were after has come", "after which it was mended": no subject of their own.
    if words.is_any(i, TIME_PREPOSITIONS)
        && (next.has(Class::FINITE) && !next.has(Class::DETERMINER) || words.is(i + 1, "which"))
    {
        return false;
    }
    if words.is_any(i, one_of!["as", "since", "given"]) {
        let subject = next.has(Class::SUBJECT.or(Class::YOU))
            || words.is_any(i + 1, one_of!["it", "there", "this", "the", "your", "our"]);
        // "as both fell within it": a counting word for a subject, with its verb.
        let counts = words.is_any(i + 1, one_of!["both", "all", "each", "neither", "none", "these", "those"])
            && (i + 2..i + 6).any(|j| words.class(j).has(Class::FINITE) || words.is_past(j));
        return (subject || counts)
            && !words.is_any(i - usize::from(i > 0), one_of!["such", "well", "soon", "long", "far"]);
    }
    if words.is(i, "once") && i > 0 && words.is_any(i - 1, one_of!["at", "than", "only", "just"]) {
        return false;
    }
    if words.is_any(i, one_of!["once"]) {
        return next != Class::NONE || words.text(i + 1).ends_with("ed") || opens_name(words, i + 1);
    }
    true
}

/// "Mary agrees", "Mr Smith has signed": a name, and a verb behind it.
fn opens_name(words: &Words, i: usize) -> bool {
    let is_verb = |j: usize| {
        let decides = Class::FINITE.or(Class::OPINION).or(Class::COMMIT).or(Class::SPEECH).or(Class::TRANSPARENT);
        words.class(j).has(decides) || words.is_past(j) || words.text(j).ends_with('s')
    };
    let is_name = |j: usize| words.class(j) == Class::NONE && words.list.get(j).is_some_and(|w| w.kind == Kind::Word);
    is_name(i) && (is_verb(i + 1) || is_name(i + 1) && is_verb(i + 2) && words.list[i + 1].is_capital)
}

/// "as soon as", "the moment you".
pub(super) fn as_soon(words: &Words, i: usize) -> bool {
    let is_moment = words.is(i, "the")
        && words.is_any(i + 1, MOMENTS)
        && words.class(i + 2).has(Class::SUBJECT.or(Class::YOU).or(Class::DETERMINER));
    words.is(i, "as") && words.is(i + 1, "soon") && words.is(i + 2, "as") || is_moment
}

/// Nouns that make a clause of time: "the minute we know".
pub(super) const MOMENTS: &OneOf = one_of!["moment", "minute", "second", "instant"];

/// Conditions of several words: "in case", "as long as", "on condition", "subject to", "in the event", "depending on".
pub(super) fn condition_phrase(words: &Words, i: usize) -> bool {
    let is = |offset: usize, text: &str| words.is(i + offset, text);
    let opens = || i == 0 || words.gap(i).has(Gap::STOP.or(Gap::PARAGRAPH).or(Gap::COMMA));
    let of_requisite =
        || words.is_any(i + 1, REQUISITES) && is(2, "of") && !words.is_any(i + 3, one_of!["this", "our", "my"]);
    match &*words.text(i) {
        "next" => is(1, "time") && opens(),
        "in" => is(1, "case") || is(1, "the") && is(2, "event") || is(1, "that") && is(2, "case"),
        "as" => is(1, "long") && is(2, "as") && (i == 0 || !words.is(i - 1, "for")),
        "on" => is(1, "condition") || is(1, "the") && is(2, "condition") || of_requisite(),
        "upon" => of_requisite(),
        "subject" => is(1, "to"),
        "depending" | "contingent" => words.is_any(i + 1, one_of!["on", "upon"]),
        "pending" => {
            words.class(i + 1) != Class::NONE
                || words.is_any(i + 1, REQUISITES)
                || words.is_any(i + 1, one_of!["review", "investigation", "checks"])
        }
        // "weather permitting", "the board permitting"
        _ => words.gap(i).has(Gap::COMMA) && (is(1, "permitting") || is(2, "permitting")),
    }
}

/// What has to come in or be done first: "on receipt of", "upon return of".
const REQUISITES: &OneOf = one_of![
    "receipt",
    "return",
    "approval",
    "completion",
    "confirmation",
    "verification",
    "presentation",
    "inspection",
    "proof",
    "payment",
    "delivery",
];

/// "Should you …", "Had we …", "Were it …": a condition by inversion.
pub(super) fn inverts_condition(words: &Words, i: usize) -> bool {
    // "Should accounts agree, we": a bare plural.
    let is_plural = words.is(i, "should") && words.class(i + 1) == Class::NONE && words.text(i + 1).ends_with('s');
    // "Should finance agree, we": a bare noun with a verb of deciding.
    let is_bare = words.is(i, "should")
        && words.class(i + 1) == Class::NONE
        && words.class(i + 2).has(Class::OPINION.or(Class::COMMIT).or(Class::DENIAL).or(Class::TRANSPARENT))
        // "Should Mr Smith agree, we"
        || words.is(i, "should")
            && words.is_any(i + 1, one_of!["mr", "mrs", "ms", "dr", "prof"])
            && words.class(i + 3).has(Class::OPINION.or(Class::COMMIT).or(Class::DENIAL).or(Class::TRANSPARENT));
    // "Had a look at it and refunded you": a verb, where no participle follows its noun.
    let is_verb = words.is(i, "had")
        && words.is_any(i + 1, one_of!["a", "an", "another"])
        && !(i + 2..i + 7)
            .take_while(|j| !words.class(*j).has(Class::COORDINATOR) && !words.gap(*j).has(Gap::COMMA.or(Gap::STOP)))
            .any(|j| words.is_past(j) || words.class(j).has(Class::BEEN));
    words.is_any(i, one_of!["should", "had", "were"]) && is_pronoun_or_noun_subject(words, i + 1) && !is_verb
        || is_plural
        || is_bare
}

pub(super) fn is_pronoun_or_noun_subject(words: &Words, i: usize) -> bool {
    words.class(i).has(Class::SUBJECT.or(Class::YOU).or(Class::DETERMINER)) || words.is_any(i, one_of!["it", "there"])
}

/// "Would you", "shall we", "have we": a question by inversion.
pub(super) fn inverts_question(words: &Words, i: usize) -> bool {
    // "isn't that": the negator goes along with its verb.
    let first = i + 1 + usize::from(words.is(i + 1, "not") && words.gap(i + 1).only(Gap::NONE));
    let subject = words.class(first).has(Class::SUBJECT.or(Class::YOU))
        || words.is_any(first, one_of!["it", "there", "that", "this"]);
    words.class(i).has(Class::FINITE) && subject && words.gap(first).only(Gap::SPACE)
}

/// Verbs of saying that take no noun behind "that" with a determiner or subject.
const ADDING: &OneOf = one_of![
    "add",
    "added",
    "adding",
    "admit",
    "admitted",
    "confess",
    "stress",
    "emphasise",
    "emphasize",
    "explain",
    "explained",
    "clarify",
    "concede",
    "acknowledge",
    "disclose",
    "underline",
    "warn",
    "warned",
    "repeat",
];

/// Whether "that" at `i` opens a complement or a relative clause, or is a determiner or pronoun.
pub(super) fn that_link(words: &Words, i: usize) -> Option<Link> {
    let before = words.class(i - 1);
    let next = words.class(i + 1);
    let speech = before
        .has(Class::SPEECH.or(Class::OPINION).or(Class::TRANSPARENT).or(Class::COMMIT).or(Class::POTENTIAL))
        || words.is_any(i - 1, one_of!["doubt", "hope", "doubts", "wonder"])
        || i >= 2 && words.is(i - 1, "be") && words.class(i - 2).has(Class::MODAL)
        || words.is_any(
            i - 1,
            one_of![
                "sorry",
                "afraid",
                "glad",
                "so",
                "you",
                "us",
                "me",
                "chance",
                "evidence",
                "hope",
                "true",
                "way",
                "reason",
                "fact",
                "unlikely",
                "impossible",
                "untrue",
                "false",
                "incorrect",
                "wrong",
                "doubtful",
                "case",
            ],
        );
    // "you told my colleague that"
    let speech = speech
        || (i.saturating_sub(4)..i).any(|j| {
            words.is_any(
                j,
                one_of![
                    "tell",
                    "told",
                    "tells",
                    "inform",
                    "informed",
                    "informs",
                    "remind",
                    "reminded",
                    "reminds",
                    "assure",
                    "assured",
                    "assures",
                    "promised",
                    "promises",
                    "advised",
                    "notified",
                    "convinced",
                ],
            ) && (j + 1..i).all(|k| !words.class(k).has(Class::FINITE.or(Class::PREPOSITION)))
        });
    let opens = is_pronoun_or_noun_subject(words, i + 1)
        || next.has(Class::FINITE)
        || next == Class::NONE
        || next.has(Class::ADVERB);
    if speech && !words.gap(i).has(Gap::COMMA) && (opens || words.list.get(i + 1).is_some()) {
        return Some(Link::Complement);
    }
    // "I must add that it", "let me point out that the": no noun that "that" could belong to.
    let says = words.is_any(i - 1, ADDING)
        || i >= 2 && words.is(i - 1, "out") && words.is_any(i - 2, one_of!["point", "pointed"]);
    if says && next.has(Class::SUBJECT.or(Class::YOU).or(Class::DUMMY).or(Class::DETERMINER)) {
        return Some(Link::Complement);
    }
    let is_noun = !before.has(Class::FUNCTION.or(Class::ADVERB));
    (is_noun && (next.has(Class::FINITE.or(Class::SUBJECT).or(Class::YOU)) || words.is_past(i + 1)))
        .then_some(Link::Relative)
}

/// Whether the word before `i`, which may be a verb, ends a noun phrase: "after reading the report we".
pub(super) fn is_noun_before(words: &Words, i: usize) -> bool {
    let before = words.text(i - 1);
    let is_base = !words.is_past(i - 1) && !before.ends_with("ing") && !before.ends_with('s');
    is_base
        && (i.saturating_sub(4)..i - 1).rev().find(|j| words.class(*j) != Class::NONE).is_some_and(|j| {
            words.class(j).has(Class::DETERMINER) && !words.is_any(j, one_of!["this", "that", "these", "those"])
        })
}

/// Whether a subject right behind a definite noun tells more of it: "the refund we issued today, just reply".
pub(super) fn restricts(words: &Words, i: usize, end: usize) -> bool {
    let is_counted = i >= 3 && words.class(i - 2).has(Class::VALUE) && words.is_any(i - 3, one_of!["the", "your"]);
    let definite = (is_counted || i >= 2 && words.is_any(i - 2, one_of!["the", "any"]))
        && !words.class(i - 1).has(Class::FUNCTION.or(Class::ADVERB));
    let comma = (i + 1..end.min(i + SUBJECT_REACH)).find(|j| words.gap(*j).has(Gap::COMMA));
    // "until the refund we sent today appears": another verb follows, for the noun.
    let stop = comma.unwrap_or(end).min(i + SUBJECT_REACH);
    let further = words.is_past(i + 1)
        && (i + 2..stop).any(|j| words.class(j).has(Class::FINITE.or(Class::STATIVE)) && !words.is_past(j));
    if definite && further {
        return true;
    }
    // "when checking the log I found the charge, and": the verb has an object of its own.
    let verb = i + 1 + usize::from(words.class(i + 1).has(Class::ADVERB.or(Class::HAVE)));
    if words.class(verb + 1).has(Class::DETERMINER)
        && words.gap(verb + 1).only(Gap::SPACE)
        && !words.class(verb + 1).has(Class::VALUE)
    {
        return false;
    }
    definite && comma.is_some_and(|comma| !(i..comma).any(|j| words.class(j).has(Class::WILL.or(Class::MODAL))))
}

/// Whether a finite verb, or a word that reads as one, stands in the range.
pub(super) fn has_verb_before(words: &Words, start: usize, end: usize) -> bool {
    (start..end).any(|i| {
        let class = words.class(i);
        class.has(Class::FINITE.or(Class::SPEECH).or(Class::DENIAL).or(Class::OPEN)) || words.is_past(i)
    })
}

/// Whether the clause so far is a fronted phrase: a preposition, a participle or a subordinator before the subject.
pub(super) fn fronted(words: &Words, clause: &Clause) -> bool {
    let first = words.class(clause.start);
    matches!(clause.link, Link::Condition | Link::Temporal | Link::Cause)
        || first.has(Class::PREPOSITION.or(Class::ABOUT).or(Class::TEMPORAL).or(Class::CAUSE))
        || words.text(clause.start).ends_with("ing")
}
