//! `inconsistent-dates`: a record in which things happen before they can.

use std::cmp::Ordering;
use std::ops::Range;

use crate::diag::{Code, Diagnostic, Sink};
use crate::lint::occasion::{Event, Occasion, occasion_of};
use crate::lint::{Edit, Example, Rule, Stage};
use crate::pack::AuthoredTask;
use crate::pack::tree::{Node, Value};
use crate::text::value::Date;

pub(super) const RULE: Rule = Rule {
    code: Code::InconsistentDates,
    why: "An agent that reads a delivery before its shipping cannot know which of the two to believe, and a right answer \
          that rests on either is luck.",
    mend: "Correct one of the dates. Compared are, by the words of their keys and within one table and the tables in it: \
           order, shipping, delivery and return; picking up or renting and return; order and cancellation; \
           authorisation, charge and refund; start and end; opening and closing; creation and change; check-in and \
           check-out; request and approval; issue or beginning of validity and expiry; issue and the day that something \
           is due. A key may end in `_at`, `_on`, `_date` or `_time` and name the thing first (`card_charged_on`); other \
           words before the event make it one of another thing, so that `term_starts_on` goes with `term_ends_on` alone. \
           `from` and `to`, `first` and `last` and the like are compared within one table. What has happened by its name, \
           a past participle before `_at` or `_on` such as `delivered_at` or `owner_changed_at`, is not later than \
           `ticket.opened_at`, unless another word makes it a plan (`scheduled_at`, `next_billed_on`) or an entry that \
           goes on after the ticket (`updated_at`, `closed_at`).",
    example: Example {
        bad: &[Edit::Replace("mug.toml", "delivered_at = 2026-03-02", "delivered_at = 2026-02-02")],
        good: &[],
    },
    stages: &[Stage::Task(check)],
};

/// What comes first, and what cannot come before it.
const ORDERS: &[(Event, Event)] = &[
    (Event::Shipped, Event::Delivered),
    (Event::Ordered, Event::Shipped),
    (Event::Ordered, Event::Delivered),
    (Event::Sent, Event::Delivered),
    (Event::Delivered, Event::Returned),
    (Event::Shipped, Event::Returned),
    (Event::HandedOver, Event::Returned),
    (Event::CheckedOut, Event::Returned),
    (Event::Ordered, Event::Returned),
    (Event::Authorised, Event::Charged),
    (Event::Charged, Event::Refunded),
    (Event::Ordered, Event::Refunded),
    (Event::Ordered, Event::Cancelled),
    (Event::Started, Event::Ended),
    (Event::Opened, Event::Closed),
    (Event::Created, Event::Updated),
    (Event::Created, Event::Closed),
    (Event::Created, Event::Cancelled),
    (Event::CheckedIn, Event::CheckedOut),
    (Event::Issued, Event::Expires),
    (Event::Valid, Event::Expires),
    (Event::Issued, Event::Due),
    (Event::Requested, Event::Decided),
];

/// A date of a record.
struct Dated<'a> {
    key: &'a str,
    occasion: Occasion,
    moment: Moment,
    place: Range<usize>,
    /// Which table of its scope holds it.
    table: usize,
}

