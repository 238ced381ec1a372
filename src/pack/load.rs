//! Loading: every file of every pack through its stages, and what holds between them.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::Arc;

use memchr::memchr;
use serde::de::Deserialize;
use sha2::{Digest, Sha256};

use crate::diag::{Code, Diagnostic, Sink, SourceId, Sources, Span, shorten};
use crate::task::{Catalog, Task, TaskPack};

use super::check::check;
use super::de::from_tree;
use super::discover::{Content, LoadError, MANIFEST, PackFile, PackFiles, discover};
use super::encoding::Decoded;
use super::inspect::{AuthoredFile, AuthoredPack, AuthoredTask, Inspector, Nobody};
use super::limits::{MAX_FILE_BYTES, MAX_TASKS};
use super::lower::{File, LintSettings, Manifest, lower_manifest, lower_task};
use super::orphan::without_orphans;
use super::parallel::parallel_map;
use super::parse::{Faults, Parsed, parse, parse_thoroughly};
use super::raw::{DEFAULT_CURRENCY, RawPack, RawTask};
use super::schema::FileKind;
use super::task_ids::TaskIds;
use super::texts::PackTexts;
use super::tree::{Node, Value};
use super::unsaved::Unsaved;

/// The newest version of the authored form that this program reads.
const SCHEMA_VERSION: i64 = 1;

/// What a run has loaded: everything that could be built, and everything that is wrong.
#[derive(Debug)]
pub struct Loaded {
    /// The files, for printing findings.
    pub sources: Sources,
    /// The findings that were asked for, as the packs' own settings want them, sorted.
    pub diagnostics: Vec<Diagnostic>,
    /// The errors that keep the packs from being played, whatever their settings say of them, sorted.
    pub errors: Vec<Diagnostic>,
    /// The packs, with the tasks that could be built.
    pub packs: Vec<TaskPack>,
    /// Per task, in the order of `packs` and their tasks, the path of its file.
    pub task_files: HashMap<Arc<str>, Arc<str>>,
    /// How many files were read.
    pub files: usize,
    /// The paths of files that were only loaded because another one of their pack was asked for.
    passed_over: HashSet<Arc<str>>,
}

impl Loaded {
    /// Whether this task was asked for, by its pack or by its own file.
    pub fn is_asked_for(&self, task: &str) -> bool {
        self.task_files.get(task).is_none_or(|file| !self.passed_over.contains(file))
    }

    /// The packs with those tasks only that were asked for. What is wrong with the others counts as before.
    #[must_use]
    pub fn narrowed(mut self) -> Loaded {
        let (files, passed_over) = (&self.task_files, &self.passed_over);
        let asked = |task: &str| files.get(task).is_none_or(|file| !passed_over.contains(file));
        self.packs.iter_mut().for_each(|pack| pack.tasks.retain(|task| asked(&task.id)));
        self
    }

    /// With so many findings of a file as anybody reads, and nothing in them that is hidden.
    pub(crate) fn shortened(mut self) -> Loaded {
        for list in [&mut self.diagnostics, &mut self.errors] {
            *list = shorten(std::mem::take(list), &self.sources);
        }
        self
    }

    /// The packs as a catalogue to play from.
    ///
    /// # Errors
    /// The findings that keep them from being played: a pack that cannot be loaded whole is not served at all.
    pub fn into_catalog(self) -> Result<Catalog, Box<Loaded>> {
        if self.errors.is_empty() { Ok(Catalog::new(self.packs)) } else { Err(Box::new(self)) }
    }
}

/// Loads the packs that the paths name.
///
/// # Errors
/// A path that cannot be read or names nothing of the kind. An author's mistakes are findings, not errors.
pub fn load<P: AsRef<Path>>(paths: &[P]) -> Result<Loaded, LoadError> {
    load_inspected(paths, &Unsaved::default(), &Nobody).map(Loaded::shortened)
}

