//! The outside contract: what clients send and what they get back, as OpenEnv defines it.
//!
//! Owns the wire types and their shapes, reads requests and renders answers; knows nothing of how observations and
//! scores are computed, nor of sockets. Read [`ToolUseAction`] first, then [`Observation`] and [`State`]; then
//! [`parse_step_body`], [`parse_frame`] and [`parse_rpc`], the ways in.

mod action;
mod body;
mod dialect;
mod envelope;
mod error;
mod fields;
mod frame;
mod json;
mod observation;
mod openapi;
mod ors;
mod playground;
mod request;
mod rpc;
mod schema;
mod score;
mod state;
mod tasks;
mod tool;
mod tool_step;

pub use action::{ActionType, MAX_ID_BYTES, MAX_MESSAGE_BYTES, MAX_QUERY_BYTES, ToolUseAction};
pub use body::{ResetBody, StepRequest, parse_reset_body, parse_step_body};
pub use dialect::{
    Dialect, HeaderText, LATEST_STATEFUL, McpHead, McpPost, STATEFUL_VERSIONS, STATELESS_VERSION, negotiate,
    parse_mcp_line, parse_mcp_post,
};
pub use envelope::{render_http_envelope, render_http_state};
pub use error::{ErrorItem, LocPart, ValidationErrors};
pub use frame::{
    ClientFrame, FrameError, WsErrorCode, parse_frame, render_error_frame, render_ws_mcp, render_ws_observation,
    render_ws_state,
};
pub use observation::{Observation, ObservationMetadata, StepResult};
pub use openapi::{ApiInfo, openapi_document};
pub use ors::{
    CallBody, CreateBody, TaskChoice, ors_tools, parse_call_body, parse_create_body, render_call_failure,
    render_call_output, render_messages, render_prompt,
};
pub use playground::{
    AuthorBody, EditBody, MAX_REPLAYED_ACTIONS, ReplayBody, parse_author_body, parse_edit_body, parse_replay_body,
};
pub use request::{Difficulty, ResetRequest};
pub use rpc::{RpcError, RpcErrorCode, RpcId, RpcMethod, RpcRequest, parse_rpc, render_rpc_error, render_rpc_result};
pub use schema::{action_schema, observation_schema, schema_document, state_schema, wire_schema_files};
pub use score::{Criterion, ScorePart, ScoreReport, ZeroedBy, ZeroedKind, round_score};
pub use state::{ActionRecord, State};
pub use tasks::{TaskPlace, TaskRange, parse_place_body, parse_range_body, parse_split_body};
pub use tool::{
    Tool, ToolAnnotations, ToolCall, ToolResult, is_tool, parse_tool_call, parse_tool_call_with_handle, tools,
    tools_with_handle,
};
pub use tool_step::{StepAction, ToolStep, ToolStepError, ToolStepResult, render_http_tool_step, render_ws_tool_step};
