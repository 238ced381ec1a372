//! The playground: a page for people, and what it needs of the server.
//!
//! Owns the routes below `/web` and `/ws/ui`; grading, linting and proving are asked of the rooms that own them. Every
//! visitor has a session of their own: nothing here falls back to the latest one. Read [`routes`] first.

mod assets;
mod author;
mod edit;
mod play;
mod replay;
mod ui;
mod workshop;

pub(super) use workshop::Workshop;

use std::sync::Arc;

use axum::Router;
use axum::routing::get;

use super::answer::allow;
use super::router::{read_only, write_only};
use super::{App, Settings};

/// The playground's routes.
pub(super) fn routes(settings: &Settings) -> Router<Arc<App>> {
    let router = Router::new()
        .route("/", read_only(assets::to_page))
        .route("/web", read_only(assets::to_page))
        .route("/web/", read_only(assets::page))
        .route("/web/assets/{name}", read_only(assets::asset))
        .route("/web/metadata", read_only(play::metadata))
        .route("/web/reset", write_only(play::reset))
        .route("/web/step", write_only(play::step))
        .route("/web/state", read_only(play::state))
        .route("/web/explanation", read_only(play::explanation))
        .route("/web/replay", write_only(replay::replay))
        .route("/web/author/template", read_only(author::template))
        .route("/web/author/check", write_only(author::check))
        .route("/web/author/grade", write_only(author::grade))
        .route("/web/author/prove", write_only(author::prove))
        .route("/ws/ui", read_only(ui::connect));
    if settings.edit.is_empty() {
        return router;
    }
    let file = get(edit::file).put(edit::save).options(|| async { allow("GET, HEAD, PUT, OPTIONS") });
    router.route("/web/author/files", read_only(edit::list)).route("/web/author/file", file)
}
