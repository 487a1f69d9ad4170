//! What is played, put together from Python's arguments.

use std::sync::Arc;

use invmgmt::Problem;
use invmgmt::period::Rules;
use pyo3::prelude::*;

use crate::demand::Demand;
use crate::network::Network;
use crate::turn::{ENGINE, shared};

/// The problem these arguments say.
pub fn problem(
    network: &Bound<'_, Network>,
    demand: &Bound<'_, Demand>,
    num_periods: usize,
    backlog: bool,
    discount: f64,
) -> PyResult<Problem> {
    let model = shared(demand, ENGINE)?.model.clone();
    Ok(Problem::new(Arc::clone(&network.get().compiled), model, Rules { backlog, discount }, num_periods))
}
