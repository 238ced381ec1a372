//! Answers to questions about open texts.

use std::ops::Range;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::diag::Edit;
use crate::format::format_file;
use crate::pack::FileKind;

use super::client::Client;
use super::complete::{Item, ItemKind, complete_at};
use super::document::Document;
use super::findings::{render_finding, safe_edits, suppression, title_of, touch};
use super::hover::hover_at;
use super::names::{Mention, NameKind, mentions};
use super::position::{EditorRange, Position};
use super::rename::{places_to_rename, renamable_at};
use super::uri::path_of;
use super::view::View;
use super::workspace::Workspace;

/// What becomes of a question.
pub(super) enum Asked {
    Answer(Value),
    UnknownMethod,
    BadParams(String),
}

/// Answers a request.
pub(super) fn answer<'q>(workspace: &'q Workspace, client: &'q Client, method: &str, params: &'q Value) -> Asked {
    let known: fn(&Question<'q>) -> Result<Value, String> = match method {
        "textDocument/hover" => Question::hover,
        "textDocument/completion" => Question::completion,
        "textDocument/definition" => Question::definition,
        "textDocument/references" => Question::references,
        "textDocument/prepareRename" => Question::renamable,
        "textDocument/rename" => Question::rename,
        "textDocument/documentSymbol" => Question::symbols,
        "textDocument/codeAction" => Question::actions,
        "textDocument/formatting" => Question::formatting,
        _ => return Asked::UnknownMethod,
    };
    let Some(uri) = params["textDocument"]["uri"].as_str() else {
        return Asked::BadParams("there is no `textDocument.uri`".to_owned());
    };
    // Of what is no file, or not open, or in no pack, there is nothing to say.
    let asked = path_of(uri).and_then(|path| {
        let document = workspace.document(&path)?;
        let view = workspace.view(&path)?;
        Some(Question { workspace, client, params, path, document, view })
    });
    match asked.map_or(Ok(Value::Null), |question| known(&question)) {
        Ok(value) => Asked::Answer(value),
        Err(why) => Asked::BadParams(why),
    }
}

/// A question about an open text.
struct Question<'a> {
    workspace: &'a Workspace,
    client: &'a Client,
    params: &'a Value,
    path: PathBuf,
    document: &'a Document,
    view: View,
}

