//! Economic order quantity: constant demand, a fixed cost per order, instant delivery.
//!
//! F. W. Harris, "How many parts to make at once", Factory 10 (1913); L. V. Snyder and Z.-J. M. Shen, "Fundamentals
//! of Supply Chain Theory" (2nd ed., 2019), equation (3.4) and, with planned backorders, (3.27).
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
}

/// The optimum of an [`OrderQuantity`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct OrderQuantitySolution {
    /// Units per order, Q [units].
    pub quantity: f64,
    /// Share of demand that has to wait, x [1]; 0 where nothing may be owed.
    pub backordered_share: f64,
    /// Fixed, holding and backorder cost; what the units cost is not in it [money / time].
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
        let (h, turnover) = (self.holding_cost, 2.0 * self.fixed_cost * self.demand_rate);
        // Share of the cycle with stock on hand; 1 where nothing may be owed.
        let stocked = self.backorder_cost.map_or(1.0, |p| p / (h + p));
        Ok(OrderQuantitySolution {
            quantity: (turnover / (h * stocked)).sqrt(),
            backordered_share: self.backorder_cost.map_or(0.0, |p| h / (h + p)),
            cost: (turnover * h * stocked).sqrt(),
        })
    }
}
