//! One item at one place: what is known of it.

use invmgmt::law::Law;
use invmgmt::random::{Pcg64, SeedSequence, Stream};

use crate::demand::Demand;
use crate::levels::Target;
use crate::physics::Physics;
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
    /// The law of demand and its mean per period [units], where it is known; the history says nothing then.
    pub law: Option<(Law, f64)>,
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

impl Item {
    /// Whether customers buy it here; a warehouse may only supply stores.
    pub fn sells(&self) -> bool {
        self.law.is_some() || self.history.iter().any(|units| *units > 0.0)
    }

    /// The stream of this item's paths: the same whatever else is planned beside it.
    pub(crate) fn stream(&self, purpose: &str) -> Pcg64 {
        let texts = [self.item.as_str(), &self.place, purpose];
        let words: Vec<u32> =
            texts.iter().flat_map(|text| text.bytes().map(u32::from).chain([u32::MAX])).collect();
        Pcg64::from_sequence(&SeedSequence::from_words(&words))
    }

    /// The smallest step between two levels [units]: a thousandth of what moves them, where units are not whole.
    pub(crate) fn grain(&self, demand: &Demand, spread: f64) -> f64 {
        let is_whole = |number: f64| number.fract() == 0.0;
        if demand.whole && is_whole(self.physics.multiple) && is_whole(self.physics.minimum) {
            return 1.0;
        }
        10_f64.powf(spread.max(1e-9).log10().floor() - 2.0)
    }

    /// Paths of demand and lead times.
    pub(crate) fn paths(&self, demand: &Demand, effort: &Effort, warm: usize) -> Vec<Path> {
        let paths = demand.paths(effort.paths, warm, effort.horizon, &mut self.stream("demand"));
        self.supplied(paths)
    }

    /// Paths of demand with lead times drawn for every period.
    pub(crate) fn supplied(&self, demand: Vec<Vec<f64>>) -> Vec<Path> {
        let mut supply = self.stream("supply");
        let (count, varies) = (demand.len() as f64, self.physics.lead_time.is_random());
        let path = |(place, demand): (usize, Vec<f64>)| {
            let leads = if varies { demand.iter().map(|_| supply.next_f64()).collect() } else { Vec::new() };
            let start = (place as f64 + supply.next_f64()) / count;
            Path { demand, leads, start }
        };
        demand.into_iter().enumerate().map(path).collect()
    }

    /// The order quantity at which ordering and holding cost the same: F. W. Harris (1913); 0 where either is free
    /// [units].
    pub(crate) fn economic_quantity(&self, mean: f64, effort: &Effort) -> f64 {
        let Money { cost, holding_rate, order_cost, .. } = self.money;
        let holding = cost * holding_rate;
        if holding > 0.0 { (2.0 * order_cost * mean * effort.year / holding).sqrt() } else { 0.0 }
    }

    /// Holding, ordering, and what spoils [money / year].
    pub(crate) fn cost(&self, figures: &Figures, effort: &Effort) -> f64 {
        let Money { cost, holding_rate, order_cost, .. } = self.money;
        let years = (figures.periods / effort.year).max(1e-9);
        figures.mean_stock() * cost * holding_rate
            + (figures.orders * order_cost + figures.wasted * cost) / years
    }
}
