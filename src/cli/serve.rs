//! `support-ops serve`: the server.

use std::io::{self, IsTerminal};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::{Arc, Weak};
use std::time::Duration;

use clap::{Args, ValueEnum};
use tracing::level_filters::LevelFilter;

use crate::server::{self, App, MAX_CONNECTIONS, Mode, OriginRules, Settings, Token};
use crate::task::Catalog;

use super::output::{fail, say};
use super::packs::{DEFAULT_FOLDER, count, is_pack, load_catalog};
use super::record::{DurableArg, open_recorder};
use super::sessions::read_token;
use super::settings::{
    Environment, choose, choose_list, parse_count, parse_duration, parse_port, parse_size, parse_text,
    process_environment,
};
use super::watch::Watched;

/// All interfaces: what containers need.
pub(super) const DEFAULT_HOST: &str = "0.0.0.0";
/// The port that OpenEnv's launchers expect inside of an image.
pub(super) const DEFAULT_PORT: u16 = 8000;
/// How many task ids the first line names.
const MAX_NAMED_TASKS: usize = 10;
/// How long what is left of the runtime may take to go away.
const RUNTIME_GRACE: Duration = Duration::from_millis(100);

/// Serve tasks over OpenEnv's HTTP and WebSocket protocol and MCP.
///
/// Each option can also be set by the variable `SUPPORT_OPS_<OPTION>`, lists separated by `:` (colons within a URL do
/// not separate). HOST, PORT and MAX_CONCURRENT_ENVS are read, too; an option wins over its SUPPORT_OPS_… variable, and
/// that over these.
#[derive(Debug, Clone, Default, Args)]
#[command(after_help = "Examples:
  support-ops serve
  support-ops serve --tasks tasks --tasks ../more-tasks --port 9000
  support-ops serve --record episodes --durable step
  support-ops serve --auth-token-file /run/secrets/support-ops
  SUPPORT_OPS_LOG=info support-ops serve --host 127.0.0.1 --port 0")]
pub(super) struct ServeArgs {
    /// A pack, a folder of packs, or one file of a pack, which is its task alone. Default: ./tasks where it is a pack,
    /// else the built-in pack.
    pub(super) paths: Vec<String>,
    /// The same by name; repeatable.
    #[arg(long, value_name = "PATH")]
    pub(super) tasks: Vec<String>,
    /// The address or host name to listen on [default: 0.0.0.0].
    #[arg(long)]
    pub(super) host: Option<String>,
    /// The port to listen on; 0 takes any free one [default: 8000].
    #[arg(long, value_parser = parse_port)]
    pub(super) port: Option<u16>,
    /// The environment's public name [default: the first pack's].
    #[arg(long)]
    pub(super) name: Option<String>,
    /// How many sessions may be held, over all transports [default: 100000].
    #[arg(long, value_name = "N", value_parser = parse_count)]
    pub(super) max_sessions: Option<usize>,
    /// How many connections there may be, WebSockets included [default: what the descriptors allow, at most 131072].
    #[arg(long, value_name = "N", value_parser = parse_count)]
    pub(super) max_connections: Option<usize>,
    /// What clients may make all sessions hold together by what they send, such as 512MiB; three quarters
    /// are split evenly among --max-sessions, the rest is for those that hold more [default: 2GiB].
    #[arg(long, value_name = "SIZE", value_parser = parse_size)]
    pub(super) session_memory: Option<usize>,
    /// How long a client waits for room where there is none, such as 5s; 0 refuses it at once [default: 2s].
    #[arg(long, value_name = "TIME", value_parser = parse_wait)]
    pub(super) slot_wait: Option<Duration>,
    /// How long to go on after SIGTERM with /ready at 503, so that a balancer sends clients elsewhere first, such as 15s; a
    /// second signal ends it [default: 0].
    #[arg(long, value_name = "TIME", value_parser = parse_wait)]
    pub(super) drain: Option<Duration>,
    /// How long a session may go unused, such as 90s, 30m or 2h [default: 30m].
    #[arg(long, value_name = "TIME", value_parser = parse_duration)]
    pub(super) session_timeout: Option<Duration>,
    /// How long a WebSocket may be silent, pongs included, before it counts as dead; 3s or more [default: 5m].
    #[arg(long, value_name = "TIME", value_parser = parse_dead_after)]
    pub(super) ws_dead_after: Option<Duration>,
    /// A file with the token that every request but /health and /ready must carry, as `Authorization: Bearer TOKEN`; a
    /// browser asks for it as a password [default: no token].
    #[arg(long, value_name = "FILE")]
    pub(super) auth_token_file: Option<String>,
    /// An origin whose web pages may call this server, such as https://app.example.com; repeatable.
    #[arg(long, value_name = "ORIGIN")]
    pub(super) allow_origin: Vec<String>,
    /// A Host that passes although the server listens on loopback, for a proxy in front; repeatable.
    #[arg(long, value_name = "HOST")]
    pub(super) allow_host: Vec<String>,
    /// Look at the packs twice a second and serve what has changed; a broken change is reported and not served.
    #[arg(long)]
    pub(super) watch: bool,
    /// Who the clients are: in production there is no /reset, /step and /state (also: OPENENV_MODE) [default: simulation].
    #[arg(long)]
    pub(super) mode: Option<ServeMode>,
    /// Whether people can play on a page at /web; never in production (also: ENABLE_WEB_INTERFACE) [default: true].
    #[arg(long, value_name = "BOOL", value_parser = parse_flag)]
    pub(super) web_interface: Option<bool>,
    /// Let visitors of the page read and write the packs' files, answers and all. Only for people you trust.
    #[arg(long)]
    pub(super) allow_edit: bool,
    /// Record every episode into this folder; `support-ops log`, `replay` and `grade` read it.
    #[arg(long, value_name = "DIR")]
    pub(super) record: Option<String>,
    /// With --record, which answers wait until they are on disk: every step's, an episode's last, or none
    /// [default: episode].
    #[arg(long, value_name = "WHEN")]
    pub(super) durable: Option<DurableArg>,
    /// How much to log to stderr [default: warn].
    #[arg(long, value_name = "LEVEL")]
    pub(super) log: Option<LogLevel>,
    /// How to write the log [default: text].
    #[arg(long, value_name = "FORMAT")]
    pub(super) log_format: Option<LogFormat>,
}

