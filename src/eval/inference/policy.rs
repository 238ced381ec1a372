//! A policy of fixed rules, which knows no task: it sees what any agent sees.

use std::collections::{BTreeSet, VecDeque};

use crate::eval::{Player, PlayerError};
use crate::protocol::{ActionType, MAX_ID_BYTES, Observation, StepResult, ToolUseAction};

/// What it writes to every customer.
const REPLY: &str = "Thank you for writing to us. We have read your message and looked into the records of your case. A \
member of our team is taking care of it and will write to you with the next steps.";
/// The longest query, in bytes.
const MAX_QUERY: usize = 200;
/// Letters of a word that tell it from others: under them `refund` and `refunded` are one.
const STEM: usize = 5;
/// Shorter words tell nothing.
const MIN_WORD: usize = 4;

/// Reviews the ticket, inspects the records, looks the objective up, answers neutrally and submits the code whose words
/// occur most.
#[derive(Debug, Default)]
pub struct Scripted {
    case: Option<Case>,
    /// What comes next.
    stage: Stage,
    left: VecDeque<String>,
    policy: String,
}

/// What the first observation tells.
#[derive(Debug)]
struct Case {
    query: String,
    objective: BTreeSet<String>,
    message: BTreeSet<String>,
    codes: Vec<String>,
}

/// What it does one after another. What the steps that are left do not allow is passed over.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum Stage {
    #[default]
    Review,
    Inspect,
    Search,
    /// Reads what the search found.
    Found,
    /// Reads the policy that was looked up by its id.
    Read,
    Draft,
    Submit,
    Over,
}

impl Player for Scripted {
    fn act(&mut self, seen: &StepResult) -> Result<Option<ToolUseAction>, PlayerError> {
        let seen = &seen.observation;
        if self.case.is_none() {
            self.left = listed_artifacts(&seen.workspace_summary).collect();
            self.case = Some(Case::of(seen));
        }
        loop {
            match self.stage {
                Stage::Over => return Ok(None),
                stage => {
                    if let Some((action_type, argument)) = self.play(stage, seen) {
                        return Ok(Some(ToolUseAction::new(action_type, argument)));
                    }
                }
            }
        }
    }
}

impl Scripted {
    /// Plays a stage and goes on to the next; none where nothing is done in it.
    fn play(&mut self, stage: Stage, seen: &Observation) -> Option<(ActionType, Option<String>)> {
        let case = self.case.as_ref()?;
        let remaining = seen.remaining_steps;
        let shown = seen.last_tool_result.as_deref().unwrap_or_default();
        match stage {
            Stage::Review => {
                self.stage = Stage::Inspect;
                (remaining > 2).then_some((ActionType::ReviewTicket, None))
            }
            Stage::Inspect => match self.left.pop_front() {
                Some(id) => (remaining > 4).then_some((ActionType::InspectArtifact, Some(id))),
                None => {
                    self.stage = Stage::Search;
                    None
                }
            },
            Stage::Search => {
                let is_played = remaining > 2 && !case.query.is_empty();
                self.stage = if is_played { Stage::Found } else { Stage::Draft };
                is_played.then(|| (ActionType::SearchPolicy, Some(case.query.clone())))
            }
            Stage::Found => {
                self.stage = Stage::Draft;
                if seen.collected_evidence.iter().any(|key| key.starts_with("policy:")) {
                    shown.clone_into(&mut self.policy);
                    return None;
                }
                let id = first_candidate(shown).filter(|_| remaining > 2)?.to_owned();
                self.stage = Stage::Read;
                Some((ActionType::SearchPolicy, Some(id)))
            }
            Stage::Read => {
                self.stage = Stage::Draft;
                shown.clone_into(&mut self.policy);
                None
            }
            Stage::Draft => {
                self.stage = Stage::Submit;
                (remaining > 1).then(|| (ActionType::DraftReply, Some(REPLY.to_owned())))
            }
            Stage::Submit => {
                self.stage = Stage::Over;
                let code = case.best_code(&self.policy)?.to_owned();
                Some((ActionType::SubmitResolution, Some(code)))
            }
            Stage::Over => None,
        }
    }
}

impl Case {
    fn of(first: &Observation) -> Case {
        let mut query = String::new();
        let mut known = BTreeSet::new();
        for word in words(&first.objective).filter(|word| known.insert(word.clone())) {
            let blank = usize::from(!query.is_empty());
            if query.len() + blank + word.len() > MAX_QUERY {
                break;
            }
            if blank == 1 {
                query.push(' ');
            }
            query.push_str(&word);
        }
        Case {
            query,
            objective: stems(&first.objective),
            message: stems(&first.customer_message),
            codes: first.available_resolution_codes.to_vec(),
        }
    }

