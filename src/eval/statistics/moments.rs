//! Means, spreads and quantiles.

/// The arithmetic mean; `None` of nothing.
pub fn mean(values: &[f64]) -> Option<f64> {
    (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
}

/// The sample standard deviation, with n − 1 below the line; `None` of fewer than two.
pub fn sample_sd(values: &[f64]) -> Option<f64> {
    let centre = mean(values).filter(|_| values.len() > 1)?;
    let squares: f64 = values.iter().map(|value| (value - centre) * (value - centre)).sum();
    Some((squares / (values.len() - 1) as f64).sqrt())
}

/// The standard error of the mean, s / √n; of the means of tasks that is the clustered one with its correction for few
/// clusters, n / (n − 1) (CR1; Miller 2024, section 2.2, there without the correction). `None` of fewer than two.
pub fn standard_error(values: &[f64]) -> Option<f64> {
    sample_sd(values).map(|sd| sd / (values.len() as f64).sqrt())
}

/// The quantile at `share` in [0, 1], linear between neighbours: type 7 of Hyndman and Fan, "Sample quantiles in
/// statistical packages", 1996, as numpy has it. `values` are in ascending order; `None` of nothing.
pub fn quantile(values: &[f64], share: f64) -> Option<f64> {
    let last = values.len().checked_sub(1)?;
    let place = share.clamp(0.0, 1.0) * last as f64;
    let below = place.floor() as usize;
    let (low, high) = (values[below], values[(below + 1).min(last)]);
    Some(low + (high - low) * (place - below as f64))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_those_of_the_books() {
        let values = [2.0, 4.0, 4.0, 4.0, 5.0, 5.0, 7.0, 9.0];
        assert_eq!(mean(&values), Some(5.0));
        assert_eq!(sample_sd(&values), Some((32.0_f64 / 7.0).sqrt()));
        assert_eq!(standard_error(&values), Some((4.0_f64 / 7.0).sqrt()));
        assert_eq!((mean(&[]), sample_sd(&[1.0]), quantile(&[], 0.5)), (None, None, None));
    }

    #[test]
    fn quantiles_lie_between_neighbours() {
        for (share, expect) in [(0.0, 1.0), (0.5, 2.5), (0.95, 3.85), (1.0, 4.0)] {
            let found = quantile(&[1.0, 2.0, 3.0, 4.0], share).expect("there are values");
            assert!((found - expect).abs() < 1e-12, "{share}: {found}");
        }
        assert_eq!(quantile(&[7.0], 0.95), Some(7.0));
    }
}
