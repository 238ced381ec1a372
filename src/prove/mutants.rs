//! Whether the grader has teeth: small changes of the winning path that must cost something, or must not.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

use serde::Serialize;

use crate::agent::{Oracle, Script};
use crate::protocol::{ActionType, ToolUseAction};
use crate::task::Task;
use crate::text::{Judgement, Keyword, Pattern, ReplySpec, Span, sentences};

use super::cheats::Played;
use super::patience::tick;

/// What is changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum MutantKind {
    /// One required item is not looked at.
    EvidenceDropped,
    /// Another code is submitted.
    ResolutionSwapped,
    /// What meets a keyword is cut from the reply.
    KeywordRemoved,
    /// The digits of a value are changed.
    ValueChanged,
    /// A sentence that meets a keyword is denied.
    SentenceNegated,
    /// The sentences stand in another order.
    OrderChanged,
    /// Another wording of the same keyword stands in its place.
    SynonymSwapped,
    /// A wording's contractions, articles or possessives are others.
    Reworded,
    /// A courtesy is added.
    CourtesyAdded,
    /// An amount that a pattern asks for is written with its currency on the other side.
    ValueReformatted,
    /// Steps are spent on looks that were taken before, until none are left.
    StepsWasted,
}

impl MutantKind {
    /// All of them.
    pub const ALL: [MutantKind; 11] = [
        MutantKind::EvidenceDropped,
        MutantKind::ResolutionSwapped,
        MutantKind::KeywordRemoved,
        MutantKind::ValueChanged,
        MutantKind::SentenceNegated,
        MutantKind::OrderChanged,
        MutantKind::SynonymSwapped,
        MutantKind::Reworded,
        MutantKind::CourtesyAdded,
        MutantKind::ValueReformatted,
        MutantKind::StepsWasted,
    ];

    /// Whether such a mutant has to score less than the reference solution; the others have to score the same.
    pub fn must_cost(self) -> bool {
        !matches!(
            self,
            MutantKind::OrderChanged
                | MutantKind::SynonymSwapped
                | MutantKind::Reworded
                | MutantKind::CourtesyAdded
                | MutantKind::ValueReformatted
        )
    }
}

impl fmt::Display for MutantKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            MutantKind::EvidenceDropped => "evidence dropped",
            MutantKind::ResolutionSwapped => "resolution swapped",
            MutantKind::KeywordRemoved => "keyword removed",
            MutantKind::ValueChanged => "value changed",
            MutantKind::SentenceNegated => "sentence negated",
            MutantKind::OrderChanged => "order changed",
            MutantKind::SynonymSwapped => "synonym swapped",
            MutantKind::Reworded => "reworded",
            MutantKind::CourtesyAdded => "courtesy added",
            MutantKind::ValueReformatted => "value reformatted",
            MutantKind::StepsWasted => "steps wasted",
        })
    }
}

/// A mutant that did not do what it must.
#[derive(Debug, Clone, Serialize)]
pub struct Mutant {
    /// What was changed.
    pub kind: MutantKind,
    /// The evidence key, code or keyword that it is about.
    pub subject: String,
    /// What it scored.
    pub score: f64,
    /// What stood there, and what stands there now.
    pub diff: Option<Diff>,
    /// The path that was played.
    pub actions: Vec<ToolUseAction>,
}

/// A change of the reply.
#[derive(Debug, Clone, Serialize)]
pub struct Diff {
    /// The reference reply.
    pub before: String,
    /// The mutant's.
    pub after: String,
}

impl Diff {
    /// What stood there and what stands there now: the words that differ, with one on either side; `None` where that is
    /// too long to be read at a glance.
    pub fn change(&self) -> Option<(String, String)> {
        /// Characters of either.
        const MOST: usize = 60;
        let (before, after): (Vec<&str>, Vec<&str>) =
            (self.before.split_whitespace().collect(), self.after.split_whitespace().collect());
        let alike = before.iter().zip(&after).take_while(|(one, other)| one == other).count();
        let shorter = before.len().min(after.len()) - alike;
        let ends = before.iter().rev().zip(after.iter().rev()).take(shorter);
        let alike_behind = ends.take_while(|(one, other)| one == other).count();
        let part = |words: &[&str]| {
            let end = (words.len() - alike_behind + 1).min(words.len());
            words[alike.saturating_sub(1)..end].join(" ")
        };
        let (from, to) = (part(&before), part(&after));
        (from.chars().count() <= MOST && to.chars().count() <= MOST).then_some((from, to))
    }
}