fn check(task: &AuthoredTask<'_>, sink: &mut Sink) {
    let Some(Value::List(artifacts)) = task.file.tree.entry("artifacts").map(|entry| &entry.node.value) else { return };
    let opened = task.file.tree.entry("ticket").and_then(|ticket| ticket.node.entry("opened_at"));
    let opened = opened.and_then(|entry| Some((Moment::of(&entry.node)?, entry.node.span.clone())));
    let mut late: Vec<(String, Range<usize>)> = Vec::new();
    let mut past = 0;
    for record in artifacts.iter().filter_map(|artifact| artifact.entry("record")) {
        let mut scopes = vec![Vec::new()];
        collect(&record.node, "record", 0, 0, &mut scopes);
        for dates in &scopes {
            let used = check_order(task, dates, sink);
            let Some((opened, _)) = &opened else { continue };
            for (at, dated) in dates.iter().enumerate() {
                if !dated.occasion.happened {
                    continue;
                }
                past += 1;
                if !used.contains(&at) && dated.moment.cmp(opened) == Ordering::Greater {
                    late.push((dated.key.to_owned(), dated.place.clone()));
                }
            }
        }
    }
    let Some((_, opened)) = opened else { return };
    // One date that explains all is the likelier slip.
    if late.len() > 1 && late.len() * 3 >= past * 2 {
        let message = if late.len() == past {
            format!("the ticket is opened before all {past} past events of its records")
        } else {
            format!("the ticket is opened before {} of the {past} past events of its records", late.len())
        };
        let diagnostic = Diagnostic::new(Code::InconsistentDates, task.file.span(opened), message)
            .with_label(task.file.span(late[0].1.clone()), "such as this one");
        sink.push(diagnostic.with_help("correct `opened_at`, or the dates".to_owned()));
        return;
    }
    for (key, place) in late {
        let message = format!("`{key}` is later than the ticket, and has happened by its name");
        let diagnostic = Diagnostic::new(Code::InconsistentDates, task.file.span(place), message)
            .with_label(task.file.span(opened.clone()), "the ticket is opened here")
            .with_help("correct one of the dates, or name the key for what is planned".to_owned());
        sink.push(diagnostic);
    }
}

/// The dates of a table of this name and of the tables in it; each item of a list is a scope of its own.
fn collect<'a>(node: &'a Node, name: &str, scope: usize, table: usize, scopes: &mut Vec<Vec<Dated<'a>>>) {
    for entry in node.entries() {
        match &entry.node.value {
            Value::Table(_) => collect(&entry.node, &entry.key, scope, entry.key_span.start, scopes),
            Value::List(items) => {
                for item in items.iter().filter(|item| matches!(item.value, Value::Table(_))) {
                    scopes.push(Vec::new());
                    collect(item, &entry.key, scopes.len() - 1, item.span.start, scopes);
                }
            }
            Value::Date(_) | Value::Text(_) => {
                let Some(moment) = Moment::of(&entry.node) else { continue };
                let Some(occasion) = occasion_of(&entry.key, name) else { continue };
                let place = entry.node.span.clone();
                scopes[scope].push(Dated { key: &entry.key, occasion, moment, place, table });
            }
            _ => {}
        }
    }
}

/// The most dates of one scope that are compared: a longer row is a log.
const MAX_DATES: usize = 100;

/// Reports what happens too early; each date is part of one finding at most. Returns the positions of those dates.
fn check_order(task: &AuthoredTask<'_>, dates: &[Dated<'_>], sink: &mut Sink) -> Vec<usize> {
    let mut used = Vec::new();
    if dates.len() < 2 || dates.len() > MAX_DATES {
        return used;
    }
    let mut tables: Vec<usize> = dates.iter().map(|dated| dated.table).collect();
    tables.sort_unstable();
    tables.dedup();
    // Dates of one table belong together; those of several only where each event is there once.
    let groups = tables.into_iter().map(Some).chain([None]);
    for table in groups {
        let of_group = |dated: &Dated<'_>| table.is_none_or(|table| dated.table == table);
        let single = |event: Event, fits: &dyn Fn(&Dated<'_>) -> bool| {
            let of_event = |dated: &Dated<'_>| dated.occasion.event == event && of_group(dated) && fits(dated);
            let mut found = dates.iter().enumerate().filter(|(_, dated)| of_event(dated));
            found.next().filter(|_| found.next().is_none())
        };
        for ((before, after), first) in ORDERS.iter().flat_map(|order| (0..dates.len()).map(move |at| (order, at))) {
            let one = &dates[first];
            if one.occasion.event != *before || !of_group(one) || used.contains(&first) {
                continue;
            }
            let alone = single(*before, &|dated| belong_together(dated, one));
            let Some((second, other)) =
                single(*after, &|dated| belong_together(one, dated)).filter(|_| alone.is_some())
            else {
                continue;
            };
            if used.contains(&second) || one.moment.cmp(&other.moment) != Ordering::Greater {
                continue;
            }
            used.extend([first, second]);
            let message = format!("`{}` is earlier than `{}`", other.key, one.key);
            let (place, label) = if one.place.start < other.place.start { (other, one) } else { (one, other) };
            let diagnostic = Diagnostic::new(Code::InconsistentDates, task.file.span(place.place.clone()), message)
                .with_label(task.file.span(label.place.clone()), "the other date")
                .with_help("correct one of the two dates".to_owned());
            sink.push(diagnostic);
        }
    }
    used
}

