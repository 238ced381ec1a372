//! Mending findings: their safe edits applied in memory until nothing changes. Nothing is written here.

use std::collections::{BTreeMap, HashMap};
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use crate::diag::{Code, Diagnostic, Edit, Redactor, SourceId, Sources};
use crate::pack::{LoadError, Loaded, Unsaved, real_file};

use super::linter::{LintMemory, lint_again, lint_insisting};
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
    /// Takes out what of it no output may show.
    pub redactor: Redactor,
}

/// The files that the safe fixes of chosen findings change, in the order of their paths. A fix that causes a finding is
/// not applied; one that lets a fault be seen which was there before is.
///
/// # Errors
/// As [`super::lint`].
pub fn mend<P: AsRef<Path>>(paths: &[P], selection: &Selection) -> Result<Vec<Mended>, LoadError> {
    let all = Selection::default();
    // What the command line asks for by name is mended even where a pack wants it silent.
    let check = |unsaved: &Unsaved| lint_insisting(paths, unsaved, &all, selection.insisted());
    mend_until_still(Unsaved::default(), check, |found, _| selection.apply(found.clone()).is_some())
}

/// As [`mend`], of one file of a pack, with texts that stand for files.
///
/// # Errors
/// As [`super::lint`].
pub(crate) fn mend_file(pack: &Path, file: &Path, unsaved: &Unsaved) -> Result<Option<Mended>, LoadError> {
    let memory = LintMemory::default();
    let own = real_file(file);
    let is_own =
        |found: &Diagnostic, sources: &Sources| real_file(Path::new(&*sources.get(found.span.source).path)) == own;
    let mended = mend_until_still(unsaved.clone(), |unsaved| lint_again(&[pack], unsaved, &memory), is_own)?;
    Ok(mended.into_iter().next())
}

fn mend_until_still(
    mut unsaved: Unsaved,
    check: impl Fn(&Unsaved) -> Result<Loaded, LoadError>,
    wanted: impl Fn(&Diagnostic, &Sources) -> bool,
) -> Result<Vec<Mended>, LoadError> {
    let mut loaded = check(&unsaved)?;
    let mut mended: BTreeMap<Arc<str>, Mended> = BTreeMap::new();
    for _ in 0..MAX_ROUNDS {
        let fixes = chosen(&loaded, &wanted);
        // What opens a file comes first: what it shows is no harm that another fix does.
        let (opening, plain): (Vec<Fix<'_>>, Vec<Fix<'_>>) = fixes.into_iter().partition(|fix| opens(fix.code));
        let mut batches = vec![plain, opening];
        let mut tried = 0;
        let mut next_state = None;
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
            if improves(&loaded, &after, &batch) {
                for (source, text) in texts {
                    let old = loaded.sources.get(source);
                    let entry = mended.entry(old.path.clone()).or_insert_with(|| Mended {
                        path: old.path.clone(),
                        before: old.text.clone(),
                        after: old.text.clone(),
                        redactor: old.redactor().clone(),
                    });
                    entry.after = text.into();
                }
                // The other batches hold places in the old texts; the next round finds theirs anew.
                next_state = Some((next, after));
                break;
            }
            tried += 1;
            if batch.len() > 1 && tried < MAX_SINGLE {
                let half = batch.len() / 2;
                batches.push(batch[half..].to_vec());
                batches.push(batch[..half].to_vec());
            }
        }
        let Some(state) = next_state else { break };
        (unsaved, loaded) = state;
    }
    Ok(mended.into_values().filter(|file| file.before != file.after).collect())
}

/// A finding's safe fix, within one file.
#[derive(Debug, Clone, Copy)]
struct Fix<'a> {
    code: Code,
    edits: &'a [Edit],
}

/// Whether a file is read only in part while a finding of this code stands in it: mending it shows faults that were
/// there before. Fixes of other codes change what has been read already, and new findings are their own doing.
fn opens(code: Code) -> bool {
    matches!(code, Code::UnknownKey | Code::BadEnum | Code::WeightsNotOne)
}

/// The fixes that can be made at once: each within one readable file, none overlapping another.
fn chosen<'a>(loaded: &'a Loaded, wanted: &impl Fn(&Diagnostic, &Sources) -> bool) -> Vec<Fix<'a>> {
    let broken = |source: SourceId| {
        let is_mark = |found: &Diagnostic| found.span.start == 0 && found.fix.is_some();
        let mut found = loaded.errors.iter().chain(&loaded.diagnostics);
        found.any(|found| found.span.source == source && found.code == Code::BadEncoding && !is_mark(found))
    };
    let mut unreadable: HashMap<SourceId, bool> = HashMap::new();
    let mut fixes: Vec<Fix<'_>> = Vec::new();
    for found in &loaded.diagnostics {
        let Some(fix) = found.fix.as_ref().filter(|fix| fix.safe && !fix.edits.is_empty()) else { continue };
        let source = fix.edits[0].span.source;
        let whole = fix.edits.iter().all(|edit| edit.span.source == source);
        if whole && wanted(found, &loaded.sources) && !*unreadable.entry(source).or_insert_with(|| broken(source)) {
            fixes.push(Fix { code: found.code, edits: &fix.edits });
        }
    }
    fixes.sort_by_key(|fix| (fix.edits[0].span.source, fix.edits[0].span.start));
    // What is rewritten already, by where it ends.
    let mut taken: BTreeMap<(SourceId, u32), u32> = BTreeMap::new();
    fixes.retain(|fix| {
        let touches = |edit: &Edit| {
            let behind = taken.range((edit.span.source, edit.span.start)..).next();
            behind.is_some_and(|(&(source, _), &start)| source == edit.span.source && start <= edit.span.end)
        };
        let free = !fix.edits.iter().any(touches);
        if free {
            taken.extend(fix.edits.iter().map(|edit| ((edit.span.source, edit.span.end), edit.span.start)));
        }
        free
    });
    fixes
}

