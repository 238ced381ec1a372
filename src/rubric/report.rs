//! A reply's explanation as one JSON document, the same for the command line and the playground.

use serde::Serialize;

use crate::protocol::MAX_MESSAGE_BYTES;
use crate::task::Task;
use crate::text::{Effect, MATCHER, Span};

use super::explanation::{ReplyExplanation, Role};

/// What the grader makes of one reply, for machines. Places are byte offsets into the reply, ends excluded.
#[derive(Debug, Clone, Serialize)]
pub struct ReplyReport {
    version: u32,
    task: String,
    matcher: &'static str,
    passes: bool,
    /// What keeps the reply from passing.
    blockers: Vec<String>,
    words: Words,
    keywords: Vec<KeywordReport>,
    forbidden: Vec<ForbiddenReport>,
    criterion: CriterionReport,
    zeroed_by: Option<String>,
}

#[derive(Debug, Clone, Serialize)]
struct Words {
    count: usize,
    min: Option<usize>,
    max: Option<usize>,
    ok: bool,
}

#[derive(Debug, Clone, Serialize)]
struct KeywordReport {
    id: String,
    verdict: &'static str,
    optional: bool,
    /// The keyword's share of the criterion.
    share: f64,
    spans: Vec<[usize; 2]>,
    cue: Option<[usize; 2]>,
    reason: String,
}

#[derive(Debug, Clone, Serialize)]
struct ForbiddenReport {
    id: String,
    present: bool,
    verdict: &'static str,
    effect: &'static str,
    spans: Vec<[usize; 2]>,
    cue: Option<[usize; 2]>,
    reason: String,
}

#[derive(Debug, Clone, Serialize)]
struct CriterionReport {
    value: f64,
    weight: f64,
    points: f64,
}

impl ReplyReport {
    /// The document of this explanation of a reply to the task.
    pub fn of(task: &Task, explained: &ReplyExplanation) -> ReplyReport {
        let mut keywords = Vec::new();
        let mut forbidden = Vec::new();
        for entry in &explained.entries {
            let spans = entry.spans.iter().map(pair).collect();
            let cue = entry.cue.as_ref().map(pair);
            let (id, verdict, reason) = (entry.id.clone(), entry.verdict.as_str(), entry.reason.clone());
            match entry.role {
                Role::Keyword { share, optional } => {
                    keywords.push(KeywordReport { id, verdict, optional, share, spans, cue, reason });
                }
                Role::Forbidden { effect } => {
                    let (present, effect) = (entry.blocks(), effect_name(effect));
                    forbidden.push(ForbiddenReport { id, present, verdict, effect, spans, cue, reason });
                }
            }
        }
        ReplyReport {
            version: 1,
            task: task.id.to_string(),
            matcher: MATCHER,
            passes: explained.passes,
            blockers: explained.blockers.clone(),
            words: Words {
                count: explained.words,
                min: explained.word_bounds.0,
                max: explained.word_bounds.1,
                ok: explained.length_ok,
            },
            keywords,
            forbidden,
            criterion: CriterionReport { value: explained.value, weight: explained.weight, points: explained.points },
            zeroed_by: explained.zeroed_by.clone(),
        }
    }
}

/// Whether a reply of so many bytes can be explained.
///
/// # Errors
/// It is longer than any that is graded.
pub fn check_reply_size(bytes: usize) -> Result<(), String> {
    if bytes > MAX_MESSAGE_BYTES {
        return Err(format!("the reply is longer than {MAX_MESSAGE_BYTES} bytes, the most an agent may draft"));
    }
    Ok(())
}

fn pair(span: &Span) -> [usize; 2] {
    [span.start, span.end]
}

/// What a forbidden entry does, in a word.
pub fn effect_name(effect: Effect) -> &'static str {
    match effect {
        Effect::Gate => "gate",
        Effect::Fail => "fail",
    }
}
