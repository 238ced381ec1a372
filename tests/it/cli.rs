//! The commands `lint`, `schema`, `test` and `run` as a shell sees them: output, exit codes, formats.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::{Value, json};

const MINIMAL: &str = "tests/fixtures/good/minimal";

fn run(arguments: &[&str]) -> Output {
    run_in(Path::new("."), arguments)
}

fn run_in(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_support-ops"))
        .args(arguments)
        .current_dir(folder)
        .output()
        .expect("the program can be started")
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).expect("output is text")
}

/// Runs and compares the exit code; returns what was printed.
fn check(arguments: &[&str], code: i32) -> String {
    let output = run(arguments);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(code), "{arguments:?}: {}{errors}", stdout(&output));
    if code == 2 {
        assert!(!errors.trim().is_empty(), "{arguments:?} says why");
        assert_eq!(stdout(&output), "", "{arguments:?}");
    }
    stdout(&output)
}

#[test]
fn a_failed_example_is_shown_with_its_line_and_its_reply() {
    let folder = tempfile::tempdir().expect("a folder can be made");
    for entry in fs::read_dir(MINIMAL).expect("the fixture is there") {
        let from = entry.expect("an entry").path();
        fs::copy(&from, folder.path().join(from.file_name().expect("a name"))).expect("it can be copied");
    }
    let file = folder.path().join("loan.toml");
    let text = fs::read_to_string(&file).expect("it is there");
    let long = "Nothing of this kind is said here. ".repeat(9);
    let line = text.lines().count() + 3;
    let number = text.matches("[[examples]]").count() + 1;
    let example = format!("\n[[examples]]\nreply = \"{long}\"\npasses = true\nexpect = {{ extended = \"met\" }}\n");
    fs::write(&file, text + &example).expect("it can be written");
    let told = check(&["test", folder.path().to_str().expect("text")], 1);
    let lines: Vec<&str> = told.lines().collect();
    assert!(lines[0].ends_with(&format!("loan.toml:{line}: example {number} of library-loan")), "{told}");
    assert!(lines[1].starts_with("  \"Nothing of this kind") && lines[1].ends_with("…\""), "{told}");
    assert!(told.contains("expected to pass, and does not pass"), "{told}");
    assert!(told.contains("`extended`: expected met, and is absent"), "{told}");
}

#[test]
fn a_path_is_given_in_one_way_to_every_command() {
    // By place or by name; a file is its task alone.
    let file = first_task();
    for how in [&["tasks"][..], &["--tasks", "tasks"]] {
        for command in [&["lint"][..], &["test"], &["fmt", "--check"], &["run", "--agent", "nop"]] {
            check(&[command, how].concat(), 0);
        }
        assert!(check(&[&["run", "--agent", "nop"], how].concat(), 0).contains("3 played"));
    }
    for how in [&[file.as_str()][..], &["--tasks", &file]] {
        assert!(check(&[&["run", "--agent", "oracle"], how].concat(), 0).contains("1 played, 1 passed"));
        let told = check(&[&["test", "--format", "json"], how].concat(), 0);
        let told: Value = serde_json::from_str(&told).expect("JSON");
        let results = told["results"].as_array().expect("a list");
        assert!(!results.is_empty() && results.iter().all(|result| result["file"] == file.as_str()), "{told}");
        // Another task of the pack is not there.
        check(&[&["explain-reply", "--task", "no-such-task", "--reply", "x"], how].concat(), 2);
    }
}

/// The file of one of the shipped tasks.
fn first_task() -> String {
    let names = fs::read_dir("tasks").expect("it is there").map(|entry| entry.expect("an entry").path());
    let mut names: Vec<String> = names.map(|path| path.display().to_string()).collect();
    names.retain(|name| name.ends_with(".toml") && !name.ends_with("pack.toml"));
    names.into_iter().min().expect("there are tasks")
}

#[test]
fn exit_codes_tell_clean_findings_and_failure() {
    check(&["lint", MINIMAL], 0);
    check(&["lint", "tasks", "tests/fixtures/good"], 0);
    check(&["lint", "tests/fixtures/bad/missing-key-top"], 1);
    check(&["lint", "tests/fixtures/bad/duplicate-evidence-twice"], 0);
    check(&["lint", "--deny-warnings", "tests/fixtures/bad/duplicate-evidence-twice"], 1);
    check(&["lint", "no/such/folder"], 2);
    check(&["lint", "Cargo.lock"], 2);
    check(&["lint", "--format", "yaml"], 2);
    check(&["lint", "--no-such-flag"], 2);
    check(&["no-such-command"], 2);
    check(&[], 2);
    check(&["--help"], 0);
    check(&["lint", "--help"], 0);
    check(&["--version"], 0);
    check(&["test", MINIMAL], 0);
    check(&["test", "tests/fixtures/bad/missing-key-top"], 2);
    check(&["run", "--tasks", MINIMAL, "--agent", "oracle"], 0);
    check(&["run", "--tasks", MINIMAL, "--agent", "nobody"], 2);
    check(&["run", "--tasks", "tests/fixtures/bad/missing-key-top", "--agent", "oracle"], 2);
    check(&["schema", "--check"], 0);
}

