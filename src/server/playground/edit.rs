//! Writing the served packs from the page, where the operator allows it: read, check, replace, serve.

use std::fs;
use std::io;
use std::path::{Component, Path, PathBuf};
use std::sync::{Arc, PoisonError};

use axum::body::Body;
use axum::extract::{FromRequestParts, Query, Request, State};
use axum::http::request::Parts;
use axum::http::{Response, StatusCode};
use serde_json::{Value, json as object};
use sha2::{Digest, Sha256};

use crate::diag::{Severity, render_json};
use crate::lint::{Selection, lint_unsaved};
use crate::pack::{Loaded, MAX_FILE_BYTES, Unsaved, create, find_files, load, rewrite};
use crate::protocol::{EditBody, parse_edit_body};
use crate::server::App;
use crate::server::answer::{Refused, json};
use crate::server::http::{content_type, read_within};

use super::author::MAX_BODY_BYTES;

/// Whoever may read and write the packs: a request that is not led here by another page.
pub(super) struct Editor;

impl FromRequestParts<Arc<App>> for Editor {
    type Rejection = Refused;

    async fn from_request_parts(head: &mut Parts, app: &Arc<App>) -> Result<Editor, Refused> {
        let checked = app.settings.origins.check_edit(&head.uri, &head.headers);
        checked.map(|()| Editor).map_err(|refusal| Refused::Forbidden(refusal.message()))
    }
}

/// `GET /web/author/files`.
pub(super) async fn list(_: Editor, State(app): State<Arc<App>>) -> Result<Response<Body>, Refused> {
    let files = blocking(move || Shelves::of(&app).list()).await??;
    Ok(json(StatusCode::OK, object!({ "version": 1, "files": files }).to_string()))
}

/// `GET /web/author/file?path=…`.
pub(super) async fn file(
    _: Editor,
    State(app): State<Arc<App>>,
    Query(asked): Query<Vec<(String, String)>>,
) -> Result<Response<Body>, Refused> {
    let path = asked.into_iter().find_map(|(key, value)| (key == "path").then_some(value)).unwrap_or_default();
    let body = blocking(move || {
        let place = Shelves::of(&app).place(&path)?;
        let bytes = read_file(&place)?.ok_or(UNKNOWN_FILE)?;
        let digest = digest(&bytes);
        let text = String::from_utf8(bytes).map_err(|_| {
            Refused::Other(StatusCode::UNPROCESSABLE_ENTITY, "The file is not UTF-8; `support-ops lint` says where.")
        })?;
        Ok::<_, Refused>(object!({ "path": path, "text": text, "digest": digest }).to_string())
    });
    Ok(json(StatusCode::OK, body.await??))
}

/// `PUT /web/author/file`.
pub(super) async fn save(_: Editor, State(app): State<Arc<App>>, request: Request) -> Result<Response<Body>, Refused> {
    let (head, body) = read_within(&app, request, MAX_BODY_BYTES).await?;
    let asked = parse_edit_body(content_type(&head.headers), &body)?;
    match blocking(move || write(&app, &asked)).await?? {
        Saved::Written(digest) => Ok(json(StatusCode::OK, object!({ "digest": digest }).to_string())),
        Saved::Refused(findings) => Ok(json(StatusCode::UNPROCESSABLE_ENTITY, findings.to_string())),
    }
}

/// There is no such file, or none that may be seen from here.
const UNKNOWN_FILE: Refused = Refused::Other(StatusCode::NOT_FOUND, "There is no such file in the served packs.");

/// What became of a text.
enum Saved {
    /// It stands in its file, which now has this digest.
    Written(String),
    /// It stays where it is, because of these findings.
    Refused(Value),
}

