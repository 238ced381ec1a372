//! What the linter would say of files that are not written yet.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use crate::diag::{Code, Diagnostic, Sources};
use crate::lint::{Selection, lint, lint_texts, lint_unsaved};
use crate::pack::{Loaded, Unsaved};

/// What only tells that the pack has several tasks which nobody has made their own yet: there are few cases to start
/// from, and the first code is the default.
const UNTOLD: [Code; 3] = [Code::NearDuplicateTask, Code::TrainTestOverlap, Code::PositionBias];

/// What the files would bring with them.
#[derive(Debug, Default)]
pub(super) struct Verdict {
    /// Why they are not to be written.
    pub(super) against: Vec<String>,
    /// What their author is to see to.
    pub(super) left: Vec<String>,
}

/// Lints the files, each with its path below the folder of the pack, which is read from disk where it is there.
///
/// # Errors
/// The folder cannot be read.
pub(super) fn try_out(pack: &Path, is_there: bool, files: &[(PathBuf, String)]) -> Result<Verdict, String> {
    let chosen = Selection::default();
    let toml = || files.iter().filter(|(path, _)| path.extension().is_some_and(|extension| extension == "toml"));
    if !is_there {
        let named: Vec<(String, &str)> = toml()
            .map(|(path, text)| (path.strip_prefix(pack).unwrap_or(path).to_string_lossy().into_owned(), text.as_str()))
            .collect();
        let named: Vec<(&str, &str)> = named.iter().map(|(name, text)| (name.as_str(), *text)).collect();
        return Ok(judge(&lint_texts(&named, None, &chosen), &HashSet::new()));
    }
    let mut unsaved = Unsaved::default();
    toml().for_each(|(path, text)| unsaved.put(path, text.as_str()));
    let after = lint_unsaved(&[pack], &unsaved, &chosen).map_err(|error| error.to_string())?;
    if after.diagnostics.is_empty() {
        return Ok(Verdict::default());
    }
    let before = lint(&[pack], &chosen).map_err(|error| error.to_string())?;
    let known = before.diagnostics.iter().map(|found| place_of(found, &before.sources)).collect();
    Ok(judge(&after, &known))
}

/// What a finding is known by, with and without the new files: its words may count tasks.
fn place_of(found: &Diagnostic, sources: &Sources) -> (Code, String, u32) {
    (found.code, sources.get(found.span.source).path.to_string(), found.span.start)
}

fn judge(loaded: &Loaded, known: &HashSet<(Code, String, u32)>) -> Verdict {
    let mut verdict = Verdict::default();
    for found in &loaded.diagnostics {
        if known.contains(&place_of(found, &loaded.sources)) {
            continue;
        }
        let help = found.help.as_ref().map(|help| format!("\n  help: {help}")).unwrap_or_default();
        let words = format!("{}[{}]: {}{help}", found.severity.as_str(), found.code, found.message);
        if UNTOLD.contains(&found.code) { &mut verdict.left } else { &mut verdict.against }.push(words);
    }
    verdict
}
