//! The outside contract on the network: HTTP, WebSocket and MCP over one store of sessions.
//!
//! Owns routes, sockets, deadlines, limits and the mapping of errors to statuses and frames; knows nothing of TOML and of
//! how episodes are graded. Read [`App`] first, then `router`; a connection enters in `connection`, a WebSocket in
//! `ws`.

mod access;
mod answer;
mod app;
mod connection;
mod conversation;
mod crowd;
mod documents;
mod frames;
mod held;
mod http;
mod identity;
mod life;
mod listen;
mod mcp;
mod metrics;
mod once;
mod operator;
mod origin;
mod pace;
mod pages;
mod playground;
mod request_id;
mod room;
mod router;
mod seat;
mod socket;
mod stamp;
mod tasks;
mod turn;
mod vigil;
mod ws;

pub use access::{BadToken, Token};
pub use app::{App, MAX_CONNECTIONS, Mode, Settings};
pub use listen::{Bound, bind};
pub use mcp::converse_over_stdio;
pub use origin::OriginRules;
pub use router::router;
pub(crate) use stamp::Stamp;
pub use vigil::LEAST_DEAD_AFTER;
