//! `inconsistent-dates`: a record in which things happen before they can.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::ops::Range;

use crate::diag::{Code, Diagnostic, Sink};
use crate::lint::phrases::word_places;
use crate::lint::{Edit, Example, Rule, Stage};
use crate::pack::AuthoredTask;
use crate::pack::tree::{Node, Value};

pub(super) const RULE: Rule = Rule {
    code: Code::InconsistentDates,
    why: "An agent that reads a delivery before its shipping cannot know which of the two to believe, and a right answer \
          that rests on either is luck.",
    mend: "Correct one of the dates. Compared are, by the names of their keys and within one table and the tables in it: \
           order, shipping, delivery and return; authorisation, charge and refund; start and end; opening and closing; \
           creation and change; check-in and check-out; issue and expiry. A key may end in `_at`, `_on`, `_date` or \
           `_time` and name the thing first (`card_charged_on`); `estimated_delivery_date` and the like are plans and \
           left alone. What has happened by its name, such as `delivered_at`, is not later than `ticket.opened_at`.",
    example: Example {
        bad: &[Edit::Replace("mug.toml", "delivered_at = 2026-03-02", "delivered_at = 2026-02-02")],
        good: &[],
    },
    stages: &[Stage::Task(check)],
};

/// What happens to an order, an account or a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Event {
    Ordered,
    Shipped,
    Delivered,
    Returned,
    Authorised,
    Charged,
    Refunded,
    Started,
    Ended,
    Opened,
    Closed,
    Created,
    Updated,
    CheckedIn,
    CheckedOut,
    Issued,
    Expires,
}

/// What comes first, and what cannot come before it.
const ORDERS: &[(Event, Event)] = &[
    (Event::Shipped, Event::Delivered),
    (Event::Ordered, Event::Shipped),
    (Event::Ordered, Event::Delivered),
    (Event::Delivered, Event::Returned),
    (Event::Shipped, Event::Returned),
    (Event::Authorised, Event::Charged),
    (Event::Charged, Event::Refunded),
    (Event::Ordered, Event::Refunded),
    (Event::Started, Event::Ended),
    (Event::Opened, Event::Closed),
    (Event::Created, Event::Updated),
    (Event::Created, Event::Closed),
    (Event::CheckedIn, Event::CheckedOut),
    (Event::Issued, Event::Expires),
];

/// The words that name an event, and whether they say that it has happened.
const WORDS: &[(&str, Event, bool)] = &[
    ("ordered", Event::Ordered, true),
    ("placed", Event::Ordered, true),
    ("purchased", Event::Ordered, true),
    ("bought", Event::Ordered, true),
    ("order", Event::Ordered, false),
    ("purchase", Event::Ordered, false),
    ("shipped", Event::Shipped, true),
    ("dispatched", Event::Shipped, true),
    ("ship", Event::Shipped, false),
    ("shipping", Event::Shipped, false),
    ("dispatch", Event::Shipped, false),
    ("delivered", Event::Delivered, true),
    ("delivery", Event::Delivered, false),
    ("returned", Event::Returned, true),
    ("authorised", Event::Authorised, true),
    ("authorized", Event::Authorised, true),
    ("charged", Event::Charged, true),
    ("captured", Event::Charged, true),
    ("paid", Event::Charged, true),
    ("charge", Event::Charged, false),
    ("capture", Event::Charged, false),
    ("payment", Event::Charged, false),
    ("refunded", Event::Refunded, true),
    ("reimbursed", Event::Refunded, true),
    ("refund", Event::Refunded, false),
    ("started", Event::Started, true),
    ("began", Event::Started, true),
    ("start", Event::Started, false),
    ("starts", Event::Started, false),
    ("begins", Event::Started, false),
    ("ended", Event::Ended, true),
    ("finished", Event::Ended, true),
    ("end", Event::Ended, false),
    ("ends", Event::Ended, false),
    ("opened", Event::Opened, true),
    ("closed", Event::Closed, true),
    ("resolved", Event::Closed, true),
    ("created", Event::Created, true),
    ("updated", Event::Updated, true),
    ("modified", Event::Updated, true),
    ("issued", Event::Issued, true),
    ("expires", Event::Expires, false),
    ("expired", Event::Expires, false),
    ("expiry", Event::Expires, false),
];

/// What a date's key ends in beside the event.
const ENDINGS: &[&str] = &["at", "on", "date", "time", "datetime", "timestamp", "day"];

/// Things that an event may happen to; before any other word its date is that of something else, such as a replacement.
const THINGS: &[&str] = &[
    "account",
    "amount",
    "booking",
    "card",
    "case",
    "customer",
    "date",
    "full",
    "goods",
    "invoice",
    "item",
    "items",
    "order",
    "package",
    "parcel",
    "payment",
    "rental",
    "ride",
    "session",
    "shipment",
    "subscription",
    "ticket",
    "trip",
];