#[test]
fn findings_are_printed_for_people_without_colour_in_a_pipe() {
    let text = check(&["lint", "tests/fixtures/bad/unknown-key-top"], 1);
    assert!(text.contains("error[unknown-key]: unknown key `max_step` at the top of the file"), "{text}");
    assert!(text.contains("--> tests/fixtures/bad/unknown-key-top/task.toml:7:1"), "{text}");
    assert!(text.contains("\n2 files checked: 1 error, "), "{text}");
    assert!(!text.contains('\u{1b}'), "{text}");
}

#[test]
fn one_file_of_a_pack_shows_its_own_findings() {
    let folder = "tests/fixtures/bad/weights-not-one-manifest";
    let text = check(&["lint", &format!("{folder}/task.toml")], 0);
    assert!(!text.contains("[weights-not-one]"), "{text}");
    let text = check(&["lint", &format!("{folder}/pack.toml")], 1);
    assert!(text.contains("[weights-not-one]"), "{text}");
    let both = check(&["lint", &format!("{folder}/task.toml"), &format!("{folder}/pack.toml")], 1);
    assert!(both.contains("[weights-not-one]") && both.contains("2 files checked"), "{both}");
    // A pack under two spellings is one pack.
    let twice = check(&["lint", MINIMAL, &format!("./{MINIMAL}/"), "tests/fixtures/../fixtures/good/minimal"], 0);
    assert!(twice.starts_with("2 files checked"), "{twice}");
    let ids = "tests/fixtures/bad/duplicate-task-id-three";
    assert!(check(&["lint", &format!("{ids}/a.toml")], 1).contains("3 tasks have the id"));
    // From inside the folder the file's name is all there is.
    let output = run_in(&Path::new(env!("CARGO_MANIFEST_DIR")).join(folder), &["lint", "pack.toml"]);
    assert!(stdout(&output).contains("--> pack.toml:"), "{}", stdout(&output));
    let output = run_in(&Path::new(env!("CARGO_MANIFEST_DIR")).join(folder), &["lint", "./task.toml"]);
    assert_eq!(output.status.code(), Some(0));
    assert!(stdout(&output).contains("2 files checked: 0 errors, "), "{}", stdout(&output));
}

#[test]
fn json_findings_have_the_documented_shape() {
    let text = check(&["lint", "--format", "json", "tests/fixtures/bad/unknown-key-top"], 1);
    let report: Value = serde_json::from_str(&text).expect("one JSON document");
    let keys: Vec<&String> = report.as_object().expect("an object").keys().collect();
    assert_eq!(keys, ["version", "diagnostics", "summary"]);
    assert_eq!(report["version"], 1);
    let warnings = findings_of(&report, |finding| finding["severity"] == "warning").len();
    assert_eq!(report["summary"], json!({ "files": 2, "errors": 1, "warnings": warnings }));
    let place = |line: usize, column: usize, offset: usize| json!({ "line": line, "column": column, "offset": offset });
    let file = "tests/fixtures/bad/unknown-key-top/task.toml";
    let offset = fs::read_to_string(file).expect("it is there").find("max_step").expect("it is there");
    let (start, end) = (place(7, 1, offset), place(7, 9, offset + 8));
    let expect = json!([{
        "code": "unknown-key",
        "severity": "error",
        "message": "unknown key `max_step` at the top of the file",
        "file": file,
        "start": start,
        "end": end,
        "labels": [],
        "help": "did you mean `max_steps`?",
        "fix": { "safe": true, "edits": [{ "file": file, "start": start, "end": end, "text": "max_steps" }] },
    }]);
    assert_eq!(json!(findings_of(&report, |finding| finding["severity"] == "error")), expect);

    let text = check(&["lint", "--format", "json", "tests/fixtures/bad/duplicate-evidence-twice"], 0);
    let report: Value = serde_json::from_str(&text).expect("one JSON document");
    let finding = findings_of(&report, |finding| finding["code"] == "duplicate-evidence")[0];
    assert_eq!((&finding["severity"], &finding["fix"]["edits"][0]["text"]), (&json!("warning"), &json!("")));
    let label: Vec<&String> = finding["labels"][0].as_object().expect("a label").keys().collect();
    assert_eq!(label, ["file", "start", "end", "message"]);
    let text = check(&["lint", "--format", "json", "tests/fixtures/bad/duplicate-task-id-three"], 1);
    let report: Value = serde_json::from_str(&text).expect("one JSON document");
    assert_eq!(findings_of(&report, |finding| finding["code"] == "duplicate-task-id")[0]["fix"], Value::Null);
    let text = check(&["lint", "--format", "json", MINIMAL], 0);
    let report: Value = serde_json::from_str(&text).expect("one JSON document");
    assert_eq!(report["diagnostics"], json!([]));
}

/// The findings of a report that are wanted.
fn findings_of(report: &Value, wanted: impl Fn(&Value) -> bool) -> Vec<&Value> {
    let findings = report["diagnostics"].as_array().expect("a list");
    findings.iter().filter(|finding| wanted(finding)).collect()
}

