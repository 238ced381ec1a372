//! Reading a log: every good record in order, and every stretch of bytes that is none.

use std::collections::VecDeque;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use super::event::Event;
use super::format::{FRAME_BYTES, Flaw, FrameHead, HEADER_BYTES, checksum, parse_frame_head, parse_header};
use super::regular::open_regular;

/// What the names of a folder's log files begin and end with; between stands the first sequence number, in 20 digits.
const NAME: (&str, &str) = ("episodes-", ".log");
/// What one read takes in.
const READ_BYTES: usize = 256 << 10;
/// The most bytes that are summed up to find a record behind bad bytes: without a limit a file made for it could take
/// quadratic time.
const MAX_SEARCHED: u64 = 256 << 20;

/// A good record.
#[derive(Debug, Clone, PartialEq)]
pub struct Record {
    /// Its place among all records, from 1.
    pub sequence: u64,
    /// What it says.
    pub event: Event,
}

/// A stretch of a log that holds no good record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// In which file.
    pub file: PathBuf,
    /// Of the first bad byte.
    pub offset: u64,
    /// How many bytes were passed over.
    pub bytes: u64,
    /// What is wrong with the first of them.
    pub flaw: Flaw,
    /// Whether good records follow in the same file: a torn end has none.
    pub goes_on: bool,
}

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Fault { file, offset, bytes, flaw, goes_on } = self;
        let what = if *goes_on { "passed over; good records follow" } else { "at its end are lost" };
        write!(f, "{}: byte {offset}: {flaw}; {bytes} bytes {what}", file.display())
    }
}

/// A log cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("cannot read {}: {source}", path.display())]
pub struct ReadError {
    /// The file or folder.
    pub path: PathBuf,
    /// Why.
    pub source: io::Error,
}

/// The files of a log, in order: those of a folder, or the one that is named.
///
/// # Errors
/// A path that is not there or cannot be read, and a folder without a log.
pub fn log_files(path: &Path) -> Result<Vec<PathBuf>, ReadError> {
    let cannot = |source| ReadError { path: path.to_owned(), source };
    if !std::fs::metadata(path).map_err(cannot)?.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let files = files_in(path).map_err(cannot)?;
    if files.is_empty() {
        let inner = path.join("log");
        let what = match files_in(&inner) {
            Ok(files) if !files.is_empty() => format!("the folder holds no log; did you mean {}?", inner.display()),
            _ => "the folder holds no log".to_owned(),
        };
        return Err(cannot(io::Error::new(io::ErrorKind::NotFound, what)));
    }
    Ok(files)
}

