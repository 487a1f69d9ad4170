//! Serial systems: optimal echelon base-stock levels and their long-run cost.
//!
//! A. J. Clark and H. Scarf, "Optimal policies for a multi-echelon inventory problem", Management Science 6 (1960),
//! in the form of F. Chen and Y.-S. Zheng, "Lower bounds for multi-echelon stochastic inventory systems",
//! Management Science 40 (1994); Snyder & Shen (2019), chapter 6, whose notation is kept:
//!
//! ```text
//! under C_0(x) = (p + h_1 + ... + h_N) max(0, -x)
//! C_j(y)       = E[ h_j (y - D_j) + under C_{j-1}(y - D_j) ]      D_j: demand over stage j's lead time
//! S_j          = argmin C_j
//! under C_j(x) = C_j(min(S_j, x))                                 the optimal cost is C_N(S_N)
//! ```
//!
//! Convention B (`docs/textbook.md`): within a period demand comes first, so stage j is exposed to demand over its
//! lead time and nothing more. Goods on their way to stage j are charged at the local rate of stage j + 1, those on
//! their way to the top stage are free. Unmet demand waits.

mod continuous;
mod whole;

use invmgmt::network::{ManagedIx, Network};

use super::Demand;
use super::chain;
use super::demand::Total;
use super::error::{InputError, ShapeError, finite, non_negative, positive};
use super::problem::{PLAIN, ProblemView, Reads};

/// What errors call this solver.
const NAME: &str = "Clark-Scarf";

/// A stage of a serial system.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SerialStage {
    /// Echelon holding cost: the local rate less the supplier's, `h_j` [money / unit / period], > 0.
    pub echelon_holding_cost: f64,
    /// Time from shipment by the supplier to receipt, `L_j` [periods], >= 0. A first stage that waits for nothing
    /// needs no stock: its level is 0.
    pub lead_time: f64,
}

/// An instance.
#[derive(Clone, Debug, PartialEq)]
pub struct SerialSystem {
    /// From the stage that meets demand upwards.
    pub stages: Vec<SerialStage>,
    /// Cost of a unit owed to a customer, p [money / unit / period], > 0.
    pub penalty: f64,
    /// Demand of one period.
    pub demand: Demand,
    /// Cost that no decision moves, added to the answer's [money / period]; 0 for the plain problem.
    pub constant_cost: f64,
}

/// The optimum of a [`SerialSystem`].
#[derive(Clone, Debug, PartialEq)]
pub struct SerialPolicy {
    /// Echelon base-stock levels from the first stage upwards, `S_j` [units]; with whole units the smallest of the
    /// best.
    pub echelon_levels: Vec<f64>,
    /// Local base-stock levels that play the same where a stage owes its customers what it cannot fill [units]. The
    /// simulator forgets such requests between nodes; there the echelon levels are to be played.
    pub local_levels: Vec<f64>,
    /// Long-run cost [money / period].
    pub cost: f64,
}

/// The nodes of a serial network in the order of a [`SerialPolicy`]: from the one that meets demand upwards.
///
/// # Errors
/// [`ShapeError`] if the network is no chain.
pub fn serial_order(network: &Network) -> Result<Vec<ManagedIx>, ShapeError> {
    let stages = chain::stages(network, NAME)?;
    Ok(stages.iter().map(|stage| stage.supply.buyer).collect())
}

