//! Demand ready to draw: the configuration, the series that replace draws, and the sampler's memory.

use std::borrow::Borrow;
use std::sync::Arc;
use std::{ptr, slice};

use super::{DEFAULT_BASE_MEAN, DemandConfig, DemandError, DemandProcess, Effects, Own, Parameter};
use crate::network::{MarketLinkIx, Network, TableIndex};
use crate::period::SupplyStreams;
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

    /// The series that is a link's demand, if it is replayed [units].
    pub fn series(&self, link: MarketLinkIx) -> Option<&[f64]> {
        self.series.get(link.position())?.as_deref()
    }

    /// The replayed demand of a link, if it is replayed. After a series' end its last value stays.
    #[inline]
    pub fn value(&self, period: usize, link: MarketLinkIx) -> Option<f64> {
        let series = self.series(link)?;
        series.get(period).or(series.last()).copied()
    }
}

/// The demand of a network's market links.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DemandModel {
    /// Means, scatter and goodwill of every market link that has none of its own.
    pub config: DemandConfig,
    /// Series in place of draws.
    pub replays: Replays,
    /// Parameters of single market links in place of `config`, and which of them are theirs alone, as far as any has
    /// its own.
    own: Vec<Option<Box<(DemandConfig, Own)>>>,
}

impl DemandModel {
    /// Demand of these parameters, without replays.
    ///
    /// # Errors
    /// [`DemandError`] for the first parameter that cannot be used.
    pub fn new(config: DemandConfig) -> Result<Self, DemandError> {
        config.check()?;
        Ok(Self { config, ..Self::default() })
    }

    /// Gives a market link parameters of its own, in place of `config`: those that `which` names. In all others it
    /// follows `config`, also when that changes; so it does in those of sentiment, which is the whole network's.
    ///
    /// # Errors
    /// [`DemandError`] for the first parameter that cannot be used; nothing is changed then.
    pub fn set_own(&mut self, link: MarketLinkIx, own: &DemandConfig, which: Own) -> Result<(), DemandError> {
        let own = which.follow(own, &self.config);
        own.check()?;
        if self.own.len() <= link.position() {
            self.own.resize(link.position() + 1, None);
        }
        self.own[link.position()] = Some(Box::new((own, which)));
        Ok(())
    }

    /// Lets every market link follow `config` again.
    pub fn clear_own(&mut self) {
        self.own.clear();
    }

    /// Changes the common parameters; links with parameters of their own follow in all others.
    ///
    /// # Errors
    /// [`DemandError`] for the first parameter that cannot be used; nothing is changed then.
    pub fn set_config(&mut self, config: DemandConfig) -> Result<(), DemandError> {
        config.check()?;
        self.put_config(config);
        Ok(())
    }

    /// [`set_config`](Self::set_config) without the check, for who changes parameters one by one.
    pub fn put_config(&mut self, config: DemandConfig) {
        self.config = config;
        for own in self.own.iter_mut().flatten() {
            own.0 = own.1.follow(&own.0, &self.config);
        }
    }

    /// These parameters, and what single market links have of their own in `other`: parameters and series.
    #[must_use]
    pub fn with_links_of(mut self, other: &Self) -> Self {
        self.replays = other.replays.clone();
        self.own.clone_from(&other.own);
        self.put_config(self.config.clone());
        self
    }

    /// The same demand with other effects, on every market link.
    #[must_use]
    pub fn with_effects(&self, effects: Effects) -> Self {
        let mut other = self.clone();
        other.config.effects = effects;
        other.own.iter_mut().flatten().for_each(|own| own.0.effects = effects);
        other
    }

    /// The parameters of a market link that has its own.
    #[inline]
    pub fn own(&self, link: MarketLinkIx) -> Option<&DemandConfig> {
        self.own.get(link.position())?.as_deref().map(|(own, _)| own)
    }

    /// Whether a market link has its own value of a parameter.
    pub fn owns(&self, link: MarketLinkIx, row: &Parameter) -> bool {
        let own = self.own.get(link.position()).and_then(Option::as_deref);
        own.is_some_and(|(_, which)| which.has(row))
    }

    /// The parameters in force on a market link: its own, else those of all.
    #[inline]
    pub fn config_of(&self, link: MarketLinkIx) -> &DemandConfig {
        self.own(link).unwrap_or(&self.config)
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
            .unwrap_or_else(|| self.config_of(link).mean(period, network.market[link].own_mean, sentiment))
    }

