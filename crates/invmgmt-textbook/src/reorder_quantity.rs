//! (r, Q): order Q units whenever the inventory position falls to r. Poisson or normal demand, continuous review.
//!
//! A. Federgruen and Y.-S. Zheng, "An efficient algorithm for computing an optimal (r, Q) policy in continuous review
//! stochastic inventory systems", Operations Research 40 (1992); Snyder & Shen (2019), chapter 5. The long-run cost is
//! `(K lambda + sum of G(y), y = r+1 .. r+Q) / Q`, where G(y) is the cost rate with the position y a lead time ago;
//! with normal demand the sum is the integral from r to r + Q. For Poisson demand the answer is exact: the window of
//! positions grows towards its cheaper side while that pays. For normal demand it is that of the usual approximation,
//! in which the position is uniform between r and r + Q: at the best window G is the cost at both of its ends.

use super::Demand;
use super::error::{InputError, non_negative, positive};
use super::normal;
use super::pmf::Pmf;

/// Most units of a Poisson order.
const MAX_QUANTITY: usize = 1_000_000;
/// Halvings of the intervals in which ends of a window, and its cost, are sought.
const HALVINGS: usize = 200;

/// An instance.
#[derive(Clone, Debug, PartialEq)]
pub struct ReorderQuantity {
    /// Cost of placing an order, K [money / order], >= 0.
    pub fixed_cost: f64,
    /// Cost of a unit in stock, h [money / unit / time], > 0.
    pub holding_cost: f64,
    /// Cost of a unit owed to a customer, p [money / unit / time], > 0.
    pub backorder_cost: f64,
    /// Demand of a unit of time, Poisson or normal; its mean is the demand rate [units / time], > 0.
    pub demand: Demand,
    /// Time from order to receipt, L [time], >= 0.
    pub lead_time: f64,
}

/// The optimum of a [`ReorderQuantity`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ReorderQuantityPolicy {
    /// Position at which to order, r [units]; whole under Poisson demand.
    pub reorder_point: f64,
    /// Units per order, Q [units]; whole under Poisson demand.
    pub quantity: f64,
    /// Long-run cost [money / time].
    pub cost: f64,
}

impl ReorderQuantity {
    /// The policy of least long-run cost.
    ///
    /// # Errors
    /// [`InputError`] for the first number out of range, discrete demand, or a Poisson order of more than a million
    /// units.
    pub fn solve(&self) -> Result<ReorderQuantityPolicy, InputError> {
        non_negative("fixed_cost", self.fixed_cost)?;
        positive("holding_cost", self.holding_cost)?;
        positive("backorder_cost", self.backorder_cost)?;
        non_negative("lead_time", self.lead_time)?;
        match self.demand {
            Demand::Poisson { mean } => {
                positive("demand_rate", mean)?;
                self.among_whole_units(mean)
            }
            Demand::Normal { mean, deviation } => {
                positive("mean", mean)?;
                positive("deviation", deviation)?;
                Ok(self.among_all(mean, deviation))
            }
            Demand::Discrete { .. } => {
                Err(InputError::DemandKind { found: "discrete", allowed: "poisson or normal" })
            }
        }
    }

    fn among_whole_units(&self, demand_rate: f64) -> Result<ReorderQuantityPolicy, InputError> {
        let demand = Pmf::poisson(demand_rate * self.lead_time)?;
        let rate = |position: i64| demand.cost(position, self.holding_cost, self.backorder_cost);
        let best = demand.quantile(self.backorder_cost / (self.holding_cost + self.backorder_cost)) as i64;
        let (mut reorder_point, mut quantity) = (best - 1, 1_usize);
        let mut total = self.fixed_cost * demand_rate + rate(best);
        loop {
            let cost = total / quantity as f64;
            let (below, above) = (rate(reorder_point), rate(reorder_point + quantity as i64 + 1));
            if below.min(above) >= cost {
                return Ok(ReorderQuantityPolicy {
                    reorder_point: reorder_point as f64,
                    quantity: quantity as f64,
                    cost,
                });
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

    fn among_all(&self, demand_rate: f64, deviation: f64) -> ReorderQuantityPolicy {
        let rate = CostRate {
            holding: self.holding_cost,
            penalty: self.backorder_cost,
            mean: demand_rate * self.lead_time,
            deviation: deviation * self.lead_time.sqrt(),
        };
        let best = rate.best();
        let orders = self.fixed_cost * demand_rate;
        // Where G is c at both ends, c times the width less the area is the cost of orders: it rises with c, from 0.
        let spent = |cost: f64| {
            let (low, high) = rate.window(cost, best);
            cost * (high - low) - rate.area(low, high)
        };
        let least = rate.at(best);
        let mut above = least.max(f64::MIN_POSITIVE) * 2.0;
        while spent(above) < orders {
            above *= 2.0;
        }
        let cost = halve(least, above, |cost| spent(cost) < orders);
        let (low, high) = rate.window(cost, best);
        ReorderQuantityPolicy { reorder_point: low, quantity: high - low, cost }
    }
}

/// The cost rate G(y) under normal demand over the lead time, or certain demand where that is 0.
#[derive(Clone, Copy, Debug)]
struct CostRate {
    holding: f64,
    penalty: f64,
    mean: f64,
    deviation: f64,
}

impl CostRate {
    /// The position of least cost.
    fn best(&self) -> f64 {
        self.mean + self.deviation * normal::exceeded_with(self.holding / (self.holding + self.penalty))
    }

    /// G(y) [money / time].
    fn at(&self, position: f64) -> f64 {
        let above = position - self.mean;
        let loss = if self.deviation > 0.0 {
            self.deviation * normal::loss(above / self.deviation)
        } else {
            (-above).max(0.0)
        };
        self.holding * above + (self.holding + self.penalty) * loss
    }

    /// The integral of G [money units / time].
    fn area(&self, low: f64, high: f64) -> f64 {
        let lines = |position: f64| {
            let above = position - self.mean;
            let losses = if self.deviation > 0.0 {
                -self.deviation.powi(2) * normal::second_loss(above / self.deviation)
            } else {
                -0.5 * (-above).max(0.0).powi(2)
            };
            0.5 * self.holding * above * above + (self.holding + self.penalty) * losses
        };
        lines(high) - lines(low)
    }

    /// The positions below and above the best one at which G is `cost`.
    fn window(&self, cost: f64, best: f64) -> (f64, f64) {
        // G lies above both of its asymptotes, so the ends lie within those of the asymptotes.
        let (farthest, last) = (self.mean - cost / self.penalty, self.mean + cost / self.holding);
        let low = halve(farthest.min(best), best, |position| self.at(position) > cost);
        let high = halve(best, last.max(best), |position| self.at(position) < cost);
        (low, high)
    }
}

/// Where `is_before` stops being true between two places.
fn halve(mut low: f64, mut high: f64, is_before: impl Fn(f64) -> bool) -> f64 {
    for _ in 0..HALVINGS {
        let middle = 0.5 * (low + high);
        if middle <= low || middle >= high {
            break;
        }
        if is_before(middle) { low = middle } else { high = middle }
    }
    0.5 * (low + high)
}
