//! `--fix` over the planted faults: mending twice is mending once, comments stay, and no finding is caused.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use support_ops_env::diag::Code;
use support_ops_env::lint::{Selection, lint, mend};
use support_ops_env::pack::Loaded;

use crate::generated::draw::Draw;

use super::Kind;
use super::case::Case;
use super::clean::packs;
use super::kinds::{all, draw, places, seed};
use super::score::write_files;

/// How many files get several faults.
const ROUNDS: usize = 30;

/// The findings of a folder: how many of each code in each file.
fn count(loaded: &Loaded) -> BTreeMap<(String, Code), usize> {
    let mut counts = BTreeMap::new();
    for found in &loaded.diagnostics {
        *counts.entry((loaded.sources.get(found.span.source).path.to_string(), found.code)).or_default() += 1;
    }
    counts
}

fn lint_folder(folder: &Path) -> Loaded {
    lint(&[folder], &Selection::default()).expect("the folder can be read")
}

/// Mends a folder; the texts of what changed, as they were and as they are.
fn mend_folder(folder: &Path) -> Vec<(String, String)> {
    let mended = mend(&[folder], &Selection::default()).expect("the folder can be read");
    for file in &mended {
        fs::write(&*file.path, &*file.after).expect("it can be written");
    }
    mended.iter().map(|file| (file.before.to_string(), file.after.to_string())).collect()
}

/// What stands behind each `#` of a text, in order; in texts, too: those stay as well.
fn comments(text: &str) -> Vec<&str> {
    let all = text.lines().filter_map(|line| line.find('#').map(|at| line[at..].trim_end()));
    all.filter(|comment| !comment.starts_with("#:schema")).collect()
}

/// Mends a faulty pack and holds what must be true of it; whether anything was mended.
fn check(name: &str, case: Case, may_uncover: bool) -> bool {
    let (files, _) = case.finish();
    let folder = tempfile::tempdir().expect("a folder can be made");
    write_files(folder.path(), &files);
    let before = count(&lint_folder(folder.path()));
    let changed = mend_folder(folder.path());
    if changed.is_empty() {
        return false;
    }
    for (old, new) in &changed {
        assert_eq!(comments(new), comments(old), "{name}: comments stay");
    }
    let after = count(&lint_folder(folder.path()));
    for (key, number) in &after {
        let old = before.get(key).copied().unwrap_or_default();
        assert!(may_uncover || *number <= old, "{name}: {number} instead of {old} of {key:?}");
    }
    assert!(after.values().sum::<usize>() < before.values().sum::<usize>(), "{name}: {before:#?} became {after:#?}");
    assert!(mend_folder(folder.path()).is_empty(), "{name}: mending twice is mending once");
    true
}

#[test]
fn a_fix_of_one_fault_causes_none() {
    let packs = packs();
    let mut mended: BTreeSet<&str> = BTreeSet::new();
    let mut number = 0;
    for kind in all().filter(|kind| !kind.code.is_empty()) {
        let fits = places(kind, &packs).into_iter().find_map(|(pack, file)| {
            let mut case = Case::new(&pack, &file, draw(kind.name, &file));
            case.begin(kind.code);
            (kind.plant)(&mut case).map(|()| case)
        });
        let case = fits.unwrap_or_else(|| panic!("{}: {} is planted nowhere", kind.code, kind.name));
        if check(&format!("{}: {}", kind.code, kind.name), case, false) {
            number += 1;
            mended.insert(kind.code);
        }
    }
    assert!(number >= 15 && mended.len() >= 6, "only {number} faults were mended, of {mended:?}");
}

#[test]
fn fixes_of_several_faults_cause_none() {
    let packs = packs();
    let fixed = ["unknown-key", "bad-enum", "not-nfc", "stray-whitespace", "duplicate-evidence", "weights-not-one"];
    let (fixable, others): (Vec<&Kind>, Vec<&Kind>) =
        all().filter(|kind| !kind.code.is_empty()).partition(|kind| fixed.contains(&kind.code));
    let mut draw = Draw::new(seed());
    let mut number = 0;
    for round in 0..ROUNDS {
        let pack = &packs[draw.number(0, packs.len() as u64 - 1) as usize];
        let file = draw.one_of(&pack.tasks()).to_owned();
        let mut case = Case::new(pack, &file, Draw::new(draw.number(0, u64::MAX - 1)));
        let mut names = Vec::new();
        for kinds in [&fixable, &fixable, &fixable, &others] {
            for _ in 0..8 {
                let kind = kinds[draw.number(0, kinds.len() as u64 - 1) as usize];
                let before = case.edits();
                case.begin(kind.code);
                let planted = (kind.plant)(&mut case).is_some();
                if planted && case.file() == file && !case.collides(before) {
                    names.push(format!("{}: {}", kind.code, kind.name));
                    break;
                }
                case.undo(before);
                case.open(&file);
            }
        }
        case.comment_lines();
        number += usize::from(check(&format!("round {round}, {}/{file}: {names:#?}", pack.name), case, true));
    }
    assert!(number > ROUNDS / 2, "only {number} files were mended");
}