/// Who the clients are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum ServeMode {
    /// Trainers and evaluators.
    Simulation,
    /// Agents at work.
    Production,
}

/// How much to log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum LogLevel {
    /// Nothing.
    Off,
    /// Bugs.
    Error,
    /// What the operator should look at.
    Warn,
    /// Every request.
    Info,
    /// Every connection.
    Debug,
    /// Everything.
    Trace,
}

/// How to write the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum LogFormat {
    /// Lines for people.
    Text,
    /// Lines of JSON.
    Json,
}

/// The settings after flags, variables and defaults.
#[derive(Debug, Clone)]
struct Resolved {
    tasks: Vec<PathBuf>,
    watch: bool,
    host: String,
    port: u16,
    allow_edit: bool,
    record: Option<PathBuf>,
    durable: DurableArg,
    log: LogLevel,
    log_format: LogFormat,
    settings: Settings,
}

/// Serves until the process is told to stop.
pub(super) fn run(args: &ServeArgs) -> ExitCode {
    let mut resolved = match resolve(args, &process_environment) {
        Ok(resolved) => resolved,
        Err(message) => return fail(message),
    };
    start_log(resolved.log, resolved.log_format);
    // Decided once: a pack that goes away later is a fault, and no reason to serve another one.
    if resolved.tasks.is_empty() && is_pack(Path::new(DEFAULT_FOLDER)) {
        resolved.tasks = folders(&[]);
    }
    if resolved.allow_edit {
        match editable(&resolved) {
            Ok(folders) => resolved.settings.edit = folders,
            Err(message) => return fail(message),
        }
    }
    // Looked at before the packs are read: a change in between is then seen as one.
    let seen = resolved.watch.then(|| Watched::look(&folders(&resolved.tasks)));
    let catalog = match load_catalog(&resolved.tasks) {
        Ok(catalog) => Arc::new(catalog),
        Err(code) => return code,
    };
    if let Some(folder) = &resolved.record {
        match open_recorder(folder, resolved.durable.into()) {
            Ok(recorder) => resolved.settings.recorder = Some(recorder),
            Err(code) => return code,
        }
    }
    let recorder = resolved.settings.recorder.clone();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return fail(format_args!("cannot start the runtime: {error}")),
    };
    let code = runtime.block_on(serve(resolved, catalog, seen));
    // Whoever has not finished by now is cut off: the process ends in time, whatever clients do.
    runtime.shutdown_timeout(RUNTIME_GRACE);
    match recorder.map(|recorder| recorder.close()) {
        Some(Err(error)) => fail(error),
        _ => code,
    }
}

