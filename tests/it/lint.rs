//! `lint` as a shell sees it: its formats hold against their definitions, choices, fixes.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::{Value, json};
use support_ops_env::diag::Code;
use support_ops_env::lint::{Selection, lint_texts};

use crate::shell::{check, pipe, run};

const SARIF_SCHEMA: &str = include_str!("../data/sarif-schema-2.1.0.json");
const BAD: &str = "tests/fixtures/bad";
const MINIMAL: &str = "tests/fixtures/good/minimal";

/// A copy of the smallest good pack with this text as its task.
fn pack(change: impl Fn(String) -> String) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder can be made");
    for entry in fs::read_dir(MINIMAL).expect("the fixture is there") {
        let path = entry.expect("an entry").path();
        let name = path.file_name().expect("a name").to_owned();
        let text = fs::read_to_string(&path).expect("the fixture is text");
        let text = if name == "pack.toml" { text } else { change(text) };
        fs::write(folder.path().join(name), text).expect("a file can be written");
    }
    folder
}

fn path_of(folder: &Path) -> &str {
    folder.to_str().expect("the path is text")
}

/// The official schema, compiled.
fn sarif_validator() -> jsonschema::Validator {
    let mut schema: Value = serde_json::from_str(SARIF_SCHEMA).expect("the schema is JSON");
    // A pattern with an unbalanced bracket, which strict readers refuse; the report never holds that property.
    for owner in ["run", "toolComponent"] {
        let language = &mut schema["definitions"][owner]["properties"]["language"];
        language.as_object_mut().expect("an object").remove("pattern");
    }
    jsonschema::validator_for(&schema).expect("the schema is one")
}

#[test]
fn sarif_holds_against_the_official_schema() {
    let validator = sarif_validator();
    let hostile = pack(|task| format!("\"[x](http://evil) {{0}} \\u001b[31m\u{85}##[error]\" = 1\n{task}"));
    for path in [BAD, MINIMAL, path_of(hostile.path())] {
        let output = run(&["lint", "--format", "sarif", path]);
        let text = String::from_utf8(output.stdout).expect("output is text");
        assert!(!text.chars().any(|c| c.is_control() && c != '\n') && !text.contains("##["), "{path}");
        let report: Value = serde_json::from_str(&text).expect("one JSON document");
        let wrong: Vec<String> =
            validator.iter_errors(&report).map(|error| format!("{}: {error}", error.instance_path())).collect();
        assert!(wrong.is_empty(), "{path}: {wrong:#?}");
        let run = &report["runs"][0];
        assert_eq!(run["columnKind"], "unicodeCodePoints");
        for result in run["results"].as_array().expect("a list") {
            let index = usize::try_from(result["ruleIndex"].as_u64().expect("an index")).expect("a small one");
            assert_eq!(run["tool"]["driver"]["rules"][index]["id"], result["ruleId"]);
        }
    }
}

/// Packs that are broken in ways that a report could stumble over, by name.
fn hostile_packs() -> Vec<(&'static str, tempfile::TempDir)> {
    let mut packs = Vec::new();
    let mut add = |name: &'static str, file: &str, bytes: &[u8]| {
        let folder = pack(|task| task);
        fs::write(folder.path().join(file), bytes).expect("it can be written");
        packs.push((name, folder));
    };
    let utf16: Vec<u8> = "\u{feff}id = 'x'\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    add("an empty file", "empty.toml", b"");
    add("a file that breaks off", "open.toml", b"x = [");
    add("UTF-16", "wide.toml", &utf16);
    add("bytes that are no text", "bytes.toml", b"id = \"\xff\xc3\x28\"\n\0\r");
    add("a byte-order mark alone", "mark.toml", b"\xef\xbb\xbf");
    add("a name with a line break, a blank and a percent sign", "a\nb %41 c.toml", b"id = 1\n");
    add("a name that is no text", "caf\u{e9} \u{202e}.toml", b"id = 1\n");
    add("deep nesting", "deep.toml", "x = ".bytes().chain([b'['; 5000]).collect::<Vec<u8>>().as_slice());
    add("a long line", "long.toml", format!("unknown = \"{}\"\n", "\u{1F600}".repeat(20_000)).as_bytes());
    add("a manifest that is none", "pack.toml", b"= = =");
    let bare = tempfile::tempdir().expect("a folder can be made");
    fs::write(bare.path().join("Pack.toml"), "").expect("it can be written");
    packs.push(("no manifest", bare));
    packs
}

