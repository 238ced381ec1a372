//! From paths on a command line to the files of packs.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};

use walkdir::{DirEntry, WalkDir};

use super::limits::{MAX_FILE_BYTES, MAX_PACK_BYTES};
#[cfg(feature = "serve")]
use super::schema::FileKind;
use super::unsaved::{Unsaved, real_file};

/// The manifest's file name.
pub(super) const MANIFEST: &str = "pack.toml";

/// The most .toml files and folders of one pack's folder tree that are looked at: twice the tasks a pack may hold, and some.
const MAX_ENTRIES: usize = 30_000;

/// The most files of any kind that are passed by on the way.
const MAX_OTHERS: usize = 300_000;

/// A pack as it was found.
#[derive(Debug)]
pub(super) struct PackFiles {
    /// The folder as it was given, with `/`.
    pub(super) shown: String,
    /// The manifest first, where there is one; then the others by name.
    pub(super) files: Vec<PackFile>,
    /// Where the folder really is, to know it again under another spelling.
    root: PathBuf,
    /// Only findings in these files, by name, were asked for.
    pub(super) only: Option<BTreeSet<String>>,
    /// Whether the folder holds more than is looked at.
    pub(super) too_many: bool,
    /// Where there is no manifest, a file that was to be one and has another name.
    pub(super) misnamed: Option<String>,
}

/// One file of a pack.
#[derive(Debug)]
pub(super) struct PackFile {
    /// Its path below the pack's folder, with `/`.
    pub(super) name: String,
    pub(super) content: Content,
}

/// What could be read of a file.
#[derive(Debug)]
pub(super) enum Content {
    Bytes(Vec<u8>),
    TooLarge,
    /// Why not, in words.
    Unreadable(String),
}

/// Why a path could not be loaded at all.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// The path cannot be read.
    #[error("cannot read {path}: {source}")]
    Unreadable {
        /// As it was given.
        path: String,
        /// What the system says.
        source: std::io::Error,
    },
    /// Nothing in the folder is a pack.
    #[error("there is no `pack.toml` in {path} or below")]
    NoPack {
        /// As it was given.
        path: String,
    },
    /// The path is a file that was to be a manifest, and has another name.
    #[error("{path} is no .toml file; a pack's manifest is named `pack.toml`")]
    Misnamed {
        /// As it was given.
        path: String,
    },
    /// The path is neither a folder nor a TOML file.
    #[error("{path} is no folder and no .toml file")]
    NotAPack {
        /// As it was given.
        path: String,
    },
}

impl PackFiles {
    /// A pack of files that are at hand.
    pub(super) fn of(shown: String, files: Vec<PackFile>) -> PackFiles {
        PackFiles { root: PathBuf::from(&shown), shown, files, only: None, too_many: false, misnamed: None }
    }

    /// Lets unsaved texts take the places of the pack's files.
    pub(super) fn overlay(&mut self, unsaved: &Unsaved) {
        for file in &mut self.files {
            // The root of a file without a pack is the file itself.
            let text = unsaved.get(&self.root.join(&file.name)).or_else(|| unsaved.get(&self.root));
            if let Some(text) = text {
                let fits = text.len() as u64 <= MAX_FILE_BYTES;
                file.content = if fits { Content::Bytes(text.to_vec()) } else { Content::TooLarge };
            }
        }
        self.add_new(unsaved);
    }

    /// Adds the unsaved texts of files that belong to this pack but are not there yet.
    fn add_new(&mut self, unsaved: &Unsaved) {
        let mut added = false;
        for (path, text) in unsaved.below(&self.root) {
            let name = shown(path.strip_prefix(&self.root).unwrap_or(path));
            let visible = name.split('/').all(|part| !part.starts_with('.')) && name.ends_with(".toml");
            if visible && self.files.iter().all(|file| file.name != name) && !path.exists() {
                let fits = text.len() as u64 <= MAX_FILE_BYTES;
                let content = if fits { Content::Bytes(text.to_vec()) } else { Content::TooLarge };
                self.files.push(PackFile { name, content });
                added = true;
            }
        }
        if added {
            self.files
                .sort_by(|a, b| (a.name != MANIFEST).cmp(&(b.name != MANIFEST)).then_with(|| a.name.cmp(&b.name)));
        }
    }

    /// Whether findings in the file of this name were asked for.
    pub(super) fn is_asked_for(&self, name: &str) -> bool {
        self.only.as_ref().is_none_or(|only| only.contains(name))
    }
}

