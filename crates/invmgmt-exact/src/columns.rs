//! What of a state the future depends on.
//!
//! A state row holds more than that: what customers wanted last, how many periods were played, what was left unmet
//! where it is lost. And goods that arrive before anything is taken from the stock they arrive in are as good as
//! there. Two rows that differ in no more than this earn the same from now on, whatever is ordered and wanted; they
//! are one state here. The tests play both to see that they do.

use invmgmt::Problem;
use invmgmt::network::{MarketLinkIx, Network, Owner, Part, StateNumber, TableIndex};
use invmgmt::period::opening_row;
use invmgmt_policy::table::grained;

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
    /// Per supply link where its units on order stand, and where its slots are.
    on_order: Vec<(usize, std::ops::Range<usize>)>,
    /// Per market link which column its unmet demand is, where that waits.
    unmet: Vec<Option<usize>>,
}

impl Columns {
    /// What the future of this problem depends on; with the period, if it depends on that.
    pub fn of(problem: &Problem, with_period: bool) -> Self {
        let network = &*problem.network;
        let layout = &network.layout;
        let mut columns = Vec::new();
        let mut unmet = vec![None; network.market.len()];
        for (position, number) in network.state_numbers().enumerate() {
            match number.part {
                // Told of the last period only.
                Part::Demand | Part::Sentiment | Part::OnOrder | Part::Period => {}
                Part::Unmet if !problem.rules.backlog => {}
                Part::Unmet => {
                    if let Owner::Market(link) = number.owner {
                        unmet[link.position()] = Some(columns.len());
                    }
                    columns.push(Column { positions: vec![position] });
                }
                Part::OnHand => {
                    let arriving = arriving_first(network, number);
                    columns.push(Column { positions: std::iter::once(position).chain(arriving).collect() });
                }
                Part::InTransit => {
                    if !is_as_good_as_there(network, number) {
                        columns.push(Column { positions: vec![position] });
                    }
                }
                Part::Requested
                | Part::Owed
                | Part::Waiting
                | Part::OnHandByLife
                | Part::InTransitByLife
                | Part::Up
                | Part::DrawnLeads => columns.push(Column { positions: vec![position] }),
            }
        }
        let mut template = opening_row(network);
        for column in &columns {
            column.positions.iter().for_each(|&position| template[position] = 0.0);
        }
        let slots = layout.start(Part::InTransit);
        let on_order = network.supply.rows().iter().enumerate().map(|(link, row)| {
            let first = slots + row.first_slot;
            (layout.start(Part::OnOrder) + link, first..first + row.slots)
        });
        Self {
            numbers: columns,
            period: with_period.then(|| layout.start(Part::Period)),
            template,
            on_order: on_order.collect(),
            unmet,
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

    /// Which number of a state is a market link's unmet demand, where that waits.
    pub fn unmet(&self, link: MarketLinkIx) -> Option<usize> {
        self.unmet[link.position()]
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
        for (position, slots) in &self.on_order {
            row[*position] = row[slots.clone()].iter().sum();
        }
    }
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

/// Whether an order in transit is certain to arrive before its buyer's stock is next looked at: it is due, and the
/// buyer ships nothing on.
fn is_as_good_as_there(network: &Network, slot: StateNumber) -> bool {
    let Owner::Supply(link) = slot.owner else { return false };
    slot.slot == Some(1) && network.managed[network.supply[link].buyer].outgoing.is_empty()
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
            for (position, slots) in &columns.on_order {
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
