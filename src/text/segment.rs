//! Third stage: sentences, and the clauses inside them.
//!
//! A clause is what a negation, a question or a condition reaches. The split follows the grammar's own marks: hard
//! punctuation, subordinators, coordinators before a new predicate, and subjects that open one.

use super::lexicon::Class;
use super::one_of::OneOf;
use super::opening::{
    as_soon, bare_subject, condition_phrase, fronted, has_verb_before, inverts_condition, inverts_question,
    is_full_verb, is_noun_before, opening_link, opens_clause, opens_predicate, opens_subject, restricts, that_link,
};
use super::stop::ends_sentence;
use super::token::{Gap, Kind, Words};

/// How a clause hangs together with what stands before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Link {
    /// Opens a sentence, or stands on its own after hard punctuation, "but", or a comma with its own subject.
    Main,
    /// A further predicate of the same subject: "and have refunded".
    Predicate,
    /// "if", "unless", "in case", inverted "should you".
    Condition,
    /// "once", "when", "until".
    Temporal,
    /// "because", "although", "as", "while".
    Cause,
    /// "which", "that", or the bare "the charge you saw".
    Relative,
    /// What a verb of speech or thought introduces: "that we refunded".
    Complement,
    /// The matrix clause going on behind a relative one.
    Resume,
}

/// A range of words that one predicate governs.
#[derive(Debug, Clone, Copy)]
pub(super) struct Clause {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) link: Link,
    /// Set off from the clause before by `;`, `:`, a dash or a bracket.
    pub(super) is_hard: bool,
}

/// A range of words that ends where a reader would stop.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sentence {
    pub(super) start: usize,
    pub(super) end: usize,
    /// Range into [`Segments::clauses`].
    pub(super) clauses: (usize, usize),
    pub(super) is_question: bool,
    pub(super) is_bullet: bool,
    /// Holds a colon behind a short label.
    pub(super) is_label: bool,
}

/// The sentences and clauses of a reply.
#[derive(Debug, Default)]
pub(super) struct Segments {
    pub(super) sentences: Vec<Sentence>,
    pub(super) clauses: Vec<Clause>,
    /// The sentence of each word.
    pub(super) sentence_of: Vec<u32>,
    /// The clause of each word.
    pub(super) clause_of: Vec<u32>,
    /// Where the signature begins: the words behind the valediction, or the end.
    pub(super) signature: usize,
}

/// How far ahead a noun phrase is followed to find its verb.
pub(super) const SUBJECT_REACH: usize = 9;

/// How many sentences a signature may take: the valediction, a name, an office, a firm.
const SIGNATURE_SENTENCES: usize = 5;

/// The words that valedictions end on.
const VALEDICTIONS: &OneOf = one_of![
    "regards",
    "wishes",
    "sincerely",
    "faithfully",
    "truly",
    "cheers",
    "thanks",
    "yours",
    "best",
    "warmly",
    "cordially",
    "respectfully",
    "sympathy",
    "regret",
    "love",
    "greetings",
    "care",
];

/// The longest line of which the first words are a label before a dash, in words.
const DASHED_WORDS: usize = 8;

/// The longest label before a colon, in words.
pub(super) const LABEL_WORDS: usize = 5;

impl Segments {
    /// Splits words into sentences and clauses.
    pub(super) fn of(words: &Words) -> Segments {
        let count = words.list.len();
        let of_words = || Vec::with_capacity(count);
        let mut segments = Segments { sentence_of: of_words(), clause_of: of_words(), ..Segments::default() };
        let mut start = 0;
        for i in 1..=count {
            if i == count || ends_sentence(words, start, i) {
                segments.push_sentence(words, start, i);
                start = i;
            }
        }
        segments.signature = segments.find_signature(words);
        segments
    }

    /// The words behind "Kind regards," at the end of a reply: who signs, and no statement.
    fn find_signature(&self, words: &Words) -> usize {
        let count = words.list.len();
        for sentence in self.sentences.iter().rev().take(SIGNATURE_SENTENCES) {
            let opening = sentence.start..sentence.end.min(sentence.start + 4);
            if let Some(bow) = opening.rev().find(|i| words.is_any(*i, VALEDICTIONS)) {
                let is_bare = bow + 1 == count || !words.gap(bow + 1).only(Gap::SPACE);
                let says = (sentence.start..count).any(|i| words.class(i).has(Class::FINITE.or(Class::US)));
                return if is_bare && !says { bow + 1 } else { count };
            }
        }
        count
    }

