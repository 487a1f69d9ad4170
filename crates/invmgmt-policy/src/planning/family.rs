//! Foresight of one who knows what effects demand may have, but not which it has.

use invmgmt::demand::{DemandModel, Effects};
use invmgmt::network::MarketLinkIx;
use invmgmt::period::StateView;

use super::counting::counting_unit;
use super::foresight::{Forecaster, Foresight};
use super::informed::sentiments;

/// Demand that is its mean still scatters by rounding: this at least, in units of its size, squared.
const LEAST_VARIANCE: f64 = 1e-6;

/// Trend, seasonality and shock, each there or not with probability 1/2: eight worlds, whose probabilities follow
/// from the demand seen (Bayes). A world's likelihood is normal with its own mean and variance.
#[derive(Clone, Debug)]
pub(crate) struct KnownFamily {
    worlds: Vec<World>,
    /// Periods of demand learnt from.
    seen: usize,
}

#[derive(Clone, Debug)]
struct World {
    model: DemandModel,
    /// Logarithm of its probability, up to a constant.
    log_weight: f64,
}

impl KnownFamily {
    /// Reads everything of the demand but which effects are active.
    pub fn new(model: &DemandModel) -> Self {
        let worlds = (0..8).map(|bits| {
            let mut model = model.clone();
            model.config.effects =
                Effects { trend: bits & 1 > 0, seasonal: bits & 2 > 0, shock: bits & 4 > 0 };
            World { model, log_weight: 0.0 }
        });
        Self { worlds: worlds.collect(), seen: 0 }
    }

    /// Takes the last period's demand into account.
    fn learn(&mut self, state: &StateView<'_>) {
        let Some(period) = state.period().checked_sub(1) else { return };
        let seen = state.network.market.indices().map(|link| state.demand(link));
        let least = LEAST_VARIANCE * counting_unit(state.network, seen).powi(2);
        for world in &mut self.worlds {
            for link in state.network.market.indices() {
                let mean = world.model.expected(state.network, period, link, state.sentiment());
                let variance = world.model.variance(state.network, period, link, state.sentiment());
                let variance = variance.max(least);
                let error = state.demand(link) - mean;
                world.log_weight -= 0.5 * (error * error / variance + variance.ln());
            }
        }
        let most = self.worlds.iter().map(|world| world.log_weight).fold(f64::NEG_INFINITY, f64::max);
        self.worlds.iter_mut().for_each(|world| world.log_weight -= most);
    }

    /// Probability of each world, given what was seen.
    fn probabilities(&self) -> Vec<f64> {
        let weights: Vec<f64> = self.worlds.iter().map(|world| world.log_weight.exp()).collect();
        let total: f64 = weights.iter().sum();
        weights.into_iter().map(|weight| weight / total).collect()
    }

    fn foresee_link(
        &self,
        state: &StateView<'_>,
        probabilities: &[f64],
        sentiments: &[f64],
        link: MarketLinkIx,
        foresight: &mut Foresight,
    ) {
        let network = state.network;
        // Per world: mean and variance of the demand added up so far.
        let mut sums = vec![(0.0, 0.0); self.worlds.len()];
        for (period, &sentiment) in sentiments.iter().enumerate() {
            let mut mean = 0.0;
            let worlds = self.worlds.iter().zip(&mut sums).zip(probabilities);
            for (place, ((world, sum), probability)) in worlds.enumerate() {
                let ahead = state.period() + period;
                let expected = world.model.expected(network, ahead, link, sentiment);
                *sum = (sum.0 + expected, sum.1 + world.model.variance(network, ahead, link, sentiment));
                foresight.set_sum(place, period, link, *sum);
                mean += probability * expected;
            }
            let total: f64 = sums.iter().zip(probabilities).map(|(sum, p)| p * sum.0).sum();
            // Within the worlds and between them.
            let spread = sums.iter().zip(probabilities).map(|(sum, p)| p * (sum.1 + (sum.0 - total).powi(2)));
            foresight.set(period, link, mean, spread.sum());
        }
    }
}

impl Forecaster for KnownFamily {
    fn reset(&mut self) {
        self.seen = 0;
        self.worlds.iter_mut().for_each(|world| world.log_weight = 0.0);
    }

    fn foresee(&mut self, state: &StateView<'_>, short: &[f64], foresight: &mut Foresight) {
        if state.period() == 0 {
            self.reset();
        } else if self.seen < state.period() {
            self.learn(state);
            self.seen = state.period();
        }
        let config = &self.worlds[0].model.config;
        let sentiments = sentiments(&self.worlds[0].model, state, short);
        let probabilities = self.probabilities();
        foresight.tell_apart(probabilities.iter().copied());
        for link in state.network.market.indices() {
            self.foresee_link(state, &probabilities, &sentiments, link, foresight);
        }
        if config.use_goodwill {
            foresight.goodwill_at_stake = 1.0 - config.goodwill.decay;
        }
    }
}
