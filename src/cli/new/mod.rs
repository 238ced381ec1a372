//! `support-ops new`: a task to start from.

mod dialogue;
mod trial;

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
use trial::try_out;

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
    task_id: Option<String>,
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
            for path in &written.files {
                output::print_line(format_args!("wrote {}", path.display()));
            }
            for finding in &written.left {
                say(format_args!("to be made your own: {}", finding.replace('\n', "\n  ")));
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

/// What has been written.
#[derive(Debug)]
struct Written {
    files: Vec<PathBuf>,
    /// What the linter says of them until their author tells another case.
    left: Vec<String>,
}

/// Writes what is missing. Nothing that is there is touched, and nothing is written that would not lint clean.
fn write_task(args: &NewArgs, ask: &mut Dialogue<impl BufRead>) -> Result<Written, String> {
    if args.task_id.is_none() && ask.is_silent() {
        return Err("name the task: `support-ops new TASK_ID`".to_owned());
    }
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
    let verdict = try_out(&args.pack, existing.is_some(), &files)?;
    if !verdict.against.is_empty() {
        return Err(format!("`{id}` would not lint clean, so nothing is written\n{}", verdict.against.join("\n")));
    }
    files.iter().try_for_each(|(path, text)| write_new(path, text))?;
    Ok(Written { files: files.into_iter().map(|(path, _)| path).collect(), left: verdict.left })
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
    let question =
        if args.task_id.is_some() { "Which other id shall it have?" } else { "Which id shall the task have?" };
    ask.settle(args.task_id.clone(), question, None, |id| {
        check_id("the task's id", id)?;
        let path = args.pack.join(format!("{id}.toml"));
        if path == args.pack.join(MANIFEST) {
            return Err(format!("{MANIFEST} is the name of the pack's own file; choose another id"));
        }
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
        NewArgs {
            task_id: (!id.is_empty()).then(|| id.to_owned()),
            pack: pack.to_owned(),
            difficulty,
            resolution: None,
            artifact: Vec::new(),
        }
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
        assert_eq!(written.map(|written| written.files), Ok(vec![path.clone()]));
        let text = fs::read_to_string(path).expect("it is there");
        assert!(text.contains("difficulty = \"hard\"") && text.contains("expected = \"refund_order\""), "{text}");
        assert_eq!(told(folder.path()), Vec::<String>::new());
        // Whoever hangs up, or does not answer at all, is told why.
        for mut ask in [Dialogue::of(&b"first\n"[..]), Dialogue::of(&b""[..]), Dialogue::silent()] {
            let error = write_task(&args(folder.path(), "first", None), &mut ask).expect_err("the id is taken");
            assert!(error.contains("choose another id"), "{error}");
        }
    }

    /// Why nothing is written; and nothing is.
    fn refused(folder: &Path, args: &NewArgs) -> String {
        let files = || {
            let mut names: Vec<_> =
                fs::read_dir(folder).into_iter().flatten().map(|entry| entry.expect("an entry").file_name()).collect();
            names.sort();
            names
        };
        let before = files();
        let why = write_task(args, &mut Dialogue::silent()).expect_err("it does not lint clean");
        assert_eq!(files(), before, "{why}");
        why
    }

    #[test]
    fn what_would_not_lint_clean_is_not_written() {
        let there = tempfile::tempdir().expect("a folder can be made");
        write_task(&args(there.path(), "a_b", None), &mut Dialogue::silent()).expect("it can be written");
        let none = tempfile::tempdir().expect("a folder can be made");
        let missing = none.path().join("pack-to-be");
        for folder in [there.path(), &missing] {
            let check = |id: &str, artifacts: &[&str], code: &str| {
                let artifact = artifacts.iter().map(|&id| id.to_owned()).collect();
                let why = refused(folder, &NewArgs { artifact, ..args(folder, id, None) });
                assert!(why.contains(code), "{id} {artifacts:?}: {why}");
            };
            check(&"a".repeat(65), &[], "bad-pattern");
            for id in ["reset", "step", "schema", "tasks", "health", "web", "mcp"] {
                check(id, &[], "reserved-id");
            }
            check("real", &[], "id-hints-relevance");
            check("decoy-x", &[], "id-hints-relevance");
            check("fine", &["a-b", "a_b"], "confusable-id");
            for id in ["ticket", "submit_resolution"] {
                check("fine", &[id, "other"], "reserved-id");
            }
            check("fine", &["decoy", "other"], "id-hints-relevance");
            check("pack", &[], "pack.toml");
        }
        assert!(!missing.exists());
        let why = refused(there.path(), &args(there.path(), "a-b", None));
        assert!(why.contains("confusable-id"), "{why}");
    }

    #[test]
    fn what_the_pack_had_before_is_no_reason_against_a_task() {
        let folder = tempfile::tempdir().expect("a folder can be made");
        write_task(&args(folder.path(), "first", None), &mut Dialogue::silent()).expect("it can be written");
        let path = folder.path().join("first.toml");
        let text = fs::read_to_string(&path).expect("it is there");
        fs::write(&path, text.replace("max_steps = ", "max_steps = 9")).expect("it can be written");
        assert!(!told(folder.path()).is_empty());
        write_task(&args(folder.path(), "second", None), &mut Dialogue::silent()).expect("it can be written");
    }

    #[test]
    fn cases_that_come_again_are_told_and_written() {
        let folder = tempfile::tempdir().expect("a folder can be made");
        let mut left = Vec::new();
        for number in 0..6 {
            let args = args(folder.path(), &format!("case-{number}"), None);
            left = write_task(&args, &mut Dialogue::silent()).expect("it can be written").left;
            assert_eq!(left.is_empty(), number < 4, "{number}: {left:?}");
        }
        assert!(left.iter().any(|finding| finding.contains("near-duplicate-task")), "{left:?}");
    }

    #[test]
    fn a_task_of_one_record_is_clean() {
        let folder = tempfile::tempdir().expect("a folder can be made");
        for (number, level) in [Level::Easy, Level::Medium, Level::Hard].into_iter().enumerate() {
            let args = args(folder.path(), &format!("case-{number}"), Some(level));
            let args = NewArgs { artifact: vec!["order".to_owned()], ..args };
            write_task(&args, &mut Dialogue::silent()).expect("it can be written");
            assert_eq!(told(folder.path()), Vec::<String>::new(), "{level:?}");
        }
    }

    #[test]
    fn without_an_id_one_is_asked_for() {
        let folder = tempfile::tempdir().expect("a folder can be made");
        let written = write_task(&args(folder.path(), "", None), &mut Dialogue::of(b"first\n\n\n\n"));
        let written = written.expect("it can be written").files;
        assert_eq!(written.last(), Some(&folder.path().join("first.toml")));
        let why = refused(folder.path(), &args(folder.path(), "", None));
        assert!(why.contains("TASK_ID"), "{why}");
    }
}
