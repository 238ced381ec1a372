//! What a run's calls have come to, by the lines of their file.

use std::collections::BTreeMap;
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;

use serde::Deserialize;

use crate::record::open_regular;

use super::journal::MAX_LINE;

/// More US dollars than a line can say: what a call of the longest answer may cost at the dearest price is less. Sums of
/// others' files stay finite.
const MAX_BOOKED: f64 = 1e12;

/// Of a line what it says about money.
#[derive(Debug, Deserialize)]
struct Line {
    trial: String,
    call: u32,
    cost: Option<f64>,
    begun: Option<f64>,
}

/// US dollars that calls came to. A call that was under way when its process was killed has cost what it may have cost.
#[derive(Debug, Default)]
pub(super) struct Book {
    spent: f64,
    under_way: BTreeMap<(String, u32), f64>,
    is_priced: bool,
}

impl Book {
    /// Books a line of the file: the most that a call that has `begun` may cost, or what one that came to its end did cost;
    /// whether it tells that. The end of a call that was not announced is that of no other.
    pub(super) fn add(&mut self, trial: &str, call: u32, begun: Option<f64>, cost: Option<f64>) -> bool {
        let is_sound = |cost: &f64| (0.0..=MAX_BOOKED).contains(cost);
        let key = (trial.to_owned(), call);
        self.is_priced |= begun.is_some() || cost.is_some();
        match (begun, cost) {
            (Some(worst), None) => {
                let worst = Some(worst).filter(is_sound).unwrap_or_default();
                self.spent += self.under_way.insert(key, worst).unwrap_or_default();
            }
            (Some(_), Some(_)) => drop(self.under_way.remove(&key)),
            (None, _) => {}
        }
        let cost = cost.filter(is_sound);
        self.spent += cost.unwrap_or_default();
        cost.is_some()
    }

    /// All of it.
    pub(super) fn spent(&self) -> f64 {
        self.spent + self.under_way.values().sum::<f64>()
    }
}

/// What the calls in this file came to; `None` without such a file, and where no call had a price. A line that is no call
/// counts for nothing, and `bad` is told its number; a last one that was not written whole is passed over.
///
/// # Errors
/// A file that cannot be read.
pub(in crate::eval) fn spent(path: &Path, mut bad: impl FnMut(usize)) -> io::Result<Option<f64>> {
    let mut file = match open_regular(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        file => BufReader::new(file?),
    };
    let (mut book, mut line) = (Book::default(), Vec::new());
    for number in 1.. {
        line.clear();
        if file.by_ref().take(MAX_LINE).read_until(b'\n', &mut line)? == 0 {
            break;
        }
        match serde_json::from_slice(&line) {
            Ok(Line { trial, call, cost, begun }) => drop(book.add(&trial, call, begun, cost)),
            Err(_) if line.ends_with(b"\n") || line.len() as u64 == MAX_LINE => bad(number),
            Err(_) => {}
        }
    }
    Ok(book.is_priced.then(|| book.spent()))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn calls_of_trials_that_were_cut_short_count_too() {
        let check = |lines: &str, expect: Option<f64>| {
            let folder = tempfile::tempdir().expect("a folder");
            let path = folder.path().join("calls.jsonl");
            fs::write(&path, lines).expect("it can be written");
            let mut bad = Vec::new();
            let found = spent(&path, |line| bad.push(line)).expect("it can be read");
            assert_eq!(found, expect, "{lines}");
            bad
        };
        check("", None);
        check("{\"trial\":\"a\",\"call\":0,\"cost\":null}\n", None);
        let begun = "{\"trial\":\"a\",\"call\":0,\"cost\":null,\"begun\":0.5}\n";
        check(begun, Some(0.5));
        let ended = "{\"trial\":\"a\",\"call\":0,\"cost\":0.25,\"begun\":0.5}\n";
        check(&format!("{begun}{ended}"), Some(0.25));
        // The one that was killed, and the one that was made in its place: announced, without a price, and told by its
        // host.
        check(&format!("{begun}{begun}{ended}"), Some(0.75));
        check(&format!("{begun}{{\"trial\":\"a\",\"call\":0,\"cost\":null}}\n"), Some(0.5));
        check(&format!("{begun}{{\"trial\":\"a\",\"call\":0,\"cost\":0.25}}\n"), Some(0.75));
        check("{\"trial\":\"a\",\"call\":0,\"cost\":1e308}\n", Some(0.0));
        let glued = format!("{begun}{{\"trial\":\"a\",{begun}{begun}{{\"tri");
        assert_eq!(check(&glued, Some(1.0)), [2], "the last line was cut short");
        assert_eq!(spent(Path::new("/nowhere/calls.jsonl"), |_| {}).expect("there is none"), None);
    }
}
