//! What of a state the future depends on.
//!
//! A state row holds more than that: what customers wanted last, how many periods were played, what was left unmet
//! where it is lost. And goods that arrive before anything is taken from the stock they arrive in are as good as
//! there. Two rows that differ in no more than this earn the same from now on, whatever is ordered and wanted; they
//! are one state here. The tests play both to see that they do.
//!
//! Nothing that is hidden from policies is part of a state: what it may be given the rest, [`crate::supply`] says.

use std::ops::Range;

use invmgmt::Problem;
use invmgmt::network::{
    Ages, LinkAges, ManagedIx, MarketLinkIx, Network, Owner, Part, StateNumber, SupplyLinkIx, TableIndex,
    Timeline,
};
use invmgmt::period::opening_row;
use invmgmt_policy::table::grained;

use crate::terms::waits;

/// One number of a state: the sum of some numbers of a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// Where the numbers stand in the row; the state's row holds the sum in the first and nothing in the others.
    pub positions: Vec<usize>,
}

/// The numbers of a row that make up a state, and how to go from one to the other.
#[derive(Clone, Debug)]
pub(crate) struct Columns {
    numbers: Vec<Column>,
    /// Where the period stands in the row, if states are told apart by it.
    period: Option<usize>,
    /// Numbers that no state has: what a row holds in their place.
    template: Vec<f64>,
    /// Numbers that are the sum of others: where each stands, and where those are. In order: a sum may be part of one
    /// that follows.
    totals: Vec<(usize, Range<usize>)>,
    /// Per market link which column holds what waits without end.
    waiting: Vec<Option<usize>>,
}

impl Columns {
    /// What the future of this problem depends on; with the period, if it depends on that.
    pub fn of(problem: &Problem, with_period: bool) -> Self {
        let network = &*problem.network;
        let layout = &network.layout;
        let mut columns = Vec::new();
        let mut waiting = vec![None; network.market.len()];
        for (position, number) in network.state_numbers().enumerate() {
            let mut alone = || columns.push(Column { positions: vec![position] });
            match (number.part, number.owner) {
                // Told of the last period only, or the sum of other numbers, or hidden.
                (Part::Demand | Part::Sentiment | Part::OnOrder | Part::Period | Part::DrawnLeads, _) => {}
                (Part::Unmet, Owner::Market(link)) => {
                    if waits(problem, link) && !has_terms(network, link) {
                        waiting[link.position()] = Some(columns.len());
                        columns.push(Column { positions: vec![position] });
                    }
                }
                (Part::Waiting, Owner::Market(link)) => {
                    if waits(problem, link) {
                        if number.slot == Some(1) && layout_of_waiting(network, link) == 1 {
                            waiting[link.position()] = Some(columns.len());
                        }
                        columns.push(Column { positions: vec![position] });
                    }
                }
                (Part::OnHand, Owner::Managed(node)) if ages_of(network, node).life > 0 => {}
                (Part::OnHand, _) => {
                    let arriving = arriving_first(network, number);
                    columns.push(Column { positions: std::iter::once(position).chain(arriving).collect() });
                }
                (Part::InTransit, Owner::Supply(link)) => {
                    if ages_on(network, link).sent.life == 0 && !is_as_good_as_there(network, number) {
                        alone();
                    }
                }
                _ => alone(),
            }
        }
        let mut template = opening_row(network);
        template[layout.range(Part::DrawnLeads)].fill(0.0);
        for column in &columns {
            column.positions.iter().for_each(|&position| template[position] = 0.0);
        }
        Self {
            numbers: columns,
            period: with_period.then(|| layout.start(Part::Period)),
            template,
            totals: totals(network),
            waiting,
        }
    }

    /// How many numbers make up a state.
    pub fn width(&self) -> usize {
        self.numbers.len()
    }

    /// What the numbers are.
    pub fn columns(&self) -> &[Column] {
        &self.numbers
    }

    /// Where the period stands in a row, if states are told apart by it.
    pub fn period(&self) -> Option<usize> {
        self.period
    }

