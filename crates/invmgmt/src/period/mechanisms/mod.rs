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

use std::ops::{AddAssign, Mul};

use super::Lanes;
use crate::network::{ManagedIx, Network, Physics, SupplyLinkIx, Table};

pub(super) use customers::serve_waiting_customers;
pub(super) use draws::planned;
pub use draws::{SupplyStreams, open_by};
pub(super) use fail::fail_and_recover;
pub(super) use fill::fill_and_send;
pub(super) use request::read_requests;
pub(super) use settle::{charge_overflow, settle};
pub(super) use shelf::grow_older;
pub(super) use transit::{depart, receive};

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

impl ExtraCosts {
    /// The costs in the order of [`EXTRA_COSTS`].
    pub fn values(&self) -> [f64; 4] {
        [self.late, self.waste, self.overflow, self.joint]
    }

    /// All of them [money].
    pub fn total(&self) -> f64 {
        self.late + self.waste + self.overflow + self.joint
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

/// What rounding may have taken from a whole number of lots [1].
const ROUNDING: f64 = 1e-9;

/// Units of a binomial law, by inversion: how many of `count` units a uniform number on [0, 1) lets through, each with
/// this chance. What is less than a unit goes only where all go.
fn binomial(count: f64, chance: f64, uniform: f64) -> f64 {
    if chance >= 1.0 {
        return count;
    }
    if count < 1.0 || chance <= 0.0 {
        return 0.0;
    }
    let units = count.floor();
    // From whichever end is nearer to the mean, so that the first term does not vanish.
    if chance > 0.5 {
        return units - inverse(units, 1.0 - chance, 1.0 - uniform);
    }
    inverse(units, chance, uniform)
}

/// The least whole number whose cumulative probability is above `uniform`; `chance` is in (0, 1/2].
fn inverse(units: f64, chance: f64, uniform: f64) -> f64 {
    let (mean, variance) = (units * chance, units * chance * (1.0 - chance));
    if variance > MOST_COUNTED {
        // The normal law with its first correction is within a unit of it, and the only one that ends: one more than
        // 1e16 is not another number.
        let z = normal_quantile(uniform);
        let skew = (1.0 - 2.0 * chance) * (z * z - 1.0) / 6.0;
        return (mean + variance.sqrt() * z + skew + 0.5).floor().clamp(0.0, units);
    }
    let odds = chance / (1.0 - chance);
    let up = |at: f64, term: f64| term * odds * (units - at) / (at + 1.0);
    let mut term = (units * (-chance).ln_1p()).exp();
    if term > f64::MIN_POSITIVE {
        let (mut at, mut below) = (0.0, term);
        while below <= uniform && at < units && term > 0.0 {
            term = up(at, term);
            at += 1.0;
            below += term;
        }
        return at;
    }
    // Of so many units none is impossible: weights against the likeliest number, as far as they count on either side.
    let likeliest = ((units + 1.0) * chance).floor();
    let down = |at: f64, weight: f64| weight * at / (odds * (units - at + 1.0));
    let (mut at, mut weight, mut total) = (likeliest, 1.0, 0.0);
    while weight > NEGLIGIBLE_WEIGHT && at < units {
        weight = up(at, weight);
        at += 1.0;
        total += weight;
    }
    (at, weight) = (likeliest, 1.0);
    while weight > NEGLIGIBLE_WEIGHT && at > 0.0 {
        total += weight;
        weight = down(at, weight);
        at -= 1.0;
    }
    total += weight;
    let mut below = weight;
    while below <= uniform * total && at < units {
        weight = up(at, weight);
        at += 1.0;
        below += weight;
    }
    at
}

/// Variance beyond which units are not counted one by one [units squared].
const MOST_COUNTED: f64 = 1e6;

/// The number that a standard normal one is below with this probability, by halving; within 9 deviations.
fn normal_quantile(probability: f64) -> f64 {
    let (mut low, mut high) = (-9.0, 9.0);
    while high - low > 1e-12 {
        let middle = 0.5 * (low + high);
        let below = 0.5 * libm::erfc(-middle / std::f64::consts::SQRT_2);
        (low, high) = if below > probability { (low, middle) } else { (middle, high) };
    }
    0.5 * (low + high)
}

/// Weight against the likeliest number below which a number of units counts for nothing [1].
const NEGLIGIBLE_WEIGHT: f64 = 1e-20;

#[cfg(test)]
mod tests {
    use super::*;
    use statrs::distribution::{Binomial, DiscreteCDF};

    #[test]
    fn units_drawn_by_inversion_follow_the_binomial_law() {
        let laws = [(1.0, 0.5), (7.0, 0.2), (40.0, 0.9), (3000.0, 0.3), (5000.0, 0.98), (9000.0, 0.2)];
        for (count, chance) in laws {
            let law = Binomial::new(chance, count as u64).expect("a law");
            for step in 1..50 {
                let uniform = (f64::from(step) - 0.5) / 50.0;
                let units = binomial(count, chance, uniform);
                let (below, to) = (law.cdf((units as u64).saturating_sub(1)), law.cdf(units as u64));
                // Counted from the far end where that is nearer, a uniform stands for its counterpart there.
                let holds = |u: f64| (units == 0.0 || below <= u + 1e-9) && u <= to + 1e-9;
                assert!(holds(uniform), "{count} {chance} {uniform}: {units} of {below} to {to}");
            }
        }
    }

    /// The normal law is as good as exact for millions: mean n p, deviation sqrt(n p q), quantiles 0 and 2.326348.
    #[test]
    fn millions_of_units_are_drawn_around_their_mean() {
        for (count, chance) in [(1e6, 0.5), (3e6, 0.75), (2e6, 0.001), (1e9, 0.5), (1e15, 0.3)] {
            let (mean, deviation): (f64, f64) = (count * chance, (count * chance * (1.0 - chance)).sqrt());
            for (uniform, quantile) in [(0.5, 0.0), (0.99, 2.326_348), (0.01, -2.326_348)] {
                let found = (binomial(count, chance, uniform) - mean) / deviation;
                assert!((found - quantile).abs() < 0.03, "{count} {chance} {uniform}: {found}");
            }
        }
    }

    #[test]
    fn less_than_a_unit_goes_only_where_all_go() {
        assert_eq!(
            (binomial(0.6, 0.9, 0.5), binomial(0.6, 1.0, 0.5), binomial(7.6, 1.0, 0.5)),
            (0.0, 0.6, 7.6)
        );
        assert_eq!(binomial(7.6, 0.999, 0.5), 7.0);
    }
}
