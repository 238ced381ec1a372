//! Packs that mean harm: huge, deep, binary, endless or odd files give findings, few and in place, and nothing else.

use std::fs;
use std::path::Path;

use proptest::prelude::*;
use serde_json::Value;
use support_ops_env::diag::{Code, Diagnostic, Severity, render_human, render_json};
use support_ops_env::lint::{Selection, lint};
use support_ops_env::pack::{Loaded, MAX_FILE_BYTES, load};
use tempfile::TempDir;

const PACK: &str = include_str!("../fixtures/good/minimal/pack.toml");
const TASK: &str = include_str!("../fixtures/good/minimal/loan.toml");

/// Far below the limit of a file, so that the tests stay quick; what would be quadratic is still far too much.
const SIZE: usize = 96 * 1024;

/// A pack of these files in a folder of its own.
fn pack(files: &[(&str, &[u8])]) -> TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    for (name, bytes) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().expect("it lies below the folder")).expect("a folder can be made");
        fs::write(path, bytes).expect("a file can be written");
    }
    folder
}

/// Loads a folder and checks what holds of any findings.
fn load_checked(folder: &Path) -> Loaded {
    let loaded = load(&[folder]).expect("the folder can be read");
    for diagnostic in loaded.diagnostics.iter().chain(&loaded.errors) {
        check_places(&loaded, diagnostic);
    }
    let mut places: Vec<_> = loaded.diagnostics.iter().map(|found| (found.code, found.span, &found.message)).collect();
    places.sort();
    let repeated = places.windows(2).find(|pair| pair[0] == pair[1]);
    assert_eq!(repeated, None, "one fault, one finding");
    assert!(loaded.diagnostics.len() <= 2000, "{} findings", loaded.diagnostics.len());
    assert!(loaded.diagnostics.iter().all(|diagnostic| diagnostic.code != Code::InternalError));
    let json: Value = serde_json::from_str(&render_json(&loaded.diagnostics, &loaded.sources, loaded.files))
        .expect("the findings are one JSON document");
    assert_eq!(json["diagnostics"].as_array().map(Vec::len), Some(loaded.diagnostics.len()));
    for diagnostic in &loaded.diagnostics {
        let text = render_human(diagnostic, &loaded.sources, false);
        assert!(text.len() < 40_000, "a finding of {} bytes", text.len());
        let odd = text.chars().find(|&c| c.is_control() && c != '\n');
        assert_eq!(odd, None, "{text:?}");
    }
    loaded
}

/// Every place lies in its file, between characters.
fn check_places(loaded: &Loaded, diagnostic: &Diagnostic) {
    let labels = diagnostic.labels.iter().map(|label| label.span);
    let edits = diagnostic.fix.iter().flat_map(|fix| fix.edits.iter().map(|edit| edit.span));
    for span in labels.chain(edits).chain([diagnostic.span]) {
        let text = &loaded.sources.get(span.source).text;
        assert!(text.get(span.start as usize..span.end as usize).is_some(), "{span:?} of {diagnostic:?}");
    }
}

/// Loads the smallest pack with this task; returns the codes of its findings.
fn codes_of(task: impl AsRef<[u8]>) -> Vec<Code> {
    let folder = pack(&[("pack.toml", PACK.as_bytes()), ("task.toml", task.as_ref())]);
    load_checked(folder.path()).diagnostics.iter().map(|diagnostic| diagnostic.code).collect()
}

fn check(name: &str, task: impl AsRef<[u8]>, expect: Code) {
    let codes = codes_of(task);
    assert!(codes.contains(&expect), "{name}: {codes:?}, expected {expect}");
}

fn numbered(count: usize, line: impl Fn(usize) -> String) -> String {
    (0..count).map(line).collect()
}

#[test]
fn endless_marks_are_syntax_errors() {
    for mark in ["[", "{", "]", "\"", "'", "=", ".", ",", "a", "a.", "[[", "[a", "k=", "\"\"\"", "a=[", "\\", "@"] {
        let endless = mark.repeat(SIZE / mark.len());
        let lines = format!("{mark}\n");
        for text in [endless.clone(), format!("{TASK}\n[extra]\nx = {endless}"), lines.repeat(SIZE / lines.len() / 8)] {
            let codes = codes_of(text);
            assert!(codes.contains(&Code::Syntax) || codes.contains(&Code::TooLarge), "{mark}: {codes:?}");
        }
    }
    check("deep lists", format!("{TASK}\nx = {}", "[".repeat(SIZE)), Code::TooLarge);
    check("deep keys of an inline table", format!("x = {{ a{} = 1 }}", ".a".repeat(SIZE)), Code::TooLarge);
    check("deep quoted keys of an inline table", format!("x = {{ a{} = 1 }}", ".'a'".repeat(SIZE)), Code::Syntax);
    check("a flood behind a sound task", format!("{TASK}{}", "=\n".repeat(SIZE)), Code::Syntax);
}

