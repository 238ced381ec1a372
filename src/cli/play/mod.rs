//! `support-ops play`: be the agent, in a terminal.

mod command;
mod prompt;
mod show;

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use clap::Args;

use crate::episode::Episode;
use crate::protocol::{ActionType, MAX_MESSAGE_BYTES, ResetRequest, ToolUseAction};
use crate::task::{Catalog, Task};

use super::output::{fail, print_line, say};
use super::packs::load_catalog;
use command::{Choices, Command, parse_command};
use prompt::Prompt;
use show::{render_case, render_end, render_help, render_step, render_tasks};

/// Play a task in the terminal: be the agent, and see why the score is what it is.
#[derive(Debug, Args)]
#[command(after_help = "Commands may be cut short: `i 2` opens the second record. Tab completes, `?` shows them all.
Commands can also come from a file or a pipe, one a line.

Examples:
  support-ops play
  support-ops play my-task --tasks my-pack
  support-ops play my-task --record actions.jsonl
  support-ops run --agent script:actions.jsonl --task my-task")]
pub(super) struct PlayArgs {
    /// The task to play [default: chosen from a list].
    task: Option<String>,
    /// A pack, a folder of packs, or a task's file; repeatable [default: ./tasks where it is a pack, else the built-in one].
    #[arg(long, value_name = "PATH")]
    tasks: Vec<PathBuf>,
    /// The seed of the episode, echoed in it.
    #[arg(long, value_parser = clap::value_parser!(u64).range(..=i64::MAX as u64))]
    seed: Option<u64>,
    /// Write the actions to this file, for `run --agent script:FILE` and the playground.
    #[arg(long, value_name = "FILE")]
    record: Option<PathBuf>,
}

/// Why playing stops before an episode's end.
enum Stop {
    /// The player has had enough, or there is no more input.
    Quit,
    /// The recording cannot be written.
    Failed(String),
}

pub(super) fn run(args: &PlayArgs) -> ExitCode {
    let catalog = match load_catalog(&args.tasks) {
        Ok(catalog) => catalog,
        Err(code) => return code,
    };
    let mut prompt = Prompt::open();
    let task = match &args.task {
        Some(id) => {
            let request = ResetRequest { task_id: Some(id.clone()), ..ResetRequest::default() };
            match catalog.select(&request, &mut 0) {
                Ok(task) => task.clone(),
                Err(error) => return fail(error.message),
            }
        }
        None => match choose_task(&catalog, &mut prompt) {
            Some(task) => task,
            None => return ExitCode::SUCCESS,
        },
    };
    match play(&task, args, &mut prompt) {
        Ok(()) => ExitCode::SUCCESS,
        Err(Stop::Quit) => {
            say("the episode has not ended: there is no score");
            ExitCode::SUCCESS
        }
        Err(Stop::Failed(why)) => fail(why),
    }
}

/// The task that the player wants; `None` where they want none.
fn choose_task(catalog: &Catalog, prompt: &mut Prompt) -> Option<Arc<Task>> {
    let tasks = catalog.tasks();
    print_line(render_tasks(tasks).trim_end());
    loop {
        let line = prompt.read("task, by number or id: ")?;
        let typed = line.trim();
        if matches!(typed, "q" | "quit") {
            return None;
        }
        let by_number = typed.parse::<usize>().ok().and_then(|number| tasks.get(number.checked_sub(1)?));
        let mut near = tasks.iter().filter(|task| !typed.is_empty() && task.id.starts_with(typed));
        let by_id = tasks.iter().find(|task| *task.id == *typed);
        match (by_number.or(by_id), near.next(), near.next()) {
            (Some(task), ..) | (None, Some(task), None) => return Some(task.clone()),
            _ => print_line(format_args!("Type a number from 1 to {}, the start of an id, or q to quit.", tasks.len())),
        }
    }
}

/// Plays one episode to its end.
fn play(task: &Arc<Task>, args: &PlayArgs, prompt: &mut Prompt) -> Result<(), Stop> {
    let mut record = args.record.as_ref().map(Record::create).transpose()?;
    let choices =
        Choices { records: task.artifacts.ids().map(str::to_owned).collect(), codes: task.resolution_codes.to_vec() };
    prompt.offer(&choices);
    let mut episode = Episode::start(task.clone(), "play".into(), args.seed);
    let mut last = episode.observe();
    print_line(render_case(task, &last.observation).trim_end());
    print_line("\nType ? for the commands.");
    while !last.done {
        let ask = format!("{} left> ", last.observation.remaining_steps);
        let line = prompt.read(&ask).ok_or(Stop::Quit)?;
        if line.trim().is_empty() || line.trim_start().starts_with('#') {
            continue;
        }
        let action = match parse_command(&line, &choices) {
            Ok(Command::Act(action)) => action,
            Ok(Command::Write) => match read_draft(prompt) {
                Some(text) => ToolUseAction::new(ActionType::DraftReply, Some(text)),
                None => return Err(Stop::Quit),
            },
            Ok(Command::Case) => {
                print_line(render_case(task, &last.observation).trim_end());
                continue;
            }
            Ok(Command::Help) => {
                print_line(render_help(&choices).trim_end());
                continue;
            }
            Ok(Command::Quit) => return Err(Stop::Quit),
            Err(why) => {
                print_line(show::plain(&why));
                continue;
            }
        };
        if let Some(record) = &mut record {
            record.add(&action)?;
        }
        last = episode.step(&action);
        print_line(render_step(&last).trim_end());
    }
    print_line(render_end(&episode).trim_end());
    Ok(())
}

/// The lines up to one with only a dot.
fn read_draft(prompt: &mut Prompt) -> Option<String> {
    let mut text = String::new();
    loop {
        let line = prompt.read("reply> ")?;
        if line.trim_end() == "." {
            return Some(text.trim_end().to_owned());
        }
        // More than the longest draft makes no difference to the engine, which refuses it.
        if text.len() <= MAX_MESSAGE_BYTES {
            text.push_str(&line);
            text.push('\n');
        }
    }
}

/// A file of actions.
struct Record {
    path: PathBuf,
    file: BufWriter<File>,
}

impl Record {
    fn create(path: &PathBuf) -> Result<Record, Stop> {
        match File::create_new(path) {
            Ok(file) => Ok(Record { path: path.clone(), file: BufWriter::new(file) }),
            Err(error) => Err(Stop::Failed(format!("cannot write {}: {error}", path.display()))),
        }
    }

    /// Written at once, so that an episode that is left half played is there, too.
    fn add(&mut self, action: &ToolUseAction) -> Result<(), Stop> {
        let line = serde_json::to_string(action).expect("actions are plain JSON");
        let written = writeln!(self.file, "{line}").and_then(|()| self.file.flush());
        written.map_err(|error| Stop::Failed(format!("cannot write {}: {error}", self.path.display())))
    }
}
