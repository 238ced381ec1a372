//! Open texts and their packs: which pack to check when, and what was found there.

use std::collections::{BTreeMap, BTreeSet};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::diag::{Diagnostic, SourceId, Span};
use crate::lint::mend_file;
use crate::pack::{FileKind, Loaded, Unsaved, file_text, pack_folder, real_file};

use super::check::{Checked, Job};
use super::client::Client;
use super::document::Document;
use super::findings::render_finding;
use super::position::Lines;
use super::uri::uri_of;
use super::view::{FileView, View};

/// How long the keys rest before a check: a word is typed in one go.
const QUIET: Duration = Duration::from_millis(40);
/// How long a check waits at most for the keys to rest.
const LONGEST: Duration = Duration::from_millis(400);
/// The most texts that are kept open.
const MAX_OPEN: usize = 1000;
/// The most files that are not open whose findings are shown, and the most findings of each.
const MAX_CLOSED: usize = 500;
const MAX_PER_CLOSED: usize = 50;

/// Everything that is known of the editor's files.
#[derive(Debug, Default)]
pub(super) struct Workspace {
    /// By their real paths.
    documents: BTreeMap<PathBuf, Open>,
    /// By their real paths: a folder, or a file that lies in none.
    packs: BTreeMap<PathBuf, Pack>,
    /// Whether a check is under way.
    busy: bool,
}

/// An open text and the pack that it belongs to.
#[derive(Debug)]
struct Open {
    document: Document,
    pack: Option<PathBuf>,
}

/// A pack that some open text belongs to.
#[derive(Debug)]
struct Pack {
    /// As the editor spells it.
    path: PathBuf,
    /// When it changed first and last since the last check began.
    changed: Option<(Instant, Instant)>,
    last: Option<Findings>,
    /// What has been told of it, by the file's address: findings and version.
    told: BTreeMap<String, (Value, Option<i64>)>,
}

/// What a check found.
#[derive(Debug)]
struct Findings {
    versions: BTreeMap<PathBuf, i64>,
    loaded: Loaded,
}

impl Workspace {
    /// Opens a text, or replaces it.
    pub(super) fn open(&mut self, document: Document, now: Instant) {
        let real = real_file(&document.path);
        if self.documents.len() >= MAX_OPEN && !self.documents.contains_key(&real) {
            return;
        }
        self.documents.insert(real, Open { document, pack: None });
        self.assign(now);
    }

    /// The open text of this path, to change it.
    pub(super) fn change(&mut self, path: &Path, now: Instant, change: impl FnOnce(&mut Document)) {
        let Some(open) = self.documents.get_mut(&real_file(path)) else { return };
        change(&mut open.document);
        match &open.pack {
            Some(pack) => touch(&mut self.packs, &pack.clone(), now),
            None => self.assign(now),
        }
    }

    /// Closes a text; from here on the file itself counts.
    pub(super) fn close(&mut self, path: &Path, now: Instant) {
        if let Some(open) = self.documents.remove(&real_file(path)) {
            if let Some(pack) = open.pack {
                touch(&mut self.packs, &pack, now);
            }
            self.assign(now);
        }
    }

    /// Notes that a file changed on disk.
    pub(super) fn changed_on_disk(&mut self, path: &Path, now: Instant) {
        let real = real_file(path);
        let around: Vec<PathBuf> = self.packs.keys().filter(|pack| real.starts_with(pack)).cloned().collect();
        around.iter().for_each(|pack| touch(&mut self.packs, pack, now));
        if FileKind::of(path) == FileKind::Pack {
            self.assign(now);
        }
    }

