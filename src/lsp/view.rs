//! A file as a question about it sees it: its text, its tree, and the manifest of its pack.

use std::ops::Range;
use std::path::PathBuf;
use std::sync::Arc;

use crate::pack::tree::{Node, Step, Value};
use crate::pack::{FileKind, field_steps, read_tree};

use super::names::{Mention, NameKind, items, mentions, text_at};

/// The longest text of a policy or record that is shown, in characters.
const MAX_SHOWN: usize = 600;
/// The most lines of a record that are shown.
const MAX_LINES: usize = 20;

/// A file that is read.
#[derive(Debug)]
pub(super) struct FileView {
    pub(super) path: PathBuf,
    pub(super) text: Arc<str>,
    pub(super) tree: Node<'static>,
    pub(super) kind: FileKind,
}

/// A file and the manifest of its pack.
#[derive(Debug)]
pub(super) struct View {
    pub(super) file: FileView,
    /// `None` where there is none, and where the file is one itself.
    pub(super) manifest: Option<FileView>,
}

/// A name where it is given: the file, the table or value itself, and the name's place.
#[derive(Debug, Clone)]
pub(super) struct Given<'a> {
    pub(super) file: &'a FileView,
    pub(super) node: &'a Node<'a>,
    pub(super) span: Range<usize>,
}

impl FileView {
    pub(super) fn new(path: PathBuf, text: Arc<str>, kind: FileKind) -> FileView {
        let tree = read_tree(&text).into_owned();
        FileView { path, text, tree, kind }
    }

    pub(super) fn mentions(&self) -> Vec<Mention> {
        mentions(&self.text, &self.tree, self.kind)
    }
}

impl View {
    /// The name at a byte of the file.
    pub(super) fn mention_at(&self, at: usize) -> Option<Mention> {
        self.file.mentions().into_iter().find(|mention| mention.reach.start <= at && at <= mention.reach.end)
    }

    /// Where a name that this file uses is given.
    pub(super) fn given(&self, kind: NameKind, name: &str) -> Option<Given<'_>> {
        if kind == NameKind::Field {
            let (artifact, steps) = field_steps(name)?;
            let record = &self.given(NameKind::Artifact, &artifact)?.node.entry("record")?.node;
            let entry_span = last_key(record, &steps);
            let node = record.at(&steps)?;
            return Some(Given { file: &self.file, node, span: entry_span.unwrap_or(node.span.clone()) });
        }
        let files = std::iter::once(&self.file).chain(&self.manifest);
        files.into_iter().find_map(|file| {
            let mention = file.mentions().into_iter().find(|one| one.gives && one.kind == kind && one.name == name)?;
            let node = self.holder(file, kind, name)?;
            Some(Given { file, node, span: mention.span })
        })
    }

    /// The table of a name that is given, or its value.
    fn holder<'a>(&'a self, file: &'a FileView, kind: NameKind, name: &str) -> Option<&'a Node<'a>> {
        let of = |list: &'a [Node]| list.iter().find(|item| text_at(item, "id") == Some(name));
        let reply = file.tree.entry("reply").map(|entry| &entry.node);
        match kind {
            NameKind::Task => Some(&file.tree),
            NameKind::Artifact => of(items(&file.tree, "artifacts")),
            NameKind::Policy => of(items(&file.tree, "policies")),
            NameKind::Keyword => of(items(reply?, "keywords")),
            NameKind::Forbidden => of(items(reply?, "forbidden")),
            NameKind::Resolution => Some(&file.tree.entry("resolutions")?.node.entry(name)?.node),
            NameKind::Field => None,
        }
    }

    /// What stands behind a name, in Markdown.
    pub(super) fn describe(&self, kind: NameKind, name: &str) -> Option<String> {
        let given = self.given(kind, name)?;
        let titled = |what: &str| {
            let title = text_at(given.node, "title").map(|title| format!(": {}", plain(title))).unwrap_or_default();
            format!("{what} `{name}`{title}\n")
        };
        Some(match kind {
            NameKind::Task => titled("task"),
            NameKind::Artifact => {
                let record = given
                    .node
                    .entry("record")
                    .map(|entry| render_record(&given.file.text, &entry.node))
                    .unwrap_or_default();
                format!("{}\n{}", titled("artifact"), fenced(&record))
            }
            NameKind::Policy => {
                let text = text_at(given.node, "text").unwrap_or_default();
                let aliases = items(given.node, "aliases").iter().filter_map(Node::text);
                let aliases: Vec<String> = aliases.map(plain).collect();
                let aliases =
                    if aliases.is_empty() { String::new() } else { format!("\nAlso: {}\n", aliases.join(", ")) };
                format!("{}{aliases}\n{}", titled("policy"), fenced(&shorten(text)))
            }
            NameKind::Resolution => {
                format!("resolution `{name}`\n\n{}\n", fenced(&shorten(given.node.text()?)))
            }
            NameKind::Keyword | NameKind::Forbidden => {
                let what = if kind == NameKind::Keyword { "keyword" } else { "forbidden" };
                format!("{what} `{name}`\n\n{}", fenced(&render_record(&given.file.text, given.node)))
            }
            NameKind::Field => format!("`{name}`\n\n{}", fenced(&shorten(&render_value(&given.file.text, given.node)))),
        })
    }
}

/// Where the last key of a path stands.
fn last_key(record: &Node, steps: &[Step]) -> Option<Range<usize>> {
    let (last, above) = steps.split_last()?;
    let Step::Key(key) = last else { return None };
    Some(record.at(above)?.entry(key)?.key_span.clone())
}

