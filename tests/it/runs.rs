//! What is made of runs: `eval summary` and `eval compare`, on folders written by hand.

use std::fs;
use std::path::{Path, PathBuf};
#[cfg(unix)]
use std::process::Command;

use serde_json::{Value, json};

use crate::shell::check;

/// Writes a run's folder: these tasks, each played once for each of its scores; a score of 1 passes.
fn write_run(folder: &Path, label: &str, tasks: &[(&str, &[f64])]) {
    let task = |(id, _): &(&str, &[f64])| {
        json!({
            "id": id, "title": id, "difficulty": "easy", "split": "test", "max_steps": 10, "pack_digest": "sha256:aa",
        })
    };
    let repeats = tasks.iter().map(|(_, scores)| scores.len()).max().expect("a task");
    let config = json!({
        "version": 1, "support_ops": "0.1.0", "agent": "nop", "label": label, "url": null,
        "tasks": tasks.iter().map(task).collect::<Vec<_>>(),
        "seeds": [], "repeats": repeats, "shard": null, "model": null,
    });
    let mut lines = String::new();
    for (id, scores) in tasks {
        for (repeat, score) in scores.iter().enumerate() {
            let result = json!({
                "task_id": id, "seed": null, "repeat": repeat, "episode_id": episode_id(id, repeat), "ended": "submitted",
                "score": score, "passed": *score == 1.0,
                "parts": { "resolution": score, "evidence": null, "reply": null, "efficiency": null },
                "rewards": [score], "seconds": 1.0,
                "usage": { "calls": 0, "prompt_tokens": 0, "completion_tokens": 0, "cost": null, "errors": {} },
                "error": null,
                "deviation": { "step": 1, "kind": "reply", "reason": "no \u{1b}[31mred\u{1b}[0m" },
            });
            lines.push_str(&format!("{result}\n"));
        }
    }
    fs::create_dir_all(folder).expect("a folder");
    fs::write(folder.join("config.json"), config.to_string()).expect("a file");
    fs::write(folder.join("trials.jsonl"), lines).expect("a file");
}

fn episode_id(task: &str, repeat: usize) -> String {
    if repeat == 0 { task.to_owned() } else { format!("{task}~r{repeat}") }
}

/// A folder with the runs `a` and `b`, and their paths.
fn two_runs(a: &[(&str, &[f64])], b: &[(&str, &[f64])]) -> (tempfile::TempDir, String, String) {
    let home = tempfile::tempdir().expect("a folder");
    let paths = ["a", "b"].map(|name| home.path().join(name));
    write_run(&paths[0], "model \u{1b}[1ma", a);
    write_run(&paths[1], "model b", b);
    let [a, b] = paths.map(|path| path.to_str().expect("a text").to_owned());
    (home, a, b)
}

#[test]
fn a_summary_is_told_to_people_and_to_machines() {
    let (_home, a, _) = two_runs(&[("mug", &[1.0, 0.5]), ("fraud", &[0.0, 0.5])], &[("mug", &[1.0])]);
    let (out, errors) = check(&["eval", "summary", &a], 0);
    for part in
        ["2 tasks, 4 of 4 trials", "score    0.5000, 95 % [0.2500, 0.7500]", "pass^k   1: 0.2500", "lost by  reply 4"]
    {
        assert!(out.contains(part), "{part}: {out}");
    }
    assert!(errors.contains("note: 2 tasks are few"), "{errors}");
    assert!(!out.contains('\u{1b}') && !errors.contains('\u{1b}'), "{out}{errors}");
    let (out, _) = check(&["eval", "summary", &a, "--format", "json"], 0);
    let summary: Value = serde_json::from_str(&out).expect("a document");
    assert_eq!((&summary["version"], &summary["overall"]["success"]["mean"]), (&json!(1), &json!(0.25)));
    assert_eq!(out, check(&["eval", "summary", &a, "--format", "json"], 0).0);
}

#[test]
fn columns_that_find_no_room_are_named() {
    let (long, other) = ("a-task-".repeat(10), "b-task-".repeat(10));
    let (_home, a, b) = two_runs(&[(&long, &[1.0]), (&other, &[0.0])], &[(&long, &[0.0]), (&other, &[1.0])]);
    let (out, _) = check(&["eval", "summary", &a], 0);
    assert!(out.contains("… no room for difficulty, 95 %") && out.contains("or --format json shows all\n"), "{out}");
    let (out, _) = check(&["eval", "compare", &a, &b], 0);
    assert!(out.contains("… no room for a table: a wider terminal or --format json shows all\n"), "{out}");
    let (_home, a, _) = two_runs(&[("mug", &[1.0])], &[("mug", &[1.0])]);
    let (out, _) = check(&["eval", "summary", &a], 0);
    assert!(!out.contains("no room"), "{out}");
}

