//! `inconsistent-dates`: a record in which things happen before they can.

use std::cmp::Ordering;
use std::ops::Range;

use crate::diag::{Code, Diagnostic, Sink};
use crate::lint::{Edit, Example, Rule, Stage};
use crate::pack::AuthoredTask;
use crate::pack::tree::{Node, Value};

pub(super) const RULE: Rule = Rule {
    code: Code::InconsistentDates,
    why: "An agent that reads a delivery before its shipping cannot know which of the two to believe, and a right answer \
          that rests on either is luck.",
    mend: "Correct one of the dates. Compared are, by the names of their keys and within one table and the tables in it: \
           order, shipping, delivery and return; charge and refund; start and end. What has happened by its name, such as \
           `delivered_at`, is not later than `ticket.opened_at`.",
    example: Example {
        bad: &[Edit::Replace("mug.toml", "delivered_at = 2026-03-02", "delivered_at = 2026-02-02")],
        good: &[],
    },
    stages: &[Stage::Task(check)],
};

/// What comes first, and what cannot come before it: names of keys without `_at`, `_on` or `_date`.
const ORDERS: &[(&[&str], &[&str])] = &[
    (SHIPPED, DELIVERED),
    (ORDERED, SHIPPED),
    (ORDERED, DELIVERED),
    (DELIVERED, RETURNED),
    (SHIPPED, RETURNED),
    (CHARGED, REFUNDED),
    (ORDERED, REFUNDED),
    (&["started", "start"], &["ended", "end"]),
];
const ORDERED: &[&str] = &["ordered", "order", "placed", "order_placed", "purchased", "purchase"];
const SHIPPED: &[&str] = &["shipped", "order_shipped", "dispatched", "shipping"];
const DELIVERED: &[&str] = &["delivered", "order_delivered", "parcel_delivered"];
const RETURNED: &[&str] = &["returned"];
const CHARGED: &[&str] = &["charged", "captured", "card_charged", "charge"];
const REFUNDED: &[&str] = &["refunded", "refund_issued", "refund"];

/// What has happened by its name.
const PAST: &[&[&str]] = &[SHIPPED, DELIVERED, RETURNED, CHARGED, REFUNDED, &["ordered", "placed", "purchased"]];

/// A date of a record.
struct Dated<'a> {
    key: &'a str,
    /// The key without its ending.
    event: &'a str,
    moment: Moment,
    place: Range<usize>,
}

fn check(task: &AuthoredTask<'_>, sink: &mut Sink) {
    let Some(Value::List(artifacts)) = task.file.tree.entry("artifacts").map(|entry| &entry.node.value) else { return };
    let opened = task.file.tree.entry("ticket").and_then(|ticket| ticket.node.entry("opened_at"));
    let opened = opened.and_then(|entry| Some((Moment::of(&entry.node)?, entry.node.span.clone())));
    let mut late: Vec<(String, Range<usize>)> = Vec::new();
    let mut past = 0;
    for record in artifacts.iter().filter_map(|artifact| artifact.entry("record")) {
        let mut scopes = vec![Vec::new()];
        collect(&record.node, 0, &mut scopes);
        for dates in &scopes {
            let used = check_order(task, dates, sink);
            let Some((opened, _)) = &opened else { continue };
            for (at, dated) in dates.iter().enumerate() {
                if !PAST.iter().any(|names| names.contains(&dated.event)) || dated.key == dated.event {
                    continue;
                }
                // `shipping_date` and the like may be plans.
                if !dated.event.ends_with("ed") {
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
fn collect<'a>(node: &'a Node, scope: usize, scopes: &mut Vec<Vec<Dated<'a>>>) {
    for entry in node.entries() {
        match &entry.node.value {
            Value::Table(_) => collect(&entry.node, scope, scopes),
            Value::List(items) => {
                for item in items.iter().filter(|item| matches!(item.value, Value::Table(_))) {
                    scopes.push(Vec::new());
                    collect(item, scopes.len() - 1, scopes);
                }
            }
            _ => {
                let Some(moment) = Moment::of(&entry.node) else { continue };
                let key = entry.key.as_str();
                let event = ["_at", "_on", "_date"].iter().find_map(|end| key.strip_suffix(end)).unwrap_or(key);
                scopes[scope].push(Dated { key, event, moment, place: entry.node.span.clone() });
            }
        }
    }
}

/// Reports what happens too early; each date is part of one finding at most. Returns the positions of those dates.
fn check_order(task: &AuthoredTask<'_>, dates: &[Dated<'_>], sink: &mut Sink) -> Vec<usize> {
    let mut used = Vec::new();
    // Of an event that is there twice, such as two shipments, nothing is known.
    let single = |names: &[&str]| {
        let mut found = dates.iter().enumerate().filter(|(_, dated)| names.contains(&dated.event));
        found.next().filter(|_| found.next().is_none())
    };
    for (before, after) in ORDERS {
        let Some(((first, one), (second, other))) = single(before).zip(single(after)) else { continue };
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
    used
}

/// A day, and its second where time and offset are given.
struct Moment {
    day: i64,
    second: Option<i64>,
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
            let digits = text.get(range)?;
            digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| digits.parse().ok())?
        };
        let (year, month, day) = (number(0..4)?, number(5..7)?, number(8..10)?);
        // Days of the civil calendar with years that begin in March.
        let shifted = if month <= 2 { year - 1 } else { year };
        let day = shifted * 365 + shifted / 4 - shifted / 100 + shifted / 400 + (153 * ((month + 9) % 12) + 2) / 5 + day;
        if bytes.len() == 10 {
            return Some(Moment { day, second: None });
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
        Some(Moment { day, second: offset.map(|offset| day * 86_400 + clock - offset) })
    }

    /// By the second where both know it, else by the day.
    fn cmp(&self, other: &Moment) -> Ordering {
        match (self.second, other.second) {
            (Some(one), Some(other)) => one.cmp(&other),
            _ => self.day.cmp(&other.day),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::cmp::Ordering;

    use super::Moment;

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
    fn other_texts_are_no_moments() {
        for text in ["", "5 March", "2026-03-0x", "2026-03-02 and later", "2026-03-02-A"] {
            assert!(Moment::parse(text).is_none(), "{text}");
        }
    }
}
