//! `inconsistent-entities`: the ticket speaks of an order, a customer or an address that no record knows.

use std::ops::Range;

use foldhash::HashSet;

use crate::diag::{Code, Diagnostic, Sink};
use crate::lint::locate::locate;
use crate::lint::phrases::word_places;
use crate::lint::texts::Text;
use crate::lint::{Edit, Example, Rule, Stage};
use crate::pack::AuthoredTask;
use crate::pack::tree::{Node, Value};

pub(super) const RULE: Rule = Rule {
    code: Code::InconsistentEntities,
    why: "Where the ticket names `ORD-5120` and the records hold `ORD-5102`, one of the two is a slip: an agent that \
          looks for the customer's order finds somebody else's.",
    mend: "Write the same id, name or address in both. An id is capitals and digits, such as `ORD-5120`, and counts only \
           where a record holds another id that begins with the same letters; `order 5120` counts where a record's key \
           speaks of orders and its value has as many digits. An address counts where a record holds any, and the ticket's \
           `customer` where a record names a customer or an account's holder. A task that is `adversarial = true` may lie.",
    example: Example {
        bad: &[Edit::Replace("mug.toml", "The mug of order ORD-2207", "The mug of order ORD-2270")],
        good: &[],
    },
    stages: &[Stage::Task(check)],
};

/// Keys whose value is who the case is about.
const CUSTOMERS: &[&str] =
    &["customer", "customer_name", "account_holder", "account_name", "cardholder", "buyer", "ordered_by"];
/// Tables and records in which `name` is who the case is about.
const HOLDERS: &[&str] = &["customer", "account", "buyer", "profile"];
/// What a bare number may be of.
const NUMBERED: &[&str] = &["order", "invoice", "booking", "account", "customer", "reservation"];
/// What may stand between such a word and its number.
const BETWEEN: &[&str] = &["number", "no", "nr", "id", "is"];

/// An id, a number or an address that the ticket names.
#[derive(Debug, PartialEq)]
enum Entity<'a> {
    /// Letters, then the whole in capitals without what parts it.
    Id {
        letters: &'a str,
        key: String,
    },
    Number {
        of: &'static str,
        digits: &'a str,
    },
    Mail(&'a str),
}

/// The kinds that a ticket names: of no other the records are asked.
#[derive(Debug, Default, Clone, Copy)]
struct Kinds {
    ids: bool,
    numbers: bool,
    mails: bool,
}

impl Kinds {
    fn note(&mut self, entity: &Entity<'_>) {
        match entity {
            Entity::Id { .. } => self.ids = true,
            Entity::Number { .. } => self.numbers = true,
            Entity::Mail(_) => self.mails = true,
        }
    }
}

/// What the records hold of the kinds that are wanted.
#[derive(Debug, Default)]
struct Known<'a> {
    wanted: Kinds,
    letters: HashSet<&'a str>,
    ids: HashSet<String>,
    /// In small letters.
    mails: HashSet<String>,
    /// Digits of any length, with the letters around them left out.
    numbers: HashSet<String>,
    /// What records are numbered by, and how long the numbers are.
    numbered: HashSet<(&'static str, usize)>,
    customers: Vec<&'a str>,
}

