//! The static checks: what can be told from the package's files.

use serde_json::{Value, json};

use super::package::Package;
use super::policy::BOUNDS;
use super::report::CheckResult;

/// The tasks that are served, as far as their origin matters.
#[derive(Debug)]
pub(super) struct Origin {
    /// Whether they are files of the package.
    pub(super) within: bool,
    /// Name, version and digest of each pack.
    pub(super) packs: Vec<(String, String, String)>,
}

/// What to do where there is no image to look at.
const NO_DOCKERFILE: &str = "write a Dockerfile that begins with FROM, or name it in validation.execution.dockerfile";

/// Every static check.
pub(super) fn check_all(package: &Package, origin: &Origin) -> Vec<CheckResult> {
    vec![
        check_manifest(package),
        CheckResult::skip(
            "static.reproducible_build",
            "two builds of the image have to be compared, which needs a container engine",
            CheckResult::WITH_ENGINE,
        ),
        check_image_hygiene(package),
        check_layout(package),
        check_sbom(package),
        check_oci_labels(package),
        check_resource_declaration(package),
        check_timeout_ceiling(package),
        check_dependency_pinning(package),
        check_task_distribution_pinning(package, origin),
    ]
}

fn check_manifest(package: &Package) -> CheckResult {
    let id = "static.manifest";
    let manifest = match &package.manifest {
        Ok(manifest) => manifest,
        Err(errors) => {
            let remedy = "fix the `validation` block of openenv.yaml (docs/validate.md)";
            return CheckResult::decided(id, json!({ "schema_errors": errors.len() }), errors.clone(), "", remedy);
        }
    };
    let (reward, timeout) = (&manifest.reward, manifest.resources.episode_timeout_s);
    let mut problems = Vec::new();
    let mut within = |holds: bool, what: &str, value: f64, bound: f64| {
        if !holds {
            problems.push(format!("{what} is {value}, the policy's bound is {bound}"));
        }
    };
    let tolerance = reward.oracle_tolerance;
    within(tolerance <= BOUNDS.max_oracle_tolerance, "reward.oracle_tolerance", tolerance, BOUNDS.max_oracle_tolerance);
    let margin = reward.floor_margin;
    within(margin >= BOUNDS.min_floor_margin, "reward.floor_margin", margin, BOUNDS.min_floor_margin);
    if let Some(variance) = reward.variance_tolerance {
        within(
            variance <= BOUNDS.max_variance_tolerance,
            "reward.variance_tolerance",
            variance,
            BOUNDS.max_variance_tolerance,
        );
    }
    within(
        timeout <= BOUNDS.max_episode_timeout_s,
        "resources.episode_timeout_s",
        timeout,
        BOUNDS.max_episode_timeout_s,
    );
    if let Err(error) = &package.digest {
        problems.push(format!("the package's files cannot be taken as they are: {error}"));
    }
    let measured = json!({
        "oracle_tolerance": tolerance,
        "floor_margin": margin,
        "variance_tolerance": reward.variance_tolerance,
        "episode_timeout_s": timeout,
        "bounds": BOUNDS,
    });
    let remedy = "declare what lies within the policy's bounds";
    CheckResult::decided(id, measured, problems, "the manifest is well formed and within the policy's bounds", remedy)
}

