//! What the linter made of planted faults, counted.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;
use std::path::Path;

use support_ops_env::diag::{Diagnostic, render_human};
use support_ops_env::lint::{Selection, lint};
use support_ops_env::pack::Loaded;

use super::case::{Case, Expect};

/// The counts of one kind, or of all.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Counts {
    pub(super) faults: usize,
    pub(super) found: usize,
    pub(super) placed: usize,
    pub(super) findings: usize,
    pub(super) asked: usize,
    pub(super) suggested: usize,
}

impl Counts {
    fn add(&mut self, other: Counts) {
        self.faults += other.faults;
        self.found += other.found;
        self.placed += other.placed;
        self.findings += other.findings;
        self.asked += other.asked;
        self.suggested += other.suggested;
    }

    pub(super) fn recall(self) -> f64 {
        share(self.found, self.faults)
    }

    pub(super) fn precision(self) -> f64 {
        share(self.found, self.findings)
    }

    pub(super) fn per_fault(self) -> f64 {
        self.findings as f64 / self.faults.max(1) as f64
    }

    pub(super) fn spans(self) -> f64 {
        share(self.placed, self.found)
    }

    pub(super) fn suggestions(self) -> f64 {
        share(self.suggested, self.asked)
    }
}

fn share(part: usize, whole: usize) -> f64 {
    if whole == 0 { 1.0 } else { part as f64 / whole as f64 }
}

/// A table of counts, and what went wrong.
#[derive(Debug, Default)]
pub(super) struct Score {
    rows: BTreeMap<String, Counts>,
    pub(super) wrong: Vec<String>,
}

impl Score {
    /// Judges one case under this name.
    pub(super) fn judge(&mut self, row: &str, shown: &str, case: Case) -> Counts {
        let (files, expects) = case.finish();
        let (loaded, _folder) = lint_files(&files);
        let mut counts = Counts { faults: expects.len(), findings: loaded.diagnostics.len(), ..Counts::default() };
        let mut left: Vec<&Diagnostic> = loaded.diagnostics.iter().collect();
        let mut wrong = String::new();
        for expect in &expects {
            let fits = |found: &&&Diagnostic| {
                found.code.as_str() == expect.code
                    && (expect.file.is_empty() || path_of(&loaded, found).ends_with(&format!("/{}", expect.file)))
            };
            let placed = |found: &&Diagnostic| is_placed(expect, found);
            let best = left.iter().find(|found| fits(found) && placed(found)).or_else(|| left.iter().find(fits));
            let Some(&best) = best else {
                let _ = writeln!(wrong, "   missed: {} in {} at {:?}", expect.code, expect.file, expect.places);
                counts.asked += usize::from(expect.suggests.is_some());
                continue;
            };
            left.retain(|found| !std::ptr::eq(*found, best));
            counts.found += 1;
            if is_placed(expect, best) {
                counts.placed += 1;
            } else {
                let _ = writeln!(wrong, "   elsewhere: expected {:?}, found {:?}", expect.places, best.span);
            }
            if let Some(name) = &expect.suggests {
                counts.asked += 1;
                let right = best.help.as_ref().is_some_and(|help| help.contains(&format!("did you mean `{name}`")));
                counts.suggested += usize::from(right);
                if !right {
                    let _ = writeln!(wrong, "   suggestion: expected `{name}`, help {:?}", best.help);
                }
            }
        }
        for stray in left {
            let _ =
                writeln!(wrong, "   stray: {}", render_human(stray, &loaded.sources, false).replace('\n', "\n     "));
        }
        if !wrong.is_empty() {
            self.wrong.push(format!("-- {row} ({shown})\n{wrong}"));
        }
        self.rows.entry(row.to_owned()).or_default().add(counts);
        counts
    }

    pub(super) fn merge(&mut self, other: Score) {
        for (row, counts) in other.rows {
            self.rows.entry(row).or_default().add(counts);
        }
        self.wrong.extend(other.wrong);
    }

    pub(super) fn rows(&self) -> impl Iterator<Item = (&str, Counts)> {
        self.rows.iter().map(|(row, counts)| (row.as_str(), *counts))
    }

    pub(super) fn total(&self) -> Counts {
        let mut total = Counts::default();
        self.rows.values().for_each(|counts| total.add(*counts));
        total
    }

    /// The table: a row for each kind, and the total.
    pub(super) fn render(&self) -> String {
        let mut out = format!(
            "{:<52} {:>6} {:>7} {:>9} {:>9} {:>6} {:>7}\n",
            "kind", "faults", "recall", "precision", "per fault", "spans", "suggest"
        );
        let mut line = |name: &str, counts: Counts| {
            let suggestions = if counts.asked == 0 { "-".to_owned() } else { format!("{:.3}", counts.suggestions()) };
            let _ = writeln!(
                out,
                "{name:<52} {:>6} {:>7.3} {:>9.3} {:>9.3} {:>6.3} {suggestions:>7}",
                counts.faults,
                counts.recall(),
                counts.precision(),
                counts.per_fault(),
                counts.spans()
            );
        };
        for (name, counts) in self.rows() {
            line(name, counts);
        }
        line("total", self.total());
        out
    }

    /// Prints the table, and what went wrong where that is asked for.
    pub(super) fn show(&self, title: &str) {
        let mut text = format!("{title}\n{}", self.render());
        if std::env::var_os("MUTATION_SHOW").is_some() {
            text.push_str(&self.wrong.join("\n"));
        }
        // Tests are asked for their output with `--no-capture`.
        std::io::Write::write_all(&mut std::io::stdout().lock(), text.as_bytes()).expect("it can be written");
    }

    /// Fails below these bars.
    pub(super) fn hold(&self) {
        let total = self.total();
        let holds = total.recall() >= 0.98
            && total.precision() >= 0.99
            && total.per_fault() <= 1.05
            && total.spans() >= 0.98
            && total.suggestions() >= 0.95;
        assert!(holds, "below the bars\n{}\n{}", self.render(), self.wrong.join("\n"));
    }
}

/// Whether the finding begins in one of the expected places; a place without width is met by its own offset.
fn is_placed(expect: &Expect, found: &Diagnostic) -> bool {
    let start = found.span.start as usize;
    expect.places.is_empty()
        || expect.places.iter().any(|place| place.contains(&start) || (place.is_empty() && place.start == start))
}

pub(super) fn path_of<'a>(loaded: &'a Loaded, found: &Diagnostic) -> &'a str {
    &loaded.sources.get(found.span.source).path
}

/// Lints a pack of these files, in a folder that lives as long as the second value.
pub(super) fn lint_files(files: &BTreeMap<String, Vec<u8>>) -> (Loaded, tempfile::TempDir) {
    let folder = tempfile::tempdir().expect("a folder can be made");
    write_files(folder.path(), files);
    let loaded = lint(&[folder.path()], &Selection::default()).expect("the folder can be read");
    (loaded, folder)
}

pub(super) fn write_files(folder: &Path, files: &BTreeMap<String, Vec<u8>>) {
    for (name, bytes) in files {
        let path = folder.join(name);
        fs::create_dir_all(path.parent().expect("it lies in a folder")).expect("a folder can be made");
        fs::write(path, bytes).expect("a file can be written");
    }
}
