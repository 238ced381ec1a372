//! `missing-examples`: a keyword of which nobody has shown what meets it and what does not.

use std::collections::HashSet;

use crate::diag::{Code, Diagnostic, Sink};
use crate::lint::{Edit, Example, Rule, Stage};
use crate::pack::AuthoredTask;
use crate::pack::raw::{Field, RawExpect, RawKeyword};
use crate::rubric::Miss;

use super::example_fails::failing;

pub(super) const RULE: Rule = Rule {
    code: Code::MissingExamples,
    why: "Examples are the grader's own tests. A keyword that was never seen met may be impossible to meet; one that was \
          never seen unmet may be met by anything.",
    mend: "Write for every scored keyword a reply that meets it and one that does not, with \
           `expect = { <keyword> = \"met\" }` and `expect = { <keyword> = \"unmet\" }` (or the exact verdict). An \
           example with `passes = true` meets every scored keyword.",
    example: Example {
        bad: &[Edit::Replace(
            "mug.toml",
            "expect = { new_piece = \"negated\" }",
            "passes = false # which does not say for which keyword",
        )],
        good: &[Edit::Replace(
            "mug.toml",
            "expect = { new_piece = \"negated\" }",
            "expect = { new_piece = \"unmet\" }",
        )],
    },
    stages: &[Stage::Task(check)],
};

fn check(task: &AuthoredTask<'_>, sink: &mut Sink) {
    let raw = task.raw;
    let Some(reply) = raw.reply.get().filter(|_| task.file.complete && super::reply_weighs(task)) else { return };
    if reply.keywords.is_hole() || raw.examples.is_hole() {
        return;
    }
    let scored: Vec<&RawKeyword> =
        reply.keywords.items().iter().filter_map(Field::get).filter(|keyword| is_scored(keyword)).collect();
    let examples = raw.examples.items();
    if scored.is_empty() {
        return;
    }
    if examples.is_empty() {
        let place = task.file.text.lines().next().map_or(0, str::len);
        let message = "the task has no `[[examples]]`: nothing shows that its keywords work";
        let help =
            format!("add a reply with `passes = true` and one with `expect = {{ {} = \"unmet\" }}`", id_of(scored[0]));
        sink.push(Diagnostic::new(Code::MissingExamples, task.file.span(0..place), message).with_help(help));
        return;
    }
    let only = scored.len() == 1
        && reply.forbidden.items().is_empty()
        && !reply.min_words.is_given()
        && !reply.max_words.is_given();
    let mut met: HashSet<&str> = HashSet::new();
    let mut unmet: HashSet<&str> = HashSet::new();
    let mut all_met = false;
    let mut all_unmet = false;
    for example in examples {
        let Some(example) = example.get() else { return };
        if example.passes.is_hole() || example.expect.is_hole() {
            return;
        }
        all_met |= example.passes.get() == Some(&true);
        // What does not pass for one keyword alone does not meet it.
        all_unmet |= only && example.passes.get() == Some(&false);
        // An expectation of no keyword may be meant for any, and one of no verdict for either.
        let known = |id: &str| {
            reply
                .keywords
                .items()
                .iter()
                .any(|entry| entry.get().is_none_or(|entry| entry.id.get().is_none_or(|own| own.as_str() == id)))
        };
        if example
            .expect
            .get()
            .is_some_and(|table| table.entries().count() < table.len() || table.keys().any(|id| !known(id)))
        {
            return;
        }
        for (id, _, expect, _) in example.expect.get().into_iter().flat_map(|table| table.entries()) {
            let list = if matches!(expect, RawExpect::Met) { &mut met } else { &mut unmet };
            list.insert(id);
        }
    }
    let lacks = |keyword: &&RawKeyword| {
        let id = id_of(keyword);
        !all_met && !met.contains(id) || !all_unmet && !unmet.contains(id)
    };
    if !scored.iter().any(lacks) {
        return;
    }
    // An example that fails is reported as that. Whichever is wrong, its verdict or its reply, it counts for both.
    let keywords = task.task.and_then(|checked| checked.reply.as_ref()).map_or(&[][..], |spec| spec.keywords());
    for (_, run) in failing(task) {
        let passes = run.misses.contains(&Miss::Passes);
        for (at, (keyword, judged)) in
            keywords.iter().zip(run.judged.iter().flat_map(|judged| &judged.keywords)).enumerate()
        {
            let Some(id) = scored.iter().map(|raw| id_of(raw)).find(|id| *id == keyword.id) else { continue };
            let differs = run.misses.iter().any(|miss| matches!(miss, Miss::Verdict { keyword, .. } if *keyword == at));
            if differs || passes && judged.is_met() {
                met.insert(id);
            }
            if differs || passes && !judged.is_met() {
                unmet.insert(id);
            }
        }
    }
    // An example may show what it does not say.
    let silent = examples.iter().filter_map(Field::get).any(|example| !example.expect.is_given());
    for keyword in scored {
        let Some((id, place)) = keyword.id.spanned() else { continue };
        let id = id.as_str();
        let lacks_met = !all_met && !met.contains(id);
        let lacks_unmet = !all_unmet && !unmet.contains(id);
        let (what, verdict) = match (lacks_met, lacks_unmet) {
            (true, true) => ("met, and none unmet", "met"),
            (true, false) => ("met", "met"),
            (false, true) => ("unmet", "unmet"),
            (false, false) => continue,
        };
        let message = format!("no example expects keyword `{id}` to be {what}");
        let expect = format!("expect = {{ {id} = \"{verdict}\" }}");
        let mut help = if silent {
            format!("say `{expect}` in an example whose reply shows it, or add one")
        } else {
            format!("add `[[examples]]` with such a reply and `{expect}`")
        };
        if lacks_met && lacks_unmet {
            help.push_str(", and another with \"unmet\"");
        }
        sink.push(Diagnostic::new(Code::MissingExamples, task.file.span(place), message).with_help(help));
    }
}

fn is_scored(keyword: &RawKeyword) -> bool {
    !keyword.optional.is_hole() && keyword.optional.get() != Some(&true)
}

fn id_of<'a>(keyword: &'a RawKeyword<'_>) -> &'a str {
    keyword.id.get().map_or("<keyword>", |id| id.as_str())
}
