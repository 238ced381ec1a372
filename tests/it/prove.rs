//! Proof: the search against brute force, and what the command says.

use std::collections::BTreeMap;
use std::sync::Arc;

use support_ops_env::agent::Random;
use support_ops_env::episode::Episode;
use support_ops_env::protocol::ToolUseAction;
use support_ops_env::prove::Search;
use support_ops_env::task::Task;

/// What playing every sequence of actions shows.
#[derive(Debug, Default)]
struct Brute {
    best: f64,
    shortest: Option<(usize, u128)>,
    random: f64,
    withheld: Vec<f64>,
    /// The best that ends with each code.
    by_code: BTreeMap<String, f64>,
}

impl Brute {
    fn of(task: &Arc<Task>) -> Brute {
        let mut brute = Brute { withheld: vec![0.0; task.required_evidence.len()], ..Brute::default() };
        let start = Episode::start(task.clone(), "brute".into(), None);
        brute.walk(&start, &Random::actions(task), 0, 1.0);
        brute
    }

    fn walk(&mut self, episode: &Episode, actions: &[ToolUseAction], steps: usize, chance: f64) {
        if let Some(score) = episode.score() {
            self.best = self.best.max(score.score);
            self.random += chance * score.score;
            if score.passed {
                match &mut self.shortest {
                    Some((fewest, ways)) if *fewest == steps => *ways += 1,
                    Some((fewest, _)) if *fewest < steps => {}
                    shortest => *shortest = Some((steps, 1)),
                }
            }
            let state = episode.state();
            if let Some(code) = &state.resolution_code {
                let best = self.by_code.entry(code.to_string()).or_default();
                *best = best.max(score.score);
            }
            for (at, evidence) in episode.task().required_evidence.iter().enumerate() {
                if !state.collected_evidence.contains(&evidence.key) {
                    self.withheld[at] = self.withheld[at].max(score.score);
                }
            }
            return;
        }
        for action in actions {
            let mut next = episode.clone();
            next.step(action);
            self.walk(&next, actions, steps + 1, chance / actions.len() as f64);
        }
    }
}

/// A task small enough to play everything, drawn from a seed.
fn small_task(seed: u64) -> String {
    let mut draws = seed;
    let mut below = |n: u64| {
        draws = draws.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (draws >> 33) % n
    };
    let required = ["\"ticket\"", "\"artifact:one\"", "\"policy:rule\""];
    let count = 1 + below(3) as usize;
    let first = below(3) as usize;
    let required: Vec<&str> = (0..count).map(|at| required[(first + at) % 3]).collect();
    let outcomes = match below(3) {
        0 => "harmful = [\"deny\"]\n",
        1 => "[resolution.partial]\nwait = 0.4\n",
        _ => "",
    };
    let weights = [
        "",
        "[grading.weights]\nresolution = 0.2\nevidence = 0.2\nreply = 0.5\nefficiency = 0.1\n",
        "[grading]\nfree_steps = 0\n",
    ];
    let weights = weights[below(3) as usize];
    let gate = if below(2) == 0 {
        "[[reply.forbidden]]\nid = \"idle\"\nany_of = [\"thank you\"]\neffect = \"gate\"\n"
    } else {
        ""
    };
    let max_steps = 3 + below(3);
    format!(
        "schema_version = 1\nid = \"small\"\ntitle = \"Small\"\ndifficulty = \"easy\"\nobjective = \"Decide.\"\nmax_steps = {max_steps}\n\
         [ticket]\nid = \"T-1\"\nsubject = \"A case\"\nmessage = \"What now?\"\n\
         [[artifacts]]\nid = \"one\"\ntitle = \"One\"\nrecord = {{ state = \"open\" }}\n\
         [evidence]\nrequired = [{}]\n[resolution]\nexpected = \"grant\"\n{outcomes}\
         [[reply.keywords]]\nid = \"granted\"\nany_of = [\"grant\"]\n{gate}\
         [oracle]\nreply = \"We have granted your request today.\"\n{weights}",
        required.join(", ")
    )
}

