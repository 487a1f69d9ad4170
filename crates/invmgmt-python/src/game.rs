//! The game as Python sees it.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use invmgmt::network::{ManagedIx, TableIndex};
use invmgmt_game::{Accounts, Game as Played, Player, TUNED, results_csv, rivals, stages, tuned};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::sync::MutexExt as _;

use crate::network::Network;
use crate::scenario::Scenario;

/// A stage in the accounts: node, player, cost, variance of its orders, bullwhip, amplification.
type Account = (String, String, f64, f64, Option<f64>, Option<f64>);
/// Somebody who might have played: name, whether demand is known beforehand, cost, or why that is not known.
type Other = (String, bool, Option<f64>, Option<String>);
/// A supply link as it is drawn: its place among all links, the places of its supplier, if that is a stage, and of its
/// buyer among the stages, goods on their way, slips, what is owed. Goods and slips are amounts, the next to arrive
/// first.
type Way = (usize, Option<usize>, usize, Vec<f64>, Vec<f64>, f64);
/// Customers as they are drawn: the place of their link among all links and of their retailer among the stages, what
/// they wanted and were sold in the last period, what they wait for.
type Buying = (usize, usize, Option<f64>, Option<f64>, f64);

/// A game: an episode whose orders come from players. A stage is known by its place among `stages`.
#[derive(Debug)]
#[pyclass(frozen, module = "gym_invmgmt._native")]
pub struct Game {
    played: Mutex<Played>,
    stages: Vec<ManagedIx>,
}

impl Game {
    /// The game, once nobody else has it; Python goes on meanwhile.
    fn played(&self, py: Python<'_>) -> MutexGuard<'_, Played> {
        // What stands behind a lock is a game before or after a period, never between.
        self.played.lock_py_attached(py).unwrap_or_else(PoisonError::into_inner)
    }

    fn stage(&self, stage: usize) -> PyResult<ManagedIx> {
        let count = self.stages.len();
        let refused =
            || PyValueError::new_err(format!("stage is {stage}; expected a whole number below {count}"));
        self.stages.get(stage).copied().ok_or_else(refused)
    }
}

fn refused(error: impl std::fmt::Display) -> PyErr {
    PyValueError::new_err(error.to_string())
}

#[pymethods]
impl Game {
    /// A game on a scenario; a player is the name of a policy, `tuned`, or none for a person, in the order of `stages`.
    #[new]
    fn new(py: Python<'_>, scenario: &Scenario, seed: u64, players: Vec<Option<String>>) -> PyResult<Self> {
        let problem = &scenario.read.problem;
        let order = stages(&problem.network);
        if players.len() != order.len() {
            let (found, expected) = (players.len(), order.len());
            return Err(refused(format!("found {found} players; expected {expected}, one per stage")));
        }
        let begin = || {
            let mut seats = vec![Player::Person; order.len()];
            let mut levels: Option<String> = None;
            for (node, player) in order.iter().zip(players) {
                let Some(spec) = player else { continue };
                let spec = match (&levels, spec.as_str()) {
                    (Some(known), TUNED) => known.clone(),
                    (None, TUNED) => levels.insert(tuned(problem)?).clone(),
                    _ => spec,
                };
                seats[node.position()] = Player::Policy(spec);
            }
            Played::begin(problem, seed, seats)
        };
        let played = Mutex::new(py.detach(begin).map_err(refused)?);
        Ok(Self { played, stages: order })
    }

    /// Names of the stages of a scenario, those nearest to customers first.
    #[staticmethod]
    fn stages_of(scenario: &Scenario) -> Vec<String> {
        let network = &scenario.read.problem.network;
        stages(network).into_iter().map(|node| network.managed_id(node).to_string()).collect()
    }

    /// Names of the stages.
    #[getter]
    fn stages(&self, py: Python<'_>) -> Vec<String> {
        let played = self.played(py);
        self.stages.iter().map(|node| played.network().managed_id(*node).to_string()).collect()
    }

    /// Who plays each stage: `person`, or the name of a policy.
    #[getter]
    fn players(&self, py: Python<'_>) -> Vec<String> {
        let played = self.played(py);
        self.stages.iter().map(|node| played.player(*node).name().to_owned()).collect()
    }

    /// Periods played.
    #[getter]
    fn period(&self, py: Python<'_>) -> usize {
        self.played(py).period()
    }

    /// Length of the game [periods].
    #[getter]
    fn num_periods(&self, py: Python<'_>) -> usize {
        self.played(py).problem().num_periods
    }

    /// Suppliers of a stage, in the order in which it orders.
    fn suppliers(&self, py: Python<'_>, stage: usize) -> PyResult<Vec<String>> {
        let desk = self.played(py).desk(self.stage(stage)?);
        Ok(desk.supplies.into_iter().map(|supplies| supplies.supplier).collect())
    }

