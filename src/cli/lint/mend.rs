//! `lint --fix`: writing mended files.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::cli::output::say;
use crate::cli::packs::count;
use crate::lint::{Mended, Selection, mend};

/// Mends the files of these paths.
pub(super) fn mend_files(paths: &[PathBuf], selection: &Selection) -> Result<(), String> {
    let files = mend(paths, selection).map_err(|error| error.to_string())?;
    for file in &files {
        write(file).map_err(|error| format!("cannot write {}: {error}", file.path))?;
    }
    say(format_args!("{} mended", count(files.len(), "file")));
    Ok(())
}

/// Replaces a file at once, its permissions kept; of a link, the file that it leads to.
fn write(file: &Mended) -> io::Result<()> {
    let target = Path::new(&*file.path).canonicalize()?;
    if fs::read(&target)? != file.before.as_bytes() {
        return Err(io::Error::other("it has changed meanwhile"));
    }
    let name = target.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let draft = target.with_file_name(format!(".{name}.{}.tmp", std::process::id()));
    let mut out = fs::OpenOptions::new().write(true).create_new(true).open(&draft)?;
    let written = out
        .write_all(file.after.as_bytes())
        .and_then(|()| fs::set_permissions(&draft, fs::metadata(&target)?.permissions()))
        .and_then(|()| out.sync_all())
        .and_then(|()| fs::rename(&draft, &target));
    if written.is_err() {
        let _ = fs::remove_file(&draft);
    }
    written
}
