//! The first decisive deviation: the step after which no path leads to a pass any more.

use std::sync::Arc;

use crate::episode::Episode;
use crate::protocol::{ActionType, ToolUseAction};
use crate::rubric::{Attempt, Rubric};
use crate::task::Task;
use crate::text::{Finding, Judgement, ReplySpec};

use super::trial::{Deviation, DeviationKind};

impl Deviation {
    /// Where these actions leave every winning path of the task; `None` where they pass, and where the task allows no
    /// pass within its steps.
    ///
    /// A path to a pass is open while as many steps remain as are needed: one for each required piece of evidence that
    /// is still missing, one for a draft unless the reply as it stands does, one to submit the expected code. None can
    /// do two of these at once, and each is possible wherever the task can be solved at all.
    pub fn of(task: &Arc<Task>, actions: &[ToolUseAction]) -> Option<Deviation> {
        let mut standing = Standing::begin(task);
        if !standing.is_open() {
            return None;
        }
        for (action, step) in actions.iter().zip(1_u32..) {
            standing.take(action);
            if standing.passed {
                return None;
            }
            if !standing.is_open() {
                let (kind, reason) = standing
                    .submitted
                    .as_deref()
                    .map_or_else(|| (DeviationKind::Steps, standing.no_steps()), |code| standing.submission(code));
                return Some(Deviation { step, kind, reason });
            }
        }
        let step = u32::try_from(actions.len()).unwrap_or(u32::MAX).saturating_add(1);
        let reason = format!("the trial ended where {} would have passed", standing.needs());
        Some(Deviation { step, kind: DeviationKind::Stopped, reason })
    }
}

/// Where an episode stands, as far as a pass goes.
struct Standing<'a> {
    task: &'a Arc<Task>,
    episode: Episode,
    /// The required evidence that was not collected, by its place in the task.
    missing: Vec<usize>,
    /// The last draft and its judgement; `None` without a draft, and where nothing is asked of one.
    draft: Option<(String, Judgement)>,
    /// Whether the reply as it stands does.
    reply_does: bool,
    submitted: Option<String>,
    passed: bool,
}

