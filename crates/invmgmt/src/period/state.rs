//! The state of an episode between two periods, as named parts of one row.

use super::mechanisms::planned;
use crate::Problem;
use crate::network::{
    Column, Layout, LeadModel, ManagedIx, MarketLinkIx, Network, Part, Physics, SupplyLink, SupplyLinkIx,
    TableIndex,
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
    /// What only networks with mechanisms have and everybody sees; [`Layout::extra`] says where what stands -- state.
    pub extra: &'a mut [T],
    /// Units shipped and not yet received, the sum of a link's slots [units] -- state.
    pub on_order: Column<'a, SupplyLinkIx, T>,
    /// What was drawn of lead times and nobody knows -- state.
    pub hidden: &'a mut [T],
}

impl<'a, T> State<'a, T> {
    /// Opens a row of length `layout.row()`.
    #[inline(always)]
    pub fn open(row: &'a mut [T], layout: &Layout) -> Self {
        let [demand, unmet, on_hand, in_transit, period, sentiment, extra, on_order, hidden] =
            layout.split(row);
        Self {
            demand: Column::new(demand),
            unmet: Column::new(unmet),
            on_hand: Column::new(on_hand),
            in_transit,
            period: &mut period[0],
            sentiment: &mut sentiment[0],
            extra,
            on_order: Column::new(on_order),
            hidden,
        }
    }
}

/// The state row in which an episode begins: initial stocks, and what the network declares to be on its way, requested,
/// owed or waiting then. What chance decides before the first period stands in it once
/// [`SupplyStreams::open`](super::SupplyStreams::open) has drawn it.
pub fn opening_row(network: &Network) -> Vec<f64> {
    let mut row = vec![0.0; network.layout.row()];
    let mut state = State::open(&mut row, &network.layout);
    for (on_hand, node) in state.on_hand.values.iter_mut().zip(network.managed.rows()) {
        *on_hand = node.initial_inventory;
    }
    *state.sentiment = OPENING_SENTIMENT;
    if let Some(physics) = network.physics.as_deref() {
        open_mechanisms(network, physics, &mut state);
    }
    row
}

