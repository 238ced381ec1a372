//! Loading a pack with one file of any bytes in it.

use std::fs;

use support_ops_env::diag::{Code, render_human, render_json};
use support_ops_env::pack::load;

const MANIFEST: &str = r#"schema_version = 1
name = "fuzzed"
version = "1.0.0"
description = "A pack with a file of any bytes."
[resolutions]
settle = "Settle it."
refuse = "Refuse it."
"#;

/// Bytes that begin with this are the manifest, all others a task.
const IS_MANIFEST: &[u8] = b"# pack\n";

/// Loads the bytes as a file of a pack.
///
/// # Panics
/// Where a finding points outside of its file or between the bytes of a character, or the loader has failed itself.
pub fn load_pack(bytes: &[u8]) {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let (manifest, task) =
        if bytes.starts_with(IS_MANIFEST) { (bytes, None) } else { (MANIFEST.as_bytes(), Some(bytes)) };
    fs::write(folder.path().join("pack.toml"), manifest).expect("a file can be written");
    if let Some(task) = task {
        fs::write(folder.path().join("task.toml"), task).expect("a file can be written");
    }
    let loaded = load(&[folder.path()]).expect("the folder can be read");
    for diagnostic in loaded.diagnostics.iter().chain(&loaded.errors) {
        assert_ne!(diagnostic.code, Code::InternalError, "{diagnostic:?}");
        let text = &loaded.sources.get(diagnostic.span.source).text;
        let range = diagnostic.span.start as usize..diagnostic.span.end as usize;
        assert!(text.get(range).is_some(), "{diagnostic:?}");
        assert!(!render_human(diagnostic, &loaded.sources, false).contains('\u{1b}'));
    }
    assert!(render_json(&loaded.diagnostics, &loaded.sources, loaded.files).starts_with('{'));
    // What was loaded without an error can be explained and judged.
    if let Ok(catalog) = loaded.into_catalog() {
        for task in catalog.tasks() {
            let reply = task.oracle_reply.as_deref().unwrap_or("We have settled it for you.");
            let explained = support_ops_env::rubric::ReplyExplanation::of(task, reply);
            assert!((0.0..=1.0).contains(&explained.value), "{explained:?}");
        }
    }
}
