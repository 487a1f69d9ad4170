//! One stage, one decision: the newsvendor, and the base-stock level of a stage with a lead time.
//!
//! K. J. Arrow, T. Harris and J. Marschak, "Optimal inventory policy", Econometrica 19 (1951); Snyder & Shen (2019),
//! chapter 4. Order first (convention A of `docs/textbook.md`): an order placed in period t arrives in t + L, before
//! demand, so a level is exposed to L + 1 demands; cost is charged on the state at the end of a period and unmet
//! demand waits. With L = 0 it is the newsvendor's single period.

use invmgmt::network::Network;

use super::Demand;
use super::chain;
use super::demand::Total;
use super::error::{InputError, ShapeError, finite, non_negative, positive};
use super::normal;

/// What errors call this solver.
const NAME: &str = "the newsvendor";

/// An instance.
#[derive(Clone, Debug, PartialEq)]
pub struct Newsvendor {
    /// Cost of a unit left over at the end of a period, h [money / unit / period], > 0.
    pub holding_cost: f64,
    /// Cost of a unit short at the end of a period, p [money / unit / period], > 0.
    pub penalty: f64,
    /// Periods from order to receipt, L [periods], >= 0; whole for discrete demand.
    pub lead_time: f64,
    /// Demand of one period.
    pub demand: Demand,
    /// Cost that no decision moves, added to the answer's [money / period]; 0 for the plain problem.
    pub constant_cost: f64,
}

/// The optimum of a [`Newsvendor`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct NewsvendorSolution {
    /// Stock, on hand and on order, to order up to, S [units]; with whole units the smallest of the best.
    pub level: f64,
    /// Expected cost [money / period].
    pub cost: f64,
    /// Probability that nothing is short at the end of a period [1].
    pub ready_rate: f64,
}

/// Prices from which the costs of a single period follow (Snyder & Shen, example 4.2).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Prices {
    /// What a customer pays [money / unit].
    pub selling: f64,
    /// What a unit costs [money / unit].
    pub buying: f64,
    /// What a unit left over brings [money / unit].
    pub salvage: f64,
}

impl Prices {
    /// The single-period problem: a unit left over costs `buying - salvage`, a unit short `selling - buying`.
    /// Expected profit is `(selling - buying)` times expected demand, less the solution's cost.
    pub fn newsvendor(&self, demand: Demand) -> Newsvendor {
        Newsvendor {
            holding_cost: self.buying - self.salvage,
            penalty: self.selling - self.buying,
            lead_time: 0.0,
            demand,
            constant_cost: 0.0,
        }
    }
}

impl Newsvendor {
    /// The problem of a network with one stocking node, as the simulator plays it with backlog and no discount.
    ///
    /// Its long-run cost is holding plus pipeline holding plus penalty; money for goods is left out. Normal demand
    /// counts as not cut at zero.
    ///
    /// # Errors
    /// [`ShapeError`] if the network is anything else.
    pub fn from_network(network: &Network) -> Result<Self, ShapeError> {
        let chain = chain::read_single(network, NAME)?;
        chain::refuse_fixed_costs(network, &chain, NAME)?;
        let stage = &chain.stages[0];
        let lead_time = stage.supply.lead_time as f64;
        Ok(Self {
            holding_cost: stage.node.holding_cost,
            penalty: chain.penalty,
            lead_time,
            constant_cost: stage.supply.pipeline_holding_cost * lead_time * chain.demand.mean(),
            demand: chain.demand,
        })
    }

    /// The level of least expected cost.
    ///
    /// # Errors
    /// [`InputError`] for the first number out of range.
    pub fn solve(&self) -> Result<NewsvendorSolution, InputError> {
        positive("holding_cost", self.holding_cost)?;
        positive("penalty", self.penalty)?;
        non_negative("lead_time", self.lead_time)?;
        finite("constant_cost", self.constant_cost)?;
        self.demand.check()?;
        let (h, p) = (self.holding_cost, self.penalty);
        let (level, cost, ready_rate) = match self.demand.over(self.lead_time + 1.0)? {
            Total::Normal { mean, deviation } => {
                let z = normal::exceeded_with(h / (h + p));
                let cost = deviation * (h * z + (h + p) * normal::loss(z));
                (mean + deviation * z, cost, normal::cumulative(z))
            }
            Total::Whole(demand) => {
                let level = demand.quantile(p / (h + p)) as i64;
                (level as f64, demand.cost(level, h, p), demand.at_most(level))
            }
        };
        Ok(NewsvendorSolution { level, cost: cost + self.constant_cost, ready_rate })
    }
}