/// A record's lines, the first of them.
fn render_record(text: &str, record: &Node) -> String {
    let mut lines: Vec<String> = Vec::new();
    for entry in record.entries() {
        if lines.len() == MAX_LINES {
            lines.push("…".to_owned());
            break;
        }
        lines.push(format!("{} = {}", entry.key, render_value(text, &entry.node)));
    }
    shorten(&lines.join("\n"))
}

/// A value as its author wrote it, where it stands in one place.
fn render_value(text: &str, node: &Node) -> String {
    let in_one_place = match &node.value {
        Value::Integer(_) | Value::Float(_) | Value::Date(_) => true,
        Value::List(items) => items.iter().all(|item| !matches!(item.value, Value::Table(_) | Value::Hole)),
        Value::Table(_) => text[node.span.clone()].starts_with('{'),
        Value::Text(_) | Value::Boolean(_) | Value::Hole => false,
    };
    if in_one_place { text[node.span.clone()].to_owned() } else { super::form::toml_of(&node.to_json()) }
}

/// A text's beginning.
fn shorten(text: &str) -> String {
    let text = text.trim();
    let mut chars = text.char_indices();
    match chars.nth(MAX_SHOWN) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// A text in a fence that nothing inside can close, so that it is shown and not read as Markdown.
pub(super) fn fenced(text: &str) -> String {
    let mut longest = 0;
    let mut run = 0;
    for c in text.chars() {
        run = if c == '`' { run + 1 } else { 0 };
        longest = longest.max(run);
    }
    let fence = "`".repeat((longest + 1).max(3));
    format!("{fence}text\n{text}\n{fence}\n")
}

/// A text on one line that Markdown does not read.
fn plain(text: &str) -> String {
    let line: String = text.chars().take(200).map(|c| if c.is_control() { ' ' } else { c }).collect();
    line.chars().fold(String::new(), |mut out, c| {
        if matches!(c, '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '#' | '!' | '|' | '&') {
            out.push('\\');
        }
        out.push(c);
        out
    })
}

#[cfg(test)]
pub(super) mod tests {
    use super::{FileView, View, fenced, plain};
    use crate::lsp::names::NameKind;
    use crate::pack::FileKind;

    const MANIFEST: &str = include_str!("../lint/example/pack.toml");

    /// A file with the example pack's manifest, and the place of `|` in it.
    pub(in crate::lsp) fn view(kind: FileKind, marked: &str) -> (View, usize) {
        let at = marked.find('|').expect("a place is marked");
        let text = marked.replacen('|', "", 1);
        let file = FileView::new("task.toml".into(), text.into(), kind);
        let manifest =
            (kind == FileKind::Task).then(|| FileView::new("pack.toml".into(), MANIFEST.into(), FileKind::Pack));
        (View { file, manifest }, at)
    }

    /// Where the name at `|` is given: the file and the text from there.
    fn check(marked: &str, expect: Option<(&str, &str)>) {
        let (view, at) = view(FileKind::Task, marked);
        let found = view.mention_at(at).and_then(|mention| view.given(mention.kind, &mention.name));
        match (found, expect) {
            (None, None) => {}
            (Some(given), Some((file, text))) => {
                assert_eq!(given.file.path.to_str(), Some(file), "{marked}");
                assert!(given.file.text[given.span.start..].starts_with(text), "{marked}: {:?}", given.span);
            }
            (found, expect) => panic!("{marked}: {:?}, not {expect:?}", found.map(|given| given.span)),
        }
    }

    #[test]
    fn names_lead_to_where_they_are_given() {
        let task = "[[artifacts]]\nid = \"a\"\n[[artifacts]]\nid = \"b\"\nrecord.x = [{ y = 1 }]\n\
                    [[policies]]\nid = \"own\"\n[[reply.keywords]]\nid = \"k\"\n";
        let check = |rest: &str, expect| check(&format!("{task}{rest}"), expect);
        check("[evidence]\nrequired = [\"artifact:|b\"]", Some(("task.toml", "b\"\nrecord")));
        check("[evidence]\nrequired = [\"policy:own|\"]", Some(("task.toml", "own\"\n[[reply")));
        check("[evidence]\nrequired = [\"policy:gift|_wrapping\"]", Some(("pack.toml", "gift_wrapping\"\ntitle")));
        check("[evidence]\nrequired = [\"policy:gone|\"]", None);
        check("[resolution]\nexpected = \"|escalate\"", Some(("pack.toml", "escalate = \"Hand")));
        check("[reply]\nexclusive = [[\"k|\"]]", Some(("task.toml", "k\"\n")));
        check("[[reply.keywords]]\nnumber = { from = \"b.x[0].y|\" }", Some(("task.toml", "y = 1")));
        check("[[reply.keywords]]\nnumber = { from = \"b.x[1].y|\" }", None);
        check("title = \"b|\"", None);
    }

    #[test]
    fn texts_cannot_leave_their_fence() {
        assert_eq!(fenced("a ```` b"), "`````text\na ```` b\n`````\n");
        assert_eq!(plain("![x](y)\n<b>"), "\\!\\[x\\](y) \\<b\\>");
        let (view, _) = view(FileKind::Task, "|[[artifacts]]\nid = \"a\"\nrecord = { x = \"```\\n# y\" }");
        let text = view.describe(NameKind::Artifact, "a").expect("it is described");
        assert!(text.contains("````text\nx = "), "{text}");
    }
}
