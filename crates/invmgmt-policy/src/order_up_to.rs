//! Order-up-to rules with more to them: whole lots, a cap on orders, buyers' orders of the same period, ages, a review
//! period.

use invmgmt::action::split_lacking;
use invmgmt::episode::{DecisionError, Policy};
use invmgmt::network::{ManagedIx, Network, SupplyLinkIx, Table, TableIndex};
use invmgmt::period::StateView;

use crate::base_stock::check_levels;
use crate::{PolicyError, supplier_shares};

/// What is read of a node, and what it then orders.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Rule {
    /// (r, nQ): at or below r, the least whole number of lots that lifts the position above it.
    Lots,
    /// Capped base stock: up to S, at most c.
    Capped,
    /// Base stock, what the node's buyers order in the same period counted as owed to them already.
    Cascade,
    /// Base stock on what will not spoil before an order placed now can be used.
    Ages,
}

/// A rule with one or two numbers per managed node, in order of id.
#[derive(Clone, Debug, PartialEq)]
pub struct OrderUpTo {
    rule: Rule,
    /// r and Q, S and c, or S and nothing [units] -- constant.
    numbers: Table<ManagedIx, (f64, f64)>,
    /// Share of its buyer's orders per supply link [1] -- constant.
    shares: Table<SupplyLinkIx, f64>,
    /// The nodes, every buyer before its suppliers -- constant.
    buyers_first: Vec<ManagedIx>,
}

impl OrderUpTo {
    /// (r, nQ): a node whose inventory position is at or below r orders the least whole number of lots Q that lifts it
    /// above r (R. Zheng and F. Chen 1992).
    ///
    /// # Errors
    /// [`PolicyError::Count`] for another number of pairs, [`PolicyError::Levels`] for a lot that is not above 0.
    pub fn lots(network: &Network, pairs: &[(f64, f64)]) -> Result<Self, PolicyError> {
        if let Some((_, lot)) = pairs.iter().find(|(_, lot)| *lot <= 0.0) {
            let message = format!("found a lot of {lot}; expected a quantity above 0");
            return Err(PolicyError::Levels { form: "rq", message });
        }
        Self::new("rq", Rule::Lots, network, pairs)
    }

    /// Capped base stock: orders up to S, but never more than c (Xin 2021).
    ///
    /// # Errors
    /// [`PolicyError::Count`] for another number of pairs.
    pub fn capped(network: &Network, pairs: &[(f64, f64)]) -> Result<Self, PolicyError> {
        Self::new("capped", Rule::Capped, network, pairs)
    }

    /// Local base stock in which a stage counts what its buyers order in the same period: with requests that wait, and
    /// the local levels of echelon levels, the echelon policy itself (Axsater and Rosling 1993).
    ///
    /// # Errors
    /// [`PolicyError::Count`] for another number of levels.
    pub fn cascade(network: &Network, levels: &[f64]) -> Result<Self, PolicyError> {
        Self::new("cascade", Rule::Cascade, network, &alone(levels))
    }

    /// Base stock on the units that can still be sold when an order placed now can; where goods do not spoil, base
    /// stock.
    ///
    /// # Errors
    /// [`PolicyError::Count`] for another number of levels.
    pub fn ages(network: &Network, levels: &[f64]) -> Result<Self, PolicyError> {
        Self::new("ages", Rule::Ages, network, &alone(levels))
    }

    fn new(
        form: &'static str,
        rule: Rule,
        network: &Network,
        numbers: &[(f64, f64)],
    ) -> Result<Self, PolicyError> {
        let numbers = check_levels(form, network, numbers)?;
        Ok(Self { rule, numbers, shares: supplier_shares(network), buyers_first: network.buyers_first() })
    }

    fn quantity(&self, state: &StateView<'_>, node: ManagedIx, orders: &[f64]) -> f64 {
        let (first, second) = self.numbers[node];
        let position = state.inventory_position(node);
        match self.rule {
            Rule::Lots if position > first => 0.0,
            Rule::Lots => second * (((first - position) / second).floor() + 1.0),
            Rule::Capped => (first - position).clamp(0.0, second.max(0.0)),
            Rule::Cascade => {
                let outgoing = &state.network.managed[node].outgoing;
                // What reaches the stage in this period: where slips take time, not what is written on them now.
                let reaches = |&link: &SupplyLinkIx| {
                    let request = state.read_next(link).unwrap_or(orders[link.position()]);
                    state.network.taken(link, node) * request
                };
                let wanted: f64 = outgoing.iter().map(reaches).sum();
                (first - (position - wanted)).max(0.0)
            }
            Rule::Ages => (first - (position - spoils_first(state, node))).max(0.0),
        }
    }
}

fn alone(levels: &[f64]) -> Vec<(f64, f64)> {
    levels.iter().map(|&level| (level, 0.0)).collect()
}

/// Stock that cannot be sold any more when an order placed now can [units].
fn spoils_first(state: &StateView<'_>, node: ManagedIx) -> f64 {
    let network = state.network;
    let soonest = network.managed[node].incoming.iter().map(|&link| network.supply[link].lead_time).min();
    // A lead time of L makes an order of this period available in period t + L; what has r periods left is gone after
    // period t + r - 1.
    let periods = soonest.unwrap_or(0);
    state.on_hand_by_life(node).take(periods).sum()
}

impl Policy for OrderUpTo {
    fn decide(&mut self, state: &StateView<'_>, orders: &mut [f64]) -> Result<(), DecisionError> {
        for position in 0..self.buyers_first.len() {
            let node = self.buyers_first[position];
            let quantity = self.quantity(state, node, orders);
            split_lacking(state.network, &self.shares, node, quantity, orders);
        }
        Ok(())
    }
}

/// A policy that decides only every so many periods, from period 0 on, and orders nothing in between.
#[derive(Clone, Debug)]
pub struct Reviewed<P> {
    policy: P,
    every: usize,
}

impl<P: Policy> Reviewed<P> {
    /// Reviews every `every` periods, at least 1.
    pub fn new(policy: P, every: usize) -> Self {
        Self { policy, every: every.max(1) }
    }
}

impl<P: Policy> Policy for Reviewed<P> {
    fn reset(&mut self, seed: Option<u64>) {
        self.policy.reset(seed);
    }

    fn decide(&mut self, state: &StateView<'_>, orders: &mut [f64]) -> Result<(), DecisionError> {
        if state.period().is_multiple_of(self.every) {
            self.policy.decide(state, orders)
        } else {
            orders.fill(0.0);
            Ok(())
        }
    }
}
