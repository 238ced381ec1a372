//! A small meter: time per operation on one thread, the median of several rounds.
//!
//! The operations neither block nor wait, so on an idle core wall time is CPU time; the kernel's own account of a
//! thread is kept in ticks, which are longer than a round.

use std::time::Instant;

/// Rounds of a measurement; the median of them is what is printed.
const ROUNDS: usize = 9;

/// Prints and returns the median microseconds that one operation takes, over `count` of them a round.
pub(crate) fn measure(name: &str, count: usize, mut operation: impl FnMut()) -> f64 {
    operation();
    let mut rounds: Vec<f64> = (0..ROUNDS)
        .map(|_| {
            let start = Instant::now();
            (0..count).for_each(|_| operation());
            start.elapsed().as_secs_f64() * 1e6 / count as f64
        })
        .collect();
    rounds.sort_by(f64::total_cmp);
    let median = rounds[ROUNDS / 2];
    println!("{name:<52} {median:>10.2} µs  (min {:.2}, max {:.2})", rounds[0], rounds[ROUNDS - 1]);
    median
}
