//! The textbook solvers, for Python: one function per problem, numbers or a network in, tuples out.

use std::collections::HashMap;
use std::fmt::Display;

use invmgmt::period::Rules;
use invmgmt_textbook::clark_scarf::{SerialStage, SerialSystem};
use invmgmt_textbook::eoq::{OrderQuantity, SupplyFailures};
use invmgmt_textbook::guaranteed_service::{GuaranteedService, TreeStage};
use invmgmt_textbook::newsvendor::{Newsvendor, NewsvendorForm};
use invmgmt_textbook::reorder_level::ReorderLevel;
use invmgmt_textbook::reorder_quantity::ReorderQuantity;
use invmgmt_textbook::wagner_whitin::LotSizing;
use invmgmt_textbook::{Demand, ProblemView};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

use crate::demand::Demand as DemandCore;
use crate::network::Network;

/// A refused input or shape as Python's `ValueError`.
fn refused(error: impl Display) -> PyErr {
    PyValueError::new_err(error.to_string())
}

/// What is played: a network, its demand, and periods, backlog and discount.
type Played<'py> = (Bound<'py, Network>, Bound<'py, DemandCore>, (usize, bool, f64));

/// Reads what is played and hands it to a solver.
fn of_problem<T>(played: &Played<'_>, solve: impl FnOnce(ProblemView<'_>) -> PyResult<T>) -> PyResult<T> {
    let (network, demand, (num_periods, backlog, discount)) = played;
    let (demand, rules) = (demand.borrow(), Rules { backlog: *backlog, discount: *discount });
    let network = &network.get().compiled;
    solve(ProblemView { network, demand: &demand.model, rules, num_periods: *num_periods })
}

/// Demand from its law's name and numbers.
fn demand(law: &str, numbers: Vec<f64>) -> PyResult<Demand> {
    match (law, numbers.as_slice()) {
        ("poisson", &[mean]) => Ok(Demand::Poisson { mean }),
        ("normal", &[mean, deviation]) => Ok(Demand::Normal { mean, deviation }),
        ("discrete", _) => Ok(Demand::Discrete { probabilities: numbers }),
        _ => Err(PyValueError::new_err(format!("demand is {law} with {} numbers", numbers.len()))),
    }
}

/// Quantity, backordered share and cost; `failures` are the supplier's rates of failing and recovering, and the cost of
/// a lost sale.
#[pyfunction]
#[pyo3(signature = (fixed_cost, holding_cost, demand_rate, backorder_cost, failures))]
pub fn textbook_eoq(
    fixed_cost: f64,
    holding_cost: f64,
    demand_rate: f64,
    backorder_cost: Option<f64>,
    failures: Option<(f64, f64, f64)>,
) -> PyResult<(f64, f64, f64)> {
    let failures = failures.map(|(failure_rate, recovery_rate, stockout_cost)| SupplyFailures {
        failure_rate,
        recovery_rate,
        stockout_cost,
    });
    let problem = OrderQuantity { fixed_cost, holding_cost, backorder_cost, demand_rate, failures };
    let solved = problem.solve().map_err(refused)?;
    Ok((solved.quantity, solved.backordered_share, solved.cost))
}

/// Level, cost and ready rate of one of the forms of the problem, by the names of its numbers.
#[pyfunction]
#[pyo3(signature = (numbers, demand_law))]
pub fn textbook_newsvendor(
    numbers: HashMap<String, f64>,
    demand_law: Option<(String, Vec<f64>)>,
) -> PyResult<(f64, f64, f64)> {
    let number = |name: &str| numbers.get(name).copied();
    let form = NewsvendorForm {
        holding_cost: number("holding_cost"),
        penalty: number("penalty"),
        service_level: number("service_level"),
        price: number("price"),
        cost: number("cost"),
        salvage: number("salvage"),
        level: number("level"),
        lead_time: number("lead_time"),
        demand: demand_law.map(|(law, numbers)| demand(&law, numbers)).transpose()?,
    };
    let solved = form.solve().map_err(refused)?;
    Ok((solved.level, solved.cost, solved.ready_rate))
}

/// As `textbook_newsvendor`, of one node that holds stock; of a level given, its cost and ready rate.
#[pyfunction]
#[pyo3(signature = (played, level=None))]
pub fn textbook_newsvendor_of(played: Played<'_>, level: Option<f64>) -> PyResult<(f64, f64, f64)> {
    let problem = of_problem(&played, |problem| Newsvendor::from_problem(problem).map_err(refused))?;
    let solved = level.map_or_else(|| problem.solve(), |level| problem.at_level(level)).map_err(refused)?;
    Ok((solved.level, solved.cost, solved.ready_rate))
}

/// Reorder point, quantity and cost.
#[pyfunction]
pub fn textbook_reorder_quantity(
    fixed_cost: f64,
    holding_cost: f64,
    backorder_cost: f64,
    law: &str,
    numbers: Vec<f64>,
    lead_time: f64,
) -> PyResult<(f64, f64, f64)> {
    let demand = demand(law, numbers)?;
    let problem = ReorderQuantity { fixed_cost, holding_cost, backorder_cost, demand, lead_time };
    let solved = problem.solve().map_err(refused)?;
    Ok((solved.reorder_point, solved.quantity, solved.cost))
}

