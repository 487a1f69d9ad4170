//! What somebody who mistyped a name may have meant.

use pyo3::prelude::*;

/// The name nearest to the one found, if one is near.
#[pyfunction]
pub fn nearest(found: &str, names: Vec<String>) -> Option<String> {
    invmgmt_data::nearest(found, names.iter().map(String::as_str)).map(ToOwned::to_owned)
}