/// What became of all mutants of a task.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Mutants {
    /// How many had to cost something.
    pub harmful: usize,
    /// How many of those did.
    pub killed: usize,
    /// How many had to cost nothing.
    pub harmless: usize,
    /// How many of those did not.
    pub spared: usize,
    /// How many keywords were left alone, since changing each of them would take too long; 0 in usual tasks.
    pub left_out: usize,
    /// The others.
    pub failed: Vec<Mutant>,
}

impl Mutants {
    /// Makes and plays every mutant of the reference solution, which scores `oracle`.
    pub fn of(task: &Arc<Task>, oracle: f64) -> Mutants {
        let mut bench = Bench { task, oracle, path: Oracle::path(task), mutants: Mutants::default() };
        bench.paths();
        if let Some(spec) = task.reply.as_ref().filter(|_| task.grading.weights.reply > 0.0)
            && let Some(reply) = &task.oracle_reply
        {
            let mut reply = Reply { spec, text: reply, judged: spec.judge(reply), passed_over: BTreeSet::new() };
            reply.passed_over = reply.beyond_budget();
            bench.mutants.left_out = reply.passed_over.len();
            bench.words(&reply);
            bench.orders(&reply);
            bench.synonyms(&reply);
            bench.rewordings(&reply);
            for courtesy in COURTESIES {
                bench.redraft(
                    MutantKind::CourtesyAdded,
                    courtesy,
                    &reply,
                    format!("{} {courtesy}", reply.text.trim_end()),
                );
            }
            bench.formats(&reply);
        }
        bench.mutants
    }
}

/// The reference reply with its judgement.
struct Reply<'a> {
    spec: &'a ReplySpec,
    text: &'a str,
    judged: Judgement,
    /// The keywords, by their place in the list, that are not changed.
    passed_over: BTreeSet<usize>,
}

/// The most comparisons of a word with a phrase that the changes of one task may take: some 200 ms.
const MOST_COMPARISONS: usize = 20_000_000;

/// How often a reply is judged for the changes of one keyword, about.
const JUDGED_PER_KEYWORD: usize = 10;

/// So many keywords are changed however long it takes.
const FEWEST_KEYWORDS: usize = 4;

impl Reply<'_> {
    /// The scored keywords that the reply meets and that are to be changed, with where.
    fn met(&self) -> impl Iterator<Item = (&Keyword, &[Span])> {
        let chosen = self.all_met().filter(|at| !self.passed_over.contains(at));
        chosen.map(|at| (&self.spec.keywords()[at], &self.judged.keywords[at].spans[..]))
    }

    /// The places of all scored keywords that the reply meets.
    fn all_met(&self) -> impl Iterator<Item = usize> {
        let findings = self.spec.keywords().iter().zip(&self.judged.keywords).enumerate();
        findings.filter(|(_, (keyword, found))| !keyword.optional && found.is_met()).map(|(at, _)| at)
    }

    /// The keywords that there is no time to change: every judgement looks for every phrase in every word, so that
    /// tasks with very many keywords have an even choice of them changed.
    fn beyond_budget(&self) -> BTreeSet<usize> {
        let phrases: usize = self.spec.keywords().iter().map(|keyword| phrases_of(keyword.matcher.pattern())).sum();
        let one = self.text.split_whitespace().count() * phrases * JUDGED_PER_KEYWORD;
        let most = (MOST_COMPARISONS / one.max(1)).max(FEWEST_KEYWORDS);
        let all: Vec<usize> = self.all_met().collect();
        let chosen: BTreeSet<usize> =
            (0..most.min(all.len())).map(|at| all[at * all.len() / most.min(all.len())]).collect();
        all.into_iter().filter(|at| !chosen.contains(at)).collect()
    }

    /// The reply with each of these spans, in order and apart, replaced.
    fn with(&self, spans: &[Span], replace: impl Fn(&str) -> String) -> String {
        let mut text = String::with_capacity(self.text.len());
        let mut at = 0;
        for span in spans {
            if span.start < at {
                continue;
            }
            text.push_str(&self.text[at..span.start]);
            text.push_str(&replace(span.of(self.text)));
            at = span.end;
        }
        text.push_str(&self.text[at..]);
        text
    }
}

struct Bench<'a> {
    task: &'a Arc<Task>,
    oracle: f64,
    path: Vec<ToolUseAction>,
    mutants: Mutants,
}

