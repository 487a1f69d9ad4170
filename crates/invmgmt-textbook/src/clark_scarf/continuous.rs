//! The recursion for normal demand: costs as cubic Hermite splines, expectations by Gauss-Legendre panels.

use super::super::normal;

/// Deviations beyond which the normal law is neglected: its tail there is 1e-19.
const REACH: f64 = 9.0;
/// Spline knots per standard deviation of a stage's demand.
const KNOTS_PER_DEVIATION: f64 = 60.0;
/// Most knots of a stage.
const MAX_KNOTS: f64 = 20_000.0;
/// Most panels of an integral.
const MAX_PANELS: f64 = 2_000.0;
/// Halvings of the interval in which a level is sought.
const HALVINGS: usize = 60;
/// Positive nodes and weights of the 8-point Gauss-Legendre rule on [-1, 1] (Abramowitz & Stegun, table 25.4).
const RULE: [(f64, f64); 4] = [
    (0.183_434_642_495_649_8, 0.362_683_783_378_362),
    (0.525_532_409_916_329, 0.313_706_645_877_887_3),
    (0.796_666_477_413_626_7, 0.222_381_034_453_374_48),
    (0.960_289_856_497_536_3, 0.101_228_536_290_376_26),
];

/// A stage's induced cost: constant at and above its level, a straight line below its first knot.
#[derive(Debug)]
pub(super) struct StageCost {
    /// First knot [units].
    start: f64,
    /// Distance of knots [units].
    step: f64,
    /// Cost and its slope at each knot; the last knot is the level.
    knots: Vec<(f64, f64)>,
    /// Slope below the first knot [money / unit / period].
    slope_below: f64,
}

impl StageCost {
    /// The customers, as the first stage sees them: every unit short costs `shortage`.
    pub fn customers(shortage: f64) -> Self {
        Self { start: 0.0, step: 1.0, knots: vec![(0.0, -shortage)], slope_below: -shortage }
    }

    /// The stage upstream of this one, at its best level.
    pub fn upstream(&self, echelon_holding_cost: f64, mean: f64, deviation: f64) -> Self {
        let cost = |level: f64| {
            let (cost, slope) = self.expected(level - mean, deviation);
            (cost + echelon_holding_cost * (level - mean), slope + echelon_holding_cost)
        };
        let start = self.start + mean - REACH * deviation;
        // The cost is convex, a falling line below the start and a rising one above this end.
        let (mut low, mut high) = (start, self.level() + mean + REACH * deviation);
        for _ in 0..HALVINGS {
            let middle = 0.5 * (low + high);
            if cost(middle).1 < 0.0 { low = middle } else { high = middle }
        }
        let level = 0.5 * (low + high);
        let wanted = if deviation > 0.0 { deviation / KNOTS_PER_DEVIATION } else { self.step };
        // Stages that wait for nothing have no width: one knot says all.
        let intervals =
            if wanted > 0.0 { ((level - start) / wanted).ceil().clamp(1.0, MAX_KNOTS) } else { 1.0 };
        let step = (level - start) / intervals;
        let knots = (0..=intervals as usize).map(|knot| cost(start + step * knot as f64)).collect();
        Self { start, step, knots, slope_below: self.slope_below + echelon_holding_cost }
    }

    /// Expected cost, and its slope, at a normal place around `centre`.
    fn expected(&self, centre: f64, deviation: f64) -> (f64, f64) {
        let (level, top) = (self.level(), self.at_level());
        if deviation == 0.0 {
            return if centre >= level { (top, 0.0) } else { self.at(centre) };
        }
        // Above the level the cost is constant; below the first knot it is a line, whose part of the expectation is
        // a loss function; between them the spline.
        let above = (centre - level) / deviation;
        let below = (centre - self.start) / deviation;
        let mut cost = top * normal::cumulative(above) + self.knots[0].0 * normal::cumulative(-below)
            - self.slope_below * deviation * normal::loss(below);
        let mut slope = self.slope_below * normal::cumulative(-below);
        let from = self.start.max(centre - REACH * deviation);
        let to = level.min(centre + REACH * deviation);
        if from < to {
            let width = (0.5 * deviation).min(0.5 * KNOTS_PER_DEVIATION * self.step);
            let panels = ((to - from) / width).ceil().clamp(1.0, MAX_PANELS) as usize;
            let half = 0.5 * (to - from) / panels as f64;
            for panel in 0..panels {
                let middle = from + half * (2 * panel + 1) as f64;
                for (node, weight) in RULE {
                    for place in [middle - half * node, middle + half * node] {
                        let density = normal::density((place - centre) / deviation) / deviation;
                        let (value, derivative) = self.at(place);
                        cost += half * weight * density * value;
                        slope += half * weight * density * derivative;
                    }
                }
            }
        }
        (cost, slope)
    }

    /// The cost and its slope at a place up to the level.
    fn at(&self, place: f64) -> (f64, f64) {
        if place <= self.start || self.knots.len() < 2 {
            return (self.knots[0].0 + self.slope_below * (place - self.start), self.slope_below);
        }
        let position = (place - self.start) / self.step;
        let left = (position as usize).min(self.knots.len() - 2);
        let t = position - left as f64;
        let ((f0, d0), (f1, d1)) = (self.knots[left], self.knots[left + 1]);
        let (d0, d1, rise) = (d0 * self.step, d1 * self.step, f1 - f0);
        let (square, cubic) = (3.0 * rise - 2.0 * d0 - d1, d0 + d1 - 2.0 * rise);
        let value = f0 + t * (d0 + t * (square + t * cubic));
        (value, (d0 + t * (2.0 * square + t * 3.0 * cubic)) / self.step)
    }

    /// The echelon base-stock level [units].
    pub fn level(&self) -> f64 {
        self.start + self.step * (self.knots.len() - 1) as f64
    }

    /// The cost at the level [money / period].
    pub fn at_level(&self) -> f64 {
        self.knots[self.knots.len() - 1].0
    }
}
