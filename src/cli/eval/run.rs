//! `support-ops eval --agent …`: plays a run, or goes on with one.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::thread::available_parallelism;
use std::time::Duration;

use clap::Args;

use crate::diag::visible;
use crate::eval::model::Model;
use crate::eval::players::AgentName;
use crate::eval::run::{Halt, Ledger, Outcome, Patience, RunError, Runner, Stop};
use crate::eval::target::{ServerUrl, Transport};
use crate::eval::{Ended, MAX_TRIALS, NoteCode, RUN_VERSION, RunConfig, RunFolder, Summary};

use super::super::model::ModelArgs;
use super::super::output::{FINDINGS, could_not_run, fail, promise_documents, say};
use super::super::packs::count;
use super::super::record::{Format, worse};
use super::super::sessions::server_token;
use super::super::settings::{choose, parse_count, parse_duration, process_environment};
use super::interrupt::stop_on_interrupt;
use super::plan::Plan;
use super::players::{Cast, read_script};
use super::progress::Progress;
use super::seeds::{Seeds, parse_seeds, parse_shard};

/// How long an action may take where nothing is said: a slow model's answer.
const USUAL_TIMEOUT: Duration = Duration::from_secs(120);

/// What is played, by whom, how often and where.
#[derive(Debug, Clone, Args)]
pub(super) struct EvalRunArgs {
    /// Who plays: oracle, nop, random, cheat:NAME (what `prove` plays), script:FILE, `cmd:PROGRAM ARGUMENTS` or llm;
    /// repeatable.
    #[arg(long = "agent", value_name = "AGENT", required = true)]
    agents: Vec<String>,
    /// The run's folder; with several agents, the folder that holds one for each.
    #[arg(long, value_name = "DIR", required = true)]
    out: Option<PathBuf>,
    /// Play on this server instead of in process: ws://…, http://… or https://… [env: SUPPORT_OPS_URL].
    #[arg(long, value_parser = ServerUrl::parse)]
    pub(super) url: Option<ServerUrl>,
    /// The file with the server's token, if it has one (`serve --auth-token-file`) [env: SUPPORT_OPS_AUTH_TOKEN_FILE].
    #[arg(long, value_name = "FILE")]
    auth_token_file: Option<PathBuf>,
    #[arg(skip)]
    pub(super) token: Option<Arc<str>>,
    /// How to speak to the server: ws, http or mcp [default: ws] [env: SUPPORT_OPS_TRANSPORT].
    #[arg(long = "transport", value_name = "KIND", value_parser = parse_transport)]
    transport_flag: Option<Transport>,
    #[arg(skip = Transport::Ws)]
    pub(super) transport: Transport,
    /// A pack, a folder of packs, or one file of a pack; repeatable [default: ./tasks where it is a pack, else the
    /// built-in one].
    #[arg(long, value_name = "PATH")]
    pub(super) tasks: Vec<PathBuf>,
    /// Only this task; repeatable.
    #[arg(long = "task", value_name = "ID")]
    pub(super) ids: Vec<String>,
    /// Only tasks of this split: train, validation or test.
    #[arg(long)]
    pub(super) split: Option<String>,
    /// Only tasks of this difficulty: easy, medium or hard.
    #[arg(long)]
    pub(super) difficulty: Option<String>,
    /// The seeds given to reset: 1,2,3 or 1..5 (both ends are played). Without it none is given.
    #[arg(long, value_parser = parse_seeds)]
    seeds: Option<Seeds>,
    /// How often each task is played with each seed.
    #[arg(long, value_name = "K", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    repeats: u32,
    /// How many trials are played at once [default: one for each core; 4 for a model or a program]
    /// [env: SUPPORT_OPS_CONCURRENCY].
    #[arg(long, value_name = "N", value_parser = parse_count)]
    concurrency: Option<usize>,
    /// How long a program may take for an action, and a model or a server for an answer [default: 2m; 1m for a server]
    /// [env: SUPPORT_OPS_TIMEOUT].
    #[arg(long, value_name = "TIME", value_parser = parse_duration)]
    pub(super) timeout: Option<Duration>,
    /// What reports call the run [default: the model's name, else the agent's].
    #[arg(long, value_name = "TEXT", value_parser = parse_label)]
    label: Option<String>,
    /// Go on with the run in the folder, if there is one: keep what has ended, play what is left and what failed.
    #[arg(long)]
    resume: bool,
    /// Play only a part of the trials: 2/8 is the second of eight; `eval merge` puts the parts together
    /// [env: SUPPORT_OPS_SHARD].
    #[arg(long, value_name = "I/N", value_parser = parse_shard)]
    shard: Option<(u32, u32)>,
    /// How to write what the run says: for people, or `summary.json` on one line, one for each agent.
    #[arg(long, default_value = "human")]
    format: Format,
    #[command(flatten)]
    model: ModelArgs,
}

