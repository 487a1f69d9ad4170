//! Plan, play the first orders of the plan, look again.

use std::collections::BTreeMap;

use invmgmt::episode::{DecisionError, Policy};
use invmgmt::network::Network;
use invmgmt::period::StateView;

use super::Paths;
use super::window::{MAX_COLUMNS, Opening, Stand, Window};
use crate::lp::{Method, Scale, Solution, SolveError};

/// Rounding of a vertex, in units of the programme's scale.
const ROUNDING: f64 = 1e-7;
/// Noise of an interior answer, likewise; a quantity this near a whole number is meant to be that number.
const NOISE: f64 = 1e-4;
/// Noise from which every quantity is near a whole number, and none is meant [units].
const DROWNED: f64 = 0.1;

/// Most columns of all programmes kept together; a column takes about two kilobytes. The published planners need half
/// of it; a plan to the end of a year would otherwise keep gigabytes.
const MOST_COLUMNS_KEPT: usize = 100_000;

/// Most columns of a programme that is solved by pivots: the first plan of one takes minutes, one of ten times as many
/// an hour, and each decision after it more than a minute.
const MOST_COLUMNS_BY_PIVOTS: usize = 500_000;

/// A programme with more columns, solved by pivots from nothing, is reached over plans of fewer periods: of so many of
/// its eighths. Pivots from all slacks grow with the rows, and what each takes does, too; a plan begun where a shorter
/// one stood needs a tenth of them.
const LEAST_COLUMNS_TO_GROW: usize = 2_000;
const EIGHTHS: [usize; 4] = [1, 2, 4, 6];

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
        let (plan, window) = self.programmes.solve(state, &mut self.paths)?;
        for (order, planned) in orders.iter_mut().zip(window.orders(&plan, 0)) {
            *order = playable(planned, plan.method, plan.scale);
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
    /// Number of periods of the plan made last, and the period it was made in -- state.
    last: Option<(usize, usize)>,
}

impl Programmes {
    pub fn new(method: Method) -> Self {
        Self { method, windows: BTreeMap::new(), columns_kept: 0, room: MOST_COLUMNS_KEPT, last: None }
    }

    /// Begins anew: what was planned before has no bearing on what is planned next.
    pub fn forget(&mut self) {
        self.windows.values_mut().for_each(Window::forget);
        self.last = None;
    }

    /// The best plan from a state against these paths, and the window that it is a plan of.
    pub fn solve(
        &mut self,
        state: &StateView<'_>,
        paths: &mut Paths,
    ) -> Result<(Solution, &Window), DecisionError> {
        let window = self.prepare(state, paths)?;
        let plan = window.solve(state, paths)?;
        Ok((plan, window))
    }

