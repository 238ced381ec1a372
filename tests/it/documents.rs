//! What the documents show is true: the README's task and outputs, links, settings, and what the package declares.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;
use support_ops_env::protocol::tools;

const README: &str = include_str!("../../README.md");

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// The README's first block of this language that holds `mark`.
fn block(language: &str, mark: &str) -> String {
    let blocks = README.split("\n```").skip(1).step_by(2);
    let texts = blocks.filter_map(|block| block.strip_prefix(language)?.strip_prefix('\n'));
    let found = texts.map(|text| format!("{text}\n")).find(|text| text.contains(mark));
    found.unwrap_or_else(|| panic!("the README has no {language} block with {mark}"))
}

/// What the binary writes to stdout, without blanks at the ends of lines, and its exit code.
fn run(folder: &Path, arguments: &[&str]) -> (String, Option<i32>) {
    let output = Command::new(env!("CARGO_BIN_EXE_support-ops"))
        .args(arguments)
        .current_dir(folder)
        .output()
        .expect("the binary runs");
    let text = String::from_utf8(output.stdout).expect("output is text");
    (text.lines().map(|line| format!("{}\n", line.trim_end())).collect(), output.status.code())
}

/// A folder as the README's reader has it: the shipped pack copied to `my-tasks`, with the README's task in it.
fn readers_folder(change: impl Fn(String) -> String) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let pack = folder.path().join("my-tasks");
    fs::create_dir(&pack).expect("a new folder");
    for entry in fs::read_dir(root().join("tasks")).expect("the shipped pack") {
        let path = entry.expect("an entry").path();
        fs::copy(&path, pack.join(path.file_name().expect("a name"))).expect("a copy");
    }
    fs::write(pack.join("cracked-vase-refund.toml"), change(block("toml", "schema_version"))).expect("a file");
    folder
}

#[test]
fn the_readmes_task_is_clean_and_can_be_won() {
    let folder = readers_folder(|task| task);
    let task = "my-tasks/cracked-vase-refund.toml";
    assert_eq!(run(folder.path(), &["lint", "--deny-warnings", task]).1, Some(0));
    let (tests, code) = run(folder.path(), &["test", task]);
    assert_eq!((tests.as_str(), code), ("4 tests run: 4 passed, 0 failed\n", Some(0)));
    for (agent, mean) in [("oracle", "mean score 1.0000"), ("nop", "mean score 0.0000")] {
        let chosen = ["run", "--agent", agent, "--tasks", "my-tasks", "--task", "cracked-vase-refund"];
        let (played, _) = run(folder.path(), &chosen);
        assert!(played.contains(mean), "{agent}: {played}");
    }
}

#[test]
fn the_readmes_finding_is_what_lint_prints() {
    let folder = readers_folder(|task| task.replace("policy:damaged_items", "policy:damaged_item"));
    let (found, code) = run(folder.path(), &["lint", "my-tasks"]);
    assert_eq!(code, Some(1));
    assert!(found.starts_with(&block("text", "error[")), "{found}");
}

#[test]
fn the_readmes_report_is_what_run_prints() {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("actions.jsonl"), block("json", "{\"action_type\"")).expect("a file");
    let chosen = ["run", "--agent", "script:actions.jsonl", "--task", "damaged-mug-replacement"];
    assert_eq!(run(folder.path(), &chosen).0, block("text", "score 0."));
}

#[test]
fn the_validation_plan_plays_an_episode_to_a_score_of_one() {
    let plan = fs::read_to_string(root().join("validation/runtime.json")).expect("the plan");
    let plan: Value = serde_json::from_str(&plan).expect("the plan is JSON");
    let actions = plan["actions"].as_array().expect("a list of actions");
    let lines: String = actions.iter().map(|action| format!("{action}\n")).collect();
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("plan.jsonl"), lines).expect("a file");
    let task = plan["reset"]["options"]["task_id"].as_str().expect("a task");
    let (played, _) = run(folder.path(), &["run", "--agent", "script:plan.jsonl", "--task", task]);
    assert!(played.contains("1 played, 1 passed, mean score 1.0000"), "{played}");
}

