//! DLP, the published planner by certainty equivalence: demand will be its mean.

use invmgmt::demand::DemandModel;
use invmgmt::episode::DecisionError;
use invmgmt::network::{MarketLinkIx, Network, Table, TableIndex};
use invmgmt::period::StateView;

use super::Paths;
use super::rolling::Belief;

/// Fewest periods planned, where so many remain.
const SHORTEST_WINDOW: usize = 10;
/// Periods a blind mean looks back.
const LOOK_BACK: usize = 5;

/// The mean the published planners reckon with.
#[derive(Clone, Debug)]
pub(crate) enum PublishedMean {
    /// The average of the last five periods; before the first sale the configured mean, which a blind rule should
    /// not know and the published one reads.
    Blind { prior: Table<MarketLinkIx, f64>, seen: Vec<Vec<f64>> },
    /// The true mean of every period to come, at the sentiment of the period before.
    Informed(DemandModel),
}

impl PublishedMean {
    pub fn blind(network: &Network, demand: Option<&DemandModel>) -> Self {
        let prior = network.market.iter().map(|(link, row)| {
            demand.map_or(row.own_mean.unwrap_or(invmgmt::demand::DEFAULT_BASE_MEAN), |model| {
                configured_mean(model, network, link)
            })
        });
        Self::Blind { prior: prior.collect::<Vec<f64>>().into(), seen: Vec::new() }
    }

    pub fn reset(&mut self) {
        if let Self::Blind { seen, .. } = self {
            seen.clear();
        }
    }

    /// Takes note of the last period's demand.
    pub fn look(&mut self, state: &StateView<'_>) {
        let Self::Blind { seen, .. } = self else { return };
        if state.period() == 0 {
            seen.clear();
        } else if seen.len() < state.period() {
            seen.push(state.network.market.indices().map(|link| state.demand(link)).collect());
        }
    }

    /// Mean demand on a link, so many periods from now [units / period].
    pub fn mean(&self, state: &StateView<'_>, ahead: usize, link: MarketLinkIx) -> f64 {
        match self {
            Self::Informed(model) => {
                model.mean(state.network, state.period() + ahead, link, state.sentiment())
            }
            Self::Blind { prior, seen } if seen.is_empty() => prior[link],
            Self::Blind { seen, .. } => {
                let recent = &seen[seen.len().saturating_sub(LOOK_BACK)..];
                recent.iter().map(|demand| demand[link.position()]).sum::<f64>() / recent.len() as f64
            }
        }
    }
}

/// Mean demand per period as configured: of a series, its average.
fn configured_mean(model: &DemandModel, network: &Network, link: MarketLinkIx) -> f64 {
    let config = model.config_of(link);
    if let Some(series) = &config.external_series {
        return config.base_mu.unwrap_or(series.iter().sum::<f64>() / series.len() as f64);
    }
    match model.replays.series(link) {
        Some(series) => series.iter().sum::<f64>() / series.len() as f64,
        None => config.base(0, network.market[link].own_mean),
    }
}

/// Demand will be its mean, over a window a little longer than the longest lead time.
#[derive(Clone, Debug)]
pub(crate) struct CertaintyEquivalent(pub PublishedMean);

impl Belief for CertaintyEquivalent {
    fn reset(&mut self, _seed: Option<u64>) {
        self.0.reset();
    }

    fn window(&self, network: &Network, remaining: usize) -> usize {
        let delays = network.supply.indices().map(|link| network.order_delay(link)).max();
        capped(network.longest_lead_time() + delays.unwrap_or(0) + 2, remaining)
    }

    fn expect(
        &mut self,
        state: &StateView<'_>,
        periods: usize,
        paths: &mut Paths,
    ) -> Result<(), DecisionError> {
        self.0.look(state);
        paths.reset(1, periods, state.network.market.len());
        for period in 0..periods {
            for link in state.network.market.indices() {
                paths.set(0, period, link, self.0.mean(state, period, link));
            }
        }
        Ok(())
    }
}

/// The published window: so many periods and at least ten, as far as the episode goes.
pub(super) fn capped(periods: usize, remaining: usize) -> usize {
    periods.max(SHORTEST_WINDOW).min(remaining)
}