async fn serve(resolved: Resolved, catalog: Arc<Catalog>, seen: Option<Watched>) -> ExitCode {
    // Listened for before the port is taken: from the first answer on, a signal ends the process properly. As process 1
    // there would be no other way, since the kernel gives that one no default actions.
    let (stop, hurry) = match signals(1).and_then(|first| Ok((first, signals(2)?))) {
        Ok(both) => both,
        Err(error) => return fail(format_args!("cannot listen for signals: {error}")),
    };
    let Resolved { tasks, host, port, mut settings, .. } = resolved;
    let bound = match server::bind(&host, port).await {
        Ok(bound) => bound,
        Err(error) if error.kind() == io::ErrorKind::AddrInUse => {
            return fail(format_args!(
                "port {port} of {host} is in use; stop what holds it, or choose another with --port (0 takes any free one)"
            ));
        }
        Err(error) => return fail(format_args!("cannot listen on {host}:{port}: {error}")),
    };
    settings.origins.loopback_only = bound.is_loopback();
    settings.max_connections = settings.max_connections.min(affordable_connections());
    let app = App::new(catalog.clone(), settings);
    say(render_first_line(&app, &catalog, bound.address()));
    if let Some(seen) = seen {
        // It must not keep the application: its sessions end with it, and the log is told how.
        let app = Arc::downgrade(&app);
        // A thread of its own: looking at files blocks, and it ends with the process.
        std::thread::spawn(move || follow(&app, &tasks, seen));
    }
    bound.serve_and_drain(app, stop, hurry).await;
    ExitCode::SUCCESS
}

/// How many connections the process has descriptors for: as many as it may have, but for those that packs, the log and
/// connections at their end take.
fn affordable_connections() -> usize {
    let descriptors = usize::try_from(raise_descriptors()).unwrap_or(usize::MAX);
    let kept = (descriptors / 16).max(64).min(descriptors / 2);
    (descriptors - kept).min(MAX_CONNECTIONS)
}

/// How many descriptors the process may have, as many as it may give itself. Systems give few for the sake of programs
/// that would break with more.
#[cfg(unix)]
fn raise_descriptors() -> u64 {
    use rustix::process::{Resource, getrlimit, setrlimit};
    let mut limit = getrlimit(Resource::Nofile);
    let given = limit.current;
    limit.current = limit.maximum;
    let raised = setrlimit(Resource::Nofile, limit).is_ok();
    if raised { limit.maximum } else { given }.unwrap_or(u64::MAX)
}

#[cfg(not(unix))]
fn raise_descriptors() -> u64 {
    u64::MAX
}

/// Serves what changes in the packs, for as long as the process lives.
fn follow(app: &Weak<App>, tasks: &[PathBuf], mut seen: Watched) {
    loop {
        seen = seen.wait_for_change();
        let Some(app) = app.upgrade() else { return };
        match load_catalog(tasks) {
            Ok(catalog) => {
                let count = count(catalog.tasks().len(), "task");
                app.replace_catalog(Arc::new(catalog));
                say(format_args!("support-ops: the packs have changed and are served, {count}"));
            }
            Err(_) => say("support-ops: the packs have changed and cannot be served; what was served before goes on"),
        }
    }
}

/// The real paths of the folders that may be written to.
fn editable(resolved: &Resolved) -> Result<Vec<PathBuf>, String> {
    if !resolved.settings.web || resolved.settings.mode == Mode::Production {
        return Err("--allow-edit is for the page at /web, which is turned off".to_owned());
    }
    if resolved.tasks.is_empty() {
        return Err("--allow-edit needs a pack in a folder: the built-in one cannot be written to".to_owned());
    }
    let real = |path: &PathBuf| match path.canonicalize() {
        Ok(real) if real.is_dir() => Ok(real),
        Ok(_) => Err(format!("--allow-edit needs folders, and {} is none", path.display())),
        Err(error) => Err(format!("cannot read {}: {error}", path.display())),
    };
    resolved.tasks.iter().map(real).collect()
}

