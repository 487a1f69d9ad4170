//! The mechanisms of a network beyond goods that move and customers who wait, compiled to plain tables.
//!
//! Each mechanism is a table that may be empty; a network that uses none has no [`Physics`] at all.

mod making;
mod shared;

pub(super) use shared::Shared;
pub use shared::{Joint, Recipe, Resource, Use};

use std::ops::Range;

use super::terms::{Cause, LeadTimeLaw, Room, YieldLaw};
use super::{
    DeclaredLink, DeclaredNetwork, LinkIx, ManagedIx, MarketLinkIx, Network, SupplyLinkIx, Table, TableIndex,
};

/// The order of the events of a period.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Timeline {
    /// Order, fill, receive, sell, age, account.
    #[default]
    Release,
    /// Order, fill, sell, age, account, receive.
    OrderFirst,
    /// Order, receive, fill, sell, age, account.
    Beer,
}

impl Timeline {
    /// Every timeline by its name.
    pub const NAMES: [(&str, Self); 3] =
        [("release", Self::Release), ("order-first", Self::OrderFirst), ("beer", Self::Beer)];

    /// Its events in order.
    pub fn phases(self) -> &'static str {
        match self {
            Self::Release => "order, fill, receive, sell, age, account",
            Self::OrderFirst => "order, fill, sell, age, account, receive",
            Self::Beer => "order, receive, fill, sell, age, account",
        }
    }

    /// Its name.
    pub fn name(self) -> &'static str {
        Self::NAMES.into_iter().find(|(_, timeline)| *timeline == self).map_or("", |(name, _)| name)
    }

    /// Slots that a lead time takes between two periods.
    pub(super) fn slots(self, lead_time: usize) -> usize {
        if self == Self::OrderFirst { lead_time.saturating_sub(1) } else { lead_time }
    }

    /// Whether goods without a lead time are handed over while requests are filled.
    pub fn hands_over(self) -> bool {
        self != Self::Release
    }
}

/// The mechanisms of a network.
#[derive(Clone, Debug, PartialEq)]
pub struct Physics {
    /// The order of the events of a period -- constant.
    pub timeline: Timeline,
    /// Whether requests are rounded to whole units, and whatever divides units keeps them whole -- constant.
    pub whole_units: bool,
    /// Least, largest and fixed sizes of orders.
    pub sizes: Vec<OrderSize>,
    /// Requests on their way to the supplier.
    pub delays: Vec<OrderDelay>,
    /// What is owed or lost on supply links.
    pub debts: Vec<Debt>,
    /// Largest flow of a link [units / period] -- constant.
    pub caps: Vec<(SupplyLinkIx, f64)>,
    /// How short stock is shared, where it is not in order of links.
    pub allocations: Vec<Allocation>,
    /// Links on which nothing, or only whole lots, may be left unfilled; the lot, 0 for all or nothing [units].
    pub indivisible: Vec<(SupplyLinkIx, f64)>,
    /// Nodes with limited room.
    pub rooms: Vec<NodeRoom>,
    /// Links with a random lead time.
    pub leads: Vec<RandomLead>,
    /// Shelf life.
    pub shelf: Option<Shelf>,
    /// What fails and recovers.
    pub chains: Vec<Chain>,
    /// Links on which not all arrives.
    pub yields: Vec<LinkYield>,
    /// Customers with terms of their own.
    pub customers: Vec<CustomerTerms>,
    /// What several links use, in order of declaration.
    pub resources: Vec<Resource>,
    /// Links whose orders share costs or trucks.
    pub joints: Vec<Joint>,
    /// What is done in turn while requests are filled, every supplier before its buyers where goods are handed over at
    /// once.
    pub filling: Vec<FillStep>,
    /// Stock customers who wait have a first right to, per node that says so.
    pub customers_first: Vec<ManagedIx>,
    /// Per supply link what is owed on it, by position in `debts`.
    pub debt_of: Table<SupplyLinkIx, Option<usize>>,
    /// Per market link its customers' terms, by position in `customers`.
    pub terms_of: Table<MarketLinkIx, Option<usize>>,
    /// Per node the room it stands in, by position in `rooms`.
    pub room_of: Table<ManagedIx, Option<usize>>,
    /// Per supply link its lead time is drawn, by position in `leads`.
    pub lead_of: Table<SupplyLinkIx, Option<usize>>,
    /// Goods and debts at the start.
    pub opening: Opening,
    /// Numbers drawn for supply in a period, by kind.
    pub draws: Draws,
}