#[test]
fn sarif_of_hostile_packs_holds_against_the_official_schema() {
    let validator = sarif_validator();
    for (name, folder) in hostile_packs() {
        let output = run(&["lint", "--format", "sarif", path_of(folder.path())]);
        assert_eq!(output.status.code(), Some(1), "{name}");
        let text = String::from_utf8(output.stdout).expect("output is text");
        assert!(!text.chars().any(|c| c.is_control() && c != '\n'), "{name}");
        let report: Value = serde_json::from_str(&text).expect("one JSON document");
        let wrong: Vec<String> =
            validator.iter_errors(&report).map(|error| format!("{}: {error}", error.instance_path())).collect();
        assert!(wrong.is_empty(), "{name}: {wrong:#?}");
        assert!(!report["runs"][0]["results"].as_array().expect("a list").is_empty(), "{name}");
    }
}

#[test]
fn sarif_says_what_json_says() {
    let path = format!("{BAD}/unknown-key-top");
    let report: Value =
        serde_json::from_str(&check(&["lint", "--select", "unknown-key", "--format", "sarif", &path], 1).0)
            .expect("JSON");
    let result = &report["runs"][0]["results"][0];
    assert_eq!((&result["ruleId"], &result["level"]), (&json!("unknown-key"), &json!("error")));
    let place = &result["locations"][0]["physicalLocation"];
    let uri = format!("{path}/task.toml");
    assert_eq!(place["artifactLocation"], json!({ "uri": uri, "uriBaseId": "%SRCROOT%" }));
    assert_eq!(place["region"], json!({ "startLine": 7, "startColumn": 1, "endLine": 7, "endColumn": 9 }));
    let change = &result["fixes"][0]["artifactChanges"][0]["replacements"][0];
    assert_eq!(change["insertedContent"]["text"], "max_steps");
}

#[test]
fn fingerprints_stay_when_lines_move() {
    let prints = |change: fn(String) -> String| {
        let folder = pack(change);
        let output = Command::new(env!("CARGO_BIN_EXE_support-ops"))
            .args(["lint", "--select", "unknown-key", "--format", "sarif", "."])
            .current_dir(folder.path())
            .output()
            .expect("the program can be started");
        let report: Value = serde_json::from_slice(&output.stdout).expect("JSON");
        let results = report["runs"][0]["results"].as_array().expect("a list").clone();
        results.iter().map(|result| result["partialFingerprints"].clone()).collect::<Vec<_>>()
    };
    let first = prints(|task| format!("unknwon = 1\n{task}"));
    assert!(!first.is_empty());
    assert_eq!(first, prints(|task| format!("# a line above\n\nunknwon = 1\n{task}")));
    assert_ne!(first, prints(|task| format!("unknwon = 2\n{task}")));
}

#[test]
fn annotations_are_one_line_each() {
    let hostile = pack(|task| format!("\"a\\n::error::forged ##[error]\" = 1\n{task}"));
    let (text, _) = check(&["lint", "--format", "github", path_of(hostile.path())], 1);
    assert!(text.lines().count() > 0 && text.lines().all(|line| line.starts_with("::")), "{text}");
    assert!(!text.contains("\n::error::forged") && !text.contains("##["), "{text}");
    let (text, _) = check(&["lint", path_of(hostile.path())], 1);
    assert!(!text.lines().any(|line| line.trim_start().starts_with("::")) && !text.contains("##["), "{text}");
    let (text, _) =
        check(&["lint", "--select", "unknown-key", "--format", "github", &format!("{BAD}/unknown-key-top")], 1);
    let head = "::error title=unknown-key,file=tests/fixtures/bad/unknown-key-top/task.toml,line=7,endLine=7,col=1,";
    assert!(text.starts_with(head) && text.contains("%0Ahelp: did you mean `max_steps`?"), "{text}");
    assert_eq!(check(&["lint", "--format", "github", MINIMAL], 0).0, "");
}