/// Loads the packs that the paths name, and lets `inspector` look at each file on the way. What it finds is treated as
/// the loader's own findings are: by the pack's settings, sorted, and only of the files that were asked for.
///
/// # Errors
/// As [`load`].
pub(crate) fn load_inspected<P: AsRef<Path>>(
    paths: &[P],
    unsaved: &Unsaved,
    inspector: &impl Inspector,
) -> Result<Loaded, LoadError> {
    let mut packs: Vec<PackFiles> = Vec::new();
    for path in paths {
        discover(path.as_ref(), unsaved, &mut packs)?;
    }
    packs.iter_mut().for_each(|pack| pack.overlay(unsaved));
    Ok(load_files(packs, inspector))
}

/// Loads the repository's own pack from the binary.
pub fn load_embedded() -> Loaded {
    const FILES: &[(&str, &[u8])] = include!(concat!(env!("OUT_DIR"), "/embedded_pack.rs"));
    let file =
        |(name, bytes): &(&str, &[u8])| PackFile { name: (*name).to_owned(), content: Content::Bytes(bytes.to_vec()) };
    let mut files: Vec<PackFile> = FILES.iter().map(file).collect();
    files.sort_by_key(|file| file.name != MANIFEST);
    load_files(vec![PackFiles::of("(built in)".to_owned(), files)], &Nobody)
}

/// Loads one pack whose files are at hand, each with its name below the pack's folder; nothing on disk is looked at.
/// With `only`, the findings are those of this file.
pub fn load_texts(files: &[(&str, &str)], only: Option<&str>) -> Loaded {
    load_texts_inspected(files, only, &Nobody).shortened()
}

/// As [`load_texts`], and lets `inspector` look at each file on the way.
pub(crate) fn load_texts_inspected(files: &[(&str, &str)], only: Option<&str>, inspector: &impl Inspector) -> Loaded {
    let content = |text: &str| match text.len() as u64 <= MAX_FILE_BYTES {
        true => Content::Bytes(text.as_bytes().to_vec()),
        false => Content::TooLarge,
    };
    let file = |&(name, text): &(&str, &str)| PackFile { name: name.to_owned(), content: content(text) };
    let mut files: Vec<PackFile> = files.iter().map(file).collect();
    files.sort_by(|a, b| (a.name != MANIFEST).cmp(&(b.name != MANIFEST)).then_with(|| a.name.cmp(&b.name)));
    let mut pack = PackFiles::of(String::new(), files);
    pack.only = only.map(|name| BTreeSet::from([name.to_owned()]));
    load_files(vec![pack], inspector)
}

/// One pack on its way.
struct Loading {
    manifest: Option<Manifest>,
    tasks: Vec<Arc<Task>>,
    digest: Arc<str>,
    sink: Sink,
    passed_over: HashSet<SourceId>,
    /// The number of the first source behind the pack's own.
    sources_end: usize,
}

fn load_files(found: Vec<PackFiles>, inspector: &impl Inspector) -> Loaded {
    let mut sources = Sources::default();
    let mut task_ids = TaskIds::default();
    let mut task_files = HashMap::new();
    let files = found.iter().map(|pack| pack.files.len()).sum();
    let loading: Vec<Loading> = found
        .into_iter()
        .map(|pack| load_pack(pack, inspector, &mut sources, &mut task_ids, &mut task_files))
        .collect();

    let mut shown = Sink::default();
    let mut errors = Sink::default();
    let mut packs = Vec::new();
    let mut passed_over = HashSet::new();
    // Per pack, how many files there are up to its end, and what it wants of findings.
    let mut settings: Vec<(usize, LintSettings)> = Vec::new();
    for pack in loading {
        passed_over.extend(pack.passed_over.iter().map(|&source| sources.get(source).path.clone()));
        let lint = pack.manifest.as_ref().map(|manifest| manifest.lint.clone()).unwrap_or_default();
        for diagnostic in pack.sink.into_sorted(&sources) {
            if diagnostic.severity == crate::diag::Severity::Error {
                errors.push(diagnostic.clone());
            }
            let asked = !pack.passed_over.contains(&diagnostic.span.source);
            let insisted = inspector.insists_on(diagnostic.code);
            if let (true, Some(diagnostic)) = (asked, lint.apply(diagnostic, insisted)) {
                shown.push(diagnostic);
            }
        }
        settings.push((pack.sources_end, lint));
        packs.extend(pack.manifest.map(|manifest| assemble(manifest, pack.tasks, pack.digest)));
    }
    for diagnostic in task_ids.into_diagnostics() {
        errors.push(diagnostic.clone());
        let places = diagnostic.labels.iter().map(|label| label.span).chain([diagnostic.span]);
        if places.map(|place| &sources.get(place.source).path).all(|path| passed_over.contains(path)) {
            continue;
        }
        // A finding between packs is that of the pack it points into.
        let owner = settings.partition_point(|(end, _)| *end <= diagnostic.span.source.index());
        let insisted = inspector.insists_on(diagnostic.code);
        shown.extend(settings[owner].1.apply(diagnostic, insisted));
    }
    Loaded {
        diagnostics: shown.into_sorted(&sources),
        errors: errors.into_sorted(&sources),
        sources,
        packs,
        task_files,
        files,
        passed_over,
    }
}

