//! What a programme keeps books of beside stock and demand: requests that are read later or wait, and customers with
//! terms of their own.

use invmgmt::network::{ManagedIx, MarketLinkIx, Network, Part, SupplyLinkIx, Table};
use invmgmt::period::{Rules, StateView};

/// A link on which what is filled in a period need not be what was requested in it.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Ledger {
    pub link: SupplyLinkIx,
    /// Periods until a request is read.
    pub delay: usize,
    /// Whether what is not filled waits; else it is gone.
    pub waits: bool,
    /// Longest wait [periods]; none for ever.
    pub at_most: Option<usize>,
    /// What a unit not filled costs per period [money / unit].
    pub penalty: f64,
    /// Whether everything that is read is filled at once: at a source that nothing limits.
    pub is_sure: bool,
    /// Whether requests may have to be made before they are wanted, as they cannot always be made.
    pub is_foresighted: bool,
}

/// Customers of a market link who do not wait for ever, or not all of them.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Customers {
    /// The share of the unmet that waits [1].
    pub share: f64,
    /// Periods in which they can be served who wait; none for ever.
    pub at_most: Option<usize>,
    /// Where the state tells how many wait, by the periods they have.
    first: usize,
}

impl Customers {
    /// How many groups of them are told apart, by how long they have waited.
    pub fn groups(&self) -> usize {
        if self.share == 0.0 { 0 } else { self.at_most.unwrap_or(1) }
    }
}

/// The books of a network.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Terms {
    /// In order of links.
    pub ledgers: Vec<Ledger>,
    /// Per supply link its ledger, by position.
    pub ledger_of: Table<SupplyLinkIx, Option<usize>>,
    /// Per market link, where some of its customers leave.
    pub customers: Table<MarketLinkIx, Option<Customers>>,
    /// Whether unmet demand of a market link all waits for ever.
    pub waits: Table<MarketLinkIx, bool>,
    /// Nodes in rooms that throw away what does not fit, with that room by position, in order of rooms.
    pub discarding: Vec<(ManagedIx, usize)>,
    /// Periods of selling that goods live through at a node; 0 where they do not spoil.
    pub lives: Table<ManagedIx, usize>,
}

impl Terms {
    pub fn of(network: &Network, rules: &Rules) -> Self {
        let mut terms = Self {
            ledgers: Vec::new(),
            ledger_of: vec![None; network.supply.len()].into(),
            customers: vec![None; network.market.len()].into(),
            waits: vec![rules.backlog; network.market.len()].into(),
            discarding: Vec::new(),
            lives: vec![0; network.managed.len()].into(),
        };
        let Some(physics) = network.physics.as_deref() else { return terms };
        for (link, row) in network.supply.iter() {
            let debt = physics.debt_of[link].map(|debt| &physics.debts[debt]);
            let (delay, waits) = (network.order_delay(link), debt.is_some_and(|debt| debt.first.is_some()));
            if delay == 0 && !waits {
                continue;
            }
            let capped = physics.caps.iter().any(|&(capped, _)| capped == link);
            let shared =
                physics.resources.iter().any(|resource| resource.uses.iter().any(|row| row.link == link));
            let fails = physics.chains.iter().any(|chain| chain.ships.contains(&link));
            let may_fail = physics.chains.iter().any(|chain| chain.orders.contains(&link));
            terms.ledger_of[link] = Some(terms.ledgers.len());
            terms.ledgers.push(Ledger {
                link,
                delay,
                waits,
                at_most: debt.and_then(|debt| debt.at_most),
                penalty: debt.map_or(0.0, |debt| debt.penalty),
                is_sure: row.supplier.is_none() && row.recipe.is_none() && !capped && !shared && !fails,
                is_foresighted: waits && may_fail,
            });
        }
        for row in &physics.customers {
            terms.waits[row.link] = row.share == 1.0 && row.at_most.is_none();
            if !terms.waits[row.link] {
                let customers = Customers { share: row.share, at_most: row.at_most, first: row.first };
                terms.customers[row.link] = Some(customers);
            }
        }
        if let Some(shelf) = &physics.shelf {
            terms.lives =
                network.managed.indices().map(|node| shelf.on_hand[node].life).collect::<Vec<_>>().into();
        }
        let rooms = physics.rooms.iter().enumerate().filter(|(_, room)| room.room.discards);
        terms.discarding =
            rooms.flat_map(|(at, room)| room.points.iter().map(move |&(node, _)| (node, at))).collect();
        terms
    }

    /// Whether all goods are fresh as they come to a node.
    pub fn is_supplied_fresh(network: &Network, node: ManagedIx) -> bool {
        let shelf = network.physics.as_deref().and_then(|physics| physics.shelf.as_ref());
        let brings_fresh = |link: &SupplyLinkIx| shelf.is_none_or(|shelf| shelf.links[*link].sent.life == 0);
        network.managed[node].incoming.iter().all(brings_fresh)
    }

    /// Shortages of a period: the market link of each. Those who come first, then those who have waited.
    pub fn shortages(&self) -> Vec<MarketLinkIx> {
        let groups = |link: MarketLinkIx| self.customers[link].as_ref().map_or(0, Customers::groups);
        let of_link = |link| std::iter::repeat_n(link, 1 + groups(link));
        self.waits.indices().flat_map(of_link).collect()
    }
}

impl Ledger {
    /// Units that will be read in a period to come, before those of orders still to be made [units].
    pub fn read(&self, state: &StateView<'_>, period: usize) -> f64 {
        let physics = state.network.physics.as_deref();
        let delay = physics.and_then(|physics| physics.delay(self.link)).filter(|row| period < row.periods);
        delay
            .map_or(0.0, |row| state.number(state.network.layout.start(Part::Requested) + row.first + period))
    }

    /// Units owed, by the periods they have waited [units].
    pub fn owed<'a>(&self, state: &'a StateView<'_>) -> impl Iterator<Item = f64> + 'a {
        let physics = state.network.physics.as_deref();
        let debt = physics.and_then(|physics| Some(&physics.debts[physics.debt_of[self.link]?]));
        let numbers = debt.and_then(|debt| Some((debt.first?, debt.length())));
        let (first, length) = numbers.unwrap_or((0, 0));
        let start = state.network.layout.start(Part::Owed) + first;
        (start..start + length).map(|at| state.number(at))
    }

    /// Units that will have waited too long by a period to come, of those owed or on their way to be read [units].
    pub fn lapsing(&self, state: &StateView<'_>, period: usize) -> f64 {
        let Some(most) = self.at_most.filter(|_| self.waits && period > 0) else { return 0.0 };
        let owed = most.checked_sub(period).and_then(|waited| self.owed(state).nth(waited)).unwrap_or(0.0);
        let read = period.checked_sub(most + 1).map_or(0.0, |at| self.read(state, at));
        owed + read
    }
}

impl Customers {
    /// Units that a group waits for at the start [units].
    pub fn waiting(&self, state: &StateView<'_>, group: usize) -> f64 {
        state.number(state.network.layout.start(Part::Waiting) + self.first + group)
    }
}
