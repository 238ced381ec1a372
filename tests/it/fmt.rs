//! `fmt` as a shell sees it: what it writes, what it leaves alone, its exit codes.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;

use support_ops_env::format::format_file;
use support_ops_env::pack::FileKind;

use crate::shell::{check, pipe};

const MINIMAL: &str = "tests/fixtures/good/minimal";

/// A copy of the smallest good pack, laid out; its task begins with its title.
fn pack() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder can be made");
    for entry in fs::read_dir(MINIMAL).expect("the fixture is there") {
        let path = entry.expect("an entry").path();
        let text = fs::read(&path).expect("the fixture can be read");
        let text = format_file("x", &text, FileKind::of(&path)).expect("the fixture is sound");
        fs::write(folder.path().join(path.file_name().expect("a name")), text).expect("a file can be written");
    }
    let task = folder.path().join("loan.toml");
    let text = fs::read_to_string(&task).expect("it is there");
    let title = text.lines().find(|line| line.starts_with("title = ")).expect("a task has a title").to_owned();
    let text = format!("{title}\n{}", text.replacen(&format!("{title}\n"), "", 1));
    fs::write(task, text).expect("it can be written");
    folder
}

fn path_of(path: &Path) -> &str {
    path.to_str().expect("the path is text")
}

#[test]
fn files_are_laid_out_once() {
    let folder = pack();
    let task = folder.path().join("loan.toml");
    let name = path_of(&task);
    let before = fs::read_to_string(&task).expect("it is there");
    fs::set_permissions(&task, fs::Permissions::from_mode(0o640)).expect("they can be set");

    let (out, _) = check(&["fmt", "--check", path_of(folder.path())], 1);
    assert_eq!(out, format!("would format {name}\n"));
    let (out, told) = check(&["fmt", "--diff", path_of(folder.path())], 1);
    assert!(out.starts_with(&format!("--- {name}\n+++ {name}\n@@ ")) && out.contains("\n-title = "), "{out}");
    assert!(told.contains("1 file would be formatted, 1 left"), "{told}");
    assert_eq!(fs::read_to_string(&task).expect("it is there"), before);

    let (out, told) = check(&["fmt", path_of(folder.path())], 0);
    assert_eq!(out, format!("formatted {name}\n"));
    assert!(told.contains("1 file formatted, 1 left"), "{told}");
    let after = fs::read_to_string(&task).expect("it is there");
    assert_ne!(after, before);
    assert_eq!(fs::metadata(&task).expect("it is there").permissions().mode() & 0o777, 0o640);
    for more in [&["fmt", name][..], &["fmt", "--check", name], &["fmt", "--diff", name]] {
        assert_eq!(check(more, 0).0, "");
    }
    assert_eq!(fs::read_dir(folder.path()).expect("it is there").count(), 2, "no draft is left");
    check(&["lint", path_of(folder.path())], 0);
}

#[test]
fn links_stay_links() {
    let folder = pack();
    let elsewhere = tempfile::tempdir().expect("a folder can be made");
    let (link, target) = (folder.path().join("loan.toml"), elsewhere.path().join("real.toml"));
    fs::rename(&link, &target).expect("it can be moved");
    symlink(&target, &link).expect("a link can be made");
    // Inside a pack links are not followed, as everywhere.
    assert_eq!(check(&["fmt", path_of(folder.path())], 0).0, "");
    assert!(check(&["fmt", path_of(&link)], 0).0.starts_with("formatted "));
    assert!(fs::symlink_metadata(&link).expect("it is there").is_symlink());
    assert_eq!(check(&["fmt", "--check", path_of(&target)], 0).0, "");
}

#[test]
fn what_is_no_toml_is_left_alone() {
    let folder = pack();
    let task = folder.path().join("loan.toml");
    for broken in ["title = \n", "title = 'a'\ntitle = 'b'\n", "title = 'a\u{0}'\n"] {
        fs::write(&task, broken).expect("it can be written");
        for more in [&[][..], &["--check"], &["--diff"]] {
            let (out, told) = check(&[&["fmt", path_of(folder.path())], more].concat(), 1);
            assert!(out.starts_with("error[") && out.contains("loan.toml:"), "{out}");
            assert!(told.contains("1 of them no sound TOML"), "{told}");
        }
        assert_eq!(fs::read_to_string(&task).expect("it is there"), broken);
    }
    // Faults of the form are no reason.
    fs::write(&task, "titel = 'a'\nid = 1\n").expect("it can be written");
    check(&["fmt", path_of(folder.path())], 0);
    assert_eq!(fs::read_to_string(&task).expect("it is there"), "id = 1\ntitel = 'a'\n");
}

