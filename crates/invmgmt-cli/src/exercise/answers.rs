//! The answers of the exercises, each worked out from its scenario.

use std::num::NonZeroUsize;

use invmgmt::Problem;
use invmgmt::batch::rollout;
use invmgmt::episode::{Episode, Symbol};
use invmgmt_data::Scenario;
use invmgmt_exact::{Criterion, Settings, solve};
use invmgmt_game::{Accounts, Game, Player};
use invmgmt_policy::{Knowledge, parse};
use invmgmt_textbook::Demand;
use invmgmt_textbook::clark_scarf::SerialSystem;
use invmgmt_textbook::newsvendor::Newsvendor;
use invmgmt_textbook::reorder_level::ReorderLevel;
use invmgmt_textbook::wagner_whitin::LotSizing;

/// The service level that is asked for.
const SERVICE: f64 = 0.95;
/// Periods of the forecast.
const FORECAST: f64 = 5.0;
/// Levels and cycles that are tried.
const LEVELS: std::ops::RangeInclusive<usize> = 5..=9;
const CYCLES: std::ops::RangeInclusive<usize> = 1..=12;
/// Episodes in which a level is measured where its cost has no formula: 7 and 8 differ by half a percent.
const EPISODES: u64 = 600;

type Answer = Result<Vec<f64>, String>;

fn words(error: impl std::fmt::Display) -> String {
    error.to_string()
}

/// The problem of a scenario, as textbook solvers are given it.
fn posed(scenario: &Scenario) -> invmgmt_textbook::ProblemView<'_> {
    let Problem { network, demand, rules, num_periods } = &scenario.problem;
    invmgmt_textbook::ProblemView { network, demand, rules: *rules, num_periods: *num_periods }
}

/// The newsvendor's level.
pub(super) fn newsvendor(scenario: &Scenario) -> Answer {
    let problem = Newsvendor::from_problem(posed(scenario)).map_err(words)?;
    Ok(vec![problem.solve().map_err(words)?.level])
}

/// The plan of least cost for known demand.
pub(super) fn lot_sizing(scenario: &Scenario) -> Answer {
    let network = &scenario.network;
    let market = network.market.indices().next().ok_or("no market")?;
    let demand = scenario.demand.replays.series(market).ok_or("no series")?.to_vec();
    let (fixed_cost, holding_cost) =
        (network.supply.rows()[0].fixed_order_cost, network.managed.rows()[0].holding_cost);
    Ok(LotSizing { demand, fixed_cost, holding_cost }.solve().map_err(words)?.orders)
}

/// s and S.
pub(super) fn reorder_levels(scenario: &Scenario) -> Answer {
    let found = ReorderLevel::from_problem(posed(scenario)).map_err(words)?.solve().map_err(words)?;
    Ok(vec![found.reorder_level as f64, found.order_up_to as f64])
}

/// The lowest level of a service level: the newsvendor's, at costs whose ratio it is.
pub(super) fn service(scenario: &Scenario) -> Answer {
    let problem = Newsvendor::from_problem(posed(scenario)).map_err(words)?;
    let problem = Newsvendor { holding_cost: 1.0 - SERVICE, penalty: SERVICE, ..problem };
    Ok(vec![problem.solve().map_err(words)?.level])
}

/// What the best policy of all costs per period.
pub(super) fn optimum(scenario: &Scenario) -> Answer {
    let threads = std::thread::available_parallelism().map_or(1, NonZeroUsize::get);
    let settings = Settings::new(Criterion::Average, threads);
    let found = solve(&scenario.problem, &settings, &mut |_| {}).map_err(words)?;
    Ok(vec![0.0 - found.profit.middle()])
}

/// Echelon levels from the stage that meets demand upwards.
pub(super) fn clark_scarf(scenario: &Scenario) -> Answer {
    let found = SerialSystem::from_problem(posed(scenario)).map_err(words)?.solve().map_err(words)?;
    Ok(found.echelon_levels)
}

