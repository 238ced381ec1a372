//! Steps that were asked for under a key, so that asking again changes nothing.

use std::collections::VecDeque;
use std::sync::Arc;

use crate::protocol::StepResult;
use crate::record::Receipt;

/// How many steps of an episode are remembered: a client asks again for its last step, or for one of a few at once.
const MOST: usize = 16;

/// The longest key, in bytes.
pub const MAX_KEY_BYTES: usize = 255;

/// What identifies a request beside its key: the digest of all that it asks for.
pub type RequestDigest = [u8; 32];

/// The last steps of an episode that were asked for under a key.
#[derive(Debug, Default)]
pub(super) struct Repeats(VecDeque<Answered>);

#[derive(Debug)]
struct Answered {
    key: Box<str>,
    request: RequestDigest,
    answer: Arc<StepResult>,
    receipt: Option<Receipt>,
    /// About what all of this holds, but for an answer that a log holds, too.
    bytes: usize,
}

/// The key stands for another request already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeyTaken;

impl Repeats {
    /// About how many bytes all of them hold.
    pub(super) fn held_bytes(&self) -> usize {
        self.0.iter().map(|answered| answered.bytes).sum()
    }

    /// About how many bytes an answer of so many holds under a key of so many.
    pub(super) fn bytes_of(key: usize, answer: usize) -> usize {
        size_of::<Answered>() + key + answer
    }

    /// The answer under this key, with the receipt that it waits for, if the step was taken.
    pub(super) fn find(
        &self,
        key: &str,
        request: &RequestDigest,
    ) -> Result<Option<(StepResult, Option<Receipt>)>, KeyTaken> {
        match self.0.iter().find(|answered| &*answered.key == key) {
            None => Ok(None),
            Some(answered) if answered.request != *request => Err(KeyTaken),
            Some(answered) => Ok(Some(((*answered.answer).clone(), answered.receipt.clone()))),
        }
    }

    /// Remembers an answer, which holds about so many bytes; the oldest is forgotten for it.
    pub(super) fn keep(
        &mut self,
        key: &str,
        request: RequestDigest,
        answer: Arc<StepResult>,
        bytes: usize,
        receipt: Option<&Receipt>,
    ) {
        if self.0.len() == MOST {
            self.0.pop_front();
        }
        let bytes = Repeats::bytes_of(key.len(), bytes);
        self.0.push_back(Answered { key: key.into(), request, answer, receipt: receipt.cloned(), bytes });
    }
}
