//! `support-ops test`: run the packs' own examples and reference replies.

use std::process::ExitCode;
use std::sync::Arc;

use clap::{Args, ValueEnum};
use indexmap::IndexMap;
use serde::Serialize;

use crate::diag::printable;
use crate::pack::tree::{Node, Value};
use crate::pack::{Loaded, read_tree};
use crate::rubric::{ExampleRun, Miss, ReplyExplanation};
use crate::task::{Example, Task};

use super::explain_reply::pairs;
use super::output::{self, FINDINGS};
use super::packs::{PackPaths, count, load_packs};

/// Characters of a reply that are shown.
const MAX_SHOWN: usize = 80;

/// Run the packs' own examples and reference replies against the grader.
#[derive(Debug, Args)]
#[command(after_help = "Exit codes: 0 all pass, 1 some fail, 2 a pack cannot be loaded.

Examples:
  support-ops test
  support-ops test tasks --format json")]
pub(super) struct TestArgs {
    #[command(flatten)]
    packs: PackPaths,
    /// How to write results.
    #[arg(long, default_value = "human")]
    format: TestFormat,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum TestFormat {
    /// For people: what failed and why.
    Human,
    /// One JSON document.
    Json,
}

#[derive(Serialize)]
struct Report {
    version: u32,
    results: Vec<TestResult>,
    summary: Summary,
}

#[derive(Serialize)]
struct Summary {
    passed: usize,
    failed: usize,
}

#[derive(Serialize)]
struct TestResult {
    file: String,
    task: String,
    example: ExampleName,
    /// Whether what happened was expected.
    passed: bool,
    /// Whether the reply passes.
    passes: bool,
    expected: Expected,
    verdicts: IndexMap<String, VerdictAt>,
    /// The line of the reply, 1-based; none of a task that is not in a file.
    #[serde(skip)]
    line: Option<usize>,
    #[serde(skip)]
    reply: Arc<str>,
    /// What a person should read about a failure.
    #[serde(skip)]
    complaints: Vec<String>,
}

#[derive(Serialize)]
#[serde(untagged)]
enum ExampleName {
    Index(usize),
    Name(&'static str),
}

#[derive(Serialize)]
struct Expected {
    passes: Option<bool>,
    verdicts: IndexMap<String, &'static str>,
}

#[derive(Serialize)]
struct VerdictAt {
    verdict: &'static str,
    spans: Vec<[usize; 2]>,
}

pub(super) fn run(args: &TestArgs) -> ExitCode {
    if args.format == TestFormat::Json {
        output::promise_documents();
    }
    let loaded = match load_packs(&args.packs.all()) {
        Ok(loaded) => loaded,
        Err(code) => return code,
    };
    if !loaded.errors.is_empty() {
        for diagnostic in &loaded.errors {
            output::say(crate::diag::render_human(diagnostic, &loaded.sources, false).trim_end());
        }
        return output::fail("the packs cannot be loaded");
    }
    let results = test_packs(&loaded);
    let passed = results.iter().filter(|result| result.passed).count();
    let failed = results.len() - passed;
    match args.format {
        TestFormat::Json => {
            let report = Report { version: 1, results, summary: Summary { passed, failed } };
            output::print_line(serde_json::to_string_pretty(&report).expect("strings and numbers always serialise"));
        }
        TestFormat::Human => print_results(&results, passed, failed),
    }
    if failed > 0 { FINDINGS } else { ExitCode::SUCCESS }
}

fn print_results(results: &[TestResult], passed: usize, failed: usize) {
    for result in results.iter().filter(|result| !result.passed) {
        let name = match result.example {
            // People count from one.
            ExampleName::Index(index) => format!("example {}", index + 1),
            ExampleName::Name(name) => format!("{name} reply"),
        };
        let line = result.line.map_or(String::new(), |line| format!(":{line}"));
        output::print_line(format_args!("FAIL {}{line}: {name} of {}", printable(&result.file), result.task));
        output::print_line(format_args!("  \"{}\"", printable(&beginning(&result.reply))));
        for complaint in &result.complaints {
            output::print_line(format_args!("  {}", printable(complaint)));
        }
    }
    output::print_line(format_args!("{} run: {passed} passed, {failed} failed", count(results.len(), "test")));
}

/// The first words of a reply, on one line.
fn beginning(reply: &str) -> String {
    let line: String = reply.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() <= MAX_SHOWN {
        return line;
    }
    let cut: String = line.chars().take(MAX_SHOWN).collect();
    format!("{}…", cut.trim_end())
}

fn test_packs(loaded: &Loaded) -> Vec<TestResult> {
    let tasks = loaded.packs.iter().flat_map(|pack| &pack.tasks);
    tasks
        .filter(|task| loaded.is_asked_for(&task.id))
        .flat_map(|task| {
            let file = loaded.task_files.get(&task.id).map_or("", |file| file);
            let lines = ReplyLines::of(loaded, file);
            test_task(task, file, &lines)
        })
        .collect()
}

/// Where the replies of a task's file stand.
#[derive(Default)]
struct ReplyLines {
    oracle: Option<usize>,
    examples: Vec<Option<usize>>,
}

impl ReplyLines {
    fn of(loaded: &Loaded, file: &str) -> ReplyLines {
        let mut sources = loaded.sources.ids().map(|id| loaded.sources.get(id));
        let Some(source) = sources.find(|source| &*source.path == file) else { return ReplyLines::default() };
        let tree = read_tree(&source.text);
        let line = |table: &Node| Some(source.position(table.entry("reply")?.node.span.start).line);
        let oracle = tree.entry("oracle").and_then(|oracle| line(&oracle.node));
        let examples = match tree.entry("examples").map(|examples| &examples.node.value) {
            Some(Value::List(examples)) => examples.iter().map(line).collect(),
            _ => Vec::new(),
        };
        ReplyLines { oracle, examples }
    }
}

/// The reference reply first, then the examples in the file's order.
fn test_task(task: &Task, file: &str, lines: &ReplyLines) -> Vec<TestResult> {
    let oracle = task.oracle_reply.iter().map(|reply| {
        let example = Example { reply: reply.clone(), passes: Some(true), expect: Default::default() };
        TestResult { line: lines.oracle, ..test_example(task, file, ExampleName::Name("oracle"), &example) }
    });
    let examples = task.examples.iter().enumerate();
    let examples = examples.map(|(index, example)| {
        let line = lines.examples.get(index).copied().flatten();
        TestResult { line, ..test_example(task, file, ExampleName::Index(index), example) }
    });
    oracle.chain(examples).collect()
}

fn test_example(task: &Task, file: &str, name: ExampleName, example: &Example) -> TestResult {
    let run = ExampleRun::of(task, example);
    let passes = run.passes;
    let keywords = task.reply.as_ref().map_or(&[][..], |spec| spec.keywords());
    let findings = run.judged.as_ref().map_or(&[][..], |judged| &judged.keywords);
    let mut complaints = Vec::new();
    for miss in &run.misses {
        match *miss {
            Miss::Passes => {
                let (expected, seen) = if passes { ("not to pass", "passes") } else { ("to pass", "does not pass") };
                complaints.push(format!("expected {expected}, and {seen}"));
                let blockers = ReplyExplanation::of(task, &example.reply).blockers;
                complaints.extend(blockers.into_iter().map(|blocker| format!("  {blocker}")));
            }
            Miss::Verdict { keyword, expected, found } => {
                let (id, reason) = (&keywords[keyword].id, findings[keyword].reason(&example.reply));
                complaints.push(format!("`{id}`: expected {}, and is {found}: {reason}", expected.as_str()));
            }
        }
    }
    let verdicts = keywords.iter().zip(findings).map(|(keyword, finding)| {
        let at = VerdictAt { verdict: finding.verdict.as_str(), spans: pairs(&finding.spans) };
        (keyword.id.clone(), at)
    });
    let verdicts = verdicts.collect();
    TestResult {
        file: file.to_owned(),
        task: task.id.to_string(),
        example: name,
        passed: complaints.is_empty(),
        passes,
        expected: Expected {
            passes: example.passes,
            verdicts: example.expect.iter().map(|(id, expected)| (id.to_string(), expected.as_str())).collect(),
        },
        verdicts,
        line: None,
        reply: example.reply.clone(),
        complaints,
    }
}
