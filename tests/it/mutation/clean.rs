//! Clean packs to plant faults in.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// A pack's files by name, in a clean state.
#[derive(Debug, Clone)]
pub(super) struct Clean {
    pub(super) name: &'static str,
    pub(super) files: BTreeMap<String, String>,
}

impl Clean {
    /// The names of its tasks.
    pub(super) fn tasks(&self) -> Vec<&str> {
        self.files.keys().map(String::as_str).filter(|name| *name != "pack.toml").collect()
    }
}

/// The packs that are written by hand: other styles, other subjects.
pub(super) fn packs() -> Vec<Clean> {
    [
        ("bike-rental", "tests/fixtures/good/bike-rental"),
        ("telecom-desk", "tests/fixtures/good/telecom-desk"),
        ("appointment-desk", "tests/fixtures/good/appointment-desk"),
        ("shipped", "tasks"),
    ]
    .map(|(name, folder)| Clean { name, files: read(Path::new(folder), "") })
    .into()
}

/// One task and its pack.
pub(super) fn small() -> Clean {
    let files = [
        ("pack.toml", include_str!("../../../src/lint/example/pack.toml")),
        ("mug.toml", include_str!("../../../src/lint/example/mug.toml")),
    ];
    Clean { name: "small", files: files.map(|(name, text)| (name.to_owned(), text.to_owned())).into() }
}

/// Five tasks, the expected code of all of them neither first nor last.
pub(super) fn five() -> Clean {
    let mut pack = small();
    for (name, text) in [
        ("bowl.toml", include_str!("../../../src/lint/example/more/bowl.toml")),
        ("jug.toml", include_str!("../../../src/lint/example/more/jug.toml")),
        ("lamp.toml", include_str!("../../../src/lint/example/more/lamp.toml")),
        ("vase.toml", include_str!("../../../src/lint/example/more/vase.toml")),
    ] {
        pack.files.insert(name.to_owned(), text.to_owned());
    }
    let manifest = pack.files.get_mut("pack.toml").expect("the pack has a manifest");
    *manifest = manifest.replacen("[resolutions]\n", "[resolutions]\nrefund_price = \"Pay the price back.\"\n", 1);
    pack.name = "five";
    pack
}

fn read(folder: &Path, below: &str) -> BTreeMap<String, String> {
    let mut files = BTreeMap::new();
    for entry in fs::read_dir(folder).expect("the pack is there") {
        let path = entry.expect("an entry").path();
        let name = format!("{below}{}", path.file_name().expect("a name").to_string_lossy());
        if path.is_dir() {
            files.extend(read(&path, &format!("{name}/")));
        } else {
            files.insert(name, fs::read_to_string(&path).expect("a pack is text"));
        }
    }
    files
}
