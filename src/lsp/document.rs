//! A text that an editor holds open.

use std::path::PathBuf;
use std::sync::Arc;

use serde::Deserialize;

use crate::pack::{FileKind, MAX_FILE_BYTES};

use super::position::{EditorRange, Encoding, Lines};

/// The longest text that is kept, in bytes: far more than a file may hold, so that one that is too large stays as it is
/// while it is cut down.
const MAX_TEXT: usize = 16 * 1024 * 1024;

/// One change of a text.
#[derive(Debug, Deserialize)]
pub(super) struct Change {
    /// What is replaced; everything where it is not given.
    #[serde(default)]
    range: Option<EditorRange>,
    text: String,
}

/// An open text.
#[derive(Debug, Clone)]
pub(super) struct Document {
    /// As the editor names it.
    pub(super) uri: String,
    /// As the editor spells it.
    pub(super) path: PathBuf,
    pub(super) version: i64,
    pub(super) text: Arc<str>,
    pub(super) lines: Lines,
    /// Whether the text is lost, because it grew beyond all bounds.
    lost: bool,
}

impl Document {
    pub(super) fn new(uri: String, path: PathBuf, version: i64, text: String, encoding: Encoding) -> Document {
        let lines = Lines::of(&text, encoding);
        let mut document = Document { uri, path, version, text: text.into(), lines, lost: false };
        document.bound(encoding);
        document
    }

    /// A text that is not kept, because it is beyond all bounds.
    pub(super) fn lost(uri: String, path: PathBuf, encoding: Encoding) -> Document {
        let mut document = Document::new(uri, path, 0, String::new(), encoding);
        document.lost = true;
        document
    }

    /// Forgets the text, which a change has taken beyond all bounds.
    pub(super) fn lose(&mut self, encoding: Encoding) {
        self.text = "".into();
        self.lines = Lines::of("", encoding);
        self.lost = true;
    }

    /// Applies changes one after another.
    pub(super) fn change(&mut self, version: i64, changes: Vec<Change>, encoding: Encoding) {
        self.version = version;
        // A long list is applied to one string; the lines have to be counted anew for every change with a place.
        let mut text = self.text.to_string();
        for change in changes {
            match change.range {
                None => {
                    text = change.text;
                    self.lost = false;
                }
                Some(_) if self.lost => continue,
                Some(range) => {
                    let start = self.lines.offset(&text, range.start);
                    let end = self.lines.offset(&text, range.end).max(start);
                    text.replace_range(start..end, &change.text);
                }
            }
            if text.len() > MAX_TEXT {
                text.clear();
                self.lost = true;
            }
            self.lines = Lines::of(&text, encoding);
        }
        self.text = text.into();
    }

    fn bound(&mut self, encoding: Encoding) {
        if self.text.len() > MAX_TEXT {
            self.lose(encoding);
        }
    }

    /// What a check reads in the file's place.
    pub(super) fn bytes(&self) -> Vec<u8> {
        if self.lost {
            return vec![b' '; usize::try_from(MAX_FILE_BYTES).unwrap_or(usize::MAX - 1) + 1];
        }
        self.text.as_bytes().to_vec()
    }

    /// Which kind of file it is.
    pub(super) fn kind(&self) -> FileKind {
        FileKind::of(&self.path)
    }
}

#[cfg(test)]
mod tests {
    use super::{Document, MAX_TEXT};
    use crate::lsp::position::Encoding;

    fn check(before: &str, changes: serde_json::Value, after: &str) {
        let mut document = Document::new(String::new(), "a.toml".into(), 1, before.to_owned(), Encoding::Utf16);
        let changes = serde_json::from_value(changes).expect("changes");
        document.change(2, changes, Encoding::Utf16);
        assert_eq!((&*document.text, document.version), (after, 2));
    }

    #[test]
    fn changes_are_applied_in_their_order() {
        let range = |a: [u32; 2], b: [u32; 2]| {
            serde_json::json!({
                "start": { "line": a[0], "character": a[1] }, "end": { "line": b[0], "character": b[1] }
            })
        };
        check("a\nb", serde_json::json!([{ "text": "x" }]), "x");
        check("a\nb", serde_json::json!([{ "range": range([1, 0], [1, 1]), "text": "c\nd" }]), "a\nc\nd");
        check("😀b", serde_json::json!([{ "range": range([0, 2], [0, 3]), "text": "é" }]), "😀é");
        check(
            "ab",
            serde_json::json!([
                { "range": range([0, 1], [0, 1]), "text": "\r\n" }, { "range": range([1, 0], [1, 1]), "text": "" }
            ]),
            "a\r\n",
        );
        check("ab", serde_json::json!([{ "range": range([9, 9], [0, 0]), "text": "c" }]), "abc");
    }

    #[test]
    fn a_text_without_bounds_is_lost_until_it_comes_anew() {
        let change = |document: &mut Document, text: &str, whole: bool| {
            let place = serde_json::json!({ "line": 0, "character": 0 });
            let mut change = serde_json::json!({ "text": text });
            if !whole {
                change["range"] = serde_json::json!({ "start": place, "end": place });
            }
            document.change(2, vec![serde_json::from_value(change).expect("a change")], Encoding::Utf8);
        };
        let mut document = Document::new(String::new(), "a.toml".into(), 1, " ".repeat(MAX_TEXT + 1), Encoding::Utf8);
        assert!(document.text.is_empty() && document.bytes().len() > 1024 * 1024);
        change(&mut document, "a = 1", false);
        assert!(document.text.is_empty());
        change(&mut document, "a = 1", true);
        assert_eq!(document.bytes(), b"a = 1");
    }
}
