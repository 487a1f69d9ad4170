//! What a learned policy knows of the demand to come: worlds that may be, and how likely each is.

use invmgmt::demand::{DemandModel, Effects};
use invmgmt::network::{MarketLinkIx, Network, TableIndex};

use crate::Information;

/// What a learned policy may know of demand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Knows {
    /// The means of all periods to come.
    Informed,
    /// The parameters of demand, but not which of its effects act.
    Family,
    /// What was sold so far.
    Blind,
}

impl Knows {
    /// Every level, the one that knows most first.
    pub const ALL: [Self; 3] = [Self::Informed, Self::Family, Self::Blind];

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Informed => "informed",
            Self::Family => "family",
            Self::Blind => "blind",
        }
    }

    /// The level of this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|level| level.name() == name)
    }

    /// What it is called in results.
    pub fn information(self, network: &Network, demand: &DemandModel) -> Information {
        match self {
            Self::Informed => Information::informed(network, demand),
            Self::Family => Information::FamilyParameters,
            Self::Blind => Information::Blind,
        }
    }
}

/// Least variance of a world's demand [units^2]: even a mean without scatter is rounded.
const LEAST_VARIANCE: f64 = 1e-6;

/// What demand may be like, period by period.
#[derive(Clone, Debug, PartialEq)]
pub struct World {
    /// Expected demand at sentiment 1: per period one number per market link [units].
    means: Vec<f64>,
    /// Variance of demand, likewise [units^2].
    variances: Vec<f64>,
    markets: usize,
}

impl World {
    /// The world of a demand model.
    pub fn new(network: &Network, demand: &DemandModel, num_periods: usize) -> Self {
        let links =
            || (0..num_periods).flat_map(|period| network.market.indices().map(move |link| (period, link)));
        Self {
            means: links().map(|(period, link)| demand.expected(network, period, link, 1.0)).collect(),
            variances: links()
                .map(|(period, link)| demand.variance(network, period, link, 1.0).max(LEAST_VARIANCE))
                .collect(),
            markets: network.market.len(),
        }
    }

    /// The eight worlds of trend, seasonality and shock, each there or not.
    pub fn family(network: &Network, demand: &DemandModel, num_periods: usize) -> Vec<Self> {
        family_of(demand).iter().map(|demand| Self::new(network, demand, num_periods)).collect()
    }

    /// Expected demand of a period; nothing is wanted after the last [units].
    pub fn mean(&self, period: usize, link: MarketLinkIx) -> f64 {
        self.means.get(period * self.markets + link.position()).copied().unwrap_or(0.0)
    }

    /// Logarithm of the likelihood, up to a constant, of what was sold in a period at this sentiment; normal, of the
    /// world's own mean and variance.
    fn log_likelihood(&self, period: usize, sentiment: f64, sold: impl Iterator<Item = f64>) -> f64 {
        let from = period * self.markets;
        let worlds = self.means[from..].iter().zip(&self.variances[from..]);
        worlds
            .zip(sold)
            .map(|((mean, variance), sold)| {
                let (error, variance) = (sold - mean * sentiment, variance * sentiment.max(LEAST_VARIANCE));
                -0.5 * (error * error / variance + variance.ln())
            })
            .sum()
    }
}

/// The same demand with trend, seasonality and shock each there or not.
pub fn family_of(demand: &DemandModel) -> Vec<DemandModel> {
    let effects = |bits: u8| Effects { trend: bits & 1 > 0, seasonal: bits & 2 > 0, shock: bits & 4 > 0 };
    (0..8).map(|bits| demand.with_effects(effects(bits))).collect()
}

/// How likely each world is, given what was sold: the belief of one episode.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Belief {
    /// Logarithms of the weights, the largest 0.
    log_weights: Vec<f64>,
    /// Probabilities [1].
    probabilities: Vec<f64>,
}

impl Belief {
    /// All worlds are as likely.
    pub fn reset(&mut self, worlds: usize) {
        self.log_weights.clear();
        self.log_weights.resize(worlds, 0.0);
        self.probabilities.clear();
        self.probabilities.resize(worlds, 1.0 / worlds as f64);
    }

    /// All it consists of, in one order.
    pub(super) fn numbers_mut(&mut self) -> impl Iterator<Item = &mut f64> {
        self.log_weights.iter_mut().chain(&mut self.probabilities)
    }

    /// One of so many worlds is known to be the one.
    pub fn know(&mut self, world: usize, worlds: usize) {
        self.reset(worlds);
        self.log_weights.fill(f64::NEG_INFINITY);
        self.log_weights[world] = 0.0;
        self.probabilities.fill(0.0);
        self.probabilities[world] = 1.0;
    }

    /// Learns from what was sold in a period (Bayes).
    pub fn learn(
        &mut self,
        worlds: &[World],
        period: usize,
        sentiment: f64,
        sold: &(impl Iterator<Item = f64> + Clone),
    ) {
        for (weight, world) in self.log_weights.iter_mut().zip(worlds) {
            if *weight > f64::NEG_INFINITY {
                *weight += world.log_likelihood(period, sentiment, sold.clone());
            }
        }
        let most = self.log_weights.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let mut total = 0.0;
        for (weight, probability) in self.log_weights.iter_mut().zip(&mut self.probabilities) {
            *weight -= most;
            *probability = weight.exp();
            total += *probability;
        }
        self.probabilities.iter_mut().for_each(|probability| *probability /= total);
    }

    /// Probability of each world [1].
    pub fn probabilities(&self) -> &[f64] {
        &self.probabilities
    }

    /// Expected demand of a link in a period [units].
    pub fn mean(&self, worlds: &[World], period: usize, link: MarketLinkIx) -> f64 {
        let likely = worlds.iter().zip(&self.probabilities).filter(|(_, probability)| **probability > 0.0);
        likely.map(|(world, probability)| probability * world.mean(period, link)).sum()
    }
}