    /// Finds every text's pack anew.
    fn assign(&mut self, now: Instant) {
        let unsaved = self.unsaved();
        let mut changed = BTreeSet::new();
        for (real, open) in &mut self.documents {
            let path = pack_of(&open.document, &unsaved);
            let pack = path.as_ref().map(|path| if *path == open.document.path { real.clone() } else { folder(path) });
            if let (Some(pack), Some(path)) = (&pack, path)
                && !self.packs.contains_key(pack)
            {
                let known = Pack { path, changed: None, last: None, told: BTreeMap::new() };
                self.packs.insert(pack.clone(), known);
            }
            if pack != open.pack {
                changed.extend(open.pack.take());
                changed.extend(pack.clone());
                open.pack = pack;
            }
        }
        changed.iter().for_each(|pack| touch(&mut self.packs, pack, now));
    }

    /// The addresses of packs' files that no open text belongs to any longer, to take their findings away.
    pub(super) fn forget_unused(&mut self) -> Vec<Value> {
        let used: BTreeSet<&PathBuf> = self.documents.values().filter_map(|open| open.pack.as_ref()).collect();
        let unused: Vec<PathBuf> = self.packs.keys().filter(|pack| !used.contains(pack)).cloned().collect();
        let gone = unused.iter().filter_map(|pack| self.packs.remove(pack));
        let told: Vec<String> = gone.flat_map(|pack| pack.told.into_keys()).collect();
        // Another pack may have the same file by now.
        let elsewhere = |uri: &String| self.packs.values().any(|pack| pack.told.contains_key(uri));
        told.into_iter().filter(|uri| !elsewhere(uri)).map(|uri| json!({ "uri": uri, "diagnostics": [] })).collect()
    }

    fn unsaved(&self) -> Unsaved {
        let mut unsaved = Unsaved::default();
        for (real, open) in &self.documents {
            unsaved.put(real, open.document.bytes());
        }
        unsaved
    }

    /// When the next check is due, if one is.
    pub(super) fn due(&self) -> Option<Instant> {
        if self.busy {
            return None;
        }
        self.packs.values().filter_map(Pack::due).min()
    }

    /// The check that is due by now. Until its end there is no other: what changes meanwhile is checked at once then.
    pub(super) fn next_job(&mut self, now: Instant) -> Option<Job> {
        if self.busy {
            return None;
        }
        let due = self.packs.iter().filter_map(|(real, pack)| Some((pack.due()?, real.clone())));
        let (_, real) = due.filter(|(due, _)| *due <= now).min()?;
        let pack = self.packs.get_mut(&real)?;
        pack.changed = None;
        let path = pack.path.clone();
        self.busy = true;
        let versions = self.documents.iter().map(|(path, open)| (path.clone(), open.document.version)).collect();
        Some(Job { pack: real, path, unsaved: self.unsaved(), versions })
    }

    /// Takes the result of a check; what is to be told of it, and what went wrong.
    pub(super) fn take(&mut self, checked: Checked, client: &Client) -> (Vec<Value>, Option<String>) {
        self.busy = false;
        let Some(mut pack) = self.packs.remove(&checked.pack) else { return (Vec::new(), None) };
        let (told, trouble) = match checked.loaded {
            Ok(loaded) => {
                let findings = Findings { versions: checked.versions, loaded };
                let told = self.tell(&checked.pack, &mut pack, &findings, client);
                pack.last = Some(findings);
                (told, None)
            }
            Err(trouble) => (Vec::new(), Some(trouble)),
        };
        self.packs.insert(checked.pack, pack);
        (told, trouble)
    }