#[test]
fn endless_statements_are_findings() {
    let count = 4000;
    check("no values", numbered(count, |n| format!("k{n} =\n")), Code::Syntax);
    check("unknown keys", numbered(count, |n| format!("k{n} = 1\n")) + TASK, Code::UnknownKey);
    check("unknown tables", TASK.to_owned() + &numbered(count, |n| format!("[t{n}]\n")), Code::UnknownKey);
    check("equal keys", "k = 1\n".repeat(count) + TASK, Code::DuplicateKey);
    check("equal tables", TASK.to_owned() + &"[t]\n".repeat(count), Code::DuplicateKey);
    check("equal lists of tables", TASK.to_owned() + &"[[t]]\n".repeat(count), Code::UnknownKey);
    check("broken headers", TASK.to_owned() + &"[t\nx = 1\n".repeat(count), Code::Syntax);
    let required = |list: String| TASK.replace("required = [", &format!("required = [{list}"));
    check("equal evidence", required("\"artifact:loan\",".repeat(count)), Code::DuplicateEvidence);
    check("unknown evidence", required(numbered(count, |n| format!("\"artifact:x{n}\","))), Code::DanglingReference);
    check("wrong evidence", required("1,true,".repeat(count)), Code::WrongType);
    check("empty evidence", required("\"\",".repeat(count)), Code::DanglingReference);
    let keyword = |n| format!("[[reply.keywords]]\nid = \"k{n}\"\nregex = '(a{{1,90}}){{90}}'\n");
    check("big patterns", TASK.to_owned() + &numbered(400, keyword), Code::TooLarge);
    let from = |n| format!("[[reply.keywords]]\nid = \"k{n}\"\nmoney = {{ from = \"loan.x{n}\" }}\n");
    check("unknown fields", TASK.to_owned() + &numbered(count, from), Code::DanglingReference);
}

#[test]
fn what_is_too_large_is_said_once() {
    let limit = usize::try_from(MAX_FILE_BYTES).expect("it fits");
    assert_eq!(codes_of(" ".repeat(limit - TASK.len()) + "\n" + TASK), [Code::TooLarge]);
    let fits = "#".repeat(limit - TASK.len() - 1) + "\n" + TASK;
    assert_eq!(codes_of(fits), []);
    let long = |length| TASK.replace("Book due on Friday", &"x".repeat(length));
    assert_eq!(codes_of(long(65_536)), []);
    assert_eq!(codes_of(long(65_537)), [Code::TooLarge]);
    let deep = |depth| {
        TASK.replace("waiting_readers = 0", &format!("waiting_readers = {}{}", "[".repeat(depth), "]".repeat(depth)))
    };
    assert_eq!(codes_of(deep(40)), []);
    assert_eq!(codes_of(deep(65)), [Code::TooLarge]);
    assert_eq!(codes_of(deep(5000)), [Code::TooLarge]);
}

#[test]
fn a_pack_beyond_ten_thousand_tasks_is_too_large() {
    let folder = pack(&[("pack.toml", PACK.as_bytes())]);
    let check = |files: std::ops::RangeInclusive<usize>| {
        for n in files {
            fs::write(folder.path().join(format!("{n}.toml")), "schema_version = 2\n").expect("a file can be written");
        }
        let loaded = load(&[folder.path()]).expect("the folder can be read");
        let has = |code| loaded.errors.iter().filter(|diagnostic| diagnostic.code == code).count();
        assert_eq!((has(Code::TooLarge), has(Code::MissingManifest)), (1, 0));
    };
    check(0..=10_000);
    // More than is looked at, all of it before the manifest.
    check(10_001..=30_001);
}

#[test]
fn an_error_is_told_however_many_warnings_there_are() {
    let twice = format!("\"policy:renewal\", {}", "\"ticket\", ".repeat(300));
    let task = TASK.replace("required = [", &format!("required = [{twice}"));
    let folder = pack(&[("pack.toml", PACK.as_bytes()), ("loan.toml", task.as_bytes())]);
    let loaded = lint(&[folder.path()], &Selection::default()).expect("the folder can be read");
    let count = |code| loaded.diagnostics.iter().filter(|found| found.code == code).count();
    assert_eq!((count(Code::DanglingReference), count(Code::TooLarge)), (1, 1), "{:?}", loaded.diagnostics);
    assert!(count(Code::DuplicateEvidence) < 200);
    let rest = loaded.diagnostics.iter().find(|found| found.code == Code::TooLarge).expect("it is told");
    assert_eq!(rest.severity, Severity::Warning);
    // What is silenced takes nobody's place.
    let selection = Selection { ignore: [Code::DuplicateEvidence].into(), ..Selection::default() };
    let loaded = lint(&[folder.path()], &selection).expect("the folder can be read");
    assert!(loaded.diagnostics.iter().all(|found| found.code != Code::TooLarge), "{:?}", loaded.diagnostics);
}

