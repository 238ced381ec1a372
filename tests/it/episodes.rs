//! Episodes of real packs: what single actions show and pay, and what must hold of any of them.

use std::sync::{Arc, LazyLock};

use proptest::prelude::*;
use support_ops_env::agent::{Agent, Nop, Oracle, Random};
use support_ops_env::episode::{EndReason, Episode};
use support_ops_env::pack::load;
use support_ops_env::protocol::{ActionType, StepResult, ToolUseAction};
use support_ops_env::task::{ScoreExposure, Task};

/// The shipped tasks and those of the good fixtures.
fn tasks() -> &'static [Arc<Task>] {
    static TASKS: LazyLock<Vec<Arc<Task>>> = LazyLock::new(|| {
        let loaded = load(&["tasks", "tests/fixtures/good"]).expect("the packs can be read");
        let catalog = loaded.into_catalog().expect("the packs are good");
        assert!(catalog.tasks().len() > 6);
        catalog.tasks().to_vec()
    });
    &TASKS
}

fn start(task: &Arc<Task>) -> Episode {
    Episode::start(task.clone(), "episode".into(), Some(7))
}

fn action(kind: ActionType, argument: &str) -> ToolUseAction {
    ToolUseAction::new(kind, Some(argument.to_owned()))
}

/// Plays an agent to the end and checks on the way what holds of every episode.
fn play(task: &Arc<Task>, agent: &mut dyn Agent) -> (Episode, Vec<StepResult>) {
    let mut episode = start(task);
    let mut results = vec![episode.observe()];
    while !episode.is_done() {
        let Some(action) = agent.act(task, results.last().expect("the reset's answer")) else { break };
        results.push(episode.step(&action));
    }
    check_episode(&episode, &results);
    (episode, results)
}

/// What holds of every episode, with the answers it gave from reset on.
fn check_episode(episode: &Episode, results: &[StepResult]) {
    let task = episode.task();
    let state = episode.state();
    assert_eq!(results[0].reward, None);
    let mut evidence: Vec<Arc<str>> = Vec::new();
    for (before, result) in results.iter().zip(&results[1..]) {
        let reward = result.reward.expect("a step always pays something");
        assert!(reward.is_finite() && (0.0..=1.0).contains(&reward), "{reward}");
        let seen = &result.observation;
        assert!(seen.collected_evidence.starts_with(&evidence), "evidence was lost or reordered");
        evidence.clone_from(&seen.collected_evidence);
        if let Some(score) = seen.current_score {
            assert!(score.is_finite() && (0.0..=1.0).contains(&score), "{score}");
            assert_eq!(score, (score * 1e4).round() / 1e4, "rounded to four decimals");
        }
        assert_eq!(seen.current_score.is_none(), !result.done && task.exposure.score == ScoreExposure::OnDone);
        assert_eq!(seen.remaining_steps + 1, before.observation.remaining_steps);
        assert!(seen.last_action_error.is_none() || result.done || reward == 0.0, "a mistake pays nothing");
        assert!(seen.last_action_error.is_none() != seen.last_tool_result.is_none());
        assert_eq!(seen.metadata.score.is_some(), result.done);
    }
    let paid: f64 = results[1..].iter().filter(|result| !result.done).filter_map(|result| result.reward).sum();
    let most = task.rewards.evidence * task.required_evidence.len() as f64 + task.rewards.reply;
    assert!(paid <= most + 1e-3, "{paid} was paid on the way, {most} is the most");
    assert_eq!(state.action_history.len(), results.len() - 1);
    for (at, (record, result)) in state.action_history.iter().zip(&results[1..]).enumerate() {
        assert_eq!(record.step as usize, at + 1);
        assert_eq!(Some(record.reward), result.reward);
        assert_eq!(record.error, result.observation.last_action_error);
    }
    if let Some(score) = episode.score() {
        let last = results.last().expect("there is an end");
        assert_eq!((last.done, last.reward), (true, Some(score.score)));
        assert_eq!((state.final_score, state.current_score), (Some(score.score), Some(score.score)));
        let points: f64 = score.parts.iter().map(|part| part.points).sum();
        match &score.zeroed_by {
            None => assert!((points - score.score).abs() < 3e-4, "{points} and {}", score.score),
            Some(_) => assert_eq!((score.score, score.passed), (0.0, false)),
        }
        assert!((score.parts.iter().map(|part| part.weight).sum::<f64>() - 1.0).abs() < 1e-9);
    }
}

