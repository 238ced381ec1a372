//! What a package declares in `openenv.yaml`, normalised as OpenEnv normalises it.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// The file that makes a folder a package.
pub(super) const SIGNATURE: &str = "openenv.yaml";

/// The normalised manifest: schema 2 where an execution is declared, else schema 1.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Manifest {
    manifest_schema_version: &'static str,
    pub(super) name: String,
    pub(super) version: Option<String>,
    signature: &'static str,
    pub(super) reward: Reward,
    judge: Option<Judge>,
    pub(super) resources: Resources,
    pub(super) task_distribution: Option<TaskDistribution>,
    pub(super) network: Network,
    pub(super) capabilities: Capabilities,
    types: Types,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) execution: Option<Execution>,
}

/// The reward contract.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Reward {
    #[serde(default = "unit_range")]
    pub(super) range: [f64; 2],
    #[serde(default)]
    pub(super) oracle_tolerance: f64,
    pub(super) floor_margin: f64,
    #[serde(default)]
    pub(super) variance_tolerance: Option<f64>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Judge {
    model: String,
    version: String,
    #[serde(default)]
    params: Map<String, Value>,
}

/// What an episode may use.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Resources {
    pub(super) cpu: f64,
    pub(super) memory_mb: i64,
    pub(super) disk_mb: i64,
    pub(super) episode_timeout_s: f64,
    #[serde(default)]
    gpus: i64,
    #[serde(default)]
    gpu_types: Vec<String>,
}

/// Pins of generated or external tasks.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TaskDistribution {
    #[serde(default)]
    pub(super) generator_seed: Option<i64>,
    #[serde(default)]
    pub(super) dataset_version: Option<String>,
    #[serde(default)]
    generator_model: Option<String>,
}

/// The network posture.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Network {
    #[serde(default = "public")]
    pub(super) mode: String,
    #[serde(default)]
    allowed_hosts: Vec<String>,
}

