//! What only networks with mechanisms play: the arms of the period's phases that a plain network never enters.
//!
//! Each file is a phase, or an arm of one, over the tables of [`Physics`]; the order in which a period calls them is
//! written in [`super::play_period`]. Nothing here is called on a network without mechanisms.

mod allocate;
mod customers;
mod draws;
mod fail;
mod fill;
mod request;
mod resource;
mod settle;
mod shelf;
mod transit;
mod truck;
mod whole_units;

use std::ops::{Add, AddAssign, Mul};

use super::Lanes;
use crate::network::{ManagedIx, Network, Physics, SupplyLinkIx, Table};

pub(crate) use allocate::fill_lowest;
pub(super) use customers::serve_waiting_customers;
pub(super) use draws::planned;
pub use draws::{SupplyStreams, open_by};
pub(super) use fail::fail_and_recover;
pub(super) use fill::fill_and_send;
pub(crate) use fill::undivided;
pub(super) use request::read_requests;
pub(crate) use request::{NOTHING as NOTHING_ORDERED, drawn, sized};
pub(super) use settle::{charge_overflow, settle};
pub(super) use shelf::grow_older;
pub(crate) use shelf::{moves_with_age, of_sent, place_of_slot};
pub(super) use transit::{depart, receive};
pub(crate) use whole_units::{ROUNDING, binomial, hypergeometric, round_beyond, round_within, rounded_down};

/// Names of a node's costs that only mechanisms have, in the order of [`ExtraCosts::values`].
pub const EXTRA_COSTS: [&str; 4] = ["late_penalty", "waste_cost", "overflow_cost", "joint_cost"];

/// A managed node's costs that only mechanisms have, in one period, before discounting [money].
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct ExtraCosts<T = f64> {
    /// For what it owes other nodes, or lost of their requests.
    pub late: T,
    /// For units that spoiled.
    pub waste: T,
    /// For units that found no room.
    pub overflow: T,
    /// Its share of what orders cost together.
    pub joint: T,
}

impl<T> ExtraCosts<T> {
    /// The same of each cost.
    pub(crate) fn map<U>(self, to: impl Fn(T) -> U) -> ExtraCosts<U> {
        ExtraCosts {
            late: to(self.late),
            waste: to(self.waste),
            overflow: to(self.overflow),
            joint: to(self.joint),
        }
    }
}

impl<T> Losses<T> {
    /// The same of each loss.
    pub(crate) fn map<U>(self, to: impl Fn(T) -> U) -> Losses<U> {
        Losses {
            wasted: to(self.wasted),
            overflowed: to(self.overflowed),
            destroyed: to(self.destroyed),
            lost_on_the_way: to(self.lost_on_the_way),
            lost_requests: to(self.lost_requests),
        }
    }
}

impl<T: Copy + AddAssign + Mul<Output = T>> ExtraCosts<T> {
    /// Adds another's, weighted.
    #[inline(always)]
    pub fn add(&mut self, other: &Self, weight: T) {
        self.late += weight * other.late;
        self.waste += weight * other.waste;
        self.overflow += weight * other.overflow;
        self.joint += weight * other.joint;
    }
}

impl<const W: usize> ExtraCosts<Lanes<W>> {
    /// Those of one episode.
    pub fn lane(&self, lane: usize) -> ExtraCosts {
        self.map(|cost| cost[lane])
    }
}

impl<T: Copy + Add<Output = T>> ExtraCosts<T> {
    /// The costs in the order of [`EXTRA_COSTS`].
    #[inline(always)]
    pub fn values(&self) -> [T; 4] {
        [self.late, self.waste, self.overflow, self.joint]
    }

    /// All of them [money].
    #[inline(always)]
    pub fn total(&self) -> T {
        let [first, second, third, fourth] = self.values();
        first + second + third + fourth
    }
}

/// Units that left the books of a node in a period without being sold or shipped [units].
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Losses<T = f64> {
    /// Spoiled, on hand or on their way to it.
    pub wasted: T,
    /// Found no room.
    pub overflowed: T,
    /// Destroyed by a failure.
    pub destroyed: T,
    /// Shipped to it and lost on the way: yields, and orders that never arrive.
    pub lost_on_the_way: T,
    /// Requests to it, of customers and buyers with terms of their own, that will not be served any more.
    pub lost_requests: T,
}

impl<T: Copy + AddAssign> Losses<T> {
    /// Adds another's.
    #[inline(always)]
    pub fn add(&mut self, other: &Self) {
        self.wasted += other.wasted;
        self.overflowed += other.overflowed;
        self.destroyed += other.destroyed;
        self.lost_on_the_way += other.lost_on_the_way;
        self.lost_requests += other.lost_requests;
    }
}

impl<const W: usize> Losses<Lanes<W>> {
    /// Those of one episode.
    pub fn lane(&self, lane: usize) -> Losses {
        self.map(|units| units[lane])
    }
}

