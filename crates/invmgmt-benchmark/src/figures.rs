//! Key figures of an episode: the published ones by their formulas, and better ones beside them.

use std::ops::Range;

use std::sync::LazyLock;

use invmgmt::episode::{
    KEY_FIGURES, KeyFigure, Measured, Recorded, Symbol, Trajectory, kpis, places, variance,
};
use invmgmt::network::{ManagedIx, Network, TableIndex};
use invmgmt::period::CostParts;
use invmgmt_data::Case;
use serde::{Deserialize, Serialize};

/// A variance of demand below this is none [units^2].
const NEGLIGIBLE: f64 = 1e-8;

/// Names of the key figures, in the order of [`Figures::values`] and of the columns of `episodes.csv`: those that the
/// engine's list names for the benchmark. The first twelve are the published ones.
pub const FIGURES: [&str; 32] = [
    "profit",
    "fill_rate",
    "service_level",
    "avg_inventory",
    "unfulfilled",
    "revenue",
    "procurement_cost",
    "holding_cost",
    "operating_cost",
    "backlog_penalty",
    "fixed_order_cost",
    "bullwhip_ratio",
    "demand",
    "sold",
    "service_level_tolerant",
    "immediate_fill_rate",
    "company_revenue",
    "company_procurement_cost",
    "salvage",
    "final_inventory",
    "late_share",
    "mean_wait",
    "cycle_service",
    "days_of_supply",
    "waste_share",
    "overflow",
    "cap_utilisation",
    "capacity_utilisation",
    "late_penalty",
    "waste_cost",
    "overflow_cost",
    "joint_cost",
];

/// The rows of the engine's list, in the order of [`FIGURES`].
static ROWS: LazyLock<[&KeyFigure; FIGURES.len()]> = LazyLock::new(|| FIGURES.map(row_of));

/// The row of the engine's list that the benchmark shows under this name.
fn row_of(name: &str) -> &'static KeyFigure {
    let row = KEY_FIGURES.iter().find(|figure| figure.names.benchmark == Some(name));
    row.expect("a test finds the row of every name")
}

/// Where `profit` stands among [`FIGURES`].
pub const PROFIT: usize = 0;

/// Key figures of one episode, over its scored periods.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Figures {
    /// One number per name in [`FIGURES`]; what they are stands in `docs/figures.md`.
    pub values: [f64; FIGURES.len()],
    /// Variance of filled orders over that of demand, per echelon, the one next to the customers first; empty where
    /// demand does not vary [1].
    pub bullwhip_by_echelon: Vec<f64>,
}

impl Figures {
    /// Whether they could be those of an episode on this network.
    pub(crate) fn is_of(&self, network: &Network) -> bool {
        let levels = stages(network);
        let ratios = &self.bullwhip_by_echelon;
        (ratios.is_empty() || ratios.len() == levels)
            && ratios.iter().chain(&self.values).all(|value| value.is_finite())
    }

    /// Discounted profit of all nodes [money].
    pub fn profit(&self) -> f64 {
        self.values[PROFIT]
    }

    /// Measures the scored periods of a record. `parts` are the discounted cost parts of those periods.
    ///
    /// # Errors
    /// In words, if a figure is not finite or the parts do not add up to the profit.
    pub(crate) fn of(problem: &Case, record: &Trajectory, parts: &CostParts) -> Result<Self, String> {
        let network = &*problem.network;
        let window = problem.window();
        let history = record.window(&window);
        let kpis = kpis(network, history);
        let places = places(network, history);
        let recorded = Recorded { problem, history, first: window.start };
        let (places, parts_known) = (Some(&places), Some(parts));
        let measured = Measured { network, kpis: &kpis, places, parts: parts_known, record: Some(&recorded) };
        // As published, no share is above 1: stock that was short before may fill more than was wanted since.
        let values = ROWS.each_ref().map(|row| {
            let value = row.value(&measured).expect("all is known");
            if row.key == "fill_rate" { value.min(1.0) } else { value }
        });
        if let Some(position) = values.iter().position(|value| !value.is_finite()) {
            return Err(format!(
                "{} is {}; the run left the range of numbers",
                FIGURES[position], values[position]
            ));
        }
        check_sum(kpis.total_profit, parts)?;
        let demand = totals(record[Symbol::Demand].values.as_slice(), network.market.len(), &window);
        let demand_variance = variance(&demand);
        let mut bullwhip_by_echelon = Vec::new();
        if demand_variance >= NEGLIGIBLE {
            let filled = filled_by_echelon(network, record, &window);
            bullwhip_by_echelon.extend(filled.iter().map(|filled| variance(filled) / demand_variance));
        }
        if !bullwhip_by_echelon.iter().all(|ratio| ratio.is_finite()) {
            return Err("the variance of filled orders left the range of numbers".to_owned());
        }
        Ok(Self { values, bullwhip_by_echelon })
    }
}

