//! `support-ops mcp`: the tools on stdin and stdout.

use std::io;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use clap::Args;

use crate::server::{App, Settings, converse_over_stdio};

use super::output::fail;
use super::packs::{PackPaths, load_catalog};
use super::record::{DurableArg, open_recorder};
use super::serve::{LogFormat, LogLevel, start_log};

/// Offer the cases as MCP tools over stdin and stdout, for agents on a desktop.
///
/// One JSON-RPC message a line, MCP 2024-11-05 to 2026-07-28; logs go to stderr. Ends when stdin does.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  support-ops mcp
  support-ops mcp --tasks tasks --record episodes
  claude mcp add support-ops -- support-ops mcp --tasks /path/to/tasks

Hosts start this themselves; docs/protocol.md shows how to tell them to. Exit codes: 0 when stdin has
ended, 2 where the packs cannot be loaded or a stream fails.")]
pub(super) struct McpArgs {
    #[command(flatten)]
    packs: PackPaths,
    /// Record every episode into this folder; `support-ops log`, `replay` and `grade` read it.
    #[arg(long, value_name = "DIR")]
    record: Option<PathBuf>,
    /// How much to log to stderr.
    #[arg(long, value_name = "LEVEL", default_value = "warn")]
    log: LogLevel,
}

pub(super) fn run(args: &McpArgs) -> ExitCode {
    start_log(args.log, LogFormat::Text);
    let catalog = match load_catalog(&args.packs.all()) {
        Ok(catalog) => Arc::new(catalog),
        Err(code) => return code,
    };
    // There is no second client for whose place one could wait.
    let mut settings = Settings { slot_wait: Duration::ZERO, ..Settings::default() };
    if let Some(folder) = &args.record {
        match open_recorder(folder, DurableArg::Episode.into()) {
            Ok(recorder) => settings.recorder = Some(recorder),
            Err(code) => return code,
        }
    }
    let recorder = settings.recorder.clone();
    let runtime = match tokio::runtime::Builder::new_current_thread().enable_time().build() {
        Ok(runtime) => runtime,
        Err(error) => return fail(format_args!("cannot start the runtime: {error}")),
    };
    let app = App::new(catalog, settings);
    let ended = runtime.block_on(converse_over_stdio(app, io::stdin().lock(), io::stdout().lock()));
    let closed = recorder.map(|recorder| recorder.close());
    match (ended, closed) {
        (Err(error), _) => fail(format_args!("cannot go on: {error}")),
        (Ok(()), Some(Err(error))) => fail(error),
        (Ok(()), _) => ExitCode::SUCCESS,
    }
}
