//! The authored form: find files, parse them with spans, check them against the schema, lower them into tasks.
//!
//! Owns everything between a path and a [`TaskPack`](crate::task::TaskPack); knows nothing of lint rules and HTTP.
//! Read [`load`] first: it walks a file through `encoding`, `parse`, `check`, `de` and `lower`, in this order.

mod advice;
mod check;
mod de;
mod discover;
mod encoding;
mod flood;
mod gap;
mod headless;
mod hint;
mod home;
mod inspect;
mod limits;
mod load;
mod lower;
mod memory;
mod merge;
mod orphan;
mod parallel;
mod parse;
mod part;
pub mod raw;
mod read;
mod recover;
mod rename;
#[cfg(feature = "serve")]
mod rewrite;
mod scan;
mod schema;
mod slip;
mod sound;
mod starter;
mod statement;
mod task_ids;
mod texts;
pub(crate) mod tree;
mod unsaved;

pub use discover::LoadError;
#[cfg(feature = "serve")]
pub(crate) use discover::{AuthoredText, find_files};
pub(crate) use discover::{file_text, pack_folder};
pub(crate) use inspect::{AuthoredFile, AuthoredPack, AuthoredTask, Inspector};
pub use limits::{MAX_FILE_BYTES, MAX_NESTING, MAX_PACK_BYTES, MAX_STRING_BYTES, MAX_TASKS};
pub use load::{Loaded, load, load_embedded, load_texts};
pub(crate) use load::{load_inspected, load_texts_inspected};
pub(crate) use lower::field_steps;
pub(crate) use memory::Memory;
pub(crate) use parse::read_tree;
pub use part::{Part, Whereabouts};
pub(crate) use read::{ReadFile, line_end, read_text};
#[cfg(feature = "serve")]
pub(crate) use rewrite::{create, rewrite};
pub use schema::FileKind;
pub use starter::{STARTER_CODES, STARTER_POLICY, StarterTask, render_starter_pack, starter_artifacts};
pub(crate) use statement::{comments, comments_and_texts, lint_remark, statements, string_end};
pub use unsaved::Unsaved;
pub(crate) use unsaved::real_file;