const PACK: &str = include_str!("../fixtures/good/minimal/pack.toml");
const TASK: &str = include_str!("../fixtures/good/minimal/loan.toml");

/// The smallest good task with more text at its end.
fn task_with(more: &str) -> Arc<Task> {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    std::fs::write(folder.path().join("pack.toml"), PACK).expect("a file can be written");
    std::fs::write(folder.path().join("task.toml"), format!("{TASK}\n{more}")).expect("a file can be written");
    let catalog = load(&[folder.path()]).expect("the folder can be read").into_catalog();
    let catalog = catalog.unwrap_or_else(|loaded| panic!("{:?}", loaded.errors));
    catalog.tasks()[0].clone()
}

/// Every required look, in the task's order.
fn looks(task: &Task) -> Vec<ToolUseAction> {
    Oracle::path(task).into_iter().take(task.required_evidence.len()).collect()
}

fn step_all(task: &Arc<Task>, actions: &[ToolUseAction]) -> (Episode, Vec<StepResult>) {
    let mut episode = start(task);
    let mut results = vec![episode.observe()];
    for action in actions.iter().take(task.max_steps as usize) {
        if episode.is_done() {
            break;
        }
        results.push(episode.step(action));
    }
    check_episode(&episode, &results);
    (episode, results)
}

fn score_of(task: &Arc<Task>, actions: &[ToolUseAction]) -> f64 {
    let (episode, _) = step_all(task, actions);
    episode.score().expect("the actions end the episode").score
}

/// A code that is neither expected nor partly right nor harmful.
fn wrong_code(task: &Task) -> Option<&str> {
    let outcomes = &task.outcomes;
    task.resolution_codes.iter().map(String::as_str).find(|code| {
        **code != *outcomes.expected
            && !outcomes.partial.contains_key(*code)
            && outcomes.harmful.iter().all(|harmful| **harmful != **code)
    })
}

#[test]
fn the_oracle_scores_one_and_pays_as_it_goes() {
    for task in tasks() {
        let (episode, results) = play(task, &mut Oracle::default());
        let score = episode.score().expect("the oracle submits");
        assert_eq!((score.score, score.passed), (1.0, true), "{}: {score:?}", task.id);
        assert_eq!(episode.end_reason(), Some(EndReason::Submitted));
        let required = task.required_evidence.len();
        for result in &results[1..=required] {
            assert_eq!(result.reward, Some(task.rewards.evidence), "{}", task.id);
        }
        if task.grading.weights.reply > 0.0 && task.exposure.score == ScoreExposure::Always {
            assert_eq!(results[required + 1].reward, Some(task.rewards.reply), "{}", task.id);
        }
        // Another order of the same looks wins as well.
        let mut path = Oracle::path(task);
        path[..required].reverse();
        assert_eq!(score_of(task, &path), 1.0, "{}", task.id);
    }
}

#[test]
fn doing_nothing_scores_nothing() {
    for task in tasks() {
        let (episode, results) = play(task, &mut Nop);
        assert_eq!(episode.end_reason(), Some(EndReason::StepLimit));
        assert_eq!(results.len(), task.max_steps as usize + 1);
        let score = episode.score().expect("the steps ran out");
        assert_eq!((score.score, score.passed), (0.0, false), "{}", task.id);
        // A code alone, without a look, is luck.
        let code = action(ActionType::SubmitResolution, &task.outcomes.expected);
        assert_eq!(score_of(task, &[code]), 0.0, "{}", task.id);
    }
}

#[test]
fn a_wrong_code_leaves_evidence_and_reply() {
    for task in tasks() {
        let Some(code) = wrong_code(task) else { continue };
        let mut path = Oracle::path(task);
        *path.last_mut().expect("the submit") = action(ActionType::SubmitResolution, code);
        let weights = task.grading.weights;
        let expect = weights.evidence + weights.reply;
        assert!((score_of(task, &path) - expect).abs() < 1e-9, "{}", task.id);
    }
    let shipped = load(&["tasks"]).expect("the pack can be read").into_catalog().expect("it is good");
    for task in shipped.tasks() {
        let mut path = Oracle::path(task);
        *path.last_mut().expect("the submit") =
            action(ActionType::SubmitResolution, wrong_code(task).expect("there are plenty"));
        assert_eq!(score_of(task, &path), 0.4, "{}", task.id);
    }
}