#[test]
fn several_formats_are_written_at_once() {
    let folder = tempfile::tempdir().expect("a folder can be made");
    let file = |name: &str| folder.path().join(name).display().to_string();
    let path = format!("{BAD}/unknown-key-top");
    let [sarif, json, github] =
        [("sarif", "a"), ("json", "b"), ("github", "c")].map(|(format, name)| format!("{format}={}", file(name)));
    let (text, _) = check(&["lint", &path, "--output", &sarif, "--output", &json, "--output", &github], 1);
    assert!(text.contains("error[unknown-key]"), "{text}");
    for (name, format) in [("a", "sarif"), ("b", "json"), ("c", "github")] {
        let written = fs::read_to_string(file(name)).expect("it was written");
        assert_eq!(written, check(&["lint", &path, "--format", format], 1).0);
    }
    check(&["lint", &path, "--output", "json=/no/such/folder/x"], 2);
    check(&["lint", &path, "--output", "yaml=x"], 2);
    check(&["lint", &path, "--output", "json=-"], 2);
    check(&["lint", &path, "--output", &json, "--output", &format!("sarif={}", file("b"))], 2);
}

#[test]
fn codes_can_be_chosen() {
    let path = format!("{BAD}/unknown-key-top");
    check(&["lint", &path, "--ignore", "unknown-key,not-nfc"], 0);
    check(&["lint", &path, "--select", "not-nfc"], 0);
    check(&["lint", &path, "--select", "not-nfc,unknown-key"], 1);
    check(&["lint", &path, "--severity", "unknown-key=off"], 0);
    let warned = ["lint", &path, "--select", "unknown-key", "--severity", "unknown-key=warning"];
    assert!(check(&warned, 0).0.contains("warning[unknown-key]"));
    check(&[&warned[..], &["--deny-warnings"]].concat(), 1);
    for option in ["--select", "--ignore"] {
        let (_, errors) = check(&["lint", &path, option, "unknown-kee"], 2);
        assert!(errors.contains("did you mean `unknown-key`?"), "{errors}");
    }
    let (_, errors) = check(&["lint", &path, "--severity", "unknown-kee=off"], 2);
    assert!(errors.contains("did you mean `unknown-key`?"), "{errors}");
    check(&["lint", &path, "--severity", "unknown-key=loud"], 2);
    // What keeps a file from being read is always told.
    check(&["lint", &format!("{BAD}/syntax-tabs"), "--select", "not-nfc"], 1);
}

#[test]
fn the_command_line_has_the_last_word() {
    let warned = || pack(|task| task.replacen("max_steps", "max_step", 1));
    for settings in ["[lint]\nignore = [\"unknown-key\"]\n", "[lint.severity]\nunknown-key = \"off\"\n"] {
        let folder = warned();
        let manifest = folder.path().join("pack.toml");
        let text = fs::read_to_string(&manifest).expect("it is there");
        let text = text.split("[lint]").next().expect("a split has a first part");
        fs::write(&manifest, format!("{text}\n{settings}")).expect("it can be written");
        let path = path_of(folder.path());
        assert!(!check(&["lint", path], 0).0.contains("unknown-key"), "{settings}");
        let (text, _) = check(&["lint", path, "--select", "unknown-key"], 1);
        assert!(text.contains("error[unknown-key]"), "{text}");
        let (text, _) = check(&["lint", path, "--severity", "unknown-key=warning"], 0);
        assert!(text.contains("warning[unknown-key]"), "{text}");
        // What is not named stays as the pack wants it, and what is switched off stays off.
        assert!(!check(&["lint", path, "--select", "not-nfc"], 0).0.contains("unknown-key"), "{settings}");
        check(&["lint", path, "--select", "unknown-key", "--ignore", "unknown-key"], 0);
        check(&["lint", path, "--severity", "unknown-key=off"], 0);
        // The same goes for mending.
        assert!(check(&["lint", "--fix", path], 0).1.contains("0 files mended"), "{settings}");
        assert!(
            check(&["lint", "--fix", "--select", "unknown-key", path], 0).1.contains("1 file mended"),
            "{settings}"
        );
    }
}

