//! `support-ops validate`: the shipped package holds, every check can fail, and the report has OpenEnv's form.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;
use support_ops_env::pack::load;
use support_ops_env::validate::{CHECKS, Kind, Trajectory, render_trajectories, trajectories};

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// The package's files that matter here, in a folder of their own.
fn package() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    for name in ["openenv.yaml", "Dockerfile", "Cargo.toml", "Cargo.lock"] {
        fs::copy(root().join(name), folder.path().join(name)).expect("a copy");
    }
    for part in ["tasks", "validation"] {
        fs::create_dir(folder.path().join(part)).expect("a folder");
        for entry in fs::read_dir(root().join(part)).expect("it is part of the repository") {
            let path = entry.expect("an entry").path();
            fs::copy(&path, folder.path().join(part).join(path.file_name().expect("a name"))).expect("a copy");
        }
    }
    folder
}

fn run(folder: &Path, arguments: &[&str]) -> (String, Option<i32>) {
    let output = Command::new(env!("CARGO_BIN_EXE_support-ops"))
        .arg("validate")
        .arg(folder)
        .args(arguments)
        .output()
        .expect("the binary runs");
    (String::from_utf8(output.stdout).expect("output is text"), output.status.code())
}

fn report(folder: &Path, arguments: &[&str]) -> (Value, Option<i32>) {
    let (text, code) = run(folder, &[&["--json"], arguments].concat());
    (serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}")), code)
}

fn result<'a>(report: &'a Value, id: &str) -> &'a Value {
    let results = report["results"].as_array().expect("results");
    results.iter().find(|result| result["check_id"] == id).unwrap_or_else(|| panic!("{id} has no result"))
}

/// Changes one file of the package, and expects the check to fail for this reason.
fn check(file: &str, from: &str, to: &str, id: &str, part: &str) {
    let folder = package();
    let path = folder.path().join(file);
    let text = fs::read_to_string(&path).expect("a file");
    let changed = text.replacen(from, to, 1);
    assert_ne!(text, changed, "{file} holds no `{from}`");
    fs::write(&path, changed).expect("a file");
    fails(folder.path(), id, part);
}

/// Takes a file or folder out of the package, and expects the check to fail for this reason.
fn check_without(path: &str, id: &str, part: &str) -> tempfile::TempDir {
    let folder = package();
    let gone = folder.path().join(path);
    if gone.is_dir() { fs::remove_dir_all(gone) } else { fs::remove_file(gone) }.expect("it was there");
    fails(folder.path(), id, part);
    folder
}

fn fails(folder: &Path, id: &str, part: &str) {
    let (report, code) = report(folder, &[]);
    let result = result(&report, id);
    assert_eq!(result["status"], "fail", "{id}: {result}");
    assert!(result["evidence"].to_string().contains(part), "{id}: {result}");
    assert!(result["remediation"].is_string(), "{id} says what to do");
    let severe = !["static.image_hygiene", "static.layout"].contains(&id);
    assert_eq!(
        (report["verdict"].as_str(), code),
        if severe { (Some("fail"), Some(1)) } else { (Some("warn"), Some(0)) }
    );
}

/// What is left undecided of the shipped package, and nothing else.
const SKIPPED: [&str; 8] = [
    "static.reproducible_build",
    "static.layout",
    "static.sbom",
    "runtime.network_policy",
    "runtime.host_containment",
    "runtime.resource_bounds",
    "semantic.verifier_portability",
    "semantic.resource_envelope",
];

#[test]
fn the_shipped_package_holds() {
    let folder = package();
    let (report, code) = report(folder.path(), &["--profile", "openenv-v2"]);
    assert_eq!(code, Some(0));
    let results = report["results"].as_array().expect("results");
    let ids: Vec<&str> = results.iter().map(|result| result["check_id"].as_str().expect("an id")).collect();
    assert_eq!(ids, CHECKS.map(|check| check.id));
    for result in results {
        let id = result["check_id"].as_str().expect("an id");
        let expected = if SKIPPED.contains(&id) { "skip" } else { "pass" };
        assert_eq!(result["status"], expected, "{result}");
        assert!(!result["evidence"].as_array().expect("a list").is_empty(), "{id} says what was seen");
        let measured = !result["measured"].as_object().expect("an object").is_empty();
        assert!(measured || expected == "skip", "{id} measured something");
        assert_eq!(result["remediation"].is_string(), expected == "skip", "{id} says what to do, or nothing");
    }
    assert_eq!(report["verdict"], "warn");
}

