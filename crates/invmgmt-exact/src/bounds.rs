//! How much may be ordered where: what keeps the states finite in number.
//!
//! Whole units are requested on each supply link up to a bound, a node's inventory position is not lifted above a
//! ceiling, and where customers wait its echelon is not left below a floor. The optimal policy has to stay clear of all
//! of them: where it does not, they are widened and the problem is solved again.

use std::ops::RangeInclusive;

use invmgmt::Problem;
use invmgmt::network::{
    Chain, Joint, ManagedIx, ManagedNode, MarketLinkIx, Network, OrderSize, Part, Physics, Sharing, Supplier,
    SupplyLinkIx, Table, TableIndex, Timeline,
};
use invmgmt::period::StateView;
use invmgmt_policy::{Echelon, echelons};

use crate::ExactError;
use crate::outcomes::Outcomes;
use crate::terms::{forgets, order_delay, waits, waits_without_end};

/// Standard deviations of demand over an order's cover by which ceilings at first lie above, and floors below, its
/// mean.
const ABOVE: f64 = 3.0;
const BELOW: f64 = 2.0;
/// Standard deviations above the mean to which requests at first go where nobody waits, and what waits where it does.
const REQUEST_ABOVE: f64 = 2.5;
const WAITING_ABOVE: f64 = 7.0;
/// Where customers wait, requests at first go up to a demand that is exceeded less often than this.
const RARELY_EXCEEDED: f64 = 1e-9;
/// Economic order quantities added to ceilings and requests at first.
const LOTS: f64 = 2.0;
/// What an economic order quantity is at most, in periods of demand.
const LONGEST_LOT: f64 = 50.0;
/// By how much a bound that binds is widened, and at least by how many units.
const WIDER: f64 = 1.25;
const LEAST_WIDER: f64 = 2.0;
/// Most combinations of requests.
const MOST_ACTIONS: usize = 1_000_000;

/// Bounds of what is ordered and of the states that follow.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Bounds {
    /// Least and most requested on each supply link [units].
    pub requests: Vec<(u32, u32)>,
    /// Whether the requests were asked for, and stay.
    pub is_given: bool,
    /// Inventory position to which a node orders at most, per managed node [units].
    pub ceilings: Vec<f64>,
    /// Echelon position to which a node orders at least, per managed node [units].
    pub floors: Vec<f64>,
    /// Most that waits on a market link without end and is told apart; more counts as this much [units].
    pub waiting: Vec<f64>,
}

/// What a policy does at the bounds: how often each is in its way [1 / period].
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Pressure {
    pub requests: Vec<f64>,
    pub ceilings: Vec<f64>,
    pub floors: Vec<f64>,
    pub waiting: Vec<f64>,
}

impl Pressure {
    pub fn of(problem: &Problem) -> Self {
        let network = &problem.network;
        Self {
            requests: vec![0.0; network.supply.len()],
            ceilings: vec![0.0; network.managed.len()],
            floors: vec![0.0; network.managed.len()],
            waiting: vec![0.0; network.market.len()],
        }
    }

    fn all(&self) -> impl Iterator<Item = &f64> {
        self.requests.iter().chain(&self.ceilings).chain(&self.floors).chain(&self.waiting)
    }

    /// How often any bound is in the way [1 / period].
    pub fn total(&self) -> f64 {
        self.all().sum()
    }
}

