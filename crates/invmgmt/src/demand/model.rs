//! Demand ready to draw: the configuration, the series that replace draws, and the sampler's memory.

use std::sync::Arc;

use super::{DEFAULT_BASE_MEAN, DemandConfig, DemandError, DemandProcess};
use crate::network::{MarketLinkIx, Network, TableIndex};
use crate::random::{PoissonLaw, Stream};

/// Series that are the demand of market links, in place of draws.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Replays {
    /// Per market link, as far as any is replayed [units].
    series: Vec<Option<Arc<[f64]>>>,
}

impl Replays {
    /// Replays a series on a link: its demand in period t is `series[t]` (times the sentiment under goodwill).
    ///
    /// # Errors
    /// [`DemandError`] if the series is shorter than the horizon, or a value is negative or not finite; nothing is
    /// changed then.
    pub fn set(
        &mut self,
        name: &str,
        link: MarketLinkIx,
        series: Arc<[f64]>,
        num_periods: usize,
    ) -> Result<(), DemandError> {
        if series.len() < num_periods {
            return Err(DemandError::ShortSeries {
                name: name.to_owned(),
                found: series.len(),
                expected: num_periods,
            });
        }
        if let Some(period) = series.iter().position(|&value| !(value.is_finite() && value >= 0.0)) {
            return Err(DemandError::SeriesValue {
                name: name.to_owned(),
                period,
                found: series[period],
                allowed: "a finite number >= 0",
            });
        }
        if self.series.len() <= link.position() {
            self.series.resize(link.position() + 1, None);
        }
        self.series[link.position()] = Some(series);
        Ok(())
    }

    /// The replayed demand of a link, if it is replayed. After a series' end its last value stays.
    #[inline]
    pub fn value(&self, period: usize, link: MarketLinkIx) -> Option<f64> {
        let series = self.series.get(link.position())?.as_ref()?;
        series.get(period).or(series.last()).copied()
    }
}

/// The demand of a network's market links.
#[derive(Clone, Debug, PartialEq)]
pub struct DemandModel {
    /// Means, scatter and goodwill.
    pub config: DemandConfig,
    /// Series in place of draws.
    pub replays: Replays,
}

impl DemandModel {
    /// Demand of these parameters, without replays.
    ///
    /// # Errors
    /// [`DemandError`] for the first parameter that cannot be used.
    pub fn new(config: DemandConfig) -> Result<Self, DemandError> {
        config.check()?;
        Ok(Self { config, replays: Replays::default() })
    }

    /// The replayed demand of a link at this sentiment, if it is replayed [units].
    #[inline]
    pub fn replayed(&self, period: usize, link: MarketLinkIx, sentiment: f64) -> Option<f64> {
        let value = self.replays.value(period, link)?;
        Some(if self.config.use_goodwill { value * sentiment } else { value })
    }

    /// Whether every market link is replayed, so that nothing is drawn.
    pub fn is_replay(&self, network: &Network) -> bool {
        network.market.indices().all(|link| self.replays.value(0, link).is_some())
    }

    /// Mean demand of a link in a period at this sentiment [units / period].
    pub fn mean(&self, network: &Network, period: usize, link: MarketLinkIx, sentiment: f64) -> f64 {
        self.replayed(period, link, sentiment)
            .unwrap_or_else(|| self.config.mean(period, network.market[link].own_mean, sentiment))
    }

    /// Expected demand of a link: its mean after the law's own bias and the cut at zero [units / period].
    pub fn expected(&self, network: &Network, period: usize, link: MarketLinkIx, sentiment: f64) -> f64 {
        self.replayed(period, link, sentiment).unwrap_or_else(|| {
            let row = &network.market[link];
            row.law.expected(self.config.mean(period, row.own_mean, sentiment), self.config.noise_scale)
        })
    }

    /// The mean over market links of their own means: what one number says of all [units / period].
    pub fn average_own_mean(network: &Network) -> f64 {
        let own = |link: &crate::network::MarketLink| link.own_mean.unwrap_or(DEFAULT_BASE_MEAN);
        network.market.rows().iter().map(own).sum::<f64>() / network.market.len() as f64
    }
}

/// What a sampler keeps between draws, so that constants are worked out once per mean.
#[derive(Clone, Debug)]
pub struct Sampler {
    poisson: Vec<PoissonLaw>,
}

impl Sampler {
    /// A sampler for this network's market links.
    pub fn new(network: &Network) -> Self {
        Self { poisson: vec![PoissonLaw::new(0.0); network.market.len()] }
    }
}

/// The engine's own demand process: draws from a stream by the model.
#[derive(Debug)]
pub struct NativeDemand<'a, S> {
    /// The laws.
    pub network: &'a Network,
    /// The means.
    pub model: &'a DemandModel,
    /// Where randomness comes from.
    pub stream: &'a mut S,
    /// Constants kept between draws.
    pub sampler: &'a mut Sampler,
}

impl<S: Stream> DemandProcess for NativeDemand<'_, S> {
    fn sentiment_after(&mut self, unmet: f64, sentiment: f64) -> f64 {
        let config = &self.model.config;
        if config.use_goodwill { config.goodwill.after(unmet, sentiment) } else { sentiment }
    }

    fn draw(&mut self, period: usize, link: MarketLinkIx, sentiment: f64) -> f64 {
        if let Some(demand) = self.model.replayed(period, link, sentiment) {
            return demand;
        }
        let (row, config) = (&self.network.market[link], &self.model.config);
        let mean = config.mean(period, row.own_mean, sentiment);
        let raw = row.law.sample(mean, &mut self.sampler.poisson[link.position()], self.stream);
        config.scatter(mean, raw)
    }
}
