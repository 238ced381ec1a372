//! A task file.

use std::fmt;

use schemars::JsonSchema;
use serde::Deserialize;
use serde::de::{Deserializer, Error, MapAccess, SeqAccess, Visitor};

use crate::protocol::Difficulty;
use crate::task::Split;

use super::text::room;
use super::{
    Field, Id, MaxSteps, Maybe, NonEmpty, Portion, RawExample, RawExposure, RawGrading, RawPolicy, RawReply,
    RawRewards, RawText, SchemaVersion, Table, Timestamp,
};

/// One support case.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, bound(deserialize = "'de: 't"))]
#[schemars(title = "Support Ops task")]
pub struct RawTask<'t> {
    /// The version of this file's form: 1.
    #[schemars(example = 1)]
    pub schema_version: Field<SchemaVersion>,
    /// Unique over all packs that are loaded together.
    #[schemars(example = &"duplicate-charge")]
    pub id: Field<Id<'t>>,
    /// For people.
    #[schemars(example = &"Duplicate charge on one order")]
    pub title: Field<RawText<'t>>,
    /// How hard it is; tasks are played easy first.
    #[schemars(example = &"medium")]
    pub difficulty: Field<RawDifficulty>,
    /// Which part of the data set it belongs to; "test" where it is not given.
    #[serde(default)]
    #[schemars(example = &"test")]
    pub split: Maybe<RawSplit>,
    /// What the agent is asked to achieve; it must not give the answer away.
    #[schemars(example = &"Investigate a billing complaint.")]
    pub objective: Field<RawText<'t>>,
    /// What there is to look at, in a sentence; the list of artifact ids is added to it.
    #[serde(default)]
    #[schemars(example = &"Order ORD-5120, one shipment, card ending 4242.")]
    pub workspace_summary: Maybe<RawText<'t>>,
    /// Steps before the episode ends by itself, 1 to 1000.
    #[schemars(example = 10)]
    pub max_steps: Field<MaxSteps>,
    /// For filtering.
    #[serde(default)]
    #[schemars(example = vec!["billing"])]
    pub tags: Maybe<Vec<Field<RawText<'t>>>>,
    /// Whether the ticket tries to manipulate the agent on purpose.
    #[serde(default)]
    #[schemars(example = true)]
    pub adversarial: Maybe<bool>,
    /// The customer's case.
    #[schemars(example = serde_json::json!({ "id": "T-1002", "subject": "Charged twice", "message": "I was charged twice." }))]
    pub ticket: Field<RawTicket<'t>>,
    /// The internal records that the agent may inspect; one or more.
    #[schemars(example = serde_json::json!([{ "id": "order", "title": "Order", "record": { "order_id": "ORD-5120" } }]))]
    pub artifacts: Field<NonEmpty<Field<RawArtifact<'t>>>>,
    /// Policies of this task alone; the pack's handbook is always within reach.
    #[serde(default)]
    #[schemars(example = serde_json::json!([{ "id": "night_shift", "title": "Night shift", "text": "Nobody refunds at night." }]))]
    pub policies: Maybe<Vec<Field<RawPolicy<'t>>>>,
    /// What has to be seen for full marks.
    #[schemars(example = serde_json::json!({ "required": ["ticket", "artifact:order"] }))]
    pub evidence: Field<RawEvidence<'t>>,
    /// Which codes are right, partly right and harmful.
    #[schemars(example = serde_json::json!({ "expected": "refund_duplicate_charge" }))]
    pub resolution: Field<RawResolution<'t>>,
    /// What the reply must and must not convey; required where the reply weighs anything.
    #[serde(default)]
    #[schemars(example = serde_json::json!({ "keywords": [{ "id": "refund", "any_of": ["refund"] }] }))]
    pub reply: Maybe<RawReply<'t>>,
    /// A reference solution; required where the reply weighs anything.
    #[serde(default)]
    #[schemars(example = serde_json::json!({ "reply": "We have refunded the second charge." }))]
    pub oracle: Maybe<RawOracle<'t>>,
    /// The grader's own test cases, run by `support-ops test`.
    #[serde(default)]
    #[schemars(example = serde_json::json!([{ "reply": "We cannot refund it.", "passes": false }]))]
    pub examples: Maybe<Vec<Field<RawExample<'t>>>>,
    /// Overrides of the pack's grading, key by key.
    #[serde(default)]
    #[schemars(example = serde_json::json!({ "free_steps": 2 }))]
    pub grading: Maybe<RawGrading>,
    /// Overrides of the pack's rewards, key by key.
    #[serde(default)]
    #[schemars(example = serde_json::json!({ "evidence": 0.1 }))]
    pub rewards: Maybe<RawRewards>,
    /// Overrides of the pack's exposure, key by key.
    #[serde(default)]
    #[schemars(example = serde_json::json!({ "score": "on_done" }))]
    pub exposure: Maybe<RawExposure>,
}