    /// Which number of a state is what waits on a market link, where that has no end.
    pub fn waiting(&self, link: MarketLinkIx) -> Option<usize> {
        self.waiting[link.position()]
    }

    /// The state a row is in.
    pub fn read(&self, number: impl Fn(usize) -> f64, state: &mut [f64]) {
        for (column, value) in self.numbers.iter().zip(state) {
            let sum: f64 = column.positions.iter().map(|&position| number(position)).sum();
            *value = grained(sum);
        }
    }

    /// The row of a state, in a period.
    pub fn write(&self, state: &[f64], period: usize, row: &mut [f64]) {
        row.copy_from_slice(&self.template);
        for (column, &value) in self.numbers.iter().zip(state) {
            row[column.positions[0]] = value;
        }
        if let Some(position) = self.period {
            row[position] = period as f64;
        }
        for (position, parts) in &self.totals {
            row[*position] = row[parts.clone()].iter().sum();
        }
    }
}

/// Numbers of a row that are the sum of others, and where those are.
fn totals(network: &Network) -> Vec<(usize, Range<usize>)> {
    let layout = &network.layout;
    let (slots, ages) = (layout.start(Part::InTransit), layout.start(Part::OnHandByLife));
    let mut totals = Vec::new();
    for (link, row) in network.supply.iter() {
        let aged = ages_on(network, link);
        let life = aged.sent.life;
        if life > 0 {
            totals.extend((0..row.slots).map(|slot| {
                let first = layout.start(Part::InTransitByLife) + aged.in_transit + slot * life;
                (slots + row.first_slot + slot, first..first + life)
            }));
        }
    }
    for node in network.managed.indices() {
        let own = ages_of(network, node).range();
        if !own.is_empty() {
            totals.push((layout.start(Part::OnHand) + node.position(), ages + own.start..ages + own.end));
        }
    }
    totals.extend(network.supply.rows().iter().enumerate().map(|(link, row)| {
        let first = slots + row.first_slot;
        (layout.start(Part::OnOrder) + link, first..first + row.slots)
    }));
    totals
}

/// Where the ages of a node's stock stand; nowhere if it does not spoil.
fn ages_of(network: &Network, node: ManagedIx) -> Ages {
    let shelf = network.physics.as_ref().and_then(|physics| physics.shelf.as_ref());
    shelf.map_or_else(Ages::default, |shelf| shelf.on_hand[node])
}

/// Where the ages of a link's goods stand.
fn ages_on(network: &Network, link: SupplyLinkIx) -> LinkAges {
    let shelf = network.physics.as_ref().and_then(|physics| physics.shelf.as_ref());
    shelf.map_or_else(LinkAges::default, |shelf| shelf.links[link])
}

/// Whether customers of a market link have terms of their own.
fn has_terms(network: &Network, link: MarketLinkIx) -> bool {
    layout_of_waiting(network, link) > 0
}

/// Numbers that the waiting customers of a market link have in a row.
fn layout_of_waiting(network: &Network, link: MarketLinkIx) -> usize {
    let terms = network.physics.iter().flat_map(|physics| &physics.customers);
    terms.into_iter().find(|terms| terms.link == link).map_or(0, invmgmt::network::CustomerTerms::length)
}

/// Where the deliveries stand that are as good as in the stock of a node.
fn arriving_first(network: &Network, stock: StateNumber) -> Vec<usize> {
    let Owner::Managed(node) = stock.owner else { return Vec::new() };
    let of_node = |number: &StateNumber| match number.owner {
        Owner::Supply(link) => network.supply[link].buyer == node,
        _ => false,
    };
    let numbers = network.state_numbers().enumerate();
    let arriving = numbers.filter(|(_, number)| {
        number.part == Part::InTransit && of_node(number) && is_as_good_as_there(network, *number)
    });
    arriving.map(|(position, _)| position).collect()
}