/// Whether two dates are of the same thing.
fn belong_together(one: &Dated<'_>, other: &Dated<'_>) -> bool {
    if one.occasion.is_common || other.occasion.is_common {
        one.table == other.table && one.occasion.rest == other.occasion.rest
    } else {
        one.occasion.subject == other.occasion.subject
    }
}

/// A day, and its second where time and offset are given.
struct Moment {
    day: i64,
    /// Since the epoch, where the offset is known.
    second: Option<i64>,
    /// Of its own clock, where a time is given.
    local: Option<i64>,
}

impl Moment {
    fn of(node: &Node) -> Option<Moment> {
        match &node.value {
            Value::Date(text) | Value::Text(text) => Moment::parse(text),
            _ => None,
        }
    }

    fn parse(text: &str) -> Option<Moment> {
        let bytes = text.as_bytes();
        if bytes.len() < 10 || !text.is_ascii() || bytes[4] != b'-' || bytes[7] != b'-' {
            return None;
        }
        let number = |range: Range<usize>| -> Option<i64> {
            let digits = bytes.get(range)?;
            digits
                .iter()
                .try_fold(0, |number, digit| digit.is_ascii_digit().then(|| number * 10 + i64::from(digit - b'0')))
        };
        let (year, month, day) = (number(0..4)?, number(5..7)?, number(8..10)?);
        Date::new(year as i32, month as u8, day as u8)?;
        // Days of the civil calendar with years that begin in March.
        let shifted = if month <= 2 { year - 1 } else { year };
        let day =
            shifted * 365 + shifted / 4 - shifted / 100 + shifted / 400 + (153 * ((month + 9) % 12) + 2) / 5 + day;
        if bytes.len() == 10 {
            return Some(Moment { day, second: None, local: None });
        }
        if !matches!(bytes[10], b'T' | b't' | b' ') {
            return None;
        }
        let clock = number(11..13)? * 3600 + number(14..16)? * 60 + number(17..19).unwrap_or(0);
        let offset = if text.ends_with(['Z', 'z']) {
            Some(0)
        } else {
            let at = text.len().checked_sub(6)?;
            let sign = match bytes[at] {
                b'+' => Some(1),
                b'-' => Some(-1),
                _ => None,
            };
            sign.and_then(|sign| Some(sign * (number(at + 1..at + 3)? * 3600 + number(at + 4..at + 6)? * 60)))
        };
        let local = day * 86_400 + clock;
        Some(Moment { day, second: offset.map(|offset| local - offset), local: Some(local) })
    }

