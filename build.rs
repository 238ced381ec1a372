//! Lists the files that the binary carries: the repository's own pack, and the playground's page as `web/` builds it.

use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::{env, fs};

fn main() {
    println!("cargo::rerun-if-changed=tasks");
    println!("cargo::rerun-if-changed=web/dist");
    pack_relocations();
    let here = PathBuf::from(env::var("CARGO_MANIFEST_DIR").expect("cargo sets it"));
    let mut files = Vec::new();
    collect(&here.join("tasks"), &here.join("tasks"), &mut files);
    write_list("embedded_pack.rs", files);
    write_list("embedded_web.rs", built_page(&here.join("web/dist")));
}

/// Writes a list of names with their files' bytes, to be included.
fn write_list(file: &str, mut files: Vec<(String, String)>) {
    files.sort();
    let mut code = String::from("&[\n");
    for (name, path) in files {
        writeln!(code, "    ({name:?}, include_bytes!({path:?})),").expect("a string takes what is written");
    }
    code.push_str("]\n");
    let out = PathBuf::from(env::var("OUT_DIR").expect("cargo sets it")).join(file);
    fs::write(&out, code).expect("the output folder can be written");
}

/// The page's files, which are committed gzipped; none before the page is built for the first time. Building it needs
/// Node, building the binary does not.
fn built_page(folder: &Path) -> Vec<(String, String)> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let paths = entries.flatten().map(|entry| entry.path());
    let named = paths.filter_map(|path| {
        let name = path.file_name()?.to_str()?.strip_suffix(".gz")?.to_owned();
        Some((name, path.to_str()?.to_owned()))
    });
    named.collect()
}

/// A static binary that can be loaded anywhere holds some 18,000 relative relocations of 24 bytes each. Packed (RELR, read
/// by musl since 1.2.4) they take a twentieth of that.
fn pack_relocations() {
    if env::var("CARGO_CFG_TARGET_ENV").is_ok_and(|libc| libc == "musl") {
        println!("cargo::rustc-link-arg-bins=-Wl,-z,pack-relative-relocs");
    }
}

/// The TOML files below a folder, hidden ones left out, as the loader finds them.
fn collect(root: &Path, folder: &Path, files: &mut Vec<(String, String)>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let path = entry.path();
        let name = entry.file_name().to_string_lossy().into_owned();
        let Ok(kind) = entry.file_type() else { continue };
        if name.starts_with('.') {
            continue;
        }
        if kind.is_dir() {
            collect(root, &path, files);
        } else if kind.is_file() && name.ends_with(".toml") {
            let parts: Vec<_> =
                path.strip_prefix(root).expect("it lies below").iter().map(|part| part.to_string_lossy()).collect();
            files.push((parts.join("/"), path.to_string_lossy().into_owned()));
        }
    }
}
