//! `[reply]`, `[oracle]` and `[[examples]]`.

use std::collections::BTreeMap;
use std::ops::Range;

use indexmap::IndexSet;

use crate::diag::{Code, Diagnostic};
use crate::pack::raw::{
    Field, Id, Maybe, RawEffect, RawExample, RawExpect, RawForbidden, RawKeyword, RawMatcher, RawReply, RawTask,
    RawText,
};
use crate::task::{Example, ExpectedVerdict};
use crate::text::{Effect, Forbidden, Keyword, Matcher, ReplySpec, SpecParts, Verdict};

use super::File;
use super::ids::IdSet;
use super::matcher::{Records, lower_matcher};

/// What the reply must and must not say; `None` where nothing is said or something in it is broken.
pub(super) fn lower_reply(
    raw: &RawTask,
    weighs: bool,
    records: &Records<'_>,
    file: &mut File<'_>,
) -> Option<ReplySpec> {
    let Some((reply, place)) = raw.reply.spanned() else {
        if weighs && !raw.reply.is_given() && !file.faults.any() {
            let range = file.first_line.clone();
            let diagnostic = Diagnostic::new(
                Code::MissingKey,
                file.span(range),
                "the file has no `reply`, and the reply weighs something",
            )
            .with_help(Some("add `[[reply.keywords]]`, or set `grading.weights.reply` to 0".to_owned()));
            file.sink.push(diagnostic);
        }
        return None;
    };
    let (keywords, keywords_sound) = lower_keywords(reply, records, file);
    let (forbidden, forbidden_sound) = lower_forbidden(reply, records, file);
    if weighs {
        check_scored(reply, place, file);
    }
    check_length(reply, file);
    let exclusive = lower_exclusive(reply, file);
    if !keywords_sound || !forbidden_sound {
        return None;
    }
    let bound = |words: &Maybe<crate::pack::raw::WordCount>| words.get().map(|words| words.value() as usize);
    ReplySpec::new(SpecParts {
        keywords,
        forbidden,
        exclusive: exclusive?,
        min_words: bound(&reply.min_words),
        max_words: bound(&reply.max_words),
        currency: records.currency,
    })
    .ok()
}

fn lower_keywords(reply: &RawReply, records: &Records<'_>, file: &mut File<'_>) -> (Vec<Keyword>, bool) {
    let build = |raw: &RawKeyword, id: String, matcher: Matcher| Keyword {
        id,
        weight: raw.weight.get().map_or(1.0, |weight| weight.value()),
        optional: raw.optional.get().copied().unwrap_or(false),
        matcher,
    };
    lower_entries("keyword", &reply.keywords, |raw| (&raw.id, raw.matcher()), build, records, file)
}

fn lower_forbidden(reply: &RawReply, records: &Records<'_>, file: &mut File<'_>) -> (Vec<Forbidden>, bool) {
    let build = |raw: &RawForbidden, id: String, matcher: Matcher| Forbidden {
        id,
        effect: match raw.effect.get() {
            Some(RawEffect::Gate) => Effect::Gate,
            Some(RawEffect::Fail) | None => Effect::Fail,
        },
        matcher,
    };
    lower_entries("forbidden entry", &reply.forbidden, |raw| (&raw.id, raw.matcher()), build, records, file)
}

/// Entries with an id of their own and a matcher each; and whether all of them are sound.
fn lower_entries<R, T>(
    what: &'static str,
    list: &Maybe<Vec<Field<R>>>,
    parts: impl Fn(&R) -> (&Field<Id>, RawMatcher<'_>),
    build: impl Fn(&R, String, Matcher) -> T,
    records: &Records<'_>,
    file: &mut File<'_>,
) -> (Vec<T>, bool) {
    let mut ids = IdSet::new(what);
    let mut entries = Vec::new();
    let mut sound = !list.is_hole();
    for entry in list.items() {
        let Some((raw, place)) = entry.spanned() else {
            sound = false;
            continue;
        };
        let (id, matcher) = parts(raw);
        let unique = id.spanned().is_some_and(|(id, range)| ids.add(id.as_str(), range, file));
        let matcher = lower_matcher(matcher, place, records, file);
        match (id.get(), matcher) {
            (Some(id), Some(matcher)) if unique => entries.push(build(raw, id.as_str().to_owned(), matcher)),
            _ => sound = false,
        }
    }
    (entries, sound)
}

/// A reply that weighs anything has a scored keyword; without one its criterion is met by anything.
fn check_scored(reply: &RawReply, place: Range<usize>, file: &mut File<'_>) {
    if reply.keywords.is_hole() || file.faults.any() {
        return;
    }
    if reply.keywords.items().is_empty() {
        let diagnostic = Diagnostic::new(
            Code::MissingKey,
            file.span(place),
            "there is no `keywords` in `reply`, and the reply weighs something",
        )
        .with_help(Some("add `[[reply.keywords]]`, or set `grading.weights.reply` to 0".to_owned()));
        file.sink.push(diagnostic);
    } else if reply
        .keywords
        .items()
        .iter()
        .all(|entry| entry.get().is_some_and(|keyword| keyword.optional.get() == Some(&true)))
    {
        file.report(Code::DeadCriterion, place, "every keyword is optional, so the reply's weight does nothing");
    }
}

fn check_length(reply: &RawReply, file: &mut File<'_>) {
    if let (Some((min, first)), Some((max, place))) = (reply.min_words.spanned(), reply.max_words.spanned())
        && min.value() > max.value()
    {
        let message = format!("no reply has at least {} and at most {} words", min.value(), max.value());
        let diagnostic = Diagnostic::new(Code::ReplyLengthImpossible, file.span(place), message)
            .with_label(file.span(first), "the lower bound");
        file.sink.push(diagnostic);
    }
}

fn lower_exclusive(reply: &RawReply, file: &mut File<'_>) -> Option<Vec<Vec<String>>> {
    let mut groups = Vec::new();
    let mut sound = !reply.exclusive.is_hole();
    if reply.exclusive.items().is_empty() {
        return sound.then_some(groups);
    }
    let known = KeywordIds::of(reply, file);
    for group in reply.exclusive.items() {
        let Some((ids, place)) = group.spanned() else {
            sound = false;
            continue;
        };
        let names: Vec<&RawText<'_>> = ids.iter().filter_map(Field::get).collect();
        let twice = names.iter().enumerate().any(|(at, name)| names[..at].contains(name));
        if ids.len() < 2 || twice {
            file.report(Code::OutOfRange, place, "an exclusive group names two different keywords or more");
            sound = false;
        }
        for id in ids {
            sound &= id.spanned().is_some_and(|(id, place)| known.check(id, place, file));
        }
        groups.push(ids.iter().filter_map(|id| id.get().map(RawText::to_string)).collect());
    }
    sound.then_some(groups)
}

/// The keywords' ids as they are written.
struct KeywordIds<'a> {
    ids: IndexSet<&'a str>,
    /// Whether all of them are known, so that one that is not there is a mistake.
    complete: bool,
}

