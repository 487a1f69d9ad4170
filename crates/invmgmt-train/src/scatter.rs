//! The kinds of demand around a problem's own that a blind policy is trained on.

use std::sync::Arc;

use invmgmt::Problem;
use invmgmt::demand::{DemandConfig, DemandModel, Effects, Own};
use invmgmt::random::{Pcg64, Stream};

/// Length of the episodes for which the trend is meant that no problem states [periods].
const USUAL_PERIODS: f64 = 30.0;

/// How one kind of demand differs from a problem's own, on all its market links alike; each within what is common.
pub struct Scatter {
    size: f64,
    effects: Effects,
    slope: f64,
    amplitude: f64,
    frequency: f64,
    /// Where a season begins, and a series with it, from -0.5 to 0.5 [radians; shares of its length].
    phase: f64,
    /// When the shock comes, as a share of the episode [1].
    shock_at: f64,
    shock: f64,
    noise: f64,
}

impl Scatter {
    /// Draws one.
    pub fn drawn(stream: &mut Pcg64) -> Self {
        let mut between = |low: f64, high: f64| low + (high - low) * stream.next_f64();
        Self {
            size: between(0.7, 1.3),
            effects: Effects {
                trend: between(0.0, 1.0) < 0.5,
                seasonal: between(0.0, 1.0) < 0.5,
                shock: between(0.0, 1.0) < 0.5,
            },
            slope: between(0.3, 1.5),
            amplitude: between(0.5, 1.3),
            frequency: between(0.8, 1.25),
            phase: between(-0.5, 0.5),
            shock_at: between(0.25, 0.75),
            shock: between(0.5, 1.3),
            noise: between(0.8, 1.25),
        }
    }

    /// The kind of demand that differs from this problem's by that: as much in what is stated for single links as in
    /// what is stated for all. A link whose numbers are too large to be made larger keeps them.
    pub fn of(&self, problem: &Problem) -> DemandModel {
        let Problem { network, demand: like, num_periods, .. } = problem;
        let mut other = (**like).clone();
        other.put_config(self.config(&like.config, *num_periods));
        for link in network.market.indices() {
            if let Some(series) = like.replays.series(link) {
                let series = self.series(series, *num_periods);
                let _ = other.replays.set("", link, series, *num_periods);
            }
            if like.config.base_mu.is_some() && like.own(link).is_none() {
                continue;
            }
            let own = like.config_of(link);
            let mut config = self.config(own, *num_periods);
            config.base_mu = Some(self.size * own.base(0, network.market[link].own_mean));
            let _ = other.set_own(link, &config, Own::every());
        }
        other
    }

    fn config(&self, like: &DemandConfig, num_periods: usize) -> DemandConfig {
        let mut config = like.clone();
        config.base_mu = config.base_mu.map(|mean| mean * self.size);
        config.external_series = like.external_series.as_ref().map(|series| self.series(series, num_periods));
        config.effects = self.effects;
        if !like.effects.trend {
            // What grows without end would sell, in a long episode, many times what a network is made for.
            let usual = DemandConfig::default().trend_slope * USUAL_PERIODS / num_periods as f64;
            config.trend_slope = config.trend_slope.min(usual);
        }
        config.trend_slope *= self.slope;
        config.seasonal_amp *= self.amplitude;
        config.seasonal_freq *= self.frequency;
        config.seasonal_phase += self.phase;
        config.shock_time = num_periods as f64 * self.shock_at;
        config.shock_mag = 1.0 + (config.shock_mag - 1.0) * self.shock;
        config.noise_scale *= self.noise;
        config
    }

