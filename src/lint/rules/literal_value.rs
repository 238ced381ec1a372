//! `literal-value`: a value typed by hand that a record holds.

use std::ops::Range;

use crate::diag::{Code, Diagnostic, Sink};
use crate::lint::{Edit, Example, Rule, Stage};
use crate::pack::AuthoredTask;
use crate::pack::raw::{Field, RawDate, RawMatcher, RawValueText, Record, RecordValue};
use crate::text::value::{Currency, Date, Money, Reference};

pub(super) const RULE: Rule = Rule {
    code: Code::LiteralValue,
    why: "An amount, a date or an id that is typed a second time goes wrong when the record changes: the grader then \
          asks for a value that no agent can find.",
    mend: "Bind it to the field: `money = { from = \"payment.captures[1].amount\" }`; `--fix` does. Of several fields \
           with that value the first of a required artifact is taken, else the first. An amount without decimals or of \
           nothing is left alone: it equals too many counts.",
    example: Example {
        bad: &[Edit::Replace(
            "mug.toml",
            "[oracle]",
            "[[reply.keywords]]\nid = \"order\"\nref = \"ORD-2207\"\noptional = true\n\n[oracle]",
        )],
        good: &[Edit::Replace(
            "mug.toml",
            "[oracle]",
            "[[reply.keywords]]\nid = \"order\"\nref = { from = \"order.order_id\" }\noptional = true\n\n[oracle]",
        )],
    },
    stages: &[Stage::Task(check)],
};

/// A value that is written as a literal.
#[derive(Debug, PartialEq)]
enum Literal {
    Money(Money),
    Date(Date),
    Ref(Reference),
}

fn check(task: &AuthoredTask<'_>, sink: &mut Sink) {
    let Some(reply) = task.raw.reply.get() else { return };
    let keywords = reply.keywords.items().iter().filter_map(|entry| entry.get().map(|entry| entry.matcher()));
    let forbidden = reply.forbidden.items().iter().filter_map(|entry| entry.get().map(|entry| entry.matcher()));
    let literals: Vec<(Literal, Range<usize>)> = keywords.chain(forbidden).filter_map(literal).collect();
    if literals.is_empty() {
        return;
    }
    let mut places: Vec<Option<Place>> = literals.iter().map(|_| None).collect();
    each_field(task, &mut |place, value| {
        for ((literal, _), found) in literals.iter().zip(&mut places) {
            let better = found.as_ref().is_none_or(|found: &Place| !found.required && place.required);
            if better && value.equals(literal) {
                *found = Some(place.clone());
            }
        }
    });
    for ((_, written), found) in literals.into_iter().zip(places) {
        let Some(found) = found else { continue };
        let shown = task.file.text.get(written.clone()).unwrap_or_default();
        let message = format!("{} is typed again: the record holds it as `{}`", quoted(shown), found.path);
        let bound = format!("{{ from = {} }}", toml_string(&found.path));
        let diagnostic = Diagnostic::new(Code::LiteralValue, task.file.span(written), message)
            .with_help(format!("write `{bound}`"))
            .with_label(task.file.span(found.range), "the field")
            .with_fix(Some(bound));
        sink.push(diagnostic);
    }
}

/// The literal of an entry whose only matcher is a value.
fn literal(matcher: RawMatcher<'_>) -> Option<(Literal, Range<usize>)> {
    if matcher.given().count() != 1 {
        return None;
    }
    if let Some((RawValueText::Literal(text), place)) = matcher.money.spanned() {
        return Some((Literal::Money(Money::parse(text).ok()?), place));
    }
    if let Some((RawDate::Literal(text), place)) = matcher.date.spanned() {
        return Some((Literal::Date(Date::parse(text).ok()?), place));
    }
    if let Some((RawValueText::Literal(text), place)) = matcher.r#ref.spanned() {
        return Some((Literal::Ref(Reference::parse(text).ok()?), place));
    }
    None
}

/// A field of a record.
#[derive(Clone)]
struct Place {
    /// As `from` names it.
    path: String,
    range: Range<usize>,
    /// Whether the task requires its artifact.
    required: bool,
}

/// What a field holds, as the binding of a matcher reads it.
struct Held<'a> {
    value: &'a RecordValue<'a>,
    written: &'a str,
    currency: Option<Currency>,
}

