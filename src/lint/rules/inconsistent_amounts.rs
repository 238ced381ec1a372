//! `inconsistent-amounts`: a record whose totals do not add up.

use crate::diag::{Code, Diagnostic, Sink};
use crate::lint::{Edit, Example, Rule, Stage};
use crate::pack::AuthoredTask;
use crate::pack::tree::{Entry, Node, Value};
use crate::text::value::Currency;

pub(super) const RULE: Rule = Rule {
    code: Code::InconsistentAmounts,
    why: "Where the parts and the total disagree, a reply that names either amount is right and wrong.",
    mend: "Correct one of the amounts. Within one table: `line_total` is `quantity` times `unit_price`; the `line_total`s \
           of its lines sum to `subtotal`; `total` is `subtotal` with its shipping, tax and fees and without its \
           discounts, where a tax or a discount may be in the subtotal already. Amounts are equal within half a cent for \
           each part. A `refunded` amount is not above the `charged` one, and amounts of one table have one currency.",
    example: Example {
        bad: &[Edit::Replace(
            "mug.toml",
            "total = \"24.00 USD\"",
            "subtotal = \"20.00 USD\", shipping = \"4.00 USD\", total = \"25.00 USD\"",
        )],
        good: &[Edit::Replace(
            "mug.toml",
            "total = \"24.00 USD\"",
            "subtotal = \"20.00 USD\", shipping = \"4.00 USD\", total = \"24.00 USD\"",
        )],
    },
    stages: &[Stage::Task(check)],
};

const ADDED: &[&str] =
    &["shipping", "shipping_fee", "delivery", "delivery_fee", "handling", "fee", "fees", "service_fee", "gift_wrap", "tip"];
/// What a subtotal may hold already: added or taken off, or neither.
const PERHAPS: &[(&str, f64)] =
    &[("tax", 1.0), ("vat", 1.0), ("sales_tax", 1.0), ("discount", -1.0), ("coupon", -1.0), ("voucher", -1.0)];
const NO_PARTS: &[&str] = &["subtotal", "total"];
const LISTS: &[&str] = &["lines", "items", "line_items"];
/// Half a cent, and what floating point adds to it.
const SLACK: f64 = 0.005_001;

fn check(task: &AuthoredTask<'_>, sink: &mut Sink) {
    let Some(Value::List(artifacts)) = task.file.tree.entry("artifacts").map(|entry| &entry.node.value) else { return };
    for record in artifacts.iter().filter_map(|artifact| artifact.entry("record")) {
        check_table(task, &record.node, sink);
    }
}

