//! What a server really sent: collected once, judged by many checks.

use std::time::{Duration, Instant};

use serde_json::{Map, Value, json};

use super::plan::Plan;
use super::trajectory::Trajectory;
use super::wire::{Socket, Subject, WireError};

/// The most trajectories that are played over the wire; the engine plays all of them.
const MAX_SERVED: usize = 64;
/// The most seeds that are tried.
const MAX_SEEDS: usize = 32;

/// One message and its answer, as they went over the wire.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Exchange {
    /// `reset`, `step` or `state`.
    pub(super) operation: &'static str,
    pub(super) request: String,
    pub(super) response: String,
}

/// One episode over the wire: each reset and step followed by a look at the state.
#[derive(Debug, Clone)]
pub(super) struct Trace {
    pub(super) plan: Plan,
    pub(super) exchanges: Vec<Exchange>,
}

/// Two resets with one seed.
#[derive(Debug, Clone)]
pub(super) struct SeedProbe {
    pub(super) seed: u64,
    pub(super) first: Value,
    pub(super) second: Value,
}

/// Something an agent can ask for before it has solved anything, with the answer.
#[derive(Debug, Clone)]
pub(super) struct Surface {
    pub(super) name: String,
    pub(super) answer: Value,
}

/// Everything that was asked of a server.
#[derive(Debug)]
pub struct Evidence {
    /// How long the server took to say that it is well.
    pub(super) health: Result<Duration, String>,
    pub(super) schema: Result<Value, String>,
    /// The plan's episode.
    pub(super) probe: Result<Trace, String>,
    /// The same in a session of its own, in one where another episode was left unfinished, and in one beside which
    /// another session acts.
    pub(super) again: Result<Trace, String>,
    pub(super) after_another: Result<Trace, String>,
    pub(super) beside_another: Result<Trace, String>,
    /// The trajectories, each twice.
    pub(super) played: Vec<Result<(Trace, Trace), String>>,
    pub(super) seeds: Result<Vec<SeedProbe>, String>,
    pub(super) tools: Result<Vec<String>, String>,
    pub(super) tasks: Result<Vec<Value>, String>,
    pub(super) surfaces: Result<Vec<Surface>, String>,
}

impl Evidence {
    /// Asks the server everything that the runtime checks need. `tasks` are the ids that it should serve.
    pub fn collect(subject: &Subject, plan: &Plan, trajectories: &[Trajectory], tasks: &[&str]) -> Evidence {
        let began = Instant::now();
        let said = |error: WireError| error.to_string();
        let health = match subject.get("/health") {
            Ok(answer) if answer["status"] == "healthy" => Ok(began.elapsed()),
            Ok(answer) => Err(format!("/health answered {answer}")),
            Err(error) => Err(said(error)),
        };
        if let Err(why) = &health {
            return Evidence::none(why);
        }
        let disturbance = disturbance(plan, trajectories);
        let alone =
            || subject.socket("/ws").and_then(|mut socket| ended(episode(&mut socket, plan, |_| Ok(())), socket));
        let after_another = || {
            let mut socket = subject.socket("/ws")?;
            let half = disturbance.actions.len() / 2;
            let mut unfinished = disturbance.clone();
            unfinished.actions.truncate(half);
            episode(&mut socket, &unfinished, |_| Ok(()))?;
            ended(episode(&mut socket, plan, |_| Ok(())), socket)
        };
        let beside_another = || {
            let mut other = subject.socket("/ws")?;
            reset(&mut other, &disturbance)?;
            let mut actions = disturbance.actions.iter();
            let mut socket = subject.socket("/ws")?;
            let disturb = |_: usize| match actions.next() {
                Some(action) => step(&mut other, action).map(|_| ()),
                None => reset(&mut other, &disturbance).map(|_| ()),
            };
            let trace = episode(&mut socket, plan, disturb);
            let trace = ended(trace, socket);
            other.close();
            trace
        };
        let twice = |(number, trajectory): (usize, &Trajectory)| {
            let plan = trajectory.plan(number + 1);
            let one =
                || subject.socket("/ws").and_then(|mut socket| ended(episode(&mut socket, &plan, |_| Ok(())), socket));
            Ok((one().map_err(said)?, one().map_err(said)?))
        };
        Evidence {
            health,
            schema: subject.get("/schema").map_err(said),
            probe: alone().map_err(said),
            again: alone().map_err(said),
            after_another: after_another().map_err(said),
            beside_another: beside_another().map_err(said),
            played: trajectories.iter().take(MAX_SERVED).enumerate().map(twice).collect(),
            seeds: seeds(subject, tasks.len().min(MAX_SEEDS)).map_err(said),
            tools: tools(subject).map_err(said),
            tasks: listed_tasks(subject).map_err(said),
            surfaces: surfaces(subject, &tasks[..tasks.len().min(MAX_SERVED)]).map_err(said),
        }
    }

