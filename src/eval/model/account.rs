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

#[cfg(test)]
mod tests {
    use super::super::bench::{Bench, OK, broken, status};
    use super::*;

    #[test]
    fn no_call_is_made_that_may_cost_too_much() {
        let price = Price { prompt: 0.0, completion: 1e6 / 4096.0 };
        let answer = OK.replace("500000", "2048");
        let mut bench = Bench::new(vec![status(200, &answer); 9], |options| {
            (options.price, options.max_cost) = (Some(price), Some(2.0));
        });
        let answered = (0..9).take_while(|call| bench.ask(*call).is_ok()).count();
        // Each may cost a dollar and costs half of one: after three half a dollar is left.
        assert_eq!((answered, bench.model.spent(), bench.usage.cost), (3, 1.5, Some(1.5)));
        let error = bench.ask(9).expect_err("a dollar does not fit");
        assert!(error.kind == ErrorKind::Budget && error.message.contains("--max-cost 2 $1.5000"), "{error}");
        assert!(bench.model.stopped().is_none(), "a smaller question may fit");
    }

    #[test]
    fn a_host_that_says_that_it_cost_nothing_is_not_believed() {
        let check = |price: Option<Price>, cost: &str, expect: Option<f64>| {
            let answer = OK.replace("500000", &format!("500000,\"cost\":{cost}"));
            let mut bench = Bench::new(vec![status(200, &answer)], |options| options.price = price);
            bench.ask(0).expect("it answers");
            assert_eq!(bench.usage.cost, expect, "{price:?} {cost}");
            assert_eq!(bench.model.spent(), expect.unwrap_or_default(), "{price:?} {cost}");
        };
        let price = Some(Price { prompt: 2.0, completion: 4.0 });
        check(price, "0", Some(4.0));
        check(price, "0.5", Some(4.0));
        check(price, "4.5", Some(4.5));
        check(None, "0", None);
        check(None, "0.5", Some(0.5));
    }

    #[test]
    fn a_call_that_is_killed_counts_whatever_is_said_of_limits() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("calls.jsonl");
        let price = Price { prompt: 0.0, completion: 1e6 / 4096.0 };
        let priced = |options: &mut ModelOptions| options.price = Some(price);
        let mut bench = Bench::with_journal(Vec::new(), Some(&path), priced);
        bench.ask(0).expect("it answers");
        // Cut where the process was killed while it waited: what the answer said is not there yet.
        let lines = std::fs::read_to_string(&path).expect("it was written");
        let first = lines.lines().next().expect("that it is about to be made");
        std::fs::write(&path, format!("{first}\n")).expect("it can be written");
        assert_eq!(Bench::with_journal(Vec::new(), Some(&path), priced).model.spent(), 1.0);
        // Gone on with without a price, and then with one.
        let free = OK.replace("500000", "0").replace("1000000", "1");
        let mut bench = Bench::with_journal(vec![status(200, &free)], Some(&path), |_| {});
        bench.ask(0).expect("it answers");
        let again = Bench::with_journal(Vec::new(), Some(&path), priced);
        assert_eq!(again.model.spent(), 1.0, "the first was not answered by the second's answer");
    }

    #[test]
    fn what_may_have_been_billed_counts_as_spent() {
        let price = Price { prompt: 0.0, completion: 1e6 / 4096.0 };
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("calls.jsonl");
        let change = |options: &mut ModelOptions| (options.price, options.max_cost) = (Some(price), Some(9.0));
        let mut bench = Bench::with_journal(vec![broken(true), broken(false), status(500, "")], Some(&path), change);
        bench.ask(0).expect("the fourth time");
        assert!(bench.model.spent() > 1.0, "one answer was lost on its way");
        let again = Bench::with_journal(Vec::new(), Some(&path), change);
        assert_eq!(again.model.spent(), bench.model.spent());
        let told = std::fs::read_to_string(&path).expect("it was written");
        let lines: std::collections::BTreeSet<&str> = told.lines().collect();
        assert_eq!(lines.len(), told.lines().count(), "a call is told from one that asks the same: {told}");
        assert!(again.model.kept("trial", 0).is_some() && again.model.kept("trial", 0).is_none());
    }

    #[test]
    fn numbers_that_cannot_be_are_not_counted() {
        let price = Price { prompt: 0.0, completion: 1e6 / 4096.0 };
        let check = |usage: &str, max_cost: Option<f64>, cost: f64| {
            let answer = format!("{{\"choices\":[{{\"message\":{{\"content\":\"four\"}}}}],\"usage\":{usage}}}");
            let mut bench = Bench::new(vec![status(200, &answer)], |options| {
                (options.price, options.max_cost) = (Some(price), max_cost);
            });
            bench.ask(0).expect("it answers");
            assert!(bench.usage.prompt_tokens > 0 && bench.usage.prompt_tokens < 2_000, "{usage}: {:?}", bench.usage);
            assert_eq!((bench.usage.completion_tokens, bench.usage.cost), (1, Some(cost)), "{usage}");
        };
        for usage in [
            "null",
            "{\"prompt_tokens\":1e308,\"completion_tokens\":1e308}",
            "{\"prompt_tokens\":-5,\"completion_tokens\":-5,\"cost\":-10}",
            "{\"prompt_tokens\":0,\"completion_tokens\":0,\"cost\":1e308}",
        ] {
            check(usage, None, 1.0 / 4096.0);
            check(usage, Some(9.0), 1.0);
        }
    }
}
