//! The confusion table: which verdict was found where which was right.

use std::collections::BTreeMap;
use std::fmt::Write;

use support_ops_env::text::Verdict;

use super::compose::{Sample, compose};

/// What the grader made of a run of samples.
#[derive(Debug, Default)]
pub(crate) struct Confusion {
    /// Counts by right verdict and found verdict; forbidden entries count like keywords.
    counts: BTreeMap<(Verdict, Verdict), usize>,
    /// Per kind: samples, and those judged wrong.
    kinds: BTreeMap<&'static str, (usize, usize)>,
    pub(crate) false_accepts: usize,
    pub(crate) false_rejects: usize,
    /// Right in passing and in the verdict, per right verdict.
    right: BTreeMap<Verdict, usize>,
    /// Those judged wrong, with what was found.
    pub(crate) wrong: Vec<(Sample, Verdict, String)>,
}

impl Confusion {
    /// Judges `count` samples from this seed on.
    pub(crate) fn of(first: u64, count: u64) -> Confusion {
        let mut table = Confusion::default();
        (0..count).for_each(|n| table.add(compose(first.wrapping_add(n))));
        table
    }

    fn add(&mut self, sample: Sample) {
        let judged = sample.spec.judge(&sample.reply);
        let keywords = sample.spec.keywords().iter().map(|keyword| &keyword.id).zip(&judged.keywords);
        let forbidden = sample.spec.forbidden().iter().map(|entry| &entry.id).zip(&judged.forbidden);
        let (_, finding) =
            keywords.chain(forbidden).find(|(id, _)| *id == sample.entry).expect("samples name entries of their spec");
        let found = finding.verdict;
        *self.counts.entry((sample.verdict, found)).or_default() += 1;
        self.false_accepts += usize::from(judged.passes() && !sample.passes);
        self.false_rejects += usize::from(!judged.passes() && sample.passes);
        let kind = self.kinds.entry(sample.kind).or_default();
        kind.0 += 1;
        if found == sample.verdict && judged.passes() == sample.passes {
            *self.right.entry(sample.verdict).or_default() += 1;
        } else {
            kind.1 += 1;
            let reason = finding.reason(&sample.reply);
            self.wrong.push((sample, found, reason));
        }
    }

    fn total(&self) -> usize {
        self.counts.values().sum()
    }

    /// The share judged right: passing or not, and the verdict.
    pub(crate) fn accuracy(&self) -> f64 {
        self.right.values().sum::<usize>() as f64 / self.total() as f64
    }

    /// The share judged right among those of one right verdict; `None` where there are none.
    pub(crate) fn row(&self, verdict: Verdict) -> Option<f64> {
        let row: usize = self.counts.iter().filter(|((right, _), _)| *right == verdict).map(|(_, count)| count).sum();
        (row > 0).then(|| self.right.get(&verdict).copied().unwrap_or(0) as f64 / row as f64)
    }

    /// The table for people.
    pub(crate) fn render(&self) -> String {
        let mut out = format!("{:<13}", "right \\ found");
        for found in Verdict::ALL {
            let _ = write!(out, "{:>13}", found.as_str());
        }
        out.push_str("    right\n");
        for right in Verdict::ALL {
            let Some(share) = self.row(right) else { continue };
            let _ = write!(out, "{:<13}", right.as_str());
            for found in Verdict::ALL {
                let count = self.counts.get(&(right, found)).copied().unwrap_or(0);
                let shown = if count == 0 { "·".to_owned() } else { count.to_string() };
                let _ = write!(out, "{shown:>13}");
            }
            let _ = writeln!(out, "{:>8.2}%", share * 100.0);
        }
        let _ = writeln!(out);
        for (kind, (count, wrong)) in &self.kinds {
            let _ = writeln!(out, "{kind:<28}{count:>7} samples{wrong:>6} wrong");
        }
        let _ = writeln!(
            out,
            "\n{} samples, {:.2} % right, {} false accepts, {} false rejects",
            self.total(),
            self.accuracy() * 100.0,
            self.false_accepts,
            self.false_rejects
        );
        out
    }

    /// The wrong ones, one line each, at most `most` of a kind.
    pub(crate) fn render_wrong(&self, most: usize) -> String {
        let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
        let mut out = String::new();
        for (sample, found, reason) in &self.wrong {
            let count = seen.entry(sample.kind).or_default();
            *count += 1;
            if *count <= most {
                let expected = if sample.passes { "passes" } else { "fails" };
                let _ = writeln!(
                    out,
                    "- {} (seed {}): {expected}, `{}` {}; found {found}: {reason}\n  {:?}",
                    sample.kind, sample.seed, sample.entry, sample.verdict, sample.reply
                );
            }
        }
        out
    }
}
