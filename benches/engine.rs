//! Loading and checking 1,000 tasks, one step, one grade. `cargo bench --bench engine`
//!
//! Loading is compared, in the same run, with what its libraries cost alone:
//! parsing the same files with `toml` and validating them with `jsonschema`.

#![allow(clippy::print_stdout, reason = "a benchmark prints its figures")]

mod meter;

use std::fs;
use std::hint::black_box;
use std::path::Path;
use std::sync::Arc;

use meter::measure;
use support_ops_env::agent::Oracle;
use support_ops_env::episode::Episode;
use support_ops_env::pack::{FileKind, load, load_embedded};
use support_ops_env::protocol::{ActionType, ToolUseAction};
use support_ops_env::task::Catalog;

const TASKS: usize = 1000;

fn main() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let texts = write_pack(folder.path());
    let bytes: usize = texts.iter().map(String::len).sum();
    println!("{TASKS} tasks, {bytes} bytes, {} lines each\n", texts[0].lines().count());

    let validator = jsonschema::draft202012::new(FileKind::Task.schema()).expect("a valid schema");
    let floor = measure("floor: toml and jsonschema alone, 1,000 files", 1, || {
        for text in &texts {
            let value: serde_json::Value = toml::from_str(text).expect("sound TOML");
            // Dates are tables to the `toml` crate's serde, so the verdict is not asked for, only its cost.
            black_box(validator.is_valid(&value));
        }
    });
    let one = [folder.path().join("task-0.toml")];
    measure("load: one task with its pack, from disk", 20, || {
        black_box(load(&one).expect("a readable pack"));
    });
    let start = std::time::Instant::now();
    let loaded = load(&[folder.path()]).expect("a readable pack");
    assert!(loaded.errors.is_empty(), "{:?}", loaded.errors.first());
    println!("{:<52} {:>10.2} ms wall, all cores", "load: 1,000 tasks, from disk", start.elapsed().as_secs_f64() * 1e3);
    let single = single_threaded(folder.path());
    println!("{:<52} {:>10.2} times the floor\n", "load: 1,000 tasks, CPU", single / floor);

    let catalog = Catalog::new(load_embedded().packs);
    for task in catalog.tasks() {
        let path = Oracle::path(task);
        let mut fresh = Episode::start(task.clone(), Arc::from("bench"), None);
        for action in &path[..path.len() - 1] {
            fresh.step(action);
        }
        let submit = path.last().expect("a winning path ends with a submit");
        println!("{}", task.id);
        let look = ToolUseAction::new(ActionType::ReviewTicket, None);
        let looking = Episode::start(task.clone(), Arc::from("bench"), None);
        let clone = measure("  (copying an episode, part of the next three)", 2000, || {
            black_box(looking.clone());
        });
        measure("  step: review_ticket", 2000, || {
            black_box(looking.clone().step(&look));
        });
        let Some(draft) = path.iter().find(|action| action.action_type == ActionType::DraftReply) else { continue };
        measure("  step: draft_reply, which judges the reply", 500, || {
            black_box(looking.clone().step(draft));
        });
        measure("  step: submit_resolution, which grades", 2000, || {
            black_box(fresh.clone().step(submit));
        });
        black_box(clone);
    }
}

/// A pack of copies of a shipped task under other ids; returns their texts.
fn write_pack(folder: &Path) -> Vec<String> {
    let tasks = Path::new(env!("CARGO_MANIFEST_DIR")).join("tasks");
    fs::copy(tasks.join("pack.toml"), folder.join("pack.toml")).expect("the pack's manifest");
    let text = fs::read_to_string(tasks.join("duplicate-charge-refund.toml")).expect("a shipped task");
    (0..TASKS)
        .map(|number| {
            let text = text.replace("\"duplicate-charge-refund\"", &format!("\"task-{number}-x\""));
            fs::write(folder.join(format!("task-{number}.toml")), &text).expect("a writable folder");
            text
        })
        .collect()
}

/// CPU microseconds of loading the pack, its tasks one after another: the process' own account before and after.
fn single_threaded(folder: &Path) -> f64 {
    let ticks = || -> f64 {
        let stat = fs::read_to_string("/proc/self/stat").unwrap_or_default();
        let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
        let of = |at: usize| fields.get(at).and_then(|field| field.parse::<f64>().ok()).unwrap_or(0.0);
        // User and system time, in hundredths of a second.
        (of(11) + of(12)) * 10_000.0
    };
    const LOADS: usize = 10;
    let before = ticks();
    for _ in 0..LOADS {
        black_box(load(&[folder]).expect("a readable pack"));
    }
    let each = (ticks() - before) / LOADS as f64;
    println!("{:<52} {each:>10.2} µs, all threads", "load: 1,000 tasks, CPU of the process");
    each
}
