//! The language server: what editors ask about the files of a pack, answered over a stream.
//!
//! Owns the protocol with editors, open texts, and what a place in a file means to its author; knows nothing of how
//! the process got its streams. Read [`serve`] first. The few messages that are used are read and written as JSON here:
//! what comes in is hostile until proven otherwise, and a reader of frames has to survive what it cannot read.

mod answer;
mod check;
mod client;
mod complete;
mod cursor;
mod document;
mod findings;
mod form;
mod frame;
mod glimpse;
mod hover;
mod names;
mod position;
mod rename;
mod server;
mod uri;
mod view;
mod workspace;

pub use server::{Ended, Host, serve};
