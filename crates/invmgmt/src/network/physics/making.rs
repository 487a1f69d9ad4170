//! How the tables of mechanisms are made of what is declared, link by link and node by node.
//!
//! Values were checked before: what does not read here was refused there, and is left out.

use super::{
    Ages, Allocation, Chain, CustomerTerms, Debt, Draws, LeadModel, LinkAges, LinkYield, NodeRoom, Opening,
    OrderDelay, OrderSize, Physics, RandomLead, Sharing, Shelf,
};
use crate::network::terms::{AllocationRule, Cause, DeclaredDisruption, FailingPlace, Room, YieldLaw};
use crate::network::terms::{fifo_share, quantities};
use crate::network::{
    LinkIx, ManagedIx, ManagedNode, Network, NodeId, SupplyLink, SupplyLinkIx, Table, TableIndex,
};

impl Physics {
    /// The mechanisms of a network whose other tables are complete; none if it uses none.
    pub(in crate::network) fn of(network: &Network) -> Option<Box<Self>> {
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
        let mut stored = 0;
        let on_hand = (0..network.managed.len()).map(|_| {
            stored += life;
            Ages { first: stored - life, life }
        });
        let on_hand: Table<ManagedIx, Ages> = on_hand.collect::<Vec<_>>().into();
        let (mut moved, mut in_transit) = (0, 0);
        let links = network.supply.rows().iter().map(|link| {
            let life = if link.supplier.is_some() { on_hand[link.buyer].life } else { 0 };
            moved += life;
            in_transit += link.slots * life;
            LinkAges { sent: Ages { first: moved - life, life }, in_transit: in_transit - link.slots * life }
        });
        let links = links.collect::<Vec<_>>().into();
        let mut issue = |link: LinkIx| {
            let share =
                supply(link).structure("issue").and_then(|issue| fifo_share(issue).ok()).unwrap_or(1.0);
            let draws = self.whole_units && share > 0.0 && share < 1.0;
            (share, draws.then(|| starts.take(3, 1)))
        };
        let node_waste = |node: &ManagedNode| {
            network.declared.nodes[node.node.position()].settings.number("waste").unwrap_or(0.0)
        };
        let shelf = Shelf {
            on_hand,
            links,
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
                    let end = |link: &SupplyLink| if declared.ships { link.from } else { link.to };
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
}

/// A node's outgoing links, those of the buyers named first.
fn priority(network: &Network, node: ManagedIx, buyers: &[NodeId]) -> Vec<usize> {
    let outgoing = &network.managed[node].outgoing;
    let buyer = |position: usize| &network.nodes[network.supply[outgoing[position]].to].id;
    let mut order: Vec<usize> = (0..outgoing.len()).collect();
    order.sort_by_key(|&position| buyers.iter().position(|id| id == buyer(position)).unwrap_or(usize::MAX));
    order
}
