//! `support-ops log`: what a log holds.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Subcommand};
use serde_json::{Value, json};

use crate::diag::{guard_json, visible};
use crate::record::{RecordedEpisode, Replayed, rows};
use crate::server::Stamp;

use super::output::{self, FINDINGS, fail, print_line, say};
use super::packs::count;
use super::record::{Format, LogPath, Tasks, faults_as_json, open_log, tell_faults, worse};

/// Characters of a text shown on a line.
const MAX_SHOWN: usize = 100;

/// Show or export a log of recorded episodes.
#[derive(Debug, Clone, Args)]
#[command(after_help = "Examples:
  support-ops log ls episodes
  support-ops log show episodes --episode episode-1
  support-ops log export episodes --out steps.jsonl

A file of the log and the folder that it lies in are both read. Exit 1 where some bytes are no good record.")]
pub(super) struct LogArgs {
    #[command(subcommand)]
    command: LogCommand,
}

#[derive(Debug, Clone, Subcommand)]
enum LogCommand {
    Ls(LsArgs),
    Show(ShowArgs),
    Export(ExportArgs),
}

/// List the episodes.
#[derive(Debug, Clone, Args)]
#[command(after_help = "Examples:
  support-ops log ls episodes
  support-ops log ls episodes --format json")]
struct LsArgs {
    #[command(flatten)]
    log: LogPath,
    /// How to write the results.
    #[arg(long, default_value = "human")]
    format: Format,
}

/// Show what was done in each episode.
#[derive(Debug, Clone, Args)]
#[command(after_help = "Examples:
  support-ops log show episodes
  support-ops log show episodes --episode 17")]
struct ShowArgs {
    #[command(flatten)]
    log: LogPath,
    /// Only the episodes with this id, or the one with this number.
    #[arg(long, value_name = "ID")]
    episode: Option<String>,
}

/// Write one row a step, as JSON lines: what a model was asked, and what it answered.
///
/// Observations are not in the log: they are computed again, for which the packs must be those of then.
#[derive(Debug, Clone, Args)]
#[command(after_help = "Examples:
  support-ops log export episodes --out steps.jsonl
  support-ops log export episodes --tasks my-tasks | head -1")]