    fn push_sentence(&mut self, words: &Words, start: usize, end: usize) {
        if start >= end {
            return;
        }
        let first_clause = self.clauses.len();
        let mut clause = Clause { start, end, link: opening_link(words, start), is_hard: true };
        for i in start + 1..end {
            if let Some((link, is_hard)) = boundary(words, &clause, i, end) {
                clause.end = i;
                self.clauses.push(clause);
                clause = Clause { start: i, end, link, is_hard };
            }
        }
        clause.end = end;
        self.clauses.push(clause);
        for index in first_clause..self.clauses.len() {
            let range = self.clauses[index];
            self.clause_of.extend((range.start..range.end).map(|_| index as u32));
        }
        let index = self.sentences.len() as u32;
        self.sentence_of.extend((start..end).map(|_| index));
        let colon = (start + 1..end.min(start + LABEL_WORDS + 1)).any(|i| words.gap(i).has(Gap::COLON));
        // "Outcome - full refund": a dash behind the first words of a short line.
        let is_dashed = end - start <= DASHED_WORDS
            && (start + 1..end.min(start + 3)).any(|i| words.gap(i).has(Gap::DASH))
            && !(start..end).any(|i| words.class(i).has(Class::FINITE));
        self.sentences.push(Sentence {
            start,
            end,
            clauses: (first_clause, self.clauses.len()),
            is_question: words.gap(end).has(Gap::QUESTION),
            is_bullet: words.gap(start).has(Gap::BULLET),
            is_label: colon || is_dashed,
        });
    }

    /// The clause that holds a word.
    pub(super) fn clause(&self, word: usize) -> usize {
        self.clause_of.get(word).map_or(0, |c| *c as usize)
    }

    /// The sentence that holds a word.
    pub(super) fn sentence(&self, word: usize) -> usize {
        self.sentence_of.get(word).map_or(0, |s| *s as usize)
    }
}

/// Whether word `i` can open no clause, told by its class alone: most words are such.
fn opens_nothing(words: &Words, i: usize) -> bool {
    words.class(i) == Class::NONE
        && words.gap(i).only(Gap::SPACE)
        && !words.is_past(i)
        && !words.is_any(i, one_of!["subject", "depending", "contingent", "pending"])
}

