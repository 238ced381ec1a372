//! How far a run is: a bar that moves on a terminal, plain lines now and then elsewhere.

use std::io::{self, IsTerminal};
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use crate::eval::TrialResult;
use crate::eval::run::Told;

use super::super::output::{say, say_over};

/// How often the bar moves.
const MOVES: Duration = Duration::from_millis(200);
/// How often a line is written where there is no terminal.
const LINES: Duration = Duration::from_secs(10);
/// Cells of the bar, and characters of the label, where a line has room for them.
const CELLS: usize = 24;
const LABEL: usize = 30;
/// Columns of a terminal that does not tell.
const USUAL_WIDTH: usize = 80;

/// Tells on stderr how far a run is, until it is finished.
pub(super) struct Progress {
    tally: Arc<Mutex<Tally>>,
    over: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

/// What has happened so far.
#[derive(Debug, Clone)]
struct Tally {
    label: String,
    begun: Instant,
    all: usize,
    kept: usize,
    ended: usize,
    scores: f64,
    cost: Option<f64>,
}

impl Progress {
    pub(super) fn begin(label: &str) -> Progress {
        let label = label.chars().take(LABEL).map(crate::diag::visible).collect();
        let tally = Tally { label, begun: Instant::now(), all: 0, kept: 0, ended: 0, scores: 0.0, cost: None };
        let tally = Arc::new(Mutex::new(tally));
        let (over, ends) = channel::<()>();
        let (shared, moves) = (tally.clone(), io::stderr().is_terminal());
        let thread = std::thread::spawn(move || {
            while ends.recv_timeout(if moves { MOVES } else { LINES }) == Err(RecvTimeoutError::Timeout) {
                let tally = shared.lock().unwrap_or_else(PoisonError::into_inner).clone();
                if tally.all > 0 {
                    show(&tally, moves);
                }
            }
            let tally = shared.lock().unwrap_or_else(PoisonError::into_inner).clone();
            if moves && tally.all > tally.kept {
                show(&tally, moves);
                say("");
            }
        });
        Progress { tally, over: Some(over), thread: Some(thread) }
    }

    pub(super) fn tell(&self, what: &Told<'_>) {
        let mut tally = self.tally.lock().unwrap_or_else(PoisonError::into_inner);
        match what {
            Told::Begins { kept, doubts, left } => {
                doubts.notes_while_resumed().iter().for_each(|note| say(format_args!("warning: {}", note.message)));
                (tally.kept, tally.all) = (kept.len(), kept.len() + left);
                kept.iter().for_each(|result| tally.add(result));
            }
            Told::Ended(result) => {
                tally.ended += 1;
                tally.add(result);
            }
        }
    }

    pub(super) fn finish(mut self) {
        self.over = None;
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn show(tally: &Tally, moves: bool) {
    if moves {
        // The rest of a longer line before is wiped.
        let width = terminal_size::terminal_size_of(io::stderr()).map_or(USUAL_WIDTH, |(width, _)| width.0.into());
        say_over(format_args!("{}\u{1b}[K", tally.line(Some(width))));
    } else {
        say(tally.line(None));
    }
}

impl Tally {
    fn add(&mut self, result: &TrialResult) {
        self.scores += result.score;
        if let Some(cost) = result.usage.cost {
            *self.cost.get_or_insert(0.0) += cost;
        }
    }

    /// How far the run is; with a bar on a terminal of so many columns, of which the last stays free: a line that wraps
    /// cannot be written over. What was done comes first, then what is known of the rest, then the label, then the bar.
    fn line(&self, width: Option<usize>) -> String {
        let done = self.kept + self.ended;
        let seconds = self.begun.elapsed().as_secs_f64();
        let rate = if seconds > 0.0 { self.ended as f64 / seconds } else { 0.0 };
        let mut told = format!("{done}/{}", self.all);
        if done > 0 {
            told += &format!(", mean score {:.3}", self.scores / done as f64);
        }
        told += &format!(", {rate:.1} trials/s");
        if let Some(cost) = self.cost {
            told += &format!(", ${cost:.4}");
        }
        if rate > 0.0 && done < self.all {
            told += &format!(", {} left", short_time((self.all - done) as f64 / rate));
        }
        let Some(width) = width else { return format!("{} {told}", self.label) };
        let told: String = told.chars().take(width.saturating_sub(1)).collect();
        // A blank goes behind the label, and one behind the bar.
        let room = width.saturating_sub(told.chars().count() + 2);
        let label: String = self.label.chars().take(room).collect();
        let cells = room.saturating_sub(label.chars().count() + 1).min(CELLS);
        let full = cells * done / self.all.max(1);
        let bar = ["█".repeat(full), "░".repeat(cells - full)].concat();
        [label, bar, told].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
    }
}

/// A span of time in the unit that fits.
fn short_time(seconds: f64) -> String {
    match seconds.ceil() {
        short if short < 100.0 => format!("{short:.0} s"),
        medium if medium < 6_000.0 => format!("{:.0} min", (medium / 60.0).ceil()),
        long => format!("{:.1} h", long / 3_600.0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_fits_its_terminal() {
        let check = |width: Option<usize>, expect: &str| {
            let tally = Tally {
                label: "a-model-of-some-name".to_owned(),
                begun: Instant::now() + Duration::from_secs(60),
                all: 10,
                kept: 0,
                ended: 5,
                scores: 2.5,
                cost: None,
            };
            let line = tally.line(width);
            assert!(width.is_none_or(|width| line.chars().count() < width), "{line}");
            assert_eq!(line, expect);
        };
        check(None, "a-model-of-some-name 5/10, mean score 0.500, 0.0 trials/s");
        let bar = "████████████░░░░░░░░░░░░";
        check(Some(100), &format!("a-model-of-some-name {bar} 5/10, mean score 0.500, 0.0 trials/s"));
        check(Some(68), "a-model-of-some-name ████░░░░░ 5/10, mean score 0.500, 0.0 trials/s");
        check(Some(50), "a-model-of-s 5/10, mean score 0.500, 0.0 trials/s");
        check(Some(20), "5/10, mean score 0.");
        check(Some(1), "");
    }

    #[test]
    fn times_fit_their_unit() {
        let check = |seconds: f64, expect: &str| assert_eq!(short_time(seconds), expect);
        check(0.2, "1 s");
        check(99.0, "99 s");
        check(100.0, "2 min");
        check(7_200.0, "2.0 h");
    }
}