/// How hard a task is.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(inline)]
pub enum RawDifficulty {
    Easy,
    Medium,
    Hard,
}

impl From<RawDifficulty> for Difficulty {
    fn from(raw: RawDifficulty) -> Difficulty {
        match raw {
            RawDifficulty::Easy => Difficulty::Easy,
            RawDifficulty::Medium => Difficulty::Medium,
            RawDifficulty::Hard => Difficulty::Hard,
        }
    }
}

/// Which part of a data set a task belongs to.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(inline)]
pub enum RawSplit {
    Train,
    Validation,
    Test,
}

impl From<RawSplit> for Split {
    fn from(raw: RawSplit) -> Split {
        match raw {
            RawSplit::Train => Split::Train,
            RawSplit::Validation => Split::Validation,
            RawSplit::Test => Split::Test,
        }
    }
}

/// The customer's case as it reached the desk.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, bound(deserialize = "'de: 't"))]
#[schemars(inline)]
pub struct RawTicket<'t> {
    /// The desk's number for it; free text.
    #[schemars(example = &"T-1002")]
    pub id: Field<RawText<'t>>,
    /// How it came in.
    #[serde(default)]
    #[schemars(example = &"email")]
    pub channel: Maybe<RawChannel>,
    /// When it came in: what dates in the records are judged against.
    #[serde(default)]
    #[schemars(example = &"2026-03-03T08:15:00Z")]
    pub opened_at: Maybe<Timestamp<'t>>,
    /// The customer's name.
    #[serde(default)]
    #[schemars(example = &"Dana Whitfield")]
    pub customer: Maybe<RawText<'t>>,
    /// The subject line.
    #[schemars(example = &"Charged twice for one order")]
    pub subject: Field<RawText<'t>>,
    /// The message, word for word: what the agent sees from reset on.
    #[schemars(example = &"I was charged twice for one order.")]
    pub message: Field<RawText<'t>>,
}

/// How a ticket came in.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(inline)]
pub enum RawChannel {
    Email,
    Chat,
    Phone,
    Social,
    Web,
}

impl RawChannel {
    /// The name in files and in the ticket.
    pub const fn as_str(self) -> &'static str {
        match self {
            RawChannel::Email => "email",
            RawChannel::Chat => "chat",
            RawChannel::Phone => "phone",
            RawChannel::Social => "social",
            RawChannel::Web => "web",
        }
    }
}

/// An internal record.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, bound(deserialize = "'de: 't"))]
#[schemars(inline)]
pub struct RawArtifact<'t> {
    /// Unique in the task; `artifact:<id>` is its evidence key.
    #[schemars(example = &"payment")]
    pub id: Field<Id<'t>>,
    /// For people.
    #[schemars(example = &"Payments for order ORD-5120")]
    pub title: Field<RawText<'t>>,
    /// Whether it is there to mislead, not needed to solve the task.
    #[serde(default)]
    #[schemars(example = true)]
    pub distractor: Maybe<bool>,
    /// What the agent sees: any tree of TOML values.
    #[schemars(example = serde_json::json!({ "order_id": "ORD-5120", "total": 64.5 }))]
    pub record: Field<Record<'t>>,
}

/// A record's table: keys and values in the file's order, each with its place.
#[derive(Debug, Clone, PartialEq)]
pub struct Record<'t>(pub Vec<(Field<RawText<'t>>, Field<RecordValue<'t>>)>);

