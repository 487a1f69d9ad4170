//! (r, Q): order Q units whenever the inventory position falls to r. Poisson demand, continuous review.
//!
//! A. Federgruen and Y.-S. Zheng, "An efficient algorithm for computing an optimal (r, Q) policy in continuous review
//! stochastic inventory systems", Operations Research 40 (1992); Snyder & Shen (2019), chapter 5. Exact:
//! the long-run cost is `(K lambda + sum of G(y), y = r+1 .. r+Q) / Q`, where G(y) is the cost rate with the
//! position y a lead time ago, and the window of positions grows towards its cheaper side while that pays.

use super::error::{InputError, non_negative, positive};
use super::pmf::Pmf;

/// Most units of an order.
const MAX_QUANTITY: usize = 1_000_000;

/// An instance.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ReorderQuantity {
    /// Cost of placing an order, K [money / order], >= 0.
    pub fixed_cost: f64,
    /// Cost of a unit in stock, h [money / unit / time], > 0.
    pub holding_cost: f64,
    /// Cost of a unit owed to a customer, p [money / unit / time], > 0.
    pub backorder_cost: f64,
    /// Demand rate of the Poisson process [units / time], > 0.
    pub demand_rate: f64,
    /// Time from order to receipt, L [time], >= 0.
    pub lead_time: f64,
}

/// The optimum of a [`ReorderQuantity`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ReorderQuantityPolicy {
    /// Position at which to order, r [units].
    pub reorder_point: i64,
    /// Units per order, Q [units].
    pub quantity: usize,
    /// Long-run cost [money / time].
    pub cost: f64,
}

impl ReorderQuantity {
    /// The policy of least long-run cost.
    ///
    /// # Errors
    /// [`InputError`] for the first number out of range, or an order of more than a million units.
    pub fn solve(&self) -> Result<ReorderQuantityPolicy, InputError> {
        non_negative("fixed_cost", self.fixed_cost)?;
        positive("holding_cost", self.holding_cost)?;
        positive("backorder_cost", self.backorder_cost)?;
        positive("demand_rate", self.demand_rate)?;
        non_negative("lead_time", self.lead_time)?;
        let demand = Pmf::poisson(self.demand_rate * self.lead_time)?;
        let rate = |position: i64| demand.cost(position, self.holding_cost, self.backorder_cost);
        let best = demand.quantile(self.backorder_cost / (self.holding_cost + self.backorder_cost)) as i64;
        let (mut reorder_point, mut quantity) = (best - 1, 1_usize);
        let mut total = self.fixed_cost * self.demand_rate + rate(best);
        loop {
            let cost = total / quantity as f64;
            let (below, above) = (rate(reorder_point), rate(reorder_point + quantity as i64 + 1));
            if below.min(above) >= cost {
                return Ok(ReorderQuantityPolicy { reorder_point, quantity, cost });
            }
            if quantity == MAX_QUANTITY {
                return Err(InputError::TooManyLevels { limit: MAX_QUANTITY });
            }
            total += below.min(above);
            quantity += 1;
            if below < above {
                reorder_point -= 1;
            }
        }
    }
}
