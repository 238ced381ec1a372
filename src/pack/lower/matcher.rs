//! One matcher of a keyword or forbidden entry: phrases, a pattern, or a value bound to a record.

use std::ops::Range;

use foldhash::fast::RandomState;
use indexmap::IndexMap;
use regex_syntax::hir::{Hir, HirKind, Look};

use crate::diag::{Code, Diagnostic};
use crate::pack::limits::MAX_REGEXES;
use crate::pack::raw::{
    DEFAULT_WINDOW, Field, RawBy, RawDate, RawDuration, RawMatcher, RawMood, RawNumber, RawPolarity, RawText,
    RawValueText, Record, RecordValue,
};
use crate::text::value::{
    Currency, Date, DurationGoal, DurationRange, Money, Percent, Quantity, Reference, ValueError,
};
use crate::text::{By, Matcher, Mood, Pattern, PatternError, Phrase, Polarity, Qualifiers};

use super::File;
use super::path::FieldPath;
use super::record::{authored, is_date};

/// The records that values are bound to.
pub(super) struct Records<'a> {
    /// Of two equal ids the first counts.
    pub(super) by_id: IndexMap<&'a str, Option<&'a Record<'a>>, RandomState>,
    /// Whether every artifact's id is known.
    pub(super) all_known: bool,
    /// Whether each is there once: of two equal ones, one may be meant for an id that is not there.
    pub(super) unique: bool,
    pub(super) currency: Currency,
}

impl Records<'_> {
    /// Whether an id that is not there is a mistake.
    fn complete(&self) -> bool {
        self.all_known && self.unique
    }
}

/// A value of a record as a matcher reads it.
struct Bound<'a> {
    value: &'a RecordValue<'a>,
    /// As it is written in the file; a string without its quotes.
    authored: &'a str,
    is_date: bool,
    /// Where the `from` stands.
    place: Range<usize>,
}

/// The matcher that an entry asks for; `None` after a finding, or where one was reported before.
pub(super) fn lower_matcher(
    raw: RawMatcher<'_>,
    entry: Range<usize>,
    records: &Records<'_>,
    file: &mut File<'_>,
) -> Option<Matcher> {
    let mut given = raw.given();
    let qualifiers = lower_qualifiers(&raw, file);
    let only = match (given.next(), given.next()) {
        (Some((only, _)), None) => only,
        (None, _) => {
            let diagnostic =
                Diagnostic::new(Code::BadMatcher, file.span(entry), "the entry has no matcher").with_help(Some(
                    "give it one of `any_of`, `near`, `regex`, `money`, `duration`, `date`, `percent`, `number`, `ref`"
                        .to_owned(),
                ));
            file.sink.push(diagnostic);
            return None;
        }
        (Some(first), Some(second)) => {
            // In the order of the file.
            let start = |matcher: &(_, Option<Range<usize>>)| matcher.1.as_ref().map_or(0, |range| range.start);
            let (first, second) = if start(&first) > start(&second) { (second, first) } else { (first, second) };
            let message = format!("the entry has two matchers, `{}` and `{}`", first.0, second.0);
            let mut diagnostic = Diagnostic::new(
                Code::BadMatcher,
                file.span(second.1.clone().map_or(entry, |value| with_key(file.text, value))),
                message,
            )
            .with_help(Some("an entry has exactly one; make the other an entry of its own".to_owned()));
            if let Some(range) = first.1.clone() {
                diagnostic = diagnostic.with_label(file.span(with_key(file.text, range)), "the first matcher");
            }
            file.sink.push(diagnostic);
            return None;
        }
    };
    if let Some((_, place)) = raw.window.spanned().filter(|_| !raw.near.is_given()) {
        let message = format!("`window` does nothing beside `{only}`");
        let diagnostic = Diagnostic::new(Code::BadMatcher, file.span(place), message)
            .with_help(Some("leave it out; only `near` counts words".to_owned()));
        file.sink.push(diagnostic);
        return None;
    }
    let pattern = lower_pattern(&raw, records, file)?;
    Some(Matcher::new(pattern, qualifiers?))
}

