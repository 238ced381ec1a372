//! Which runs a report is about.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::eval::{FolderError, RunFolder};

/// The most runs of one report: more columns than anybody compares.
const MAX_RUNS: usize = 64;
/// The most entries of a folder of runs that are looked at.
const MAX_ENTRIES: usize = 10_000;

/// A report cannot be made of these folders.
#[derive(Debug, thiserror::Error)]
pub enum FindError {
    /// A run that cannot be read.
    #[error(transparent)]
    Folder(#[from] FolderError),
    /// A folder that cannot be listed.
    #[error("cannot read {}: {source}", path.display())]
    List {
        /// The folder.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A folder without a run.
    #[error("{} holds no run; name a folder that `support-ops eval --out` wrote, or one that holds such folders", .0.display())]
    NoRun(PathBuf),
    /// More runs than a report takes.
    #[error("these are more than {MAX_RUNS} runs, the most of one report; name fewer")]
    TooMany,
}

/// The runs at these paths: each a run's folder, or one that holds such folders, which come in the order of their names.
///
/// # Errors
/// A path without a run, a run that cannot be read, and too many of them.
pub fn find_runs(paths: &[PathBuf]) -> Result<Vec<RunFolder>, FindError> {
    let mut runs = Vec::new();
    for path in paths {
        let folders = if is_run(path) { vec![path.clone()] } else { folders_in(path)? };
        if folders.is_empty() {
            return Err(FindError::NoRun(path.clone()));
        }
        for folder in folders {
            if runs.len() == MAX_RUNS {
                return Err(FindError::TooMany);
            }
            runs.push(RunFolder::open(&folder)?);
        }
    }
    Ok(runs)
}

fn is_run(path: &Path) -> bool {
    path.join(RunFolder::CONFIG).is_file()
}

fn folders_in(path: &Path) -> Result<Vec<PathBuf>, FindError> {
    let cannot = |source| FindError::List { path: path.to_owned(), source };
    let mut folders = Vec::new();
    for entry in fs::read_dir(path).map_err(cannot)?.take(MAX_ENTRIES) {
        let folder = entry.map_err(cannot)?.path();
        if is_run(&folder) {
            folders.push(folder);
        }
    }
    folders.sort();
    Ok(folders)
}