#[test]
fn partial_and_harmful_codes_pay_what_they_say() {
    let (mut partial, mut harmful) = (0, 0);
    for task in tasks() {
        let with = |code: &str| {
            let mut path = Oracle::path(task);
            *path.last_mut().expect("the submit") = action(ActionType::SubmitResolution, code);
            path
        };
        let weights = task.grading.weights;
        for (code, credit) in &task.outcomes.partial {
            let expect = weights.resolution * credit + weights.evidence + weights.reply;
            assert!((score_of(task, &with(code)) - expect).abs() < 1e-4, "{} {code}", task.id);
            partial += 1;
        }
        for code in &task.outcomes.harmful {
            let (episode, _) = step_all(task, &with(code));
            let score = episode.score().expect("it ends");
            assert_eq!(score.score, 0.0);
            assert_eq!(score.zeroed_by.as_ref().map(|zeroed| zeroed.id.as_str()), Some(&**code));
            harmful += 1;
        }
    }
    assert!(partial > 0 && harmful > 0);
}

#[test]
fn a_right_code_pays_in_proportion_to_the_evidence() {
    for task in tasks() {
        let weights = task.grading.weights;
        let path = Oracle::path(task);
        let required = task.required_evidence.len();
        for withheld in 0..required {
            let mut path = path.clone();
            path.remove(withheld);
            let share = (required - 1) as f64 / required as f64;
            let expect = share * (weights.resolution + weights.evidence + weights.efficiency) + weights.reply;
            assert!((score_of(task, &path) - expect).abs() < 1e-4, "{} without {withheld}", task.id);
        }
    }
}

#[test]
fn extra_steps_cost_efficiency_alone() {
    for task in tasks() {
        let path = Oracle::path(task);
        let spare = task.max_steps as usize - path.len();
        let mut last = 1.0;
        for extra in 0..=spare {
            let mut longer = vec![ToolUseAction::new(ActionType::ReviewTicket, None); extra];
            longer.extend(path.iter().cloned());
            let score = score_of(task, &longer);
            assert!(score <= last && score >= 1.0 - task.grading.weights.efficiency - 1e-9, "{} {extra}", task.id);
            let free = extra as u32 <= task.grading.free_steps || task.grading.weights.efficiency == 0.0;
            assert_eq!(score == 1.0, free, "{} {extra}", task.id);
            last = score;
        }
    }
}

#[test]
fn the_last_step_pays_the_score_and_nothing_else() {
    for task in tasks() {
        let mut actions = vec![ToolUseAction::new(ActionType::SearchPolicy, None); task.max_steps as usize - 1];
        actions.push(looks(task).remove(0));
        let (episode, results) = step_all(task, &actions);
        assert_eq!(episode.end_reason(), Some(EndReason::StepLimit));
        let share = 1.0 / task.required_evidence.len() as f64;
        let expect = task.grading.weights.evidence * share;
        let reward = results.last().and_then(|result| result.reward).expect("a reward");
        assert!((reward - expect).abs() < 1e-4, "{}: {reward}", task.id);
    }
}

#[test]
fn after_the_end_only_the_count_of_steps_grows() {
    for task in tasks() {
        let (mut episode, _) = step_all(task, &Oracle::path(task));
        let mut before = episode.state();
        for action in Random::actions(task) {
            let result = episode.step(&action);
            assert_eq!((result.reward, result.done), (Some(0.0), true));
            assert!(result.observation.last_action_error.is_some() && result.observation.last_tool_result.is_none());
            assert!(result.observation.metadata.score.is_some());
            before.step_count += 1;
            assert_eq!(json(&episode.state()), json(&before));
        }
    }
}