impl Bounds {
    /// Bounds to begin with, from the demand an order has to cover.
    ///
    /// # Errors
    /// [`ExactError`] if echelons are too many to be listed.
    pub fn first(
        problem: &Problem,
        outcomes: &Outcomes,
        given: Option<&RangeInclusive<u32>>,
    ) -> Result<Self, ExactError> {
        let network = &*problem.network;
        let members = echelons(network)?;
        let mut bounds = Self {
            requests: Vec::new(),
            is_given: given.is_some(),
            ceilings: Vec::new(),
            floors: Vec::new(),
            waiting: Vec::new(),
        };
        let (cover_below, ways) = (covers(problem), ways_from_sources(problem));
        let mut requests = Vec::new();
        for (node, row) in network.managed.iter() {
            // Customers' market links, with what a unit sold there holds of the node's goods.
            let mut markets: Vec<(MarketLinkIx, f64)> = Vec::new();
            for (member, content) in members[node].members() {
                markets.extend(network.managed[member].markets.iter().map(|&link| (link, content)));
            }
            // Where all that is not served waits, orders follow it however late they are.
            let waits = markets.iter().all(|&(link, _)| waits_without_end(problem, link));
            let laws = markets.iter().map(|&(link, content)| (&outcomes.laws[link.position()], content));
            let (mean, variance, most) =
                laws.fold((0.0, 0.0, 0.0), |(mean, variance, most), (law, content)| {
                    let most = most + content * law.exceeded_by(RARELY_EXCEEDED);
                    (mean + content * law.mean(), variance + content * content * law.variance(), most)
                });
            let own_cover = longest(problem, row) + 1.0;
            let used = row.stock_per_unit;
            let fixed = row.incoming.iter().map(|&link| fixed_cost(network, link)).fold(0.0, f64::max);
            let lot = if fixed > 0.0 {
                LOTS * (2.0 * fixed * mean / row.holding_cost.max(1e-9)).sqrt().min(LONGEST_LOT * mean)
            } else {
                0.0
            };
            let lot = row.incoming.iter().map(|&link| step(network, link)).fold(lot, f64::max);
            let deviation = variance.sqrt();
            let position = used * (mean * own_cover + ABOVE * deviation * own_cover.sqrt() + lot);
            bounds.ceilings.push(position.max(row.initial_inventory).ceil() + 1.0);
            let cover = cover_below[node.position()];
            let floor = mean * cover - BELOW * deviation * cover.sqrt();
            bounds.floors.push(if waits { floor.floor() } else { f64::NEG_INFINITY });
            let usual = if waits { most } else { mean + REQUEST_ABOVE * deviation };
            requests.push((used * (usual + lot)).ceil() as u32 + 1);
        }
        for link in network.supply.rows() {
            let raised = (0, requests[link.buyer.position()]);
            bounds.requests.push(given.map_or(raised, |range| (*range.start(), *range.end())));
        }
        for (link, row) in network.market.iter() {
            let law = &outcomes.laws[link.position()];
            let cover = ways[row.retailer.position()] + 1.0;
            let deep = law.mean() * cover + WAITING_ABOVE * (law.variance() * cover).sqrt();
            bounds.waiting.push(deep.ceil() + 1.0);
        }
        Ok(bounds)
    }

    /// The wider of both, bound by bound.
    #[must_use]
    pub fn around(mut self, other: &Self) -> Self {
        for (own, other) in self.requests.iter_mut().zip(&other.requests) {
            *own = (own.0.min(other.0), own.1.max(other.1));
        }
        let highest = |own: &mut [f64], other: &[f64]| {
            for (own, other) in own.iter_mut().zip(other) {
                *own = own.max(*other);
            }
        };
        highest(&mut self.ceilings, &other.ceilings);
        highest(&mut self.waiting, &other.waiting);
        for (own, other) in self.floors.iter_mut().zip(&other.floors) {
            *own = own.min(*other);
        }
        self
    }

    /// Whether they bound the same things.
    pub fn is_like(&self, other: &Self) -> bool {
        let lengths = |bounds: &Self| {
            [bounds.requests.len(), bounds.ceilings.len(), bounds.floors.len(), bounds.waiting.len()]
        };
        lengths(self) == lengths(other) && self.requests.iter().all(|&(least, most)| least <= most)
    }

    /// Most that waits on a market link and is told apart [units].
    pub fn most_waiting(&self, link: MarketLinkIx) -> f64 {
        self.waiting[link.position()]
    }

    /// Widens every bound that is in the way more often than `rarely`; whether any was.
    pub fn widen(&mut self, pressure: &Pressure, rarely: f64) -> bool {
        let before = self.clone();
        let wider = |by: f64| (by * (WIDER - 1.0)).max(LEAST_WIDER).ceil();
        if !self.is_given {
            for ((_, most), &often) in self.requests.iter_mut().zip(&pressure.requests) {
                if often > rarely {
                    *most += wider(f64::from(*most)) as u32;
                }
            }
        }
        for (ceiling, &often) in self.ceilings.iter_mut().zip(&pressure.ceilings) {
            if often > rarely {
                *ceiling += wider(*ceiling);
            }
        }
        for ((floor, &often), &ceiling) in self.floors.iter_mut().zip(&pressure.floors).zip(&before.ceilings)
        {
            if often > rarely {
                *floor -= wider(ceiling);
            }
        }
        for (most, &often) in self.waiting.iter_mut().zip(&pressure.waiting) {
            if often > rarely {
                *most += wider(2.0 * *most);
            }
        }
        *self != before
    }

