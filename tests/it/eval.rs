//! Runs of agents: the same wherever they are played, kept through kills, put together from shards; programs that
//! misbehave.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
#[cfg(target_os = "linux")]
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use support_ops_env::eval::RunFolder;
use support_ops_env::eval::run::Ledger;

use crate::eval_servers::Server;
use crate::shell::{check, run};

pub(crate) const PACK: &str = "tasks";
/// An agent that looks once and then submits the first code.
const HASTY: &str = r#"
import json, sys
for line in sys.stdin:
    told = json.loads(line)
    if told.get("done"):
        break
    codes = told["observation"]["available_resolution_codes"]
    look = {"action_type": "review_ticket"}
    submit = {"action_type": "submit_resolution", "resolution_code": codes[0]}
    print(json.dumps({"action": look if told["type"] == "reset" else submit}), flush=True)
"#;

pub(crate) fn text(path: &Path) -> &str {
    path.to_str().expect("the path is a text")
}

/// The arguments of a run into this folder.
pub(crate) fn arguments<'a>(out: &'a Path, more: &[&'a str]) -> Vec<&'a str> {
    [&["eval", "--tasks", PACK, "--out", text(out)], more].concat()
}

/// What came of a run's trials, whatever their order and the clock.
pub(crate) fn results(folder: &Path) -> Vec<Value> {
    let lines = fs::read_to_string(folder.join("trials.jsonl")).expect("it can be read");
    let mut results: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).expect("a result")).collect();
    for result in &mut results {
        result["seconds"] = Value::Null;
    }
    results.sort_by_key(|result| result["episode_id"].to_string());
    results
}

/// A run's summary, the clock aside.
fn summary(folder: &Path) -> Value {
    fn forget(value: &mut Value) {
        match value {
            Value::Object(fields) => {
                fields.remove("seconds");
                fields.values_mut().for_each(forget);
            }
            Value::Array(items) => items.iter_mut().for_each(forget),
            _ => {}
        }
    }
    let text = fs::read(folder.join("summary.json")).expect("it was written");
    let mut summary = serde_json::from_slice(&text).expect("a document");
    forget(&mut summary);
    summary
}

#[test]
fn a_run_is_the_same_wherever_and_however_it_is_played() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = Server::start(&[]);
    for (agent, passes) in [("oracle", true), ("random", false), ("nop", false), ("cheat:redraft-on-score", false)] {
        let whole = folder.path().join(agent).join("whole");
        let own = ["--agent", agent, "--seeds", "1..3", "--repeats", "2"];
        check(&arguments(&whole, &[&own[..], &["--concurrency", "1"]].concat()), 0);
        let expect = results(&whole);
        assert_eq!(expect.len(), 18);
        assert!(expect.iter().all(|result| result["passed"] == passes), "{agent}");
        let away = ["--concurrency", "3", "--url", &server.url, "--transport"];
        for more in [
            &["--concurrency", "8"][..],
            &[&away[..], &["ws"]].concat(),
            &[&away[..], &["http"]].concat(),
            &[&away[..], &["mcp"]].concat(),
        ] {
            let place = folder.path().join(agent).join(more.last().expect("one at least"));
            check(&arguments(&place, &[&own[..], more].concat()), 0);
            assert_eq!(results(&place), expect, "{agent} {more:?}");
            check(&["replay", text(&place.join("log")), "--tasks", PACK], 0);
        }
    }
}

#[test]
fn a_cheat_earns_what_the_proof_says() {
    let folder = tempfile::tempdir().expect("a folder");
    let (proof, _) = check(&["prove", PACK, "--format", "json"], 0);
    let proof: Value = serde_json::from_str(&proof).expect("a document");
    let earned = |cheat: &str, task: &str| {
        let tasks = proof["tasks"].as_array().expect("a list");
        let of_task = tasks.iter().find(|proved| proved["task"] == task).expect("it is proved");
        let cheats = of_task["cheats"].as_array().expect("a list");
        cheats.iter().find(|run| run["cheat"] == cheat).expect("it was played")["best"]["score"].clone()
    };
    for cheat in ["keyword-dump", "open-everything-then-guess"] {
        let out = folder.path().join(cheat);
        check(&arguments(&out, &["--agent", &format!("cheat:{cheat}")]), 0);
        for result in results(&out) {
            assert_eq!(result["score"], earned(cheat, result["task_id"].as_str().expect("a text")), "{cheat}");
        }
    }
}