/// The log files in a folder, in order.
pub(super) fn files_in(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if first_in_name(&path).is_some() {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

/// The name of the file whose records begin with this number.
pub(super) fn file_name(first: u64) -> String {
    format!("{}{first:020}{}", NAME.0, NAME.1)
}

/// The number that a log file's name holds; `None` for other names.
pub(super) fn first_in_name(path: &Path) -> Option<u64> {
    let name = path.file_name()?.to_str()?.strip_prefix(NAME.0)?.strip_suffix(NAME.1)?;
    if name.len() == 20 && name.bytes().all(|byte| byte.is_ascii_digit()) { name.parse().ok() } else { None }
}

/// The records of a log's files, one after another. What is no record is passed over and told by
/// [`LogReader::faults`].
#[derive(Debug)]
pub struct LogReader {
    left: VecDeque<PathBuf>,
    current: Option<FileReader>,
    expected: Option<u64>,
    faults: Vec<Fault>,
}

impl LogReader {
    /// Reads these files.
    pub fn new(files: Vec<PathBuf>) -> LogReader {
        LogReader { left: files.into(), current: None, expected: None, faults: Vec::new() }
    }

    /// What was no good record so far.
    pub fn faults(&self) -> &[Fault] {
        &self.faults
    }

    fn advance(&mut self) -> Result<Option<Record>, ReadError> {
        loop {
            let Some(file) = &mut self.current else {
                let Some(path) = self.left.pop_front() else { return Ok(None) };
                self.current = Some(FileReader::open(path, self.expected)?);
                continue;
            };
            let found = file.next();
            self.expected = file.expected;
            self.faults.append(&mut file.faults);
            match found? {
                Some(record) => return Ok(Some(record)),
                None => self.current = None,
            }
        }
    }
}

impl Iterator for LogReader {
    type Item = Result<Record, ReadError>;

    fn next(&mut self) -> Option<Self::Item> {
        let found = self.advance().transpose();
        if matches!(found, Some(Err(_))) {
            // A file that cannot be read is told once, not for ever.
            self.current = None;
        }
        found
    }
}

/// One file of a log.
#[derive(Debug)]
pub(super) struct FileReader {
    path: PathBuf,
    file: File,
    /// Bytes that were read, from `at` on not yet understood.
    window: Vec<u8>,
    at: usize,
    /// The offset of the byte at `at`.
    offset: u64,
    ended: bool,
    begun: bool,
    /// The number that the next record should have; `None` where nothing says it.
    pub(super) expected: Option<u64>,
    /// Bytes of the file up to the end of the last good record before the first fault.
    pub(super) good_bytes: u64,
    pub(super) faults: Vec<Fault>,
}

impl FileReader {
    pub(super) fn open(path: PathBuf, expected: Option<u64>) -> Result<FileReader, ReadError> {
        let file = open_regular(&path).map_err(|source| ReadError { path: path.clone(), source })?;
        Ok(FileReader {
            path,
            file,
            window: Vec::new(),
            at: 0,
            offset: 0,
            ended: false,
            begun: false,
            expected,
            good_bytes: 0,
            faults: Vec::new(),
        })
    }

    /// The next good record.
    pub(super) fn next(&mut self) -> Result<Option<Record>, ReadError> {
        while let Some(FrameHead { length, sequence, .. }) = self.next_frame()? {
            let from = self.offset - (FRAME_BYTES + length) as u64;
            match serde_json::from_slice(&self.window[self.at - length..self.at]) {
                Ok(event) => return Ok(Some(Record { sequence, event })),
                Err(_) => self.fault(from, (FRAME_BYTES + length) as u64, Flaw::Event(sequence), true),
            }
        }
        Ok(None)
    }

    /// The next good record's head, whatever the record says; its payload are the bytes just passed.
    pub(super) fn next_frame(&mut self) -> Result<Option<FrameHead>, ReadError> {
        if !self.begun {
            self.begun = true;
            self.begin()?;
        }
        loop {
            if !self.fill(1)? {
                return Ok(None);
            }
            match self.frame(None)? {
                Ok(head) => {
                    if self.take(head) {
                        return Ok(Some(head));
                    }
                }
                // Sound in itself: records before it are missing, and it is where to go on.
                Err(flaw @ Flaw::Sequence { found, .. }) => {
                    self.fault(self.offset, 0, flaw, true);
                    self.expected = Some(found);
                }
                Err(flaw) => self.pass_over(flaw)?,
            }
        }
    }

    /// Reads the header, or goes on without one.
    fn begin(&mut self) -> Result<(), ReadError> {
        self.fill(HEADER_BYTES)?;
        match parse_header(&self.window[self.at..]) {
            Ok(first) => {
                if let Some(expected) = self.expected.filter(|&expected| expected != first) {
                    let flaw = Flaw::Sequence { expected, found: first };
                    self.fault(0, 0, flaw, true);
                }
                self.expected = Some(first.max(self.expected.unwrap_or(0)));
                self.go(HEADER_BYTES);
                self.good_bytes = self.offset;
                Ok(())
            }
            Err(flaw @ Flaw::Version(_)) => {
                self.fault(0, 0, flaw, false);
                self.skip_all()
            }
            Err(flaw) => self.pass_over(flaw),
        }
    }

    /// The head of the frame that stands here, whose checksum matches and, if `within` is given, whose number is in
    /// that range; else that is expected, if a number is.
    fn frame(&mut self, within: Option<(u64, u64)>) -> Result<Result<FrameHead, Flaw>, ReadError> {
        self.fill(FRAME_BYTES)?;
        let head = match parse_frame_head(&self.window[self.at..]) {
            Ok(head) => head,
            Err(flaw) => return Ok(Err(flaw)),
        };
        // Before the payload is summed up: of bytes that are no frame, nearly none pass.
        if let Some((least, most)) = within
            && !(least..=most).contains(&head.sequence)
        {
            return Ok(Err(Flaw::Sequence { expected: least, found: head.sequence }));
        }
        if !self.fill(FRAME_BYTES + head.length)? {
            return Ok(Err(Flaw::Short));
        }
        let payload = &self.window[self.at + FRAME_BYTES..][..head.length];
        if checksum(head.sequence, payload) != head.checksum {
            return Ok(Err(Flaw::Checksum));
        }
        match self.expected {
            // A number below is a record that was read already: `take` leaves it out.
            Some(expected) if within.is_none() && head.sequence > expected => {
                Ok(Err(Flaw::Sequence { expected, found: head.sequence }))
            }
            _ => Ok(Ok(head)),
        }
    }

    /// Passes the record whose head stands here; whether it is not doubled.
    fn take(&mut self, head: FrameHead) -> bool {
        let FrameHead { length, sequence, .. } = head;
        let (from, bytes) = (self.offset, (FRAME_BYTES + length) as u64);
        self.go(FRAME_BYTES + length);
        let doubled = self.expected.filter(|&expected| sequence < expected);
        if let Some(expected) = doubled {
            self.fault(from, bytes, Flaw::Sequence { expected, found: sequence }, true);
            return false;
        }
        self.expected = Some(sequence + 1);
        if self.good_bytes == from {
            self.good_bytes = self.offset;
        }
        true
    }

    /// Goes on to the next good record, or to the end.
    fn pass_over(&mut self, flaw: Flaw) -> Result<(), ReadError> {
        let from = self.offset;
        let mut searched = 0;
        while self.fill(1)? {
            self.go(1);
            // Every record that was lost took a frame and a byte at least, which limits how far the numbers can be.
            let lost = (self.offset - from) / (FRAME_BYTES as u64 + 1) + 1;
            let within = match self.expected {
                Some(expected) => (expected, expected.saturating_add(lost)),
                None => (1, u64::MAX - 1),
            };
            match self.frame(Some(within))? {
                Ok(head) => {
                    self.fault(from, self.offset - from, flaw, true);
                    self.expected = Some(head.sequence);
                    return Ok(());
                }
                Err(Flaw::Checksum) => {
                    let head = parse_frame_head(&self.window[self.at..]);
                    searched += head.map_or(0, |head| head.length as u64);
                }
                Err(_) => {}
            }
            if searched > MAX_SEARCHED {
                self.skip_all()?;
            }
        }
        self.fault(from, self.offset - from, flaw, false);
        Ok(())
    }

    fn skip_all(&mut self) -> Result<(), ReadError> {
        while self.fill(1)? {
            self.go(self.window.len() - self.at);
        }
        Ok(())
    }

    fn fault(&mut self, offset: u64, bytes: u64, flaw: Flaw, goes_on: bool) {
        self.faults.push(Fault { file: self.path.clone(), offset, bytes, flaw, goes_on });
    }

    fn go(&mut self, bytes: usize) {
        self.at += bytes;
        self.offset += bytes as u64;
    }

    /// Reads on until `need` bytes are there; whether they are.
    fn fill(&mut self, need: usize) -> Result<bool, ReadError> {
        while self.window.len() - self.at < need && !self.ended {
            if self.at > 0 {
                self.window.drain(..self.at);
                self.at = 0;
            }
            let held = self.window.len();
            self.window.resize(held + READ_BYTES.max(need - held), 0);
            let read = loop {
                match self.file.read(&mut self.window[held..]) {
                    Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                    other => break other,
                }
            };
            let read = read.map_err(|source| ReadError { path: self.path.clone(), source })?;
            self.window.truncate(held + read);
            self.ended = read == 0;
        }
        Ok(self.window.len() - self.at >= need)
    }
}
