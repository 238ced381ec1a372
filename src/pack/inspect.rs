//! What may look at authored files while they are loaded, such as a linter: the raw forms are not kept.

use std::sync::Arc;

use crate::diag::{Code, Sink, SourceId, Span};
use crate::task::Task;

use super::memory::Memory;
use super::raw::{RawPack, RawTask};
use super::tree::Node;

/// Looks at every file once it has been read and checked, from several threads at once.
pub(crate) trait Inspector: Sync {
    /// What is remembered of a task until its whole pack is looked at.
    type Note: Send + Clone;

    /// Whether findings of this code are wanted even where a pack's `[lint]` silences them.
    fn insists_on(&self, _: Code) -> bool {
        false
    }

    /// Whether what is loaded is played, so that the pack's digest is asked for.
    fn plays(&self) -> bool {
        false
    }

    /// Looks at a task. The sink is its file's own: what the loader has found is in it already.
    fn inspect_task(&self, task: &AuthoredTask<'_>, sink: &mut Sink) -> Option<Self::Note>;

    /// Looks at a pack after all of its tasks, with their notes in the order of their files.
    fn inspect_pack(&self, pack: &AuthoredPack<'_>, notes: Vec<Self::Note>, sink: &mut Sink);

    /// Where what became of a task is remembered, for one who looks again and again.
    fn memory(&self) -> Option<&Memory<Self::Note>> {
        None
    }
}

/// Looks at nothing.
pub(crate) struct Nobody;

impl Inspector for Nobody {
    type Note = ();

    fn plays(&self) -> bool {
        true
    }

    fn inspect_task(&self, _: &AuthoredTask<'_>, _: &mut Sink) -> Option<()> {
        None
    }

    fn inspect_pack(&self, _: &AuthoredPack<'_>, _: Vec<()>, _: &mut Sink) {}
}

/// A file that is TOML as far as it could be read.
#[derive(Debug, Clone, Copy)]
pub(crate) struct AuthoredFile<'a> {
    pub(crate) source: SourceId,
    /// As it was given, with `/`.
    pub(crate) path: &'a str,
    pub(crate) text: &'a str,
    /// Every value with its place; holes where a fault has been reported.
    pub(crate) tree: &'a Node<'a>,
    /// Whether nothing was lost to a syntax error: only then is what is missing really missing.
    pub(crate) complete: bool,
    /// Whether no record, and no key of one, was lost to a syntax error; a value that was leaves a hole.
    pub(crate) records_whole: bool,
    /// Whether a backslash stands anywhere: only then may a text say what does not stand in the file.
    pub(crate) has_escapes: bool,
}

impl AuthoredFile<'_> {
    /// A place in this file.
    pub(crate) fn span(&self, range: std::ops::Range<usize>) -> Span {
        Span::new(self.source, range)
    }
}

/// A pack's own file.
#[derive(Debug, Clone, Copy)]
pub(crate) struct AuthoredPack<'a> {
    pub(crate) file: AuthoredFile<'a>,
    pub(crate) raw: &'a RawPack<'a>,
    /// Whether every task file of the pack could be looked at.
    pub(crate) whole: bool,
    /// Whether its currency is sound: only then are replies judged as their author meant it.
    pub(crate) currency_known: bool,
    /// Whether its weights and its handbook are sound, too: only then is a score what its author meant.
    pub(crate) scores_known: bool,
}

/// A task's file.
#[derive(Debug, Clone, Copy)]
pub(crate) struct AuthoredTask<'a> {
    pub(crate) file: AuthoredFile<'a>,
    pub(crate) raw: &'a RawTask<'a>,
    /// What can be played, where nothing in the file is an error.
    pub(crate) task: Option<&'a Arc<Task>>,
    /// The pack that it belongs to, where its manifest could be read.
    pub(crate) pack: Option<&'a AuthoredPack<'a>>,
}