struct ExportArgs {
    #[command(flatten)]
    log: LogPath,
    #[command(flatten)]
    tasks: Tasks,
    /// The file to write [default: stdout].
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

pub(super) fn run(args: &LogArgs) -> ExitCode {
    let outcome = match &args.command {
        LogCommand::Ls(args) => ls(args),
        LogCommand::Show(args) => show(args),
        LogCommand::Export(args) => export(args),
    };
    outcome.unwrap_or_else(|code| code)
}

fn ls(args: &LsArgs) -> Result<ExitCode, ExitCode> {
    if args.format == Format::Json {
        output::promise_documents();
    }
    let mut log = open_log(&args.log.log)?;
    let mut episodes: Vec<Value> = Vec::new();
    let (mut total, mut finished, mut steps) = (0, 0, 0);
    for episode in log.by_ref() {
        let episode = episode.map_err(fail)?;
        total += 1;
        finished += usize::from(episode.score().is_some());
        steps += episode.steps.len();
        match args.format {
            Format::Human => {
                if total == 1 {
                    print_line(heads());
                }
                print_line(render_head(&episode));
            }
            Format::Json => episodes.push(as_json(&episode)),
        }
    }
    match args.format {
        Format::Json => {
            print_line(json!({ "version": 1, "episodes": episodes, "faults": faults_as_json(log.faults()) }));
        }
        Format::Human => {
            print_line(format_args!("{}, {finished} finished, {}", count(total, "episode"), count(steps, "step")));
        }
    }
    Ok(tell_faults(&log))
}

fn show(args: &ShowArgs) -> Result<ExitCode, ExitCode> {
    let mut log = open_log(&args.log.log)?;
    let mut shown = 0;
    for episode in log.by_ref() {
        let episode = episode.map_err(fail)?;
        let named = |name: &String| *name == episode.begin.episode_id || name.parse() == Ok(episode.number);
        if !args.episode.as_ref().is_none_or(named) {
            continue;
        }
        shown += 1;
        print_line(heads());
        print_line(render_head(&episode));
        print_line("  step  action             reward  what");
        for step in &episode.steps {
            let argument = step.action.argument().map(shorten).unwrap_or_default();
            let line =
                format!("  {:>4}  {:<17}  {:.4}  {argument}", step.step, step.action.action_type.as_str(), step.reward);
            print_line(line.trim_end());
        }
        for part in episode.score().map(|score| &*score.parts).unwrap_or_default() {
            let reason = part.reason.as_deref().map(shorten).unwrap_or_default();
            let name = part.criterion.as_str();
            print_line(format_args!("       {name:<11}{:.4} of {:.4}  {reason}", part.points, part.weight));
        }
    }
    let code = tell_faults(&log);
    match &args.episode {
        Some(name) if shown == 0 => Err(fail(format_args!("the log holds no episode `{name}`; `log ls` lists them"))),
        _ => Ok(code),
    }
}

fn export(args: &ExportArgs) -> Result<ExitCode, ExitCode> {
    let mut log = open_log(&args.log.log)?;
    let catalog = args.tasks.load()?;
    let cannot = |error: io::Error| {
        let name = args.out.as_ref().map_or("stdout".into(), |path| path.display().to_string());
        fail(format_args!("cannot write {name}: {error}"))
    };
    let mut out: Box<dyn Write> = match &args.out {
        Some(path) => Box::new(BufWriter::new(File::create(path).map_err(cannot)?)),
        None => Box::new(BufWriter::new(io::stdout().lock())),
    };
    let (mut written, mut left_out) = (0_usize, 0_usize);
    for episode in log.by_ref() {
        let episode = episode.map_err(fail)?;
        match rows(&episode, &catalog) {
            Ok(rows) => {
                for row in rows {
                    let line = guard_json(serde_json::to_string(&row).expect("rows are plain JSON"));
                    match writeln!(out, "{line}") {
                        Ok(()) => written += 1,
                        // Whoever reads may stop reading.
                        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => return Ok(ExitCode::SUCCESS),
                        Err(error) => return Err(cannot(error)),
                    }
                }
            }
            Err(why) => {
                left_out += 1;
                if left_out <= 10 {
                    say(format_args!("warning: episode {} is left out: {}", episode.number, why_not(&episode, &why)));
                }
            }
        }
    }
    match out.flush() {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => return Err(cannot(error)),
        _ => {}
    }
    let left = if left_out > 0 { format!(", {} left out", count(left_out, "episode")) } else { String::new() };
    say(format_args!("support-ops: {} written{left}", count(written, "row")));
    Ok(worse(tell_faults(&log), if left_out > 0 { FINDINGS } else { ExitCode::SUCCESS }))
}

/// Why an episode could not be played again, or how it differs.
pub(super) fn why_not(episode: &RecordedEpisode, outcome: &Replayed) -> String {
    render_outcome(&episode.begin.task_id, outcome)
}

/// The same, of an episode of this task.
pub(super) fn render_outcome(task_id: &str, outcome: &Replayed) -> String {
    match outcome {
        Replayed::Same => "it is the same".to_owned(),
        Replayed::Differs(mismatch) => mismatch.to_string(),
        Replayed::UnknownTask => format!("the packs hold no task `{}`; name others with --tasks", shorten(task_id)),
        Replayed::OtherPack(digest) => format!(
            "it was recorded of another state of its pack; the loaded one is {digest} (`grade` grades it by that)"
        ),
        Replayed::HasGap => "records of it are missing".to_owned(),
    }
}

/// What stands in a line of [`render_head`].
fn heads() -> String {
    render_row(["number", "begun", "steps", "score", "end", "task", "episode"])
}

fn render_head(episode: &RecordedEpisode) -> String {
    let RecordedEpisode { number, begin, steps, .. } = episode;
    let seed = begin.seed.map_or(String::new(), |seed| format!(", seed {seed}"));
    let (score, end) = match (&episode.end, episode.score()) {
        (_, Some(score)) => (format!("{:.4}", score.score), if score.passed { "passed" } else { "not passed" }),
        (Some(end), None) => ("-".to_owned(), end.reason.as_str()),
        (None, _) => ("-".to_owned(), "breaks off"),
    };
    let gap = if episode.has_gap { ", records missing" } else { "" };
    let (task, id) = (shorten(&begin.task_id), shorten(&begin.episode_id));
    let begun = format!("{:.0}", Stamp::of_millis(begin.at));
    let (number, steps) = (number.to_string(), steps.len().to_string());
    render_row([&number, &begun, &steps, &score, end, &task, &format!("{id}{seed}{gap}")])
}

/// As wide as most logs need, since the rows are written as they are read.
fn render_row([number, begun, steps, score, end, task, episode]: [&str; 7]) -> String {
    format!("{number:>8}  {begun:<20}  {steps:>5}  {score:>6}  {end:<10}  {task:<24}  {episode}")
}

fn as_json(episode: &RecordedEpisode) -> Value {
    let begin = &episode.begin;
    json!({
        "number": episode.number,
        "episode_id": begin.episode_id,
        "task_id": begin.task_id,
        "pack_digest": begin.pack_digest,
        "seed": begin.seed,
        "begun_at": format!("{:.0}", Stamp::of_millis(begin.at)),
        "steps": episode.steps.len(),
        "end": episode.end.as_ref().map(|end| end.reason.as_str()),
        "score": episode.score(),
        "has_gap": episode.has_gap,
    })
}

/// A text on one line, cut where it is long, at a blank where one is near. Logs hold other people's words: nothing in
/// them steers a terminal.
pub(super) fn shorten(text: &str) -> String {
    let line: String = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let line: Vec<char> = line.chars().map(visible).collect();
    if line.len() <= MAX_SHOWN {
        return line.into_iter().collect();
    }
    let end = (MAX_SHOWN / 2..=MAX_SHOWN).rev().find(|at| line[*at] == ' ').unwrap_or(MAX_SHOWN);
    line[..end].iter().chain(&['…']).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_texts_are_cut_at_a_blank() {
        let check = |text: &str, expect: &str| assert_eq!(shorten(text), expect);
        check("two\n words", "two words");
        let (long, short) = ("é".repeat(MAX_SHOWN), "é".repeat(60));
        check(&long, &long);
        check(&format!("{long}é"), &format!("{long}…"));
        check(&format!("{long} and more"), &format!("{long}…"));
        check(&format!("{short} {short}"), &format!("{short}…"));
        check(&format!("a {long}"), &format!("a {}…", "é".repeat(MAX_SHOWN - 2)));
    }
}
