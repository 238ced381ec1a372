//! The linter measured: faults planted in clean packs, each with its code and place known beforehand.
//!
//! A plant edits the text, so what is wrong and where follows from the edit alone. `⟦` and `⟧` around a part of an edit
//! mark the offending token; they are taken out before the file is written. `MUTATION_ALL=1` plants every fault in every
//! task; `MUTATION_SEED` chooses other places; `MUTATION_SHOW=1` prints every miss and every stray finding.

mod case;
mod clean;
mod form_faults;
mod grading_faults;
mod kinds;
mod mended;
mod pack_faults;
mod pairs;
mod plant;
mod reference_faults;
mod reply_faults;
mod score;
mod text_faults;
mod toml_faults;
mod typos;

use case::Case;

/// A kind of fault.
#[derive(Clone, Copy)]
struct Kind {
    /// What is planted: unique among those of its code.
    name: &'static str,
    /// The code that must be reported; none for a near miss, of which nothing must be said.
    code: &'static str,
    /// Where it is planted.
    scope: Scope,
    /// Plants it; `None` where the file has no place for it.
    plant: fn(&mut Case) -> Option<()>,
}

/// What a plant begins with.
#[derive(Clone, Copy, PartialEq)]
enum Scope {
    /// Each task of a clean pack in turn is the current file.
    Task,
    /// A clean pack's manifest is the current file.
    Pack,
    /// A small pack of one task; the task is the current file.
    Small,
    /// Five small tasks.
    Five,
}

/// The code of a near miss.
const SILENT: &str = "";
