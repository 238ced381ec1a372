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
/// Cells of the bar.
const CELLS: usize = 24;

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
        let label = label.chars().take(30).map(crate::diag::visible).collect();
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
        say_over(format_args!("{}\u{1b}[K", tally.line(true)));
    } else {
        say(tally.line(false));
    }
}

impl Tally {
    fn add(&mut self, result: &TrialResult) {
        self.scores += result.score;
        if let Some(cost) = result.usage.cost {
            *self.cost.get_or_insert(0.0) += cost;
        }
    }

    fn line(&self, with_bar: bool) -> String {
        let done = self.kept + self.ended;
        let seconds = self.begun.elapsed().as_secs_f64();
        let rate = if seconds > 0.0 { self.ended as f64 / seconds } else { 0.0 };
        let mut line = format!("{} ", self.label);
        if with_bar {
            let full = CELLS * done / self.all.max(1);
            line += &format!("{}{} ", "█".repeat(full), "░".repeat(CELLS - full));
        }
        line += &format!("{done}/{}", self.all);
        if done > 0 {
            line += &format!(", mean score {:.3}", self.scores / done as f64);
        }
        line += &format!(", {rate:.1} trials/s");
        if let Some(cost) = self.cost {
            line += &format!(", ${cost:.4}");
        }
        if rate > 0.0 && done < self.all {
            line += &format!(", {} left", short_time((self.all - done) as f64 / rate));
        }
        line
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
    use super::short_time;

    #[test]
    fn times_fit_their_unit() {
        let check = |seconds: f64, expect: &str| assert_eq!(short_time(seconds), expect);
        check(0.2, "1 s");
        check(99.0, "99 s");
        check(100.0, "2 min");
        check(7_200.0, "2.0 h");
    }
}
