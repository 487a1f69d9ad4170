//! A problem cut in two at a period: what the search sees, and what its result is measured on.

use std::sync::Arc;

use invmgmt::demand::{DemandConfig, DemandModel, Effects, Own, Replays};
use invmgmt::network::Network;

use super::{OptimizeError, Problem};

/// The demand of the periods before `at` and of those from it on. Series are cut; the rest must not depend on time.
pub(super) fn cut(problem: &Problem, at: usize) -> Result<[DemandModel; 2], OptimizeError> {
    let Problem { network, demand, num_periods, .. } = problem;
    let num_periods = *num_periods;
    if at == 0 || at >= num_periods {
        return Err(OptimizeError::NoPart { at, num_periods });
    }
    if demand.config.use_goodwill {
        return Err(OptimizeError::NotCut { found: "goodwill, which remembers what was before" });
    }
    let configs = network.market.indices().filter(|&link| demand.replays.series(link).is_none());
    let configs: Vec<&DemandConfig> = configs.map(|link| demand.config_of(link)).collect();
    if configs.iter().any(|config| config.effects != Effects::default()) {
        return Err(OptimizeError::NotCut { found: "effects, which would begin anew in the second part" });
    }
    let series = network.market.indices().any(|link| demand.replays.series(link).is_some());
    if !series && configs.iter().all(|config| config.external_series.is_none()) {
        return Err(OptimizeError::NoSeries);
    }
    Ok([part(network, demand, 0, at)?, part(network, demand, at, num_periods)?])
}

/// The demand of the periods from `first` up to `end`.
fn part(
    network: &Network,
    demand: &DemandModel,
    first: usize,
    end: usize,
) -> Result<DemandModel, OptimizeError> {
    // After its end the last value of a series stays.
    let cut = |series: &[f64]| -> Arc<[f64]> {
        (first..end).map(|period| series[period.min(series.len() - 1)]).collect()
    };
    let of = |config: &DemandConfig| DemandConfig {
        external_series: config.external_series.as_deref().map(cut),
        ..config.clone()
    };
    let mut model = DemandModel::new(of(&demand.config))?;
    let mut replays = Replays::default();
    for link in network.market.indices() {
        if let Some(own) = demand.own(link) {
            model.set_own(link, &of(own), Own::every())?;
        }
        if let Some(series) = demand.replays.series(link) {
            let name = network.link_name(network.market[link].link);
            replays.set(&name, link, cut(series), end - first)?;
        }
    }
    model.replays = replays;
    Ok(model)
}
