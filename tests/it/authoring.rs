//! `docs/authoring.md`, followed by the letter: every command is run, every output compared.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

/// What a line of the page says.
enum Line<'a> {
    Command(&'a str),
    Output(&'a str),
    /// The exit code of the last command, where it is not 0.
    Code(i32),
    /// Any lines at all.
    Gap,
}

#[test]
fn every_command_prints_what_the_page_shows() {
    let page = fs::read_to_string("docs/authoring.md").expect("the page is part of the repository");
    let folder = tempfile::tempdir().expect("a folder can be made");
    let blocks = page.split("```console\n").skip(1).map(|rest| rest.split("```").next().expect("a block ends"));
    let mut commands = 0;
    for block in blocks {
        let mut lines = block.lines().map(read).peekable();
        while let Some(line) = lines.next() {
            let Line::Command(command) = line else { panic!("output without a command: {block}") };
            let mut expected = Vec::new();
            let mut code = 0;
            while let Some(line) = lines.next_if(|line| !matches!(line, Line::Command(_))) {
                match line {
                    Line::Code(other) => code = other,
                    Line::Gap => expected.push(None),
                    Line::Output(text) => expected.push(Some(text)),
                    Line::Command(_) => unreachable!("the loop stops at commands"),
                }
            }
            check(folder.path(), command, &expected, code);
            commands += 1;
        }
    }
    assert!(commands > 8, "only {commands} commands were found");
}

fn read(line: &str) -> Line<'_> {
    match (line.strip_prefix("$ "), line.strip_prefix("? ")) {
        (Some(command), _) => Line::Command(command),
        (_, Some(code)) => Line::Code(code.parse().expect("an exit code is a number")),
        _ if line == "…" => Line::Gap,
        _ => Line::Output(line),
    }
}

fn check(folder: &Path, command: &str, expected: &[Option<&str>], code: i32) {
    let program = Path::new(env!("CARGO_BIN_EXE_support-ops")).parent().expect("it lies in a folder");
    let path = std::env::join_paths(
        [program.to_owned()].into_iter().chain(std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default())),
    );
    let output = Command::new("sh")
        .args(["-c", command])
        .current_dir(folder)
        .env("PATH", path.expect("folders without colons"))
        .stdin(Stdio::null())
        .output()
        .expect("a shell can be started");
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(code), "{command}: {said}");
    let shown = String::from_utf8(output.stdout).expect("output is text");
    let mut lines = shown.trim_end().lines();
    let mut expected =
        expected.iter().rev().skip_while(|line| **line == Some("")).collect::<Vec<_>>().into_iter().rev();
    while let Some(line) = expected.next() {
        match line {
            Some(text) => match (text.split_once('…'), lines.next()) {
                // What stands for something that differs from run to run, such as a time.
                (Some((start, end)), Some(line)) if line.starts_with(start) && line.ends_with(end) => {}
                (_, line) => assert_eq!(line, Some(*text), "{command}:\n{shown}"),
            },
            // A gap ends where the rest of the lines fits.
            None => {
                let rest = expected.len();
                let left = lines.clone().count();
                assert!(left >= rest, "{command}:\n{shown}");
                lines.nth(left - rest - 1);
            }
        }
    }
    assert_eq!(lines.next(), None, "{command}:\n{shown}");
}