/// A file that a path names, as it is on disk.
#[cfg(feature = "serve")]
#[derive(Debug)]
pub(crate) struct AuthoredText {
    /// As it was given, with `/`.
    pub(crate) path: String,
    pub(crate) kind: FileKind,
    /// What it holds, at most a byte more than a file may; or why it cannot be read.
    pub(crate) bytes: Result<Vec<u8>, String>,
}

/// The files of the packs that a path names, or the one file.
///
/// # Errors
/// A path that cannot be read, that is nothing of the kind, or a folder without a pack.
#[cfg(feature = "serve")]
pub(crate) fn find_files(path: &Path) -> Result<Vec<AuthoredText>, LoadError> {
    let text = |path: String, content: Content| {
        let bytes = match content {
            Content::Bytes(bytes) => Ok(bytes),
            Content::TooLarge => Ok(vec![0; usize::try_from(MAX_FILE_BYTES + 1).expect("a file fits into memory")]),
            Content::Unreadable(why) => Err(why),
        };
        AuthoredText { kind: FileKind::of(Path::new(&path)), path, bytes }
    };
    let kind = std::fs::metadata(path).map_err(|source| LoadError::Unreadable { path: shown(path), source })?;
    if kind.is_file() && path.extension().is_some_and(|extension| extension == "toml") {
        return Ok(vec![text(shown(path), read(path))]);
    }
    let mut packs = Vec::new();
    discover(path, &Unsaved::default(), &mut packs)?;
    let is_pack = |pack: &PackFiles| pack.files.first().is_some_and(|file| file.name == MANIFEST);
    if !packs.iter().any(is_pack) {
        return Err(LoadError::NoPack { path: shown(path) });
    }
    let files = |pack: PackFiles| {
        let shown = pack.shown;
        pack.files.into_iter().map(move |file| text(join(&shown, &file.name), file.content))
    };
    Ok(packs.into_iter().flat_map(files).collect())
}

/// Adds the packs that a path names: a pack, a folder of packs, or one file of a pack. Nothing is read twice.
///
/// # Errors
/// A path that cannot be read or is nothing of the kind.
pub(super) fn discover(path: &Path, unsaved: &Unsaved, packs: &mut Vec<PackFiles>) -> Result<(), LoadError> {
    if unsaved.covers(path) {
        // Nothing is read there, and there need not be anything.
        add_file(path, packs, |_| Content::Bytes(Vec::new()));
        return Ok(());
    }
    let unreadable = |source| LoadError::Unreadable { path: shown(path), source };
    let kind = std::fs::metadata(path).map_err(unreadable)?;
    if kind.is_file() && path.extension().is_some_and(|extension| extension == "toml") {
        add_file(path, packs, read);
        return Ok(());
    }
    if !kind.is_dir() {
        let name = path.file_name().map(|name| name.to_string_lossy()).unwrap_or_default();
        let path = shown(path);
        return Err(if is_nearly_manifest(&name) {
            LoadError::Misnamed { path }
        } else {
            LoadError::NotAPack { path }
        });
    }
    std::fs::read_dir(path).map_err(unreadable)?;
    if path.join(MANIFEST).is_file() {
        add_pack(path, packs);
        return Ok(());
    }
    let mut roots = Vec::new();
    let mut walk = WalkDir::new(path).follow_root_links(true).sort_by_file_name().into_iter();
    while let Some(entry) = walk.next() {
        let Ok(entry) = entry else { continue };
        if entry.depth() > 0 && is_hidden(&entry) {
            if entry.file_type().is_dir() {
                walk.skip_current_dir();
            }
        } else if entry.file_type().is_dir() && entry.path().join(MANIFEST).is_file() {
            roots.push(entry.path().to_owned());
            walk.skip_current_dir();
        }
    }
    if roots.is_empty() {
        // Nothing here is a pack: what is here lacks its manifest.
        roots.push(path.to_owned());
    }
    roots.iter().for_each(|root| add_pack(root, packs));
    Ok(())
}

/// Adds the pack in this folder, or what was not asked for of one that is there already.
fn add_pack(root: &Path, packs: &mut Vec<PackFiles>) {
    match known(root, packs) {
        Some(pack) => pack.only = None,
        None => packs.push(collect(root)),
    }
}

