//! Plan, play the first orders of the plan, look again.

use std::collections::BTreeMap;

use invmgmt::episode::{DecisionError, Policy};
use invmgmt::network::Network;
use invmgmt::period::StateView;

use super::Paths;
use super::window::{MAX_COLUMNS, Window};
use crate::lp::{Method, Solution};

/// Rounding of a vertex.
const ROUNDING: f64 = 1e-7;
/// Noise of an interior answer; a quantity this near a whole number is meant to be that number.
const NOISE: f64 = 1e-4;

/// Most columns of all programmes kept together; a column takes about two kilobytes. The published planners need half
/// of it; a plan to the end of a year would otherwise keep gigabytes.
const MOST_COLUMNS_KEPT: usize = 100_000;

/// What a planner believes of the demand to come.
pub(crate) trait Belief: Send {
    /// Forgets the episode; its seed is for planners that draw samples of their own.
    fn reset(&mut self, seed: Option<u64>);

    /// How many of the remaining periods to plan.
    fn window(&self, network: &Network, remaining: usize) -> usize;

    /// Writes the demand of the next `periods` periods.
    fn expect(
        &mut self,
        state: &StateView<'_>,
        periods: usize,
        paths: &mut Paths,
    ) -> Result<(), DecisionError>;
}

/// Plans anew in every period against what is believed then, and plays the first orders of each plan.
pub(crate) struct RollingPlan<B> {
    belief: B,
    paths: Paths,
    programmes: Programmes,
}

impl<B: Belief> RollingPlan<B> {
    pub fn new(belief: B, method: Method) -> Self {
        Self { belief, paths: Paths::default(), programmes: Programmes::new(method) }
    }
}

impl<B: Belief> Policy for RollingPlan<B> {
    fn reset(&mut self, seed: Option<u64>) {
        self.belief.reset(seed);
    }

    fn decide(&mut self, state: &StateView<'_>, orders: &mut [f64]) -> Result<(), DecisionError> {
        let (network, remaining) = (state.network, state.num_periods.saturating_sub(state.period()));
        if remaining == 0 {
            orders.fill(0.0);
            return Ok(());
        }
        let periods = self.belief.window(network, remaining).clamp(1, remaining);
        self.belief.expect(state, periods, &mut self.paths)?;
        let method = self.programmes.method;
        let (plan, window) = self.programmes.solve(state, &mut self.paths)?;
        for (order, planned) in orders.iter_mut().zip(window.orders(&plan, 0)) {
            *order = playable(planned, method);
        }
        Ok(())
    }
}

/// The programmes of a planner: the one made last for each number of periods, as long as there is room.
pub(super) struct Programmes {
    method: Method,
    windows: BTreeMap<usize, Window>,
    /// Columns of these programmes.
    columns_kept: usize,
    /// Most of them.
    room: usize,
}

impl Programmes {
    pub fn new(method: Method) -> Self {
        Self { method, windows: BTreeMap::new(), columns_kept: 0, room: MOST_COLUMNS_KEPT }
    }

    /// The best plan from a state against these paths, and the window that it is a plan of.
    pub fn solve(
        &mut self,
        state: &StateView<'_>,
        paths: &mut Paths,
    ) -> Result<(Solution, &Window), DecisionError> {
        let (network, periods) = (state.network, paths.periods());
        paths.ends_episode = state.period() + periods == state.num_periods;
        check_size(network, paths)?;
        self.make_room(periods, columns(network, paths));
        let make = || Window::new(network, state.rules, paths, self.method);
        let window = self.windows.entry(periods).or_insert_with(make);
        if !window.fits(paths) {
            *window = make();
        }
        let plan = window.solve(state, paths)?;
        Ok((plan, window))
    }

    /// Forgets all programmes if one more would be too many.
    fn make_room(&mut self, periods: usize, columns: usize) {
        if self.windows.contains_key(&periods) {
            return;
        }
        if self.columns_kept + columns > self.room {
            self.windows.clear();
            self.columns_kept = 0;
        }
        self.columns_kept += columns;
    }
}

fn columns(network: &Network, paths: &Paths) -> usize {
    let per_period = network.supply.len() + network.managed.len() + 2 * network.market.len();
    per_period * paths.periods() * paths.scenarios()
}

fn check_size(network: &Network, paths: &Paths) -> Result<(), DecisionError> {
    let columns = columns(network, paths);
    if columns <= MAX_COLUMNS {
        return Ok(());
    }
    Err(DecisionError(format!(
        "a plan of {} periods and {} scenarios on this network has {columns} columns; expected at most {MAX_COLUMNS}",
        paths.periods(),
        paths.scenarios()
    )))
}

/// A quantity fit to be ordered. What is a whole number but for the solver's rounding becomes it, and what stays
/// fractional in an interior answer is never too small: the least unmet demand counts as a shortage.
pub(super) fn playable(planned: f64, method: Method) -> f64 {
    let (planned, noise, padding) = match method {
        Method::Simplex => (planned.max(0.0), ROUNDING, 0.0),
        Method::InteriorPoint => (planned.max(0.0), NOISE, NOISE),
    };
    if (planned - planned.round()).abs() < noise { planned.round() } else { planned + padding }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::planning::{CertaintyEquivalent, PublishedMean};
    use invmgmt::demand::{DemandConfig, DemandModel};
    use invmgmt::episode::{Episode, kpis};
    use invmgmt::network::preset;
    use invmgmt::period::Rules;

    /// A programme has 8 columns per period here: that of a whole window of ten periods 80, those of all lengths 440.
    #[test]
    fn programmes_that_are_kept_need_bounded_room_and_change_no_order() {
        let network = preset("serial").expect("a preset").compile().expect("valid");
        let demand = DemandModel::new(DemandConfig::default()).expect("usable");
        let play = |room: usize| {
            let belief = CertaintyEquivalent(PublishedMean::Informed(demand.clone()));
            let mut plan = RollingPlan::new(belief, Method::InteriorPoint);
            plan.programmes.room = room;
            let profit: Vec<f64> = [3, 4]
                .map(|seed| {
                    plan.reset(Some(seed));
                    let mut episode =
                        Episode::begin(&network, &demand, Rules::default(), 30, seed).expect("an episode");
                    episode.play(&mut plan).expect("playable");
                    kpis(&network, episode.trajectory()).total_profit
                })
                .to_vec();
            (profit, plan.programmes.windows.len(), plan.programmes.columns_kept)
        };
        let (profit, kept, columns) = play(MOST_COLUMNS_KEPT);
        assert_eq!((kept, columns), (10, 440));
        let (short_of_room, kept, columns) = play(200);
        assert_eq!(short_of_room, profit);
        assert!(kept < 10 && columns <= 200, "{kept} programmes of {columns} columns");
    }
}