    /// How many states there may be at most, if every combination of stocks and orders within the bounds came up.
    pub fn estimate(&self, problem: &Problem) -> f64 {
        let network = &*problem.network;
        let shelf = network.physics.as_ref().and_then(|physics| physics.shelf.as_ref());
        let per_node = network.managed.iter().map(|(node, row)| {
            let total = self.ceilings[node.position()].max(0.0) as usize;
            let life = shelf.map_or(1, |shelf| shelf.on_hand[node].life.max(1));
            // Ways to fill places with so many units in all, for each number of units: with one place more, all that is
            // left out of the total is in it.
            let mut ways = vec![0.0; total + 1];
            ways[0] = 1.0;
            for &link in &row.incoming {
                let most = self.requests[link.position()].1 as usize;
                let due = usize::from(row.outgoing.is_empty() && life == 1);
                let owed = usize::from(!forgets(problem, link));
                for _ in due..network.supply[link].slots + order_delay(problem, link) + owed {
                    add_place(&mut ways, most);
                }
            }
            for _ in 1..life {
                add_place(&mut ways, total);
            }
            let all: f64 = ways.iter().sum();
            add_place(&mut ways, total);
            let of_link =
                |link: &MarketLinkIx| if waits(problem, *link) { self.waiting[link.position()] } else { 0.0 };
            let waiting: f64 = row.markets.iter().map(of_link).sum();
            ways.iter().sum::<f64>() + waiting * all
        });
        per_node.product::<f64>() * 2.0_f64.powi(network.layout.length(Part::Up) as i32)
    }
}

/// Ways to fill one place more, which holds at most so many units.
fn add_place(ways: &mut Vec<f64>, most: usize) {
    let (mut next, mut sum) = (vec![0.0; ways.len()], 0.0);
    for units in 0..ways.len() {
        sum += ways[units];
        if units > most {
            sum -= ways[units - most - 1];
        }
        next[units] = sum;
    }
    *ways = next;
}

/// What may be requested in a state.
#[derive(Clone, Debug)]
pub(crate) struct Limits {
    /// Least and most in all per managed node [units], and whether it is its ceiling that allows no more.
    nodes: Vec<(f64, f64, bool)>,
    /// Whether nothing that may be requested lies between the least and the most everywhere, so that the least does
    /// not count.
    is_tight: bool,
    /// Most per supply link [units].
    links: Vec<f64>,
}

/// Every combination of requests within bounds.
#[derive(Clone, Debug)]
pub(crate) struct Actions {
    /// Per action the units requested on each supply link.
    requests: Vec<f64>,
    links: usize,
    /// Per action the units requested by each managed node.
    totals: Vec<f64>,
    nodes: usize,
    /// Per managed node least and most it can request, and the largest step between what it can.
    ranges: Vec<(f64, f64)>,
    steps: Vec<f64>,
    /// Per supply link the least and the most that may be requested.
    spans: Vec<(f64, f64)>,
    /// Per supply link the most that may be requested, if the bound stands in the way of more.
    tops: Vec<Option<f64>>,
    echelons: Table<ManagedIx, Echelon>,
}

