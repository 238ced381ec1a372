//! Grading, rewards and exposure: a pack's settings over the defaults, a task's over its pack's.

use std::ops::Range;

use crate::diag::{Code, Diagnostic, Edit, Fix};
use crate::pack::raw::{RawExposure, RawGrading, RawRewards, RawScoreExposure, RawStateExposure, RawWeights};
use crate::task::{Exposure, Grading, Rewards, ScoreExposure, StateExposure, Weights};

use super::File;

/// How far from 1 the sum of the weights may be: far above the error of adding four decimals, far below any
/// weight that means something.
const WEIGHT_TOLERANCE: f64 = 1e-9;

/// Everything that a task may override.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in crate::pack) struct Settings {
    pub(in crate::pack) grading: Grading,
    pub(in crate::pack) rewards: Rewards,
    pub(in crate::pack) exposure: Exposure,
    /// Whether the weights were sound, so that a sum that is off is a mistake of the file that changes them.
    pub(in crate::pack) weights_known: bool,
    /// Whether the reply's weight is what its author wrote, so that a reply that is not there is a mistake.
    pub(in crate::pack) reply_known: bool,
}

impl Default for Settings {
    /// The values of a pack that says nothing.
    fn default() -> Settings {
        Settings {
            grading: Grading {
                free_steps: 1,
                floor_max: 0.35,
                weights: Weights { resolution: 0.5, evidence: 0.25, reply: 0.15, efficiency: 0.1 },
            },
            rewards: Rewards { evidence: 0.05, reply: 0.05 },
            exposure: Exposure { score: ScoreExposure::Always, state: StateExposure::Full },
            weights_known: true,
            reply_known: true,
        }
    }
}

/// Puts what a file says over `base`, key by key, and checks the weights where the file changes any.
pub(super) fn merge_settings(
    base: &Settings,
    grading: Option<&RawGrading>,
    rewards: Option<&RawRewards>,
    exposure: Option<&RawExposure>,
    file: &mut File<'_>,
) -> Settings {
    let mut settings = *base;
    if let Some(raw) = grading {
        set(&mut settings.grading.free_steps, raw.free_steps.get().map(|steps| steps.value()));
        set(&mut settings.grading.floor_max, raw.floor_max.get().map(|share| share.value()));
        if let Some((weights, place)) = raw.weights.spanned() {
            if weights.reply.is_given() {
                settings.reply_known = !weights.reply.is_hole();
            }
            let known = settings.weights_known;
            settings.weights_known = merge_weights(&mut settings.grading.weights, weights, known, place, file);
        } else if raw.weights.is_hole() {
            (settings.weights_known, settings.reply_known) = (false, false);
        }
    }
    if let Some(raw) = rewards {
        set(&mut settings.rewards.evidence, raw.evidence.get().map(|share| share.value()));
        set(&mut settings.rewards.reply, raw.reply.get().map(|share| share.value()));
    }
    if let Some(raw) = exposure {
        set(
            &mut settings.exposure.score,
            raw.score.get().map(|score| match score {
                RawScoreExposure::Always => ScoreExposure::Always,
                RawScoreExposure::OnDone => ScoreExposure::OnDone,
            }),
        );
        set(
            &mut settings.exposure.state,
            raw.state.get().map(|state| match state {
                RawStateExposure::Full => StateExposure::Full,
                RawStateExposure::Agent => StateExposure::Agent,
            }),
        );
    }
    settings
}

fn set<T>(target: &mut T, value: Option<T>) {
    if let Some(value) = value {
        *target = value;
    }
}

