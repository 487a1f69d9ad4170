//! What is recommended for one item at one place, found by playing it.

use invmgmt_fit::FitError;
use serde::{Deserialize, Serialize};

use crate::demand::Demand;
use crate::item::{Effort, Item};
use crate::levels::{Found, Search};
use crate::normal::quantile;
use crate::physics::{Levels, Physics};
use crate::play::{Figures, Path};
use crate::warning::{Warning, warnings};

/// What is recommended for one item at one place.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Recommendation {
    /// When and up to what to order.
    pub levels: Levels,
    /// What to order now, if the stock is known [units].
    pub order_now: Option<f64>,
    /// Kept beyond expected demand over lead time and review period [units].
    pub safety_stock: f64,
    /// Expected share of demand met at once over the horizon [1].
    pub immediate_fill_rate: f64,
    /// In 95 of 100 futures it lies between these [1].
    pub fill_rate_interval: (f64, f64),
    /// Share of cycles, from delivery to delivery, in which nobody goes without [1].
    pub cycle_service: f64,
    /// Mean stock on hand at the ends of periods [units].
    pub mean_stock: f64,
    /// Its interval, as of the fill rate [units].
    pub stock_interval: (f64, f64),
    /// Yearly demand met over mean stock [1 / year].
    pub turns: f64,
    /// Holding and ordering [money / year].
    pub cost_per_year: f64,
    /// Orders placed [1 / year].
    pub orders_per_year: f64,
    /// Mean demand expected [units / period].
    pub mean_demand: f64,
    /// Standard deviation of demand in a period [units].
    pub deviation: f64,
    /// What to know.
    pub warnings: Vec<Warning>,
    /// What moves the levels, in words.
    pub drivers: String,
}

/// Nothing above so many standard deviations over expected demand is tried.
const MOST_DEVIATIONS: f64 = 60.0;
/// Order quantities tried where an order costs something, as shares of the economic one.
const QUANTITIES: (f64, f64) = (0.3, 3.0);
/// Quantities closer than this are as good as each other: the cost is flat about its least.
const CLOSE: f64 = 1.04;
/// One unit of level changes much where what moves demand is less than so many units.
const COARSE: f64 = 16.0;
/// Units between the levels that are tried there.
const WIDEST_GAP: u32 = 4;
/// Paths on which levels are settled where the law of demand is known: so many that chance moves no level.
const SETTLING_PATHS: usize = 1024;

/// An item about to be planned.
#[derive(Clone, Debug)]
pub(crate) struct Prospect {
    pub demand: Demand,
    pub warnings: Vec<Warning>,
    /// Mean and deviation of demand per period [units].
    pub mean: f64,
    pub deviation: f64,
    /// Demand expected until the next order's goods can be sold, and its deviation [units].
    pub expected: f64,
    pub spread: f64,
    /// Levels are multiples of this [units].
    pub grain: f64,
}

impl Item {
    /// What its history or its law says of the demand to come.
    pub(crate) fn prospect(&self, effort: &Effort) -> Result<Prospect, FitError> {
        let (demand, warnings) = if let Some((law, mean)) = &self.law {
            (Demand::given(law.clone(), *mean), Vec::new())
        } else {
            let (history, censored) =
                invmgmt_fit::wanted(&self.history, &self.sold_out, &mut self.stream("censored"));
            let demand = Demand::of(&history)?;
            let mut warnings = warnings(&demand, &history);
            warnings.extend((censored > 0).then_some(Warning::Censored));
            (demand, warnings)
        };
        let (mean, deviation) = (demand.mean(effort.horizon), demand.deviation(effort.horizon));
        let covered = self.physics.protection();
        let spread = (covered * deviation.powi(2) + mean.powi(2) * self.physics.lead_time.variance()).sqrt();
        let expected = covered * mean;
        let grain = self.grain(&demand, if spread > 0.0 { spread } else { expected });
        Ok(Prospect { demand, warnings, mean, deviation, expected, spread, grain })
    }

    /// Finds the levels.
    ///
    /// # Errors
    /// [`FitError`] for a history with a value that is no demand, or too long.
    pub fn recommend(&self, effort: &Effort) -> Result<Recommendation, FitError> {
        Ok(self.recommend_from(self.prospect(effort)?, effort))
    }

    /// The same where it is known what its history says.
    pub(crate) fn recommend_from(&self, mut prospect: Prospect, effort: &Effort) -> Recommendation {
        if prospect.mean <= 0.0 {
            return self.nothing(prospect.warnings);
        }
        let warm = self.physics.warm_up();
        let paths = self.paths(&prospect.demand, effort, warm);
        let mut found = self.cheapest(&paths, &prospect, effort);
        let mut each = found.each(&self.physics, &paths, warm);
        if prospect.demand.is_given() {
            let effort = Effort { paths: SETTLING_PATHS.max(effort.paths), ..*effort };
            let warm = self.physics.forgets(prospect.mean);
            let paths = self.paths(&prospect.demand, &effort, warm);
            let mut search = Search::new(&self.physics, self.target, &paths, warm, prospect.grain);
            let Levels { reorder_point, order_up_to } = found.levels;
            found = search.least(
                order_up_to - reorder_point,
                (reorder_point, prospect.grain),
                Self::most(&prospect),
            );
            each = found.each(&self.physics, &paths, warm);
        }
        if !found.reached {
            prospect.warnings.push(Warning::Unreachable);
        }
        self.recommendation(prospect, found.levels, &each, effort)
    }

