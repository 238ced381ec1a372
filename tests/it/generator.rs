//! Replies by construction, judged: the shares of right verdicts that must hold whatever is drawn.

use proptest::prelude::*;
use support_ops_env::text::Verdict;

use crate::generated::{Confusion, compose};

/// Samples of the run whose rows are held to their shares: about two hundred in the shortest row.
const SAMPLES: u64 = 6_000;
/// Samples of each run from a random seed on.
const DRAWN: u64 = 1_000;
/// The share that must be right over all.
const OVERALL: f64 = 0.99;
/// The share that must be right among the samples of each right verdict.
const ROW: f64 = 0.97;

#[test]
fn verdicts_follow_from_the_construction() {
    let table = Confusion::of(1, SAMPLES);
    let shown = format!("{}\n{}", table.render(), table.render_wrong(5));
    assert!(table.accuracy() >= OVERALL, "{shown}");
    for verdict in Verdict::ALL {
        let share = table.row(verdict).expect("every verdict is drawn");
        assert!(share >= ROW, "{verdict}: {share}\n{shown}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 3, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_seeds_are_judged_as_well(first: u64) {
        let table = Confusion::of(first, DRAWN);
        prop_assert!(table.accuracy() >= OVERALL - 0.01, "{}\n{}", table.render(), table.render_wrong(5));
    }
}

#[test]
fn a_seed_always_gives_the_same_reply() {
    for seed in 0..50 {
        assert_eq!(compose(seed).reply, compose(seed).reply);
    }
    let replies: std::collections::BTreeSet<String> = (0..500).map(|seed| compose(seed).reply).collect();
    assert!(replies.len() > 480, "only {} of 500 replies differ", replies.len());
}