/// Levels s and S, and cost.
#[pyfunction]
pub fn textbook_reorder_level(
    fixed_cost: f64,
    holding_cost: f64,
    penalty: f64,
    lead_time: f64,
    law: &str,
    numbers: Vec<f64>,
) -> PyResult<(i64, i64, f64)> {
    let demand = demand(law, numbers)?;
    reorder_level(&ReorderLevel { fixed_cost, holding_cost, penalty, lead_time, demand, constant_cost: 0.0 })
}

/// As `textbook_reorder_level`, of one node that holds stock.
#[pyfunction]
pub fn textbook_reorder_level_of(played: Played<'_>) -> PyResult<(i64, i64, f64)> {
    reorder_level(&of_problem(&played, |problem| ReorderLevel::from_problem(problem).map_err(refused))?)
}

fn reorder_level(problem: &ReorderLevel) -> PyResult<(i64, i64, f64)> {
    let solved = problem.solve().map_err(refused)?;
    Ok((solved.reorder_level, solved.order_up_to, solved.cost))
}

/// Echelon levels, local levels and cost; of levels given, their cost.
type Serial = (Vec<f64>, Vec<f64>, f64);

/// Echelon levels, local levels and cost, stages (echelon holding cost, lead time) from the customer upwards.
#[pyfunction]
#[pyo3(signature = (stages, penalty, law, numbers, levels=None))]
pub fn textbook_clark_scarf(
    stages: Vec<(f64, f64)>,
    penalty: f64,
    law: &str,
    numbers: Vec<f64>,
    levels: Option<Vec<f64>>,
) -> PyResult<Serial> {
    let stage = |(echelon_holding_cost, lead_time)| SerialStage { echelon_holding_cost, lead_time };
    let stages = stages.into_iter().map(stage).collect();
    let system = SerialSystem { stages, penalty, demand: demand(law, numbers)?, constant_cost: 0.0 };
    serial(&system, levels)
}

/// As `textbook_clark_scarf`, of a serial network.
#[pyfunction]
#[pyo3(signature = (played, levels=None))]
pub fn textbook_clark_scarf_of(played: Played<'_>, levels: Option<Vec<f64>>) -> PyResult<Serial> {
    serial(&of_problem(&played, |problem| SerialSystem::from_problem(problem).map_err(refused))?, levels)
}

fn serial(system: &SerialSystem, levels: Option<Vec<f64>>) -> PyResult<Serial> {
    if let Some(levels) = levels {
        let cost = system.cost_of(&levels).map_err(refused)?;
        let below = [0.0].into_iter().chain(levels.iter().copied());
        let local = levels.iter().zip(below).map(|(level, below)| level - below).collect();
        return Ok((levels, local, cost));
    }
    let solved = system.solve().map_err(refused)?;
    Ok((solved.echelon_levels, solved.local_levels, solved.cost))
}

/// Per stage service time, inbound service time, net replenishment time and safety stock; and the cost.
type Placed = (Vec<(usize, usize, usize, f64)>, f64);

/// Placement on a tree; stages are (processing time, holding cost, external inbound time, promised service time,
/// demand deviation), links (supplier, customer) by position.
#[pyfunction]
pub fn textbook_guaranteed_service(
    stages: Vec<(u32, f64, u32, Option<u32>, f64)>,
    links: Vec<(usize, usize)>,
    safety_factor: f64,
) -> PyResult<Placed> {
    let stages = stages.into_iter().map(|stage| TreeStage {
        processing_time: stage.0,
        holding_cost: stage.1,
        external_inbound_time: stage.2,
        promised_service_time: stage.3,
        demand_deviation: stage.4,
    });
    placed(&GuaranteedService { stages: stages.collect(), links, quantities: Vec::new(), safety_factor })
}

/// As `textbook_guaranteed_service`, of a network whose stocking nodes form a tree.
#[pyfunction]
pub fn textbook_guaranteed_service_of(played: Played<'_>, safety_factor: f64) -> PyResult<Placed> {
    let read =
        |problem: ProblemView<'_>| GuaranteedService::from_problem(problem, safety_factor).map_err(refused);
    placed(&of_problem(&played, read)?)
}

fn placed(problem: &GuaranteedService) -> PyResult<Placed> {
    let solved = problem.solve().map_err(refused)?;
    let stages = solved.stages.iter();
    let row = stages.map(|stage| {
        (stage.service_time, stage.inbound_service_time, stage.net_replenishment_time, stage.safety_stock)
    });
    Ok((row.collect(), solved.cost))
}

/// Orders and cost.
#[pyfunction]
pub fn textbook_wagner_whitin(
    demand: Vec<f64>,
    fixed_cost: f64,
    holding_cost: f64,
) -> PyResult<(Vec<f64>, f64)> {
    let solved = LotSizing { demand, fixed_cost, holding_cost }.solve().map_err(refused)?;
    Ok((solved.orders, solved.cost))
}
