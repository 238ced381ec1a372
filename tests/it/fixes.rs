//! `lint --fix`: what is mended, what is not for sure, and that nothing else changes.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use support_ops_env::diag::Code;
use support_ops_env::lint::{Selection, has_fix, lint, mend};

use crate::shell::{copy_of, toml_files};

const MINIMAL: &str = "tests/fixtures/good/minimal";

/// The smallest good pack with one text of its task replaced.
fn broken(from: &str, to: &str) -> (tempfile::TempDir, PathBuf, String) {
    let copy = copy_of(Path::new(MINIMAL));
    let file = copy.path().join("loan.toml");
    let good = fs::read_to_string(&file).expect("it is there");
    assert!(good.contains(from), "{from} is not in\n{good}");
    fs::write(&file, good.replace(from, to)).expect("it can be written");
    (copy, file, good)
}

fn codes(folder: &Path) -> BTreeMap<Code, usize> {
    let mut codes = BTreeMap::new();
    for found in lint(&[folder], &Selection::default()).expect("the folder can be read").diagnostics {
        *codes.entry(found.code).or_default() += 1;
    }
    codes
}

/// Mends a folder; whether that changed anything.
fn mend_folder(folder: &Path) -> bool {
    let mended = mend(&[folder], &Selection::default()).expect("the folder can be read");
    for file in &mended {
        fs::write(&*file.path, &*file.after).expect("it can be written");
    }
    !mended.is_empty()
}

/// Mending what is made of the smallest good pack gives that text, and no finding of the code is left.
#[track_caller]
fn check(code: Code, from: &str, to: &str, expect: impl Fn(String) -> String) {
    let (folder, file, good) = broken(from, to);
    assert!(codes(folder.path()).contains_key(&code), "{code} is not found: {:?}", codes(folder.path()));
    assert!(has_fix(code), "{code} is not documented to be mended");
    mend_folder(folder.path());
    assert_eq!(fs::read_to_string(&file).expect("it is there"), expect(good), "{code}");
    assert!(!codes(folder.path()).contains_key(&code), "{code} is left");
    assert!(!mend_folder(folder.path()), "mending twice is mending once");
}

/// Nothing is changed.
#[track_caller]
fn check_left(code: Code, from: &str, to: &str) {
    let (folder, file, good) = broken(from, to);
    assert!(codes(folder.path()).contains_key(&code), "{code} is not found: {:?}", codes(folder.path()));
    assert!(!mend_folder(folder.path()), "{}", fs::read_to_string(&file).expect("it is there"));
    assert_eq!(fs::read_to_string(&file).expect("it is there"), good.replace(from, to));
}

#[test]
fn every_code_with_a_fix_is_mended() {
    let same = |good: String| good;
    let cases: &[(Code, &str, &str)] = &[
        (Code::BadEncoding, "#:schema", "\u{feff}#:schema"),
        (Code::UnknownKey, "max_steps", "max_step"),
        (Code::BadEnum, "\"easy\"", "\"esay\""),
    ];
    for (code, from, to) in cases {
        check(*code, from, to, same);
    }
    check(Code::MissingSchemaDirective, "/task.schema.json", "/tasks.schema.json", same);
    check(Code::NotNfc, "\"A book", "\"Cafe\u{301}: A book", |good| good.replacen("\"A book", "\"Café: A book", 1));
    check(Code::DuplicateEvidence, "[\"artifact:loan\"]", "[\"artifact:loan\", \"artifact:loan\"]", same);
    let weights = |a: &str| {
        format!(
            "[grading.weights]\nresolution = {a}\nevidence = 0.25 # seen\nreply = 0.15\nefficiency = 0.1\n\n[oracle]"
        )
    };
    check(Code::WeightsNotOne, "[oracle]", &weights("0.49"), |good| good.replacen("[oracle]", &weights("0.5"), 1));
    // These two are mended where the rules' own bad examples have them.
    let mended = [
        Code::BadEncoding,
        Code::UnknownKey,
        Code::BadEnum,
        Code::MissingSchemaDirective,
        Code::NotNfc,
        Code::DuplicateEvidence,
        Code::WeightsNotOne,
        Code::LiteralValue,
        Code::StrayWhitespace,
    ];
    for code in [Code::LiteralValue, Code::StrayWhitespace] {
        let folder = example_of(code);
        let before = codes(folder.path());
        assert!(before.contains_key(&code), "{before:?}");
        assert!(mend_folder(folder.path()), "{code}");
        assert!(!codes(folder.path()).contains_key(&code), "{code} is left");
        assert!(!mend_folder(folder.path()), "{code}");
    }
    for code in Code::ALL {
        assert_eq!(has_fix(*code), mended.contains(code), "{code}");
    }
}

