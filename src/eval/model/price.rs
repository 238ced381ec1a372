//! What calls cost, and how much may be spent.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use serde::{Deserialize, Serialize};
use toml::de::{DeTable, DeValue};

use super::completion::Tokens;

/// A million tokens cost less: hundreds of times the dearest price there is.
const MAX_PRICE: f64 = 1e5;
/// A call costs less. What a host or a file says beyond is not known to be true.
const MAX_COST: f64 = 1e4;

/// The prices of a model, in US dollars for a million tokens.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Price {
    /// Of tokens read.
    pub prompt: f64,
    /// Of tokens written.
    pub completion: f64,
}

impl Price {
    /// Whether a million tokens may cost so much.
    pub fn is_amount(usd: f64) -> bool {
        (0.0..=MAX_PRICE).contains(&usd)
    }

    /// The price of a model in a file of prices: TOML, a table for each model's name with `prompt` and `completion`.
    ///
    /// # Errors
    /// A file that is none, and one that does not hold the model.
    pub fn parse(text: &str, model: &str) -> Result<Price, String> {
        let table = DeTable::parse(text).map_err(|error| error.message().to_owned())?;
        let table = table.into_inner();
        let Some(DeValue::Table(entry)) = table.get(model).map(|value| value.get_ref()) else {
            let how = "\"NAME\" = { prompt = 0.5, completion = 1.5 }, in US dollars for a million tokens";
            return Err(format!("there is no price of `{model}`; a line of it is {how}"));
        };
        let number = |key: &str| match entry.get(key).map(|value| value.get_ref()) {
            Some(DeValue::Integer(number)) if number.radix() == 10 => check_amount(number.as_str()),
            Some(DeValue::Float(number)) => check_amount(number.as_str()),
            _ => None,
        };
        match (number("prompt"), number("completion")) {
            (Some(prompt), Some(completion)) => Ok(Price { prompt, completion }),
            _ => Err(format!("the price of `{model}` needs `prompt` and `completion`, numbers from 0 to {MAX_PRICE}")),
        }
    }

    /// What so many tokens cost.
    pub(super) fn of(&self, tokens: Tokens) -> f64 {
        (self.prompt * tokens.prompt as f64 + self.completion * tokens.completion as f64) / 1e6
    }
}

/// Whether a call may have cost so many US dollars.
pub(super) fn is_cost(usd: f64) -> bool {
    (0.0..=MAX_COST).contains(&usd)
}

fn check_amount(digits: &str) -> Option<f64> {
    digits.replace('_', "").parse().ok().filter(|amount| Price::is_amount(*amount))
}

/// Money that all threads spend from: what a call may cost at most is held back before it is made, and what it did cost
/// is booked after it.
#[derive(Debug)]
pub(super) struct Purse {
    limit: Option<f64>,
    account: Mutex<Account>,
    settled: Condvar,
}

#[derive(Debug, Default)]
struct Account {
    spent: f64,
    held: f64,
    holds: usize,
}

/// Money held back for a call; given back unless it is booked.
#[derive(Debug)]
pub(super) struct Hold<'a> {
    purse: &'a Purse,
    amount: f64,
    spent: f64,
}

impl Purse {
    pub(super) fn new(limit: Option<f64>, spent: f64) -> Purse {
        Purse { limit, account: Mutex::new(Account { spent, ..Account::default() }), settled: Condvar::new() }
    }

    /// What was spent.
    pub(super) fn spent(&self) -> f64 {
        self.account().spent
    }

    /// Holds back what a call may cost at most. Waits while calls of others may give some of theirs back; `None` where
    /// it does not fit even so.
    pub(super) fn hold(&self, amount: f64) -> Option<Hold<'_>> {
        let mut account = self.account();
        while let Some(limit) = self.limit
            && account.spent + account.held + amount > limit
        {
            if account.holds == 0 || account.spent + amount > limit {
                return None;
            }
            account = self.settled.wait(account).unwrap_or_else(PoisonError::into_inner);
        }
        account.held += amount;
        account.holds += 1;
        Some(Hold { purse: self, amount, spent: 0.0 })
    }

    fn account(&self) -> MutexGuard<'_, Account> {
        // Sums are changed in one go: a thread that panicked left none half written.
        self.account.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Hold<'_> {
    /// Books what the call did cost.
    pub(super) fn book(mut self, cost: f64) {
        self.spent = cost;
    }
}

impl Drop for Hold<'_> {
    fn drop(&mut self) {
        let mut account = self.purse.account();
        account.holds -= 1;
        // Sums of doubles drift; nothing held is nothing.
        account.held = if account.holds == 0 { 0.0 } else { account.held - self.amount };
        account.spent += self.spent;
        drop(account);
        self.purse.settled.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use std::thread;

    use super::*;

    fn check(text: &str, expect: Result<(f64, f64), &str>) {
        match (Price::parse(text, "org/model-7b"), expect) {
            (Ok(price), Ok(expect)) => assert_eq!((price.prompt, price.completion), expect, "{text}"),
            (Err(message), Err(part)) => assert!(message.contains(part), "{message}"),
            (found, _) => panic!("{text}: {found:?}, expected {expect:?}"),
        }
    }

    #[test]
    fn reads_prices() {
        check("\"org/model-7b\" = { prompt = 0.5, completion = 2 }", Ok((0.5, 2.0)));
        check("[\"org/model-7b\"]\nprompt = 1_000\ncompletion = 0\n[other]", Ok((1000.0, 0.0)));
        check("other = { prompt = 1, completion = 2 }", Err("no price of `org/model-7b`"));
        check("\"org/model-7b\" = { prompt = -1, completion = 2 }", Err("from 0 to 100000"));
        check("\"org/model-7b\" = { prompt = nan, completion = inf }", Err("from 0 to 100000"));
        check("\"org/model-7b\" = { prompt = 1e308, completion = 2 }", Err("from 0 to 100000"));
        check("\"org/model-7b\" = { prompt = \"1\" }", Err("from 0 to 100000"));
        check("\"org/model-7b\" = 3", Err("no price"));
        check("= 3", Err(""));
    }

    #[test]
    fn a_call_is_priced_by_the_million() {
        let price = Price { prompt: 2.0, completion: 10.0 };
        assert_eq!(price.of(Tokens { prompt: 500_000, completion: 100_000 }), 2.0);
    }

    #[test]
    fn no_more_is_held_than_is_left() {
        let purse = Purse::new(Some(1.0), 0.25);
        let hold = purse.hold(0.5).expect("it fits");
        assert!(purse.hold(0.8).is_none(), "it never fits, whatever comes back");
        hold.book(0.125);
        assert_eq!(purse.spent(), 0.375);
        drop(purse.hold(0.625).expect("what is left, to the last cent"));
        assert!(purse.hold(0.626).is_none());
        assert_eq!(purse.spent(), 0.375);
        assert!(Purse::new(None, 5.0).hold(1e9).is_some());
    }

    #[test]
    fn threads_never_overdraw() {
        let purse = Purse::new(Some(1.0), 0.0);
        let made: usize = thread::scope(|scope| {
            let spend = || (0..100).filter(|_| purse.hold(0.25).map(|hold| hold.book(0.0625)).is_some()).count();
            let threads: Vec<_> = (0..4).map(|_| scope.spawn(spend)).collect();
            threads.into_iter().map(|thread| thread.join().expect("it does not panic")).sum()
        });
        assert_eq!((made, purse.spent()), (13, 0.8125));
    }
}