/// Runs the linter as somebody who may not read everything.
#[cfg(target_os = "linux")]
#[test]
fn a_folder_that_cannot_be_looked_into_is_a_finding() {
    use std::os::unix::fs::{MetadataExt, PermissionsExt};
    use std::os::unix::process::CommandExt;

    let folder = pack(&[("pack.toml", PACK.as_bytes()), ("loan.toml", TASK.as_bytes()), ("sub/loan.toml", b"")]);
    let allow = |path: &Path, mode| fs::set_permissions(path, fs::Permissions::from_mode(mode)).expect("it can be set");
    allow(&folder.path().join("sub"), 0o000);
    allow(folder.path(), 0o755);
    let program = folder.path().join("support-ops");
    fs::copy(env!("CARGO_BIN_EXE_support-ops"), &program).expect("it can be copied");
    let mut command = std::process::Command::new(program);
    if fs::metadata("/proc/self").expect("Linux has it").uid() == 0 {
        command.uid(65_534).gid(65_534);
    }
    let output = command.arg("lint").arg(folder.path()).output().expect("it runs");
    allow(&folder.path().join("sub"), 0o755);
    let told = String::from_utf8_lossy(&output.stdout);
    assert_eq!(output.status.code(), Some(1), "{told}");
    assert!(told.contains("sub") && told.contains("cannot be looked into"), "{told}");
}

#[test]
fn bytes_that_are_no_text_are_findings() {
    let utf16: Vec<u8> = [0xff, 0xfe].into_iter().chain(TASK.encode_utf16().flat_map(u16::to_le_bytes)).collect();
    check("UTF-16", &utf16, Code::BadEncoding);
    let without_mark = &utf16[2..];
    check("UTF-16 without its mark", without_mark, Code::BadEncoding);
    check("binary", (0..=255_u8).cycle().take(SIZE).collect::<Vec<u8>>(), Code::BadEncoding);
    check("NUL", [0; 4096], Code::BadEncoding);
    check("carriage returns", "\r".repeat(SIZE), Code::BadEncoding);
    check("half a character", [TASK.as_bytes(), b"# \xf0\x9f"].concat(), Code::BadEncoding);
    check("a surrogate", [TASK.as_bytes(), b"# \xed\xa0\x80"].concat(), Code::BadEncoding);
    assert_eq!(codes_of(TASK.replace('\n', "\r\n")), []);
}

#[cfg(unix)]
#[test]
fn odd_files_never_block() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;
    use std::os::unix::fs::{PermissionsExt, symlink};
    use std::os::unix::net::UnixListener;

    let folder = pack(&[("pack.toml", PACK.as_bytes()), ("loan.toml", TASK.as_bytes()), (".hidden/x.toml", b"[")]);
    let at = |name: &str| folder.path().join(name);
    symlink(folder.path(), at("loop")).expect("a link can be made");
    symlink("loan.toml", at("link.toml")).expect("a link can be made");
    symlink("nowhere", at("broken.toml")).expect("a link can be made");
    fs::write(at(".hidden.toml"), "[").expect("a file can be written");
    fs::create_dir(at("folder.toml")).expect("a folder can be made");
    let loaded = load_checked(folder.path());
    assert_eq!(loaded.diagnostics.len(), 0, "links and hidden files are passed over: {:?}", loaded.diagnostics);
    assert_eq!(loaded.packs[0].tasks.len(), 1);

    // A socket stands for every file that is none: reading a pipe would wait for ever.
    let _socket = UnixListener::bind(at("socket.toml")).expect("a socket can be bound");
    fs::write(folder.path().join(OsStr::from_bytes(b"odd\xff\x1b[31mname.toml")), "x = [")
        .expect("a file can be written");
    fs::write(at("locked.toml"), TASK).expect("a file can be written");
    fs::set_permissions(at("locked.toml"), fs::Permissions::from_mode(0o000)).expect("the mode can be set");
    let loaded = load_checked(folder.path());
    let named = |name: &str| {
        let at = |diagnostic: &&Diagnostic| loaded.sources.get(diagnostic.span.source).path.contains(name);
        loaded.diagnostics.iter().filter(at).count()
    };
    assert_eq!(named("socket"), 1, "{:?}", loaded.diagnostics);
    assert!(named("odd") > 0, "{:?}", loaded.diagnostics);
    // Whoever may read everything finds a second task of the same id there.
    assert_eq!(named("locked") + named("loan"), 1, "{:?}", loaded.diagnostics);
}

