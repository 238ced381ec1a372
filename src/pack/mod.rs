//! The authored form: find files, parse them with spans, check them against the schema, lower them into tasks.

pub mod raw;

mod check;
mod de;
mod limits;
mod parse;
mod schema;
mod tree;

pub use schema::FileKind;
