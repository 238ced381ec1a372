//! MCP: one path in three dialects, sockets, and stdin with stdout, over the same calls.
//!
//! `call` carries out a call whatever brought it; `http`, `socket` and `stdio` bring it. Which dialect a body is in,
//! `protocol` tells. What is shown here is for agents: a score comes with its parts' values but without the reasons, which
//! would tell what is expected.

mod call;
mod http;
mod socket;
mod stdio;
mod step;

pub(crate) use http::{delete, post};
pub(crate) use socket::{answer_on_socket, connect};
pub use stdio::converse_over_stdio;
pub(crate) use step::{answer_tool_again, answer_tool_step, list_tools_as_step};
