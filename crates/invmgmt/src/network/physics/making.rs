//! How the tables of mechanisms are made of what is declared, link by link and node by node.
//!
//! Values were checked before: what does not read here was refused there, and is left out.

use std::collections::HashMap;

use super::shared::{DeclaredUse, Shared};
use super::{
    Ages, Allocation, Chain, CustomerTerms, Debt, Draws, FillStep, Joint, LeadModel, LinkAges, LinkYield,
    NodeRoom, Opening, OrderDelay, OrderSize, Physics, RandomLead, Resource, Sharing, Shelf, Use,
};
use crate::network::products::Share;
use crate::network::terms::{
    AllocationRule, Cause, DeclaredDisruption, FailingPlace, LeadTimeLaw, Room, YieldLaw,
};
use crate::network::terms::{fifo_share, quantities};
use crate::network::{
    LinkIx, ManagedIx, ManagedNode, Network, NodeId, NodeIx, SupplyLink, SupplyLinkIx, Table, TableIndex,
};

impl Physics {
    /// The mechanisms of a network whose other tables are complete; none if it uses none.
    pub(in crate::network) fn of(network: &Network, shared: &Shared) -> Option<Box<Self>> {
        let declared = network.points();
        let uses_none = declared.settings.is_empty()
            && declared.nodes.iter().all(|node| node.settings.is_empty())
            && declared.links.iter().all(|link| link.settings.is_empty())
            && network.products.iter().all(|product| product.life.is_none())
            && network.recipes.is_empty()
            && shared.factories.is_empty();
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
            resources: Vec::new(),
            joints: Vec::new(),
            filling: Vec::new(),
            debt_of: vec![None; network.supply.len()].into(),
            terms_of: vec![None; network.market.len()].into(),
            room_of: vec![None; network.managed.len()].into(),
            customers_first: Vec::new(),
            lead_of: vec![None; network.supply.len()].into(),
            opening: Opening::default(),
            draws: Draws::default(),
        };
        let mut starts = Starts::default();
        physics.add_links(network);
        physics.add_random(network, &mut starts);
        physics.add_nodes(network, &mut starts);
        physics.add_rooms(network, shared);
        physics.add_shared(network, shared, &mut starts);
        physics.add_shelf(network, &mut starts);
        physics.add_customers(network);
        physics.place_draws(&starts);
        physics.filling = physics.steps(network);
        Some(Box::new(physics))
    }

    fn add_links(&mut self, network: &Network) {
        let mut next_owed = 0;
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
                let payer = link.supplier.map_or(link.buyer, |supplier| supplier.node);
                let penalty = declared.unmet_penalty.unwrap_or(0.0);
                let at_most = settings.whole("wait_at_most");
                if let Some(owed) = number("owed").filter(|&owed| owed > 0.0) {
                    self.opening.owed.push((self.debts.len(), owed));
                }
                let first = (unmet == "wait" && at_most != Some(0)).then_some(next_owed);
                self.debt_of[ix] = Some(self.debts.len());
                let debt = Debt { link: ix, first, at_most, penalty, payer };
                next_owed += debt.length();
                self.debts.push(debt);
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
                let ages = matches!(law, YieldLaw::Binomial(_)) && !link.brings_fresh();
                let draws = if ages { network.life(link.product).max(1) } else { 1 };
                let at_receipt = settings.word("at") == Some("receive");
                let pay_received = settings.word("pay") == Some("received");
                let draw = starts.take(1, draws);
                self.yields.push(LinkYield { link: ix, law, at_receipt, pay_received, draw, draws });
            }
        }
        let entries = network.declared.settings.structure("disruptions").and_then(|list| list.list());
        for entry in entries.unwrap_or_default() {
            if let Ok(disruption) = DeclaredDisruption::read(entry) {
                let chain = Chain::of(network, &disruption.of_products(&network.products), starts);
                self.chains.push(chain);
            }
        }
    }

    fn add_nodes(&mut self, network: &Network, starts: &mut Starts) {
        for (ix, node) in network.managed.iter() {
            let settings = &network.points().nodes[node.node.position()].settings;
            if settings.word("customers") == Some("first") {
                self.customers_first.push(ix);
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
            let takes = node.outgoing.iter().map(|&link| network.taken(link, ix)).collect();
            self.allocations.push(Allocation { node: ix, takes, rule, largest_remainder });
        }
    }

    fn add_shelf(&mut self, network: &Network, starts: &mut Starts) {
        let life_of = |node: &ManagedNode| network.life(network.nodes[node.node].product.unwrap_or(0));
        if network.managed.rows().iter().all(|node| life_of(node) == 0) {
            return;
        }
        let supply = |link: LinkIx| &network.declared_link(link).settings;
        let mut stored = 0;
        let on_hand = network.managed.rows().iter().map(|node| {
            let life = life_of(node);
            stored += life;
            Ages { first: stored - life, life }
        });
        let on_hand: Table<ManagedIx, Ages> = on_hand.collect::<Vec<_>>().into();
        let (mut moved, mut in_transit) = (0, 0);
        let links = network.supply.iter().map(|(ix, link)| {
            let life = if link.brings_fresh() { 0 } else { on_hand[link.buyer].life };
            moved += life;
            in_transit += link.slots * life;
            // Goods of the opening, and those that stand by their due date, may be of any age in any slot.
            let opens = self.opening.in_transit.iter().any(|&(opening, _)| opening == ix);
            let by_due_date = link.announced && self.lead_of[ix].is_some();
            let spoiled = if opens || by_due_date { 0 } else { link.slots.saturating_sub(life) };
            let sent = Ages { first: moved - life, life };
            LinkAges { sent, in_transit: in_transit - link.slots * life, spoiled }
        });
        let links = links.collect::<Vec<_>>().into();
        let mut issue = |link: LinkIx| {
            let share =
                supply(link).structure("issue").and_then(|issue| fifo_share(issue).ok()).unwrap_or(1.0);
            let draws = self.whole_units && share > 0.0 && share < 1.0;
            (share, draws.then(|| starts.take(3, 1)))
        };
        let node_waste = |node: &ManagedNode| {
            network.points().nodes[node.node.position()].settings.number("waste").unwrap_or(0.0)
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

    fn add_rooms(&mut self, network: &Network, shared: &Shared) {
        let volume = |product: usize| shared.volumes.get(product).copied().unwrap_or(1.0);
        let mut known: HashMap<&NodeId, usize> = HashMap::new();
        for (ix, node) in network.managed.iter() {
            let settings = &network.points().nodes[node.node.position()].settings;
            let Some(room) = settings.structure("storage").and_then(|room| Room::read(room).ok()) else {
                continue;
            };
            let row = &network.nodes[node.node];
            let at = *known.entry(&row.place).or_insert_with(|| {
                self.rooms.push(NodeRoom { points: Vec::new(), incoming: Vec::new(), room });
                self.rooms.len() - 1
            });
            let volume = volume(row.product.unwrap_or(0));
            let room = &mut self.rooms[at];
            room.points.push((ix, volume));
            room.incoming.extend(node.incoming.iter().map(|&link| (link, volume)));
            room.incoming.sort_unstable_by_key(|&(link, _)| link);
            self.room_of[ix] = Some(at);
        }
    }

    fn add_shared(&mut self, network: &Network, shared: &Shared, starts: &mut Starts) {
        let mut at = HashMap::new();
        for (ix, link) in network.supply.iter() {
            at.insert(network.declared_at[link.link.position()], ix);
        }
        let factories = shared.factories.iter().map(|(name, capacity, links)| {
            let uses = links.iter().map(|&link| (link, 1.0, 0.0)).collect();
            (name.clone(), *capacity, uses, Share::InOrder)
        });
        let resources = shared.resources.iter().map(|(declared, uses)| {
            (declared.name.clone(), declared.per_period, uses.clone(), declared.share)
        });
        for (name, per_period, uses, share) in resources.chain(factories).collect::<Vec<_>>() {
            let one =
                |&(link, per_unit, setup): &DeclaredUse| Some(Use { link: *at.get(&link)?, per_unit, setup });
            let mut uses: Vec<Use> = uses.iter().filter_map(one).collect();
            uses.sort_unstable_by_key(|row| row.link);
            let draws = if share == Share::FirstCome { 2 * uses.len() } else { 0 };
            self.resources.push(Resource { name, per_period, uses, share, draw: starts.take(3, draws) });
        }
        for (declared, links) in &shared.joints {
            let volume = |ix: SupplyLinkIx| {
                let product = network.supply[ix].product;
                (ix, shared.volumes.get(product).copied().unwrap_or(1.0))
            };
            let links = links.iter().filter_map(|link| at.get(link)).map(|&ix| volume(ix)).collect();
            let (fixed_cost, truck, whole_trucks) =
                (declared.fixed_cost, declared.truck, declared.whole_trucks);
            self.joints.push(Joint { links, fixed_cost, truck, whole_trucks });
        }
    }

    /// The steps of filling: where goods are handed over at once, suppliers before their buyers; else in the order of
    /// links. A node's stock is shared before the first of its links takes from it.
    fn steps(&self, network: &Network) -> Vec<FillStep> {
        let mut level: Table<ManagedIx, usize> = vec![0; network.managed.len()].into();
        let at_once = |link: &SupplyLink| {
            self.timeline.hands_over()
                && link.lead_law.as_ref().map_or(link.lead_time, LeadTimeLaw::shortest) == 0
        };
        let level_of = |level: &Table<ManagedIx, usize>, ix: SupplyLinkIx| {
            network.inputs(ix).map(|(node, _)| level[node]).max().unwrap_or(0)
        };
        let mut order = network.buyers_first();
        order.reverse();
        for node in order {
            let incoming = network.managed[node].incoming.iter();
            let above =
                incoming.filter(|&&ix| at_once(&network.supply[ix])).map(|&ix| level_of(&level, ix) + 1);
            level[node] = above.max().unwrap_or(0);
        }
        let mut links: Vec<SupplyLinkIx> = network.supply.indices().collect();
        links.sort_by_key(|&ix| (level_of(&level, ix), ix));
        let mut steps = Vec::with_capacity(links.len());
        let mut shared: Table<ManagedIx, Option<usize>> = vec![None; network.managed.len()].into();
        self.allocations.iter().enumerate().for_each(|(at, row)| shared[row.node] = Some(at));
        for link in links {
            for (node, _) in network.inputs(link) {
                steps.extend(shared[node].take().map(FillStep::Share));
            }
            steps.push(network.supply[link].recipe.map_or(FillStep::Fill(link), FillStep::Make));
        }
        steps
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
            self.terms_of[link] = Some(self.customers.len());
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
        self.resources.iter_mut().for_each(|resource| resource.draw += before);
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
        let (mut touched, mut stocks, mut names) = (Vec::new(), Vec::new(), Vec::new());
        let is_at = |node: NodeIx, id: &NodeId| network.is_at(node, id);
        for place in &declared.places {
            match place {
                FailingPlace::Link(from, to, product) => {
                    let carries = |link: &SupplyLink| {
                        let name = network.products.get(link.product).map(|product| &product.name);
                        product.as_ref().is_none_or(|product| name == Some(&product.to_string()))
                    };
                    let joins =
                        |link: &SupplyLink| is_at(link.from, from) && is_at(link.to, to) && carries(link);
                    touched
                        .extend(network.supply.iter().filter(|(_, link)| joins(link)).map(|(link, _)| link));
                    let product = product.as_ref().map_or_else(String::new, |product| format!(", {product}"));
                    names.push(format!("{from} -> {to}{product}"));
                }
                FailingPlace::Node(id) => {
                    names.push(id.to_string());
                    let end = |link: &SupplyLink| if declared.ships { link.from } else { link.to };
                    let fails = |link: &SupplyLink| is_at(end(link), id);
                    touched
                        .extend(network.supply.iter().filter(|(_, link)| fails(link)).map(|(link, _)| link));
                    let here = network.nodes.iter().filter(|(ix, _)| is_at(*ix, id));
                    stocks.extend(here.filter_map(|(_, node)| node.managed));
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
    let buyer = |position: usize| &network.nodes[network.supply[outgoing[position]].to].place;
    let mut order: Vec<usize> = (0..outgoing.len()).collect();
    order.sort_by_key(|&position| buyers.iter().position(|id| id == buyer(position)).unwrap_or(usize::MAX));
    order
}
