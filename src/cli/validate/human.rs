//! The report for people.

use crate::cli::output::{colour, print_line};
use crate::diag::printable;
use crate::validate::{Report, Status, Verdict};

/// Prints every check with what was seen.
pub(super) fn print(report: &Report) {
    print_line(format_args!("Validation report for {} (signature: openenv.yaml)", printable(&report.target)));
    let levels = report
        .levels_run
        .iter()
        .filter_map(|level| ["static", "runtime", "semantic"].get(usize::from(*level) - 1).copied());
    print_line(format_args!("  policy v2 · levels run: {}", levels.collect::<Vec<_>>().join(", ")));
    for result in &report.results {
        let (on, off) = match (colour(), result.status) {
            (false, _) => ("", ""),
            (true, Status::Pass) => ("\x1b[32m", "\x1b[0m"),
            (true, Status::Skip) => ("\x1b[33m", "\x1b[0m"),
            (true, Status::Fail | Status::Error) => ("\x1b[1;31m", "\x1b[0m"),
        };
        print_line(format_args!(
            "  {on}{:<5}{off} {} ({:.2}s)",
            result.status.as_str(),
            result.check_id,
            result.duration_s
        ));
        for line in &result.evidence {
            print_line(format_args!("          {}", printable(line)));
        }
        if let Some(remedy) = &result.remediation {
            print_line(format_args!("          remediation: {}", printable(remedy)));
        }
    }
    let count = |status| report.results.iter().filter(|result| result.status == status).count();
    let verdict = match report.verdict {
        Verdict::Pass => "PASS",
        Verdict::Warn => "WARN",
        Verdict::Fail => "FAIL",
    };
    print_line(format_args!(
        "Verdict: {verdict} ({} passed, {} failed, {} skipped)",
        count(Status::Pass),
        count(Status::Fail) + count(Status::Error),
        count(Status::Skip)
    ));
}