impl Actions {
    /// All of them, those that ask for less on the last links first.
    pub fn within(problem: &Problem, bounds: &Bounds) -> Result<Self, ExactError> {
        let network = &*problem.network;
        let menu = |(link, &(least, most)): (SupplyLinkIx, &(u32, u32))| menu(network, link, least, most);
        let menus: Vec<Vec<f64>> = network.supply.indices().zip(&bounds.requests).map(menu).collect();
        let count: f64 = menus.iter().map(|menu| menu.len() as f64).product();
        if count > MOST_ACTIONS as f64 {
            return Err(ExactError::TooManyActions { found: count, most: MOST_ACTIONS });
        }
        let (links, nodes) = (network.supply.len(), network.managed.len());
        let top = |(link, menu): (SupplyLinkIx, &Vec<f64>)| {
            let last = menu[menu.len() - 1];
            let is_largest = size_of(network, link).is_some_and(|size| size.of_request(last + 1.0) <= last);
            (menu.len() > 1 && !is_largest).then_some(last)
        };
        let mut all = Self {
            requests: Vec::new(),
            links,
            totals: Vec::new(),
            nodes,
            ranges: vec![(0.0, 0.0); nodes],
            steps: vec![1.0; nodes],
            spans: menus.iter().map(|menu| (menu[0], menu[menu.len() - 1])).collect(),
            tops: network.supply.indices().zip(&menus).map(top).collect(),
            echelons: echelons(network)?,
        };
        for ((link, row), menu) in network.supply.iter().zip(&menus) {
            let node = row.buyer.position();
            all.steps[node] = all.steps[node].max(step(network, link));
            all.ranges[node].0 += menu[0];
            all.ranges[node].1 += menu[menu.len() - 1];
        }
        let mut chosen = vec![0; links];
        loop {
            let mut totals = vec![0.0; nodes];
            for ((row, menu), &at) in network.supply.rows().iter().zip(&menus).zip(&chosen) {
                totals[row.buyer.position()] += menu[at];
            }
            all.totals.extend(totals);
            all.requests.extend(menus.iter().zip(&chosen).map(|(menu, &at)| menu[at]));
            let Some(place) = (0..links).rev().find(|&link| chosen[link] + 1 < menus[link].len()) else {
                return Ok(all);
            };
            chosen[place] += 1;
            chosen[place + 1..].fill(0);
        }
    }

    /// The units one requests on each supply link.
    pub fn requests(&self, action: usize) -> &[f64] {
        &self.requests[action * self.links..][..self.links]
    }

    /// What may be requested in a state.
    pub fn limits(&self, problem: &Problem, bounds: &Bounds, row: &[f64]) -> Limits {
        let view = StateView::new(problem, row);
        let network = &problem.network;
        let positions: Vec<f64> =
            network.managed.indices().map(|node| view.inventory_position(node)).collect();
        let of_link = |(link, row): (SupplyLinkIx, &invmgmt::network::SupplyLink)| {
            let useful = if bounds.is_given { f64::INFINITY } else { most_useful(problem, &view, link, row) };
            let there = most_there(problem, &view, link, row).ceil();
            let asked = size_of(network, link).map_or(there, |size| size.of_request(there).max(there));
            let asked = asked.min(useful);
            let (least, most) = self.spans[link.position()];
            asked.clamp(least, most)
        };
        let links: Vec<f64> = network.supply.iter().map(of_link).collect();
        let of_node = |(node, row): (ManagedIx, &ManagedNode)| {
            let at = node.position();
            let (least, all) = self.ranges[at];
            let most = row.incoming.iter().map(|link| links[link.position()]).sum::<f64>().clamp(least, all);
            let above = (bounds.ceilings[at] - positions[at]).clamp(least, most);
            let echelon =
                self.echelons[node].position(|member| positions[member.position()] - view.unread(member));
            // Its own requests are still to be read by others.
            let below = (bounds.floors[at] - echelon - view.unread(node)).clamp(least, above);
            (below, above, above < most)
        };
        let nodes = network.managed.iter().map(of_node).collect();
        let mut limits = Limits { nodes, links, is_tight: false };
        let is_tight = self.among(&limits).next().is_none();
        limits.is_tight = is_tight;
        limits
    }

    /// The actions within these limits.
    pub fn among<'a>(&'a self, limits: &'a Limits) -> impl Iterator<Item = usize> + 'a {
        let totals = self.totals.chunks_exact(self.nodes);
        let all = totals.zip(self.requests.chunks_exact(self.links)).enumerate();
        all.filter_map(move |(action, (totals, requests))| {
            let fits = totals
                .iter()
                .zip(&limits.nodes)
                .all(|(total, (least, most, _))| (total >= least || limits.is_tight) && total <= most)
                && requests.iter().zip(&limits.links).all(|(units, most)| units <= most);
            fits.then_some(action)
        })
    }

