//! Reading a package from its folder.

use std::fs::{self, File};
use std::io::{Read, Write};
use std::path::Path;

use walkdir::WalkDir;

use crate::cli::packs::is_pack;
use crate::validate::{Package, SourceDigest};

/// The largest file that is read as a text.
const MAX_TEXT_BYTES: u64 = 8 << 20;
/// The largest tree that is taken for a package: what OpenEnv's own snapshot of one may hold.
const MAX_TREE_BYTES: u64 = 1 << 30;
/// Files that make a folder a package of another kind.
const OTHER_SIGNATURES: [&str; 2] = ["task.toml", "task.md"];

/// Reads a package.
pub(super) fn read_package(root: &Path) -> Result<Package, String> {
    if !root.is_dir() {
        return Err(format!("not a package directory: {}; name a folder that holds an openenv.yaml", root.display()));
    }
    if !root.join("openenv.yaml").is_file() {
        let hint = if is_pack(root) || is_pack(&root.join("tasks")) {
            "; tasks are proved by `support-ops prove`, an environment that is ready to publish is what `validate` checks"
        } else {
            "; name the folder of an OpenEnv environment: `support-ops validate PATH`"
        };
        return Err(format!("unrecognized package: {} holds no openenv.yaml{hint}", root.display()));
    }
    if let Some(other) = OTHER_SIGNATURES.iter().find(|name| makes_a_package(&root.join(name))) {
        return Err(format!("ambiguous package: {} holds openenv.yaml and {other}", root.display()));
    }
    let read = |path: &str| read_text(&root.join(path)).map_err(|error| format!("{path}: {error}"));
    Ok(Package::read(&root.display().to_string(), digest(root), &read))
}

/// `task.md` counts only where it opens with front matter.
fn makes_a_package(path: &Path) -> bool {
    path.is_file()
        && (path.extension().is_some_and(|ending| ending == "toml")
            || read_text(path).is_ok_and(|text| text.trim_start().starts_with("---")))
}

fn read_text(path: &Path) -> Result<String, String> {
    let found = fs::symlink_metadata(path).map_err(|error| error.to_string())?;
    if !found.is_file() {
        return Err("it is no regular file".to_owned());
    }
    if found.len() > MAX_TEXT_BYTES {
        return Err(format!("it is longer than {MAX_TEXT_BYTES} bytes"));
    }
    fs::read_to_string(path).map_err(|error| error.to_string())
}

/// The digest over the tree. A cache, which says so with a `CACHEDIR.TAG`, is no source.
fn digest(root: &Path) -> Result<String, String> {
    let is_source = |entry: &walkdir::DirEntry| {
        let name = entry.file_name().to_string_lossy();
        entry.depth() == 0
            || !(SourceDigest::EXCLUDED.contains(&&*name)
                || entry.file_type().is_dir() && entry.path().join("CACHEDIR.TAG").is_file())
    };
    let mut files = Vec::new();
    let mut bytes = 0;
    for entry in WalkDir::new(root).into_iter().filter_entry(is_source) {
        let entry = entry.map_err(|error| error.to_string())?;
        let path = entry.path().strip_prefix(root).map_err(|error| error.to_string())?;
        let parts: Vec<_> = path.iter().map(|part| part.to_string_lossy()).collect();
        let path = parts.join("/");
        if entry.file_type().is_file() {
            bytes += entry.metadata().map_err(|error| error.to_string())?.len();
            if bytes > MAX_TREE_BYTES {
                return Err(format!("the folder holds more than {MAX_TREE_BYTES} bytes"));
            }
            files.push((path, entry.into_path()));
        } else if !entry.file_type().is_dir() {
            return Err(format!("`{path}` is a symbolic link or no regular file"));
        }
    }
    files.sort();
    let mut digest = SourceDigest::default();
    for (name, path) in files {
        digest.begin(&name);
        let mut file = File::open(&path).map_err(|error| format!("{name}: {error}"))?;
        let mut buffer = vec![0; 64 << 10];
        loop {
            match file.read(&mut buffer).map_err(|error| format!("{name}: {error}"))? {
                0 => break,
                read => digest.update(&buffer[..read]),
            }
        }
        digest.end();
    }
    Ok(digest.finish())
}

/// Writes a text to a path within the package, folders included. No link on the way leads out of the package, and one
/// in the file's own place is replaced, not followed.
pub(super) fn write_within(root: &Path, path: &str, text: &str) -> Result<(), String> {
    let target = root.join(path);
    let fails = |error: std::io::Error| format!("cannot write {}: {error}", target.display());
    let folder = target.parent().unwrap_or(root);
    let nearest = folder.ancestors().find(|folder| folder.exists()).unwrap_or(root);
    if !nearest.canonicalize().map_err(fails)?.starts_with(root.canonicalize().map_err(fails)?) {
        return Err(format!("cannot write {}: a symbolic link leads out of the package", target.display()));
    }
    fs::create_dir_all(folder).map_err(fails)?;
    match fs::remove_file(&target) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(fails(error)),
        _ => {}
    }
    File::create_new(&target).and_then(|mut file| file.write_all(text.as_bytes())).map_err(fails)
}
