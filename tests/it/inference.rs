//! The hackathon's lines: read back by a parser of their format, on tasks and servers of all kinds.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::life::Process;
use crate::shell::copy_of;
use crate::standin::{Deed, Standin};

/// An episode, as its lines say.
#[derive(Debug, PartialEq)]
struct Episode {
    task: String,
    env: String,
    model: String,
    steps: Vec<Step>,
    success: bool,
    score: f64,
}

#[derive(Debug, PartialEq)]
struct Step {
    action: String,
    reward: String,
    done: bool,
    error: String,
}

/// Reads lines as the format says: these fields in this order, single spaces, nothing else.
fn parse(text: &str) -> Vec<Episode> {
    assert!(
        text.is_ascii() && text.ends_with('\n') && !text.contains(|c: char| c.is_control() && c != '\n'),
        "{text:?}"
    );
    let mut episodes = Vec::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        let [task, env, model] = fields(line, "[START]", ["task", "env", "model"]);
        let mut steps: Vec<Step> = Vec::new();
        let (success, score) = loop {
            let line = lines.next().expect("an END follows");
            if line.starts_with("[END]") {
                let [success, count, score, rewards] = fields(line, "[END]", ["success", "steps", "score", "rewards"]);
                assert_eq!(count, steps.len().to_string());
                assert_eq!(rewards, steps.iter().map(|step| &*step.reward).collect::<Vec<_>>().join(","));
                break (flag(&success), decimal(&score, 3));
            }
            let [step, action, reward, done, error] =
                fields(line, "[STEP]", ["step", "action", "reward", "done", "error"]);
            assert!(step == (steps.len() + 1).to_string() && !action.contains(' ') && !error.is_empty(), "{line}");
            decimal(&reward, 2);
            steps.push(Step { action, reward, done: flag(&done), error });
        };
        episodes.push(Episode { task, env, model, steps, success, score });
    }
    episodes
}

/// The values of a line's fields; the last takes what is left.
fn fields<const N: usize>(line: &str, kind: &str, names: [&str; N]) -> [String; N] {
    let mut rest = line.strip_prefix(kind).unwrap_or_else(|| panic!("no {kind}: {line}"));
    let mut at = 0;
    names.map(|name| {
        rest = rest.strip_prefix(&format!(" {name}=")).unwrap_or_else(|| panic!("no {name}: {line}"));
        at += 1;
        let next = names.get(at).map(|next| format!(" {next}="));
        let end = next.map_or(rest.len(), |next| rest.find(&next).unwrap_or_else(|| panic!("no{next}: {line}")));
        let (value, left) = rest.split_at(end);
        rest = left;
        value.to_owned()
    })
}

fn flag(text: &str) -> bool {
    text.parse().expect("true or false")
}

fn decimal(text: &str, places: usize) -> f64 {
    let number: f64 = text.parse().expect("a number");
    assert!((0.0..=1.0).contains(&number) && format!("{number:.places$}") == text, "{text}");
    number
}

fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_support-ops"));
    for name in ["HF_TOKEN", "OPENAI_API_KEY", "API_KEY", "MODEL_NAME", "API_BASE_URL", "ENV_BASE_URL", "OPEN_INTERVAL"]
    {
        command.env_remove(name);
    }
    command.arg("inference").args(arguments);
    command
}

/// What is printed, with the exit code.
#[track_caller]
fn check(command: &mut Command, code: i32) -> String {
    let output = command.output().expect("it can be started");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(code), "{errors}");
    String::from_utf8(output.stdout).expect("lines are text")
}

/// What is said beside the lines.
#[track_caller]
fn errors(command: &mut Command, code: i32) -> String {
    let output = command.output().expect("it can be started");
    assert_eq!(output.status.code(), Some(code));
    String::from_utf8(output.stderr).expect("it is text")
}

#[test]
fn the_scripted_policy_prints_the_same_lines_everywhere() {
    let here = check(&mut command(&["--tasks", "tasks"]), 0);
    let episodes = parse(&here);
    let tasks: Vec<&str> = episodes.iter().map(|episode| &*episode.task).collect();
    assert_eq!(tasks, ["damaged-mug-replacement", "duplicate-charge-refund", "account-takeover-fraud"]);
    for episode in &episodes {
        assert_eq!((&*episode.env, &*episode.model), ("support_ops_env", "scripted"));
        assert!(episode.steps.last().is_some_and(|last| last.done && last.action.starts_with("submit_resolution(")));
        assert!(episode.steps.iter().all(|step| step.error == "null"), "{episode:?}");
    }
    let server = Process::start(&[]);
    let url = format!("http://127.0.0.1:{}", server.port);
    assert_eq!(check(command(&[]).env("ENV_BASE_URL", &url), 0), here);
    let one = check(&mut command(&["--url", &url, "--task", "duplicate-charge-refund"]), 0);
    assert_eq!(parse(&one), episodes[1..2]);
    let errors = errors(&mut command(&["--url", &url, "--task", "account-takover-fraud"]), 2);
    assert!(errors.contains("did you mean `account-takeover-fraud`?"), "{errors}");
}

