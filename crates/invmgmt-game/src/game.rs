//! The game: players at their nodes, and the episode they play.

use std::collections::VecDeque;
use std::num::NonZeroUsize;

use invmgmt::Problem;
use invmgmt::episode::{ActionError, Episode, Policy};
use invmgmt::network::{ManagedIx, Network, SupplyLinkIx, Table, TableIndex};
use invmgmt_policy::optimize::{Family, Settings, optimize};
use invmgmt_policy::{Knowledge, NamedPolicy, parse};

use crate::error::{GameError, OrderError};

/// The name of base-stock levels found by simulation, where a policy is named.
pub const TUNED: &str = "tuned";
/// Seeds that levels are tuned on and measured on: none that a game is likely to be played with.
const TRAINING: std::ops::Range<u64> = 20_000..20_016;
const HELD_OUT: std::ops::Range<u64> = 30_000..30_002;
/// Most sets of levels that are tried, and most link-periods all of them may take together.
const MOST_TRIED: usize = 300;
const MOST_WORK: usize = 150_000_000;
/// Fewest sets of levels that are worth the name of a search.
const FEWEST_TRIED: usize = 10;
/// Largest order of a person [units].
const MOST_ORDERED: f64 = 1e9;

/// Who orders for a node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Player {
    /// A person.
    Person,
    /// A policy by name.
    Policy(String),
}

impl Player {
    /// `person`, or the policy's name.
    pub fn name(&self) -> &str {
        match self {
            Self::Person => "person",
            Self::Policy(spec) => spec,
        }
    }
}

/// An episode whose orders come from players.
#[derive(Debug)]
pub struct Game {
    episode: Episode,
    seed: u64,
    players: Table<ManagedIx, Player>,
    /// Each policy once, with the nodes it plays.
    policies: Vec<Hand>,
    /// What persons have ordered in the period to come [units].
    given: Table<ManagedIx, Option<Vec<f64>>>,
}

/// A policy with its nodes.
#[derive(Debug)]
struct Hand {
    spec: String,
    policy: NamedPolicy,
    links: Vec<SupplyLinkIx>,
}

impl Game {
    /// Begins a game with the customers of a seed.
    ///
    /// # Errors
    /// [`GameError`] for a number of players that is not that of the nodes, a policy that cannot play, or an episode
    /// that cannot be recorded.
    pub fn begin(problem: &Problem, seed: u64, players: Vec<Player>) -> Result<Self, GameError> {
        let network = &*problem.network;
        if players.len() != network.managed.len() {
            return Err(GameError::Players { found: players.len(), expected: network.managed.len() });
        }
        let players = Table::from(players);
        let given = Table::from(vec![None; network.managed.len()]);
        let policies = hands(problem, seed, &players)?;
        Ok(Self { episode: Episode::begin(problem, seed)?, seed, players, policies, given })
    }

    /// What is played.
    pub fn problem(&self) -> &Problem {
        self.episode.problem()
    }

    /// The network.
    pub fn network(&self) -> &Network {
        &self.problem().network
    }

    /// The episode so far.
    pub fn episode(&self) -> &Episode {
        &self.episode
    }

    /// The seed of its customers.
    pub fn seed(&self) -> u64 {
        self.seed
    }

    /// Periods played.
    pub fn period(&self) -> usize {
        self.episode.trajectory().periods_played
    }

    /// Whether the last period has been played.
    pub fn is_over(&self) -> bool {
        self.episode.is_over()
    }

    /// Who plays a node.
    pub fn player(&self, node: ManagedIx) -> &Player {
        &self.players[node]
    }

    /// Takes a person's order for the period to come: a quantity per supplier, in the order of
    /// [`Desk::supplies`](crate::Desk::supplies). A second order replaces the first.
    ///
    /// # Errors
    /// [`OrderError`] saying what is allowed; nothing is changed then.
    pub fn order(&mut self, node: ManagedIx, quantities: &[f64]) -> Result<(), OrderError> {
        let network = self.network();
        let name = || network.managed_id(node).to_string();
        if self.is_over() {
            return Err(OrderError::Over { num_periods: self.problem().num_periods });
        }
        if let Player::Policy(policy) = &self.players[node] {
            return Err(OrderError::NotAPerson { node: name(), policy: policy.clone() });
        }
        let incoming = &network.managed[node].incoming;
        let supplier = |link: &SupplyLinkIx| supplier_name(network, *link);
        if quantities.len() != incoming.len() {
            let suppliers = incoming.iter().map(supplier).collect();
            return Err(OrderError::Count { node: name(), found: quantities.len(), suppliers });
        }
        let whole = network.has_whole_units();
        let sound =
            |quantity: f64| (0.0..=MOST_ORDERED).contains(&quantity) && !(whole && quantity.fract() != 0.0);
        for (link, &found) in incoming.iter().zip(quantities) {
            if !sound(found) {
                let kind = if whole { "whole number" } else { "number" };
                let allowed = format!("a {kind} from 0 to {MOST_ORDERED}");
                return Err(OrderError::Quantity { supplier: supplier(link), found, allowed });
            }
        }
        self.given[node] = Some(quantities.to_vec());
        Ok(())
    }

