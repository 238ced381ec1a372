//! The lines of an episode: `[START]`, one `[STEP]` each, `[END]`.

use std::fmt::Write;

use crate::protocol::{StepResult, ToolUseAction};

/// The most characters of a word that is printed.
const MAX_WORD: usize = 200;
/// The most characters of an error that are printed.
const MAX_ERROR: usize = 500;

/// What was printed of an episode.
#[derive(Debug, Clone)]
pub struct Printed {
    /// Whether what is printed lies strictly within 0 and 1, its two decimals included.
    is_open: bool,
    rewards: Vec<f64>,
    score: f64,
    is_success: bool,
}

impl Printed {
    /// Nothing yet.
    pub fn new(is_open: bool) -> Printed {
        Printed { is_open, rewards: Vec::new(), score: 0.0, is_success: false }
    }

    /// Steps that were printed.
    pub fn steps(&self) -> usize {
        self.rewards.len()
    }
}

/// The line that an episode begins with.
pub fn render_start(task: &str, env: &str, model: &str) -> String {
    let name = |text: &str| match render_word(text) {
        word if word.is_empty() => "-".to_owned(),
        word => word,
    };
    format!("[START] task={} env={} model={}", name(task), name(env), name(model))
}

/// The line of a step.
pub fn render_step(printed: &mut Printed, action: &ToolUseAction, result: &StepResult) -> String {
    let reward = bounded(result.reward, printed.is_open);
    printed.rewards.push(reward);
    if result.done {
        printed.score = bounded(result.reward, false);
        let told = result.observation.metadata.score.as_ref().map(|score| score.passed);
        printed.is_success = told.unwrap_or(printed.score >= 1.0);
    }
    let mut shown = action.action_type.as_str().to_owned();
    if let Some(argument) = action.argument() {
        let _ = write!(shown, "({})", render_word(argument));
    }
    let error = render_error(result.observation.last_action_error.as_deref().unwrap_or_default());
    let (step, done) = (printed.rewards.len(), result.done);
    format!("[STEP] step={step} action={shown} reward={reward:.2} done={done} error={error}")
}

/// The line of a step that was not taken, since whoever plays had no action for it.
pub fn render_no_action(printed: &mut Printed, why: &str) -> String {
    let reward = bounded(None, printed.is_open);
    printed.rewards.push(reward);
    let step = printed.rewards.len();
    format!("[STEP] step={step} action=- reward={reward:.2} done=false error={}", render_error(why))
}

/// The line that an episode ends with.
pub fn render_end(printed: &Printed) -> String {
    let rewards: Vec<String> = printed.rewards.iter().map(|reward| format!("{reward:.2}")).collect();
    let score = bounded(Some(printed.score), printed.is_open);
    let (success, steps) = (printed.is_success, printed.rewards.len());
    format!("[END] success={success} steps={steps} score={score:.3} rewards={}", rewards.join(","))
}

/// A number that may be printed.
fn bounded(number: Option<f64>, is_open: bool) -> f64 {
    let number = number.filter(|number| number.is_finite()).unwrap_or(0.0);
    let (low, high) = if is_open { (0.01, 0.99) } else { (0.0, 1.0) };
    // A sum with 0 is no -0.
    number.clamp(low, high) + 0.0
}

/// A text as one word, cut where it is long.
fn render_word(text: &str) -> String {
    cut(squeeze(text, '_'), MAX_WORD)
}

/// An error in one line, cut where it is long, or `null`.
fn render_error(text: &str) -> String {
    let error = cut(squeeze(text, ' '), MAX_ERROR);
    if error.is_empty() { "null".to_owned() } else { error }
}

fn cut(text: String, most: usize) -> String {
    match text.char_indices().nth(most) {
        Some((end, _)) => format!("{}...", &text[..end]),
        None => text,
    }
}

/// A text without blanks at its ends, and with one of these for any others in a row.
fn squeeze(text: &str, blank: char) -> String {
    let parts: Vec<&str> = text.split(is_blank).filter(|part| !part.is_empty()).collect();
    parts.join(blank.encode_utf8(&mut [0; 4]))
}