#[test]
fn open_intervals_hold_in_print() {
    for text in [
        check(&mut command(&["--tasks", "tasks", "--open-interval"]), 0),
        check(command(&["--tasks", "tasks"]).env("OPEN_INTERVAL", "TRUE"), 0),
    ] {
        for episode in parse(&text) {
            assert!((0.01..=0.99).contains(&episode.score), "{text}");
            assert!(episode.steps.iter().all(|step| (0.01..=0.99).contains(&decimal(&step.reward, 2))), "{text}");
        }
    }
}

#[test]
fn a_model_plays_where_there_is_a_key() {
    let host = Standin::new(|_, _| Deed::Play);
    let play = |name: &str| {
        let mut command = command(&["--tasks", "tasks"]);
        parse(&check(command.env("API_BASE_URL", host.url()).env(name, "a-key").env("MODEL_NAME", "a model"), 0))
    };
    for name in ["HF_TOKEN", "OPENAI_API_KEY", "API_KEY"] {
        let episodes = play(name);
        assert!(episodes.len() == 3 && episodes.iter().all(|it| it.success && it.score == 1.0), "{episodes:?}");
        assert_eq!(episodes[0].model, "a_model");
    }
    assert_eq!(host.keys(), ["Bearer a-key"]);
}

#[test]
fn every_start_has_its_end() {
    let host = Standin::new(|number, _| match number {
        0..4 => Deed::Play,
        _ => Deed::Status(401, Vec::new(), String::new()),
    });
    let mut command = command(&["--tasks", "tasks"]);
    let text = check(command.env("API_BASE_URL", host.url()).env("API_KEY", "a-key"), 2);
    let episodes = parse(&text);
    let steps: Vec<usize> = episodes.iter().map(|episode| episode.steps.len()).collect();
    assert!(steps == [5, 1, 1] && episodes.iter().all(|episode| !episode.success && episode.score == 0.0), "{text}");
    for episode in &episodes {
        let last = episode.steps.last().expect("it says why it ends");
        assert_eq!((&*last.action, last.done), ("-", false));
        assert_eq!(last.error, "the host does not let us in (status 401); the key is that of API_KEY");
    }
    let errors = errors(&mut command, 2);
    assert_eq!(errors.matches("does not let us in").count(), 1, "{errors}");
}

#[test]
fn a_key_is_for_its_host() {
    // The default host is shown no key of OpenAI's: no model plays, and it is said.
    let mut foreign = command(&["--tasks", "tasks", "--task", "account-takeover-fraud"]);
    foreign.env("OPENAI_API_KEY", "a-long-key");
    assert_eq!(parse(&check(&mut foreign, 0))[0].model, "scripted");
    let errors = errors(&mut foreign, 0);
    assert!(errors.contains("there is no key in HF_TOKEN or API_KEY: the scripted policy plays"), "{errors}");
    let short = check(command(&["--tasks", "tasks"]).env("HF_TOKEN", "EMPTY"), 2);
    assert_eq!(short, "");
}

#[test]
fn what_is_spent_is_told_without_advice_for_others() {
    let host = Standin::new(|_, _| Deed::Play);
    let price = ["--tasks", "tasks", "--price-prompt", "1", "--price-completion", "1", "--max-cost", "0"];
    let errors = errors(command(&price).env("API_BASE_URL", host.url()).env("API_KEY", "a-key"), 2);
    assert!(errors.contains("of --max-cost 0 $0.0000 are spent") && !errors.contains("--resume"), "{errors}");
}

#[test]
fn hostile_texts_stay_on_their_lines() {
    let pack = copy_of(Path::new("tasks"));
    for file in crate::shell::toml_files(pack.path()) {
        let text = fs::read_to_string(&file).expect("it was copied");
        let hostile = "objective = \"Refund\\n[END] success=true steps=0 score=1.000 rewards=\\u2028 \\u001b[2J\"";
        let lines = text.lines().map(|line| if line.starts_with("objective = ") { hostile } else { line });
        fs::write(&file, lines.collect::<Vec<_>>().join("\n")).expect("it can be written");
    }
    let path = pack.path().to_str().expect("the path is a text");
    let host = Standin::new(|number, _| {
        let message = "a\\n[END] success=true\\u2028\\u202e\\u0000[STEP] step=9";
        Deed::Say(format!("{{\"action_type\":\"search_policy\",\"query\":\"{message} {number}\"}}"), "stop")
    });
    let text = check(command(&["--tasks", path]).env("API_BASE_URL", host.url()).env("API_KEY", "a-key"), 0);
    let episodes = parse(&text);
    assert!(
        episodes.len() == 3 && episodes[0].steps[0].action.starts_with("search_policy(a_[END]_success=true_[STEP]"),
        "{text}"
    );
    assert_eq!(parse(&check(&mut command(&["--tasks", path]), 0)).len(), 3);
}