    /// Adds to `pressure` where an action stands at a bound, so often.
    pub fn press(&self, limits: &Limits, action: usize, often: f64, pressure: &mut Pressure) {
        let totals = &self.totals[action * self.nodes..][..self.nodes];
        for (node, (&total, &(least, most, is_capped))) in totals.iter().zip(&limits.nodes).enumerate() {
            let range = self.ranges[node];
            let step = self.steps[node];
            if is_capped && total + step > most && (total > range.0 || step > 1.0) {
                pressure.ceilings[node] += often;
            }
            if least > range.0 && total - step < least {
                pressure.floors[node] += often;
            }
        }
        for ((&units, top), pressed) in
            self.requests(action).iter().zip(&self.tops).zip(&mut pressure.requests)
        {
            if top.is_some_and(|top| units >= top) {
                *pressed += often;
            }
        }
    }
}

/// What may be requested on a link between these: whole units, as its sizes of orders let them be.
fn menu(network: &Network, link: SupplyLinkIx, least: u32, most: u32) -> Vec<f64> {
    let size = size_of(network, link);
    let sized = |units: u32| size.map_or(f64::from(units), |size| size.of_request(f64::from(units)));
    let mut menu: Vec<f64> = (least..=most).map(sized).collect();
    menu.sort_by(f64::total_cmp);
    menu.dedup();
    menu
}

/// The sizes of orders of a link, if it has any.
fn size_of(network: &Network, link: SupplyLinkIx) -> Option<&OrderSize> {
    network.physics.as_ref()?.sizes.iter().find(|size| size.link == link)
}

/// The largest step between sizes of orders on a link, full trucks of its groups included [units].
fn step(network: &Network, link: SupplyLinkIx) -> f64 {
    let sized = size_of(network, link).map_or(1.0, |size| size.least.max(size.multiple));
    let truck = |joint: &Joint| {
        let volume = joint.links.iter().find(|(member, _)| *member == link)?.1;
        joint.truck.filter(|_| joint.whole_trucks).map(|truck| truck / volume)
    };
    let joints = network.physics.iter().flat_map(|physics| &physics.joints);
    joints.into_iter().filter_map(truck).fold(sized.max(1.0), f64::max).ceil()
}

/// The fixed cost of an order on a link, that of its groups included [money].
fn fixed_cost(network: &Network, link: SupplyLinkIx) -> f64 {
    let joints = network.physics.iter().flat_map(|physics| &physics.joints);
    let of_groups = joints.into_iter().filter(|joint| joint.links.iter().any(|(member, _)| *member == link));
    network.supply[link].fixed_order_cost + of_groups.map(|joint| joint.fixed_cost).sum::<f64>()
}

/// Most that suppliers may have to fill a request with, where to ask for more gets no more [units].
fn most_there(
    problem: &Problem,
    view: &StateView<'_>,
    link: SupplyLinkIx,
    row: &invmgmt::network::SupplyLink,
) -> f64 {
    let network = &*problem.network;
    if row.supplier.is_none() || !forgets(problem, link) || order_delay(problem, link) > 0 {
        return f64::INFINITY;
    }
    // Under other rules of sharing, and of what several links use, to ask for more may get more, or leave less.
    let physics = network.physics.as_deref();
    let is_shared = physics.is_some_and(|physics| {
        let shares = |rule: &Sharing| row.recipe.is_some() || matches!(rule, Sharing::Proportional);
        physics
            .allocations
            .iter()
            .any(|a| network.inputs(link).any(|(node, _)| a.node == node) && shares(&a.rule))
            || physics.indivisible.iter().any(|(indivisible, _)| *indivisible == link)
            || uses_a_resource(physics, link)
    });
    if is_shared {
        return f64::INFINITY;
    }
    let stock = |node: ManagedIx| {
        let buys = &network.managed[node].incoming;
        let arriving = match network.timeline() {
            Timeline::Release => 0.0,
            // What arrives can be shipped on; what is handed over at once has no bound here.
            Timeline::Beer
                if buys.iter().all(|&link| network.supply[link].slots > 0 && is_fixed(network, link)) =>
            {
                buys.iter().filter_map(|&link| view.in_transit(&network.supply[link]).next()).sum()
            }
            _ => return f64::INFINITY,
        };
        view.on_hand(node) + arriving
    };
    if row.recipe.is_some() {
        return network.inputs(link).map(|(input, ratio)| stock(input) / ratio).fold(f64::INFINITY, f64::min);
    }
    let of_supplier =
        |supplier: &Supplier| supplier.capacity.min(supplier.production_yield * stock(supplier.node));
    row.supplier.as_ref().map_or(f64::INFINITY, of_supplier)
}

