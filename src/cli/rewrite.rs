//! Replacing files that a command has rewritten.

use std::fs;
use std::io::{self, Write};
use std::path::Path;

/// Replaces a file at once, its permissions kept; of a link, the file that it leads to. `before` is what was read: a
/// file that has changed since is left alone.
pub(super) fn rewrite(path: &Path, before: &[u8], after: &str) -> io::Result<()> {
    let target = path.canonicalize()?;
    if fs::read(&target)? != before {
        return Err(io::Error::other("it has changed meanwhile"));
    }
    let name = target.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let draft = target.with_file_name(format!(".{name}.{}.tmp", std::process::id()));
    let mut out = fs::OpenOptions::new().write(true).create_new(true).open(&draft)?;
    let written = out
        .write_all(after.as_bytes())
        .and_then(|()| fs::set_permissions(&draft, fs::metadata(&target)?.permissions()))
        .and_then(|()| out.sync_all())
        .and_then(|()| fs::rename(&draft, &target));
    if written.is_err() {
        let _ = fs::remove_file(&draft);
    }
    written
}