/// What the environment says it can do.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Capabilities {
    #[serde(default)]
    pub(super) oracle: Option<OracleDeclaration>,
    verifier: Verifier,
    #[serde(default)]
    set_state: bool,
    #[serde(default)]
    llm_judged: bool,
    #[serde(default)]
    pub(super) rubric_tree: bool,
    #[serde(default)]
    pub(super) task_api: bool,
    #[serde(default)]
    pub(super) canaries: Option<String>,
    #[serde(default)]
    pub(super) declared_tools: Vec<String>,
    #[serde(default)]
    pub(super) declared_task_count: Map<String, Value>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct OracleDeclaration {
    form: String,
    location: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Verifier {
    kind: String,
    #[serde(default)]
    entry: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Types {
    tags: Vec<String>,
}

/// How the environment is built and reached.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Execution {
    #[serde(default = "openenv_ws")]
    kind: String,
    #[serde(default = "runtime_json")]
    pub(super) probe_path: String,
    #[serde(default = "dockerfile")]
    pub(super) dockerfile: String,
    #[serde(default = "dot")]
    context: String,
    #[serde(default = "api")]
    agent_boundary: String,
    #[serde(default)]
    requires_credentials: bool,
}

impl Manifest {
    /// Normalises what the file holds.
    ///
    /// # Errors
    /// Everything that breaks the schema, one line each, led by its place.
    pub fn of(file: &Value) -> Result<Manifest, Vec<String>> {
        let Some(file) = file.as_object() else { return Err(vec!["openenv.yaml must be a mapping".to_owned()]) };
        let block = match file.get("validation") {
            None | Some(Value::Null) => return Err(vec!["openenv.yaml has no `validation` block".to_owned()]),
            Some(Value::Object(block)) => block,
            Some(_) => return Err(vec!["`validation` must be a mapping".to_owned()]),
        };
        let mut errors = Vec::new();
        let text = |key: &str| match file.get(key) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) => Ok(Some(text.clone())),
            Some(_) => Err(format!("{key}: must be a text")),
        };
        let name = text("name").unwrap_or_else(|error| note(&mut errors, error));
        let version = text("version").unwrap_or_else(|error| note(&mut errors, error));
        if name.is_none() {
            errors.push("name: is required".to_owned());
        }
        let reward: Option<Reward> = required(block, "reward", &mut errors);
        let resources: Option<Resources> = required(block, "resources", &mut errors);
        let capabilities: Option<Capabilities> = required(block, "capabilities", &mut errors);
        let types: Option<Types> = required(block, "types", &mut errors);
        let network: Option<Network> = optional(block, "network", &mut errors);
        let judge: Option<Judge> = optional(block, "judge", &mut errors);
        let task_distribution = optional(block, "task_distribution", &mut errors);
        // Present and null is a broken declaration, not an absent one.
        let execution: Option<Execution> = match block.get("execution") {
            Some(_) => required(block, "execution", &mut errors),
            None => None,
        };
        let network = network.unwrap_or_else(|| Network { mode: public(), allowed_hosts: Vec::new() });
        let (Some(name), Some(reward), Some(resources), Some(capabilities), Some(types)) =
            (name, reward, resources, capabilities, types)
        else {
            return Err(errors);
        };
        let manifest = Manifest {
            manifest_schema_version: if execution.is_some() { "2" } else { "1" },
            name,
            version,
            signature: SIGNATURE,
            reward,
            judge,
            resources,
            task_distribution,
            network,
            capabilities,
            types,
            execution,
        };
        manifest.check(&mut errors);
        if errors.is_empty() { Ok(manifest) } else { Err(errors) }
    }

    /// What the parts must be beyond their shapes.
    fn check(&self, errors: &mut Vec<String>) {
        let mut must = |holds: bool, what: &str| {
            if !holds {
                errors.push(what.to_owned());
            }
        };
        let reward = &self.reward;
        must(reward.range[0] < reward.range[1], "reward.range: must be strictly increasing");
        must(reward.oracle_tolerance >= 0.0, "reward.oracle_tolerance: must not be negative");
        must(reward.floor_margin >= 0.0, "reward.floor_margin: must not be negative");
        must(reward.variance_tolerance.is_none_or(|it| it >= 0.0), "reward.variance_tolerance: must not be negative");
        let resources = &self.resources;
        must(resources.cpu > 0.0, "resources.cpu: must be above 0");
        must(resources.memory_mb > 0, "resources.memory_mb: must be above 0");
        must(resources.disk_mb > 0, "resources.disk_mb: must be above 0");
        must(resources.episode_timeout_s > 0.0, "resources.episode_timeout_s: must be above 0");
        must(resources.gpus >= 0, "resources.gpus: must not be negative");
        must(resources.gpu_types.is_empty() || resources.gpus != 0, "resources.gpu_types: is declared but gpus is 0");
        let network = &self.network;
        must(
            ["public", "no-network", "allowlist"].contains(&&*network.mode),
            "network.mode: must be public, no-network or allowlist",
        );
        must(
            (network.mode == "allowlist") != network.allowed_hosts.is_empty(),
            "network.allowed_hosts: goes with mode allowlist, and only with it",
        );
        let capabilities = &self.capabilities;
        let verifier = &capabilities.verifier;
        must(
            ["reward_channel", "script"].contains(&&*verifier.kind),
            "capabilities.verifier.kind: must be reward_channel or script",
        );
        must(
            (verifier.kind == "script") == verifier.entry.is_some(),
            "capabilities.verifier.entry: goes with kind script, and only with it",
        );
        if let Some(oracle) = &capabilities.oracle {
            must(
                ["injected_state", "script"].contains(&&*oracle.form),
                "capabilities.oracle.form: must be injected_state or script",
            );
            must(
                oracle.form != "injected_state" || capabilities.set_state,
                "capabilities.oracle.form: injected_state needs set_state",
            );
        }
        must(
            capabilities.declared_task_count.values().all(Value::is_i64),
            "capabilities.declared_task_count: must hold whole numbers",
        );
        must(
            capabilities.llm_judged == self.judge.is_some(),
            "judge: a pin goes with capabilities.llm_judged, and only with it",
        );
        must(
            !capabilities.llm_judged || reward.variance_tolerance.is_some(),
            "reward.variance_tolerance: is required where capabilities.llm_judged is true",
        );
        must(!self.types.tags.is_empty(), "types.tags: must hold at least one tag");
        must(self.types.tags.iter().all(|tag| !tag.is_empty()), "types.tags: must not hold an empty tag");
        let Some(execution) = &self.execution else { return };
        must(execution.kind == "openenv_ws", "execution.kind: must be openenv_ws");
        must(execution.agent_boundary == "api", "execution.agent_boundary: must be api");
        for (key, path, is_file) in [
            ("probe_path", &execution.probe_path, true),
            ("dockerfile", &execution.dockerfile, true),
            ("context", &execution.context, false),
        ] {
            let what = format!("execution.{key}: must be a path within the package");
            must(is_within(path) && !(is_file && path == "."), &what);
        }
    }
}