impl Bench<'_> {
    /// The path with a step left out, or another end.
    fn paths(&mut self) {
        for (at, evidence) in self.task.required_evidence.iter().enumerate() {
            let mut path = self.path.clone();
            path.remove(at);
            self.play(MutantKind::EvidenceDropped, &evidence.key, path, None);
        }
        let codes = self.task.resolutions.iter().map(|resolution| &resolution.code);
        for code in codes.filter(|code| **code != self.task.outcomes.expected) {
            let mut path = self.path.clone();
            path.pop();
            path.push(ToolUseAction::new(ActionType::SubmitResolution, Some(code.to_string())));
            self.play(MutantKind::ResolutionSwapped, code, path, None);
        }
        // One step too many is free where nothing else is said: a shorter room tells nothing.
        let room = (self.task.max_steps as usize).saturating_sub(self.path.len());
        if self.task.grading.weights.efficiency > 0.0 && room > 1 {
            let mut path = vec![self.path[0].clone(); room];
            path.extend(self.path.iter().cloned());
            self.play(MutantKind::StepsWasted, "max_steps", path, None);
        }
    }

    /// The reply without a keyword, with another value, with a sentence denied.
    fn words(&mut self, reply: &Reply<'_>) {
        for (keyword, spans) in reply.met() {
            self.redraft(MutantKind::KeywordRemoved, &keyword.id, reply, without(reply, &keyword.id, spans));
            let pattern = keyword.matcher.pattern();
            let holds_value = pattern.is_typed() || matches!(pattern, Pattern::Regex(_));
            if holds_value && spans.iter().any(|span| has_digit(span.of(reply.text))) {
                // A range of days still overlaps one that is a day off.
                let change = if matches!(pattern, Pattern::Duration(_)) { tenfold } else { one_off };
                self.redraft(MutantKind::ValueChanged, &keyword.id, reply, reply.with(spans, change));
            }
            if keyword.matcher.wants_assertion() && !pattern.has_negator() {
                self.redraft(MutantKind::SentenceNegated, &keyword.id, reply, negated(reply, spans));
            }
        }
    }

    /// The sentences in reverse, and with the first one last.
    fn orders(&mut self, reply: &Reply<'_>) {
        let all: Vec<&str> = sentences(reply.text).into_iter().map(|span| span.of(reply.text).trim()).collect();
        if all.len() < 2 {
            return;
        }
        let mut reversed = all.clone();
        reversed.reverse();
        let mut rotated = all;
        rotated.rotate_left(1);
        for (name, order) in [("sentences reversed", &reversed), ("first sentence last", &rotated)] {
            self.redraft(MutantKind::OrderChanged, name, reply, order.join(" "));
        }
    }

    /// Each keyword said in each of its other wordings. A wording fits where one of its forms does.
    fn synonyms(&mut self, reply: &Reply<'_>) {
        for (keyword, spans) in reply.met() {
            let Pattern::AnyOf(phrases) = keyword.matcher.pattern() else { continue };
            for phrase in phrases {
                let is_said =
                    |span: &Span| phrase.inflected().iter().any(|form| form.eq_ignore_ascii_case(span.of(reply.text)));
                if spans.iter().any(is_said) {
                    continue;
                }
                let forms = phrase.inflected();
                let drafts = || forms.iter().map(|form| reply.with(spans, |_| form.clone()));
                let fits = |draft: &String| {
                    tick();
                    let judged = reply.spec.judge(draft);
                    judged.quality() >= reply.judged.quality() && judged.gate().is_none()
                };
                if let Some(draft) = drafts().find(fits).or_else(|| drafts().next()) {
                    self.redraft(MutantKind::SynonymSwapped, &keyword.id, reply, draft);
                }
            }
        }
    }

    /// Each wording with its small words changed, where it is a phrase of several.
    fn rewordings(&mut self, reply: &Reply<'_>) {
        for (keyword, spans) in reply.met() {
            if keyword.matcher.pattern().is_typed() {
                continue;
            }
            let drafts = REWORDED.iter().map(|(from, to)| reply.with(spans, |phrase| reworded(phrase, from, to)));
            let changed: Vec<String> = drafts.filter(|draft| draft != reply.text).collect();
            tick();
            // One that costs something says it all.
            let costs = |draft: &&String| reply.spec.judge(draft).quality() < reply.judged.quality();
            if let Some(draft) = changed.iter().find(costs).or(changed.first()) {
                self.redraft(MutantKind::Reworded, &keyword.id, reply, draft.clone());
            }
        }
    }

    /// Each amount that a pattern asks for with its currency on the other side.
    fn formats(&mut self, reply: &Reply<'_>) {
        for (keyword, spans) in reply.met() {
            if !matches!(keyword.matcher.pattern(), Pattern::Regex(_)) {
                continue;
            }
            let draft = reply.with(spans, |value| reformatted(value).unwrap_or_else(|| value.to_owned()));
            if draft != reply.text {
                self.redraft(MutantKind::ValueReformatted, &keyword.id, reply, draft);
            }
        }
    }

    fn redraft(&mut self, kind: MutantKind, subject: &str, reply: &Reply<'_>, draft: String) {
        let mut path = self.path.clone();
        let Some(step) = path.iter_mut().find(|action| action.action_type == ActionType::DraftReply) else { return };
        if draft.trim().is_empty() {
            path.retain(|action| action.action_type != ActionType::DraftReply);
        } else {
            *step = ToolUseAction::new(ActionType::DraftReply, Some(draft.clone()));
        }
        let diff = Diff { before: reply.text.to_owned(), after: draft };
        self.play(kind, subject, path, Some(diff));
    }

    fn play(&mut self, kind: MutantKind, subject: &str, path: Vec<ToolUseAction>, diff: Option<Diff>) {
        let played = Played::by(&mut Script::new(path), self.task).path;
        let held = if kind.must_cost() {
            self.mutants.harmful += 1;
            let killed = played.score < self.oracle;
            self.mutants.killed += usize::from(killed);
            killed
        } else {
            self.mutants.harmless += 1;
            let spared = played.score >= self.oracle;
            self.mutants.spared += usize::from(spared);
            spared
        };
        if !held {
            let (subject, score, actions) = (subject.to_owned(), played.score, played.actions);
            self.mutants.failed.push(Mutant { kind, subject, score, diff, actions });
        }
    }
}