/// Whether a link uses something of which there is only so much in a period.
fn uses_a_resource(physics: &Physics, link: SupplyLinkIx) -> bool {
    physics.resources.iter().any(|resource| resource.uses.iter().any(|row| row.link == link))
}

/// Most that a request on a link from a source without limit does now and one in a later period would not do: nothing
/// while the link is down, and what its cap leaves beside what is owed. What is requested beyond is owed until there is
/// a way, when it is filled, priced and drawn beside what is requested in that period; who waits to ask knows more by
/// then, so that to ask now is never better. Where requests have sizes, or a truck or a resource is
/// shared, it may be.
fn most_useful(
    problem: &Problem,
    view: &StateView<'_>,
    link: SupplyLinkIx,
    row: &invmgmt::network::SupplyLink,
) -> f64 {
    let network = &*problem.network;
    let Some(physics) = network.physics.as_deref() else { return f64::INFINITY };
    let size = size_of(network, link);
    let is_limited = size.is_some_and(|size| size.most.is_finite());
    let is_shared = physics.joints.iter().any(|joint| joint.links.iter().any(|(member, _)| *member == link))
        || uses_a_resource(physics, link);
    let is_source = row.supplier.is_none() && row.recipe.is_none();
    if !is_source || is_limited || is_shared || order_delay(problem, link) > 0 {
        return f64::INFINITY;
    }
    let up = network.layout.start(Part::Up);
    let down = |(position, chain): (usize, &Chain)| {
        chain.factor == 0.0 && chain.ships.contains(&link) && view.number(up + position) == 0.0
    };
    if physics.chains.iter().enumerate().any(down) {
        return 0.0;
    }
    let is_plain = size.is_none() && !physics.indivisible.iter().any(|(indivisible, _)| *indivisible == link);
    let cap = physics.caps.iter().find(|(capped, _)| *capped == link && is_plain);
    cap.map_or(f64::INFINITY, |(_, cap)| (cap - view.owed(link)).max(0.0).ceil())
}

fn is_fixed(network: &Network, link: SupplyLinkIx) -> bool {
    network.supply[link].lead_law.is_none()
}

/// The longest way of an order of a node, from its request to its receipt [periods].
fn longest(problem: &Problem, row: &ManagedNode) -> f64 {
    let way = |&link: &SupplyLinkIx| problem.network.supply[link].lead_time + order_delay(problem, link);
    row.incoming.iter().map(way).max().unwrap_or(0) as f64
}

/// Per managed node the periods of demand its echelon's position has to cover: its longest lead time, the longest way
/// down from it, and the period itself.
fn covers(problem: &Problem) -> Vec<f64> {
    let network = &*problem.network;
    let mut covers = vec![0.0; network.managed.len()];
    for node in network.buyers_first() {
        let row = &network.managed[node];
        let down = row.outgoing.iter().map(|&link| covers[network.supply[link].buyer.position()]);
        covers[node.position()] = down.fold(0.0, f64::max) + longest(problem, row) + 1.0;
    }
    covers
}

/// Per managed node the periods from the farthest source of goods to it.
fn ways_from_sources(problem: &Problem) -> Vec<f64> {
    let network = &*problem.network;
    let mut ways = vec![0.0; network.managed.len()];
    for node in network.buyers_first().into_iter().rev() {
        let way = |&link: &SupplyLinkIx| {
            let row = &network.supply[link];
            let up = network.inputs(link).map(|(input, _)| ways[input.position()]).fold(0.0, f64::max);
            up + (row.lead_time + order_delay(problem, link)) as f64 + 1.0
        };
        ways[node.position()] = network.managed[node].incoming.iter().map(way).fold(0.0, f64::max);
    }
    ways
}