    /// The code with the largest share of words that occur, first in the objective, then in the policy, then in the
    /// message; the first of equals.
    fn best_code(&self, policy: &str) -> Option<&str> {
        let policy = stems(policy);
        let mut best: Option<(u64, u64, &str)> = None;
        for code in &self.codes {
            let own = stems(code);
            let points = |stem: &String| {
                let in_all = [(3, &self.objective), (2, &policy), (1, &self.message)];
                in_all.iter().filter(|(_, all)| all.contains(stem)).map(|(weight, _)| *weight).sum::<u64>()
            };
            let points: u64 = own.iter().map(points).sum();
            let share = own.len().max(1) as u64;
            if best.is_none_or(|(most, of, _)| points * of > most * share) {
                best = Some((points, share, code));
            }
        }
        best.map(|(.., code)| code)
    }
}

/// The ids that a summary ends with.
fn listed_artifacts(summary: &str) -> impl Iterator<Item = String> {
    let listed = summary.rsplit_once("Artifacts: ").map_or("", |(_, listed)| listed);
    let blank = |c: char| matches!(c, ' ' | '\t' | '\n' | '\r' | '\u{b}' | '\u{c}');
    let ids = listed.split(',').map(move |id| id.trim_matches(blank));
    ids.filter(|id| !id.is_empty() && id.len() <= MAX_ID_BYTES).map(str::to_owned)
}

/// The first id in a list of policies, each on a line such as `- an-id: its title`.
fn first_candidate(shown: &str) -> Option<&str> {
    let is_part =
        |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit());
    shown.split('\n').find_map(|line| {
        let (id, rest) = line.strip_prefix("- ")?.split_once(':')?;
        (rest.starts_with(' ') && id.split(['-', '_']).all(is_part)).then_some(id)
    })
}

/// The longer words of a text, in small letters.
fn words(text: &str) -> impl Iterator<Item = String> {
    let words = text.split(|c: char| !c.is_ascii_alphanumeric());
    words.filter(|word| word.len() >= MIN_WORD).map(str::to_ascii_lowercase)
}

fn stems(text: &str) -> BTreeSet<String> {
    words(text).map(|word| word.chars().take(STEM).collect()).collect()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use crate::episode::Episode;
    use crate::pack::load_embedded;

    use super::*;

    /// A real first observation, with other texts and so many steps.
    fn first(objective: &str, summary: &str, codes: &[&str], steps: u32) -> StepResult {
        let catalog = load_embedded().into_catalog().expect("the pack loads");
        let mut seen = Episode::start(catalog.tasks()[0].clone(), "e".into(), None).observe();
        let own = &mut seen.observation;
        (own.objective, own.workspace_summary, own.customer_message) =
            (objective.into(), summary.into(), "help".into());
        own.available_resolution_codes = codes.iter().map(|code| (*code).to_owned()).collect();
        own.remaining_steps = steps;
        seen
    }

    /// What is done when each step shows this, with the policies that are read.
    fn check(mut seen: StepResult, shows: &str, evidence: &[&str], expect: &[&str]) {
        let mut player = Scripted::default();
        let mut done = Vec::new();
        while let Some(action) = player.act(&seen).expect("it never fails") {
            let argument = action.argument().unwrap_or_default();
            let argument = if action.action_type == ActionType::DraftReply { "" } else { argument };
            done.push(format!("{} {argument}", action.action_type.as_str()).trim_end().to_owned());
            seen.observation.remaining_steps -= 1;
            seen.observation.last_tool_result = Some(shows.into());
            seen.observation.collected_evidence = evidence.iter().map(|key| Arc::from(*key)).collect();
        }
        assert_eq!(done, expect);
    }

    #[test]
    fn it_looks_before_it_answers() {
        let codes = ["close", "send_replacement", "refund_full_order"];
        check(
            first("Send a REPLACEMENT, send it.", "An order. Artifacts: x. Artifacts: order, a b ,, ", &codes, 10),
            "Nothing of that id.\n-  a: b\n- a--b: c\n- late-mugs:d\n- broken_mugs: Broken mugs",
            &["ticket"],
            &[
                "review_ticket",
                "inspect_artifact order",
                "inspect_artifact a b",
                "search_policy send replacement",
                "search_policy broken_mugs",
                "draft_reply",
                "submit_resolution send_replacement",
            ],
        );
        check(
            first("Look at the order", "none", &codes, 10),
            "refunds: the full sum",
            &["policy:refunds"],
            &["review_ticket", "search_policy look order", "draft_reply", "submit_resolution refund_full_order"],
        );
    }

    #[test]
    fn it_leaves_steps_for_the_end() {
        let seen = |steps| first("Look", "Artifacts: a, b, c", &["one", "two"], steps);
        check(seen(1), "", &[], &["submit_resolution one"]);
        check(seen(2), "", &[], &["draft_reply", "submit_resolution one"]);
        check(seen(5), "", &[], &["review_ticket", "search_policy look", "draft_reply", "submit_resolution one"]);
        check(
            seen(6),
            "",
            &[],
            &["review_ticket", "inspect_artifact a", "search_policy look", "draft_reply", "submit_resolution one"],
        );
        check(first("", "", &[], 5), "", &[], &["review_ticket", "draft_reply"]);
    }
}
