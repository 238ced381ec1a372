//! Proof: whether tasks can be solved, what cheats get, and whether the grader has teeth.
//!
//! Owns [`TaskProof`] and [`PackProof`]: everything that is known of a task once its episodes have been searched, its
//! cheats played and its reference solution mutated. Knows neither files nor how a proof is printed. Everything here
//! is deterministic: the same pack gives the same proof.
//!
//! Read [`TaskProof::of`] first.

mod cheats;
mod check;
mod coverage;
mod difficulty;
mod document;
mod explanation;
mod exploit;
mod finding;
mod glance;
mod judge;
mod mutants;
mod patience;
mod proof;
mod search;

pub use cheats::CheatRun;
pub use check::{Check, Meaning};
pub use coverage::{Coverage, Indifferent};
pub use difficulty::Hardness;
pub use document::{Proof, Summary};
pub use explanation::Explanation;
pub use exploit::{Exploit, ExploitKind, ExploitSearch};
pub use finding::{Finding, Witness};
pub use glance::{Glance, WRONG_CODE_MOST, WRONG_CODE_MUCH};
pub use mutants::{Diff, Mutant, MutantKind, Mutants};
pub use patience::within;
pub use proof::{PackProof, TaskProof};
pub use search::{Path, Search, Shortest, Withheld, WrongCode};