#[test]
fn trials_without_a_result_are_named() {
    let (_home, a, _) = two_runs(&[("mug", &[1.0, 0.5]), ("fraud", &[0.0, 0.5, 1.0])], &[("mug", &[1.0])]);
    let (out, errors) = check(&["eval", "summary", &a], 0);
    assert!(out.contains("2 tasks, 5 of 6 trials"), "{out}");
    assert!(errors.contains("5 of 6 trials have ended") && errors.contains("the others: mug, repeat 3\n"), "{errors}");
    fs::write(Path::new(&a).join("trials.jsonl"), "").expect("a file");
    let (_, errors) = check(&["eval", "summary", &a], 0);
    assert!(errors.contains("the others: mug; fraud; mug, repeat 2; …\n"), "{errors}");
}

#[test]
fn a_worse_run_is_told_and_fails_where_that_is_asked() {
    let good: Vec<f64> = vec![1.0; 8];
    let bad: Vec<f64> = (0..8).map(|at| f64::from(at) / 10.0).collect();
    let (_home, a, b) = two_runs(&[("mug", &good), ("fraud", &good)], &[("mug", &bad), ("fraud", &good)]);
    let (out, errors) = check(&["eval", "compare", &a, &b], 0);
    for part in ["16 pairs of trials on 2 tasks", "score    1.0000 -> 0.6750", "1 of 2 tasks moved", "8 passed no more"]
    {
        assert!(out.contains(part), "{part}: {out}");
    }
    assert!(!out.contains('\u{1b}'), "{out}");
    assert!(errors.contains("no p-value for other tasks can be below 1"), "{errors}");
    let (_, errors) = check(&["eval", "compare", &a, &b, "--fail-on-regression"], 1);
    assert!(errors.contains("B is worse than A by 0.3250, p = 0.0078"), "{errors}");
    check(&["eval", "compare", &a, &b, "--fail-on-regression", "0.001"], 0);
    check(&["eval", "compare", &b, &a, "--fail-on-regression"], 0);
    let (out, _) = check(&["eval", "compare", &a, &b, "--format", "json"], 0);
    let compared: Value = serde_json::from_str(&out).expect("a document");
    assert_eq!(compared["tasks"][0]["p"], json!(0.007_812));
    assert_eq!(compared["flips"]["trials"].as_array().map(Vec::len), Some(8));
}

#[test]
fn too_few_trials_are_said_to_be_too_few() {
    let (_home, a, b) = two_runs(&[("mug", &[1.0])], &[("mug", &[0.0])]);
    let (_, errors) = check(&["eval", "compare", &a, &b, "--fail-on-regression"], 0);
    assert!(errors.contains("play more seeds or repeats"), "{errors}");
}

#[test]
fn what_is_no_run_is_refused() {
    let (home, a, b) = two_runs(&[("mug", &[1.0])], &[("fraud", &[1.0])]);
    let (_, errors) = check(&["eval", "compare", &a, &b], 2);
    assert!(errors.contains("there is nothing to compare") && errors.contains("`mug`"), "{errors}");
    let (out, _) = check(&["eval", "compare", &a, &b, "--format", "json"], 2);
    assert!(out.contains("\"error\""), "{out}");
    check(&["eval", "compare", &a, &b, "--fail-on-regression", "2"], 2);
    check(&["eval", "summary", home.path().to_str().expect("a text")], 2);
    let trials = Path::new(&a).join("trials.jsonl");
    let text = fs::read_to_string(&trials).expect("a file");
    fs::write(&trials, text.replace("\"score\":1.0", "\"score\":7.0")).expect("a file");
    assert!(check(&["eval", "summary", &a], 2).1.contains("line 1 holds what no trial can come to"));
    let config = Path::new(&a).join("config.json");
    let text = fs::read_to_string(&config).expect("a file");
    fs::write(&config, text.replace("\"repeats\":1", "\"repeats\":4000000000")).expect("a file");
    assert!(check(&["eval", "summary", &a], 2).1.contains("no run that could be played"));
}