/// The example pack in which a rule fires.
fn example_of(code: Code) -> tempfile::TempDir {
    use support_ops_env::lint::{Edit, rule_of};
    let folder = tempfile::tempdir().expect("a folder can be made");
    for file in ["mug.toml", "pack.toml"] {
        fs::copy(format!("src/lint/example/{file}"), folder.path().join(file)).expect("it can be copied");
    }
    for edit in rule_of(code).expect("it is documented").example.bad {
        match edit {
            Edit::Replace(file, from, to) => {
                let path = folder.path().join(file);
                let text = fs::read_to_string(&path).expect("it is there");
                assert!(text.contains(from));
                fs::write(path, text.replacen(from, to, 1)).expect("it can be written");
            }
            Edit::Write(file, text) => fs::write(folder.path().join(file), text).expect("it can be written"),
            Edit::Remove(file) => fs::remove_file(folder.path().join(file)).expect("it is there"),
        }
    }
    folder
}

#[test]
fn a_misspelt_table_is_renamed_in_all_of_its_headers() {
    let same = |good: String| good;
    check(Code::UnknownKey, "artifacts", "artefacts", same);
    let two = "[[artifacts]]\nid = \"reminders\"\ntitle = \"Reminders\"\ndistractor = true\n[artifacts.record]\nsent = 2\n[artifacts.record.last]\non = 2026-01-02\n\n[evidence]";
    let wrong = two.replace("[artifacts", "[artefacts").replace("[[artifacts", "[[artefacts");
    check(Code::UnknownKey, "[evidence]", &wrong, |good| good.replacen("[evidence]", two, 1));
    let sub = "[artefacts.record]";
    let (folder, ..) = broken(
        "[evidence]",
        &format!("[[artifacts]]\nid = \"reminders\"\ntitle = \"R\"\ndistractor = true\n{sub}\nsent = 2\n\n[evidence]"),
    );
    assert!(mend_folder(folder.path()));
    assert!(!codes(folder.path()).contains_key(&Code::UnknownKey));
    check(Code::UnknownKey, "[[reply.keywords]]", "[[reply.keyword]]", same);
    check(Code::UnknownKey, "[resolution]\nexpected", "[resolutoin]\nexpected", same);
}

#[test]
fn what_is_not_sure_is_left_alone() {
    // Two keys that could both be the one, a key whose name is taken, a name between two.
    check_left(Code::UnknownKey, "max_steps = ", "titel = \"x\"\nmax_steps = ");
    check_left(Code::UnknownKey, "[oracle]", "[evidenec]\nrequired = [\"ticket\"]\n\n[oracle]");
    let (folder, ..) = broken("title = \"", "titel = \"x\"\ntitl = \"");
    let found = lint(&[folder.path()], &Selection::default()).expect("it can be read").diagnostics;
    let unknown: Vec<_> = found.iter().filter(|found| found.code == Code::UnknownKey).collect();
    assert!(unknown.len() >= 2 && unknown.iter().all(|found| found.fix.is_none()), "{unknown:?}");
    check_left(Code::BadEnum, "\"easy\"", "\"impossible\"");
}

#[test]
fn a_slip_is_mended_though_faults_show_behind_it() {
    // (what is written, what a mended file still lacks)
    let cases = [
        ("max_steps = ", "max_step = \"ten\" # ", Code::WrongType),
        ("[resolution]\nexpected", "[resolutoin]\nexpected = \"no_such_code\" # ", Code::UnknownResolution),
        ("[evidence]\n", "[evidense]\nrequird = 3\n# ", Code::WrongType),
    ];
    for (from, to, behind) in cases {
        let (folder, ..) = broken(from, to);
        let before = codes(folder.path());
        assert!(before.contains_key(&Code::UnknownKey) && !before.contains_key(&behind), "{to}: {before:?}");
        assert!(mend_folder(folder.path()), "{to}");
        let after = codes(folder.path());
        assert!(after.contains_key(&behind) && !after.contains_key(&Code::UnknownKey), "{to}: {after:?}");
        assert!(!mend_folder(folder.path()), "mending twice is mending once");
    }
}

#[test]
fn a_fix_that_causes_a_finding_is_not_made() {
    // In normal form the second key would be the first one again.
    let (folder, file, _) = broken("record = { ", "record = { \"caf\u{e9}\" = 1, \"cafe\u{301}\" = 2, ");
    let found = lint(&[folder.path()], &Selection::default()).expect("it can be read").diagnostics;
    assert!(found.iter().any(|found| found.code == Code::NotNfc && found.fix.is_some()), "{found:?}");
    let before = fs::read_to_string(&file).expect("it is there");
    assert!(!mend_folder(folder.path()));
    assert_eq!(fs::read_to_string(&file).expect("it is there"), before);
}

