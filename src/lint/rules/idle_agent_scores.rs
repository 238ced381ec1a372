//! `idle-agent-scores`: points for an agent that does nothing.

use crate::diag::{Code, Diagnostic, Sink};
use crate::lint::{Edit, Example, Rule, Stage};
use crate::pack::AuthoredTask;
use crate::prove::Glance;

/// The most that an idle agent may score.
const MOST: f64 = 0.05;

pub(super) const RULE: Rule = Rule {
    code: Code::IdleAgentScores,
    why: "Whatever an agent earns that does nothing is no measure of the agents that do something. Published benchmarks \
          have counted empty responses as successes (Zhu et al., \"Establishing best practices for building rigorous \
          agentic benchmarks\", 2025, on tau-bench).",
    mend: "Ask for what has to be found. Three idle agents are graded: one that does nothing until the steps run out, one \
           that submits at once, and one that sends \"Thank you for contacting us. We are looking into it.\" and submits \
           the right code; more than 0.05 is too much. Only the third can earn anything, by a keyword that such a reply \
           meets; one that most replies without content meet is reported as `keyword-too-common` instead.",
    example: Example {
        bad: &[Edit::Replace("mug.toml", "\"replacement\"]", "\"replacement\", \"looking into\"]")],
        good: &[],
    },
    stages: &[Stage::Task(check)],
};

fn check(task: &AuthoredTask<'_>, sink: &mut Sink) {
    let Some(checked) = task.task else { return };
    let score = Glance::of(checked).idle();
    if score <= MOST || is_told_elsewhere(task) {
        return;
    }
    let Some(spec) = &checked.reply else { return };
    let judged = spec.judge(Glance::IDLE_REPLY);
    let keywords = || task.raw.reply.get().into_iter().flat_map(|reply| reply.keywords.items());
    let met =
        || spec.keywords().iter().zip(&judged.keywords).filter(|(keyword, found)| !keyword.optional && found.is_met());
    let place = met().find_map(|(keyword, _)| {
        keywords()
            .filter_map(|raw| raw.get()?.id.spanned())
            .find(|(id, _)| id.as_str() == keyword.id)
            .map(|(_, place)| place)
    });
    let ids: Vec<String> = met().map(|(keyword, _)| format!("`{}`", keyword.id)).collect();
    let message = format!("a reply that says nothing scores {score:.4}: it meets {}", ids.join(", "));
    let help = format!("ask for what \"{}\" does not say", Glance::IDLE_REPLY);
    sink.push(Diagnostic::new(Code::IdleAgentScores, task.file.span(place.unwrap_or(0..0)), message).with_help(help));
}

/// Whether a keyword of the task is known to be met by nearly any reply.
fn is_told_elsewhere(task: &AuthoredTask<'_>) -> bool {
    let mut found = Sink::default();
    super::keyword_too_common::check(task, &mut found);
    !found.is_empty()
}

#[cfg(test)]
mod tests {
    use crate::lint::rules::tests::check;

    #[test]
    fn what_idle_replies_earn() {
        let keyword = |lines: &str, expect: &[&str]| {
            check("idle-agent-scores", &format!("[[reply.keywords]]\nid = \"x\"\n{lines}"), expect);
        };
        keyword("any_of = [\"looking into\"]", &["x"]);
        keyword("near = [[\"contact\"], [\"us\"]]\nby = \"any\"\nmood = \"any\"", &["x"]);
        keyword("any_of = [\"looking into\"]\noptional = true", &[]);
        keyword("any_of = [\"looking into\"]\nweight = 0.2", &[]);
        // Told as `keyword-too-common`.
        keyword("any_of = [\"thank you\"]", &[]);
    }
}
