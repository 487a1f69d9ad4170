//! Dynamic lot sizing: known demand, a fixed cost per order, no shortages, stock empty at both ends.
//!
//! H. M. Wagner and T. M. Whitin, "Dynamic version of the economic lot size model", Management Science 5 (1958);
//! Snyder & Shen (2019), algorithm 3.1 and equation (3.39). An order arrives before its period's demand; a unit is
//! charged for every period at whose end it is in stock.

use super::error::{InputError, non_negative};

/// An instance.
#[derive(Clone, Debug, PartialEq)]
pub struct LotSizing {
    /// Demand of each period [units], each >= 0.
    pub demand: Vec<f64>,
    /// Cost of placing an order, K [money / order], >= 0.
    pub fixed_cost: f64,
    /// Cost of a unit in stock at the end of a period, h [money / unit / period], >= 0.
    pub holding_cost: f64,
}

/// The optimum of a [`LotSizing`].
#[derive(Clone, Debug, PartialEq)]
pub struct LotSizingPlan {
    /// Order of each period [units].
    pub orders: Vec<f64>,
    /// Fixed and holding cost over all periods [money].
    pub cost: f64,
}

impl LotSizing {
    /// The plan of least cost. Of equally good plans, one whose first orders cover the fewest periods.
    ///
    /// # Errors
    /// [`InputError`] for the first number out of range.
    pub fn solve(&self) -> Result<LotSizingPlan, InputError> {
        let periods = self.demand.len();
        if periods == 0 {
            return Err(InputError::Empty { name: "demand" });
        }
        for (period, &demand) in self.demand.iter().enumerate() {
            non_negative(format!("demand[{period}]"), demand)?;
        }
        non_negative("fixed_cost", self.fixed_cost)?;
        non_negative("holding_cost", self.holding_cost)?;
        // Least cost from a period with empty stock to the end, and the period in which stock is empty next.
        let mut cost = vec![f64::INFINITY; periods + 1];
        let mut next = vec![periods; periods];
        cost[periods] = 0.0;
        for start in (0..periods).rev() {
            let (mut ordered, mut holding) = (0.0, 0.0);
            for end in start..periods {
                ordered += self.demand[end];
                holding += self.holding_cost * (end - start) as f64 * self.demand[end];
                let fixed = if ordered > 0.0 { self.fixed_cost } else { 0.0 };
                let total = fixed + holding + cost[end + 1];
                if total < cost[start] {
                    (cost[start], next[start]) = (total, end + 1);
                }
            }
        }
        let mut orders = vec![0.0; periods];
        let mut start = 0;
        while start < periods {
            orders[start] = self.demand[start..next[start]].iter().sum();
            start = next[start];
        }
        Ok(LotSizingPlan { orders, cost: cost[0] })
    }
}