/// Sizes that orders on a link may have [units] -- constant.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct OrderSize {
    /// The link.
    pub link: SupplyLinkIx,
    /// Smallest order; 0 for none.
    pub least: f64,
    /// Orders are whole multiples of this; 0 for none.
    pub multiple: f64,
    /// Largest order; infinite for none.
    pub most: f64,
}

/// Requests that are read some periods after they were made.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct OrderDelay {
    /// The link.
    pub link: SupplyLinkIx,
    /// Periods on the way, at least 1 -- constant.
    pub periods: usize,
    /// Where its requests begin among all of them.
    pub first: usize,
}

/// What becomes of requests a supplier cannot fill.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Debt {
    /// The link.
    pub link: SupplyLinkIx,
    /// Where what is owed begins among all of it, by the periods it has waited; none if it is lost at once.
    pub first: Option<usize>,
    /// Longest wait [periods]; none if it waits for ever.
    pub at_most: Option<usize>,
    /// Penalty for a unit owed, or lost [money / unit] -- constant.
    pub penalty: f64,
    /// Who pays: the supplier, or the buyer where that is a source of raw material.
    pub payer: ManagedIx,
}

impl Debt {
    /// Numbers it has in a state row.
    pub fn length(&self) -> usize {
        if self.first.is_none() { 0 } else { self.at_most.unwrap_or(1) }
    }
}

/// How a node's short stock is shared.
#[derive(Clone, Debug, PartialEq)]
pub struct Allocation {
    /// The node.
    pub node: ManagedIx,
    /// Units of its stock that a unit takes, per outgoing link [1].
    pub takes: Vec<f64>,
    /// The rule.
    pub rule: Sharing,
    /// With whole units: whether what fractions leave over goes to the largest of them; else it stays.
    pub largest_remainder: bool,
}

/// A rule of sharing.
#[derive(Clone, Debug, PartialEq)]
pub enum Sharing {
    /// To each the same share of what he wants.
    Proportional,
    /// The lowest of the buyers' positions, less a target per outgoing link, is raised first [units].
    FairShare(Vec<f64>),
    /// In this order: positions among the node's outgoing links.
    Priority(Vec<usize>),
    /// In an order drawn anew every period; where its draws begin.
    Random(usize),
}

impl Physics {
    /// The delay of a link's requests, if they have one.
    #[inline]
    pub fn delay(&self, link: SupplyLinkIx) -> Option<&OrderDelay> {
        in_order(&self.delays, link, |row| row.link)
    }

    /// The yield of a link, if not everything arrives.
    #[inline]
    pub fn link_yield(&self, link: SupplyLinkIx) -> Option<&LinkYield> {
        in_order(&self.yields, link, |row| row.link)
    }

    /// The lot that a link fills whole, 0 for all or nothing, if it does not fill in part [units].
    #[inline]
    pub fn lot(&self, link: SupplyLinkIx) -> Option<f64> {
        in_order(&self.indivisible, link, |row| row.0).map(|row| row.1)
    }
}

/// The row of a link in a table that stands in the order of links.
#[inline]
fn in_order<T>(rows: &[T], link: SupplyLinkIx, of: impl Fn(&T) -> SupplyLinkIx) -> Option<&T> {
    rows.binary_search_by_key(&link, of).ok().map(|position| &rows[position])
}

/// A step of filling requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FillStep {
    /// Shares the stock of a node, by position in `allocations`.
    Share(usize),
    /// Fills what a link wants.
    Fill(SupplyLinkIx),
    /// Makes what a recipe is to make, by position among those of the network.
    Make(usize),
}

/// A node's room.
#[derive(Clone, Debug, PartialEq)]
pub struct NodeRoom {
    /// What it holds, and the volume of a unit of each.
    pub points: Vec<(ManagedIx, f64)>,
    /// The links that bring goods into it, in order, with the volume of a unit of each.
    pub incoming: Vec<(SupplyLinkIx, f64)>,
    /// What it is.
    pub room: Room,
}

