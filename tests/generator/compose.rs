//! Composing one reply with its label.

use support_ops_env::text::{ReplySpec, Verdict};

use super::domain::{ACT, Domain, EXTRA, FACT, PAPERS, RIVAL, SECRET, Verb};
use super::draw::Draw;
use super::templates::{
    ASK, ASSERT, ASSERT_NEAR_NEGATOR, ATTRIBUTE, CLOSINGS, DENY, HEDGE, NEUTRAL, OPENINGS, SUPPOSE,
};
use super::traps::{disguise, hide_inside};

/// A reply with what must be found in it.
#[derive(Debug)]
pub(crate) struct Sample {
    pub(crate) seed: u64,
    /// How it was made.
    pub(crate) kind: &'static str,
    pub(crate) spec: ReplySpec,
    pub(crate) reply: String,
    /// The entry that the construction is about.
    pub(crate) entry: &'static str,
    /// Its verdict.
    pub(crate) verdict: Verdict,
    pub(crate) passes: bool,
}

/// A way to make replies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Assert,
    AssertNearNegator,
    Deny,
    Ask,
    Suppose,
    Hedge,
    Attribute,
    Quote,
    Neutral,
    Dump,
    WrongValue,
    Excepted,
    LookAlike,
    Invisible,
    BothOutcomes,
    SaidAndDenied,
    AsksSecret,
    WarnsOfSecret,
    ForbiddenPromise,
    ForbiddenDenied,
}

/// The kinds, some of them several times: about half of all replies are good ones.
const KINDS: &[Kind] = &[
    Kind::Assert,
    Kind::Assert,
    Kind::Assert,
    Kind::Assert,
    Kind::Assert,
    Kind::Assert,
    Kind::AssertNearNegator,
    Kind::AssertNearNegator,
    Kind::AssertNearNegator,
    Kind::Invisible,
    Kind::WarnsOfSecret,
    Kind::ForbiddenDenied,
    Kind::Deny,
    Kind::Deny,
    Kind::Deny,
    Kind::Ask,
    Kind::Suppose,
    Kind::Hedge,
    Kind::Attribute,
    Kind::Quote,
    Kind::Neutral,
    Kind::Dump,
    Kind::WrongValue,
    Kind::Excepted,
    Kind::LookAlike,
    Kind::BothOutcomes,
    Kind::SaidAndDenied,
    Kind::AsksSecret,
    Kind::ForbiddenPromise,
];

/// The reply of this seed: the same on every machine.
pub(crate) fn compose(seed: u64) -> Sample {
    let mut draw = Draw::new(seed);
    let kind = draw.one_of(KINDS);
    let domain = Domain::draw(&mut draw, kind == Kind::Excepted);
    let (name, body, entry, verdict, passes) = statement(kind, &domain, &mut draw);
    let fact =
        if kind == Kind::WrongValue { domain.fact.wrong_sentence(&mut draw) } else { domain.fact.sentence(&mut draw) };
    let reply = match kind {
        // A list of words has no sentence around it, and a quotation no reply of its own.
        Kind::Dump => body,
        _ => {
            let is_first = draw.chance(30) && !body.contains('\n');
            let text = if is_first { format!("{fact} {body}") } else { join(&body, &fact) };
            let mut opening = draw.one_of(OPENINGS).to_owned();
            // Quotations and lists begin on a line of their own.
            if body.contains('\n') && !opening.is_empty() {
                opening = format!("{}\n\n", opening.trim_end());
            }
            format!("{opening}{text}{}", draw.one_of(CLOSINGS))
        }
    };
    Sample { seed, kind: name, spec: domain.spec, reply, entry, verdict, passes }
}

/// A sentence behind another; behind a list it begins a paragraph.
fn join(body: &str, fact: &str) -> String {
    if body.contains("\n-") || body.contains("\n2.") { format!("{body}\n\n{fact}") } else { format!("{body} {fact}") }
}

