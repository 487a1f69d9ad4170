//! The state of an episode between two periods, as named parts of one row.

use crate::Problem;
use crate::network::{
    Column, Layout, ManagedIx, MarketLinkIx, Network, Part, SupplyLink, SupplyLinkIx, TableIndex,
};

/// Sentiment in which an episode begins [1].
const OPENING_SENTIMENT: f64 = 1.0;

/// A state row opened for play; or, with `T` one number for each of several episodes, their rows side by side.
#[derive(Debug)]
pub struct State<'a, T = f64> {
    /// Units customers wanted in the last period [units] -- state.
    pub demand: Column<'a, MarketLinkIx, T>,
    /// Units of demand left unmet in the last period [units] -- state.
    pub unmet: Column<'a, MarketLinkIx, T>,
    /// Units on hand [units] -- state.
    pub on_hand: Column<'a, ManagedIx, T>,
    /// Units ordered and not yet received: per supply link `lead_time` slots, the next to arrive first
    /// [units] -- state.
    pub in_transit: &'a mut [T],
    /// Periods played [periods], a whole number -- state.
    pub period: &'a mut T,
    /// Customers' sentiment in force in the last period [1] -- state.
    pub sentiment: &'a mut T,
    /// Units on order and not yet received, the sum of a link's slots [units] -- state.
    pub on_order: Column<'a, SupplyLinkIx, T>,
}

impl<'a, T> State<'a, T> {
    /// Opens a row of length `layout.row()`.
    #[inline(always)]
    pub fn open(row: &'a mut [T], layout: &Layout) -> Self {
        let [demand, unmet, on_hand, in_transit, period, sentiment, on_order] = layout.split(row);
        Self {
            demand: Column::new(demand),
            unmet: Column::new(unmet),
            on_hand: Column::new(on_hand),
            in_transit,
            period: &mut period[0],
            sentiment: &mut sentiment[0],
            on_order: Column::new(on_order),
        }
    }
}

/// The state row in which an episode begins: initial stocks, empty pipelines, nothing wanted or owed.
pub fn opening_row(network: &Network) -> Vec<f64> {
    let mut row = vec![0.0; network.layout.row()];
    let state = State::open(&mut row, &network.layout);
    for (on_hand, node) in state.on_hand.values.iter_mut().zip(network.managed.rows()) {
        *on_hand = node.initial_inventory;
    }
    *state.sentiment = OPENING_SENTIMENT;
    row
}

/// A state row to look at: what a decision may rest on. Of what the engine hides it holds nothing.
#[derive(Clone, Copy, Debug)]
pub struct StateView<'a> {
    /// The network the row belongs to.
    pub network: &'a Network,
    /// Rules of play.
    pub rules: &'a super::Rules,
    /// Length of the episode [periods].
    pub num_periods: usize,
    /// The rows of episodes side by side, number by number, as far as policies are told of them.
    rows: &'a [f64],
    /// How many they are, and which one this is.
    lanes: usize,
    lane: usize,
}

impl<'a> StateView<'a> {
    /// A view of a row of a problem, as long as `network.layout.told()` or longer.
    pub fn new(problem: &'a Problem, row: &'a [f64]) -> Self {
        let Problem { network, rules, num_periods, .. } = problem;
        let rows = &row[..network.layout.told()];
        Self { network, rules, num_periods: *num_periods, rows, lanes: 1, lane: 0 }
    }

    /// A view of one of the rows of `W` episodes side by side.
    pub fn of_lane<const W: usize>(
        network: &'a Network,
        rules: &'a super::Rules,
        num_periods: usize,
        rows: &'a [[f64; W]],
        lane: usize,
    ) -> Self {
        let rows = rows[..network.layout.told()].as_flattened();
        Self { network, rules, num_periods, rows, lanes: W, lane }
    }

    #[inline]
    fn at(&self, position: usize) -> f64 {
        self.rows[position * self.lanes + self.lane]
    }

    /// What an agent sees: the row's first part.
    pub fn observation(&self) -> impl ExactSizeIterator<Item = f64> + use<'a> {
        let (rows, lanes, lane) = (self.rows, self.lanes, self.lane);
        (0..self.network.layout.observation()).map(move |position| rows[position * lanes + lane])
    }

    /// What policies are told besides, behind what an agent sees: units on order per supply link.
    pub fn told(&self) -> impl ExactSizeIterator<Item = f64> + use<'a> {
        let (rows, lanes, lane) = (self.rows, self.lanes, self.lane);
        let layout = &self.network.layout;
        (layout.observation()..layout.told()).map(move |position| rows[position * lanes + lane])
    }

    /// The number at a position of the row, counted as [`Network::state_numbers`] counts; of what is observed or told.
    pub fn number(&self, position: usize) -> f64 {
        self.at(position)
    }

    /// Units customers wanted in the last period [units].
    pub fn demand(&self, link: MarketLinkIx) -> f64 {
        self.at(self.network.layout.start(Part::Demand) + link.position())
    }

    /// Units of demand left unmet in the last period [units].
    pub fn unmet(&self, link: MarketLinkIx) -> f64 {
        self.at(self.network.layout.start(Part::Unmet) + link.position())
    }

    /// Units on hand [units].
    pub fn on_hand(&self, node: ManagedIx) -> f64 {
        self.at(self.network.layout.start(Part::OnHand) + node.position())
    }

    /// Units on order on a link and not yet received [units].
    pub fn on_order(&self, link: SupplyLinkIx) -> f64 {
        self.at(self.network.layout.start(Part::OnOrder) + link.position())
    }

    /// A link's orders in transit, the next to arrive first [units].
    pub fn in_transit(&self, link: &SupplyLink) -> impl ExactSizeIterator<Item = f64> + use<'a> {
        let (rows, lanes, lane) = (self.rows, self.lanes, self.lane);
        let start = self.network.layout.start(Part::InTransit) + link.first_slot;
        (start..start + link.lead_time).map(move |position| rows[position * lanes + lane])
    }

    /// Periods played.
    pub fn period(&self) -> usize {
        self.at(self.network.layout.start(Part::Period)) as usize
    }

    /// Customers' sentiment in force in the last period [1].
    pub fn sentiment(&self) -> f64 {
        self.at(self.network.layout.start(Part::Sentiment))
    }

    /// Stock plus orders outstanding minus, where it waits, unmet demand: the node's inventory position [units].
    pub fn inventory_position(&self, node: ManagedIx) -> f64 {
        let row = &self.network.managed[node];
        let on_order: f64 = row.incoming.iter().map(|&link| self.on_order(link)).sum();
        let owed: f64 =
            if self.rules.backlog { row.markets.iter().map(|&link| self.unmet(link)).sum() } else { 0.0 };
        (self.on_hand(node) + on_order) - owed
    }
}
