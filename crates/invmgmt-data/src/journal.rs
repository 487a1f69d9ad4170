//! What a long run has done so far, kept so that a kill at any moment loses nothing and repeats nothing.
//!
//! One line per unit of work, appended with one write: a checksum, a space, and JSON. The first line says what run it
//! is. A last line that is torn is cut off; a damaged line before the last means that somebody edited the file.

use std::fs::{File, OpenOptions};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

/// The first line.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Head {
    /// Of this format.
    format: u32,
    /// Hash of everything that decides the results.
    run: String,
    /// When the run began, in seconds since 1970.
    begun: u64,
}

const FORMAT: u32 = 1;

/// A journal that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum JournalError {
    /// It cannot be read or written.
    #[error("{}: {source}; what was written before is kept, and the same command goes on from there", path.display())]
    Unusable {
        /// The journal.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// Another process writes it.
    #[error("{}: another process writes into this folder; wait for it, or choose another folder", path.display())]
    Busy {
        /// The journal.
        path: PathBuf,
    },
    /// It is of another run.
    #[error("{}: belongs to another run; nothing was changed", path.display())]
    OtherRun {
        /// The journal.
        path: PathBuf,
    },
    /// Somebody edited it.
    #[error("{}: line {line} is not what a run wrote, so the file was edited or damaged; nothing was changed", path.display())]
    Edited {
        /// The journal.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
    },
}

/// An open journal, locked against other processes.
#[derive(Debug)]
pub struct Journal {
    path: PathBuf,
    tail: Mutex<Tail>,
    /// When the run began, in seconds since 1970.
    pub begun: u64,
}

/// The end of the file.
#[derive(Debug)]
struct Tail {
    file: File,
    /// Length of all whole lines in bytes.
    length: u64,
}

impl Journal {
    /// Opens the journal of a run, or begins it; returns what has been finished before. `anew` forgets all of it.
    ///
    /// # Errors
    /// [`JournalError`] if another process holds it, it belongs to another run, or it was edited.
    pub fn open<T: DeserializeOwned>(
        path: &Path,
        run: &str,
        now: u64,
        anew: bool,
    ) -> Result<(Self, Vec<T>), JournalError> {
        let failed = |source| JournalError::Unusable { path: path.to_owned(), source };
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(path)
            .map_err(failed)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(std::fs::TryLockError::WouldBlock) => {
                return Err(JournalError::Busy { path: path.to_owned() });
            }
            Err(std::fs::TryLockError::Error(error)) => return Err(failed(error)),
        }
        if anew {
            file.set_len(0).map_err(failed)?;
        }
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).map_err(failed)?;
        let (lines, sound) =
            sound_lines(&bytes).map_err(|line| JournalError::Edited { path: path.to_owned(), line })?;
        file.set_len(sound as u64).and_then(|()| file.seek(SeekFrom::End(0))).map_err(failed)?;
        let tail = Mutex::new(Tail { file, length: sound as u64 });
        let edited = |line: usize| JournalError::Edited { path: path.to_owned(), line: line + 1 };
        let Some((first, rest)) = lines.split_first() else {
            let head = Head { format: FORMAT, run: run.to_owned(), begun: now };
            let journal = Self { path: path.to_owned(), tail, begun: now };
            journal.append(&head)?;
            return Ok((journal, Vec::new()));
        };
        let head: Head = serde_json::from_str(first).map_err(|_| edited(0))?;
        if head.format != FORMAT || head.run != run {
            return Err(JournalError::OtherRun { path: path.to_owned() });
        }
        let finished = rest
            .iter()
            .enumerate()
            .map(|(line, text)| serde_json::from_str(text).map_err(|_| edited(line + 1)))
            .collect::<Result<Vec<_>, _>>()?;
        Ok((Self { path: path.to_owned(), tail, begun: head.begun }, finished))
    }

    /// Adds a line, whole or (if the process is killed meanwhile) torn.
    ///
    /// # Errors
    /// [`JournalError`] if it cannot be written.
    pub fn append(&self, entry: &impl Serialize) -> Result<(), JournalError> {
        let failed = |source| JournalError::Unusable { path: self.path.clone(), source };
        let json = serde_json::to_string(entry).map_err(|error| failed(error.into()))?;
        let line = format!("{:08x} {json}\n", crc32fast::hash(json.as_bytes()));
        let mut tail = self.tail.lock().unwrap_or_else(PoisonError::into_inner);
        let Tail { file, length } = &mut *tail;
        if let Err(error) = file.write_all(line.as_bytes()) {
            // Half a line, as on a full disk, must not stand before the next; if this fails too, nothing is written
            // behind it, for the run ends.
            let _ = file.set_len(*length).and_then(|()| file.seek(SeekFrom::Start(*length)));
            return Err(failed(error));
        }
        *length += line.len() as u64;
        Ok(())
    }

    /// Ends the journal: everything in it stands in the final files now.
    ///
    /// # Errors
    /// [`JournalError`] if it cannot be taken away.
    pub fn remove(self) -> Result<(), JournalError> {
        std::fs::remove_file(&self.path)
            .map_err(|source| JournalError::Unusable { path: self.path.clone(), source })
    }
}