fn parse_transport(text: &str) -> Result<Transport, String> {
    let known = || Transport::ALL.map(Transport::as_str).join(", ");
    Transport::ALL.into_iter().find(|kind| kind.as_str() == text).ok_or_else(|| format!("it is one of {}", known()))
}

/// A label stands in tables: it is short, and on one line.
fn parse_label(text: &str) -> Result<String, String> {
    const MOST: usize = 80;
    let label = text.trim();
    match label {
        "" => Err("a label is not empty".to_owned()),
        _ if label.chars().count() > MOST => Err(format!("a label has at most {MOST} characters")),
        _ if label.chars().any(|c| visible(c) != c) => Err("a label holds no control characters".to_owned()),
        _ => Ok(label.to_owned()),
    }
}

impl EvalRunArgs {
    /// The arguments with what the environment says where a flag does not.
    fn settled(&self) -> Result<EvalRunArgs, String> {
        let env: super::super::settings::Environment<'_> = &process_environment;
        let mut args = self.clone();
        args.url = choose(args.url, &["SUPPORT_OPS_URL"], env, ServerUrl::parse)?;
        if args.url.is_some() {
            args.token = server_token(args.auth_token_file.as_deref(), env)?.map(Arc::from);
        } else if args.auth_token_file.is_some() || args.transport_flag.is_some() {
            return Err("--transport and --auth-token-file are for a server, which --url names".to_owned());
        }
        args.transport =
            choose(args.transport_flag, &["SUPPORT_OPS_TRANSPORT"], env, parse_transport)?.unwrap_or(Transport::Ws);
        args.concurrency = choose(args.concurrency, &["SUPPORT_OPS_CONCURRENCY"], env, parse_count)?;
        args.timeout = choose(args.timeout, &["SUPPORT_OPS_TIMEOUT"], env, parse_duration)?;
        args.shard = choose(args.shard, &["SUPPORT_OPS_SHARD"], env, parse_shard)?;
        Ok(args)
    }

    fn concurrency(&self, agent: &AgentName) -> usize {
        /// Models and programs wait more than they work, and hosts limit their calls.
        const WAITING: usize = 4;
        self.concurrency.unwrap_or_else(|| match agent {
            AgentName::Model | AgentName::Program(_) => WAITING,
            _ => available_parallelism().map_or(1, usize::from),
        })
    }
}

pub(super) fn run(args: &EvalRunArgs) -> ExitCode {
    evaluate(args).unwrap_or_else(|code| code)
}

fn evaluate(args: &EvalRunArgs) -> Result<ExitCode, ExitCode> {
    if args.format == Format::Json {
        promise_documents();
    }
    let args = args.settled().map_err(fail)?;
    let agents = named(&args.agents).map_err(fail)?;
    let Some(out) = &args.out else { return Err(fail("no folder was named; give --out")) };
    let stop = Arc::new(Stop::default());
    stop_on_interrupt(&stop).map_err(fail)?;
    let players: Vec<AgentName> = agents.iter().map(|(_, agent)| agent.clone()).collect();
    let plan = Plan::of(&args, &players, &stop)?;
    let mut code = ExitCode::SUCCESS;
    for (name, agent) in &agents {
        let folder = if agents.len() == 1 { out.clone() } else { out.join(folder_name(name)) };
        code = worse(code, evaluate_agent(&args, &plan, name, agent, &folder, &stop)?);
        if stop.is_asked() {
            break;
        }
    }
    Ok(code)
}

/// The agents as they are named, each once, and with folders that differ.
fn named(names: &[String]) -> Result<Vec<(String, AgentName)>, String> {
    let mut agents: Vec<(String, AgentName)> = Vec::new();
    for name in names {
        let agent = AgentName::parse(name)?;
        if agents.iter().any(|(other, _)| folder_name(other) == folder_name(name)) {
            return Err(format!("the agent `{name}` and one before it would share a folder; evaluate them one by one"));
        }
        agents.push((name.clone(), agent));
    }
    Ok(agents)
}

/// An agent's name as that of a folder.
fn folder_name(agent: &str) -> String {
    /// Longer names are cut; systems allow 255 bytes.
    const LONGEST: usize = 100;
    let plain = |c: char| if c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.') { c } else { '-' };
    let name: String = agent.chars().map(plain).take(LONGEST).collect();
    name.trim_matches(['-', '.']).to_owned()
}

