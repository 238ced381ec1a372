//! Judging one reply: the pipeline from raw text to verdicts.

use super::judgement::{Finding, Judgement, Span, Verdict};
use super::matcher::Matcher;
use super::pattern::Pattern;
use super::spec::{Effect, ReplySpec};

/// Judges `reply` by `spec`.
pub(super) fn judge(spec: &ReplySpec, reply: &str) -> Judgement {
    let words = reply.split_whitespace().count();
    let length_ok = spec.min_words.is_none_or(|min| words >= min) && spec.max_words.is_none_or(|max| words <= max);
    let keywords: Vec<Finding> = spec.keywords.iter().map(|keyword| find(&keyword.matcher, reply)).collect();
    let forbidden: Vec<Finding> = spec.forbidden.iter().map(|entry| find(&entry.matcher, reply)).collect();
    summarise(spec, words, length_ok, keywords, forbidden)
}

fn summarise(
    spec: &ReplySpec,
    words: usize,
    length_ok: bool,
    keywords: Vec<Finding>,
    forbidden: Vec<Finding>,
) -> Judgement {
    let present =
        |effect: Effect| (0..forbidden.len()).find(|&i| forbidden[i].is_met() && spec.forbidden[i].effect == effect);
    let (gate, fail) = (present(Effect::Gate), present(Effect::Fail));
    let scored = || spec.keywords.iter().zip(&keywords).filter(|(keyword, _)| !keyword.optional);
    let total: f64 = scored().map(|(keyword, _)| keyword.weight).sum();
    let met: f64 = scored().filter(|(_, finding)| finding.is_met()).map(|(keyword, _)| keyword.weight).sum();
    let all = scored().all(|(_, finding)| finding.is_met());
    let share = if all && total > 0.0 {
        1.0
    } else if total > 0.0 {
        met / total
    } else {
        0.0
    };
    let quality = if fail.is_some() || !length_ok { 0.0 } else { share };
    let passes = all && length_ok && gate.is_none() && fail.is_none();
    Judgement { words, length_ok, keywords, forbidden, quality, gate, fail, passes }
}

fn find(matcher: &Matcher, reply: &str) -> Finding {
    let lower = reply.to_lowercase();
    let hit = match &*matcher.pattern {
        Pattern::AnyOf(phrases) => phrases.iter().find_map(|phrase| lower.find(&phrase.words.join(" "))),
        Pattern::Regex(regex) => regex.find(reply).map(|found| found.start()),
        _ => None,
    };
    let spans: Vec<Span> = hit.map(|start| Span { start, end: start }).into_iter().collect();
    let verdict = if spans.is_empty() { Verdict::Absent } else { Verdict::Met };
    Finding { verdict, spans, cue: None, pattern: matcher.pattern.clone() }
}
