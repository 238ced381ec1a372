//! The texts of a pack's files, and what is wrong with a pack before one of them is read as TOML.

use std::collections::HashSet;

use crate::diag::{Code, Diagnostic, Sink, Source, SourceId, Sources, Span};

use super::discover::{Content, MANIFEST, PackFiles, join};
use super::encoding::{Decoded, decode};
use super::limits::{MAX_FILE_BYTES, MAX_PACK_BYTES, MAX_TASKS};

/// What the files of a pack hold.
pub(super) struct PackTexts {
    /// The text of `pack.toml`; a pack without one has a finding.
    pub(super) manifest: Option<Decoded>,
    /// The texts of its tasks, in the order of their paths.
    pub(super) tasks: Vec<Decoded>,
    /// The files that were only read because another one was asked for.
    pub(super) passed_over: HashSet<SourceId>,
}

impl PackTexts {
    /// Decodes the files and reports what is wrong with the pack as a folder: no manifest, one within it, no tasks, too
    /// much of something.
    pub(super) fn read(mut pack: PackFiles, sources: &mut Sources, sink: &mut Sink) -> PackTexts {
        let mut texts = PackTexts { manifest: None, tasks: Vec::new(), passed_over: HashSet::new() };
        let mut bytes = 0;
        let mut nested = false;
        // Each file's bytes are given back once its text is there.
        for file in std::mem::take(&mut pack.files) {
            let text = read_file(&join(&pack.shown, &file.name), &file.content, sources, sink);
            if !pack.is_asked_for(&file.name) {
                texts.passed_over.insert(text.source);
            }
            if file.name != MANIFEST && file.name.rsplit('/').next() == Some(MANIFEST) {
                sink.push(nested_pack(text.source, &pack.shown, sources));
                nested = true;
                continue;
            }
            bytes += sources.get(text.source).text.len() as u64;
            if file.name == MANIFEST { texts.manifest = Some(text) } else { texts.tasks.push(text) }
        }
        let anchor = texts.anchor(&pack, sources);
        if texts.manifest.is_none() {
            sink.push(missing_manifest(&pack, anchor));
            return texts;
        }
        let found = texts.tasks.len();
        if found == 0 && !nested {
            sink.push(Diagnostic::new(Code::EmptyPack, anchor, "the pack holds no task file"));
        }
        if found > MAX_TASKS {
            sink.push(Diagnostic::new(Code::TooLarge, anchor, format!("the pack holds more than {MAX_TASKS} tasks")));
        } else if pack.too_many {
            let message = "the pack's folder holds more files and folders than are looked at";
            sink.push(Diagnostic::new(Code::TooLarge, anchor, message));
        }
        if bytes > MAX_PACK_BYTES {
            let message = format!("the pack's files hold more than {MAX_PACK_BYTES} bytes");
            sink.push(Diagnostic::new(Code::TooLarge, anchor, message));
        }
        texts
    }

    /// Where findings point that are the whole pack's.
    fn anchor(&self, pack: &PackFiles, sources: &mut Sources) -> Span {
        match (&self.manifest, self.tasks.first()) {
            (Some(manifest), _) => Span::new(manifest.source, sources.get(manifest.source).first_line()),
            (None, Some(task)) if pack.only.is_some() => Span::new(task.source, 0..0),
            _ => {
                let folder = if pack.shown.is_empty() { "." } else { &pack.shown };
                Span::new(sources.add(Source::new(folder, "")), 0..0)
            }
        }
    }
}

fn nested_pack(source: SourceId, outer: &str, sources: &Sources) -> Diagnostic {
    let place = Span::new(source, sources.get(source).first_line());
    Diagnostic::new(Code::NestedPack, place, format!("this `{MANIFEST}` lies inside the pack `{outer}`"))
        .with_help(Some("move it out of the pack, or give its tasks to the outer pack".to_owned()))
}

fn missing_manifest(pack: &PackFiles, anchor: Span) -> Diagnostic {
    let help = match &pack.misnamed {
        Some(name) => format!("rename `{}` to `{MANIFEST}`", crate::diag::printable(name)),
        None => format!("a pack is a folder with a `{MANIFEST}` and task files"),
    };
    Diagnostic::new(Code::MissingManifest, anchor, format!("there is no `{MANIFEST}` in this folder or above"))
        .with_help(Some(help))
}

fn read_file(path: &str, content: &Content, sources: &mut Sources, sink: &mut Sink) -> Decoded {
    let (code, message) = match content {
        Content::Bytes(bytes) => return decode(path, bytes, sources, sink),
        Content::TooLarge => (Code::TooLarge, format!("the file is larger than {MAX_FILE_BYTES} bytes")),
        Content::Unreadable(why) => (Code::BadEncoding, format!("the file cannot be read: {why}")),
    };
    let source = sources.add(Source::new(path, ""));
    sink.push(Diagnostic::new(code, Span::new(source, 0..0), message));
    Decoded { source, mended: Vec::new(), readable: false }
}
