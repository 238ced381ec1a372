//! What a player types, made into what to do.

use crate::diag::nearest;
use crate::protocol::{ActionType, ToolUseAction};

/// What a line asks for.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Command {
    /// A step of the episode.
    Act(ToolUseAction),
    /// A draft whose text comes on the lines that follow.
    Write,
    /// The case again, with what has been found so far.
    Case,
    /// What can be typed.
    Help,
    /// The end, whether or not the episode has ended.
    Quit,
}

/// A command's name, another that it goes by, the action it stands for, what follows it, and what it does.
pub(super) struct Form {
    pub(super) name: &'static str,
    pub(super) also: &'static str,
    pub(super) action: Option<ActionType>,
    pub(super) argument: &'static str,
    pub(super) does: &'static str,
}

/// Every command. Their first letters differ, so that one letter is enough.
pub(super) const FORMS: [Form; 8] = [
    Form {
        name: "ticket",
        also: "review",
        action: Some(ActionType::ReviewTicket),
        argument: "",
        does: "read the whole ticket",
    },
    Form {
        name: "inspect",
        also: "record",
        action: Some(ActionType::InspectArtifact),
        argument: "RECORD",
        does: "open a record, by its id or number",
    },
    Form {
        name: "policy",
        also: "search",
        action: Some(ActionType::SearchPolicy),
        argument: "WORDS",
        does: "look a policy up, by its name or topic",
    },
    Form {
        name: "draft",
        also: "reply",
        action: Some(ActionType::DraftReply),
        argument: "[TEXT]",
        does: "write the reply; without a text, on lines of their own up to one with only a dot",
    },
    Form {
        name: "submit",
        also: "resolve",
        action: Some(ActionType::SubmitResolution),
        argument: "CODE",
        does: "close the case with a code or its number, which ends the episode",
    },
    Form { name: "case", also: "", action: None, argument: "", does: "show the case again, and what has been found" },
    Form { name: "help", also: "?", action: None, argument: "", does: "show these commands" },
    Form { name: "quit", also: "", action: None, argument: "", does: "stop playing" },
];

/// What there is to choose from by number.
#[derive(Debug, Clone, Default)]
pub(super) struct Choices {
    pub(super) records: Vec<String>,
    pub(super) codes: Vec<String>,
}

impl Choices {
    /// What the argument of an action can be.
    pub(super) fn of(&self, action: ActionType) -> &[String] {
        match action {
            ActionType::InspectArtifact => &self.records,
            ActionType::SubmitResolution => &self.codes,
            _ => &[],
        }
    }
}

/// Reads a line. Names may be cut short as long as they are clear; the names of actions as agents send them will do, too.
///
/// # Errors
/// What to tell who typed it. A name that there is not is found out here and costs nothing, an id that there is not is
/// a step like any other.
pub(super) fn parse_command(line: &str, choices: &Choices) -> Result<Command, String> {
    let line = line.trim();
    let (name, argument) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
    let argument = argument.trim();
    let form = find(&name.to_lowercase())?;
    let Some(action) = form.action else {
        return Ok(match form.name {
            "case" => Command::Case,
            "help" => Command::Help,
            _ => Command::Quit,
        });
    };
    match (action, argument) {
        (ActionType::ReviewTicket, "") => Ok(Command::Act(ToolUseAction::new(action, None))),
        (ActionType::ReviewTicket, _) => {
            Err("ticket stands alone; a reply to the customer is written with draft TEXT".to_owned())
        }
        (ActionType::DraftReply, "") => Ok(Command::Write),
        (_, "") => Err(format!("{} what? Type {} {}", form.name, form.name, form.argument)),
        (_, argument) => {
            let argument = chosen(argument, choices.of(action))?;
            Ok(Command::Act(ToolUseAction::new(action, Some(argument))))
        }
    }
}

/// The command of this name, or the only one that begins with it.
fn find(name: &str) -> Result<&'static Form, String> {
    let matching = |fits: &dyn Fn(&Form) -> bool| FORMS.iter().filter(|form| fits(form)).collect::<Vec<_>>();
    let by_name = matching(&|form| !name.is_empty() && form.name.starts_with(name));
    let by_other = matching(&|form| {
        let action = form.action.map_or("", ActionType::as_str);
        !name.is_empty() && (form.also.starts_with(name) || action.starts_with(name))
    });
    match (by_name.as_slice(), by_other.as_slice()) {
        ([form], _) | ([], [form]) => Ok(form),
        ([], several @ [_, _, ..]) => {
            let names: Vec<&str> = several.iter().map(|form| form.name).collect();
            Err(format!("that could be {}", names.join(", ")))
        }
        _ => {
            let names = FORMS.iter().map(|form| form.name);
            let help = nearest(name, names).map_or_else(String::new, |name| format!("did you mean `{name}`? "));
            Err(format!("there is no such command; {help}type ? to see what there is"))
        }
    }
}