    /// What is known of a server that does not answer: nothing.
    pub fn none(why: &str) -> Evidence {
        let none = || Err(why.to_owned());
        Evidence {
            health: Err(why.to_owned()),
            schema: Err(why.to_owned()),
            probe: none(),
            again: none(),
            after_another: none(),
            beside_another: none(),
            played: Vec::new(),
            seeds: Err(why.to_owned()),
            tools: Err(why.to_owned()),
            tasks: Err(why.to_owned()),
            surfaces: Err(why.to_owned()),
        }
    }

    /// Every episode that was played, the plan's first.
    pub(super) fn traces(&self) -> impl Iterator<Item = &Trace> {
        let played = self.played.iter().filter_map(|played| played.as_ref().ok()).map(|(trace, _)| trace);
        self.probe.iter().chain(played)
    }
}

impl Trace {
    /// The answers to resets and steps, in order.
    pub(super) fn observations(&self) -> impl Iterator<Item = (usize, &Exchange)> {
        self.exchanges.iter().enumerate().filter(|(_, exchange)| exchange.operation != "state")
    }
}

/// What another client does meanwhile: a trajectory of another task than the plan's, else the plan itself.
fn disturbance(plan: &Plan, trajectories: &[Trajectory]) -> Plan {
    let own = plan.reset.options.get("task_id").and_then(Value::as_str);
    let other = trajectories.iter().find(|trajectory| Some(&*trajectory.task_id) != own);
    other.map_or_else(
        || Plan::new("another-episode".to_owned(), 1, plan.reset.options.clone(), plan.actions.clone()),
        |trajectory| trajectory.plan(0),
    )
}

/// Plays a plan; `between` is called before every message.
fn episode(
    socket: &mut Socket,
    plan: &Plan,
    mut between: impl FnMut(usize) -> Result<(), WireError>,
) -> Result<Trace, WireError> {
    let mut exchanges = vec![reset(socket, plan)?];
    exchanges.push(state(socket)?);
    for action in &plan.actions {
        if is_done(&exchanges[exchanges.len() - 2].response) {
            break;
        }
        between(exchanges.len())?;
        exchanges.push(step(socket, action)?);
        between(exchanges.len())?;
        exchanges.push(state(socket)?);
    }
    Ok(Trace { plan: plan.clone(), exchanges })
}

fn ended(trace: Result<Trace, WireError>, socket: Socket) -> Result<Trace, WireError> {
    socket.close();
    trace
}

fn reset(socket: &mut Socket, plan: &Plan) -> Result<Exchange, WireError> {
    exchange(socket, "reset", Some(plan.reset_data()))
}

fn step(socket: &mut Socket, action: &Map<String, Value>) -> Result<Exchange, WireError> {
    exchange(socket, "step", Some(action.clone()))
}

fn state(socket: &mut Socket) -> Result<Exchange, WireError> {
    exchange(socket, "state", None)
}

fn exchange(
    socket: &mut Socket,
    operation: &'static str,
    data: Option<Map<String, Value>>,
) -> Result<Exchange, WireError> {
    let request = match data {
        Some(data) => json!({ "type": operation, "data": data }),
        None => json!({ "type": operation }),
    };
    let request = request.to_string();
    let response = socket.ask(&request)?;
    let kind = if operation == "state" { "state" } else { "observation" };
    let answer: Value = serde_json::from_str(&response)
        .map_err(|error| WireError::Answer(format!("{operation} answered no JSON: {error}")))?;
    if answer["type"] != kind || !answer["data"].is_object() {
        let code = answer["data"]["code"].as_str().unwrap_or("another frame than expected");
        return Err(WireError::Answer(format!("{operation} answered {code}")));
    }
    Ok(Exchange { operation, request, response })
}

fn is_done(response: &str) -> bool {
    serde_json::from_str::<Value>(response).is_ok_and(|answer| answer["data"]["done"] == true)
}

/// Resets with every seed up to as many as there are tasks, each twice and in another order.
fn seeds(subject: &Subject, count: usize) -> Result<Vec<SeedProbe>, WireError> {
    let mut socket = subject.socket("/ws")?;
    let mut ask = |seed: u64| {
        let data = json!({ "seed": seed, "episode_id": format!("seed-{seed}") });
        let exchange = exchange(&mut socket, "reset", data.as_object().cloned())?;
        Ok::<Value, WireError>(serde_json::from_str(&exchange.response).unwrap_or_default())
    };
    let seeds = 0..count.max(2) as u64;
    let first = seeds.clone().map(&mut ask).collect::<Result<Vec<_>, _>>()?;
    let mut second = seeds.clone().rev().map(&mut ask).collect::<Result<Vec<_>, _>>()?;
    second.reverse();
    socket.close();
    Ok(seeds
        .zip(first.into_iter().zip(second))
        .map(|(seed, (first, second))| SeedProbe { seed, first, second })
        .collect())
}

fn rpc(method: &str, params: Value) -> Value {
    json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params })
}

fn tools(subject: &Subject) -> Result<Vec<String>, WireError> {
    let answer = subject.post("/mcp", &rpc("tools/list", json!({})))?;
    let tools = answer["result"]["tools"].as_array();
    let tools = tools.ok_or_else(|| WireError::Answer("tools/list lists no tools".to_owned()))?;
    Ok(tools.iter().filter_map(|tool| tool["name"].as_str()).map(str::to_owned).collect())
}

