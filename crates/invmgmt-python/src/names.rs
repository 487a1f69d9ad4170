//! What somebody who mistyped a name may have meant.

use pyo3::prelude::*;

/// The name nearest to the one found, if one is near.
#[pyfunction]
#[expect(clippy::needless_pass_by_value, reason = "Python's list is read into one of our own")]
pub fn nearest(found: &str, names: Vec<String>) -> Option<String> {
    invmgmt_data::nearest(found, names.iter().map(String::as_str)).map(ToOwned::to_owned)
}