/// What an honest agent may add to any reply.
const COURTESIES: [&str; 2] = ["We are sorry for the trouble.", "Is there anything else we can help with?"];

/// Signs of currencies with their codes.
const CURRENCIES: [(char, &str); 3] = [('$', "USD"), ('€', "EUR"), ('£', "GBP")];

/// The first amount behind a currency's sign with the code behind it, or the other way round.
fn reformatted(text: &str) -> Option<String> {
    let number_in =
        |text: &str| text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit() || ".,".contains(c)).len();
    CURRENCIES.iter().find_map(|(sign, code)| {
        if let Some(at) = text.find(*sign) {
            let (before, after) = (&text[..at], &text[at + sign.len_utf8()..]);
            let length = number_in(after);
            return (length > 0).then(|| format!("{before}{} {code}{}", &after[..length], &after[length..]));
        }
        let (before, after) = (&text[..text.find(code)?], &text[text.find(code)? + code.len()..]);
        let number = before.trim_end();
        let start = number.trim_end_matches(|c: char| c.is_ascii_digit() || ".,".contains(c)).len();
        (start < number.len()).then(|| format!("{}{sign}{}{after}", &number[..start], &number[start..]))
    })
}

/// How many phrases a pattern looks for.
fn phrases_of(pattern: &Pattern) -> usize {
    match pattern {
        Pattern::AnyOf(phrases) => phrases.len(),
        Pattern::Near { groups, .. } => groups.iter().map(|group| group.len()).sum(),
        _ => 1,
    }
}

fn has_digit(text: &str) -> bool {
    text.bytes().any(|byte| byte.is_ascii_digit())
}

/// The text with every digit one higher, 9 becoming 8, so that no value becomes zero.
fn one_off(text: &str) -> String {
    let change = |c: char| match c.to_digit(10) {
        Some(9) => '8',
        Some(digit) => char::from_digit(digit + 1, 10).unwrap_or(c),
        None => c,
    };
    text.chars().map(change).collect()
}

/// The text with a 0 behind every run of digits.
fn tenfold(text: &str) -> String {
    let mut changed = String::with_capacity(text.len() + 4);
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        changed.push(c);
        if c.is_ascii_digit() && !chars.peek().is_some_and(char::is_ascii_digit) {
            changed.push('0');
        }
    }
    changed
}

/// Small words with what says the same.
const REWORDED: [(&str, &str); 6] = [
    ("we have ", "we've "),
    ("we will ", "we'll "),
    ("you will ", "you'll "),
    (" your ", " the "),
    (" a ", " one "),
    (" the ", " your "),
];

/// A phrase with one of its small words changed, where it holds that.
fn reworded(phrase: &str, from: &str, to: &str) -> String {
    // ASCII letters change in place, so that a found place is one of the phrase, too.
    let at = phrase.to_ascii_lowercase().find(from);
    at.map_or(phrase.to_owned(), |at| format!("{}{to}{}", &phrase[..at], &phrase[at + from.len()..]))
}

