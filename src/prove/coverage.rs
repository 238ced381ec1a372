//! What the tasks of a pack need between them.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde::Serialize;

use crate::agent::{Oracle, Script};
use crate::protocol::{ActionType, ToolUseAction};
use crate::task::{Task, TaskPack, normalise_query};

use super::cheats::Played;

/// What the tasks of a pack need between them.
#[derive(Debug, Clone, Serialize)]
pub struct Coverage {
    /// How many policies the handbook holds.
    pub policies: usize,
    /// Those of them that no task requires, and that are not marked as distractors.
    pub unused_policies: Vec<Arc<str>>,
    /// How many codes there are.
    pub codes: usize,
    /// Those of them that no task expects.
    pub unused_codes: Vec<Arc<str>>,
    /// The code that most tasks expect, with how many do; of equals the first in the pack's order.
    pub commonest_code: Option<(Arc<str>, usize)>,
}

/// A policy that a task speaks of, while reading another in its place scores the same.
#[derive(Debug, Clone, Serialize)]
pub struct Indifferent {
    /// The policy.
    pub policy: Arc<str>,
    /// The winning path with another policy in its place.
    pub actions: Vec<ToolUseAction>,
}

impl Coverage {
    /// Counts over a pack.
    pub fn of(pack: &TaskPack) -> Coverage {
        let required: BTreeSet<&str> =
            pack.tasks.iter().flat_map(|task| &task.required_evidence).map(|evidence| &*evidence.key).collect();
        let expected: BTreeSet<&str> = pack.tasks.iter().map(|task| &*task.outcomes.expected).collect();
        let unused = pack.handbook.iter().filter(|policy| !policy.distractor && !required.contains(&*policy.evidence));
        let times = |code: &Arc<str>| pack.tasks.iter().filter(|task| task.outcomes.expected == *code).count();
        let codes = pack.resolutions.iter().map(|resolution| &resolution.code);
        Coverage {
            policies: pack.handbook.iter().count(),
            unused_policies: unused.map(|policy| policy.id.clone()).collect(),
            codes: pack.resolutions.len(),
            unused_codes: codes.clone().filter(|code| !expected.contains(&***code)).cloned().collect(),
            commonest_code: codes.map(|code| (code.clone(), times(code))).rev().max_by_key(|(_, times)| *times),
        }
    }
}

impl Indifferent {
    /// The policies that a task requires or names, whose place another takes without a change of the score, which is
    /// `oracle` for the reference solution.
    pub fn of(task: &Arc<Task>, oracle: f64) -> Vec<Indifferent> {
        let path = Oracle::path(task);
        let texts: Vec<String> = [&*task.objective, task.oracle_reply.as_deref().unwrap_or_default()]
            .into_iter()
            .map(|text| format!(" {} ", normalise_query(text)))
            .collect();
        let is_required = |key: &str| task.required_evidence.iter().any(|evidence| &*evidence.key == key);
        let is_named = |title: &str| {
            let title = format!(" {} ", normalise_query(title));
            texts.iter().any(|text| text.contains(&title))
        };
        let search = |id: &str| ToolUseAction::new(ActionType::SearchPolicy, Some(id.to_owned()));
        let mut found = Vec::new();
        for policy in task.policies.iter() {
            let mut others =
                task.policies.iter().filter(|other| other.id != policy.id && !is_required(&other.evidence));
            let Some(other) = others.next() else { continue };
            if !is_required(&policy.evidence) && !is_named(&policy.title) {
                continue;
            }
            let mut actions = path.clone();
            for action in &mut actions {
                if *action == search(&policy.id) {
                    *action = search(&other.id);
                }
            }
            if Played::by(&mut Script::new(actions.clone()), task).path.score >= oracle {
                found.push(Indifferent { policy: policy.id.clone(), actions });
            }
        }
        found
    }
}

/// A value that the reply has to state and that nothing holds which the agent has to look at.
pub(super) struct UnseenValue {
    pub(super) keyword: String,
    /// As the reference reply states it.
    pub(super) text: String,
    /// What holds it and is not required, by its evidence key; `None` where nothing does: it has to be worked out, or is
    /// stale.
    pub(super) place: Option<String>,
}

