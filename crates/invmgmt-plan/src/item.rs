//! One item at one place: what is known of it, and what is recommended.

use invmgmt::random::{Pcg64, SeedSequence};
use invmgmt_fit::{FitError, Outcome};

use crate::demand::Demand;
use crate::levels::{Found, Search, Target};
use crate::normal::quantile;
use crate::physics::{Levels, Physics};
use crate::play::{Figures, Path};

/// What a unit, its storage and an order cost.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Money {
    /// Cost of a unit [money].
    pub cost: f64,
    /// Selling price of a unit, if known [money].
    pub price: Option<f64>,
    /// Cost of holding a unit for a year, as a share of its cost [1 / year].
    pub holding_rate: f64,
    /// Cost of placing an order [money].
    pub order_cost: f64,
}

/// One item at one place.
#[derive(Clone, Debug, PartialEq)]
pub struct Item {
    /// The item.
    pub item: String,
    /// The place.
    pub place: String,
    /// Demand, or sales, per period [units].
    pub history: Vec<f64>,
    /// Periods of the history that ended without stock: what was sold then is the least that was wanted. Empty if
    /// unknown.
    pub sold_out: Vec<bool>,
    /// How it is replenished.
    pub physics: Physics,
    /// What it costs.
    pub money: Money,
    /// What is to be reached.
    pub target: Target,
    /// On hand now, if known [units].
    pub stock: Option<f64>,
    /// Ordered and not received [units].
    pub on_order: f64,
    /// Who supplies it, if known.
    pub supplier: Option<String>,
}

/// How much is simulated, and for how long the levels are to hold.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Effort {
    /// Periods for which the levels are to hold.
    pub horizon: usize,
    /// Paths of demand played.
    pub paths: usize,
    /// Periods in a year.
    pub year: f64,
}

/// Something about a row to know before it is followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Warning {
    /// Fewer than 60 periods since the item began to sell.
    TooLittleHistory,
    /// Nothing was ever sold.
    NoDemand,
    /// Many periods without demand, more than a steady flow of customers makes.
    Intermittent,
    /// Demand grows or falls; the levels hold for the horizon and no longer.
    Trend,
    /// Demand changes with the season; one level serves all of it.
    Seasonal,
    /// Demand has shifted to another level for good.
    Shift,
    /// Single periods far above all others, as promotions make.
    Outliers,
    /// Periods without stock hide demand; it was estimated.
    Censored,
    /// No level tried reaches the target.
    Unreachable,
}

impl Warning {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::TooLittleHistory,
        Self::NoDemand,
        Self::Intermittent,
        Self::Trend,
        Self::Seasonal,
        Self::Shift,
        Self::Outliers,
        Self::Censored,
        Self::Unreachable,
    ];

    /// Its name in tables.
    pub const fn name(self) -> &'static str {
        match self {
            Self::TooLittleHistory => "too-little-history",
            Self::NoDemand => "no-demand",
            Self::Intermittent => "intermittent",
            Self::Trend => "trend",
            Self::Seasonal => "seasonal",
            Self::Shift => "shift",
            Self::Outliers => "outliers",
            Self::Censored => "censored-demand",
            Self::Unreachable => "target-unreachable",
        }
    }

    /// What it means, in a sentence.
    pub const fn meaning(self) -> &'static str {
        match self {
            Self::TooLittleHistory => {
                "fewer than 60 periods since the item began to sell: the levels allow for much that is not known"
            }
            Self::NoDemand => "nothing was sold in the history: nothing is kept",
            Self::Intermittent => "many periods without demand, more than a steady flow of customers makes",
            Self::Trend => "demand grows or falls: the levels hold for the horizon of the plan and no longer",
            Self::Seasonal => {
                "demand changes with the season: one level serves the whole horizon, plan again before a season"
            }
            Self::Shift => "demand has shifted to another level for good",
            Self::Outliers => {
                "single periods far above all others, as promotions make: they are planned for as if they came again"
            }
            Self::Censored => "some periods ended without stock: what would have been wanted was estimated",
            Self::Unreachable => "no level tried reaches the target",
        }
    }
}

/// What is recommended for one item at one place.
#[derive(Clone, Debug, PartialEq)]
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