/// A run of the reference, played twice on each task, and its path.
fn played() -> (tempfile::TempDir, String) {
    let home = tempfile::tempdir().expect("a folder");
    let run = home.path().join("run").to_str().expect("a text").to_owned();
    check(&["eval", "--tasks", "tasks", "--agent", "oracle", "--repeats", "2", "--out", &run], 0);
    (home, run)
}

/// The log's only file.
fn log_file(run: &str) -> PathBuf {
    let mut files = fs::read_dir(Path::new(run).join("log")).expect("a folder").map(|entry| entry.expect("one").path());
    files.find(|path| path.extension().is_some_and(|ending| ending == "log")).expect("a log")
}

/// Spoils a run, sees that all that reads it says so, and that it is mended by going on with it; or what then still is
/// said of it.
#[track_caller]
fn spoil(spoil: impl FnOnce(&str), expect: &str, merges: i32, mended: i32) {
    let (home, run) = played();
    let (_other, good) = played();
    spoil(&run);
    let at = |name: &str| home.path().join(name).to_str().expect("a text").to_owned();
    for command in [
        &["eval", "summary", &run][..],
        &["eval", "compare", &good, &run],
        &["eval", "report", &run],
        &["eval", "report", &run, "--html", &at("page.html")],
    ] {
        let (_, errors) = check(command, 1);
        assert!(errors.contains(expect), "{command:?}: {errors}");
    }
    let page = fs::read_to_string(at("page.html")).expect("a page");
    assert!(page.len() > 10_000);
    let (out, _) = check(&["eval", "summary", &run, "--format", "json"], 1);
    let summary: Value = serde_json::from_str(&out).expect("a document");
    assert!(summary["notes"].to_string().contains(expect), "{}", summary["notes"]);
    let (_, errors) = check(&["eval", "merge", &at("merged"), &run], merges);
    assert!(errors.contains(expect), "{errors}");
    let resume = ["eval", "--tasks", "tasks", "--agent", "oracle", "--repeats", "2", "--out", &run, "--resume"];
    let (_, errors) = check(&resume, mended);
    assert!(errors.contains(expect) && !errors.contains("--resume"), "{errors}");
    let (out, _) = check(&["eval", "summary", &run], mended);
    assert!(out.contains("6 of 6 trials") && out.contains("score    1.0000"), "{out}");
    if mended == 1 {
        let clean = at("clean");
        check(&["eval", "merge", &clean, &run], 1);
        check(&["eval", "summary", &clean], 0);
    }
}

#[test]
fn a_result_and_its_episode_say_the_same() {
    let rewrite = |run: &str, from: &str, to: &str| {
        let path = Path::new(run).join("trials.jsonl");
        let text = fs::read_to_string(&path).expect("a file");
        assert!(text.contains(from), "{text}");
        fs::write(&path, text.replacen(from, to, 1)).expect("a file");
    };
    let contradicted = "1 result is contradicted by the log: ";
    spoil(|run| rewrite(run, "\"score\":1.0", "\"score\":0.5"), contradicted, 2, 0);
    spoil(
        |run| rewrite(run, "\"passed\":true", "\"passed\":false"),
        "passed: false in trials.jsonl, true in the log",
        2,
        0,
    );
    spoil(|run| rewrite(run, "\"rewards\":[0.05,", "\"rewards\":["), contradicted, 2, 0);
    spoil(|run| rewrite(run, "\"ended\":\"submitted\"", "\"ended\":\"step_limit\""), contradicted, 2, 0);
    let stray = |run: &str| {
        let path = Path::new(run).join("trials.jsonl");
        let text = fs::read_to_string(&path).expect("a file");
        let line = text.lines().next().expect("a line");
        let mut result: Value = serde_json::from_str(line).expect("a result");
        (result["task_id"], result["repeat"], result["episode_id"]) =
            ("else\u{9b}".into(), 0.into(), "else\u{9b}".into());
        fs::write(&path, format!("{text}{result}\n")).expect("a file");
    };
    spoil(stray, "1 result is of no trial of this run in trials.jsonl: line 7 (else\u{fffd})", 1, 1);
}