/// Checks a text in its place, writes it there and serves it; or leaves everything as it was.
fn write(app: &App, asked: &EditBody) -> Result<Saved, Refused> {
    // One at a time: nobody writes between the look at a file and its replacement.
    let _alone = app.editing.lock().unwrap_or_else(PoisonError::into_inner);
    let shelves = Shelves::of(app);
    let place = shelves.place(&asked.path)?;
    let before = read_file(&place)?;
    if before.is_none() && !is_good_name(&place) {
        return Err(Refused::Other(StatusCode::UNPROCESSABLE_ENTITY, NEW_NAMES));
    }
    if before.as_deref().map(digest) != asked.if_digest {
        let what = match before {
            Some(_) => "The file has changed since it was read; read it again.",
            None => "The file is not there any more; leave `if_digest` out to write it anew.",
        };
        return Err(Refused::Other(StatusCode::CONFLICT, what));
    }
    let mut unsaved = Unsaved::default();
    unsaved.put(&place, asked.text.as_bytes());
    let loaded = lint_unsaved(shelves.folders, &unsaved, &Selection::default()).map_err(|error| {
        tracing::error!(%error, "the served packs cannot be read");
        UNREADABLE
    })?;
    if let Some(findings) = shelves.objections(&loaded, &asked.path) {
        return Ok(Saved::Refused(findings));
    }
    let written = match before {
        Some(before) => rewrite(&place, &before, &asked.text),
        None => create(&place, &asked.text),
    };
    written.map_err(|error| {
        tracing::error!(%error, "a file of the served packs cannot be written");
        Refused::Other(StatusCode::INTERNAL_SERVER_ERROR, "The file cannot be written; the server's log says why.")
    })?;
    // What was linted is not for play.
    match load(shelves.folders).map(Loaded::into_catalog) {
        Ok(Ok(catalog)) => app.replace_catalog(Arc::new(catalog)),
        Ok(Err(_)) | Err(_) => tracing::error!("the packs do not load after an edit; the earlier ones are served on"),
    }
    Ok(Saved::Written(digest(asked.text.as_bytes())))
}

/// What new files may be called: on every system, and so that nobody takes one for another.
const NEW_NAMES: &str = "A new file is named by letters, digits, `-`, `_` and `.`, and by at most 100 of them.";

fn is_good_name(path: &Path) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    path.file_name().and_then(|name| name.to_str()).is_some_and(|name| name.len() <= 100 && name.bytes().all(is_plain))
}

const UNREADABLE: Refused =
    Refused::Other(StatusCode::INTERNAL_SERVER_ERROR, "The served packs cannot be read; the server's log says why.");

/// The folders that may be written to, with the names by which visitors know them: no path of this machine leaves it.
struct Shelves<'a> {
    folders: &'a [PathBuf],
    labels: Vec<String>,
}

impl<'a> Shelves<'a> {
    fn of(app: &'a App) -> Shelves<'a> {
        let folders = &app.settings.edit;
        let mut labels: Vec<String> = Vec::new();
        for folder in folders {
            let name = folder.file_name().map_or("pack".into(), |name| name.to_string_lossy());
            let numbered = (2..).map(|number| format!("{name}-{number}"));
            let mut free = std::iter::once(name.to_string()).chain(numbered).filter(|label| !labels.contains(label));
            let label = free.next().expect("there is always another number");
            labels.push(label);
        }
        Shelves { folders, labels }
    }

    /// Every file of the packs.
    fn list(&self) -> Result<Vec<Value>, Refused> {
        let mut files = Vec::new();
        for folder in self.folders {
            for found in find_files(folder).map_err(|_| UNREADABLE)? {
                let Some(path) = self.name(&found.path) else { continue };
                let kind = if path.ends_with("/pack.toml") { "pack" } else { "task" };
                let bytes = found.bytes.as_ref().map_or(0, Vec::len);
                files.push(object!({ "path": path, "kind": kind, "bytes": bytes }));
            }
        }
        Ok(files)
    }

    /// The name of a file by its path.
    fn name(&self, path: &str) -> Option<String> {
        let mut shelves = self.folders.iter().zip(&self.labels);
        shelves.find_map(|(folder, label)| {
            let below = Path::new(path).strip_prefix(folder).ok()?;
            let parts: Vec<_> = below.iter().map(|part| part.to_string_lossy()).collect();
            Some(format!("{label}/{}", parts.join("/")))
        })
    }

    /// The path of a file by its name, whether or not it is there: a TOML file inside of a pack's folder, and no link.
    fn place(&self, name: &str) -> Result<PathBuf, Refused> {
        let (label, below) = name.split_once('/').ok_or(UNKNOWN_FILE)?;
        let at = self.labels.iter().position(|each| each == label).ok_or(UNKNOWN_FILE)?;
        let (written, below) = (below, Path::new(below));
        let is_plain = |part: Component<'_>| match part {
            Component::Normal(part) => part.to_str().is_some_and(|part| {
                !part.starts_with('.') && !part.contains(['\\', ':']) && !part.chars().any(char::is_control)
            }),
            _ => false,
        };
        // `sub//a.toml` and `sub/./a.toml` are second names of one file.
        let is_only_name =
            below.components().map(|part| part.as_os_str().len() + 1).sum::<usize>() == written.len() + 1;
        let fits = is_only_name && below.components().all(is_plain);
        if !fits || below.extension().is_none_or(|extension| extension != "toml") {
            return Err(UNKNOWN_FILE);
        }
        let folder = &self.folders[at];
        let path = folder.join(below);
        // Links on the way may lead anywhere.
        let parent = path.parent().and_then(|parent| parent.canonicalize().ok()).ok_or(UNKNOWN_FILE)?;
        let is_inside = parent.starts_with(folder) && parent == path.parent().unwrap_or(folder);
        let is_regular = fs::symlink_metadata(&path).map_or(true, |about| about.is_file());
        if is_inside && is_regular { Ok(path) } else { Err(UNKNOWN_FILE) }
    }

