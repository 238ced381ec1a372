//! The command line: one file per subcommand, exit codes, printing.
//!
//! Only this room prints. Results go to stdout, everything else to stderr; exit 0 is clean, 1 findings or a failed
//! check, 2 could not run.

mod difference;
#[cfg(feature = "eval")]
mod eval;
mod explain_reply;
mod fmt;
mod grade;
mod health;
#[cfg(feature = "eval")]
mod inference;
mod lint;
mod log;
mod lsp;
mod marks;
mod mcp;
#[cfg(feature = "eval")]
mod model;
mod new;
mod output;
mod packs;
mod play;
mod prove;
mod record;
mod replay;
mod rules;
mod run;
mod schema;
mod serve;
mod sessions;
mod settings;
mod table;
mod test;
mod validate;
mod version;
mod watch;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Customer-support benchmarks for AI agents: TOML tasks in, an OpenEnv server and grades by rules out.
#[derive(Debug, Parser)]
#[command(name = "support-ops", disable_version_flag = true, arg_required_else_help = true, max_term_width = 100)]
#[command(after_help = "Examples:
  support-ops serve                       serve ./tasks, or the built-in pack
  support-ops lint tasks                  check a pack
  support-ops run --agent oracle          play the reference solutions
  support-ops eval --agent llm --out run  evaluate a model

`support-ops COMMAND --help` shows more of each.")]
struct Cli {
    /// Print the version; with --verbose, of everything that a score depends on.
    #[arg(long, short = 'V')]
    version: bool,
    /// With --version: print more.
    #[arg(long)]
    verbose: bool,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    Serve(serve::ServeArgs),
    Mcp(mcp::McpArgs),
    Lint(lint::LintArgs),
    Fmt(fmt::FmtArgs),
    Lsp(lsp::LspArgs),
    Explain(rules::ExplainArgs),
    Rules(rules::RulesArgs),
    Schema(schema::SchemaArgs),
    New(new::NewArgs),
    Test(test::TestArgs),
    ExplainReply(explain_reply::ExplainReplyArgs),
    Prove(prove::ProveArgs),
    Validate(validate::ValidateArgs),
    Run(run::RunArgs),
    #[cfg(feature = "eval")]
    Eval(Box<eval::EvalArgs>),
    #[cfg(feature = "eval")]
    Inference(Box<inference::InferenceArgs>),
    Play(play::PlayArgs),
    Log(log::LogArgs),
    Replay(replay::ReplayArgs),
    Grade(grade::GradeArgs),
    Diff(grade::DiffArgs),
    Health(health::HealthArgs),
    Sessions(sessions::SessionsArgs),
}

/// Runs the command that the process was started with.
pub fn run() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            // Help goes to stdout with exit 0, a misuse to stderr with exit 2.
            let code = if error.use_stderr() { output::could_not_run() } else { ExitCode::SUCCESS };
            output::note_loss(error.print());
            return output::settle(code);
        }
    };
    output::settle(obey(cli))
}

fn obey(cli: Cli) -> ExitCode {
    if cli.version {
        return version::print(cli.verbose);
    }
    match cli.command {
        Some(Command::Serve(args)) => serve::run(&args),
        Some(Command::Mcp(args)) => mcp::run(&args),
        Some(Command::Lint(args)) => lint::run(&args),
        Some(Command::Fmt(args)) => fmt::run(&args),
        Some(Command::Lsp(args)) => lsp::run(&args),
        Some(Command::Explain(args)) => rules::run_explain(&args),
        Some(Command::Rules(args)) => rules::run_rules(&args),
        Some(Command::Schema(args)) => schema::run(&args),
        Some(Command::New(args)) => new::run(&args),
        Some(Command::Test(args)) => test::run(&args),
        Some(Command::ExplainReply(args)) => explain_reply::run(&args),
        Some(Command::Prove(args)) => prove::run(&args),
        Some(Command::Validate(args)) => validate::run(&args),
        Some(Command::Run(args)) => run::run(&args),
        #[cfg(feature = "eval")]
        Some(Command::Eval(args)) => eval::run(&args),
        #[cfg(feature = "eval")]
        Some(Command::Inference(args)) => inference::run(&args),
        Some(Command::Play(args)) => play::run(&args),
        Some(Command::Log(args)) => log::run(&args),
        Some(Command::Replay(args)) => replay::run(&args),
        Some(Command::Grade(args)) => grade::run_grade(&args),
        Some(Command::Diff(args)) => grade::run_diff(&args),
        Some(Command::Health(args)) => health::run(&args),
        Some(Command::Sessions(args)) => sessions::run(&args),
        None => output::fail("no command was given; `support-ops --help` lists them"),
    }
}
