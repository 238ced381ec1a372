//! Writing the files of a run's folder, which somebody else may have made.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;
use std::sync::{Mutex, PoisonError};

/// Writes a file of a folder whole, or leaves the one that is there: it is written beside it first, where no link leads
/// elsewhere.
pub(super) fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut beside = path.as_os_str().to_owned();
    beside.push(".new");
    let beside = Path::new(&beside);
    match fs::remove_file(beside) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut file = File::create_new(beside)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(beside, path)
}

/// What lines are appended to.
pub(super) trait Tail: Write {
    /// How long it is.
    fn length(&self) -> io::Result<u64>;
    /// Cuts off what stands behind so many bytes.
    fn cut(&self, length: u64) -> io::Result<()>;
    /// Returns when everything is on the disk.
    fn sync(&self) -> io::Result<()>;
}

impl Tail for File {
    fn length(&self) -> io::Result<u64> {
        Ok(self.metadata()?.len())
    }

    fn cut(&self, length: u64) -> io::Result<()> {
        self.set_len(length)
    }

    fn sync(&self) -> io::Result<()> {
        self.sync_data()
    }
}

/// A file of lines that grows by one at a time, from any thread.
#[derive(Debug)]
pub(super) struct Lines<T = File> {
    /// The file, and whether a line could not be written: then none is any more, since nobody knows what stands there.
    file: Mutex<(T, bool)>,
}

impl<T: Tail> Lines<T> {
    /// The file, opened for appending, which ends with a whole line.
    pub(super) fn new(file: T) -> Lines<T> {
        Lines { file: Mutex::new((file, false)) }
    }

    /// Appends a line; it is on the disk when this returns. Where it cannot be written whole, nothing of it stays.
    pub(super) fn push(&self, mut line: Vec<u8>) -> io::Result<()> {
        line.push(b'\n');
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        let (file, is_spoilt) = &mut *file;
        if *is_spoilt {
            return Err(io::Error::other("a line before it could not be written; --resume goes on when there is room"));
        }
        let length = file.length()?;
        file.write_all(&line).and_then(|()| file.sync()).inspect_err(|_| {
            *is_spoilt = true;
            // Should that fail too, half a line is left at the end, which readers pass over.
            let _ = file.cut(length);
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A disk with room for so many bytes.
    struct Full {
        written: std::cell::RefCell<Vec<u8>>,
        room: usize,
    }

    impl Write for Full {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            let written = self.written.get_mut();
            let fits = bytes.len().min(self.room - written.len());
            written.extend_from_slice(&bytes[..fits]);
            if fits == 0 { Err(io::ErrorKind::StorageFull.into()) } else { Ok(fits) }
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    impl Tail for Full {
        fn length(&self) -> io::Result<u64> {
            Ok(self.written.borrow().len() as u64)
        }

        fn cut(&self, length: u64) -> io::Result<()> {
            self.written.borrow_mut().truncate(length as usize);
            Ok(())
        }

        fn sync(&self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_line_is_written_whole_or_not_at_all() {
        let lines = Lines::new(Full { written: Vec::new().into(), room: 9 });
        lines.push(b"first".to_vec()).expect("there is room");
        assert_eq!(lines.push(b"second".to_vec()).expect_err("half of it fits").kind(), io::ErrorKind::StorageFull);
        lines.file.lock().expect("no thread panics").0.room = 99;
        let error = lines.push(b"third".to_vec()).expect_err("nobody knows what is missing");
        assert!(error.to_string().contains("--resume"), "{error}");
        assert_eq!(lines.file.into_inner().expect("no thread panics").0.written.into_inner(), b"first\n");
    }
}
