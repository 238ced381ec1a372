//! Writing findings: to stdout and to files, each in its format.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use clap::ValueEnum;

use crate::cli::output;
use crate::cli::packs::count;
use crate::diag::{RuleText, Severity, render_github, render_human, render_json, render_sarif};
use crate::lint::RULES;
use crate::pack::Loaded;

/// How findings are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// For people: message, place, help.
    Human,
    /// One JSON document.
    Json,
    /// SARIF 2.1.0, for code scanning.
    Sarif,
    /// Workflow commands of GitHub Actions.
    Github,
}

/// A file that findings go to.
#[derive(Debug, Clone)]
pub(super) struct Output {
    pub(super) format: Format,
    pub(super) file: PathBuf,
}

/// `sarif=lint.sarif`
pub(super) fn parse_output(text: &str) -> Result<Output, String> {
    let (format, file) = text.split_once('=').ok_or("write FORMAT=FILE, such as `sarif=lint.sarif`")?;
    let format = Format::from_str(format, false)
        .map_err(|_| "there is no such format: `human`, `json`, `sarif` or `github`".to_owned())?;
    if file.is_empty() || file == "-" {
        return Err("name a file; `--format` is for stdout".to_owned());
    }
    Ok(Output { format, file: PathBuf::from(file) })
}

/// Why no report can go there, if none can: it would overwrite what is read, or wait for a reader that may never come.
pub(super) fn why_not_written(file: &Path) -> Option<String> {
    let real = file.canonicalize().unwrap_or_else(|_| file.to_owned());
    if [file, &real].iter().any(|path| path.extension().is_some_and(|extension| extension == "toml")) {
        return Some(format!("no report is written to {}: a .toml file is what is checked", file.display()));
    }
    is_named_pipe(file).then(|| format!("no report is written to {}: it may have no reader", file.display()))
}

/// Whether opening it may wait for ever. A pipe that is open already, such as one that a shell hands over, has no name
/// but its number.
#[cfg(unix)]
fn is_named_pipe(file: &Path) -> bool {
    use std::os::unix::fs::FileTypeExt;

    let is_open = ["/dev/fd", "/dev/stdout", "/dev/stderr", "/proc"].iter().any(|place| file.starts_with(place));
    !is_open && fs::metadata(file).is_ok_and(|about| about.file_type().is_fifo())
}

#[cfg(not(unix))]
fn is_named_pipe(_: &Path) -> bool {
    false
}

/// Writes a report to stdout.
pub(super) fn print_report(loaded: &Loaded, format: Format, statistics: bool) {
    let text = match (statistics, format) {
        (false, _) => render(loaded, format, output::colour()),
        (true, Format::Json) => {
            let counts: serde_json::Map<_, _> =
                statistics_of(loaded).into_iter().map(|(code, (count, _))| (code.to_owned(), count.into())).collect();
            serde_json::json!({ "version": 1, "statistics": counts }).to_string()
        }
        (true, _) => render_statistics(loaded),
    };
    let text = text.strip_suffix('\n').unwrap_or(&text);
    if !text.is_empty() {
        output::print_line(text);
    }
}

/// Writes a report to a file.
pub(super) fn write_report(loaded: &Loaded, output: &Output) -> io::Result<()> {
    let mut text = render(loaded, output.format, false);
    if !text.is_empty() && !text.ends_with('\n') {
        text.push('\n');
    }
    fs::write(&output.file, text)
}

fn render(loaded: &Loaded, format: Format, colour: bool) -> String {
    let (found, sources) = (&loaded.diagnostics, &loaded.sources);
    match format {
        Format::Json => render_json(found, sources, loaded.files),
        Format::Github => render_github(found, sources),
        Format::Sarif => {
            let rules: Vec<RuleText<'_>> =
                RULES.iter().map(|rule| RuleText { code: rule.code, why: rule.why, mend: rule.mend }).collect();
            render_sarif(found, sources, &rules)
        }
        Format::Human => {
            let findings: String =
                found.iter().map(|diagnostic| render_human(diagnostic, sources, colour) + "\n").collect();
            findings + &summary(loaded)
        }
    }
}

fn summary(loaded: &Loaded) -> String {
    let of = |severity| loaded.diagnostics.iter().filter(|diagnostic| diagnostic.severity == severity).count();
    let (errors, warnings) = (count(of(Severity::Error), "error"), count(of(Severity::Warning), "warning"));
    format!("{} checked: {errors}, {warnings}\n", count(loaded.files, "file"))
}

/// How often each code was found, with the worst severity it had.
fn statistics_of(loaded: &Loaded) -> BTreeMap<&'static str, (usize, Severity)> {
    let mut counts: BTreeMap<&'static str, (usize, Severity)> = BTreeMap::new();
    for diagnostic in &loaded.diagnostics {
        let entry = counts.entry(diagnostic.code.as_str()).or_insert((0, diagnostic.severity));
        *entry = (entry.0 + 1, entry.1.max(diagnostic.severity));
    }
    counts
}

/// The counts as lines, the most frequent first.
fn render_statistics(loaded: &Loaded) -> String {
    let mut counts: Vec<_> = statistics_of(loaded).into_iter().collect();
    counts.sort_by_key(|(_, (count, _))| std::cmp::Reverse(*count));
    let lines =
        counts.iter().map(|(code, (count, severity))| format!("{count:>6}  {:<7}  {code}\n", severity.as_str()));
    lines.collect::<String>() + &summary(loaded)
}