fn assemble(manifest: Manifest, mut tasks: Vec<Arc<Task>>, digest: Arc<str>) -> TaskPack {
    tasks.sort_by(|a, b| a.difficulty.cmp(&b.difficulty).then_with(|| a.id.cmp(&b.id)));
    TaskPack {
        name: manifest.name,
        version: manifest.version,
        description: manifest.description,
        digest,
        resolutions: manifest.resolutions,
        handbook: manifest.handbook_index,
        tasks,
    }
}

fn load_pack<I: Inspector>(
    pack: PackFiles,
    inspector: &I,
    sources: &mut Sources,
    task_ids: &mut TaskIds,
    task_files: &mut HashMap<Arc<str>, Arc<str>>,
) -> Loading {
    let mut sink = Sink::default();
    let digest = if inspector.plays() { digest(&pack.files) } else { "".into() };
    let PackTexts { manifest, tasks: texts, passed_over } = PackTexts::read(pack, sources, &mut sink);
    let Some(manifest) = manifest else {
        return Loading { manifest: None, tasks: Vec::new(), digest, sink, passed_over, sources_end: sources.len() };
    };
    let form = read_form::<RawPack<'_>>(&manifest, FileKind::Pack, DEFAULT_CURRENCY, sources, &mut sink);
    let Some(form) = form else {
        // Without the manifest's form nothing can be said of references into it; the tasks' own form still can.
        let blank = Manifest::unknown();
        let frame = Frame { sources, manifest: &blank, digest: &digest, pack: None, inspector };
        let checked = parallel_map(&texts, |text| frame.load_task(text));
        for loaded in checked {
            sink.append(loaded.sink);
        }
        return Loading { manifest: None, tasks: Vec::new(), digest, sink, passed_over, sources_end: sources.len() };
    };
    let manifest = form.lower(sources, &mut sink, lower_manifest);
    let mut authored = AuthoredPack {
        file: form.authored(sources),
        raw: &form.raw,
        whole: false,
        currency_known: manifest.currency_known,
        scores_known: manifest.currency_known
            && manifest.handbook_known
            && manifest.settings.weights_known
            && manifest.handbook.policies.len() == manifest.handbook.declared.len(),
    };
    let frame = Frame { sources, manifest: &manifest, digest: &digest, pack: Some(&authored), inspector };
    let loaded = parallel_map(&texts[..texts.len().min(MAX_TASKS)], |text| frame.load_task(text));
    let mut tasks = Vec::new();
    let mut built = 0;
    let mut notes = Vec::new();
    for (loaded, text) in loaded.into_iter().zip(&texts) {
        sink.append(loaded.sink);
        notes.extend(loaded.note);
        if let Some((id, place)) = loaded.id {
            task_files.entry(Arc::from(id.as_str())).or_insert_with(|| sources.get(text.source).path.clone());
            task_ids.add(id, place);
        }
        built += usize::from(loaded.is_built);
        tasks.extend(loaded.task);
    }
    authored.whole = built == texts.len();
    inspector.inspect_pack(&authored, notes, &mut sink);
    Loading { manifest: Some(manifest), tasks, digest, sink, passed_over, sources_end: sources.len() }
}

