//! `support-ops validate`: OpenEnv's own checks of a package, natively.

mod human;
mod source;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use clap::{Args, ValueEnum};

use crate::pack::load_embedded;
use crate::server::{self, App, OriginRules, Settings};
use crate::task::Catalog;
use crate::validate::{
    Address, Evidence, Package, Plan, Report, Subject, Trajectory, Verdict, Where, render_trajectories, trajectories,
    validate,
};

use super::output::{self, FINDINGS, fail};
use super::packs::{count, load_catalog};

/// Run OpenEnv's validation checks on a package, without a container engine.
#[derive(Debug, Args)]
#[command(
    after_help = "The checks have the ids of OpenEnv's severity policy and the report has its form. What cannot be
decided without a container engine is skipped, with the reason (docs/validate.md).

Exit codes: 0 verdict PASS or WARN, 1 verdict FAIL, 2 no package, or its packs cannot be loaded.

Examples:
  support-ops validate
  support-ops validate my-env --json > report.json
  support-ops validate --url http://127.0.0.1:8000
  support-ops validate --write-canaries"
)]
pub(super) struct ValidateArgs {
    /// The package: a folder with an openenv.yaml.
    #[arg(default_value = ".")]
    path: PathBuf,
    /// Which policy to check against.
    #[arg(long, default_value = "openenv-v2")]
    profile: Profile,
    /// Ask a server that runs already [default: one started in this process, on a port of loopback].
    #[arg(long, value_name = "URL")]
    url: Option<String>,
    /// A pack that is served; repeat it for several [default: the package's own `tasks`, else the built-in one].
    #[arg(long, value_name = "DIR")]
    tasks: Vec<PathBuf>,
    /// How to write the report.
    #[arg(long, default_value = "human")]
    format: ReportFormat,
    /// As --format json.
    #[arg(long)]
    json: bool,
    /// Write the canary trajectories to the file that openenv.yaml declares, instead of checking.
    #[arg(long, conflicts_with_all = ["url", "json"])]
    write_canaries: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Profile {
    /// The local checks of OpenEnv's severity policy v2.
    #[value(name = "openenv-v2")]
    OpenenvV2,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum ReportFormat {
    /// For people.
    Human,
    /// The report of `openenv validate --json`.
    Json,
}

pub(super) fn run(args: &ValidateArgs) -> ExitCode {
    // The only one there is; naming it keeps scripts right when there are more.
    let Profile::OpenenvV2 = args.profile;
    let as_json = args.json || args.format == ReportFormat::Json;
    if as_json {
        output::promise_documents();
    }
    let package = match source::read_package(&args.path) {
        Ok(package) => package,
        Err(why) => return fail(why),
    };
    let (catalog, within) = match load_tasks(args) {
        Ok(loaded) => loaded,
        Err(code) => return code,
    };
    if args.write_canaries {
        return write_canaries(&package, &args.path, &catalog);
    }
    let report = match &args.url {
        Some(url) => match Address::parse(url) {
            Ok(address) => run_against(&package, &catalog, within, Where::AtUrl, address),
            Err(why) => return fail(why),
        },
        None => match run_in_process(&package, catalog, within) {
            Ok(report) => report,
            Err(error) => return fail(format_args!("cannot start a server on loopback: {error}")),
        },
    };
    if as_json {
        match serde_json::to_string_pretty(&report) {
            Ok(text) => output::print_line(text),
            Err(error) => return fail(error),
        }
    } else {
        human::print(&report);
    }
    if report.verdict == Verdict::Fail { FINDINGS } else { ExitCode::SUCCESS }
}

/// The tasks that are served, and whether they are files of the package.
fn load_tasks(args: &ValidateArgs) -> Result<(Arc<Catalog>, bool), ExitCode> {
    let own = args.path.join("tasks");
    if args.tasks.is_empty() && !own.join("pack.toml").is_file() {
        let catalog = load_embedded().into_catalog().map_err(|_| fail("the built-in pack cannot be loaded"))?;
        return Ok((Arc::new(catalog), false));
    }
    let paths = if args.tasks.is_empty() { vec![own] } else { args.tasks.clone() };
    let root = args.path.canonicalize();
    let is_within =
        |path: &PathBuf| matches!((&root, path.canonicalize()), (Ok(root), Ok(path)) if path.starts_with(root));
    Ok((Arc::new(load_catalog(&paths)?), paths.iter().all(is_within)))
}

fn run_against(package: &Package, catalog: &Catalog, within: bool, place: Where, address: Address) -> Report {
    let subject = Subject::at(address);
    let ids: Vec<&str> = catalog.tasks().iter().map(|task| &*task.id).collect();
    let collect = |plan: &Plan, trajectories: &[Trajectory]| Evidence::collect(&subject, plan, trajectories, &ids);
    validate(package, catalog, within, place, collect)
}

/// Starts a server of these tasks on a free port of loopback, runs the checks against it, and stops it.
fn run_in_process(package: &Package, catalog: Arc<Catalog>, within: bool) -> std::io::Result<Report> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().worker_threads(1).build()?;
    let bound = runtime.block_on(server::bind("127.0.0.1", 0))?;
    let url = format!("http://{}", bound.address());
    let address = Address::parse(&url).map_err(std::io::Error::other)?;
    let origins = OriginRules { loopback_only: true, ..OriginRules::default() };
    let app = App::new(catalog.clone(), Settings { origins, ..Settings::default() });
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let serving = runtime.spawn(bound.serve(app, async {
        // Dropping the sender stops it as well.
        let _ = stopped.await;
    }));
    let report = run_against(package, &catalog, within, Where::InProcess, address);
    let _ = stop.send(());
    let _ = runtime.block_on(serving);
    Ok(report)
}

fn write_canaries(package: &Package, root: &Path, catalog: &Catalog) -> ExitCode {
    let Some(path) = package.canaries_path() else {
        return fail("openenv.yaml declares no validation.capabilities.canaries, such as validation/canaries.jsonl");
    };
    let trajectories = trajectories(catalog);
    if let Err(why) = source::write_within(root, path, &render_trajectories(&trajectories)) {
        return fail(why);
    }
    output::print_line(format_args!(
        "wrote {} trajectories of {} to {}",
        trajectories.len(),
        count(catalog.tasks().len(), "task"),
        root.join(path).display()
    ));
    ExitCode::SUCCESS
}