fn check(task: &AuthoredTask<'_>, sink: &mut Sink) {
    let tree = task.file.tree;
    let told = |key: &str| matches!(tree.entry(key).map(|entry| &entry.node.value), Some(Value::Boolean(true)));
    let (Some(ticket), Some(artifacts)) = (tree.entry("ticket"), tree.entry("artifacts")) else { return };
    // What is broken may hold what is not found.
    if told("adversarial") || !task.file.complete || has_hole(&artifacts.node) {
        return;
    }
    let mut known: Option<Known<'_>> = None;
    let mut told: HashSet<String> = HashSet::default();
    let texts = ["subject", "message"].into_iter().filter_map(|key| {
        let entry = ticket.node.entry(key)?;
        text_of(&entry.node).map(|value| (key, entry, value, entities(value).collect::<Vec<_>>()))
    });
    let texts: Vec<_> = texts.collect();
    let mut wanted = Kinds::default();
    texts.iter().flat_map(|(.., entities)| entities).for_each(|(entity, _)| wanted.note(entity));
    for (key, entry, value, entities) in texts {
        for (entity, part) in entities {
            let known = known.get_or_insert_with(|| Known::of(&artifacts.node, wanted));
            let shown = &value[part.clone()];
            if known.has(&entity) || !told.insert(shown.to_owned()) {
                continue;
            }
            let text = Text { path: &["ticket", key], value, place: &entry.node.span, is_key: false };
            let message = format!("`{shown}` stands in the ticket, and no record knows it");
            let diagnostic = Diagnostic::new(Code::InconsistentEntities, locate(&task.file, text, part), message)
                .with_help("write it as the records do, or put it into one of them".to_owned());
            sink.push(diagnostic);
        }
    }
    if let Some(entry) = ticket.node.entry("customer")
        && let Value::Text(name) = &entry.node.value
    {
        let known = known.unwrap_or_else(|| Known::of(&artifacts.node, wanted));
        if !known.names(name, &artifacts.node) {
            let message = format!("no record knows the customer `{name}`");
            let place = task.file.span(entry.node.span.clone());
            let help = format!("the records name `{}`; write one name in both", known.customers[0]);
            sink.push(Diagnostic::new(Code::InconsistentEntities, place, message).with_help(help));
        }
    }
}

fn has_hole(node: &Node) -> bool {
    match &node.value {
        Value::Hole => true,
        Value::List(items) => items.iter().any(has_hole),
        Value::Table(entries) => entries.iter().any(|entry| has_hole(&entry.node)),
        _ => false,
    }
}