const SMALL_PACK: &str = "schema_version = 1\nname = \"small\"\nversion = \"1.0.0\"\ndescription = \"Small.\"\n\
    [resolutions]\ngrant = \"Grant it.\"\ndeny = \"Deny it.\"\nwait = \"Wait.\"\n\
    [[policies]]\nid = \"rule\"\ntitle = \"The rule\"\ntext = \"Grant what is open.\"\n";

#[test]
fn the_search_agrees_with_playing_everything() {
    for seed in 0..24 {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::write(folder.path().join("pack.toml"), SMALL_PACK).expect("written");
        let text = small_task(seed);
        std::fs::write(folder.path().join("small.toml"), &text).expect("written");
        let loaded = support_ops_env::pack::load(&[folder.path()]).expect("readable");
        let catalog = loaded.into_catalog().unwrap_or_else(|loaded| panic!("{text}\n{:?}", loaded.errors));
        let task = &catalog.tasks()[0];
        let (search, brute) = (Search::of(task), Brute::of(task));
        assert_eq!(search.best.score, brute.best, "{text}");
        assert!((search.random - brute.random).abs() < 1e-9, "{} {} {text}", search.random, brute.random);
        let withheld: Vec<f64> = search.withheld.iter().map(|withheld| withheld.best.score).collect();
        assert_eq!(withheld, brute.withheld, "{text}");
        for wrong in &search.wrong {
            assert_eq!(wrong.best.score, brute.by_code[&*wrong.code], "{} {text}", wrong.code);
        }
        // The step limit ends what is played; the search lifts it for the shortest path.
        let shortest = search.shortest.as_ref().map(|shortest| (shortest.steps as usize, shortest.ways.unwrap_or(0)));
        assert_eq!(shortest.filter(|(steps, _)| *steps <= task.max_steps as usize), brute.shortest, "{text}");
        for path in search.withheld.iter().map(|withheld| &withheld.best).chain([&search.best]) {
            let mut episode = Episode::start(task.clone(), "witness".into(), None);
            for action in &path.actions {
                episode.step(action);
            }
            assert_eq!(episode.score().map_or(0.0, |score| score.score), path.score, "{text}");
        }
    }
}

/// Runs `support-ops prove` and returns stdout, stderr and the exit code.
fn prove(arguments: &[&str]) -> (String, String, i32) {
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_support-ops"))
        .arg("prove")
        .args(arguments)
        .output()
        .expect("the binary starts");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("output is text");
    (text(output.stdout), text(output.stderr), output.status.code().expect("no signal"))
}

const SHIPPED: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tasks");

#[test]
fn the_shipped_pack_is_proved_and_the_documentation_shows_it() {
    let (table, err, code) = prove(&[SHIPPED, "--format", "markdown", "--fail-on", "warning"]);
    assert_eq!(code, 0, "{table}{err}");
    let table: Vec<&str> = table.lines().take_while(|line| line.starts_with('|')).collect();
    let page = include_str!("../../docs/quality.md");
    let shown = page.split("<!-- proof -->").nth(1).and_then(|rest| rest.split("<!-- /proof -->").next());
    assert_eq!(shown.expect("the page has a table").trim(), table.join("\n"), "docs/quality.md is behind");
}

#[test]
fn the_document_holds_everything() {
    let (out, _, code) = prove(&[SHIPPED, "--format", "json", "--task", "damaged-mug-replacement"]);
    assert_eq!(code, 0, "{out}");
    let proof: serde_json::Value = serde_json::from_str(&out).expect("one document");
    assert_eq!(proof["version"], 1);
    assert_eq!(proof["summary"]["tasks"], 1);
    let task = &proof["tasks"][0];
    assert_eq!(task["task"], "damaged-mug-replacement");
    assert_eq!(task["oracle"]["score"], 1.0);
    assert_eq!(task["search"]["shortest"]["steps"], 5);
    assert_eq!(task["search"]["withheld"].as_array().map(Vec::len), Some(3));
    assert_eq!(task["cheats"].as_array().map(Vec::len), Some(12));
    assert_eq!(task["mutants"]["failed"], serde_json::json!([]));
}

