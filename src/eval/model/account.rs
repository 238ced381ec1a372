//! What calls cost and what was answered: held back before a call is made, booked and kept after it.

use std::collections::BTreeMap;
use std::path::Path;

use crate::eval::ErrorKind;

use super::completion::{Completion, Tokens};
use super::journal::{Entry, Journal, JournalError};
use super::options::{BOUNDED_TOKENS, ModelOptions};
use super::price::{Hold, Price, Purse};
use super::trouble::{Then, Trouble};

/// Bytes of a token, by the rule of thumb for English; for counts that a host does not give.
pub(super) const BYTES_A_TOKEN: u64 = 4;

/// The money and the journal of a model.
#[derive(Debug)]
pub(super) struct Account {
    price: Option<Price>,
    limit: Option<f64>,
    /// The limit of an answer's tokens that is sent.
    sent_tokens: Option<u32>,
    purse: Purse,
    journal: Option<Journal>,
}

/// A call that is about to be made.
#[derive(Debug)]
pub(super) struct OpenCall<'a> {
    account: &'a Account,
    hold: Hold<'a>,
    entry: Entry,
    /// How long the request is.
    bytes: u64,
    /// What it may take and cost at most.
    worst_tokens: Tokens,
    worst: f64,
}

impl Account {
    pub(super) fn open(options: &ModelOptions, journal: Option<&Path>) -> Result<Account, JournalError> {
        let journal = journal.map(Journal::open).transpose()?;
        let spent = journal.as_ref().map_or(0.0, |journal| journal.spent(options.price));
        Ok(Account {
            price: options.price,
            limit: options.max_cost,
            sent_tokens: options.sent_tokens(),
            purse: Purse::new(options.max_cost, spent),
            journal,
        })
    }

    /// US dollars spent, those of the run's earlier processes included.
    pub(super) fn spent(&self) -> f64 {
        self.purse.spent()
    }

    /// Where answers are kept.
    pub(super) fn journal(&self) -> Option<&Journal> {
        self.journal.as_ref()
    }

    /// Holds back what a request of so many bytes may cost at most.
    pub(super) fn hold(&self, entry: Entry, bytes: u64) -> Result<OpenCall<'_>, Trouble> {
        // No token is shorter than a byte.
        let worst_tokens = Tokens { prompt: bytes, completion: u64::from(self.sent_tokens.unwrap_or(BOUNDED_TOKENS)) };
        let worst = self.price.map_or(0.0, |price| price.of(worst_tokens));
        let hold = self.purse.hold(worst).ok_or_else(|| self.overdrawn(worst))?;
        Ok(OpenCall { account: self, hold, entry, bytes, worst_tokens, worst })
    }

    fn keep(&self, entry: &Entry) -> Result<(), Trouble> {
        let Some(journal) = &self.journal else { return Ok(()) };
        journal.append(entry).map_err(|error| Trouble {
            kind: ErrorKind::Budget,
            message: error.to_string(),
            then: Then::Stop,
            wait: None,
            may_cost: false,
        })
    }

    fn overdrawn(&self, worst: f64) -> Trouble {
        let limit = self.limit.unwrap_or_default();
        let spent = self.purse.spent();
        let message = format!("a call may cost ${worst:.4}, and of --max-cost {limit} ${spent:.4} are spent");
        Trouble { kind: ErrorKind::Budget, message, then: Then::Fail, wait: None, may_cost: false }
    }
}

impl OpenCall<'_> {
    /// Keeps that it is about to be made, where it may cost something: should the process be killed meanwhile, it counts.
    pub(super) fn announce(&mut self) -> Result<(), Trouble> {
        if self.worst <= 0.0 {
            return Ok(());
        }
        self.entry.begun = Some(self.worst);
        self.account.keep(&self.entry)
    }

    /// It was not answered. Where nobody knows what it cost, the budget reckons with the worst.
    pub(super) fn fail(mut self, may_cost: bool, seconds: f64) -> Result<(), Trouble> {
        let cost = if may_cost { self.worst } else { 0.0 };
        (self.entry.cost, self.entry.seconds) = (Some(cost), seconds);
        if self.entry.begun.is_some() {
            self.hold.book(cost);
            self.account.keep(&self.entry)?;
        }
        Ok(())
    }

    /// It was answered: its tokens and its cost, where that is known, once they are on the disk. `errors` are the troubles
    /// since the answer before.
    pub(super) fn answer(
        mut self,
        completion: &Completion,
        seconds: f64,
        errors: BTreeMap<ErrorKind, u64>,
    ) -> Result<(Tokens, Option<f64>), Trouble> {
        let said = &completion.said;
        let estimated = Tokens { prompt: self.bytes / BYTES_A_TOKEN, completion: said.len() as u64 / BYTES_A_TOKEN };
        let tokens = completion.tokens.unwrap_or(estimated);
        // Under a limit of money a call whose tokens are not told has cost what it may have cost.
        let is_limited = self.account.limit.is_some();
        let billed = completion.tokens.unwrap_or(if is_limited { self.worst_tokens } else { estimated });
        // What the host says may leave out what somebody else is paid, and a price that is given what it says.
        let priced = self.account.price.map(|price| price.of(billed));
        let cost = match (completion.cost, priced) {
            (Some(told), Some(priced)) if completion.tokens.is_some() => Some(told.max(priced)),
            (told, priced) => told.or(priced),
        };
        self.entry = Entry {
            message: Some(said.to_value()),
            finish_reason: completion.finish.clone(),
            prompt_tokens: tokens.prompt,
            completion_tokens: tokens.completion,
            cost,
            seconds,
            errors,
            ..self.entry
        };
        self.hold.book(cost.unwrap_or_default());
        self.account.keep(&self.entry)?;
        Ok((tokens, cost))
    }
}