/// Whether a new clause opens at word `i`, and how.
fn boundary(words: &Words, clause: &Clause, i: usize, end: usize) -> Option<(Link, bool)> {
    if opens_nothing(words, i) {
        return None;
    }
    let gap = words.gap(i);
    let class = words.class(i);
    let numbers = words.list[i - 1].kind == Kind::Number && words.list[i].kind == Kind::Number;
    let hard = gap.has(Gap::SEMICOLON.or(Gap::COLON).or(Gap::PAREN).or(Gap::DASH)) && !numbers;
    if hard {
        // "the return of the deposit ($640) is in dispute": the clause goes on behind the bracket.
        if gap.only(Gap::PAREN.or(Gap::SPACE)) && class.has(Class::FINITE) {
            return Some((Link::Resume, false));
        }
        if gap.only(Gap::PAREN.or(Gap::SPACE)) && class.has(Class::COORDINATOR) && opens_predicate(words, i + 1, end) {
            return Some((Link::Predicate, false));
        }
        return Some((opening_link(words, i), true));
    }
    let before = words.class(i - 1);
    // The word before has already opened this clause.
    let opened = i == clause.start + 1
        && (before.has(
            Class::CONDITION
                .or(Class::TEMPORAL)
                .or(Class::CAUSE)
                .or(Class::RELATIVE)
                .or(Class::COORDINATOR)
                .or(Class::CONTRAST),
        ));
    // "can only be provided": a participle, no condition.
    let participle = words.is_any(i, one_of!["provided", "given"])
        && (before.has(Class::BE.or(Class::BEEN).or(Class::HAVE).or(Class::US)) || words.is(i - 1, "not"));
    if participle {
        return None;
    }
    if class.has(Class::CONDITION) && !words.is(i - 1, "even") || condition_phrase(words, i) {
        return Some((Link::Condition, false));
    }
    if class.has(Class::CONDITION) {
        return Some((Link::Cause, false));
    }
    if words.is_any(i, one_of!["but", "however"]) {
        let link = if opens_subject(words, i + 1, end) { Link::Main } else { Link::Predicate };
        return Some((link, true));
    }
    // "we will refund it should they agree": an inverted modal with its subject.
    if words.is(i, "should")
        && inverts_condition(words, i)
        && !opened
        && !words.is_any(i - 1, one_of!["why", "what", "how"])
    {
        return Some((Link::Condition, false));
    }
    if as_soon(words, i) {
        return Some((Link::Temporal, false));
    }
    // "you asked when we refunded it": what was asked.
    if words.is_any(i, one_of!["when", "why", "how", "what"])
        && words.is_any(i - 1, one_of!["asked", "wondered", "enquired", "inquired"])
    {
        return Some((Link::Complement, false));
    }
    // "I am afraid a refund is", "we confirm the refund was": what is felt or told, without its "that".
    let takes_clause = before.has(Class::TRANSPARENT) && !words.is_any(i - 1, one_of!["wait", "give", "share"])
        || words.is_any(i - 1, FEELING)
        || words.is(i - 1, "hope");
    // "it meant the app could not": likewise.
    let takes_clause = (takes_clause
        || words.is_any(i - 1, one_of!["means", "meant", "think", "believe", "understand"]))
        && !gap.has(Gap::COMMA);
    if takes_clause && class.has(Class::DETERMINER) && opens_subject(words, i, end) && !before.has(Class::NOT) {
        return Some((Link::Complement, false));
    }
    // "Tuesday is when we treat it"
    if words.is(i, "when") && before.has(Class::BE) {
        return Some((Link::Relative, false));
    }
    // "on 19 May, when Dr Lee is in": more on the day.
    if words.is(i, "when")
        && gap.has(Gap::COMMA)
        && (before.has(Class::VALUE) || (i.saturating_sub(3)..i).any(|j| words.list[j].kind == Kind::Number))
    {
        return Some((Link::Relative, false));
    }
    if class.has(Class::TEMPORAL) && opens_clause(words, i) {
        return Some((Link::Temporal, false));
    }
    if class.has(Class::CAUSE) && opens_clause(words, i) || words.is(i, "because") {
        return Some((Link::Cause, false));
    }
    if words.is(i, "that") {
        // "because of that, that platform has": a determiner, with the noun and verb that it opens.
        let opens =
            || gap.has(Gap::COMMA) && !opened && words.class(i + 1) == Class::NONE && opens_subject(words, i, end);
        return that_link(words, i).or_else(|| opens().then_some(Link::Main)).map(|link| (link, false));
    }
    if words.is_any(i, one_of!["which", "who", "whom", "whose", "where"]) {
        return Some((Link::Relative, false));
    }
    if class.has(Class::COORDINATOR) && !words.is_any(i, one_of!["yet", "then", "nor", "plus"]) {
        // "and since then we have": a short phrase before the subject.
        let phrase = words.class(i + 1).has(Class::PREPOSITION.or(Class::TEMPORAL))
            && (i + 2..end.min(i + 6))
                .find(|j| words.class(*j).has(Class::FINITE.or(Class::SUBJECT)))
                .is_some_and(|j| bare_subject(words, j));
        if phrase || opens_subject(words, i + 1, end) || words.class(i + 1).has(Class::PLEASE) {
            return Some((Link::Main, false));
        }
        if opens_predicate(words, i + 1, end) {
            return Some((Link::Predicate, false));
        }
        return None;
    }
    if opened {
        return None;
    }
    // "it was not approved, for the illness began in May": a reason.
    let is_reason = words.is(i, "for")
        && gap.has(Gap::COMMA)
        && words.class(i + 1).has(Class::DETERMINER)
        && (i + 3..end.min(i + 6)).any(|j| words.is_past(j) || words.class(j).has(Class::BE));
    if is_reason {
        return Some((Link::Cause, false));
    }
    if gap.has(Gap::COMMA) {
        if words.is_any(i, one_of!["not", "rather", "instead"]) {
            return None;
        }
        if words.is(i, "hence") {
            return Some((Link::Main, true));
        }
        if class.has(Class::PLEASE) || opens_subject(words, i, end) || inverts_question(words, i) {
            return Some((Link::Main, false));
        }
        if clause.link == Link::Relative && class.has(Class::FINITE) {
            return Some((Link::Resume, false));
        }
        if fronted(words, clause) {
            return Some((opening_link(words, i), false));
        }
        return None;
    }
    if class.has(Class::PLEASE) && i > clause.start {
        return Some((Link::Main, false));
    }
    // "unlocking it is not an option": the gerund's object.
    let is_relative_verb = clause.link == Link::Relative
        && i <= clause.start + 3
        && words.is_any(clause.start, one_of!["that", "which", "who"])
        && words.is_past(i - 1)
        && !before.has(Class::SPEECH.or(Class::OPINION));
    let object = words.is_any(i, one_of!["it", "you"])
        && (i == clause.start + 1 && words.text(i - 1).ends_with("ing") || is_relative_verb);
    if object {
        return None;
    }
    let only_adverbs = i - clause.start <= SUBJECT_REACH
        && (clause.start..i).all(|j| {
            words
                .class(j)
                .has(Class::ADVERB.or(Class::GENERIC).or(Class::POSSIBLY).or(Class::COORDINATOR).or(Class::CONTRAST))
        });
    // "as soon as we", "in case it": the subordinator has no subject yet.
    let only_opener = matches!(clause.link, Link::Condition | Link::Temporal | Link::Cause)
        && i - clause.start <= SUBJECT_REACH
        && (clause.start..i).all(|j| {
            const OPENERS: &OneOf = one_of![
                "as",
                "soon",
                "long",
                "in",
                "case",
                "on",
                "the",
                "event",
                "condition",
                "that",
                "whether",
                "or",
                "not",
            ];
            words.is_any(j, OPENERS) || words.class(j).has(Class::ADVERB)
        });
    if bare_subject(words, i)
        && i > clause.start
        && !only_adverbs
        && !only_opener
        && !before.has(Class::COORDINATOR.or(Class::FINITE).or(Class::QUESTION_WORD))
    {
        let first = words.class(clause.start);
        let is_phrase =
            i - clause.start <= 2 * SUBJECT_REACH && !(clause.start..i).any(|j| words.class(j).has(Class::FINITE));
        let link = if clause.link == Link::Main
            && first.has(Class::PREPOSITION)
            && !first.has(Class::COORDINATOR)
            && is_phrase
        {
            Link::Main
        } else if before.has(Class::SPEECH.or(Class::OPINION).or(Class::TRANSPARENT)) && !is_noun_before(words, i)
            || (words.is_any(i - 1, FEELING) || words.is_any(i - 1, one_of!["doubt", "way", "reason", "you", "us"]))
                && !before.has(Class::NOT)
        {
            Link::Complement
        } else if fronted(words, clause) && !restricts(words, i, end) {
            Link::Main
        } else {
            Link::Relative
        };
        return Some((link, false));
    }
    if matches!(clause.link, Link::Temporal | Link::Condition) && resumes_without_comma(words, clause, i, end) {
        return Some((Link::Main, false));
    }
    // "the plumber you hired fixed it": the verb of the noun behind that of the clause that tells of it.
    let is_resumed = clause.link == Link::Relative
        && i == clause.start + 2
        && words.is_any(clause.start, one_of!["you", "we", "i", "they"])
        && words.is_past(i - 1)
        && words.is_past(i)
        && !before.has(Class::FINITE.or(Class::SPEECH))
        && !words.is_any(i - 1, one_of!["got", "had", "saw", "found", "heard", "kept", "left"]);
    if is_resumed {
        return Some((Link::Resume, false));
    }
    let auxiliary = before.has(Class::FINITE.or(Class::NOT));
    if resumes_behind_time(words, clause, i) {
        return Some((Link::Resume, false));
    }
    if clause.link == Link::Relative
        && class.has(Class::FINITE)
        && !auxiliary
        && !before.has(Class::SUBJECT.or(Class::YOU))
        && has_verb_before(words, clause.start, i)
    {
        return Some((Link::Resume, false));
    }
    None
}

