//! Integration tests: one binary, one module per surface.
mod authoring;
mod cli;
mod desk;
mod documents;
mod episodes;
mod explain_reply;
mod fixes;
mod fmt;
mod format;
mod fuzz;
#[path = "../generator/mod.rs"]
mod generated;
mod generator;
mod hostile;
mod http;
mod life;
mod lint;
mod mcp_plain;
mod mutation;
mod packs;
mod prove;
mod replies;
mod schema;
mod tidy;
mod validate;
mod wire;
mod ws;