/// The newsvendor's level for the demands of all towns together.
pub(super) fn risk_pooling(scenario: &Scenario) -> Answer {
    let (network, demand) = (&scenario.network, &scenario.demand);
    let (mut mean, mut variance) = (0.0, 0.0);
    for link in network.market.indices() {
        mean += demand.mean(network, 0, link, 1.0);
        variance += demand.variance(network, 0, link, 1.0);
    }
    let demand = Demand::Normal { mean, deviation: variance.sqrt() };
    let (holding_cost, penalty) =
        (network.managed.rows()[0].holding_cost, network.market.rows()[0].unmet_penalty);
    let problem = Newsvendor { holding_cost, penalty, lead_time: 0.0, demand, constant_cost: 0.0 };
    Ok(vec![problem.solve().map_err(words)?.level])
}

/// Variance of orders over that of demand, forecast by a moving mean.
pub(super) fn bullwhip(scenario: &Scenario) -> Answer {
    let link = scenario.network.supply.indices().next().ok_or("no supplier")?;
    let cover = scenario.network.periods_covered(link) as f64;
    Ok(vec![1.0 + 2.0 * cover / FORECAST + 2.0 * (cover / FORECAST).powi(2)])
}

/// What the board costs where eight are ordered always but first.
pub(super) fn beer_game(scenario: &Scenario) -> Answer {
    let players = vec![Player::Person; scenario.network.managed.len()];
    let mut game = Game::begin(&scenario.problem, 1, players).map_err(words)?;
    while !game.is_over() {
        let order = if game.period() == 0 { 4.0 } else { 8.0 };
        for node in game.waiting_for() {
            game.order(node, &[order]).map_err(words)?;
        }
        game.play().map_err(words)?;
    }
    Ok(vec![Accounts::of(&game).cost()])
}

/// The base-stock level that costs least, on the same customers for all levels.
pub(super) fn perishables(scenario: &Scenario) -> Answer {
    let problem = &scenario.problem;
    let threads = std::thread::available_parallelism().map_or(1, NonZeroUsize::get);
    let seeds: Vec<u64> = (0..EPISODES).collect();
    best(LEVELS, |level| {
        let spec = format!("basestock:{level}");
        parse(&spec, &Knowledge::of(problem)).map_err(words)?;
        let made = || parse(&spec, &Knowledge::of(problem)).expect("it was made before");
        let figures = rollout(problem, &seeds, threads, made).map_err(words)?;
        Ok(0.0 - figures.iter().map(|episode| episode.kpis.total_profit).sum::<f64>())
    })
}

/// The cycle that costs least: in every so many periods, all suppliers are asked for what the cycle needs.
pub(super) fn joint_replenishment(scenario: &Scenario) -> Answer {
    let network = &scenario.network;
    let wanted: Vec<f64> = network
        .supply
        .rows()
        .iter()
        .map(|link| {
            let buyer = link.buyer;
            let of = |node: invmgmt::network::ManagedIx| -> f64 {
                let markets = network.managed[node].markets.iter();
                markets.map(|&market| scenario.demand.mean(network, 0, market, 1.0)).sum()
            };
            let bought = network.managed[buyer].outgoing.iter().map(|&link| of(network.supply[link].buyer));
            of(buyer) + bought.sum::<f64>()
        })
        .collect();
    let periods = scenario.num_periods;
    best(CYCLES, |cycle| {
        let mut episode = Episode::begin(&scenario.problem, 1).map_err(words)?;
        for period in 0..periods {
            let left = (periods - period).min(cycle) as f64;
            let share = if period % cycle == 0 { left } else { 0.0 };
            let orders: Vec<f64> = wanted.iter().map(|wanted| wanted * share).collect();
            episode.step(&orders).map_err(words)?;
        }
        Ok(cost_of(&episode))
    })
}

/// What an episode cost [money].
fn cost_of(episode: &Episode) -> f64 {
    0.0 - episode.trajectory()[Symbol::Profit].values.iter().sum::<f64>()
}

/// The number that costs least.
fn best(numbers: impl Iterator<Item = usize>, mut cost: impl FnMut(usize) -> Result<f64, String>) -> Answer {
    let mut least: Option<(f64, usize)> = None;
    for number in numbers {
        let cost = cost(number)?;
        if least.is_none_or(|(lowest, _)| cost < lowest) {
            least = Some((cost, number));
        }
    }
    least.map(|(_, number)| vec![number as f64]).ok_or_else(|| "nothing was tried".to_owned())
}
