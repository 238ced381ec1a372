//! Actions from a file: one JSON object a line, or a recorded episode in any of the forms in which there are any.

use serde_json::Value;

use crate::protocol::{StepResult, ToolUseAction};
use crate::task::Task;

use super::Agent;

/// Plays a fixed list of actions, whatever comes back.
#[derive(Debug, Clone, Default)]
pub struct Script {
    /// The task that was played, where the recording names one.
    pub task_id: Option<String>,
    /// The seed of the episode, where the recording holds one.
    pub seed: Option<u64>,
    actions: Vec<ToolUseAction>,
    step: usize,
}

/// Why a text is no script.
#[derive(Debug, thiserror::Error)]
pub enum ScriptError {
    /// A line, or an entry of a list, that is no action.
    #[error("{place} {number} is no action: {}", without_line(source))]
    NoAction {
        /// What is counted: lines, or the entries of a list.
        place: &'static str,
        /// From 1.
        number: usize,
        /// What is wrong with it.
        source: serde_json::Error,
    },
    /// A text of several lines that begins as one JSON value and is none.
    #[error("this is no JSON: {0}")]
    NoJson(serde_json::Error),
    /// A second beginning.
    #[error("line {0} begins a second episode; a script is one episode")]
    SecondEpisode(usize),
}

impl Script {
    /// Plays these actions.
    pub fn new(actions: Vec<ToolUseAction>) -> Script {
        Script { actions, ..Script::default() }
    }

    /// Reads actions, one JSON object a line; blank lines and lines that begin with `#` are passed over. A line
    /// `{"reset": {"task_id": …, "seed": …}}` says what was played. The episode file of the playground, a list of actions
    /// and what `run --json` prints of one episode are read, too.
    ///
    /// # Errors
    /// The first line or entry that is no action, and a second episode.
    pub fn parse(text: &str) -> Result<Script, ScriptError> {
        match serde_json::from_str::<Value>(text) {
            Ok(Value::Array(actions)) => Script::of_list(actions),
            Ok(Value::Object(mut episode)) if episode.get("actions").is_some_and(Value::is_array) => {
                let actions = episode.remove("actions").unwrap_or_default();
                let mut script = Script::of_list(actions.as_array().cloned().unwrap_or_default())?;
                script.begin(&episode.remove("reset").unwrap_or_default());
                Ok(script)
            }
            Err(error) if first_line(text).is_some_and(is_cut_short) => Err(ScriptError::NoJson(error)),
            _ => Script::of_lines(text),
        }
    }

    /// The next action of the list.
    pub fn next_action(&mut self) -> Option<ToolUseAction> {
        let action = self.actions.get(self.step).cloned();
        self.step += 1;
        action
    }

    fn of_list(actions: Vec<Value>) -> Result<Script, ScriptError> {
        let entry = |(at, value)| {
            let read = serde_json::from_value(value);
            read.map_err(|source| ScriptError::NoAction { place: "action", number: at + 1, source })
        };
        Ok(Script::new(actions.into_iter().enumerate().map(entry).collect::<Result<_, _>>()?))
    }

    fn of_lines(text: &str) -> Result<Script, ScriptError> {
        let mut script = Script::default();
        let mut has_begun = false;
        for (at, line) in text.lines().enumerate() {
            let (number, line) = (at + 1, line.trim());
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let no_action = |source| ScriptError::NoAction { place: "line", number, source };
            match Line::of(line) {
                Line::Begun(how) => {
                    if has_begun {
                        return Err(ScriptError::SecondEpisode(number));
                    }
                    has_begun = true;
                    script.begin(&how);
                }
                Line::Step(action) => script.actions.push(serde_json::from_value(action).map_err(no_action)?),
                Line::End => {}
                Line::Action => script.actions.push(serde_json::from_str(line).map_err(no_action)?),
            }
        }
        Ok(script)
    }

    /// Takes the task and the seed from how an episode was begun; whatever else stands there is passed over.
    fn begin(&mut self, how: &Value) {
        self.task_id = how.get("task_id").and_then(Value::as_str).map(str::to_owned);
        self.seed = how.get("seed").and_then(Value::as_u64).filter(|&seed| i64::try_from(seed).is_ok());
    }
}

/// What a line is.
enum Line {
    /// `{"reset": …}`, or the event of a reset.
    Begun(Value),
    /// The event of a step, or an action within an object, as `/step` takes it.
    Step(Value),
    /// The event of an end.
    End,
    /// An action, or nothing that is known.
    Action,
}