    /// What keeps a text from being written: that the packs do not load with it, or errors in it. As lint's JSON, with
    /// files by their names, and a line for people.
    fn objections(&self, loaded: &Loaded, name: &str) -> Option<Value> {
        let of_it = |path: &str| self.name(path).is_some_and(|path| path == name);
        let errors = loaded
            .diagnostics
            .iter()
            .filter(|found| found.severity == Severity::Error && of_it(&loaded.sources.get(found.span.source).path));
        let mut found: Vec<_> = loaded.errors.clone();
        found.extend(errors.filter(|error| !loaded.errors.iter().any(|known| known.span == error.span)).cloned());
        let first = found.first()?;
        let detail = format!("The file is not written: {}.", first.message);
        let mut findings: Value =
            serde_json::from_str(&render_json(&found, &loaded.sources, loaded.files)).unwrap_or_default();
        findings["detail"] = detail.into();
        self.rename(&mut findings);
        Some(findings)
    }

    /// Puts names in the place of paths, wherever findings tell one.
    fn rename(&self, findings: &mut Value) {
        match findings {
            Value::Object(members) => {
                if let Some(Value::String(path)) = members.get_mut("file") {
                    *path = self.name(path).unwrap_or_default();
                }
                members.values_mut().for_each(|value| self.rename(value));
            }
            Value::String(text) => {
                for (folder, label) in self.folders.iter().zip(&self.labels) {
                    let path = folder.to_string_lossy();
                    if text.contains(&*path) {
                        *text = text.replace(&*path, label);
                    }
                }
            }
            Value::Array(items) => items.iter_mut().for_each(|value| self.rename(value)),
            _ => {}
        }
    }
}

/// What a file holds; `None` where there is none.
fn read_file(path: &Path) -> Result<Option<Vec<u8>>, Refused> {
    match fs::metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Ok(about) if about.len() > MAX_FILE_BYTES => {
            return Err(Refused::Other(StatusCode::PAYLOAD_TOO_LARGE, "The file is too large to be edited here."));
        }
        _ => {}
    }
    fs::read(path).map(Some).map_err(|error| {
        tracing::error!(%error, "a file of the served packs cannot be read");
        UNREADABLE
    })
}

fn digest(bytes: &[u8]) -> String {
    let hex: String = Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect();
    format!("sha256:{hex}")
}

/// Files are read and written aside of whoever answers requests.
async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, Refused> {
    tokio::task::spawn_blocking(work).await.map_err(|_| {
        tracing::error!("an edit ended in a panic; this is a bug");
        Refused::Other(StatusCode::INTERNAL_SERVER_ERROR, "Internal Server Error")
    })
}
