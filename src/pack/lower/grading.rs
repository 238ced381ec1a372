//! Grading, rewards and exposure: a pack's settings over the defaults, a task's over its pack's.

use std::ops::Range;

use crate::diag::{Code, Diagnostic};
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
            let known = settings.weights_known;
            settings.weights_known = merge_weights(&mut settings.grading.weights, weights, known, place, file);
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
    let diagnostic = Diagnostic::new(Code::WeightsNotOne, file.span(place), message)
        .with_help(Some(format!("in force here: {written}")));
    file.sink.push(diagnostic);
    false
}
