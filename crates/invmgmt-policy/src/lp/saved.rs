//! Programmes that were not solved, saved for another solver where somebody asked for it.

use std::fmt;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use super::Programme;
use super::mps::to_mps;

/// Most programmes a process saves: one that fails in every period would fill the disk.
pub const MOST_SAVED: usize = 20;

/// The folder asked for, and how many more may be saved there.
static FOLDER: Mutex<Option<(PathBuf, usize)>> = Mutex::new(None);

/// Has programmes that are not solved from now on saved in a folder, which is made (for its owner only) if it is
/// missing; none: no longer. It holds for the whole process, as the bound [`MOST_SAVED`] does.
///
/// # Errors
/// The folder cannot be made, or is something else; nothing is changed then.
pub fn save_programmes(folder: Option<&Path>) -> std::io::Result<()> {
    if let Some(folder) = folder {
        make_private(folder)?;
    }
    let chosen = folder.map(|folder| (folder.to_owned(), MOST_SAVED));
    *FOLDER.lock().unwrap_or_else(PoisonError::into_inner) = chosen;
    Ok(())
}

fn make_private(folder: &Path) -> std::io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// What became of a programme that was not solved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Saved {
    /// Nobody asked for it.
    NotAsked,
    /// It is in this file.
    As(PathBuf),
    /// [`MOST_SAVED`] were saved before.
    Enough,
    /// The file could not be written.
    Failed(String),
}

impl fmt::Display for Saved {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotAsked => f.write_str(
                " (--save-programmes, in Python policies.save_programmes, keeps such programmes for another solver)",
            ),
            Self::As(path) => write!(f, "; it is saved as {}", path.display()),
            Self::Enough => write!(f, "; it is not saved, for {MOST_SAVED} are already"),
            Self::Failed(reason) => write!(f, "; it could not be saved: {reason}"),
        }
    }
}

/// Saves a programme under a name that was not there before, readable by its owner only.
pub(super) fn save(programme: &Programme, right: &[f64]) -> Saved {
    let folder = {
        let mut folder = FOLDER.lock().unwrap_or_else(PoisonError::into_inner);
        match &mut *folder {
            None => return Saved::NotAsked,
            Some((_, 0)) => return Saved::Enough,
            Some((folder, left)) => {
                *left -= 1;
                folder.clone()
            }
        }
    };
    let write = || -> std::io::Result<PathBuf> {
        let mut file = tempfile::Builder::new().prefix("programme-").suffix(".mps").tempfile_in(&folder)?;
        file.write_all(to_mps(programme, right).as_bytes())?;
        Ok(file.into_temp_path().keep()?)
    };
    write().map_or_else(|error| Saved::Failed(format!("{}: {error}", folder.display())), Saved::As)
}