#[test]
fn links_lead_somewhere() {
    let mut checked = 0;
    for name in ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md"] {
        let text = fs::read_to_string(root().join(name)).expect("a document");
        for target in text.split("](").skip(1).filter_map(|rest| rest.split([')', '#']).next()) {
            if !target.contains("://") && !target.is_empty() {
                assert!(root().join(target).exists(), "{name} links to {target}");
                checked += 1;
            }
        }
    }
    assert!(checked > 10, "only {checked} links were found");
}

#[test]
fn every_setting_of_the_server_is_documented() {
    let protocol = fs::read_to_string(root().join("docs/protocol.md")).expect("the document");
    let documented: BTreeSet<&str> = protocol
        .lines()
        .filter_map(|line| line.strip_prefix("| `--"))
        .filter_map(|line| line.split(['`', ' ']).next())
        .collect();
    let (help, _) = run(&root(), &["serve", "--help"]);
    let there: BTreeSet<&str> = help
        .lines()
        .filter_map(|line| line.trim_start_matches("  -h,").trim().strip_prefix("--"))
        .filter_map(|line| line.split([' ', ',']).next())
        .filter(|flag| *flag != "help")
        .collect();
    assert!(there.len() > 5, "only {there:?} were found");
    assert_eq!(documented, there);
    for flag in there {
        let variable = format!("SUPPORT_OPS_{}", flag.replace('-', "_").to_uppercase());
        assert!(protocol.contains(&format!("`{variable}`")), "{variable}");
    }
}

#[test]
fn the_package_declares_what_the_binary_is() {
    let manifest = fs::read_to_string(root().join("openenv.yaml")).expect("the manifest");
    let version = concat!("\nversion: ", env!("CARGO_PKG_VERSION"), "\n");
    assert!(manifest.contains(version), "openenv.yaml has another version than Cargo.toml");
    let declared: Vec<&str> = manifest
        .lines()
        .skip_while(|line| line.trim() != "declared_tools:")
        .skip(1)
        .map_while(|line| line.trim().strip_prefix("- "))
        .collect();
    let there: Vec<&str> = tools().iter().map(|tool| tool.name).collect();
    assert_eq!(declared, there);
}

#[test]
fn every_risk_names_tests_that_there_are() {
    let page = fs::read_to_string(root().join("docs/security.md")).expect("the document");
    let mut tests = BTreeSet::new();
    let mut left = vec![root().join("src"), root().join("tests/it")];
    while let Some(folder) = left.pop() {
        for entry in fs::read_dir(folder).expect("the folder can be read") {
            let path = entry.expect("the folder can be read").path();
            if path.is_dir() {
                left.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = fs::read_to_string(&path).expect("source is text");
                let module = path.file_stem().expect("a file has a name").to_string_lossy().into_owned();
                let mut is_test = false;
                for line in text.lines().map(str::trim) {
                    is_test |= line.starts_with("#[test]") || line.starts_with("#[tokio::test");
                    let name = line.trim_start_matches("async ").strip_prefix("fn ");
                    if let Some(name) = name.and_then(|name| name.split('(').next()).filter(|_| is_test) {
                        tests.insert(format!("{module}::{name}"));
                        is_test = false;
                    }
                }
            }
        }
    }
    let named: Vec<&str> = page.split('`').skip(1).step_by(2).filter(|code| code.contains("::")).collect();
    for name in &named {
        assert!(tests.contains(*name), "there is no test `{name}`");
    }
    assert!(named.len() > 25, "only {} tests are named", named.len());
    for risk in 1..=10 {
        assert!(page.contains(&format!("\n| API{risk}:2023 ")), "API{risk}:2023 has no row");
    }
    let heads = ["| risk |", "| requirement |", "| what |", "| --- |"];
    for row in page.lines().filter(|line| line.starts_with('|') && !heads.iter().any(|head| line.starts_with(head))) {
        assert!(row.contains("::"), "no test holds this: {row}");
    }
}