    /// What the manager of a stage sees, in words.
    fn desk(&self, py: Python<'_>, stage: usize) -> PyResult<Vec<String>> {
        Ok(self.played(py).desk(self.stage(stage)?).lines())
    }

    /// Takes a person's order for the period to come, a quantity per supplier [units].
    fn order(&self, py: Python<'_>, stage: usize, quantities: Vec<f64>) -> PyResult<()> {
        self.played(py).order(self.stage(stage)?, &quantities).map_err(refused)
    }

    /// What a person has ordered for the period to come, if anything [units].
    fn ordered(&self, py: Python<'_>, stage: usize) -> PyResult<Option<Vec<f64>>> {
        Ok(self.played(py).ordered(self.stage(stage)?).map(<[f64]>::to_vec))
    }

    /// Stages whose persons have not ordered yet.
    fn waiting_for(&self, py: Python<'_>) -> Vec<usize> {
        let waiting = self.played(py).waiting_for();
        (0..self.stages.len()).filter(|stage| waiting.contains(&self.stages[*stage])).collect()
    }

    /// Plays the period to come.
    fn play(&self, py: Python<'_>) -> PyResult<()> {
        let play = || self.played.lock().unwrap_or_else(PoisonError::into_inner).play();
        py.detach(play).map_err(refused)
    }

    /// The network it is played on.
    #[getter]
    fn network(&self, py: Python<'_>) -> Network {
        Network::shared(Arc::clone(&self.played(py).problem().network))
    }

    /// Places of the stages among the network's nodes.
    #[getter]
    fn nodes(&self, py: Python<'_>) -> Vec<usize> {
        let played = self.played(py);
        self.stages.iter().map(|stage| played.network().managed[*stage].node.position()).collect()
    }

    /// Stock on hand of each stage [units].
    fn stock(&self, py: Python<'_>) -> Vec<f64> {
        let played = self.played(py);
        self.stages.iter().map(|stage| played.episode().view().on_hand(*stage)).collect()
    }

    /// What is on its way, link by link.
    fn ways(&self, py: Python<'_>) -> Vec<Way> {
        let played = self.played(py);
        let network = played.network();
        let place = |node: ManagedIx| self.stages.iter().position(|stage| *stage == node);
        let of_stage = |(buyer, stage): (usize, &ManagedIx)| {
            let links = network.managed[*stage].incoming.iter().zip(played.desk(*stage).supplies);
            links
                .map(|(&link, supplies)| {
                    let row = &network.supply[link];
                    let supplier = row.supplier.as_ref().and_then(|supplier| place(supplier.node));
                    let goods = supplies.on_the_way.iter().map(|goods| goods.units).collect();
                    (row.link.position(), supplier, buyer, goods, supplies.requested, supplies.owed)
                })
                .collect::<Vec<Way>>()
        };
        self.stages.iter().enumerate().flat_map(of_stage).collect()
    }

    /// What customers want, link by link.
    fn customers(&self, py: Python<'_>) -> Vec<Buying> {
        let played = self.played(py);
        let network = played.network();
        let of_stage = |(retailer, stage): (usize, &ManagedIx)| {
            let links = network.managed[*stage].markets.iter().zip(played.desk(*stage).customers);
            links
                .map(|(&link, seen)| {
                    (network.market[link].link.position(), retailer, seen.wanted, seen.sold, seen.waiting)
                })
                .collect::<Vec<Buying>>()
        };
        self.stages.iter().enumerate().flat_map(of_stage).collect()
    }

    /// What every stage has come to, and where the bullwhip came from in sentences.
    fn accounts(&self, py: Python<'_>) -> (Vec<Account>, Vec<String>) {
        let accounts = Accounts::of(&self.played(py));
        let words = accounts.in_words().into();
        let rows = accounts.stages.into_iter().map(|stage| {
            let player = stage.player.name().to_owned();
            (stage.node, player, stage.cost, stage.ordered_variance, stage.bullwhip, stage.amplification)
        });
        (rows.collect(), words)
    }

    /// What others would have paid on the same customers.
    fn rivals(&self, py: Python<'_>) -> Vec<Other> {
        let (problem, seed) = {
            let played = self.played(py);
            (played.problem().clone(), played.seed())
        };
        let found = py.detach(|| rivals(&problem, seed, &[]));
        let row = |rival: invmgmt_game::Rival| match rival.cost {
            Ok(cost) => (rival.name, rival.clairvoyant, Some(cost), None),
            Err(why) => (rival.name, rival.clairvoyant, None, Some(why)),
        };
        found.into_iter().map(row).collect()
    }

    /// What happened, a row per period and stage, as CSV.
    fn csv(&self, py: Python<'_>) -> String {
        results_csv(&self.played(py))
    }
}
