//! `support-ops --version [--verbose]`.

use std::process::ExitCode;

use crate::pack::load_embedded;
use crate::text::MATCHER;

use super::output::print_line;

pub(super) fn print(verbose: bool) -> ExitCode {
    print_line(format_args!("support-ops {}", env!("CARGO_PKG_VERSION")));
    if !verbose {
        return ExitCode::SUCCESS;
    }
    let loaded = load_embedded();
    print_line(format_args!("matcher: {MATCHER}"));
    print_line("schema_version: 1");
    print_line("protocol: OpenEnv 0.10 over HTTP and WebSocket, MCP");
    for pack in &loaded.packs {
        print_line(format_args!("built-in pack: {} {} ({} tasks)", pack.name, pack.version, pack.tasks.len()));
        print_line(format_args!("built-in pack digest: {}", pack.digest));
    }
    print_line(format_args!("target: {}-{}", std::env::consts::ARCH, std::env::consts::OS));
    print_line(format_args!("features: {}", if cfg!(debug_assertions) { "serve (debug build)" } else { "serve" }));
    ExitCode::SUCCESS
}
