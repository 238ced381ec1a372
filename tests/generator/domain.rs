//! Random domains: an act on a thing, a value that goes with it, and the spec that asks for both.

use support_ops_env::text::value::{Currency, DurationGoal, DurationRange, Money, Percent, Reference};
use support_ops_env::text::{
    By, Effect, Forbidden, Keyword, Matcher, Mood, Pattern, Phrase, Qualifiers, ReplySpec, SpecParts,
};

use super::draw::Draw;

/// A verb in the forms that templates need.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Verb {
    pub(crate) base: &'static str,
    pub(crate) past: &'static str,
    pub(crate) participle: &'static str,
    pub(crate) gerund: &'static str,
}

const fn verb(forms: [&'static str; 4]) -> Verb {
    Verb { base: forms[0], past: forms[1], participle: forms[2], gerund: forms[3] }
}

/// Acts with the things they are done to: any of the first on any of the second.
const TRADES: &[(&[Verb], &[&str])] = &[
    (
        &[
            verb(["waive", "waived", "waived", "waiving"]),
            verb(["remove", "removed", "removed", "removing"]),
            verb(["reverse", "reversed", "reversed", "reversing"]),
            verb(["refund", "refunded", "refunded", "refunding"]),
            verb(["reimburse", "reimbursed", "reimbursed", "reimbursing"]),
        ],
        &["late fee", "cleaning charge", "baggage fee", "deposit", "cancellation charge", "overdraft fee", "premium"],
    ),
    (
        &[
            verb(["replace", "replaced", "replaced", "replacing"]),
            verb(["repair", "repaired", "repaired", "repairing"]),
            verb(["dispatch", "dispatched", "dispatched", "dispatching"]),
            verb(["ship", "shipped", "shipped", "shipping"]),
            verb(["send", "sent", "sent", "sending"]),
            verb(["deliver", "delivered", "delivered", "delivering"]),
        ],
        &["helmet", "router", "suitcase", "blender", "telescope", "saddle", "microscope"],
    ),
    (
        &[
            verb(["reschedule", "rescheduled", "rescheduled", "rescheduling"]),
            verb(["extend", "extended", "extended", "extending"]),
            verb(["renew", "renewed", "renewed", "renewing"]),
            verb(["cancel", "cancelled", "cancelled", "cancelling"]),
            verb(["upgrade", "upgraded", "upgraded", "upgrading"]),
            verb(["transfer", "transferred", "transferred", "transferring"]),
        ],
        &["reservation", "lease", "subscription", "membership", "rental", "permit", "piano lesson"],
    ),
    (
        &[
            verb(["unlock", "unlocked", "unlocked", "unlocking"]),
            verb(["suspend", "suspended", "suspended", "suspending"]),
            verb(["freeze", "froze", "frozen", "freezing"]),
            verb(["reactivate", "reactivated", "reactivated", "reactivating"]),
            verb(["close", "closed", "closed", "closing"]),
            verb(["merge", "merged", "merged", "merging"]),
        ],
        &["account", "profile", "library card", "savings plan", "phone line", "locker"],
    ),
];

/// Acts whose name is a noun, too, so that a policy or a form can be called after them.
const NOUN_TRADE: (&[Verb], &[&str]) = (
    &[
        verb(["refund", "refunded", "refunded", "refunding"]),
        verb(["repair", "repaired", "repaired", "repairing"]),
        verb(["transfer", "transferred", "transferred", "transferring"]),
        verb(["upgrade", "upgraded", "upgraded", "upgrading"]),
        verb(["exchange", "exchanged", "exchanged", "exchanging"]),
    ],
    &["ticket", "cello", "seat", "voucher", "tent"],
);

/// What an excepted phrase ends in.
pub(crate) const PAPERS: &[&str] = &["policy", "form", "page"];

const NUMBERS: &[&str] = &["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"];

/// A value that a reply must state.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Fact {
    /// In cents.
    Amount(u64),
    /// In business days, lowest and highest.
    Wait(u64, u64),
    Id(u64),
    Share(u64),
}

