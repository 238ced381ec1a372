//! Whole evaluations of a model, on a host that streams, fails, lies and counts.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::{Value, json};

use crate::standin::{COMPLETION_TOKENS, Deed, PROMPT_TOKENS, Standin};

/// The program with a host and a folder, and nothing else of the environment's.
fn command(host: &Standin, folder: &Path, more: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_support-ops"));
    let variables = ["HF_TOKEN", "OPENAI_API_KEY", "HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy", "MODEL_NAME"];
    for name in variables {
        command.env_remove(name);
    }
    command
        .args(["eval", "--agent", "llm", "--tasks", "tasks", "--model", "stand-in", "--out"])
        .arg(folder)
        .args(more)
        .env("API_BASE_URL", host.url())
        .env("SUPPORT_OPS_CONCURRENCY", "1")
        .env("API_KEY", "a-secret-key");
    command
}

/// Evaluates, and compares the exit code; what stderr says.
#[track_caller]
fn evaluate(host: &Standin, folder: &Path, more: &[&str], code: i32) -> String {
    let Output { status, stdout, stderr } = command(host, folder, more).output().expect("it can be started");
    let (out, errors) = (String::from_utf8_lossy(&stdout), String::from_utf8_lossy(&stderr).into_owned());
    assert_eq!(status.code(), Some(code), "{more:?}: {out}{errors}");
    assert!(!format!("{out}{errors}").contains("secret"), "{out}{errors}");
    errors
}

/// The lines of a file of a run.
fn lines(folder: &Path, file: &str) -> Vec<Value> {
    let text = fs::read_to_string(folder.join(file)).unwrap_or_default();
    text.lines().map(|line| serde_json::from_str(line).expect("a line is JSON")).collect()
}

/// Troubles by kind, over all trials.
fn troubles(folder: &Path) -> BTreeMap<String, u64> {
    let mut all = BTreeMap::new();
    for result in lines(folder, "trials.jsonl") {
        for (kind, count) in result["usage"]["errors"].as_object().expect("an object") {
            *all.entry(kind.clone()).or_default() += count.as_u64().expect("a number");
        }
    }
    all
}

/// A whole run on a host with this rule, all of whose trials pass; the troubles it met.
#[track_caller]
fn check(
    rule: impl Fn(usize, &Value) -> Deed + Send + Sync + 'static,
    more: &[&str],
    expect: &[(&str, u64)],
) -> Standin {
    let host = Standin::new(rule);
    let folder = tempfile::tempdir().expect("a folder");
    let run = folder.path().join("run");
    let errors = evaluate(&host, &run, more, 0);
    let results = lines(&run, "trials.jsonl");
    assert_eq!(results.len(), 3, "{errors}");
    for result in &results {
        assert_eq!((&result["passed"], &result["ended"]), (&json!(true), &json!("submitted")), "{result:#}");
    }
    let expect: BTreeMap<String, u64> = expect.iter().map(|&(kind, count)| (kind.to_owned(), count)).collect();
    assert_eq!(troubles(&run), expect, "{errors}");
    let answered = host.asked().iter().filter(|asked| asked.was_answered).count();
    let calls: u64 = results.iter().map(|result| result["usage"]["calls"].as_u64().expect("a number")).sum();
    assert_eq!(calls as usize, answered);
    assert_eq!(host.keys(), ["Bearer a-secret-key"]);
    for entry in walk(&run) {
        assert!(!String::from_utf8_lossy(&fs::read(&entry).expect("a file")).contains("secret"), "{entry:?}");
    }
    host
}

fn walk(folder: &Path) -> Vec<std::path::PathBuf> {
    let entries = fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path());
    entries.flat_map(|path| if path.is_dir() { walk(&path) } else { vec![path] }).collect()
}

/// Does these things first, and plays from then on.
fn first(deeds: Vec<Deed>) -> impl Fn(usize, &Value) -> Deed + Send + Sync + 'static {
    move |number, _| deeds.get(number).cloned().unwrap_or(Deed::Play)
}