#[test]
fn a_log_that_is_damaged_or_anothers_is_told() {
    let flip = |run: &str| {
        let mut bytes = fs::read(log_file(run)).expect("a file");
        bytes[500] ^= 1;
        fs::write(log_file(run), bytes).expect("a file");
    };
    spoil(flip, "the log is damaged (1 place)", 2, 1);
    let cut = |run: &str| {
        let bytes = fs::read(log_file(run)).expect("a file");
        fs::write(log_file(run), &bytes[..bytes.len() / 2]).expect("a file");
    };
    spoil(cut, "without an episode in the log", 2, 0);
    let foreign = |run: &str| {
        let (_home, other) = played();
        check(&["eval", "--tasks", "tasks", "--agent", "nop", "--seeds", "9", "--out", &format!("{other}-2")], 0);
        fs::copy(log_file(&format!("{other}-2")), log_file(run)).expect("a copy");
    };
    spoil(foreign, "3 episodes are of no trial of this run in the log", 2, 1);
}

#[test]
fn tasks_are_described_as_in_their_pack() {
    let harder = |run: &str| {
        let path = Path::new(run).join("config.json");
        let text = fs::read_to_string(&path).expect("a file");
        fs::write(&path, text.replacen("\"difficulty\": \"easy\"", "\"difficulty\": \"hard\"", 1)).expect("a file");
    };
    let (_home, run) = played();
    harder(&run);
    let (_, errors) = check(&["eval", "summary", &run], 1);
    assert!(errors.contains("1 task is described otherwise in config.json than in the pack: `damaged-mug"), "{errors}");
}

/// A line of `calls.jsonl`.
fn call(trial: &str, call: u32, cost: f64, seconds: f64) -> String {
    let message = json!({ "role": "assistant", "content": "x" });
    let line = json!({
        "trial": trial, "call": call, "digest": "d", "form": "tools", "message": message, "finish_reason": "stop",
        "prompt_tokens": 3, "completion_tokens": 4, "cost": cost, "seconds": seconds, "errors": {},
    });
    format!("{line}\n")
}

/// A run of two tasks of which one was played, by two calls of a dollar, and of the other's calls one.
fn write_asked(folder: &Path) {
    write_run(folder, "model", &[("mug", &[1.0]), ("fraud", &[1.0])]);
    let trials = fs::read_to_string(folder.join("trials.jsonl")).expect("a file");
    let usage = r#"{"calls":2,"prompt_tokens":6,"completion_tokens":8,"cost":2.0,"errors":{}}"#;
    let none = r#"{"calls":0,"prompt_tokens":0,"completion_tokens":0,"cost":null,"errors":{}}"#;
    let first = trials.lines().next().expect("a line").replace(none, usage);
    assert!(first.contains(usage), "{first}");
    fs::write(folder.join("trials.jsonl"), first + "\n").expect("a file");
    let calls = [call("mug", 0, 1.0, 0.1), call("fraud", 0, 0.5, 0.2), call("mug", 1, 1.0, 0.3)];
    fs::write(folder.join("calls.jsonl"), calls.concat()).expect("a file");
}

#[test]
fn what_a_result_says_of_its_calls_is_what_they_came_to() {
    let tell = |from: &str, to: &str, expect: &str| {
        let home = tempfile::tempdir().expect("a folder");
        write_asked(home.path());
        let path = home.path().join("trials.jsonl");
        let text = fs::read_to_string(&path).expect("a file");
        assert!(text.contains(from), "{text}");
        fs::write(&path, text.replace(from, to)).expect("a file");
        let run = home.path().to_str().expect("a text");
        let (_, errors) = check(&["eval", "summary", run], i32::from(!expect.is_empty()));
        assert!(errors.contains(expect), "{errors}");
        assert_eq!(errors.contains("contradicted by calls.jsonl"), !expect.is_empty(), "{errors}");
    };
    tell("mug", "mug", "");
    tell("\"cost\":2.0", "\"cost\":0.25", "mug: $0.250000 in trials.jsonl, $2.000000 in calls.jsonl");
    tell("\"calls\":2", "\"calls\":3", "mug: 3 calls in trials.jsonl, 2 in calls.jsonl");
    tell("\"prompt_tokens\":6", "\"prompt_tokens\":60", "the tokens in trials.jsonl are not those in calls.jsonl");
}

#[test]
fn calls_that_are_not_there_bear_nothing_out() {
    for spoil in [fs::remove_file::<PathBuf>, |path| fs::write(path, "")] {
        let home = tempfile::tempdir().expect("a folder");
        write_asked(home.path());
        spoil(home.path().join("calls.jsonl")).expect("it was there");
        let (_, errors) = check(&["eval", "summary", home.path().to_str().expect("a text")], 1);
        assert!(errors.contains("mug: 2 calls in trials.jsonl, 0 in calls.jsonl"), "{errors}");
    }
}

