//! How much all sessions hold together, so that many that hold long texts cannot fill the machine's memory.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

/// What sessions may come to hold together by what their clients send, in bytes. What each of them costs by being there,
/// about a kibibyte, is limited by their number.
///
/// Three quarters are split evenly among as many sessions as there may be: within its share a session is never refused,
/// whatever others hold, so that few who write replies of a usual length hear of this. The last quarter is for those that hold
/// more, first come, first served: the step that would go past it is refused, and no session is ended for another's sake. Only
/// the step that ends an episode is never refused, unless it is a draft: all others are short, each episode has one, and
/// whoever could not end theirs would hold what they hold for longer. What is held is free again with the next episode,
/// with the session's end, or when its time is over.
#[derive(Debug)]
pub(super) struct Budget {
    share: usize,
    /// What is left of the common quarter.
    left: AtomicI64,
}

/// The sessions hold as much as they may, and this one more than its share.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoMemory;

impl Budget {
    /// So many bytes for so many sessions.
    pub(super) fn new(bytes: usize, sessions: usize) -> Arc<Budget> {
        let common = bytes / 4;
        Arc::new(Budget { share: (bytes - common) / sessions.max(1), left: AtomicI64::new(signed(common)) })
    }

    /// How much more of the common quarter a session takes that held `from` bytes and now holds `to`.
    fn more(&self, from: usize, to: usize) -> i64 {
        let of_common = |bytes: usize| signed(bytes.saturating_sub(self.share));
        of_common(to) - of_common(from)
    }
}

fn signed(bytes: usize) -> i64 {
    i64::try_from(bytes).unwrap_or(i64::MAX)
}

/// What one session holds of the budget; nothing, once it is dropped.
#[derive(Debug, Default)]
pub(super) struct Holding {
    /// `None` where nothing is limited.
    budget: Option<Arc<Budget>>,
    bytes: usize,
}

impl Holding {
    /// Nothing yet.
    pub(super) fn of(budget: &Arc<Budget>) -> Holding {
        Holding { budget: Some(budget.clone()), bytes: 0 }
    }

    /// Holds so many bytes from now on.
    ///
    /// # Errors
    /// There is no room for more than are held now, which stays so.
    pub(super) fn hold(&mut self, bytes: usize) -> Result<(), NoMemory> {
        self.hold_if(bytes, |more, left| more < 0 || more <= left)
    }

    /// Holds so many bytes from now on, also where there is no room for them: others have to wait until there is some again.
    pub(super) fn hold_anyway(&mut self, bytes: usize) {
        // It always fits.
        let _ = self.hold_if(bytes, |_, _| true);
    }

    fn hold_if(&mut self, bytes: usize, fits: impl Fn(i64, i64) -> bool) -> Result<(), NoMemory> {
        let Some(budget) = &self.budget else { return Ok(()) };
        let more = budget.more(self.bytes, bytes);
        if more != 0 {
            let take = |left: i64| fits(more, left).then(|| left.saturating_sub(more));
            budget.left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, take).map_err(|_| NoMemory)?;
        }
        self.bytes = bytes;
        Ok(())
    }
}

impl Drop for Holding {
    fn drop(&mut self) {
        // Less always fits.
        let _ = self.hold(0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_is_everybodys_own_and_the_rest_is_for_whoever_comes() {
        // 100 bytes each, and 400 for all.
        let budget = Budget::new(1_600, 12);
        let mut holdings: Vec<Holding> = (0..12).map(|_| Holding::of(&budget)).collect();
        assert_eq!(holdings[0].hold(500), Ok(()));
        assert_eq!(holdings[0].hold(501), Err(NoMemory));
        assert_eq!(holdings[1].hold(101), Err(NoMemory));
        for small in &mut holdings[1..] {
            assert_eq!(small.hold(100), Ok(()), "its own");
        }
        assert_eq!(holdings[0].hold(450), Ok(()));
        assert_eq!((holdings[1].hold(151), holdings[1].hold(150)), (Err(NoMemory), Ok(())));
        drop(holdings);
        assert_eq!(budget.left.load(Ordering::Relaxed), 400);
    }

    #[test]
    fn what_is_held_anyway_is_missing_to_others_until_it_is_free() {
        let budget = Budget::new(1_600, 12);
        let [mut one, mut other] = [(); 2].map(|()| Holding::of(&budget));
        assert_eq!(one.hold(500), Ok(()));
        one.hold_anyway(550);
        assert_eq!((other.hold(101), other.hold(100)), (Err(NoMemory), Ok(())));
        assert_eq!((one.hold(551), one.hold(500)), (Err(NoMemory), Ok(())), "less always fits");
        assert_eq!(other.hold(101), Err(NoMemory));
        drop(one);
        assert_eq!((other.hold(500), budget.left.load(Ordering::Relaxed)), (Ok(()), 0));
    }

    #[test]
    fn no_number_is_too_large() {
        let budget = Budget::new(usize::MAX, 1);
        let mut holding = Holding::of(&budget);
        assert_eq!(holding.hold(usize::MAX), Ok(()));
        holding.hold_anyway(usize::MAX);
        assert_eq!(Holding::of(&Budget::new(0, 0)).hold(1), Err(NoMemory));
        assert_eq!(Holding::default().hold(usize::MAX), Ok(()));
    }
}