/// The reply without what meets a keyword: cut until nothing meets it any more, as far as that goes.
fn without(reply: &Reply<'_>, id: &str, spans: &[Span]) -> String {
    /// Places that meet a keyword one after the other.
    const MOST_CUTS: usize = 6;
    let mut text = reply.with(spans, |_| String::new());
    for _ in 0..MOST_CUTS {
        tick();
        let judged = reply.spec.judge(&text);
        let found = reply.spec.keywords().iter().zip(&judged.keywords).find(|(keyword, _)| keyword.id == id);
        let Some((_, finding)) = found.filter(|(_, finding)| finding.is_met()) else { break };
        let rest = Reply { spec: reply.spec, text: &text, judged: judged.clone(), passed_over: BTreeSet::new() };
        text = rest.with(&finding.spans, |_| String::new());
    }
    text
}

/// Verbs that take "not" behind them.
const AUXILIARIES: [&str; 15] =
    ["have", "has", "had", "am", "is", "are", "was", "were", "will", "would", "can", "could", "should", "did", "does"];

/// Endings of contracted auxiliaries, with either apostrophe.
const CONTRACTED: [&str; 8] = ["'ve", "'ll", "'re", "'m", "\u{2019}ve", "\u{2019}ll", "\u{2019}re", "\u{2019}m"];

/// Words that open the subject of a statement.
const OPENERS: [&str; 12] = ["we", "i", "our", "my", "your", "you", "the", "a", "an", "this", "it", "there"];

/// The reply with every sentence denied that holds one of the spans: "not" behind the last auxiliary before the span,
/// or else "it is not true that" before the clause.
fn negated(reply: &Reply<'_>, spans: &[Span]) -> String {
    let mut text = String::new();
    for sentence in sentences(reply.text) {
        let own = sentence.of(reply.text);
        let Some(span) = spans.iter().find(|span| sentence.start <= span.start && span.start < sentence.end) else {
            text.push_str(own);
            continue;
        };
        let before = &own[..span.start - sentence.start];
        let (at, denial) = match words_of(before).filter(|(_, word)| is_auxiliary(word)).last() {
            Some((start, word)) => (start + word.len(), " not"),
            None => (opening(own, before), "it is not true that "),
        };
        text.push_str(&own[..at]);
        text.push_str(denial);
        text.push_str(&own[at..]);
    }
    text
}

/// Where the last clause begins whose subject stands before the span, or the sentence.
fn opening(sentence: &str, before: &str) -> usize {
    let opens = |&(start, word): &(usize, &str)| {
        let is_subject = OPENERS.contains(&word.to_lowercase().as_str()) || word.starts_with("I'");
        is_subject && (start == 0 || before[..start].trim_end().ends_with([',', ':', ';', '\u{2014}', '\u{2013}']))
    };
    words_of(before).filter(opens).last().map_or(sentence.len() - sentence.trim_start().len(), |(start, _)| start)
}

/// The words of a text, parted by blanks, each with where it starts.
fn words_of(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.split_whitespace().map(move |word| (word.as_ptr() as usize - text.as_ptr() as usize, word))
}

fn is_auxiliary(word: &str) -> bool {
    AUXILIARIES.contains(&word.to_lowercase().as_str()) || CONTRACTED.iter().any(|ending| word.ends_with(ending))
}

#[cfg(test)]
mod tests {
    use super::{Diff, reformatted};

    #[test]
    fn a_change_is_told_by_its_words() {
        let check = |before: &str, after: &str, expect: (&str, &str)| {
            let change = Diff { before: before.to_owned(), after: after.to_owned() }.change();
            assert_eq!(change, Some((expect.0.to_owned(), expect.1.to_owned())));
        };
        let before = "We are changing the lock of your room.";
        check(before, "We are changing your lock of your room.", ("changing the lock", "changing your lock"));
        check(before, "We are changing lock of your room.", ("changing the lock", "changing lock"));
        check(before, "We have been changing the lock of your room.", ("We are changing", "We have been changing"));
        check("one", "two", ("one", "two"));
        check("one one", "one one one", ("one", "one one"));
        check("", "one", ("", "one"));
        let long = Diff { before: "word ".repeat(30), after: "other ".repeat(30) };
        assert_eq!(long.change(), None);
    }

    #[test]
    fn amounts_are_written_the_other_way() {
        let check = |text: &str, expect: Option<&str>| assert_eq!(reformatted(text).as_deref(), expect, "{text}");
        check("€19.50", Some("19.50 EUR"));
        check("of $1,200 each", Some("of 1,200 USD each"));
        check("19.50 EUR", Some("€19.50"));
        check("a credit of 5 GBP", Some("a credit of £5"));
        check("RMA-123456", None);
        check("€ and no number", None);
        check("the EUR", None);
    }
}
