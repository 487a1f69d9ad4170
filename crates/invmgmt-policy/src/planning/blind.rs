//! Foresight of one who knows the network and its own history, and nothing of how demand comes about.

use invmgmt::network::{MarketLinkIx, Network, TableIndex};
use invmgmt::period::StateView;

use super::foresight::{Forecaster, Foresight, total_unmet};

fn var(name: &str, default: f64) -> f64 {
    std::env::var(name).ok().and_then(|v| v.parse().ok()).unwrap_or(default)
}

/// A damped local trend per market link, followed by a Kalman filter (R. J. Hyndman, A. B. Koehler, J. K. Ord and
/// R. D. Snyder, "Forecasting with Exponential Smoothing", 2008), of demand per unit of sentiment.
#[derive(Clone, Debug)]
pub(crate) struct LocalTrend {
    links: Vec<Filter>,
    seen: usize,
    goodwill: SeenGoodwill,
    p: Params,
}

#[derive(Clone, Copy, Debug)]
struct Params {
    damp: f64,
    ql: f64,
    qb: f64,
    l0: f64,
    b0: f64,
    disp: f64,
}

/// Level and slope with their covariance.
#[derive(Clone, Debug, Default)]
struct Filter {
    level: f64,
    slope: f64,
    /// Var(level), Cov(level, slope), Var(slope).
    covariance: [f64; 3],
    prior: f64,
    /// Sum of squared standardised errors and their number.
    scatter: (f64, f64),
}

/// How sentiment was seen to answer.
#[derive(Clone, Copy, Debug, Default)]
struct SeenGoodwill {
    before: f64,
    growth: Option<f64>,
    decay: Option<f64>,
}

impl LocalTrend {
    pub fn new(network: &Network) -> Self {
        let links =
            network.market.indices().map(|link| Filter { prior: prior(network, link), ..Filter::default() });
        Self {
            links: links.collect(),
            seen: 0,
            goodwill: SeenGoodwill::default(),
            p: Params {
                damp: var("DAMP", 0.9),
                ql: var("QL", 0.1),
                qb: var("QB", 0.03),
                l0: var("L0", 0.5),
                b0: var("B0", 0.05),
                disp: var("DISP", 1.0),
            },
        }
    }
}

/// Demand the network seems made for: a retailer's first stock lasts until its first orders arrive.
fn prior(network: &Network, link: MarketLinkIx) -> f64 {
    let retailer = &network.managed[network.market[link].retailer];
    let lead_times = retailer.incoming.iter().map(|&link| network.supply[link].lead_time as f64);
    let wait = lead_times.sum::<f64>() / retailer.incoming.len().max(1) as f64 + 1.0;
    (retailer.initial_inventory / retailer.markets.len() as f64 / wait).max(1.0)
}

impl Filter {
    fn begin(&mut self, p: &Params) {
        self.level = self.prior;
        self.slope = 0.0;
        self.covariance = [(p.l0 * self.prior).powi(2), 0.0, (p.b0 * self.prior).powi(2)];
        self.scatter = (0.0, 0.0);
    }

    fn dispersion(&self, p: &Params) -> f64 {
        (p.disp * 4.0 + self.scatter.0) / (4.0 + self.scatter.1)
    }

    fn step(&mut self, p: &Params) {
        let [a, b, c] = self.covariance;
        let scale = self.level.max(1.0);
        self.level += p.damp * self.slope;
        self.slope *= p.damp;
        self.covariance = [
            a + 2.0 * p.damp * b + p.damp * p.damp * c + (p.ql * scale).powi(2),
            p.damp * b + p.damp * p.damp * c,
            p.damp * p.damp * c + (p.qb * scale).powi(2),
        ];
    }

    fn learn(&mut self, demand: f64, p: &Params) {
        let [a, b, c] = self.covariance;
        let noise = self.dispersion(p) * self.level.max(1.0);
        let error = demand - self.level;
        let total = a + noise;
        self.scatter.0 += (error * error / (a + self.level.max(1.0))).min(9.0);
        self.scatter.1 += 1.0;
        let (gain_level, gain_slope) = (a / total, b / total);
        self.level = (self.level + gain_level * error).max(0.0);
        self.slope += gain_slope * error;
        self.covariance = [a - gain_level * a, b - gain_level * b, c - gain_slope * b];
    }
}

impl Forecaster for LocalTrend {
    fn reset(&mut self) {
        let p = self.p;
        self.links.iter_mut().for_each(|link| link.begin(&p));
        self.seen = 0;
        self.goodwill = SeenGoodwill::default();
    }

    fn foresee(&mut self, state: &StateView<'_>, periods: usize, foresight: &mut Foresight) {
        let p = self.p;
        if state.period() == 0 {
            self.reset();
            self.goodwill.before = state.sentiment();
        } else if self.seen < state.period() {
            self.seen = state.period();
            let s = state.sentiment();
            let ratio = s / self.goodwill.before;
            if ratio > 1.0 {
                self.goodwill.growth = Some(ratio);
            }
            if ratio < 1.0 {
                self.goodwill.decay = Some(ratio);
            }
            self.goodwill.before = s;
            for (link, filter) in state.network.market.indices().zip(&mut self.links) {
                filter.learn(state.demand(link) / s, &p);
                filter.step(&p);
            }
        }
        let on = self.goodwill.growth.is_some() || self.goodwill.decay.is_some();
        let growth = self.goodwill.growth.unwrap_or(if on { 1.01 } else { 1.0 });
        let decay = self.goodwill.decay.unwrap_or(0.9);
        let mut s = state.sentiment();
        if on {
            s *= if total_unmet(state) > 0.0 { decay } else { growth };
        }
        let mut sentiments = Vec::new();
        for _ in 0..periods {
            sentiments.push(s);
            s = s * growth;
        }
        for (link, filter) in state.network.market.indices().zip(&self.links) {
            let mut f = filter.clone();
            // cumulative: sum of future levels; track covariance of (sum, level, slope)
            let (mut var_sum, mut cov_sl, mut cov_sb) = (0.0, 0.0, 0.0);
            for (period, &s) in sentiments.iter().enumerate() {
                if period > 0 {
                    // propagate cross-covariances through the step
                    let (l, b) = (cov_sl, cov_sb);
                    cov_sl = l + p.damp * b;
                    cov_sb = p.damp * b;
                    f.step(&p);
                }
                let [a, b, _c] = f.covariance;
                let noise = f.dispersion(&p) * f.level.max(1.0);
                var_sum += s * s * (a + noise) + 2.0 * s * cov_sl;
                cov_sl += s * a;
                cov_sb += s * b;
                foresight.set(period, link, (s * f.level).max(0.0), var_sum.max(0.0));
            }
        }
        if on {
            foresight.goodwill_at_stake = 1.0 - decay;
        }
    }
}