#[test]
fn what_cannot_run_says_why() {
    let check = |arguments: &[&str], part: &str| {
        let (out, err, code) = prove(arguments);
        assert_eq!(code, 2, "{out}{err}");
        assert!(err.contains(part), "no {part:?} in {err}");
    };
    check(&[SHIPPED, "--task", "damaged-mug-replacment"], "the nearest are `damaged-mug-replacement`");
    check(&["no-such-folder"], "no-such-folder");
    check(&["no-\u{1b}[31m-folder"], "no-\u{fffd}[31m-folder");
    check(&[concat!(env!("CARGO_MANIFEST_DIR"), "/docs")], "pack.toml");
}

/// A task whose keyword anyone says, and where the outcome hardly counts.
const FLAWED: &str = "schema_version = 1\nid = \"small\"\ntitle = \"Small\"\ndifficulty = \"easy\"\nobjective = \"Decide.\"\n\
    max_steps = 6\n\
    [ticket]\nid = \"T-1\"\nsubject = \"A case\"\nmessage = \"What now?\"\n\
    [[artifacts]]\nid = \"one\"\ntitle = \"One\"\nrecord = { state = \"open\" }\n\
    [evidence]\nrequired = [\"ticket\", \"policy:rule\"]\n[resolution]\nexpected = \"grant\"\n\
    [[reply.keywords]]\nid = \"granted\"\nany_of = [\"thank you\", \"granted\"]\n\
    [oracle]\nreply = \"We have granted your request today.\"\n\
    [grading.weights]\nresolution = 0.1\nevidence = 0.4\nreply = 0.5\nefficiency = 0\n";

#[test]
fn findings_come_with_witnesses_that_replay() {
    let folder = tempfile::tempdir().expect("a folder");
    let pack = folder.path().join("pack");
    std::fs::create_dir(&pack).expect("made");
    std::fs::write(pack.join("pack.toml"), SMALL_PACK).expect("written");
    std::fs::write(pack.join("small.toml"), FLAWED).expect("written");
    let out = folder.path().join("out");
    let (table, err, code) = prove(&[pack.to_str().expect("text"), "--witnesses", out.to_str().expect("text")]);
    assert_eq!(code, 1, "{table}{err}");
    for check in ["error[cheat]", "error[wrong-resolution]", "small.toml:20:6", "FAIL: 0 of 1 task is proved; "] {
        assert!(table.contains(check), "no {check} in {table}");
    }
    let witnesses: Vec<_> =
        std::fs::read_dir(&out).expect("witnesses").map(|entry| entry.expect("readable").path()).collect();
    assert!(!witnesses.is_empty());
    for witness in witnesses.iter().filter(|path| path.extension().is_some_and(|ending| ending == "jsonl")) {
        let told = std::fs::read_to_string(witness).expect("readable");
        let run = std::process::Command::new(env!("CARGO_BIN_EXE_support-ops"))
            .args(["run", "--tasks", pack.to_str().expect("text"), "--task", "small", "--json", "--agent"])
            .arg(format!("script:{}", witness.display()))
            .output()
            .expect("the binary starts");
        let last = String::from_utf8_lossy(&run.stdout).lines().last().expect("an end").to_owned();
        let end: serde_json::Value = serde_json::from_str(&last).expect("a document");
        let score = end["score"]["score"].as_f64().expect("a score");
        assert!(told.contains(&format!("{score:.4}")), "{score} is not what {told} says");
    }
}