    /// A series of another size that begins elsewhere: who is blind must not know which period brings what.
    fn series(&self, like: &[f64], num_periods: usize) -> Arc<[f64]> {
        let begin = ((self.phase + 0.5) * like.len() as f64) as usize;
        let length = like.len().max(num_periods);
        like.iter().cycle().skip(begin).take(length).map(|value| value * self.size).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use invmgmt::network::preset;
    use invmgmt::period::Rules;

    /// The usual demand of a link over an episode.
    fn usual(problem: &Problem, demand: &DemandModel) -> f64 {
        let link = problem.network.market.indices().next().expect("a market");
        let periods = 0..problem.num_periods;
        let sum: f64 = periods.map(|period| demand.expected(&problem.network, period, link, 1.0)).sum();
        sum / problem.num_periods as f64
    }

    fn problem(change: impl FnOnce(&mut DemandModel), num_periods: usize) -> Problem {
        let network = preset("serial").expect("a preset").compile().expect("valid");
        let mut demand = DemandModel::default();
        change(&mut demand);
        Problem::new(network, demand, Rules { backlog: true, discount: 1.0 }, num_periods)
    }

    #[test]
    fn a_kind_is_of_about_the_problems_size_wherever_its_size_is_stated_and_however_long_it_is() {
        let link = preset("serial").expect("a preset").compile().expect("valid").market.indices().next();
        let link = link.expect("a market");
        for num_periods in [30, 365] {
            let series: Arc<[f64]> = (0..400).map(|day| f64::from(10 + day % 7)).collect();
            let replayed = series.clone();
            let problems = [
                problem(|_| {}, num_periods),
                problem(|demand| demand.config.base_mu = Some(8.0), num_periods),
                problem(|demand| demand.config.external_series = Some(series), num_periods),
                problem(
                    |demand| demand.replays.set("units", link, replayed, num_periods).expect("usable"),
                    num_periods,
                ),
            ];
            for problem in problems {
                let own = usual(&problem, &problem.demand);
                let mut stream = Pcg64::seeded(7);
                let kinds = (0..200).map(|_| Scatter::drawn(&mut stream).of(&problem));
                let sizes: Vec<f64> = kinds.map(|demand| usual(&problem, &demand) / own).collect();
                let (least, most) = sizes
                    .iter()
                    .fold((f64::MAX, 0.0_f64), |(least, most), &size| (least.min(size), most.max(size)));
                assert!(least > 0.5 && least < 0.85, "{num_periods}: {least}");
                assert!(most > 1.2 && most < 5.0, "{num_periods}: {most}");
            }
        }
    }

    #[test]
    fn numbers_too_large_to_be_made_larger_are_kept() {
        let link = problem(|_| {}, 2).network.market.indices().next().expect("a market");
        let largest: Arc<[f64]> = [f64::MAX, 1.0].into();
        let mut huge = problem(|demand| demand.replays.set("units", link, largest, 2).expect("usable"), 2);
        let mut stream = Pcg64::seeded(7);
        let larger = std::iter::repeat_with(|| Scatter::drawn(&mut stream)).find(|kind| kind.size > 1.0);
        let larger = larger.expect("some are");
        assert_eq!(larger.of(&huge).replays, huge.demand.replays);
        let mut demand = DemandModel::default();
        let own = DemandConfig { base_mu: Some(f64::MAX), ..DemandConfig::default() };
        demand.set_own(link, &own, Own::every()).expect("usable");
        huge.demand = demand.into();
        assert_eq!(larger.of(&huge).own(link).and_then(|own| own.base_mu), Some(f64::MAX));
    }

    #[test]
    fn a_series_begins_elsewhere_in_other_kinds_and_keeps_its_values() {
        let series: Vec<f64> = (0..50).map(f64::from).collect();
        let mut stream = Pcg64::seeded(3);
        let (one, other) = (Scatter::drawn(&mut stream), Scatter::drawn(&mut stream));
        assert_ne!(one.phase, other.phase);
        for kind in [one, other] {
            let mut back: Vec<f64> = kind.series(&series, 40).iter().map(|value| value / kind.size).collect();
            assert_ne!(back[0].round(), 0.0);
            back.sort_by(f64::total_cmp);
            assert!(back.iter().zip(&series).all(|(back, value)| (back - value).abs() < 1e-9));
        }
    }
}
