//! Diagnostics: an author's mistakes as data, and how they are printed.
//!
//! Owns sources, spans, codes and renderers; knows nothing of what is being diagnosed. Read [`Diagnostic`] first.

mod code;
mod diagnostic;
mod github;
mod human;
mod json;
mod redactor;
mod sarif;
mod sink;
mod source;
mod suggest;

pub use code::{Code, Severity};
pub use diagnostic::{Diagnostic, Edit, Fix, Label};
pub use github::render_github;
pub(crate) use human::printable;
pub use human::render_human;
#[cfg(feature = "serve")]
pub(crate) use human::visible;
#[cfg(feature = "serve")]
pub(crate) use json::guard_json;
pub use json::render_json;
pub use redactor::Redactor;
pub use sarif::{RuleText, render_sarif};
pub use sink::{Sink, shorten};
pub use source::{Place, Position, Source, SourceId, Sources, Span};
pub use suggest::{did_you_mean, name_list, nearest, only_nearest};