/// A value with its key, where the two stand on one line.
fn with_key(text: &str, value: Range<usize>) -> Range<usize> {
    let before = text[..value.start].trim_end_matches([' ', '\t']);
    let Some(key) = before.strip_suffix('=').map(|before| before.trim_end_matches([' ', '\t'])) else { return value };
    let name = key.trim_end_matches(|c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '"' | '\''));
    if name.len() < key.len() { name.len()..value.end } else { value }
}

fn lower_qualifiers(raw: &RawMatcher<'_>, file: &mut File<'_>) -> Option<Qualifiers> {
    let mut except = Vec::new();
    let mut sound = true;
    for (phrase, place) in raw.except.items().iter().filter_map(Field::spanned) {
        match Phrase::parse(phrase) {
            Ok(phrase) => except.push(phrase),
            Err(fault) => {
                file.report(Code::BadMatcher, place, format!("the phrase `{phrase}` {fault}"));
                sound = false;
            }
        }
    }
    sound.then_some(Qualifiers {
        except,
        polarity: raw.polarity.get().map(|polarity| match polarity {
            RawPolarity::Assert => Polarity::Assert,
            RawPolarity::Negate => Polarity::Negate,
            RawPolarity::Any => Polarity::Any,
        }),
        mood: raw.mood.get().map(|mood| match mood {
            RawMood::Statement => Mood::Statement,
            RawMood::Any => Mood::Any,
        }),
        by: raw.by.get().map(|by| match by {
            RawBy::Us => By::Us,
            RawBy::Any => By::Any,
        }),
    })
}