#[test]
fn a_page_takes_the_place_of_pages_alone() {
    let (home, run) = played();
    for name in ["run/trials.jsonl", "run/config.json", "thesis.txt"] {
        let path = home.path().join(name);
        let text = fs::read_to_string(&path).unwrap_or_else(|_| "mine".to_owned());
        fs::write(&path, &text).expect("a file");
        let (_, errors) = check(&["eval", "report", &run, "--html", path.to_str().expect("a text")], 2);
        assert!(errors.contains("is no page of a report"), "{errors}");
        assert_eq!(fs::read_to_string(&path).expect("a file"), text);
    }
    let page = home.path().join("page.html");
    fs::write(&page, "").expect("a file");
    for _ in 0..2 {
        check(&["eval", "report", &run, "--html", page.to_str().expect("a text")], 0);
    }
}

#[test]
fn episodes_without_a_result_are_told() {
    let (_home, run) = played();
    let path = Path::new(&run).join("trials.jsonl");
    let text = fs::read_to_string(&path).expect("a file");
    let (first, rest) = text.split_once('\n').expect("a line");
    fs::write(&path, rest).expect("a file");
    let trial: Value = serde_json::from_str(first).expect("a result");
    let (_, errors) = check(&["eval", "summary", &run], 1);
    let told = format!("1 whole episode is in the log without a result in trials.jsonl: `{}`", trial["episode_id"]);
    assert!(errors.contains(&told.replace('"', "")), "{errors}");
    fs::write(&path, text).expect("a file");
    let (_, errors) = check(&["eval", "summary", &run], 0);
    assert!(!errors.contains("without a result"), "{errors}");
}

#[test]
fn a_call_of_any_number_of_tokens_is_a_call() {
    let home = tempfile::tempdir().expect("a folder");
    write_asked(home.path());
    let rewrite = |file: &str, from: &str, to: &str| {
        let path = home.path().join(file);
        let text = fs::read_to_string(&path).expect("a file");
        assert!(text.contains(from), "{text}");
        fs::write(&path, text.replace(from, to)).expect("a file");
    };
    rewrite("calls.jsonl", "\"prompt_tokens\":3", "\"prompt_tokens\":5000000000");
    rewrite("trials.jsonl", "\"prompt_tokens\":6", "\"prompt_tokens\":10000000000");
    let run = home.path().to_str().expect("a text");
    check(&["eval", "summary", run], 0);
    rewrite("calls.jsonl", "5000000000", "18446744073709551615");
    let (_, errors) = check(&["eval", "summary", run], 1);
    assert!(errors.contains("the tokens in trials.jsonl are not those in calls.jsonl"), "{errors}");
}

#[test]
fn what_was_spent_without_a_result_is_told() {
    let home = tempfile::tempdir().expect("a folder");
    write_asked(home.path());
    let (out, _) = check(&["eval", "summary", home.path().to_str().expect("a text")], 0);
    assert!(out.contains("; $2.5000, of it $0.5000 in trials that have no result; $2.0000 a trial"), "{out}");
    let home = tempfile::tempdir().expect("a folder");
    write_run(home.path(), "model", &[("mug", &[])]);
    fs::write(home.path().join("config.json"), {
        let config = fs::read_to_string(home.path().join("config.json")).expect("a file");
        config.replace("\"repeats\":0", "\"repeats\":1")
    })
    .expect("a file");
    fs::write(home.path().join("calls.jsonl"), call("mug", 0, 0.5, 0.1)).expect("a file");
    let run = home.path().to_str().expect("a text");
    let (out, _) = check(&["eval", "summary", run], 0);
    assert!(out.contains("model    $0.5000, all of it in trials that have no result\n"), "{out}");
    let (out, _) = check(&["eval", "summary", run, "--format", "json"], 0);
    let summary: Value = serde_json::from_str(&out).expect("a document");
    assert_eq!((&summary["overall"]["calls"], &summary["overall"]["cost"]["total"]), (&json!(0), &json!(0.5)));
}