#[test]
fn a_run_that_is_killed_goes_on_where_it_was() {
    let folder = tempfile::tempdir().expect("a folder");
    let own = ["--agent", "random", "--seeds", "1..100", "--concurrency", "3"];
    let whole = folder.path().join("whole");
    check(&arguments(&whole, &own), 0);
    let out = folder.path().join("killed");
    let resumed = arguments(&out, &[&own[..], &["--resume"]].concat());
    let trials = out.join("trials.jsonl");
    let lines = || fs::read(&trials).map_or(0, |bytes| bytes.iter().filter(|&&byte| byte == b'\n').count());
    let mut kept = 0;
    for share in 1..=4 {
        let mut child = Command::new(env!("CARGO_BIN_EXE_support-ops"))
            .args(&resumed)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("the program can be started");
        while lines() < share * 50 && child.try_wait().expect("it runs").is_none() {
            std::thread::yield_now();
        }
        let _ = child.kill();
        let _ = child.wait();
        assert!(lines() >= kept, "a result was lost");
        kept = lines();
        // What a kill in the middle of a line leaves.
        let mut torn = fs::OpenOptions::new().append(true).open(&trials).expect("it can be written");
        torn.write_all(b"{\"task_id\":\"dam").expect("it can be written");
    }
    assert!(kept < 300, "it was over before it was killed");
    check(&resumed, 0);
    assert_eq!(results(&out), results(&whole));
    let (again, _) = check(&resumed, 0);
    assert!(again.contains("300"), "{again}");
    assert_eq!(lines(), 300, "nothing is played twice");
    check(&["replay", text(&out.join("log")), "--tasks", PACK], 0);
}

#[test]
fn a_run_goes_on_only_as_it_was_begun() {
    let folder = tempfile::tempdir().expect("a folder");
    let out = folder.path().join("run");
    check(&arguments(&out, &["--agent", "nop", "--seeds", "1,2"]), 0);
    let tell = |more: &[&str], expect: &str| {
        let (_, errors) = check(&arguments(&out, more), 2);
        assert!(errors.contains(expect), "{errors}");
    };
    tell(&["--agent", "nop", "--seeds", "1,2"], "--resume continues it");
    tell(&["--agent", "nop", "--seeds", "1,3", "--resume"], "seeds was [1,2] and is [1,3]");
    tell(&["--agent", "oracle", "--seeds", "1,2", "--resume"], "agent was \"nop\" and is \"oracle\"");
    let easy = ["--agent", "nop", "--seeds", "1,2", "--resume", "--difficulty", "easy"];
    tell(&easy, "was played and is not any more");
    tell(&["--agent", "nop", "--seeds", "1,2", "--resume", "--shard", "2/3"], "shard was none and is 2/3");
    let shard = folder.path().join("shard");
    check(&arguments(&shard, &["--agent", "nop", "--shard", "1/3"]), 0);
    let (_, errors) = check(&arguments(&shard, &["--agent", "nop", "--shard", "2/3", "--resume"]), 2);
    assert!(errors.contains("shard was 1/3 and is 2/3"), "{errors}");
    let other = folder.path().join("other");
    fs::create_dir(&other).expect("a folder");
    fs::write(other.join("thesis.txt"), "mine").expect("a file");
    let (_, errors) = check(&arguments(&other, &["--agent", "nop"]), 2);
    assert!(errors.contains("is not empty and no run"), "{errors}");
}

#[test]
fn a_run_of_which_nothing_was_played_is_begun_anew() {
    let folder = tempfile::tempdir().expect("a folder");
    let out = folder.path().join("run");
    let wrong = ["--agent", "cmd:/no/such/program"];
    for more in [&[][..], &["--resume"], &[]] {
        check(&arguments(&out, &[&wrong[..], more].concat()), 2);
    }
    check(&arguments(&out, &["--agent", "nop", "--resume"]), 0);
    let (_, errors) = check(&arguments(&out, &[&wrong[..], &["--resume"]].concat()), 2);
    assert!(errors.contains("was begun otherwise"), "{errors}");
}

