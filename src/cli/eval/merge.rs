//! `support-ops eval merge`: one run of all shards.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;

use crate::eval::run::merge;
use crate::eval::{RunFolder, Summary};

use super::super::output::{FINDINGS, fail, print_line, say};
use super::super::packs::count;

/// Trials that are named one by one.
const MAX_TOLD: usize = 10;

/// Put the shards of a run together to one run.
#[derive(Debug, Clone, Args)]
#[command(after_help = "Examples:
  support-ops eval merge run shard-1 shard-2 shard-3
  support-ops eval merge run shards/*

Exit 1 where trials are missing or a shard's log is damaged; `support-ops eval … --out RUN --resume` without --shard plays them.")]
pub(super) struct MergeArgs {
    /// The run's folder, a new one.
    #[arg(value_name = "OUT")]
    out: PathBuf,
    /// The shards' folders.
    #[arg(value_name = "SHARD", required = true)]
    shards: Vec<PathBuf>,
}

pub(super) fn run(args: &MergeArgs) -> ExitCode {
    let merged = match merge(&args.out, &args.shards) {
        Ok(merged) => merged,
        Err(error) => return fail(error),
    };
    let folder = merged.ledger.folder();
    let holdings = match merged.ledger.contents() {
        Ok(holdings) => holdings,
        Err(error) => return fail(error),
    };
    let summary = Summary::of_run(folder.config(), &holdings);
    if let Err(error) = merged.ledger.write(RunFolder::SUMMARY, summary.render().as_bytes()) {
        return fail(error);
    }
    print_line(format_args!("{} of {}", count(merged.results.len(), "trial"), count(args.shards.len(), "shard")));
    for (first, copy) in &merged.copies {
        say(format_args!("note: {} and {} are the same run; it counts once", first.display(), copy.display()));
    }
    if merged.repeated > 0 {
        let repeated = count(merged.repeated, "trial");
        say(format_args!("note: {repeated} with the same result in more than one shard; each counts once"));
    }
    for (shard, note) in &merged.doubts {
        say(format_args!("warning: {}: {}", shard.display(), note.message));
    }
    if merged.missing.is_empty() {
        return if merged.doubts.iter().all(|(_, note)| !note.code.is_doubt()) { ExitCode::SUCCESS } else { FINDINGS };
    }
    say(format_args!("support-ops: {} missing:", count(merged.missing.len(), "trial")));
    for trial in merged.missing.iter().take(MAX_TOLD) {
        say(format_args!("  {}", trial.shown()));
    }
    if merged.missing.len() > MAX_TOLD {
        say(format_args!("  and {} more", merged.missing.len() - MAX_TOLD));
    }
    let out = args.out.display();
    say(format_args!("the shards' own command with `--out {out} --resume`, without --shard, plays them"));
    FINDINGS
}
