//! The customer's own words, sent back.

use crate::agent::Agent;

use super::{Bound, Case, Cheat, blind};

pub(super) const CHEAT: Cheat =
    Cheat { name: "quote-the-ticket", about: "sends the customer's own words back", bound: Bound::Floor, players };

fn players(case: &Case<'_>) -> Vec<Box<dyn Agent>> {
    let (message, objective) = (&case.task.ticket.message, &case.task.objective);
    let quoted: Vec<String> = message.lines().map(|line| format!("> {line}")).collect();
    let replies = [
        message.to_string(),
        quoted.join("\n"),
        format!("You wrote: \"{message}\" We confirm."),
        format!("{}: {message}", case.task.ticket.subject),
        format!("{objective} {objective}"),
    ];
    replies.into_iter().map(|reply| blind(case, reply)).collect()
}
