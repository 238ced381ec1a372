//! Replacing the files of a pack: at once, so that nobody ever reads half of one.

use std::fs::{self, File, Metadata};
use std::io::{self, Seek, Write};
use std::path::{Path, PathBuf};

/// Replaces a file at once, its permissions and its owner kept; of a link, the file that it leads to. One that has other
/// names, or whose owner or folder allows no other file in its place, is written in its place. `before` is what was
/// read: a file that has changed since is left alone, and so is one that nobody may write.
pub(crate) fn rewrite(path: &Path, before: &[u8], after: &str) -> io::Result<()> {
    let target = real_path(path)?.canonicalize()?;
    if fs::read(&target)? != before {
        return Err(io::Error::other("it has changed meanwhile"));
    }
    let about = fs::metadata(&target)?;
    let read_only = || io::Error::new(io::ErrorKind::PermissionDenied, "it is read-only");
    if about.permissions().readonly() {
        return Err(read_only());
    }
    let file = fs::OpenOptions::new().write(true).open(&target).map_err(|error| match error.kind() {
        io::ErrorKind::PermissionDenied => read_only(),
        _ => error,
    })?;
    if has_other_names(&about) {
        return write_in_place(file, before, after);
    }
    let (draft, mut out) = match open_draft(&target) {
        Ok(opened) => opened,
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => return write_in_place(file, before, after),
        Err(error) => return Err(error),
    };
    let kept = keep_owner(&out, &about).and_then(|()| out.set_permissions(about.permissions()));
    if kept.is_err() {
        let _ = fs::remove_file(&draft);
        return write_in_place(file, before, after);
    }
    put(&draft, &mut out, after, &target)
}

/// Writes a file that is not there yet.
pub(crate) fn create(path: &Path, text: &str) -> io::Result<()> {
    if path.symlink_metadata().is_ok() {
        return Err(io::ErrorKind::AlreadyExists.into());
    }
    let (draft, mut out) = open_draft(path)?;
    put(&draft, &mut out, text, path)
}

/// A new, hidden file beside another. What a process that was killed has left is passed over.
fn open_draft(target: &Path) -> io::Result<(PathBuf, File)> {
    let mut hidden = std::ffi::OsString::from(".");
    hidden.push(target.file_name().unwrap_or_default());
    let mut attempts = 0..MAX_DRAFTS;
    loop {
        let mut name = hidden.clone();
        name.push(format!(".{}-{}.tmp", std::process::id(), attempts.next().unwrap_or(MAX_DRAFTS)));
        let draft = target.with_file_name(name);
        match fs::OpenOptions::new().write(true).create_new(true).open(&draft) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists && !attempts.is_empty() => {}
            opened => return Ok((draft, opened?)),
        }
    }
}

/// How many names of drafts are tried.
const MAX_DRAFTS: u32 = 100;

/// Puts a draft with this text in the place of its target; takes it away where that fails.
fn put(draft: &Path, out: &mut File, text: &str, target: &Path) -> io::Result<()> {
    let written = out.write_all(text.as_bytes()).and_then(|()| out.sync_all()).and_then(|()| fs::rename(draft, target));
    written.inspect_err(|_| {
        let _ = fs::remove_file(draft);
    })
}

/// Writes over what a file holds; puts back what was there where that fails.
fn write_in_place(mut file: File, before: &[u8], after: &str) -> io::Result<()> {
    let mut write = |text: &[u8]| {
        file.rewind()?;
        file.write_all(text)?;
        file.set_len(text.len() as u64)?;
        file.sync_all()
    };
    write(after.as_bytes()).inspect_err(|_| {
        let _ = write(before);
    })
}

/// The file that a path shows: bytes of names that are no text are shown as `\u{fffd}`.
fn real_path(shown: &Path) -> io::Result<PathBuf> {
    let is_odd = |name: &std::ffi::OsStr| name.to_str().is_some_and(|name| name.contains('\u{fffd}'));
    if shown.symlink_metadata().is_ok() || !shown.iter().any(is_odd) {
        return Ok(shown.to_owned());
    }
    let mut real = PathBuf::new();
    for part in shown {
        if !is_odd(part) {
            real.push(part);
            continue;
        }
        let folder = if real.as_os_str().is_empty() { Path::new(".") } else { &real };
        let names = fs::read_dir(folder)?.filter_map(Result::ok).map(|entry| entry.file_name());
        let mut same = names.filter(|name| Some(&*name.to_string_lossy()) == part.to_str());
        match (same.next(), same.next()) {
            (Some(name), None) => real.push(name),
            (Some(_), Some(_)) => return Err(io::Error::other("two files are shown by this name")),
            (None, _) => return Err(io::ErrorKind::NotFound.into()),
        }
    }
    Ok(real)
}