impl<'a> Known<'a> {
    fn of(artifacts: &'a Node, wanted: Kinds) -> Known<'a> {
        let mut known = Known { wanted, ..Known::default() };
        let Value::List(items) = &artifacts.value else { return known };
        for artifact in items {
            let id = artifact.entry("id").and_then(|entry| text_of(&entry.node)).unwrap_or_default();
            for entry in artifact.entries() {
                let name = if entry.key == "record" { id } else { entry.key.as_ref() };
                known.add(&entry.node, &entry.key, name);
            }
        }
        known
    }

    /// Notes a value under this key of a table of this name.
    fn add(&mut self, node: &'a Node, key: &str, table: &str) {
        match &node.value {
            Value::Text(text) => self.add_text(text, key, table),
            Value::Integer(number) if self.wanted.numbers => self.add_number(&number.to_string(), key),
            Value::List(items) => items.iter().for_each(|item| self.add(item, key, table)),
            Value::Table(entries) => {
                let table = if key == "record" { table } else { key };
                entries.iter().for_each(|entry| self.add(&entry.node, &entry.key, table));
            }
            _ => {}
        }
    }

    fn add_text(&mut self, text: &'a str, key: &str, table: &str) {
        if self.wanted.ids || self.wanted.mails {
            for (entity, _) in entities(text) {
                match entity {
                    Entity::Id { letters, key } => {
                        self.letters.insert(letters);
                        self.ids.insert(key);
                    }
                    Entity::Mail(mail) => drop(self.mails.insert(mail.to_ascii_lowercase())),
                    Entity::Number { .. } => {}
                }
            }
        }
        if self.wanted.numbers && text.bytes().any(|byte| byte.is_ascii_digit()) {
            let words = word_places(text).map(|(word, _)| word);
            let numbers = words.filter(|word| word.bytes().all(|byte| byte.is_ascii_digit()));
            numbers.for_each(|number| self.add_number(number, key));
        }
        let is_holder = || HOLDERS.iter().any(|holder| table.split(['_', '-']).any(|word| word == *holder));
        let is_name = || text.contains(' ') && !text.contains(|c: char| c.is_ascii_digit() || c == '@');
        if (CUSTOMERS.contains(&key) || matches!(key, "name" | "full_name") && is_holder()) && is_name() {
            self.customers.push(text);
        }
    }

    fn add_number(&mut self, digits: &str, key: &str) {
        self.numbers.insert(digits.to_owned());
        let of = NUMBERED.iter().find(|of| key.split(['_', '-']).any(|word| word == **of));
        self.numbered.extend(of.map(|of| (*of, digits.len())));
    }

    /// Whether a record holds this, or holds nothing of its kind.
    fn has(&self, entity: &Entity<'_>) -> bool {
        match entity {
            Entity::Id { letters, key } => !self.letters.contains(letters) || self.ids.contains(key),
            Entity::Number { of, digits } => {
                !self.numbered.contains(&(*of, digits.len())) || self.numbers.contains(*digits)
            }
            Entity::Mail(mail) => self.mails.is_empty() || self.mails.contains(&mail.to_ascii_lowercase()),
        }
    }

    /// Whether a record names this customer, or none at all. A surname in a sentence is enough.
    fn names(&self, name: &str, artifacts: &Node) -> bool {
        if self.customers.is_empty() || self.customers.contains(&name) {
            return true;
        }
        let Some(last) = word_places(name).last().map(|(word, _)| word.to_lowercase()) else { return true };
        let is_last = |word: &str| word.eq_ignore_ascii_case(&last) || !word.is_ascii() && word.to_lowercase() == last;
        let Value::List(items) = &artifacts.value else { return true };
        items.iter().flat_map(Node::entries).any(|entry| says(&entry.node, &is_last))
    }
}

/// Whether such a word stands in a text of this value.
fn says(node: &Node, is_wanted: &impl Fn(&str) -> bool) -> bool {
    match &node.value {
        Value::Text(text) => word_places(text).any(|(word, _)| is_wanted(word)),
        Value::List(items) => items.iter().any(|item| says(item, is_wanted)),
        Value::Table(entries) => entries.iter().any(|entry| says(&entry.node, is_wanted)),
        _ => false,
    }
}

fn text_of<'a>(node: &'a Node<'_>) -> Option<&'a str> {
    match &node.value {
        Value::Text(text) => Some(text),
        _ => None,
    }
}

/// The entities that a text names, in order. Each has a digit or an `@`: only words that do are looked at.
fn entities(text: &str) -> impl Iterator<Item = (Entity<'_>, Range<usize>)> {
    let mut from = 0;
    let words = std::iter::from_fn(move || {
        let at = from + text.as_bytes()[from..].iter().position(|byte| byte.is_ascii_digit() || *byte == b'@')?;
        let start = from + text[from..at].trim_end_matches(is_part).len();
        from = text.len() - text[at..].trim_start_matches(is_part).len();
        Some(bare(&text[start..from]))
    });
    words.filter(|word| !word.is_empty() && word.len() <= MAX_WORD).filter_map(|word| {
        let start = word.as_ptr() as usize - text.as_ptr() as usize;
        Some((entity(word, &text[..start])?, start..start + word.len()))
    })
}

/// The entity that a word is behind this text.
fn entity<'a>(word: &'a str, before: &str) -> Option<Entity<'a>> {
    if word.bytes().all(|byte| byte.is_ascii_digit()) {
        // A short one is an amount or a count.
        if word.len() < 4 {
            return None;
        }
        numbered(before).map(|of| Entity::Number { of, digits: word })
    } else if let Some((name, domain)) = word.split_once('@') {
        (!name.is_empty() && domain.contains('.') && !domain.contains('@')).then_some(Entity::Mail(word))
    } else {
        id_of(word).map(|(letters, key)| Entity::Id { letters, key })
    }
}

