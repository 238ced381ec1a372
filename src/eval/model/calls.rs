//! The calls in a run's file, to compare with what its results say of them, and what they cost.

use std::collections::BTreeMap;
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;

use serde::Deserialize;
use serde::de::IgnoredAny;

use crate::eval::Usage;
use crate::record::open_regular;

use super::book::{Book, is_sound};
use super::completion::Tokens;
use super::journal::MAX_LINE;
use super::model::count;

/// Of a line what it says of an answer, and about money.
#[derive(Debug, Deserialize)]
struct Line {
    trial: String,
    call: u32,
    id: Option<String>,
    message: Option<IgnoredAny>,
    prompt_tokens: u64,
    completion_tokens: u64,
    cost: Option<f64>,
    begun: Option<f64>,
}

/// The calls of a file.
#[derive(Debug, Default)]
pub(in crate::eval) struct Calls {
    /// Of a call that was answered again the last answer counts.
    answered: BTreeMap<String, BTreeMap<u32, (Tokens, Option<f64>)>>,
    book: Book,
}

impl Calls {
    /// Those in this file; `None` where there is none. A line that is no call counts for nothing, and `bad` is told its
    /// number; a last one that was not written whole is passed over.
    ///
    /// # Errors
    /// A file that cannot be read.
    pub(in crate::eval) fn read(path: &Path, mut bad: impl FnMut(usize)) -> io::Result<Option<Calls>> {
        let mut file = match open_regular(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            file => BufReader::new(file?),
        };
        let (mut calls, mut line) = (Calls::default(), Vec::new());
        for number in 1.. {
            line.clear();
            if file.by_ref().take(MAX_LINE).read_until(b'\n', &mut line)? == 0 {
                break;
            }
            match serde_json::from_slice(&line) {
                Ok(line) => calls.add(line),
                Err(_) if line.ends_with(b"\n") || line.len() as u64 == MAX_LINE => bad(number),
                Err(_) => {}
            }
        }
        Ok(Some(calls))
    }

    fn add(&mut self, line: Line) {
        let Line { trial, call, id, message, prompt_tokens, completion_tokens, cost, begun } = line;
        self.book.add(id.as_ref().unwrap_or(&trial), call, begun, cost);
        if message.is_some() {
            let tokens = Tokens { prompt: prompt_tokens, completion: completion_tokens };
            self.answered.entry(trial).or_default().insert(call, (tokens, cost.filter(is_sound)));
        }
    }

    /// What a trial's first so many answered calls came to.
    pub(in crate::eval) fn first(&self, trial: &str, calls: u64) -> Usage {
        let mut usage = Usage::default();
        let answered = self.answered.get(trial).into_iter().flatten();
        for (_, (tokens, cost)) in answered.take_while(|(call, _)| u64::from(**call) < calls) {
            count(&mut usage, *tokens, *cost);
        }
        usage
    }

    /// Whether none was answered, and none cost anything.
    pub(in crate::eval) fn came_to_nothing(&self) -> bool {
        self.answered.is_empty() && self.book.spent() == 0.0
    }

    /// US dollars that all of them came to, those of trials that were cut short included; `None` where none was priced.
    pub(in crate::eval) fn spent(&self) -> Option<f64> {
        self.book.is_priced().then(|| self.book.spent())
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    /// What the calls of these lines come to, and the numbers of those that are none.
    fn read(lines: &str) -> (Calls, Vec<usize>) {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("calls.jsonl");
        fs::write(&path, lines).expect("it can be written");
        let mut bad = Vec::new();
        let calls = Calls::read(&path, |line| bad.push(line)).expect("it can be read").expect("it is there");
        (calls, bad)
    }

    /// A line of the first call of the trial `a`, with these fields.
    fn line(fields: &str) -> String {
        format!("{{\"trial\":\"a\",\"call\":0,\"prompt_tokens\":3,\"completion_tokens\":4,{fields}}}\n")
    }

    #[test]
    fn calls_of_trials_that_were_cut_short_count_too() {
        let check = |lines: &str, expect: Option<f64>| {
            let (calls, bad) = read(lines);
            assert_eq!(calls.spent(), expect, "{lines}");
            bad
        };
        check("", None);
        check(&line("\"cost\":null"), None);
        let begun = line("\"cost\":null,\"begun\":0.5");
        check(&begun, Some(0.5));
        let ended = line("\"cost\":0.25,\"begun\":0.5");
        check(&format!("{begun}{ended}"), Some(0.25));
        // The one that was killed, and the one that was made in its place: announced, without a price, and told by its
        // host.
        check(&format!("{begun}{begun}{ended}"), Some(0.75));
        check(&format!("{begun}{}", line("\"cost\":null")), Some(0.5));
        check(&format!("{begun}{}", line("\"cost\":0.25")), Some(0.75));
        // Of two that were under way at once the first was answered last, as in copies of a run.
        let [a, b] = ["x", "y"].map(|id| {
            let of = |fields: &str| line(&format!("\"id\":\"{id}\",\"begun\":0.5,{fields}"));
            (of("\"cost\":null"), of("\"cost\":0.25"))
        });
        check(&format!("{}{}", a.0, b.0), Some(1.0));
        check(&format!("{}{}{}{}", a.0, b.0, b.1, a.1), Some(0.5));
        check(&line("\"cost\":1e308"), Some(0.0));
        let glued = format!("{begun}{{\"trial\":\"a\",{begun}{begun}{{\"tri");
        assert_eq!(check(&glued, Some(1.0)), [2], "the last line was cut short");
        let nowhere = Calls::read(Path::new("/nowhere/calls.jsonl"), |_| {}).expect("there is none");
        assert!(nowhere.is_none());
    }

    #[test]
    fn tokens_without_end_are_added_up() {
        let most = u64::MAX;
        let answer = |call: u32| {
            let tokens = format!("\"prompt_tokens\":{most},\"completion_tokens\":5000000000");
            format!("{{\"trial\":\"a\",\"call\":{call},\"message\":{{}},{tokens},\"cost\":null}}\n")
        };
        let (calls, bad) = read(&(answer(0) + &answer(1)));
        let usage = calls.first("a", 2);
        assert_eq!((usage.calls, usage.prompt_tokens, usage.completion_tokens), (2, most, 10_000_000_000));
        assert!(bad.is_empty());
    }
}
