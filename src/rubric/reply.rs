//! The reply: Q, the weighted share of scored keywords that the last draft meets.

use crate::task::Task;
use crate::text::{Effect, Finding, Judgement, ReplySpec};

use super::attempt::{Attempt, Graded};

/// Q in [0, 1]; 1 where no reply is needed.
pub(super) fn value(task: &Task, attempt: &Attempt<'_>) -> f64 {
    let weighs = task.grading.weights.reply > 0.0;
    match (attempt.reply, &task.reply) {
        (None, _) if weighs => 0.0,
        (Some((_, judged)), Some(_)) if weighs => judged.quality(),
        // Where the reply weighs nothing its keywords are not asked for, but what is forbidden stays so.
        (Some((_, judged)), Some(_)) if !is_clean(judged) => 0.0,
        _ => 1.0,
    }
}

/// Whether the length is in bounds and nothing forbidden is present.
fn is_clean(judged: &Judgement) -> bool {
    judged.length_ok && !judged.forbidden.iter().any(Finding::is_met)
}

pub(super) fn grade(task: &Task, attempt: &Attempt<'_>) -> Graded {
    let weighs = task.grading.weights.reply > 0.0;
    let (reply, judged) = match attempt.reply {
        Some(draft) => draft,
        None if weighs => return Graded { value: 0.0, reason: "no reply was drafted".to_owned() },
        None => return Graded { value: 1.0, reason: "no reply is needed here".to_owned() },
    };
    let Some(spec) = &task.reply else {
        return Graded { value: 1.0, reason: "no reply is needed here".to_owned() };
    };
    let value = value(task, attempt);
    let broken = failures(spec, reply, judged, weighs);
    let reason = if broken.is_empty() { "the reply conveys everything it must".to_owned() } else { broken.join("; ") };
    Graded { value, reason }
}

/// What keeps the reply from full marks, one sentence each, in the order of the file.
pub(super) fn failures(spec: &ReplySpec, reply: &str, judged: &Judgement, keywords_count: bool) -> Vec<String> {
    let mut broken = Vec::new();
    if !judged.length_ok {
        broken.push(length_reason(spec, judged.words));
    }
    for (entry, finding) in spec.forbidden().iter().zip(&judged.forbidden) {
        if finding.is_met() {
            let cost = match entry.effect {
                Effect::Gate => "zeroes the episode",
                Effect::Fail => "zeroes the reply",
            };
            broken.push(format!("forbidden `{}` {cost}: {}", entry.id, finding.reason(reply)));
        }
    }
    for (keyword, finding) in spec.keywords().iter().zip(&judged.keywords) {
        if keywords_count && !keyword.optional && !finding.is_met() {
            broken.push(format!("`{}` is {}: {}", keyword.id, finding.verdict, finding.reason(reply)));
        }
    }
    broken
}

fn length_reason(spec: &ReplySpec, words: usize) -> String {
    match spec.word_bounds() {
        (Some(min), _) if words < min => format!("the reply has {words} words, at least {min} are asked for"),
        (_, Some(max)) => format!("the reply has {words} words, at most {max} are allowed"),
        _ => format!("the reply has {words} words"),
    }
}
