//! Texts that stand for files: what an editor holds, what comes through a pipe, what a fix would write.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

/// Texts by the file whose place they take, however its path is spelled.
#[derive(Debug, Clone, Default)]
pub struct Unsaved(HashMap<PathBuf, Vec<u8>>);

impl Unsaved {
    /// Lets a text stand for the file at this path, whether or not there is one.
    pub fn put(&mut self, path: &Path, text: impl Into<Vec<u8>>) {
        self.0.insert(real_file(path), text.into());
    }

    /// The text that stands for a file.
    pub(super) fn get(&self, path: &Path) -> Option<&[u8]> {
        if self.0.is_empty() { None } else { self.0.get(path).map(Vec::as_slice) }
    }

    /// The texts of files below a folder, by path.
    pub(super) fn below<'a>(&'a self, folder: &Path) -> Vec<(&'a Path, &'a [u8])> {
        let mut found: Vec<(&Path, &[u8])> = self
            .0
            .iter()
            .filter(|(path, _)| path.as_path() != folder && path.starts_with(folder))
            .map(|(path, text)| (path.as_path(), text.as_slice()))
            .collect();
        found.sort();
        found
    }

    /// Whether a text stands for the file at this path.
    pub(super) fn covers(&self, path: &Path) -> bool {
        !self.0.is_empty() && self.0.contains_key(&real_file(path))
    }
}

/// A file's path with its folder's links and detours resolved; the file itself need not exist.
pub(crate) fn real_file(path: &Path) -> PathBuf {
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    let folder = folder.canonicalize().or_else(|_| std::path::absolute(folder)).unwrap_or_else(|_| folder.to_owned());
    path.file_name().map_or_else(|| folder.clone(), |name| folder.join(name))
}