/// Periods from which a history is not called short.
const SHORT_HISTORY: usize = 60;
/// Nothing above so many standard deviations over expected demand is tried.
const MOST_DEVIATIONS: f64 = 60.0;
/// Where a history leaves much open, so large a share of what may be missed is aimed for less: on average over what may
/// be true the target is passed by that, so that more items reach it in the one future that comes. Measured on
/// assortments of known truth (`examples/quality.rs`).
const ALLOWANCE: f64 = 0.10;
/// Order quantities tried where an order costs something, as shares of the economic one.
const QUANTITIES: [f64; 4] = [0.7, 1.0, 1.4, 2.0];

impl Item {
    /// The stream of this item's paths: the same whatever else is planned beside it.
    fn stream(&self, purpose: &str) -> Pcg64 {
        let texts = [self.item.as_str(), &self.place, purpose];
        let words: Vec<u32> =
            texts.iter().flat_map(|text| text.bytes().map(u32::from).chain([u32::MAX])).collect();
        Pcg64::from_sequence(&SeedSequence::from_words(&words))
    }

    /// The smallest step between two levels [units].
    fn grain(&self, demand: &Demand, typical: f64) -> f64 {
        let is_whole = |number: f64| number.fract() == 0.0;
        if demand.whole && is_whole(self.physics.multiple) && is_whole(self.physics.minimum) {
            return 1.0;
        }
        10_f64.powf(typical.max(1e-9).log10().floor() - 2.0)
    }

    /// Finds the levels.
    ///
    /// # Errors
    /// [`FitError`] for a history with a value that is no demand, or too long.
    pub fn recommend(&self, effort: &Effort) -> Result<Recommendation, FitError> {
        let (history, censored) =
            crate::censored::wanted(&self.history, &self.sold_out, &mut self.stream("censored"));
        let demand = Demand::of(&history)?;
        let mut warnings = warnings(&demand, &history);
        if censored > 0 {
            warnings.push(Warning::Censored);
        }
        let (mean, deviation) = (demand.mean(effort.horizon), demand.deviation(effort.horizon));
        if mean <= 0.0 {
            return Ok(self.nothing(warnings));
        }
        let warm = self.physics.lead_time.longest() as usize + 2 * self.physics.review + 5;
        let paths = self.paths(&demand, effort, warm);
        let covered = self.physics.protection();
        let spread = (covered * deviation.powi(2) + mean.powi(2) * self.physics.lead_time.variance()).sqrt();
        let expected = covered * mean;
        let grain = self.grain(&demand, expected + spread);
        let aim = if demand.is_unsure() { self.target.raised(ALLOWANCE) } else { self.target };
        let mut search = Search::new(&self.physics, &paths, warm, grain);
        let found = self.cheapest(&mut search, aim, (expected, spread, grain), effort);
        let cost = self.cost(&found.figures, effort);
        if !found.reached {
            warnings.push(Warning::Unreachable);
        }
        let each = search.play(&found.levels);
        warnings.sort_unstable();
        let (levels, total) = (found.levels, Figures::total(&each));
        let years = total.periods / effort.year;
        let mean_stock = total.mean_stock();
        let position = self.stock.map(|stock| stock + self.on_order);
        Ok(Recommendation {
            levels,
            order_now: position.map(|position| levels.request(position, &self.physics)),
            safety_stock: levels.reorder_point + grain - expected,
            immediate_fill_rate: total.immediate_fill_rate(),
            fill_rate_interval: interval(each.iter().map(Figures::immediate_fill_rate)),
            cycle_service: total.cycle_service(),
            mean_stock,
            stock_interval: interval(each.iter().map(Figures::mean_stock)),
            turns: if mean_stock > 0.0 { total.immediate / years / mean_stock } else { 0.0 },
            cost_per_year: cost,
            orders_per_year: total.orders / years,
            mean_demand: mean,
            deviation,
            drivers: drivers(&demand, &self.physics, mean, deviation),
            warnings,
        })
    }

    /// Of the order quantities tried, each with the least reorder point that reaches the target, the cheapest. The
    /// search begins where a normal law of demand would lead.
    fn cheapest(
        &self,
        search: &mut Search<'_>,
        aim: Target,
        (expected, spread, grain): (f64, f64, f64),
        effort: &Effort,
    ) -> Found {
        let start = (expected + quantile(aim.share()) * spread - grain).max(0.0);
        let most = (expected + MOST_DEVIATIONS * spread.max(grain)).max(10.0 * grain);
        let yearly_demand = expected / self.physics.protection() * effort.year;
        let gaps = self.gaps(yearly_demand, grain).into_iter();
        let found = gaps.map(|gap| search.least(aim, gap, (start, spread / 3.0), most));
        let cost = |found: &Found| self.cost(&found.figures, effort);
        found.min_by(|a, b| cost(a).total_cmp(&cost(b))).expect("one order quantity at least")
    }

