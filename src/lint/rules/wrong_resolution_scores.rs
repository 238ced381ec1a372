//! `wrong-resolution-scores`: an agent that gets the case wrong and most of the points.

use crate::diag::{Code, Diagnostic, Severity, Sink, Span};
use crate::lint::{Edit, Example, PackNotes, Rule, Stage};
use crate::pack::raw::{Maybe, RawGrading};
use crate::pack::{AuthoredPack, AuthoredTask};
use crate::prove::{WRONG_CODE_MOST, WRONG_CODE_MUCH};

pub(super) const RULE: Rule = Rule {
    code: Code::WrongResolutionScores,
    why: "The resolution is what the case is about. Where an agent that looks at everything, writes a good reply and then \
          submits a wrong code scores more than half, a mean score says little of how many cases were solved.",
    mend: "Give the resolution more weight. The best episode that ends with a wrong code, neither expected nor worth part \
           of the credit, scores the weights of evidence and reply together, as far as the steps allow: above 0.5 is an \
           error, above 0.45 a warning. Weights of the pack are reported once, in `pack.toml`.",
    example: Example {
        bad: &[Edit::Replace(
            "mug.toml",
            "[ticket]",
            "[grading.weights]\nresolution = 0.35\nevidence = 0.3\nreply = 0.25\n\n[ticket]",
        )],
        good: &[Edit::Replace(
            "mug.toml",
            "[ticket]",
            "[grading.weights]\nresolution = 0.5\nevidence = 0.3\nreply = 0.1\n\n[ticket]",
        )],
    },
    stages: &[Stage::Task(check_task), Stage::Pack(check_pack)],
};

fn check_task(task: &AuthoredTask<'_>, sink: &mut Sink) {
    let Some(place) = weights_place(&task.raw.grading) else { return };
    let score = task.task.and_then(|task| crate::prove::Glance::of(task).wrong_code());
    report(score, task.file.span(place), sink);
}

/// The pack's own weights, by the worst of the tasks that live by them.
fn check_pack(pack: &AuthoredPack<'_>, notes: &PackNotes, sink: &mut Sink) {
    let Some(place) = weights_place(&pack.raw.grading).filter(|_| pack.scores_known) else { return };
    let worst = notes.tasks.iter().filter_map(|note| note.wrong_code).max_by(f64::total_cmp);
    report(worst, pack.file.span(place), sink);
}

fn report(score: Option<f64>, place: Span, sink: &mut Sink) {
    let Some(score) = score.filter(|score| *score > WRONG_CODE_MUCH) else { return };
    let severity = if score > WRONG_CODE_MOST { Severity::Error } else { Severity::Warning };
    let message = format!("an episode that ends with a wrong code can score {score:.4}");
    let help = "give the resolution more weight, and evidence and reply together at most 0.45".to_owned();
    sink.push(Diagnostic::new(Code::WrongResolutionScores, place, message).with_severity(severity).with_help(help));
}

/// Where the weights stand that a file sets itself: the header or the key.
pub(crate) fn weights_place(grading: &Maybe<RawGrading>) -> Option<std::ops::Range<usize>> {
    grading.get().and_then(|grading| grading.weights.spanned()).map(|(_, place)| place)
}

#[cfg(test)]
mod tests {
    use crate::diag::Code;
    use crate::lint::rules::tests::check_task;
    use crate::lint::{Selection, lint_texts};

    #[test]
    fn a_faulty_weight_of_the_pack_is_told_alone() {
        let check = |efficiency: &str, expect: &[Code]| {
            let weights = format!(
                "[grading.weights]\nresolution = 0.3\nevidence = 0.3\nreply = 0.3\nefficiency = {efficiency}\n"
            );
            let pack = format!("{}\n{weights}", include_str!("../example/pack.toml"));
            let files = [("pack.toml", pack.as_str()), ("mug.toml", include_str!("../example/mug.toml"))];
            let loaded = lint_texts(&files, None, &Selection::default());
            let found: Vec<Code> = loaded.diagnostics.iter().map(|found| found.code).collect();
            assert_eq!(found, expect, "{efficiency}");
        };
        check("0.1", &[Code::WrongResolutionScores]);
        check("-0.1", &[Code::OutOfRange]);
    }

    #[test]
    fn what_a_wrong_code_can_score() {
        let weights = |resolution: f64, evidence: f64, reply: f64, expect: &[&str]| {
            let lines = format!(
                "[grading.weights]\nresolution = {resolution}\nevidence = {evidence}\nreply = {reply}\n\n[ticket]"
            );
            check_task(
                "wrong-resolution-scores",
                &include_str!("../example/mug.toml").replace("[ticket]", &lines),
                expect,
            );
        };
        weights(0.5, 0.25, 0.15, &[]);
        weights(0.45, 0.3, 0.15, &[]);
        weights(0.44, 0.3, 0.16, &["[grading.weights]"]);
        weights(0.3, 0.3, 0.3, &["[grading.weights]"]);
        weights(0.1, 0.1, 0.7, &["[grading.weights]"]);
        let harmful = include_str!("../example/mug.toml")
            .replace("[ticket]", "[grading.weights]\nresolution = 0.3\nevidence = 0.3\nreply = 0.3\n\n[ticket]")
            .replace(
                "expected = \"send_replacement\"",
                "expected = \"send_replacement\"\nharmful = [\"store_credit\", \"escalate\"]",
            );
        check_task("wrong-resolution-scores", &harmful, &[]);
    }
}
