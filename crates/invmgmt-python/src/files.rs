//! Files that Python writes: whole or not at all, by the one writer there is.

use std::io::Write;
use std::path::PathBuf;

use invmgmt_data::WriteError;
use pyo3::exceptions::{PyFileNotFoundError, PyIsADirectoryError, PyOSError};
use pyo3::prelude::*;

/// Replaces a file, or gives the content to the device or pipe of that name; see `invmgmt_data::replace_file`.
#[pyfunction]
pub fn replace_file(py: Python<'_>, path: PathBuf, content: &[u8]) -> PyResult<()> {
    py.detach(|| invmgmt_data::replace_file(&path, |file| file.write_all(content))).map_err(os_error)
}

/// Writes a file under this name, or one like it that is free; returns the path; see `invmgmt_data::new_file`.
#[pyfunction]
pub fn new_file(py: Python<'_>, path: PathBuf, content: &[u8]) -> PyResult<PathBuf> {
    py.detach(|| invmgmt_data::new_file(&path, |file| file.write_all(content))).map_err(os_error)
}

/// The kind of `OSError` that Python has for it.
fn os_error(error: WriteError) -> PyErr {
    let message = error.to_string();
    match error {
        WriteError::NoFolder { .. } => PyFileNotFoundError::new_err(message),
        WriteError::Directory(_) => PyIsADirectoryError::new_err(message),
        // The system's number chooses the kind and can be read from it.
        WriteError::Unwritable { source, .. } if source.raw_os_error().is_some() => {
            PyOSError::new_err((source.raw_os_error(), message))
        }
        _ => PyOSError::new_err(message),
    }
}
