//! The corpora of the fuzz targets, replayed: what once was interesting stays right.

use std::fs;

#[expect(unreachable_pub, reason = "in its own package it is a library")]
#[path = "../../fuzz/src/lib.rs"]
mod targets;

fn check(name: &str, target: fn(&[u8]), least: usize) {
    let mut replayed = 0;
    for entry in fs::read_dir(format!("fuzz/corpus/{name}")).expect("the corpus is part of the repository") {
        let path = entry.expect("the folder can be read").path();
        let bytes = fs::read(&path).expect("a seed can be read");
        // A panic below shows only the finding: this names the file of it.
        assert!(std::panic::catch_unwind(|| target(&bytes)).is_ok(), "{}", path.display());
        replayed += 1;
    }
    assert!(replayed >= least, "only {replayed} seeds");
}

#[test]
fn load_pack() {
    check("load_pack", targets::load_pack, 10);
}

#[test]
fn match_reply() {
    check("match_reply", targets::match_reply, 15);
}

#[test]
fn json_rpc() {
    check("json_rpc", targets::json_rpc, 20);
}

#[test]
fn ws_frame() {
    check("ws_frame", targets::ws_frame, 15);
}
