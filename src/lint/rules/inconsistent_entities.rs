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

use super::empty_text::says_nothing;
use super::looks_like_pii::is_real_mail;
use super::placeholder_text::stands_in;

pub(super) const RULE: Rule = Rule {
    code: Code::InconsistentEntities,
    why: "Where the ticket names `ORD-5120` and the records hold `ORD-5102`, one of the two is a slip: an agent that \
          looks for the customer's order finds somebody else's.",
    mend: "Write the same id, name or address in both. An id is capitals and digits, such as `ORD-5120`, and counts only \
           where a record holds another id that begins with the same letters; `order 5120` counts where a record's key \
           speaks of orders and its value has as many digits. An address counts where a record holds any, and the ticket's \
           `customer` where a record names a customer or the holder of an account, a card or a licence, or somebody of \
           the same first name whose surname differs by a letter or two. A task that is `adversarial = true` may lie.",
    example: Example {
        bad: &[Edit::Replace("mug.toml", "The mug of order ORD-2207", "The mug of order ORD-2270")],
        good: &[],
    },
    stages: &[Stage::Task(check)],
};

/// Keys whose value is who the case is about, by their last word but `name`: `account_holder`, `licence_holder_name`.
const CUSTOMERS: &[&str] =
    &["customer", "holder", "accountholder", "cardholder", "policyholder", "buyer", "subscriber"];
