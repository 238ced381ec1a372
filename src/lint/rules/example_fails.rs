//! `example-fails`: an example that the grader judges otherwise than its author.

use std::ops::Range;
use std::sync::Arc;

use crate::diag::{Code, Diagnostic, Sink};
use crate::lint::phrases::place_within;
use crate::lint::{Edit, Example, Rule, Stage};
use crate::pack::AuthoredTask;
use crate::pack::raw::RawExample;
use crate::rubric::{ExampleRun, Miss};
use crate::task::{ExpectedVerdict, Task};
use crate::text::{Judgement, ReplySpec, Verdict};

use super::keyword_forbidden_conflict::conflicts;

pub(super) const RULE: Rule = Rule {
    code: Code::ExampleFails,
    why: "Examples say how the author wants replies to be judged. One that is judged otherwise is a keyword that does not \
          do its work, or an example that says the wrong thing.",
    mend: "Read the verdict and its place, then change the keyword or the example; `support-ops explain-reply` shows the \
           whole judgement, and `support-ops test` runs the same check. What fails in the oracle's reply, too, is reported \
           there alone.",
    example: Example {
        bad: &[Edit::Replace(
            "mug.toml",
            "{ new_piece = \"negated\" }",
            "{ new_piece = \"negated\" }\n\n[[examples]]\nreply = \"A replacement is on its way to you.\"\nexpect = { new_piece = \"absent\" }",
        )],
        good: &[Edit::Replace(
            "mug.toml",
            "{ new_piece = \"negated\" }",
            "{ new_piece = \"negated\" }\n\n[[examples]]\nreply = \"A replacement is on its way to you.\"\nexpect = { new_piece = \"met\" }",
        )],
    },
    stages: &[Stage::Task(check)],
};

/// Keywords judged in the examples of one task, far above what any task has: a hostile file costs no more.
const MAX_JUDGED: usize = 100_000;

fn check(task: &AuthoredTask<'_>, sink: &mut Sink) {
    let Some(checked) = task.task else { return };
    let mut oracle = None;
    for (raw, run) in failing(task) {
        let oracle = oracle.get_or_insert_with(|| Known::of(checked, task));
        let misses: Vec<Miss> = run.misses.iter().copied().filter(|miss| !oracle.explains(*miss, &run)).collect();
        report(task, checked, raw, &run, &misses, sink);
    }
}

/// The examples that are judged otherwise than they say.
pub(super) fn failing<'a>(task: &AuthoredTask<'a>) -> impl Iterator<Item = (&'a RawExample<'a>, ExampleRun)> {
    let raws = task.raw.examples.items();
    let sound = |checked: &&'a Arc<Task>| raws.len() == checked.examples.len();
    let checked = task.task.filter(|_| task.pack.is_some_and(|pack| pack.currency_known)).filter(sound);
    checked.into_iter().flat_map(move |checked| {
        let entries = checked.reply.as_ref().map_or(1, |spec| spec.keywords().len() + spec.forbidden().len()).max(1);
        let examples = checked.examples.iter().zip(raws).take(MAX_JUDGED / entries);
        examples.filter_map(move |(example, raw)| {
            let run = ExampleRun::of(checked, example);
            Some((raw.get().filter(|_| !run.misses.is_empty())?, run))
        })
    })
}

fn report(
    task: &AuthoredTask<'_>,
    checked: &Task,
    raw: &RawExample,
    run: &ExampleRun,
    misses: &[Miss],
    sink: &mut Sink,
) {
    let (Some((reply, whole)), Some(&first)) =
        (raw.reply.spanned(), misses.iter().max_by_key(|miss| **miss != Miss::Passes))
    else {
        return;
    };
    let spec = checked.reply.as_ref();
    let help = "change the keyword or the example; `support-ops explain-reply` shows the whole judgement".to_owned();
    let mut diagnostic = match first {
        Miss::Passes => {
            let message = format!("the reply {}, which the example does not expect", passes(run.passes));
            let place = raw.passes.spanned().map_or(whole.clone(), |(_, place)| place);
            let reasons = spec.zip(run.judged.as_ref()).map(|(spec, judged)| blockers(spec, judged, reply));
            let help = reasons.filter(|reasons| !reasons.is_empty()).unwrap_or(help);
            Diagnostic::new(Code::ExampleFails, task.file.span(place), message).with_help(help)
        }
        Miss::Verdict { keyword, expected, found } => {
            let id = spec.and_then(|spec| spec.keywords().get(keyword)).map_or("", |keyword| keyword.id.as_str());
            let message = format!("`{id}` should be {} and is {found}", expected.as_str());
            Diagnostic::new(Code::ExampleFails, task.file.span(expectation(raw, id).unwrap_or(whole.clone())), message)
                .with_help(help)
        }
    };
    for miss in misses {
        let Miss::Verdict { keyword, expected, found } = *miss else { continue };
        let Some(finding) = run.judged.as_ref().and_then(|judged| judged.keywords.get(keyword)) else { continue };
        let id = spec.and_then(|spec| spec.keywords().get(keyword)).map_or("", |keyword| keyword.id.as_str());
        let part = finding.spans.first().map_or("", |span| span.of(reply));
        let place = task.file.span(place_within(&task.file, &whole, part));
        let also = if *miss == first { String::new() } else { format!("`{id}` should be {}: ", expected.as_str()) };
        diagnostic = diagnostic.with_label(place, format!("{also}{found}: {}", finding.reason(reply)));
    }
    sink.push(diagnostic);
}