fn lower_pattern(raw: &RawMatcher<'_>, records: &Records<'_>, file: &mut File<'_>) -> Option<Pattern> {
    if let Some((phrases, place)) = raw.any_of.spanned() {
        let texts: Vec<&str> = phrases.iter().map(|phrase| phrase.get().map(RawText::as_str)).collect::<Option<_>>()?;
        return Pattern::any_of(&texts)
            .map_err(|error| report_phrases(&error, &[phrases.as_slice()], place, file))
            .ok();
    }
    if let Some((groups, place)) = raw.near.spanned() {
        let groups: Vec<&[Field<RawText<'_>>]> =
            groups.iter().map(|group| group.get().map(|group| group.as_slice())).collect::<Option<_>>()?;
        let texts: Vec<Vec<&str>> = groups
            .iter()
            .map(|group| group.iter().map(|phrase| phrase.get().map(RawText::as_str)).collect())
            .collect::<Option<_>>()?;
        let window = raw.window.get().map_or(DEFAULT_WINDOW, |window| window.value() as usize);
        // One group alone is near nothing: its alternatives are all there is to find.
        let pattern = if let [only] = texts.as_slice() { Pattern::any_of(only) } else { Pattern::near(&texts, window) };
        return pattern.map_err(|error| report_phrases(&error, &groups, place, file)).ok();
    }
    if let Some((source, place)) = raw.regex.spanned() {
        file.regexes += 1;
        if file.regexes > MAX_REGEXES {
            if file.regexes == MAX_REGEXES + 1 {
                file.report(Code::TooLarge, place, format!("the file holds more than {MAX_REGEXES} patterns"));
            }
            return None;
        }
        let pattern = Pattern::regex(source).map_err(|error| report_regex(&error, place.clone(), file)).ok()?;
        if asks_for_nothing(source) {
            file.report(
                Code::RegexVacuous,
                place,
                "the pattern asks for a place between characters, and for none of them",
            );
            return None;
        }
        if matches_nothing(source) {
            file.report(Code::RegexVacuous, place, "the pattern matches nothing, whatever the reply says");
            return None;
        }
        return Some(pattern);
    }
    lower_value(raw, records, file)
}

/// Whether a sound pattern may match between two characters, such as `\b`: any reply has such a place.
fn asks_for_nothing(source: &str) -> bool {
    regex_syntax::parse(source).is_ok_and(|pattern| pattern.properties().minimum_len() == Some(0))
}

/// Whether a sound pattern holds a part that nothing matches, such as a class without characters, on every way through.
fn matches_nothing(source: &str) -> bool {
    regex_syntax::parse(source)
        .is_ok_and(|pattern| pattern.properties().minimum_len().is_none() || asks_beyond_an_end(&pattern))
}

/// Whether a pattern asks, on every way through, for text behind the reply's end or before its start, such as `a$b`.
fn asks_beyond_an_end(pattern: &Hir) -> bool {
    match pattern.kind() {
        HirKind::Concat(parts) => {
            let ask = |parts: &[Hir]| {
                parts.iter().any(|part| part.properties().minimum_len().is_some_and(|length| length > 0))
            };
            parts.iter().enumerate().any(|(at, part)| {
                let ends = part.properties().look_set_suffix().contains(Look::End) && ask(&parts[at + 1..]);
                let begins = part.properties().look_set_prefix().contains(Look::Start) && ask(&parts[..at]);
                asks_beyond_an_end(part) || ends || begins
            })
        }
        HirKind::Alternation(parts) => parts.iter().all(asks_beyond_an_end),
        HirKind::Capture(capture) => asks_beyond_an_end(&capture.sub),
        HirKind::Repetition(repetition) => repetition.min > 0 && asks_beyond_an_end(&repetition.sub),
        _ => false,
    }
}

fn report_phrases(error: &PatternError, groups: &[&[Field<RawText<'_>>]], place: Range<usize>, file: &mut File<'_>) {
    let phrase = match error {
        PatternError::Phrase { group, index, .. } => groups.get(*group).and_then(|group| group.get(*index)),
        _ => None,
    };
    match (error, phrase.and_then(Field::spanned)) {
        (PatternError::Phrase { fault, .. }, Some((text, place))) => {
            file.report(Code::BadMatcher, place, format!("the phrase `{text}` {fault}"));
        }
        _ => file.report(Code::BadMatcher, place, format!("the matcher {error}")),
    }
}

fn report_regex(error: &PatternError, place: Range<usize>, file: &mut File<'_>) {
    let code = match error {
        PatternError::RegexVacuous => Code::RegexVacuous,
        _ => Code::RegexUnsafe,
    };
    let text = error.to_string();
    // The regex library draws its message over several lines; the last one says what is wrong.
    let short = text.lines().last().unwrap_or(&text).trim_start_matches("error: ");
    file.report(
        code,
        place,
        format!("the pattern {}", if text.contains('\n') { format!("is refused: {short}") } else { text.clone() }),
    );
}

fn lower_value(raw: &RawMatcher<'_>, records: &Records<'_>, file: &mut File<'_>) -> Option<Pattern> {
    if let Some((value, place)) = raw.money.spanned() {
        if let RawValueText::Literal(text) = value
            && let Some(meant) = money_meant(text, records.currency)
        {
            let error = Money::parse(text).err()?;
            let diagnostic = Diagnostic::new(Code::BadPattern, file.span(place), error.to_string())
                .with_help(Some(format!("write `{meant}` if that is the currency")));
            file.sink.push(diagnostic);
            return None;
        }
        let money =
            text_value(value, place, records, file, Money::parse, |bound| bound_money(bound, records.currency))?;
        return Some(Pattern::Money(money));
    }
    if let Some((value, place)) = raw.percent.spanned() {
        return text_value(value, place, records, file, Percent::parse, bound_percent).map(Pattern::Percent);
    }
    if let Some((value, place)) = raw.r#ref.spanned() {
        return text_value(value, place, records, file, Reference::parse, bound_ref).map(Pattern::Ref);
    }
    if let Some((value, place)) = raw.date.spanned() {
        let value = match value {
            RawDate::Literal(text) => RawValueText::Literal(text.clone()),
            RawDate::From(from) => RawValueText::From(from.clone()),
        };
        return text_value(&value, place, records, file, Date::parse, bound_date).map(Pattern::Date);
    }
    if let Some((value, place)) = raw.number.spanned() {
        let number = match value {
            RawNumber::Literal(number) => literal(Quantity::from_number(*number), place, file),
            RawNumber::From(from) => {
                bind(from, records, file).and_then(|bound| checked(bound_number(&bound), &bound, file))
            }
        };
        return number.map(Pattern::Number);
    }
    if let Some((value, place)) = raw.duration.spanned() {
        let goal = match value {
            RawDuration::Literal(text) => lower_duration(text, place, file).map(DurationGoal::Overlaps),
            RawDuration::AtMost(text) => {
                let (text, place) = text.spanned()?;
                lower_duration(text, place, file).map(DurationGoal::AtMost)
            }
            RawDuration::From(from) => bind(from, records, file)
                .and_then(|bound| checked(bound_duration(&bound), &bound, file))
                .map(DurationGoal::Overlaps),
        };
        return goal.map(Pattern::Duration);
    }
    None
}

/// A value that is a literal text or bound to a record.
fn text_value<T>(
    value: &RawValueText,
    place: Range<usize>,
    records: &Records<'_>,
    file: &mut File<'_>,
    parse: impl Fn(&str) -> Result<T, ValueError>,
    from: impl Fn(&Bound<'_>) -> Result<T, String>,
) -> Option<T> {
    match value {
        RawValueText::Literal(text) => literal(parse(text), place, file),
        RawValueText::From(path) => {
            let bound = bind(path, records, file)?;
            let result = from(&bound);
            checked(result, &bound, file)
        }
    }
}

/// What an author meant who left the currency's code out: an amount of the pack's own, or of the sign's.
fn money_meant(text: &str, currency: Currency) -> Option<Money> {
    if Money::parse(text).is_ok() { None } else { Money::parse_field(text, currency).ok() }
}

/// A length of time as an author writes it.
fn lower_duration(text: &str, place: Range<usize>, file: &mut File<'_>) -> Option<DurationRange> {
    if let Some((low, high)) = reversed_range(text) {
        let message = format!("the range runs backwards, from {low} to {high}");
        let diagnostic = Diagnostic::new(Code::OutOfRange, file.span(place), message)
            .with_help(Some("write the lower bound first".to_owned()));
        file.sink.push(diagnostic);
        return None;
    }
    literal(DurationRange::parse(text), place, file)
}

/// The two numbers of a range whose first is the greater: `5-3 days`, `5 to 3 days`.
fn reversed_range(text: &str) -> Option<(u64, u64)> {
    let digits = |text: &str| text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let text = text.trim();
    let (first, rest) = text.split_at(digits(text));
    let rest = rest.trim_start();
    let after = rest.strip_prefix("to ").or_else(|| rest.strip_prefix(['-', '\u{2013}', '\u{2014}']))?.trim_start();
    let second = &after[..digits(after)];
    let (low, high) = (first.parse().ok()?, second.parse().ok()?);
    (low > high).then_some((low, high))
}

fn literal<T>(result: Result<T, ValueError>, place: Range<usize>, file: &mut File<'_>) -> Option<T> {
    result.map_err(|error| file.report(Code::BadPattern, place, error.to_string())).ok()
}

fn checked<T>(result: Result<T, String>, bound: &Bound<'_>, file: &mut File<'_>) -> Option<T> {
    result.map_err(|message| file.report(Code::WrongType, bound.place.clone(), message)).ok()
}

/// The record's field that a `from` names.
fn bind<'a, 'f: 'a>(from: &Field<RawText<'_>>, records: &Records<'a>, file: &mut File<'f>) -> Option<Bound<'a>> {
    let (text, place) = from.spanned()?;
    let path = match FieldPath::parse(text) {
        Ok(path) => path,
        Err(message) => {
            file.report(Code::DanglingReference, place, format!("`{text}` is no path into a record: {message}"));
            return None;
        }
    };
    let Some(record) = records.by_id.get(path.artifact) else {
        if records.complete() {
            let known = records.by_id.keys().copied();
            let diagnostic = Diagnostic::new(
                Code::DanglingReference,
                file.span(place),
                format!("there is no artifact `{}`", path.artifact),
            )
            .with_help(file.suggest(path.artifact.strip_prefix("artifact:").unwrap_or(path.artifact), known));
            file.sink.push(diagnostic);
        }
        return None;
    };
    match path.resolve((*record)?) {
        Ok(found) => {
            let (value, range) = found?;
            let is_date = is_date(&range, file.text) && matches!(value, RecordValue::Text(_));
            Some(Bound { value, authored: authored(value, range, file.text).unwrap_or_default(), is_date, place })
        }
        Err(dead) => {
            let message = format!("the record of `{}` has no `{}` on the path `{text}`", path.artifact, dead.missing);
            let help = match dead.items {
                Some(0) => Some("the list is empty".to_owned()),
                Some(1) => Some("the list has one item, `[0]`".to_owned()),
                Some(items) => Some(format!("the list has the positions `[0]` to `[{}]`", items - 1)),
                None => file.suggest(&dead.missing, dead.known()),
            };
            let diagnostic = Diagnostic::new(Code::DanglingReference, file.span(place), message).with_help(help);
            file.sink.push(diagnostic);
            None
        }
    }
}

fn bound_money(bound: &Bound<'_>, currency: Currency) -> Result<Money, String> {
    let result = match bound.value {
        RecordValue::Integer(_) | RecordValue::Float(_) => {
            Money::parse_field(&bound.authored.replace('_', ""), currency)
        }
        RecordValue::Text(text) if !bound.is_date => Money::parse_field(text, currency),
        _ => return Err(mismatch(bound, "money")),
    };
    result.map_err(|_| mismatch(bound, "money"))
}

fn bound_percent(bound: &Bound<'_>) -> Result<Percent, String> {
    let result = match bound.value {
        RecordValue::Integer(number) => Percent::from_number(*number as f64),
        RecordValue::Float(number) => Percent::from_number(*number),
        RecordValue::Text(text) if !bound.is_date => Percent::parse(text),
        _ => return Err(mismatch(bound, "a percentage")),
    };
    result.map_err(|_| mismatch(bound, "a percentage"))
}

fn bound_number(bound: &Bound<'_>) -> Result<Quantity, String> {
    let result = match bound.value {
        RecordValue::Integer(number) => Quantity::from_number(*number as f64),
        RecordValue::Float(number) => Quantity::from_number(*number),
        RecordValue::Text(text) if !bound.is_date => Quantity::parse(text),
        _ => return Err(mismatch(bound, "a number")),
    };
    result.map_err(|_| mismatch(bound, "a number"))
}

fn bound_duration(bound: &Bound<'_>) -> Result<DurationRange, String> {
    match bound.value {
        RecordValue::Text(text) if !bound.is_date => {
            DurationRange::parse(text).map_err(|_| mismatch(bound, "a duration"))
        }
        _ => Err(mismatch(bound, "a duration")),
    }
}

/// A date-time counts as its own local date: the day as it is written, whatever its offset.
fn bound_date(bound: &Bound<'_>) -> Result<Date, String> {
    match bound.value {
        RecordValue::Text(text) => {
            let day = text.split(['T', 't', ' ']).next().filter(|day| day.len() == 10).unwrap_or(text);
            Date::parse(day).map_err(|_| mismatch(bound, "a date"))
        }
        _ => Err(mismatch(bound, "a date")),
    }
}

fn bound_ref(bound: &Bound<'_>) -> Result<Reference, String> {
    match bound.value {
        RecordValue::Text(_) | RecordValue::Integer(_) => {
            Reference::parse(bound.authored).map_err(|_| mismatch(bound, "an id"))
        }
        _ => Err(mismatch(bound, "an id")),
    }
}

fn mismatch(bound: &Bound<'_>, wanted: &str) -> String {
    let found = match bound.value {
        RecordValue::List(_) => "a list".to_owned(),
        RecordValue::Table(_) => "a table".to_owned(),
        _ => format!("`{}`", bound.authored.chars().take(60).collect::<String>()),
    };
    format!("the field holds {found}, which is not {wanted}")
}
