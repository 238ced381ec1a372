//! Which runs a report is about.

use std::path::PathBuf;

use crate::eval::found::{is_run, runs_in};
use crate::eval::{FolderError, RunFolder};

/// The most runs of one report: more columns than anybody compares, and as many as have marks of their own.
const MAX_RUNS: usize = 64;

/// A report cannot be made of these folders.
#[derive(Debug, thiserror::Error)]
pub enum FindError {
    /// A folder without a run, or with one that cannot be read.
    #[error(transparent)]
    Folder(#[from] FolderError),
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
        let own = || vec![path.clone()];
        let folders = if is_run(path) { own() } else { runs_in(path).unwrap_or_default() };
        // Of a path without a run its own error tells what is there.
        for folder in if folders.is_empty() { own() } else { folders } {
            if runs.len() == MAX_RUNS {
                return Err(FindError::TooMany);
            }
            runs.push(RunFolder::open(&folder)?);
        }
    }
    Ok(runs)
}
