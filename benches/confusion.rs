//! The confusion table of the grader on replies made by construction. `cargo bench --bench confusion`
//!
//! `-- --wrong` lists the replies judged wrong, too.

#![allow(clippy::print_stdout, reason = "a benchmark prints its figures")]

#[path = "../tests/generator/mod.rs"]
mod generator;

use generator::{Confusion, compose};

/// Samples judged: enough that one wrong template of a hundred shows.
const SAMPLES: u64 = 20_000;

fn main() {
    let table = Confusion::of(1, SAMPLES);
    println!("{}", table.render());
    println!("for example: {:?}", compose(1).reply);
    if std::env::args().any(|argument| argument == "--wrong") {
        println!("\n{}", table.render_wrong(60));
    }
}
