//! A program of any language: it reads what is seen as JSON lines on its stdin and writes actions on its stdout.
//!
//! A process for each trial, so that trials share nothing. Three threads serve its pipes, so that one that writes without
//! end, never reads, or hangs, costs its own trial and nothing else. `docs/evaluating.md` shows the lines.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, SyncSender, channel, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::eval::run::Stop;
use crate::eval::{ErrorKind, Player, PlayerError, Trial, Usage};
use crate::protocol::{StepResult, ToolUseAction};

#[cfg(target_os = "linux")]
use super::kin::Kin;

/// The longest line of a program: an action at its limit, with every character escaped, takes less than half of it.
const MAX_LINE_BYTES: u64 = 256 << 10;
/// How often in a row a line may be no action.
const MAX_SLIPS: u32 = 3;
/// Lines that are read ahead.
const LINES_AHEAD: usize = 4;
/// What of a program's stderr is kept of one trial.
const MAX_NOTES_BYTES: usize = 64 << 10;
/// How long a program may take to end by itself after the last answer.
const GRACE: Duration = Duration::from_secs(2);
/// How often it is looked whether it has.
const LOOK: Duration = Duration::from_millis(5);
/// How often it is looked whether the run is to stop.
const LOOK_FOR_STOP: Duration = Duration::from_millis(200);

/// How programs are run.
#[derive(Debug, Clone)]
pub struct ProgramSettings {
    /// The program and its arguments.
    pub words: Vec<String>,
    /// How long one action may take.
    pub patience: Duration,
    /// Asked, no action is waited for any more.
    pub stop: Arc<Stop>,
    /// Where what programs write on stderr goes, a head line before each trial's.
    pub notes: Notes,
}

/// Where programs' stderr goes.
pub(crate) type Notes = Arc<Mutex<File>>;

/// A program that plays one trial.
#[derive(Debug)]
pub struct Program {
    name: String,
    trial: Trial,
    patience: Duration,
    stop: Arc<Stop>,
    child: Child,
    /// What is to be written to it; dropped, its stdin ends.
    says: Option<Sender<Vec<u8>>>,
    lines: Receiver<Line>,
    /// The last of its stderr, once it has ended.
    notes: Option<JoinHandle<String>>,
    has_begun: bool,
    usage: Usage,
}

/// What a program's stdout holds.
#[derive(Debug)]
enum Line {
    Whole(Vec<u8>),
    TooLong,
    Broken(io::Error),
}

/// What a line says.
enum Said {
    Act(ToolUseAction),
    GiveUp,
}

