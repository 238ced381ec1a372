//! A file as sound TOML, before anything is said of its form: for whoever rewrites texts.

use std::sync::Arc;

use crate::diag::{Code, Diagnostic, Severity, Sink, Source, Sources, Span};

use super::encoding::decode;
use super::limits::MAX_FILE_BYTES;
use super::parse::parse;
use super::tree::Node;

/// A file that is sound TOML within the limits.
pub(crate) struct ReadFile {
    pub(crate) text: Arc<str>,
    pub(crate) tree: Node<'static>,
}

/// A file that is not, and why.
pub(crate) struct UnreadFile {
    pub(crate) found: Vec<Diagnostic>,
    pub(crate) sources: Sources,
}

/// Reads a text. Only what keeps it from being rewritten is an error: encoding, syntax, keys written twice, limits.
pub(crate) fn read_text(path: &str, bytes: &[u8]) -> Result<ReadFile, UnreadFile> {
    let mut sources = Sources::default();
    let mut sink = Sink::default();
    if bytes.len() as u64 > MAX_FILE_BYTES {
        let source = sources.add(Source::new(path, ""));
        let message = format!("the file is larger than {MAX_FILE_BYTES} bytes");
        sink.push(Diagnostic::new(Code::TooLarge, Span::new(source, 0..0), message));
        return Err(UnreadFile { found: sink.into_sorted(&sources), sources });
    }
    let decoded = decode(path, bytes, &mut sources, &mut sink);
    let text = sources.get(decoded.source).text.clone();
    let parsed = decoded.readable.then(|| parse(&text, decoded.source, &decoded.mended, &mut sink));
    for twice in parsed.iter().flat_map(|parsed| &parsed.faults.duplicates) {
        sink.push(twice.diagnostic(decoded.source));
    }
    let blocks = |found: &Diagnostic| {
        found.severity == Severity::Error
            && matches!(found.code, Code::BadEncoding | Code::Syntax | Code::DuplicateKey | Code::TooLarge)
    };
    let found: Vec<Diagnostic> = sink.into_sorted(&sources).into_iter().filter(blocks).collect();
    match parsed {
        Some(parsed) if found.is_empty() && !parsed.faults.any() => {
            let tree = parsed.root.into_owned();
            Ok(ReadFile { text, tree })
        }
        _ => Err(UnreadFile { found, sources }),
    }
}

/// The line end that most lines of a text have; of as many of both, the first line's.
pub(crate) fn line_end(text: &str) -> &'static str {
    let all = text.matches('\n').count();
    let both = text.matches("\r\n").count();
    let first = || text.find('\n').is_some_and(|end| text[..end].ends_with('\r'));
    if both * 2 > all || (both > 0 && both * 2 == all && first()) { "\r\n" } else { "\n" }
}