/// Where an example states what it expects of a keyword.
fn expectation(raw: &RawExample, id: &str) -> Option<Range<usize>> {
    raw.expect.get()?.entries().find(|(key, ..)| *key == id).map(|(.., place)| place)
}

fn passes(passes: bool) -> &'static str {
    if passes { "passes" } else { "does not pass" }
}

/// What keeps a reply from passing, in words.
fn blockers(spec: &ReplySpec, judged: &Judgement, reply: &str) -> String {
    let mut broken: Vec<String> = Vec::new();
    if !judged.length_ok {
        broken.push(format!("its length of {} words is out of bounds", judged.words));
    }
    let forbidden = spec.forbidden().iter().zip(&judged.forbidden).filter(|(_, finding)| finding.is_met());
    broken.extend(forbidden.map(|(entry, finding)| format!("forbidden `{}`: {}", entry.id, finding.reason(reply))));
    let unmet = spec.keywords().iter().zip(&judged.keywords);
    let unmet = unmet.filter(|(keyword, finding)| !keyword.optional && !finding.is_met());
    broken.extend(
        unmet.map(|(keyword, finding)| format!("`{}` is {}: {}", keyword.id, finding.verdict, finding.reason(reply))),
    );
    broken.join("; ")
}

/// Faults that another rule reports: what fails in the oracle's reply, and phrases both required and forbidden.
struct Known<'a> {
    spec: Option<&'a ReplySpec>,
    oracle: Option<Judgement>,
    conflict: bool,
    /// The messages of findings on single keywords.
    told: Vec<String>,
}

impl<'a> Known<'a> {
    fn of(checked: &'a Task, task: &AuthoredTask<'_>) -> Known<'a> {
        let spec = checked.reply.as_ref();
        let reply = checked.oracle_reply.as_ref().filter(|_| checked.grading.weights.reply > 0.0);
        let oracle = spec.zip(reply).map(|(spec, reply)| spec.judge(reply));
        let mut own = Sink::default();
        super::keyword_overlap::check(task, &mut own);
        super::keyword_too_common::check(task, &mut own);
        let told = own.iter().map(|found| found.message.clone()).collect();
        Known { spec, oracle, conflict: !conflicts(task).is_empty(), told }
    }

    /// Whether the oracle's reply lacks a scored keyword: what excludes that one then has no conflict.
    fn oracle_fails(&self) -> bool {
        let (Some(spec), Some(judged)) = (self.spec, &self.oracle) else { return false };
        spec.keywords().iter().zip(&judged.keywords).any(|(keyword, finding)| !keyword.optional && !finding.is_met())
    }

    fn explains(&self, miss: Miss, run: &ExampleRun) -> bool {
        let unmet_by_oracle = |at: usize| self.oracle.as_ref().is_some_and(|judged| !judged.keywords[at].is_met());
        match miss {
            Miss::Verdict { keyword, expected, .. } => {
                let Some(entry) = self.spec.and_then(|spec| spec.keywords().get(keyword)) else { return false };
                let name = format!("keyword `{}`", entry.id);
                let excluded = expected == ExpectedVerdict::Is(Verdict::Conflict) && self.oracle_fails();
                !entry.optional && unmet_by_oracle(keyword)
                    || excluded
                    || self.told.iter().any(|message| message.contains(&name))
            }
            Miss::Passes => {
                let (Some(spec), Some(judged)) = (self.spec, run.judged.as_ref().filter(|_| !run.passes)) else {
                    return false;
                };
                let in_oracle = |at: usize| self.oracle.as_ref().is_some_and(|oracle| oracle.forbidden[at].is_met());
                let keywords = spec.keywords().iter().zip(&judged.keywords).enumerate();
                let mut unmet = keywords.filter(|(_, (keyword, finding))| !keyword.optional && !finding.is_met());
                let mut forbidden = judged.forbidden.iter().enumerate().filter(|(_, finding)| finding.is_met());
                let too_long = |judged: &Judgement| spec.word_bounds().1.is_some_and(|most| judged.words > most);
                let length_told =
                    self.oracle.as_ref().is_some_and(|own| !own.length_ok && too_long(own) == too_long(judged));
                (judged.length_ok || length_told)
                    && unmet.all(|(at, _)| unmet_by_oracle(at))
                    && forbidden.all(|(at, _)| self.conflict || in_oracle(at))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::lint::rules::tests::{check, check_task};

    #[test]
    fn verdicts_that_differ() {
        let example = |rest: &str, expect: &[&str]| {
            let task = format!("{}\n[[examples]]\n{rest}\n", include_str!("../example/mug.toml"));
            check_task("example-fails", &task, expect);
        };
        example(
            "reply = \"A replacement is on its way to you.\"\npasses = true\nexpect = { new_piece = \"met\" }",
            &[],
        );
        example("reply = \"A replacement is on its way to you.\"\npasses = false", &["false"]);
        example("reply = \"No.\"\npasses = true\nexpect = { new_piece = \"met\" }", &["met"]);
        example("reply = \"We cannot send a replacement to you.\"\nexpect = { new_piece = \"unmet\" }", &[]);
        example("reply = \"We cannot send a replacement to you.\"\nexpect = { new_piece = \"absent\" }", &["absent"]);
    }

    #[test]
    fn what_the_oracle_shows_is_told_once() {
        let spelt = include_str!("../example/mug.toml").replace("\"replacement\"]", "\"celadon\"]");
        check_task("example-fails", &spelt, &[]);
        check("example-fails", "[[reply.forbidden]]\nid = \"x\"\nany_of = [\"replacement\"]", &[]);
    }
}
