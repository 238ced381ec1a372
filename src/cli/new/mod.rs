//! `support-ops new`: a task to start from.

use std::fs::{self, OpenOptions};
use std::io::{self, BufRead, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, ValueEnum};

use crate::diag::{did_you_mean, name_list};
use crate::pack::raw::{Id, PackName};
use crate::pack::{FileKind, STARTER_ARTIFACTS, STARTER_CODES, STARTER_POLICY, StarterTask, load, render_starter_pack};
use crate::protocol::Difficulty;
use crate::task::TaskPack;

use super::output::{self, fail, say};
use super::packs::DEFAULT_FOLDER;

/// The file that makes a folder a pack.
const MANIFEST: &str = "pack.toml";
/// How many folders above the pack are searched for schemas.
const MAX_ABOVE: usize = 6;

/// Write a commented task that lints clean and can be played, and the pack around it where there is none.
#[derive(Debug, Args)]
#[command(after_help = "On a terminal, what is not given is asked for.

Examples:
  support-ops new late-parcel
  support-ops new late-parcel --pack my-pack --difficulty hard --resolution refund_order
  support-ops new late-parcel --artifact order --artifact shipment --artifact newsletter")]
pub(super) struct NewArgs {
    /// The id of the task; its file has the same name.
    task_id: String,
    /// The folder of the pack; a `pack.toml` is written where there is none.
    #[arg(long, value_name = "DIR", default_value = DEFAULT_FOLDER)]
    pack: PathBuf,
    /// How hard it is [default: easy].
    #[arg(long)]
    difficulty: Option<Level>,
    /// The right code, out of the pack's [default: its first].
    #[arg(long, value_name = "CODE")]
    resolution: Option<String>,
    /// The id of a record; repeatable. All but the last are required, that one misleads [default: order, newsletter].
    #[arg(long, value_name = "ID")]
    artifact: Vec<String>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Level {
    Easy,
    Medium,
    Hard,
}

impl From<Level> for Difficulty {
    fn from(level: Level) -> Difficulty {
        match level {
            Level::Easy => Difficulty::Easy,
            Level::Medium => Difficulty::Medium,
            Level::Hard => Difficulty::Hard,
        }
    }
}

pub(super) fn run(args: &NewArgs) -> ExitCode {
    match write_task(args) {
        Ok(written) => {
            for path in &written {
                output::print_line(format_args!("wrote {}", path.display()));
            }
            say(format_args!(
                "next: support-ops lint {0}; support-ops prove {0}; support-ops run --agent oracle --tasks {0}",
                args.pack.display()
            ));
            ExitCode::SUCCESS
        }
        Err(message) => fail(message),
    }
}

/// Writes what is missing; the paths of the new files. Nothing that is there is touched.
fn write_task(args: &NewArgs) -> Result<Vec<PathBuf>, String> {
    let id = check_id("the task's id", &args.task_id)?;
    let path = args.pack.join(format!("{id}.toml"));
    if path.exists() {
        return Err(format!("{} is there already; choose another id", path.display()));
    }
    let manifest = args.pack.join(MANIFEST);
    let existing = manifest.exists().then(|| read_pack(&args.pack)).transpose()?;
    let taken = existing.iter().flat_map(|pack| &pack.tasks).any(|task| &*task.id == id);
    if taken {
        return Err(format!("the pack has a task `{id}` already; choose another id"));
    }
    let (codes, policies) = match &existing {
        Some(pack) => offer_of(pack),
        None => starter_offer(),
    };
    let mut ask = Dialogue::start();
    let level = choose_level(args, &mut ask)?;
    let resolution = choose_resolution(args, &codes, &mut ask)?;
    let artifacts = choose_artifacts(args, &mut ask)?;

    fs::create_dir_all(&args.pack).map_err(|error| format!("cannot make {}: {error}", args.pack.display()))?;
    let mut files = Vec::new();
    let schemas = match find_schemas(&args.pack) {
        Some(folder) => folder,
        None => {
            for kind in [FileKind::Pack, FileKind::Task] {
                let text = serde_json::to_string_pretty(kind.schema()).expect("a JSON value always serialises");
                files.push((args.pack.join("schemas").join(kind.schema_file()), text + "\n"));
            }
            "schemas".to_owned()
        }
    };
    if existing.is_none() {
        let name = pack_name(&args.pack);
        let schema = format!("{schemas}/{}", FileKind::Pack.schema_file());
        files.push((manifest, render_starter_pack(&name, &schema)));
    }
    let schema = format!("{schemas}/{}", FileKind::Task.schema_file());
    let shown = path.display().to_string();
    let task = StarterTask {
        id,
        difficulty: level.into(),
        resolution: &resolution,
        artifacts: &artifacts,
        policy: policies.first().map(String::as_str),
        schema: &schema,
        file: &shown,
    };
    files.push((path, task.render()));
    files.iter().try_for_each(|(path, text)| write_new(path, text))?;
    Ok(files.into_iter().map(|(path, _)| path).collect())
}

fn write_new(path: &Path, text: &str) -> Result<(), String> {
    let folder = path.parent().unwrap_or(Path::new("."));
    let written = fs::create_dir_all(folder)
        .and_then(|()| OpenOptions::new().write(true).create_new(true).open(path))
        .and_then(|mut file| file.write_all(text.as_bytes()));
    written.map_err(|error| format!("cannot write {}: {error}", path.display()))
}

fn read_pack(folder: &Path) -> Result<TaskPack, String> {
    let loaded = load(&[folder]).map_err(|error| error.to_string())?;
    let pack = loaded.packs.into_iter().next();
    pack.ok_or_else(|| {
        format!("`support-ops lint {}` shows what is wrong with the pack; mend it first", folder.display())
    })
}

/// The codes and the policies of a pack. Of the policies only those that mislead nobody: the tasks' own lists tell.
fn offer_of(pack: &TaskPack) -> (Vec<String>, Vec<String>) {
    let codes = pack.resolutions.iter().map(|resolution| resolution.code.to_string()).collect();
    let policies =
        pack.handbook.iter().filter(|policy| !policy.distractor).map(|policy| policy.id.to_string()).collect();
    (codes, policies)
}

/// The codes and the policy of the pack that is written where there is none.
fn starter_offer() -> (Vec<String>, Vec<String>) {
    (STARTER_CODES.map(str::to_owned).to_vec(), vec![STARTER_POLICY.to_owned()])
}

fn choose_level(args: &NewArgs, ask: &mut Dialogue) -> Result<Level, String> {
    if let Some(level) = args.difficulty {
        return Ok(level);
    }
    match ask.ask("How hard is it, easy, medium or hard?", "easy")? {
        None => Ok(Level::Easy),
        Some(answer) => Level::from_str(&answer, true).map_err(|_| format!("`{answer}` is none of easy, medium, hard")),
    }
}

fn choose_resolution(args: &NewArgs, codes: &[String], ask: &mut Dialogue) -> Result<String, String> {
    let first = codes.first().ok_or("the pack has no resolution to choose from")?;
    let asked = match &args.resolution {
        Some(code) => Some(code.clone()),
        None => {
            let known = name_list(codes.iter().map(String::as_str));
            ask.ask(&format!("Which code is right? The pack has {known}."), first)?
        }
    };
    let code = asked.unwrap_or_else(|| first.clone());
    if codes.contains(&code) {
        return Ok(code);
    }
    let help = did_you_mean(&code, codes.iter().map(String::as_str)).unwrap_or_default();
    Err(format!("`{code}` is not among the pack's resolutions; {help}"))
}

fn choose_artifacts(args: &NewArgs, ask: &mut Dialogue) -> Result<Vec<String>, String> {
    let mut ids = args.artifact.clone();
    if ids.is_empty() {
        let default = STARTER_ARTIFACTS.join(", ");
        let answer = ask.ask("Which records are there? The last one misleads.", &default)?.unwrap_or(default);
        ids = answer.split([',', ' ']).filter(|id| !id.is_empty()).map(str::to_owned).collect();
    }
    for (at, id) in ids.iter().enumerate() {
        check_id("a record's id", id)?;
        if ids[..at].contains(id) {
            return Err(format!("the record `{id}` is named twice"));
        }
    }
    if ids.is_empty() { Err("a task needs a record".to_owned()) } else { Ok(ids) }
}

fn check_id<'a>(what: &str, id: &'a str) -> Result<&'a str, String> {
    if Id::fits_key(id) { Ok(id) } else { Err(format!("{what} cannot be `{}`: {}", id.escape_debug(), Id::FORM)) }
}