impl Question<'_> {
    /// The byte that is asked about.
    fn at(&self) -> Result<usize, String> {
        let place: Position =
            serde_json::from_value(self.params["position"].clone()).map_err(|error| format!("`position`: {error}"))?;
        Ok(self.document.lines.offset(&self.document.text, place))
    }

    fn range(&self, range: Range<usize>) -> Value {
        self.document.lines.range(&self.document.text, range)
    }

    fn hover(&self) -> Result<Value, String> {
        let hover = hover_at(&self.view, self.at()?);
        Ok(hover.map_or(
            Value::Null,
            |hover| json!({ "contents": self.client.markup(&hover.text), "range": self.range(hover.range) }),
        ))
    }

    fn completion(&self) -> Result<Value, String> {
        let items = complete_at(&self.view, self.at()?);
        let items: Vec<Value> = items.iter().enumerate().map(|(at, item)| self.completion_item(at, item)).collect();
        Ok(json!({ "isIncomplete": false, "items": items }))
    }

    fn completion_item(&self, at: usize, item: &Item) -> Value {
        let kind = match item.kind {
            ItemKind::Key => 10,
            ItemKind::Table => 22,
            ItemKind::Word => 20,
            ItemKind::Name => 18,
            ItemKind::Code => 21,
        };
        let snippet = item.snippet.as_ref().filter(|_| self.client.snippets);
        // What is written there already, its quote included, is what an editor compares with.
        let written = &self.document.text[item.range.clone()];
        let quote = written.chars().next().filter(|c| matches!(c, '"' | '\''));
        let filter = match (item.kind, quote) {
            (ItemKind::Table, _) if !written.starts_with('[') => item.label.trim_matches(['[', ']']).to_owned(),
            (_, Some(quote)) => format!("{quote}{}", item.label),
            _ if item.text.starts_with('#') => item.text.clone(),
            _ => item.label.clone(),
        };
        let mut sent = json!({
            "label": item.label,
            "kind": kind,
            "sortText": format!("{at:04}"),
            "filterText": filter,
            "insertTextFormat": if snippet.is_some() { 2 } else { 1 },
            "textEdit": { "range": self.range(item.range.clone()), "newText": snippet.unwrap_or(&item.text) },
        });
        if !item.detail.is_empty() {
            sent["detail"] = item.detail.as_str().into();
        }
        if !item.documentation.is_empty() {
            sent["documentation"] = self.client.markup(&item.documentation);
        }
        sent
    }

    fn location(&self, path: &Path, text: &str, range: Range<usize>) -> Value {
        let (uri, lines) = self.workspace.address(path, text, self.client);
        json!({ "uri": uri, "range": lines.range(text, range) })
    }

    fn definition(&self) -> Result<Value, String> {
        let Some(mention) = self.view.mention_at(self.at()?) else { return Ok(Value::Null) };
        let given = self.view.given(mention.kind, &mention.name);
        Ok(given.map_or(Value::Null, |given| self.location(&given.file.path, &given.file.text, given.span)))
    }

    fn references(&self) -> Result<Value, String> {
        let Some(wanted) = self.view.mention_at(self.at()?) else { return Ok(Value::Null) };
        let with_given = self.params["context"]["includeDeclaration"].as_bool().unwrap_or(true);
        let fits = |one: &Mention| {
            let same = one.kind == wanted.kind && one.name == wanted.name;
            let within = wanted.kind == NameKind::Artifact
                && one.kind == NameKind::Field
                && one.name.strip_prefix(wanted.name.as_str()).is_some_and(|rest| rest.starts_with('.'));
            (same || within) && (with_given || !one.gives)
        };
        let mut found: Vec<Value> = Vec::new();
        let own = &self.view.file;
        let own_mentions = own.mentions();
        found.extend(
            own_mentions
                .iter()
                .filter(|one| fits(one))
                .map(|one| self.location(&own.path, &own.text, one.span.clone())),
        );
        if self.is_shared(&wanted, &own_mentions) {
            for (path, text) in self.workspace.others(&self.path) {
                if !text.contains(wanted.name.as_str()) {
                    continue;
                }
                let (tree, kind) = (crate::pack::read_tree(&text), FileKind::of(&path));
                let all = mentions(&text, &tree, kind);
                // A task with a policy of this name means its own.
                if kind == FileKind::Task && all.iter().any(|one| one.gives && fits(one)) {
                    continue;
                }
                let here = all.iter().filter(|one| fits(one));
                found.extend(here.map(|one| self.location(&path, &text, one.span.clone())));
            }
        }
        Ok(found.into())
    }

    fn renamable(&self) -> Result<Value, String> {
        let what = renamable_at(&self.view, self.at()?);
        Ok(what.map_or(Value::Null, |what| json!({ "range": self.range(what.range), "placeholder": what.name })))
    }

    fn rename(&self) -> Result<Value, String> {
        let new = self.params["newName"].as_str().ok_or("there is no `newName`")?;
        let what = renamable_at(&self.view, self.at()?)
            .ok_or("only what a task file gives and uses by itself can be renamed: records, own policies, keywords")?;
        let places = places_to_rename(&self.view, &what, new)?;
        let edits: Vec<Value> =
            places.into_iter().map(|place| json!({ "range": self.range(place), "newText": new })).collect();
        Ok(self.workspace_edit(&edits))
    }

    /// Whether a name means the same in all files of the pack.
    fn is_shared(&self, name: &Mention, own: &[Mention]) -> bool {
        let given_here = || own.iter().any(|one| one.gives && one.kind == name.kind && one.name == name.name);
        match name.kind {
            NameKind::Resolution => true,
            NameKind::Policy => self.view.file.kind == FileKind::Pack || !given_here(),
            _ => false,
        }
    }

    fn symbols(&self) -> Result<Value, String> {
        let given = self.view.file.mentions().into_iter().filter(|mention| mention.gives);
        let symbols = given.map(|mention| {
            let (what, kind) = match mention.kind {
                NameKind::Task => ("task", 2),
                NameKind::Artifact => ("artifact", 19),
                NameKind::Policy => ("policy", 11),
                NameKind::Resolution => ("resolution", 22),
                NameKind::Keyword => ("keyword", 20),
                NameKind::Forbidden => ("forbidden", 20),
                NameKind::Field => ("field", 8),
            };
            let range = self.range(mention.span);
            let name = if mention.name.is_empty() { "?" } else { &mention.name };
            json!({ "name": name, "detail": what, "kind": kind, "range": range, "selectionRange": range })
        });
        Ok(symbols.collect())
    }

    fn actions(&self) -> Result<Value, String> {
        let asked: EditorRange =
            serde_json::from_value(self.params["range"].clone()).map_err(|error| format!("`range`: {error}"))?;
        let (text, lines) = (&self.document.text, &self.document.lines);
        let asked = lines.offset(text, asked.start)..lines.offset(text, asked.end);
        let only = self.params["context"]["only"].as_array();
        // A kind stands for all kinds below it.
        let wanted = |kind: &str| {
            let below = |one: &Value| {
                let rest = one.as_str().and_then(|one| kind.strip_prefix(one));
                rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
            };
            only.is_none_or(|only| only.iter().any(below))
        };
        let findings = self.workspace.findings(&self.path);
        let mut actions = Vec::new();
        if wanted("quickfix") {
            let here =
                findings.iter().filter(|found| touch(&(found.span.start as usize..found.span.end as usize), &asked));
            let mut suppressions = Vec::new();
            for found in here {
                let span = |span: crate::diag::Span| span.start as usize..span.end as usize;
                let locate = |place: crate::diag::Span| {
                    (place.source == found.span.source).then(|| (self.document.uri.clone(), self.range(span(place))))
                };
                let shown = render_finding(found, self.client.taste, &locate);
                if let Some(edits) = safe_edits(found) {
                    let edits: Vec<&Edit> = edits.iter().collect();
                    let title = title_of(text, found.fix.as_ref().map_or(&[], |fix| &fix.edits));
                    let mut action = self.action(&title, "quickfix", &edits);
                    action["isPreferred"] = true.into();
                    action["diagnostics"] = json!([shown]);
                    actions.push(action);
                }
                if let Some((at, comment)) = suppression(text, found.code, found.span.start as usize) {
                    let edit = json!({ "range": self.range(at..at), "newText": comment });
                    let title = format!("allow `{}` here, with a reason", found.code);
                    let mut action =
                        json!({ "title": title, "kind": "quickfix", "edit": self.workspace_edit(&[edit]) });
                    action["diagnostics"] = json!([shown]);
                    suppressions.push(action);
                }
            }
            // Of several fixes none is the one to take unasked.
            if actions.len() > 1 {
                actions.iter_mut().for_each(|action| action["isPreferred"] = false.into());
            }
            actions.append(&mut suppressions);
        }
        if wanted("source.fixAll") {
            let mended =
                findings.iter().any(|found| safe_edits(found).is_some()).then(|| self.workspace.mended(&self.path));
            if let Some((range, new)) = mended.flatten().as_deref().and_then(|mended| difference(text, mended)) {
                let edit = json!({ "range": self.range(range), "newText": new });
                let title = "mend all that can be mended safely";
                actions.push(json!({ "title": title, "kind": "source.fixAll", "edit": self.workspace_edit(&[edit]) }));
            }
        }
        Ok(actions.into())
    }

    fn formatting(&self) -> Result<Value, String> {
        let text = &self.document.text;
        let path = self.path.to_string_lossy();
        // What is wrong with a text that cannot be laid out is told as findings.
        let Ok(tidy) = format_file(&path, text.as_bytes(), self.view.file.kind) else { return Ok(Value::Null) };
        let Some((range, new)) = difference(text, &tidy) else { return Ok(json!([])) };
        Ok(json!([{ "range": self.range(range), "newText": new }]))
    }

    fn action(&self, title: &str, kind: &str, edits: &[&Edit]) -> Value {
        let edits: Vec<Value> = edits
            .iter()
            .map(|edit| {
                let range = self.range(edit.span.start as usize..edit.span.end as usize);
                json!({ "range": range, "newText": edit.text })
            })
            .collect();
        json!({ "title": title, "kind": kind, "edit": self.workspace_edit(&edits) })
    }

    fn workspace_edit(&self, edits: &[Value]) -> Value {
        let document = self.document;
        if self.client.versioned_edits {
            let about = json!({ "uri": document.uri, "version": document.version });
            json!({ "documentChanges": [{ "textDocument": about, "edits": edits }] })
        } else {
            json!({ "changes": { document.uri.as_str(): edits } })
        }
    }
}