/// A random lead time.
#[derive(Clone, Debug, PartialEq)]
pub struct RandomLead {
    /// The link.
    pub link: SupplyLinkIx,
    /// Its law.
    pub law: LeadTimeLaw,
    /// What draws, and what may overtake.
    pub model: LeadModel,
    /// Where its draws begin.
    pub draw: usize,
    /// Where its hidden numbers begin, if it has any.
    pub hidden: usize,
    /// Chance that a unit of this age arrives now, given that it has not arrived before; by age from 0 [1].
    pub hazards: Vec<f64>,
}

/// What draws a random lead time, and what may overtake what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LeadModel {
    /// Each period's order; orders may overtake. Hidden: the periods until each arrives.
    Free,
    /// Each period's order; none overtakes. Hidden: as before, and the last due date.
    Fifo,
    /// One draw A a period: what was shipped at least A periods ago arrives. Hidden: the draw, where it is needed
    /// twice.
    Sweep,
    /// Each unit.
    Unit,
}

/// Shelf life.
#[derive(Clone, Debug, PartialEq)]
pub struct Shelf {
    /// Where a node's ages stand among those of stock on hand.
    pub on_hand: Table<ManagedIx, Ages>,
    /// Where the ages of what a link sends stand.
    pub links: Table<SupplyLinkIx, LinkAges>,
    /// Cost of a unit that spoils, per node [money / unit] -- constant.
    pub waste: Table<ManagedIx, f64>,
    /// Least life left of units shipped, per supply link [periods] -- constant.
    pub fresh: Table<SupplyLinkIx, usize>,
    /// The same per market link.
    pub fresh_sold: Table<MarketLinkIx, usize>,
    /// Per market link the share of its demand that takes the oldest first, and where its draw is, if it has one.
    pub issue: Table<MarketLinkIx, (f64, Option<usize>)>,
}

/// The ages of goods in one place: as many numbers as they have phases of selling to live, the oldest first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ages {
    /// Where they begin.
    pub first: usize,
    /// Phases of selling in which a unit can be sold, from its arrival on; 0 where goods do not spoil -- constant.
    pub life: usize,
}

impl Ages {
    /// Where they stand.
    pub fn range(self) -> Range<usize> {
        self.first..self.first + self.life
    }
}

/// The ages of a link's goods.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LinkAges {
    /// Of what it sends and of what is received in a period; no life on links that bring fresh goods.
    pub sent: Ages,
    /// Where those of its goods in transit begin among all of them, slot by slot.
    pub in_transit: usize,
    /// How many of its oldest slots hold nothing at the end of a period, since what was sent so long ago has spoiled.
    pub spoiled: usize,
}

/// Something that fails and recovers.
#[derive(Clone, Debug, PartialEq)]
pub struct Chain {
    /// Where, in words.
    pub name: String,
    /// What makes it fail.
    pub cause: Cause,
    /// What is left of the flow on these links while it is down [1].
    pub factor: f64,
    /// Links it limits.
    pub ships: Vec<SupplyLinkIx>,
    /// Links on which nothing is ordered while it is down.
    pub orders: Vec<SupplyLinkIx>,
    /// Share of the stock that is lost on going down, and where [1].
    pub destroy: f64,
    /// Nodes whose stock that is.
    pub stocks: Vec<ManagedIx>,
    /// Its draw, if it has one.
    pub draw: Option<usize>,
}

/// A share of what is shipped that arrives.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LinkYield {
    /// The link.
    pub link: SupplyLinkIx,
    /// Its law.
    pub law: YieldLaw,
    /// Whether it is realised when goods are received; else when they are shipped.
    pub at_receipt: bool,
    /// Whether only what is received is paid for.
    pub pay_received: bool,
    /// Where its draws begin.
    pub draw: usize,
    /// How many they are: one, or one per age.
    pub draws: usize,
}

/// What customers of a market link do who are not served.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CustomerTerms {
    /// The link.
    pub link: MarketLinkIx,
    /// The share of the unmet that waits [1].
    pub share: f64,
    /// Longest wait [periods]; none for ever.
    pub at_most: Option<usize>,
    /// Where what waits begins among all of it, by the periods it has waited.
    pub first: usize,
}

impl CustomerTerms {
    /// Numbers it has in a state row.
    pub fn length(&self) -> usize {
        self.at_most.unwrap_or(1)
    }
}

