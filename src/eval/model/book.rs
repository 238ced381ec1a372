//! What a run's calls have come to, by the lines of their file.

use std::collections::BTreeMap;

/// More US dollars than a line can say: what a call of the longest answer may cost at the dearest price is less. Sums of
/// others' files stay finite.
const MAX_BOOKED: f64 = 1e12;

/// Whether a call can have cost so much.
pub(super) fn is_sound(cost: &f64) -> bool {
    (0.0..=MAX_BOOKED).contains(cost)
}

/// US dollars that calls came to. A call that was under way when its process was killed has cost what it may have cost.
#[derive(Debug, Default)]
pub(super) struct Book {
    spent: f64,
    /// By call.
    under_way: BTreeMap<(String, u32), f64>,
    is_priced: bool,
}

impl Book {
    /// Books a line of the file: the most that a call that has `begun` may cost, or what one that came to its end did cost;
    /// whether it tells that. The end of a call that was not announced is that of no other. `of` is the call's id, or its
    /// trial where it has none: then another one of the same number has taken the place of one that was killed.
    pub(super) fn add(&mut self, of: &str, call: u32, begun: Option<f64>, cost: Option<f64>) -> bool {
        let key = (of.to_owned(), call);
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

    /// Whether any line told a price.
    pub(super) fn is_priced(&self) -> bool {
        self.is_priced
    }
}