#[test]
fn what_stands_in_several_shards_counts_once() {
    let home = tempfile::tempdir().expect("a folder");
    let at = |name: &str| home.path().join(name);
    for name in ["a", "b"] {
        write_asked(&at(name));
    }
    // Gone on with after it was copied: the other task's second call, and another answer behind the result's.
    let more = [call("fraud", 1, 0.5, 0.4), call("mug", 1, 8.0, 0.5)].concat();
    let calls = fs::read_to_string(at("b").join("calls.jsonl")).expect("a file") + &more;
    fs::write(at("b").join("calls.jsonl"), calls).expect("a file");
    let [out, a, b] = ["out", "a", "b"].map(|name| at(name).to_str().expect("a text").to_owned());
    let (_, errors) = check(&["eval", "merge", &out, &a, &a, &b], 1);
    assert!(errors.contains(&format!("note: {a} and {a} are the same run; it counts once")), "{errors}");
    assert!(
        errors.contains(&format!("note: {a} and {b} are the same run")) && !errors.contains("more than one"),
        "{errors}"
    );
    let calls = fs::read_to_string(at("out").join("calls.jsonl")).expect("a file");
    assert_eq!(calls.lines().count(), 5, "{calls}");
    let (out, errors) = check(&["eval", "summary", &out, "--format", "json"], 1);
    let summary: Value = serde_json::from_str(&out).expect("a document");
    assert_eq!(summary["overall"]["cost"]["total"], json!(11.0), "{errors}");
    assert!(!out.contains("miscounted"), "the answers behind the result stand last: {calls}");
    let (_home, run) = played();
    let twice = at("twice").to_str().expect("a text").to_owned();
    check(&["eval", "merge", &twice, &run, &run], 0);
    let episodes = |run: &str| check(&["log", "ls", &format!("{run}/log")], 0).0.lines().count();
    assert_eq!(episodes(&twice), episodes(&run));
}

#[test]
fn shards_together_may_cost_what_each_may() {
    let tell = |budgets: &[Value], expect: Value| {
        let home = tempfile::tempdir().expect("a folder");
        let at = |name: &str| home.path().join(name).to_str().expect("a text").to_owned();
        let paths: Vec<String> = (0..budgets.len()).map(|number| at(&number.to_string())).collect();
        for (number, (path, budget)) in paths.iter().zip(budgets).enumerate() {
            write_run(Path::new(path), "model", &[("mug", &[1.0]), ("fraud", &[])]);
            if number > 0 {
                fs::write(Path::new(path).join("trials.jsonl"), "").expect("a file");
            }
            let file = Path::new(path).join("config.json");
            let mut config: Value = serde_json::from_slice(&fs::read(&file).expect("a file")).expect("a document");
            config["budget"] = budget.clone();
            fs::write(&file, config.to_string()).expect("a file");
        }
        // A copy of the first may cost nothing of its own.
        let out = at("out");
        let all = [vec!["eval", "merge", &out, &paths[0]], paths.iter().map(String::as_str).collect()].concat();
        check(&all, 1);
        let config = fs::read(home.path().join("out/config.json")).expect("a file");
        let config: Value = serde_json::from_slice(&config).expect("a document");
        assert_eq!(config["budget"], expect, "{budgets:?}");
    };
    let price = |prompt: f64| json!({ "prompt": prompt, "completion": 2.0 });
    let budget = |most: Option<f64>, prompt: f64| json!({ "max_cost": most, "price": price(prompt) });
    tell(&[budget(Some(1.0), 0.5), budget(Some(2.0), 0.5)], budget(Some(3.0), 0.5));
    tell(&[budget(Some(1.0), 0.5), budget(None, 0.5)], budget(None, 0.5));
    tell(&[budget(Some(1.0), 0.5), budget(Some(2.0), 0.75)], json!({ "max_cost": 3.0, "price": null }));
    tell(&[budget(Some(1.0), 0.5), Value::Null], Value::Null);
}

