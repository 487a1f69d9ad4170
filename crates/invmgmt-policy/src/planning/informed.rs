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

/// The sentiment in force in the present period and those after it, if customers are left unserved with the
/// chances `short` [1].
pub(super) fn sentiments(model: &DemandModel, state: &StateView<'_>, short: &[f64]) -> Vec<f64> {
    let config = &model.config;
    let answer = |unmet: f64, sentiment: f64| {
        if config.use_goodwill { config.goodwill.after(unmet, sentiment) } else { sentiment }
    };
    let first =
        if state.period() > 0 { answer(total_unmet(state), state.sentiment()) } else { state.sentiment() };
    let later = short.iter().scan(first, |sentiment, &short| {
        let served = answer(0.0, *sentiment);
        *sentiment = served + short * (answer(1.0, *sentiment) - served);
        Some(*sentiment)
    });
    std::iter::once(first).chain(later).take(short.len()).collect()
}

impl Forecaster for KnownParameters {
    fn reset(&mut self) {}

    fn foresee(&mut self, state: &StateView<'_>, short: &[f64], foresight: &mut Foresight) {
        let Self(model) = self;
        let (network, config) = (state.network, &model.config);
        let sentiments = sentiments(model, state, short);
        let mut so_far = vec![0.0; network.market.len()];
        for (period, &sentiment) in sentiments.iter().enumerate() {
            for link in network.market.indices() {
                let ahead = state.period() + period;
                so_far[link.position()] += model.variance(network, ahead, link, sentiment);
                let mean = model.expected(network, ahead, link, sentiment);
                foresight.set(period, link, mean, so_far[link.position()]);
            }
        }
        if config.use_goodwill {
            foresight.goodwill_at_stake = 1.0 - config.goodwill.decay;
        }
    }
}