    /// What has changed since the pack was told of last.
    fn tell(&self, real: &Path, pack: &mut Pack, findings: &Findings, client: &Client) -> Vec<Value> {
        let places = Places { workspace: self, findings, encoding: client.encoding };
        let mut by_source: BTreeMap<SourceId, Vec<&Diagnostic>> = BTreeMap::new();
        for found in &findings.loaded.diagnostics {
            by_source.entry(found.span.source).or_default().push(found);
        }
        let mut told: BTreeMap<String, (Value, Option<i64>)> = BTreeMap::new();
        let mut closed = 0;
        for (source, found) in by_source {
            let Some(file) = places.file(source) else {
                // The text has changed since: its next check is on its way.
                continue;
            };
            let most = if file.version.is_some() { usize::MAX } else { MAX_PER_CLOSED };
            closed += usize::from(file.version.is_none());
            if closed > MAX_CLOSED {
                continue;
            }
            let locate = |span: Span| {
                if span.source == source {
                    return Some((file.uri.clone(), file.range(span)));
                }
                places.file(span.source).map(|file| (file.uri.clone(), file.range(span)))
            };
            let shown = found.iter().take(most).filter_map(|found| render_finding(found, client.taste, &locate));
            told.insert(file.uri.clone(), (shown.collect(), file.version));
        }
        for (path, open) in &self.documents {
            let document = &open.document;
            let is_stale = findings.versions.get(path) != Some(&document.version);
            if let (true, Some(last)) = (is_stale, pack.told.get(&document.uri)) {
                told.insert(document.uri.clone(), last.clone());
            } else if !is_stale && open.pack.as_deref() == Some(real) {
                told.entry(document.uri.clone()).or_insert_with(|| (json!([]), Some(document.version)));
            }
        }
        let changed = told.iter().filter(|(uri, now)| pack.told.get(*uri) != Some(now));
        let mut messages: Vec<Value> = changed
            .map(|(uri, (found, version))| match version {
                Some(version) => json!({ "uri": uri, "version": version, "diagnostics": found }),
                None => json!({ "uri": uri, "diagnostics": found }),
            })
            .collect();
        let gone = pack.told.keys().filter(|uri| !told.contains_key(*uri));
        messages.extend(gone.map(|uri| json!({ "uri": uri, "diagnostics": [] })));
        pack.told = told;
        messages
    }

    /// An open text.
    pub(super) fn document(&self, path: &Path) -> Option<&Document> {
        self.documents.get(&real_file(path)).map(|open| &open.document)
    }

    /// A text as questions about it see it; `None` where it is not open or belongs to no pack.
    pub(super) fn view(&self, path: &Path) -> Option<View> {
        let open = self.documents.get(&real_file(path))?;
        let pack = open.pack.as_ref()?;
        let document = &open.document;
        let file = FileView::new(document.path.clone(), document.text.clone(), document.kind());
        let manifest = self.packs.get(pack).filter(|_| file.kind == FileKind::Task).and_then(|pack| {
            let path = pack.path.join("pack.toml");
            let text = match self.document(&path) {
                Some(open) => open.text.clone(),
                None => file_text(&path)?.into(),
            };
            Some(FileView::new(path, text, FileKind::Pack))
        });
        Some(View { file, manifest })
    }

    /// The texts of the pack of an open text, its own left out: open ones as they are, others as they were last read.
    pub(super) fn others(&self, path: &Path) -> Vec<(PathBuf, std::sync::Arc<str>)> {
        let own = real_file(path);
        let pack = self.documents.get(&own).and_then(|open| self.packs.get(open.pack.as_ref()?));
        let Some(findings) = pack.and_then(|pack| pack.last.as_ref()) else { return Vec::new() };
        let sources = &findings.loaded.sources;
        let files = sources.ids().map(|id| sources.get(id)).filter(|source| source.path.ends_with(".toml"));
        files
            .map(|source| (PathBuf::from(&*source.path), source.text.clone()))
            .filter(|(path, _)| real_file(path) != own)
            .map(|(path, text)| match self.document(&path) {
                Some(open) => (path, open.text.clone()),
                None => (path, text),
            })
            .collect()
    }

