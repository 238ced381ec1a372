//! The `support-ops` binary.

fn main() {}
