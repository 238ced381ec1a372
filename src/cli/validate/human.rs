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
            let word = if result.status == Status::Skip { "to decide it" } else { "remediation" };
            print_line(format_args!("          {word}: {}", printable(remedy)));
        }
    }
    let count = |status| report.results.iter().filter(|result| result.status == status).count();
    let failed: Vec<&str> =
        report.results.iter().filter(|result| is_failed(result.status)).map(|result| result.check_id).collect();
    let (verdict, meaning) = match (report.verdict, failed.as_slice()) {
        (Verdict::Pass, _) => ("PASS", "everything was decided, and holds".to_owned()),
        (Verdict::Warn, []) => ("WARN", "nothing failed; what was skipped is left undecided".to_owned()),
        (Verdict::Warn, failed) => ("WARN", format!("only what OpenEnv warns of failed: {}", failed.join(", "))),
        (Verdict::Fail, failed) => ("FAIL", failed.join(", ")),
    };
    print_line(format_args!(
        "Verdict: {verdict} ({} passed, {} failed, {} skipped): {meaning}",
        count(Status::Pass),
        failed.len(),
        count(Status::Skip)
    ));
}

fn is_failed(status: Status) -> bool {
    matches!(status, Status::Fail | Status::Error)
}