/// Steps a fresh episode of the first task once; returns the error and whether evidence was collected.
fn check(kind: ActionType, argument: Option<&str>, error: Option<&str>, evidence: usize) {
    let task = &tasks()[0];
    let mut episode = start(task);
    let result = episode.step(&ToolUseAction::new(kind, argument.map(str::to_owned)));
    let seen = &result.observation;
    let shown = argument.map(|text| text.chars().take(40).collect::<String>());
    match (error, &seen.last_action_error) {
        (None, None) => {}
        (Some(part), Some(found)) => assert!(found.contains(part), "{kind:?} {shown:?}: {found}"),
        (expected, found) => panic!("{kind:?} {shown:?}: {found:?}, expected {expected:?}"),
    }
    assert_eq!(seen.collected_evidence.len(), evidence, "{kind:?} {shown:?}");
    assert_eq!(episode.state().step_count, 1);
}

#[test]
fn actions_take_what_they_need_and_name_what_is_valid() {
    let task = &tasks()[0];
    let artifact = task.artifacts.ids().next().expect("one artifact or more").to_owned();
    let policy = task.policies.iter().next().expect("a handbook").clone();
    let (id, long_id) = (artifact.as_str(), "a".repeat(65));
    check(ActionType::ReviewTicket, None, None, 1);
    check(ActionType::ReviewTicket, Some("ignored"), None, 1);

    check(ActionType::InspectArtifact, Some(id), None, 1);
    check(ActionType::InspectArtifact, Some(&format!(" {id}\n")), None, 1);
    check(ActionType::InspectArtifact, None, Some("artifact_id"), 0);
    check(ActionType::InspectArtifact, Some(" \t"), Some("blank"), 0);
    check(ActionType::InspectArtifact, Some("nowhere"), Some(id), 0);
    check(ActionType::InspectArtifact, Some(&id.to_uppercase()), Some(id), 0);
    check(ActionType::InspectArtifact, Some(&long_id), Some("64"), 0);

    check(ActionType::SearchPolicy, Some(&policy.id), None, 1);
    check(ActionType::SearchPolicy, Some(&policy.title), None, 1);
    check(ActionType::SearchPolicy, Some(&policy.id.to_uppercase().replace('_', "-")), None, 1);
    check(ActionType::SearchPolicy, Some("nothing like it"), None, 0);
    check(ActionType::SearchPolicy, Some("?!"), None, 0);
    check(ActionType::SearchPolicy, None, Some("query"), 0);
    check(ActionType::SearchPolicy, Some(""), Some("blank"), 0);
    check(ActionType::SearchPolicy, Some(&"q".repeat(512)), None, 0);
    check(ActionType::SearchPolicy, Some(&"q".repeat(513)), Some("512"), 0);

    check(ActionType::DraftReply, Some("Hello."), None, 0);
    check(ActionType::DraftReply, Some(&"a".repeat(16_384)), None, 0);
    check(ActionType::DraftReply, Some(&"a".repeat(16_385)), Some("16384"), 0);
    check(ActionType::DraftReply, Some(&"é".repeat(8_193)), Some("16384"), 0);
    check(ActionType::DraftReply, Some("\u{a0} \n"), Some("blank"), 0);
    check(ActionType::DraftReply, None, Some("message"), 0);

    let code = task.resolution_codes[0].as_str();
    check(ActionType::SubmitResolution, Some(code), None, 0);
    check(ActionType::SubmitResolution, Some(&format!("  {code} ")), None, 0);
    check(ActionType::SubmitResolution, Some("nothing_of_the_kind"), Some(code), 0);
    check(ActionType::SubmitResolution, Some(&code.to_uppercase()), Some(code), 0);
    check(ActionType::SubmitResolution, None, Some("resolution_code"), 0);
}

#[test]
fn a_hidden_score_is_silent_until_the_end() {
    let task = task_with("[exposure]\nscore = \"on_done\"\nstate = \"agent\"\n");
    let mut episode = start(&task);
    assert_eq!((episode.observe().observation.current_score, episode.state().required_evidence), (None, None));
    let path = Oracle::path(&task);
    let look = episode.step(&path[0]);
    assert_eq!((look.reward, look.observation.current_score), (Some(0.05), None), "evidence pays all the same");
    let draft = episode.step(&path[1]);
    assert_eq!((draft.reward, draft.observation.current_score), (Some(0.0), None), "the reply's reward would tell");
    assert_eq!((episode.state().current_score, episode.state().score), (None, None));
    let last = episode.step(&path[2]);
    assert_eq!((last.reward, last.observation.current_score), (Some(1.0), Some(1.0)));
    assert_eq!(episode.state().required_evidence.map(|keys| keys.len()), Some(1));
}