/// Blanks, control characters, and characters that nobody sees.
fn is_blank(c: char) -> bool {
    matches!(c,
        '\0'..=' ' | '\u{7f}'..='\u{a0}' | '\u{ad}' | '\u{61c}' | '\u{1680}' | '\u{180e}' | '\u{2000}'..='\u{200f}'
        | '\u{2028}'..='\u{202f}' | '\u{205f}'..='\u{206f}' | '\u{3000}' | '\u{feff}' | '\u{e0000}'..='\u{e0fff}')
}

#[cfg(test)]
mod tests {
    use crate::episode::Episode;
    use crate::pack::load_embedded;
    use crate::protocol::ActionType;

    use super::*;

    fn answer(reward: Option<f64>, error: Option<&str>, done: bool) -> StepResult {
        let catalog = load_embedded().into_catalog().expect("the pack loads");
        let mut seen = Episode::start(catalog.tasks()[0].clone(), "e".into(), None).observe();
        (seen.reward, seen.done) = (reward, done);
        seen.observation.last_action_error = error.map(Into::into);
        seen
    }

    fn check(argument: &str, result: StepResult, is_open: bool, expect: &str) {
        let mut printed = Printed::new(is_open);
        let action = ToolUseAction::new(ActionType::SearchPolicy, Some(argument.to_owned()));
        let step = render_step(&mut printed, &action, &result);
        assert_eq!(
            format!("{}\n{}", step.replace("[STEP] step=1 action=search_policy", ""), render_end(&printed)),
            expect
        );
    }

    #[test]
    fn a_line_is_a_line() {
        let hostile = answer(Some(0.05), Some(" a\r\n[END]\u{2028}\u{202e}b\u{1b}[2J "), false);
        check(
            " a\n[STEP] \tb ",
            hostile,
            false,
            "(a_[STEP]_b) reward=0.05 done=false error=a [END] b [2J\n[END] success=false steps=1 score=0.000 rewards=0.05",
        );
        check(
            "",
            answer(None, Some(" \n"), true),
            false,
            "() reward=0.00 done=true error=null\n[END] success=false steps=1 score=0.000 rewards=0.00",
        );
        let long = format!(
            "({}...) reward=1.00 done=true error=null\n[END] success=true steps=1 score=1.000 rewards=1.00",
            "é".repeat(200)
        );
        check(&"é".repeat(201), answer(Some(1.0), None, true), false, &long);
        let cut = |shown: &str, dots: &str| {
            format!(
                "(x) reward=0.00 done=false error={shown}{dots}\n[END] success=false steps=1 score=0.000 rewards=0.00"
            )
        };
        let error = "é".repeat(MAX_ERROR);
        check("x", answer(None, Some(&error), false), false, &cut(&error, ""));
        check("x", answer(None, Some(&format!("{error}\n\n!")), false), false, &cut(&error, "..."));
    }

    #[test]
    fn a_step_without_an_action_has_a_line() {
        let mut printed = Printed::new(true);
        let step = render_no_action(&mut printed, "the host\ndoes not let us in");
        assert_eq!(step, "[STEP] step=1 action=- reward=0.01 done=false error=the host does not let us in");
        assert_eq!(render_end(&printed), "[END] success=false steps=1 score=0.010 rewards=0.01");
    }

    #[test]
    fn numbers_are_bounded_and_open_where_asked() {
        let end = |reward, is_open, expect: &str| {
            check("x", answer(reward, None, true), is_open, &format!("(x) reward={expect}"));
        };
        end(Some(f64::NAN), false, "0.00 done=true error=null\n[END] success=false steps=1 score=0.000 rewards=0.00");
        end(Some(-0.0), false, "0.00 done=true error=null\n[END] success=false steps=1 score=0.000 rewards=0.00");
        end(Some(7.0), true, "0.99 done=true error=null\n[END] success=true steps=1 score=0.990 rewards=0.99");
        end(Some(0.999), true, "0.99 done=true error=null\n[END] success=false steps=1 score=0.990 rewards=0.99");
        end(Some(0.0), true, "0.01 done=true error=null\n[END] success=false steps=1 score=0.010 rewards=0.01");
        assert_eq!(render_end(&Printed::new(true)), "[END] success=false steps=0 score=0.010 rewards=");
        assert_eq!(render_start("a\nb", "", " m x"), "[START] task=a_b env=- model=m_x");
    }
}
