//! The recursion for demand in whole units: exact tables.

use super::super::pmf::Pmf;

/// A stage's induced cost, `under C_j` of the module's page: constant at and above its level.
#[derive(Debug)]
pub(super) struct StageCost {
    /// The cost of 0, 1 ... up to the level [money / period].
    values: Vec<f64>,
    /// Slope below 0, where every demand is a shortage and the cost a straight line [money / unit / period].
    slope_below: f64,
}

impl StageCost {
    /// The customers, as the first stage sees them: every unit short costs `shortage`.
    pub fn customers(shortage: f64) -> Self {
        Self { values: vec![0.0], slope_below: -shortage }
    }

    /// The stage upstream of this one, at its best level or a given one.
    pub fn upstream(&self, echelon_holding_cost: f64, demand: &Pmf, level: Option<f64>) -> Self {
        let cost = |level: i64| -> f64 {
            demand
                .iter()
                .map(|(drawn, probability)| {
                    let left = level - drawn as i64;
                    probability * (echelon_holding_cost * left as f64 + self.at(left))
                })
                .sum()
        };
        let slope_below = self.slope_below + echelon_holding_cost;
        let values = if let Some(level) = level {
            (0..=level as i64).map(cost).collect()
        } else {
            // The cost is convex; it falls below 0 and rises by the holding cost far above.
            let mut values = vec![cost(0)];
            loop {
                let next = cost(values.len() as i64);
                if next >= values[values.len() - 1] {
                    break values;
                }
                values.push(next);
            }
        };
        Self { values, slope_below }
    }

    fn at(&self, level: i64) -> f64 {
        match usize::try_from(level) {
            Err(_) => self.values[0] + self.slope_below * level as f64,
            Ok(position) => self.values[position.min(self.values.len() - 1)],
        }
    }

    /// The echelon base-stock level [units].
    pub fn level(&self) -> f64 {
        (self.values.len() - 1) as f64
    }

    /// The cost at the level [money / period].
    pub fn at_level(&self) -> f64 {
        self.values[self.values.len() - 1]
    }
}
