//! Seeing that files have changed: by looking at them, which works on every file system, network and container ones too.

use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, SystemTime};

use walkdir::WalkDir;

/// How often files are looked at.
const EVERY: Duration = Duration::from_millis(500);
/// How many files are looked at; beyond, changes go unseen.
const MAX_FILES: usize = 100_000;

/// Some paths, and how the TOML files there looked.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Watched {
    paths: Vec<PathBuf>,
    looks: Vec<Look>,
}

/// How a file looks from outside.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Look {
    path: PathBuf,
    bytes: u64,
    changed: Option<SystemTime>,
    trace: Trace,
}

/// What tells a file from another of its name, size and time: its inode, and when that was last touched.
type Trace = (u64, i64, i64);

#[cfg(unix)]
fn trace(about: &std::fs::Metadata) -> Trace {
    use std::os::unix::fs::MetadataExt;
    (about.ino(), about.ctime(), about.ctime_nsec())
}

#[cfg(not(unix))]
fn trace(_: &std::fs::Metadata) -> Trace {
    (0, 0, 0)
}

impl Watched {
    /// Looks at the TOML files of these paths.
    pub(super) fn look(paths: &[PathBuf]) -> Watched {
        let mut looks: Vec<Look> = paths.iter().flat_map(|path| look_below(path)).take(MAX_FILES).collect();
        looks.sort();
        Watched { paths: paths.to_vec(), looks }
    }

    /// Waits until something has changed and has stayed as it is for one more look: whoever is still writing is not
    /// disturbed.
    pub(super) fn wait_for_change(self) -> Watched {
        let mut last = self;
        let mut changed = false;
        loop {
            thread::sleep(EVERY);
            let now = Watched::look(&last.paths);
            let still = now == last;
            if changed && still {
                return now;
            }
            changed |= !still;
            last = now;
        }
    }
}

fn look_below(path: &Path) -> impl Iterator<Item = Look> + use<> {
    // What cannot be read, such as a pipe or a link that leads nowhere, is a finding, too.
    let entries = WalkDir::new(path).follow_links(true).into_iter().filter_map(|entry| match entry {
        Ok(entry) if entry.file_type().is_dir() => None,
        Ok(entry) => Some((entry.metadata().ok(), entry.into_path())),
        Err(error) => Some((None, error.path()?.to_owned())),
    });
    let toml = entries.filter(|(_, path)| path.extension().is_some_and(|extension| extension == "toml"));
    toml.map(|(about, path)| Look {
        bytes: about.as_ref().map_or(0, std::fs::Metadata::len),
        trace: about.as_ref().map_or((0, 0, 0), trace),
        changed: about.and_then(|about| about.modified().ok()),
        path,
    })
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::Watched;

    #[test]
    fn a_change_of_any_kind_is_seen() {
        let folder = tempfile::tempdir().expect("a folder can be made");
        let paths = [folder.path().to_owned()];
        let file = folder.path().join("a.toml");
        let empty = Watched::look(&paths);
        assert_eq!(empty, Watched::look(&paths));
        fs::write(&file, "a = 1").expect("a file can be written");
        let written = Watched::look(&paths);
        assert_ne!(empty, written);
        fs::write(&file, "a = 12").expect("a file can be written");
        let longer = Watched::look(&paths);
        assert_ne!(written, longer);
        fs::write(folder.path().join("notes.md"), "x").expect("a file can be written");
        assert_eq!(longer, Watched::look(&paths));
        let time = fs::metadata(&file).and_then(|about| about.modified()).expect("the file has a time");
        let draft = folder.path().join("draft");
        fs::write(&draft, "b = 21").expect("a file can be written");
        fs::File::options().write(true).open(&draft).and_then(|file| file.set_modified(time)).expect("it can be set");
        fs::rename(&draft, &file).expect("a file can be renamed");
        assert_ne!(longer, Watched::look(&paths), "another file of the same size and time");
        fs::remove_file(&file).expect("a file can be removed");
        assert_eq!(empty, Watched::look(&paths));
    }

    #[cfg(unix)]
    #[test]
    fn what_is_no_plain_file_is_seen_to_come_and_go() {
        let folder = tempfile::tempdir().expect("a folder can be made");
        let paths = [folder.path().to_owned()];
        let file = folder.path().join("a.toml");
        let empty = Watched::look(&paths);
        let _socket = std::os::unix::net::UnixListener::bind(&file).expect("a socket can be made");
        let socket = Watched::look(&paths);
        assert_ne!(empty, socket);
        fs::remove_file(&file).expect("it can be removed");
        std::os::unix::fs::symlink("nowhere", &file).expect("a link can be made");
        let link = Watched::look(&paths);
        assert!(link != empty && link != socket);
        fs::remove_file(&file).expect("it can be removed");
        assert_eq!(empty, Watched::look(&paths));
    }
}