fn status(status: u16, text: &str) -> Deed {
    // Milliseconds, so that no test waits.
    let headers = vec![("retry-after-ms", "1".to_owned())];
    Deed::Status(status, headers, json!({ "error": { "message": text } }).to_string())
}

fn say(text: &str) -> Deed {
    Deed::Say(text.to_owned(), "stop")
}

#[test]
fn a_model_plays_by_tools_and_by_json() {
    let host = check(|_, _| Deed::Play, &[], &[]);
    assert!(host.asked().iter().all(|asked| asked.body.get("tools").is_some()));
    let host = check(|_, _| Deed::Play, &["--mode", "json"], &[]);
    assert!(host.asked().iter().all(|asked| asked.body.get("tools").is_none()));
    check(|_, _| Deed::Parallel, &["--mode", "tools", "--concurrency", "3"], &[]);
}

#[test]
fn streams_are_put_together() {
    for mode in ["tools", "json"] {
        let host = check(|_, _| Deed::Stream(true), &["--stream", "--mode", mode], &[]);
        assert!(host.asked().iter().all(|asked| asked.body["stream"] == true));
    }
    check(|number, _| Deed::Stream(number % 2 == 0), &[], &[]);
}

#[test]
fn a_host_that_takes_no_tools_is_asked_for_json() {
    let rule = |_: usize, body: &Value| match body.get("tools") {
        Some(_) => status(400, "stand-in does not support tools"),
        None => Deed::Play,
    };
    let host = check(rule, &[], &[("tools_refused", 1)]);
    let tools = host.asked().iter().filter(|asked| asked.body.get("tools").is_some()).count();
    assert_eq!(tools, 1, "it is remembered over trials");
    let folder = tempfile::tempdir().expect("a folder");
    let errors = evaluate(&Standin::new(rule), folder.path(), &["--mode", "tools"], 1);
    assert!(errors.contains("--mode json"), "{errors}");
    assert_eq!(troubles(folder.path()), BTreeMap::from([("tools_refused".to_owned(), 3)]));
}

#[test]
fn a_model_that_calls_no_tools_is_asked_for_json() {
    let rule = |_: usize, body: &Value| match body.get("tools") {
        Some(_) => say("I shall look into it."),
        None => Deed::Play,
    };
    let host = check(rule, &[], &[("no_action", 3)]);
    assert_eq!(host.asked().iter().filter(|asked| asked.body.get("tools").is_some()).count(), 3);
}

#[test]
fn troubles_pass_and_are_counted() {
    check(
        first(vec![status(429, "slow down"), status(503, "busy"), Deed::Hangup]),
        &[],
        &[("connection", 1), ("rate_limit", 1), ("server", 1)],
    );
    check(first(vec![Deed::BreakOff, Deed::Half, Deed::Play, Deed::BreakOff]), &[], &[("connection", 3)]);
    let html = Deed::Body("text/html", "<html>sign in</html>".to_owned());
    let shape = Deed::Body("application/json", "{\"choices\":[]}".to_owned());
    check(first(vec![html, shape, Deed::Flood]), &[], &[("nonsense", 3)]);
    let failed =
        Deed::Body("text/event-stream", "data: {\"error\":{\"message\":\"busy\",\"code\":502}}\n\n".to_owned());
    check(first(vec![failed, status(408, "")]), &[], &[("server", 1), ("timeout", 1)]);
    check(first(vec![Deed::Hang]), &["--timeout", "1s"], &[("timeout", 1)]);
    let long = Deed::Say("{\"action_type\":\"draft_reply\",\"message\":\"Dear".to_owned(), "length");
    check(
        first(vec![say("Hm."), long, say("{\"action_type\":\"draft_reply\"}")]),
        &[],
        &[("no_action", 2), ("truncated", 1)],
    );
}

