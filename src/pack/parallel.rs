//! Work on many files at once.

/// Applies `work` to every item, on all cores where there are many; the results are in the items' order.
pub(super) fn parallel_map<T: Sync, R: Send>(items: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    /// Below this many files a thread costs more than it saves.
    const WORTHWHILE: usize = 32;
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    // musl's allocator has one lock: two threads that fight for it take longer than one alone.
    if cores == 1 || cfg!(target_env = "musl") || items.len() < WORTHWHILE {
        return items.iter().map(work).collect();
    }
    let (own, others) = items.split_at(items.len().div_ceil(cores));
    let work = &work;
    std::thread::scope(|scope| {
        let shares = others.chunks(own.len());
        let threads: Vec<_> =
            shares.map(|items| scope.spawn(move || items.iter().map(work).collect::<Vec<R>>())).collect();
        // This thread takes its share: glibc's memory of other threads grows page by page, each with a call of the system.
        let mut results: Vec<R> = own.iter().map(work).collect();
        results.extend(threads.into_iter().flat_map(|thread| thread.join().expect("the work catches its own panics")));
        results
    })
}