    /// By the second where both know it, else by the day.
    fn cmp(&self, other: &Moment) -> Ordering {
        match (self.second, other.second) {
            (Some(one), Some(other)) => one.cmp(&other),
            (None, None) => match (self.local, other.local) {
                (Some(one), Some(other)) => one.cmp(&other),
                _ => self.day.cmp(&other.day),
            },
            _ => self.day.cmp(&other.day),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::cmp::Ordering;

    use super::Moment;
    use crate::lint::rules::tests::check_task;

    fn check(one: &str, other: &str, expect: Ordering) {
        let moment = |text: &str| Moment::parse(text).expect("it is a date");
        assert_eq!(moment(one).cmp(&moment(other)), expect, "{one} {other}");
    }

    #[test]
    fn moments_are_compared_as_exactly_as_both_are_known() {
        check("2026-03-02", "2026-03-01", Ordering::Greater);
        check("2026-02-28", "2026-03-01", Ordering::Less);
        check("2025-12-31", "2026-01-01", Ordering::Less);
        check("2026-03-02", "2026-03-02T10:00:00Z", Ordering::Equal);
        check("2026-03-02T10:00:00+02:00", "2026-03-02T08:00:00Z", Ordering::Equal);
        check("2026-03-02T10:00:00", "2026-03-02T08:00:00Z", Ordering::Equal);
        check("2026-03-02T10:00:01Z", "2026-03-02T10:00:00Z", Ordering::Greater);
    }

    #[test]
    fn contradictions_of_a_record() {
        let record = |fields: &str, expect: &[&str]| {
            let task = include_str!("../example/mug.toml");
            check_task(
                "inconsistent-dates",
                &task.replace("{ subscribed = true }", &format!("{{ {fields} }}")),
                expect,
            );
        };
        record("shipped_at = 2026-01-02, delivered_at = 2026-01-01", &["2026-01-01"]);
        record("delivered_on = 2026-01-01, dispatch_date = 2026-01-02", &["2026-01-02"]);
        record("paid_at = 2026-01-02T10:00:00, refunded_at = 2026-01-02T09:00:00", &["2026-01-02T09"]);
        record("a = { charged_at = 2026-01-05 }, b = { refunded_at = 2026-01-02 }", &["2026-01-02"]);
        record("a = [{ charged_at = 2026-01-05 }], b = [{ refunded_at = 2026-01-02 }]", &[]);
        record("shipped_at = 2026-01-02, a = { shipped_at = 2026-01-01, delivered_at = 2026-01-02 }", &[]);
        record("shipped_at = 2026-01-02, estimated_delivery_date = 2026-01-01", &[]);
        record("purchased_on = 2027-01-01", &["2027-01-01"]);
        record("owner_changed_at = 2027-01-01", &["2027-01-01"]);
        record("calls = [{ played_at = 2027-01-01 }]", &["2027-01-01"]);
        record("term_starts_on = 2026-01-02, term_ends_on = 2026-01-01", &["2026-01-01"]);
        record("valid_from = 2026-01-02, valid_to = 2026-01-01", &["2026-01-01"]);
        record("rented_at = 2026-01-02, returned_at = 2026-01-01", &["2026-01-01"]);
        record("from = 2026-01-02, to = 2026-01-01", &["2026-01-01"]);
        record(
            "a = { from = 2026-01-02, to = 2026-01-05 }, b = { from = 2026-01-07, to = 2026-01-06 }",
            &["2026-01-06"],
        );
        record("first_day = 2026-01-02, last_day = 2026-01-01", &["2026-01-01"]);
        record("trial_ends = 2026-01-01, term_starts = 2026-01-02, paid_until = 2025-01-01, from = 2026-01-01", &[]);
        record("a = { from = 2026-01-02 }, b = { to = 2026-01-01 }", &[]);
        record("moved = { from = 2026-01-02, to = 2026-01-01 }", &[]);
        record("moved_from = 2026-01-02, moved_to = 2026-01-01", &[]);
        record("last_order_date = 2026-01-02, last_shipped_at = 2026-01-01", &[]);
        record("card_expires = 2025-01-01, started_on = 2026-01-02, valid_until = 2025-01-01", &[]);
        record("scheduled_at = 2027-01-01, updated_at = 2027-01-01, planned_on = 2027-01-01", &[]);
        record(
            "shipped_at = 2027-01-03, sent_at = 2027-01-03, read_on = 2026-01-01, opened_on = 2026-01-01",
            &["2027", "2027"],
        );
        record("shipped_at = 2026-02-30, delivered_at = 2026-02-28", &[]);
        record("delivery_date = 2027-01-01, expires_at = 2027-01-01, closed_at = 2027-01-01", &[]);
    }

    #[test]
    fn other_texts_are_no_moments() {
        for text in ["", "5 March", "2026-03-0x", "2026-03-02 and later", "2026-03-02-A"] {
            assert!(Moment::parse(text).is_none(), "{text}");
        }
    }
}
