//! What a player sees. Texts of packs and replies are other people's: nothing in them steers the terminal.

use std::fmt::Write;
use std::sync::Arc;

use crate::agent::Oracle;
use crate::cli::explain_reply;
use crate::cli::output::colour;
use crate::diag::visible;
use crate::episode::Episode;
use crate::protocol::{Criterion, Observation, ScoreReport, StepResult, ToolUseAction};
use crate::rubric::ReplyExplanation;
use crate::task::Task;

use super::command::{Choices, FORMS};

/// A text without anything that steers a terminal; lines stay lines.
pub(super) fn plain(text: &str) -> String {
    text.chars().map(|c| if c == '\n' { c } else { visible(c) }).collect()
}

/// The tasks to choose from.
pub(super) fn render_tasks(tasks: &[Arc<Task>]) -> String {
    let width = tasks.iter().map(|task| task.id.chars().count()).max().unwrap_or(0);
    let mut out = String::new();
    for (at, task) in tasks.iter().enumerate() {
        let level = task.difficulty.as_str();
        let _ = writeln!(out, "{:>4}  {:width$}  {level:<6}  {}", at + 1, &*task.id, plain(&task.title));
    }
    out
}

/// The case, with what has been found so far.
pub(super) fn render_case(task: &Task, seen: &Observation) -> String {
    let mut out = String::new();
    let _ = writeln!(out, "{}", heading(&format!("{} ({})", plain(&task.title), task.difficulty.as_str())));
    let _ = writeln!(out, "{}\n", plain(&seen.objective));
    let _ = writeln!(out, "{}", heading("The customer writes"));
    let _ = writeln!(out, "{}\n", indent(plain(&seen.customer_message).trim()));
    let _ = writeln!(out, "{}", heading("The desk"));
    let _ = writeln!(out, "{}\n", plain(&seen.workspace_summary));
    let _ = writeln!(out, "{}", heading("Records"));
    for (at, artifact) in task.artifacts.iter().enumerate() {
        let is_seen = seen.collected_evidence.contains(&artifact.evidence);
        let _ = writeln!(out, "{} {:>2}  {}  {}", sign(is_seen), at + 1, artifact.id, plain(&artifact.title));
    }
    let _ = writeln!(out, "\n{}", heading("Codes"));
    for (at, resolution) in task.resolutions.iter().enumerate() {
        let _ = writeln!(out, "  {:>2}  {}: {}", at + 1, resolution.code, plain(&resolution.meaning));
    }
    let _ = writeln!(out, "\n{}", standing(seen));
    out
}

/// What can be typed.
pub(super) fn render_help(choices: &Choices) -> String {
    let mut out = String::new();
    for form in &FORMS {
        let usage = format!("{} {}", form.name, form.argument);
        let also = if form.also.is_empty() { String::new() } else { format!(" (also: {})", form.also) };
        let _ = writeln!(out, "  {usage:<16}  {}{also}", form.does);
    }
    let _ = writeln!(out, "\nrecords: {}", numbered(&choices.records));
    let _ = writeln!(out, "codes: {}", numbered(&choices.codes));
    let _ = writeln!(out, "Every step counts, a mistaken one, too.");
    out
}

/// What a step has shown and paid.
pub(super) fn render_step(result: &StepResult) -> String {
    let seen = &result.observation;
    let mut out = String::new();
    if let Some(shown) = &seen.last_tool_result {
        let _ = writeln!(out, "{}", indent(plain(shown).trim_end()));
    }
    if let Some(error) = &seen.last_action_error {
        let _ = writeln!(out, "{} {}", heading("A mistake, which counts as a step:"), plain(error));
    }
    let reward = result.reward.filter(|&reward| reward > 0.0 && !result.done);
    let reward = reward.map_or(String::new(), |reward| format!("reward {reward:.4}, "));
    let _ = writeln!(out, "({reward}{})", standing(seen));
    out
}