/// The folders that the packs lie in.
fn folders(tasks: &[PathBuf]) -> Vec<PathBuf> {
    if tasks.is_empty() { vec![PathBuf::from(DEFAULT_FOLDER)] } else { tasks.to_vec() }
}

fn resolve(args: &ServeArgs, environment: Environment<'_>) -> Result<Resolved, String> {
    let defaults = Settings::default();
    let text = |flag: &Option<String>, variables: &[&str]| choose(flag.clone(), variables, environment, parse_text);
    let mode = choose(args.mode, &["SUPPORT_OPS_MODE", "OPENENV_MODE"], environment, parse_choice)?;
    let mode = match mode.unwrap_or(ServeMode::Simulation) {
        ServeMode::Simulation => Mode::Simulation,
        ServeMode::Production => Mode::Production,
    };
    let web = ["SUPPORT_OPS_WEB_INTERFACE", "ENABLE_WEB_INTERFACE"];
    let sessions = ["SUPPORT_OPS_MAX_SESSIONS", "MAX_CONCURRENT_ENVS"];
    // Split at every `:`, unlike lists of hosts: a folder may be called 2024.
    let tasks: Vec<String> = match environment("SUPPORT_OPS_TASKS") {
        Some(list) if args.paths.is_empty() && args.tasks.is_empty() => {
            list.split(':').filter(|path| !path.is_empty()).map(str::to_owned).collect()
        }
        _ => args.paths.iter().chain(&args.tasks).cloned().collect(),
    };
    let settings = Settings {
        name: text(&args.name, &["SUPPORT_OPS_NAME"])?,
        max_sessions: choose(args.max_sessions, &sessions, environment, parse_count)?.unwrap_or(defaults.max_sessions),
        max_connections: choose(args.max_connections, &["SUPPORT_OPS_MAX_CONNECTIONS"], environment, parse_count)?
            .unwrap_or(defaults.max_connections),
        session_memory: choose(args.session_memory, &["SUPPORT_OPS_SESSION_MEMORY"], environment, parse_size)?
            .unwrap_or(defaults.session_memory),
        slot_wait: choose(args.slot_wait, &["SUPPORT_OPS_SLOT_WAIT"], environment, parse_wait)?
            .unwrap_or(defaults.slot_wait),
        drain: choose(args.drain, &["SUPPORT_OPS_DRAIN"], environment, parse_wait)?.unwrap_or(defaults.drain),
        session_timeout: choose(args.session_timeout, &["SUPPORT_OPS_SESSION_TIMEOUT"], environment, parse_duration)?
            .unwrap_or(defaults.session_timeout),
        ws_dead_after: choose(args.ws_dead_after, &["SUPPORT_OPS_WS_DEAD_AFTER"], environment, parse_dead_after)?
            .unwrap_or(defaults.ws_dead_after),
        token: text(&args.auth_token_file, &["SUPPORT_OPS_AUTH_TOKEN_FILE"])?
            .map(|path| read_token(Path::new(&path)).map_err(|what| format!("--auth-token-file {path}: {what}")))
            .transpose()?
            .map(|token| Token::parse(&token).map_err(|error| error.to_string()))
            .transpose()?,
        origins: OriginRules {
            // Known only once the port is taken.
            loopback_only: false,
            allow_origins: choose_list(&args.allow_origin, "SUPPORT_OPS_ALLOW_ORIGIN", environment),
            allow_hosts: choose_list(&args.allow_host, "SUPPORT_OPS_ALLOW_HOST", environment),
        },
        mode,
        web: choose(args.web_interface, &web, environment, parse_flag)?.unwrap_or(defaults.web),
        // Known only once the packs' folders are.
        edit: Vec::new(),
        // Opened once the packs can be served.
        recorder: None,
    };
    if let Some(name) = settings.origins.first_unreadable() {
        return Err(format!(
            "`{name}` is no origin or host: --allow-origin takes one such as https://app.example.com, --allow-host one \
             such as env.example.com"
        ));
    }
    if settings.name.as_deref().is_some_and(|name| name.trim().is_empty()) {
        return Err("--name is blank; leave it out to use the first pack's".to_owned());
    }
    Ok(Resolved {
        tasks: tasks.into_iter().map(PathBuf::from).collect(),
        watch: choose(args.watch.then_some(true), &["SUPPORT_OPS_WATCH"], environment, parse_flag)?.unwrap_or(false),
        host: text(&args.host, &["SUPPORT_OPS_HOST", "HOST"])?.unwrap_or_else(|| DEFAULT_HOST.to_owned()),
        port: choose(args.port, &["SUPPORT_OPS_PORT", "PORT"], environment, parse_port)?.unwrap_or(DEFAULT_PORT),
        allow_edit: choose(args.allow_edit.then_some(true), &["SUPPORT_OPS_ALLOW_EDIT"], environment, parse_flag)?
            .unwrap_or(false),
        record: text(&args.record, &["SUPPORT_OPS_RECORD"])?.map(PathBuf::from),
        durable: choose(args.durable, &["SUPPORT_OPS_DURABLE"], environment, parse_choice)?
            .unwrap_or(DurableArg::Episode),
        log: choose(args.log, &["SUPPORT_OPS_LOG"], environment, parse_choice)?.unwrap_or(LogLevel::Warn),
        log_format: choose(args.log_format, &["SUPPORT_OPS_LOG_FORMAT"], environment, parse_choice)?
            .unwrap_or(LogFormat::Text),
        settings,
    })
}

