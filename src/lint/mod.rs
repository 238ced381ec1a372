//! Advice to authors: rules over what the loader has read, suppressions, severities.
//!
//! Owns what a good task is; knows nothing of how findings are printed and of HTTP. Read [`Rule`] first: one rule is one
//! file under `rules`, with its documentation and its examples, and one line of [`RULES`].

mod document;
mod excerpt;
mod fix;
mod likeness;
mod linter;
mod locate;
mod markup;
mod occasion;
mod pattern;
mod phrases;
mod reach;
mod rule;
mod rules;
mod selection;
mod sieve;
mod sign;
mod suppression;
mod texts;
mod vocabulary;

pub use document::{explain, has_fix, render_rules_page, rule_of};
pub(crate) use fix::mend_file;
pub use fix::{Mended, mend};
pub(crate) use linter::lint_again;
pub(crate) use linter::{LintMemory, PackNotes, TaskNote};
pub use linter::{lint, lint_texts, lint_unsaved};
pub(crate) use rule::Stage;
pub use rule::{Edit, Example, Rule};
pub use rules::RULES;
pub use selection::Selection;
pub(crate) use suppression::allowed;
