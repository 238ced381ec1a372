//! The places where trials are played: in process, or a server over WebSocket, HTTP or MCP.
//!
//! Read [`Local`] first, then [`Remote`]. What a server answers is read leniently, in one place, and never trusted: every
//! wait has a deadline, every answer a limit.

mod address;
mod answer;
mod http;
mod local;
mod mcp;
mod mirror;
mod remote;
mod token;
mod web;
mod within;
mod ws;

pub use address::{ServerUrl, Transport};
pub(in crate::eval) use answer::MAX_REWARD;
pub use local::Local;
pub use remote::{PublicTask, Remote};