/// Adjectives of feeling and knowing, which take a clause.
pub(super) const FEELING: &OneOf = one_of![
    "sorry", "glad", "happy", "sad", "sure", "certain", "afraid", "proud", "pleased", "thankful", "grateful", "aware",
];

/// Prepositions of time that open clauses, too.
pub(super) const TIME_PREPOSITIONS: &OneOf = one_of!["after", "before", "since", "until", "till"];

/// "attachments added after the copy are gone": the verb of the noun that a participle and a time tell of.
fn resumes_behind_time(words: &Words, clause: &Clause, i: usize) -> bool {
    let added = clause.start.wrapping_sub(1);
    let is_phrase = words.is_any(clause.start, TIME_PREPOSITIONS)
        && i <= clause.start + 4
        && words.class(i).has(Class::FINITE)
        && !(clause.start + 1..i).any(|j| words.class(j).has(Class::FINITE.or(Class::SUBJECT).or(Class::YOU)));
    // The participle stands right behind its noun, with no verb or subject before.
    let from = (added.saturating_sub(3)..added).rev().find(|j| !words.gap(*j).only(Gap::SPACE)).unwrap_or(added);
    is_phrase
        && clause.start > 1
        && words.is_past(added)
        && words.gap(clause.start).only(Gap::SPACE)
        && from < added
        && !(from..added).any(|j| words.class(j).has(Class::FINITE.or(Class::SUBJECT).or(Class::HAVE).or(Class::YOU)))
}