/// The lines of a text that another one has differently, and what it has there; `None` where they are equal.
fn difference<'t>(old: &str, new: &'t str) -> Option<(Range<usize>, &'t str)> {
    if old == new {
        return None;
    }
    let lines = old.split_inclusive('\n').zip(new.split_inclusive('\n'));
    let start: usize = lines.take_while(|(a, b)| a == b).map(|(line, _)| line.len()).sum();
    let (old_rest, new_rest) = (&old[start..], &new[start..]);
    let lines = old_rest.split_inclusive('\n').rev().zip(new_rest.split_inclusive('\n').rev());
    let end: usize = lines.take_while(|(a, b)| a == b).map(|(line, _)| line.len()).sum();
    Some((start..old.len() - end, &new[start..new.len() - end]))
}

#[cfg(test)]
mod tests {
    use super::difference;

    fn check(old: &str, new: &str, expect: Option<(&str, &str)>) {
        let found = difference(old, new);
        assert_eq!(found.clone().map(|(range, new)| (&old[range], new)), expect, "{old:?} to {new:?}");
        if let Some((range, piece)) = found {
            let mut text = old.to_owned();
            text.replace_range(range, piece);
            assert_eq!(text, new);
        }
    }

    #[test]
    fn only_lines_that_differ_are_replaced() {
        check("a\nb\nc\n", "a\nb\nc\n", None);
        check("a\nb\nc\n", "a\nx\nc\n", Some(("b\n", "x\n")));
        check("a\nc\n", "a\nb\nc\n", Some(("", "b\n")));
        check("a\na\na\n", "a\n", Some(("a\na\n", "")));
        check("a", "a\n", Some(("a", "a\n")));
        check("é\r\nx", "é\nx", Some(("é\r\n", "é\n")));
        check("", "a\n", Some(("", "a\n")));
    }
}
