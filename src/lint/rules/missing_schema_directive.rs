//! `missing-schema-directive`: a file that no editor can help with.

use std::ops::Range;

use crate::diag::{Code, Diagnostic, Edit as Replacement, Fix, Sink};
use crate::lint::{Edit, Example, PackNotes, Rule, Stage};
use crate::pack::{AuthoredFile, AuthoredPack, AuthoredTask, line_end};

pub(super) const RULE: Rule = Rule {
    code: Code::MissingSchemaDirective,
    why: "Editors read the schema's place from a `#:schema` comment at the top of the file. With it they complete keys, \
          explain them and underline mistakes while you type.",
    mend: "Begin a task with `#:schema <path>/task.schema.json` and a manifest with `#:schema <path>/pack.schema.json`; \
           the path is relative to the file. `support-ops schema --out DIR` writes the schemas, and `--fix` adds the \
           line, by the folder that the pack's manifest names.",
    example: Example {
        bad: &[Edit::Replace("mug.toml", "#:schema ../schemas/task.schema.json\n", "")],
        good: &[Edit::Replace(
            "mug.toml",
            "#:schema ../schemas/task.schema.json",
            "#:schema https://example.com/task.schema.json",
        )],
    },
    stages: &[Stage::Task(check_task), Stage::Pack(check_pack)],
};

const TASK: &str = "task.schema.json";
const PACK: &str = "pack.schema.json";

/// Where the schemas lie beside a pack's folder when nothing says where.
const FOLDER: &str = "../schemas/";

fn check_task(task: &AuthoredTask<'_>, sink: &mut Sink) {
    let folder = || match task.pack {
        Some(pack) => folder_from(pack.file.text, depth(task.file.path).saturating_sub(depth(pack.file.path))),
        None => FOLDER.to_owned(),
    };
    check(&task.file, TASK, folder, sink);
}

fn check_pack(pack: &AuthoredPack<'_>, _: &PackNotes, sink: &mut Sink) {
    check(&pack.file, PACK, || FOLDER.to_owned(), sink);
}

fn check(file: &AuthoredFile<'_>, name: &str, folder: impl Fn() -> String, sink: &mut Sink) {
    if !file.complete {
        return;
    }
    let finding = |range, message: String| Diagnostic::new(Code::MissingSchemaDirective, file.span(range), message);
    let diagnostic = match target(file.text) {
        Some(place) => {
            let written = &file.text[place.clone()];
            if file_name(written) == name {
                return;
            }
            let mended = match written.len() - file_name(written).len() {
                0 => format!("{}{name}", folder()),
                kept => format!("{}{name}", &written[..kept]),
            };
            finding(place, format!("`#:schema` names `{written}`, not a `{name}`"))
                .with_help(format!("write `#:schema {mended}`{}", advice(file.path, &mended)))
                .with_fix(Some(mended))
        }
        None => {
            let start = if file.text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
            let end = file.text[start..].find(['\r', '\n']).map_or(file.text.len(), |end| start + end);
            let target = format!("{}{name}", folder());
            let line = format!("#:schema {target}");
            let edit = Replacement { span: file.span(start..start), text: format!("{line}{}", line_end(file.text)) };
            let mut diagnostic = finding(start..end, "there is no `#:schema` line at the top of the file".to_owned())
                .with_help(format!("begin the file with `{line}`{}", advice(file.path, &target)));
            diagnostic.fix = Some(Fix { safe: true, edits: vec![edit] });
            diagnostic
        }
    };
    sink.push(diagnostic);
}

