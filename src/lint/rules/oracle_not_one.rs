//! `oracle-not-one`: a reference solution that does not reach full marks.

use std::sync::Arc;

use crate::agent::Oracle;
use crate::diag::{Code, Diagnostic, Sink};
use crate::episode::Episode;
use crate::lint::{Edit, Example, Rule, Stage};
use crate::pack::AuthoredTask;
use crate::protocol::{Criterion, ScorePart, ScoreReport};
use crate::prove::Glance;
use crate::task::Task;

use super::empty_text::says_nothing;
use super::keyword_forbidden_conflict::conflicts;

pub(super) const RULE: Rule = Rule {
    code: Code::OracleNotOne,
    why: "The oracle is the proof that a task can be solved. Where it scores below 1, no agent can be blamed for not \
          reaching it.",
    mend: "Change what the breakdown names: mostly the oracle's reply, which has to meet every scored keyword and hold \
           nothing forbidden. The required evidence is collected in the file's order, the reply drafted, the expected code \
           submitted. A step limit too low for that and a reply out of its length bounds have findings of their own.",
    example: Example {
        bad: &[Edit::Replace("mug.toml", "We are shipping a replacement for order", "We will soon look into order")],
        good: &[],
    },
    stages: &[Stage::Task(check)],
};

fn check(task: &AuthoredTask<'_>, sink: &mut Sink) {
    if !task.pack.is_some_and(|pack| pack.scores_known) {
        return;
    }
    let Some(checked) = task.task.filter(|checked| checked.max_steps >= checked.optimal_steps()) else { return };
    if Glance::of(checked).wins() {
        debug_assert!(
            play(checked).is_some_and(|score| score.score >= 1.0),
            "{} is won by its rules alone",
            checked.id
        );
        return;
    }
    let Some(score) = play(checked).filter(|score| score.score < 1.0) else { return };
    let lost: Vec<&ScorePart> = score.parts.iter().filter(|part| part.points < part.weight).collect();
    let replies = lost.iter().any(|part| part.criterion == Criterion::Reply) || score.zeroed_by.is_some();
    if replies && is_told_elsewhere(task, checked) {
        return;
    }
    let raw = task.raw;
    let reply = raw.oracle.get().and_then(|oracle| oracle.reply.spanned()).map(|(_, place)| place);
    let evidence = || raw.evidence.get().map(|evidence| evidence.required.span());
    let place = reply.filter(|_| replies).or_else(evidence).unwrap_or(0..0);
    let mut message = format!("the oracle scores {:.4}, not 1", score.score);
    if let Some(zeroed) = &score.zeroed_by {
        message.push_str(&format!(": `{}` zeroes it", zeroed.id));
    } else if let Some(part) = lost.first() {
        let reason = part.reason.as_deref().unwrap_or_default();
        message.push_str(&format!(": {} {:.4} of {:.4}, {reason}", name(part.criterion), part.points, part.weight));
    }
    let parts: Vec<String> = score
        .parts
        .iter()
        .map(|part| format!("{} {:.4} of {:.4}", name(part.criterion), part.points, part.weight))
        .collect();
    let help = format!("the breakdown: {}", parts.join(", "));
    sink.push(Diagnostic::new(Code::OracleNotOne, task.file.span(place), message).with_help(help));
}

/// The score of the winning path, played action by action.
fn play(task: &Arc<Task>) -> Option<Arc<ScoreReport>> {
    let mut episode = Episode::start(task.clone(), "oracle".into(), None);
    for action in Oracle::path(task) {
        episode.step(&action);
    }
    episode.score().cloned()
}

/// Whether the reply says nothing, or fails by a phrase both required and forbidden, or by nothing but its length.
fn is_told_elsewhere(task: &AuthoredTask<'_>, checked: &Task) -> bool {
    let Some((spec, reply)) = checked.reply.as_ref().zip(checked.oracle_reply.as_ref()) else { return false };
    if says_nothing(reply, "reply") {
        return true;
    }
    let judged = spec.judge(reply);
    let unmet =
        spec.keywords().iter().zip(&judged.keywords).any(|(keyword, finding)| !keyword.optional && !finding.is_met());
    let forbidden = judged.forbidden.iter().any(|finding| finding.is_met());
    !unmet && if forbidden { !conflicts(task).is_empty() } else { !judged.length_ok }
}

fn name(criterion: Criterion) -> &'static str {
    match criterion {
        Criterion::Resolution => "resolution",
        Criterion::Evidence => "evidence",
        Criterion::Reply => "reply",
        Criterion::Efficiency => "efficiency",
    }
}

#[cfg(test)]
mod tests {
    use crate::lint::rules::tests::{check, check_task};

    #[test]
    fn what_the_oracle_loses() {
        const CODE: &str = "oracle-not-one";
        check(CODE, "[[reply.forbidden]]\nid = \"x\"\nany_of = [\"no cost\"]\neffect = \"gate\"", &["I am sorry"]);
        check(CODE, "[[reply.forbidden]]\nid = \"x\"\nany_of = [\"replacement\"]", &[]);
        check(CODE, "[[reply.keywords]]\nid = \"x\"\nany_of = [\"refund\"]", &["I am sorry"]);
        check(CODE, "[[reply.keywords]]\nid = \"x\"\nany_of = [\"refund\"]\noptional = true", &[]);
        let task = include_str!("../example/mug.toml");
        let said = "reply = \"I am sorry";
        let empty = |text: &str| format!("reply = \"{text}\" # \"");
        check_task(CODE, &task.replacen(said, &empty("Hello."), 1), &["Hello."]);
        check_task(CODE, &task.replacen(said, &empty(""), 1), &[]);
        check_task("reply-length-impossible", &task.replacen(said, &empty(""), 1), &[]);
        check_task(CODE, &task.replace("max_steps = 5", "max_steps = 4"), &[]);
        check_task(CODE, &task.replace("max_words = 120", "max_words = 12"), &[]);
    }
}