/// Adds the pack around one file, of which only the file's own findings matter; the whole pack for its manifest.
fn add_file(path: &Path, packs: &mut Vec<PackFiles>, read: impl Fn(&Path) -> Content) {
    let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let root = absolute.ancestors().skip(1).find(|folder| folder.join(MANIFEST).is_file());
    let below = |folder: &Path| absolute.strip_prefix(folder).map_or_else(|_| shown(path), shown);
    let Some(root) = root else {
        let folder = path.parent().unwrap_or(Path::new(""));
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let mut pack = PackFiles::of(shown(folder), vec![PackFile { content: read(path), name: name.clone() }]);
        pack.root = real_file(path);
        pack.misnamed = misnamed_manifest(if folder.as_os_str().is_empty() { Path::new(".") } else { folder });
        pack.only = Some(BTreeSet::from([name]));
        packs.push(pack);
        return;
    };
    let name = below(root);
    if name == MANIFEST {
        let folder = path.parent().unwrap_or(Path::new(""));
        add_pack(folder, packs);
        return;
    }
    if let Some(pack) = known(root, packs) {
        pack.only.as_mut().map(|only| only.insert(name));
        return;
    }
    // The root as the given path would name it: as many folders up as the file lies deep.
    let depth = absolute.strip_prefix(root).map_or(1, |below| below.iter().count());
    let as_given: Option<PathBuf> = path.ancestors().nth(depth).map(Path::to_owned);
    let mut pack = collect(as_given.as_deref().unwrap_or(root));
    if pack.files.iter().all(|file| file.name != name) {
        // A hidden file, or a link: looked at because it was named.
        pack.files.push(PackFile { content: read(path), name: name.clone() });
    }
    pack.only = Some(BTreeSet::from([name]));
    packs.push(pack);
}

/// The folder of the pack that a file belongs to: the nearest one above it with a manifest, on disk or `unsaved`.
pub(crate) fn pack_folder(file: &Path, unsaved: &Unsaved) -> Option<PathBuf> {
    let absolute = std::path::absolute(file).ok()?;
    let has_manifest = |folder: &&Path| {
        let manifest = folder.join(MANIFEST);
        manifest.is_file() || unsaved.covers(&manifest)
    };
    absolute.ancestors().skip(1).find(has_manifest).map(Path::to_owned)
}

/// The text of a regular file within the limits, if it is one and UTF-8.
pub(crate) fn file_text(path: &Path) -> Option<String> {
    if !std::fs::metadata(path).ok()?.is_file() {
        return None;
    }
    match read(path) {
        Content::Bytes(bytes) => String::from_utf8(bytes).ok(),
        Content::TooLarge | Content::Unreadable(_) => None,
    }
}

/// The pack of this folder, if it is there already.
fn known<'p>(root: &Path, packs: &'p mut [PackFiles]) -> Option<&'p mut PackFiles> {
    let root = real(root);
    packs.iter_mut().find(|pack| pack.root == root)
}

/// A folder's path without links and detours.
fn real(path: &Path) -> PathBuf {
    let path = if path.as_os_str().is_empty() { Path::new(".") } else { path };
    path.canonicalize().unwrap_or_else(|_| path.to_owned())
}

/// Every file of the pack in this folder.
fn collect(root: &Path) -> PackFiles {
    let walked = if root.as_os_str().is_empty() { Path::new(".") } else { root };
    let (names, too_many) = walk(walked);
    let mut files = Vec::with_capacity(names.len());
    let mut bytes = 0;
    for (name, path, why) in names {
        let content = why.map_or_else(|| read(&path), Content::Unreadable);
        if let Content::Bytes(text) = &content {
            bytes += text.len() as u64;
        }
        files.push(PackFile { name, content });
        // It is told that the pack is too large; nothing more of it is held.
        if bytes > MAX_PACK_BYTES {
            break;
        }
    }
    let has_manifest = files.first().is_some_and(|file: &PackFile| file.name == MANIFEST);
    let misnamed = if has_manifest { None } else { misnamed_manifest(walked) };
    PackFiles { shown: shown(root), root: real(root), files, only: None, too_many, misnamed }
}