#[test]
fn findings_have_a_place() {
    let flawed = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/flawed/print-shop");
    let (out, _, _) = prove(&[flawed, "--format", "json"]);
    let proof: serde_json::Value = serde_json::from_str(&out).expect("one document");
    let of = |list: &str| proof[list].as_array().expect("a list").iter().flat_map(|one| one["findings"].as_array());
    let findings: Vec<&serde_json::Value> = of("tasks").chain(of("packs")).flatten().collect();
    assert!(findings.len() > 20);
    for finding in findings {
        let file = finding["place"]["file"].as_str().expect("a file");
        let text = std::fs::read_to_string(file).expect("readable");
        let offset = |end: &str| finding["place"][end]["offset"].as_u64().expect("an offset") as usize;
        let part = &text[offset("start")..offset("end")];
        // What a message names in backticks is what stands there, where it is a name.
        let message = finding["message"].as_str().expect("a text");
        let named = ["the keyword `", "value changed: `", "synonym swapped: `", "requires", "always submits `"];
        if let Some(at) = named.iter().find_map(|start| Some(message.find(start)? + start.len())) {
            assert!(message[at..].trim_start_matches([' ', '`']).starts_with(part.trim_matches('"')), "{finding}");
        }
        let line = text[..offset("start")].matches('\n').count() as u64 + 1;
        assert_eq!(finding["place"]["start"]["line"], line, "{finding}");
    }
}

#[test]
fn a_line_has_at_most_100_columns() {
    let (out, _, _) = prove(&[concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/good"), "--fail-on", "never"]);
    let table: Vec<&str> = out.lines().take_while(|line| !line.is_empty()).collect();
    assert!(table.len() > 20 && table.iter().all(|line| line.chars().count() <= 100), "{out}");
    assert!(out.trim_end().lines().last().is_some_and(|line| line.starts_with("PASS: ")), "{out}");
}

#[test]
fn witnesses_of_an_earlier_run_go() {
    let folder = tempfile::tempdir().expect("a folder");
    let out = folder.path();
    let stale = out.join("damaged-mug-replacement.1.jsonl");
    let others = ["damaged-mug-replacement.2.jsonl", "another-task.1.jsonl", "notes.txt"];
    std::fs::write(&stale, "# cheat: `nop` earns 0.4\n").expect("written");
    std::fs::write(out.join(others[0]), "my own script\n").expect("written");
    std::fs::write(out.join(others[1]), "# cheat: `nop` earns 0.4\n").expect("written");
    std::fs::write(out.join(others[2]), "# cheat: `nop` earns 0.4\n").expect("written");
    let (_, err, code) = prove(&[SHIPPED, "--witnesses", out.to_str().expect("text")]);
    assert_eq!(code, 0, "{err}");
    assert!(err.contains("1 file of an earlier run removed"), "{err}");
    assert!(!stale.exists() && others.iter().all(|name| out.join(name).exists()));
}

#[test]
fn very_many_keywords_are_changed_by_choice() {
    let check = |keywords: usize, all: bool| {
        let folder = tempfile::tempdir().expect("a folder");
        let name = |at: usize| format!("{}{}", ["lamp", "desk", "chair", "shelf"][at % 4], "ab".repeat(1 + at / 4));
        let asked: String = (0..keywords)
            .map(|at| {
                format!(
                    "[[reply.keywords]]\nid = \"k{at}\"\nany_of = [\"repair your {0}\", \"repair the {0}\"]\n",
                    name(at)
                )
            })
            .collect();
        let said: String = (0..keywords).map(|at| format!("We have repaired your {}. ", name(at))).collect();
        let task = small_task(1);
        let (head, rest) = task.split_once("[[reply.keywords]]").expect("a keyword");
        let tail = rest.split_once("[oracle]").expect("a reference reply").1;
        let tail = tail.split_once('\n').expect("a line").1.split_once('\n').expect("a line").1;
        std::fs::write(folder.path().join("pack.toml"), SMALL_PACK).expect("written");
        let text = format!("{head}{asked}[oracle]\nreply = \"{said}\"\n{tail}");
        std::fs::write(folder.path().join("small.toml"), text).expect("written");
        let (out, err, _) = prove(&[folder.path().to_str().expect("text"), "--format", "json"]);
        let proof: serde_json::Value = serde_json::from_str(&out).unwrap_or_else(|_| panic!("{out}{err}"));
        let left_out = proof["tasks"][0]["mutants"]["left_out"].as_u64().expect("a number");
        assert_eq!(left_out == 0, all, "{keywords} keywords, {left_out} left out");
    };
    check(12, true);
    check(150, false);
}