impl SerialSystem {
    /// The system of a serial network, as the simulator plays it in the long run with backlog and no discount. Prices
    /// move no level there: what is sold and bought does not depend on the policy.
    ///
    /// The simulator orders first and ships only what was there at the start of a period, so every stage is exposed
    /// to one demand more than its link's lead time. Its long-run cost is holding plus pipeline holding plus
    /// penalty; money for goods is left out. Pipeline rates other than the supplier's holding cost enter
    /// [`SerialSystem::constant_cost`]. Normal demand counts as not cut at zero.
    ///
    /// # Errors
    /// [`ShapeError`] if anything else is played than a chain without factories and fixed order costs, with the same
    /// law of demand in every period.
    pub fn from_problem<'a>(problem: impl Into<ProblemView<'a>>) -> Result<Self, ShapeError> {
        let chain = chain::read(problem.into(), NAME, |_| Reads::of(PLAIN))?;
        let mean = chain.demand.mean();
        let suppliers = chain.stages[1..].iter().map(|stage| stage.node.holding_cost).chain([0.0]);
        let mut constant_cost = 0.0;
        let stages = chain.stages.iter().zip(suppliers);
        let stages = stages.map(|(stage, supplier)| {
            let lead_time = stage.supply.lead_time as f64;
            constant_cost += (stage.supply.pipeline_holding_cost - supplier) * lead_time * mean;
            let echelon_holding_cost = stage.node.holding_cost - supplier;
            SerialStage { echelon_holding_cost, lead_time: lead_time + 1.0 }
        });
        let stages = stages.collect();
        Ok(Self { stages, penalty: chain.penalty, demand: chain.demand, constant_cost })
    }

    /// The optimal levels and their cost.
    ///
    /// # Errors
    /// [`InputError`] for the first number out of range.
    pub fn solve(&self) -> Result<SerialPolicy, InputError> {
        self.check()?;
        let (echelon_levels, cost) = self.recursion(None)?;
        Ok(self.policy(echelon_levels, cost))
    }

    /// The long-run cost of echelon base-stock levels given from the first stage upwards, each >= 0 [money / period].
    ///
    /// # Errors
    /// [`InputError`] for the first number out of range, as many levels as there are not stages, or levels that are
    /// not whole. Demand must be in whole units.
    pub fn cost_of(&self, echelon_levels: &[f64]) -> Result<f64, InputError> {
        self.check()?;
        if echelon_levels.len() != self.stages.len() {
            return Err(InputError::OutOfRange {
                name: "the number of levels".into(),
                found: echelon_levels.len() as f64,
                allowed: "one per stage",
            });
        }
        for (stage, &level) in echelon_levels.iter().enumerate() {
            non_negative(format!("echelon_levels[{stage}]"), level)?;
            if level.fract() != 0.0 {
                return Err(InputError::OutOfRange {
                    name: format!("echelon_levels[{stage}]"),
                    found: level,
                    allowed: "a whole number",
                });
            }
        }
        if let Demand::Normal { .. } = self.demand {
            return Err(InputError::DemandKind { found: "normal", allowed: "poisson or discrete" });
        }
        Ok(self.recursion(Some(echelon_levels))?.1 + self.constant_cost)
    }

    fn check(&self) -> Result<(), InputError> {
        if self.stages.is_empty() {
            return Err(InputError::Empty { name: "stages" });
        }
        for (position, stage) in self.stages.iter().enumerate() {
            positive(format!("stages[{position}].echelon_holding_cost"), stage.echelon_holding_cost)?;
            non_negative(format!("stages[{position}].lead_time"), stage.lead_time)?;
        }
        positive("penalty", self.penalty)?;
        finite("constant_cost", self.constant_cost)?;
        self.demand.check()
    }

    /// The levels, found or (for demand in whole units) given, and `C_N(S_N)`.
    fn recursion(&self, given: Option<&[f64]>) -> Result<(Vec<f64>, f64), InputError> {
        let shortage = self.penalty + self.stages.iter().map(|stage| stage.echelon_holding_cost).sum::<f64>();
        let mut levels = Vec::with_capacity(self.stages.len());
        let mut whole = whole::StageCost::customers(shortage);
        let mut continuous = continuous::StageCost::customers(shortage);
        for (position, stage) in self.stages.iter().enumerate() {
            let level = given.map(|levels| levels[position]);
            levels.push(match self.demand.over(stage.lead_time)? {
                Total::Whole(demand) => {
                    whole = whole.upstream(stage.echelon_holding_cost, &demand, level);
                    whole.level()
                }
                Total::Normal { mean, deviation } => {
                    continuous = continuous.upstream(stage.echelon_holding_cost, mean, deviation);
                    continuous.level()
                }
            });
        }
        let normal = matches!(self.demand, Demand::Normal { .. });
        Ok((levels, if normal { continuous.at_level() } else { whole.at_level() }))
    }

    fn policy(&self, echelon_levels: Vec<f64>, cost: f64) -> SerialPolicy {
        // What a stage cannot use because a stage above holds the echelon below it is never ordered:
        // the lowest level from a stage upwards is what binds.
        let mut effective = echelon_levels.clone();
        for position in (0..effective.len() - 1).rev() {
            effective[position] = effective[position].min(effective[position + 1]);
        }
        let below = [0.0].into_iter().chain(effective.iter().copied());
        let local_levels = effective.iter().zip(below).map(|(level, below)| level - below).collect();
        SerialPolicy { echelon_levels, local_levels, cost: cost + self.constant_cost }
    }
}