/// A span of time, which may be none: `0`.
fn parse_wait(text: &str) -> Result<Duration, String> {
    if text.trim() == "0" { Ok(Duration::ZERO) } else { parse_duration(text) }
}

fn parse_dead_after(text: &str) -> Result<Duration, String> {
    let least = server::LEAST_DEAD_AFTER;
    let long_enough = |time: &Duration| *time >= least;
    let what = || format!("give {}s or more: a client needs time to answer a ping", least.as_secs());
    parse_duration(text).and_then(|time| Some(time).filter(long_enough).ok_or_else(what))
}

fn parse_flag(text: &str) -> Result<bool, String> {
    match text.trim().to_ascii_lowercase().as_str() {
        "1" | "true" | "yes" | "on" => Ok(true),
        "" | "0" | "false" | "no" | "off" => Ok(false),
        _ => Err("give one of true, false".to_owned()),
    }
}

fn parse_choice<T: ValueEnum>(text: &str) -> Result<T, String> {
    T::from_str(text, true).map_err(|_| {
        let names: Vec<String> = T::value_variants()
            .iter()
            .filter_map(|choice| choice.to_possible_value())
            .map(|choice| choice.get_name().to_owned())
            .collect();
        format!("give one of {}", names.join(", "))
    })
}

/// Writes the log of the process to stderr.
pub(super) fn start_log(level: LogLevel, format: LogFormat) {
    let level = match level {
        LogLevel::Off => LevelFilter::OFF,
        LogLevel::Error => LevelFilter::ERROR,
        LogLevel::Warn => LevelFilter::WARN,
        LogLevel::Info => LevelFilter::INFO,
        LogLevel::Debug => LevelFilter::DEBUG,
        LogLevel::Trace => LevelFilter::TRACE,
    };
    let log = tracing_subscriber::fmt()
        .with_max_level(level)
        .with_writer(io::stderr)
        // A line that cannot be written is told of by a panic else, on the stream that has just failed.
        .log_internal_errors(false)
        .with_ansi(io::stderr().is_terminal())
        .with_target(false);
    // A log that is there already, as in tests, stays.
    let _ = match format {
        LogFormat::Text => tracing::subscriber::set_global_default(log.finish()),
        LogFormat::Json => tracing::subscriber::set_global_default(log.json().finish()),
    };
}

/// Waits for so many signals to stop.
#[cfg(unix)]
fn signals(count: u32) -> io::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    Ok(async move {
        for _ in 0..count {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = interrupt.recv() => {}
            }
        }
    })
}

#[cfg(not(unix))]
fn signals(count: u32) -> io::Result<impl Future<Output = ()>> {
    Ok(async move {
        for _ in 0..count {
            // Without a handler there is nothing to wait for; the process then ends as the system has it.
            if tokio::signal::ctrl_c().await.is_err() {
                std::future::pending::<()>().await;
            }
        }
    })
}

