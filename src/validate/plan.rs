//! The runtime plan: what a probe of the server sends, as OpenEnv's `validation/runtime.json` has it.

use std::fmt;

use serde::de::{self, Deserializer, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// The largest plan, in bytes.
pub const MAX_PLAN_BYTES: usize = 65_536;
/// The most actions of a plan.
const MAX_ACTIONS: usize = 100;
/// The longest episode id, in characters.
const MAX_EPISODE_ID: usize = 128;

/// One episode to be played: how it begins, and the actions until its end.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    plan_schema_version: String,
    pub(super) reset: Reset,
    pub(super) actions: Vec<Map<String, Value>>,
}

/// How the episode begins.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Reset {
    pub(super) episode_id: String,
    pub(super) seed: u32,
    #[serde(default)]
    pub(super) options: Map<String, Value>,
}

impl Plan {
    pub(super) fn new(
        episode_id: String,
        seed: u32,
        options: Map<String, Value>,
        actions: Vec<Map<String, Value>>,
    ) -> Plan {
        Plan { plan_schema_version: "1".to_owned(), reset: Reset { episode_id, seed, options }, actions }
    }

    /// Reads a plan.
    ///
    /// # Errors
    /// What breaks OpenEnv's form of it.
    pub fn parse(text: &str) -> Result<Plan, String> {
        if text.len() > MAX_PLAN_BYTES {
            return Err(format!("the plan is longer than {MAX_PLAN_BYTES} bytes"));
        }
        let unique: Unique = serde_json::from_str(text).map_err(|error| error.to_string())?;
        let plan = Plan::deserialize(unique.0).map_err(|error| error.to_string())?;
        let reset = &plan.reset;
        let count = reset.episode_id.chars().count();
        let problem = if plan.plan_schema_version != "1" {
            "plan_schema_version: must be \"1\""
        } else if count == 0 || count > MAX_EPISODE_ID {
            "reset.episode_id: must hold 1 to 128 characters"
        } else if reset.options.contains_key("episode_id") || reset.options.contains_key("seed") {
            "reset.options: cannot override episode_id or seed"
        } else if plan.actions.is_empty() || plan.actions.len() > MAX_ACTIONS {
            "actions: must hold 1 to 100 actions"
        } else {
            return Ok(plan);
        };
        Err(problem.to_owned())
    }

    /// What the reset carries: the options, the seed and the id.
    pub(super) fn reset_data(&self) -> Map<String, Value> {
        let mut data = self.reset.options.clone();
        data.insert("seed".to_owned(), self.reset.seed.into());
        data.insert("episode_id".to_owned(), self.reset.episode_id.clone().into());
        data
    }
}

/// JSON whose objects hold no key twice.
struct Unique(Value);

impl<'de> Deserialize<'de> for Unique {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Unique, D::Error> {
        struct Reader;
        impl<'de> Visitor<'de> for Reader {
            type Value = Unique;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("JSON")
            }
            fn visit_unit<E>(self) -> Result<Unique, E> {
                Ok(Unique(Value::Null))
            }
            fn visit_bool<E>(self, value: bool) -> Result<Unique, E> {
                Ok(Unique(value.into()))
            }
            fn visit_i64<E>(self, value: i64) -> Result<Unique, E> {
                Ok(Unique(value.into()))
            }
            fn visit_u64<E>(self, value: u64) -> Result<Unique, E> {
                Ok(Unique(value.into()))
            }
            fn visit_f64<E>(self, value: f64) -> Result<Unique, E> {
                Ok(Unique(value.into()))
            }
            fn visit_str<E>(self, value: &str) -> Result<Unique, E> {
                Ok(Unique(value.into()))
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Unique, A::Error> {
                let mut list = Vec::new();
                while let Some(Unique(item)) = items.next_element()? {
                    list.push(item);
                }
                Ok(Unique(list.into()))
            }
            fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Unique, A::Error> {
                let mut map = Map::new();
                while let Some((key, Unique(value))) = entries.next_entry::<String, _>()? {
                    if map.contains_key(&key) {
                        return Err(de::Error::custom(format_args!("the key `{key}` stands there twice")));
                    }
                    map.insert(key, value);
                }
                Ok(Unique(map.into()))
            }
        }
        deserializer.deserialize_any(Reader)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plans_are_checked() {
        let good = include_str!("../../validation/runtime.json");
        assert!(Plan::parse(good).is_ok());
        let check = |from: &str, to: &str, part: &str| {
            let text = good.replacen(from, to, 1);
            assert_ne!(text, good, "{from}");
            let error = Plan::parse(&text).expect_err(to);
            assert!(error.contains(part), "{to}: {error}");
        };
        check("\"1\"", "\"2\"", "plan_schema_version");
        check("\"seed\": 7", "\"seed\": -7", "invalid value");
        check("\"seed\": 7", "\"seed\": 7, \"seed\": 8", "twice");
        check("\"options\": {", "\"options\": { \"seed\": 1, ", "cannot override");
        check("\"reset\"", "\"rest\"", "unknown field `rest`");
        check("validation-duplicate-charge", "", "episode_id");
        assert!(Plan::parse(&" ".repeat(MAX_PLAN_BYTES + 1)).is_err());
    }
}
