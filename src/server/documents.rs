//! The answers that change only with the tasks on offer, made once for them.

use bytes::Bytes;
use serde::Serialize;
use serde_json::{Value, json};

use crate::protocol::{ApiInfo, Difficulty, openapi_document, ors_tools, schema_document};
use crate::task::{Catalog, Split, Task};

use super::access::PROBES;
use super::app::{Mode, Settings};
use super::pages;

/// The version of the HTTP interface: OpenEnv's validator reads its profile off it.
const API_VERSION: &str = "1.0.0";

/// The answers that change only with the tasks on offer.
pub(crate) struct Documents {
    pub(crate) name: String,
    pub(crate) tasks: Vec<PublicTask>,
    pub(crate) tasks_body: Bytes,
    pub(crate) environments_body: Bytes,
    pub(crate) splits_body: Bytes,
    pub(crate) tools_body: Bytes,
    pub(crate) metadata_body: Bytes,
    pub(crate) schema_body: Bytes,
    pub(crate) openapi_body: Bytes,
    pub(crate) docs_page: Bytes,
    pub(crate) web_metadata_body: Bytes,
}

/// What anybody may know of a task.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct PublicTask {
    id: String,
    title: String,
    difficulty: Difficulty,
    split: &'static str,
    objective: String,
    max_steps: u32,
    tags: Vec<String>,
}

impl From<&Task> for PublicTask {
    fn from(task: &Task) -> PublicTask {
        PublicTask {
            id: task.id.to_string(),
            title: task.title.to_string(),
            difficulty: task.difficulty,
            split: task.split.as_str(),
            objective: task.objective.to_string(),
            max_steps: task.max_steps,
            tags: task.tags.clone(),
        }
    }
}

impl PublicTask {
    /// The id, by which a reset knows the task.
    pub(crate) fn id(&self) -> &str {
        &self.id
    }
}

impl Documents {
    /// The tasks of a split, in the order they are played; `None` where there are none.
    pub(crate) fn split(&self, name: &str) -> Option<Vec<&PublicTask>> {
        let tasks: Vec<&PublicTask> = self.tasks.iter().filter(|task| task.split == name).collect();
        (!tasks.is_empty()).then_some(tasks)
    }

    /// The documents of a server with these tasks.
    pub(crate) fn new(catalog: &Catalog, settings: &Settings) -> Documents {
        let pack = catalog.packs().first();
        let name = match (&settings.name, pack) {
            (Some(name), _) => name.clone(),
            (None, Some(pack)) => pack.name.to_string(),
            (None, None) => "support_ops_env".to_owned(),
        };
        let description = pack.map_or("", |pack| &pack.description);
        let version = pack.map_or("0.0.0", |pack| &pack.version);
        let tasks: Vec<PublicTask> = catalog.tasks().iter().map(|task| PublicTask::from(&**task)).collect();
        let without_token = settings.token.as_ref().map(|_| &PROBES[..]);
        let mut openapi = openapi_document(&ApiInfo { title: &name, description, version: API_VERSION, without_token });
        let has_training_routes = settings.mode == Mode::Simulation;
        let has_playground = has_training_routes && settings.web;
        if let Some(paths) = openapi["paths"].as_object_mut() {
            let is_there = |path: &str| match path {
                "/reset" | "/step" | "/state" => has_training_routes,
                "/web/author/files" | "/web/author/file" => has_playground && !settings.edit.is_empty(),
                _ => has_playground || !path.starts_with("/web/") && path != "/ws/ui",
            };
            paths.retain(|path, _| is_there(path));
        }
        let about = pages::About { name: &name, description, has_training_routes, has_playground };
        let metadata = json!({
            "name": name,
            "description": description,
            "readme_content": null,
            "version": version,
            "author": null,
            "documentation_url": null,
        });
        let mut web_metadata = metadata.clone();
        web_metadata["can_edit"] = (!settings.edit.is_empty()).into();
        let splits =
            Split::ALL.map(Split::as_str).into_iter().filter(|name| tasks.iter().any(|task| task.split == *name));
        Documents {
            environments_body: render(&json!([name])),
            splits_body: render(&splits.map(|name| json!({ "name": name, "type": name })).collect()),
            tools_body: ors_tools().into(),
            tasks_body: render(&json!({ "tasks": tasks, "env_name": name })),
            metadata_body: render(&metadata),
            web_metadata_body: render(&web_metadata),
            schema_body: render(&schema_document()),
            docs_page: pages::render_docs(&about, &openapi).into(),
            openapi_body: render(&openapi),
            tasks,
            name,
        }
    }
}

fn render(document: &Value) -> Bytes {
    serde_json::to_vec(document).expect("documents are plain JSON").into()
}
