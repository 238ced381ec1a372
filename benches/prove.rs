//! Proving tasks: the shipped ones, and 1,000 generated. `cargo bench --bench prove`

#![allow(clippy::print_stdout, reason = "a benchmark prints its figures")]

mod meter;

use std::hint::black_box;
use std::path::Path;
use std::time::Instant;

use meter::measure;
use support_ops_env::pack::{load, load_embedded};
use support_ops_env::prove::TaskProof;
use support_ops_env::task::Catalog;

const TASKS: usize = 1000;

fn main() {
    let catalog = Catalog::new(load_embedded().packs);
    println!("limit: 50 ms of CPU per task\n");
    for task in catalog.tasks() {
        measure(&format!("prove {}", task.id), 20, || {
            black_box(TaskProof::of(task, catalog.tasks()));
        });
    }
    let folder = tempfile::tempdir().expect("a temporary folder");
    write_pack(folder.path());
    let loaded = load(&[folder.path()]).expect("a readable pack");
    let catalog = loaded.into_catalog().unwrap_or_else(|loaded| panic!("{:?}", loaded.errors.first()));
    let start = Instant::now();
    for task in catalog.tasks() {
        black_box(TaskProof::of(task, catalog.tasks()));
    }
    let taken = start.elapsed().as_secs_f64();
    println!("\n{:<52} {taken:>10.2} s on one core (limit: 30 s on two)", format!("prove {TASKS} generated tasks"));
}

/// The shipped pack with its tasks copied under new ids.
fn write_pack(folder: &Path) {
    let tasks = Path::new(env!("CARGO_MANIFEST_DIR")).join("tasks");
    let read = |name: &str| std::fs::read_to_string(tasks.join(name)).expect("the shipped pack");
    std::fs::write(folder.join("pack.toml"), read("pack.toml")).expect("written");
    let names: Vec<String> = std::fs::read_dir(&tasks)
        .expect("the shipped pack")
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .filter(|name| name.ends_with(".toml") && name != "pack.toml")
        .collect();
    for number in 0..TASKS {
        let text = read(&names[number % names.len()]);
        let id = text.lines().find(|line| line.starts_with("id = ")).expect("a task has an id").to_owned();
        let text = text.replacen(&id, &format!("id = \"task-{number}\""), 1);
        std::fs::write(folder.join(format!("task-{number}.toml")), text).expect("written");
    }
}