impl Program {
    /// Starts the program for this trial.
    ///
    /// # Errors
    /// It cannot be started; the run ends where there is no such program.
    pub fn start(settings: &ProgramSettings, trial: &Trial) -> Result<Program, PlayerError> {
        let name = settings.words.first().cloned().unwrap_or_default();
        let mut command = Command::new(&name);
        command.args(settings.words.get(1..).unwrap_or_default());
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        // Of its own group: what it starts is stopped with it, and an interrupt from the keyboard is ours to handle.
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        let cannot = |error: io::Error| PlayerError {
            kind: ErrorKind::Program,
            message: format!("cannot start `{name}`: {error}; no shell is used, write `cmd:sh -c '…'` for one"),
            ends_run: matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::PermissionDenied),
        };
        let mut child = command.spawn().map_err(cannot)?;
        let (Some(stdin), Some(stdout), Some(stderr)) = (child.stdin.take(), child.stdout.take(), child.stderr.take())
        else {
            return Err(cannot(io::Error::other("it has no pipes")));
        };
        let (says, to_write) = channel();
        std::thread::spawn(move || write_lines(stdin, &to_write));
        let (found, lines) = sync_channel(LINES_AHEAD);
        std::thread::spawn(move || read_lines(stdout, &found));
        let (head, kept) = (format!("--- {trial}\n"), settings.notes.clone());
        let notes = std::thread::spawn(move || keep_notes(stderr, &head, &kept));
        Ok(Program {
            name,
            trial: trial.clone(),
            patience: settings.patience,
            stop: settings.stop.clone(),
            child,
            says: Some(says),
            lines,
            notes: Some(notes),
            has_begun: false,
            usage: Usage::default(),
        })
    }

    fn say(&self, message: &Value) {
        let mut line = message.to_string().into_bytes();
        line.push(b'\n');
        if let Some(says) = &self.says {
            // A program that no longer reads is found out by what it no longer writes.
            let _ = says.send(line);
        }
    }

    fn show(&mut self, seen: &StepResult) {
        let mut message = json!({
            "type": "step",
            "observation": &seen.observation,
            "reward": seen.reward,
            "done": seen.done,
        });
        if !self.has_begun {
            self.has_begun = true;
            message["type"] = "reset".into();
            message["trial"] = json!(&self.trial);
        }
        self.say(&message);
    }

    /// The next line before `until`; its bytes.
    fn hear(&mut self, until: Instant) -> Result<Vec<u8>, PlayerError> {
        let heard = loop {
            let left = until.saturating_duration_since(Instant::now());
            match self.lines.recv_timeout(left.min(LOOK_FOR_STOP)) {
                Err(RecvTimeoutError::Timeout) if left > LOOK_FOR_STOP && !self.stop.is_asked() => {}
                heard => break heard,
            }
        };
        match heard {
            Ok(Line::Whole(line)) => Ok(line),
            Ok(Line::TooLong) => Err(self.broke(format!("wrote a line of more than {MAX_LINE_BYTES} bytes"))),
            Ok(Line::Broken(error)) => Err(self.broke(format!("cannot be read: {error}"))),
            Err(RecvTimeoutError::Timeout) => {
                let seconds = self.patience.as_secs_f64();
                Err(self.broke(format!("gave no action within {seconds} s; --timeout allows more")))
            }
            Err(RecvTimeoutError::Disconnected) => {
                let status = self.reap();
                let last = self.last_note();
                let last = if last.is_empty() { String::new() } else { format!("; it said: {last}") };
                Err(self.broke(format!("ended before the episode did ({status}){last}")))
            }
        }
    }

    fn broke(&mut self, what: String) -> PlayerError {
        self.count();
        PlayerError::of_trial(ErrorKind::Program, format!("`{}` {what}", self.name))
    }

    fn count(&mut self) {
        *self.usage.errors.entry(ErrorKind::Program).or_default() += 1;
    }

    /// The last line of its stderr. What it has started may hold on to that and go on: that is not waited for.
    fn last_note(&mut self) -> String {
        let until = Instant::now() + GRACE;
        while self.notes.as_ref().is_some_and(|notes| !notes.is_finished()) && Instant::now() < until {
            std::thread::sleep(LOOK);
        }
        let notes = self.notes.take().filter(JoinHandle::is_finished);
        notes.and_then(|notes| notes.join().ok()).unwrap_or_default()
    }

    /// Waits until it ends by itself, kills it and whatever it has started, and says how it ended.
    fn reap(&mut self) -> String {
        #[cfg(target_os = "linux")]
        // The number of one that has ended may be another's by now.
        let kin = matches!(self.child.try_wait(), Ok(None)).then(|| Kin::of(self.child.id())).unwrap_or_default();
        let status = self.wait_or_kill();
        #[cfg(target_os = "linux")]
        kin.kill();
        status
    }

    fn wait_or_kill(&mut self) -> String {
        self.says = None;
        let until = Instant::now() + GRACE;
        loop {
            match self.child.try_wait() {
                Ok(None) if Instant::now() < until => std::thread::sleep(LOOK),
                Ok(Some(status)) => {
                    kill_group(&self.child);
                    return status.to_string();
                }
                _ => break,
            }
        }
        kill_group(&self.child);
        let _ = self.child.kill();
        let _ = self.child.wait();
        "it was killed".to_owned()
    }
}

impl Player for Program {
    fn act(&mut self, seen: &StepResult) -> Result<Option<ToolUseAction>, PlayerError> {
        self.show(seen);
        let until = Instant::now() + self.patience;
        let mut slips = 0;
        loop {
            let line = self.hear(until)?;
            if line.iter().all(u8::is_ascii_whitespace) {
                continue;
            }
            match parse_line(&line) {
                Ok(Said::Act(action)) => return Ok(Some(action)),
                Ok(Said::GiveUp) => return Ok(None),
                Err(what) => {
                    slips += 1;
                    if slips > MAX_SLIPS {
                        return Err(
                            self.broke(format!("wrote {slips} lines in a row that are no action; the last: {what}"))
                        );
                    }
                    self.count();
                    self.say(&json!({ "type": "error", "message": what, "attempts_left": MAX_SLIPS + 1 - slips }));
                }
            }
        }
    }

    fn end(&mut self, last: &StepResult) {
        self.show(last);
    }

    fn usage(&self) -> Usage {
        self.usage.clone()
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        self.reap();
    }
}