fn is_part(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '-' | '_' | '@' | '.' | '+' | '/')
}

fn bare(word: &str) -> &str {
    word.trim_matches(['.', '-', '/', '_', '+'])
}

/// What a number behind this text is of.
fn numbered(before: &str) -> Option<&'static str> {
    let words = before.rsplit(|c| !is_part(c)).map(bare);
    let mut words = words.filter(|word| !word.is_empty() && word.len() <= MAX_WORD);
    let word = words.find(|word| !BETWEEN.iter().any(|between| between.eq_ignore_ascii_case(word)))?;
    NUMBERED.iter().copied().find(|of| of.eq_ignore_ascii_case(word))
}

/// The longest word that is looked at, in bytes.
const MAX_WORD: usize = 100;

/// The letters that an id begins with, and the whole in one form: `ORD-5120` and `ORD5120` are one.
fn id_of(word: &str) -> Option<(&str, String)> {
    let letters = word.bytes().take_while(u8::is_ascii_uppercase).count();
    let rest = &word[letters..];
    let digits = rest.bytes().filter(u8::is_ascii_digit).count();
    let plain = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || matches!(byte, b'-' | b'_');
    if !(1..=8).contains(&letters) || digits < 3 || !rest.bytes().all(plain) {
        return None;
    }
    let mut key = String::with_capacity(word.len());
    key.extend(word.split(['-', '_']));
    Some((&word[..letters], key))
}

#[cfg(test)]
mod tests {
    use crate::lint::rules::tests::check_task;

    /// The example task with these words after the ticket's message, and this record.
    fn check(message: &str, record: &str, expect: &[&str]) {
        let task = include_str!("../example/mug.toml")
            .replace("do for me?\"", &format!("do for me? {message}\""))
            .replace("{ subscribed = true }", record);
        check_task("inconsistent-entities", &task, expect);
    }

    #[test]
    fn what_no_record_knows() {
        check("Also ORD-2208.", "{ a = 1 }", &["ORD-2208"]);
        check("Also ORD-2208, I said ORD-2208.", "{ a = 1 }", &["ORD-2208"]);
        check("Order number 55120, please.", "{ order_number = 55102 }", &["55120"]);
        check("Write to ann@example.com.", "{ mail = \"bob@example.com\" }", &["ann@example.com"]);
        let named = |name: &str, record: &str, expect: &[&str]| {
            let task = include_str!("../example/mug.toml")
                .replace("subject =", &format!("customer = \"{name}\"\nsubject ="))
                .replace("{ subscribed = true }", record);
            check_task("inconsistent-entities", &task, expect);
        };
        named("Ann Lee", "{ customer = \"Bob Ray\" }", &["Ann Lee"]);
        named("Ann Lee", "{ customer = { name = \"Bob Ray\" } }", &["Ann Lee"]);
        named("Ann Lee", "{ customer = \"A. Lee\" }", &[]);
        named("Ann Lee", "{ customer = \"Bob Ray\", note = \"Ann Lee wrote for him\" }", &[]);
        named("Ann Lee", "{ agent = \"Bob Ray\", product = { name = \"Blue Mug\" } }", &[]);
    }

    #[test]
    fn what_need_not_be_known() {
        check("See ORD-2207, ord2207, ORD2207.", "{ a = 1 }", &[]);
        check("My RTX-4090, COVID-19, ISO-8601, 1Z999AA10123456784.", "{ a = 1 }", &[]);
        check("Order 55120, please.", "{ a = 1 }", &[]);
        check("Order 3 of 4, order of 2026.", "{ order_number = 55102 }", &[]);
        check("Write to ann@example.com.", "{ a = 1 }", &[]);
        check("Write to Ann@Example.com.", "{ mail = \"ann@example.com\" }", &[]);
        check("It was ORD-2209.", "{ note = \"not ORD-2209\" }", &[]);
    }
}