/// Scored values of the reference reply with a number of two digits or more that nothing holds which the agent has to
/// look at.
pub(super) fn unseen_values(task: &Task) -> Vec<UnseenValue> {
    let (Some(spec), Some(oracle)) = (&task.reply, &task.oracle_reply) else { return Vec::new() };
    let judged = spec.judge(oracle);
    let judged = spec.keywords().iter().zip(&judged.keywords).enumerate();
    let values = judged.filter_map(|(at, (keyword, finding))| {
        let is_value = !keyword.optional && keyword.matcher.pattern().is_typed();
        Some(((at, &keyword.id), finding.spans.first().filter(|_| is_value && finding.is_met())?.of(oracle)))
    });
    let long = |value: &str| -> Vec<String> { numbers(value).filter(|number| number.len() > 1).collect() };
    let mut values = values.filter(|(_, value)| !long(value).is_empty()).peekable();
    if values.peek().is_none() {
        return Vec::new();
    }
    let records = task.artifacts.iter().map(|artifact| (format!("artifact:{}", artifact.id), &*artifact.rendered));
    let rules = task.policies.iter().map(|policy| (policy.evidence.to_string(), &*policy.rendered));
    let is_required = |key: &str| task.required_evidence.iter().any(|evidence| *evidence.key == *key);
    let (required, others): (Vec<_>, Vec<_>) = records.chain(rules).partition(|(key, _)| is_required(key));
    let told = [&*task.ticket.rendered, &*task.workspace_summary, &*task.objective].into_iter();
    let seen: BTreeSet<String> = told.chain(required.iter().map(|(_, text)| *text)).flat_map(numbers).collect();
    let unseen = values.filter_map(|((at, id), value)| {
        let missing: Vec<String> = long(value).into_iter().filter(|number| !seen.contains(number)).collect();
        if missing.is_empty() {
            return None;
        }
        let holds = |wanted: &String, text: &str| numbers(text).any(|number| number == *wanted);
        let is_anywhere = |wanted: &String| others.iter().any(|(_, text)| holds(wanted, text));
        if !missing.iter().all(is_anywhere) {
            return Some(UnseenValue { keyword: id.clone(), text: value.to_owned(), place: None });
        }
        // Digits stand anywhere by chance: a place holds the value where it states it as the reply has to. What several
        // places hold may be learned in more ways than one.
        let states =
            |text: &str| missing.iter().all(|wanted| holds(wanted, text)) && spec.judge(text).keywords[at].is_met();
        let mut places = others.iter().filter(|(_, text)| states(text));
        let place = Some(places.next().filter(|_| places.next().is_none())?.0.clone());
        Some(UnseenValue { keyword: id.clone(), text: value.to_owned(), place })
    });
    unseen.collect()
}

/// The numbers in a text, without what may be written otherwise: "1,250.00" is `1250`, "48,50" is `48.5`, "2026-06-05" is
/// `2026`, `6` and `5`.
fn numbers(text: &str) -> impl Iterator<Item = String> {
    let written = text.split(|c: char| !c.is_ascii_digit() && !matches!(c, '.' | ','));
    written.flat_map(|run| {
        let parts: Vec<&str> = run.split(['.', ',']).filter(|part| !part.is_empty()).collect();
        let is_group = |part: &&str| part.len() == 3;
        match &parts[..] {
            [first, groups @ ..] if first.len() <= 3 && groups.iter().all(is_group) => vec![plain(&parts.concat(), "")],
            [whole @ .., share] if whole.iter().skip(1).all(is_group) && share.len() <= 2 && !whole.is_empty() => {
                vec![plain(&whole.concat(), share)]
            }
            _ => parts.iter().map(|part| plain(part, "")).collect(),
        }
    })
}

/// A number without the zeros that say nothing.
fn plain(whole: &str, share: &str) -> String {
    let (whole, share) = (whole.trim_start_matches('0'), share.trim_end_matches('0'));
    if share.is_empty() { whole.to_owned() } else { format!("{whole}.{share}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_one_however_it_is_written() {
        let check = |text: &str, expect: &[&str]| assert_eq!(numbers(text).collect::<Vec<_>>(), expect, "{text}");
        check("$48.50, not 48.00 or 4.50", &["48.5", "48", "4.5"]);
        check("1,250.00 and 1.250,00 and 1250 EUR", &["1250", "1250", "1250"]);
        check("by 2026-06-05, that is 05.06.2026.", &["2026", "6", "5", "5", "6", "2026"]);
        check("ORD-0042: 12,345,678", &["42", "12345678"]);
    }
}
