//! Who can play: the built-in players, programs of any language, and how each is named.
//!
//! Read [`AgentName`] first.

mod built_in;
#[cfg(target_os = "linux")]
mod kin;
mod name;
mod program;
mod words;

pub use built_in::{BuiltIn, Cheats};
pub use name::AgentName;
pub use program::{Program, ProgramSettings};
pub use words::split_words;
