//! An end to proofs that would take too long: for whoever proves what strangers send.

use std::any::Any;
use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::time::{Duration, Instant};

thread_local! {
    /// When the patience of this thread ends, where it does.
    static UNTIL: Cell<Option<Instant>> = const { Cell::new(None) };
}

/// What unwinds a proof whose time is over.
struct OutOfTime;

/// Does the work, or gives it up after this long: `None`. What is proved in time does not depend on how long that is.
pub fn within<T>(patience: Duration, work: impl FnOnce() -> T) -> Option<T> {
    let before = UNTIL.replace(Some(Instant::now() + patience));
    // Given up by unwinding: a proof runs through searches and players that have no other way out, and leaves nothing
    // half done behind.
    let done = catch_unwind(AssertUnwindSafe(work));
    UNTIL.set(before);
    done.map_err(|reason: Box<dyn Any + Send>| {
        if !reason.is::<OutOfTime>() {
            resume_unwind(reason)
        }
    })
    .ok()
}

/// Goes on, unless the time is over. Called wherever a step of a proof may be one of very many.
pub(super) fn tick() {
    if UNTIL.get().is_some_and(|until| Instant::now() >= until) {
        resume_unwind(Box::new(OutOfTime));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn work_ends_when_patience_does() {
        let endless = || loop {
            tick();
        };
        assert_eq!(within(Duration::ZERO, || -> u8 { endless() }), None);
        assert_eq!(within(Duration::from_secs(60), || 7), Some(7));
        assert_eq!(within(Duration::from_secs(60), || within(Duration::ZERO, || -> u8 { endless() })), Some(None));
        tick();
        assert!(std::panic::catch_unwind(|| within(Duration::ZERO, || resume_unwind(Box::new("a bug")))).is_err());
    }
}