#[test]
fn what_cannot_be_written_is_not_counted() {
    let folder = pack();
    // So long a name that no draft fits beside it.
    let long = folder.path().join(format!("{}.toml", "a".repeat(250)));
    fs::rename(folder.path().join("loan.toml"), &long).expect("it can be renamed");
    let before = fs::read(&long).expect("it is there");
    let (out, told) = check(&["fmt", path_of(folder.path())], 2);
    assert_eq!(out, "");
    assert!(told.contains("error: cannot write") && told.contains("0 files formatted, 1 left as they are"), "{told}");
    assert_eq!(fs::read(&long).expect("it is there"), before);
}

#[test]
fn folders_without_a_pack_are_no_business_of_it() {
    let folder = tempfile::tempdir().expect("a folder can be made");
    let file = folder.path().join("Cargo.toml");
    fs::write(&file, "b=1\n").expect("it can be written");
    let (_, errors) = check(&["fmt", path_of(folder.path())], 2);
    assert!(errors.contains("there is no `pack.toml`"), "{errors}");
    assert_eq!(fs::read_to_string(&file).expect("it is there"), "b=1\n");
    check(&["fmt", "/no/such/folder"], 2);
    check(&["fmt", "-", "tasks"], 2);
    check(&["fmt", "tasks", "--stdin-filename", "x.toml"], 2);
}

#[test]
fn stdin_goes_to_stdout() {
    let format = |arguments: &[&str], text: &str| {
        let (code, out, _) = pipe(arguments, text);
        (code, out)
    };
    let text = "title = 'a'\nid = 'b'\nversion = '1'\nname = 'x'";
    assert_eq!(format(&["fmt", "-"], text), (Some(0), "id = 'b'\ntitle = 'a'\nversion = '1'\nname = 'x'\n".to_owned()));
    let as_pack = ["fmt", "-", "--stdin-filename", "some/pack.toml"];
    assert_eq!(format(&as_pack, text), (Some(0), "name = 'x'\nversion = '1'\ntitle = 'a'\nid = 'b'\n".to_owned()));
    assert_eq!(format(&["fmt", "-", "--check"], text), (Some(1), "would format stdin\n".to_owned()));
    assert_eq!(format(&["fmt", "-", "--check"], "id = 1\n"), (Some(0), String::new()));
    assert_eq!(format(&["fmt", "-"], "id = "), (Some(1), String::new()));
}

#[test]
fn what_is_shown_to_authors_is_canonical() {
    let folder = tempfile::tempdir().expect("a folder can be made");
    let pack = folder.path().join("desk");
    for (id, more) in [("late-parcel", &[][..]), ("lost-lamp", &["--artifact", "order", "--difficulty", "hard"])] {
        check(&[&["new", id, "--pack", path_of(&pack)], more].concat(), 0);
    }
    check(&["new", "wet-mug", "--pack", path_of(&pack), "--artifact", "a", "--artifact", "b", "--artifact", "c"], 0);
    check(&["fmt", "--check", path_of(&pack)], 0);
    let mut blocks = 0;
    for page in ["README.md", "docs/tasks.md", "docs/authoring.md", "docs/grading.md", "CONTRIBUTING.md"] {
        let text = fs::read_to_string(page).expect("the page is part of the repository");
        for block in text.split("```toml\n").skip(1).filter_map(|rest| rest.split("```").next()) {
            let kinds = [FileKind::Task, FileKind::Pack];
            let canonical =
                kinds.iter().any(|kind| format_file("x", block.as_bytes(), *kind).is_ok_and(|text| text == block));
            assert!(canonical, "{page}:\n{block}");
            blocks += 1;
        }
    }
    assert!(blocks >= 2, "{blocks}");
}