/// The texts of all sound lines and the number of bytes they take; the first unsound line that is not the last one
/// as an error, counted from 1.
fn sound_lines(bytes: &[u8]) -> Result<(Vec<&str>, usize), usize> {
    let (mut lines, mut sound) = (Vec::new(), 0);
    let mut unsound = None;
    for (position, line) in bytes.split_inclusive(|&byte| byte == b'\n').enumerate() {
        if let Some(line) = unsound {
            return Err(line);
        }
        match sound_line(line) {
            Some(text) => {
                lines.push(text);
                sound += line.len();
            }
            None => unsound = Some(position + 1),
        }
    }
    Ok((lines, sound))
}

fn sound_line(line: &[u8]) -> Option<&str> {
    let text = std::str::from_utf8(line.strip_suffix(b"\n")?).ok()?;
    let (checksum, json) = text.split_once(' ')?;
    let checksum = u32::from_str_radix(checksum, 16).ok()?;
    (checksum == crc32fast::hash(json.as_bytes())).then_some(json)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Unit {
        problem: usize,
        sizes: Vec<f64>,
    }

    fn unit(problem: usize) -> Unit {
        Unit { problem, sizes: vec![0.1 + 0.2] }
    }

    fn opened(path: &Path, run: &str, now: u64) -> Result<(Journal, Vec<Unit>), JournalError> {
        Journal::open(path, run, now, false)
    }

    #[test]
    fn a_torn_tail_is_cut_off_wherever_it_is_torn() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("journal.log");
        let (journal, none) = opened(&path, "run", 7).expect("a new journal");
        assert!(none.is_empty());
        journal.append(&unit(0)).expect("written");
        let sound = std::fs::read(&path).expect("readable").len();
        journal.append(&unit(1)).expect("written");
        drop(journal);
        let whole = std::fs::read(&path).expect("readable");
        for length in sound..whole.len() {
            std::fs::write(&path, &whole[..length]).expect("written");
            let (journal, finished) = opened(&path, "run", 8).expect("resumable");
            assert_eq!(finished, [unit(0)], "torn after {length} bytes");
            assert_eq!(journal.begun, 7);
            journal.append(&unit(1)).expect("written");
            drop(journal);
            assert_eq!(std::fs::read(&path).expect("readable"), whole);
        }
    }

    #[test]
    fn an_edited_line_another_run_and_a_second_process_are_refused() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("journal.log");
        let (journal, _) = opened(&path, "run", 7).expect("a new journal");
        (0..3).for_each(|problem| journal.append(&unit(problem)).expect("written"));
        let busy = opened(&path, "run", 7).expect_err("locked").to_string();
        assert!(busy.contains("another process"), "{busy}");
        drop(journal);
        let other = opened(&path, "another", 7).expect_err("another run").to_string();
        assert!(other.contains("another run"), "{other}");
        let text =
            std::fs::read_to_string(&path).expect("readable").replacen("\"problem\":1", "\"problem\":9", 1);
        std::fs::write(&path, text).expect("written");
        let edited = opened(&path, "run", 7).expect_err("edited").to_string();
        assert!(edited.contains("line 3"), "{edited}");
    }
}