impl Line {
    fn of(line: &str) -> Line {
        let Ok(Value::Object(mut members)) = serde_json::from_str::<Value>(line) else { return Line::Action };
        if members.contains_key("action_type") {
            return Line::Action;
        }
        match members.get("event").and_then(Value::as_str) {
            Some("reset") => {
                let seed = members.get("observation").and_then(|seen| seen.pointer("/metadata/seed")).cloned();
                members.insert("seed".to_owned(), seed.unwrap_or_default());
                Line::Begun(Value::Object(members))
            }
            Some("step") => Line::Step(members.remove("action").unwrap_or_default()),
            Some("end") => Line::End,
            _ => match (members.remove("reset"), members.remove("action")) {
                (Some(how), _) => Line::Begun(how),
                (None, Some(action)) => Line::Step(action),
                (None, None) => Line::Action,
            },
        }
    }
}

/// The first line that is not blank.
fn first_line(text: &str) -> Option<&str> {
    text.lines().map(str::trim).find(|line| !line.is_empty())
}

/// Whether a line is the beginning of JSON that goes on in the next.
fn is_cut_short(line: &str) -> bool {
    serde_json::from_str::<Value>(line).is_err_and(|error| error.is_eof())
}

/// Each line is a text of its own to the parser: its "line 1" says nothing.
fn without_line(source: &serde_json::Error) -> String {
    source.to_string().replace(" at line 1 column ", " at column ")
}

impl Agent for Script {
    fn act(&mut self, _: &Task, _: &StepResult) -> Option<ToolUseAction> {
        self.next_action()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const REVIEW: &str = r#"{"action_type":"review_ticket"}"#;

    /// The task, the seed and the number of actions; or the error.
    fn check(text: &str, expect: &str) {
        let found = match Script::parse(text) {
            Ok(Script { task_id, seed, actions, .. }) => {
                format!(
                    "{} {} {}",
                    task_id.unwrap_or("-".into()),
                    seed.map_or("-".into(), |seed| seed.to_string()),
                    actions.len()
                )
            }
            Err(error) => format!("error: {error}"),
        };
        assert!(
            found.starts_with(expect) && (found.len() == expect.len() || found.starts_with("error")),
            "{text}: {found}"
        );
    }

    #[test]
    fn all_forms_of_an_episode_are_read() {
        check("", "- - 0");
        check(REVIEW, "- - 1");
        check(&format!("# a remark\n\n{REVIEW}\r\n {REVIEW}\n"), "- - 2");
        check(
            &format!("{{\"pack_digest\":\"x\",\"reset\":{{\"task_id\":\"mug\",\"seed\":7}}}}\n{REVIEW}\n"),
            "mug 7 1",
        );
        check(&format!("{{\"reset\":{{\"task_id\":\"mug\"}}}}\n{REVIEW}\n"), "mug - 1");
        check("{\"reset\":{\"task_id\":\"mug\"}}\n", "mug - 0");
        check(&format!("{{\"action\":{REVIEW}}}\n"), "- - 1");
        let file = format!(
            "{{\n  \"pack_digest\": null,\n  \"reset\": {{\"task_id\": \"mug\", \"seed\": null}},\n  \"actions\": [{REVIEW}]\n}}\n"
        );
        check(&file, "mug - 1");
        check(&format!("[\n{REVIEW},\n{REVIEW}]"), "- - 2");
        let seen = r#""observation":{"metadata":{"seed":3}}"#;
        let reset = format!("{{\"event\":\"reset\",\"task_id\":\"mug\",\"action\":null,{seen}}}");
        let step = format!("{{\"event\":\"step\",\"task_id\":\"mug\",\"action\":{REVIEW},{seen}}}");
        check(&format!("{reset}\n{step}\n{{\"event\":\"end\",\"score\":null}}\n"), "mug 3 1");
        check(&format!("{reset}\n{step}\n{reset}\n"), "error: line 3 begins a second episode");
    }

    #[test]
    fn what_is_no_script_is_told_with_its_place() {
        check(&format!("{REVIEW}\nnope"), "error: line 2 is no action: expected");
        check(&format!("[{REVIEW}, 3]"), "error: action 2 is no action: invalid type");
        check("{\n  \"actions\": [\n  {]", "error: this is no JSON: key must be a string at line 3 column 4");
        check(r#"{"action_type":"fly"}"#, "error: line 1 is no action: unknown variant `fly`");
        check(r#"{"x":1}"#, "error: line 1 is no action: unknown field `x`");
        check(r#"{"event":"step","action":null}"#, "error: line 1 is no action: invalid type: null");
    }
}