fn evaluate_agent(
    args: &EvalRunArgs,
    plan: &Plan,
    name: &str,
    agent: &AgentName,
    folder: &Path,
    stop: &Arc<Stop>,
) -> Result<ExitCode, ExitCode> {
    let script = read_script(agent).map_err(fail)?;
    let mut config = RunConfig {
        version: RUN_VERSION,
        support_ops: env!("CARGO_PKG_VERSION").to_owned(),
        agent: name.to_owned(),
        label: name.to_owned(),
        url: plan.url.clone(),
        tasks: plan.tasks.clone(),
        seeds: args.seeds.clone().map(|seeds| seeds.0).unwrap_or_default(),
        repeats: args.repeats,
        shard: args.shard,
        model: None,
        budget: None,
    };
    let model = match agent {
        AgentName::Model => {
            let begun = args.resume.then(|| RunFolder::open(folder).ok()).flatten();
            let budget = begun.and_then(|run| run.config().budget);
            Some(args.model.options(args.timeout, budget).map_err(fail)?)
        }
        _ => None,
    };
    if let Some(options) = &model {
        config.label.clone_from(&options.name);
        config.model = Some(options.config());
        config.budget = options.budget();
    }
    if let Some(label) = &args.label {
        config.label.clone_from(label);
    }
    if let Some(script) = &script {
        // It is played on its own task with its own seed, unless others are asked for.
        let is_narrowed = !args.ids.is_empty() || args.split.is_some() || args.difficulty.is_some();
        if let Some(id) = script.task_id.as_ref().filter(|_| !is_narrowed) {
            config.tasks.retain(|task| task.id == *id);
        }
        if config.tasks.is_empty() {
            return Err(fail("the script's own task is not among those that are loaded; name another with --task"));
        }
        if args.seeds.is_none() {
            config.seeds.extend(script.seed);
        }
    }
    let planned = config.planned();
    if planned > MAX_TRIALS {
        return Err(fail(format_args!("these would be {planned} trials; {MAX_TRIALS} is the most")));
    }
    let ledger = Ledger::open(folder, &config, args.resume).map_err(fail)?;
    let folder = ledger.folder().path();
    let patience = args.timeout.unwrap_or(USUAL_TIMEOUT);
    let warn = |text: &str| say(format_args!("warning: {text}"));
    let model = model.map(|options| Model::new(options, Some(&folder.join(RunFolder::CALLS)), stop.clone(), warn));
    let model = model.transpose().map_err(fail)?.map(Arc::new);
    let cast = Cast { catalog: &plan.catalog, folder, patience, stop, model };
    let players = cast.players(agent, script).map_err(fail)?;
    let progress = Progress::begin(&config.label);
    let told = |what: crate::eval::run::Told<'_>| progress.tell(&what);
    let runner = Runner {
        ledger: &ledger,
        target: &*plan.target,
        players: &*players,
        concurrency: args.concurrency(agent),
        patience: Patience::default(),
        stop,
        told: &told,
    };
    let outcome = runner.play();
    progress.finish();
    let outcome = outcome.map_err(|error: RunError| fail(error))?;
    tell(&ledger, &outcome, args.format)
}

/// Writes and prints what came of the run, and says what is left to do.
fn tell(ledger: &Ledger, outcome: &Outcome, format: Format) -> Result<ExitCode, ExitCode> {
    let Outcome { holdings, left, halt } = outcome;
    let results = &holdings.results;
    let folder = ledger.folder();
    let summary = Summary::of_run(folder.config(), holdings);
    ledger.write(RunFolder::SUMMARY, summary.render().as_bytes()).map_err(fail)?;
    let failed = results.iter().filter(|result| result.ended == Ended::Failed).count();
    super::summary::print(&summary, format, &[NoteCode::FailedTrials, NoteCode::Incomplete]);
    let mut code = if summary.is_doubtful() { FINDINGS } else { ExitCode::SUCCESS };
    if failed > 0 {
        let first = results.iter().find_map(|result| Some((&result.trial, result.error.as_ref()?)));
        say(format_args!("support-ops: {} failed; --resume plays them again", count(failed, "trial")));
        if let Some((trial, error)) = first {
            say(format_args!("  the first: {}: {}", trial.shown(), error.message));
        }
        code = FINDINGS;
    }
    if let Some(halt) = halt {
        let (why, how) = match halt {
            Halt::Stopped => ("stopped", "with --resume"),
            Halt::Budget(why) => (why.as_str(), "with --resume and more to spend"),
            Halt::Target(why) | Halt::Player(why) => (why.as_str(), "with --resume"),
        };
        let left = if *left > 0 { format!("; {} left", count(*left, "trial")) } else { String::new() };
        say(format_args!("support-ops: {why}{left}: the same command {how} goes on"));
        code = if results.is_empty() { could_not_run() } else { FINDINGS };
    }
    Ok(code)
}