/// What the tasks of a pack are loaded with.
struct Frame<'a, I> {
    sources: &'a Sources,
    manifest: &'a Manifest,
    digest: &'a Arc<str>,
    pack: Option<&'a AuthoredPack<'a>>,
    inspector: &'a I,
}

/// What has become of a task file.
#[derive(Debug, Clone)]
pub(super) struct LoadedTask<N> {
    sink: Sink,
    /// Its id, and where that stands.
    id: Option<(String, Span)>,
    /// Whether it could be built.
    is_built: bool,
    /// The task, where it is to be played: thousands that nobody plays would fill the memory.
    task: Option<Arc<Task>>,
    note: Option<N>,
}

impl<N> LoadedTask<N> {
    /// A file from which nothing could be built.
    fn lost(sink: Sink) -> LoadedTask<N> {
        LoadedTask { sink, id: None, is_built: false, task: None, note: None }
    }
}

impl<I: Inspector> Frame<'_, I> {
    /// One task file through all its stages; a panic on the way is a finding of that file.
    fn load_task(&self, text: &Decoded) -> LoadedTask<I::Note> {
        let memory = self.inspector.memory().zip(self.pack.map(|pack| &pack.file));
        if let Some(known) = memory.and_then(|(memory, manifest)| memory.recall(text, manifest, self.sources)) {
            return known;
        }
        let loaded = self.load_new_task(text);
        if let Some((memory, manifest)) = memory {
            memory.keep(text, manifest, self.sources, &loaded);
        }
        loaded
    }

    fn load_new_task(&self, text: &Decoded) -> LoadedTask<I::Note> {
        catch_unwind(AssertUnwindSafe(|| self.run(text))).unwrap_or_else(|_| {
            let mut sink = Sink::default();
            let message = "the loader failed on this file; this is a bug of support-ops, please report it";
            sink.push(Diagnostic::new(Code::InternalError, Span::new(text.source, 0..0), message));
            LoadedTask::lost(sink)
        })
    }

    fn run(&self, text: &Decoded) -> LoadedTask<I::Note> {
        let mut sink = Sink::default();
        let currency = self.manifest.currency.code();
        let Some(form) = read_form::<RawTask<'_>>(text, FileKind::Task, currency, self.sources, &mut sink) else {
            return LoadedTask::lost(sink);
        };
        let lowered =
            form.lower(self.sources, &mut sink, |raw, file| lower_task(raw, self.manifest, self.digest, file));
        let authored = AuthoredTask {
            file: form.authored(self.sources),
            raw: &form.raw,
            task: lowered.task.as_ref(),
            pack: self.pack,
        };
        let note = self.inspector.inspect_task(&authored, &mut sink);
        let is_built = lowered.task.is_some();
        LoadedTask { sink, id: lowered.id, is_built, task: lowered.task.filter(|_| self.inspector.plays()), note }
    }
}

/// A file that has the form of its kind, as far as it could be read.
struct Form<'t, T> {
    source: SourceId,
    tree: Node<'t>,
    faults: Faults,
    raw: T,
}

impl<T> Form<'_, T> {
    fn lower<L>(&self, sources: &Sources, sink: &mut Sink, lower: impl FnOnce(&T, &mut File<'_>) -> L) -> L {
        let source = sources.get(self.source);
        let mut file = File {
            source: self.source,
            text: &source.text,
            faults: &self.faults,
            first_line: source.first_line(),
            regexes: 0,
            sink,
        };
        lower(&self.raw, &mut file)
    }

    fn authored<'a>(&'a self, sources: &'a Sources) -> AuthoredFile<'a> {
        AuthoredFile {
            source: self.source,
            path: &sources.get(self.source).path,
            text: &sources.get(self.source).text,
            tree: &self.tree,
            complete: !self.faults.any(),
            records_whole: !self.faults.lose_keys_of("artifacts", &sources.get(self.source).text),
            has_escapes: memchr(b'\\', sources.get(self.source).text.as_bytes()).is_some(),
        }
    }
}

