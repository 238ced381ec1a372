//! What is done to a folder's log before it is written on: a torn end is cut off and kept beside.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use super::format::{HEADER_BYTES, render_header};
use super::reader::{Fault, FileReader, ReadError, file_name, files_in, first_in_name};

/// What was found in the folder that is written on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recovery {
    /// The file that was written last; `None` in a folder without a log.
    pub file: Option<PathBuf>,
    /// Good records in it.
    pub records: u64,
    /// What is wrong with it.
    pub faults: Vec<Fault>,
    /// Its torn end, if it had one.
    pub cut: Option<Cut>,
}

/// The end of a file that held no whole record any more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cut {
    /// Where the file ends now.
    pub offset: u64,
    /// How many bytes went.
    pub bytes: u64,
    /// Where they are kept.
    pub kept: PathBuf,
}

/// Where writing goes on.
pub(super) struct Place {
    pub(super) file: File,
    /// Bytes in the file.
    pub(super) length: u64,
    /// The next record's number.
    pub(super) next: u64,
}

/// Brings the folder's log to where it can be written on. A file is continued while it is shorter than `most` bytes
/// and whole; one with bad bytes in front of good records is left as it is, and another is begun.
pub(super) fn recover(folder: &Path, most: u64) -> Result<(Place, Recovery), ReadError> {
    let cannot = |path: &Path| {
        let path = path.to_owned();
        move |source| ReadError { path, source }
    };
    let mut recovery = Recovery { file: None, records: 0, faults: Vec::new(), cut: None };
    let Some(path) = files_in(folder).map_err(cannot(folder))?.pop() else {
        let place = begin_file(folder, 1).map_err(cannot(folder))?;
        return Ok((place, recovery));
    };
    let first = first_in_name(&path).expect("only such names are listed");
    let mut reader = FileReader::open(path.clone(), Some(first))?;
    // What records say is of no matter here: a restart is not to wait for it.
    while reader.next_frame()?.is_some() {
        recovery.records += 1;
    }
    let next = reader.expected.unwrap_or(first);
    recovery.file = Some(path.clone());
    recovery.faults = reader.faults;
    let length = fs::metadata(&path).map_err(cannot(&path))?.len();
    let torn = recovery.faults.last().filter(|fault| !fault.goes_on).map(|fault| fault.offset);
    if let Some(offset) = torn {
        recovery.cut = Some(cut(&path, offset, length).map_err(cannot(&path))?);
    }
    let length = torn.unwrap_or(length);
    let whole = recovery.faults.iter().all(|fault| !fault.goes_on) && length >= HEADER_BYTES as u64;
    let place = if whole && length < most {
        let mut file = OpenOptions::new().write(true).open(&path).map_err(cannot(&path))?;
        file.seek(SeekFrom::Start(length)).map_err(cannot(&path))?;
        Place { file, length, next }
    } else {
        // A file that is not even a header leaves its name to the new one.
        if length < HEADER_BYTES as u64 {
            fs::remove_file(&path).map_err(cannot(&path))?;
        }
        begin_file(folder, next).map_err(cannot(folder))?
    };
    Ok((place, recovery))
}

/// Makes the file whose records begin with this number, so that it is there after a power cut, too.
pub(super) fn begin_file(folder: &Path, first: u64) -> io::Result<Place> {
    let mut file = OpenOptions::new().write(true).create_new(true).open(folder.join(file_name(first)))?;
    file.write_all(&render_header(first))?;
    file.sync_all()?;
    sync_folder(folder)?;
    Ok(Place { file, length: HEADER_BYTES as u64, next: first })
}

/// Moves the bytes from `offset` on into a file beside, which is on disk before they go.
fn cut(path: &Path, offset: u64, length: u64) -> io::Result<Cut> {
    let mut file = OpenOptions::new().read(true).write(true).open(path)?;
    file.seek(SeekFrom::Start(offset))?;
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let names = (0_u32..).map(|number| match number {
        0 => format!("{name}.torn-{offset}"),
        _ => format!("{name}.torn-{offset}-{number}"),
    });
    for kept in names.map(|name| path.with_file_name(name)) {
        let mut beside = match OpenOptions::new().write(true).create_new(true).open(&kept) {
            Ok(beside) => beside,
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => continue,
            Err(error) => return Err(error),
        };
        io::copy(&mut Read::by_ref(&mut file).take(length.saturating_sub(offset)), &mut beside)?;
        beside.sync_all()?;
        file.set_len(offset)?;
        file.sync_all()?;
        if let Some(folder) = path.parent() {
            sync_folder(folder)?;
        }
        return Ok(Cut { offset, bytes: length.saturating_sub(offset), kept });
    }
    unreachable!("there is always another name")
}