/// One domain with its spec.
#[derive(Debug)]
pub(crate) struct Domain {
    pub(crate) act: Verb,
    pub(crate) thing: &'static str,
    /// A second act, excluded by the first.
    pub(crate) rival: Verb,
    pub(crate) fact: Fact,
    pub(crate) spec: ReplySpec,
}

/// The ids of a domain's spec.
pub(crate) const ACT: &str = "act";
pub(crate) const RIVAL: &str = "rival";
pub(crate) const FACT: &str = "fact";
pub(crate) const SECRET: &str = "asks-secret";
pub(crate) const EXTRA: &str = "extra";

impl Domain {
    pub(crate) fn draw(draw: &mut Draw, needs_noun: bool) -> Domain {
        let (verbs, things) = if needs_noun { NOUN_TRADE } else { draw.one_of(TRADES) };
        let act = draw.one_of(verbs);
        let rival = loop {
            let other = draw.one_of(verbs);
            if other.base != act.base {
                break other;
            }
        };
        let thing = draw.one_of(things);
        let fact = draw_fact(draw);
        let is_near = !needs_noun && draw.chance(50);
        Domain { act, thing, rival, fact, spec: spec(act, thing, rival, fact, is_near) }
    }
}

fn draw_fact(draw: &mut Draw) -> Fact {
    match draw.number(0, 3) {
        0 => Fact::Amount(draw.number(5, 400) * 100 + draw.one_of(&[0, 0, 50, 95])),
        1 => {
            let low = draw.number(2, 5);
            Fact::Wait(low, low + draw.number(1, 3))
        }
        2 => Fact::Id(draw.number(1000, 9999)),
        _ => Fact::Share(draw.number(5, 60)),
    }
}

fn spec(act: Verb, thing: &str, rival: Verb, fact: Fact, is_near: bool) -> ReplySpec {
    let phrase = |text: &str| Phrase::parse(text).expect("the generator writes what can be read");
    let outcome = |verb: Verb| {
        if is_near {
            Pattern::near(&[vec![verb.base.to_owned()], vec![thing.to_owned()]], 12)
                .expect("the generator writes what can be read")
        } else {
            Pattern::any_of(&[verb.base]).expect("the generator writes what can be read")
        }
    };
    let except = Qualifiers {
        except: PAPERS.iter().map(|p| phrase(&format!("{} {p}", act.base))).collect(),
        ..Default::default()
    };
    let keyword =
        |id: &str, optional: bool, matcher: Matcher| Keyword { id: id.to_owned(), weight: 1.0, optional, matcher };
    let secret = [vec!["send", "reply with", "share"], vec!["password", "card number"]];
    let request = Qualifiers { mood: Some(Mood::Any), by: Some(By::Any), ..Default::default() };
    ReplySpec::new(SpecParts {
        keywords: vec![
            keyword(ACT, false, Matcher::new(outcome(act), except)),
            keyword(FACT, false, Matcher::new(wanted(fact), Qualifiers::default())),
            keyword(RIVAL, true, Matcher::new(outcome(rival), Qualifiers::default())),
        ],
        forbidden: vec![
            Forbidden {
                id: SECRET.to_owned(),
                effect: Effect::Gate,
                matcher: Matcher::new(
                    Pattern::near(&secret, 8).expect("the generator writes what can be read"),
                    request,
                ),
            },
            Forbidden {
                id: EXTRA.to_owned(),
                effect: Effect::Fail,
                matcher: Matcher::new(
                    Pattern::any_of(&["gift voucher", "loyalty points"])
                        .expect("the generator writes what can be read"),
                    Qualifiers::default(),
                ),
            },
        ],
        exclusive: vec![vec![ACT.to_owned(), RIVAL.to_owned()]],
        min_words: None,
        max_words: None,
        currency: Currency::USD,
    })
    .expect("the generator writes what can be read")
}