fn check_table(task: &AuthoredTask<'_>, node: &Node, sink: &mut Sink) {
    let found = sink.len();
    for entry in node.entries() {
        match &entry.node.value {
            Value::Table(_) => check_table(task, &entry.node, sink),
            Value::List(items) => items.iter().for_each(|item| check_table(task, item, sink)),
            _ => {}
        }
    }
    // Sums over a line that is wrong itself are the same fault again.
    if sink.len() > found || node.entries().iter().any(|entry| entry.node.is_hole()) {
        return;
    }
    let mut report = |entry: &Entry, message: String, help: &str| {
        let place = task.file.span(entry.node.span.clone());
        sink.push(Diagnostic::new(Code::InconsistentAmounts, place, message).with_help(help.to_owned()));
    };
    if let [Some(quantity), Some(price), Some((line, total))] =
        [amount(node, "quantity"), amount(node, "unit_price"), amount(node, "line_total")]
        && !node.entries().iter().any(|entry| entry.key.contains("discount"))
    {
        let product = quantity.1 * price.1;
        if (product - total).abs() > SLACK * quantity.1.abs().max(1.0) {
            let message = format!("`line_total` is {total:.2}, and `quantity` times `unit_price` is {product:.2}");
            report(line, message, "correct one of the three");
        }
    }
    if let Some((_, charged)) = amount(node, "charged")
        && let Some((entry, refunded)) = amount(node, "refunded")
        && refunded > charged + SLACK
    {
        report(entry, format!("`refunded` is {refunded:.2}, and `charged` only {charged:.2}"), "correct one of the two");
    }
    let currencies = || node.entries().iter().filter_map(|entry| Some((entry, currency(&entry.node)?)));
    if let Some((_, first)) = currencies().next()
        && let Some((entry, other)) = currencies().find(|(_, other)| *other != first)
    {
        let explained = |key: &str| ["rate", "foreign", "original", "converted", "local"].iter().any(|word| key.contains(word));
        if !node.entries().iter().any(|entry| explained(&entry.key)) {
            let message = format!("`{}` is in {other}, and the amounts before it are in {first}", entry.key);
            report(entry, message, "write one currency, or the rate between the two");
        }
        return;
    }
    let Some((entry, subtotal)) = amount(node, "subtotal") else { return };
    let lines = LISTS.iter().find_map(|name| match &node.entry(name)?.node.value {
        Value::List(items) => items.iter().map(|item| Some(amount(item, "line_total")?.1)).collect::<Option<Vec<_>>>(),
        _ => None,
    });
    if let Some(lines) = lines.filter(|lines| !lines.is_empty()) {
        let sum: f64 = lines.iter().sum();
        if (sum - subtotal).abs() > SLACK * lines.len() as f64 {
            report(entry, format!("`subtotal` is {subtotal:.2}, and its lines sum to {sum:.2}"), "correct one of them");
            return;
        }
    }
    let Some((entry, total)) = amount(node, "total") else { return };
    let known = |key: &str| {
        ADDED.contains(&key) || NO_PARTS.contains(&key) || PERHAPS.iter().any(|(name, _)| *name == key)
    };
    // A money key of another name may be a part, too.
    let is_money = |entry: &Entry| matches!(entry.node.value, Value::Float(_)) || currency(&entry.node).is_some();
    if node.entries().iter().any(|entry| is_money(entry) && !known(&entry.key)) {
        return;
    }
    let mut parts = 1;
    let mut sums = vec![subtotal];
    for (_, part) in ADDED.iter().filter_map(|name| amount(node, name)) {
        parts += 1;
        sums.iter_mut().for_each(|sum| *sum += part);
    }
    for (sign, (_, part)) in PERHAPS.iter().filter_map(|(name, sign)| Some((sign, amount(node, name)?))) {
        parts += 1;
        let with: Vec<f64> = sums.iter().map(|sum| sum + sign * part.abs()).collect();
        sums.extend(with);
    }
    if parts > 1 && sums.iter().all(|sum| (sum - total).abs() > SLACK * f64::from(parts)) {
        let nearest = sums.iter().copied().min_by(|a, b| (a - total).abs().total_cmp(&(b - total).abs()));
        let message = format!("`total` is {total:.2}, and its parts sum to {:.2}", nearest.unwrap_or(subtotal));
        report(entry, message, "correct the total, or one of its parts");
    }
}

/// The amount of this key.
fn amount<'a>(node: &'a Node, key: &str) -> Option<(&'a Entry, f64)> {
    let entry = node.entry(key)?;
    let amount = match &entry.node.value {
        Value::Integer(number) => *number as f64,
        Value::Float(number) => *number,
        Value::Text(text) => text.split_once(' ')?.0.parse().ok().filter(|_| currency(&entry.node).is_some())?,
        _ => return None,
    };
    amount.is_finite().then_some((entry, amount))
}

/// The currency of an amount that is written with its code: `24.00 USD`.
fn currency(node: &Node) -> Option<&str> {
    let Value::Text(text) = &node.value else { return None };
    let (amount, code) = text.split_once(' ')?;
    (Currency::parse(code).is_some() && amount.starts_with(|c: char| c.is_ascii_digit()) && amount.parse::<f64>().is_ok()).then_some(code)
}