impl<'a> Standing<'a> {
    fn begin(task: &'a Arc<Task>) -> Standing<'a> {
        let mut standing = Standing {
            task,
            episode: Episode::start(task.clone(), "deviation".into(), None),
            missing: (0..task.required_evidence.len()).collect(),
            draft: None,
            reply_does: false,
            submitted: None,
            passed: false,
        };
        standing.judge();
        standing
    }

    fn take(&mut self, action: &ToolUseAction) {
        let seen = self.episode.step(action).observation;
        let required = &self.task.required_evidence;
        self.missing.retain(|&at| !seen.collected_evidence.contains(&required[at].key));
        if seen.last_action_error.is_none() {
            match (action.action_type, action.argument(), &self.task.reply) {
                (ActionType::DraftReply, Some(message), Some(spec)) => {
                    self.draft = Some((message.to_owned(), spec.judge(message)));
                    self.judge();
                }
                (ActionType::SubmitResolution, Some(code), _) => self.submitted = Some(code.trim().to_owned()),
                _ => {}
            }
        }
        self.passed = self.episode.score().is_some_and(|score| score.passed);
    }

    /// Sees whether a right submission would pass with all evidence and the reply as it stands.
    fn judge(&mut self) {
        let collected = vec![true; self.task.required_evidence.len()];
        let reply = self.draft.as_ref().map(|(message, judged)| (&**message, judged));
        let resolution = Some(&self.task.outcomes.expected);
        self.reply_does =
            Rubric::new(self.task).score(&Attempt { collected: &collected, reply, resolution, steps: 1 }).1;
    }

    fn is_open(&self) -> bool {
        !self.episode.is_done() && self.needed() <= self.remaining()
    }

    /// The fewest steps to a pass.
    fn needed(&self) -> usize {
        self.missing.len() + usize::from(!self.reply_does) + 1
    }

    fn remaining(&self) -> usize {
        let taken = usize::try_from(self.episode.answered()).unwrap_or(usize::MAX);
        (self.task.max_steps as usize).saturating_sub(taken)
    }

    /// What a pass still needs, as the subject of a sentence.
    fn needs(&self) -> String {
        let mut needs = self.missing_keys();
        if !self.reply_does {
            needs.push("a reply that does".to_owned());
        }
        needs.push(format!("`{}`", self.task.outcomes.expected));
        match needs.split_last() {
            Some((last, rest)) if !rest.is_empty() => format!("{} and {last}", rest.join(", ")),
            _ => needs.join(""),
        }
    }

    fn missing_keys(&self) -> Vec<String> {
        self.missing.iter().map(|&at| format!("`{}`", self.task.required_evidence[at].key)).collect()
    }

    /// What was wrong with submitting here: of several faults the gravest alone, so that equal ones are counted together.
    fn submission(&self, code: &str) -> (DeviationKind, String) {
        let expected = &self.task.outcomes.expected;
        if code != &**expected {
            let reason = format!("`{code}` was submitted, `{expected}` was expected");
            (DeviationKind::WrongResolution, reason)
        } else if !self.missing.is_empty() {
            let reason = format!("submitted without having seen {}", self.missing_keys().join(", "));
            (DeviationKind::MissingEvidence, reason)
        } else {
            (DeviationKind::Reply, self.reply_flaws())
        }
    }

    /// Why the reply does not do, by the names of what it fails: equal faults read the same in every trial.
    fn reply_flaws(&self) -> String {
        let (Some((_, judged)), Some(spec)) = (&self.draft, &self.task.reply) else {
            return "submitted without a reply".to_owned();
        };
        let weighs = self.task.grading.weights.reply > 0.0;
        format!("the reply does not do: {}", flaws(spec, judged, weighs).join(", "))
    }

    fn no_steps(&self) -> String {
        let (left, needed) = (self.remaining(), self.needed());
        let verb = if left == 1 { "step is" } else { "steps are" };
        let need = if needed == 1 { "is" } else { "are" };
        format!("{left} {verb} left where {needed} {need} needed: {}", self.needs())
    }
}

fn flaws(spec: &ReplySpec, judged: &Judgement, keywords_count: bool) -> Vec<String> {
    let length = (!judged.length_ok).then(|| "its length is out of bounds".to_owned());
    let forbidden = spec.forbidden().iter().zip(&judged.forbidden);
    let forbidden =
        forbidden.filter(|(_, finding)| finding.is_met()).map(|(entry, _)| format!("`{}` is in it", entry.id));
    let keywords = spec.keywords().iter().zip(&judged.keywords);
    let unmet = |finding: &Finding, optional: bool| keywords_count && !optional && !finding.is_met();
    let keywords = keywords
        .filter(|(keyword, finding)| unmet(finding, keyword.optional))
        .map(|(keyword, finding)| format!("`{}` is {}", keyword.id, finding.verdict));
    length.into_iter().chain(forbidden).chain(keywords).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use crate::agent::{Oracle, Random};
    use crate::pack::load_texts;

    use super::*;

    const PACK: &str = r#"
schema_version = 1
name = "tiny"
version = "1.0.0"
description = "Small enough to be searched."
[resolutions]
refund = "Give the money back."
close = "Do nothing."
[[policies]]
id = "refunds"
title = "Refunds"
text = "Refund what was charged twice."
"#;

    const TASK: &str = r#"
schema_version = 1
id = "charged"
title = "Charged twice"
difficulty = "easy"
objective = "Refund it."
[ticket]
id = "1"
subject = "Charged"
message = "You charged me twice."
[[artifacts]]
id = "payment"
title = "Payment"
record = { captures = 2 }
[evidence]
required = ["ticket", "artifact:payment"]
[resolution]
expected = "refund"
"#;

    const REPLY: &str = r#"
[[reply.keywords]]
id = "refund"
any_of = ["refund"]
[[reply.forbidden]]
id = "asks-pin"
near = [["send"], ["pin"]]
by = "any"
mood = "any"
effect = "gate"
[oracle]
reply = "We have refunded the second charge to your card."
"#;

    /// No reply is asked for, but a forbidden phrase is one.
    const SILENT: &str = r#"
[grading.weights]
resolution = 0.6
evidence = 0.3
reply = 0.0
efficiency = 0.1
[[reply.forbidden]]
id = "asks-pin"
near = [["send"], ["pin"]]
by = "any"
mood = "any"
"#;

    fn task(max_steps: u32, reply: &str) -> Arc<Task> {
        let text = format!("max_steps = {max_steps}\n{TASK}{reply}");
        let loaded = load_texts(&[("pack.toml", PACK), ("charged.toml", &text)], None);
        let catalog = loaded.into_catalog().unwrap_or_else(|loaded| panic!("{:?}", loaded.errors));
        catalog.get("charged").expect("the task").clone()
    }

    fn act(kind: ActionType, argument: &str) -> ToolUseAction {
        ToolUseAction::new(kind, Some(argument.to_owned()))
    }

    /// Everything that can matter, and what is wrong in one way or another.
    fn actions(task: &Task) -> Vec<ToolUseAction> {
        let mut actions = Random::actions(task);
        actions.push(act(ActionType::DraftReply, "We have refunded it all. Please send your pin to us now."));
        actions.push(act(ActionType::DraftReply, " "));
        actions.push(act(ActionType::InspectArtifact, "invoice"));
        actions.push(act(ActionType::SubmitResolution, "nothing"));
        actions
    }

    /// Whether any way to go on passes: every action from every standing that differs, step by step to the end.
    fn can_pass(episode: &Episode, actions: &[ToolUseAction]) -> bool {
        let mut standings = vec![episode.clone()];
        while !standings.is_empty() {
            let (mut next, mut known) = (Vec::new(), BTreeSet::new());
            for standing in &standings {
                if standing.score().is_some_and(|score| score.passed) {
                    return true;
                }
                for action in actions.iter().filter(|_| !standing.is_done()) {
                    let mut after = standing.clone();
                    after.step(action);
                    let state = after.state();
                    let seen: BTreeSet<Arc<str>> = state.collected_evidence.into_iter().collect();
                    if known.insert((seen, state.drafted_reply, state.resolution_code)) {
                        next.push(after);
                    }
                }
            }
            standings = next;
        }
        false
    }

    /// The step after which no way to go on passes, by trying all of them.
    fn searched(task: &Arc<Task>, played: &[ToolUseAction], actions: &[ToolUseAction]) -> Option<u32> {
        let mut episode = Episode::start(task.clone(), "searched".into(), None);
        if !can_pass(&episode, actions) {
            return None;
        }
        for (action, step) in played.iter().zip(1..) {
            episode.step(action);
            if !can_pass(&episode, actions) {
                return Some(step);
            }
        }
        let passed = episode.score().is_some_and(|score| score.passed);
        (!passed).then(|| u32::try_from(played.len()).expect("few") + 1)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(96))]

