//! The mechanisms of a network beyond goods that move and customers who wait, compiled to plain tables.
//!
//! Each mechanism is a table that may be empty; a network that uses none has no [`Physics`] at all.

use super::terms::{AllocationRule, Cause, DeclaredDisruption, FailingPlace, LeadTimeLaw, Room, YieldLaw};
use super::terms::{fifo_share, quantities};
use super::{
    DeclaredLink, DeclaredNetwork, LinkIx, ManagedIx, MarketLinkIx, Network, NodeId, SupplyLinkIx, Table,
    TableIndex,
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
    /// Links from sources of raw material.
    pub raw_links: Vec<SupplyLinkIx>,
    /// Nodes that ship, every supplier before its buyers.
    pub suppliers_first: Vec<ManagedIx>,
    /// Stock customers who wait have a first right to, per node that says so.
    pub customers_first: Vec<ManagedIx>,
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

/// A node's room.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct NodeRoom {
    /// The node.
    pub node: ManagedIx,
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
    /// Phases of selling in which a unit can be sold, from its arrival on -- constant.
    pub life: usize,
    /// Cost of a unit that spoils, per node [money / unit] -- constant.
    pub waste: Table<ManagedIx, f64>,
    /// Least life left of units shipped, per supply link [periods] -- constant.
    pub fresh: Table<SupplyLinkIx, usize>,
    /// The same per market link.
    pub fresh_sold: Table<MarketLinkIx, usize>,
    /// Per market link the share of its demand that takes the oldest first, and where its draw is, if it has one.
    pub issue: Table<MarketLinkIx, (f64, Option<usize>)>,
    /// Where the ages of a link's goods in transit begin; none on links from sources of raw material.
    pub first: Table<SupplyLinkIx, Option<usize>>,
    /// Numbers of the part that keeps the ages of goods in transit.
    pub transit: usize,
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
    /// The mechanisms of a network whose other tables are complete; none if it uses none.
    pub(super) fn of(network: &Network) -> Option<Box<Self>> {
        let declared = &network.declared;
        let uses_none = declared.settings.is_empty()
            && declared.nodes.iter().all(|node| node.settings.is_empty())
            && declared.links.iter().all(|link| link.settings.is_empty());
        if uses_none {
            return None;
        }
        let mut physics = Self {
            timeline: declared.timeline(),
            whole_units: declared.settings.word("units") == Some("whole"),
            sizes: Vec::new(),
            delays: Vec::new(),
            debts: Vec::new(),
            caps: Vec::new(),
            allocations: Vec::new(),
            indivisible: Vec::new(),
            rooms: Vec::new(),
            leads: Vec::new(),
            shelf: None,
            chains: Vec::new(),
            yields: Vec::new(),
            customers: Vec::new(),
            raw_links: Vec::new(),
            suppliers_first: Vec::new(),
            customers_first: Vec::new(),
            lead_of: vec![None; network.supply.len()].into(),
            opening: Opening::default(),
            draws: Draws::default(),
        };
        let mut starts = Starts::default();
        physics.add_links(network);
        physics.add_random(network, &mut starts);
        physics.add_nodes(network, &mut starts);
        physics.add_shelf(network, &mut starts);
        physics.add_customers(network);
        physics.place_draws(&starts);
        physics.raw_links =
            network.supply.iter().filter(|(_, link)| link.supplier.is_none()).map(|(ix, _)| ix).collect();
        physics.suppliers_first = network.buyers_first();
        physics.suppliers_first.reverse();
        physics.suppliers_first.retain(|&node| !network.managed[node].outgoing.is_empty());
        Some(Box::new(physics))
    }

    fn add_links(&mut self, network: &Network) {
        for (ix, link) in network.supply.iter() {
            let declared = network.declared_link(link.link);
            let settings = &declared.settings;
            let number = |key: &str| settings.number(key);
            let (least, multiple) = (number("min").unwrap_or(0.0), number("multiple").unwrap_or(0.0));
            let most = number("max").unwrap_or(f64::INFINITY);
            if least > 0.0 || multiple > 0.0 || most.is_finite() {
                self.sizes.push(OrderSize { link: ix, least, multiple, most });
            }
            if let Some(periods) = settings.whole("order_delay").filter(|&periods| periods > 0) {
                let first = self.delays.last().map_or(0, |delay| delay.first + delay.periods);
                if let Some(requested) =
                    settings.structure("requested").and_then(|list| quantities(list).ok())
                {
                    self.opening.requested.push((self.delays.len(), requested));
                }
                self.delays.push(OrderDelay { link: ix, periods, first });
            }
            if let Some(unmet) = settings.word("unmet").filter(|&unmet| unmet != "forget") {
                let first = self.debts.iter().map(Debt::length).sum();
                let payer = link.supplier.map_or(link.buyer, |supplier| supplier.node);
                let penalty = declared.unmet_penalty.unwrap_or(0.0);
                let at_most = settings.whole("wait_at_most");
                if let Some(owed) = number("owed").filter(|&owed| owed > 0.0) {
                    self.opening.owed.push((self.debts.len(), owed));
                }
                let first = (unmet == "wait" && at_most != Some(0)).then_some(first);
                self.debts.push(Debt { link: ix, first, at_most, penalty, payer });
            }
            if let Some(cap) = number("cap") {
                self.caps.push((ix, cap));
            }
            match settings.word("fill") {
                Some("lots") => self.indivisible.push((ix, multiple)),
                Some("whole") => self.indivisible.push((ix, 0.0)),
                _ => {}
            }
            if let Some(goods) = settings.structure("in_transit").and_then(|list| quantities(list).ok()) {
                self.opening.in_transit.push((ix, goods));
            }
        }
    }

    fn add_random(&mut self, network: &Network, starts: &mut Starts) {
        let mut hidden = 0;
        let life = network.declared.settings.whole("life");
        for (ix, link) in network.supply.iter() {
            let settings = &network.declared_link(link.link).settings;
            if let Some(law) = link.lead_law.clone() {
                let model = match (settings.word("draw"), settings.word("crossing")) {
                    (Some("unit"), _) => LeadModel::Unit,
                    (_, Some("fifo")) => LeadModel::Fifo,
                    (_, Some("sweep")) => LeadModel::Sweep,
                    _ => LeadModel::Free,
                };
                let (draws, kept) = match model {
                    LeadModel::Free => (1, link.slots),
                    LeadModel::Fifo => (1, link.slots + 1),
                    LeadModel::Sweep => (1, 1),
                    LeadModel::Unit => (link.lead_time + 1, 0),
                };
                let hazard = |age| law.chances.get(age).map_or(0.0, |chance| chance / law.at_least(age));
                let hazards = (0..=link.lead_time).map(hazard).collect();
                self.lead_of[ix] = Some(self.leads.len());
                let draw = starts.take(0, draws);
                self.leads.push(RandomLead { link: ix, law, model, draw, hidden, hazards });
                hidden += kept;
            }
            let law = settings.structure("yield").and_then(|law| YieldLaw::read(law).ok());
            if let Some(law) = law.filter(|law| !law.is_neutral()) {
                let ages = matches!(law, YieldLaw::Binomial(_)) && link.supplier.is_some();
                let draws = if ages { life.unwrap_or(1) } else { 1 };
                let at_receipt = settings.word("at") == Some("receive");
                let pay_received = settings.word("pay") == Some("received");
                let draw = starts.take(1, draws);
                self.yields.push(LinkYield { link: ix, law, at_receipt, pay_received, draw, draws });
            }
        }
        let entries = network.declared.settings.structure("disruptions").and_then(|list| list.list());
        for entry in entries.unwrap_or_default() {
            if let Ok(disruption) = DeclaredDisruption::read(entry) {
                let chain = Chain::of(network, &disruption, starts);
                self.chains.push(chain);
            }
        }
    }

    fn add_nodes(&mut self, network: &Network, starts: &mut Starts) {
        for (ix, node) in network.managed.iter() {
            let settings = &network.declared.nodes[node.node.position()].settings;
            if settings.word("customers") == Some("first") {
                self.customers_first.push(ix);
            }
            if let Some(room) = settings.structure("storage").and_then(|room| Room::read(room).ok()) {
                self.rooms.push(NodeRoom { node: ix, room });
            }
            if let Some(ages) = settings.structure("ages").and_then(|ages| quantities(ages).ok()) {
                self.opening.ages.push((ix, ages));
            }
            let rule = settings.structure("allocation").and_then(|rule| AllocationRule::read(rule).ok());
            let target = |link: &SupplyLinkIx| {
                network.declared_link(network.supply[*link].link).settings.number("target").unwrap_or(0.0)
            };
            let rule = match rule {
                None | Some(AllocationRule::InOrder) => continue,
                Some(AllocationRule::Proportional) => Sharing::Proportional,
                Some(AllocationRule::FairShare) => {
                    Sharing::FairShare(node.outgoing.iter().map(target).collect())
                }
                Some(AllocationRule::Priority(buyers)) => Sharing::Priority(priority(network, ix, &buyers)),
                Some(AllocationRule::Random) => Sharing::Random(starts.take(3, node.outgoing.len())),
            };
            let largest_remainder = settings.word("remainder") == Some("largest");
            self.allocations.push(Allocation { node: ix, rule, largest_remainder });
        }
    }

    fn add_shelf(&mut self, network: &Network, starts: &mut Starts) {
        let Some(life) = network.declared.settings.whole("life") else { return };
        let supply = |link: LinkIx| &network.declared_link(link).settings;
        let mut transit = 0;
        let mut first = |slots: usize, keeps: bool| {
            keeps.then(|| {
                transit += slots * life;
                transit - slots * life
            })
        };
        let mut issue = |link: LinkIx| {
            let share =
                supply(link).structure("issue").and_then(|issue| fifo_share(issue).ok()).unwrap_or(1.0);
            let draws = self.whole_units && share > 0.0 && share < 1.0;
            (share, draws.then(|| starts.take(3, 1)))
        };
        let node_waste = |node: &super::ManagedNode| {
            network.declared.nodes[node.node.position()].settings.number("waste").unwrap_or(0.0)
        };
        let shelf = Shelf {
            life,
            waste: network.managed.rows().iter().map(node_waste).collect::<Vec<_>>().into(),
            fresh: network
                .supply
                .rows()
                .iter()
                .map(|link| supply(link.link).whole("fresh").unwrap_or(0))
                .collect::<Vec<_>>()
                .into(),
            fresh_sold: network
                .market
                .rows()
                .iter()
                .map(|link| supply(link.link).whole("fresh").unwrap_or(0))
                .collect::<Vec<_>>()
                .into(),
            issue: network.market.rows().iter().map(|link| issue(link.link)).collect::<Vec<_>>().into(),
            first: network
                .supply
                .rows()
                .iter()
                .map(|link| first(link.slots, link.supplier.is_some()))
                .collect::<Vec<_>>()
                .into(),
            transit,
        };
        self.shelf = Some(shelf);
    }

    fn add_customers(&mut self, network: &Network) {
        let mut first = 0;
        for (link, row) in network.market.iter() {
            let settings = &network.declared_link(row.link).settings;
            if let Some(waiting) = settings.number("waiting").filter(|&waiting| waiting > 0.0) {
                self.opening.waiting.push((link, waiting));
            }
            let (unmet, share) = (settings.word("unmet"), settings.number("wait_share"));
            let at_most = settings.whole("wait_at_most");
            if unmet.is_none() && share.is_none() && at_most.is_none() {
                continue;
            }
            let waits = if unmet == Some("lost") || at_most == Some(0) { 0.0 } else { share.unwrap_or(1.0) };
            let at_most = at_most.filter(|&periods| periods > 0);
            let terms = CustomerTerms { link, share: waits, at_most, first };
            first += terms.length();
            self.customers.push(terms);
        }
    }

    /// Draws are taken kind by kind; until now each kind counted its own from 0.
    fn place_draws(&mut self, starts: &Starts) {
        let Starts { counts: [leads, yields, chains, shuffles] } = *starts;
        self.draws = Draws { kinds: [leads, yields, chains, shuffles] };
        self.yields.iter_mut().for_each(|row| row.draw += leads);
        for draw in self.chains.iter_mut().filter_map(|chain| chain.draw.as_mut()) {
            *draw += leads + yields;
        }
        let before = leads + yields + chains;
        for allocation in &mut self.allocations {
            if let Sharing::Random(draw) = &mut allocation.rule {
                *draw += before;
            }
        }
        if let Some(shelf) = &mut self.shelf {
            for (_, draw) in shelf.issue.rows_mut() {
                if let Some(draw) = draw {
                    *draw += before;
                }
            }
        }
    }

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

/// How many draws of each kind were given out.
#[derive(Default)]
struct Starts {
    counts: [usize; 4],
}

impl Starts {
    fn take(&mut self, kind: usize, count: usize) -> usize {
        self.counts[kind] += count;
        self.counts[kind] - count
    }
}

impl Chain {
    fn of(network: &Network, declared: &DeclaredDisruption, starts: &mut Starts) -> Self {
        let node = |id: &NodeId| network.nodes.iter().find(|(_, node)| node.id == *id).map(|(ix, _)| ix);
        let (mut touched, mut stocks, mut names) = (Vec::new(), Vec::new(), Vec::new());
        for place in &declared.places {
            match place {
                FailingPlace::Link(from, to) => {
                    touched.extend(network.supply_link(from, to));
                    names.push(format!("{from} -> {to}"));
                }
                FailingPlace::Node(id) => {
                    names.push(id.to_string());
                    let Some(ix) = node(id) else { continue };
                    let end = |link: &super::SupplyLink| if declared.ships { link.from } else { link.to };
                    touched.extend(
                        network.supply.iter().filter(|(_, link)| end(link) == ix).map(|(link, _)| link),
                    );
                    stocks.extend(network.nodes[ix].managed);
                }
            }
        }
        let draws = matches!(declared.cause, Cause::Chain { .. });
        let (ships, orders) = if declared.ships { (touched, Vec::new()) } else { (Vec::new(), touched) };
        Self {
            name: names.join(", "),
            cause: declared.cause.clone(),
            factor: declared.factor,
            ships,
            orders,
            destroy: declared.destroy,
            stocks: if declared.destroy > 0.0 { stocks } else { Vec::new() },
            draw: draws.then(|| starts.take(2, 1)),
        }
    }

    /// Whether it is up in a period of known failures.
    pub fn is_planned_up(spans: &[(usize, usize)], period: usize) -> bool {
        !spans.iter().any(|&(first, last)| (first..=last).contains(&period))
    }
}

/// A node's outgoing links, those of the buyers named first.
fn priority(network: &Network, node: ManagedIx, buyers: &[NodeId]) -> Vec<usize> {
    let outgoing = &network.managed[node].outgoing;
    let buyer = |position: usize| &network.nodes[network.supply[outgoing[position]].to].id;
    let mut order: Vec<usize> = (0..outgoing.len()).collect();
    order.sort_by_key(|&position| buyers.iter().position(|id| id == buyer(position)).unwrap_or(usize::MAX));
    order
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
        &self.declared.links[self.declared_at[link.position()]]
    }

    /// The order of the events of a period.
    pub fn timeline(&self) -> Timeline {
        self.physics.as_ref().map_or(Timeline::Release, |physics| physics.timeline)
    }

    /// Whether chance has a say in supply, so that episodes need streams for it.
    pub fn draws_supply(&self) -> bool {
        self.physics.as_ref().is_some_and(|physics| {
            let drawn = physics.chains.iter().any(|chain| chain.draw.is_some());
            drawn || physics.draws.total() > 0
        })
    }

    /// Whether units are whole.
    pub fn has_whole_units(&self) -> bool {
        self.physics.as_ref().is_some_and(|physics| physics.whole_units)
    }

    /// How many periods of demand an order on a link must cover, at the longest lead time.
    ///
    /// Under the usual timeline what arrives in a period cannot be shipped on before the next.
    pub fn periods_covered(&self, link: SupplyLinkIx) -> usize {
        let row = &self.supply[link];
        let delay = self.physics.iter().flat_map(|physics| &physics.delays).find(|delay| delay.link == link);
        let ships_on = !self.managed[row.buyer].outgoing.is_empty();
        let late = usize::from(ships_on && self.timeline() == Timeline::Release);
        row.lead_time + 1 + delay.map_or(0, |delay| delay.periods) + late
    }
}