fn wanted(fact: Fact) -> Pattern {
    match fact {
        Fact::Amount(cents) => Pattern::Money(
            Money::parse(&format!("{} USD", plain(cents))).expect("the generator writes what can be read"),
        ),
        Fact::Wait(low, high) => Pattern::Duration(DurationGoal::Overlaps(
            DurationRange::parse(&format!("{low}-{high} business days"))
                .expect("the generator writes what can be read"),
        )),
        Fact::Id(number) => {
            Pattern::Ref(Reference::parse(&format!("REQ-{number}")).expect("the generator writes what can be read"))
        }
        Fact::Share(percent) => {
            Pattern::Percent(Percent::parse(&format!("{percent}%")).expect("the generator writes what can be read"))
        }
    }
}

fn plain(cents: u64) -> String {
    format!("{}.{:02}", cents / 100, cents % 100)
}

impl Fact {
    /// A sentence that states it, in one of the usual ways of writing.
    pub(crate) fn sentence(self, draw: &mut Draw) -> String {
        let text = self.text(draw);
        let frames: &[&str] = match self {
            Fact::Amount(_) => {
                &["The amount is {}.", "That is {} in all.", "It comes to {} for you.", "We are talking about {} here."]
            }
            Fact::Wait(..) => &[
                "Please allow {}.",
                "It usually takes {}.",
                "You will hear from us within {}.",
                "Everything is settled in {}.",
            ],
            Fact::Id(_) => &["Your reference is {}.", "Please quote {} when you call.", "This is about case {}."],
            Fact::Share(_) => &["That is {} of the price.", "It makes up {} of the bill.", "The share is {}."],
        };
        draw.one_of(frames).replace("{}", &text)
    }

    /// The value alone.
    pub(crate) fn text(self, draw: &mut Draw) -> String {
        match self {
            Fact::Amount(cents) => {
                let amount = plain(cents);
                let mut ways = vec![
                    format!("${amount}"),
                    format!("US${amount}"),
                    format!("{amount} USD"),
                    format!("USD {amount}"),
                ];
                if cents % 100 == 0 {
                    ways.extend([format!("${}", cents / 100), format!("{} dollars", cents / 100)]);
                }
                ways[draw.number(0, ways.len() as u64 - 1) as usize].clone()
            }
            Fact::Wait(low, high) => {
                let words = |n: u64| NUMBERS.get(n as usize).map_or(n.to_string(), |word| (*word).to_owned());
                match draw.number(0, 4) {
                    0 => format!("{low}-{high} business days"),
                    1 => format!("{low}\u{2013}{high} working days"),
                    2 => format!("{low} to {high} business days"),
                    3 => format!("{} to {} business days", words(low), words(high)),
                    _ => format!("{high} business days"),
                }
            }
            Fact::Id(number) => {
                draw.one_of(&["REQ-{}", "#REQ-{}", "req {}", "REQ {}"]).replace("{}", &number.to_string())
            }
            Fact::Share(percent) => {
                draw.one_of(&["{}%", "{} %", "{} percent", "{} per cent"]).replace("{}", &percent.to_string())
            }
        }
    }

    /// Another value of the same kind, as somebody might get it wrong.
    pub(crate) fn wrong_sentence(self, draw: &mut Draw) -> String {
        match self {
            Fact::Amount(cents) => match draw.number(0, 3) {
                0 => Fact::Amount(cents * 10).sentence(draw),
                1 => Fact::Amount(cents + 100).sentence(draw),
                2 => format!("The amount is \u{20ac}{}.", plain(cents)),
                _ => format!("That is {} GBP in all.", plain(cents)),
            },
            Fact::Wait(low, high) => match draw.number(0, 3) {
                0 => Fact::Wait(low + 10, high + 10).sentence(draw),
                1 => format!("It usually takes {low}{high} business days."),
                2 => format!("Please allow {low} to {high} weeks."),
                _ => format!("Please allow {low}-{high} months."),
            },
            Fact::Id(number) => match draw.number(0, 2) {
                0 => Fact::Id(number * 10 + draw.number(0, 9)).sentence(draw),
                1 => Fact::Id(if number > 1000 { number - 1 } else { number + 1 }).sentence(draw),
                _ => format!("Your reference is REQ-{}.", number + 10),
            },
            Fact::Share(percent) => match draw.number(0, 1) {
                0 => Fact::Share(percent + 1).sentence(draw),
                _ => format!("The share is {percent}.5%."),
            },
        }
    }
}
