//! All loaded packs together, and how a reset picks one task of them.

use std::collections::HashMap;
use std::sync::Arc;

use crate::protocol::{Difficulty, ResetRequest};

use super::{Split, Task, TaskPack};

/// The packs a server or a run plays, with every task in the fixed order: packs as given, then easy, medium, hard,
/// then id.
#[derive(Debug)]
pub struct Catalog {
    packs: Vec<TaskPack>,
    tasks: Vec<Arc<Task>>,
    by_id: HashMap<Arc<str>, usize>,
}

/// Why a reset picked nothing. The text names what would be valid.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct SelectError {
    /// The field of the request that is at fault.
    pub field: &'static str,
    /// What was wrong and what would be valid.
    pub message: String,
}

impl Catalog {
    /// The packs in the order they were given.
    pub fn new(packs: Vec<TaskPack>) -> Catalog {
        let tasks: Vec<Arc<Task>> = packs.iter().flat_map(|pack| pack.tasks.iter().cloned()).collect();
        let by_id = tasks.iter().enumerate().map(|(at, task)| (task.id.clone(), at)).collect();
        Catalog { packs, tasks, by_id }
    }

    /// The packs, in the order they were given.
    pub fn packs(&self) -> &[TaskPack] {
        &self.packs
    }

    /// Every task, in the fixed order.
    pub fn tasks(&self) -> &[Arc<Task>] {
        &self.tasks
    }

    /// The task with exactly this id.
    pub fn get(&self, id: &str) -> Option<&Arc<Task>> {
        self.by_id.get(id).map(|&at| &self.tasks[at])
    }

    /// The task that the request asks for. `cursor` is the session's own place in the order: it moves only when the
    /// request names neither a task, an index nor a seed.
    ///
    /// # Errors
    /// An unknown task, split or difficulty, an index out of range, or a task outside of the narrowed set.
    pub fn select(&self, request: &ResetRequest, cursor: &mut usize) -> Result<&Arc<Task>, SelectError> {
        let split = request.split.as_deref().map(parse_split).transpose()?;
        let difficulty = request.difficulty.as_deref().map(parse_difficulty).transpose()?;
        let within = |task: &Task| {
            split.is_none_or(|split| task.split == split) && difficulty.is_none_or(|level| task.difficulty == level)
        };

        if let Some(id) = &request.task_id {
            let task = self.get(id).ok_or_else(|| self.unknown_task(id))?;
            return if within(task) { Ok(task) } else { Err(outside(task, request)) };
        }
        let narrowed = || self.tasks.iter().filter(|task| within(task));
        let count = narrowed().count();
        if count == 0 {
            return Err(self.empty_set(request));
        }
        let at = if let Some(index) = request.index {
            resolve_index(index, count)?
        } else if let Some(seed) = request.seed {
            usize::try_from(seed % count as u64).expect("the remainder is below a usize")
        } else {
            let at = *cursor % count;
            *cursor = at + 1;
            at
        };
        Ok(narrowed().nth(at).expect("the index was taken modulo the count"))
    }

    fn unknown_task(&self, id: &str) -> SelectError {
        let near = nearest(id, self.tasks.iter().map(|task| &*task.id), 3);
        let message = format!("unknown task_id `{}`; the nearest are {}", shorten(id), list(&near));
        SelectError { field: "task_id", message }
    }

    fn empty_set(&self, request: &ResetRequest) -> SelectError {
        let field = if request.split.is_some() { "split" } else { "difficulty" };
        let asked: Vec<String> = [("split", &request.split), ("difficulty", &request.difficulty)]
            .iter()
            .filter_map(|(name, value)| value.as_ref().map(|value| format!("{name} `{value}`")))
            .collect();
        let mut held: Vec<String> = Vec::new();
        for task in &self.tasks {
            let pair = format!("{}/{}", task.split.as_str(), task.difficulty.as_str());
            if !held.contains(&pair) {
                held.push(pair);
            }
        }
        let held = if held.is_empty() {
            "no task is loaded".to_owned()
        } else {
            format!("there are tasks in {}", held.join(", "))
        };
        SelectError { field, message: format!("no task with {}; {held}", asked.join(" and ")) }
    }
}

fn parse_split(name: &str) -> Result<Split, SelectError> {
    Split::ALL.into_iter().find(|split| split.as_str() == name).ok_or_else(|| SelectError {
        field: "split",
        message: format!("unknown split `{}`; it is one of `train`, `validation`, `test`", shorten(name)),
    })
}

fn parse_difficulty(name: &str) -> Result<Difficulty, SelectError> {
    Difficulty::ALL.into_iter().find(|level| level.as_str() == name).ok_or_else(|| SelectError {
        field: "difficulty",
        message: format!("unknown difficulty `{}`; it is one of `easy`, `medium`, `hard`", shorten(name)),
    })
}

fn resolve_index(index: i64, count: usize) -> Result<usize, SelectError> {
    let at = if index < 0 { i128::from(index) + count as i128 } else { i128::from(index) };
    usize::try_from(at).ok().filter(|&at| at < count).ok_or_else(|| SelectError {
        field: "index",
        message: format!("index {index} is out of range; it is -{count} to {} here", count - 1),
    })
}

fn outside(task: &Task, request: &ResetRequest) -> SelectError {
    let field = match &request.split {
        Some(split) if split != task.split.as_str() => "split",
        _ => "difficulty",
    };
    SelectError {
        field,
        message: format!(
            "task `{}` has split `{}` and difficulty `{}`, which the request rules out",
            task.id,
            task.split.as_str(),
            task.difficulty.as_str()
        ),
    }
}

/// The `most` names nearest to what was written, nearest first.
fn nearest<'a>(written: &str, names: impl Iterator<Item = &'a str>, most: usize) -> Vec<&'a str> {
    let written: String = written.chars().take(crate::protocol::MAX_ID_BYTES).collect();
    let mut ranked: Vec<(f64, &str)> = names.map(|name| (strsim::jaro_winkler(&written, name), name)).collect();
    ranked.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(b.1)));
    ranked.into_iter().take(most).map(|(_, name)| name).collect()
}

fn list(names: &[&str]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

/// An echo of a caller's text, cut so that an answer stays small.
fn shorten(text: &str) -> String {
    const MOST: usize = 80;
    if text.chars().count() <= MOST { text.to_owned() } else { text.chars().take(MOST).chain(['…']).collect() }
}
