//! Opening files in folders that others may have written: a pipe would hang, a device would never end.

use std::fs::{self, File};
use std::io;
#[cfg(feature = "serve")]
use std::io::Read;
use std::path::Path;

/// Opens a regular file, or a link to one, to read it.
///
/// # Errors
/// What is there is something else, or cannot be read.
pub(crate) fn open_regular(path: &Path) -> io::Result<File> {
    check_kind(fs::metadata(path)?)?;
    File::open(path)
}

/// The content of a regular file of at most so many bytes.
///
/// # Errors
/// As [`open_regular`], and a longer one.
#[cfg(feature = "serve")]
pub(crate) fn read_regular(path: &Path, most: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    open_regular(path)?.take(most + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > most {
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, format!("it is longer than {most} bytes")));
    }
    Ok(bytes)
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