/// The same, whole.
const CUSTOMER_KEYS: &[&str] = &["account_name", "ordered_by"];
/// Words before such a word that make it somebody else.
const OTHERS: &[&str] = &["former", "joint", "new", "next", "old", "other", "previous", "prior", "second"];
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
    if told("adversarial") || !task.file.records_whole || has_hole(&artifacts.node) {
        return;
    }
    let mut known: Option<Known<'_>> = None;
    let mut told: HashSet<String> = HashSet::default();
    let texts = ["subject", "message"].into_iter().filter_map(|key| {
        let entry = ticket.node.entry(key)?;
        entry.node.text().map(|value| (key, entry, value, entities(value).collect::<Vec<_>>()))
    });
    let texts: Vec<_> = texts.collect();
    let mut wanted = Kinds::default();
    texts.iter().flat_map(|(.., entities)| entities).for_each(|(entity, _)| wanted.note(entity));
    for (key, entry, value, entities) in texts {
        for (entity, part) in entities {
            let known = known.get_or_insert_with(|| Known::of(&artifacts.node, wanted));
            let shown = &value[part.clone()];
            // Somebody's real address is told as that: it is to be replaced anyway.
            let is_told = matches!(entity, Entity::Mail(_)) && is_real_mail(shown);
            if is_told || known.has(&entity) || !told.insert(shown.to_owned()) {
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
        && let Some(name) = entry.node.text()
        && !says_nothing(name, "customer")
    {
        let known = known.unwrap_or_else(|| Known::of(&artifacts.node, wanted));
        // A name that is still to be written is told as such.
        if let Some(other) = known.instead_of(name, &artifacts.node).filter(|_| !stands_in(name)) {
            let message = format!("no record knows the customer `{name}`");
            let place = task.file.span(entry.node.span.clone());
            let help = format!("the records name `{other}`; write one name in both");
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
            let id = artifact.entry("id").and_then(|entry| entry.node.text()).unwrap_or_default();
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
        if (is_customer_key(key) || matches!(key, "name" | "full_name") && is_holder()) && is_name() {
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

    /// Whom the records name where they name customers, or somebody who differs from this one by a slip, and not this
    /// one. A surname in a sentence is enough to know somebody.
    fn instead_of(&self, name: &str, artifacts: &'a Node) -> Option<&'a str> {
        if self.customers.contains(&name) {
            return None;
        }
        let surname = surname_of(name)?;
        let is_surname = |word: &str| is_name(word, surname);
        let is_whole = |text: &str| {
            !surname.contains('-') && word_places(text).any(|(word, _)| is_surname(word))
                || names_in(text).any(is_surname)
        };
        let Value::List(items) = &artifacts.value else { return None };
        let values = || items.iter().flat_map(Node::entries).map(|entry| &entry.node);
        if self.customers.is_empty() {
            let slip = values().find_map(|node| find_text(node, &|text| is_slip(name, text)))?;
            return (!values().any(|node| find_text(node, &is_whole).is_some())).then_some(slip);
        }
        // Half of a double name is one by marriage, or by a form that had no room.
        let is_half = |text: &str| {
            surname_of(text).is_some_and(|other| {
                surname.split('-').any(|part| is_name(part, other))
                    || other.split('-').any(|part| is_name(part, surname))
            })
        };
        if self.customers.iter().any(|text| is_half(text)) || values().any(|node| find_text(node, &is_whole).is_some())
        {
            return None;
        }
        let slip = self.customers.iter().find(|text| is_slip(name, text));
        slip.or(self.customers.first()).copied()
    }
}

/// Whether the value of this key is who the case is about.
fn is_customer_key(key: &str) -> bool {
    if CUSTOMER_KEYS.contains(&key) {
        return true;
    }
    let mut words = key.rsplit(['_', '-', ' ']).filter(|word| *word != "name");
    words.next().is_some_and(|last| CUSTOMERS.contains(&last)) && !words.any(|word| OTHERS.contains(&word))
}

/// The words of a text with the hyphens and apostrophes within them.
fn names_in(text: &str) -> impl DoubleEndedIterator<Item = &str> {
    let words = text.split(|c: char| !c.is_alphanumeric() && !matches!(c, '-' | '\'' | '’'));
    words.map(|word| word.trim_matches(['-', '\'', '’'])).filter(|word| !word.is_empty())
}

fn surname_of(name: &str) -> Option<&str> {
    names_in(name).next_back()
}

/// Whether a word is this name, whichever apostrophe is in it. A name in capitals alone is one, too; a word in small
/// letters is another.
fn is_name(word: &str, name: &str) -> bool {
    let is_small = |word: &str| word.starts_with(char::is_lowercase) && !word.contains(char::is_uppercase);
    let plain = |word: &str| word.to_lowercase().replace('’', "'");
    let equal = word.eq_ignore_ascii_case(name) || !(word.is_ascii() && name.is_ascii()) && plain(word) == plain(name);
    equal && (is_small(name) || !is_small(word))
}

/// Whether a text is this name with a slip in its surname.
fn is_slip(name: &str, text: &str) -> bool {
    if text.len() > MAX_WORD || text.contains(|c: char| c.is_ascii_digit() || c == '@') {
        return false;
    }
    let (mut one, mut other) = (names_in(name), names_in(text));
    let first = one.next().is_some_and(|first| other.next() == Some(first));
    let Some((surname, second)) = one.next_back().zip(other.next_back()).filter(|_| first) else { return false };
    if !second.starts_with(char::is_uppercase) || other.count() > 2 || surname.chars().count() < 4 {
        return false;
    }
    (1..=2).contains(&strsim::osa_distance(&surname.to_lowercase(), &second.to_lowercase()))
}

/// The first text in this value that fits.
fn find_text<'n>(node: &'n Node, fits: &impl Fn(&str) -> bool) -> Option<&'n str> {
    match &node.value {
        Value::Text(text) => fits(text).then_some(text.as_ref()),
        Value::List(items) => items.iter().find_map(|item| find_text(item, fits)),
        Value::Table(entries) => entries.iter().find_map(|entry| find_text(&entry.node, fits)),
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
        named("Ann Lee", "{ licence_holder = \"Bob Ray\" }", &["Ann Lee"]);
        named("Ann Lee", "{ previous_holder = \"Bob Ray\" }", &[]);
        named("Siân Price-Jones", "{ customer = \"Siân Pryce-Jones\" }", &["Siân Price-Jones"]);
        named("Siân Price-Jones", "{ patient = \"Siân Pryce-Jones\" }", &["Siân Price-Jones"]);
        named("Siân Jones", "{ customer = \"Siân Pryce-Jones\" }", &[]);
        named("Siân Price-Jones", "{ customer = \"Siân Jones\" }", &[]);
        named("Aoife O'Sullivan", "{ customer = \"Aoife O’Sullivan\" }", &[]);
        named("Ann Price", "{ holder = \"Ann Pryce\", note = \"the price is right\" }", &["Ann Price"]);
        named("Ann Pryce", "{ patient = \"Ann Price\", payer = \"Mr Pryce\" }", &[]);
        named("Ann Pryce", "{ patient = \"Tom Price\" }", &[]);
        named("Ann Al-Amin", "{ customer = \"Ann al-Amin\" }", &[]);
        named("TBD", "{ customer = \"Bob Ray\" }", &[]);
        named("Ann Lee", "{ agent = \"Bob Ray\", product = { name = \"Blue Mug\" } }", &[]);
    }

    #[test]
    fn what_a_syntax_error_leaves_of_the_records() {
        let broken = |old: &str, new: &str, expect: &[&str]| {
            let task = include_str!("../example/mug.toml").replace("do for me?", "do for me? And ORD-2208?");
            assert!(task.contains(old), "{old}");
            check_task("inconsistent-entities", &task.replace(old, new), expect);
        };
        broken("[oracle]", "[oracle]\nby us = 1", &["ORD-2208"]);
        broken("title = \"Order ORD-2207\"", "title = \"Order ORD-2207\"\nlate order = \"ORD-2208\"", &[]);
        broken("max_steps = 5", "max steps = 5", &[]);
    }

    #[test]
    fn what_need_not_be_known() {
        check("See ORD-2207, ord2207, ORD2207.", "{ a = 1 }", &[]);
        check("My RTX-4090, COVID-19, ISO-8601, 1Z999AA10123456784.", "{ a = 1 }", &[]);
        check("Order 55120, please.", "{ a = 1 }", &[]);
        check("Order 3 of 4, order of 2026.", "{ order_number = 55102 }", &[]);
        check("Write to ann@example.com.", "{ a = 1 }", &[]);
        check("Write to Ann@Example.com.", "{ mail = \"ann@example.com\" }", &[]);
        check("Write to ann@lee.org.", "{ mail = \"bob@example.com\" }", &[]); // Which is somebody's.
        check("It was ORD-2209.", "{ note = \"not ORD-2209\" }", &[]);
    }
}
