//! `support-ops eval`: agents and models over tasks, in parallel, resumable; and what is made of such runs.

mod compare;
mod interrupt;
mod merge;
mod plan;
mod players;
mod progress;
mod report;
mod run;
mod seeds;
mod summary;

pub(super) use plan::check_task;

use std::process::ExitCode;

use clap::{Args, Subcommand};

/// Evaluate agents and models: play trials, record them, say what came of them.
#[derive(Debug, Clone, Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
#[command(after_help = "Examples:
  support-ops eval --agent oracle --out run
  support-ops eval --agent random --agent cheat:keyword-dump --seeds 1..5 --out runs
  support-ops eval --agent 'cmd:python3 agent.py' --repeats 4 --concurrency 8 --out run
  support-ops eval --agent nop --url http://127.0.0.1:8000 --transport mcp --out run
  support-ops eval --agent llm --repeats 4 --max-cost 5 --out run --resume
  support-ops eval --agent llm --shard 2/8 --out shard-2
  support-ops eval merge run shard-1 shard-2
  support-ops eval report run other-run --html report.html
  support-ops eval summary run
  support-ops eval compare monday friday

The folder holds config.json, trials.jsonl (what came of each trial), log (the episodes, for `log`, `replay` and `grade`)
and summary.json. With several agents each has a folder of its own within it.
A trial that an error ended counts as failed, with the kind of error; --resume plays it again.
Exit 1 where trials are left or have failed, 2 where the run stops before any trial has ended.")]
pub(super) struct EvalArgs {
    #[command(subcommand)]
    command: Option<EvalCommand>,
    #[command(flatten)]
    run: run::EvalRunArgs,
}

#[derive(Debug, Clone, Subcommand)]
enum EvalCommand {
    Merge(merge::MergeArgs),
    Report(report::ReportArgs),
    Summary(summary::SummaryArgs),
    Compare(compare::CompareArgs),
}

pub(super) fn run(args: &EvalArgs) -> ExitCode {
    match &args.command {
        None => run::run(&args.run),
        Some(EvalCommand::Merge(args)) => merge::run(args),
        Some(EvalCommand::Report(args)) => report::run(args),
        Some(EvalCommand::Summary(args)) => summary::run(args),
        Some(EvalCommand::Compare(args)) => compare::run(args),
    }
}
