//! What a rule is.

use crate::diag::{Code, Sink};
use crate::pack::{AuthoredFile, AuthoredPack, AuthoredTask};

use super::linter::PackNotes;
use super::sign::Signs;

/// A rule with its documentation: `explain` prints it, `docs/rules.md` is made from it, and its examples are tests.
#[derive(Debug)]
pub struct Rule {
    /// Its name; severity and meaning are the code's.
    pub code: Code,
    /// Why it matters.
    pub why: &'static str,
    /// What to write instead. A rule with a formula gives it here, with its source.
    pub mend: &'static str,
    /// A pack in which it fires, and one in which nothing does.
    pub example: Example,
    /// Where in a run it looks.
    pub(crate) stages: &'static [Stage],
}

/// Where in a run a rule looks, and how.
#[derive(Debug)]
pub(crate) enum Stage {
    /// While files are loaded: the loader itself reports it.
    Loading,
    /// At each file by itself, a pack's or a task's.
    File(fn(&AuthoredFile<'_>, &mut Sink)),
    /// At each file that holds one of these signs.
    FileWith(&'static [Signs], fn(&AuthoredFile<'_>, &mut Sink)),
    /// At each task by itself.
    Task(fn(&AuthoredTask<'_>, &mut Sink)),
    /// At each task whose file holds one of these signs.
    TaskWith(&'static [Signs], fn(&AuthoredTask<'_>, &mut Sink)),
    /// At a pack as a whole, with what was noted of its tasks.
    Pack(fn(&AuthoredPack<'_>, &PackNotes, &mut Sink)),
    /// At a pack whose own file holds one of these signs.
    PackWith(&'static [Signs], fn(&AuthoredPack<'_>, &PackNotes, &mut Sink)),
    /// When suppressions are applied.
    Suppression,
}

impl Stage {
    /// What a file has to hold one of for this stage to look at it.
    pub(crate) fn signs(&self) -> Option<&'static [Signs]> {
        match self {
            Stage::FileWith(signs, _) | Stage::TaskWith(signs, _) | Stage::PackWith(signs, _) => Some(signs),
            _ => None,
        }
    }
}

/// Two variants of the example pack under `src/lint/example`: in one the rule fires, and only it; the other is clean.
#[derive(Debug)]
pub struct Example {
    /// Makes the rule fire.
    pub bad: &'static [Edit],
    /// Mends it; no edit at all where the example pack itself is the good one.
    pub good: &'static [Edit],
}

/// A change of the example pack.
#[derive(Debug)]
pub enum Edit {
    /// In this file, this text, which stands there once, becomes that one.
    Replace(&'static str, &'static str, &'static str),
    /// This file holds this text.
    Write(&'static str, &'static str),
    /// There is no such file.
    Remove(&'static str),
}
