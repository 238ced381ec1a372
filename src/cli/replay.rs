//! `support-ops replay`: play recorded episodes again.

use std::process::ExitCode;
use std::thread::available_parallelism;

use clap::Args;
use serde_json::{Value, json};

use crate::record::{Other, replay_all};

use super::log::{render_outcome, shorten};
use super::output::{self, FINDINGS, fail, print_line};
use super::packs::count;
use super::record::{Format, LogPath, Tasks, faults_as_json, open_log, tell_faults, worse};
use super::settings::parse_count;

/// How many differences are told one by one.
const MAX_TOLD: usize = 20;

/// Play recorded episodes again and compare every answer with the recorded one, byte for byte.
///
/// The packs must be those of then: `grade` is for others.
#[derive(Debug, Clone, Args)]
#[command(after_help = "Examples:
  support-ops replay episodes
  support-ops replay episodes/episodes-00000000000000000001.log --tasks my-tasks

Exit 1 where an answer differs, an episode cannot be played again, or some bytes are no good record.")]
pub(super) struct ReplayArgs {
    #[command(flatten)]
    log: LogPath,
    #[command(flatten)]
    tasks: Tasks,
    /// How many threads play [default: one for each core].
    #[arg(long, value_name = "N", value_parser = parse_count)]
    threads: Option<usize>,
    /// How to write the results.
    #[arg(long, default_value = "human")]
    format: Format,
}

pub(super) fn run(args: &ReplayArgs) -> ExitCode {
    if args.format == Format::Json {
        output::promise_documents();
    }
    replay(args).unwrap_or_else(|code| code)
}

fn replay(args: &ReplayArgs) -> Result<ExitCode, ExitCode> {
    let mut log = open_log(&args.log.log)?;
    let catalog = args.tasks.load()?;
    let threads = args.threads.unwrap_or_else(|| available_parallelism().map_or(1, usize::from));
    let tally = replay_all(&mut log, &catalog, threads).map_err(fail)?;
    let steps = usize::try_from(tally.steps).unwrap_or(usize::MAX);
    let episodes = usize::try_from(tally.episodes).unwrap_or(usize::MAX);
    match args.format {
        Format::Json => {
            let others: Vec<Value> = tally.others.iter().map(as_json).collect();
            print_line(json!({
                "version": 1,
                "episodes": episodes,
                "steps": steps,
                "same": tally.same,
                "others": others,
                "faults": faults_as_json(log.faults()),
            }));
        }
        Format::Human => {
            for other in tally.others.iter().take(MAX_TOLD) {
                let (task, id) = (shorten(&other.task_id), shorten(&other.episode_id));
                let what = render_outcome(&other.task_id, &other.outcome);
                print_line(format_args!("episode {} ({task}, {id}): {what}", other.number));
            }
            if tally.others.len() > MAX_TOLD {
                print_line(format_args!("and {} more", count(tally.others.len() - MAX_TOLD, "episode")));
            }
            let verdict = match tally.others.len() {
                0 if episodes == 0 => "there is nothing to play".to_owned(),
                0 => "every answer is the same".to_owned(),
                others => format!("{} the same, {others} not", tally.same),
            };
            print_line(format_args!("{}, {}: {verdict}", count(episodes, "episode"), count(steps, "step")));
        }
    }
    let code = if tally.others.is_empty() { ExitCode::SUCCESS } else { FINDINGS };
    Ok(worse(tell_faults(&log), code))
}

fn as_json(other: &Other) -> Value {
    json!({
        "number": other.number,
        "episode_id": other.episode_id,
        "task_id": other.task_id,
        "message": render_outcome(&other.task_id, &other.outcome),
    })
}