    /// The findings of an open text, if they are those of its present version.
    pub(super) fn findings(&self, path: &Path) -> Vec<&Diagnostic> {
        let real = real_file(path);
        let Some(open) = self.documents.get(&real) else { return Vec::new() };
        let pack = open.pack.as_ref().and_then(|pack| self.packs.get(pack));
        let Some(findings) = pack.and_then(|pack| pack.last.as_ref()) else { return Vec::new() };
        if findings.versions.get(&real) != Some(&open.document.version) {
            return Vec::new();
        }
        let sources = &findings.loaded.sources;
        let own: BTreeSet<SourceId> =
            sources.ids().filter(|id| real_file(Path::new(&*sources.get(*id).path)) == real).collect();
        findings.loaded.diagnostics.iter().filter(|found| own.contains(&found.span.source)).collect()
    }

    /// An open text with the fixes that `lint --fix` would make.
    pub(super) fn mended(&self, path: &Path) -> Option<String> {
        let open = self.documents.get(&real_file(path))?;
        let pack = self.packs.get(open.pack.as_ref()?)?;
        let mend = || mend_file(&pack.path, &open.document.path, &self.unsaved());
        let mended = catch_unwind(AssertUnwindSafe(mend)).ok()?.ok()??;
        Some(mended.after.to_string())
    }

    /// The address and the lines of a file that may be open.
    pub(super) fn address(&self, path: &Path, text: &str, client: &Client) -> (String, Lines) {
        match self.document(path) {
            Some(open) => (open.uri.clone(), open.lines.clone()),
            None => (uri_of(&absolute(path)), Lines::of_file(text, client.encoding)),
        }
    }
}

impl Pack {
    fn due(&self) -> Option<Instant> {
        self.changed.map(|(first, last)| (last + QUIET).min(first + LONGEST))
    }
}

fn touch(packs: &mut BTreeMap<PathBuf, Pack>, pack: &Path, now: Instant) {
    if let Some(pack) = packs.get_mut(pack) {
        let first = pack.changed.map_or(now, |(first, _)| first);
        pack.changed = Some((first, now));
    }
}

/// The pack of a text: the folder around it that has a manifest; the text itself where it only says that it is a task.
fn pack_of(document: &Document, unsaved: &Unsaved) -> Option<PathBuf> {
    if document.path.extension().is_none_or(|extension| extension != "toml") {
        return None;
    }
    pack_folder(&document.path, unsaved).or_else(|| {
        let directive = document.text.trim_start_matches('\u{feff}').lines().next()?.strip_prefix("#:schema")?.trim();
        let known = [FileKind::Task, FileKind::Pack].iter().any(|kind| directive.ends_with(kind.schema_file()));
        known.then(|| document.path.clone())
    })
}

/// A folder's real path.
fn folder(path: &Path) -> PathBuf {
    path.canonicalize().unwrap_or_else(|_| path.to_owned())
}

fn absolute(path: &Path) -> PathBuf {
    std::path::absolute(path).unwrap_or_else(|_| path.to_owned())
}

/// Where findings stand, for an editor.
struct Places<'a> {
    workspace: &'a Workspace,
    findings: &'a Findings,
    encoding: super::position::Encoding,
}

/// A file with findings.
struct Place {
    uri: String,
    /// Of an open text.
    version: Option<i64>,
    text: std::sync::Arc<str>,
    lines: Lines,
}

impl Place {
    fn range(&self, span: Span) -> Value {
        self.lines.range(&self.text, span.start as usize..span.end as usize)
    }
}

impl Places<'_> {
    /// A file; `None` where its text has changed since it was checked.
    fn file(&self, source: SourceId) -> Option<Place> {
        let source = self.findings.loaded.sources.get(source);
        let path = Path::new(&*source.path);
        let real = real_file(path);
        let Some(open) = self.workspace.documents.get(&real) else {
            let lines = Lines::of_file(&source.text, self.encoding);
            return Some(Place { uri: uri_of(&absolute(path)), version: None, text: source.text.clone(), lines });
        };
        let document = &open.document;
        let is_present = self.findings.versions.get(&real) == Some(&document.version);
        is_present.then(|| Place {
            uri: document.uri.clone(),
            version: Some(document.version),
            text: document.text.clone(),
            lines: document.lines.clone(),
        })
    }
}