#[test]
fn no_setting_hides_what_cannot_be_read() {
    for settings in [
        "[lint]\nignore = [\"syntax\"]\n",
        "[lint.severity]\nsyntax = \"off\"\n",
        "[lint.severity]\nsyntax = \"info\"\n",
    ] {
        let folder = pack(|task| task.replacen("max_steps =", "max_steps", 1));
        let manifest = folder.path().join("pack.toml");
        let text = fs::read_to_string(&manifest).expect("it is there");
        let text = text.split("[lint]").next().expect("a split has a first part");
        fs::write(&manifest, format!("{text}\n{settings}")).expect("it can be written");
        let (text, _) = check(&["lint", path_of(folder.path())], 1);
        assert!(text.contains("error[syntax]"), "{settings}: {text}");
    }
}

#[test]
fn what_would_be_mended_is_shown() {
    let folder = pack(|task| task.replacen("max_steps", "max_step", 1));
    let (path, file) = (path_of(folder.path()), folder.path().join("loan.toml"));
    let before = fs::read_to_string(&file).expect("it is there");
    let (out, told) = check(&["lint", "--fix", "--diff", path], 1);
    assert!(out.starts_with(&format!("--- {0}\n+++ {0}\n@@ ", file.display())), "{out}");
    let changed: Vec<&str> = out.lines().skip(2).filter(|line| line.starts_with(['-', '+'])).collect();
    assert!(
        matches!(changed[..], [old, new] if old.starts_with("-max_step ") && new.starts_with("+max_steps ")),
        "{out}"
    );
    assert!(told.contains("1 file would be mended; 0 findings would be left"), "{told}");
    assert_eq!(fs::read_to_string(&file).expect("it is there"), before);
    check(&["lint", "--fix", path], 0);
    assert_eq!(check(&["lint", "--fix", "--diff", path], 0).0, "");
    // Secrets stay hidden.
    let secret = "AKIAQ3EGRVT7XW2NPLKD";
    fs::write(&file, before.replacen("max_step ", &format!("workspace_summary = \"{secret}\"\nmax_step "), 1))
        .expect("it can be written");
    let (out, _) = check(&["lint", "--fix", "--diff", path], 1);
    assert!(!out.contains(secret) && out.contains(" workspace_summary = \"***\"\n"), "{out}");
    check(&["lint", "--diff", path], 2);
}

/// The lines of a stream, as they come.
fn lines_of(stream: impl std::io::Read + Send + 'static) -> std::sync::mpsc::Receiver<String> {
    let (sender, lines) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        let mut all = BufReader::new(stream).lines().map_while(Result::ok);
        all.try_for_each(|line| sender.send(line))
    });
    lines
}

#[test]
fn watching_checks_again_after_each_change() {
    const PATIENCE: std::time::Duration = std::time::Duration::from_secs(60);
    let folder = pack(|task| task);
    let file = folder.path().join("loan.toml");
    let good = fs::read_to_string(&file).expect("it is there");
    let mut child = Command::new(env!("CARGO_BIN_EXE_support-ops"))
        .args(["lint", "--watch", path_of(folder.path())])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program can be started");
    let shown = lines_of(child.stdout.take().expect("a pipe"));
    let told = lines_of(child.stderr.take().expect("a pipe"));
    // Each round ends with a summary on stdout, then with word on stderr that changes are seen from here on.
    let round = || {
        let mut lines = Vec::new();
        while !lines.last().is_some_and(|line: &String| line.contains("2 files checked")) {
            lines.push(shown.recv_timeout(PATIENCE).expect("a round ends"));
        }
        assert_eq!(told.recv_timeout(PATIENCE).expect("it waits"), "watching for changes");
        lines.join("\n")
    };
    assert_eq!(round(), "2 files checked: 0 errors, 0 warnings");
    fs::write(&file, good.replacen("max_steps", "max_step", 1)).expect("it can be written");
    assert!(round().starts_with("error[unknown-key]"));
    fs::write(&file, &good).expect("it can be written");
    assert_eq!(round(), "2 files checked: 0 errors, 0 warnings");
    child.kill().expect("it runs until it is stopped");
    child.wait().expect("it ends");
}

#[test]
fn statistics_count_codes() {
    let (text, _) = check(&["lint", &format!("{BAD}/unknown-key-top"), "--select", "unknown-key", "--statistics"], 1);
    assert_eq!(text, "     1  error    unknown-key\n2 files checked: 1 error, 0 warnings\n");
}

