//! The Task API of OpenEnv, and on top of it the Open Reward Standard (ORS): tasks to list, and sessions to play by tools.
//!
//! Owns these routes, the streams of events that answer calls, and what is kept so that a broken call can be asked for
//! once more. Sessions are those of the store: the ids of all transports mean the same. What is shown here is for agents:
//! public specs, and scores without reasons. Read [`routes`] first.

mod desk;
mod environment;
mod events;
mod list;
mod play;
mod session;
mod text;

pub(super) use desk::Desk;

use std::sync::Arc;

use axum::Router;
use axum::routing::get;

use super::App;
use super::answer::allow;
use super::router::{document, read_only, write_only};

/// The routes. A name that a client leaves out of a path is that of the server's only environment: what is asked of
/// `/prompt` is answered at `/{env_name}/prompt`.
pub(super) fn routes() -> Router<Arc<App>> {
    let tasks = get(document(|documents| &documents.tasks_body)).post(environment::redirect);
    let mut router = Router::new()
        .route("/tasks", tasks.options(|| async { allow("GET, HEAD, POST, OPTIONS") }))
        .route("/list_environments", read_only(document(|documents| &documents.environments_body)))
        .route("/version", read_only(list::version))
        .route("/{env_name}/splits", read_only(list::splits))
        .route("/{env_name}/tools", read_only(list::tools))
        .route("/{env_name}/tasks", write_only(list::tasks))
        .route("/{env_name}/num_tasks", write_only(list::num_tasks))
        .route("/{env_name}/task", write_only(list::task))
        .route("/{env_name}/task_range", write_only(list::task_range))
        .route("/create_session", write_only(session::hand_out))
        .route("/create", write_only(session::create))
        .route("/ping", write_only(session::ping))
        .route("/delete", write_only(session::delete))
        .route("/delete_session", write_only(session::delete))
        .route("/{env_name}/prompt", read_only(play::prompt))
        .route("/{env_name}/messages", read_only(play::messages))
        .route("/{env_name}/task_tools", read_only(play::task_tools))
        .route("/{env_name}/call", write_only(play::call))
        .route("/{env_name}/score_group", write_only(play::score_group));
    for path in ["/splits", "/tools", "/prompt", "/messages", "/task_tools"] {
        router = router.route(path, read_only(environment::redirect));
    }
    for path in ["/num_tasks", "/task", "/task_range", "/call", "/score_group"] {
        router = router.route(path, write_only(environment::redirect));
    }
    router
}