/// Revenue less all costs must be the profit, as the published benchmark demands.
fn check_sum(profit: f64, parts: &CostParts) -> Result<(), String> {
    let sum = parts.profit();
    if (sum - profit).abs() <= 1e-6 + 1e-8 * profit.abs() {
        return Ok(());
    }
    Err(format!("the cost parts add up to {sum}, the profit is {profit}"))
}

/// Sums over columns, per scored period.
fn totals(values: &[f64], columns: usize, window: &Range<usize>) -> Vec<f64> {
    window.clone().map(|t| values[t * columns..(t + 1) * columns].iter().sum()).collect()
}

/// How many echelons there are, counted from the customers up: the nodes of one stage each.
fn stages(network: &Network) -> usize {
    network.stages().rows().iter().copied().max().unwrap_or(0)
}

/// Units filled for the buyers of each echelon, per scored period.
fn filled_by_echelon(network: &Network, record: &Trajectory, window: &Range<usize>) -> Vec<Vec<f64>> {
    let echelon = network.stages();
    let mut filled = vec![vec![0.0; window.len()]; stages(network)];
    for (point, t) in window.clone().enumerate() {
        for (units, link) in record[Symbol::Filled].row(t).iter().zip(network.supply.rows()) {
            filled[echelon[link.buyer] - 1][point] += units;
        }
    }
    filled
}

/// How one episode went, for a chart: all per period.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Course {
    /// Stock on hand at the end of each period, per echelon [units].
    pub stock: Vec<Vec<f64>>,
    /// Units on order at the end of each period, per echelon of the buyer [units].
    pub pipeline: Vec<Vec<f64>>,
    /// Demand of all markets [units].
    pub demand: Vec<f64>,
    /// Unmet demand of all markets [units].
    pub unmet: Vec<f64>,
}

impl Course {
    /// Whether it could be the course of an episode of this length: a finite number per echelon and period.
    pub(crate) fn is_of(&self, network: &Network, periods: usize) -> bool {
        let levels = stages(network);
        let is_whole =
            |values: &Vec<f64>| values.len() == periods && values.iter().all(|value| value.is_finite());
        let per_level = [&self.stock, &self.pipeline];
        per_level.iter().all(|rows| rows.len() == levels && rows.iter().all(is_whole))
            && is_whole(&self.demand)
            && is_whole(&self.unmet)
    }

    /// Reads a record.
    pub(crate) fn of(network: &Network, record: &Trajectory) -> Self {
        let echelon = network.stages();
        let levels = stages(network);
        let periods = record.periods_played;
        let mut course = Self {
            stock: vec![vec![0.0; periods]; levels],
            pipeline: vec![vec![0.0; periods]; levels],
            demand: totals(&record[Symbol::Demand].values, network.market.len(), &(0..periods)),
            unmet: totals(&record[Symbol::Unmet].values, network.market.len(), &(0..periods)),
        };
        for t in 0..periods {
            let (stocks, on_order) = (record[Symbol::OnHand].row(t + 1), record[Symbol::OnOrder].row(t + 1));
            for (node, row) in network.managed.iter() {
                course.stock[echelon[node] - 1][t] += stocks[row.node.position()];
            }
            for (units, link) in on_order.iter().zip(network.supply.rows()) {
                // Rounding leaves pipelines a hair below zero; an axis would show it.
                course.pipeline[echelon[link.buyer] - 1][t] += units.max(0.0);
            }
        }
        course
    }
}

/// Names of the managed nodes of each echelon, in words.
pub(crate) fn echelon_names(network: &Network) -> Vec<String> {
    let echelon = network.stages();
    let levels = stages(network);
    let nodes_of = |level: usize| -> Vec<String> {
        let nodes = network.managed.indices().filter(|&node: &ManagedIx| echelon[node] == level);
        nodes.map(|node| network.managed_id(node).to_string()).collect()
    };
    (1..=levels)
        .map(|level| {
            let nodes = nodes_of(level);
            match nodes.len() {
                1..=6 => format!("Echelon {level}: {}", nodes.join(", ")),
                many => format!("Echelon {level}: {many} nodes"),
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_columns_are_the_figures_that_the_list_names_for_the_benchmark() {
        let mut columns = FIGURES.to_vec();
        let mut listed: Vec<&str> = KEY_FIGURES.iter().filter_map(|figure| figure.names.benchmark).collect();
        columns.sort_unstable();
        listed.sort_unstable();
        assert_eq!(columns, listed);
        assert_eq!(FIGURES.map(row_of)[PROFIT].key, "total_profit");
    }
}