#[test]
fn nothing_to_lint_is_no_success() {
    let folder = tempfile::tempdir().expect("a folder can be made");
    let (_, errors) = check(&["lint", path_of(folder.path())], 2);
    assert!(errors.contains("nothing to lint"), "{errors}");
}

#[test]
fn codes_are_explained() {
    let (text, _) = check(&["explain", "not-nfc"], 0);
    assert!(text.starts_with("not-nfc: warning") && text.contains("Bad:") && text.contains("Good:"), "{text}");
    let (_, errors) = check(&["explain", "not-nfk"], 2);
    assert!(errors.contains("did you mean `not-nfc`?"), "{errors}");
    let (text, _) = check(&["rules", "--format", "json"], 0);
    let rules: Value = serde_json::from_str(&text).expect("JSON");
    let (table, _) = check(&["rules"], 0);
    let codes = rules["rules"].as_array().expect("a list");
    assert_eq!(codes.len(), table.lines().count());
    assert!(codes.iter().any(|rule| rule["code"] == "not-nfc" && rule["fix"] == true));
}

#[test]
fn the_page_of_rules_is_the_generated_one() {
    let (text, _) = check(&["rules", "--format", "markdown"], 0);
    let written = fs::read_to_string("docs/rules.md").unwrap_or_default();
    assert!(written == text, "docs/rules.md is out of date: `support-ops rules --format markdown > docs/rules.md`");
}

#[test]
fn stdin_takes_a_files_place() {
    let lint = |arguments: &[&str], text: &str| {
        let (code, out, _) = pipe(arguments, text);
        (code, out)
    };
    let name = format!("{MINIMAL}/loan.toml");
    let text = fs::read_to_string(&name).expect("the fixture is there");
    assert_eq!(lint(&["lint", "-", "--stdin-filename", &name], &text).0, Some(0));
    let broken = text.replace("max_steps", "max_step");
    assert_ne!(broken, text);
    let (code, shown) = lint(&["lint", "-", "--stdin-filename", &name], &broken);
    assert_eq!(code, Some(1));
    assert!(
        shown.contains(&format!("--> {name}:")) && shown.ends_with("2 files checked: 1 error, 0 warnings\n"),
        "{shown}"
    );
    // A file that is not there yet.
    let new = format!("{MINIMAL}/new.toml");
    let (_, shown) = lint(&["lint", "-", "--stdin-filename", &new], &text);
    assert!(shown.contains("duplicate-task-id"), "{shown}");
    assert_eq!(lint(&["lint", "-"], &text).0, Some(2));
    assert_eq!(lint(&["lint", MINIMAL, "--stdin-filename", &name], &text).0, Some(2));
}

#[test]
fn a_key_above_a_lost_header_is_no_fault_of_the_entry_there() {
    let read = |name| fs::read_to_string(format!("tests/fixtures/good/bike-rental/{name}")).expect("it is there");
    let (manifest, task) = (read("pack.toml"), read("altstadt/deposit.toml"));
    let headless = manifest.replacen("[[policies]]\ndistractor", "distractor", 1);
    let codes = |manifest: &str| -> Vec<Code> {
        let files = [("pack.toml", manifest), ("altstadt/deposit.toml", task.as_str())];
        lint_texts(&files, None, &Selection::default()).diagnostics.iter().map(|found| found.code).collect()
    };
    let (sound, found) = (codes(&manifest), codes(&headless));
    let added: Vec<Code> = found.into_iter().filter(|code| !sound.contains(code)).collect();
    assert_eq!(added, [Code::DuplicateKey]);
}

#[test]
fn fixes_are_written_and_keep_what_is_beside_them() {
    let folder = pack(|task| task.replacen("max_steps", "max_step", 1));
    let file = folder.path().join("loan.toml");
    check(&["lint", path_of(folder.path())], 1);
    let (_, told) = check(&["lint", "--fix", path_of(folder.path())], 0);
    assert!(told.contains("1 file mended"), "{told}");
    let good = fs::read_to_string(format!("{MINIMAL}/loan.toml")).expect("the fixture is there");
    let names = fs::read_dir(folder.path()).expect("it is there").count();
    assert_eq!((fs::read_to_string(&file).expect("it is there"), names), (good, 2));
    let (_, told) = check(&["lint", "--fix", path_of(folder.path())], 0);
    assert!(told.contains("0 files mended"), "{told}");
}
