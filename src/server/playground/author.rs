//! What an author is told of a task that is still being written. Nothing of it is kept, and no file is looked at.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Query, Request, State};
use axum::http::{Response, StatusCode};
use serde_json::{Value, json as object};

use crate::diag::{did_you_mean, render_json};
use crate::lint::{Selection, lint_texts};
use crate::pack::{
    Loaded, STARTER_CODES, STARTER_POLICY, StarterTask, Whereabouts, load_texts, render_starter_pack, starter_artifacts,
};
use crate::protocol::{AuthorBody, Difficulty, parse_author_body};
use crate::prove::{Proof, TaskProof, within};
use crate::rubric::{ReplyExplanation, ReplyReport, check_reply_size};
use crate::server::App;
use crate::server::answer::{Refused, json};
use crate::server::http::{content_type, read_within};
use crate::task::Task;

use super::workshop::{BUDGET, OVER_BUDGET};

/// The longest body, in bytes.
pub(super) const MAX_BODY_BYTES: usize = 256 * 1024;

/// What the two files are called.
const TASK: &str = "task.toml";
const PACK: &str = "pack.toml";

/// `GET /web/author/template`.
pub(super) async fn template(Query(asked): Query<Vec<(String, String)>>) -> Result<Response<Body>, Refused> {
    let asked = |name: &str| asked.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
    let difficulty = match asked("difficulty") {
        None => Difficulty::Easy,
        Some(name) => one_of("difficulty", name, &Difficulty::ALL.map(|level| (level.as_str(), level)))?,
    };
    let resolution = match asked("resolution") {
        None => STARTER_CODES[0],
        Some(name) => one_of("resolution", name, &STARTER_CODES.map(|code| (code, code)))?,
    };
    let artifacts: Vec<String> = starter_artifacts(difficulty).iter().map(|&id| id.to_owned()).collect();
    let task = StarterTask {
        id: "my-task",
        difficulty,
        resolution,
        others: STARTER_CODES.into_iter().filter(|code| *code != resolution).collect(),
        artifacts: &artifacts,
        policy: Some(STARTER_POLICY),
        schema: "schemas/task.schema.json",
        file: TASK,
    };
    Ok(json(StatusCode::OK, object!({ "task": task.render(None), "pack": template_pack() }).to_string()))
}

/// `POST /web/author/check`.
pub(super) async fn check(State(app): State<Arc<App>>, request: Request) -> Result<Response<Body>, Refused> {
    look(app, request, false, |draft| {
        let (files, only) = draft.files();
        let loaded = lint_texts(&files, only, &Selection::default());
        Some(render_json(&loaded.diagnostics, &loaded.sources, loaded.files))
    })
    .await
}

/// `POST /web/author/grade`.
pub(super) async fn grade(State(app): State<Arc<App>>, request: Request) -> Result<Response<Body>, Refused> {
    look(app, request, true, |draft| match draft.task() {
        Err(why) => Some(render_error(&why)),
        Ok((task, _)) => {
            let reply = draft.0.reply.as_deref().unwrap_or_default();
            if let Err(why) = check_reply_size(reply.len()) {
                return Some(render_error(&why));
            }
            let report = ReplyReport::of(&task, &ReplyExplanation::of(&task, reply));
            Some(serde_json::to_string(&report).expect("reports are plain JSON"))
        }
    })
    .await
}

/// `POST /web/author/prove`.
pub(super) async fn prove(State(app): State<Arc<App>>, request: Request) -> Result<Response<Body>, Refused> {
    look(app, request, false, |draft| match draft.task() {
        Err(why) => Some(render_error(&why)),
        Ok((task, whereabouts)) => {
            let mut proof = within(BUDGET, || TaskProof::of(&task, std::slice::from_ref(&task)))?;
            for finding in &mut proof.findings {
                finding.place = whereabouts.of_task(&task.id, &finding.about);
            }
            Some(serde_json::to_string(&Proof::new(vec![proof], Vec::new())).expect("proofs are plain JSON"))
        }
    })
    .await
}

/// What an author has written so far.
struct Draft(AuthorBody);

impl Draft {
    /// The files of the pack, and the one whose findings are asked for.
    fn files(&self) -> (Vec<(&str, &str)>, Option<&'static str>) {
        let task = (TASK, self.0.task.as_str());
        match &self.0.pack {
            Some(pack) => (vec![(PACK, pack), task], None),
            None => (vec![(PACK, template_pack()), task], Some(TASK)),
        }
    }

    /// The task, and where its parts stand; or why it cannot be played.
    fn task(&self) -> Result<(Arc<Task>, Whereabouts), String> {
        let (files, _) = self.files();
        let loaded = load_texts(&files, None);
        let whereabouts = Whereabouts::of(&loaded);
        let catalog = loaded.into_catalog().map_err(|loaded| why_not(&loaded))?;
        let task = catalog.tasks().first().ok_or("there is no task")?;
        Ok((task.clone(), whereabouts))
    }
}

/// Reads a draft and looks at it in the workshop; looks that give nothing have run out of time.
async fn look(
    app: Arc<App>,
    request: Request,
    with_reply: bool,
    look: impl FnOnce(&Draft) -> Option<String> + Send + 'static,
) -> Result<Response<Body>, Refused> {
    let (head, body) = read_within(&app, request, MAX_BODY_BYTES).await?;
    let draft = Draft(parse_author_body(content_type(&head.headers), &body, with_reply)?);
    let told = app.workshop.work(move || look(&draft)).await?.ok_or(OVER_BUDGET)?;
    Ok(json(StatusCode::OK, told))
}

/// The manifest of the pack that a task belongs to which comes without one.
fn template_pack() -> &'static str {
    static TEXT: std::sync::LazyLock<String> =
        std::sync::LazyLock::new(|| render_starter_pack("my_desk", "schemas/pack.schema.json"));
    &TEXT
}

fn why_not(loaded: &Loaded) -> String {
    let first = loaded.errors.first().map_or("", |error| error.message.as_str());
    match loaded.errors.len() {
        1 => format!("the task does not load: {first}"),
        errors => format!("the task does not load: {first}; and {} more", errors - 1),
    }
}

fn render_error(why: &str) -> String {
    Value::to_string(&object!({ "error": why }))
}

/// The choice with this name.
fn one_of<T: Copy>(what: &str, name: &str, choices: &[(&str, T)]) -> Result<T, Refused> {
    choices.iter().find(|(each, _)| *each == name).map(|(_, choice)| *choice).ok_or_else(|| {
        let help = did_you_mean(name, choices.iter().map(|(name, _)| *name)).unwrap_or_default();
        Refused::Unfit(StatusCode::UNPROCESSABLE_ENTITY, format!("there is no such {what}; {help}"))
    })
}
