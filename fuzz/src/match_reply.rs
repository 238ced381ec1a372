//! Judging any reply by any keywords.

use support_ops_env::text::value::{Currency, Date, DurationGoal, DurationRange, Money, Percent, Quantity, Reference};
use support_ops_env::text::{
    By, Effect, Forbidden, Keyword, Matcher, Mood, Pattern, Polarity, Qualifiers, ReplySpec, SpecParts,
};

/// Keywords of one spec: as many as a task of the larger kind has.
const MAX_KEYWORDS: usize = 8;

/// Judges a reply. The first line of the text names the keywords, parted by `|`: a typed value where one can be read,
/// else words with `&` between the groups of a `near`; what is left is the reply.
///
/// # Panics
/// Where a span lies outside of the reply or between the bytes of a character, a reason is empty, a share is out of
/// range, or a second judgement differs from the first.
pub fn match_reply(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let (keywords, reply) = text.split_once('\n').unwrap_or(("refund|48.00 USD|3-5 business days", &text));
    let spec = spec(keywords);
    let judged = spec.judge(reply);
    let again = spec.judge(reply);
    assert_eq!(format!("{judged:?}"), format!("{again:?}"));
    for finding in judged.keywords.iter().chain(&judged.forbidden) {
        assert!(!finding.reason(reply).is_empty());
        for span in finding.spans.iter().chain(&finding.cue) {
            assert!(span.start <= span.end && reply.get(span.start..span.end).is_some(), "{span:?} of {reply:?}");
        }
        assert!(finding.spans.is_sorted(), "{:?}", finding.spans);
    }
    assert!((0.0..=1.0).contains(&judged.quality()));
    assert!(!judged.passes() || judged.keywords.is_empty() || judged.quality() == 1.0);
}

fn spec(keywords: &str) -> ReplySpec {
    let patterns: Vec<Pattern> = keywords.split('|').take(MAX_KEYWORDS).filter_map(pattern).collect();
    let keyword = |(n, pattern): (usize, &Pattern)| Keyword {
        id: format!("keyword-{n}"),
        weight: 1.0 + n as f64,
        optional: n % 4 == 3,
        matcher: Matcher::new(pattern.clone(), qualifiers(n)),
    };
    let forbidden = |(n, pattern): (usize, &Pattern)| Forbidden {
        id: format!("forbidden-{n}"),
        effect: if n % 2 == 0 { Effect::Gate } else { Effect::Fail },
        matcher: Matcher::new(pattern.clone(), qualifiers(n + 1)),
    };
    let exclusive =
        if patterns.len() > 1 { vec![vec!["keyword-0".to_owned(), "keyword-1".to_owned()]] } else { vec![] };
    ReplySpec::new(SpecParts {
        keywords: patterns.iter().enumerate().map(keyword).collect(),
        forbidden: patterns.iter().enumerate().skip(4).map(forbidden).collect(),
        exclusive,
        min_words: Some(1),
        max_words: Some(10_000),
        currency: Currency::USD,
    })
    .expect("the group names keywords of the spec")
}

/// Each number has qualifiers of its own; the first has the defaults.
fn qualifiers(n: usize) -> Qualifiers {
    Qualifiers {
        except: Vec::new(),
        polarity: [None, Some(Polarity::Any), Some(Polarity::Negate), Some(Polarity::Assert)][n % 4],
        mood: [None, Some(Mood::Any), Some(Mood::Statement)][n % 3],
        by: [None, Some(By::Any), Some(By::Us)][n / 2 % 3],
    }
}

fn pattern(text: &str) -> Option<Pattern> {
    let text = text.trim();
    let typed = Money::parse(text)
        .ok()
        .map(Pattern::Money)
        .or_else(|| DurationRange::parse(text).ok().map(|range| Pattern::Duration(DurationGoal::Overlaps(range))))
        .or_else(|| Date::parse(text).ok().map(Pattern::Date))
        .or_else(|| Percent::parse(text).ok().map(Pattern::Percent))
        .or_else(|| text.parse().ok().and_then(|number| Quantity::from_number(number).ok()).map(Pattern::Number));
    if typed.is_some() {
        return typed;
    }
    if let Some(source) = text.strip_prefix('/') {
        return Pattern::regex(source).ok();
    }
    if let Some(id) = text.strip_prefix('#') {
        return Reference::parse(id).ok().map(Pattern::Ref);
    }
    let words = |group: &str| group.split(',').map(|word| word.trim().to_owned()).collect::<Vec<String>>();
    if text.contains('&') {
        let groups: Vec<Vec<String>> = text.split('&').map(words).collect();
        return Pattern::near(&groups, 8).ok();
    }
    Pattern::any_of(&words(text)).ok()
}