/// A value of a record. A date is `Text`; the file's own text tells it from a string.
#[derive(Debug, Clone, PartialEq)]
pub enum RecordValue<'t> {
    Text(RawText<'t>),
    Integer(i64),
    Float(f64),
    Boolean(bool),
    List(Vec<Field<RecordValue<'t>>>),
    Table(Record<'t>),
}

impl<'de: 't, 't> Deserialize<'de> for Record<'t> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match RecordValue::deserialize(deserializer)? {
            RecordValue::Table(record) => Ok(record),
            _ => Err(D::Error::custom("a record is a table")),
        }
    }
}

impl<'de: 't, 't> Deserialize<'de> for RecordValue<'t> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Values;

        impl<'de> Visitor<'de> for Values {
            type Value = RecordValue<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a TOML value")
            }

            fn visit_borrowed_str<E: Error>(self, text: &'de str) -> Result<RecordValue<'de>, E> {
                Ok(RecordValue::Text(RawText::borrowed(text)))
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<RecordValue<'de>, E> {
                Ok(RecordValue::Text(RawText::owned(text)))
            }

            fn visit_i64<E: Error>(self, number: i64) -> Result<RecordValue<'de>, E> {
                Ok(RecordValue::Integer(number))
            }

            fn visit_u64<E: Error>(self, number: u64) -> Result<RecordValue<'de>, E> {
                i64::try_from(number).map(RecordValue::Integer).map_err(|_| E::custom("the number is too big"))
            }

            fn visit_f64<E: Error>(self, number: f64) -> Result<RecordValue<'de>, E> {
                Ok(RecordValue::Float(number))
            }

            fn visit_bool<E: Error>(self, value: bool) -> Result<RecordValue<'de>, E> {
                Ok(RecordValue::Boolean(value))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<RecordValue<'de>, A::Error> {
                let mut list = Vec::with_capacity(room(seq.size_hint()));
                while let Some(item) = seq.next_element()? {
                    list.push(item);
                }
                Ok(RecordValue::List(list))
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<RecordValue<'de>, A::Error> {
                let mut table = Vec::with_capacity(room(map.size_hint()));
                while let Some(entry) = map.next_entry()? {
                    table.push(entry);
                }
                Ok(RecordValue::Table(Record(table)))
            }
        }

        deserializer.deserialize_any(Values)
    }
}

impl JsonSchema for Record<'_> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Record".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        // Said outright: tombi takes silence for a closed table.
        schemars::json_schema!({ "type": "object", "additionalProperties": true })
    }
}

/// What has to be seen.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, bound(deserialize = "'de: 't"))]
#[schemars(inline)]
pub struct RawEvidence<'t> {
    /// The keys that full marks need: `ticket`, `artifact:<id>`, `policy:<id>`; never empty.
    #[schemars(example = vec!["ticket", "artifact:order", "policy:damaged_items"])]
    pub required: Field<NonEmpty<Field<RawText<'t>>>>,
}

/// What the pack's codes are worth in this task.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, bound(deserialize = "'de: 't"))]
#[schemars(inline)]
pub struct RawResolution<'t> {
    /// The right code.
    #[schemars(example = &"refund_duplicate_charge")]
    pub expected: Field<RawText<'t>>,
    /// Codes that do harm here: submitting one scores 0.
    #[serde(default)]
    #[schemars(example = vec!["refund_full_order"])]
    pub harmful: Maybe<Vec<Field<RawText<'t>>>>,
    /// Codes that earn part of the credit, each above 0 and below 1.
    #[serde(default)]
    #[schemars(example = serde_json::json!({ "request_more_information": 0.2 }))]
    pub partial: Maybe<Table<'t, Portion>>,
}

/// A reference solution; all but its reply is derived.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, bound(deserialize = "'de: 't"))]
#[schemars(inline)]
pub struct RawOracle<'t> {
    /// A reply that meets everything.
    #[schemars(example = &"We confirmed the duplicate charge and refunded it.")]
    pub reply: Field<RawText<'t>>,
}
