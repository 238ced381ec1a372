//! Support Ops: a data-driven engine for customer-support benchmarks for AI agents.
//!
//! The rooms below depend on one another in one direction, top to bottom of this list; `ARCHITECTURE.md` draws the
//! picture and a test holds the arrows.

pub mod text;

pub mod diag;

pub mod protocol;

pub mod task;

pub mod rubric;

pub mod pack;

pub mod format;

pub mod episode;

pub mod agent;

pub mod prove;

pub mod lint;

pub mod lsp;

pub mod record;

#[cfg(feature = "serve")]
pub mod validate;

#[cfg(feature = "serve")]
pub mod session;

#[cfg(feature = "serve")]
pub mod server;

#[cfg(feature = "eval")]
pub mod eval;

#[cfg(feature = "serve")]
pub mod cli;