/// The texts of the files that these edits change.
fn apply(loaded: &Loaded, batch: &[Fix<'_>]) -> BTreeMap<SourceId, String> {
    let mut edits: Vec<&Edit> = batch.iter().flat_map(|fix| fix.edits).collect();
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

/// Whether these fixes, all of which open their files or none, take their findings away and cause none.
fn improves(before: &Loaded, after: &Loaded, batch: &[Fix<'_>]) -> bool {
    if batch.iter().all(|fix| opens(fix.code)) {
        leaves_no_slip(before, after, batch)
    } else {
        adds_none(before, after, batch.len())
    }
}

/// Whether `fixes` findings or more are gone, and no file has more of any kind.
fn adds_none(before: &Loaded, after: &Loaded, fixes: usize) -> bool {
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

/// Whether no finding about the form of a file begins in what was written anew, nor any of the syntax is added.
fn leaves_no_slip(before: &Loaded, after: &Loaded, batch: &[Fix<'_>]) -> bool {
    let written = written_places(before, batch);
    let path = |loaded: &Loaded, found: &Diagnostic| loaded.sources.get(found.span.source).path.clone();
    let syntax = |loaded: &Loaded| loaded.diagnostics.iter().filter(|found| found.code == Code::Syntax).count();
    let slipped = after.diagnostics.iter().any(|found| {
        let at = found.span.start as usize;
        let about_form = opens(found.code) || matches!(found.code, Code::Syntax | Code::DuplicateKey);
        about_form
            && written.get(&path(after, found)).is_some_and(|places| places.iter().any(|place| place.contains(&at)))
    });
    !slipped && syntax(after) <= syntax(before)
}

/// Where the new texts stand once they are written, by the file's path.
fn written_places(before: &Loaded, batch: &[Fix<'_>]) -> HashMap<Arc<str>, Vec<Range<usize>>> {
    let mut edits: Vec<&Edit> = batch.iter().flat_map(|fix| fix.edits).collect();
    edits.sort_by_key(|edit| (edit.span.source, edit.span.start));
    let mut places: HashMap<Arc<str>, Vec<Range<usize>>> = HashMap::new();
    // How much longer or shorter each file has become so far.
    let mut shift: HashMap<SourceId, isize> = HashMap::new();
    for edit in edits {
        let shift = shift.entry(edit.span.source).or_default();
        let start = (edit.span.start as usize).saturating_add_signed(*shift);
        let path = before.sources.get(edit.span.source).path.clone();
        places.entry(path).or_default().push(start..start + edit.text.len());
        *shift += edit.text.len() as isize - (edit.span.end - edit.span.start) as isize;
    }
    places
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::{mend, mend_file};
    use crate::lint::Selection;
    use crate::pack::Unsaved;

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

    #[test]
    fn one_file_is_mended_as_the_whole_pack_is() {
        let folder = tempfile::tempdir().expect("a folder can be made");
        let (pack, mug) = (folder.path().join("pack.toml"), folder.path().join("mug.toml"));
        fs::write(&pack, include_str!("example/pack.toml").replacen("aliases", "alias", 1)).expect("written");
        let good = include_str!("example/mug.toml");
        // A slip that hides a fault, one that hides none, and an accent in two letters whose mend would double a key.
        let twice = "record = { \"caf\u{e9}\" = 1, \"cafe\u{301}\" = 2, order_id";
        let task = good.replacen("max_steps = 5", "max_step = \"five\"", 1).replacen("difficulty", "dificulty", 1);
        let task = task.replacen("record = { order_id", twice, 1);
        fs::write(&mug, "").expect("written");
        let mut unsaved = Unsaved::default();
        unsaved.put(&mug, task.as_bytes());
        let own =
            mend_file(folder.path(), &mug, &unsaved).expect("it can be read").expect("there is something to mend");
        fs::write(&mug, &task).expect("written");
        let files = mend(&[folder.path()], &Selection::default()).expect("it can be read");
        assert_eq!(files.len(), 2);
        let whole = files.iter().find(|file| file.path.ends_with("mug.toml")).expect("it is mended");
        assert_eq!(own.after, whole.after);
        let expect = good.replacen("max_steps = 5", "max_steps = \"five\"", 1);
        assert_eq!(*own.after, expect.replacen("record = { order_id", twice, 1));
    }
}
