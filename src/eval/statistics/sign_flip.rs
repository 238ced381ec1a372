//! Tests of paired differences.

use serde::Serialize;

use crate::agent::split_mix;

/// So many differences have all their signs tried, 2^20 ways; of more a sample is drawn.
const MOST_EXACT: usize = 20;

/// How often signs are drawn, as scipy does: a p-value of 0.05 then wavers by 0.002.
const DRAWS: usize = 9_999;

/// The draws' seed, so that a p-value is the same everywhere.
const SEED: u64 = 20_240_613;

/// A p-value of [`sign_flip`].
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct SignFlip {
    /// Two-sided, in [0, 1].
    pub p: f64,
    /// The smallest that so many differences could have had.
    pub least: f64,
    /// Whether all signs were counted, not drawn.
    pub exact: bool,
}

/// The sign-flip (one-sample permutation) test that paired differences lie around 0: the share of all ways to choose
/// their signs whose sum is as far from 0 as the one at hand, or farther (Fisher, "The design of experiments", 1935,
/// section 21; Good, "Permutation tests", 2000). Exact for up to [`MOST_EXACT`] differences other than 0, and for any
/// number that are all of one size, where it is the binomial test; else of 9,999 draws, counted with the one at hand
/// (Phipson and Smyth, "Permutation p-values should never be zero", 2010).
pub fn sign_flip(differences: &[f64]) -> SignFlip {
    let sizes: Vec<f64> = differences.iter().map(|value| value.abs()).filter(|&size| size > 0.0).collect();
    let total: f64 = sizes.iter().sum();
    // Sums of the same parts in another order differ in their last digits.
    let slack = total * 1e-9;
    let bound = differences.iter().sum::<f64>().abs() - slack;
    let least = least_p(sizes.len());
    let alike = sizes.iter().all(|size| (size - sizes[0]).abs() <= slack / sizes.len() as f64);
    if alike {
        let up = differences.iter().filter(|&&value| value > 0.0).count();
        return SignFlip { p: two_sided_binomial(up, sizes.len()), least, exact: true };
    }
    if sizes.len() <= MOST_EXACT {
        // A choice of signs and its opposite are equally far from 0: the first sign can stay.
        let ways = 1_u64 << (sizes.len() - 1);
        let p = count_far(&sizes[1..], sizes[0], bound) as f64 / ways as f64;
        return SignFlip { p, least, exact: true };
    }
    let mut state = SEED;
    let far = (0..DRAWS).filter(|_| drawn_sum(&sizes, &mut state).abs() >= bound).count();
    let p = (far + 1) as f64 / (DRAWS + 1) as f64;
    SignFlip { p, least: least.max(1.0 / (DRAWS + 1) as f64), exact: false }
}

/// McNemar's exact test of pairs of attempts, of which `gained` passed only after and `lost` only before: the two-sided
/// binomial test (McNemar, "Note on the sampling error of the difference between correlated proportions", 1947; exact
/// as in Fay, "Two-sided exact tests and matching confidence intervals", 2010). The pairs must be independent: one of
/// each task.
pub fn mcnemar(gained: usize, lost: usize) -> f64 {
    two_sided_binomial(gained, gained.saturating_add(lost))
}

/// p-values of several tests, each as if it were alone, corrected so that the chance that any errs stays below the level
/// (Holm, "A simple sequentially rejective multiple test procedure", 1979).
pub fn holm(p_values: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..p_values.len()).collect();
    order.sort_by(|&a, &b| p_values[a].total_cmp(&p_values[b]));
    let mut corrected = vec![1.0; p_values.len()];
    let mut highest = 0.0_f64;
    for (done, &at) in order.iter().enumerate() {
        highest = highest.max(((p_values.len() - done) as f64 * p_values[at]).min(1.0));
        corrected[at] = highest;
    }
    corrected
}

/// How many choices of the signs of `sizes`, added to `sum`, end at least as far from 0 as `bound`.
fn count_far(sizes: &[f64], sum: f64, bound: f64) -> u64 {
    match sizes {
        [] => u64::from(sum.abs() >= bound),
        [first, rest @ ..] => count_far(rest, sum + first, bound) + count_far(rest, sum - first, bound),
    }
}

fn drawn_sum(sizes: &[f64], state: &mut u64) -> f64 {
    let mut sum = 0.0;
    for chunk in sizes.chunks(64) {
        let mut signs = split_mix(state);
        for size in chunk {
            sum += if signs & 1 == 1 { *size } else { -size };
            signs >>= 1;
        }
    }
    sum
}

