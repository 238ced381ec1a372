//! `support-ops inference`: plays every task and prints the hackathon's lines.

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use clap::Args;

use crate::eval::inference::{Printed, Scripted, render_end, render_no_action, render_start, render_step};
use crate::eval::model::{LlmPlayer, Model};
use crate::eval::target::{Local, Remote, ServerUrl, Transport};
use crate::eval::{Environment, Player, Target, Trial};
use crate::protocol::StepResult;
use crate::task::Catalog;

use super::eval::check_task;
use super::model::ModelArgs;
use super::output::{could_not_run, fail, print_line, say};
use super::packs::load_catalog;
use super::sessions::server_token;
use super::settings::{Environment as Variables, choose, parse_duration, process_environment};

/// The most steps of an episode: the most that any task may have.
const MAX_STEPS: usize = 1_000;
/// How long one answer of a server may take: what OpenEnv's own client waits.
const SERVER_PATIENCE: Duration = Duration::from_secs(60);
/// What stands for the model's name where none plays.
const NO_MODEL: &str = "scripted";

/// Play every task and print the lines that hackathons read: [START], [STEP] and [END].
#[derive(Debug, Clone, Args)]
#[command(
    after_help = "With a key (HF_TOKEN, OPENAI_API_KEY or API_KEY) a model plays, else a scripted policy that needs
none; it never plays for a model whose calls fail. The lines go to stdout, everything else to stderr. Exit 0 where
every task was played to its end, else 2.

Examples:
  support-ops inference
  HF_TOKEN=… support-ops inference --open-interval
  ENV_BASE_URL=http://127.0.0.1:8000 support-ops inference --task my-task"
)]
pub(super) struct InferenceArgs {
    /// A pack, a folder of packs, or one file of a pack; repeatable [default: ./tasks where it is a pack, else the
    /// built-in one].
    #[arg(long, value_name = "PATH", conflicts_with = "url")]
    tasks: Vec<PathBuf>,
    /// Only this task; repeatable.
    #[arg(long = "task", value_name = "ID")]
    ids: Vec<String>,
    /// Play on this server instead of in process [env: ENV_BASE_URL].
    #[arg(long, value_parser = ServerUrl::parse)]
    url: Option<ServerUrl>,
    /// The file with the server's token, if it has one (also: SUPPORT_OPS_AUTH_TOKEN_FILE).
    #[arg(long, value_name = "FILE")]
    auth_token_file: Option<PathBuf>,
    /// Print rewards and scores strictly within 0 and 1: from 0.01 to 0.99 [env: OPEN_INTERVAL].
    #[arg(long)]
    open_interval: bool,
    /// How long a model may take for an answer [default: 2m].
    #[arg(long, value_name = "TIME", value_parser = parse_duration)]
    timeout: Option<Duration>,
    #[command(flatten)]
    model: ModelArgs,
}

/// Where it is played, and what.
struct Place {
    target: Box<dyn Target>,
    env: String,
    ids: Vec<String>,
}

pub(super) fn run(args: &InferenceArgs) -> ExitCode {
    play_all(args).unwrap_or_else(fail)
}

fn play_all(args: &InferenceArgs) -> Result<ExitCode, String> {
    let variables: Variables<'_> = &process_environment;
    let endpoint = args.model.endpoint()?;
    let model = if endpoint.has_key() {
        let options = args.model.options(args.timeout, None)?;
        let warn = |text: &str| say(format_args!("warning: {text}"));
        let name = options.name.clone();
        let model = Model::new(options, None, Arc::default(), warn).map_err(|error| error.to_string())?;
        Some((name, Arc::new(model)))
    } else {
        let why = endpoint.describe_key();
        say(format_args!(
            "{why}: the scripted policy plays; a host that wants no key takes any, such as API_KEY=EMPTY"
        ));
        None
    };
    let is_said = |text: String| ["1", "true", "yes", "on"].contains(&text.trim().to_ascii_lowercase().as_str());
    let is_open = args.open_interval || variables("OPEN_INTERVAL").is_some_and(is_said);
    let place = match place(args, variables)? {
        Ok(place) => place,
        Err(code) => return Ok(code),
    };
    for id in &args.ids {
        check_task(id, place.ids.iter().map(String::as_str))?;
    }
    let mut code = ExitCode::SUCCESS;
    let mut told = None;
    for id in place.ids.iter().filter(|id| args.ids.is_empty() || args.ids.contains(id)) {
        let name = model.as_ref().map_or(NO_MODEL, |(name, _)| name);
        print_line(render_start(id, &place.env, name));
        let trial = Trial { task_id: id.clone(), seed: None, repeat: 0 };
        let mut player: Box<dyn Player> = match &model {
            Some((_, model)) => Box::new(LlmPlayer::new(model.clone(), &trial)),
            None => Box::new(Scripted::default()),
        };
        let mut printed = Printed::new(is_open);
        // The environment is given back when this returns, before the last line.
        let played = play(&*place.target, &trial, &mut *player, &mut printed);
        print_line(render_end(&printed));
        match played {
            Ok(true) => {}
            Ok(false) => code = could_not_run(),
            // What fails all of them is told once.
            Err(why) if told.as_ref() == Some(&why) => code = fail(format_args!("{id}: the same")),
            Err(why) => {
                code = fail(format_args!("{id}: {why}"));
                told = Some(why);
            }
        }
    }
    Ok(code)
}

fn place(args: &InferenceArgs, variables: Variables<'_>) -> Result<Result<Place, ExitCode>, String> {
    // Packs that are named are played here, whatever the environment says.
    let variables = |name: &str| variables(name).filter(|_| args.tasks.is_empty());
    let Some(url) = choose(args.url.clone(), &["ENV_BASE_URL"], &variables, ServerUrl::parse)? else {
        let catalog = match load_catalog(&args.tasks) {
            Ok(catalog) => Arc::new(catalog),
            Err(code) => return Ok(Err(code)),
        };
        let ids = catalog.tasks().iter().map(|task| task.id.to_string()).collect();
        let env = catalog.packs().first().map(|pack| pack.name.to_string()).unwrap_or_default();
        return Ok(Ok(Place { target: Box::new(Local::new(catalog)), env, ids }));
    };
    let token = server_token(args.auth_token_file.as_deref(), &variables)?;
    let remote = Remote::new(
        url,
        token.as_deref(),
        Transport::Ws,
        SERVER_PATIENCE,
        Arc::new(Catalog::new(Vec::new())),
        Arc::default(),
    );
    let (env, tasks) = remote.offer().map_err(|error| error.message)?;
    let offered = tasks.ok_or("the server lists no tasks at /tasks")?;
    let ids = offered.into_iter().map(|task| task.id).collect();
    Ok(Ok(Place { target: Box::new(remote), env, ids }))
}

/// Plays an episode; whether it came to its end.
fn play(target: &dyn Target, trial: &Trial, player: &mut dyn Player, printed: &mut Printed) -> Result<bool, String> {
    let mut environment: Box<dyn Environment> = target.open().map_err(|error| error.message)?;
    let mut last: StepResult = environment.reset(trial, &trial.to_string()).map_err(|error| error.message)?;
    while !last.done && printed.steps() < MAX_STEPS {
        let action = match player.act(&last) {
            Ok(Some(action)) => action,
            Ok(None) => return Ok(false),
            Err(error) => {
                print_line(render_no_action(printed, &error.message));
                return Err(error.message);
            }
        };
        last = environment.step(&action).map_err(|error| error.message)?;
        print_line(render_step(printed, &action, &last));
    }
    Ok(last.done)
}
