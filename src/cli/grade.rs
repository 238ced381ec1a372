//! `support-ops grade`: grade recorded episodes by other packs. `support-ops diff`: which scores move, and why.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;
use serde_json::{Value, json};

use crate::record::{Change, Difference, Entry, compare, grade as grade_again};
use crate::task::Catalog;

use super::log::shorten;
use super::output::{self, FINDINGS, fail, print_line, say};
use super::packs::{count, load_catalog};
use super::record::{Format, LogPath, Tasks, open_log, tell_faults, worse};

/// How many episodes are told one by one.
const MAX_TOLD: usize = 50;

/// Grade recorded episodes again, by the packs as they are now.
///
/// The recorded actions are played on the tasks of the same ids. An episode that now ends earlier is over there; one that
/// now does not end is graded as it stands. Episodes that were given up or break off are left out.
#[derive(Debug, Clone, Args)]
#[command(after_help = "Examples:
  support-ops grade episodes --tasks my-tasks
  support-ops grade episodes --tasks my-tasks --format json")]
pub(super) struct GradeArgs {
    #[command(flatten)]
    log: LogPath,
    #[command(flatten)]
    tasks: Tasks,
    /// How to write the results.
    #[arg(long, default_value = "human")]
    format: Format,
}

/// Compare the scores of two logs, or of one log by two packs: what moved, by how much, because of which criterion.
///
/// Episodes belong together that have the same task and id; of what is left, those of the same task and seed, in order.
/// Exit 0, whatever moved.
#[derive(Debug, Clone, Args)]
#[command(after_help = "Examples:
  support-ops diff monday friday
  support-ops diff episodes episodes --tasks-b changed-tasks
  support-ops diff episodes episodes --tasks-a old-tasks --tasks-b new-tasks --format json

Without --tasks-a or --tasks-b that side's scores are those that were recorded.")]
pub(super) struct DiffArgs {
    /// The log before: a file, or a folder.
    #[arg(value_name = "A")]
    before: PathBuf,
    /// The log after; it may be the same.
    #[arg(value_name = "B")]
    after: PathBuf,
    /// The pack that A is graded by; repeatable.
    #[arg(long, value_name = "PATH")]
    tasks_a: Vec<PathBuf>,
    /// The pack that B is graded by; repeatable.
    #[arg(long, value_name = "PATH")]
    tasks_b: Vec<PathBuf>,
    /// How to write the results.
    #[arg(long, default_value = "human")]
    format: Format,
}

/// The graded episodes of a log.
struct Graded {
    recorded: Vec<Entry>,
    /// By other packs, in the same order; equal to `recorded` where there are none.
    now: Vec<Entry>,
    /// How many episodes have not ended or are not whole.
    unfinished: usize,
    /// How many are of tasks that the packs do not hold.
    unknown: usize,
    code: ExitCode,
}

pub(super) fn run_grade(args: &GradeArgs) -> ExitCode {
    if args.format == Format::Json {
        output::promise_documents();
    }
    let graded = args.tasks.load().and_then(|catalog| read(&args.log.log, Some(&catalog)));
    let graded = match graded {
        Ok(graded) => graded,
        Err(code) => return code,
    };
    let difference = compare(&graded.recorded, &graded.now);
    match args.format {
        Format::Human => {
            print_changes(&difference);
            print_line(summary(&difference));
        }
        Format::Json => {
            let episodes: Vec<Value> = graded
                .now
                .iter()
                .zip(&graded.recorded)
                .map(|(now, then)| {
                    json!({
                        "episode_id": now.episode_id,
                        "task_id": now.task_id,
                        "seed": now.seed,
                        "recorded": then.score,
                        "score": now.score,
                    })
                })
                .collect();
            let mut document = as_json(&difference);
            document["episodes"] = episodes.into();
            document["unfinished"] = graded.unfinished.into();
            document["unknown"] = graded.unknown.into();
            print_line(document);
        }
    }
    tell_left_out(&graded);
    worse(graded.code, if graded.unknown > 0 { FINDINGS } else { ExitCode::SUCCESS })
}

pub(super) fn run_diff(args: &DiffArgs) -> ExitCode {
    if args.format == Format::Json {
        output::promise_documents();
    }
    diff(args).unwrap_or_else(|code| code)
}

fn diff(args: &DiffArgs) -> Result<ExitCode, ExitCode> {
    let packs = |paths: &[PathBuf]| if paths.is_empty() { Ok(None) } else { load_catalog(paths).map(Some) };
    let before = read(&args.before, packs(&args.tasks_a)?.as_ref())?;
    let after = read(&args.after, packs(&args.tasks_b)?.as_ref())?;
    let difference = compare(&before.now, &after.now);
    match args.format {
        Format::Human => {
            print_tasks(&difference);
            print_changes(&difference);
            print_line(summary(&difference));
        }
        Format::Json => print_line(as_json(&difference)),
    }
    tell_left_out(&before);
    tell_left_out(&after);
    Ok(worse(before.code, after.code))
}

