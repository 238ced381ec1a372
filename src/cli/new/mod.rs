//! `support-ops new`: a task to start from.

mod dialogue;

use std::fs::{self, OpenOptions};
use std::io::{BufRead, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, ValueEnum};

use crate::diag::{did_you_mean, name_list};
use crate::pack::raw::{Id, PackName};
use crate::pack::{FileKind, STARTER_CODES, STARTER_POLICY, StarterTask, load, render_starter_pack, starter_artifacts};
use crate::protocol::Difficulty;
use crate::task::TaskPack;

use super::output::{self, fail, say};
use super::packs::DEFAULT_FOLDER;
use dialogue::Dialogue;

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
    match write_task(args, &mut Dialogue::start()) {
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
fn write_task(args: &NewArgs, ask: &mut Dialogue<impl BufRead>) -> Result<Vec<PathBuf>, String> {
    let manifest = args.pack.join(MANIFEST);
    let existing = manifest.exists().then(|| read_pack(&args.pack)).transpose()?;
    let (codes, policies) = match &existing {
        Some(pack) => offer_of(pack),
        None => starter_offer(),
    };
    let id = choose_id(args, existing.as_ref(), ask)?;
    let level = choose_level(args, ask)?;
    let resolution = choose_resolution(args, &codes, ask)?;
    let artifacts = choose_artifacts(args, level, ask)?;
    let path = args.pack.join(format!("{id}.toml"));

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
        id: &id,
        difficulty: level.into(),
        resolution: &resolution,
        others: codes.iter().filter(|code| **code != resolution).map(String::as_str).collect(),
        artifacts: &artifacts,
        policy: policies.first().map(String::as_str),
        schema: &schema,
        file: &shown,
    };
    files.push((path, task.render(existing.as_ref())));
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

fn choose_id(args: &NewArgs, pack: Option<&TaskPack>, ask: &mut Dialogue<impl BufRead>) -> Result<String, String> {
    ask.settle(Some(args.task_id.clone()), "Which other id shall it have?", None, |id| {
        check_id("the task's id", id)?;
        let path = args.pack.join(format!("{id}.toml"));
        if path.exists() {
            return Err(format!("{} is there already; choose another id", path.display()));
        }
        if pack.iter().flat_map(|pack| &pack.tasks).any(|task| &*task.id == id) {
            return Err(format!("the pack has a task `{id}` already; choose another id"));
        }
        Ok(id.to_owned())
    })
}

fn choose_level(args: &NewArgs, ask: &mut Dialogue<impl BufRead>) -> Result<Level, String> {
    if let Some(level) = args.difficulty {
        return Ok(level);
    }
    ask.settle(None, "How hard is it, easy, medium or hard?", Some("easy"), |answer| {
        Level::from_str(answer, true).map_err(|_| format!("`{}` is none of easy, medium, hard", answer.escape_debug()))
    })
}

fn choose_resolution(args: &NewArgs, codes: &[String], ask: &mut Dialogue<impl BufRead>) -> Result<String, String> {
    let first = codes.first().ok_or("the pack has no resolution to choose from")?;
    let question = format!("Which code is right? The pack has {}.", name_list(codes.iter().map(String::as_str)));
    ask.settle(args.resolution.clone(), &question, Some(first), |code| {
        if codes.iter().any(|known| known == code) {
            return Ok(code.to_owned());
        }
        let help = did_you_mean(code, codes.iter().map(String::as_str)).unwrap_or_default();
        Err(format!("`{}` is not among the pack's resolutions; {help}", code.escape_debug()))
    })
}

fn choose_artifacts(args: &NewArgs, level: Level, ask: &mut Dialogue<impl BufRead>) -> Result<Vec<String>, String> {
    let given = (!args.artifact.is_empty()).then(|| args.artifact.join(","));
    let default = starter_artifacts(level.into()).join(", ");
    ask.settle(given, "Which records are there? The last one misleads.", Some(&default), |answer| {
        let ids: Vec<String> = answer.split([',', ' ']).filter(|id| !id.is_empty()).map(str::to_owned).collect();
        for (at, id) in ids.iter().enumerate() {
            check_id("a record's id", id)?;
            if ids[..at].contains(id) {
                return Err(format!("the record `{id}` is named twice"));
            }
        }
        if ids.is_empty() { Err("a task needs a record".to_owned()) } else { Ok(ids) }
    })
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

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use super::dialogue::Dialogue;
    use super::{Level, NewArgs, write_task};
    use crate::lint::{Selection, lint};

    fn args(pack: &Path, id: &str, difficulty: Option<Level>) -> NewArgs {
        NewArgs { task_id: id.to_owned(), pack: pack.to_owned(), difficulty, resolution: None, artifact: Vec::new() }
    }

    /// The findings of a pack.
    fn told(pack: &Path) -> Vec<String> {
        let found = lint(&[pack], &Selection::default()).expect("it can be read").diagnostics;
        found.iter().map(|found| format!("{}: {}", found.code, found.message)).collect()
    }

    #[test]
    fn several_new_tasks_of_a_pack_are_clean() {
        for levels in [[Level::Easy; 4], [Level::Medium; 4], [Level::Hard; 4]] {
            let folder = tempfile::tempdir().expect("a folder can be made");
            for (number, level) in levels.into_iter().enumerate() {
                let args = args(folder.path(), &format!("case-{number}"), Some(level));
                write_task(&args, &mut Dialogue::silent()).expect("it can be written");
                assert_eq!(told(folder.path()), Vec::<String>::new(), "{level:?}, {number}");
            }
        }
    }

    #[test]
    fn after_a_slip_the_question_comes_again() {
        let folder = tempfile::tempdir().expect("a folder can be made");
        write_task(&args(folder.path(), "first", None), &mut Dialogue::silent()).expect("it can be written");
        let answers = "First Case\nfirst\nsecond\nawful\nhard\nrefund\nrefund_order\norder, Order!\n\n";
        let written = write_task(&args(folder.path(), "first", None), &mut Dialogue::of(answers.as_bytes()));
        let path = folder.path().join("second.toml");
        assert_eq!(written, Ok(vec![path.clone()]));
        let text = fs::read_to_string(path).expect("it is there");
        assert!(text.contains("difficulty = \"hard\"") && text.contains("expected = \"refund_order\""), "{text}");
        assert_eq!(told(folder.path()), Vec::<String>::new());
        // Whoever hangs up, or does not answer at all, is told why.
        for mut ask in [Dialogue::of(&b"first\n"[..]), Dialogue::of(&b""[..]), Dialogue::silent()] {
            let error = write_task(&args(folder.path(), "first", None), &mut ask).expect_err("the id is taken");
            assert!(error.contains("choose another id"), "{error}");
        }
    }
}