/// Whether a declared path stays within the package, on every system.
pub(super) fn is_within(path: &str) -> bool {
    !path.is_empty()
        && !path.contains(['\\', ':', '\0'])
        && !path.starts_with('/')
        && path.split('/').all(|part| part != "..")
}

fn required<T: DeserializeOwned>(block: &Map<String, Value>, key: &str, errors: &mut Vec<String>) -> Option<T> {
    let Some(value) = block.get(key) else { return note(errors, format!("{key}: is required")) };
    match T::deserialize(value) {
        Ok(part) => Some(part),
        Err(error) => note(errors, format!("{key}: {error}")),
    }
}

fn optional<T: DeserializeOwned>(block: &Map<String, Value>, key: &str, errors: &mut Vec<String>) -> Option<T> {
    let given = block.get(key).filter(|value| !value.is_null());
    given.and_then(|_| required(block, key, errors))
}

fn note<T>(errors: &mut Vec<String>, error: String) -> Option<T> {
    errors.push(error);
    None
}

fn unit_range() -> [f64; 2] {
    [0.0, 1.0]
}

fn public() -> String {
    "public".to_owned()
}

fn openenv_ws() -> String {
    "openenv_ws".to_owned()
}

fn runtime_json() -> String {
    "validation/runtime.json".to_owned()
}

fn dockerfile() -> String {
    "Dockerfile".to_owned()
}

fn dot() -> String {
    ".".to_owned()
}

fn api() -> String {
    "api".to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::validate::yaml::parse_yaml;

    const SHIPPED: &str = include_str!("../../openenv.yaml");

    #[test]
    fn the_shipped_manifest_is_read() {
        let manifest = Manifest::of(&parse_yaml(SHIPPED).expect("YAML")).expect("a manifest");
        assert_eq!((manifest.manifest_schema_version, &*manifest.name), ("2", "support_ops_env"));
        assert!(manifest.execution.is_some() && !manifest.capabilities.declared_tools.is_empty());
    }

    #[test]
    fn what_breaks_the_schema_is_named() {
        let check = |from: &str, to: &str, part: &str| {
            let text = SHIPPED.replace(from, to);
            assert_ne!(text, SHIPPED, "{from}");
            let errors = Manifest::of(&parse_yaml(&text).expect("YAML")).expect_err(to);
            assert!(errors.iter().any(|error| error.contains(part)), "{to}: {errors:?}");
        };
        check("validation:", "validated:", "no `validation` block");
        check("name: support_ops_env", "title: x", "name: is required");
        check("version: 0.1.0", "version: 1", "version: must be a text");
        check("range: [0.0, 1.0]", "range: [1.0, 0.0]", "strictly increasing");
        check("floor_margin: 0.65", "floor: 0.65", "reward: unknown field `floor`");
        check("cpu: 1.0", "cpu: 0", "resources.cpu");
        check("memory_mb: 256", "memory_mb: lots", "resources: invalid type");
        check("kind: reward_channel", "kind: script", "verifier.entry");
        check("set_state: false", "set_state: maybe", "capabilities: invalid type");
        check("test: 3", "test: three", "whole numbers");
        check("tags: [tool-use, customer-support]", "tags: []", "types.tags");
        check("mode: no-network", "mode: allowlist", "allowed_hosts");
        check("probe_path: validation/runtime.json", "probe_path: ../runtime.json", "execution.probe_path");
        check("llm_judged: false", "llm_judged: true", "judge");
    }
}