fn listed_tasks(subject: &Subject) -> Result<Vec<Value>, WireError> {
    let answer = subject.get("/tasks")?;
    let tasks = answer["tasks"].as_array();
    tasks.cloned().ok_or_else(|| WireError::Answer("/tasks lists no tasks".to_owned()))
}

/// What an agent can ask for through its own interface before it has drafted or submitted anything.
fn surfaces(subject: &Subject, tasks: &[&str]) -> Result<Vec<Surface>, WireError> {
    let surface = |name: String, answer: Value| Surface { name, answer };
    let mut all = vec![
        surface("GET /tasks".to_owned(), subject.get("/tasks")?),
        surface("GET /metadata".to_owned(), subject.get("/metadata")?),
        surface("tools/list".to_owned(), subject.post("/mcp", &rpc("tools/list", json!({})))?),
    ];
    let mut socket = subject.socket("/mcp")?;
    let mut call = |name: &str, arguments: Value| {
        let answer = socket.ask(&rpc("tools/call", json!({ "name": name, "arguments": arguments })).to_string())?;
        serde_json::from_str(&answer).map_err(|error| WireError::Answer(format!("{name} answered no JSON: {error}")))
    };
    all.push(surface("list_tasks".to_owned(), call("list_tasks", json!({}))?));
    for task in tasks {
        all.push(surface(format!("start_task {task}"), call("start_task", json!({ "task_id": task }))?));
        all.push(surface(format!("review_ticket of {task}"), call("review_ticket", json!({}))?));
    }
    Ok(all)
}

#[cfg(test)]
pub(super) mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::episode::Episode;
    use crate::pack::load_embedded;
    use crate::protocol::{
        ResetRequest, StepResult, ToolUseAction, render_ws_observation, render_ws_state, schema_document, tools,
    };
    use crate::task::Catalog;
    use crate::validate::trajectory::trajectories;

    /// The built-in tasks.
    pub(in crate::validate) fn catalog() -> Catalog {
        load_embedded().into_catalog().expect("the built-in pack is sound")
    }

    /// What a faultless server would have sent: the engine's own answers, as frames.
    pub(in crate::validate) fn faultless(catalog: &Catalog) -> Evidence {
        let plan = Plan::parse(include_str!("../../validation/runtime.json")).expect("a plan");
        let probe = || Ok(trace(catalog, &plan));
        let played = trajectories(catalog).into_iter().enumerate().map(|(number, trajectory)| {
            let plan = trajectory.plan(number + 1);
            Ok((trace(catalog, &plan), trace(catalog, &plan)))
        });
        let seed_probe = |seed: u64| {
            let request = ResetRequest { seed: Some(seed), ..ResetRequest::default() };
            let task = catalog.select(&request, &mut 0).expect("a task").clone();
            let frame = parse(&render_ws_observation(&Episode::start(task, "seed".into(), Some(seed)).observe()));
            SeedProbe { seed, first: frame.clone(), second: frame }
        };
        let task_list = |task: &Arc<crate::task::Task>| json!({ "id": &*task.id, "split": task.split.as_str() });
        let list: Vec<Value> = catalog.tasks().iter().map(task_list).collect();
        Evidence {
            health: Ok(Duration::from_millis(1)),
            schema: Ok(schema_document()),
            probe: probe(),
            again: probe(),
            after_another: probe(),
            beside_another: probe(),
            played: played.collect(),
            seeds: Ok((0..catalog.tasks().len() as u64).map(seed_probe).collect()),
            tools: Ok(tools().iter().map(|tool| tool.name.to_owned()).collect()),
            surfaces: Ok(vec![Surface { name: "GET /tasks".to_owned(), answer: json!({ "tasks": list }) }]),
            tasks: Ok(list),
        }
    }

    fn trace(catalog: &Catalog, plan: &Plan) -> Trace {
        let id = plan.reset.options["task_id"].as_str().expect("a task");
        let task = catalog.get(id).expect("it is there").clone();
        let mut episode = Episode::start(task, plan.reset.episode_id.as_str().into(), Some(plan.reset.seed.into()));
        let sent = |operation, data: Value, response: String| Exchange {
            operation,
            request: json!({ "type": operation, "data": data }).to_string(),
            response,
        };
        let frame = |step: &StepResult| render_ws_observation(step);
        let mut exchanges = vec![
            sent("reset", plan.reset_data().into(), frame(&episode.observe())),
            sent("state", Value::Null, render_ws_state(&episode.state())),
        ];
        for action in &plan.actions {
            if episode.is_done() {
                break;
            }
            let data = Value::from(action.clone());
            let action: ToolUseAction = serde_json::from_value(data.clone()).expect("an action");
            let step = episode.step(&action);
            exchanges.push(sent("step", data, frame(&step)));
            exchanges.push(sent("state", Value::Null, render_ws_state(&episode.state())));
        }
        Trace { plan: plan.clone(), exchanges }
    }

    fn parse(text: &str) -> Value {
        serde_json::from_str(text).expect("JSON")
    }
}