/// The name and path of every file of the pack in this folder, the manifest first, each with why it cannot be read where
/// that is known; and whether there are more than are looked at.
fn walk(walked: &Path) -> (Vec<(String, PathBuf, Option<String>)>, bool) {
    let mut names = Vec::new();
    let mut too_many = false;
    let (mut entries, mut others) = (0, 0);
    let below = |path: &Path| shown(path.strip_prefix(walked).unwrap_or(path));
    let walk = WalkDir::new(walked).follow_root_links(true).sort_by_file_name().into_iter();
    for entry in walk.filter_entry(|entry| entry.depth() == 0 || !is_hidden(entry)) {
        let entry = match entry {
            Ok(entry) => entry,
            Err(error) => {
                let kind = error.io_error().map(std::io::Error::kind);
                // What goes away while it is looked at is no fault.
                if let (Some(path), Some(kind)) = (error.path(), kind.filter(|kind| *kind != ErrorKind::NotFound)) {
                    let why = format!("it is a folder that cannot be looked into ({kind})");
                    names.push((below(path), path.to_owned(), Some(why)));
                }
                continue;
            }
        };
        let toml = entry.path().extension().is_some_and(|extension| extension == "toml");
        let is_folder = entry.file_type().is_dir();
        let count = if toml || is_folder { &mut entries } else { &mut others };
        *count += 1;
        if entries > MAX_ENTRIES || others > MAX_OTHERS {
            too_many = true;
            break;
        }
        if toml && !is_folder && !entry.file_type().is_symlink() {
            let why = (!entry.file_type().is_file()).then(|| "it is no regular file".to_owned());
            names.push((below(entry.path()), entry.path().to_owned(), why));
        }
    }
    let manifest = walked.join(MANIFEST);
    if too_many && manifest.is_file() && names.iter().all(|(name, ..)| name != MANIFEST) {
        names.push((MANIFEST.to_owned(), manifest, None));
    }
    names.sort_by(|a, b| (a.0 != MANIFEST).cmp(&(b.0 != MANIFEST)).then_with(|| a.0.cmp(&b.0)));
    (names, too_many)
}

/// A file of this folder that was to be its manifest, by its name.
fn misnamed_manifest(folder: &Path) -> Option<String> {
    let entries = std::fs::read_dir(folder).ok()?.take(MAX_ENTRIES).filter_map(Result::ok);
    let files = entries.filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_file()));
    files.map(|entry| entry.file_name().to_string_lossy().into_owned()).filter(|name| is_nearly_manifest(name)).min()
}

/// Whether a name is `pack.toml` but for its case, a slip or an ending behind it. A letter for another makes a word of
/// its own, such as `park`.
fn is_nearly_manifest(name: &str) -> bool {
    let lower = name.to_lowercase();
    let one_slip = |written: &str, meant: &str| {
        let mut letters: [Vec<char>; 2] = [written, meant].map(|text| text.chars().collect());
        letters.iter_mut().for_each(|letters| letters.sort_unstable());
        let length = written.chars().count().abs_diff(meant.chars().count());
        written == meant || ((length == 1 || letters[0] == letters[1]) && strsim::osa_distance(written, meant) <= 1)
    };
    match lower.strip_suffix(".txt").unwrap_or(&lower).rsplit_once('.') {
        Some((stem, "toml")) => one_slip(stem, "pack") && name != MANIFEST,
        Some(("pack", ending)) => one_slip(ending, "toml"),
        _ => false,
    }
}

/// A regular file's bytes; never more than the limit, whatever its size claims to be.
fn read(path: &Path) -> Content {
    let load = || -> std::io::Result<Content> {
        let file = File::open(path)?;
        // Room for the whole file at once, and a byte more to see its end.
        let size = file.metadata()?.len().min(MAX_FILE_BYTES);
        let mut bytes = Vec::with_capacity(usize::try_from(size).unwrap_or(0) + 1);
        file.take(MAX_FILE_BYTES + 1).read_to_end(&mut bytes)?;
        Ok(if bytes.len() as u64 > MAX_FILE_BYTES { Content::TooLarge } else { Content::Bytes(bytes) })
    };
    load().unwrap_or_else(|error| Content::Unreadable(error.kind().to_string()))
}

/// A path as it was given, with `/`.
fn shown(path: &Path) -> String {
    let text = path.to_string_lossy();
    if std::path::MAIN_SEPARATOR == '/' { text.into_owned() } else { text.replace(std::path::MAIN_SEPARATOR, "/") }
}

/// A folder and a name below it, joined with `/`.
pub(super) fn join(folder: &str, name: &str) -> String {
    if folder.is_empty() || folder == "." {
        name.to_owned()
    } else {
        format!("{}/{name}", folder.trim_end_matches('/'))
    }
}

fn is_hidden(entry: &DirEntry) -> bool {
    entry.file_name().to_string_lossy().starts_with('.')
}

#[cfg(test)]
mod tests {
    use super::is_nearly_manifest;

    #[test]
    fn slips_in_the_manifests_name_are_known() {
        let check = |name: &str, expect: bool| assert_eq!(is_nearly_manifest(name), expect, "{name}");
        for name in ["Pack.toml", "PACK.TOML", "pack.tml", "pack.tolm", "packs.toml", "pakc.toml", "pack.toml.txt"] {
            check(name, true);
        }
        for name in ["pack.toml", "park.toml", "back.toml", "task.toml", "pack.json", "pack", "late-parcel.toml", ""] {
            check(name, false);
        }
    }
}
