//! Foresight of one who knows the network and its own history, and nothing of how demand comes about.

use invmgmt::network::{MarketLinkIx, Network};
use invmgmt::period::StateView;

use super::counting::counting_unit;
use super::foresight::{Forecaster, Foresight, total_unmet};
use super::season::Seasons;
use super::structural::Bank;

/// What a shortage is feared to cost of all later demand before one has been seen to [1].
const FEARED_DECAY: f64 = 0.9;

/// Models of level, slope and cycle per market link, each followed by a Kalman filter, of demand per unit of sentiment,
/// and seasons beside them.
///
/// Before the first sale the level is what the network seems made for: a retailer's first stock lasts until its
/// first orders arrive; where there is none, what the first period sells. Whether customers feel, and how strongly, is
/// read off the sentiment seen.
#[derive(Clone, Debug)]
pub(crate) struct LocalTrend {
    filters: Vec<Bank>,
    seasons: Vec<Seasons>,
    goodwill: SeenGoodwill,
    /// Periods of demand learnt from -- state.
    seen: usize,
}

impl LocalTrend {
    pub fn new(network: &Network) -> Self {
        let unit = counting_unit(network, std::iter::empty());
        let filters = network.market.indices().map(|link| Bank::new(first_guess(network, link), unit));
        let seasons = vec![Seasons::default(); network.market.len()];
        Self { filters: filters.collect(), seasons, goodwill: SeenGoodwill::default(), seen: 0 }
    }

    fn learn(&mut self, state: &StateView<'_>) {
        self.goodwill.look(state.sentiment());
        if self.seen == 0 && state.network.managed.rows().iter().all(|node| node.initial_inventory == 0.0) {
            self.take_unit_of_first_demand(state);
        }
        for ((link, filter), seasons) in
            state.network.market.indices().zip(&mut self.filters).zip(&mut self.seasons)
        {
            let demand = state.demand(link) / state.sentiment();
            let without = filter.learn(demand);
            seasons.learn(demand, without, filter.unit());
        }
    }

    /// Without stock to tell it, the unit is that of the first demand.
    fn take_unit_of_first_demand(&mut self, state: &StateView<'_>) {
        let links = || state.network.market.indices();
        let unit = counting_unit(state.network, links().map(|link| state.demand(link)));
        if unit != 1.0 {
            for (link, filter) in links().zip(&mut self.filters) {
                filter.begin_at(state.demand(link), unit);
            }
        }
    }
}

/// Zero where there is no stock to tell.
fn first_guess(network: &Network, link: MarketLinkIx) -> f64 {
    let retailer = &network.managed[network.market[link].retailer];
    let lead_times = retailer.incoming.iter().map(|&link| network.supply[link].lead_time as f64);
    let wait = lead_times.sum::<f64>() / retailer.incoming.len().max(1) as f64 + 1.0;
    retailer.initial_inventory / retailer.markets.len() as f64 / wait
}

impl Forecaster for LocalTrend {
    fn reset(&mut self) {
        self.filters.iter_mut().for_each(Bank::forget);
        self.seasons.fill(Seasons::default());
        self.goodwill = SeenGoodwill::default();
        self.seen = 0;
    }

    fn foresee(&mut self, state: &StateView<'_>, short: &[f64], foresight: &mut Foresight) {
        if state.period() == 0 {
            self.reset();
            self.goodwill.look(state.sentiment());
        } else if self.seen < state.period() {
            self.learn(state);
            self.seen = state.period();
        }
        let sentiments = self.goodwill.ahead(state, short);
        for ((link, filter), seasons) in state.network.market.indices().zip(&self.filters).zip(&self.seasons)
        {
            foresee_link(filter, seasons, &sentiments, |period, mean, variance| {
                foresight.set(period, link, mean, variance);
            });
        }
        foresight.goodwill_at_stake = self.goodwill.at_stake();
    }
}

/// What the trend and the seasons that were found foresee, each as likely as its weight: the variance of the demand
/// added up is that within them and between them.
fn foresee_link(
    filter: &Bank,
    seasons: &Seasons,
    sentiments: &[f64],
    mut write: impl FnMut(usize, f64, f64),
) {
    let (none, lags) = seasons.weights();
    // Demand added up so far of each lag: mean and variance.
    let mut sums = vec![(0.0, 0.0); lags.len()];
    let mut trend_sum = 0.0;
    filter.foresee(sentiments, |period, trend, trend_variance| {
        trend_sum += trend;
        let (mut mean, mut total) = (none * trend, none * trend_sum);
        for (&(lag, weight), sum) in lags.iter().zip(&mut sums) {
            let (by_lag, variance) = seasons.foresee(period, lag, filter.unit());
            let sentiment = sentiments[period];
            *sum = (sum.0 + sentiment * by_lag, sum.1 + sentiment * sentiment * variance);
            mean += weight * sentiment * by_lag;
            total += weight * sum.0;
        }
        let between = none * (trend_variance + (trend_sum - total).powi(2));
        let spread =
            lags.iter().zip(&sums).map(|((_, weight), sum)| weight * (sum.1 + (sum.0 - total).powi(2)));
        write(period, mean, between + spread.sum::<f64>());
    });
}

/// How sentiment was seen to answer.
#[derive(Clone, Copy, Debug, Default)]
struct SeenGoodwill {
    last: Option<f64>,
    /// Its last rise and its last fall, as factors [1].
    growth: Option<f64>,
    decay: Option<f64>,
}

impl SeenGoodwill {
    fn look(&mut self, sentiment: f64) {
        if let Some(last) = self.last.replace(sentiment) {
            let factor = sentiment / last;
            match factor {
                up if up > 1.0 => self.growth = Some(factor),
                down if down < 1.0 => self.decay = Some(factor),
                _ => {}
            }
        }
    }

    fn is_felt(&self) -> bool {
        self.growth.is_some() || self.decay.is_some()
    }

    fn at_stake(&self) -> f64 {
        if self.is_felt() { 1.0 - self.decay.unwrap_or(FEARED_DECAY) } else { 0.0 }
    }

    /// The factor by which sentiment answers a period [1].
    fn answer(&self, short: f64) -> f64 {
        let (served, unserved) = (self.growth.unwrap_or(1.0), 1.0 - self.at_stake());
        served + short * (unserved - served)
    }

    /// Sentiment of the present period and those after it, if customers are left unserved with the chances `short`.
    fn ahead(&self, state: &StateView<'_>, short: &[f64]) -> Vec<f64> {
        let before = if state.period() == 0 {
            1.0
        } else {
            self.answer(f64::from(u8::from(total_unmet(state) > 0.0)))
        };
        let first = state.sentiment() * before;
        let later = short.iter().scan(first, |sentiment, &short| {
            *sentiment *= self.answer(short);
            Some(*sentiment)
        });
        std::iter::once(first).chain(later).take(short.len()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentiment_that_moved_says_how_customers_feel() {
        let mut goodwill = SeenGoodwill::default();
        goodwill.look(1.0);
        goodwill.look(1.0);
        assert_eq!(goodwill.at_stake(), 0.0);
        goodwill.look(1.02);
        assert!((goodwill.at_stake() - 0.1).abs() < 1e-12, "feared until seen");
        goodwill.look(0.51);
        assert!((goodwill.at_stake() - 0.5).abs() < 1e-12);
    }
}