/// Whether an order in transit is certain to arrive, all of it, before its buyer's stock is next looked at: it is due,
/// nothing is taken from it on arrival, and under the usual timeline the buyer ships nothing on.
fn is_as_good_as_there(network: &Network, slot: StateNumber) -> bool {
    let Owner::Supply(link) = slot.owner else { return false };
    let row = &network.supply[link];
    let in_time = match network.timeline() {
        Timeline::Release => network.managed[row.buyer].outgoing.is_empty(),
        Timeline::OrderFirst => false,
        Timeline::Beer => true,
    };
    let stays_whole = network.physics.as_ref().is_none_or(|physics| {
        ages_of(network, row.buyer).life == 0
            && row.lead_law.is_none()
            && !physics.room_of[row.buyer].is_some_and(|room| physics.rooms[room].room.discards)
            && !physics.yields.iter().any(|entry| entry.link == link && entry.at_receipt)
    });
    slot.slot == Some(1) && in_time && stays_whole
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::outcomes::Given;
    use invmgmt::demand::DemandModel;
    use invmgmt::network::layered;
    use invmgmt::period::{Flows, Rules, StateView, play_alone};
    use invmgmt::random::{Pcg64, Stream};

    /// Rows of random networks, each also as its state alone tells it: the same orders and demand earn the same and
    /// lead to the same state, period after period.
    #[test]
    fn a_state_tells_of_a_row_all_that_its_future_depends_on() {
        for seed in 0..300 {
            let mut stream = Pcg64::seeded(seed);
            let mut whole = |below: f64| (stream.next_f64() * below).floor();
            let network = layered(3 + whole(9.0) as usize, seed).compile().expect("sound");
            let rules = Rules { backlog: whole(2.0) == 1.0, discount: 1.0 };
            let problem = Problem::new(network, DemandModel::default(), rules, usize::MAX);
            let (network, layout) = (&problem.network, &problem.network.layout);
            let columns = Columns::of(&problem, false);
            let mut row: Vec<f64> = (0..layout.row()).map(|_| whole(30.0)).collect();
            row[layout.start(Part::Sentiment)] = 1.0;
            for (position, slots) in &columns.totals {
                row[*position] = row[slots.clone()].iter().sum();
            }
            let mut state = vec![0.0; columns.width()];
            columns.read(|position| row[position], &mut state);
            let mut told = vec![0.0; layout.row()];
            columns.write(&state, 0, &mut told);
            let mut flows = Flows::new(network);
            for _ in 0..8 {
                let view = |row| StateView::new(&problem, row);
                for node in network.managed.indices() {
                    assert_eq!(view(&row).inventory_position(node), view(&told).inventory_position(node));
                }
                let orders: Vec<f64> = (0..network.supply.len()).map(|_| whole(25.0)).collect();
                let demand: Vec<[f64; 1]> = (0..network.market.len()).map(|_| [whole(40.0)]).collect();
                let mut play = |row: &mut [f64]| {
                    play_alone(network, &rules, usize::MAX, row, &orders, &mut Given(&demand), &mut flows)
                };
                let (reward, of_told) = (play(&mut row), play(&mut told));
                assert!((reward - of_told).abs() < 1e-9 * reward.abs().max(1.0), "{reward} {of_told}");
                let mut other = state.clone();
                columns.read(|position| row[position], &mut state);
                columns.read(|position| told[position], &mut other);
                assert_eq!(state, other, "network {seed}");
            }
        }
    }

    #[test]
    fn the_row_of_a_state_is_in_that_state() {
        let network = layered(9, 4).compile().expect("sound");
        let problem = Problem::new(network, DemandModel::default(), Rules::default(), 9);
        let columns = Columns::of(&problem, true);
        let state: Vec<f64> = (0..columns.width()).map(|at| at as f64).collect();
        let (mut row, mut again) = (vec![0.0; problem.network.layout.row()], vec![0.0; columns.width()]);
        columns.write(&state, 3, &mut row);
        columns.read(|position| row[position], &mut again);
        assert_eq!(state, again);
        assert_eq!(row[problem.network.layout.start(Part::Period)], 3.0);
    }
}