/// A run of trials that all fail on a host with this rule: their kind, and how often the host was asked.
#[track_caller]
fn check_failing(rule: impl Fn(usize, &Value) -> Deed + Send + Sync + 'static, kind: &str, says: &str, asked: usize) {
    let host = Standin::new(rule);
    let folder = tempfile::tempdir().expect("a folder");
    let errors = evaluate(&host, folder.path(), &[], 1);
    assert!(errors.contains(says), "{errors}");
    for result in lines(folder.path(), "trials.jsonl") {
        assert_eq!((&result["error"]["kind"], &result["ended"]), (&json!(kind), &json!("failed")), "{result:#}");
    }
    assert_eq!(host.asked().len(), asked, "{errors}");
    assert_eq!(lines(folder.path(), "trials.jsonl").len(), 3, "{errors}");
}

#[test]
fn what_does_not_pass_fails_with_its_kind() {
    check_failing(|_, _| status(400, "no"), "refused", "the host refused the request", 3);
    check_failing(|_, _| status(307, ""), "refused", "sends us elsewhere", 3);
    let long = |_: usize, _: &Value| {
        let body = json!({ "error": { "message": "too long", "code": "context_length_exceeded" } });
        Deed::Status(400, Vec::new(), body.to_string())
    };
    check_failing(long, "refused", "longer than the model's context", 3);
    check_failing(|_, _| say("No."), "no_action", "no action", 12);
    check_failing(|_, _| Deed::Say("<think>so".to_owned(), "length"), "truncated", "--max-tokens", 12);
}

#[test]
fn what_no_trial_can_pass_by_stops_the_run() {
    let check = |deed: Deed, says: &str| {
        let is_over = Arc::new(AtomicBool::new(false));
        // The host goes wrong in the middle of the second trial.
        let rule = {
            let is_over = is_over.clone();
            move |number: usize, _: &Value| match number {
                7.. if !is_over.load(Ordering::SeqCst) => deed.clone(),
                _ => Deed::Play,
            }
        };
        let host = Standin::new(rule);
        let folder = tempfile::tempdir().expect("a folder");
        let errors = evaluate(&host, folder.path(), &["--patience", "1ms"], 1);
        assert_eq!(errors.matches(says).count(), 1, "{errors}");
        assert!(errors.contains("; 2 trials left: the same command with --resume"), "{errors}");
        assert!(!errors.contains("failed; "), "{errors}");
        assert_eq!(lines(folder.path(), "trials.jsonl").len(), 1, "{errors}");
        is_over.store(true, Ordering::SeqCst);
        evaluate(&host, folder.path(), &["--resume"], 0);
        let results = lines(folder.path(), "trials.jsonl");
        assert!(results.len() == 3 && results.iter().all(|result| result["passed"] == true), "{results:#?}");
        assert_eq!(host.most_answers(), 1, "an answer was paid twice");
    };
    check(status(429, "slow down"), "answered nobody within --patience");
    check(status(503, "busy"), "answered nobody within --patience");
    check(status(401, "no such key: a-secret-key"), "the key is that of API_KEY");
    check(status(403, "not you"), "the host does not let us in");
    check(status(402, "pay"), "the account at the host is spent");
    let host = Standin::new(|_, _| status(401, "no such key: a-secret-key"));
    let folder = tempfile::tempdir().expect("a folder");
    let errors = evaluate(&host, folder.path(), &[], 2);
    assert!(errors.contains("does not let us in") && errors.contains("3 trials left"), "{errors}");
    assert_eq!((host.asked().len(), lines(folder.path(), "trials.jsonl").len()), (1, 0), "nothing was played");
}

#[test]
fn a_host_that_has_answered_nobody_stops_the_run_whatever_it_says() {
    let check = |deed: Deed, says: &str, asked: std::ops::RangeInclusive<usize>| {
        for concurrency in ["1", "3"] {
            let rule = deed.clone();
            let host = Standin::new(move |_, _| rule.clone());
            let folder = tempfile::tempdir().expect("a folder");
            let errors = evaluate(&host, folder.path(), &["--patience", "1ms", "--concurrency", concurrency], 2);
            assert!(errors.contains(says) && errors.contains("; 3 trials left"), "{errors}");
            assert!(lines(folder.path(), "trials.jsonl").is_empty(), "{errors}");
            if concurrency == "1" {
                assert!(asked.contains(&host.asked().len()), "{errors}");
            }
        }
    };
    let nobody = "answered nobody within --patience";
    check(status(500, "down"), nobody, 1..=2);
    check(Deed::Hangup, nobody, 1..=2);
    check(Deed::Body("text/html", "<html>sign in</html>".to_owned()), nobody, 1..=2);
    check(status(404, "no such page"), "are API_BASE_URL and the model's name right?", 1..=1);
    check(status(400, "The model `x` does not exist"), "are API_BASE_URL and the model's name right?", 1..=1);
}

