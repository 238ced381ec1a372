//! The score of an episode with its parts: the same object in `state.score` and `metadata.score`.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What an episode was worth and why.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ScoreReport {
    /// The episode's grade in [0, 1], rounded to 4 decimals.
    #[schemars(example = 1.0)]
    pub score: f64,
    /// Whether the right resolution was submitted with all required evidence and a reply that meets everything.
    #[schemars(example = true)]
    pub passed: bool,
    /// What set the score to 0 whatever the parts say, if anything did.
    #[schemars(example = serde_json::Value::Null)]
    pub zeroed_by: Option<ZeroedBy>,
    /// The criteria in fixed order: resolution, evidence, reply, efficiency.
    #[schemars(example = example_parts())]
    pub parts: Vec<ScorePart>,
}

/// What zeroed an episode.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ZeroedBy {
    /// Whether a harmful resolution or a forbidden phrase did it.
    #[schemars(example = &"harmful_resolution")]
    pub kind: ZeroedKind,
    /// The resolution code, or the id of the forbidden entry.
    #[schemars(example = &"refund_full_order")]
    pub id: String,
}

/// The two ways to zero an episode.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ZeroedKind {
    /// A resolution that the task lists as harmful was submitted.
    HarmfulResolution,
    /// The graded reply holds a forbidden phrase whose effect is `gate`.
    ForbiddenPhrase,
}

/// One criterion's share of the score.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ScorePart {
    /// Which criterion.
    #[schemars(example = &"evidence")]
    pub criterion: Criterion,
    /// Its weight in [0, 1]; the weights of a task sum to 1.
    #[schemars(example = 0.25)]
    pub weight: f64,
    /// How well it was met, in [0, 1], rounded to 4 decimals.
    #[schemars(example = 1.0)]
    pub value: f64,
    /// Weight times value, rounded to 4 decimals.
    #[schemars(example = 0.25)]
    pub points: f64,
    /// Why, in words a person can act on. Null where reasons would tell an agent the answer.
    #[schemars(example = &"4 of 4 required pieces of evidence were collected")]
    pub reason: Option<String>,
}

/// What a score is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Criterion {
    /// The submitted code, paid in proportion to the evidence behind it.
    Resolution,
    /// The share of the required evidence that was collected.
    Evidence,
    /// What the last draft conveys.
    Reply,
    /// How few steps a right answer took.
    Efficiency,
}

impl Criterion {
    /// The name on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Criterion::Resolution => "resolution",
            Criterion::Evidence => "evidence",
            Criterion::Reply => "reply",
            Criterion::Efficiency => "efficiency",
        }
    }
}

/// Rounds to 4 decimals, half away from zero: the precision of every score and reward on the wire.
pub fn round_score(value: f64) -> f64 {
    // The nudge undoes binary representation error on exact decimal halves (0.00005 is below itself in binary); it is
    // far below a quarter of the last digit.
    let rounded = (value * 10_000.0 + 1e-7 * value.signum()).round() / 10_000.0;
    if rounded == 0.0 { 0.0 } else { rounded }
}

/// What a perfect episode's score looks like, cut to one part.
pub(super) fn example_score() -> ScoreReport {
    ScoreReport { score: 1.0, passed: true, zeroed_by: None, parts: example_parts() }
}

fn example_parts() -> Vec<ScorePart> {
    vec![ScorePart {
        criterion: Criterion::Evidence,
        weight: 0.25,
        value: 1.0,
        points: 0.25,
        reason: Some("4 of 4 required pieces of evidence were collected".to_owned()),
    }]
}

#[cfg(test)]
mod tests {
    use super::round_score;

    #[test]
    fn rounds_half_away_from_zero() {
        for (value, expect) in
            [(0.0, 0.0), (0.123_45, 0.1235), (0.000_05, 0.0001), (0.4, 0.4), (1.0, 1.0), (0.333_33, 0.3333)]
        {
            assert_eq!(round_score(value), expect, "{value}");
        }
        assert!(round_score(-0.0).is_sign_positive());
    }
}
