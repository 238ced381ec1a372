//! Opening files in folders that others may have written: a pipe would hang, a device would never end.

use std::fs::{self, File};
use std::io;
use std::path::Path;

/// Opens a regular file, or a link to one, to read it.
///
/// # Errors
/// What is there is something else, or cannot be read.
pub(crate) fn open_regular(path: &Path) -> io::Result<File> {
    check_kind(fs::metadata(path)?)?;
    File::open(path)
}

/// Opens a regular file to read it and to append to it, and makes it where there is none. A link is refused: what is
/// written would end up elsewhere.
///
/// # Errors
/// What is there is something else, or cannot be written.
pub(crate) fn append_regular(path: &Path) -> io::Result<File> {
    match fs::symlink_metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        found => check_kind(found?)?,
    }
    File::options().read(true).create(true).append(true).open(path)
}

fn check_kind(found: fs::Metadata) -> io::Result<()> {
    if found.is_file() {
        return Ok(());
    }
    Err(io::Error::new(io::ErrorKind::InvalidInput, "this is no regular file"))
}