/// How to get the schema that a file names; nothing of one that lies elsewhere than in a folder.
fn advice(file: &str, target: &str) -> String {
    if target.contains("://") {
        return String::new();
    }
    let folder = |path: &str| path[..path.len() - file_name(path).len()].to_owned();
    let joined = if target.starts_with('/') { folder(target) } else { folder(file) + &folder(target) };
    let root = if joined.starts_with('/') { "/" } else { "" };
    let mut parts: Vec<&str> = Vec::new();
    for part in joined.split('/').filter(|part| !matches!(*part, "" | ".")) {
        match parts.last() {
            Some(last) if part == ".." && *last != ".." => {
                parts.pop();
            }
            _ => parts.push(part),
        }
    }
    let out = if parts.is_empty() && root.is_empty() { ".".to_owned() } else { format!("{root}{}", parts.join("/")) };
    format!("; `support-ops schema --out {out}` writes the schema where it is not there yet")
}

/// Where the directive's target stands: the first `#:schema` among the comments at the top.
fn target(text: &str) -> Option<Range<usize>> {
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let content = line.trim_start_matches('\u{feff}').trim();
        if !content.is_empty() && !content.starts_with('#') {
            return None;
        }
        if let Some(rest) = content.strip_prefix("#:schema")
            && (rest.is_empty() || rest.starts_with([' ', '\t']))
        {
            let end = at + line.trim_end().len();
            let target = rest.trim();
            return (!target.is_empty()).then(|| end - target.len()..end);
        }
        at += line.len();
    }
    None
}

/// The schemas' folder as a file sees it that lies so many folders below its manifest, whose text this is.
fn folder_from(manifest: &str, below: usize) -> String {
    let folder =
        target(manifest).map(|place| &manifest[place]).map(|named| &named[..named.len() - file_name(named).len()]);
    let folder = folder.filter(|folder| !folder.is_empty()).unwrap_or(FOLDER);
    let absolute = folder.starts_with('/') || folder.contains("://");
    if absolute { folder.to_owned() } else { "../".repeat(below) + folder.strip_prefix("./").unwrap_or(folder) }
}

fn depth(path: &str) -> usize {
    path.matches('/').count()
}

fn file_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

#[cfg(test)]
mod tests {
    use super::{advice, folder_from, target};

    #[test]
    fn the_directive_stands_in_the_comments_at_the_top() {
        let check = |text: &str, expect: Option<&str>| assert_eq!(target(text).map(|at| &text[at]), expect, "{text:?}");
        check("#:schema a/task.schema.json\nid = 1", Some("a/task.schema.json"));
        check("\u{feff}#:schema a\r\n", Some("a"));
        check("# A comment.\n\n#:schema\ta  \n", Some("a"));
        check("id = 1\n#:schema a\n", None);
        check("#:schemas a\n", None);
        check("#:schema\n", None);
        check("", None);
    }

    #[test]
    fn the_advice_names_the_folder_from_here() {
        let check = |file: &str, target: &str, out: &str| {
            let told = advice(file, target);
            let found = told.split('`').nth(1).map_or("", |command| command.rsplit(' ').next().unwrap_or_default());
            assert_eq!(found, out, "{file}: {told}");
        };
        check("tasks/a.toml", "../schemas/task.schema.json", "schemas");
        check("a.toml", "../schemas/task.schema.json", "../schemas");
        check("./a.toml", "task.schema.json", ".");
        check("../desk/tasks/a.toml", "../schemas/task.schema.json", "../desk/schemas");
        check("/srv/tasks/a.toml", "../../schemas/task.schema.json", "/schemas");
        check("tasks/a.toml", "/srv/schemas/task.schema.json", "/srv/schemas");
        check("tasks/a.toml", "https://example.com/task.schema.json", "");
    }

    #[test]
    fn the_folder_follows_the_manifest() {
        let check =
            |manifest: &str, below: usize, expect: &str| assert_eq!(folder_from(manifest, below), expect, "{manifest}");
        check("#:schema ../../schemas/pack.schema.json\n", 0, "../../schemas/");
        check("#:schema ../schemas/pack.schema.json\n", 2, "../../../schemas/");
        check("#:schema ./schemas/pack.schema.json\n", 1, "../schemas/");
        check("#:schema https://example.com/pack.schema.json\n", 1, "https://example.com/");
        check("name = 'x'\n", 1, "../../schemas/");
    }
}
