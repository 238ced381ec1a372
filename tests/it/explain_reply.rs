//! `support-ops explain-reply` from outside: its exit codes, its two formats, and text that cannot steer a terminal.

use std::io::Write;
use std::process::{Command, Stdio};

use serde_json::Value;

const TASK: &str = "duplicate-charge-refund";
const GOOD: &str = "We confirmed the duplicate charge and issued a refund. You should see it in 3-5 business days.";

/// Runs the command, with `input` on its standard input, and returns stdout, stderr and the exit code.
fn explain(arguments: &[&str], input: &[u8]) -> (String, String, i32) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_support-ops"))
        .arg("explain-reply")
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the binary starts");
    // It may end before it has read everything: that is what the size limit is for.
    let _ = child.stdin.take().expect("a pipe").write_all(input);
    let output = child.wait_with_output().expect("it ends");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("output is text");
    (text(output.stdout), text(output.stderr), output.status.code().expect("no signal"))
}

fn check(arguments: &[&str], input: &str, code: i32, parts: &[&str]) {
    let (out, err, found) = explain(arguments, input.as_bytes());
    assert_eq!(found, code, "{out}{err}");
    for part in parts {
        assert!(format!("{out}{err}").contains(part), "no {part:?} in:\n{out}{err}");
    }
}

#[test]
fn the_exit_code_tells_whether_the_reply_passes() {
    check(&["--task", TASK, "--reply", GOOD], "", 0, &["the reply passes", "value 1.0000", "0.1500 points"]);
    check(&["--task", TASK, "--reply", "-"], GOOD, 0, &["the reply passes"]);
    check(&["--task", TASK], GOOD, 0, &["the reply passes"]);
    let denied = "Unfortunately we cannot refund the duplicate charge, but the review takes 3-5 business days.";
    check(
        &["--task", TASK, "--reply", denied],
        "",
        1,
        &["the reply does not pass", "negated", "~~~ ^^^^^^  refund: negated", "negates"],
    );
    check(&["--task", TASK, "--reply", "- a refund"], "", 1, &["the reply does not pass"]);
    check(&["--task", TASK, "--reply", ""], "", 1, &["0 words"]);
}

#[test]
fn what_cannot_run_says_why() {
    check(
        &["--task", "duplicate-charge-refnd", "--reply", GOOD],
        "",
        2,
        &["the nearest are `duplicate-charge-refund`"],
    );
    check(&["--task", TASK], &"a".repeat(16_385), 2, &["16384 bytes"]);
    check(&["--task", TASK, "--tasks", "no-such-folder"], GOOD, 2, &["no-such-folder"]);
    let (_, err, code) = explain(&["--task", TASK], b"re\xfffund");
    assert!(code == 2 && err.contains("not UTF-8"), "{code}: {err}");
    let (_, err, code) = explain(&["--task", "\u{1b}[31mx", "--reply", GOOD], b"");
    assert!(code == 2 && !err.contains('\u{1b}'), "{code}: {err}");
}

#[test]
fn json_holds_every_verdict_with_its_place() {
    let reply = "Hello Dana, we’re unable to refund the duplicate charge.\u{1b}[31m It takes 3-5 business days.";
    let (out, _, code) = explain(&["--task", TASK, "--format", "json", "--reply", reply], b"");
    assert_eq!(code, 1, "{out}");
    assert!(!out.contains('\u{1b}'), "{out}");
    let report: Value = serde_json::from_str(&out).expect("one JSON document");
    assert_eq!((&report["version"], &report["task"], &report["passes"]), (&1.into(), &TASK.into(), &false.into()));
    let keywords = report["keywords"].as_array().expect("a list");
    let refund = keywords.iter().find(|keyword| keyword["verdict"] == "negated").expect("the refund is denied");
    let text = |span: &Value| {
        let at = |end: usize| usize::try_from(span[end].as_u64().expect("an offset")).expect("it is small");
        reply.get(at(0)..at(1)).expect("spans lie on character boundaries")
    };
    assert_eq!((text(&refund["spans"][0]), text(&refund["cue"])), ("refund", "unable"));
    assert!(refund["reason"].as_str().expect("text").contains("`unable`"), "{refund}");
    assert!(!report["blockers"].as_array().expect("a list").is_empty());
    let shares: f64 = keywords.iter().map(|keyword| keyword["share"].as_f64().expect("a number")).sum();
    assert!((shares - 1.0).abs() < 1e-9, "shares sum to {shares}");
}

/// The page on grading.
fn page() -> String {
    std::fs::read_to_string("docs/grading.md").expect("the page is part of the repository")
}

#[test]
fn the_pages_worked_reply_is_what_the_command_prints() {
    let page = page();
    let (_, block) = page.split_once("```console\n$ support-ops explain-reply --task ").expect("a worked reply");
    let (command, shown) = block.split_once('\n').expect("the output follows the command");
    let (task, reply) = command.split_once(" --reply ").expect("the command has a reply");
    let (out, _, _) = explain(&["--task", task, "--reply", reply.trim_matches('"')], b"");
    assert_eq!(out, shown.split("```").next().expect("the block ends"));
}

#[test]
fn the_pages_limits_are_so() {
    let page = page();
    let (_, table) =
        page.split_once("| reply | a person says | `replacement` is |\n| --- | --- | --- |\n").expect("the table");
    let mut checked = 0;
    for row in table.lines().take_while(|line| line.starts_with("| ")) {
        let cells: Vec<&str> = row.trim_matches('|').split('|').map(str::trim).collect();
        let (out, _, _) = explain(&["--task", "damaged-mug-replacement", "--format", "json", "--reply", cells[0]], b"");
        let report: Value = serde_json::from_str(&out).expect("one JSON document");
        let keywords = report["keywords"].as_array().expect("a list");
        let found = keywords.iter().find(|keyword| keyword["id"] == "replacement").expect("the task has it");
        assert_eq!(found["verdict"], cells[2], "{}", cells[0]);
        checked += 1;
    }
    assert!(checked >= 5, "{checked} limits");
}
