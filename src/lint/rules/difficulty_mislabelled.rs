//! `difficulty-mislabelled`: a label that the task does not bear out.

use crate::diag::{Code, Diagnostic, Sink};
use crate::lint::{Edit, Example, Rule, Stage};
use crate::pack::AuthoredTask;
use crate::prove::Hardness;

pub(super) const RULE: Rule = Rule {
    code: Code::DifficultyMislabelled,
    why: "Reports part their results by difficulty. A label that does not fit the task moves the mean of two groups at \
          once.",
    mend: "Change the label, or what makes the task easier or harder than it says. Five features give 0 to 2 points each: \
           the shortest winning path (above 4 steps 1, above 6 steps 2), looks that are not required (above 2, above 9), \
           policies whose names share a word with a required one (1 or 2, more), codes that earn part of the credit or \
           do harm (1, more), scored keywords (2 or 3, more). `easy` stands for 0 to 7 points, `medium` for 2 to 9, \
           `hard` for 4 to 10: the ranges overlap, since only the author knows how hard the texts are to understand.",
    example: Example { bad: &[Edit::Replace("mug.toml", "difficulty = \"easy\"", "difficulty = \"hard\"")], good: &[] },
    stages: &[Stage::Task(check)],
};

fn check(task: &AuthoredTask<'_>, sink: &mut Sink) {
    let (Some(checked), Some((_, place))) = (task.task, task.raw.difficulty.spanned()) else { return };
    let label = checked.difficulty;
    let Some(hardness) = Hardness::misfit(checked) else { return };
    let (low, high) = Hardness::range(label);
    let message = format!(
        "the task is labelled `{}` and measures {} of 10 points, outside of {low} to {high}",
        label.as_str(),
        hardness.points()
    );
    let help = format!(
        "its points: path {}, looks that are not required {}, policies with like names {}, codes with credit or harm {}, \
         keywords {}",
        hardness.path, hardness.distractors, hardness.overlap, hardness.conflicts, hardness.keywords
    );
    sink.push(Diagnostic::new(Code::DifficultyMislabelled, task.file.span(place), message).with_help(help));
}

#[cfg(test)]
mod tests {
    use crate::lint::rules::tests::check_task;

    #[test]
    fn labels_that_are_plainly_off() {
        let label = |label: &str, expect: &[&str]| {
            let task = include_str!("../example/mug.toml");
            let task = task.replace("difficulty = \"easy\"", &format!("difficulty = \"{label}\""));
            check_task("difficulty-mislabelled", &task, expect);
        };
        label("easy", &[]);
        label("medium", &["medium"]);
        label("hard", &["hard"]);
    }
}
