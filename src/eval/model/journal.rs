//! Every answer of a model, kept before it is acted upon, so that none is paid twice.

use std::collections::BTreeMap;
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::eval::ErrorKind;
use crate::eval::files::Lines;
use crate::record::append_regular;

use super::book::Book;
use super::completion::Tokens;
use super::conversation::Form;
use super::options::ModelOptions;
use super::price::Price;
use super::question::Question;

/// The longest line: an answer has a text and calls of bounded size.
pub(in crate::eval) const MAX_LINE: u64 = 16 << 20;

/// What is said of a line that is none.
pub(super) const BAD_LINE: &str = "no call of a model; take it out, and what it said is asked, and paid, again";

/// A call of the model: a line of the file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Entry {
    /// The trial's name.
    pub(super) trial: String,
    /// Which of the trial's answered calls, from 0.
    pub(super) call: u32,
    /// Tells this call from every other, also in a copy of the run: lines that are the same are of the same call.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) id: Option<String>,
    /// SHA-256 over what was asked.
    pub(super) digest: String,
    /// How it was asked.
    pub(super) form: Form,
    /// What the assistant said; none where the answer was lost and may have to be paid all the same.
    pub(super) message: Option<Value>,
    pub(super) finish_reason: Option<String>,
    pub(super) prompt_tokens: u64,
    pub(super) completion_tokens: u64,
    /// US dollars; none where no price is known.
    pub(super) cost: Option<f64>,
    /// US dollars that the call may cost at most, where it may cost something. Without a cost beside it, the line says that
    /// the call is about to be made; the next one with both says what became of it. Where none does, the process was
    /// killed meanwhile.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) begun: Option<f64>,
    /// How long the answer took.
    pub(super) seconds: f64,
    /// Troubles since the answer before, by kind.
    pub(super) errors: BTreeMap<ErrorKind, u64>,
}

impl Entry {
    /// A call that was not answered yet.
    pub(super) fn of(question: &Question<'_>, options: &ModelOptions) -> Entry {
        Entry {
            trial: question.trial.to_owned(),
            call: question.call,
            id: Some(uuid::Uuid::new_v4().simple().to_string()),
            digest: question.digest(options),
            form: question.form,
            message: None,
            finish_reason: None,
            prompt_tokens: 0,
            completion_tokens: 0,
            cost: None,
            begun: None,
            seconds: 0.0,
            errors: BTreeMap::new(),
        }
    }
}

/// The file of a run's calls.
#[derive(Debug)]
pub(super) struct Journal {
    path: PathBuf,
    lines: Lines,
    /// Answers of earlier processes that nobody has asked for yet.
    kept: Mutex<BTreeMap<(String, u32), Entry>>,
    /// What the file says was spent.
    spent: f64,
    /// Tokens of calls whose price was not known then.
    unpriced: Tokens,
    /// Whether an earlier process went over to JSON.
    went_over: bool,
}

/// The file cannot be read or written, or holds something else.
#[derive(Debug, thiserror::Error)]
#[error("{}: {what}", path.display())]
pub(super) struct JournalError {
    path: PathBuf,
    what: String,
}

impl Journal {
    /// Opens the file, and makes it where there is none. A last line that was not written whole is cut off.
    pub(super) fn open(path: &Path) -> Result<Journal, JournalError> {
        let wrong = |what: String| JournalError { path: path.to_owned(), what };
        let failed = |error: io::Error| wrong(format!("cannot be opened: {error}"));
        let file = append_regular(path).map_err(failed)?;
        let mut kept = BTreeMap::new();
        let (mut book, mut went_over) = (Book::default(), false);
        let mut unpriced = Tokens { prompt: 0, completion: 0 };
        let mut reader = BufReader::new(&file);
        let (mut whole, mut line) = (0_u64, Vec::new());
        for number in 1.. {
            line.clear();
            reader.by_ref().take(MAX_LINE).read_until(b'\n', &mut line).map_err(failed)?;
            if !line.ends_with(b"\n") {
                break;
            }
            let entry: Entry = serde_json::from_slice(&line)
                .map_err(|error| wrong(format!("line {number} is {BAD_LINE}: {error}")))?;
            whole += line.len() as u64;
            if !book.add(entry.id.as_ref().unwrap_or(&entry.trial), entry.call, entry.begun, entry.cost) {
                unpriced.prompt = unpriced.prompt.saturating_add(entry.prompt_tokens);
                unpriced.completion = unpriced.completion.saturating_add(entry.completion_tokens);
            }
            went_over |= entry.form == Form::Json;
            if entry.message.is_some() {
                kept.insert((entry.trial.clone(), entry.call), entry);
            }
        }
        if line.len() as u64 >= MAX_LINE {
            return Err(wrong("has a line that is too long for a call of a model".to_owned()));
        }
        if !line.is_empty() {
            file.set_len(whole).map_err(failed)?;
        }
        Ok(Journal {
            path: path.to_owned(),
            lines: Lines::new(file),
            kept: Mutex::new(kept),
            spent: book.spent(),
            unpriced,
            went_over,
        })
    }

    /// What earlier processes have spent; calls that were made without a price count at this one.
    pub(super) fn spent(&self, price: Option<Price>) -> f64 {
        self.spent + price.map_or(0.0, |price| price.of(self.unpriced))
    }

