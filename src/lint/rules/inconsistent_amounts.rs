//! `inconsistent-amounts`: a record whose totals do not add up.

use crate::diag::{Code, Diagnostic, Sink};
use crate::lint::phrases::word_places;
use crate::lint::{Edit, Example, Rule, Stage};
use crate::pack::AuthoredTask;
use crate::pack::tree::{Entry, Node, Value};
use crate::text::value::Currency;

pub(super) const RULE: Rule = Rule {
    code: Code::InconsistentAmounts,
    why: "Where the parts and the total disagree, a reply that names either amount is right and wrong.",
    mend: "Correct one of the amounts. Within one table: `line_total` is `quantity` times `unit_price`; its lines sum to \
           `subtotal`; `total` (or `order_total`, `grand_total`, …) is the subtotal, or the sum of the lines where there is \
           none, with its shipping, tax and fees and without its discounts, where a tax or a discount may be in the \
           subtotal already. A table with money under a key that none of these names is not summed up. Amounts are equal \
           within half a cent for each part. What is refunded (`refund_amount`, `total_refunded`, …) is not above what was \
           charged or paid (`amount` beside a `charged_at` or `paid_on`, too), and amounts of one table have one currency, \
           those aside whose key names theirs (`price_eur`).",
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

const ADDED: &[&str] = &[
    "shipping",
    "shipping_fee",
    "shipping_cost",
    "delivery",
    "delivery_fee",
    "handling",
    "fee",
    "fees",
    "service_fee",
    "gift_wrap",
    "tip",
    "postage",
];
/// What a subtotal may hold already: added or taken off, or neither.
const PERHAPS: &[(&str, f64)] = &[
    ("tax", 1.0),
    ("vat", 1.0),
    ("sales_tax", 1.0),
    ("discount", -1.0),
    ("discounts", -1.0),
    ("coupon", -1.0),
    ("voucher", -1.0),
];
const SUBTOTALS: &[&str] = &["subtotal", "sub_total", "items_total"];
const TOTALS: &[&str] = &[
    "total",
    "order_total",
    "grand_total",
    "total_amount",
    "amount_total",
    "invoice_total",
    "total_price",
    "total_due",
];
const LISTS: &[&str] = &["lines", "items", "line_items", "order_lines", "products"];
/// Half a cent, and what floating point adds to it.
const SLACK: f64 = 0.005_001;

fn check(task: &AuthoredTask<'_>, sink: &mut Sink) {
    let Some(Value::List(artifacts)) = task.file.tree.entry("artifacts").map(|entry| &entry.node.value) else { return };
    for record in artifacts.iter().filter_map(|artifact| artifact.entry("record")) {
        check_table(task, &record.node, sink);
    }
}

/// Looks at one table after the tables in it.
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
    if sink.len() > found || node.entries().len() < 2 || node.entries().iter().any(|entry| entry.node.is_hole()) {
        return;
    }
    // Every fault is one of two amounts, or of one and those in a list.
    let amounts = node.entries().iter().filter(|entry| is_amount(&entry.node)).count();
    if amounts == 0 || amounts == 1 && !node.entries().iter().any(|entry| matches!(entry.node.value, Value::List(_))) {
        return;
    }
    let mut report = |entry: &Entry, message: String, help: &str| {
        let place = task.file.span(entry.node.span.clone());
        sink.push(Diagnostic::new(Code::InconsistentAmounts, place, message).with_help(help.to_owned()));
    };
    if let [Some(quantity), Some(price), Some((line, total))] =
        [first(node, &["quantity", "qty"]), first(node, &["unit_price", "price_each"]), amount(node, "line_total")]
        && !node.entries().iter().any(|entry| entry.key.contains("discount"))
    {
        let product = quantity.1 * price.1;
        if (product - total).abs() > SLACK * quantity.1.abs().max(1.0) {
            let message = format!("`line_total` is {total:.2}, and `quantity` times `unit_price` is {product:.2}");
            report(line, message, "correct one of the three");
        }
    }
    if let Some((entry, other, first)) = other_currency(node) {
        let message = format!("`{}` is in {other}, and the amounts before it are in {first}", entry.key);
        report(entry, message, "write one currency, or the rate between the two");
        return;
    }
    if let Some((entry, refunded, charged)) = refund_above_charge(node) {
        let message = format!("`{}` is {refunded:.2}, and only {charged:.2} was charged", entry.key);
        report(entry, message, "correct one of the two");
    }
    let lines = LISTS.iter().find_map(|name| match &node.entry(name)?.node.value {
        Value::List(items) => items.iter().map(line_amount).collect::<Option<Vec<f64>>>(),
        _ => None,
    });
    let lines = lines.filter(|lines| !lines.is_empty()).map(|lines| (lines.iter().sum::<f64>(), lines.len()));
    let subtotal = first(node, SUBTOTALS);
    if let (Some((entry, subtotal)), Some((sum, count))) = (subtotal, lines)
        && (sum - subtotal).abs() > SLACK * count as f64
    {
        report(
            entry,
            format!("`{}` is {subtotal:.2}, and its lines sum to {sum:.2}", entry.key),
            "correct one of them",
        );
        return;
    }
    let Some((entry, total)) = first(node, TOTALS) else { return };
    let base = subtotal.map(|(_, subtotal)| (subtotal, 1)).or(lines);
    let Some((parts, nearest)) = base.and_then(|base| nearest_sum(node, base, total)) else { return };
    // A subtotal alone is often one of several prices.
    if parts > 1 || subtotal.is_none() {
        let message = format!("`{}` is {total:.2}, and its parts sum to {nearest:.2}", entry.key);
        report(entry, message, "correct the total, or one of its parts");
    }
}

