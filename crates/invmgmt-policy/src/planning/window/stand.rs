//! Where a plan stood, for one that goes on from it.

use super::Window;
use crate::lp::Basis;

/// Where a plan stood.
pub(crate) struct Stand {
    basis: Basis,
    shape: Shape,
}

/// Where rows and columns of a window are.
struct Shape {
    periods: usize,
    scenarios: usize,
    /// Safety stocks per retailer.
    levels: usize,
    /// Columns of all flows.
    others: usize,
    /// Per period and scenario that leads in it, in the order of its flows: which that is, by position.
    flows: Vec<(usize, usize)>,
}

impl Shape {
    fn of(window: &Window) -> Self {
        let scenarios = window.weights.len();
        let leading = |at: &usize| window.leaders[*at] == at % scenarios;
        let flows = (0..window.leaders.len()).filter(leading).map(|at| (at / scenarios, at % scenarios));
        Self {
            periods: window.rows.len() / scenarios,
            scenarios,
            levels: window.levels,
            others: window.others,
            flows: flows.collect(),
        }
    }

    /// The place among the flows of a scenario's in a period, or of that whose orders it shares.
    fn flow(&self, period: usize, scenario: usize) -> usize {
        let after = self.flows.partition_point(|&flow| flow <= (period, scenario));
        after.saturating_sub(1)
    }
}

impl Window {
    /// Where the last plan stood, for a window that goes on from it.
    pub fn stand(&self) -> Option<Stand> {
        Some(Stand { basis: self.solver.basis()?, shape: Shape::of(self) })
    }

    /// Begins where a plan stood that was made so many periods ago. Scenarios go on from themselves, and those that are
    /// new from the last one there was.
    pub fn go_on_from(&mut self, last: &Stand, passed: usize) {
        let (own, last, basis) = (Shape::of(self), &last.shape, &last.basis);
        if last.levels != own.levels {
            return;
        }
        let [flows, rest] = self.per_period;
        let rows = self.right.len() / self.rows.len();
        let then = |period: usize| period_then(period, own.periods, last.periods, passed);
        let like = |scenario: usize| scenario.min(last.scenarios - 1);
        let place = |at: usize| like(at / own.periods) * last.periods + then(at % own.periods);
        let row = |row: usize| place(row / rows) * rows + row % rows;
        let column = |column: usize| match column.checked_sub(own.others) {
            None => {
                let (period, scenario) = own.flows[column / flows];
                last.flow(then(period), like(scenario)) * flows + column % flows
            }
            Some(other) => last.others + place(other / rest) * rest + other % rest,
        };
        self.solver.start_from(Some(Basis {
            rows: (0..self.right.len()).map(|at| basis.rows[row(at)]).collect(),
            columns: (0..self.programme.costs().len()).map(|at| basis.columns[column(at)]).collect(),
        }));
    }
}

/// The period of the last plan, of so many, that a period of a plan of so many begins from. The first half goes on from
/// itself, and as plans end alike, the other half from as far before the end; where there is more between than there
/// was, the middle of the last plan stands for it.
fn period_then(period: usize, periods: usize, last: usize, passed: usize) -> usize {
    let left = last.saturating_sub(passed);
    if left == 0 {
        return last - 1;
    }
    let first_half = left.min(periods) / 2;
    if period < first_half {
        return passed + period;
    }
    passed + left.saturating_sub(periods - period).max(first_half)
}

#[cfg(test)]
mod tests {
    use invmgmt::Problem;
    use invmgmt::demand::{DemandConfig, DemandModel};
    use invmgmt::episode::Episode;
    use invmgmt::network::{MarketLinkIx, TableIndex, preset};
    use invmgmt::period::Rules;

    use super::*;
    use crate::lp::Method;
    use crate::planning::Paths;

    /// Twelve periods in which demand doubles with this chance, which is seen after so many periods; with chance 0, and
    /// 1, there is nothing to wait for.
    fn waiting(chance: f64, shows: usize, periods: usize) -> Paths {
        let (mut paths, link) = (Paths::default(), MarketLinkIx::from_position(0));
        let weights = if chance > 0.0 { vec![1.0 - chance, chance] } else { vec![1.0] };
        paths.reset(weights.len(), periods, 1);
        paths.ends_episode = true;
        for (scenario, &weight) in weights.iter().enumerate() {
            paths.weights[scenario] = weight;
            for period in 0..periods {
                let doubled = scenario == 1 && period >= shows;
                paths.set(scenario, period, link, if doubled { 40.0 } else { 20.0 });
                paths.leaders[period * weights.len() + scenario] = if period <= shows { 0 } else { scenario };
            }
        }
        paths
    }

    #[test]
    fn a_plan_of_several_scenarios_that_goes_on_from_another_earns_what_one_from_nothing_does() {
        let network = preset("serial").expect("a preset").compile().expect("valid");
        let (demand, rules) = (DemandModel::new(DemandConfig::default()).expect("usable"), Rules::default());
        let problem = Problem::new(network.clone(), demand, rules, 24);
        let mut episode = Episode::begin(&problem, 1).expect("an episode");
        let window = |paths: &Paths| Window::new(&network, &rules, paths, Method::RevisedSimplex);
        let mut last: Option<Stand> = None;
        for (passed, chance, shows) in [(0, 0.0, 24), (0, 0.4, 10), (1, 0.5, 9), (1, 0.6, 8), (1, 0.0, 24)] {
            (0..passed).for_each(|_| {
                episode.step(&[20.0; 3]).expect("playable");
            });
            let paths = waiting(chance, shows, 24 - episode.view().period());
            let fresh = window(&paths).solve(&episode.view(), &paths).expect("solvable").objective;
            let mut next = window(&paths);
            if let Some(stand) = &last {
                next.go_on_from(stand, passed);
            }
            let found = next.solve(&episode.view(), &paths).expect("solvable").objective;
            assert!((found - fresh).abs() < 1e-7 * fresh.abs(), "chance {chance}: {found}, not {fresh}");
            last = next.stand();
        }
    }

    fn then(periods: usize, last: usize, passed: usize) -> Vec<usize> {
        (0..periods).map(|period| period_then(period, periods, last, passed)).collect()
    }

    #[test]
    fn plans_of_any_length_begin_as_the_last_went_on_and_end_as_it_ended() {
        assert_eq!(then(6, 6, 0), [0, 1, 2, 3, 4, 5], "the same plan again");
        assert_eq!(then(6, 6, 1), [1, 2, 3, 3, 4, 5], "a period later");
        assert_eq!(then(5, 6, 1), [1, 2, 3, 4, 5], "towards the end of the episode");
        assert_eq!(then(10, 4, 0), [0, 1, 2, 2, 2, 2, 2, 2, 2, 3], "a longer plan");
        assert_eq!(then(4, 10, 0), [0, 1, 8, 9], "a shorter one");
        assert_eq!(then(3, 2, 5), [1, 1, 1], "all that was planned is over");
        assert_eq!(then(1, 9, 3), [8]);
    }
}
