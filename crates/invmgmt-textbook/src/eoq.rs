//! Economic order quantity: constant demand, a fixed cost per order, instant delivery.
//!
//! F. W. Harris, "How many parts to make at once", Factory 10 (1913); L. V. Snyder and Z.-J. M. Shen, "Fundamentals
//! of Supply Chain Theory" (2nd ed., 2019), equation (3.4) and, with planned backorders, (3.27). With a supplier that
//! fails: E. Berk and A. Arreola-Risa, "Note on future supply uncertainty in EOQ models", Naval Research Logistics 41
//! (1994); Snyder and Shen, section 9.2.
//! Time may be measured in any unit, the same throughout.

use super::error::{InputError, non_negative, positive};

/// An instance.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct OrderQuantity {
    /// Cost of placing an order, K [money / order], > 0.
    pub fixed_cost: f64,
    /// Cost of a unit in stock, h [money / unit / time], > 0.
    pub holding_cost: f64,
    /// Cost of a unit owed to a customer, p [money / unit / time], > 0; none where nothing may be owed.
    pub backorder_cost: Option<f64>,
    /// Demand rate [units / time], >= 0.
    pub demand_rate: f64,
    /// How the supplier fails; none where orders are always filled at once.
    pub failures: Option<SupplyFailures>,
}

/// A supplier that is up and down for exponential times and fills nothing while it is down; demand is lost then once
/// the stock is gone.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SupplyFailures {
    /// Failures per time that it is up [1 / time], > 0.
    pub failure_rate: f64,
    /// Recoveries per time that it is down [1 / time], > 0.
    pub recovery_rate: f64,
    /// Cost of a unit of demand that is lost, p [money / unit], > 0.
    pub stockout_cost: f64,
}

/// The optimum of an [`OrderQuantity`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct OrderQuantitySolution {
    /// Units per order, Q [units].
    pub quantity: f64,
    /// Share of demand that has to wait, x [1]; 0 where nothing may be owed.
    pub backordered_share: f64,
    /// Fixed, holding, backorder and stockout cost; what the units cost is not in it [money / time].
    pub cost: f64,
}

impl OrderQuantity {
    /// The quantity of least cost.
    ///
    /// # Errors
    /// [`InputError`] for the first number out of range.
    pub fn solve(&self) -> Result<OrderQuantitySolution, InputError> {
        positive("fixed_cost", self.fixed_cost)?;
        positive("holding_cost", self.holding_cost)?;
        non_negative("demand_rate", self.demand_rate)?;
        if let Some(cost) = self.backorder_cost {
            positive("backorder_cost", cost)?;
        }
        if let Some(failures) = self.failures {
            if self.backorder_cost.is_some() {
                return Err(InputError::Together {
                    name: "backorder_cost",
                    others: "failure_rate: demand is lost while the supplier is down",
                });
            }
            return self.solve_unreliable(failures);
        }
        let (h, turnover) = (self.holding_cost, 2.0 * self.fixed_cost * self.demand_rate);
        // Share of the cycle with stock on hand; 1 where nothing may be owed.
        let stocked = self.backorder_cost.map_or(1.0, |p| p / (h + p));
        Ok(OrderQuantitySolution {
            quantity: (turnover / (h * stocked)).sqrt(),
            backordered_share: self.backorder_cost.map_or(0.0, |p| h / (h + p)),
            cost: (turnover * h * stocked).sqrt(),
        })
    }

    /// The quantity of least cost per time of a cycle from one delivery to the next. The cost falls up to it and rises
    /// beyond (Berk and Arreola-Risa 1994), so that the sign of its slope is enough.
    fn solve_unreliable(&self, failures: SupplyFailures) -> Result<OrderQuantitySolution, InputError> {
        let SupplyFailures { failure_rate, recovery_rate, stockout_cost } = failures;
        positive("failure_rate", failure_rate)?;
        positive("recovery_rate", recovery_rate)?;
        positive("stockout_cost", stockout_cost)?;
        let (h, rate, change) = (self.holding_cost, self.demand_rate, failure_rate + recovery_rate);
        if rate == 0.0 {
            return Ok(OrderQuantitySolution { quantity: 0.0, backordered_share: 0.0, cost: 0.0 });
        }
        // Of a cycle in which stock lasts so long: its cost and its length, and how either grows with time.
        let cycle = |time: f64| {
            let down = failure_rate / change * -(-change * time).exp_m1();
            let wait = down / recovery_rate;
            let more = failure_rate * (-change * time).exp() / recovery_rate;
            let lost = stockout_cost * rate;
            let cost = self.fixed_cost + h * rate * time * time / 2.0 + lost * wait;
            ([cost, time + wait], [h * rate * time + lost * more, 1.0 + more])
        };
        let rises = |time: f64| {
            let ([cost, length], [dearer, longer]) = cycle(time);
            dearer * length > cost * longer
        };
        let mut high = 1.0 / change;
        while !rises(high) {
            high *= 2.0;
        }
        let mut low = 0.0;
        // Halved until no double lies between.
        while low < f64::midpoint(low, high) && f64::midpoint(low, high) < high {
            let middle = f64::midpoint(low, high);
            if rises(middle) { high = middle } else { low = middle }
        }
        let ([cost, length], _) = cycle(high);
        Ok(OrderQuantitySolution { quantity: rate * high, backordered_share: 0.0, cost: cost / length })
    }
}