#[cfg(unix)]
#[test]
fn a_pipe_is_not_opened() {
    let folder = pack(&[("pack.toml", PACK.as_bytes()), ("loan.toml", TASK.as_bytes())]);
    let pipe = folder.path().join("pipe.toml");
    let made = std::process::Command::new("mkfifo").arg(&pipe).status().is_ok_and(|status| status.success());
    assert!(made, "mkfifo is part of every system");
    let loaded = load_checked(folder.path());
    assert_eq!(loaded.diagnostics.len(), 1);
    assert!(load(&[&pipe]).is_err(), "a pipe is no pack");
}

#[test]
fn text_of_a_pack_cannot_colour_a_terminal() {
    let red = "\\u001b[31m\\u0007\\u009b1m\\u202e\\u2028";
    let task = TASK
        .replace("difficulty = \"easy\"", &format!("difficulty = \"{red}\"\n\"{red}\" = 1"))
        .replace("\"artifact:loan\"", &format!("\"{red}\""))
        .replace("[oracle]", "# \u{1b}[31m\u{9b}31m\u{202e}\n\"x\u{202e}\u{9b}y\" = 2\n[oracle]");
    let folder = pack(&[("pack.toml", PACK.as_bytes()), ("task.toml", task.as_bytes())]);
    let loaded = load_checked(folder.path());
    assert!(loaded.diagnostics.len() >= 3);
    for diagnostic in &loaded.diagnostics {
        let plain = render_human(diagnostic, &loaded.sources, false);
        for c in ['\u{1b}', '\u{9b}', '\u{7}', '\u{202e}', '\u{2028}'] {
            assert!(!plain.contains(c), "{plain:?}");
        }
        // Our own colours begin and end; the file adds none.
        let coloured = render_human(diagnostic, &loaded.sources, true);
        assert_eq!(coloured.matches("\u{1b}[").count() % 2, 0);
        assert!(!coloured.contains("\u{1b}[31m"));
    }
}

/// Pieces that TOML and this form give a meaning to.
const PIECES: &[&str] = &[
    "[",
    "]",
    "[[",
    "]]",
    "{",
    "}",
    "=",
    ".",
    ",",
    "\"",
    "'",
    "\"\"\"",
    "'''",
    "#",
    "\n",
    "\r\n",
    "\r",
    "\\",
    "\\u00",
    " ",
    "\t",
    "\u{feff}",
    "é",
    "🫖",
    "\0",
    "nan",
    "inf",
    "1e999",
    "99999999999999999999",
    "2026-02-30",
    "true",
    "id",
    "from",
    "[ticket]",
    "[[artifacts]]",
    "[reply]",
    "[[reply.keywords]]",
    "regex = '('",
    "id = \"x\"\n",
    "any_of = []\n",
    "money = { from = \"loan.x\" }\n",
    "ticket.id = 1\n",
    "schema_version = 2\n",
    "a.b.c = 1\n",
];

fn edited(text: &str) -> impl Strategy<Value = Vec<u8>> + use<> {
    let text = text.as_bytes().to_vec();
    let piece = prop_oneof![
        8 => prop::sample::select(PIECES).prop_map(|piece| piece.as_bytes().to_vec()),
        1 => prop::collection::vec(any::<u8>(), 0..6),
    ];
    let edit = (any::<prop::sample::Index>(), 0..12_usize, piece);
    prop::collection::vec(edit, 1..6).prop_map(move |edits| {
        let mut bytes = text.clone();
        for (at, cut, piece) in edits {
            let at = at.index(bytes.len() + 1);
            let end = (at + cut).min(bytes.len());
            bytes.splice(at..end, piece);
        }
        bytes
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn edited_files_give_findings_in_place(task in edited(TASK), manifest in edited(PACK), both in any::<bool>()) {
        let manifest = if both { manifest } else { PACK.as_bytes().to_vec() };
        let folder = pack(&[("pack.toml", &manifest), ("task.toml", &task)]);
        let loaded = load_checked(folder.path());
        // What is not played says why.
        let whole = loaded.packs.iter().any(|pack| pack.tasks.len() == 1);
        prop_assert!(whole || !loaded.errors.is_empty());
    }

    #[test]
    fn any_bytes_give_findings_in_place(task in prop::collection::vec(any::<u8>(), 0..300)) {
        let codes = codes_of(&task);
        prop_assert!(!codes.is_empty());
    }
}
