//! What is read of a package: the declared files as texts, and a digest over all of them.

use serde_json::Value;
use sha2::{Digest, Sha256};

use super::dockerfile::Dockerfile;
use super::manifest::{Manifest, SIGNATURE, is_within};
use super::yaml::parse_yaml;

/// A package as its files have it.
#[derive(Debug)]
pub struct Package {
    pub(super) target: String,
    /// The digest over the whole tree, or why there is none.
    pub(super) digest: Result<String, String>,
    /// `openenv.yaml` as it stands there.
    pub(super) file: Result<Value, String>,
    pub(super) manifest: Result<Manifest, Vec<String>>,
    pub(super) dockerfile: Result<Dockerfile, String>,
    pub(super) cargo_manifest: Result<String, String>,
    pub(super) cargo_lock: Result<String, String>,
    pub(super) plan: Result<String, String>,
    /// The trajectories at the declared path; `None` where none is declared.
    pub(super) canaries: Option<Result<String, String>>,
}

/// Reads one file of the package by its path within it.
type Reader<'a> = &'a dyn Fn(&str) -> Result<String, String>;

impl Package {
    /// Reads what the checks need. `read` gives the text of a file by its path within the package.
    pub fn read(target: &str, digest: Result<String, String>, read: Reader<'_>) -> Package {
        let file = read(SIGNATURE).and_then(|text| parse_yaml(&text));
        let manifest = match &file {
            Ok(file) => Manifest::of(file),
            Err(error) => Err(vec![format!("openenv.yaml cannot be read: {error}")]),
        };
        let declared = manifest.as_ref().ok();
        let execution = declared.and_then(|manifest| manifest.execution.as_ref());
        let dockerfile = execution.map_or("Dockerfile", |execution| &execution.dockerfile);
        let plan = execution.map_or_else(
            || Err("no `validation.execution` is declared".to_owned()),
            |execution| read(&execution.probe_path),
        );
        let canaries = declared.and_then(|manifest| manifest.capabilities.canaries.as_deref());
        let canaries = canaries.map(|path| {
            if is_within(path) { read(path) } else { Err(format!("`{path}` lies outside of the package")) }
        });
        Package {
            target: target.to_owned(),
            digest,
            dockerfile: read(dockerfile).map(|text| Dockerfile::parse(&text)),
            cargo_manifest: read("Cargo.toml"),
            cargo_lock: read("Cargo.lock"),
            plan,
            canaries,
            file,
            manifest,
        }
    }

    /// Where the package declares its trajectories, if it does.
    pub fn canaries_path(&self) -> Option<&str> {
        let path = self.manifest.as_ref().ok()?.capabilities.canaries.as_deref()?;
        is_within(path).then_some(path)
    }
}

/// SHA-256 over a tree as OpenEnv takes it: every path and content, each ended by a zero byte, in the order of paths.
#[derive(Debug, Default)]
pub struct SourceDigest(Sha256);

impl SourceDigest {
    /// Folders that are no source, wherever they lie.
    pub const EXCLUDED: [&str; 5] = [".git", "__pycache__", ".venv", ".worktrees", "outputs"];

    /// Begins a file.
    pub fn begin(&mut self, path: &str) {
        self.0.update(path.as_bytes());
        self.0.update([0]);
    }

    /// Takes in the next bytes of the file.
    pub fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    /// Ends the file.
    pub fn end(&mut self) {
        self.0.update([0]);
    }

    /// The digest, in hexadecimal.
    pub fn finish(self) -> String {
        self.0.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
    }
}