/// A file's raw form: syntax, then schema. `None` where nothing can be built from it.
fn read_form<'t, T: Deserialize<'t>>(
    text: &Decoded,
    kind: FileKind,
    currency: &str,
    sources: &'t Sources,
    sink: &mut Sink,
) -> Option<Form<'t, T>> {
    if !text.readable {
        return None;
    }
    let source = sources.get(text.source);
    let mut own = Sink::default();
    let parsed = parse(&source.text, text.source, &text.mended, &mut own);
    if let Some(place) = future_version(&parsed.root) {
        let message = format!(
            "the file is written for a newer version of support-ops; this one reads schema_version {SCHEMA_VERSION}"
        );
        sink.push(Diagnostic::new(Code::FutureSchemaVersion, Span::new(text.source, place), message));
        return None;
    }
    // The types accept exactly what the schema does. So a sound file needs no look at the schema, which costs as much as
    // all the rest: only a faulty one is held against it, for findings that say what is wrong and where.
    if own.is_empty() && !parsed.faults.any() && parsed.faults.duplicates.is_empty() {
        let mut faults = Vec::new();
        if let Some(raw) = from_tree(&parsed.root, &mut faults).filter(|_| faults.is_empty()) {
            let tree = parsed.root;
            debug_assert!(kind.validator().is_valid(&tree.to_json()), "the types accept what the schema refuses");
            return Some(Form { source: text.source, tree, faults: parsed.faults, raw });
        }
    }
    let run = |parsed: Parsed<'t>, own: &mut Sink| {
        let Parsed { root: mut tree, faults } = parsed;
        let checked = check(&mut tree, (text.source, source), &faults, kind, currency, own);
        (tree, faults, checked)
    };
    // A section of an entry whose head is misspelt or missing is read as a part of the entry above: without it all is
    // read again.
    let again = |rest: &str, own: &mut Sink| {
        *own = Sink::default();
        parse_thoroughly(rest, text.source, &text.mended, own)
    };
    let parsed = match without_orphans(&source.text, &[]) {
        Some(rest) => again(&rest, &mut own),
        None => parsed,
    };
    let (mut tree, mut faults, mut checked) = run(parsed, &mut own);
    if !checked.lost.is_empty()
        && let Some(rest) = without_orphans(&source.text, &checked.lost)
    {
        (tree, faults, checked) = run(again(&rest, &mut own), &mut own);
    }
    sink.append(own);
    if !checked.fits {
        return None;
    }
    let mut found = Vec::new();
    let raw = from_tree(&tree, &mut found);
    for fault in found {
        let place = fault.span.unwrap_or_else(|| source.first_line());
        sink.push(Diagnostic::new(Code::WrongType, Span::new(text.source, place), fault.message));
    }
    raw.map(|raw| Form { source: text.source, tree, faults, raw })
}

fn future_version(root: &Node<'_>) -> Option<Range<usize>> {
    let node = &root.entry("schema_version")?.node;
    matches!(node.value, Value::Integer(version) if version > SCHEMA_VERSION).then(|| node.span.clone())
}

/// SHA-256 over the pack's files in order: each name and content with its length before it, so that no two packs
/// run together to the same bytes.
fn digest(files: &[PackFile]) -> Arc<str> {
    let mut hash = Sha256::new();
    for file in files {
        let bytes: &[u8] = match &file.content {
            Content::Bytes(bytes) => bytes,
            Content::TooLarge | Content::Unreadable(_) => &[],
        };
        for part in [file.name.as_bytes(), bytes] {
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part);
        }
    }
    let hex: String = hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
    format!("sha256:{hex}").into()
}
