//! A small meter: CPU time of this thread per operation, the median of several rounds.

use std::time::Instant;

/// Rounds of a measurement; the median of them is what is printed.
const ROUNDS: usize = 9;

/// CPU time of the calling thread in nanoseconds, from the kernel's own account; wall time where there is none.
fn cpu_nanos(start: Instant) -> u64 {
    let account = std::fs::read_to_string("/proc/thread-self/schedstat").ok();
    let used = account.and_then(|text| text.split(' ').next()?.parse().ok());
    used.unwrap_or_else(|| u64::try_from(start.elapsed().as_nanos()).expect("a run is shorter than 500 years"))
}

/// Prints and returns the median microseconds of CPU that one operation takes, over `count` of them a round.
pub(crate) fn measure(name: &str, count: usize, mut operation: impl FnMut()) -> f64 {
    let start = Instant::now();
    operation();
    let mut rounds: Vec<f64> = (0..ROUNDS)
        .map(|_| {
            let before = cpu_nanos(start);
            (0..count).for_each(|_| operation());
            (cpu_nanos(start) - before) as f64 / count as f64 / 1000.0
        })
        .collect();
    rounds.sort_by(f64::total_cmp);
    let median = rounds[ROUNDS / 2];
    println!("{name:<52} {median:>10.2} µs  (min {:.2}, max {:.2})", rounds[0], rounds[ROUNDS - 1]);
    median
}