    /// Variance of a link's demand around its mean, deviations scaled, before the cut at zero; 0 if it is replayed
    /// [units^2].
    pub fn variance(&self, network: &Network, period: usize, link: MarketLinkIx, sentiment: f64) -> f64 {
        if self.replays.series(link).is_some() {
            return 0.0;
        }
        let (row, config) = (&network.market[link], self.config_of(link));
        let mean = config.mean(period, row.own_mean, sentiment);
        config.noise_scale * config.noise_scale * row.law.variance(mean)
    }

    /// Expected demand of a link: its mean after the law's own bias and the cut at zero [units / period].
    pub fn expected(&self, network: &Network, period: usize, link: MarketLinkIx, sentiment: f64) -> f64 {
        self.replayed(period, link, sentiment).unwrap_or_else(|| {
            let (row, config) = (&network.market[link], self.config_of(link));
            row.law.expected(config.mean(period, row.own_mean, sentiment), config.noise_scale)
        })
    }

    /// Whether customers want whole units only, in all of so many periods.
    pub fn is_whole(&self, network: &Network, periods: usize) -> bool {
        network.market.indices().all(|link| {
            let mut means = (0..periods).map(|period| self.mean(network, period, link, 1.0));
            if self.replays.series(link).is_some() {
                return !self.config.use_goodwill && means.all(|value| value.fract() == 0.0);
            }
            // Deviations that are scaled are no longer whole.
            let law = &network.market[link].law;
            self.config_of(link).noise_scale == 1.0 && means.all(|mean| law.is_whole(mean))
        })
    }

    /// Mean demand of an average market link by the parameters, series that replace draws aside [units / period].
    /// `own_mean` is the network's [`average_own_mean`](Self::average_own_mean).
    pub fn average_mean(&self, network: &Network, own_mean: f64, period: usize, sentiment: f64) -> f64 {
        if self.own.is_empty() {
            return self.config.mean(period, Some(own_mean), sentiment);
        }
        let mean = |link| self.config_of(link).mean(period, network.market[link].own_mean, sentiment);
        network.market.indices().map(mean).sum::<f64>() / network.market.len() as f64
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

/// The engine's own demand process: draws from a stream by the model, for each of the episodes side by side.
#[derive(Debug)]
pub struct NativeDemand<'a, M, S> {
    /// The laws.
    pub network: &'a Network,
    /// The means, per episode.
    pub models: &'a [M],
    /// Where randomness comes from, per episode.
    pub streams: &'a mut [S],
    /// Whether an episode is playing; where it is not, nothing is wanted, and nothing is drawn.
    pub playing: &'a [bool],
    /// Constants kept between draws.
    pub sampler: &'a mut Sampler,
    /// Where the randomness of every product but the first comes from, per episode; where there is none, all share
    /// one.
    pub further: &'a mut [SupplyStreams],
}

impl<'a, S> NativeDemand<'a, DemandModel, S> {
    /// The demand of one episode.
    pub fn of_one(
        network: &'a Network,
        model: &'a DemandModel,
        stream: &'a mut S,
        sampler: &'a mut Sampler,
    ) -> Self {
        let (models, streams) = (slice::from_ref(model), slice::from_mut(stream));
        Self { network, models, streams, playing: &[true], sampler, further: &mut [] }
    }

    /// With streams for the products after the first.
    #[must_use]
    pub fn with_further(self, further: &'a mut SupplyStreams) -> Self {
        Self { further: slice::from_mut(further), ..self }
    }
}

impl<const W: usize, M: Borrow<DemandModel>, S: Stream> DemandProcess<W> for NativeDemand<'_, M, S> {
    #[inline(always)]
    fn sentiment_after(&mut self, lane: usize, unmet: f64, sentiment: f64) -> f64 {
        let config = &self.models[lane].borrow().config;
        if config.use_goodwill { config.goodwill.after(unmet, sentiment) } else { sentiment }
    }