/// The two-sided p-value of `up` of `n` throws of a fair coin: twice the smaller tail, at most 1.
fn two_sided_binomial(up: usize, n: usize) -> f64 {
    let fewer = up.min(n - up);
    // C(n, i) / 2^n for i = 0, 1, …; scaled, as 2^-n alone is 0 from n = 1,075 on.
    let (mut term, mut halvings) = (1.0_f64, n);
    let mut tail = 0.0;
    for at in 0..=fewer {
        if at > 0 {
            term *= (n - at + 1) as f64 / at as f64;
        }
        while (term > 1.0 || at == fewer) && halvings > 0 {
            term /= 2.0;
            tail /= 2.0;
            halvings -= 1;
        }
        tail += term;
    }
    (2.0 * tail).min(1.0)
}

/// The p-value of n differences that all point one way.
fn least_p(n: usize) -> f64 {
    (1..n).fold(1.0, |p, _| p / 2.0)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check(differences: &[f64], p: f64) {
        let found = sign_flip(differences);
        assert!(found.exact && (found.p - p).abs() < 1e-12, "{differences:?}: {found:?}");
        assert!(found.p >= found.least - 1e-15, "{found:?}");
    }

    #[test]
    fn few_differences_are_counted() {
        check(&[], 1.0);
        check(&[0.0, 0.0], 1.0);
        check(&[0.5], 1.0);
        check(&[0.1, 0.2, 0.3], 0.25);
        check(&[-0.1, 0.2, 0.3, 0.0], 0.5);
        check(&[0.1, -0.2, 0.3], 0.75);
        // Sums that are the same but for their last digit count as the same.
        check(&[0.1, 0.2, -0.3, 0.3], 0.75);
    }

    #[test]
    fn differences_of_one_size_are_throws_of_a_coin() {
        // scipy.stats.binomtest(c, n).pvalue
        check(&[[1.0; 8].as_slice(), &[-1.0; 2]].concat(), 0.109_375);
        check(&[0.25; 30], 2.0_f64.powi(-29));
        check(&[[0.25; 30].as_slice(), &[-0.25; 30]].concat(), 1.0);
        for (gained, lost, p) in [(10, 2, 0.038_574_218_75), (0, 0, 1.0), (3, 3, 1.0), (1, 6, 0.125)] {
            assert!((mcnemar(gained, lost) - p).abs() < 1e-12, "{gained} {lost}: {}", mcnemar(gained, lost));
        }
        let many = mcnemar(1_050, 950);
        assert!((many - 0.026_824_146_240).abs() < 1e-12, "{many}");
        assert!(mcnemar(5_000, 0) < 1e-300 && mcnemar(5_000, 5_000) == 1.0);
    }

    #[test]
    fn many_differences_are_drawn() {
        let mixed: Vec<f64> = (0..40).map(|at| f64::from(at % 7) - 2.5).collect();
        let found = sign_flip(&mixed);
        assert!(!found.exact && found.p > 0.05 && found.p < 0.5, "{found:?}");
        let all_up: Vec<f64> = (1..=40).map(f64::from).collect();
        assert_eq!(sign_flip(&all_up).p, 1e-4);
    }

    #[test]
    fn corrections_step_down() {
        assert_eq!(holm(&[0.01, 0.04, 0.03, 0.005]), [0.03, 0.06, 0.06, 0.02]);
        assert_eq!(holm(&[0.9, 0.8]), [1.0, 1.0]);
        assert!(holm(&[]).is_empty());
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn neither_direction_nor_order_matters(mut differences in proptest::collection::vec(-1.0..=1.0_f64, 0..12)) {
            let p = sign_flip(&differences).p;
            prop_assert!(p > 0.0 && p <= 1.0);
            differences.reverse();
            prop_assert!((sign_flip(&differences).p - p).abs() < 1e-12);
            let opposite: Vec<f64> = differences.iter().map(|value| -value).collect();
            prop_assert!((sign_flip(&opposite).p - p).abs() < 1e-12);
        }

        #[test]
        fn a_binomial_is_the_sum_of_its_terms((n, up) in (1_usize..60).prop_flat_map(|n| (Just(n), 0..=n))) {
            let choose = |k: usize| (0..k).fold(1.0, |ways, at| ways * (n - at) as f64 / (at + 1) as f64);
            let tail: f64 = (0..=up.min(n - up)).map(choose).sum();
            let expect = (2.0 * tail / 2.0_f64.powi(i32::try_from(n).expect("few"))).min(1.0);
            prop_assert!((mcnemar(up, n - up) - expect).abs() < 1e-12 * expect.max(1e-3));
        }
    }
}
