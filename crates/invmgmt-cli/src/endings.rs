//! Names of files that must end as what is written into them.

use std::path::Path;

use crate::failure::Failure;

/// Refuses a report whose name promises another kind of file than HTML; a name without an ending promises nothing.
pub(crate) fn check_report(path: &Path) -> Result<(), Failure> {
    if path.extension().is_none() { Ok(()) } else { check_ending("--report", path, &["html", "htm"]) }
}

/// Refuses a file name that does not end as it must.
pub(crate) fn check_ending(option: &str, path: &Path, allowed: &[&str]) -> Result<(), Failure> {
    let is_allowed =
        |ending: &std::ffi::OsStr| allowed.iter().any(|known| ending.eq_ignore_ascii_case(known));
    if path.extension().is_some_and(is_allowed) {
        return Ok(());
    }
    Err(Failure::Usage(format!(
        "{option} {}: the name must end in .{}",
        path.to_string_lossy().escape_debug(),
        allowed.join(" or .")
    )))
}
