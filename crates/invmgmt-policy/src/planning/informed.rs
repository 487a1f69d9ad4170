//! Foresight of one who knows the parameters of demand, and not its draws.

use invmgmt::demand::DemandModel;
use invmgmt::network::TableIndex;
use invmgmt::period::StateView;

use super::foresight::{Forecaster, Foresight, total_unmet};

/// Knows the means of all periods to come and the scale of the noise, and how sentiment answers shortages.
#[derive(Clone, Debug)]
pub(crate) struct KnownParameters(DemandModel);

impl KnownParameters {
    pub fn new(model: &DemandModel) -> Self {
        Self(model.clone())
    }
}

/// The sentiment that will be in force in the present period.
pub(super) fn present_sentiment(model: &DemandModel, state: &StateView<'_>) -> f64 {
    let config = &model.config;
    if config.use_goodwill && state.period() > 0 {
        config.goodwill.after(total_unmet(state), state.sentiment())
    } else {
        state.sentiment()
    }
}

impl Forecaster for KnownParameters {
    fn reset(&mut self) {}

    fn foresee(&mut self, state: &StateView<'_>, periods: usize, foresight: &mut Foresight) {
        let Self(model) = self;
        let (network, config) = (state.network, &model.config);
        let mut sentiment = present_sentiment(model, state);
        let mut so_far = vec![0.0; network.market.len()];
        for period in 0..periods {
            for link in network.market.indices() {
                let ahead = state.period() + period;
                so_far[link.position()] += model.variance(network, ahead, link, sentiment);
                let mean = model.expected(network, ahead, link, sentiment);
                foresight.set(period, link, mean, so_far[link.position()]);
            }
            if config.use_goodwill {
                sentiment = config.goodwill.after(0.0, sentiment);
            }
        }
        if config.use_goodwill {
            foresight.goodwill_at_stake = 1.0 - config.goodwill.decay;
        }
    }
}