/// How many parts a total has and the sum of them that is nearest to it, where none is equal; `None` too where a part
/// may go by a name that nobody knows.
fn nearest_sum(node: &Node, (base, count): (f64, usize), total: f64) -> Option<(usize, f64)> {
    let known = |key: &str| {
        ADDED.contains(&key)
            || SUBTOTALS.contains(&key)
            || TOTALS.contains(&key)
            || PERHAPS.iter().any(|(name, _)| *name == key)
            || role(key).is_some()
    };
    let is_money = |entry: &Entry| matches!(entry.node.value, Value::Float(_)) || currency(&entry.node).is_some();
    if node.entries().iter().any(|entry| is_money(entry) && !known(&entry.key)) {
        return None;
    }
    let mut parts = count;
    let mut sums = vec![base];
    for (_, part) in ADDED.iter().filter_map(|name| amount(node, name)) {
        parts += 1;
        sums.iter_mut().for_each(|sum| *sum += part);
    }
    for (sign, (_, part)) in PERHAPS.iter().filter_map(|(name, sign)| Some((sign, amount(node, name)?))) {
        parts += 1;
        let with: Vec<f64> = sums.iter().map(|sum| sum + sign * part.abs()).collect();
        sums.extend(with);
    }
    if sums.iter().any(|sum| (sum - total).abs() <= SLACK * parts as f64) {
        return None;
    }
    sums.into_iter().min_by(|a, b| (a - total).abs().total_cmp(&(b - total).abs())).map(|sum| (parts, sum))
}

/// What one line of an order comes to.
fn line_amount(line: &Node) -> Option<f64> {
    if let Some((_, total)) = first(line, &["line_total", "total", "amount"]) {
        return Some(total);
    }
    if line.entries().iter().any(|entry| entry.key.contains("discount")) {
        return None;
    }
    let (_, price) = first(line, &["unit_price", "price_each", "price"])?;
    let count = ["quantity", "qty"].iter().find_map(|name| line.entry(name));
    // A price beside a quantity may be that of one piece or of all.
    match count {
        None => Some(price),
        Some(_) if line.entry("price").is_some() => match first(line, &["quantity", "qty"]) {
            Some((_, 1.0)) => Some(price),
            _ => None,
        },
        Some(_) => first(line, &["quantity", "qty"]).map(|(_, quantity)| quantity * price),
    }
}

