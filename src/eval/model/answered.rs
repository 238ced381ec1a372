//! The answered calls of a run, to compare with what its results say of them.

use std::collections::BTreeMap;
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;

use serde::Deserialize;
use serde::de::IgnoredAny;

use crate::eval::Usage;
use crate::record::open_regular;

use super::completion::Tokens;
use super::journal::MAX_LINE;
use super::model::count;

/// More than any call takes or costs: what is added up stays a number.
const MOST: f64 = 1e12;

/// Of a line what it says of an answer.
#[derive(Debug, Deserialize)]
struct Line {
    trial: String,
    call: u32,
    message: Option<IgnoredAny>,
    prompt_tokens: u32,
    completion_tokens: u32,
    cost: Option<f64>,
}

/// The answered calls of a file. Of a call that was answered again the last answer counts.
#[derive(Debug, Default)]
pub(in crate::eval) struct Answered {
    by_trial: BTreeMap<String, BTreeMap<u32, (Tokens, Option<f64>)>>,
}

impl Answered {
    /// Those in this file; `None` where there is none. A line that is no call is passed over.
    ///
    /// # Errors
    /// A file that cannot be read.
    pub(in crate::eval) fn read(path: &Path) -> io::Result<Option<Answered>> {
        let mut file = match open_regular(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            file => BufReader::new(file?),
        };
        let (mut answered, mut line) = (Answered::default(), Vec::new());
        loop {
            line.clear();
            if file.by_ref().take(MAX_LINE).read_until(b'\n', &mut line)? == 0 {
                return Ok(Some(answered));
            }
            let Ok(Line { trial, call, message: Some(_), prompt_tokens, completion_tokens, cost }) =
                serde_json::from_slice(&line)
            else {
                continue;
            };
            let tokens = Tokens { prompt: prompt_tokens.into(), completion: completion_tokens.into() };
            let cost = cost.filter(|cost| (0.0..=MOST).contains(cost));
            answered.by_trial.entry(trial).or_default().insert(call, (tokens, cost));
        }
    }

    /// What a trial's first so many calls came to.
    pub(in crate::eval) fn first(&self, trial: &str, calls: u64) -> Usage {
        let mut usage = Usage::default();
        let answered = self.by_trial.get(trial).into_iter().flatten();
        for (_, (tokens, cost)) in answered.take_while(|(call, _)| u64::from(**call) < calls) {
            count(&mut usage, *tokens, *cost);
        }
        usage
    }
}