/// Build tools in the image: told from the Dockerfile where its last stage begins with nothing or runs a command.
fn check_image_hygiene(package: &Package) -> CheckResult {
    let id = "static.image_hygiene";
    let dockerfile = match &package.dockerfile {
        Ok(dockerfile) => dockerfile,
        Err(error) => return CheckResult::skip(id, format!("no Dockerfile can be read: {error}"), NO_DOCKERFILE),
    };
    let Some(last) = dockerfile.stages.last() else {
        return CheckResult::skip(id, "the Dockerfile has no stage", NO_DOCKERFILE);
    };
    let commands = last.of("RUN").count();
    let from_context = last.of("COPY").filter(|copy| !copy.contains("--from=")).count() + last.of("ADD").count();
    let measured = json!({
        "stages": dockerfile.stages.len(),
        "final_base": last.base,
        "final_commands": commands,
        "final_copies_of_the_context": from_context,
    });
    let remedy = "build in one stage and copy what is needed into a last one";
    if dockerfile.stages.len() < 2 && commands > 0 {
        let problem = "the only stage runs commands: what they needed stays in the image".to_owned();
        return CheckResult::decided(id, measured, vec![problem], "", remedy);
    }
    if last.base != "scratch" {
        let why =
            format!("the image begins with `{}`: what it holds can be told only with a container engine", last.base);
        return CheckResult {
            measured: measured.as_object().cloned().unwrap_or_default(),
            ..CheckResult::skip(id, why, CheckResult::WITH_ENGINE)
        };
    }
    let mut problems = Vec::new();
    if from_context > 0 {
        problems.push(format!("{from_context} files or folders are copied from the context, not from a build"));
    }
    let holds = "the last stage begins with nothing, runs nothing and holds only what an earlier one built";
    CheckResult::decided(id, measured, problems, holds, remedy)
        .noting("read from the Dockerfile; the image was not built")
}

/// Endings of archives.
const ARCHIVES: [&str; 10] = [".tar", ".tgz", ".gz", ".zip", ".xz", ".bz2", ".zst", ".7z", ".rar", ".whl"];

fn check_layout(package: &Package) -> CheckResult {
    let id = "static.layout";
    let dockerfile = match &package.dockerfile {
        Ok(dockerfile) => dockerfile,
        Err(error) => return CheckResult::skip(id, format!("no Dockerfile can be read: {error}"), NO_DOCKERFILE),
    };
    let Some(last) = dockerfile.stages.last() else {
        return CheckResult::skip(id, "the Dockerfile has no stage", NO_DOCKERFILE);
    };
    let words = last.of("COPY").chain(last.of("ADD")).flat_map(str::split_whitespace);
    let archives: Vec<String> = words
        .filter(|word| ARCHIVES.iter().any(|ending| word.to_ascii_lowercase().ends_with(ending)))
        .map(|word| format!("the image holds the archive `{word}`"))
        .collect();
    let measured = json!({ "archives": archives.len() });
    if archives.is_empty() {
        let why = "the sizes of the image's layers can be told only with a container engine; the Dockerfile copies no archive";
        return CheckResult {
            measured: measured.as_object().cloned().unwrap_or_default(),
            ..CheckResult::skip(id, why, CheckResult::WITH_ENGINE)
        };
    }
    CheckResult::decided(id, measured, archives, "", "unpack archives while building")
}

fn check_sbom(package: &Package) -> CheckResult {
    let locked = package.cargo_lock.as_deref().ok().and_then(|text| locked_packages(text).ok());
    let result = CheckResult::skip(
        "static.sbom",
        "a bill of materials is made from the image when it is built, which needs a container engine",
        CheckResult::WITH_ENGINE,
    );
    match locked {
        Some(locked) => CheckResult {
            measured: json!({ "locked_packages": locked.len() }).as_object().cloned().unwrap_or_default(),
            ..result
        },
        None => result,
    }
}

/// The labels that tell what an image is (annotation keys of the OCI image specification).
const LABELS: [&str; 4] = ["title", "description", "licenses", "version"];

