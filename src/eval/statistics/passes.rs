//! pass@k and pass^k: what to expect of several attempts at one task.

/// pass@k: the chance that at least one of `k` attempts passes, estimated without bias from `n` attempts of which
/// `passed` did: 1 − C(n − c, k) / C(n, k) (Chen et al., "Evaluating large language models trained on code", 2021,
/// arXiv:2107.03374). `None` where `k` is 0 or more than `n`.
pub fn pass_at_k(n: usize, passed: usize, k: usize) -> Option<f64> {
    none_of(n, passed, k).map(|none| 1.0 - none)
}

/// pass^k: the chance that all of `k` attempts pass, estimated without bias: C(c, k) / C(n, k) (Yao et al., "τ-bench",
/// 2024, arXiv:2406.12045). `None` where `k` is 0 or more than `n`.
pub fn pass_hat_k(n: usize, passed: usize, k: usize) -> Option<f64> {
    // All of k pass where none of k is among the attempts that failed.
    none_of(n, n.checked_sub(passed)?, k)
}

/// The chance that `k` drawn from `n` without putting back hold none of the `marked`: C(n − marked, k) / C(n, k), one
/// factor for each draw, so that nothing overflows.
fn none_of(n: usize, marked: usize, k: usize) -> Option<f64> {
    let clear = n.checked_sub(marked)?;
    if k == 0 || k > n {
        return None;
    }
    if k > clear {
        return Some(0.0);
    }
    Some((0..k).map(|drawn| (clear - drawn) as f64 / (n - drawn) as f64).product())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check(n: usize, passed: usize, k: usize, at: f64, hat: f64) {
        let found = (pass_at_k(n, passed, k).expect("k fits"), pass_hat_k(n, passed, k).expect("k fits"));
        assert!((found.0 - at).abs() < 1e-12 && (found.1 - hat).abs() < 1e-12, "{n} {passed} {k}: {found:?}");
    }

    #[test]
    fn both_are_their_binomial_coefficients() {
        check(5, 2, 2, 0.7, 0.1);
        check(10, 3, 4, 1.0 - 35.0 / 210.0, 0.0);
        check(4, 4, 3, 1.0, 1.0);
        check(4, 0, 3, 0.0, 0.0);
        assert_eq!((pass_at_k(3, 1, 4), pass_hat_k(3, 1, 0), pass_at_k(3, 4, 1)), (None, None, None));
    }

    proptest! {
        #[test]
        fn more_attempts_help_one_and_hurt_all((n, passed, k) in (1_usize..60).prop_flat_map(|n| (Just(n), 0..=n, 1..=n))) {
            let at = |k| pass_at_k(n, passed, k).expect("k fits");
            let hat = |k| pass_hat_k(n, passed, k).expect("k fits");
            let rate = passed as f64 / n as f64;
            prop_assert!((at(1) - rate).abs() < 1e-12 && (hat(1) - rate).abs() < 1e-12);
            prop_assert!((0.0..=1.0).contains(&at(k)) && (0.0..=1.0).contains(&hat(k)));
            prop_assert!(at(k) >= rate - 1e-12 && hat(k) <= rate + 1e-12);
            if k > 1 {
                prop_assert!(at(k) >= at(k - 1) - 1e-12 && hat(k) <= hat(k - 1) + 1e-12);
            }
            prop_assert_eq!(at(n), f64::from(passed > 0));
            prop_assert_eq!(hat(n), f64::from(passed == n));
        }
    }
}