/// The choice with this number, else the only one that begins so, else what was typed.
fn chosen(typed: &str, choices: &[String]) -> Result<String, String> {
    if choices.iter().any(|choice| choice == typed) {
        return Ok(typed.to_owned());
    }
    if !choices.is_empty()
        && let Ok(number) = typed.parse::<usize>()
    {
        let choice = number.checked_sub(1).and_then(|at| choices.get(at));
        return choice.cloned().ok_or_else(|| format!("the numbers go from 1 to {}", choices.len()));
    }
    let mut near = choices.iter().filter(|choice| choice.starts_with(typed));
    match (near.next(), near.next()) {
        (Some(choice), None) => Ok(choice.clone()),
        (Some(_), Some(_)) => {
            let all: Vec<&str> =
                choices.iter().filter(|choice| choice.starts_with(typed)).map(String::as_str).collect();
            Err(format!("that could be {}", all.join(", ")))
        }
        _ => Ok(typed.to_owned()),
    }
}

/// What can stand at the end of a line that has been typed so far: where it begins, and the words.
pub(super) fn complete(line: &str, choices: &Choices) -> (usize, Vec<String>) {
    let Some((name, argument)) = line.split_once(char::is_whitespace) else {
        let names = FORMS.iter().map(|form| form.name).filter(|name| name.starts_with(line));
        return (0, names.map(|name| format!("{name} ")).collect());
    };
    let argument = argument.trim_start();
    let form = find(&name.to_lowercase()).ok();
    let words = form.and_then(|form| form.action).map_or(&[][..], |action| choices.of(action));
    let fitting = words.iter().filter(|word| word.starts_with(argument)).cloned().collect();
    (line.len() - argument.len(), fitting)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn choices() -> Choices {
        let list = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect();
        Choices { records: list(&["order", "payment", "pay_slip"]), codes: list(&["refund", "replace"]) }
    }

    /// The action's name and argument, or the word for anything else.
    fn check(line: &str, expect: &str) {
        let found = match parse_command(line, &choices()) {
            Ok(Command::Act(action)) => {
                format!("{} {}", action.action_type.as_str(), action.argument().unwrap_or_default())
            }
            Ok(other) => format!("{other:?}"),
            Err(why) => format!("error: {why}"),
        };
        assert!(found.trim_end().starts_with(expect), "{line}: {found}");
    }

    #[test]
    fn first_letters_differ() {
        let letters: BTreeSet<char> = FORMS.iter().filter_map(|form| form.name.chars().next()).collect();
        assert_eq!(letters.len(), FORMS.len());
    }

    #[test]
    fn lines_are_read_short_and_long() {
        check("t", "review_ticket");
        check("  REVIEW_ticket ", "review_ticket");
        check("i order", "inspect_artifact order");
        check("inspect 2", "inspect_artifact payment");
        check("inspect ord", "inspect_artifact order");
        check("inspect pay", "error: that could be payment, pay_slip");
        check("inspect nowhere", "inspect_artifact nowhere");
        check("inspect 9", "error: the numbers go from 1 to 3");
        check("i", "error: inspect what?");
        check("p damaged items", "search_policy damaged items");
        check("search 7", "search_policy 7");
        check("d  We are sorry.", "draft_reply We are sorry.");
        check("draft", "Write");
        check("s 1", "submit_resolution refund");
        check("submit re", "error: that could be refund, replace");
        check("reply We are sorry.", "draft_reply We are sorry.");
        check("record 1", "inspect_artifact order");
        check("review", "review_ticket");
        check("r We are sorry.", "error: that could be ticket, inspect, draft, submit");
        check("t We are sorry.", "error: ticket stands alone");
        check("?", "Help");
        check("c", "Case");
        check("q", "Quit");
        check("", "error: there is no such command");
        check("x", "error: there is no such command");
    }

    #[test]
    fn words_are_completed_where_they_stand() {
        let check = |line: &str, at: usize, expect: &[&str]| {
            assert_eq!(
                complete(line, &choices()),
                (at, expect.iter().map(|&word| word.to_owned()).collect()),
                "{line}"
            );
        };
        check("in", 0, &["inspect "]);
        check("i pa", 2, &["payment", "pay_slip"]);
        check("submit  ref", 8, &["refund"]);
        check("policy re", 7, &[]);
        check("nothing re", 8, &[]);
    }
}