fn check_oci_labels(package: &Package) -> CheckResult {
    let id = "static.oci_labels";
    let dockerfile = match &package.dockerfile {
        Ok(dockerfile) => dockerfile,
        Err(error) => return CheckResult::skip(id, format!("no Dockerfile can be read: {error}"), NO_DOCKERFILE),
    };
    let labels = dockerfile.labels();
    let of = |name: &str| {
        let key = format!("org.opencontainers.image.{name}");
        labels.iter().find(|(label, _)| *label == key).map(|(_, value)| &**value)
    };
    let mut problems: Vec<String> = LABELS
        .iter()
        .filter(|name| of(name).is_none_or(|value| value.trim().is_empty()))
        .map(|name| format!("the image has no label `org.opencontainers.image.{name}`"))
        .collect();
    let declared = package.manifest.as_ref().ok().and_then(|manifest| manifest.version.as_deref());
    if let (Some(label), Some(declared)) = (of("version"), declared)
        && label != declared
        && !label.contains('$')
    {
        problems.push(format!("the image says version `{label}`, openenv.yaml `{declared}`"));
    }
    let names: Vec<&str> = labels.iter().map(|(name, _)| &**name).collect();
    let holds = "the image says what it is, and its version is the declared one";
    CheckResult::decided(id, json!({ "labels": names }), problems, holds, "add a LABEL to the last stage")
        .noting("read from the Dockerfile; the image was not built")
}

/// The resources as they stand in the file: told even where the manifest as a whole is broken.
fn resources(package: &Package) -> Option<&Value> {
    package.file.as_ref().ok()?.get("validation")?.get("resources")
}

fn check_resource_declaration(package: &Package) -> CheckResult {
    let keys = ["cpu", "memory_mb", "disk_mb", "episode_timeout_s"];
    let given = |key: &str| resources(package)?.get(key)?.as_f64();
    let problems = keys
        .iter()
        .filter(|key| !given(key).is_some_and(|value| value > 0.0 && value.is_finite()))
        .map(|key| format!("resources.{key} is no number above 0"))
        .collect();
    let measured = resources(package).cloned().unwrap_or_default();
    let remedy = "declare cpu, memory_mb, disk_mb and episode_timeout_s";
    CheckResult::decided("static.resource_declaration", measured, problems, "every resource is declared", remedy)
}

fn check_timeout_ceiling(package: &Package) -> CheckResult {
    let timeout = resources(package).and_then(|resources| resources.get("episode_timeout_s")?.as_f64());
    let ceiling = BOUNDS.max_episode_timeout_s;
    let problems = match timeout {
        None => vec!["resources.episode_timeout_s is not declared".to_owned()],
        Some(timeout) if !(timeout > 0.0 && timeout <= ceiling) => {
            vec![format!("an episode may take {timeout} s, the ceiling is {ceiling} s")]
        }
        Some(_) => Vec::new(),
    };
    let measured = json!({ "episode_timeout_s": timeout, "ceiling_s": ceiling });
    let holds = "an episode's time is limited below the ceiling";
    CheckResult::decided("static.timeout_ceiling", measured, problems, holds, "declare a lower episode_timeout_s")
}

fn check_dependency_pinning(package: &Package) -> CheckResult {
    let mut problems = Vec::new();
    let mut locked = 0;
    let is_cargo = package.cargo_manifest.is_ok();
    if is_cargo {
        match package.cargo_lock.as_deref().map_err(String::clone).and_then(locked_packages) {
            Ok(packages) => {
                locked = packages.len();
                problems.extend(packages.into_iter().filter_map(|package| package.problem));
            }
            Err(error) => problems.push(format!("Cargo.lock cannot be read: {error}")),
        }
    }
    let mut bases = Vec::new();
    match &package.dockerfile {
        Err(error) => problems.push(format!("the Dockerfile cannot be read: {error}")),
        Ok(dockerfile) => {
            bases.extend(dockerfile.external_bases().map(str::to_owned));
            problems.extend(
                bases
                    .iter()
                    .filter(|base| !is_pinned(base))
                    .map(|base| format!("the base image `{base}` has neither a digest nor a version")),
            );
            let commands = dockerfile.commands().flat_map(|run| run.split("&&")).map(str::trim);
            let builds = commands.filter(|run| run.starts_with("cargo build") || run.starts_with("cargo install"));
            problems.extend(
                builds
                    .filter(|run| !run.contains("--locked") && !run.contains("--frozen"))
                    .map(|run| format!("`{run}` does not hold on to the lock file")),
            );
        }
    }
    let by_digest = bases.iter().filter(|base| base.contains("@sha256:")).count();
    let measured = json!({ "locked_packages": locked, "base_images": bases, "base_images_by_digest": by_digest });
    let holds = if is_cargo {
        "every package is locked with its checksum, builds hold on to the lock, and base images name a version"
    } else {
        "there is nothing to lock but base images, and they name a version"
    };
    let remedy = "commit Cargo.lock, build with --locked, and name a version of every base image";
    CheckResult::decided("static.dependency_pinning", measured, problems, holds, remedy)
}