fn render_first_line(app: &App, catalog: &Catalog, address: SocketAddr) -> String {
    let host = match address.ip() {
        ip if ip.is_unspecified() => "localhost".to_owned(),
        std::net::IpAddr::V6(ip) => format!("[{ip}]"),
        ip => ip.to_string(),
    };
    let tasks = catalog.tasks();
    let named: Vec<&str> = tasks.iter().take(MAX_NAMED_TASKS).map(|task| &*task.id).collect();
    let more = tasks.len() - named.len();
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    let plural = if tasks.len() == 1 { "task" } else { "tasks" };
    format!(
        "support-ops: {} at http://{host}:{} (listening on {address}), {} {plural}: {}{more}",
        app.name(),
        address.port(),
        tasks.len(),
        named.join(", ")
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(args: &ServeArgs, variables: &[(&str, &str)], expect: impl Fn(&Resolved) -> bool) {
        let environment =
            |name: &str| variables.iter().find(|(each, _)| *each == name).map(|(_, value)| (*value).to_owned());
        let resolved = resolve(args, &environment).expect("the settings are good");
        assert!(expect(&resolved), "{resolved:?}");
    }

    #[test]
    fn platform_variables_give_way_to_our_own_and_those_to_flags() {
        let none = ServeArgs::default();
        check(&none, &[], |it| {
            it.host == DEFAULT_HOST && it.port == DEFAULT_PORT && it.settings.max_sessions == 100_000
        });
        let platform = [("HOST", "127.0.0.1"), ("PORT", "7860"), ("MAX_CONCURRENT_ENVS", "5")];
        check(&none, &platform, |it| it.host == "127.0.0.1" && it.port == 7860 && it.settings.max_sessions == 5);
        let both = [
            ("PORT", "7860"),
            ("SUPPORT_OPS_PORT", "0"),
            ("MAX_CONCURRENT_ENVS", "5"),
            ("SUPPORT_OPS_MAX_SESSIONS", "6"),
        ];
        check(&none, &both, |it| it.port == 0 && it.settings.max_sessions == 6);
        let flags = ServeArgs { port: Some(1), ..ServeArgs::default() };
        check(&flags, &both, |it| it.port == 1);
    }

    #[test]
    fn every_other_variable() {
        let variables = [
            ("SUPPORT_OPS_TASKS", "a:2024"),
            ("SUPPORT_OPS_NAME", "desk"),
            ("SUPPORT_OPS_SESSION_TIMEOUT", "1h"),
            ("SUPPORT_OPS_WS_DEAD_AFTER", "90s"),
            ("SUPPORT_OPS_ALLOW_ORIGIN", "https://a.example:http://b.example:1"),
            ("SUPPORT_OPS_ALLOW_HOST", "c.example"),
            ("SUPPORT_OPS_LOG", "INFO"),
            ("SUPPORT_OPS_LOG_FORMAT", "json"),
            ("SUPPORT_OPS_RECORD", "episodes"),
            ("SUPPORT_OPS_DURABLE", "step"),
            ("SUPPORT_OPS_WATCH", "true"),
            ("OPENENV_MODE", "production"),
        ];
        check(&ServeArgs::default(), &variables, |it| {
            it.tasks == [PathBuf::from("a"), PathBuf::from("2024")]
                && it.settings.name.as_deref() == Some("desk")
                && it.settings.session_timeout == Duration::from_secs(3600)
                && it.settings.ws_dead_after == Duration::from_secs(90)
                && it.settings.origins.allow_origins == ["https://a.example", "http://b.example:1"]
                && it.settings.origins.allow_hosts == ["c.example"]
                && it.settings.mode == Mode::Production
                && it.log == LogLevel::Info
                && it.log_format == LogFormat::Json
                && it.record == Some(PathBuf::from("episodes"))
                && it.durable == DurableArg::Step
                && it.watch
        });
    }

    #[test]
    fn a_bad_variable_is_named() {
        let environment = |name: &str| (name == "SUPPORT_OPS_LOG").then(|| "loud".to_owned());
        let message = resolve(&ServeArgs::default(), &environment).expect_err("loud is no level");
        assert_eq!(message, "SUPPORT_OPS_LOG=loud: give one of off, error, warn, info, debug, trace");
    }
}
