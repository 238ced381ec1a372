//! The outside contract: what clients send and what they get back, as OpenEnv defines it.
//!
//! Owns the wire types and their shapes, reads requests and renders answers; knows nothing of how observations and
//! scores are computed, nor of sockets. Read [`ToolUseAction`] first, then [`Observation`] and [`State`]; then
//! [`parse_step_body`], [`parse_frame`] and [`parse_rpc`], the ways in.

mod action;
mod body;
mod envelope;
mod error;
mod fields;
mod frame;
mod json;
mod observation;
mod request;
mod rpc;
mod score;
mod state;

pub use action::{ActionType, MAX_ID_BYTES, MAX_MESSAGE_BYTES, MAX_QUERY_BYTES, ToolUseAction};
pub use body::{ResetBody, StepRequest, parse_reset_body, parse_step_body};
pub use envelope::{render_http_envelope, render_http_state};
pub use error::{ErrorItem, LocPart, ValidationErrors};
pub use frame::{
    ClientFrame, FrameError, WsErrorCode, parse_frame, render_error_frame, render_ws_mcp, render_ws_observation,
    render_ws_state,
};
pub use observation::{Observation, ObservationMetadata, StepResult};
pub use request::{Difficulty, ResetRequest};
pub use rpc::{RpcError, RpcErrorCode, RpcId, RpcMethod, RpcRequest, parse_rpc, render_rpc_error, render_rpc_result};
pub use score::{Criterion, ScorePart, ScoreReport, ZeroedBy, ZeroedKind, round_score};
pub use state::{ActionRecord, State};