fn open_mechanisms(network: &Network, physics: &Physics, state: &mut State<'_>) {
    let opening = &physics.opening;
    let part = |part| network.layout.extra(part).start;
    for (link, goods) in &opening.in_transit {
        let row = &network.supply[*link];
        for (slot, &units) in goods.iter().enumerate() {
            state.in_transit[row.first_slot + slot] = units;
            if let Some(lead) = physics.lead_of[*link].map(|lead| &physics.leads[lead]) {
                let keeps = matches!(lead.model, LeadModel::Free | LeadModel::Fifo);
                if keeps {
                    state.hidden[lead.hidden + slot] = (slot + 1) as f64;
                }
            }
            if let Some(ages) = physics.shelf.as_ref().map(|shelf| shelf.links[*link])
                && ages.sent.life > 0
            {
                let fresh = ages.in_transit + (slot + 1) * ages.sent.life - 1;
                state.extra[part(Part::InTransitByLife) + fresh] = units;
            }
        }
        state.on_order[*link] = goods.iter().sum();
    }
    for (delay, requests) in &opening.requested {
        let first = part(Part::Requested) + physics.delays[*delay].first;
        state.extra[first..first + requests.len()].copy_from_slice(requests);
    }
    for &(debt, units) in &opening.owed {
        if let Some(first) = physics.debts[debt].first {
            state.extra[part(Part::Owed) + first] = units;
        }
    }
    for &(link, units) in &opening.waiting {
        match physics.terms_of[link].map(|terms| &physics.customers[terms]) {
            Some(terms) => state.extra[part(Part::Waiting) + terms.first] = units,
            None => state.unmet[link] = units,
        }
    }
    for (position, chain) in physics.chains.iter().enumerate() {
        state.extra[part(Part::Up) + position] = planned(chain);
    }
    if let Some(shelf) = &physics.shelf {
        let first = part(Part::OnHandByLife);
        for (node, row) in network.managed.iter() {
            let ages = &mut state.extra[first..][shelf.on_hand[node].range()];
            match opening.ages.iter().find(|(aged, _)| *aged == node) {
                Some((_, declared)) => {
                    ages.iter_mut().rev().zip(declared).for_each(|(age, &units)| *age = units);
                }
                None => ages.iter_mut().rev().take(1).for_each(|fresh| *fresh = row.initial_inventory),
            }
        }
    }
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
        (start..start + link.slots).map(move |position| rows[position * lanes + lane])
    }

    /// Periods played.
    pub fn period(&self) -> usize {
        self.at(self.network.layout.start(Part::Period)) as usize
    }

    /// Customers' sentiment in force in the last period [1].
    pub fn sentiment(&self) -> f64 {
        self.at(self.network.layout.start(Part::Sentiment))
    }

    /// What an observed part that few networks have holds for an owner, by its numbers' place among them.
    fn extra(&self, part: Part, numbers: std::ops::Range<usize>) -> impl Iterator<Item = f64> + '_ {
        let first = self.network.layout.start(part);
        numbers.map(move |number| self.at(first + number))
    }

    /// Requests on a link that its supplier has not read yet [units].
    pub fn requested(&self, link: SupplyLinkIx) -> f64 {
        self.requests(link).sum()
    }

    /// The same one by one, those read next first [units].
    pub fn requests(&self, link: SupplyLinkIx) -> impl Iterator<Item = f64> + '_ {
        let delay = self.network.physics.as_ref().and_then(|physics| physics.delay(link));
        let numbers = delay.map_or(0..0, |delay| delay.first..delay.first + delay.periods);
        self.extra(Part::Requested, numbers)
    }

    /// The request on a link that its supplier reads in this period, where requests take time; nothing where they take
    /// none [units].
    pub fn read_next(&self, link: SupplyLinkIx) -> Option<f64> {
        let delay = self.network.physics.as_ref()?.delay(link)?;
        self.extra(Part::Requested, delay.first..delay.first + 1).next()
    }

    /// Units a supplier owes on a link [units].
    pub fn owed(&self, link: SupplyLinkIx) -> f64 {
        let debt = |physics: &'a Physics| Some(&physics.debts[physics.debt_of[link]?]);
        let debt = self.network.physics.as_deref().and_then(debt);
        debt.and_then(|debt| Some((debt.first?, debt.length())))
            .map_or(0.0, |(first, length)| self.extra(Part::Owed, first..first + length).sum())
    }

    /// Units customers of a market link wait for [units].
    pub fn waiting(&self, link: MarketLinkIx) -> f64 {
        let terms = |physics: &'a Physics| Some(&physics.customers[physics.terms_of[link]?]);
        match self.network.physics.as_deref().and_then(terms) {
            Some(terms) => self.extra(Part::Waiting, terms.first..terms.first + terms.length()).sum(),
            None if self.rules.backlog => self.unmet(link),
            None => 0.0,
        }
    }

    /// A node's stock by the periods of selling it has left, the oldest first; nothing where goods do not spoil
    /// [units].
    pub fn on_hand_by_life(&self, node: ManagedIx) -> impl Iterator<Item = f64> + '_ {
        let shelf = self.network.physics.as_ref().and_then(|physics| physics.shelf.as_ref());
        self.extra(Part::OnHandByLife, shelf.map_or(0..0, |shelf| shelf.on_hand[node].range()))
    }

    /// A node's inventory position: stock on hand and in transit, what it requested and nobody has read yet, and what
    /// it is owed, less what it owes itself to customers and buyers who wait [units].
    pub fn inventory_position(&self, node: ManagedIx) -> f64 {
        let row = &self.network.managed[node];
        let on_order: f64 = row.incoming.iter().map(|&link| self.on_order(link)).sum();
        if self.network.physics.is_none() {
            let owed: f64 =
                if self.rules.backlog { row.markets.iter().map(|&link| self.unmet(link)).sum() } else { 0.0 };
            return (self.on_hand(node) + on_order) - owed;
        }
        let owed_to_me: f64 = row.incoming.iter().map(|&link| self.requested(link) + self.owed(link)).sum();
        let waiting: f64 = row.markets.iter().map(|&link| self.waiting(link)).sum();
        let owed: f64 =
            row.outgoing.iter().map(|&link| self.network.taken(link, node) * self.owed(link)).sum();
        (self.on_hand(node) + on_order + owed_to_me) - waiting - owed
    }

    /// Units of a node's position that nobody has read or filled yet: what an echelon counts once, at the buyer, and
    /// not again at the supplier [units].
    pub fn unread(&self, node: ManagedIx) -> f64 {
        let unread = |&link: &SupplyLinkIx| self.network.taken(link, node) * self.requested(link);
        self.network.managed[node].outgoing.iter().map(unread).sum()
    }
}

