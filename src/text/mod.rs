//! Reply text: cleaning, words, typed values, matching (`en-1`). Knows nothing of tasks.
