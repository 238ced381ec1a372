//! Where lines come from: a terminal with completion and history, or anything else line by line.

use std::cell::RefCell;
use std::io::{self, BufRead, IsTerminal};
use std::rc::Rc;

use rustyline::completion::Completer;
use rustyline::highlight::Highlighter;
use rustyline::hint::Hinter;
use rustyline::history::MemHistory;
use rustyline::validate::Validator;
use rustyline::{CompletionType, Config, Context, Editor, Helper};

use super::command::{Choices, complete};

/// The longest line that is read, in bytes: more than any command may hold.
const MAX_LINE_BYTES: u64 = 64 * 1024;

/// Where lines come from.
pub(super) enum Prompt {
    /// A person at a terminal.
    Terminal { editor: Box<Editor<Words, MemHistory>>, choices: Rc<RefCell<Choices>> },
    /// A file or a pipe.
    Plain,
}

impl Prompt {
    /// The standard input, as it is.
    pub(super) fn open() -> Prompt {
        if !(io::stdin().is_terminal() && io::stdout().is_terminal()) {
            return Prompt::Plain;
        }
        let config = Config::builder().completion_type(CompletionType::List).auto_add_history(true).build();
        let choices = Rc::new(RefCell::new(Choices::default()));
        match Editor::with_history(config, MemHistory::new()) {
            Ok(mut editor) => {
                editor.set_helper(Some(Words(choices.clone())));
                Prompt::Terminal { editor: Box::new(editor), choices }
            }
            Err(_) => Prompt::Plain,
        }
    }

    /// Lets the completion know what there is to choose from.
    pub(super) fn offer(&self, offered: &Choices) {
        if let Prompt::Terminal { choices, .. } = self {
            *choices.borrow_mut() = offered.clone();
        }
    }

    /// The next line; `None` at the end of the input, or where the player wants to leave.
    pub(super) fn read(&mut self, ask: &str) -> Option<String> {
        match self {
            Prompt::Terminal { editor, .. } => editor.readline(ask).ok(),
            Prompt::Plain => {
                let mut line = Vec::new();
                let mut input = io::Read::take(io::stdin().lock(), MAX_LINE_BYTES);
                match input.read_until(b'\n', &mut line) {
                    Ok(1..) => Some(String::from_utf8_lossy(&line).trim_end_matches(['\r', '\n']).to_owned()),
                    _ => None,
                }
            }
        }
    }
}

/// Completes commands, records and codes.
pub(super) struct Words(Rc<RefCell<Choices>>);

impl Completer for Words {
    type Candidate = String;

    fn complete(&self, line: &str, at: usize, _: &Context<'_>) -> rustyline::Result<(usize, Vec<String>)> {
        Ok(complete(&line[..at], &self.0.borrow()))
    }
}

impl Hinter for Words {
    type Hint = String;
}

impl Highlighter for Words {}
impl Validator for Words {}
impl Helper for Words {}