/// What has happened by its name cannot be later than the ticket, if it is one of these: a case's own log goes on.
const PAST: &[Event] = &[
    Event::Ordered,
    Event::Shipped,
    Event::Delivered,
    Event::Returned,
    Event::Authorised,
    Event::Charged,
    Event::Refunded,
];

/// The event that a key dates, and whether it says that it has happened.
fn event_of(key: &str) -> Option<(Event, bool)> {
    if key.len() > MAX_KEY || !key.is_ascii() {
        return None;
    }
    let is_small = !key.bytes().any(|byte| byte.is_ascii_uppercase());
    let lower = if is_small { Cow::Borrowed(key) } else { Cow::Owned(key.to_ascii_lowercase()) };
    let mut words: Vec<&str> = word_places(&lower).map(|(word, _)| word).collect();
    let all = words.len();
    while words.len() > 1 && words.last().is_some_and(|word| ENDINGS.contains(word)) {
        words.pop();
    }
    let dated = words.len() < all || words[0] == "date";
    let (last, before) = words.split_last()?;
    if matches!((before, *last), ([.., "checked" | "check"], "in" | "out")) {
        return Some((if *last == "in" { Event::CheckedIn } else { Event::CheckedOut }, false));
    }
    if before.contains(&"refund") && matches!(*last, "issued" | "paid" | "made" | "processed" | "completed") {
        return Some((Event::Refunded, true));
    }
    let &(_, event, happened) = WORDS.iter().find(|(word, ..)| word == last)?;
    // A noun alone dates nothing: `order` is a number, `payment` a table.
    let told =
        happened || dated || matches!(*last, "start" | "end" | "starts" | "ends" | "begins" | "expires" | "expiry");
    (told && before.iter().all(|word| THINGS.contains(word))).then_some((event, happened))
}

/// The longest key that is read, in bytes.
const MAX_KEY: usize = 60;

/// A date of a record.
struct Dated<'a> {
    key: &'a str,
    event: Event,
    happened: bool,
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
        collect(&record.node, 0, 0, &mut scopes);
        for dates in &scopes {
            let used = check_order(task, dates, sink);
            let Some((opened, _)) = &opened else { continue };
            for (at, dated) in dates.iter().enumerate() {
                if !dated.happened || !PAST.contains(&dated.event) {
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
    if late.len() > 1 && late.len() == past {
        let message = format!("the ticket is opened before all {past} past events of its records");
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

/// The dates of a table and of the tables in it; each item of a list is a scope of its own.
fn collect<'a>(node: &'a Node, scope: usize, table: usize, scopes: &mut Vec<Vec<Dated<'a>>>) {
    for entry in node.entries() {
        match &entry.node.value {
            Value::Table(_) => collect(&entry.node, scope, entry.key_span.start, scopes),
            Value::List(items) => {
                for item in items.iter().filter(|item| matches!(item.value, Value::Table(_))) {
                    scopes.push(Vec::new());
                    collect(item, scopes.len() - 1, item.span.start, scopes);
                }
            }
            Value::Date(_) | Value::Text(_) => {
                let Some(moment) = Moment::of(&entry.node) else { continue };
                let Some((event, happened)) = event_of(&entry.key) else { continue };
                let place = entry.node.span.clone();
                scopes[scope].push(Dated { key: &entry.key, event, happened, moment, place, table });
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
        let single = |event: Event| {
            let of_group = |dated: &Dated<'_>| dated.event == event && table.is_none_or(|table| dated.table == table);
            let mut found = dates.iter().enumerate().filter(|(_, dated)| of_group(dated));
            found.next().filter(|_| found.next().is_none())
        };
        for (before, after) in ORDERS {
            let Some(((first, one), (second, other))) = single(*before).zip(single(*after)) else { continue };
            if used.contains(&first) || used.contains(&second) || one.moment.cmp(&other.moment) != Ordering::Greater {
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

    use super::{Event, Moment, event_of};
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
    fn keys_name_events() {
        let check = |key: &str, expect: Option<(Event, bool)>| assert_eq!(event_of(key), expect, "{key}");
        check("shipped_at", Some((Event::Shipped, true)));
        check("date_shipped", Some((Event::Shipped, true)));
        check("ship-date", Some((Event::Shipped, false)));
        check("card_charged_on", Some((Event::Charged, true)));
        check("refund_issued_at", Some((Event::Refunded, true)));
        check("Order_Date", Some((Event::Ordered, false)));
        check("check_out_date", Some((Event::CheckedOut, false)));
        check("order", None);
        check("delivery", None);
        check("estimated_delivery_date", None);
        check("replacement_shipped_at", None);
        check("last_order_date", None);
        check("refund_requested_at", None);
        check("payment_due_date", None);
        check("birthday", None);
        check("at", None);
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
        record("delivery_date = 2027-01-01, expires_at = 2027-01-01, closed_at = 2027-01-01", &[]);
    }

    #[test]
    fn other_texts_are_no_moments() {
        for text in ["", "5 March", "2026-03-0x", "2026-03-02 and later", "2026-03-02-A"] {
            assert!(Moment::parse(text).is_none(), "{text}");
        }
    }
}