/// What there is at the start beside stock [units] -- constant.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Opening {
    /// Goods in transit, the first to arrive first.
    pub in_transit: Vec<(SupplyLinkIx, Vec<f64>)>,
    /// Requests in transit, by position in `delays`.
    pub requested: Vec<(usize, Vec<f64>)>,
    /// Units owed, by position in `debts`.
    pub owed: Vec<(usize, f64)>,
    /// Customers who wait.
    pub waiting: Vec<(MarketLinkIx, f64)>,
    /// Stock by age, the freshest first.
    pub ages: Vec<(ManagedIx, Vec<f64>)>,
}

/// How many numbers supply draws in a period, by kind, in this order: lead times, yields, disruptions, shuffles.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Draws {
    /// Of each kind.
    pub kinds: [usize; 4],
}

impl Draws {
    /// All of them together.
    pub fn total(&self) -> usize {
        self.kinds.iter().sum()
    }
}

impl Physics {
    /// Numbers hidden from everybody, per random lead time.
    pub(super) fn hidden(&self, link: SupplyLinkIx, slots: usize) -> usize {
        match self.lead_of[link].map(|lead| self.leads[lead].model) {
            None | Some(LeadModel::Unit) => 0,
            Some(LeadModel::Free) => slots,
            Some(LeadModel::Fifo) => slots + 1,
            Some(LeadModel::Sweep) => 1,
        }
    }
}

impl Chain {
    /// Whether it is up in a period of known failures.
    pub fn is_planned_up(spans: &[(usize, usize)], period: usize) -> bool {
        !spans.iter().any(|&(first, last)| (first..=last).contains(&period))
    }
}

impl DeclaredNetwork {
    /// The order of the events of a period.
    pub fn timeline(&self) -> Timeline {
        let name = self.settings.word("timeline").unwrap_or_default();
        Timeline::NAMES
            .into_iter()
            .find(|(known, _)| *known == name)
            .map_or(Timeline::Release, |(_, timeline)| timeline)
    }
}

impl Network {
    /// What was declared of a link.
    pub fn declared_link(&self, link: LinkIx) -> &DeclaredLink {
        &self.points().links[self.declared_at[link.position()]]
    }

    /// Phases of selling in which a unit of a product can be sold, from its arrival on; 0 where it does not spoil.
    pub fn life(&self, product: usize) -> usize {
        let own = self.products.get(product).and_then(|product| product.life);
        own.or(self.declared.settings.whole("life")).unwrap_or(0)
    }

    /// The order of the events of a period.
    pub fn timeline(&self) -> Timeline {
        self.physics.as_ref().map_or(Timeline::Release, |physics| physics.timeline)
    }

    /// Whether chance has a say beside the first product's demand, so that episodes need streams for it.
    pub fn draws_supply(&self) -> bool {
        self.products.len() > 1
            || self.physics.as_ref().is_some_and(|physics| {
                let drawn = physics.chains.iter().any(|chain| chain.draw.is_some());
                drawn || physics.draws.total() > 0
            })
    }

    /// Whether units are whole.
    pub fn has_whole_units(&self) -> bool {
        self.physics.as_ref().is_some_and(|physics| physics.whole_units)
    }

    /// Periods until a supplier reads an order on a link, beside its lead time.
    pub fn order_delay(&self, link: SupplyLinkIx) -> usize {
        self.physics.as_ref().and_then(|physics| physics.delay(link)).map_or(0, |delay| delay.periods)
    }

    /// Periods from a request on a link to its goods: the time until it is read, and the lead time, on average where
    /// that is drawn.
    pub fn usual_wait(&self, link: SupplyLinkIx) -> f64 {
        let drawn =
            self.physics.as_ref().and_then(|physics| Some(physics.leads[physics.lead_of[link]?].law.mean()));
        self.order_delay(link) as f64 + drawn.unwrap_or(self.supply[link].lead_time as f64)
    }

    /// How many periods of demand an order on a link must cover, at the longest lead time.
    ///
    /// Under the usual timeline what arrives in a period cannot be shipped on before the next.
    pub fn periods_covered(&self, link: SupplyLinkIx) -> usize {
        let row = &self.supply[link];
        let ships_on = !self.managed[row.buyer].outgoing.is_empty();
        let late = usize::from(ships_on && self.timeline() == Timeline::Release);
        row.lead_time + 1 + self.order_delay(link) + late
    }
}