/// What mechanisms move in a period; the buffers of networks that have any.
#[derive(Clone, Debug)]
pub(super) struct MechanismFlows<const W: usize> {
    /// Numbers drawn for supply, uniform on [0, 1); whoever plays the period puts them here.
    pub draws: Vec<[f64; W]>,
    /// Per supply link the lead time drawn for what is shipped now, where it is drawn by order [periods].
    pub drawn: Table<SupplyLinkIx, Lanes<W>>,
    /// Per supply link what is wanted now, what is owed included [units].
    pub wanted: Table<SupplyLinkIx, Lanes<W>>,
    /// What of it is sought, as caps, resources and trucks let it be [units].
    pub sought: Table<SupplyLinkIx, Lanes<W>>,
    /// What of that the shares of short stock allow [units].
    pub allowed: Table<SupplyLinkIx, Lanes<W>>,
    /// What is left of the flow where something is down [1].
    pub factor: Table<SupplyLinkIx, Lanes<W>>,
    /// What of the units filled will arrive [units].
    pub sent: Table<SupplyLinkIx, Lanes<W>>,
    /// What of the units sent was handed over at once [units].
    pub handed: Table<SupplyLinkIx, Lanes<W>>,
    /// What is received [units].
    pub received: Table<SupplyLinkIx, Lanes<W>>,
    /// Per node what is put into stock before customers are served [units].
    pub arrived: Table<ManagedIx, Lanes<W>>,
    /// The same after the books are closed [units].
    pub arrived_last: Table<ManagedIx, Lanes<W>>,
    /// Per node the stock beyond a room that keeps everything, when the books are closed [units].
    pub crowded: Table<ManagedIx, Lanes<W>>,
    /// What of the units sent enters a slot [units].
    pub placed: Table<SupplyLinkIx, Lanes<W>>,
    /// What is paid for when it is filled [units].
    pub paid: Table<SupplyLinkIx, Lanes<W>>,
    /// What is received on links with a yield that shows then [units].
    pub paid_on_receipt: Table<SupplyLinkIx, Lanes<W>>,
    /// Stock kept for customers who wait [units].
    pub reserved: Table<ManagedIx, Lanes<W>>,
    /// Stock that recipes use [units].
    pub used: Table<ManagedIx, Lanes<W>>,
    /// Costs that only mechanisms have, per node [money].
    pub costs: Table<ManagedIx, ExtraCosts<Lanes<W>>>,
    /// What left the books, per node.
    pub losses: Table<ManagedIx, Losses<Lanes<W>>>,
    /// Units sent, by the periods of selling they have left: per supply link, as [`LinkAges`](crate::network::LinkAges)
    /// has them [units].
    pub sent_by_life: Vec<Lanes<W>>,
    /// Units received, likewise [units].
    pub received_by_life: Vec<Lanes<W>>,
    /// Scratch of one node's sharing: positions of its links, and a number each.
    pub order: Vec<usize>,
    /// The same.
    pub numbers: Vec<f64>,
}

impl<const W: usize> MechanismFlows<W> {
    /// Empty buffers for a network with mechanisms.
    pub fn new(network: &Network, physics: &Physics) -> Self {
        let links = || vec![Lanes::ZERO; network.supply.len()].into();
        let by_life = || {
            let ages = shelf::sent(physics);
            vec![Lanes::ZERO; ages]
        };
        Self {
            draws: vec![[0.0; W]; physics.draws.total()],
            drawn: links(),
            wanted: links(),
            sought: links(),
            allowed: links(),
            factor: vec![Lanes::splat(1.0); network.supply.len()].into(),
            sent: links(),
            handed: links(),
            received: links(),
            arrived: vec![Lanes::ZERO; network.managed.len()].into(),
            arrived_last: vec![Lanes::ZERO; network.managed.len()].into(),
            crowded: vec![Lanes::ZERO; network.managed.len()].into(),
            placed: links(),
            paid: links(),
            paid_on_receipt: links(),
            reserved: vec![Lanes::ZERO; network.managed.len()].into(),
            used: vec![Lanes::ZERO; network.managed.len()].into(),
            costs: vec![ExtraCosts::default(); network.managed.len()].into(),
            losses: vec![Losses::default(); network.managed.len()].into(),
            sent_by_life: by_life(),
            received_by_life: by_life(),
            order: Vec::new(),
            numbers: Vec::new(),
        }
    }

    /// Forgets the period before.
    fn clear(&mut self) {
        self.costs.rows_mut().fill(ExtraCosts::default());
        self.used.rows_mut().fill(Lanes::ZERO);
        self.losses.rows_mut().fill(Losses::default());
        self.handed.rows_mut().fill(Lanes::ZERO);
        self.received.rows_mut().fill(Lanes::ZERO);
        self.arrived.rows_mut().fill(Lanes::ZERO);
        self.arrived_last.rows_mut().fill(Lanes::ZERO);
        self.paid_on_receipt.rows_mut().fill(Lanes::ZERO);
    }
}
