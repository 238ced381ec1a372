//! Questions on a terminal; elsewhere every answer is the default.

use std::io::{self, BufRead, IsTerminal, StdinLock};

use crate::cli::output::say;

/// Who answers, if anybody does.
pub(super) struct Dialogue<R> {
    answers: Option<R>,
}

impl Dialogue<StdinLock<'static>> {
    /// With whoever sits at the terminal.
    pub(super) fn start() -> Self {
        let answers = io::stdin().is_terminal() && io::stderr().is_terminal();
        Dialogue { answers: answers.then(|| io::stdin().lock()) }
    }
}

#[cfg(test)]
impl<'a> Dialogue<&'a [u8]> {
    pub(super) fn of(answers: &'a [u8]) -> Self {
        Dialogue { answers: Some(answers) }
    }

    pub(super) fn silent() -> Self {
        Dialogue { answers: None }
    }
}

impl<R: BufRead> Dialogue<R> {
    /// Whether there is nobody to ask.
    pub(super) fn is_silent(&self) -> bool {
        self.answers.is_none()
    }

    /// What was given, or the answer to the question, once it holds: after a slip the question comes again.
    ///
    /// # Errors
    /// Why it does not hold, where nobody answers any longer.
    pub(super) fn settle<T>(
        &mut self,
        mut given: Option<String>,
        question: &str,
        default: Option<&str>,
        check: impl Fn(&str) -> Result<T, String>,
    ) -> Result<T, String> {
        let mut wrong = None;
        loop {
            let answer = match given.take() {
                Some(given) => Some(given),
                None => self.ask(question, default, wrong.is_some())?,
            };
            let Some(answer) = answer else { return Err(wrong.unwrap_or_else(|| "there is no answer".to_owned())) };
            match check(&answer) {
                Ok(value) => return Ok(value),
                Err(why) => {
                    if self.answers.is_some() {
                        say(&why);
                    }
                    wrong = Some(why);
                }
            }
        }
    }

    /// The answer; the default where none is given or nobody is asked. `None` at the end, or where there is no default.
    fn ask(&mut self, question: &str, default: Option<&str>, again: bool) -> Result<Option<String>, String> {
        let Some(answers) = &mut self.answers else { return Ok(default.filter(|_| !again).map(str::to_owned)) };
        match default {
            Some(default) => say(format_args!("{question} [{default}]")),
            None => say(question),
        }
        let mut answer = String::new();
        let read = answers.read_line(&mut answer).map_err(|error| format!("cannot read the answer: {error}"))?;
        let answer = answer.trim();
        Ok(match (answer, default) {
            _ if read == 0 => default.filter(|_| !again).map(str::to_owned),
            ("", default) => Some(default.unwrap_or_default().to_owned()),
            (answer, _) => Some(answer.to_owned()),
        })
    }
}