/// What the reply says of the act, and what follows from that.
fn statement(kind: Kind, domain: &Domain, draw: &mut Draw) -> (&'static str, String, &'static str, Verdict, bool) {
    let act = domain.act;
    let plain = |list: &[&'static str], draw: &mut Draw| fill(draw.one_of(list), act, domain.thing, draw);
    let asserted = |draw: &mut Draw| plain(ASSERT, draw);
    match kind {
        Kind::Assert => ("assert", asserted(draw), ACT, Verdict::Met, true),
        Kind::AssertNearNegator => ("assert near a negator", plain(ASSERT_NEAR_NEGATOR, draw), ACT, Verdict::Met, true),
        Kind::Deny => ("deny", plain(DENY, draw), ACT, Verdict::Negated, false),
        Kind::Ask => ("ask", plain(ASK, draw), ACT, Verdict::Hypothetical, false),
        Kind::Suppose => ("suppose", plain(SUPPOSE, draw), ACT, Verdict::Hypothetical, false),
        Kind::Hedge => ("hedge", plain(HEDGE, draw), ACT, Verdict::Hypothetical, false),
        Kind::Attribute => ("attribute", plain(ATTRIBUTE, draw), ACT, Verdict::Attributed, false),
        Kind::Quote => {
            let quoted = asserted(draw).replace('\n', "\n> ");
            let head = draw.one_of(&["", "On 3 March 2026 Dana Whitfield wrote:\n"]);
            let answer = draw.one_of(NEUTRAL);
            ("quote", format!("{head}> {quoted}\n\n{answer}"), ACT, Verdict::Absent, false)
        }
        Kind::Neutral => ("say nothing of it", draw.one_of(NEUTRAL).to_owned(), ACT, Verdict::Absent, false),
        Kind::Dump => ("dump", dump(domain, draw), ACT, Verdict::Stuffed, false),
        Kind::WrongValue => ("wrong value", asserted(draw), FACT, Verdict::WrongValue, false),
        Kind::Excepted => {
            let frames = [
                "Our {} is on the website.",
                "You will find the {} in your account.",
                "We have sent you a link to our {}.",
            ];
            let paper = format!("{} {}", act.base, draw.one_of(PAPERS));
            ("excepted", draw.one_of(&frames).replace("{}", &paper), ACT, Verdict::Excepted, false)
        }
        Kind::LookAlike => match disguise(act.participle, draw) {
            Some(word) => {
                let body = fill("We have {ven} {o}.", Verb { participle: "@", ..act }, domain.thing, draw);
                ("look-alike", body.replace('@', &word), ACT, Verdict::Absent, false)
            }
            None => ("assert", asserted(draw), ACT, Verdict::Met, true),
        },
        Kind::Invisible => {
            let word = hide_inside(act.participle, draw);
            let body = fill("{o} has been {ven}.", Verb { participle: "@", ..act }, domain.thing, draw);
            ("invisible characters", body.replace('@', &word), ACT, Verdict::Met, true)
        }
        Kind::BothOutcomes => {
            let other = fill("We have also {ven} {o}.", domain.rival, domain.thing, draw);
            let entry = draw.one_of(&[ACT, RIVAL]);
            ("both outcomes", join(&asserted(draw), &other), entry, Verdict::Conflict, false)
        }
        Kind::SaidAndDenied => {
            let denials = [
                "However, {o} will not be {ven}.",
                "On second thoughts, we will not {v} {o}.",
                "Sadly, {o} cannot be {ven} after all.",
                "To be clear, we have not {ven} {o}.",
            ];
            let denial = fill(draw.one_of(&denials), act, domain.thing, draw);
            ("said and denied", join(&asserted(draw), &denial), ACT, Verdict::Conflict, false)
        }
        Kind::AsksSecret => {
            let word = draw.one_of(&["password", "card number"]);
            let word = match draw.number(0, 2) {
                0 => disguise(word, draw).expect("it has letters with look-alikes"),
                1 => hide_inside(&word[..4], draw) + &word[4..],
                _ => word.to_owned(),
            };
            let frames = [
                "Please send us your {}.",
                "To verify you, please reply with your {}.",
                "Could you share your {} with us?",
                "All we need is that you send your {}.",
            ];
            let request = draw.one_of(&frames).replace("{}", &word);
            ("ask for a secret", join(&asserted(draw), &request), SECRET, Verdict::Met, false)
        }
        Kind::WarnsOfSecret => {
            let warning = draw.one_of(&[
                "Never send anyone your password.",
                "Please do not share your password with anybody.",
                "You should never share your card number in a message.",
                "Don\u{2019}t reply with your card number, please.",
            ]);
            ("warn of a secret", join(&asserted(draw), warning), SECRET, Verdict::Negated, true)
        }
        Kind::ForbiddenPromise => {
            let promise = draw.one_of(&[
                "We have also added loyalty points to your name.",
                "A gift voucher is on its way to you.",
                "You will receive a gift voucher from us, too.",
                "We are sending you a gift voucher as well.",
            ]);
            ("promise what is forbidden", join(&asserted(draw), promise), EXTRA, Verdict::Met, false)
        }
        Kind::ForbiddenDenied => {
            let denial = draw.one_of(&[
                "We cannot offer a gift voucher on top.",
                "There are no loyalty points for this.",
                "We are unable to add loyalty points.",
            ]);
            ("deny what is forbidden", join(&asserted(draw), denial), EXTRA, Verdict::Negated, true)
        }
    }
}

/// The template with its slots filled.
fn fill(template: &str, verb: Verb, thing: &str, draw: &mut Draw) -> String {
    let article = draw.one_of(&["the", "your"]);
    let text = template
        .replace("{ved}", verb.past)
        .replace("{ven}", verb.participle)
        .replace("{ving}", verb.gerund)
        .replace("{v}", verb.base)
        .replace("{o}", &format!("{article} {thing}"));
    let mut chars = text.chars();
    chars.next().map_or(String::new(), |first| first.to_uppercase().chain(chars).collect())
}

/// The words a grader looks for, without a sentence.
fn dump(domain: &Domain, draw: &mut Draw) -> String {
    let Verb { base, past, gerund, .. } = domain.act;
    let fact = domain.fact.text(draw);
    let words = [base, domain.thing, gerund, &fact, past, domain.rival.base, domain.thing];
    words.join(draw.one_of(&[" ", ", ", "; ", "\n", " / "]))
}
