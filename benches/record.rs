//! Durable steps a second against an fdatasync for each, and recorded steps replayed a minute.
//! `cargo bench --bench record`; the folder is `TMPDIR`'s, so name a disk that is one.

#![allow(clippy::print_stdout, reason = "a benchmark prints its figures")]

use std::fs::File;
use std::future::poll_fn;
use std::io::Write;
use std::path::Path;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::thread::available_parallelism;
use std::time::{Duration, Instant};

use support_ops_env::agent::{Agent, Random};
use support_ops_env::episode::Episode;
use support_ops_env::pack::load_embedded;
use support_ops_env::protocol::{ActionType, StepResult, ToolUseAction};
use support_ops_env::record::{Durable, Episodes, LogReader, Receipt, Recorder, Recording, log_files, replay_all};
use support_ops_env::task::{Catalog, Task};

/// Clients that each wait for one step before they take the next.
const WRITERS: usize = 64;
/// How long each way of writing is measured.
const SPAN: Duration = Duration::from_secs(3);
/// Episodes that are replayed.
const EPISODES: u64 = 60_000;

fn main() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let catalog = Catalog::new(load_embedded().packs);

    let each = sync_each(folder.path());
    println!("{:<58} {each:>12.0} a second", "fdatasync for each step of 300 bytes");
    for writers in [1, 8, WRITERS] {
        let steps = durable(&folder.path().join(format!("threads-{writers}")), &catalog, writers);
        let name = format!("durable steps, {writers} writers, a thread each");
        println!("{name:<58} {steps:>12.0} a second, {:.1} times", steps / each);
    }
    for writers in [WRITERS, 16 * WRITERS] {
        let steps = durable_tasks(&folder.path().join(format!("tasks-{writers}")), &catalog, writers);
        let name = format!("durable steps, {writers} writers on one thread, as a server's");
        println!("{name:<58} {steps:>12.0} a second, {:.1} times", steps / each);
    }

    let log = folder.path().join("replay");
    record(&log, &catalog);
    for threads in [1, available_parallelism().map_or(1, usize::from)] {
        let mut episodes = Episodes::open(&log).expect("a log");
        let start = Instant::now();
        let tally = replay_all(&mut episodes, &catalog, threads).expect("the log can be read");
        let took = start.elapsed().as_secs_f64();
        assert_eq!(tally.same, tally.episodes, "{:?}", tally.others.first());
        let rate = tally.steps as f64 * 60.0 / took;
        let name = format!("recorded steps replayed, {threads} threads, {} steps", tally.steps);
        println!("{name:<58} {rate:>12.0} a minute");
    }
    let start = Instant::now();
    let records = LogReader::new(log_files(&log).expect("a log")).count();
    let rate = records as f64 / start.elapsed().as_secs_f64();
    println!("{:<58} {rate:>12.0} a second", "records read and checked");
}

/// Steps a second, where each is written and brought to the disk by itself.
fn sync_each(folder: &Path) -> f64 {
    let mut file = File::create(folder.join("each")).expect("a file");
    let record = [b'x'; 300];
    let start = Instant::now();
    let mut steps = 0;
    while start.elapsed() < SPAN {
        file.write_all(&record).expect("a disk with room");
        file.sync_data().expect("a disk that works");
        steps += 1;
    }
    f64::from(steps) / start.elapsed().as_secs_f64()
}

/// An episode that goes on for ever: where it ends, the next begins.
struct Player {
    recorder: Arc<Recorder>,
    task: Arc<Task>,
    episode: Episode,
    recording: Recording,
    action: ToolUseAction,
}

impl Player {
    fn new(recorder: &Arc<Recorder>, task: &Arc<Task>) -> Player {
        let episode = Episode::start(task.clone(), "bench".into(), None);
        let (recording, _) = recorder.begin(&episode);
        let action = ToolUseAction::new(ActionType::SearchPolicy, Some("a question of some length".to_owned()));
        Player { recorder: recorder.clone(), task: task.clone(), episode, recording, action }
    }

    fn step(&mut self) -> Receipt {
        if self.episode.is_done() {
            self.episode = Episode::start(self.task.clone(), "bench".into(), None);
            self.recording = self.recorder.begin(&self.episode).0;
        }
        let result: StepResult = self.episode.step(&self.action);
        self.recording.step(&self.episode, &result).expect("a step waits")
    }
}

fn open(folder: &Path, durable: Durable) -> Arc<Recorder> {
    Recorder::open(folder, durable, |why| panic!("{why}")).expect("a folder").0
}

/// Acknowledged steps a second of so many threads.
fn durable(folder: &Path, catalog: &Catalog, writers: usize) -> f64 {
    let recorder = open(folder, Durable::Step);
    let start = Instant::now();
    let steps: u64 = std::thread::scope(|scope| {
        let each = |_| {
            scope.spawn(|| {
                let mut player = Player::new(&recorder, &catalog.tasks()[0]);
                let mut steps = 0;
                while start.elapsed() < SPAN {
                    player.step().wait().expect("a disk that works");
                    steps += 1;
                }
                steps
            })
        };
        let threads: Vec<_> = (0..writers).map(each).collect();
        threads.into_iter().map(|thread| thread.join().expect("no writer fails")).sum()
    });
    steps as f64 / start.elapsed().as_secs_f64()
}

/// Acknowledged steps a second of so many writers that one thread serves, each waiting for its own receipt.
fn durable_tasks(folder: &Path, catalog: &Catalog, writers: usize) -> f64 {
    let recorder = open(folder, Durable::Step);
    let mut players: Vec<Player> = (0..writers).map(|_| Player::new(&recorder, &catalog.tasks()[0])).collect();
    let mut receipts: Vec<Receipt> = players.iter_mut().map(Player::step).collect();
    let start = Instant::now();
    let mut steps = 0_u64;
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    runtime.block_on(async {
        while start.elapsed() < SPAN {
            // Whoever has been answered takes the next step; the others go on waiting.
            poll_fn(|context| {
                let mut moved = false;
                for (player, receipt) in players.iter_mut().zip(&mut receipts) {
                    if is_ready(receipt, context) {
                        *receipt = player.step();
                        steps += 1;
                        moved = true;
                    }
                }
                if moved { Poll::Ready(()) } else { Poll::Pending }
            })
            .await;
        }
    });
    steps as f64 / start.elapsed().as_secs_f64()
}

fn is_ready(receipt: &mut Receipt, context: &mut Context<'_>) -> bool {
    let first = Pin::new(&mut *receipt).poll(&mut Context::from_waker(Waker::noop()));
    let outcome = if first.is_ready() { first } else { Pin::new(receipt).poll(context) };
    match outcome {
        Poll::Ready(outcome) => {
            outcome.expect("a disk that works");
            true
        }
        Poll::Pending => false,
    }
}

/// Records episodes of the random agent.
fn record(folder: &Path, catalog: &Catalog) {
    let recorder = open(folder, Durable::Off);
    for seed in 0..EPISODES {
        let task = &catalog.tasks()[usize::try_from(seed).expect("few") % catalog.tasks().len()];
        let mut episode = Episode::start(task.clone(), format!("e{seed}").into(), Some(seed));
        let (mut recording, receipt) = recorder.begin(&episode);
        receipt.map_or(Ok(()), Receipt::wait).expect("a disk that works");
        let mut agent = Random::new(seed);
        let mut last = episode.observe();
        while let Some(action) = agent.act(task, &last).filter(|_| !last.done) {
            last = episode.step(&action);
            recording.step(&episode, &last).map_or(Ok(()), Receipt::wait).expect("a disk that works");
        }
    }
    recorder.close().expect("a disk that works");
}