#[test]
fn duplicates_go_with_their_commas_and_comments_stay() {
    let with = |list: &str| format!("required = [{list}]");
    let (_folder, _, good) = broken("title", "title");
    let line = good.lines().find(|line| line.starts_with("required = [")).expect("a task requires evidence").to_owned();
    let list = line.trim_start_matches("required = [").trim_end_matches(']').to_owned();
    let cases = [
        (format!("{list}, {list}, {list}"), list.clone()),
        (format!("\n  {list}, # all\n  {list}, # again\n"), format!("\n  {list}, # all\n   # again\n")),
        (format!("\n  {list}, # all\n  {list}\n"), format!("\n  {list}, # all\n  \n")),
        (format!("{list}, {list},"), format!("{list},")),
    ];
    for (wrong, right) in cases {
        check(Code::DuplicateEvidence, &line, &with(&wrong), |good| good.replacen(&line, &with(&right), 1));
    }
}

#[test]
fn fixes_add_no_finding_and_lose_no_comment() {
    let mut changed = 0;
    for entry in fs::read_dir("tests/fixtures/bad").expect("the fixtures are part of the repository") {
        let folder = entry.expect("the folder can be read").path();
        let loaded = lint(&[&folder], &Selection::default()).expect("the folder can be read");
        for found in loaded.diagnostics.iter().filter(|found| found.fix.is_some()) {
            assert!(has_fix(found.code), "{}: {} has a fix and is not documented to", folder.display(), found.code);
        }
        if loaded.diagnostics.iter().all(|found| found.fix.is_none()) {
            continue;
        }
        let copy = copy_of(&folder);
        let before = codes(copy.path());
        let texts: Vec<String> = toml_files(copy.path()).iter().map(|file| read(file)).collect();
        if !mend_folder(copy.path()) {
            continue;
        }
        changed += 1;
        // What such a finding kept from being read may be wrong as well.
        let opens = [Code::UnknownKey, Code::BadEnum, Code::WeightsNotOne];
        let uncovers = opens.iter().any(|code| before.contains_key(code));
        for (code, number) in codes(copy.path()).into_iter().filter(|_| !uncovers) {
            assert!(before.get(&code).is_some_and(|before| *before >= number), "{}: {code}", folder.display());
        }
        for (file, text) in toml_files(copy.path()).iter().zip(texts) {
            let after = read(file);
            for comment in text.lines().filter_map(|line| line.find('#').map(|at| line[at..].trim_end())) {
                let kept =
                    comment.starts_with("#:schema") || after.contains(comment) || text.matches(comment).count() > 1;
                assert!(kept, "{}: `{comment}` is lost", folder.display());
            }
        }
        assert!(!mend_folder(copy.path()), "{}: mending twice is mending once", folder.display());
    }
    assert!(changed > 15, "only {changed} folders");
}

#[test]
fn an_added_line_ends_as_the_others_do() {
    let (folder, file, good) = broken("#:schema", "#:schema");
    let crlf = good.replace('\n', "\r\n");
    let (_, rest) = crlf.split_once("\r\n").expect("there is a first line");
    fs::write(&file, rest).expect("it can be written");
    assert!(mend_folder(folder.path()));
    let mended = read(&file);
    assert!(mended.starts_with("#:schema ") && mended.matches('\n').count() == mended.matches("\r\n").count());
}

#[cfg(unix)]
#[test]
fn what_cannot_be_written_stops_no_other() {
    use std::os::unix::fs::PermissionsExt;
    let (folder, file, good) = broken("max_steps", "max_step");
    let other = folder.path().join("zoo.toml");
    let second = good.replacen("id = \"", "id = \"zoo-", 1).replace("max_steps", "max_step");
    fs::write(&other, &second).expect("it can be written");
    fs::set_permissions(&file, fs::Permissions::from_mode(0o444)).expect("they can be set");
    let path = folder.path().to_str().expect("the path is text");
    let (_, told) = crate::shell::check(&["lint", "--fix", path], 2);
    assert!(told.contains("loan.toml: it is read-only\n") && told.contains("1 file mended"), "{told}");
    assert_eq!(read(&file), good.replace("max_steps", "max_step"));
    assert_eq!(read(&other), second.replace("max_step", "max_steps"));
}

fn read(file: &Path) -> String {
    String::from_utf8_lossy(&fs::read(file).expect("it is there")).into_owned()
}