#[test]
fn a_folder_is_written_by_one_process() {
    let folder = tempfile::tempdir().expect("a folder");
    let out = folder.path().join("run");
    check(&arguments(&out, &["--agent", "nop"]), 0);
    let config = RunFolder::open(&out).expect("a run").config().clone();
    let held = Ledger::open(&out, &config, true).expect("nobody else runs there");
    let (_, errors) = check(&arguments(&out, &["--agent", "nop", "--resume"]), 2);
    assert!(errors.contains("another process runs in"), "{errors}");
    drop(held);
    check(&arguments(&out, &["--agent", "nop", "--resume"]), 0);
}

#[test]
fn shards_are_put_together_to_the_whole() {
    let folder = tempfile::tempdir().expect("a folder");
    let own = ["--agent", "random", "--seeds", "1..5", "--repeats", "2"];
    let whole = folder.path().join("whole");
    check(&arguments(&whole, &own), 0);
    let shards: Vec<PathBuf> = (1..=4).map(|number| folder.path().join(format!("shard-{number}"))).collect();
    for (number, shard) in (1..).zip(&shards) {
        check(&arguments(shard, &[&own[..], &["--shard", &format!("{number}/4")]].concat()), 0);
    }
    let merge = |out: &str, shards: &[PathBuf], code| {
        let out = folder.path().join(out);
        let mut arguments = vec!["eval", "merge", text(&out)];
        arguments.extend(shards.iter().map(|shard| text(shard)));
        let (_, errors) = check(&arguments, code);
        (out.clone(), errors)
    };
    let (out, _) = merge("all", &shards, 0);
    assert_eq!(results(&out), results(&whole));
    assert_eq!(summary(&out), summary(&whole));
    check(&["replay", text(&out.join("log")), "--tasks", PACK], 0);
    let (part, errors) = merge("part", &shards[..3], 1);
    assert!(errors.contains("7 trials missing"), "{errors}");
    assert!(errors.contains(&format!("--out {} --resume", part.display())), "{errors}");
    let (_, errors) = merge("part", &shards[..3], 2);
    assert!(errors.contains("name a new folder") && !errors.contains("--resume"), "{errors}");
    check(&arguments(&part, &[&own[..], &["--resume"]].concat()), 0);
    assert_eq!(results(&part), results(&whole));
    let (_, errors) = merge("twice", &[&shards[..], &shards[..1]].concat(), 0);
    assert!(errors.contains("are the same run") && !errors.contains("more than one shard"), "{errors}");
    let (_, errors) = merge("overlap", &[shards[0].clone(), whole.clone()], 0);
    assert!(errors.contains("with the same result in more than one shard"), "{errors}");
    assert!(!errors.contains("are the same run"), "{errors}");
    let other = folder.path().join("other");
    check(&arguments(&other, &["--agent", "nop", "--seeds", "1..5", "--repeats", "2", "--shard", "1/4"]), 0);
    let (_, errors) = merge("mixed", &[shards[0].clone(), other.clone()], 2);
    assert!(errors.contains("parts of different runs: agent"), "{errors}");
    let changed = fs::read_to_string(shards[0].join("trials.jsonl")).expect("it can be read");
    fs::write(shards[1].join("trials.jsonl"), changed.replace("\"passed\":false", "\"passed\":true"))
        .expect("it can be written");
    let forged = folder.path().join("forged");
    fs::create_dir(&forged).expect("a folder");
    fs::copy(shards[0].join("config.json"), forged.join("config.json")).expect("a copy");
    fs::copy(shards[1].join("trials.jsonl"), forged.join("trials.jsonl")).expect("a copy");
    let (_, errors) = merge("forgery", &[shards[0].clone(), forged], 2);
    assert!(errors.contains("ended differently"), "{errors}");
}