    /// What a person has ordered for the period to come.
    pub fn ordered(&self, node: ManagedIx) -> Option<&[f64]> {
        self.given[node].as_deref()
    }

    /// Persons who have not ordered yet, in the order of [`stages`].
    pub fn waiting_for(&self) -> Vec<ManagedIx> {
        if self.is_over() {
            return Vec::new();
        }
        let waits = |node: &ManagedIx| self.players[*node] == Player::Person && self.given[*node].is_none();
        stages(self.network()).into_iter().filter(waits).collect()
    }

    /// Plays the period to come.
    ///
    /// # Errors
    /// [`GameError`] if somebody has not ordered, or a policy cannot; the game stands before the period, orders kept.
    pub fn play(&mut self) -> Result<(), GameError> {
        let waiting = self.waiting_for();
        if !waiting.is_empty() {
            let nodes = waiting.into_iter().map(|node| self.network().managed_id(node).to_string());
            return Err(GameError::Missing { nodes: nodes.collect() });
        }
        let mut orders = vec![0.0; self.network().supply.len()];
        let mut proposed = orders.clone();
        for hand in &mut self.policies {
            hand.policy.decide(&self.episode.view(), &mut proposed).map_err(|error| {
                GameError::Undecided { policy: hand.spec.clone(), error: ActionError::from(error) }
            })?;
            for &link in &hand.links {
                orders[link.position()] = proposed[link.position()];
            }
        }
        let network = &*self.episode.problem().network;
        for (node, quantities) in self.given.iter() {
            let quantities = quantities.iter().flatten();
            for (link, &quantity) in network.managed[node].incoming.iter().zip(quantities) {
                orders[link.position()] = quantity;
            }
        }
        self.episode.step(&orders)?;
        for given in self.given.rows_mut() {
            *given = None;
        }
        Ok(())
    }
}

/// Who supplies on a link; of a recipe, what is made where.
pub(crate) fn supplier_name(network: &Network, link: SupplyLinkIx) -> String {
    let row = &network.supply[link];
    match row.recipe {
        Some(_) => network.link_name(row.link),
        None => network.nodes[row.from].id.to_string(),
    }
}

/// The policies among the players, each once.
fn hands(problem: &Problem, seed: u64, players: &Table<ManagedIx, Player>) -> Result<Vec<Hand>, GameError> {
    let network = &*problem.network;
    let known = Knowledge::of(problem);
    let mut hands: Vec<Hand> = Vec::new();
    for (node, player) in players.iter() {
        let Player::Policy(spec) = player else { continue };
        let incoming = &network.managed[node].incoming;
        if let Some(hand) = hands.iter_mut().find(|hand| hand.spec == *spec) {
            hand.links.extend(incoming);
            continue;
        }
        let refused = |error| GameError::Policy { node: network.managed_id(node).to_string(), error };
        let mut policy = parse(spec, &known).map_err(refused)?;
        policy.reset(Some(seed));
        hands.push(Hand { spec: spec.clone(), policy, links: incoming.clone() });
    }
    Ok(hands)
}

/// The nodes that hold stock, those nearest to customers first and, equally near, in order of id.
pub fn stages(network: &Network) -> Vec<ManagedIx> {
    let mut distance = vec![usize::MAX; network.managed.len()];
    let mut queue: VecDeque<ManagedIx> = VecDeque::new();
    for (node, _) in network.managed.iter().filter(|(_, row)| !row.markets.is_empty()) {
        distance[node.position()] = 0;
        queue.push_back(node);
    }
    while let Some(node) = queue.pop_front() {
        for &link in &network.managed[node].incoming {
            let Some(supplier) = network.supply[link].supplier else { continue };
            let at = supplier.node.position();
            if distance[at] == usize::MAX {
                distance[at] = distance[node.position()] + 1;
                queue.push_back(supplier.node);
            }
        }
    }
    let mut order: Vec<ManagedIx> = network.managed.indices().collect();
    order.sort_by_key(|node| (distance[node.position()], node.position()));
    order
}

/// Base-stock levels found by simulation, as a policy's name.
///
/// # Errors
/// [`GameError::Untuned`] for a network too large to tune in passing, or that base stock does not play.
pub fn tuned(problem: &Problem) -> Result<String, GameError> {
    tuned_in(problem, Family::BaseStock)
}

/// The best levels of a family found by simulation, as a policy's name.
pub(crate) fn tuned_in(problem: &Problem, family: Family) -> Result<String, GameError> {
    let work = problem.num_periods * problem.network.supply.len() * TRAINING.count();
    let budget = (MOST_WORK / work.max(1)).min(MOST_TRIED);
    if budget < FEWEST_TRIED {
        let why = "the network is too large to tune in passing; name a policy";
        return Err(GameError::Untuned(why.to_owned()));
    }
    let threads = std::thread::available_parallelism().map_or(1, NonZeroUsize::get);
    let settings = Settings {
        family,
        review: 1,
        targets: Vec::new(),
        budget,
        training: TRAINING.collect(),
        held_out: HELD_OUT.collect(),
        test_from: None,
        threads,
        gradient: false,
    };
    match optimize(problem, &settings) {
        Ok(found) => Ok(found.spec),
        Err(error) => Err(GameError::Untuned(error.to_string())),
    }
}
