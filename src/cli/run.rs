//! `support-ops run`: play episodes in process, without a server.

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use clap::Args;
use serde_json::json;

use crate::agent::{Agent, Nop, Oracle, Random, Script};
use crate::episode::Episode;
use crate::protocol::{Difficulty, ScoreReport, StepResult, ToolUseAction};
use crate::record::{Recorder, Unrecorded};
use crate::task::{Catalog, Split, Task};

use super::output::{self, fail};
use super::packs::{PackPaths, load_catalog};
use super::record::{DurableArg, open_recorder};

/// Characters of a text shown on a line.
const MAX_SHOWN: usize = 100;

/// Play episodes in process, without a server.
#[derive(Debug, Clone, Args)]
#[command(after_help = "A script holds one action a line, as JSON, such as
  {\"action_type\": \"inspect_artifact\", \"artifact_id\": \"order\"}
What `play --record`, the playground and `run --json` write will do, too; it is played with its own task and seed.

Examples:
  support-ops run --agent oracle
  support-ops run --agent random --seed 7 --difficulty hard
  support-ops run --agent random --seed 7 --record episodes
  support-ops run --agent script:actions.jsonl --task my-task --json")]
pub(super) struct RunArgs {
    /// Who plays: oracle, nop, random or script:FILE.
    #[arg(long, value_name = "AGENT", value_parser = parse_agent)]
    agent: AgentName,
    #[command(flatten)]
    packs: PackPaths,
    /// Only this task; repeatable.
    #[arg(long = "task", value_name = "ID")]
    ids: Vec<String>,
    /// Only tasks of this split: train, validation or test.
    #[arg(long)]
    split: Option<String>,
    /// Only tasks of this difficulty: easy, medium or hard.
    #[arg(long)]
    difficulty: Option<String>,
    /// The seed of the random agent, echoed in every episode.
    #[arg(long, value_parser = clap::value_parser!(u64).range(..=i64::MAX as u64))]
    seed: Option<u64>,
    /// Record every episode into this folder; `support-ops log`, `replay` and `grade` read it.
    #[arg(long, value_name = "DIR")]
    record: Option<PathBuf>,
    /// With --record: what a step waits for before the next is taken.
    #[arg(long, value_name = "WHEN", default_value = "episode", requires = "record")]
    durable: DurableArg,
    /// Write JSON lines: the reset, each step, the end.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Clone)]
enum AgentName {
    Oracle,
    Nop,
    Random,
    Script(PathBuf),
}

fn parse_agent(text: &str) -> Result<AgentName, String> {
    match text {
        "oracle" => Ok(AgentName::Oracle),
        "nop" => Ok(AgentName::Nop),
        "random" => Ok(AgentName::Random),
        _ => match text.strip_prefix("script:") {
            Some(file) if !file.is_empty() => Ok(AgentName::Script(file.into())),
            _ => Err("an agent is `oracle`, `nop`, `random` or `script:FILE`".to_owned()),
        },
    }
}

pub(super) fn run(args: &RunArgs) -> ExitCode {
    if args.json {
        output::promise_documents();
    }
    let catalog = match load_catalog(&args.packs.all()) {
        Ok(catalog) => catalog,
        Err(code) => return code,
    };
    let mut args = args.clone();
    let script = match &args.agent {
        AgentName::Script(file) => {
            let text = match std::fs::read_to_string(file) {
                Ok(text) => text,
                Err(error) => return fail(format_args!("cannot read {}: {error}", file.display())),
            };
            match Script::parse(&text) {
                Ok(script) => Some(script),
                Err(error) => return fail(format_args!("{}: {error}", file.display())),
            }
        }
        _ => None,
    };
    if let Some(script) = &script {
        if args.ids.is_empty() && args.split.is_none() && args.difficulty.is_none() {
            args.ids.extend(script.task_id.clone());
        }
        args.seed = args.seed.or(script.seed);
    }
    let args = &args;
    let tasks = match chosen(&catalog, args) {
        Ok(tasks) => tasks,
        Err(message) => return fail(message),
    };
    let recorder = match args.record.as_ref().map(|folder| open_recorder(folder, args.durable.into())).transpose() {
        Ok(recorder) => recorder,
        Err(code) => return code,
    };
    let mut total = 0.0;
    let mut passed = 0;
    let played = tasks.len();
    for (number, task) in tasks.into_iter().enumerate() {
        let mut agent: Box<dyn Agent> = match &args.agent {
            AgentName::Oracle => Box::new(Oracle::default()),
            AgentName::Nop => Box::new(Nop),
            // Each task has draws of its own, whichever others are played beside it.
            AgentName::Random => Box::new(Random::of_attempt(&task.id, args.seed, 0)),
            AgentName::Script(_) => Box::new(script.clone().expect("it was read above")),
        };
        let score = match play(task, agent.as_mut(), number, args, recorder.as_ref()) {
            Ok(score) => score,
            Err(error) => return fail(error),
        };
        total += score.as_ref().map_or(0.0, |score| score.score);
        passed += usize::from(score.is_some_and(|score| score.passed));
    }
    if let Some(Err(error)) = recorder.map(|recorder| recorder.close()) {
        return fail(error);
    }
    if !args.json {
        output::print_line(format_args!("{played} played, {passed} passed, mean score {:.4}", total / played as f64));
    }
    ExitCode::SUCCESS
}

/// The tasks that the arguments leave, in the fixed order.
fn chosen(catalog: &Catalog, args: &RunArgs) -> Result<Vec<Arc<Task>>, String> {
    for id in &args.ids {
        let request = crate::protocol::ResetRequest { task_id: Some(id.clone()), ..Default::default() };
        catalog.select(&request, &mut 0).map_err(|error| error.message)?;
    }
    let named = |what: &str, name: &Option<String>, known: Vec<&str>| match name {
        Some(name) if !known.contains(&name.as_str()) => {
            Err(format!("unknown {what} `{name}`; it is one of {}", known.join(", ")))
        }
        _ => Ok(()),
    };
    named("split", &args.split, Split::ALL.map(Split::as_str).to_vec())?;
    named("difficulty", &args.difficulty, Difficulty::ALL.map(Difficulty::as_str).to_vec())?;
    let wanted = |task: &&Arc<Task>| {
        (args.ids.is_empty() || args.ids.iter().any(|id| **id == *task.id))
            && args.split.as_deref().is_none_or(|split| split == task.split.as_str())
            && args.difficulty.as_deref().is_none_or(|level| level == task.difficulty.as_str())
    };
    let tasks: Vec<Arc<Task>> = catalog.tasks().iter().filter(wanted).cloned().collect();
    if tasks.is_empty() { Err("no task is left to play".to_owned()) } else { Ok(tasks) }
}

/// Plays one episode to its end, or until the agent gives up.
fn play(
    task: Arc<Task>,
    agent: &mut dyn Agent,
    number: usize,
    args: &RunArgs,
    recorder: Option<&Arc<Recorder>>,
) -> Result<Option<Arc<ScoreReport>>, Unrecorded> {
    let id = format!("episode-{}", number + 1);
    let mut episode = Episode::start(task.clone(), id.into(), args.seed);
    let mut recording = recorder.map(|recorder| recorder.begin(&episode).0);
    let mut last = episode.observe();
    if args.json {
        print_json("reset", None, &last);
    } else {
        print_head(&task);
    }
    let mut step = 0;
    while !last.done {
        let Some(action) = agent.act(&task, &last) else { break };
        last = episode.step(&action);
        if let Some(receipt) = recording.as_mut().and_then(|recording| recording.step(&episode, &last)) {
            receipt.wait()?;
        }
        step += 1;
        if args.json {
            print_json("step", Some(&action), &last);
        } else if matches!(args.agent, AgentName::Nop) {
            // Its actions are refused on purpose: told one by one they would look like faults.
        } else {
            print_step(step, &action, &last);
        }
    }
    if matches!(args.agent, AgentName::Nop) && !args.json {
        output::print_line(format_args!("  {step} steps, each spent on an action that does nothing"));
    }
    let score = episode.score().cloned();
    match (&score, args.json) {
        (Some(score), false) => print_score(score),
        (None, false) => output::print_line("  the agent gave up before the end: no score\n"),
        (score, true) => output::print_line(json!({ "event": "end", "task_id": &*task.id, "score": score })),
    }
    Ok(score)
}

fn print_json(event: &str, action: Option<&ToolUseAction>, result: &StepResult) {
    output::print_line(json!({
        "event": event,
        "task_id": &*result.observation.task_id,
        "action": action,
        "observation": &result.observation,
        "reward": result.reward,
        "done": result.done,
    }));
}

fn print_head(task: &Task) {
    output::print_line(format_args!("{} ({}): {}", task.id, task.difficulty.as_str(), task.objective));
}

fn print_step(step: usize, action: &ToolUseAction, result: &StepResult) {
    let argument = action.argument().map(shorten).unwrap_or_default();
    let reward = result.reward.unwrap_or_default();
    let line = format!("  {step:>3}  {:<17} {argument}", action.action_type.as_str());
    output::print_line(line.trim_end());
    let observation = &result.observation;
    if let Some(error) = &observation.last_action_error {
        output::print_line(format_args!("       error: {}", shorten(error)));
    }
    let score = observation.current_score.map_or("hidden".to_owned(), |score| format!("{score:.4}"));
    let evidence = observation.collected_evidence.len();
    output::print_line(format_args!("       reward {reward:.4}, score {score}, evidence {evidence}"));
}

fn print_score(score: &ScoreReport) {
    let passed = if score.passed { "passed" } else { "not passed" };
    output::print_line(format_args!("  score {:.4}, {passed}", score.score));
    if let Some(zeroed) = &score.zeroed_by {
        output::print_line(format_args!("  zeroed by `{}`", zeroed.id));
    }
    for part in &score.parts {
        let name = part.criterion.as_str();
        let reason = part.reason.as_deref().unwrap_or_default();
        output::print_line(format_args!("    {name:<11}{:.4} of {:.4}  {reason}", part.points, part.weight));
    }
    output::print_line("");
}

/// A text on one line, cut where it is long.
fn shorten(text: &str) -> String {
    let line: String = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let line: String = line.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect();
    if line.chars().count() <= MAX_SHOWN { line } else { line.chars().take(MAX_SHOWN).chain(['…']).collect() }
}
