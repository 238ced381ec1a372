//! The leaderboard for a terminal.

use crate::eval::Estimate;

use super::contents::{Contents, RunContents};

struct Column {
    head: &'static str,
    /// Words stand to the left, figures to the right.
    is_word: bool,
    cell: fn(&RunContents) -> String,
}

const COLUMNS: [Column; 10] = [
    Column { head: "run", is_word: true, cell: |run| shorten(&run.label) },
    Column { head: "score", is_word: false, cell: |run| share(run.figures.score.mean, |mean| format!("{mean:.4}")) },
    Column { head: "95 % interval", is_word: false, cell: |run| interval(&run.figures.score) },
    Column { head: "success", is_word: false, cell: |run| share(run.figures.success.mean, percent) },
    Column { head: "pass^k", is_word: false, cell: pass_hat },
    Column { head: "steps", is_word: false, cell: |run| share(run.figures.steps, |steps| format!("{steps:.1}")) },
    Column { head: "cost", is_word: false, cell: |run| share(run.figures.cost.total, |cost| format!("${cost:.2}")) },
    Column { head: "errors", is_word: false, cell: |run| run.figures.errors.values().sum::<u64>().to_string() },
    Column { head: "failed", is_word: false, cell: |run| run.figures.trials.failed.to_string() },
    Column { head: "trials", is_word: false, cell: trials },
];

/// The columns that are left out first where a line is short.
const DISPENSABLE: [&str; 7] = ["steps", "errors", "cost", "pass^k", "failed", "95 % interval", "success"];
/// Characters of a label that are shown.
const MAX_LABEL: usize = 40;

/// The table's lines, the highest score first.
pub(super) fn render(contents: &Contents, width: usize) -> Vec<String> {
    let mean = |run: &RunContents| run.figures.score.mean.unwrap_or(-1.0);
    let mut runs: Vec<&RunContents> = contents.runs.iter().collect();
    runs.sort_by(|a, b| mean(b).total_cmp(&mean(a)));
    let rows: Vec<[String; COLUMNS.len()]> =
        runs.iter().map(|run| std::array::from_fn(|at| (COLUMNS[at].cell)(run))).collect();
    let widths: [usize; COLUMNS.len()] = std::array::from_fn(|at| {
        let cells = rows.iter().map(|row| row[at].chars().count());
        cells.chain([COLUMNS[at].head.len()]).max().unwrap_or(0)
    });
    let mut kept: Vec<usize> = (0..COLUMNS.len()).collect();
    for head in DISPENSABLE {
        if kept.iter().map(|&at| widths[at] + 2).sum::<usize>() <= width + 2 {
            break;
        }
        kept.retain(|&at| COLUMNS[at].head != head);
    }
    let line = |cell: &dyn Fn(usize) -> String| {
        let mut line = String::new();
        for &at in &kept {
            let (text, width) = (cell(at), widths[at]);
            let fill = " ".repeat(width - text.chars().count());
            line.push_str(&if COLUMNS[at].is_word { text + &fill } else { fill + &text });
            line.push_str("  ");
        }
        line.trim_end().to_owned()
    };
    let head = line(&|at| COLUMNS[at].head.to_owned());
    [head].into_iter().chain(rows.iter().map(|row| line(&|at| row[at].clone()))).collect()
}

fn share(value: Option<f64>, render: impl Fn(f64) -> String) -> String {
    value.map_or("-".to_owned(), render)
}

fn percent(share: f64) -> String {
    format!("{:.1} %", 100.0 * share)
}

fn interval(estimate: &Estimate) -> String {
    estimate.interval.as_ref().map_or("-".to_owned(), |interval| format!("{:.3} to {:.3}", interval.low, interval.high))
}

/// That of the most trials of a task.
fn pass_hat(run: &RunContents) -> String {
    match run.figures.passes.last() {
        Some(passes) if passes.k > 1 => format!("{} (k={})", percent(passes.pass_hat_k), passes.k),
        _ => "-".to_owned(),
    }
}

fn trials(run: &RunContents) -> String {
    let trials = &run.figures.trials;
    if trials.done == trials.expected {
        trials.done.to_string()
    } else {
        format!("{}/{}", trials.done, trials.expected)
    }
}

/// Cut in its middle: programs differ by their last arguments.
fn shorten(label: &str) -> String {
    let chars: Vec<char> = label.chars().collect();
    if chars.len() <= MAX_LABEL {
        return label.to_owned();
    }
    let (head, tail) = (&chars[..MAX_LABEL / 2], &chars[chars.len() - MAX_LABEL / 2..]);
    head.iter().chain(['…'].iter()).chain(tail).collect()
}

#[cfg(test)]
mod tests {
    use tempfile::tempdir;

    use super::super::sample;
    use super::super::{Report, ReportLimits};
    use crate::agent::{Nop, Oracle};

    /// The lines of two runs in so many columns.
    fn check(width: usize, expect: &[&str]) {
        let root = tempdir().expect("a folder");
        let write = |name: &str, play| sample::write_run(&root.path().join(name), name, (&[], 2), play, |_, _| {});
        let runs = [
            write("nop", &|_: &_, _: &_| Box::new(Nop) as _),
            write("oracle", &|_: &_, _: &_| Box::new(Oracle::default()) as _),
        ];
        let report = Report::gather(&runs, &sample::catalog(), ReportLimits { episodes: 0 }).expect("runs");
        assert_eq!(report.render_leaderboard(width), expect);
    }

    #[test]
    fn the_best_stands_first_and_lines_fit() {
        check(
            100,
            &[
                "run      score   95 % interval  success         pass^k  steps  cost  errors  failed  trials",
                "oracle  1.0000  1.000 to 1.000  100.0 %  100.0 % (k=2)    5.7     -       0       0       6",
                "nop     0.0000  0.000 to 0.000    0.0 %    0.0 % (k=2)   10.0     -       0       0       6",
            ],
        );
        check(
            40,
            &["run      score  success  trials", "oracle  1.0000  100.0 %       6", "nop     0.0000    0.0 %       6"],
        );
    }
}
