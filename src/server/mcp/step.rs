//! Tools called as the actions of a step, over `/ws` and `POST /step`.

use crate::protocol::{RpcErrorCode, ToolResult, ToolStep, ToolStepError, ToolStepResult, is_tool, parse_tool_call};
use crate::server::app::App;
use crate::server::held::Held;
use crate::session::Session;

use super::call::call_tool;

/// What such a step answers, as the transport writes it down.
pub(crate) type Render<T> = fn(&ToolStepResult<'_>) -> T;

/// The list of tools.
pub(crate) fn list_tools_as_step<T>(render: Render<T>) -> T {
    render(&ToolStepResult::Tools)
}

/// Calls a tool.
pub(crate) fn answer_tool_step<T>(app: &App, session: &mut Session, step: &ToolStep, render: Render<T>) -> Held<T> {
    match parse_tool_call(None, &step.name, &step.arguments) {
        Ok(call) => {
            call_tool(app, session, call).map(|result: ToolResult| render(&ToolStepResult::Called(&step.name, &result)))
        }
        Err(error) => {
            debug_assert_eq!(error.code, RpcErrorCode::InvalidParams);
            let kind = if is_tool(&step.name) { ToolStepError::InvalidArgs } else { ToolStepError::ToolNotFound };
            Held::free(render(&ToolStepResult::Failed(&step.name, kind, &error.message)))
        }
    }
}
