//! Playing a recorded episode again: every observation of it at once, to be stepped through back and forth.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{Response, StatusCode};
use serde::Serialize;
use serde_json::value::{RawValue, to_raw_value};

use crate::episode::Episode;
use crate::protocol::{Observation, ReplayBody, StepResult, ToolUseAction, ValidationErrors, parse_replay_body};
use crate::prove::Explanation;
use crate::server::App;
use crate::server::answer::{Refused, json};
use crate::server::http::{content_type, read};
use crate::task::{Catalog, SelectError};

/// The name of a replayed episode, where the recording has none.
const EPISODE_ID: &str = "replay";

/// The most bytes of an answer's steps: many times what an episode of a usual task takes. Every observation repeats the
/// case, so that a long one of a long case would otherwise take very much.
const MAX_STEPS_BYTES: usize = 16 << 20;

#[derive(Serialize)]
struct Replay {
    version: u32,
    task_id: Arc<str>,
    pack_digest: Arc<str>,
    /// The reset's answer, then that of each action.
    steps: Vec<Box<RawValue>>,
    /// `None` where the episode has not ended.
    explanation: Option<Explanation>,
}

#[derive(Serialize)]
struct Step<'a> {
    action: Option<&'a ToolUseAction>,
    observation: Observation,
    reward: Option<f64>,
    done: bool,
}

/// `POST /web/replay`.
pub(super) async fn replay(State(app): State<Arc<App>>, request: Request) -> Result<Response<Body>, Refused> {
    let (head, body) = read(&app, request).await?;
    let asked = parse_replay_body(content_type(&head.headers), &body)?;
    let catalog = app.offer().catalog.clone();
    let played = app.stage.work(move || play(&catalog, &asked)).await??;
    Ok(json(StatusCode::OK, played))
}

/// The whole episode, as JSON. No session holds it, and the same recording always gives the same.
fn play(catalog: &Catalog, asked: &ReplayBody) -> Result<Vec<u8>, Refused> {
    let invalid = |SelectError { field, message }| ValidationErrors::select(&asked.request, field, &message);
    let task = catalog.select(&asked.request, &mut 0).map_err(invalid)?.clone();
    let id = asked.request.episode_id.as_deref().unwrap_or(EPISODE_ID);
    let mut episode = Episode::start(task.clone(), id.into(), asked.request.seed);
    let mut steps = vec![render_step(None, episode.observe())];
    let mut bytes = 0;
    for action in &asked.actions {
        let result = episode.step(action);
        steps.push(render_step(Some(action), result));
        bytes += steps.last().map_or(0, |step| step.get().len());
        if bytes > MAX_STEPS_BYTES {
            let what = "The recording's observations are longer than 16 MiB together; play a part of it.";
            return Err(Refused::Other(StatusCode::UNPROCESSABLE_ENTITY, what));
        }
    }
    let replay = Replay {
        version: 1,
        task_id: task.id.clone(),
        pack_digest: task.pack_digest.clone(),
        steps,
        explanation: Explanation::of(&episode),
    };
    Ok(serde_json::to_vec(&replay).expect("replays are plain JSON"))
}

fn render_step(action: Option<&ToolUseAction>, result: StepResult) -> Box<RawValue> {
    let step = Step { action, observation: result.observation, reward: result.reward, done: result.done };
    to_raw_value(&step).expect("steps are plain JSON")
}