#[cfg(unix)]
fn has_other_names(about: &Metadata) -> bool {
    std::os::unix::fs::MetadataExt::nlink(about) > 1
}

#[cfg(not(unix))]
fn has_other_names(_: &Metadata) -> bool {
    false
}

/// Gives a new file the owner and the group of an old one.
#[cfg(unix)]
fn keep_owner(new: &File, old: &Metadata) -> io::Result<()> {
    use std::os::unix::fs::{MetadataExt, fchown};
    let about = new.metadata()?;
    if (about.uid(), about.gid()) == (old.uid(), old.gid()) {
        return Ok(());
    }
    fchown(new, Some(old.uid()), Some(old.gid()))
}

#[cfg(not(unix))]
fn keep_owner(_: &File, _: &Metadata) -> io::Result<()> {
    Ok(())
}

#[cfg(all(test, unix))]
mod tests {
    use std::ffi::OsStr;
    use std::fs;
    use std::os::unix::ffi::OsStrExt;
    use std::os::unix::fs::{MetadataExt, PermissionsExt};

    use super::{create, rewrite};

    #[test]
    fn what_was_left_behind_is_passed_over() {
        let folder = tempfile::tempdir().expect("a folder can be made");
        let file = folder.path().join("a.toml");
        let left = folder.path().join(format!(".a.toml.{}-0.tmp", std::process::id()));
        fs::write(&left, "half").expect("it can be written");
        create(&file, "a = 1").expect("it can be written");
        rewrite(&file, b"a = 1", "b = 2").expect("it can be written");
        assert_eq!(fs::read_to_string(&file).expect("it is there"), "b = 2");
        assert_eq!(create(&file, "c = 3").map_err(|error| error.kind()), Err(std::io::ErrorKind::AlreadyExists));
        assert_eq!(fs::read_dir(folder.path()).expect("it is there").count(), 2, "no draft stays");
    }

    #[test]
    fn what_must_not_be_written_is_left_alone() {
        let folder = tempfile::tempdir().expect("a folder can be made");
        let file = folder.path().join("a.toml");
        fs::write(&file, "a = 1").expect("it can be written");
        let told = |before: &str| rewrite(&file, before.as_bytes(), "b = 2").err().map(|error| error.to_string());
        assert_eq!(told("a = 2").as_deref(), Some("it has changed meanwhile"));
        fs::set_permissions(&file, fs::Permissions::from_mode(0o444)).expect("they can be set");
        assert_eq!(told("a = 1").as_deref(), Some("it is read-only"));
        assert_eq!(fs::read_to_string(&file).expect("it is there"), "a = 1");
        fs::set_permissions(&file, fs::Permissions::from_mode(0o640)).expect("they can be set");
        assert_eq!(told("a = 1"), None);
        assert_eq!(fs::read_to_string(&file).expect("it is there"), "b = 2");
        assert_eq!(fs::metadata(&file).expect("it is there").permissions().mode() & 0o777, 0o640);
    }

    #[test]
    fn all_names_of_a_file_keep_one_text() {
        let folder = tempfile::tempdir().expect("a folder can be made");
        let (file, other) = (folder.path().join("a.toml"), folder.path().join("other"));
        fs::write(&file, "a = 1234").expect("it can be written");
        fs::hard_link(&file, &other).expect("it can be linked");
        rewrite(&file, b"a = 1234", "b = 2").expect("it can be written");
        assert_eq!(fs::read_to_string(&other).expect("it is there"), "b = 2");
        assert_eq!(fs::metadata(&file).expect("it is there").nlink(), 2);
    }

    #[test]
    fn names_that_are_no_text_are_found() {
        let folder = tempfile::tempdir().expect("a folder can be made");
        let real = folder.path().join(OsStr::from_bytes(b"caf\xe9.toml"));
        if fs::write(&real, "a = 1").is_err() {
            return; // There are file systems that know no such names.
        }
        let shown = folder.path().join("caf\u{fffd}.toml");
        rewrite(&shown, b"a = 1", "b = 2").expect("it can be written");
        assert_eq!(fs::read_to_string(&real).expect("it is there"), "b = 2");
        assert_eq!(fs::read_dir(folder.path()).expect("it is there").count(), 1);
        fs::write(folder.path().join(OsStr::from_bytes(b"caf\xea.toml")), "b = 2").expect("it can be written");
        assert!(rewrite(&shown, b"b = 2", "c = 3").is_err());
    }
}
