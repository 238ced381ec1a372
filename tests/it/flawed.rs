//! Flawed tasks: each reproduces a published kind of defect and is caught for it, with something that replays.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use serde_json::{Value, json};

const PACK: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/flawed/print-shop");

/// Per task, what `prove` finds, and what `lint` does: every error and warning, but for examples that are missing.
const CAUGHT: &[(&str, &[&str], &[&str])] = &[
    ("amount-in-one-format", &["mutant-killed"], &[]),
    ("any-number-of-days", &["mutant-survived"], &[]),
    ("asked-and-forbidden", &["unsolvable"], &["keyword-forbidden-conflict"]),
    ("bound-raised-for-a-cheat", &["cheat"], &[]),
    ("courtesy-is-a-gate", &["mutant-killed"], &[]),
    ("dates-that-run-backwards", &[], &["inconsistent-dates"]),
    ("denial-passes", &["exploit"], &[]),
    ("example-that-fails", &[], &["example-fails"]),
    ("exclusive-halves", &["unsolvable"], &["oracle-not-one"]),
    ("facts-without-outcome", &["exploit"], &[]),
    ("hard-by-name", &["difficulty"], &["difficulty-mislabelled"]),
    ("heap-of-keywords", &["exploit"], &["spray-scores"]),
    ("leaked-in-objective", &[], &["answer-leaked"]),
    ("leaked-in-record", &[], &["answer-in-artifact"]),
    ("leaked-in-ticket", &[], &["answer-leaked"]),
    ("names-that-tell", &[], &["id-hints-relevance"]),
    ("nearly-full-credit", &["wrong-resolution"], &[]),
    ("no-room-for-a-courtesy", &["mutant-killed"], &[]),
    ("objective-sent-back", &["exploit"], &["keywords-leaked"]),
    ("one-exact-sentence", &["mutant-killed"], &[]),
    ("only-the-ticket", &["nothing-to-find"], &["unused-artifact"]),
    ("order-of-sentences", &["mutant-killed"], &[]),
    ("policy-that-matters-not", &["indifferent-policy"], &[]),
    ("question-passes", &["exploit"], &[]),
    ("record-asked-for-and-not-required", &["unseen-value"], &[]),
    ("reply-cut-short", &["unsolvable"], &["reply-length-impossible"]),
    ("reply-for-all-cases", &["exploit"], &["keyword-underivable"]),
    ("reply-outweighs-all", &["cheat"], &[]),
    ("reprint-free-of-order", &[], &["answer-leaked"]),
    ("room-for-everything", &[], &["budget-too-generous"]),
    ("seen-in-training", &[], &["train-test-overlap"]),
    ("seen-in-training-again", &[], &[]),
    ("silence-is-enough", &["exploit"], &["idle-agent-scores"]),
    ("stale-amount", &["unsolvable"], &["oracle-not-one"]),
    ("stale-amount-on-both-sides", &["unseen-value"], &[]),
    ("steps-cost-nothing", &["mutant-survived"], &[]),
    ("steps-too-few", &["unsolvable"], &["budget-below-oracle"]),
    ("synonym-forbidden", &["mutant-killed"], &["keyword-forbidden-conflict"]),
    ("thanks-is-a-keyword", &[], &["keyword-too-common"]),
    ("ticket-sent-back", &["exploit"], &["spray-scores"]),
    ("tolerance-without-end", &["mutant-survived"], &[]),
    ("wording-taken-back", &["mutant-killed"], &[]),
    ("wrong-code-half-right", &["wrong-resolution"], &["wrong-resolution-scores"]),
];

