//! Mending findings: their safe edits applied in memory until nothing changes. Nothing is written here.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;
use std::sync::Arc;

use crate::diag::{Code, Diagnostic, Edit, SourceId};
use crate::pack::{LoadError, Loaded, Unsaved};

use super::linter::lint_insisting;
use super::selection::Selection;

/// How often the files are checked again: mending one finding may uncover the next.
const MAX_ROUNDS: usize = 10;
/// How many fixes are tried one by one after a round in which some fix did harm.
const MAX_SINGLE: usize = 100;

/// A file that fixes change.
#[derive(Debug, Clone)]
pub struct Mended {
    /// Its path, as findings name it.
    pub path: Arc<str>,
    /// Its text as it was read.
    pub before: Arc<str>,
    /// Its text with the fixes.
    pub after: Arc<str>,
    /// What of it no output may show.
    pub secrets: Vec<String>,
}

/// The files that the safe fixes of chosen findings change, in the order of their paths. A fix after which there are
/// more findings of any kind in its file, or not fewer in all, is not applied.
///
/// # Errors
/// As [`super::lint`].
pub fn mend<P: AsRef<Path>>(paths: &[P], selection: &Selection) -> Result<Vec<Mended>, LoadError> {
    let all = Selection::default();
    let mut unsaved = Unsaved::default();
    // What the command line asks for by name is mended even where a pack wants it silent.
    let check = |unsaved: &Unsaved| lint_insisting(paths, unsaved, &all, selection.insisted());
    let mut loaded = check(&unsaved)?;
    let mut mended: BTreeMap<Arc<str>, Mended> = BTreeMap::new();
    for _ in 0..MAX_ROUNDS {
        let mut batches = vec![chosen(&loaded, selection)];
        let mut tried = 0;
        let mut changed = false;
        while let Some(batch) = batches.pop() {
            if batch.is_empty() {
                continue;
            }
            let texts = apply(&loaded, &batch);
            let mut next = unsaved.clone();
            for (source, text) in &texts {
                next.put(Path::new(&*loaded.sources.get(*source).path), text.as_bytes());
            }
            let after = check(&next)?;
            if improves(&loaded, &after, batch.len()) {
                for (source, text) in texts {
                    let old = loaded.sources.get(source);
                    let entry = mended.entry(old.path.clone()).or_insert_with(|| Mended {
                        path: old.path.clone(),
                        before: old.text.clone(),
                        after: old.text.clone(),
                        secrets: old.hidden_texts(),
                    });
                    entry.after = text.into();
                }
                (unsaved, loaded, changed) = (next, after, true);
                // The other batches hold places in the old texts; the next round finds theirs anew.
                break;
            }
            tried += 1;
            if batch.len() > 1 && tried < MAX_SINGLE {
                let half = batch.len() / 2;
                batches.push(batch[half..].to_vec());
                batches.push(batch[..half].to_vec());
            }
        }
        if !changed {
            break;
        }
    }
    Ok(mended.into_values().filter(|file| file.before != file.after).collect())
}

/// The edits of the findings that can be mended at once: each fix within one readable file, none overlapping another.
fn chosen(loaded: &Loaded, selection: &Selection) -> Vec<Vec<Edit>> {
    let broken = |source: SourceId| {
        let is_mark = |found: &Diagnostic| found.span.start == 0 && found.fix.is_some();
        let mut found = loaded.errors.iter().chain(&loaded.diagnostics);
        found.any(|found| found.span.source == source && found.code == Code::BadEncoding && !is_mark(found))
    };
    let mut unreadable: HashMap<SourceId, bool> = HashMap::new();
    let mut fixes: Vec<Vec<Edit>> = Vec::new();
    for found in &loaded.diagnostics {
        let Some(fix) = found.fix.as_ref().filter(|fix| fix.safe && !fix.edits.is_empty()) else { continue };
        let source = fix.edits[0].span.source;
        let whole = fix.edits.iter().all(|edit| edit.span.source == source);
        if whole
            && selection.apply(found.clone()).is_some()
            && !*unreadable.entry(source).or_insert_with(|| broken(source))
        {
            fixes.push(fix.edits.clone());
        }
    }
    fixes.sort_by_key(|edits| (edits[0].span.source, edits[0].span.start));
    // What is rewritten already, by where it ends.
    let mut taken: BTreeMap<(SourceId, u32), u32> = BTreeMap::new();
    fixes.retain(|edits| {
        let touches = |edit: &Edit| {
            let behind = taken.range((edit.span.source, edit.span.start)..).next();
            behind.is_some_and(|(&(source, _), &start)| source == edit.span.source && start <= edit.span.end)
        };
        let free = !edits.iter().any(touches);
        if free {
            taken.extend(edits.iter().map(|edit| ((edit.span.source, edit.span.end), edit.span.start)));
        }
        free
    });
    fixes
}

/// The texts of the files that these edits change.
fn apply(loaded: &Loaded, batch: &[Vec<Edit>]) -> BTreeMap<SourceId, String> {
    let mut edits: Vec<&Edit> = batch.iter().flatten().collect();
    edits.sort_by_key(|edit| std::cmp::Reverse(edit.span.start));
    let mut texts = BTreeMap::new();
    for edit in edits {
        let source = edit.span.source;
        let text: &mut String = texts.entry(source).or_insert_with(|| loaded.sources.get(source).text.to_string());
        let range = edit.span.start as usize..edit.span.end as usize;
        if text.get(range.clone()).is_some() {
            text.replace_range(range, &edit.text);
        }
    }
    texts
}

/// Whether `fixes` findings or more are gone, and no file has more of any kind.
fn improves(before: &Loaded, after: &Loaded, fixes: usize) -> bool {
    let count = |loaded: &Loaded| {
        let mut counts: BTreeMap<(Arc<str>, Code), usize> = BTreeMap::new();
        for found in &loaded.diagnostics {
            *counts.entry((loaded.sources.get(found.span.source).path.clone(), found.code)).or_default() += 1;
        }
        counts
    };
    let old = count(before);
    let more = count(after).into_iter().any(|(key, number)| number > old.get(&key).copied().unwrap_or_default());
    !more && after.errors.len() <= before.errors.len() && after.diagnostics.len() + fixes <= before.diagnostics.len()
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::mend;
    use crate::lint::Selection;

    #[test]
    fn fixing_twice_is_fixing_once_and_comments_stay() {
        let folder = tempfile::tempdir().expect("a folder can be made");
        let task = include_str!("example/mug.toml").replacen("max_steps", "# budget\nmax_step", 1);
        let task = format!("\u{feff}{task}");
        fs::write(folder.path().join("pack.toml"), include_str!("example/pack.toml")).expect("written");
        fs::write(folder.path().join("mug.toml"), &task).expect("written");
        let files = mend(&[folder.path()], &Selection::default()).expect("it can be read");
        assert_eq!(files.len(), 1);
        assert_eq!(&*files[0].before, task);
        let expect = include_str!("example/mug.toml").replacen("max_steps", "# budget\nmax_steps", 1);
        assert_eq!(&*files[0].after, expect);
        fs::write(folder.path().join("mug.toml"), &*files[0].after).expect("written");
        assert!(mend(&[folder.path()], &Selection::default()).expect("it can be read").is_empty());
    }
}