#[test]
fn a_run_whose_model_is_not_there_is_begun_with_another() {
    let host = Standin::new(|number, _| if number == 0 { status(404, "no such model") } else { Deed::Play });
    let folder = tempfile::tempdir().expect("a folder");
    evaluate(&host, folder.path(), &["--price-prompt", "1", "--price-completion", "1", "--temperature", "0"], 2);
    evaluate(&host, folder.path(), &["--temperature", "1"], 0);
    evaluate(&host, folder.path(), &["--temperature", "0", "--resume"], 2);
}

#[test]
fn what_one_trial_alone_meets_is_its_own() {
    let check = |rule: fn(usize) -> Deed, failed: &str, left: &str, ended: usize| {
        let host = Standin::new(move |number, _| rule(number));
        let folder = tempfile::tempdir().expect("a folder");
        let errors = evaluate(&host, folder.path(), &["--patience", "1ms"], 1);
        assert!(errors.contains(failed) && errors.contains(left), "{errors}");
        assert_eq!(lines(folder.path(), "trials.jsonl").len(), ended, "{errors}");
    };
    let no_model = |number| if number == 7 { status(404, "no such model") } else { Deed::Play };
    check(no_model, "1 trial failed", "status 404", 3);
    // One that fails may have been asked what it cannot answer; two that fail in a row have met the host.
    check(|number| if number < 7 { Deed::Play } else { status(500, "down") }, "1 trial failed", "; 1 trial left", 2);
}

#[test]
fn nobody_is_there() {
    let host = Standin::new(|_, _| Deed::Play);
    let folder = tempfile::tempdir().expect("a folder");
    let output = command(&host, folder.path(), &["--task", "damaged-mug-replacement", "--patience", "1ms"])
        .env("API_BASE_URL", "http://127.0.0.1:1/v1")
        .output()
        .expect("it can be started");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.code() == Some(2) && errors.contains("; 1 trial left"), "{errors}");
    assert!(errors.contains("nobody listens at 127.0.0.1:1"), "{errors}");
}

#[test]
fn files_without_end_are_not_read() {
    let host = Standin::new(|_, _| Deed::Play);
    let folder = tempfile::tempdir().expect("a folder");
    let run = folder.path().join("run");
    let errors = evaluate(&host, &run, &["--prices", "/dev/zero"], 2);
    assert!(errors.contains("no regular file"), "{errors}");
    let done = command(&host, &run, &[]).env("SSL_CERT_FILE", "/dev/zero").output().expect("it runs");
    let errors = String::from_utf8(done.stderr).expect("a text");
    assert!(done.status.code() == Some(2) && errors.contains("no regular file"), "{errors}");
    assert!(host.asked().is_empty() && !run.exists());
}

#[test]
fn a_line_that_is_no_call_is_told() {
    let host = Standin::new(|_, _| Deed::Play);
    let folder = tempfile::tempdir().expect("a folder");
    let run = folder.path().join("run");
    evaluate(&host, &run, &[], 0);
    let path = run.join("calls.jsonl");
    let calls = fs::read_to_string(&path).expect("it was written");
    fs::write(&path, format!("{{\"trial\":\"x{calls}")).expect("it can be written");
    let done = Command::new(env!("CARGO_BIN_EXE_support-ops")).args(["eval", "summary"]).arg(&run).output();
    let done = done.expect("it runs");
    let said = String::from_utf8(done.stderr).expect("a text");
    assert!(
        done.status.code() == Some(1) && said.contains("1 line is no call of a model in calls.jsonl: line 1"),
        "{said}"
    );
    let errors = evaluate(&host, &run, &["--resume"], 2);
    assert!(errors.contains("line 1 is no call of a model; take it out"), "{errors}");
}