impl Held<'_> {
    fn equals(&self, literal: &Literal) -> bool {
        let is_date = self.written.starts_with(|c: char| c.is_ascii_digit());
        match (literal, self.value) {
            (Literal::Money(money), RecordValue::Float(_)) => {
                let has_cents = self.written.rsplit_once('.').is_some_and(|(_, cents)| cents.len() == 2);
                let stated = self.currency.and_then(|own| Money::parse_field(&self.written.replace('_', ""), own).ok());
                has_cents && stated == Some(*money) && self.value != &RecordValue::Float(0.0)
            }
            (Literal::Money(money), RecordValue::Text(text)) if !is_date => {
                let states = text.len() <= 32 && text.contains(|c: char| c.is_ascii_digit());
                let names_currency = text.contains(|c: char| c.is_alphabetic() || !c.is_ascii() || c == '$');
                let own = self.currency.or(Currency::parse("USD")).filter(|_| states && names_currency);
                own.and_then(|own| Money::parse_field(text, own).ok()) == Some(*money)
            }
            (Literal::Date(date), RecordValue::Text(text)) => {
                let day = text.split(['T', 't', ' ']).next().filter(|day| day.len() == 10).unwrap_or(text);
                let states = day.len() <= 32 && day.contains(|c: char| c.is_ascii_digit());
                states && Date::parse(day).ok() == Some(*date)
            }
            (Literal::Ref(reference), RecordValue::Text(text)) if !is_date => {
                text.len() <= 128 && Reference::parse(text).is_ok_and(|own| own.key() == reference.key())
            }
            (Literal::Ref(reference), RecordValue::Integer(_)) => {
                let key = reference.key();
                key.len() >= 4 && self.written == key
            }
            _ => false,
        }
    }
}

/// Calls `see` with every scalar field of every record that a `from` can name.
fn each_field(task: &AuthoredTask<'_>, see: &mut impl FnMut(&Place, &Held<'_>)) {
    let raw = task.raw;
    let currency = match task.pack.map(|pack| &pack.raw.currency) {
        Some(own) if own.is_given() => own.get().and_then(|code| Currency::parse(code.as_str())),
        Some(_) => Currency::parse("USD"),
        None => None,
    };
    let required = raw.evidence.get().and_then(|evidence| evidence.required.get());
    let keys: Vec<&str> = required
        .into_iter()
        .flat_map(|list| list.iter())
        .filter_map(|key| key.get()?.strip_prefix("artifact:"))
        .collect();
    for artifact in raw.artifacts.get().into_iter().flat_map(|list| list.iter()).filter_map(Field::get) {
        let (Some(id), Some(record)) = (artifact.id.get(), artifact.record.get()) else { continue };
        let required = keys.contains(&id.as_str());
        let mut walk = Walk { text: task.file.text, currency, required, path: id.as_str().to_owned(), see };
        walk.table(record);
    }
}

struct Walk<'a, F> {
    text: &'a str,
    currency: Option<Currency>,
    required: bool,
    path: String,
    see: &'a mut F,
}

impl<F: FnMut(&Place, &Held<'_>)> Walk<'_, F> {
    fn table(&mut self, record: &Record) {
        for (key, value) in &record.0 {
            let Some(key) = key.get() else { continue };
            let before = self.path.len();
            self.path.push('.');
            if key.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-')) && !key.is_empty() {
                self.path.push_str(key);
            } else if !key.contains('"') {
                self.path.push_str(&format!("\"{key}\""));
            } else if !key.contains('\'') {
                self.path.push_str(&format!("'{key}'"));
            } else {
                self.path.truncate(before);
                continue;
            }
            self.value(value);
            self.path.truncate(before);
        }
    }

    fn value(&mut self, field: &Field<RecordValue>) {
        let Some((value, range)) = field.spanned() else { return };
        match value {
            RecordValue::Table(record) => self.table(record),
            RecordValue::List(items) => {
                for (at, item) in items.iter().enumerate() {
                    let before = self.path.len();
                    self.path.push_str(&format!("[{at}]"));
                    self.value(item);
                    self.path.truncate(before);
                }
            }
            RecordValue::Boolean(_) => {}
            scalar => {
                let written = self.text.get(range.clone()).unwrap_or_default();
                let held = Held { value: scalar, written, currency: self.currency };
                let place = Place { path: self.path.clone(), range, required: self.required };
                (self.see)(&place, &held);
            }
        }
    }
}

fn quoted(written: &str) -> String {
    format!("`{}`", written.trim_matches(['"', '\'']))
}

/// A TOML string that needs no escapes; a path with both quotes is none that `from` reads.
fn toml_string(path: &str) -> String {
    if path.contains('"') && !path.contains('\'') {
        format!("'{path}'")
    } else {
        format!("\"{}\"", path.replace('\\', "\\\\").replace('"', "\\\""))
    }
}

#[cfg(test)]
mod tests {
    use crate::lint::rules::tests::check;

    #[test]
    fn only_values_of_records_are_literal() {
        const CODE: &str = "literal-value";
        let keyword = |rest: &str, expect: &[&str]| {
            check(CODE, &format!("[[reply.keywords]]\nid = \"x\"\noptional = true\n{rest}"), expect);
        };
        keyword("money = \"24.00 USD\"", &["24.00 USD"]);
        keyword("money = \"24.00 EUR\"", &[]);
        keyword("money = \"24.10 USD\"", &[]);
        keyword("date = 2026-03-02", &["2026-03-02"]);
        keyword("date = \"2026-03-02\"", &["2026-03-02"]);
        keyword("date = 2026-03-03", &[]);
        keyword("ref = \"#ord 2207\"", &["#ord 2207"]);
        keyword("ref = \"ORD-22071\"", &[]);
        keyword("ref = { from = \"order.order_id\" }", &[]);
        keyword("number = 24", &[]);
        keyword("any_of = [\"order\"]\nref = \"ORD-2207\"", &[]);
    }
}
