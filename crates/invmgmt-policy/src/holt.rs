//! Holt's smoothing of level and trend, one per market link.

use invmgmt::network::{ManagedIx, MarketLinkIx, Table};
use invmgmt::period::StateView;

use crate::forecast::{Calendar, Forecast, News, Outlook, Reach};

/// Weight of the newest demand in the level [1].
const LEVEL_WEIGHT: f64 = 0.3;
/// Weight of the newest change of level in the trend, and of the newest squared error in their average [1].
const TREND_WEIGHT: f64 = 0.1;

/// What is remembered of a market link.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Smoothed {
    /// Level of demand [units / period] -- state.
    level: f64,
    /// Change of the level [units / period^2] -- state.
    trend: f64,
    /// Average squared error of the forecasts [units^2] -- state.
    squared_error: f64,
}

impl Smoothed {
    fn first(demand: f64) -> Self {
        Self { level: demand, trend: 0.0, squared_error: demand }
    }

    fn then(self, demand: f64) -> Self {
        let forecast = self.level + self.trend;
        let error = demand - forecast;
        let level = LEVEL_WEIGHT * demand + (1.0 - LEVEL_WEIGHT) * forecast;
        Self {
            level,
            trend: TREND_WEIGHT * (level - self.level) + (1.0 - TREND_WEIGHT) * self.trend,
            squared_error: self.squared_error + TREND_WEIGHT * (error * error - self.squared_error),
        }
    }

    /// The same for every period to come: the trend is not carried on [units / period].
    fn mean(self) -> f64 {
        (self.level + self.trend).max(0.0)
    }
}

/// Holt's forecast. Its deviation is that of its own errors, or, informed, the true one.
#[derive(Clone, Debug)]
pub(crate) struct Holt {
    calendar: Calendar,
    smoothed: Table<MarketLinkIx, Smoothed>,
    /// Whether any demand has been seen -- state.
    started: bool,
    /// Serves the first period, and the informed variance later.
    other: Forecast,
}

impl Holt {
    pub fn new(market_links: usize, other: Forecast) -> Self {
        Self {
            calendar: Calendar::default(),
            smoothed: vec![Smoothed::default(); market_links].into(),
            started: false,
            other,
        }
    }

    /// Forgets the episode.
    pub fn reset(&mut self) {
        self.calendar = Calendar::default();
        self.started = false;
        self.other.reset();
    }

    fn look(&mut self, state: &StateView<'_>) {
        match self.calendar.look(state.period()) {
            News::Beginning => self.started = false,
            News::Demand => {
                for link in self.smoothed.indices() {
                    let before = self.smoothed[link];
                    let demand = state.demand(link);
                    self.smoothed[link] =
                        if self.started { before.then(demand) } else { Smoothed::first(demand) };
                }
                self.started = true;
            }
            News::None => {}
        }
    }

    /// Writes what every managed node should expect over its span.
    pub fn outlook(&mut self, state: &StateView<'_>, reach: &Reach, outlook: &mut Table<ManagedIx, Outlook>) {
        self.look(state);
        self.other.outlook(state, reach, outlook);
        // The informed deviation stays as it is; everything else is made anew.
        let informed = self.started && matches!(self.other, Forecast::Informed(_));
        for node in outlook.rows_mut() {
            node.period_mean = 0.0;
            node.deviation = if informed { node.deviation } else { 0.0 };
        }
        for (link, smoothed) in self.smoothed.iter() {
            let (mean, variance) = if self.started {
                (smoothed.mean(), smoothed.squared_error.max(1.0))
            } else {
                let (mean, deviation) = self.other.one_period(state, link);
                (mean, deviation * deviation)
            };
            for &(node, needed) in reach.nodes(link) {
                outlook[node].period_mean += needed * mean;
                outlook[node].deviation += if informed { 0.0 } else { needed * needed * variance };
            }
        }
        for (node, &span) in reach.spans.iter() {
            let node = &mut outlook[node];
            node.mean = node.period_mean * span as f64;
            if !informed {
                node.deviation = (node.deviation * span as f64).sqrt();
            }
        }
    }
}