/// What an amount of money has been through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Role {
    Charged,
    Refunded,
}

/// The role that a key's words give an amount: `refund_amount`, `total_charged`. Other words make it another amount.
fn role(key: &str) -> Option<Role> {
    const CHARGED: &[&str] = &["charged", "charge", "captured", "paid", "payment", "billed"];
    const REFUNDED: &[&str] = &["refunded", "refund", "refunds", "reimbursed"];
    if key.len() > 40 {
        return None;
    }
    let mut found = None;
    for (word, _) in word_places(key) {
        match word {
            word if CHARGED.contains(&word) => found = found.or(Some(Role::Charged)),
            word if REFUNDED.contains(&word) => found = Some(Role::Refunded),
            "amount" | "total" | "sum" | "issued" => {}
            _ => return None,
        }
    }
    found
}

/// Whether a key tells when the amount of its table was charged: `charged_at`, `paid_on`.
fn tells_charge(key: &str) -> bool {
    key.strip_suffix("_at").or(key.strip_suffix("_on")).is_some_and(|event| role(event) == Some(Role::Charged))
}

/// A refund of this table above all that was charged in it: the refund, its amount, and what was charged.
fn refund_above_charge<'a>(node: &'a Node<'a>) -> Option<(&'a Entry<'a>, f64, f64)> {
    let of = |wanted: Role| {
        let entries =
            node.entries().iter().filter(move |entry| is_amount(&entry.node) && role(&entry.key) == Some(wanted));
        entries.filter_map(|entry| amount(node, &entry.key).filter(|(_, amount)| *amount > 0.0))
    };
    // What else was charged adds to the sum by a name that nobody knows.
    let is_other = |entry: &Entry| {
        role(&entry.key).is_none()
            && ["charge", "paid", "payment", "captur"].iter().any(|word| entry.key.contains(word))
    };
    let (entry, refunded) = of(Role::Refunded).max_by(|a, b| a.1.total_cmp(&b.1))?;
    if node.entries().iter().any(|entry| is_other(entry) && amount(node, &entry.key).is_some()) {
        return None;
    }
    let mut charged: f64 = of(Role::Charged).map(|(_, amount)| amount).sum();
    if charged == 0.0 && node.entries().iter().any(|entry| tells_charge(&entry.key)) {
        charged = first(node, &["amount", "total", "total_amount", "sum"]).map_or(0.0, |(_, amount)| amount);
    }
    (charged > 0.0 && refunded > charged + SLACK).then_some((entry, refunded, charged))
}

/// The first amount of another currency than those before it, unless a rate or the like explains it.
fn other_currency<'a>(node: &'a Node<'a>) -> Option<(&'a Entry<'a>, &'a str, &'a str)> {
    const EXPLAINED: &[&str] = &["rate", "foreign", "original", "converted", "local", "exchange"];
    let of_entry =
        |entry: &'a Entry<'a>| Some((entry, currency(&entry.node).filter(|code| !names_currency(&entry.key, code))?));
    let mut currencies = node.entries().iter().filter_map(of_entry);
    let (_, first) = currencies.next()?;
    let (entry, other) = currencies.find(|(_, other)| *other != first)?;
    let explained = node.entries().iter().any(|entry| EXPLAINED.iter().any(|word| entry.key.contains(word)));
    (!explained).then_some((entry, other, first))
}

/// Whether a key says its amount's currency by itself: `list_price_eur` stands beside `list_price_usd` on purpose.
fn names_currency(key: &str, code: &str) -> bool {
    let name = match code {
        "EUR" => "euro",
        "USD" => "dollar",
        "GBP" => "pound",
        "JPY" => "yen",
        _ => "",
    };
    word_places(key).any(|(word, _)| {
        word.eq_ignore_ascii_case(code)
            || !name.is_empty() && word.strip_suffix('s').unwrap_or(word).eq_ignore_ascii_case(name)
    })
}

