//! `reserved-id`: an id that the protocol uses itself.

use crate::diag::{Code, Diagnostic, Sink};
use crate::lint::{Edit, Example, PackNotes, Rule, Stage};
use crate::pack::raw::{Field, Id, Maybe, RawPolicy};
use crate::pack::{AuthoredFile, AuthoredPack, AuthoredTask};
use crate::protocol::ActionType;

pub(super) const RULE: Rule = Rule {
    code: Code::ReservedId,
    why: "A task id may become part of an address, and the first segments of the server's own routes are taken. An \
          artifact or a policy whose id is the name of an action, or `ticket`, makes evidence keys and prompts \
          ambiguous.",
    mend: "Choose an id that says what the case or the record is about.",
    example: Example { bad: &[Edit::Replace("mug.toml", "id = \"newsletter\"", "id = \"ticket\"")], good: &[] },
    stages: &[Stage::Task(check_task), Stage::Pack(check_pack)],
};

/// The first segments of the routes of the contract and of the server's own.
const ROUTES: &[&str] = &[
    "close",
    "docs",
    "health",
    "list_environments",
    "list_splits",
    "list_tasks",
    "list_tools",
    "mcp",
    "metadata",
    "metrics",
    "num_tasks",
    "openapi.json",
    "ready",
    "redoc",
    "reset",
    "schema",
    "sessions",
    "state",
    "step",
    "task",
    "task_range",
    "tasks",
    "tools",
    "web",
    "ws",
];

fn check_task(task: &AuthoredTask<'_>, sink: &mut Sink) {
    if let Some((id, place)) = task.raw.id.spanned()
        && ROUTES.contains(&id.as_str())
    {
        let message = format!("task id `{}` is the address of a route", id.as_str());
        let diagnostic = Diagnostic::new(Code::ReservedId, task.file.span(place), message);
        sink.push(diagnostic.with_help("choose an id that says what the case is about".to_owned()));
    }
    for artifact in task.raw.artifacts.get().into_iter().flat_map(|list| list.iter()).filter_map(Field::get) {
        check_name("artifact", &artifact.id, &task.file, sink);
    }
    check_policies(&task.raw.policies, &task.file, sink);
}

fn check_pack(pack: &AuthoredPack<'_>, _: &PackNotes, sink: &mut Sink) {
    check_policies(&pack.raw.policies, &pack.file, sink);
}

fn check_policies(policies: &Maybe<Vec<Field<RawPolicy>>>, file: &AuthoredFile<'_>, sink: &mut Sink) {
    for policy in policies.items().iter().filter_map(Field::get) {
        check_name("policy", &policy.id, file, sink);
    }
}

fn check_name(kind: &str, id: &Field<Id>, file: &AuthoredFile<'_>, sink: &mut Sink) {
    let Some((id, place)) = id.spanned() else { return };
    let what = match id.as_str() {
        "ticket" => "the evidence key of the ticket",
        id if ActionType::ALL.iter().any(|action| action.as_str() == id) => "the name of an action",
        _ => return,
    };
    let message = format!("{kind} id `{}` is {what}", id.as_str());
    let diagnostic = Diagnostic::new(Code::ReservedId, file.span(place), message);
    sink.push(diagnostic.with_help(format!("choose an id that says what the {kind} holds")));
}