/// Whether the weights are sound now; what is wrong with them is reported. `known` says whether they were.
fn merge_weights(
    weights: &mut Weights,
    raw: &RawWeights,
    known: bool,
    place: Range<usize>,
    file: &mut File<'_>,
) -> bool {
    let keys = [&raw.resolution, &raw.evidence, &raw.reply, &raw.efficiency];
    let targets = [&mut weights.resolution, &mut weights.evidence, &mut weights.reply, &mut weights.efficiency];
    for (target, key) in targets.into_iter().zip(keys) {
        set(target, key.get().map(|share| share.value()));
    }
    if keys.iter().any(|key| key.is_hole()) || (!known && keys.iter().any(|key| !key.is_given())) {
        return false;
    }
    let all = [
        ("resolution", weights.resolution),
        ("evidence", weights.evidence),
        ("reply", weights.reply),
        ("efficiency", weights.efficiency),
    ];
    let sum: f64 = all.iter().map(|(_, weight)| weight).sum();
    let written = all.iter().map(|(name, weight)| format!("{name} {weight}")).collect::<Vec<_>>().join(", ");
    let message = if (sum - 1.0).abs() > WEIGHT_TOLERANCE {
        format!("the weights sum to {}, not 1", (sum * 1e9).round() / 1e9)
    } else if let Some((name, _)) = all.iter().find(|(_, weight)| *weight >= 1.0) {
        format!("`{name}` takes all the weight")
    } else {
        return true;
    };
    let mut diagnostic = Diagnostic::new(Code::WeightsNotOne, file.span(place), message)
        .with_help(Some(format!("in force here: {written}")));
    let own: Vec<(Range<usize>, &str)> = keys
        .iter()
        .filter_map(|key| key.spanned())
        .map(|(_, place)| (place.clone(), file.text.get(place).unwrap_or_default()))
        .collect();
    let in_force = all.iter().filter(|(_, weight)| *weight != 0.0).count();
    let edit = balance(&own, in_force).map(|(place, text)| Edit { span: file.span(place), text });
    diagnostic.fix = edit.map(|edit| Fix { safe: true, edits: vec![edit] });
    file.sink.push(diagnostic);
    false
}

/// What the largest of the weights becomes so that they sum to 1, where they are off by no more than rounding each of
/// them to the digits they are written with explains: half a unit of the last place for each. All weights above 0 must
/// be written here, `in_force` of them.
fn balance(own: &[(Range<usize>, &str)], in_force: usize) -> Option<(Range<usize>, String)> {
    /// More digits than any weight needs, and few enough for exact sums.
    const MOST_PLACES: usize = 15;
    let digits = |text: &str| text.split_once('.').map_or(0, |(_, places)| places.len());
    let plain = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    let places = own.iter().map(|(_, text)| digits(text)).max().filter(|places| (1..=MOST_PLACES).contains(places))?;
    let units: Vec<i64> = own
        .iter()
        .map(|(_, text)| {
            let (whole, part) = text.split_once('.').unwrap_or((text, ""));
            format!("{whole}{part:0<places$}").parse().ok().filter(|_| plain(text))
        })
        .collect::<Option<_>>()?;
    let one = 10_i64.pow(u32::try_from(places).ok()?);
    let written = units.iter().filter(|units| **units != 0).count();
    let off = one - units.iter().try_fold(0_i64, |sum, units| sum.checked_add(*units))?;
    if written != in_force || off == 0 || off.unsigned_abs() * 2 > written as u64 {
        return None;
    }
    let largest = units.iter().max()?;
    let at = units.iter().position(|units| units == largest)?;
    let mended = largest + off;
    let text = format!("{}.{:0places$}", mended / one, mended % one);
    let short = text.trim_end_matches('0');
    let text = if short.ends_with('.') { format!("{short}0") } else { short.to_owned() };
    (mended > 0 && mended < one).then(|| (own[at].0.clone(), text))
}

#[cfg(test)]
mod tests {
    use super::balance;

    fn check(weights: &[&str], expect: Option<(usize, &str)>) {
        let own: Vec<_> = weights.iter().enumerate().map(|(at, weight)| (at..at, *weight)).collect();
        let in_force = weights.iter().filter(|weight| weight.parse::<f64>() != Ok(0.0)).count();
        let found = balance(&own, in_force);
        assert_eq!(found.as_ref().map(|(place, text)| (place.start, text.as_str())), expect, "{weights:?}");
    }

    #[test]
    fn what_rounding_explains_is_balanced() {
        check(&["0.33", "0.33", "0.33", "0"], Some((0, "0.34")));
        check(&["0.2", "0.3333", "0.4666", "0.0"], Some((2, "0.4667")));
        check(&["0.25", "0.501", "0.25"], Some((1, "0.5")));
        check(&["0.5", "0.25", "0.15", "0.2"], None);
        check(&["0.6", "0.25", "0.15", "0.1"], None);
        check(&["0.5", "0.5"], None);
        check(&["5e-1", "0.49"], None);
        check(&["1", "1"], None);
        assert_eq!(balance(&[(0..0, "0.99")], 2), None);
    }
}
