//! Files written whole or not at all.

use std::fs::File;
use std::io::{BufWriter, Write};
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
/// # Errors
/// [`WriteError`] if the folder is missing, the path is a folder or the system refuses.
pub fn replace_file(
    path: &Path,
    write: impl FnOnce(&mut BufWriter<&mut File>) -> std::io::Result<()>,
) -> Result<(), WriteError> {
    if path.is_dir() {
        return Err(WriteError::Directory(path.to_owned()));
    }
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    if !folder.is_dir() {
        return Err(WriteError::NoFolder { path: path.to_owned(), folder: folder.to_owned() });
    }
    let unwritable = |source| WriteError::Unwritable { path: path.to_owned(), source };
    let mut file = new_file_in(folder).map_err(unwritable)?;
    let mut buffer = BufWriter::new(file.as_file_mut());
    write(&mut buffer).and_then(|()| buffer.flush()).map_err(unwritable)?;
    drop(buffer);
    // Without this a crash of the machine could leave the new name with no content.
    file.as_file().sync_all().map_err(unwritable)?;
    file.persist(path).map_err(|error| unwritable(error.error))?;
    Ok(())
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
