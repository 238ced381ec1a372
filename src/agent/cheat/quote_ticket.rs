//! What the agent is told at the start, sent back: the customer's own words, the title, the objective, the summary.

use crate::agent::Agent;

use super::{Bound, Case, Cheat, blind};

pub(super) const CHEAT: Cheat = Cheat {
    name: "quote-the-ticket",
    about: "sends back what it is told at the start",
    bound: Bound::Floor,
    most: usize::MAX,
    players,
};

fn players(case: &Case<'_>) -> Vec<Box<dyn Agent>> {
    let task = case.task;
    let (message, objective) = (&task.ticket.message, &task.objective);
    let quoted: Vec<String> = message.lines().map(|line| format!("> {line}")).collect();
    let replies = [
        message.to_string(),
        quoted.join("\n"),
        format!("You wrote: \"{message}\" We confirm."),
        format!("{}: {message}", task.ticket.subject),
        format!("{objective} {objective}"),
        task.ticket.subject.to_string(),
        task.title.to_string(),
        task.workspace_summary.to_string(),
        task.workspace_text().to_owned(),
    ];
    replies.into_iter().map(|reply| blind(case, reply)).collect()
}
