//! What the key of a date tells: which event it dates, of what, and whether that has happened.

use std::borrow::Cow;
use std::sync::LazyLock;

use foldhash::{HashMap, HashSet};

use super::phrases::word_places;

/// What happens to an order, an account or a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Event {
    Ordered,
    Shipped,
    Sent,
    Delivered,
    HandedOver,
    Returned,
    Authorised,
    Charged,
    Refunded,
    Cancelled,
    Started,
    Ended,
    Opened,
    Closed,
    Created,
    Updated,
    CheckedIn,
    CheckedOut,
    Issued,
    Valid,
    Due,
    Expires,
    Requested,
    Decided,
    /// Something that no order is known of.
    Other,
}

/// What a key tells of its date.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Occasion {
    pub(super) event: Event,
    /// Whether it says that the event has happened.
    pub(super) happened: bool,
    /// What it happened to, in the key's words without those for the usual things.
    pub(super) subject: String,
    /// All words of the key beside the event's.
    pub(super) rest: String,
    /// Whether the word is one that other keys use, too: such a date belongs to that of the same words alone.
    pub(super) is_common: bool,
}

/// Words to be looked up: every dated key of every record is read.
type Words = HashSet<&'static str>;

/// The words that name an event, and whether they say that it has happened.
static EVENTS: LazyLock<HashMap<&'static str, (Event, bool)>> =
    LazyLock::new(|| WORDS.iter().map(|&(name, event, happened)| (name, (event, happened))).collect());

const WORDS: &[(&str, Event, bool)] = &[
    ("ordered", Event::Ordered, true),
    ("placed", Event::Ordered, true),
    ("purchased", Event::Ordered, true),
    ("bought", Event::Ordered, true),
    ("booked", Event::Ordered, true),
    ("order", Event::Ordered, false),
    ("purchase", Event::Ordered, false),
    ("shipped", Event::Shipped, true),
    ("dispatched", Event::Shipped, true),
    ("ship", Event::Shipped, false),
    ("shipping", Event::Shipped, false),
    ("dispatch", Event::Shipped, false),
    ("sent", Event::Sent, true),
    ("delivered", Event::Delivered, true),
    ("delivery", Event::Delivered, false),
    ("rented", Event::HandedOver, true),
    ("hired", Event::HandedOver, true),
    ("leased", Event::HandedOver, true),
    ("borrowed", Event::HandedOver, true),
    ("loaned", Event::HandedOver, true),
    ("lent", Event::HandedOver, true),
    ("picked up", Event::HandedOver, true),
    ("handed over", Event::HandedOver, true),
    ("handed out", Event::HandedOver, true),
    ("returned", Event::Returned, true),
    ("brought back", Event::Returned, true),
    ("handed back", Event::Returned, true),
    ("given back", Event::Returned, true),
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
    ("cancelled", Event::Cancelled, true),
    ("canceled", Event::Cancelled, true),
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
    ("issue", Event::Issued, false),
    ("invoice", Event::Issued, false),
    ("due", Event::Due, false),
    ("expires", Event::Expires, false),
    ("expired", Event::Expires, false),
    ("expiry", Event::Expires, false),
    ("expiration", Event::Expires, false),
    ("requested", Event::Requested, false),
    ("approved", Event::Decided, true),
    ("granted", Event::Decided, true),
    ("rejected", Event::Decided, true),
    ("denied", Event::Decided, true),
];

/// Words for where a span of time begins and ends. Each stands in many keys: `valid_from` and `paid_until` are not one
/// span.
const BEGINS: &[&str] =
    &["start", "starts", "begin", "begins", "beginning", "from", "since", "opens", "opening", "commences"];
const ENDS: &[&str] =
    &["end", "ends", "ending", "until", "till", "to", "thru", "through", "finish", "finishes", "closes", "closing"];
/// The same, before what they are of alone.
const FIRST: &[&str] = &["first", "earliest"];
const LAST: &[&str] = &["last", "latest"];

/// Words for which a noun alone dates nothing: `order` is a number, `payment` a table.
const TELLING: &[&str] = &["start", "end", "starts", "ends", "begins", "expires", "expiry", "due"];

/// Words behind a participle that belong to it: `picked_up_at`.
const PARTICLES: &[&str] = &["up", "off", "over", "in", "out", "down", "back", "away", "through"];

/// What a date's key ends in beside the event.
const ENDINGS: &[&str] = &["at", "on", "date", "time", "datetime", "timestamp", "day"];

/// Things that an event may happen to; before any other word its date is that of something else, such as a replacement.
static THINGS: LazyLock<Words> = LazyLock::new(|| {
    words_of(
        "account amount booking card case customer date full goods invoice item items of order package parcel \
    payment rental ride session shipment subscription the ticket trip",
    )
});

/// Words that make an event one that is to come.
static PLANNED: LazyLock<Words> = LazyLock::new(|| {
    words_of(
        "agreed anticipated booked by deadline desired due estimated eta expected expires expiry forecast \
    future guaranteed if intended latest needed next planned preferred projected promised proposed \
    renews required reserved scheduled target to until upcoming valid wanted",
    )
});