#[cfg(unix)]
fn kill_group(child: &Child) {
    let group = i32::try_from(child.id()).ok().and_then(rustix::process::Pid::from_raw);
    if let Some(group) = group {
        // There is none where everything has ended already.
        let _ = rustix::process::kill_process_group(group, rustix::process::Signal::KILL);
    }
}

/// Elsewhere there are no such groups: what a program has started goes on.
#[cfg(not(unix))]
fn kill_group(_: &Child) {}

/// Reads `{"action": {…}}`, a bare action, or `{"give_up": true}`.
fn parse_line(line: &[u8]) -> Result<Said, String> {
    let wrong = |what: String| {
        format!("{what}; write {{\"action\": {{…}}}} or {{\"give_up\": true}}, and anything else to stderr")
    };
    let value: Value = serde_json::from_slice(line).map_err(|error| wrong(format!("the line is no JSON: {error}")))?;
    let Value::Object(mut fields) = value else { return Err(wrong("the line is no object".to_owned())) };
    if fields.get("give_up").is_some_and(|value| *value == Value::Bool(true)) {
        return Ok(Said::GiveUp);
    }
    let action = fields.remove("action").unwrap_or(Value::Object(fields));
    serde_json::from_value(action).map(Said::Act).map_err(|error| wrong(format!("this is no action: {error}")))
}

fn write_lines(mut stdin: ChildStdin, lines: &Receiver<Vec<u8>>) {
    while let Ok(line) = lines.recv() {
        if stdin.write_all(&line).and_then(|()| stdin.flush()).is_err() {
            return;
        }
    }
}

fn read_lines(stdout: impl Read, found: &SyncSender<Line>) {
    let mut stdout = BufReader::new(stdout);
    loop {
        let mut line = Vec::new();
        let read = stdout.by_ref().take(MAX_LINE_BYTES + 1).read_until(b'\n', &mut line);
        let is_too_long = line.len() as u64 > MAX_LINE_BYTES;
        let line = match read {
            Ok(0) => return,
            Ok(_) if is_too_long => Line::TooLong,
            Ok(_) => Line::Whole(line),
            Err(error) => Line::Broken(error),
        };
        let goes_on = matches!(line, Line::Whole(_));
        if found.send(line).is_err() || !goes_on {
            return;
        }
    }
}

/// Keeps the beginning of what a program says on stderr, and returns the last line of it.
fn keep_notes(mut stderr: impl Read, head: &str, notes: &Notes) -> String {
    let mut buffer = [0; 8 << 10];
    let mut kept = 0;
    let mut tail: Vec<u8> = Vec::new();
    while let Ok(read @ 1..) = stderr.read(&mut buffer) {
        let new = &buffer[..read];
        tail.extend_from_slice(new);
        let beyond = tail.len().saturating_sub(1_024);
        tail.drain(..beyond);
        let fits = &new[..read.min(MAX_NOTES_BYTES - kept)];
        if !fits.is_empty() {
            let mut notes = notes.lock().unwrap_or_else(PoisonError::into_inner);
            // Notes are for people who look for a fault; a disk that is full shows elsewhere.
            let _ = if kept == 0 { notes.write_all(head.as_bytes()) } else { Ok(()) };
            let _ = notes.write_all(fits);
            kept += fits.len();
        }
    }
    let text = String::from_utf8_lossy(&tail);
    let last = text.lines().rev().find(|line| !line.trim().is_empty()).unwrap_or_default();
    last.trim().chars().take(200).map(crate::diag::visible).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_read() {
        let check = |line: &str, expect: &str| {
            let found = match parse_line(line.as_bytes()) {
                Ok(Said::Act(action)) => action.action_type.as_str().to_owned(),
                Ok(Said::GiveUp) => "gives up".to_owned(),
                Err(what) => what,
            };
            assert!(found.starts_with(expect), "{line}: {found}");
        };
        check(r#"{"action":{"action_type":"review_ticket"}}"#, "review_ticket");
        check(r#"{"action_type":"draft_reply","message":"x","query":null}"#, "draft_reply");
        check(r#"{"give_up":true}"#, "gives up");
        check(r#"{"give_up":false}"#, "this is no action: unknown field `give_up`");
        check("[]", "the line is no object");
        check("hello", "the line is no JSON");
        check(r#"{"action":null}"#, "this is no action");
        check(r#"{"action":{"action_type":"fly"}}"#, "this is no action: unknown variant `fly`");
    }
}