/// Whether a reference to an image names a digest, or a tag that is a version.
fn is_pinned(image: &str) -> bool {
    if image.contains("@sha256:") {
        return true;
    }
    let tag = image.rsplit('/').next().and_then(|name| name.split_once(':')).map(|(_, tag)| tag);
    tag.is_some_and(|tag| tag.starts_with(|c: char| c.is_ascii_digit()) || tag.starts_with('v'))
}

/// A package of a lock file, with what leaves it open.
struct Locked {
    problem: Option<String>,
}

fn locked_packages(text: &str) -> Result<Vec<Locked>, String> {
    use toml::de::{DeTable, DeValue};
    let table = DeTable::parse(text).map_err(|error| error.message().to_owned())?;
    let Some(DeValue::Array(packages)) = table.get_ref().get("package").map(|value| value.get_ref()) else {
        return Err("it lists no package".to_owned());
    };
    let read = |package: &DeValue<'_>| {
        let of = |key: &str| match package.get(key).map(|value| value.get_ref()) {
            Some(DeValue::String(text)) => Some(text.to_string()),
            _ => None,
        };
        let name = of("name").unwrap_or_default();
        let problem = match (of("source"), of("checksum")) {
            (None, _) => None,
            (Some(source), checksum) if source.starts_with("registry+") || source.starts_with("sparse+") => {
                checksum.is_none().then(|| format!("the package `{name}` is locked without a checksum"))
            }
            (Some(source), _) if source.starts_with("git+") => {
                (!source.contains('#')).then(|| format!("the package `{name}` is locked without a revision"))
            }
            (Some(source), _) => Some(format!("the package `{name}` comes from `{source}`")),
        };
        Locked { problem }
    };
    Ok(packages.iter().map(|package| read(package.get_ref())).collect())
}

fn check_task_distribution_pinning(package: &Package, origin: &Origin) -> CheckResult {
    let id = "static.task_distribution_pinning";
    let pin = package.manifest.as_ref().ok().and_then(|manifest| manifest.task_distribution.as_ref());
    let pinned = pin.and_then(|pin| pin.dataset_version.as_deref());
    let packs: Vec<Value> = origin
        .packs
        .iter()
        .map(|(name, version, digest)| json!({ "name": name, "version": version, "digest": digest }))
        .collect();
    let mut problems = Vec::new();
    let holds = if origin.packs.is_empty() {
        problems.push("no pack of tasks is served".to_owned());
        ""
    } else if let Some(pinned) = pinned {
        let others = origin.packs.iter().filter(|(_, version, _)| version != pinned);
        problems.extend(others.map(|(name, version, _)| {
            format!("the pack `{name}` has version `{version}`, task_distribution.dataset_version is `{pinned}`")
        }));
        "the packs have the declared version"
    } else if origin.within {
        "the tasks are files of the package: none is generated or fetched, and a digest names them"
    } else {
        problems.push(
            "the tasks are no files of the package, and task_distribution.dataset_version is not declared".to_owned(),
        );
        ""
    };
    let remedy = "ship the tasks with the package, or declare task_distribution.dataset_version";
    CheckResult::decided(id, json!({ "packs": packs, "within_the_package": origin.within }), problems, holds, remedy)
}