/// Runs the program and returns its standard output.
fn run(arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_support-ops")).args(arguments).output().expect("the program starts");
    let code = output.status.code().expect("no signal");
    assert!(code < 2, "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("output is text")
}

fn proven() -> Value {
    serde_json::from_str(&run(&["prove", PACK, "--format", "json"])).expect("one document")
}

#[test]
fn each_flaw_has_its_finding_and_no_other() {
    let mut proved: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let proof = proven();
    for task in proof["tasks"].as_array().expect("tasks") {
        let findings = task["findings"].as_array().expect("findings").iter();
        let checks = findings.filter_map(|finding| Some(finding["check"].as_str()?.to_owned())).collect();
        proved.insert(task["task"].as_str().expect("an id").to_owned(), checks);
    }
    let mut linted: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let report: Value = serde_json::from_str(&run(&["lint", PACK, "--format", "json"])).expect("one document");
    for found in report["diagnostics"].as_array().expect("diagnostics") {
        let (file, code) = (found["file"].as_str().expect("a file"), found["code"].as_str().expect("a code"));
        if code != "missing-examples" {
            let name = file.rsplit('/').next().unwrap_or(file).trim_end_matches(".toml");
            linted.entry(name.to_owned()).or_default().insert(code.to_owned());
        }
    }
    let mut wrong = String::new();
    let nothing = BTreeSet::new();
    for (task, checks) in &proved {
        let found = (checks, linted.get(task).unwrap_or(&nothing));
        let row = CAUGHT.iter().find(|(id, ..)| id == task);
        let set = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<BTreeSet<_>>();
        if row.is_none_or(|(_, checks, codes)| (&set(checks), &set(codes)) != found) {
            wrong.push_str(&format!("    (\"{task}\", &{:?}, &{:?}),\n", found.0, found.1));
        }
    }
    assert!(wrong.is_empty(), "found, and not as in the table:\n{}", wrong.replace('{', "[").replace('}', "]"));
    assert_eq!(CAUGHT.len(), proved.len(), "a row without a task");
    assert_eq!(linted.get("pack"), None);
    let pack = &proof["packs"][0]["findings"];
    let shortcut = pack.as_array().expect("findings").iter().find(|finding| finding["check"] == "constant-answer");
    assert!(shortcut.is_some(), "one code is right in nearly every task: {pack}");
}

#[test]
fn each_flaw_names_its_kind_and_source() {
    for entry in std::fs::read_dir(PACK).expect("the folder is part of the repository") {
        let path = entry.expect("readable").path();
        if path.ends_with("pack.toml") {
            continue;
        }
        let text = std::fs::read_to_string(&path).expect("text");
        let lines = text.lines().skip(1).map_while(|line| line.strip_prefix("# "));
        let comment: String = lines.flat_map(|line| [line, " "]).collect();
        let sources = ["ABC", "SWE-Bench+", "issue ", "pull request "];
        assert!(sources.iter().any(|source| comment.contains(source)), "{}: {comment}", path.display());
    }
}

/// Plays a script and returns the end of the episode.
fn play(task: &str, actions: &[Value]) -> Value {
    let script = tempfile::NamedTempFile::new().expect("a file");
    let lines: Vec<String> = actions.iter().map(Value::to_string).collect();
    std::fs::write(script.path(), lines.join("\n")).expect("written");
    let agent = format!("script:{}", script.path().display());
    let out = run(&["run", "--tasks", PACK, "--task", task, "--json", "--agent", &agent]);
    serde_json::from_str(out.lines().last().expect("an end")).expect("a document")
}

#[test]
fn witnesses_replay_to_what_the_findings_say() {
    let mut replayed = 0;
    for task in proven()["tasks"].as_array().expect("tasks") {
        let id = task["task"].as_str().expect("an id");
        for finding in task["findings"].as_array().expect("findings") {
            let (check, message) =
                (finding["check"].as_str().expect("a name"), finding["message"].as_str().expect("a text"));
            if let Some(actions) = finding["witness"]["actions"].as_array() {
                let score = &play(id, actions)["score"];
                let value = score["score"].as_f64().expect("a score");
                let said = match check {
                    "unsolvable" => score["passed"] == false,
                    "nothing-to-find" => score["passed"] == true,
                    "indifferent-policy" => score["score"] == task["oracle"]["score"],
                    _ => message.contains(&format!("{value:.4}")),
                };
                assert!(said, "{id}: {message}, and the witness ends with {score}");
                replayed += 1;
            } else if let Some(reply) = finding["witness"]["example"].as_str() {
                let oracle = task["oracle"]["actions"].as_array().expect("actions");
                let draft = json!({ "action_type": "draft_reply", "message": reply });
                let score = &play(id, &[draft, oracle.last().expect("a submission").clone()])["score"];
                let parts = score["parts"].as_array().expect("parts");
                let part = parts.iter().find(|part| part["criterion"] == "reply").expect("the reply is graded");
                assert_eq!(part["value"], 1.0, "{id}: {message}: {reply}");
                replayed += 1;
            }
        }
    }
    assert!(replayed >= 20, "{replayed} witnesses");
}

#[test]
fn sound_tasks_have_no_finding() {
    let good = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/good");
    let proof: Value = serde_json::from_str(&run(&["prove", good, "--format", "json"])).expect("one document");
    let tasks = proof["tasks"].as_array().expect("tasks");
    assert!(tasks.len() >= 20, "{} tasks", tasks.len());
    let found: Vec<&Value> = tasks.iter().flat_map(|task| task["findings"].as_array().expect("findings")).collect();
    assert!(found.is_empty(), "{found:#?}");
}