#[test]
fn columns_count_characters_and_offsets_bytes() {
    let text =
        check(&["lint", "--select", "syntax", "--format", "json", "tests/fixtures/bad/syntax-wide-characters"], 1);
    let report: Value = serde_json::from_str(&text).expect("one JSON document");
    let finding = findings_of(&report, |finding| finding["code"] == "syntax")[0];
    let file = fs::read_to_string(finding["file"].as_str().expect("a path")).expect("it is there");
    let offset = file.find(" ]\n").expect("it is there") + 1;
    let line = &file[file[..offset].rfind('\n').expect("a line above") + 1..offset];
    assert_eq!(finding["start"]["offset"], offset);
    assert_eq!(finding["start"]["column"], line.chars().count() + 1);
    assert!(line.len() > line.chars().count());
}

#[test]
fn json_of_test_has_the_documented_shape() {
    let text = check(&["test", "--format", "json", MINIMAL], 0);
    let report: Value = serde_json::from_str(&text).expect("one JSON document");
    assert_eq!((&report["version"], &report["summary"]), (&json!(1), &json!({ "passed": 1, "failed": 0 })));
    let result = &report["results"][0];
    let keys: Vec<&String> = result.as_object().expect("an object").keys().collect();
    assert_eq!(keys, ["file", "task", "example", "passed", "passes", "expected", "verdicts"]);
    assert_eq!((&result["example"], &result["passed"]), (&json!("oracle"), &json!(true)));
    assert_eq!(result["verdicts"]["extended"]["verdict"], "met");
    assert!(result["verdicts"]["extended"]["spans"][0][1].is_u64());
}

#[test]
fn runs_print_an_episode_as_lines_of_json() {
    let text = check(&["run", "--tasks", MINIMAL, "--agent", "oracle", "--json"], 0);
    let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).expect("a JSON line")).collect();
    let events: Vec<&str> = lines.iter().map(|line| line["event"].as_str().expect("an event")).collect();
    assert_eq!((events[0], *events.last().expect("an end")), ("reset", "end"));
    assert!(events[1..events.len() - 1].iter().all(|event| *event == "step"));
    assert_eq!(lines.last().expect("an end")["score"]["score"], json!(1.0));
    assert!(text.contains("\"score\":1.0"), "scores are floats");
    // The same seed draws the same actions.
    let random = ["run", "--tasks", "tasks", "--agent", "random", "--seed", "11", "--json"];
    assert_eq!(check(&random, 0), check(&random, 0));
}

#[test]
fn scripts_are_played_and_their_faults_named() {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let path = folder.path().join("script.jsonl");
    let agent = format!("script:{}", path.display());
    fs::write(&path, "# the loan\n\n{\"action_type\":\"inspect_artifact\",\"artifact_id\":\"loan\"}\n")
        .expect("written");
    let text = check(&["run", "--tasks", MINIMAL, "--agent", &agent], 0);
    assert!(text.contains("inspect_artifact"), "{text}");
    fs::write(&path, "{\"action_type\":\"review_ticket\"}\n{\"action_type\":\"fly\"}\n").expect("written");
    let output = run(&["run", "--tasks", MINIMAL, "--agent", &agent]);
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("line 2"));
}

#[test]
fn schemas_are_written_where_asked_and_checked() {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let out = folder.path().join("deep/schemas");
    let out = out.to_str().expect("the path is text");
    check(&["schema", "--out", out], 0);
    assert_eq!(check(&["schema", "--check", "--out", out], 0), check(&["schema", "--check"], 0));
    for entry in fs::read_dir("schemas").expect("it is there") {
        let path = entry.expect("it can be read").path();
        if path.is_file() {
            let written = Path::new(out).join(path.file_name().expect("a name"));
            assert_eq!(fs::read(&path).expect("it is there"), fs::read(written).expect("it was written"));
        }
    }
    fs::write(Path::new(out).join("task.schema.json"), "{}").expect("it can be written");
    check(&["schema", "--check", "--out", out], 1);
}

#[test]
fn without_a_path_the_built_in_pack_is_played() {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let output = run_in(folder.path(), &["run", "--agent", "oracle"]);
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(stdout(&output).contains("3 passed, mean score 1.0000"), "{}", stdout(&output));
}

#[test]
fn a_failure_is_a_document_where_documents_were_asked_for() {
    for arguments in [
        &["lint", "no-such-folder", "--format", "json"][..],
        &["test", "no-such-folder", "--format", "json"],
        &["prove", "no-such-folder", "--format", "json"],
        &["explain-reply", "--tasks", "no-such-folder", "--task", "x", "--reply", "y", "--format", "json"],
    ] {
        let (out, errors) = crate::shell::check(arguments, 2);
        assert!(errors.contains("no-such-folder"), "{arguments:?}: {errors}");
        let document: serde_json::Value = serde_json::from_str(&out).expect("one document");
        assert!(document["error"].as_str().is_some_and(|why| why.contains("no-such-folder")), "{arguments:?}: {out}");
    }
}