#[test]
fn a_program_plays_over_its_pipes() {
    let folder = tempfile::tempdir().expect("a folder");
    let agent = folder.path().join("my agent.py");
    fs::write(&agent, HASTY).expect("a file");
    let out = folder.path().join("run");
    check(&arguments(&out, &["--agent", &format!("cmd:python3 '{}'", text(&agent)), "--repeats", "2"]), 0);
    let results = results(&out);
    assert_eq!(results.len(), 6);
    for result in &results {
        assert_eq!((&result["ended"], result["rewards"].as_array().map(Vec::len)), (&json!("submitted"), Some(2)));
    }
    check(&["replay", text(&out.join("log")), "--tasks", PACK], 0);
}

/// Runs one trial of a program, a Python text; how it ended and the error's message.
#[track_caller]
fn play_program(program: &str, expect: &str, message: &str) -> PathBuf {
    let folder = tempfile::tempdir().expect("a folder").keep();
    let agent = folder.join("agent.py");
    fs::write(&agent, program).expect("a file");
    let out = folder.join("run");
    let own = ["--agent", &format!("cmd:python3 {}", text(&agent)), "--difficulty", "easy", "--timeout", "2s"];
    let output = run(&arguments(&out, &own));
    let result = results(&out).pop().expect("one result");
    let said = result["error"]["message"].as_str().unwrap_or_default();
    assert!(result["ended"] == expect && said.contains(message), "{program}: {result}");
    let failed = expect == "failed";
    assert_eq!(output.status.code(), Some(i32::from(failed)), "{program}");
    assert_eq!(result["error"]["kind"].as_str(), failed.then_some("program"), "{program}");
    folder
}

#[test]
fn programs_that_misbehave_cost_their_own_trial() {
    let garbage = play_program("while True: print('hello')", "failed", "4 lines in a row that are no action");
    let (out, _) = check(&["eval", "summary", text(&garbage.join("run"))], 0);
    assert!(out.contains("  errors   program 4; that ended trials: program 1\n"), "{out}");
    let counted = results(&garbage.join("run")).pop().expect("one result");
    assert_eq!(counted["usage"]["errors"]["program"], 4);
    play_program("import sys\nwhile True: sys.stdout.write('x' * 65536)", "failed", "a line of more than");
    let silent = play_program("import time\ntime.sleep(600)", "failed", "gave no action within 2 s");
    let (out, _) = check(&["eval", "summary", text(&silent.join("run"))], 0);
    assert!(out.contains("  errors   program 1; that ended trials: program 1\n"), "{out}");
    let noisy = "import sys\nsys.stderr.write('\\x1b[2Jcannot load\\n')\nsys.exit(3)";
    let ended = play_program(noisy, "failed", "(exit status: 3); it said: \u{fffd}[2Jcannot load");
    assert!(fs::read_to_string(ended.join("run/agent.stderr")).expect("notes").contains("cannot load"));
    play_program("import sys\nsys.stdin.readline()\nprint('{\"give_up\": true}')", "gave_up", "");
    let mended = "import sys\nsys.stdin.readline()\nprint('oops', flush=True)\n\
                  assert 'attempts_left' in sys.stdin.readline()\nprint('{\"give_up\": true}')";
    play_program(mended, "gave_up", "");
    play_program(
        "import sys\nsys.stdin.close()\nwhile True: print('{\"action_type\":\"review_ticket\"}')",
        "step_limit",
        "",
    );
    for folder in [garbage, ended] {
        fs::remove_dir_all(folder).expect("it can be removed");
    }
    let folder = tempfile::tempdir().expect("a folder");
    let out = folder.path().join("run");
    let (_, errors) = check(&arguments(&out, &["--agent", "cmd:/no/such/program", "--concurrency", "3"]), 2);
    assert_eq!(errors.matches("cannot start `/no/such/program`").count(), 1, "{errors}");
    assert!(errors.contains("3 trials left: the same command with --resume goes on"), "{errors}");
    assert!(fs::read(out.join("trials.jsonl")).unwrap_or_default().is_empty(), "nothing was played");
}

#[cfg(target_os = "linux")]
#[test]
fn a_program_ends_with_whatever_it_has_started() {
    // One in the program's group, and one that has left it.
    for session in ["False", "True"] {
        end_of_a_program_that_has_started_another(session);
    }
}

