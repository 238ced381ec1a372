//! `lint --fix`: writing mended files.

use std::path::{Path, PathBuf};

use crate::cli::output::say;
use crate::cli::packs::count;
use crate::cli::rewrite::rewrite;
use crate::lint::{Selection, mend};

/// Mends the files of these paths.
pub(super) fn mend_files(paths: &[PathBuf], selection: &Selection) -> Result<(), String> {
    let files = mend(paths, selection).map_err(|error| error.to_string())?;
    for file in &files {
        let written = rewrite(Path::new(&*file.path), file.before.as_bytes(), &file.after);
        written.map_err(|error| format!("cannot write {}: {error}", file.path))?;
    }
    say(format_args!("{} mended", count(files.len(), "file")));
    Ok(())
}