/// The amount of the first of these keys that is there.
fn first<'a>(node: &'a Node<'a>, keys: &[&str]) -> Option<(&'a Entry<'a>, f64)> {
    keys.iter().find_map(|key| amount(node, key))
}

/// Whether a value may be an amount.
fn is_amount(node: &Node) -> bool {
    matches!(node.value, Value::Integer(_) | Value::Float(_)) || currency(node).is_some()
}

/// The amount of this key.
fn amount<'a>(node: &'a Node<'a>, key: &str) -> Option<(&'a Entry<'a>, f64)> {
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
fn currency<'a>(node: &'a Node<'_>) -> Option<&'a str> {
    let Value::Text(text) = &node.value else { return None };
    if !text.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let (amount, code) = text.split_once(' ')?;
    (Currency::parse(code).is_some() && amount.parse::<f64>().is_ok()).then_some(code)
}

#[cfg(test)]
mod tests {
    use crate::lint::rules::tests::check_task;

    #[test]
    fn amounts_of_a_record() {
        let record = |fields: &str, expect: &[&str]| {
            let task = include_str!("../example/mug.toml");
            check_task(
                "inconsistent-amounts",
                &task.replace("{ subscribed = true }", &format!("{{ {fields} }}")),
                expect,
            );
        };
        record("quantity = 3, unit_price = 5.00, line_total = 10.00", &["10.00"]);
        record("quantity = 3, unit_price = 5.00, line_total = 15.00", &[]);
        record("lines = [{ line_total = 4.00 }, { line_total = 5.00 }], subtotal = 9.50", &["9.50"]);
        record("lines = [{ qty = 2, unit_price = 4.00 }, { price = 5.00 }], total = 14.00", &["14.00"]);
        record("lines = [{ qty = 2, unit_price = 4.00 }, { price = 5.00 }], total = 13.00", &[]);
        record("items = [{ price = 5.00 }], shipping = 2.00, order_total = 7.00", &[]);
        record("items = [{ price = 5.00, quantity = 2 }], total = 10.00", &[]);
        record("items = [{ price = 5.00 }], donation = 2.00, total = 9.00", &[]);
        record("items = [{ name = \"a\" }, { price = 5.00 }], total = 9.00", &[]);
        record("subtotal = 30.00, shipping = 5.00, tax = 2.00, total = 40.00", &["40.00"]);
        record("subtotal = 30.00, shipping = 5.00, tax = 2.00, total = 35.00", &[]);
        record("subtotal = 30.00, discount = -3.00, total = 27.00", &[]);
        record("subtotal = 30.00, total = 35.00", &[]);
        record("charged = 20.00, refunded = 25.00", &["25.00"]);
        record("refund_amount = \"25.00 USD\", amount_paid = \"20.00 USD\"", &["25.00 USD"]);
        record("total_charged = 20.00, total_refunded = 20.00", &[]);
        record("charged = 20.00, second_charge = 20.00, refunded = 20.00", &[]);
        record("refund_count = 3, charged = 2.00, refund_limit = 50.00", &[]);
        record("price = \"20.00 USD\", fee = \"3.00 EUR\"", &["3.00 EUR"]);
        record("price = \"20.00 USD\", fee = \"3.00 EUR\", rate = 1.1", &[]);
        record("price = \"20.00 USD\", note = \"3.00 cats\"", &[]);
        record("list_price_usd = \"20.00 USD\", list_price_eur = \"18.00 EUR\"", &[]);
        record("price_usd = \"20.00 USD\", price_eur = \"18.00 GBP\", fee = \"3.00 EUR\"", &["3.00 EUR"]);
        record("amount = 20.00, charged_at = 2026-01-01, refund_amount = 25.00", &["25.00"]);
        record("amount = 20.00, charged_at = 2026-01-01, refund_amount = 20.00", &[]);
        record("amount = 20.00, created_at = 2026-01-01, refund_amount = 25.00", &[]);
    }
}