#[cfg(target_os = "linux")]
fn end_of_a_program_that_has_started_another(session: &str) {
    let program = "import os, subprocess, sys\n\
                   child = subprocess.Popen(['sleep', '600'], start_new_session=SESSION)\n\
                   open(os.path.join(os.path.dirname(__file__), 'pid'), 'w').write(str(child.pid))\n\
                   sys.stdin.readline()\nprint('{\"give_up\": true}', flush=True)\nchild.wait()";
    let folder = play_program(&program.replace("SESSION", session), "gave_up", "");
    let pid = fs::read_to_string(folder.join("pid")).expect("a number");
    // It was sent its end, and may take a moment to meet it, or its new parent to notice.
    let status = || fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let until = Instant::now() + Duration::from_secs(60);
    while !status().is_empty() && !status().contains("State:\tZ") {
        assert!(Instant::now() < until, "{}", status());
        std::thread::yield_now();
    }
    fs::remove_dir_all(folder).expect("it can be removed");
}

#[cfg(unix)]
#[test]
fn a_folder_that_was_moved_away_is_not_taken_for_another() {
    let folder = tempfile::tempdir().expect("a folder");
    let at = |name: &str| folder.path().join(name);
    for name in ["one", "other"] {
        check(&arguments(&at(name), &["--agent", "nop"]), 0);
    }
    std::os::unix::fs::symlink(at("one"), at("link")).expect("a link");
    let config = RunFolder::open(&at("one")).expect("a run").config().clone();
    let ledger = Ledger::open(&at("link"), &config, true).expect("nobody else runs there");
    fs::remove_file(at("link")).expect("a link");
    std::os::unix::fs::symlink(at("other"), at("link")).expect("a link");
    ledger.write("seen", b"here").expect("it is where it was");
    assert!(at("one/seen").exists() && !at("other/seen").exists());
    fs::rename(at("one"), at("away")).expect("a folder");
    fs::rename(at("other"), at("one")).expect("a folder");
    let told = ledger.contents().expect_err("another folder").to_string();
    assert!(told.contains("is not the folder any more"), "{told}");
    assert!(ledger.write("mine", b"").is_err() && !at("one/mine").exists());
}

#[cfg(unix)]
#[test]
fn a_script_is_a_regular_file() {
    let folder = tempfile::tempdir().expect("a folder");
    let (_, errors) = check(&arguments(&folder.path().join("run"), &["--agent", "script:/dev/zero"]), 2);
    assert!(errors.contains("this is no regular file"), "{errors}");
}

#[test]
fn misuse_is_told_before_anything_is_written() {
    let folder = tempfile::tempdir().expect("a folder");
    let out = folder.path().join("run");
    let tell = |more: &[&str], expect: &str| {
        let (_, errors) = check(&arguments(&out, more), 2);
        assert!(errors.contains(expect), "{more:?}: {errors}");
        assert!(!out.exists(), "{more:?}");
    };
    tell(&["--agent", "gpt"], "an agent is `oracle`");
    tell(&["--agent", "orcale"], "did you mean `oracle`?");
    tell(&["--agent", "cheat:keyword-dmp"], "did you mean `keyword-dump`?");
    tell(&["--agent", "nop", "--task", "damaged-mug"], "did you mean");
    tell(&["--agent", "nop", "--split", "tset"], "unknown split `tset`");
    tell(&["--agent", "nop", "--split", "train"], "no task is left");
    tell(&["--agent", "nop", "--seeds", "3..1"], "names no seeds");
    tell(&["--agent", "nop", "--shard", "3/2"], "write `2/8`");
    tell(&["--agent", "nop", "--agent", "nop"], "would share a folder");
    tell(&["--agent", "script:/no/such/file"], "cannot read /no/such/file");
    tell(&["--agent", "nop", "--url", "http://user:pass@localhost"], "leave it out");
    tell(&[], "--agent");
    let help = String::from_utf8(run(&["eval", "--help"]).stdout).expect("a text");
    assert!(help.contains("support-ops eval merge") && help.contains("cheat:NAME"), "{help}");
}