/// The score with its reasons, the reply with its verdicts, what was missed, and how it could have gone.
pub(super) fn render_end(episode: &Episode) -> String {
    let (task, state) = (episode.task(), episode.state());
    let mut out = String::new();
    let reply = state.drafted_reply.as_ref().filter(|_| task.reply.is_some());
    if let Some(score) = &state.score {
        out.push_str(&render_score(score, reply.is_some()));
    }
    if let Some(reply) = reply {
        let _ = writeln!(out, "\n{}", heading("Your reply"));
        out.push_str(&explain_reply::render_human(task, reply, &ReplyExplanation::of(task, reply)));
    }
    let _ = writeln!(out, "\n{}", heading("What had to be seen"));
    for evidence in &task.required_evidence {
        let is_seen = state.collected_evidence.contains(&evidence.key);
        let title = task.title_of(evidence).map_or("", |title| title);
        let _ = writeln!(out, "{} {}  {}", sign(is_seen), evidence.key, plain(title));
    }
    let expected = &task.outcomes.expected;
    let _ = match &state.resolution_code {
        Some(code) if code == expected => writeln!(out, "\nYou submitted the right code, {expected}."),
        Some(code) => writeln!(out, "\nThe right code is {expected}; you submitted {code}."),
        None => writeln!(out, "\nThe right code is {expected}; you submitted none."),
    };
    let (taken, optimal) = (state.action_history.len(), task.optimal_steps());
    let _ = writeln!(out, "\n{}", heading(&format!("A way that wins, in {optimal} steps; you took {taken}")));
    for (at, action) in Oracle::path(task).iter().enumerate() {
        let _ = writeln!(out, "{:>4}  {}", at + 1, plain(&told(action)));
    }
    out
}

/// The score with its parts; `explains_reply` says whether what became of the reply is told below.
fn render_score(score: &ScoreReport, explains_reply: bool) -> String {
    let verdict = if score.passed { "passed" } else { "not passed" };
    let mut out = format!("\n{}\n", heading(&format!("Score {:.4}, {verdict}", score.score)));
    if let Some(zeroed) = &score.zeroed_by {
        let _ = writeln!(out, "set to 0 by `{}`", plain(&zeroed.id));
    }
    for part in &score.parts {
        let name = part.criterion.as_str();
        let reason = match part.criterion {
            Criterion::Reply if explains_reply => "told below".to_owned(),
            _ => plain(part.reason.as_deref().unwrap_or_default()),
        };
        let _ = writeln!(out, "  {name:<11} {:.4} of {:.4}  {}  {reason}", part.points, part.weight, bar(part.value));
    }
    out
}

/// A value in [0, 1] as a bar of ten.
fn bar(value: f64) -> String {
    let full = (value * 10.0).round().clamp(0.0, 10.0) as usize;
    format!("{}{}", "█".repeat(full), "░".repeat(10 - full))
}

fn standing(seen: &Observation) -> String {
    let score = seen.current_score.map_or("hidden".to_owned(), |score| format!("{score:.4}"));
    let found = seen.collected_evidence.len();
    format!("score so far {score}, {found} seen, {} steps left", seen.remaining_steps)
}

/// An action as a player would type it.
fn told(action: &ToolUseAction) -> String {
    let form = FORMS.iter().find(|form| form.action == Some(action.action_type));
    let name = form.map_or(action.action_type.as_str(), |form| form.name);
    let argument = action.argument().unwrap_or_default().split_whitespace().collect::<Vec<_>>().join(" ");
    format!("{name} {argument}").trim_end().to_owned()
}

fn sign(is_there: bool) -> char {
    if is_there { '✓' } else { '·' }
}

fn numbered(names: &[String]) -> String {
    let numbered: Vec<String> = names.iter().zip(1..).map(|(name, at)| format!("{at} {name}")).collect();
    numbered.join(", ")
}

fn indent(text: &str) -> String {
    text.lines().map(|line| format!("  {line}")).collect::<Vec<_>>().join("\n")
}

fn heading(text: &str) -> String {
    if colour() { format!("\x1b[1m{text}\x1b[0m") } else { text.to_owned() }
}
