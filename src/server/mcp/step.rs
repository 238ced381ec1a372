//! Tools called as the actions of a step, over `/ws` and `POST /step`.

use crate::protocol::{
    RpcErrorCode, StepResult, ToolResult, ToolStep, ToolStepError, ToolStepResult, is_tool, parse_tool_call,
};
use crate::server::app::App;
use crate::server::held::Held;
use crate::session::Session;

use super::call::play;

/// What such a step answers, as the transport writes it down.
pub(crate) type Render<T> = fn(&ToolStepResult<'_>) -> T;

/// The list of tools.
pub(crate) fn list_tools_as_step<T>(render: Render<T>) -> T {
    render(&ToolStepResult::Tools)
}

/// Calls a tool. Where that plays, `keep` sees what came of it.
pub(crate) fn answer_tool_step<T>(
    app: &App,
    session: &mut Session,
    step: &ToolStep,
    render: Render<T>,
    keep: impl FnOnce(&mut Session, &Held<StepResult>),
) -> Held<T> {
    match parse_tool_call(None, &step.name, &step.arguments) {
        Ok(call) => match play(app, session, call) {
            Ok(answer) => {
                keep(session, &answer);
                answer_tool_again(answer, step, render)
            }
            Err(result) => Held::free(render(&ToolStepResult::Called(&step.name, &result))),
        },
        Err(error) => {
            debug_assert_eq!(error.code, RpcErrorCode::InvalidParams);
            let kind = if is_tool(&step.name) { ToolStepError::InvalidArgs } else { ToolStepError::ToolNotFound };
            Held::free(render(&ToolStepResult::Failed(&step.name, kind, &error.message)))
        }
    }
}

/// What such a step answers that played like this.
pub(crate) fn answer_tool_again<T>(answer: Held<StepResult>, step: &ToolStep, render: Render<T>) -> Held<T> {
    answer.map(|answer| render(&ToolStepResult::Called(&step.name, &ToolResult::of_step(&answer, None))))
}