/// Words of what goes on after a ticket: its own log, and the copy of a record that somebody looks at.
static LOGGED: LazyLock<Words> = LazyLock::new(|| {
    words_of(
        "accessed answered archived assigned calculated checked closed computed edited escalated expired \
    exported fetched generated last modified printed pulled queried reassigned refreshed replied \
    resolved retrieved reviewed snapshot synced triaged updated viewed",
    )
});

/// Past participles, and past tenses that keys use like them, that do not end in `ed`.
static IRREGULAR: LazyLock<Words> = LazyLock::new(|| {
    words_of(
        "arose began begun bought broken brought built came caught chosen cut done drawn driven fallen fed \
    fell flown forgotten found frozen given gone heard held hidden hit kept known laid learnt left lent \
    lost made met paid put quit rang ridden rung run said seen sent shown shut sold spent split spoken \
    stolen sworn taken taught thrown told torn undone went withdrawn won worn written",
    )
});

/// Words of a change: of what was moved, `from` and `to` are no span.
const CHANGES: &str = "adjust advanc amend audit chang convert correct defer delay edit exten histor log mov postpon \
    reschedul shift swap switch transfer updat";

/// The longest key that is read, in bytes.
const MAX_KEY: usize = 60;

fn words_of(list: &'static str) -> Words {
    list.split(' ').collect()
}

/// What a key of this table tells of its date, if anything.
pub(super) fn occasion_of(key: &str, table: &str) -> Option<Occasion> {
    if key.len() > MAX_KEY || !key.is_ascii() {
        return None;
    }
    let lower = in_small_letters(key);
    let all: Vec<&str> = word_places(&lower).map(|(word, _)| word).collect();
    let mut words = all.as_slice();
    while let [before @ .., last] = words
        && !before.is_empty()
        && ENDINGS.contains(last)
    {
        words = before;
    }
    let ending = all.get(words.len()).copied();
    let dated = ending.is_some() || words.first() == Some(&"date");
    let has = |list: &Words| all.iter().any(|word| list.contains(word));
    let may_have_happened = !has(&LOGGED) && !has(&PLANNED) || is_booking(words);
    let past = end_in_participle(words) && matches!(ending, Some("at" | "on")) && may_have_happened;
    let (event, happened, rest, is_common) =
        event_of(words, dated, table).or_else(|| past.then(|| (Event::Other, true, words.to_vec(), false)))?;
    // The date that somebody asks for is none on which anybody has asked.
    if event == Event::Requested && ending == Some("date") {
        return None;
    }
    let subject: Vec<&str> = rest.iter().copied().filter(|word| !THINGS.contains(word)).collect();
    let happened = event != Event::Other && happened && subject.is_empty() && may_have_happened || past;
    Some(Occasion { event, happened, subject: subject.join(" "), rest: rest.join(" "), is_common })
}

/// Whether the key dates the booking itself, not what is booked.
fn is_booking(words: &[&str]) -> bool {
    matches!(words, [before @ .., "booked"] if before.iter().all(|word| THINGS.contains(word)))
}

/// The key in small letters, its words apart: `startsOn` is `starts_on`.
fn in_small_letters(key: &str) -> Cow<'_, str> {
    if !key.bytes().any(|byte| byte.is_ascii_uppercase()) {
        return Cow::Borrowed(key);
    }
    let mut small = String::with_capacity(key.len() + 4);
    let mut was_small = false;
    for c in key.chars() {
        if c.is_ascii_uppercase() && was_small {
            small.push('_');
        }
        was_small = c.is_ascii_lowercase();
        small.push(c.to_ascii_lowercase());
    }
    Cow::Owned(small)
}

/// Whether words end in a participle, with or without its particle.
fn end_in_participle(words: &[&str]) -> bool {
    let word = match words {
        [.., word, particle] if PARTICLES.contains(particle) => word,
        [.., word] => word,
        [] => return false,
    };
    let regular = word.len() >= 4 && word.ends_with("ed") && (!word.ends_with("eed") || *word == "agreed");
    regular || IRREGULAR.contains(word)
}