    /// A row: these levels, and what each path came to under them.
    pub(crate) fn recommendation(
        &self,
        prospect: Prospect,
        levels: Levels,
        each: &[Figures],
        effort: &Effort,
    ) -> Recommendation {
        let Prospect { demand, mut warnings, mean, deviation, expected, grain, .. } = prospect;
        warnings.sort_unstable();
        let total = Figures::total(each);
        let years = total.periods / effort.year;
        let mean_stock = total.mean_stock();
        let position = self.stock.map(|stock| stock + self.on_order);
        Recommendation {
            levels,
            order_now: position.map(|position| levels.request(position, &self.physics)),
            safety_stock: levels.reorder_point + grain - expected,
            immediate_fill_rate: total.immediate_fill_rate(),
            fill_rate_interval: interval(each.iter().map(Figures::immediate_fill_rate)),
            cycle_service: total.cycle_service(),
            mean_stock,
            stock_interval: interval(each.iter().map(Figures::mean_stock)),
            turns: if mean_stock > 0.0 { total.immediate / years / mean_stock } else { 0.0 },
            cost_per_year: self.cost(&total, effort),
            orders_per_year: total.orders / years,
            mean_demand: mean,
            deviation,
            drivers: drivers(&demand, &self.physics, mean, deviation),
            warnings,
        }
    }

    /// Nothing above this is tried [units].
    pub(crate) fn most(prospect: &Prospect) -> f64 {
        let Prospect { expected, spread, grain, .. } = prospect;
        (expected + MOST_DEVIATIONS * spread.max(*grain)).max(10.0 * grain)
    }

    /// Of the order quantities that may be, each with the least reorder point that reaches the target, the cheapest.
    /// The search begins where a normal law of demand would lead, and about the economic quantity.
    pub(crate) fn cheapest(&self, paths: &[Path], prospect: &Prospect, effort: &Effort) -> Found {
        let &Prospect { expected, spread, grain, mean, .. } = prospect;
        let mut search = Search::new(&self.physics, self.target, paths, self.physics.warm_up(), grain);
        let most = Self::most(prospect);
        let start = (expected + quantile(self.target.share()) * spread - grain).max(0.0);
        let mut begin = (start, spread / 3.0);
        let mut at = |gap: f64| {
            let found = search.least((gap / grain).round().max(1.0) * grain, begin, most);
            // Neighbouring quantities have neighbouring levels.
            begin = (found.levels.reorder_point, grain.max(spread / 16.0));
            (self.cost(&found.figures, effort), found)
        };
        let mut best = at(grain);
        // Where one unit changes much, the next quantities lie between two levels, as by waiting for another unit.
        let gaps = if spread < COARSE * grain && !prospect.demand.is_given() { WIDEST_GAP } else { 1 };
        for gap in 2..=gaps {
            let found = at(f64::from(gap) * grain);
            best = if found.1.reached && found.0 < best.0 { found } else { best };
        }
        let economic = self.economic_quantity(mean, effort);
        if economic <= 0.0 {
            return best.1;
        }
        let (mut low, mut high) = (QUANTITIES.0 * economic, QUANTITIES.1 * economic);
        let share = 0.5 * (5_f64.sqrt() - 1.0);
        let within = |low: f64, high: f64, share: f64| low * (high / low).powf(share);
        let mut inner = [1.0 - share, share].map(|share| {
            let gap = within(low, high, share);
            (gap, at(gap))
        });
        while high / low > CLOSE && high - low > grain {
            let lower = inner[0].1.0 <= inner[1].1.0;
            if lower {
                high = inner[1].0;
                inner[1] = inner[0];
                let gap = within(low, high, 1.0 - share);
                inner[0] = (gap, at(gap));
            } else {
                low = inner[0].0;
                inner[0] = inner[1];
                let gap = within(low, high, share);
                inner[1] = (gap, at(gap));
            }
            for (_, found) in inner {
                best = if found.0 < best.0 { found } else { best };
            }
        }
        best.1
    }

    /// A row for an item nobody wants.
    pub(crate) fn nothing(&self, mut warnings: Vec<Warning>) -> Recommendation {
        warnings.push(Warning::NoDemand);
        Recommendation {
            levels: Levels { reorder_point: 0.0, order_up_to: 0.0 },
            order_now: self.stock.map(|_| 0.0),
            safety_stock: 0.0,
            immediate_fill_rate: 1.0,
            fill_rate_interval: (1.0, 1.0),
            cycle_service: 1.0,
            mean_stock: 0.0,
            stock_interval: (0.0, 0.0),
            turns: 0.0,
            cost_per_year: 0.0,
            orders_per_year: 0.0,
            mean_demand: 0.0,
            deviation: 0.0,
            warnings,
            drivers: "nothing sold".to_owned(),
        }
    }
}

/// From the 2.5th to the 97.5th of a hundred.
fn interval(values: impl Iterator<Item = f64>) -> (f64, f64) {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    let at = |share: f64| values[((values.len() - 1) as f64 * share).round() as usize];
    (at(0.025), at(0.975))
}

/// What moves the levels, in words.
fn drivers(demand: &Demand, physics: &Physics, mean: f64, deviation: f64) -> String {
    let law = match &demand.fit {
        None if demand.is_given() => "by the law given",
        None => "little known",
        Some(fit) if fit.intermittency.average_interval >= 1.32 => fit.intermittency.pattern(),
        Some(fit) if !fit.dispersion.found => "as many independent customers make it",
        Some(_) => "scattered more than independent customers make it",
    };
    let lead = if physics.lead_time.is_random() {
        format!("{:.1} periods on average, up to {}", physics.lead_time.mean(), physics.lead_time.longest())
    } else {
        format!("{} periods", physics.lead_time.longest())
    };
    format!("demand {mean:.3} +- {deviation:.3} a period, {law}; lead time {lead}")
}