    #[inline(always)]
    fn draw(&mut self, periods: &[usize; W], link: MarketLinkIx, sentiments: &[f64; W]) -> [f64; W] {
        let row = &self.network.market[link];
        let poisson = &mut self.sampler.poisson[link.position()];
        let mut demand = [0.0; W];
        // Episodes side by side mostly share their model, period and sentiment, and so the mean.
        let mut known: Option<(&DemandModel, usize, f64, f64)> = None;
        for lane in 0..W {
            if !self.playing[lane] {
                continue;
            }
            let (model, period, sentiment) = (self.models[lane].borrow(), periods[lane], sentiments[lane]);
            if let Some(replayed) = model.replayed(period, link, sentiment) {
                demand[lane] = replayed;
                continue;
            }
            let config = model.config_of(link);
            let mean = match known {
                Some((like, at, with, mean)) if ptr::eq(like, model) && at == period && with == sentiment => {
                    mean
                }
                _ => config.mean(period, row.own_mean, sentiment),
            };
            known = Some((model, period, sentiment, mean));
            let further = self.further.get_mut(lane).filter(|_| row.product > 0);
            let raw = match further.and_then(|streams| streams.of_product(row.product)) {
                Some(stream) => row.law.sample(mean, poisson, stream),
                None => row.law.sample(mean, poisson, &mut self.streams[lane]),
            };
            demand[lane] = config.scatter(mean, raw);
        }
        demand
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::network::preset;
    use crate::random::Pcg64;

    fn link() -> MarketLinkIx {
        MarketLinkIx::from_position(0)
    }

    fn network() -> Network {
        preset("serial").expect("a preset").compile().expect("valid")
    }

    fn replaying(config: DemandConfig) -> DemandModel {
        let mut model = DemandModel::new(config).expect("usable");
        model.replays.set("sales", link(), vec![4.0, 0.5].into(), 2).expect("a usable series");
        model
    }

    #[test]
    fn a_series_that_cannot_be_replayed_is_refused_by_name_and_changes_nothing() {
        let mut replays = Replays::default();
        let mut words = |series: Vec<f64>| {
            replays.set("sales", link(), series.into(), 2).expect_err("refused").to_string()
        };
        assert_eq!(words(vec![1.0]), "sales has length 1; expected at least num_periods=2");
        assert_eq!(words(vec![1.0, -3.0]), "sales[1] is -3; expected a finite number >= 0");
        assert_eq!(words(vec![1.0, f64::NAN]), "sales[1] is NaN; expected a finite number >= 0");
        assert_eq!(replays, Replays::default());
    }

    #[test]
    fn a_replayed_series_is_the_demand_exactly_and_draws_nothing() {
        let (network, model) =
            (network(), replaying(DemandConfig { noise_scale: 3.0, ..Default::default() }));
        let (mut stream, mut sampler) = (Pcg64::seeded(1), Sampler::new(&network));
        let mut demand = NativeDemand::of_one(&network, &model, &mut stream, &mut sampler);
        let drawn = [0, 1, 5].map(|period| demand.draw(&[period], link(), &[0.5])[0]);
        assert_eq!(drawn, [4.0, 0.5, 0.5], "after its end the last value stays");
        assert_eq!(stream, Pcg64::seeded(1));
        assert!(model.is_replay(&network));
        assert_eq!(model.expected(&network, 0, link(), 0.5), 4.0);
    }

    #[test]
    fn sentiment_scales_a_replayed_series_under_goodwill_and_only_then() {
        let network = network();
        let goodwill = replaying(DemandConfig { use_goodwill: true, ..Default::default() });
        assert_eq!(goodwill.mean(&network, 0, link(), 0.5), 2.0);
        assert_eq!(replaying(DemandConfig::default()).mean(&network, 0, link(), 0.5), 4.0);
    }

    #[test]
    fn demand_is_whole_unless_deviations_or_a_series_are_scaled() {
        let network = network();
        let whole = |model: &DemandModel, periods| model.is_whole(&network, periods);
        let scaled = DemandConfig { noise_scale: 1.5, ..Default::default() };
        assert!(whole(&DemandModel::new(DemandConfig::default()).expect("usable"), 30));
        assert!(!whole(&DemandModel::new(scaled).expect("usable"), 30));
        // 4 and then 0.5.
        assert!(
            whole(&replaying(DemandConfig::default()), 1) && !whole(&replaying(DemandConfig::default()), 2)
        );
        assert!(!whole(&replaying(DemandConfig { use_goodwill: true, ..Default::default() }), 1));
    }

    #[test]
    fn one_mean_for_all_markets_is_the_average_of_their_own() {
        let mut declared = crate::network::layered(50, 1);
        let own: Vec<f64> = declared
            .links
            .iter()
            .filter_map(|link| link.demand.as_ref())
            .filter_map(|demand| demand.parameters[0].1.number())
            .collect();
        let average = own.iter().sum::<f64>() / own.len() as f64;
        let network = declared.clone().compile().expect("valid");
        assert!((DemandModel::average_own_mean(&network) - average).abs() < 1e-12);
        for demand in declared.links.iter_mut().filter_map(|link| link.demand.as_mut()) {
            demand.parameters.clear();
        }
        let network = declared.compile().expect("valid");
        assert_eq!(DemandModel::average_own_mean(&network), DEFAULT_BASE_MEAN);
    }
}