/// "until it runs again on 1 September no fee will be taken": a noun phrase with its own auxiliary behind a subordinate
/// clause that has had its verb.
fn resumes_without_comma(words: &Words, clause: &Clause, i: usize, end: usize) -> bool {
    // "after our visit of last night the line is": the preposition's noun phrase is over.
    let is_phrase = words.is_any(clause.start, TIME_PREPOSITIONS)
        && !words.class(i - 1).has(Class::FUNCTION.or(Class::ADVERB))
        && !(clause.start + 1..i).any(|j| {
            words.class(j).has(Class::FINITE.or(Class::STATIVE).or(Class::SUBJECT).or(Class::YOU))
                || words.is_past(j)
                || words.text(j).ends_with("ing")
        });
    let opens = words.class(i).has(Class::DETERMINER)
        && !words.class(i - 1).has(Class::PREPOSITION.or(Class::DETERMINER).or(Class::FINITE).or(Class::ADVERB))
        && i >= clause.start + 2
        && !words.is_past(i - 1)
        && (words.list[i - 1].kind == Kind::Number || words.class(i - 1).has(Class::VALUE) || is_phrase);
    let has_verb = is_phrase
        || (clause.start + 1..i).any(|j| words.class(j).has(Class::FINITE.or(Class::STATIVE)) || words.is_past(j));
    opens
        && has_verb
        && (i + 1..end.min(i + SUBJECT_REACH))
            .find(|j| words.class(*j).has(Class::FINITE) || words.gap(*j).has(Gap::COMMA) || is_full_verb(words, i, *j))
            .is_some_and(|j| !words.gap(j).has(Gap::COMMA))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::clean::Clean;

    fn clauses(raw: &str) -> Vec<String> {
        let words = Words::of(&Clean::of(raw));
        let segments = Segments::of(&words);
        let join = |a: usize, b: usize| (a..b).map(|i| words.text(i).into_owned()).collect::<Vec<_>>().join(" ");
        segments.clauses.iter().map(|c| format!("{:?}: {}", c.link, join(c.start, c.end))).collect()
    }

    fn check(raw: &str, expect: &[&str]) {
        assert_eq!(clauses(raw), expect, "{raw}");
    }

    #[test]
    fn clauses_follow_the_grammar() {
        check("We did not find it, but we refunded you.", &["Main: we did not find it", "Main: but we refunded you"]);
        check(
            "The charge you did not recognise has been refunded.",
            &["Main: the charge", "Relative: you did not recognise", "Resume: has been refunded"],
        );
        check("If it fails, we will refund you.", &["Condition: if it fails", "Main: we will refund you"]);
        check("We found it and have refunded you.", &["Main: we found it", "Predicate: and have refunded you"]);
        check("You said that we refunded it.", &["Main: you said", "Complement: that we refunded it"]);
        check(
            "The room you no longer need has been refunded.",
            &["Main: the room", "Relative: you no longer need", "Resume: has been refunded"],
        );
        check(
            "Attachments added after the copy are gone.",
            &["Main: attachments added", "Temporal: after the copy", "Resume: are gone"],
        );
        check("We called after the shop was shut.", &["Main: we called", "Temporal: after the shop was shut"]);
        check("Instead of refunding it we will wait.", &["Main: instead of refunding it", "Main: we will wait"]);
    }
}
