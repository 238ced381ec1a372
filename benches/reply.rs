//! Judging replies: a usual one of 600 characters, and 16 KiB of hostile ones. `cargo bench --bench reply`; with
//! `-- TEXT`, the hostile ones that begin with it alone.

#![allow(clippy::print_stdout, reason = "a benchmark prints its figures")]

mod meter;

use std::hint::black_box;

use meter::measure;
use support_ops_env::text::value::{Currency, DurationGoal, DurationRange, Money, Reference};
use support_ops_env::text::{By, Effect, Forbidden, Keyword, Matcher, Mood, Pattern, Qualifiers, ReplySpec, SpecParts};

/// The longest message an agent may draft, in bytes.
const LONGEST: usize = 16_384;

/// What one reply of `LONGEST` bytes may cost, in microseconds.
const GOAL_LONGEST: f64 = 5_000.0;

const USUAL: &str = "Hi Dana,\n\nThank you for getting in touch, and I\u{2019}m sorry for the trouble with order ORD-1001. \
    We have looked at the payment and found that the second capture of $48.00 was a duplicate, so we have refunded it to \
    your card ending 4242. You should see it on your statement within 3\u{2013}5 business days, depending on your bank. \
    There is no need to return the mug; please keep it with our compliments. We don\u{2019}t expect this to happen again, \
    but if it does, just reply to this message and I will look into it personally. Never share your password with \
    anyone.\n\nKind regards,\nJo, Customer Care";

fn main() {
    let spec = spec();
    assert!(spec.judge(USUAL).passes(), "the usual reply is a good one");
    measure(&format!("one reply, {} characters, 5 keywords", USUAL.chars().count()), 200, || {
        black_box(spec.judge(USUAL));
    });
    let fills = [
        "a",
        "refund ",
        "> ",
        "> x\n",
        "e\u{301}\u{302}\u{303}",
        "\u{301}",
        "[](",
        "(",
        "1",
        "1,",
        "1-2-",
        "~~a",
        "<a ",
        "send password ",
        "not refund ",
        "you asked refund ",
        "we said that ",
        "refund, ",
        "On x wrote:\n",
        "one hundred and ",
        "\u{200d}",
        "\u{435}a",
        "$",
        "&",
        "if we refund ",
        "\"refund ",
        "r ",
        "ord 1001 ",
        "between 3 and ",
        "\u{fdfa}",
        "- a\n",
        "no refund that you ",
        USUAL,
    ];
    let wanted = std::env::args().skip(1).find(|argument| argument != "--bench").unwrap_or_default();
    let mut worst = 0.0f64;
    for fill in fills.into_iter().filter(|fill| fill.starts_with(&wanted)) {
        let reply = fill.repeat(LONGEST / fill.len());
        let shown: String = fill.escape_debug().take(16).collect();
        worst = worst.max(measure(&format!("16 KiB of {shown}"), 20, || {
            black_box(spec.judge(&reply));
        }));
    }
    println!("\nworst of 16 KiB: {worst:.0} µs (goal {GOAL_LONGEST:.0})");
}

fn spec() -> ReplySpec {
    let keyword = |id: &str, pattern: Pattern| Keyword {
        id: id.to_owned(),
        weight: 1.0,
        optional: false,
        matcher: Matcher::new(pattern, Qualifiers::default()),
    };
    let words = |list: &[&str]| list.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
    let near = |groups: &[&[&str]]| {
        let groups: Vec<Vec<String>> = groups.iter().map(|group| words(group)).collect();
        Pattern::near(&groups, 8).expect("sound groups")
    };
    let amount = Money::parse("48.00 USD").expect("an amount");
    let eta = DurationRange::parse("3-5 business days").expect("a duration");
    let asked = Qualifiers { mood: Some(Mood::Any), by: Some(By::Any), ..Qualifiers::default() };
    let secret = near(&[&["send", "provide", "share", "reply with"], &["password", "card number", "pin"]]);
    let parts = SpecParts {
        keywords: vec![
            keyword("refund", Pattern::any_of(&["refund", "reimburse", "credit back", "money back"]).expect("phrases")),
            keyword("amount", Pattern::Money(amount)),
            keyword("eta", Pattern::Duration(DurationGoal::Overlaps(eta))),
            keyword("order", Pattern::Ref(Reference::parse("ORD-1001").expect("an id"))),
            keyword("keep", near(&[&["no need", "not need", "keep"], &["return", "mug", "item"]])),
        ],
        forbidden: vec![Forbidden {
            id: "secret".to_owned(),
            effect: Effect::Gate,
            matcher: Matcher::new(secret, asked),
        }],
        exclusive: Vec::new(),
        min_words: None,
        max_words: None,
        currency: Currency::USD,
    };
    ReplySpec::new(parts).expect("no exclusive groups")
}