/// What a node's [inventory position](StateView::inventory_position) is the sum of: where it stands in a state row, and
/// a factor.
pub fn position_terms(network: &Network, rules: super::Rules, node: ManagedIx) -> Vec<(usize, f64)> {
    let (layout, row) = (&network.layout, &network.managed[node]);
    let mut terms = vec![(layout.start(Part::OnHand) + node.position(), 1.0)];
    for &link in &row.incoming {
        terms.push((layout.start(Part::OnOrder) + link.position(), 1.0));
        terms.extend(requested_at(network, link).chain(owed_at(network, link)).map(|at| (at, 1.0)));
    }
    for &market in &row.markets {
        terms.extend(waiting_at(network, rules, market).map(|at| (at, -1.0)));
    }
    for &link in &row.outgoing {
        terms.extend(owed_at(network, link).map(|at| (at, -network.taken(link, node))));
    }
    terms
}

/// The same of what of it [nobody has read](StateView::unread), and an echelon counts once.
pub fn unread_terms(network: &Network, node: ManagedIx) -> Vec<(usize, f64)> {
    let links = network.managed[node].outgoing.iter();
    links
        .flat_map(|&link| requested_at(network, link).map(move |at| (at, network.taken(link, node))))
        .collect()
}

/// Where requests on a link stand in a state row that its supplier has not read yet.
fn requested_at(network: &Network, link: SupplyLinkIx) -> std::ops::Range<usize> {
    let delay = network.physics.as_ref().and_then(|physics| physics.delay(link));
    let first = network.layout.start(Part::Requested);
    delay.map_or(0..0, |delay| first + delay.first..first + delay.first + delay.periods)
}

/// Where what a supplier owes on a link stands in a state row.
fn owed_at(network: &Network, link: SupplyLinkIx) -> std::ops::Range<usize> {
    let debt = |physics: &Physics| {
        let debt = &physics.debts[physics.debt_of[link]?];
        let first = network.layout.start(Part::Owed) + debt.first?;
        Some(first..first + debt.length())
    };
    network.physics.as_deref().and_then(debt).unwrap_or(0..0)
}

/// Where what customers of a market link wait for stands in a state row.
fn waiting_at(network: &Network, rules: super::Rules, link: MarketLinkIx) -> std::ops::Range<usize> {
    let layout = &network.layout;
    let terms = |physics: &Physics| {
        let terms = &physics.customers[physics.terms_of[link]?];
        let first = layout.start(Part::Waiting) + terms.first;
        Some(first..first + terms.length())
    };
    let unmet = layout.start(Part::Unmet) + link.position();
    let by_rules = if rules.backlog { unmet..unmet + 1 } else { 0..0 };
    network.physics.as_deref().and_then(terms).unwrap_or(by_rules)
}