/// The event that words name, whether by its name it has happened, the other words, and whether the name is a common one.
fn event_of<'w>(words: &[&'w str], dated: bool, table: &str) -> Option<(Event, bool, Vec<&'w str>, bool)> {
    let (last, before) = words.split_last()?;
    if let [rest @ .., "checked" | "check", "in" | "out"] = words {
        let event = if *last == "in" { Event::CheckedIn } else { Event::CheckedOut };
        return Some((event, before.last() == Some(&"checked"), rest.to_vec(), false));
    }
    if before.contains(&"refund") && matches!(*last, "issued" | "paid" | "made" | "processed" | "completed") {
        let rest = before.iter().copied().filter(|word| *word != "refund");
        return Some((Event::Refunded, true, rest.collect(), false));
    }
    match words {
        ["effective"] if dated => return Some((Event::Valid, false, Vec::new(), false)),
        [rest @ .., "valid" | "effective", "from" | "since"] => {
            return Some((Event::Valid, false, rest.to_vec(), false));
        }
        [rest @ .., "valid" | "good" | "effective", "until" | "till" | "to" | "through" | "thru"] => {
            return Some((Event::Expires, false, rest.to_vec(), false));
        }
        _ => {}
    }
    // Of what comes again and again, each event may be of another time.
    let again = before.iter().any(|word| matches!(*word, "last" | "latest" | "next" | "first" | "previous"));
    if !again {
        let two = before.split_last().filter(|_| PARTICLES.contains(last));
        let two = || two.and_then(|(word, rest)| Some((EVENTS.get(&*format!("{word} {last}"))?, rest)));
        if let Some((&(event, happened), rest)) = EVENTS.get(last).map(|event| (event, before)).or_else(two) {
            let told = happened || dated || TELLING.contains(last);
            return told.then(|| (event, happened, rest.to_vec(), false));
        }
    }
    span_of(words, table)
}

/// Where a span begins or ends, by the last or the first of these words.
fn span_of<'w>(words: &[&'w str], table: &str) -> Option<(Event, bool, Vec<&'w str>, bool)> {
    let (first, behind) = words.split_first()?;
    let (last, before) = words.split_last()?;
    let side = |word: &str, begins: &[&str], ends: &[&str]| {
        let ends = ends.contains(&word).then_some(Event::Ended);
        begins.contains(&word).then_some(Event::Started).or(ends)
    };
    let found = side(last, BEGINS, ENDS).map(|event| (event, before));
    let found = found.or_else(|| side(first, BEGINS, ENDS).map(|event| (event, behind)));
    let (event, rest) = found.or_else(|| side(first, FIRST, LAST).map(|event| (event, behind)))?;
    let rest: Vec<&str> = rest.iter().copied().filter(|word| !matches!(*word, "date" | "of" | "the")).collect();
    let is_change = |word: &str| CHANGES.split(' ').any(|change| word.starts_with(change));
    let moved = rest.iter().any(|word| is_change(word)) || word_places(table).any(|(word, _)| is_change(word));
    (!moved).then_some((event, false, rest, true))
}

#[cfg(test)]
mod tests {
    use super::{Event, occasion_of};

    fn check(key: &str, expect: Option<(Event, bool, &str)>) {
        let found = occasion_of(key, "record");
        let found = found.as_ref().map(|found| (found.event, found.happened, found.subject.as_str()));
        assert_eq!(found, expect, "{key}");
    }

    #[test]
    fn keys_name_events() {
        check("shipped_at", Some((Event::Shipped, true, "")));
        check("date_shipped", Some((Event::Shipped, true, "")));
        check("ship-date", Some((Event::Shipped, false, "")));
        check("card_charged_on", Some((Event::Charged, true, "")));
        check("refund_issued_at", Some((Event::Refunded, true, "")));
        check("Order_Date", Some((Event::Ordered, false, "")));
        check("orderDate", Some((Event::Ordered, false, "")));
        check("check_out_date", Some((Event::CheckedOut, false, "")));
        check("picked_up_at", Some((Event::HandedOver, true, "")));
        check("valid_from", Some((Event::Valid, false, "")));
        check("valid_to", Some((Event::Expires, false, "")));
        check("replacement_shipped_at", Some((Event::Shipped, true, "replacement")));
        check("estimated_delivery_date", Some((Event::Delivered, false, "estimated")));
        check("payment_due_date", Some((Event::Due, false, "")));
        check("order", None);
        check("delivery", None);
        check("birthday", None);
        check("at", None);
    }

    #[test]
    fn spans_begin_and_end() {
        check("term_starts_on", Some((Event::Started, false, "term")));
        check("term_ends_on", Some((Event::Ended, false, "term")));
        check("from", Some((Event::Started, false, "")));
        check("to", Some((Event::Ended, false, "")));
        check("start_of_term", Some((Event::Started, false, "term")));
        check("cover_until", Some((Event::Ended, false, "cover")));
        check("first_day", Some((Event::Started, false, "")));
        check("moved_to", None);
        assert_eq!(occasion_of("to", "rescheduled"), None);
    }

    #[test]
    fn participles_tell_what_has_happened() {
        let check = |key: &str, expect: bool| {
            assert_eq!(occasion_of(key, "record").is_some_and(|found| found.happened), expect, "{key}");
        };
        for key in ["reported_at", "sent_at", "played_at", "owner_changed_at", "reportedAt", "signed_up_on", "left_at"]
        {
            check(key, true);
        }
        for key in [
            "due_at",
            "expected_at",
            "scheduled_on",
            "planned_delivered_at",
            "valid_at",
            "expires_on",
            "next_billed_at",
            "updated_at",
            "starts_at",
            "requested_date",
            "speed_at",
            "last_seen_at",
            "moved_to",
            "table_reserved_at",
        ] {
            check(key, false);
        }
    }
}
