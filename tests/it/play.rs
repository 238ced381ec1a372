//! `support-ops play`, with a pipe for a player.

use std::fs;

use crate::shell::{check, pipe};

/// The exit code, what is printed to a player who types these lines, and the errors.
fn play(arguments: &[&str], lines: &str) -> (Option<i32>, String, String) {
    pipe(&[&["play"], arguments].concat(), lines)
}

/// What `run` prints with these arguments.
fn run(arguments: &[&str]) -> String {
    check(&[&["run"], arguments].concat(), 0).0
}

/// The reference solution of the easiest shipped task, as a player would type it.
const WINNING: &str = "t\ni order\ni payment\ninspect 1\np damaged_items\n";

#[test]
fn an_episode_is_played_and_explained() {
    let folder = tempfile::tempdir().expect("a folder can be made");
    let record = folder.path().join("actions.jsonl");
    let recorded = record.to_string_lossy().into_owned();
    let lines = format!("{WINNING}# a remark costs nothing\n?\nnonsense\nd\nWe are sorry.\n.\ns send_replacement\n");
    let (code, shown, errors) = play(&["damaged-mug-replacement", "--seed", "7", "--record", &recorded], &lines);
    assert_eq!((code, errors.as_str()), (Some(0), ""), "{shown}");
    for part in [
        "The customer writes",
        "there is no such command",
        "Draft saved.",
        "Score 0.",
        "not passed",
        "Your reply",
        "What had to be seen",
        "✓ ticket",
        "You submitted the right code, send_replacement.",
        "A way that wins",
    ] {
        assert!(shown.contains(part), "`{part}` is not in\n{shown}");
    }
    let before_the_end = shown.split("Score 0.").next().expect("there is a beginning");
    assert!(!before_the_end.contains("the right code"), "the answer is told at the end only");
    let actions = fs::read_to_string(&record).expect("it is written");
    let begun: serde_json::Value = serde_json::from_str(actions.lines().next().expect("a line")).expect("JSON");
    assert_eq!(begun["reset"], serde_json::json!({ "task_id": "damaged-mug-replacement", "seed": 7 }), "{begun}");
    assert_eq!(actions.lines().count(), 8, "{actions}");
    // It names its task: no other is played.
    let replayed = run(&["--agent", &format!("script:{recorded}")]);
    assert!(replayed.contains("1 played"), "{replayed}");
    let score = |text: &str, mark: &str| text.split(mark).nth(1).map(|rest| rest.chars().take(6).collect::<String>());
    assert_eq!(score(&shown, "Score "), score(&replayed, "  score "), "{replayed}");
    // And so does what `run --json` prints of it.
    let events = folder.path().join("events.jsonl");
    fs::write(&events, run(&["--agent", &format!("script:{recorded}"), "--json"])).expect("it can be written");
    assert_eq!(run(&["--agent", &format!("script:{}", events.display())]), replayed);
    let again = play(&["damaged-mug-replacement", "--record", &recorded], "q\n");
    assert_eq!(again.0, Some(2), "a file that is there is not written over");
}

#[test]
fn a_task_is_chosen_from_the_list() {
    for lines in ["1\nq\n", "damaged\nq\n", "mug\nq\n", "Broken in\nq\n", "9999\n\n1\nq\n", "a\n1\nq\n"] {
        let (code, shown, errors) = play(&[], lines);
        assert_eq!(code, Some(0), "{lines}");
        assert!(shown.contains("   1  damaged-mug-replacement") && shown.contains("The customer writes"), "{shown}");
        assert!(errors.contains("no score"), "{errors}");
    }
    for lines in ["", "q\n"] {
        let (code, shown, _) = play(&[], lines);
        assert_eq!((code, shown.contains("The customer writes")), (Some(0), false));
    }
    let (code, _, errors) = play(&["damaged-mug"], "");
    assert_eq!((code, errors.contains("damaged-mug-replacement")), (Some(2), true), "{errors}");
}

#[test]
fn after_the_end_another_is_played_or_none() {
    let end = "s send_replacement\n";
    for (lines, cases, ends) in [("", 1, 1), ("quit\n", 1, 1), ("same\nq\n", 2, 1), ("x\na\nmug\n", 2, 1)] {
        let (code, shown, errors) = play(&["damaged-mug-replacement"], &format!("{end}{lines}"));
        assert_eq!(code, Some(0), "{errors}");
        let found = (shown.matches("The customer writes").count(), shown.matches("A way that wins").count());
        assert_eq!(found, (cases, ends), "{lines}: {shown}");
        assert_eq!(shown.contains("Type same, another or quit."), lines.contains('x'), "{shown}");
    }
}

#[test]
fn a_reply_is_not_taken_for_the_ticket() {
    let (_, shown, _) =
        play(&["damaged-mug-replacement"], "r We are sorry.\nreview the ticket\nreply We are sorry.\nq\n");
    for part in ["that could be ticket, inspect, draft, submit", "ticket stands alone", "Draft saved."] {
        assert!(shown.contains(part), "`{part}` is not in\n{shown}");
    }
    assert!(!shown.contains("1 seen"), "no step was spent on the ticket: {shown}");
}

#[test]
fn hostile_lines_do_no_harm() {
    let long = "x".repeat(200_000);
    let lines = format!("draft {long}\ni \u{1b}[31m\np \u{202e}\n\0\nd\n{long}\n{long}\n.\n");
    let (code, shown, _) = play(&["damaged-mug-replacement"], &lines);
    assert_eq!(code, Some(0));
    assert!(!shown.contains('\u{1b}') && !shown.contains('\u{202e}'), "{shown}");
    assert!(shown.contains("is longer than 16384 bytes"), "{shown}");
}

#[test]
fn episodes_are_appended_to_a_log() {
    let folder = tempfile::tempdir().expect("a folder can be made");
    let log = folder.path().join("log").to_string_lossy().into_owned();
    let lines = format!("{WINNING}s send_replacement\n");
    for _ in 0..2 {
        let (code, shown, errors) = play(&["damaged-mug-replacement", "--log", &log], &lines);
        assert_eq!((code, errors.as_str()), (Some(0), ""), "{shown}");
    }
    let (code, ..) = play(&["damaged-mug-replacement", "--log", &log], "t\nq\n");
    assert_eq!(code, Some(0));
    let (code, listed, _) = pipe(&["log", "ls", &log], "");
    assert_eq!(code, Some(0));
    assert!(listed.contains("3 episodes, 2 finished"), "{listed}");
    let (code, replayed, _) = pipe(&["replay", &log], "");
    assert_eq!(code, Some(0), "{replayed}");
}
