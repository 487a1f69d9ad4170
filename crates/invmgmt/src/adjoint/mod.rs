//! The adjoint of a period: how an amount of money answers each number that led to it.
//!
//! A period is sums, minima and comparisons, so what an episode earns has a derivative in every request and in every
//! number of the state it began with. Given how the money in question answers the *next* state row and the period's
//! reward, [`reverse_period`] says how it answers the row before and the requests: a vector-Jacobian product, at about
//! the cost of the period itself whatever the number of requests. Beside each phase of [`crate::period`] stands its
//! reverse, played in the opposite order:
//!
//! 1. **account**: money answers sales, orders, stocks and pipelines with prices and costs;
//! 2. **sell**: a sale answers what was wanted where there was enough, what was on hand where there was not;
//! 3. **feel**: sentiment answers shortages, if a stand-in says how;
//! 4. **receive**: stock answers what arrived and what left;
//! 5. **order**: what was filled answers the request, the capacity left or the stock left, whichever was least.
//!
//! Nothing but the rows before and after and the requests is kept of a period played ([`Played`]): from them the
//! reverse works out anew which of them was the least. At a kink, where two are equal, it takes the side that the
//! period itself took, so that the result is one of the two one-sided derivatives.
//!
//! A network with mechanisms is played backwards otherwise: the period is retold on a tape, step by step, and the tape
//! played backwards. What chance decided is data.
//!
//! What has no useful derivative:
//!
//! | mechanism | derivative taken | on request ([`Surrogates`]) |
//! |---|---|---|
//! | fixed order costs: K where anything was filled | 0 | that of `K q / (q + s)`, q the units filled |
//! | joint costs: K, or K a truck begun | 0 | the same; K for what fills a truck |
//! | whole units, sizes and lots of orders: what is rounded or raised | 0 | as if it were neither |
//! | whole units that chance lets through | 0 | the share that it let through |
//! | goodwill: sentiment falls where anything is unmet | refused | that of a switch over s units of unmet demand |
//! | the number of the period | 0 | |
//! | demand drawn | 0; of sentiment under goodwill: in proportion to it | |
//!
//! A mechanism not named in [`SCOPE`] is refused by [`admit`].

mod account;
mod mechanisms;
mod order;
mod receive;
mod recording;
mod sell;
mod tape;

use crate::Problem;
use crate::demand::Goodwill;
use crate::mechanism::Mechanism::{
    FixedOrderCosts, Goodwill as GoodwillMoves, JointCosts, OrderSizes, WholeUnits,
};
use crate::mechanism::{Mechanism, Mechanisms, Refusal, Scope};
use crate::network::Network;
use crate::period::{Lanes, Rules};

pub use recording::{Block, Recording, RecordingError, SIDE_BY_SIDE};

/// What the reverse models by itself. What is fixed or rounded does not change with an order's size; goodwill needs a
/// stand-in.
pub const SCOPE: Scope = Scope {
    models: Mechanisms::ALL.without(Mechanisms::of(&[
        FixedOrderCosts,
        JointCosts,
        WholeUnits,
        OrderSizes,
        GoodwillMoves,
    ])),
    simplifies: &[
        (FixedOrderCosts, "takes fixed order costs for constant"),
        (JointCosts, "takes joint costs for constant"),
        (WholeUnits, "takes what is rounded to whole units for constant"),
        (OrderSizes, "takes orders that are raised or rounded for constant"),
    ],
};

/// What it models with every stand-in.
pub const WITH_SURROGATES: Scope = Scope::EVERYTHING;

/// Smooth stand-ins for what has no useful derivative. They change derivatives only: what is played, and every reward,
/// stays what it is.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Surrogates {
    /// The fixed cost K of an order of q units is taken for `K q / (q + s)`: s, where half of it is reached [units].
    pub fixed_costs: Option<f64>,
    /// Sentiment is taken to pass from growth to decay with the share `1 - exp(-u / s)` of unmet demand u: s [units].
    pub goodwill: Option<f64>,
    /// Whether what is rounded to whole units or lots, or raised to a least order, is taken to answer as if it were
    /// not, and whole units that chance lets through by the share that it let through.
    pub rounding: bool,
}

impl Surrogates {
    /// The mechanisms that have a stand-in.
    fn serve(&self) -> Mechanisms {
        let chosen: [(bool, &[Mechanism]); 3] = [
            (self.fixed_costs.is_some(), &[FixedOrderCosts, JointCosts]),
            (self.goodwill.is_some(), &[GoodwillMoves]),
            (self.rounding, &[WholeUnits, OrderSizes]),
        ];
        chosen
            .into_iter()
            .filter(|(chosen, _)| *chosen)
            .flat_map(|(_, served)| served.iter().copied())
            .collect()
    }
}