#[test]
fn forbidden_phrases_zero_the_reply_or_the_episode() {
    let entry =
        |effect: &str| format!("[[reply.forbidden]]\nid = \"fee\"\nany_of = [\"late fee\"]\neffect = \"{effect}\"\n");
    let reply = "We have extended your loan by two weeks. We added a late fee.";
    let play = |task: &Arc<Task>| {
        let mut path = Oracle::path(task);
        path[1] = action(ActionType::DraftReply, reply);
        step_all(task, &path)
    };
    let task = task_with(&entry("fail"));
    let (episode, results) = play(&task);
    let score = episode.score().expect("it ends");
    assert_eq!((score.score, score.passed, score.zeroed_by.is_none()), (0.85, false, true));
    assert_eq!((results[2].reward, results[2].observation.current_score), (Some(0.0), Some(0.25)));
    let reason = score.parts[2].reason.clone().expect("a reason");
    assert!(reason.contains("fee"), "{reason}");

    let task = task_with(&entry("gate"));
    let (episode, results) = play(&task);
    let score = episode.score().expect("it ends");
    assert_eq!((score.score, score.passed), (0.0, false));
    assert_eq!(score.zeroed_by.as_ref().map(|zeroed| zeroed.id.as_str()), Some("fee"));
    assert_eq!((results[2].reward, results[2].observation.current_score), (Some(0.0), Some(0.25)));
    // The last draft counts: taking the phrase back mends it.
    let mut path = Oracle::path(&task);
    path.insert(1, action(ActionType::DraftReply, reply));
    assert_eq!(score_of(&task, &path), 1.0);
}

#[test]
fn the_reply_pays_for_what_it_gains() {
    let keyword = "[[reply.keywords]]\nid = \"greeting\"\nany_of = [\"thank you\"]\nweight = 3.0\n";
    let task = task_with(keyword);
    let draft = |text: &str| action(ActionType::DraftReply, text);
    let (half, full) = ("We have extended your loan.", "We have extended your loan. We thank you for asking.");
    let (_, results) = step_all(&task, &[draft(half), draft("Hello."), draft(half), draft(full)]);
    let rewards: Vec<f64> = results[1..].iter().filter_map(|result| result.reward).collect();
    // A quarter of 0.05, nothing for less, nothing again, the rest: each rounded to four decimals.
    assert_eq!(rewards, [0.0125, 0.0, 0.0, 0.0375]);
    let scores: Vec<f64> = results.iter().filter_map(|result| result.observation.current_score).collect();
    assert_eq!(scores, [0.0, 0.0375, 0.0, 0.0375, 0.15]);
}

#[test]
fn a_task_overrides_single_settings_of_its_pack() {
    let task = task_with(
        "[grading]\nfree_steps = 0\n[grading.weights]\nreply = 0.2\nefficiency = 0.05\n[rewards]\nevidence = 1.0\n",
    );
    let weights = task.grading.weights;
    assert_eq!((weights.resolution, weights.evidence, weights.reply, weights.efficiency), (0.5, 0.25, 0.2, 0.05));
    assert_eq!((task.grading.free_steps, task.grading.floor_max), (0, 0.35));
    assert_eq!((task.rewards.evidence, task.rewards.reply), (1.0, 0.05));
    let mut path = Oracle::path(&task);
    path.insert(0, ToolUseAction::new(ActionType::ReviewTicket, None));
    // One step too many of the two that are left.
    assert_eq!(score_of(&task, &path), 0.975);
}

#[test]
fn scores_are_rounded_half_away_from_zero() {
    let task = task_with("[resolution.partial]\nkeep_due_date = 0.3333\n");
    let mut path = Oracle::path(&task);
    *path.last_mut().expect("the submit") = action(ActionType::SubmitResolution, "keep_due_date");
    // 0.5 * 0.3333 + 0.25 + 0.15 = 0.56665
    assert_eq!(score_of(&task, &path), 0.5667);
}

#[test]
fn without_a_weight_no_reply_is_asked_for() {
    let weights = "[grading.weights]\nresolution = 0.65\nreply = 0\n";
    let task = task_with(weights);
    assert_eq!(task.optimal_steps(), 2);
    assert_eq!(Oracle::path(&task).len(), 2);
    assert_eq!(score_of(&task, &Oracle::path(&task)), 1.0);
}

