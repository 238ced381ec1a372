//! `lint --fix`: writing mended files, or showing what would be written.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use crate::cli::difference::render_difference;
use crate::cli::output::{self, FINDINGS, fail, say};
use crate::cli::packs::count;
use crate::diag::visible;
use crate::lint::{Selection, lint_unsaved, mend};
use crate::pack::Unsaved;
use crate::pack::rewrite;

use super::verdict;

/// Mends the files of these paths, and says which ones cannot be written; how many they are.
pub(super) fn mend_files(paths: &[PathBuf], selection: &Selection) -> Result<usize, String> {
    let files = mend(paths, selection).map_err(|error| error.to_string())?;
    let mut left = 0;
    for file in &files {
        if let Err(error) = rewrite(Path::new(&*file.path), file.before.as_bytes(), &file.after) {
            let path: String = file.path.chars().map(visible).collect();
            say(format_args!("error: cannot write {path}: {error}"));
            left += 1;
        }
    }
    say(format_args!("{} mended", count(files.len() - left, "file")));
    Ok(left)
}

/// Prints what mending would change, and changes nothing.
pub(super) fn show_mends(paths: &[PathBuf], selection: &Selection, deny_warnings: bool) -> ExitCode {
    let mut unsaved = Unsaved::default();
    let left = mend(paths, selection).and_then(|files| {
        for file in &files {
            unsaved.put(Path::new(&*file.path), file.after.as_bytes());
        }
        lint_unsaved(paths, &unsaved, selection).map(|loaded| (files, loaded))
    });
    let (files, left) = match left {
        Ok(both) => both,
        Err(error) => return fail(error),
    };
    for file in &files {
        let difference = render_difference(&file.path, &file.before, &file.after);
        output::print_line(file.redactor.redact(&difference).trim_end_matches('\n'));
    }
    say(format_args!(
        "{} would be mended; {} would be left, which `support-ops lint` shows",
        count(files.len(), "file"),
        count(left.diagnostics.len(), "finding")
    ));
    if files.is_empty() { verdict(&left, deny_warnings) } else { FINDINGS }
}