/// Makes new names of a folder durable.
#[cfg(unix)]
fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

/// Elsewhere a folder cannot be opened to be synced; its names are the system's business.
#[cfg(not(unix))]
fn sync_folder(_: &Path) -> io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use tempfile::TempDir;

    use crate::agent::{Agent, Random};
    use crate::episode::Episode;
    use crate::pack::load_embedded;
    use crate::record::{Durable, Flaw, LogReader, Record, Recorder, log_files};
    use crate::task::Catalog;

    use super::*;

    /// How much of a log's end is damaged, byte by byte.
    const END: usize = 4096;

    /// Records so many random episodes into the folder.
    fn play(folder: &Path, episodes: u64) -> Recovery {
        let catalog = Catalog::new(load_embedded().packs);
        let (recorder, recovery) = Recorder::open(folder, Durable::Off, |why| panic!("{why}")).expect("a folder");
        for seed in 0..episodes {
            let task = &catalog.tasks()[usize::try_from(seed).expect("few") % catalog.tasks().len()];
            let mut episode = Episode::start(task.clone(), Arc::from(format!("e{seed}")), Some(seed));
            let (mut recording, _) = recorder.begin(&episode);
            let mut agent = Random::new(seed);
            let mut last = episode.observe();
            while let Some(action) = agent.act(task, &last).filter(|_| !last.done) {
                last = episode.step(&action);
                let _ = recording.step(&episode, &last);
            }
        }
        recorder.close().expect("everything is written");
        recovery
    }

    fn read(path: &Path) -> (Vec<Record>, Vec<Fault>) {
        let mut reader = LogReader::new(log_files(path).expect("a log"));
        let records = reader.by_ref().map(|record| record.expect("it can be read")).collect();
        (records, reader.faults().to_vec())
    }

    /// A log of one file.
    struct Log {
        folder: TempDir,
        path: PathBuf,
        bytes: Vec<u8>,
        records: Vec<Record>,
        /// Where each record begins and ends.
        places: Vec<(usize, usize)>,
    }

    fn log() -> Log {
        let folder = tempfile::tempdir().expect("a folder");
        play(folder.path(), 12);
        let path = log_files(folder.path()).expect("a log").pop().expect("a file");
        let bytes = fs::read(&path).expect("the file");
        assert!(bytes.len() > END + HEADER_BYTES, "{} bytes", bytes.len());
        let (records, faults) = read(folder.path());
        assert_eq!(faults, []);
        let mut at = HEADER_BYTES;
        let mut places = Vec::new();
        while at < bytes.len() {
            let head = super::super::format::parse_frame_head(&bytes[at..]).expect("a frame");
            let end = at + super::super::format::FRAME_BYTES + head.length;
            places.push((at, end));
            at = end;
        }
        assert_eq!(places.len(), records.len());
        Log { folder, path, bytes, records, places }
    }

    #[test]
    fn a_log_cut_anywhere_keeps_every_whole_record_and_tells_the_rest() {
        let Log { folder, path, bytes, records, places } = log();
        for length in bytes.len() - END..bytes.len() {
            fs::write(&path, &bytes[..length]).expect("the file");
            let (found, faults) = read(&path);
            let whole = places.iter().filter(|(_, end)| *end <= length).count();
            assert_eq!(found, records[..whole], "{length} bytes");
            let good = places[..whole].last().map_or(HEADER_BYTES, |(_, end)| *end);
            let told: Vec<(u64, u64, bool)> =
                faults.iter().map(|fault| (fault.offset, fault.bytes, fault.goes_on)).collect();
            let expect = (length > good).then_some((good as u64, (length - good) as u64, false));
            assert_eq!(told, Vec::from_iter(expect), "{length} bytes");
            // Every one of them is mended alike; bringing each to the disk would take long.
            if length % 257 == 0 {
                let recovery = play(folder.path(), 1);
                assert_eq!(recovery.records, whole as u64);
                if let Some(cut) = recovery.cut {
                    assert_eq!(fs::read(cut.kept).expect("what was cut"), bytes[good..length]);
                }
                let (again, faults) = read(folder.path());
                assert_eq!((&again[..whole], faults), (&records[..whole], vec![]), "{length} bytes");
                assert_eq!(again[whole].sequence, whole as u64 + 1);
            }
        }
    }

    #[test]
    fn a_flipped_bit_costs_one_record_and_is_told() {
        let Log { folder: _folder, path, bytes, records, places } = log();
        for at in bytes.len() - END..bytes.len() {
            let mut flipped = bytes.clone();
            flipped[at] ^= 1 << (at % 8);
            fs::write(&path, &flipped).expect("the file");
            let (found, faults) = read(&path);
            let hit = places.iter().position(|(begin, end)| (*begin..*end).contains(&at)).expect("a record");
            let mut expect = records.clone();
            expect.remove(hit);
            assert_eq!(found, expect, "byte {at}");
            let fault = &faults[0];
            assert_eq!((fault.offset, fault.goes_on), (places[hit].0 as u64, hit + 1 < places.len()), "byte {at}");
            assert_eq!(faults.len(), 1, "byte {at}: {faults:?}");
        }
    }

    #[test]
    fn a_file_without_a_whole_header_leaves_its_name_to_the_next() {
        for length in [0, 1, HEADER_BYTES - 1, HEADER_BYTES] {
            let folder = tempfile::tempdir().expect("a folder");
            let path = folder.path().join(file_name(41));
            fs::write(&path, &render_header(41)[..length]).expect("the file");
            let recovery = play(folder.path(), 1);
            assert_eq!((recovery.records, recovery.cut.is_some()), (0, length < HEADER_BYTES));
            let (records, faults) = read(folder.path());
            assert_eq!((records[0].sequence, faults), (41, vec![]));
            assert_eq!(log_files(folder.path()).expect("a log"), [path]);
        }
    }

    #[test]
    fn good_records_behind_bad_bytes_are_never_cut_off() {
        let Log { folder, path, bytes, records, places } = log();
        let mut flipped = bytes.clone();
        flipped[places[3].0 + 20] ^= 1;
        fs::write(&path, &flipped).expect("the file");
        let recovery = play(folder.path(), 1);
        assert_eq!(recovery.cut, None);
        assert_eq!(recovery.records, records.len() as u64 - 1);
        assert_eq!(fs::read(&path).expect("the file"), flipped);
        let files = log_files(folder.path()).expect("a log");
        assert_eq!(files.len(), 2);
        let (found, faults) = read(folder.path());
        assert_eq!(found[records.len() - 1].sequence, records.len() as u64 + 1);
        assert_eq!(faults.len(), 1);
        assert_eq!(faults[0].flaw, Flaw::Checksum);
    }

    #[test]
    fn a_log_whose_numbers_are_used_up_takes_no_more() {
        for first in [u64::MAX - 1, u64::MAX] {
            let folder = tempfile::tempdir().expect("a folder");
            let path = folder.path().join(file_name(first));
            let mut bytes = render_header(first).to_vec();
            super::super::format::push_frame(&mut bytes, u64::MAX, b"{}");
            fs::write(&path, bytes).expect("the file");
            let (records, faults) = read(folder.path());
            assert_eq!((records, faults[0].flaw), (vec![], Flaw::Number));
            let (recorder, recovery) = Recorder::open(folder.path(), Durable::Off, |_| {}).expect("a folder");
            assert_eq!(recovery.records, 0);
            let catalog = Catalog::new(load_embedded().packs);
            let task = catalog.tasks()[0].clone();
            let play = |id: &str| drop(recorder.begin(&Episode::start(task.clone(), Arc::from(id), None)));
            play("a");
            play("b");
            assert!(recorder.close().is_err_and(|error| error.to_string().contains("no numbers left")));
        }
    }

    #[test]
    fn bytes_before_and_between_records_are_told() {
        let Log { folder: _folder, path, bytes, records, places } = log();
        let check = |change: &dyn Fn(&mut Vec<u8>), lost: std::ops::Range<usize>, flaw: Flaw| {
            let mut changed = bytes.clone();
            change(&mut changed);
            fs::write(&path, &changed).expect("the file");
            let (found, faults) = read(&path);
            let mut expect = records.clone();
            expect.drain(lost);
            assert_eq!(found, expect);
            assert_eq!(faults.iter().map(|fault| fault.flaw).collect::<Vec<_>>(), [flaw]);
        };
        check(&|bytes| bytes[0] = b'x', 0..0, Flaw::Magic);
        check(&|bytes| bytes[15] = 1, 0..0, Flaw::Checksum);
        let (begin, end) = places[5];
        check(&|bytes| drop(bytes.drain(begin..end)), 5..6, Flaw::Sequence { expected: 6, found: 7 });
        let doubled = |bytes: &mut Vec<u8>| {
            let record = bytes[begin..end].to_vec();
            bytes.splice(end..end, record);
        };
        check(&doubled, 0..0, Flaw::Sequence { expected: 7, found: 6 });
        check(&|bytes| drop(bytes.splice(begin..begin, [0; 100])), 0..0, Flaw::Length(0));
    }
}