/// The path from the pack to a folder of schemas in it or above it.
fn find_schemas(pack: &Path) -> Option<String> {
    let pack = pack.canonicalize().ok()?;
    (0..MAX_ABOVE).zip(pack.ancestors()).find_map(|(above, folder)| {
        let found = folder.join("schemas").join(FileKind::Task.schema_file()).is_file();
        found.then(|| format!("{}schemas", "../".repeat(above)))
    })
}

/// A public name made of the folder's.
fn pack_name(folder: &Path) -> String {
    let name = folder.file_name().map(|name| name.to_string_lossy().to_lowercase()).unwrap_or_default();
    let plain: String = name.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect();
    if PackName::fits(&plain) { plain } else { "my_desk".to_owned() }
}

/// Questions on a terminal; elsewhere every answer is the default.
struct Dialogue {
    answers: bool,
}

impl Dialogue {
    fn start() -> Dialogue {
        Dialogue { answers: io::stdin().is_terminal() && io::stderr().is_terminal() }
    }

    /// The answer; `None` where nobody answers or the default is taken.
    fn ask(&mut self, question: &str, default: &str) -> Result<Option<String>, String> {
        if !self.answers {
            return Ok(None);
        }
        say(format_args!("{question} [{default}]"));
        let mut answer = String::new();
        io::stdin().lock().read_line(&mut answer).map_err(|error| format!("cannot read the answer: {error}"))?;
        let answer = answer.trim();
        Ok((!answer.is_empty()).then(|| answer.to_owned()))
    }
}
