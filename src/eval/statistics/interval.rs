//! 95 % confidence intervals.

use serde::Serialize;

use crate::agent::split_mix;

use super::moments::{mean, quantile, standard_error};

/// How often values are drawn again: the quantiles at 2.5 % and 97.5 % then waver by about a hundredth of the
/// interval's width (Efron and Tibshirani, "An introduction to the bootstrap", 1993, advise a thousand or more).
pub const RESAMPLES: usize = 10_000;

/// The bootstrap's seed: the same values have the same interval on every machine and in every release.
const SEED: u64 = 20_240_613;

/// The 0.975 quantile of the standard normal distribution.
const Z: f64 = 1.959_963_984_540_054;

/// The 0.975 quantiles of Student's t for 1 to 8 degrees of freedom (scipy 1.17, `t.ppf(0.975, df)`).
const T: [f64; 8] = [
    12.706_204_736_174_694,
    4.302_652_729_749_462,
    3.182_446_305_283_708,
    2.776_445_105_197_793,
    2.570_581_835_636_314,
    2.446_911_851_144_979,
    2.364_624_251_592_784,
    2.306_004_135_204_166,
];

/// A 95 % confidence interval.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Interval {
    /// Its lower end.
    pub low: f64,
    /// Its upper end.
    pub high: f64,
    /// How it was found.
    pub method: Method,
}

/// How an interval was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Method {
    /// [`bootstrap`].
    Bootstrap,
    /// [`wilson`].
    Wilson,
    /// [`t_interval`].
    T,
}

/// The percentile bootstrap of the mean: the quantiles at 2.5 % and 97.5 % of the means of [`RESAMPLES`] samples drawn
/// with replacement (Efron 1979; section 13.3 of Efron and Tibshirani 1993). Of the means of tasks it is the bootstrap
/// clustered by task, which keeps the trials of a drawn task together (Cameron, Gelbach and Miller, "Bootstrap-based
/// improvements for inference with clustered errors", 2008). `None` of fewer than two values.
pub fn bootstrap(values: &[f64]) -> Option<Interval> {
    if values.len() < 2 {
        return None;
    }
    let mut state = SEED;
    let mut means = Vec::with_capacity(RESAMPLES);
    for _ in 0..RESAMPLES {
        let sum: f64 = (0..values.len()).map(|_| values[draw(&mut state, values.len())]).sum();
        means.push(sum / values.len() as f64);
    }
    means.sort_unstable_by(f64::total_cmp);
    let (low, high) = (quantile(&means, 0.025)?, quantile(&means, 0.975)?);
    Some(Interval { low, high, method: Method::Bootstrap })
}

/// A place below `count`, which is above 0: the high half of the product, without the bias of a remainder that anybody
/// could see (Lemire, "Fast random integer generation in an interval", 2019, without its rejections).
fn draw(state: &mut u64, count: usize) -> usize {
    ((u128::from(split_mix(state)) * count as u128) >> 64) as usize
}

/// The interval of a share of independent attempts (Wilson, "Probable inference, the law of succession, and statistical
/// inference", 1927): honest at 0 and at 1, where the bootstrap has no width. `None` of no attempt.
pub fn wilson(passed: usize, n: usize) -> Option<Interval> {
    if n == 0 || passed > n {
        return None;
    }
    let (count, share) = (n as f64, passed as f64 / n as f64);
    let below = 1.0 + Z * Z / count;
    let centre = (share + Z * Z / (2.0 * count)) / below;
    let half = Z / below * (share * (1.0 - share) / count + Z * Z / (4.0 * count * count)).sqrt();
    let low = if passed == 0 { 0.0 } else { centre - half };
    let high = if passed == n { 1.0 } else { centre + half };
    Some(Interval { low, high, method: Method::Wilson })
}

/// The interval of a mean by Student's t with n − 1 degrees of freedom: of few values it is honest where the bootstrap
/// is too narrow (Cameron and Miller, "A practitioner's guide to cluster-robust inference", 2015, section VI). `None`
/// but of 2 to 9 values, from ten on the two say much the same, and where all are equal: without a spread there is nothing
/// to go by.
pub fn t_interval(values: &[f64]) -> Option<Interval> {
    let quantile = T.get(values.len().checked_sub(2)?)?;
    // What is less comes of rounding.
    let error = standard_error(values).filter(|&error| error > 1e-9)?;
    let (centre, half) = (mean(values)?, quantile * error);
    Some(Interval { low: centre - half, high: centre + half, method: Method::T })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check(found: Option<Interval>, low: f64, high: f64) {
        let found = found.expect("there are values");
        assert!((found.low - low).abs() < 1e-6 && (found.high - high).abs() < 1e-6, "{found:?}");
    }

    #[test]
    fn wilsons_is_that_of_scipy() {
        // scipy.stats.binomtest(c, n).proportion_ci(method="wilson")
        check(wilson(7, 10), 0.396_778_2, 0.892_208_7);
        check(wilson(0, 5), 0.0, 0.434_481_7);
        check(wilson(3, 3), 0.438_502_9, 1.0);
        assert_eq!((wilson(0, 0), wilson(2, 1)), (None, None));
    }

    #[test]
    fn students_is_for_few_values() {
        check(t_interval(&[0.0, 1.0]), 0.5 - 12.706_204_7 * 0.5, 0.5 + 12.706_204_7 * 0.5);
        check(t_interval(&[0.2, 0.4, 0.9]), -0.395_668_6, 1.395_668_6);
        let nine: Vec<f64> = (0..9).map(f64::from).collect();
        assert!(t_interval(&nine).is_some() && t_interval(&[&nine[..], &[1.0]].concat()).is_none());
        assert_eq!((t_interval(&[1.0]), t_interval(&[0.3; 9])), (None, None));
    }

    #[test]
    fn the_bootstrap_of_two_values_has_three_means() {
        // A mean of 0 and one of 1 come up a quarter of the time each.
        check(bootstrap(&[0.0, 1.0]), 0.0, 1.0);
        check(bootstrap(&[0.3, 0.3, 0.3]), 0.3, 0.3);
        assert_eq!(bootstrap(&[0.5]), None);
    }

    #[test]
    fn the_bootstrap_of_many_is_near_the_normal_one() {
        let values: Vec<f64> = (0..400).map(|at| f64::from(at % 5) / 4.0).collect();
        let half = Z * standard_error(&values).expect("there are values");
        let found = bootstrap(&values).expect("there are values");
        assert!((found.low - (0.5 - half)).abs() < 0.002 && (found.high - (0.5 + half)).abs() < 0.002, "{found:?}");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]

        #[test]
        fn the_bootstrap_lies_among_the_values(values in proptest::collection::vec(0.0..=1.0_f64, 2..40)) {
            let found = bootstrap(&values).expect("there are values");
            let least = values.iter().copied().fold(f64::INFINITY, f64::min);
            let most = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            prop_assert!(least - 1e-12 <= found.low && found.low <= found.high && found.high <= most + 1e-12);
            prop_assert_eq!(bootstrap(&values), Some(found));
        }

        #[test]
        fn wilsons_holds_the_share((n, passed) in (1_usize..500).prop_flat_map(|n| (Just(n), 0..=n))) {
            let found = wilson(passed, n).expect("there are attempts");
            let share = passed as f64 / n as f64;
            prop_assert!(0.0 <= found.low && found.low <= share && share <= found.high && found.high <= 1.0, "{:?}", found);
            prop_assert!(found.high > found.low);
        }
    }
}
