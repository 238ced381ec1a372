//! Replies by construction, judged: the shares of right verdicts that must hold whatever is drawn.

use proptest::prelude::*;
use support_ops_env::text::Verdict;

use crate::generated::{Confusion, compose};

/// Samples of one run.
const SAMPLES: u64 = 2_000;
/// The share that must be right over all.
const OVERALL: f64 = 0.96;
/// The share that must be right among the samples of each right verdict.
const ROW: f64 = 0.65;

proptest! {
    #![proptest_config(ProptestConfig { cases: 2, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn verdicts_follow_from_the_construction(first: u64) {
        let table = Confusion::of(first, SAMPLES);
        let shown = format!("{}\n{}", table.render(), table.render_wrong(5));
        prop_assert!(table.accuracy() >= OVERALL, "{shown}");
        for verdict in Verdict::ALL {
            let share = table.row(verdict).expect("every verdict is drawn");
            prop_assert!(share >= ROW, "{verdict}: {share}\n{shown}");
        }
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