fn json<T: serde::Serialize>(value: &T) -> String {
    serde_json::to_string(value).expect("it serialises")
}

/// What an agent may do that is not in the set of valid actions.
fn odd_actions() -> Vec<ToolUseAction> {
    let mut actions = Vec::new();
    for kind in ActionType::ALL {
        for argument in [None, Some(String::new()), Some("nonsense".to_owned()), Some("é".repeat(20_000))] {
            actions.push(ToolUseAction::new(kind, argument));
        }
    }
    actions
}

/// A task and actions in it, good and bad.
fn any_episode() -> impl Strategy<Value = (Arc<Task>, Vec<ToolUseAction>)> {
    let steps = prop::collection::vec((any::<prop::sample::Index>(), 0..10_u8), 0..30);
    (any::<prop::sample::Index>(), steps).prop_map(|(task, steps)| {
        let task = task.get(tasks()).clone();
        let (good, odd) = (Random::actions(&task), odd_actions());
        let pick = |(at, kind): (prop::sample::Index, u8)| {
            let action = if kind == 0 { at.get(&odd) } else { at.get(&good) };
            // An episode that ends at once shows little.
            let ends = action.action_type == ActionType::SubmitResolution && kind < 8;
            if ends { good[at.index(good.len() - task.resolution_codes.len())].clone() } else { action.clone() }
        };
        let actions = steps.into_iter().map(pick).collect();
        (task, actions)
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn equal_actions_give_equal_episodes((task, actions) in any_episode()) {
        let (first, answers) = step_all(&task, &actions);
        let (second, again) = step_all(&task, &actions);
        for (one, other) in answers.iter().zip(&again) {
            prop_assert_eq!(json(&one.observation), json(&other.observation));
            prop_assert_eq!(one.reward, other.reward);
        }
        prop_assert_eq!(json(&first.state()), json(&second.state()));
    }

    #[test]
    fn recorded_history_replays_to_the_same_episode((task, actions) in any_episode()) {
        let (episode, _) = step_all(&task, &actions);
        let state = episode.state();
        let history: Vec<ToolUseAction> = state.action_history.iter().map(|record| (*record.action).clone()).collect();
        let (again, _) = step_all(&task, &history);
        prop_assert_eq!(json(&again.state()), json(&state));
    }

    #[test]
    fn repeating_an_action_never_pays_twice((task, actions) in any_episode()) {
        let mut episode = start(&task);
        for action in &actions {
            if episode.is_done() || episode.step(action).done {
                break;
            }
            let mut again = episode.clone();
            let result = again.step(action);
            prop_assert!(result.done || result.reward == Some(0.0), "{:?} paid {:?}", action, result.reward);
        }
    }

    #[test]
    fn more_evidence_never_lowers_its_criterion((task, actions) in any_episode()) {
        let mut episode = start(&task);
        let mut last = 0.0;
        for action in &actions {
            if episode.is_done() || episode.step(action).done {
                break;
            }
            let mut ended = episode.clone();
            ended.step(&self::action(ActionType::SubmitResolution, &task.outcomes.expected));
            let value = ended.score().expect("it was submitted").parts[1].value;
            prop_assert!(value >= last);
            last = value;
        }
    }
}

/// A log keeps the beginning of what is too long, and is played again.
#[test]
fn what_is_too_long_stays_so_when_its_kept_part_is_played_again() {
    let task = &tasks()[0];
    for (kind, limit) in [
        (ActionType::DraftReply, 16_384),
        (ActionType::SearchPolicy, 512),
        (ActionType::InspectArtifact, 64),
        (ActionType::SubmitResolution, 64),
    ] {
        let blanks = " ".repeat(limit + 9);
        for text in ["x".repeat(limit + 9), format!("{}{blanks}x", "x".repeat(limit)), format!("{blanks}x{blanks}")] {
            let mut first = start(task);
            let told = first.step(&action(kind, &text)).observation.last_action_error;
            let mut again = start(task);
            let kept = &first.history()[0].action;
            assert_eq!(again.step(kept).observation.last_action_error, told, "{kind:?} of {} bytes", text.len());
            assert!(kept.argument().expect("it has one").len() < limit + 9);
        }
    }
}
