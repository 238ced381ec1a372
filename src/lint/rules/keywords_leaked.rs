//! `keywords-leaked`: what the agent is told, sent back, is most of a good reply.

use std::ops::Range;

use crate::diag::{Code, Diagnostic, Sink};
use crate::lint::phrases::place_within;
use crate::lint::{Edit, Example, Rule, Stage};
use crate::pack::AuthoredTask;

use super::spray_scores::passing_text;

pub(super) const RULE: Rule = Rule {
    code: Code::KeywordsLeaked,
    why: "Where the objective, the title, the workspace summary or the customer's words, sent back as the reply, meet \
          most keywords, the reply's score measures copying.",
    mend: "Ask for what has to be found: the outcome, an amount of a record, a date. The text is judged by the task's own \
           reply rules; more than half of the scored keywords met is too many. One that passes the whole criterion is \
           reported as `spray-scores`, the objective aside.",
    example: Example {
        bad: &[Edit::Replace(
            "mug.toml",
            "Answer a customer whose mug",
            "We have sent a new mug. Tell the customer whose mug",
        )],
        good: &[],
    },
    stages: &[Stage::Task(check)],
};

/// The text that this rule alone looks at; the others, and `spray-scores` with them, are judged once, here.
const OBJECTIVE: &str = "objective";

fn check(task: &AuthoredTask<'_>, sink: &mut Sink) {
    let raw = task.raw;
    let Some(spec) = task.task.filter(|task| task.grading.weights.reply > 0.0).and_then(|task| task.reply.as_ref())
    else {
        return;
    };
    let scored = spec.keywords().iter().filter(|keyword| !keyword.optional).count();
    let mut look = |what: &str, text: &str, whole: Range<usize>| {
        if !spec.may_meet_more(text, scored / 2) {
            return;
        }
        let judged = spec.judge(text);
        let met: Vec<_> = spec
            .keywords()
            .iter()
            .zip(&judged.keywords)
            .filter(|(keyword, finding)| !keyword.optional && finding.is_met())
            .collect();
        if met.len() * 2 <= scored {
            return;
        }
        if what != OBJECTIVE && judged.passes() {
            sink.push(passing_text(what, task.file.span(whole)));
            return;
        }
        let ids: Vec<String> = met.iter().map(|(keyword, _)| format!("`{}`", keyword.id)).collect();
        let message = format!(
            "the {what}, sent back as the reply, meets {} of {scored} scored keywords: {}",
            met.len(),
            ids.join(", ")
        );
        let first = met.iter().filter_map(|(_, finding)| finding.spans.first()).min().map_or("", |span| span.of(text));
        let place = task.file.span(place_within(&task.file, &whole, first));
        let help = "ask for what the agent has to find: the outcome, or a value of a record".to_owned();
        sink.push(Diagnostic::new(Code::KeywordsLeaked, place, message).with_help(help));
    };
    if let Some((text, place)) = raw.objective.spanned() {
        look(OBJECTIVE, text, place);
    }
    if let Some((text, place)) = raw.title.spanned() {
        look("title", text, place);
    }
    if let Some((text, place)) = raw.workspace_summary.spanned() {
        look("workspace summary", text, place);
    }
    if let Some(ticket) = raw.ticket.get() {
        for (what, text) in [("ticket's subject", &ticket.subject), ("ticket's message", &ticket.message)] {
            if let Some((text, place)) = text.spanned() {
                look(what, text, place);
            }
        }
    }
}
