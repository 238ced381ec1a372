//! The Task API: which splits and tasks there are. Public specs only, the same as at `GET /tasks`.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{Response, StatusCode};
use serde_json::{Value, json};

use crate::protocol::{parse_place_body, parse_range_body, parse_split_body};
use crate::server::App;
use crate::server::answer::{Refused, json};
use crate::server::http::{content_type, read};

use super::environment::Environment;

/// What a split is answered that has no tasks here.
pub(super) const INVALID_SPLIT: Refused = Refused::Other(StatusCode::BAD_REQUEST, "Invalid split");
/// What an index is answered that leads past the tasks.
pub(super) const INVALID_INDEX: Refused = Refused::Other(StatusCode::BAD_REQUEST, "Invalid task index");

/// `GET /version`.
pub(super) async fn version() -> Response<Body> {
    render(&json!({ "version": env!("CARGO_PKG_VERSION"), "build_sha": null }))
}

/// `GET /{env_name}/splits`.
pub(super) async fn splits(State(app): State<Arc<App>>, _: Environment) -> Response<Body> {
    json(StatusCode::OK, app.offer().documents.splits_body.clone())
}

/// `GET /{env_name}/tools`.
pub(super) async fn tools(State(app): State<Arc<App>>, _: Environment) -> Response<Body> {
    json(StatusCode::OK, app.offer().documents.tools_body.clone())
}

/// `POST /{env_name}/tasks`.
pub(super) async fn tasks(
    State(app): State<Arc<App>>,
    _: Environment,
    request: Request,
) -> Result<Response<Body>, Refused> {
    let (head, body) = read(&app, request).await?;
    let split = parse_split_body(content_type(&head.headers), &body)?;
    let offer = app.offer();
    let tasks = offer.documents.split(&split).ok_or(INVALID_SPLIT)?;
    Ok(render(&json!({ "tasks": tasks, "env_name": offer.documents.name })))
}

/// `POST /{env_name}/num_tasks`.
pub(super) async fn num_tasks(
    State(app): State<Arc<App>>,
    _: Environment,
    request: Request,
) -> Result<Response<Body>, Refused> {
    let (head, body) = read(&app, request).await?;
    let split = parse_split_body(content_type(&head.headers), &body)?;
    let count = app.offer().documents.split(&split).ok_or(INVALID_SPLIT)?.len();
    Ok(render(&json!({ "num_tasks": count })))
}

/// `POST /{env_name}/task`.
pub(super) async fn task(
    State(app): State<Arc<App>>,
    _: Environment,
    request: Request,
) -> Result<Response<Body>, Refused> {
    let (head, body) = read(&app, request).await?;
    let place = parse_place_body(content_type(&head.headers), &body)?;
    let offer = app.offer();
    let tasks = offer.documents.split(&place.split).ok_or(INVALID_SPLIT)?;
    let at = place.resolve(tasks.len()).ok_or(INVALID_INDEX)?;
    Ok(render(&json!({ "task": tasks[at], "env_name": offer.documents.name })))
}

/// `POST /{env_name}/task_range`.
pub(super) async fn task_range(
    State(app): State<Arc<App>>,
    _: Environment,
    request: Request,
) -> Result<Response<Body>, Refused> {
    let (head, body) = read(&app, request).await?;
    let range = parse_range_body(content_type(&head.headers), &body)?;
    let offer = app.offer();
    let tasks = offer.documents.split(&range.split).ok_or(INVALID_SPLIT)?;
    let tasks = &tasks[range.resolve(tasks.len())];
    Ok(render(&json!({ "tasks": tasks, "env_name": offer.documents.name })))
}

fn render(body: &Value) -> Response<Body> {
    json(StatusCode::OK, body.to_string())
}