    /// A row for an item nobody wants.
    fn nothing(&self, mut warnings: Vec<Warning>) -> Recommendation {
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

    /// Paths of demand and lead times.
    pub(crate) fn paths(&self, demand: &Demand, effort: &Effort, warm: usize) -> Vec<Path> {
        let paths = demand.paths(effort.paths, warm, effort.horizon, &mut self.stream("demand"));
        self.supplied(paths)
    }

    /// Paths of demand with lead times drawn for every period.
    pub(crate) fn supplied(&self, demand: Vec<Vec<f64>>) -> Vec<Path> {
        use invmgmt::random::Stream;
        let mut supply = self.stream("supply");
        let count = demand.len() as f64;
        let path = |(place, demand): (usize, Vec<f64>)| {
            let leads = demand.iter().map(|_| self.physics.lead_time.draw(&mut supply) as u8).collect();
            let start = (place as f64 + supply.next_f64()) / count;
            Path { demand, leads, start }
        };
        demand.into_iter().enumerate().map(path).collect()
    }

    /// How far the order-up-to level may lie above the reorder point: where an order costs something, about the
    /// economic quantity of F. W. Harris (1913).
    fn gaps(&self, yearly_demand: f64, grain: f64) -> Vec<f64> {
        let Money { cost, holding_rate, order_cost, .. } = self.money;
        let holding = cost * holding_rate;
        if order_cost <= 0.0 || holding <= 0.0 {
            return vec![grain];
        }
        let economic = (2.0 * order_cost * yearly_demand / holding).sqrt();
        let mut gaps: Vec<f64> =
            QUANTITIES.iter().map(|share| (share * economic / grain).round().max(1.0) * grain).collect();
        gaps.push(grain);
        gaps.dedup();
        gaps
    }

    /// Holding and ordering [money / year].
    pub(crate) fn cost(&self, figures: &Figures, effort: &Effort) -> f64 {
        let Money { cost, holding_rate, order_cost, .. } = self.money;
        let years = (figures.periods / effort.year).max(1e-9);
        figures.mean_stock() * cost * holding_rate + figures.orders / years * order_cost
    }
}

/// From the 2.5th to the 97.5th of a hundred.
fn interval(values: impl Iterator<Item = f64>) -> (f64, f64) {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    let at = |share: f64| values[((values.len() - 1) as f64 * share).round() as usize];
    (at(0.025), at(0.975))
}

fn warnings(demand: &Demand, history: &[f64]) -> Vec<Warning> {
    let mut warnings = Vec::new();
    if demand.history().len() < SHORT_HISTORY {
        warnings.push(Warning::TooLittleHistory);
    }
    if let Some(fit) = &demand.fit {
        let found = |effect: &str| fit.evidence(effect).outcome == Outcome::Found;
        let intervals = fit.intermittency.average_interval >= 1.32;
        let named = [
            (intervals, Warning::Intermittent),
            (found("trend"), Warning::Trend),
            (found("seasonal"), Warning::Seasonal),
            (found("shock"), Warning::Shift),
            (has_outliers(history, &fit.fitted), Warning::Outliers),
        ];
        warnings.extend(named.into_iter().filter(|(holds, _)| *holds).map(|(_, warning)| warning));
    }
    warnings
}

/// Whether a few periods stand far above what all others make likely.
fn has_outliers(history: &[f64], means: &[f64]) -> bool {
    let mut residuals: Vec<f64> = history
        .iter()
        .zip(means)
        .filter(|(_, mean)| **mean > 0.0)
        .map(|(value, mean)| (value - mean) / mean.sqrt())
        .collect();
    residuals.sort_by(f64::total_cmp);
    // A fiftieth may be promotions; the scatter is that of the others.
    let few = residuals.len() / 50 + 1;
    let Some(others) = residuals.len().checked_sub(few).filter(|count| *count >= 20) else { return false };
    let deviation = crate::demand::variance(&residuals[..others]).sqrt().max(1.0);
    residuals.last().is_some_and(|most| *most > 8.0 * deviation)
}

/// What moves the levels, in words.
fn drivers(demand: &Demand, physics: &Physics, mean: f64, deviation: f64) -> String {
    let law = match &demand.fit {
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
