//! Finding and loading the packs that a command works on.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;

use crate::diag::render_human;
use crate::pack::{Loaded, load, load_embedded};
use crate::task::Catalog;

use super::output::{fail, say};

/// The folder that is looked at where no other is named.
pub(super) const DEFAULT_FOLDER: &str = "tasks";

/// The packs at these paths; without any, `./tasks` where it is a pack, else the built-in one.
pub(super) fn load_packs(paths: &[PathBuf]) -> Result<Loaded, ExitCode> {
    let here = Path::new(DEFAULT_FOLDER);
    if paths.is_empty() && !is_pack(here) {
        if here.is_dir() {
            say("note: ./tasks holds no pack.toml: the built-in pack is used; name a folder to use yours");
        }
        return Ok(load_embedded());
    }
    let paths: &[PathBuf] = if paths.is_empty() { &[here.to_owned()] } else { paths };
    load(paths).map_err(fail)
}

/// The packs that a command reads.
#[derive(Debug, Clone, Args)]
pub(super) struct PackPaths {
    /// A pack, a folder of packs, or one file of a pack, which is its task alone [default: ./tasks where it is a pack,
    /// else the built-in one].
    paths: Vec<PathBuf>,
    /// The same by name; repeatable.
    #[arg(long, value_name = "PATH")]
    tasks: Vec<PathBuf>,
}

impl PackPaths {
    /// All of them.
    pub(super) fn all(&self) -> Vec<PathBuf> {
        self.paths.iter().chain(&self.tasks).cloned().collect()
    }
}

/// Whether a folder is a pack.
pub(super) fn is_pack(folder: &Path) -> bool {
    folder.join("pack.toml").is_file()
}

/// The packs at these paths as a catalogue; where a path is a task's file, of that task alone. Where they cannot be played, the reasons go to stderr: a pack that cannot
/// be loaded whole is not played at all.
pub(super) fn load_catalog(paths: &[PathBuf]) -> Result<Catalog, ExitCode> {
    playable(load_packs(paths)?.narrowed())
}

/// What was loaded as a catalogue, or the reasons on stderr.
pub(super) fn playable(loaded: Loaded) -> Result<Catalog, ExitCode> {
    let catalog = loaded.into_catalog().map_err(|loaded| {
        for diagnostic in &loaded.errors {
            say(render_human(diagnostic, &loaded.sources, false).trim_end());
        }
        fail(format_args!(
            "the packs cannot be loaded: {}; `support-ops lint` shows more",
            count(loaded.errors.len(), "error")
        ))
    })?;
    if catalog.tasks().is_empty() {
        return Err(fail("the packs hold no task"));
    }
    Ok(catalog)
}

/// A number with its noun: "1 error", "2 errors".
pub(super) fn count(number: usize, noun: &str) -> String {
    format!("{number} {noun}{}", if number == 1 { "" } else { "s" })
}
