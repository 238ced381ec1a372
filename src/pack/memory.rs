//! Task files that were loaded before: one that is the same, in a pack whose manifest is the same, is not looked at again.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};

use crate::diag::{SourceId, Sources};

use super::encoding::Decoded;
use super::inspect::AuthoredFile;
use super::load::LoadedTask;

/// What became of the task files of one pack. It serves findings, not play: a task that is remembered has the digest of
/// the pack that it was first loaded with.
#[derive(Debug)]
pub(crate) struct Memory<N>(Mutex<BTreeMap<SourceId, Remembered<N>>>);

#[derive(Debug)]
struct Remembered<N> {
    path: Arc<str>,
    text: Arc<str>,
    mended: Vec<Range<usize>>,
    /// Spans may point into it.
    manifest: SourceId,
    manifest_text: Arc<str>,
    loaded: LoadedTask<N>,
}

impl<N> Default for Memory<N> {
    fn default() -> Memory<N> {
        Memory(Mutex::default())
    }
}

impl<N: Clone> Memory<N> {
    /// What became of this very file.
    pub(super) fn recall(
        &self,
        text: &Decoded,
        manifest: &AuthoredFile<'_>,
        sources: &Sources,
    ) -> Option<LoadedTask<N>> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let known = kept.get(&text.source)?;
        let source = sources.get(text.source);
        let same = known.path == source.path
            && known.text == source.text
            && known.mended == text.mended
            && known.manifest == manifest.source
            && *known.manifest_text == *manifest.text;
        same.then(|| known.loaded.clone())
    }

    /// Remembers what became of a file.
    pub(super) fn keep(&self, text: &Decoded, manifest: &AuthoredFile<'_>, sources: &Sources, loaded: &LoadedTask<N>) {
        let source = sources.get(text.source);
        let remembered = Remembered {
            path: source.path.clone(),
            text: source.text.clone(),
            mended: text.mended.clone(),
            manifest: manifest.source,
            manifest_text: sources.get(manifest.source).text.clone(),
            loaded: loaded.clone(),
        };
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(text.source, remembered);
    }
}
