//! A task and the outcome of a step as plain text, for a model to read.

use std::fmt::Write;

use crate::protocol::{ScoreReport, StepResult};
use crate::task::Task;

/// What a model is told before its first step: what a reset shows, and what the codes mean.
pub(super) fn prompt_text(task: &Task) -> String {
    let mut text = format!(
        "You handle one customer-support case with the tools that you are given.\n\n\
         Objective: {}\n\n\
         The customer writes:\n{}\n\n\
         Workspace summary: {}\n\n\
         Available resolution codes:\n",
        task.objective,
        task.ticket.message.trim_end(),
        task.workspace_summary,
    );
    for resolution in &*task.resolutions {
        add(&mut text, format_args!("- {}: {}\n", resolution.code, resolution.meaning));
    }
    add(
        &mut text,
        format_args!(
            "\nRead the ticket, and the records and policies that bear on it, before you decide. Draft the reply to the \
             customer, then submit the resolution code: that ends the case. Each call of a tool is a step, and there are {}.",
            task.max_steps
        ),
    );
    text
}

/// What a step has shown, and how the case stands.
pub(super) fn outcome_text(result: &StepResult) -> String {
    let seen = &result.observation;
    let mut text = String::new();
    if let Some(error) = &seen.last_action_error {
        add(&mut text, format_args!("Error: {error}\n"));
    }
    if let Some(shown) = &seen.last_tool_result {
        add(&mut text, format_args!("{}\n", shown.trim_end()));
    }
    text.push('\n');
    if !result.done {
        add(&mut text, format_args!("Steps left: {}.", seen.remaining_steps));
        if !seen.collected_evidence.is_empty() {
            add(&mut text, format_args!(" Seen so far: {}.", seen.collected_evidence.join(", ")));
        }
        if let Some(score) = seen.current_score {
            add(&mut text, format_args!(" Score so far: {score:?}."));
        }
        return text;
    }
    text.push_str("The case is closed.");
    match (&seen.metadata.score, seen.current_score) {
        (Some(report), _) => add_report(&mut text, report),
        (None, Some(score)) => add(&mut text, format_args!(" Score: {score:?}.")),
        (None, None) => {}
    }
    text
}

/// The score with its parts' values. The reasons would tell what is expected.
fn add_report(text: &mut String, report: &ScoreReport) {
    let verdict = if report.passed { "passed" } else { "not passed" };
    let parts = report.parts.iter().map(|part| {
        let name = part.criterion.as_str();
        format!("{name} {:?} of {:?}", part.points, part.weight)
    });
    add(text, format_args!(" Score: {:?}, {verdict} ({}).", report.score, parts.collect::<Vec<_>>().join(", ")));
}

fn add(text: &mut String, more: std::fmt::Arguments<'_>) {
    text.write_fmt(more).expect("writing to a String does not fail");
}
