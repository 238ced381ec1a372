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
use serde_json::json;

use crate::episode::Episode;
use crate::protocol::{ActionType, MAX_MESSAGE_BYTES, ResetRequest, ToolUseAction};
use crate::record::{Durable, Recorder};
use crate::task::{Catalog, Task};

use super::output::{fail, print_line, say};
use super::packs::load_catalog;
use super::record::open_recorder;
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
  support-ops play my-task --record episode.jsonl
  support-ops run --agent script:episode.jsonl")]
pub(super) struct PlayArgs {
    /// The task to play [default: chosen from a list].
    task: Option<String>,
    /// A pack, a folder of packs, or a task's file; repeatable [default: ./tasks where it is a pack, else the built-in one].
    #[arg(long, value_name = "PATH")]
    tasks: Vec<PathBuf>,
    /// The seed of the episode, echoed in it.
    #[arg(long, value_parser = clap::value_parser!(u64).range(..=i64::MAX as u64))]
    seed: Option<u64>,
    /// Write the task, the seed and the actions to this file, for `run --agent script:FILE` and the playground.
    #[arg(long, value_name = "FILE")]
    record: Option<PathBuf>,
    /// Append every episode to the log in this folder; `support-ops log`, `replay` and `grade` read it.
    #[arg(long, value_name = "DIR")]
    log: Option<PathBuf>,
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
    let recorder = match args.log.as_ref().map(|folder| open_recorder(folder, Durable::Episode)).transpose() {
        Ok(recorder) => recorder,
        Err(code) => return code,
    };
    let mut prompt = Prompt::open();
    let task = match &args.task {
        Some(id) => {
            let request = ResetRequest { task_id: Some(id.clone()), ..ResetRequest::default() };
            match catalog.select(&request, &mut 0) {
                Ok(task) => Some(task.clone()),
                Err(error) => return fail(error.message),
            }
        }
        None => choose_task(&catalog, &mut prompt),
    };
    let mut next = task;
    while let Some(task) = next {
        match play(&task, args, recorder.as_ref(), &mut prompt) {
            Ok(()) => {}
            Err(Stop::Quit) => {
                say("the episode has not ended: there is no score");
                break;
            }
            Err(Stop::Failed(why)) => return fail(why),
        }
        // A recording is one episode.
        next = if args.record.is_none() { choose_next(task, &catalog, &mut prompt) } else { None };
    }
    match recorder.map(|recorder| recorder.close()) {
        Some(Err(error)) => fail(error),
        _ => ExitCode::SUCCESS,
    }
}

/// The task that the player wants; `None` where they want none.
fn choose_task(catalog: &Catalog, prompt: &mut Prompt) -> Option<Arc<Task>> {
    let tasks = catalog.tasks();
    print_line(render_tasks(tasks).trim_end());
    loop {
        let line = prompt.read("task, by number or name: ")?;
        let typed = line.trim();
        if matches!(typed, "q" | "quit") {
            return None;
        }
        match find_task(typed, tasks) {
            Ok(task) => return Some(task.clone()),
            Err(0) => {
                print_line(format_args!("Type a number from 1 to {}, a part of a name, or q to quit.", tasks.len()))
            }
            Err(several) => print_line(format_args!("That is in the names of {several} tasks; type more of it.")),
        }
    }
}

/// The task with this number or id, else the only one whose id begins so, else the only one whose id or title has it;
/// or how many have.
fn find_task<'a>(typed: &str, tasks: &'a [Arc<Task>]) -> Result<&'a Arc<Task>, usize> {
    let by_number = typed.parse::<usize>().ok().and_then(|number| tasks.get(number.checked_sub(1)?));
    if let Some(task) = by_number.or(tasks.iter().find(|task| *task.id == *typed)) {
        return Ok(task);
    }
    let part = typed.to_lowercase();
    let only = |fits: &dyn Fn(&Task) -> bool| {
        let fitting: Vec<_> = tasks.iter().filter(|task| !part.is_empty() && fits(task)).collect();
        if let [task] = fitting[..] { Ok(task) } else { Err(fitting.len()) }
    };
    only(&|task| task.id.starts_with(&part))
        .or_else(|_| only(&|task| task.id.contains(&part) || task.title.to_lowercase().contains(&part)))
}

/// The task to play after one has ended; `None` for no more.
fn choose_next(played: Arc<Task>, catalog: &Catalog, prompt: &mut Prompt) -> Option<Arc<Task>> {
    print_line("");
    loop {
        let line = prompt.read("again? [same/another/quit] ")?;
        let typed = line.trim().to_lowercase();
        let means = |word: &str| !typed.is_empty() && word.starts_with(&typed);
        match () {
            () if means("same") => return Some(played),
            () if means("another") => return choose_task(catalog, prompt),
            () if means("quit") => return None,
            () => print_line("Type same, another or quit."),
        }
    }
}

/// Plays one episode to its end.
fn play(task: &Arc<Task>, args: &PlayArgs, recorder: Option<&Arc<Recorder>>, prompt: &mut Prompt) -> Result<(), Stop> {
    let mut record = args.record.as_ref().map(|path| Record::create(path, task, args.seed)).transpose()?;
    let choices =
        Choices { records: task.artifacts.ids().map(str::to_owned).collect(), codes: task.resolution_codes.to_vec() };
    prompt.offer(&choices);
    let mut episode = Episode::start(task.clone(), "play".into(), args.seed);
    let mut recording = recorder.map(|recorder| recorder.begin(&episode).0);
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
        if let Some(receipt) = recording.as_mut().and_then(|recording| recording.step(&episode, &last)) {
            receipt.wait().map_err(|error| Stop::Failed(error.to_string()))?;
        }
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
    /// Begins with what is played.
    fn create(path: &PathBuf, task: &Task, seed: Option<u64>) -> Result<Record, Stop> {
        let file = File::create_new(path)
            .map_err(|error| Stop::Failed(format!("cannot write {}: {error}", path.display())))?;
        let mut record = Record { path: path.clone(), file: BufWriter::new(file) };
        let mut reset = json!({ "task_id": &*task.id });
        if let Some(seed) = seed {
            reset["seed"] = seed.into();
        }
        record.write(&json!({ "pack_digest": &*task.pack_digest, "reset": reset }).to_string())?;
        Ok(record)
    }

    fn add(&mut self, action: &ToolUseAction) -> Result<(), Stop> {
        self.write(&serde_json::to_string(action).expect("actions are plain JSON"))
    }

    /// Written at once, so that an episode that is left half played is there, too.
    fn write(&mut self, line: &str) -> Result<(), Stop> {
        let written = writeln!(self.file, "{line}").and_then(|()| self.file.flush());
        written.map_err(|error| Stop::Failed(format!("cannot write {}: {error}", self.path.display())))
    }
}
