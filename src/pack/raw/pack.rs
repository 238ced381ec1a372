//! `pack.toml`.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Deserialize;
use serde::de::{Deserializer, Error, MapAccess, Visitor};

use crate::diag::Code;

use super::{CurrencyCode, Field, Id, Maybe, PackName, RawText, SchemaVersion, SemVer, Share, StepCount, Table};

/// A pack of support tasks: what its tasks share.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, bound(deserialize = "'de: 't"))]
#[schemars(title = "Support Ops pack")]
pub struct RawPack<'t> {
    /// The version of this file's form: 1.
    #[schemars(example = 1)]
    pub schema_version: Field<SchemaVersion>,
    /// The environment's public name.
    #[schemars(example = &"support_ops_env")]
    pub name: Field<PackName<'t>>,
    /// The version of the pack's content, as semver.org has it.
    #[schemars(example = &"1.0.0")]
    pub version: Field<SemVer<'t>>,
    /// What the pack is about, for people.
    #[schemars(example = &"Order desk of a small shop.")]
    pub description: Field<RawText<'t>>,
    /// ISO 4217 code: what a bare "$" or a bare amount means in replies and records. USD where it is not given.
    #[serde(default)]
    #[schemars(example = &"USD")]
    pub currency: Maybe<CurrencyCode<'t>>,
    /// Every code an agent may submit, with what it means; two or more, shown in this order.
    #[schemars(example = serde_json::json!({ "send_replacement": "Ship a replacement at no cost." }))]
    pub resolutions: Field<Table<'t, RawText<'t>>>,
    /// The handbook that all tasks share.
    #[serde(default)]
    #[schemars(example = serde_json::json!([{ "id": "damaged_items", "title": "Damaged items", "text": "Replace them." }]))]
    pub policies: Maybe<Vec<Field<RawPolicy<'t>>>>,
    /// How episodes are graded; each task may override any of it.
    #[serde(default)]
    #[schemars(example = serde_json::json!({ "free_steps": 1 }))]
    pub grading: Maybe<RawGrading>,
    /// What single steps pay; each task may override any of it.
    #[serde(default)]
    #[schemars(example = serde_json::json!({ "evidence": 0.05 }))]
    pub rewards: Maybe<RawRewards>,
    /// What is shown while an episode runs; each task may override any of it.
    #[serde(default)]
    #[schemars(example = serde_json::json!({ "score": "always" }))]
    pub exposure: Maybe<RawExposure>,
    /// How the linter treats this pack.
    #[serde(default)]
    #[schemars(example = serde_json::json!({ "ignore": [] }))]
    pub lint: Maybe<RawLint>,
}

/// An operating rule that the agent may look up.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, bound(deserialize = "'de: 't"))]
#[schemars(inline)]
pub struct RawPolicy<'t> {
    /// Unique in the handbook and the task; `policy:<id>` is its evidence key.
    #[schemars(example = &"damaged_items")]
    pub id: Field<Id<'t>>,
    /// For people, and one of the names that find it.
    #[schemars(example = &"Damaged or defective items")]
    pub title: Field<RawText<'t>>,
    /// Other names that find it; case, punctuation, `_`, `-` and blanks do not matter.
    #[serde(default)]
    #[schemars(example = vec!["broken on arrival"])]
    pub aliases: Maybe<Vec<Field<RawText<'t>>>>,
    /// Whether it is there to mislead, needed by no task.
    #[serde(default)]
    #[schemars(example = true)]
    pub distractor: Maybe<bool>,
    /// What the agent reads.
    #[schemars(example = &"Damaged items are replaced within 30 days.")]
    pub text: Field<RawText<'t>>,
}

/// How episodes are graded.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
pub struct RawGrading {
    /// Steps beyond the shortest winning path that cost nothing; 1 where it is not given.
    #[serde(default)]
    #[schemars(example = 1)]
    pub free_steps: Maybe<StepCount>,
    /// The most a cheat may score; 0.35 where it is not given.
    #[serde(default)]
    #[schemars(example = 0.35)]
    pub floor_max: Maybe<Share>,
    /// The criteria's shares of the score; after merging they must sum to 1.
    #[serde(default)]
    #[schemars(example = serde_json::json!({ "resolution": 0.5, "evidence": 0.25, "reply": 0.15, "efficiency": 0.1 }))]
    pub weights: Maybe<RawWeights>,
}