impl<'a> KeywordIds<'a> {
    fn of(reply: &'a RawReply, file: &File<'_>) -> KeywordIds<'a> {
        let entries = reply.keywords.items();
        let ids: Vec<&str> = entries.iter().filter_map(|entry| Some(entry.get()?.id.get()?.as_str())).collect();
        let ids: IndexSet<&str> = ids.into_iter().collect();
        // Of two equal ids one may be meant for another.
        let complete = !reply.keywords.is_hole() && ids.len() == entries.len() && !file.faults.loses("reply.keywords");
        KeywordIds { ids, complete }
    }

    /// Whether a keyword of this id exists; reported where it does not and nothing hides it.
    fn check(&self, id: &str, place: Range<usize>, file: &mut File<'_>) -> bool {
        let exists = self.ids.contains(id);
        if !exists && self.complete {
            let diagnostic =
                Diagnostic::new(Code::DanglingReference, file.span(place), format!("there is no keyword `{id}`"))
                    .with_help(file.suggest(id, self.ids.iter().copied()));
            file.sink.push(diagnostic);
        }
        exists
    }
}

/// The grader's own test cases; an expectation of an unknown keyword is reported.
pub(super) fn lower_examples(raw: &RawTask, file: &mut File<'_>) -> Vec<Example> {
    if raw.examples.items().is_empty() {
        return Vec::new();
    }
    let known = match raw.reply.get() {
        Some(reply) => KeywordIds::of(reply, file),
        None => KeywordIds { ids: IndexSet::new(), complete: !raw.reply.is_given() && !file.faults.any() },
    };
    let examples = raw.examples.items().iter().filter_map(Field::get);
    examples.filter_map(|example| lower_example(example, &known, file)).collect()
}

fn lower_example(example: &RawExample, known: &KeywordIds<'_>, file: &mut File<'_>) -> Option<Example> {
    let mut expect = BTreeMap::new();
    for (id, place, verdict, _) in example.expect.get().into_iter().flat_map(|table| table.entries()) {
        if known.check(id, place, file) {
            expect.insert(id.into(), lower_expect(*verdict));
        }
    }
    Some(Example { reply: example.reply.get()?.as_str().into(), passes: example.passes.get().copied(), expect })
}

fn lower_expect(raw: RawExpect) -> ExpectedVerdict {
    ExpectedVerdict::Is(match raw {
        RawExpect::Unmet => return ExpectedVerdict::Unmet,
        RawExpect::Met => Verdict::Met,
        RawExpect::Absent => Verdict::Absent,
        RawExpect::Negated => Verdict::Negated,
        RawExpect::Hypothetical => Verdict::Hypothetical,
        RawExpect::Attributed => Verdict::Attributed,
        RawExpect::Excepted => Verdict::Excepted,
        RawExpect::Stuffed => Verdict::Stuffed,
        RawExpect::Conflict => Verdict::Conflict,
        RawExpect::WrongValue => Verdict::WrongValue,
    })
}

/// Reports an oracle that is missing where the reply weighs anything.
pub(super) fn check_oracle(raw: &RawTask, weighs: bool, file: &mut File<'_>) {
    if weighs && !raw.oracle.is_given() && !file.faults.any() {
        let range = file.first_line.clone();
        let diagnostic = Diagnostic::new(
            Code::MissingKey,
            file.span(range),
            "the file has no `oracle`, and the reply weighs something",
        )
        .with_help(Some("add `[oracle]` with a `reply` that meets everything".to_owned()));
        file.sink.push(diagnostic);
    }
}
