//! `support-ops explain-reply`: what the grader makes of one reply, and why.

use std::io::Read;
use std::process::ExitCode;

use clap::{Args, ValueEnum};

use crate::diag::printable;
use crate::protocol::{MAX_MESSAGE_BYTES, ResetRequest};
use crate::rubric::{ExplainedEntry, ReplyExplanation, ReplyReport, Role, check_reply_size, effect_name};
use crate::task::Task;
use crate::text::{Span, Verdict};

use super::marks::{Mark, render_marks};
use super::output::{self, FINDINGS, fail};
use super::packs::{PackPaths, count, load_catalog};

/// Explain what the grader makes of one reply: each verdict with its place and reason.
#[derive(Debug, Args)]
#[command(after_help = "Exit codes: 0 the reply passes, 1 it does not, 2 could not run.

Examples:
  support-ops explain-reply --task my-task --reply \"We cannot refund the $64.50.\"
  support-ops explain-reply --task my-task --format json < reply.txt")]
pub(super) struct ExplainReplyArgs {
    /// The task that the reply answers.
    #[arg(long, value_name = "ID")]
    task: String,
    #[command(flatten)]
    packs: PackPaths,
    /// The reply; `-`, or leaving it out, reads it from the standard input.
    #[arg(long, value_name = "TEXT", allow_hyphen_values = true)]
    reply: Option<String>,
    /// How to write the result.
    #[arg(long, default_value = "human")]
    format: ExplainFormat,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum ExplainFormat {
    /// For people: the reply with its marks, then each verdict.
    Human,
    /// One JSON document.
    Json,
}

pub(super) fn run(args: &ExplainReplyArgs) -> ExitCode {
    if args.format == ExplainFormat::Json {
        output::promise_documents();
    }
    let reply = match args.reply.as_deref() {
        None | Some("-") => read_reply(std::io::stdin().lock()),
        Some(text) => Ok(text.to_owned()),
    };
    let reply = match reply.and_then(|reply| check_reply_size(reply.len()).map(|()| reply)) {
        Ok(reply) => reply,
        Err(message) => return fail(message),
    };
    let catalog = match load_catalog(&args.packs.all()) {
        Ok(catalog) => catalog,
        Err(code) => return code,
    };
    let request = ResetRequest { task_id: Some(args.task.clone()), ..Default::default() };
    let task = match catalog.select(&request, &mut 0) {
        Ok(task) => task,
        Err(error) => return fail(printable(&error.message)),
    };
    let explained = ReplyExplanation::of(task, &reply);
    match args.format {
        ExplainFormat::Human => output::print_line(render_human(task, &reply, &explained).trim_end()),
        ExplainFormat::Json => output::print_line(render_json(task, &explained)),
    }
    if explained.passes { ExitCode::SUCCESS } else { FINDINGS }
}

/// Spans as pairs of byte offsets.
pub(super) fn pairs(spans: &[Span]) -> Vec<[usize; 2]> {
    spans.iter().map(|span| [span.start, span.end]).collect()
}

/// Reads no more than a reply may hold, and the one byte that says it holds more.
fn read_reply(input: impl Read) -> Result<String, String> {
    let mut bytes = Vec::new();
    let limit = MAX_MESSAGE_BYTES as u64 + 1;
    input.take(limit).read_to_end(&mut bytes).map_err(|error| format!("the standard input cannot be read: {error}"))?;
    check_reply_size(bytes.len())?;
    String::from_utf8(bytes).map_err(|error| {
        format!("the reply is not UTF-8: byte {} begins no character", error.utf8_error().valid_up_to())
    })
}

fn render_json(task: &Task, explained: &ReplyExplanation) -> String {
    let report = ReplyReport::of(task, explained);
    serde_json::to_string_pretty(&report).expect("strings and numbers always serialise")
}

pub(super) fn render_human(task: &Task, reply: &str, explained: &ReplyExplanation) -> String {
    let marks: Vec<Mark<'_>> = explained
        .entries
        .iter()
        .map(|entry| Mark {
            spans: &entry.spans,
            cue: entry.cue,
            label: format!("{}: {}", title(entry), standing(entry)),
        })
        .collect();
    let mut out = format!("{}, {}{}\n\n", task.id, count(explained.words, "word"), bounds(explained));
    out.push_str(&render_marks(reply, &marks));
    out.push('\n');
    let width = explained.entries.iter().map(|entry| title(entry).chars().count()).max().unwrap_or(0);
    for entry in &explained.entries {
        let sign = if entry.blocks() { '✗' } else { '✓' };
        let sign = if matches!(entry.role, Role::Keyword { optional: true, .. }) { '·' } else { sign };
        out.push_str(&format!("{sign} {:width$}  {} ({})\n", title(entry), standing(entry), role(entry)));
        out.push_str(&format!("  {:width$}  {}\n", "", printable(&entry.reason)));
    }
    if explained.entries.is_empty() {
        out.push_str("this task asks nothing of a reply\n");
    }
    let verdict = if explained.passes { "the reply passes" } else { "the reply does not pass" };
    let value = format!("value {:.4} × weight {}", explained.value, explained.weight);
    match &explained.zeroed_by {
        Some(id) => out.push_str(&format!("\n{verdict}: {value}, but forbidden `{id}` zeroes the whole episode\n")),
        None => out.push_str(&format!("\n{verdict}: {value} = {:.4} points of the score\n", explained.points)),
    }
    if !explained.length_ok {
        out.push_str("its length is out of bounds, so its value is 0\n");
    }
    out
}

fn bounds(explained: &ReplyExplanation) -> String {
    match explained.word_bounds {
        (None, None) => String::new(),
        (Some(min), None) => format!(" (at least {min})"),
        (None, Some(max)) => format!(" (at most {max})"),
        (Some(min), Some(max)) => format!(" ({min} to {max})"),
    }
}

fn title(entry: &ExplainedEntry) -> String {
    match entry.role {
        Role::Keyword { .. } => entry.id.clone(),
        Role::Forbidden { .. } => format!("not {}", entry.id),
    }
}

/// The verdict in a word: a forbidden entry is there or not.
fn standing(entry: &ExplainedEntry) -> String {
    match (entry.role, entry.verdict) {
        (Role::Keyword { .. }, verdict) => verdict.to_string(),
        (Role::Forbidden { .. }, Verdict::Met) => "present".to_owned(),
        (Role::Forbidden { .. }, Verdict::Absent) => "absent".to_owned(),
        (Role::Forbidden { .. }, verdict) => format!("does not count, {verdict}"),
    }
}

fn role(entry: &ExplainedEntry) -> String {
    match entry.role {
        Role::Keyword { optional: true, .. } => "optional".to_owned(),
        Role::Keyword { share, .. } => format!("{:.0} % of the reply", share * 100.0),
        Role::Forbidden { effect } => format!("forbidden, {}", effect_name(effect)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(input: &[u8], expected: Result<usize, &str>) {
        match (read_reply(input), expected) {
            (Ok(reply), Ok(length)) => assert_eq!(reply.len(), length),
            (Err(message), Err(part)) => assert!(message.contains(part), "{message}"),
            (found, expected) => panic!("{expected:?} was expected: {found:?}"),
        }
    }

    #[test]
    fn reading_is_bounded() {
        check(b"", Ok(0));
        check(&[b'a'; MAX_MESSAGE_BYTES], Ok(MAX_MESSAGE_BYTES));
        check(&[b'a'; MAX_MESSAGE_BYTES + 1], Err("16384 bytes"));
        check(b"ab\xff", Err("byte 2"));
    }
}