fn read(path: &Path, catalog: Option<&Catalog>) -> Result<Graded, ExitCode> {
    let mut log = open_log(path)?;
    let mut graded =
        Graded { recorded: Vec::new(), now: Vec::new(), unfinished: 0, unknown: 0, code: ExitCode::SUCCESS };
    for episode in log.by_ref() {
        let episode = episode.map_err(fail)?;
        let Some(score) = episode.score().filter(|_| !episode.has_gap) else {
            graded.unfinished += 1;
            continue;
        };
        let entry = |score| Entry {
            episode_id: episode.begin.episode_id.clone(),
            task_id: episode.begin.task_id.clone(),
            seed: episode.begin.seed,
            score,
        };
        let now = match catalog {
            None => score.clone(),
            Some(catalog) => match grade_again(&episode, catalog) {
                Some(grade) => grade.score,
                None => {
                    graded.unknown += 1;
                    continue;
                }
            },
        };
        graded.recorded.push(entry(score.clone()));
        graded.now.push(entry(now));
    }
    graded.code = tell_faults(&log);
    Ok(graded)
}

fn tell_left_out(graded: &Graded) {
    if graded.unfinished > 0 {
        say(format_args!("note: {} without an end, left out", count(graded.unfinished, "episode")));
    }
    if graded.unknown > 0 {
        say(format_args!(
            "warning: {} of tasks that the packs do not hold, left out",
            count(graded.unknown, "episode")
        ));
    }
}

fn print_tasks(difference: &Difference) {
    for (task, (episodes, before, after)) in &difference.tasks {
        let by = after - before;
        let moved = if by == 0.0 { "stays".to_owned() } else { format!("{by:+.4}") };
        let task = shorten(task);
        print_line(format_args!("{task}: {before:.4} -> {after:.4}, {moved} ({})", count(*episodes, "episode")));
    }
}

fn print_changes(difference: &Difference) {
    for change in difference.changes.iter().take(MAX_TOLD) {
        print_line(render_change(change));
    }
    if difference.changes.len() > MAX_TOLD {
        print_line(format_args!("  and {} more", count(difference.changes.len() - MAX_TOLD, "episode")));
    }
}

fn render_change(change: &Change) -> String {
    let (before, after) = change.scores;
    let id = match &change.episode_ids {
        (a, b) if a == b => shorten(a),
        (a, b) => format!("{} / {}", shorten(a), shorten(b)),
    };
    let mut text = format!("  {} {id}: {before:.4} -> {after:.4} ({:+.4})", shorten(&change.task_id), after - before);
    for (criterion, by) in &change.parts {
        text.push_str(&format!(", {} {by:+.4}", criterion.as_str()));
    }
    let name = |id: &Option<String>| id.as_deref().map_or("nothing".to_owned(), |id| format!("`{}`", shorten(id)));
    if let Some((before, after)) = &change.zeroed {
        text.push_str(&format!(", zeroed by {} instead of {}", name(after), name(before)));
    }
    match change.passed {
        (false, true) => text.push_str(", now passes"),
        (true, false) => text.push_str(", passes no more"),
        _ => {}
    }
    text
}

fn summary(difference: &Difference) -> String {
    let (before, after) = difference.means();
    let mut text = format!("{} compared", count(difference.compared, "episode"));
    if difference.compared > 0 {
        text.push_str(&format!(", {} moved; mean score {before:.4} -> {after:.4}", difference.changes.len()));
    }
    if difference.only != (0, 0) {
        text.push_str(&format!("; {} only before, {} only after", difference.only.0, difference.only.1));
    }
    text
}

fn as_json(difference: &Difference) -> Value {
    let (before, after) = difference.means();
    let tasks: Vec<Value> = difference
        .tasks
        .iter()
        .map(|(id, (episodes, before, after))| {
            json!({ "task_id": id, "episodes": episodes, "before": before, "after": after })
        })
        .collect();
    let changes: Vec<Value> = difference.changes.iter().map(change_as_json).collect();
    json!({
        "version": 1,
        "compared": difference.compared,
        "only_before": difference.only.0,
        "only_after": difference.only.1,
        "mean": { "before": before, "after": after },
        "tasks": tasks,
        "changes": changes,
    })
}

fn change_as_json(change: &Change) -> Value {
    let parts: Vec<Value> =
        change.parts.iter().map(|(criterion, by)| json!({ "criterion": criterion, "by": by })).collect();
    json!({
        "task_id": change.task_id,
        "episode_id": change.episode_ids.0,
        "other_episode_id": change.episode_ids.1,
        "seed": change.seed,
        "before": change.scores.0,
        "after": change.scores.1,
        "passed": { "before": change.passed.0, "after": change.passed.1 },
        "parts": parts,
        "zeroed_by": change.zeroed.as_ref().map(|(before, after)| json!({ "before": before, "after": after })),
    })
}