    /// Likewise, the best of those that are filled just so much of the orders made now, on the links where it is said;
    /// none if there is none.
    pub fn solve_with(
        &mut self,
        state: &StateView<'_>,
        paths: &mut Paths,
        fills: &[Option<f64>],
    ) -> Result<Option<(Solution, &Window)>, DecisionError> {
        let window = self.prepare(state, paths)?;
        match window.solve_with(state, paths, fills) {
            Ok(plan) => Ok(Some((plan, window))),
            Err(SolveError::Infeasible { .. }) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// The least that a plan may cost that pays for these orders besides [money]; none where that would take long.
    pub fn least_cost(
        &mut self,
        state: &StateView<'_>,
        paths: &mut Paths,
        openings: &[Opening],
    ) -> Result<Option<f64>, DecisionError> {
        Ok(self.prepare(state, paths)?.least_cost(state, paths, openings)?)
    }

    /// The window for these paths, which goes on from the plan made last.
    fn prepare(&mut self, state: &StateView<'_>, paths: &mut Paths) -> Result<&mut Window, DecisionError> {
        let (network, periods) = (state.network, paths.periods());
        paths.ends_episode = state.period() + periods == state.num_periods;
        let columns = check_size(network, periods, paths.scenarios(), self.method)?;
        let last = self.last.replace((periods, state.period()));
        let stand = last.filter(|&(length, period)| length != periods || period != state.period());
        let stand = stand.and_then(|(length, period)| {
            let passed = state.period().checked_sub(period)?;
            Some((self.windows.get(&length)?.stand()?, passed))
        });
        let stand = match last {
            None => grown(state, paths, self.method, columns).map(|stand| (stand, 0)),
            Some(_) => stand,
        };
        let stand = stand.or_else(|| {
            // Another number of scenarios, or other weights.
            let window = self.windows.get(&periods).filter(|window| !window.fits(paths))?;
            Some((window.stand()?, 0))
        });
        self.make_room(periods, columns);
        let make = || Window::new(network, state.rules, paths, self.method);
        let window = self.windows.entry(periods).or_insert_with(make);
        if !window.fits(paths) {
            *window = make();
        }
        if let Some((stand, passed)) = stand {
            window.go_on_from(&stand, passed);
        }
        Ok(window)
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

/// Where a plan of these paths can begin that is the first: where one of three quarters of their periods stands, which
/// began at one of a half, and so on. None where that is not worth it.
fn grown(state: &StateView<'_>, paths: &Paths, method: Method, columns: usize) -> Option<Stand> {
    if method == Method::RevisedSimplex && paths.scenarios() > 1 {
        let first = paths.alone();
        let mut window = Window::new(state.network, state.rules, &first, method);
        if let Some(stand) = grown(state, &first, method, columns / paths.scenarios()) {
            window.go_on_from(&stand, 0);
        }
        window.solve(state, &first).ok()?;
        return window.stand();
    }
    if method != Method::RevisedSimplex || columns < LEAST_COLUMNS_TO_GROW {
        return None;
    }
    let mut stand: Option<Stand> = None;
    for eighths in EIGHTHS {
        let part = paths.first(paths.periods() * eighths / 8)?;
        let mut window = Window::new(state.network, state.rules, &part, method);
        if let Some(stand) = &stand {
            window.go_on_from(stand, 0);
        }
        window.solve(state, &part).ok()?;
        stand = window.stand();
    }
    stand
}

/// The columns of a plan, safety stocks aside.
///
/// # Errors
/// There are too many.
pub(super) fn check_size(
    network: &Network,
    periods: usize,
    scenarios: usize,
    method: Method,
) -> Result<usize, DecisionError> {
    let per_period = network.supply.len() + network.managed.len() + 2 * network.market.len();
    let columns = per_period * periods * scenarios;
    let (most, time) = match method {
        Method::RevisedSimplex => {
            (MOST_COLUMNS_BY_PIVOTS, ", which take minutes to plan and seconds a decision")
        }
        Method::Simplex | Method::InteriorPoint => (MAX_COLUMNS, ""),
    };
    if columns <= most {
        return Ok(columns);
    }
    Err(DecisionError(format!(
        "a plan of {periods} periods and {scenarios} scenarios on this network has {columns} columns; expected at most \
         {most}{time}",
    )))
}

/// A quantity fit to be ordered. What is nothing or a whole number but for the solver's noise becomes it, and what
/// stays fractional in an interior answer is never too small: the least unmet demand counts as a shortage.
pub(super) fn playable(planned: f64, method: Method, scale: Scale) -> f64 {
    let (noise, padding) = match method {
        Method::Simplex | Method::RevisedSimplex => (ROUNDING, 0.0),
        Method::InteriorPoint => (NOISE, NOISE),
    };
    let (planned, noise, padding) = (planned.max(0.0), noise * scale.quantity, padding * scale.quantity);
    let meant = if noise < DROWNED { planned.round() } else { 0.0 };
    if (planned - meant).abs() < noise { meant } else { planned + padding }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::planning::{CertaintyEquivalent, PublishedMean};
    use invmgmt::Problem;
    use invmgmt::demand::{DemandConfig, DemandModel};
    use invmgmt::episode::{Episode, kpis};
    use invmgmt::network::preset;
    use invmgmt::period::Rules;

    #[test]
    fn a_network_too_large_to_plan_in_minutes_is_refused_at_once_with_what_can_be() {
        let network = invmgmt::network::layered(5_000, 1).compile().expect("valid");
        let demand = DemandModel::new(DemandConfig::default()).expect("usable");
        let problem = Problem::new(network, demand, Rules::default(), 365);
        let mut policy = crate::parse("mpc:informed", &crate::Knowledge::of(&problem)).expect("known");
        let mut orders = vec![0.0; problem.network.supply.len()];
        let episode = Episode::begin(&problem, 1).expect("an episode");
        let refused = policy.decide(&episode.view(), &mut orders).expect_err("too large").to_string();
        assert!(refused.starts_with("the policy gave no orders: a plan of "), "{refused}");
        let said = " columns; expected at most 500000, which take minutes to plan and seconds a decision";
        assert!(refused.ends_with(said), "{refused}");
    }

    #[test]
    fn what_is_noise_depends_on_the_unit_in_which_a_plan_was_found() {
        let played =
            |planned, quantity| playable(planned, Method::InteriorPoint, Scale { quantity, value: 1.0 });
        assert_eq!([played(20.00005, 1.0), played(2e-5, 1.0), played(20.5, 1.0)], [20.0, 0.0, 20.5001]);
        let tiny = 2_f64.powi(-20);
        assert_eq!(played(2e-5, tiny), 2e-5 + 1e-4 * tiny, "a sizable order in that unit");
        let large = 2_f64.powi(20);
        assert_eq!(played(90.0, large), 0.0);
        assert_eq!(played(2e6, large), 2e6 + 1e-4 * large, "whole numbers mean nothing there");
    }

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
                    let mut episode = Episode::begin(
                        &Problem::new(network.clone(), demand.clone(), Rules::default(), 30),
                        seed,
                    )
                    .expect("an episode");
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