/// Lets a problem in whose every mechanism has a derivative; returns what is simplified, in words.
///
/// # Errors
/// [`Refusal`] naming every mechanism that has none.
pub fn admit(problem: &Problem, surrogates: &Surrogates) -> Result<Vec<&'static str>, Refusal> {
    let used = problem.mechanisms();
    let served = surrogates.serve();
    let models = SCOPE.models.with(SCOPE.simplified()).with(served);
    Scope { models, simplifies: &[] }.admit(&used)?;
    let said =
        SCOPE.simplifies.iter().filter(|(mechanism, _)| used.set().without(served).contains(*mechanism));
    Ok(said.map(|&(_, how)| how).collect())
}

/// A period that was played in `W` episodes side by side: what its reverse needs to know of it.
#[derive(Clone, Copy, Debug)]
pub struct Played<'a, const W: usize> {
    /// Rules of play, per episode.
    pub rules: &'a [Rules; W],
    /// Length of the episodes [periods].
    pub num_periods: usize,
    /// The state rows before it.
    pub rows: &'a [[f64; W]],
    /// What was requested per supply link [units].
    pub requests: &'a [[f64; W]],
    /// The state rows after it.
    pub next: &'a [[f64; W]],
    /// What chance in supply decided by, uniform on [0, 1); see [`Flows::draws_mut`](crate::period::Flows::draws_mut).
    pub draws: &'a [[f64; W]],
    /// How sentiment moves, per episode, where it does and a stand-in says how it answers.
    pub goodwill: Option<(&'a [Goodwill; W], f64)>,
    /// The stand-in for fixed order costs [units].
    pub fixed_costs: Option<f64>,
    /// Whether what is rounded is taken for what it was rounded from.
    pub rounding: bool,
}

/// Memory for the reverse of periods; one serves any number of them in turn.
#[derive(Clone, Debug)]
pub struct Reverse<const W: usize> {
    links: Vec<Filling<W>>,
    nodes: Vec<Shipping<W>>,
    /// On networks with mechanisms.
    retelling: Option<Box<mechanisms::Retelling<W>>>,
}

/// What was filled on a supply link, and how the money answers it.
#[derive(Clone, Copy, Debug, Default)]
struct Filling<const W: usize> {
    /// Units filled [units].
    filled: Lanes<W>,
    /// 1 where the request was filled as it was, and above 0; else 0.
    as_requested: Lanes<W>,
    /// 1 where the supplier's stock was the least, else 0.
    as_stocked: Lanes<W>,
    /// 1 where the supplier's capacity was the least, else 0. Nothing was where nothing was requested.
    as_capable: Lanes<W>,
    /// Sensitivity to the units filled [money / unit].
    worth: Lanes<W>,
}

/// What a managed node shipped while requests were filled, and how the money answers it.
#[derive(Clone, Copy, Debug, Default)]
struct Shipping<const W: usize> {
    /// Stock promised to links so far [units of stock].
    promised: Lanes<W>,
    /// Units shipped to links so far [units].
    shipped: Lanes<W>,
    /// Sensitivity to the stock promised [money / unit].
    promised_worth: Lanes<W>,
    /// Sensitivity to the units shipped [money / unit].
    shipped_worth: Lanes<W>,
}

impl<const W: usize> Reverse<W> {
    /// Memory for a network.
    pub fn new(network: &Network) -> Self {
        Self {
            links: vec![Filling::default(); network.supply.len()],
            nodes: vec![Shipping::default(); network.managed.len()],
            retelling: network
                .physics
                .as_deref()
                .map(|physics| Box::new(mechanisms::Retelling::new(network, physics))),
        }
    }
}

/// Plays a period backwards in `W` episodes side by side. `row` holds how the money in question answers each number of
/// the next state row and is left holding how it answers each number of the row before; `reward` says how it answers
/// the period's reward, and `requests` is filled with how it answers each request [money / unit].
///
/// The problem was admitted by [`admit`].
#[inline(always)]
pub fn reverse_period<const W: usize>(
    network: &Network,
    played: &Played<'_, W>,
    memory: &mut Reverse<W>,
    reward: [f64; W],
    row: &mut [[f64; W]],
    requests: &mut [[f64; W]],
) {
    if let (Some(physics), Some(retelling)) = (network.physics.as_deref(), &mut memory.retelling) {
        mechanisms::reverse(network, physics, played, retelling, reward, row, requests);
        return;
    }
    order::recall(network, played, memory);
    let weights = account::reverse(network, played, memory, reward, row);
    sell::reverse(network, played, weights, row);
    receive::reverse(network, memory, row);
    order::reverse(network, memory, row, requests);
}
