//! Foresight of one who knows the network and its own history, and nothing of how demand comes about.

use invmgmt::network::{MarketLinkIx, Network};
use invmgmt::period::StateView;

use super::counting::counting_unit;
use super::foresight::{Forecaster, Foresight, total_unmet};
use super::season::{Seasons, log_likelihood};

/// Share of a slope that is left a period later [1].
const DAMPING: f64 = 0.9;
/// Standard deviations, as shares of the level: of the first guess, of the first slope, and of what a period may
/// add to level and slope [1].
const FIRST_GUESS: f64 = 0.5;
const FIRST_SLOPE: f64 = 0.05;
const LEVEL_DRIFT: f64 = 0.1;
const SLOPE_DRIFT: f64 = 0.03;
/// Weight of the belief that demand scatters as a Poisson law does, in the unit that quantities are counted in
/// [periods].
const POISSON_BELIEF: f64 = 4.0;
/// Largest squared standardised error counted: an outlier says little of the scatter.
const LARGEST_ERROR: f64 = 9.0;
/// What a shortage is feared to cost of all later demand before one has been seen to [1].
const FEARED_DECAY: f64 = 0.9;

/// A damped local trend per market link, followed by a Kalman filter, of demand per unit of sentiment (R. J.
/// Hyndman, A. B. Koehler, J. K. Ord and R. D. Snyder, "Forecasting with Exponential Smoothing", 2008).
///
/// Before the first sale the level is what the network seems made for: a retailer's first stock lasts until its
/// first orders arrive; where there is none, what the first period sells. Whether customers feel, and how strongly, is
/// read off the sentiment seen.
#[derive(Clone, Debug)]
pub(crate) struct LocalTrend {
    filters: Vec<Filter>,
    seasons: Vec<Seasons>,
    goodwill: SeenGoodwill,
    /// Periods of demand learnt from -- state.
    seen: usize,
}

impl LocalTrend {
    pub fn new(network: &Network) -> Self {
        let unit = counting_unit(network, std::iter::empty());
        let filters = network.market.indices().map(|link| Filter::new(first_guess(network, link), unit));
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
            let variance = filter.errors[0] + filter.noise();
            seasons.learn(demand, log_likelihood((demand - filter.level).powi(2), variance), filter.unit);
            filter.learn(demand);
            filter.step();
        }
    }

    /// Without stock to tell it, the unit is that of the first demand.
    fn take_unit_of_first_demand(&mut self, state: &StateView<'_>) {
        let links = || state.network.market.indices();
        let unit = counting_unit(state.network, links().map(|link| state.demand(link)));
        if unit != 1.0 {
            for (link, filter) in links().zip(&mut self.filters) {
                let (first_guess, first_unit) = (filter.first_guess, filter.first_unit);
                *filter = Filter { first_guess, first_unit, ..Filter::new(state.demand(link), unit) };
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
        self.filters
            .iter_mut()
            .for_each(|filter| *filter = Filter::new(filter.first_guess, filter.first_unit));
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
    filter: &Filter,
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
            let (by_lag, variance) = seasons.foresee(period, lag, filter.unit);
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

/// Level and slope of a link's demand, with what is known of their errors.
#[derive(Clone, Debug)]
struct Filter {
    /// Level before the first sale [units / period], and unit that quantities seem counted in then [units] -- constant.
    first_guess: f64,
    first_unit: f64,
    /// The unit that quantities seem counted in [units].
    unit: f64,
    level: f64,
    slope: f64,
    /// Variance of the level, covariance with the slope, variance of the slope.
    errors: [f64; 3],
    /// Squared standardised errors seen, and how many.
    scatter: (f64, f64),
}

impl Filter {
    fn new(first_guess: f64, unit: f64) -> Self {
        let first_guess = first_guess.max(unit);
        let errors = [(FIRST_GUESS * first_guess).powi(2), 0.0, (FIRST_SLOPE * first_guess).powi(2)];
        let level = first_guess;
        Self { first_guess, first_unit: unit, unit, level, slope: 0.0, errors, scatter: (0.0, 0.0) }
    }

    /// The level, or if that is less the unit [units / period].
    fn scale(&self) -> f64 {
        self.level.max(self.unit)
    }

    /// Variance of a draw around the level; at least that of a mean of one unit.
    fn noise(&self) -> f64 {
        let dispersion = (POISSON_BELIEF + self.scatter.0) / (POISSON_BELIEF + self.scatter.1);
        dispersion * self.scale() * self.unit
    }

    /// On to the next period.
    fn step(&mut self) {
        let [level, both, slope] = self.errors;
        let scale = self.scale();
        self.level += DAMPING * self.slope;
        self.slope *= DAMPING;
        self.errors = [
            level + 2.0 * DAMPING * both + DAMPING * DAMPING * slope + (LEVEL_DRIFT * scale).powi(2),
            DAMPING * both + DAMPING * DAMPING * slope,
            DAMPING * DAMPING * slope + (SLOPE_DRIFT * scale).powi(2),
        ];
    }

    fn learn(&mut self, demand: f64) {
        let [level, both, slope] = self.errors;
        let error = demand - self.level;
        let total = level + self.noise();
        self.scatter.0 += (error * error / (level + self.scale() * self.unit)).min(LARGEST_ERROR);
        self.scatter.1 += 1.0;
        let (to_level, to_slope) = (level / total, both / total);
        self.level = (self.level + to_level * error).max(0.0);
        self.slope += to_slope * error;
        self.errors = [level - to_level * level, both - to_level * both, slope - to_slope * both];
    }

    /// Mean of each period to come, and variance of the demand added up until then: its noise, and the errors of
    /// level and slope, which all periods share.
    fn foresee(&self, sentiments: &[f64], mut write: impl FnMut(usize, f64, f64)) {
        let mut ahead = self.clone();
        let mut variance = 0.0;
        // Covariance of the sum so far with level and slope.
        let (mut with_level, mut with_slope) = (0.0, 0.0);
        for (period, sentiment) in sentiments.iter().enumerate() {
            if period > 0 {
                (with_level, with_slope) = (with_level + DAMPING * with_slope, DAMPING * with_slope);
                ahead.step();
            }
            let [level, both, _] = ahead.errors;
            variance += sentiment * sentiment * (level + ahead.noise()) + 2.0 * sentiment * with_level;
            with_level += sentiment * level;
            with_slope += sentiment * both;
            write(period, (sentiment * ahead.level).max(0.0), variance.max(0.0));
        }
    }
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
    fn a_filter_that_is_sure_of_nothing_follows_the_first_demand_it_sees() {
        let mut filter = Filter::new(20.0, 1.0);
        filter.errors = [1e12, 0.0, 0.0];
        filter.learn(50.0);
        assert!((filter.level - 50.0).abs() < 1e-6);
        assert!((filter.errors[0] - filter.first_guess).abs() < 1e-6, "the error is that of one draw");
    }

    #[test]
    fn the_variance_of_a_sum_adds_the_noise_once_per_period_and_the_shared_error_squared() {
        let mut filter = Filter::new(20.0, 1.0);
        filter.errors = [4.0, 0.0, 0.0];
        let mut found = Vec::new();
        filter.foresee(&[1.0], |_, mean, variance| found.push((mean, variance)));
        assert_eq!(found, [(20.0, 24.0)], "the level's error and one draw");
    }

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