/// The criteria's shares of the score.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
pub struct RawWeights {
    /// The submitted code, times the evidence behind it; 0.5 where it is not given.
    #[serde(default)]
    #[schemars(example = 0.5)]
    pub resolution: Maybe<Share>,
    /// The evidence collected; 0.25 where it is not given.
    #[serde(default)]
    #[schemars(example = 0.25)]
    pub evidence: Maybe<Share>,
    /// The reply; 0.15 where it is not given.
    #[serde(default)]
    #[schemars(example = 0.15)]
    pub reply: Maybe<Share>,
    /// The steps taken; 0.1 where it is not given.
    #[serde(default)]
    #[schemars(example = 0.1)]
    pub efficiency: Maybe<Share>,
}

/// What single steps pay before the end.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
pub struct RawRewards {
    /// Per newly collected required evidence; 0.05 where it is not given.
    #[serde(default)]
    #[schemars(example = 0.05)]
    pub evidence: Maybe<Share>,
    /// Times the gain over the best draft so far; 0.05 where it is not given.
    #[serde(default)]
    #[schemars(example = 0.05)]
    pub reply: Maybe<Share>,
}

/// What is shown while an episode runs.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
pub struct RawExposure {
    /// Whether an agent sees `current_score` while it works; "always" where it is not given.
    #[serde(default)]
    #[schemars(example = &"always")]
    pub score: Maybe<RawScoreExposure>,
    /// Whether `state` shows the required evidence before the end; "full" where it is not given.
    #[serde(default)]
    #[schemars(example = &"full")]
    pub state: Maybe<RawStateExposure>,
}

/// When the score is shown.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
pub enum RawScoreExposure {
    Always,
    OnDone,
}

/// What `state` shows before the end.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
pub enum RawStateExposure {
    Full,
    Agent,
}

/// How the linter treats a pack.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
pub struct RawLint {
    /// Findings that are not reported, by code.
    #[serde(default)]
    #[schemars(example = vec!["unused-policy"])]
    pub ignore: Maybe<Vec<Field<RawCode>>>,
    /// Other severities, by code.
    #[serde(default)]
    #[schemars(example = serde_json::json!({ "keyword-overlap": "error" }))]
    pub severity: Maybe<RawSeverities>,
}

/// The name of a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RawCode(pub Code);

impl<'de> Deserialize<'de> for RawCode {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = String::deserialize(deserializer)?;
        Code::parse(&name).map(RawCode).ok_or_else(|| D::Error::custom("the code of a rule"))
    }
}

impl JsonSchema for RawCode {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Code".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let names: Vec<&str> = Code::ALL.iter().map(|code| code.as_str()).collect();
        json_schema!({ "type": "string", "enum": names })
    }
}

/// How loud a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
pub enum RawLintLevel {
    Error,
    Warning,
    Info,
    Off,
}

/// Severities by code.
#[derive(Debug, Default)]
pub struct RawSeverities(pub BTreeMap<Code, RawLintLevel>);

impl<'de> Deserialize<'de> for RawSeverities {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Levels;

        impl<'de> Visitor<'de> for Levels {
            type Value = RawSeverities;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a table of severities by code")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<RawSeverities, A::Error> {
                let mut levels = BTreeMap::new();
                while let Some(name) = map.next_key::<String>()? {
                    let code = Code::parse(&name).ok_or_else(|| A::Error::custom("the code of a rule"))?;
                    if let Some(&level) = map.next_value::<Field<RawLintLevel>>()?.get() {
                        levels.insert(code, level);
                    }
                }
                Ok(RawSeverities(levels))
            }
        }

        deserializer.deserialize_map(Levels)
    }
}

impl JsonSchema for RawSeverities {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Severities".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let mut properties = serde_json::Map::new();
        for code in Code::ALL {
            let mut level = generator.subschema_for::<RawLintLevel>();
            level.insert("description".to_owned(), code.meaning().into());
            level.insert("examples".to_owned(), serde_json::json!([code.severity().as_str()]));
            properties.insert(code.as_str().to_owned(), level.into());
        }
        json_schema!({ "type": "object", "properties": properties, "additionalProperties": false })
    }
}
