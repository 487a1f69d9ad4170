//! Files written whole or not at all.

use std::fs::{File, Metadata, OpenOptions};
use std::io::{BufWriter, ErrorKind, Seek, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use crate::text::shown_path;

/// How the names of files begin that [`replace_file`] has not finished.
pub const UNFINISHED: &str = ".writing-";

/// A file that could not be written. What stood under its name before is unchanged.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// The name's ending says no format that can be written.
    #[error("{}: must end in {allowed}", shown_path(path))]
    Extension {
        /// The path asked for.
        path: PathBuf,
        /// Endings that can be written.
        allowed: &'static str,
    },
    /// The path names a folder.
    #[error("{}: is a directory; expected the name of a file", shown_path(.0))]
    Directory(PathBuf),
    /// The path names a disk.
    #[error("{}: is a disk or a part of one; expected a file, a pipe or a terminal", shown_path(.0))]
    Disk(PathBuf),
    /// The folder it should stand in does not exist.
    #[error("{}: there is no folder {}", shown_path(path), shown_path(folder))]
    NoFolder {
        /// The path asked for.
        path: PathBuf,
        /// The missing folder.
        folder: PathBuf,
    },
    /// The system refused.
    #[error("{}: cannot be written: {source}", shown_path(path))]
    Unwritable {
        /// The path asked for.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
}

/// Writes a file: first under another name in the same folder, then renamed, so that a failure leaves neither half a
/// file nor an old one destroyed.
///
/// Links are followed: the file they lead to is replaced and keeps its permissions. What takes bytes as they come (a
/// pipe, a terminal, `/dev/stdout`) gets the finished content, or nothing where `write` fails.
///
/// # Errors
/// [`WriteError`] if the folder is missing, the path is a folder or a disk, or the system refuses.
pub fn replace_file(
    path: &Path,
    write: impl FnOnce(&mut BufWriter<&mut File>) -> std::io::Result<()>,
) -> Result<(), WriteError> {
    let unwritable = |source| WriteError::Unwritable { path: path.to_owned(), source };
    match Target::of(path)? {
        Target::Plain(target) => {
            let file = finished(path, folder_of(&target), write)?;
            if let Ok(old) = std::fs::metadata(&target) {
                file.as_file().set_permissions(old.permissions()).map_err(unwritable)?;
            }
            file.persist(&target).map_err(|error| unwritable(error.error))?;
            Ok(())
        }
        Target::Stream(target) => {
            let mut file = tempfile::tempfile().map_err(unwritable)?;
            fill(&mut file, write).and_then(|()| file.rewind()).map_err(unwritable)?;
            copy_to(&target, &mut file).map_err(unwritable)
        }
    }
}

/// Writes a file under a name that is not taken, whole or not at all: that of `path`, or the first free one of
/// `name_2.ending`, `name_3.ending` and so on, however many write at once. Returns the path taken.
///
/// # Errors
/// As [`replace_file`].
pub fn new_file(
    path: &Path,
    write: impl FnOnce(&mut BufWriter<&mut File>) -> std::io::Result<()>,
) -> Result<PathBuf, WriteError> {
    let mut file = finished(path, folder_of(path), write)?;
    let mut chosen = path.to_owned();
    for count in 2_u64.. {
        match file.persist_noclobber(&chosen) {
            Ok(_) => break,
            Err(taken) if taken.error.kind() == ErrorKind::AlreadyExists => file = taken.file,
            Err(refused) => return Err(WriteError::Unwritable { path: chosen, source: refused.error }),
        }
        let mut name = path.file_stem().unwrap_or_default().to_owned();
        name.push(format!("_{count}"));
        if let Some(ending) = path.extension() {
            name.push(".");
            name.push(ending);
        }
        chosen = path.with_file_name(name);
    }
    Ok(chosen)
}

/// What a path leads to.
enum Target {
    /// A plain file, there or not; no link any more.
    Plain(PathBuf),
    /// What takes bytes as they come.
    Stream(PathBuf),
}

impl Target {
    fn of(path: &Path) -> Result<Self, WriteError> {
        let mut target = path.to_owned();
        // As many links as Linux follows; a ring of them is refused by the system below.
        for _ in 0..40 {
            // A link to what this process has open does not name it: that may have no name, or be written to already.
            if is_of_process(&target) {
                return Ok(Self::Stream(target));
            }
            let Ok(next) = std::fs::read_link(&target) else { break };
            target = folder_of(&target).join(next);
        }
        match std::fs::metadata(&target) {
            Ok(found) if found.is_dir() => Err(WriteError::Directory(path.to_owned())),
            Ok(found) if is_disk(&found) => Err(WriteError::Disk(path.to_owned())),
            Ok(found) if !found.is_file() => Ok(Self::Stream(target)),
            Ok(_) => Ok(Self::Plain(target)),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(Self::Plain(target)),
            Err(source) => Err(WriteError::Unwritable { path: path.to_owned(), source }),
        }
    }
}

/// Whether a path is one of the system's views of processes, such as `/dev/fd/3`.
fn is_of_process(path: &Path) -> bool {
    folder_of(path).canonicalize().is_ok_and(|folder| folder.starts_with("/proc"))
}

#[cfg(unix)]
fn is_disk(found: &Metadata) -> bool {
    use std::os::unix::fs::FileTypeExt;
    found.file_type().is_block_device()
}

#[cfg(not(unix))]
fn is_disk(_: &Metadata) -> bool {
    false
}

/// The folder a path stands in.
fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// A file under a passing name in a folder, with its content safe on the disk; `path` is the one that was asked for.
fn finished(
    path: &Path,
    folder: &Path,
    write: impl FnOnce(&mut BufWriter<&mut File>) -> std::io::Result<()>,
) -> Result<NamedTempFile, WriteError> {
    if !folder.is_dir() {
        return Err(WriteError::NoFolder { path: path.to_owned(), folder: folder.to_owned() });
    }
    let unwritable = |source| WriteError::Unwritable { path: path.to_owned(), source };
    let mut file = new_file_in(folder).map_err(unwritable)?;
    fill(file.as_file_mut(), write).map_err(unwritable)?;
    // Without this a crash of the machine could leave the new name with no content.
    file.as_file().sync_all().map_err(unwritable)?;
    Ok(file)
}

fn fill(
    file: &mut File,
    write: impl FnOnce(&mut BufWriter<&mut File>) -> std::io::Result<()>,
) -> std::io::Result<()> {
    let mut buffer = BufWriter::new(file);
    write(&mut buffer)?;
    buffer.flush()
}

/// Copies a finished content to a stream.
fn copy_to(stream: &Path, content: &mut File) -> std::io::Result<()> {
    // This process writes to its own outputs from where it stands in them; a new opening of a file would stand at its
    // beginning.
    let is_descriptor = |number: &str| stream.file_name().is_some_and(|name| name == number);
    if is_of_process(stream) && is_descriptor("1") {
        let mut output = std::io::stdout().lock();
        std::io::copy(content, &mut output)?;
        return output.flush();
    }
    if is_of_process(stream) && is_descriptor("2") {
        return std::io::copy(content, &mut std::io::stderr().lock()).map(drop);
    }
    let mut output = OpenOptions::new().append(true).open(stream)?;
    std::io::copy(content, &mut output)?;
    output.flush()
}

/// A temporary file that will be readable by whom the user's settings allow, as any file they write.
fn new_file_in(folder: &Path) -> std::io::Result<NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(UNFINISHED);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        builder.permissions(std::fs::Permissions::from_mode(0o666));
    }
    builder.tempfile_in(folder)
}
