//! What is told of the place under the pointer.

use std::ops::Range;

use crate::diag::Code;
use crate::lint::{allowed, explain};
use crate::pack::FileKind;
use crate::pack::tree::Step;

use super::cursor::{Spot, spot_at};
use super::form::{describe, form_at, keys_of};
use super::view::View;

/// A text in Markdown and the place that it is about.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Hover {
    pub(super) text: String,
    pub(super) range: Range<usize>,
}

/// What there is to say of a byte of the file.
pub(super) fn hover_at(view: &View, at: usize) -> Option<Hover> {
    if let Some(mention) = view.mention_at(at).filter(|mention| !mention.gives)
        && let Some(text) = view.describe(mention.kind, &mention.name)
    {
        return Some(Hover { text, range: mention.span });
    }
    match spot_at(&view.file.text, at) {
        Spot::Comment(comment) => code_in_comment(&view.file.text, comment, at),
        Spot::Header(head) => {
            let text = describe_key(view.file.kind, &head.path)?;
            Some(Hover { text, range: head.range })
        }
        Spot::Key(key) => {
            if let Some(code) = Code::parse(&key.name).filter(|_| is_lint(view, &key.table)) {
                return Some(Hover { text: explain(code), range: key.range });
            }
            let mut path = key.table;
            path.push(Step::Key(key.name));
            Some(Hover { text: describe_key(view.file.kind, &path)?, range: key.range })
        }
        Spot::Value(value) => {
            let written = view.file.text[value.range.clone()].trim_matches(['"', '\'']);
            if let Some(code) = Code::parse(written).filter(|_| is_lint(view, &value.path)) {
                return Some(Hover { text: explain(code), range: value.range });
            }
            Some(Hover { text: describe_key(view.file.kind, &value.path)?, range: value.range })
        }
        Spot::Nothing => None,
    }
}

fn is_lint(view: &View, path: &[Step]) -> bool {
    view.file.kind == FileKind::Pack && path.first() == Some(&Step::Key("lint".to_owned()))
}

/// The documentation of the last key of a path.
fn describe_key(kind: FileKind, path: &[Step]) -> Option<String> {
    let at = path.iter().rposition(|step| matches!(step, Step::Key(_)))?;
    let Step::Key(name) = &path[at] else { return None };
    let table = form_at(kind, &path[..at])?;
    let known = keys_of(table).into_iter().find(|key| key.name == name);
    let known = known.map(|key| describe(key.name, key.form, key.required));
    known.or_else(|| form_at(kind, &path[..=at]).map(|form| describe(name, form, false)))
}

/// The code that a suppression names, with its place.
pub(super) fn suppressed_code(text: &str, comment: Range<usize>) -> Option<Range<usize>> {
    let rest = allowed(&text[comment.clone()])?;
    let start = comment.end - rest.len();
    let end = rest.find(')').unwrap_or(rest.len());
    Some(start..start + end)
}

fn code_in_comment(text: &str, comment: Range<usize>, at: usize) -> Option<Hover> {
    let range = suppressed_code(text, comment)?;
    let code = Code::parse(&text[range.clone()].trim().to_ascii_lowercase())?;
    (range.start <= at && at <= range.end).then(|| Hover { text: explain(code), range })
}

#[cfg(test)]
mod tests {
    use super::hover_at;
    use crate::lsp::view::tests::view;
    use crate::pack::FileKind;

    /// What is told at `|` holds these words and is about this text; nothing is told where there are none.
    fn check_in(kind: FileKind, marked: &str, about: &str, expect: &[&str]) {
        let (view, at) = view(kind, marked);
        let Some(hover) = hover_at(&view, at) else {
            assert!(expect.is_empty(), "{marked}: nothing is told");
            return;
        };
        assert_eq!(&view.file.text[hover.range.clone()], about, "{marked}");
        assert!(!expect.is_empty(), "{marked}: {}", hover.text);
        for word in expect {
            assert!(hover.text.contains(word), "{marked}: {word:?} in {}", hover.text);
        }
    }

    fn check(marked: &str, about: &str, expect: &[&str]) {
        check_in(FileKind::Task, marked, about, expect);
    }

    #[test]
    fn keys_are_explained() {
        check(
            "max_st|eps = 5",
            "max_steps",
            &["**max_steps**", "integer, 1 to 1000, required", "Example: `max_steps = 10`"],
        );
        check("|max_steps = 5", "max_steps", &["**max_steps**"]);
        check("id = \"a\"\n|max_steps = 5", "max_steps", &["**max_steps**"]);
        check("[ticket]\n|subject = \"a\"", "subject", &["**subject**"]);
        check("max_steps = |5", "5", &["Steps before the episode ends"]);
        check("[tick|et]", "[ticket]", &["The customer's case."]);
        check("[[artifacts]]\n[artifacts.rec|ord]", "[artifacts.record]", &["any tree of TOML values"]);
        check("[[reply.keywords]]\nwin|dow = 3", "window", &["8 where it is not given"]);
        check("[[artifacts]]\nrecord = { x| = 1 }", "", &[]);
        check("nonsense| = 5", "", &[]);
    }

    #[test]
    fn names_are_told() {
        let task = "[[artifacts]]\nid = \"order\"\ntitle = \"An `order`\"\nrecord = { total = 24.50, net = { vat = 4.10 } }\n\
                    [[reply.keywords]]\nid = \"k\"\nany_of = [\"new\"]\n";
        let check = |rest: &str, about: &str, expect: &[&str]| check(&format!("{task}{rest}"), about, expect);
        check(
            "[evidence]\nrequired = [\"artifact:or|der\"]",
            "order",
            &["An \\`order\\`", "total = 24.50\n", "net = { vat = 4.10 }"],
        );
        check("[evidence]\nrequired = [\"art|ifact:order\"]", "order", &["An \\`order\\`", "total = 24.50\n"]);
        check("[evidence]\nrequired = [\"|artifact:order\"]", "order", &["total = 24.50\n"]);
        check(
            "[evidence]\nrequired = [\"policy:bro|ken_pieces\"]",
            "broken_pieces",
            &["Broken pieces", "Also: breakage", "30 days"],
        );
        check("[evidence]\nrequired = [\"policy:no|ne\"]", "\"policy:none\"", &["**required**"]);
        check(
            "[resolution]\nexpected = \"store_|credit\"",
            "store_credit",
            &["Put the price on the customer's account"],
        );
        check("[resolution.partial]\nesca|late = 0.5", "escalate", &["Hand the case to a specialist."]);
        check("[[examples]]\nexpect = { |k = \"met\" }", "k", &["any_of = [\"new\"]"]);
        check("[[reply.keywords]]\nmoney = { from = \"order.to|tal\" }", "order.total", &["24.50\n"]);
    }

    #[test]
    fn rules_are_explained() {
        check("# lint: allow(unused-|artifact) x", "unused-artifact", &["unused-artifact: warning"]);
        check("# Lint: Allow(Unused-|Artifact) x", "Unused-Artifact", &["unused-artifact: warning"]);
        check("# lint: allow(no-|rule) x", "", &[]);
        check_in(FileKind::Pack, "[lint]\nignore = [\"not-|nfc\"]", "\"not-nfc\"", &["not-nfc: warning"]);
        check_in(FileKind::Pack, "[lint.severity]\nnot-|nfc = \"off\"", "not-nfc", &["not-nfc: warning"]);
        check_in(FileKind::Pack, "[lint.severity]\nnot-nfc = \"|off\"", "\"off\"", &["One of `error`"]);
    }
}