#[test]
fn the_report_is_for_people_too() {
    let (text, code) = run(package().path(), &[]);
    assert_eq!(code, Some(0));
    for part in [
        "PASS  semantic.canary_floor",
        "SKIP  static.sbom",
        "Verdict: WARN (26 passed, 0 failed, 8 skipped): nothing failed",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
}

#[test]
fn what_is_no_package_cannot_be_validated() {
    let folder = tempfile::tempdir().expect("a folder");
    assert_eq!(run(folder.path(), &[]), (String::new(), Some(2)));
    assert_eq!(run(&folder.path().join("nowhere"), &[]), (String::new(), Some(2)));
    let package = package();
    fs::write(package.path().join("task.toml"), "").expect("a file");
    assert_eq!(run(package.path(), &[]), (String::new(), Some(2)));
    assert_eq!(run(&root(), &["--url", "https://env.example"]), (String::new(), Some(2)));
    let (document, code) = report(folder.path(), &[]);
    assert!(
        code == Some(2) && document["error"].as_str().is_some_and(|why| why.contains("openenv.yaml")),
        "{document}"
    );
}

#[test]
fn shipped_trajectories_are_the_generated_ones() {
    let catalog = load(&[root().join("tasks")]).expect("the pack").into_catalog().expect("it has no errors");
    let generated = trajectories(&catalog);
    let committed = fs::read_to_string(root().join("validation/canaries.jsonl")).unwrap_or_default();
    assert!(
        committed == render_trajectories(&generated),
        "validation/canaries.jsonl is out of date: run `support-ops validate --write-canaries`"
    );
    assert_eq!(Trajectory::parse_all(&committed).expect("trajectories"), generated);
    for task in catalog.tasks() {
        let of = |kind| generated.iter().filter(|it| it.kind == kind && it.task_id == *task.id).count();
        assert!(of(Kind::Oracle) == 1 && of(Kind::Floor) == 1 && of(Kind::Canary) > 3, "{}", task.id);
    }
}

#[test]
fn trajectories_are_written_where_they_are_declared() {
    const PATH: &str = "validation/canaries.jsonl";
    let folder = check_without(PATH, "semantic.canary_floor", "cannot be read");
    let (told, code) = run(folder.path(), &["--write-canaries"]);
    assert_eq!(code, Some(0));
    assert!(told.starts_with("wrote ") && told.contains(" of 3 tasks to ") && told.contains(PATH), "{told}");
    let read = |path: PathBuf| fs::read_to_string(path).expect("a file");
    assert_eq!(read(folder.path().join(PATH)), read(root().join(PATH)));
}

#[cfg(unix)]
#[test]
fn trajectories_stay_within_the_package() {
    let (folder, outside) = (package(), tempfile::tempdir().expect("a folder"));
    let own = folder.path().join("validation");
    let victim = outside.path().join("canaries.jsonl");
    fs::write(&victim, "mine").expect("a file");
    // A link in the file's own place is replaced.
    fs::remove_file(own.join("canaries.jsonl")).expect("it was there");
    std::os::unix::fs::symlink(&victim, own.join("canaries.jsonl")).expect("a link");
    assert_eq!(run(folder.path(), &["--write-canaries"]).1, Some(0));
    assert!(own.join("canaries.jsonl").symlink_metadata().expect("a file").is_file());
    // One on the way leads out.
    fs::remove_dir_all(&own).expect("it was there");
    std::os::unix::fs::symlink(outside.path(), &own).expect("a link");
    assert_eq!(run(folder.path(), &["--write-canaries"]), (String::new(), Some(2)));
    assert_eq!(fs::read_to_string(&victim).expect("a file"), "mine");
}

#[test]
fn broken_declarations_are_found() {
    let yaml = "openenv.yaml";
    check(yaml, "floor_margin: 0.65", "floor_margin: 0.05", "static.manifest", "0.05");
    check(yaml, "oracle_tolerance: 0.0", "oracle_tolerance: 0.5", "static.manifest", "0.5");
    check(yaml, "types:", "kinds:", "static.manifest", "types: is required");
    check(yaml, "memory_mb: 256", "memory_mb: 0", "static.resource_declaration", "memory_mb");
    check(yaml, "episode_timeout_s: 600.0", "episode_timeout_s: 7200.0", "static.timeout_ceiling", "7200");
    check(yaml, "- search_policy", "- search_policies", "runtime.tool_declaration_accuracy", "search_policies");
    check(yaml, "test: 3", "test: 4", "runtime.task_declaration_accuracy", "declared with 4 tasks and has 3");
    check(yaml, "test: 3", "train: 3", "runtime.task_declaration_accuracy", "not declared");
    check(yaml, "floor_margin: 0.65", "floor_margin: 0.95", "semantic.canary_floor", "more than the floor");
    check(
        yaml,
        "canaries: validation/canaries.jsonl",
        "canaries: ../canaries.jsonl",
        "semantic.canary_floor",
        "outside",
    );
    check(yaml, "range: [0.0, 1.0]", "range: [0.0, 2.0]", "semantic.oracle_max", "scores 1");
    check(yaml, "range: [0.0, 1.0]", "range: [0.0, 0.5]", "runtime.reward_well_formed", "pays 1");
    check(yaml, "range: [0.0, 1.0]\n", "range: [-1.0, 0.5]\n", "semantic.floor_gap", "scores 0");
}

#[test]
fn a_broken_image_or_lock_is_found() {
    let file = "Dockerfile";
    check(file, "FROM scratch\n", "FROM scratch\nCOPY tasks /tasks\n", "static.image_hygiene", "from the context");
    check(file, "FROM scratch\n", "FROM scratch\nADD tasks.tar.gz /\n", "static.layout", "tasks.tar.gz");
    check(file, "image.licenses", "image.license", "static.oci_labels", "image.licenses");
    check(file, "image.version=\"", "image.version=\"9", "static.oci_labels", "openenv.yaml");
    check(file, "rust:1.95-alpine", "rust:latest", "static.dependency_pinning", "rust:latest");
    check(file, "--locked", "", "static.dependency_pinning", "does not hold on");
    check("Cargo.lock", "checksum =", "sum =", "static.dependency_pinning", "without a checksum");
    check_without("Cargo.lock", "static.dependency_pinning", "Cargo.lock");
    check_without("tasks", "static.task_distribution_pinning", "no files of the package");
}

#[test]
fn a_broken_plan_stops_what_needs_a_server() {
    check("validation/runtime.json", "\"1\"", "\"2\"", "runtime.startup", "plan_schema_version");
    check("validation/runtime.json", "duplicate-charge-refund", "no-such-task", "runtime.startup", "VALIDATION_ERROR");
    let folder = package();
    fs::write(folder.path().join("validation/runtime.json"), "{}").expect("a file");
    let (report, _) = report(folder.path(), &[]);
    for id in ["runtime.seed_control", "semantic.oracle_max"] {
        let skipped = result(&report, id);
        assert_eq!(skipped["status"], "skip", "{skipped}");
        assert!(skipped["evidence"].to_string().contains("runtime.startup"), "{skipped}");
    }
}

#[test]
fn flawed_tasks_are_found() {
    let task = "tasks/duplicate-charge-refund.toml";
    check(task, "max_steps = 10", "max_steps = 3", "semantic.oracle_max", "duplicate-charge-refund");
    check(task, "refund the extra capture.", "refund duplicate charge.", "semantic.no_solution_leakage", "objective");
    let folder = package();
    let path = folder.path().join(task);
    let text = fs::read_to_string(&path).expect("a task");
    let catalog = load(&[root().join("tasks")]).expect("the pack").into_catalog().expect("it has no errors");
    let reply = catalog.get("duplicate-charge-refund").and_then(|task| task.oracle_reply.clone()).expect("a reply");
    let told = text.replacen("message = \"\"\"\n", &format!("message = \"\"\"\n{reply}\n"), 1);
    fs::write(&path, told).expect("a file");
    fails(folder.path(), "semantic.no_solution_leakage", "holds the reference reply");
    fails(folder.path(), "runtime.oracle_containment", "holds the reference reply");
}

#[test]
fn flawed_canaries_are_found() {
    let file = "validation/canaries.jsonl";
    check(file, "\"score\":0.05", "\"score\":0.9", "semantic.canary_floor", "0.9 is on file");
    check(file, "\"score\":0.05", "\"scored\":0.05", "semantic.canary_floor", "is no trajectory");
    let folder = package();
    let path = folder.path().join(file);
    let text = fs::read_to_string(&path).expect("a file");
    let fewer: String =
        text.lines().filter(|line| !line.contains("damaged-mug")).map(|line| format!("{line}\n")).collect();
    fs::write(&path, fewer).expect("a file");
    fails(folder.path(), "semantic.canary_floor", "no canary is on file for `damaged-mug-replacement`");
}