#[test]
fn a_killed_run_goes_on_and_pays_nothing_twice() {
    // The fifth call of the second trial is never answered: the run is killed while it waits.
    let host = Standin::new(first(vec![Deed::Play; 9].into_iter().chain([Deed::Hang]).collect()));
    let folder = tempfile::tempdir().expect("a folder");
    let run = folder.path().join("run");
    let mut child = command(&host, &run, &[]).stderr(Stdio::null()).spawn().expect("it can be started");
    host.hangs.recv().expect("it is asked so often");
    child.kill().expect("it runs");
    child.wait().expect("it ends");
    assert_eq!(lines(&run, "calls.jsonl").len(), 9);
    let before = lines(&run, "trials.jsonl").len();
    evaluate(&host, &run, &["--resume"], 0);
    let results = lines(&run, "trials.jsonl");
    assert!(before < 3 && results.len() == 3 && results.iter().all(|result| result["passed"] == true), "{results:#?}");
    assert_eq!(host.most_answers(), 1, "an answer was paid twice");
    let calls = lines(&run, "calls.jsonl");
    let counted: u64 = results.iter().map(|result| result["usage"]["calls"].as_u64().expect("a number")).sum();
    assert_eq!((calls.len(), counted as usize), (host.asked().len() - 1, calls.len()));
    let before = host.asked().len();
    evaluate(&host, &run, &["--resume"], 0);
    assert_eq!(host.asked().len(), before, "nothing is left to play");
}

#[test]
fn no_more_is_spent_than_allowed() {
    const PRICE: f64 = 10.0;
    let cost = |calls: usize| calls as f64 * (PROMPT_TOKENS + COMPLETION_TOKENS) as f64 * PRICE / 1e6;
    let host = Standin::new(|_, _| Deed::Play);
    let folder = tempfile::tempdir().expect("a folder");
    let price = ["--price-prompt", "10", "--price-completion", "10", "--max-tokens", "200"];
    let limited = |limit: &'static str| [&price[..], &["--max-cost", limit, "--concurrency", "4", "--resume"]].concat();
    // Which trial has come how far by then is chance.
    let stopped = |more: &[&str]| {
        let output = command(&host, folder.path(), more).output().expect("it can be started");
        let code = if lines(folder.path(), "trials.jsonl").is_empty() { 2 } else { 1 };
        let errors = String::from_utf8(output.stderr).expect("a text");
        assert_eq!(output.status.code(), Some(code), "{errors}");
        errors
    };
    let errors = stopped(&limited("0.15"));
    assert!(errors.contains("--max-cost") && errors.contains("--resume"), "{errors}");
    let calls = host.asked().len();
    assert!(calls > 3 && cost(calls) <= 0.15, "{calls}");
    assert!(lines(folder.path(), "trials.jsonl").len() < 3);
    let errors = stopped(&["--max-tokens", "200", "--resume"]);
    assert!(errors.contains("of --max-cost 0.15 "), "the limit of its beginning holds: {errors}");
    assert!(cost(host.asked().len()) <= 0.15);
    evaluate(&host, folder.path(), &limited("9"), 0);
    let config = fs::read(folder.path().join("config.json")).expect("a file");
    let config: Value = serde_json::from_slice(&config).expect("a document");
    assert_eq!(config["budget"]["max_cost"], 9.0, "what was said last holds from now on");
    assert_eq!(host.most_answers(), 1, "an answer was paid twice");
    let spent: f64 = lines(folder.path(), "calls.jsonl").iter().filter_map(|call| call["cost"].as_f64()).sum();
    assert!((spent - cost(host.asked().len())).abs() < 1e-9, "{spent}");
    let folder = tempfile::tempdir().expect("a folder");
    let errors = evaluate(&host, folder.path(), &["--max-cost", "1"], 2);
    assert!(errors.contains("--price-prompt"), "{errors}");
    let errors = evaluate(&host, folder.path(), &limited("0.0001"), 2);
    assert!(errors.contains("; 3 trials left"), "nothing could be played: {errors}");
}