    /// Whether an earlier process was answered.
    pub(super) fn has_answers(&self) -> bool {
        !self.kept.lock().unwrap_or_else(PoisonError::into_inner).is_empty()
    }

    pub(super) fn went_over(&self) -> bool {
        self.went_over
    }

    /// Takes the answer to a trial's call, where an earlier process was given one.
    pub(super) fn take(&self, trial: &str, call: u32) -> Option<Entry> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner).remove(&(trial.to_owned(), call))
    }

    /// Drops the answers to a trial's later calls: they belong to a conversation that went another way.
    pub(super) fn forget(&self, trial: &str) {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner).retain(|(of, _), _| of != trial);
    }

    /// Writes a call, and returns when it is on the disk.
    pub(super) fn append(&self, entry: &Entry) -> Result<(), JournalError> {
        let line = serde_json::to_vec(entry).expect("calls are plain JSON");
        self.lines.push(line).map_err(|error| JournalError {
            path: self.path.clone(),
            what: format!("an answer cannot be kept, and would be paid twice: {error}"),
        })
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use serde_json::json;

    use super::*;

    fn entry(trial: &str, call: u32, text: &str) -> Entry {
        Entry {
            trial: trial.to_owned(),
            call,
            id: None,
            digest: "d".to_owned(),
            form: Form::Tools,
            message: Some(json!({ "role": "assistant", "content": text })),
            finish_reason: Some("stop".to_owned()),
            prompt_tokens: 3,
            completion_tokens: 4,
            cost: Some(0.25),
            begun: None,
            seconds: 0.5,
            errors: BTreeMap::from([(ErrorKind::RateLimit, 2)]),
        }
    }

    #[test]
    fn calls_without_a_price_count_at_the_one_that_is_given_later() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("calls.jsonl");
        let unpriced = Entry { cost: None, prompt_tokens: 1_000_000, completion_tokens: 500_000, ..entry("a", 0, "x") };
        Journal::open(&path).expect("a new file").append(&unpriced).expect("there is room");
        let journal = Journal::open(&path).expect("it was just written");
        assert_eq!(journal.spent(None), 0.0);
        assert_eq!(journal.spent(Some(Price { prompt: 2.0, completion: 4.0 })), 4.0);
    }

    #[test]
    fn a_call_that_was_under_way_counts_with_what_it_may_have_cost() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("calls.jsonl");
        let begun = |call| Entry { message: None, cost: None, begun: Some(8.0), ..entry("a", call, "") };
        let answered = Entry { begun: Some(8.0), ..entry("a", 0, "answered") };
        let failed = Entry { message: None, cost: Some(0.0), begun: Some(8.0), ..entry("a", 1, "") };
        let journal = Journal::open(&path).expect("a new file");
        for entry in [begun(0), answered, begun(1), failed, begun(1), begun(1)] {
            journal.append(&entry).expect("there is room");
        }
        let journal = Journal::open(&path).expect("it was just written");
        assert_eq!(journal.spent(None), 0.25 + 8.0 + 8.0, "two of the last were killed, one after the other");
        assert_eq!(journal.take("a", 1), None);
    }

    #[test]
    fn what_was_answered_is_found_again_once() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("calls.jsonl");
        let journal = Journal::open(&path).expect("a new file");
        let lost = Entry { message: None, ..entry("a", 1, "") };
        for entry in [entry("a", 0, "old"), entry("a", 0, "new"), lost, entry("b", 0, "other"), entry("b", 1, "more")] {
            journal.append(&entry).expect("there is room");
        }
        assert_eq!(journal.take("a", 0), None, "answers of this process are in its conversations");
        let journal = Journal::open(&path).expect("it was just written");
        assert_eq!((journal.spent(None), journal.went_over()), (1.25, false));
        assert_eq!(journal.take("a", 0), Some(entry("a", 0, "new")));
        assert_eq!(journal.take("a", 0), None);
        assert_eq!(journal.take("a", 1), None);
        journal.forget("b");
        assert_eq!(journal.take("b", 1), None);
    }

    #[test]
    fn every_cut_of_the_last_line_leaves_the_others() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("calls.jsonl");
        let journal = Journal::open(&path).expect("a new file");
        journal.append(&entry("a", 0, "first")).expect("there is room");
        let first = fs::read(&path).expect("it was written").len();
        journal.append(&Entry { form: Form::Json, ..entry("a", 1, "second") }).expect("there is room");
        let whole = fs::read(&path).expect("it was written");
        for cut in first..whole.len() {
            fs::write(&path, &whole[..cut]).expect("there is room");
            let journal = Journal::open(&path).expect("the first line is whole");
            assert_eq!((journal.take("a", 0).is_some(), journal.take("a", 1).is_some()), (true, false), "{cut}");
            journal.append(&entry("a", 1, "again")).expect("there is room");
            assert!(Journal::open(&path).expect("every line is whole").take("a", 1).is_some(), "{cut}");
        }
        assert!(Journal::open(&path).is_ok_and(|journal| !journal.went_over()));
    }

    #[test]
    fn another_file_is_refused() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("calls.jsonl");
        fs::write(&path, "{}\n").expect("there is room");
        let error = Journal::open(&path).expect_err("it is no call");
        assert!(error.to_string().contains("line 1 is no call"), "{error}");
    }
}