        #[test]
        fn it_is_what_a_search_through_everything_finds(
            max_steps in 2_u32..=6,
            reply in prop_oneof![Just(REPLY), Just(SILENT), Just("")],
            picks in proptest::collection::vec(any::<prop::sample::Index>(), 0..8),
        ) {
            let reply = if reply.is_empty() { SILENT.split("[[").next().expect("a text") } else { reply };
            let task = task(max_steps, reply);
            let actions = actions(&task);
            // A random player seldom wins: now and then the reference goes on where it left off.
            let mut played: Vec<ToolUseAction> = picks.iter().map(|pick| pick.get(&actions).clone()).collect();
            if picks.len() % 3 == 0 {
                played.retain(|action| action.action_type != ActionType::SubmitResolution);
                played.truncate(2);
                played.extend(Oracle::path(&task));
            }
            let found = Deviation::of(&task, &played);
            prop_assert_eq!(found.as_ref().map(|deviation| deviation.step), searched(&task, &played, &actions), "{:?}", found);
        }
    }

    /// The step, the kind and a part of the reason.
    fn check(max_steps: u32, played: &[ToolUseAction], expect: Option<(u32, DeviationKind, &str)>) {
        let found = Deviation::of(&task(max_steps, REPLY), played);
        let told = found.as_ref().map(|deviation| (deviation.step, deviation.kind));
        assert_eq!(told, expect.map(|(step, kind, _)| (step, kind)), "{found:?}");
        let reason = found.map_or(String::new(), |deviation| deviation.reason);
        assert!(reason.contains(expect.map_or("", |(_, _, part)| part)), "{reason}");
    }

    #[test]
    fn every_kind_is_told_with_its_reason() {
        let path = Oracle::path(&task(6, REPLY));
        let [ticket, payment, draft, submit] = &path[..] else { panic!("{path:?}") };
        let of = |actions: &[&ToolUseAction]| actions.iter().copied().cloned().collect::<Vec<_>>();
        check(6, &path, None);
        check(3, &path, None);
        let close = act(ActionType::SubmitResolution, "close");
        let wrong = "`close` was submitted, `refund` was expected";
        check(6, &of(&[ticket, &close]), Some((2, DeviationKind::WrongResolution, wrong)));
        let unseen = "submitted without having seen `ticket`, `artifact:payment`";
        check(6, &of(&[draft, submit]), Some((2, DeviationKind::MissingEvidence, unseen)));
        check(6, &of(&[ticket, payment, submit]), Some((3, DeviationKind::Reply, "submitted without a reply")));
        let denied = act(ActionType::DraftReply, "We cannot refund the second charge to your card.");
        check(6, &of(&[ticket, payment, &denied, submit]), Some((4, DeviationKind::Reply, "`refund` is negated")));
        let wasted = "2 steps are left where 3 are needed: `artifact:payment`, a reply that does and `refund`";
        check(5, &of(&[ticket, ticket, ticket, payment]), Some((3, DeviationKind::Steps, wasted)));
        check(4, &of(&[ticket, payment, draft, draft]), Some((4, DeviationKind::Steps, "0 steps are left where 1 is")));
        let stopped = "the trial ended where `artifact:payment`, a reply that does and `refund` would have passed";
        check(6, &of(&[ticket]), Some((2, DeviationKind::Stopped, stopped)));
        check(6, &[], Some((1, DeviationKind::Stopped, "`ticket`")));
    }
}