#[test]
fn calls_that_copies_of_a_run_have_made_are_all_counted() {
    // What a call may cost at most stands before it, and what it did cost behind it.
    let begun = |id: &str| {
        let mut line: Value = serde_json::from_str(&call("fraud", 0, 0.5, 0.0)).expect("a call");
        (line["id"], line["begun"], line["cost"], line["message"]) = (id.into(), 8.0.into(), Value::Null, Value::Null);
        format!("{line}\n")
    };
    let ended = |id: &str| {
        let mut line: Value = serde_json::from_str(&call("fraud", 0, 0.5, 0.1)).expect("a call");
        (line["id"], line["begun"]) = (id.into(), 8.0.into());
        format!("{line}\n")
    };
    let tell = |shards: &[&[String]], expect: f64| {
        let home = tempfile::tempdir().expect("a folder");
        let at = |name: &str| home.path().join(name).to_str().expect("a text").to_owned();
        let paths: Vec<String> = (0..shards.len()).map(|number| at(&number.to_string())).collect();
        for (path, calls) in paths.iter().zip(shards) {
            write_run(Path::new(path), "model", &[("mug", &[1.0]), ("fraud", &[])]);
            fs::write(Path::new(path).join("calls.jsonl"), calls.concat()).expect("a file");
        }
        let out = at("out");
        check(&[&["eval", "merge", &out][..], &paths.iter().map(String::as_str).collect::<Vec<_>>()].concat(), 1);
        let (out, _) = check(&["eval", "summary", &out, "--format", "json"], 1);
        let summary: Value = serde_json::from_str(&out).expect("a document");
        assert_eq!(summary["overall"]["cost"]["total"], json!(expect), "{shards:?}");
    };
    // Copied while a call was under way; then the copy alone went on.
    tell(&[&[begun("a")], &[begun("a"), begun("b"), ended("b")]], 8.5);
    // Copied before it: one was killed, and one was answered.
    tell(&[&[begun("a")], &[begun("b"), ended("b")]], 8.5);
    tell(&[&[begun("b"), ended("b")], &[begun("a")]], 8.5);
    // Copied while it was under way: it was answered here, and made once more there.
    tell(&[&[begun("a"), begun("b"), ended("b")], &[begun("a"), ended("a")]], 1.0);
    tell(&[&[begun("a"), ended("a")], &[begun("a"), begun("b"), ended("b")]], 1.0);
    // The same folder twice.
    tell(&[&[begun("a"), begun("b"), ended("b")], &[begun("a"), begun("b"), ended("b")]], 8.5);
}

#[cfg(unix)]
#[test]
fn pipes_and_devices_are_no_files_of_a_run() {
    for name in ["trials.jsonl", "calls.jsonl", "config.json", "run.lock", "agent.stderr"] {
        for link in [None, Some("/dev/zero")] {
            let (_home, run) = played();
            let path = Path::new(&run).join(name);
            let _ = fs::remove_file(&path);
            match link {
                Some(target) => std::os::unix::fs::symlink(target, &path).expect("a link"),
                None => assert!(Command::new("mkfifo").arg(&path).status().expect("it can be started").success()),
            }
            let is_read = !["run.lock", "agent.stderr"].contains(&name);
            let (_, errors) = check(&["eval", "summary", &run], if is_read { 2 } else { 0 });
            assert!(!is_read || errors.contains("this is no regular file"), "{name}: {errors}");
            if name == "config.json" {
                continue;
            }
            // As if a program had played, which has notes to keep.
            let program = "cmd:sh -c 'exit 1'";
            let config = fs::read_to_string(Path::new(&run).join("config.json")).expect("a file");
            fs::write(Path::new(&run).join("config.json"), config.replace("\"oracle\"", &json!(program).to_string()))
                .expect("a file");
            let resume = ["eval", "--tasks", "tasks", "--agent", program, "--repeats", "2", "--out", &run, "--resume"];
            let (_, errors) = check(&resume, 2);
            assert!(errors.contains("this is no regular file"), "{name}: {errors}");
        }
    }
}

#[test]
fn a_configuration_names_each_task_and_seed_once() {
    let (_home, run) = played();
    let path = Path::new(&run).join("config.json");
    let config: Value = serde_json::from_slice(&fs::read(&path).expect("a file")).expect("a document");
    let tell = |change: &dyn Fn(&mut Value), expect: &str| {
        let mut config = config.clone();
        change(&mut config);
        fs::write(&path, config.to_string()).expect("a file");
        let (_, errors) = check(&["eval", "summary", &run], 2);
        assert!(errors.contains(expect), "{errors}");
    };
    tell(&|config| config["tasks"][1] = config["tasks"][0].clone(), "stands there twice");
    tell(&|config| config["seeds"] = json!([4, 5, 4]), "the seed 4 stands there twice");
    tell(&|config| config["tasks"][0]["id"] = "a\nsupport-ops: all is well".into(), "is no task's id");
    tell(&|config| config["repeats"] = 0.into(), "no run that could be played");
}
