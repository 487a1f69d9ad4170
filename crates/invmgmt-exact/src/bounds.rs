//! How much may be ordered where: what keeps the states finite in number.
//!
//! Whole units are requested on each supply link up to a bound, a node's inventory position is not lifted above a
//! ceiling, and where customers wait its echelon is not left below a floor. The optimal policy has to stay clear of all
//! of them: where it does not, they are widened and the problem is solved again.

use std::ops::RangeInclusive;

use invmgmt::Problem;
use invmgmt::network::{ManagedIx, ManagedNode, MarketLinkIx, SupplyLink, SupplyLinkIx, TableIndex};
use invmgmt::period::StateView;

use crate::ExactError;
use crate::outcomes::Outcomes;

/// Standard deviations of demand over an order's cover by which ceilings at first lie above, and floors below, its
/// mean.
const ABOVE: f64 = 3.0;
const BELOW: f64 = 2.0;
/// Standard deviations above the mean to which requests at first go where nobody waits, and unmet demand where it does.
const REQUEST_ABOVE: f64 = 2.5;
const UNMET_ABOVE: f64 = 7.0;
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
    /// Most unmet demand that is told apart, per market link; more counts as this much [units].
    pub unmet: Vec<f64>,
}

/// What a policy does at the bounds: how often each is in its way [1 / period].
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Pressure {
    pub requests: Vec<f64>,
    pub ceilings: Vec<f64>,
    pub floors: Vec<f64>,
    pub unmet: Vec<f64>,
}

impl Pressure {
    pub fn of(problem: &Problem) -> Self {
        let network = &problem.network;
        Self {
            requests: vec![0.0; network.supply.len()],
            ceilings: vec![0.0; network.managed.len()],
            floors: vec![0.0; network.managed.len()],
            unmet: vec![0.0; network.market.len()],
        }
    }

    fn all(&self) -> impl Iterator<Item = &f64> {
        self.requests.iter().chain(&self.ceilings).chain(&self.floors).chain(&self.unmet)
    }

    /// How often any bound is in the way [1 / period].
    pub fn total(&self) -> f64 {
        self.all().sum()
    }
}

impl Bounds {
    /// Bounds to begin with, from the demand an order has to cover.
    pub fn first(problem: &Problem, outcomes: &Outcomes, given: Option<&RangeInclusive<u32>>) -> Self {
        let network = &*problem.network;
        let waits = problem.rules.backlog;
        let members = echelons(problem);
        let mut bounds = Self {
            requests: Vec::new(),
            is_given: given.is_some(),
            ceilings: Vec::new(),
            floors: Vec::new(),
            unmet: Vec::new(),
        };
        let (cover_below, ways_down) = (covers(problem), ways_down(problem));
        let mut requests = Vec::new();
        for (node, row) in network.managed.iter() {
            let markets =
                members[node.position()].iter().flat_map(|&member| &network.managed[member].markets);
            let laws = markets.map(|&link| &outcomes.laws[link.position()]);
            let (mean, variance, most) = laws.fold((0.0, 0.0, 0.0), |(mean, variance, most), law| {
                (mean + law.mean(), variance + law.variance(), most + law.exceeded_by(RARELY_EXCEEDED))
            });
            let own_cover = row.incoming.iter().map(|&link| network.supply[link].lead_time).max().unwrap_or(0)
                as f64
                + 1.0;
            let used = row.stock_per_unit;
            let fixed =
                row.incoming.iter().map(|&link| network.supply[link].fixed_order_cost).fold(0.0, f64::max);
            let lot = if fixed > 0.0 {
                (2.0 * fixed * mean / row.holding_cost.max(1e-9)).sqrt().min(LONGEST_LOT * mean)
            } else {
                0.0
            };
            let deviation = variance.sqrt();
            let position = used * (mean * own_cover + ABOVE * deviation * own_cover.sqrt() + LOTS * lot);
            bounds.ceilings.push(position.max(row.initial_inventory).ceil() + 1.0);
            let cover = cover_below[node.position()];
            let floor = mean * cover - BELOW * deviation * cover.sqrt();
            bounds.floors.push(if waits { floor.floor() } else { f64::NEG_INFINITY });
            let usual = if waits { most } else { mean + REQUEST_ABOVE * deviation };
            requests.push((used * (usual + LOTS * lot)).ceil() as u32 + 1);
        }
        for link in network.supply.rows() {
            let raised = (0, requests[link.buyer.position()]);
            bounds.requests.push(given.map_or(raised, |range| (*range.start(), *range.end())));
        }
        for (link, row) in network.market.iter() {
            let law = &outcomes.laws[link.position()];
            let cover = ways_down[row.retailer.position()] + 1.0;
            let deep = law.mean() * cover + UNMET_ABOVE * (law.variance() * cover).sqrt();
            bounds.unmet.push(deep.ceil() + 1.0);
        }
        bounds
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
        highest(&mut self.unmet, &other.unmet);
        for (own, other) in self.floors.iter_mut().zip(&other.floors) {
            *own = own.min(*other);
        }
        self
    }

    /// Most unmet demand of a market link that is told apart [units].
    pub fn most_unmet(&self, link: MarketLinkIx) -> f64 {
        self.unmet[link.position()]
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
        for (unmet, &often) in self.unmet.iter_mut().zip(&pressure.unmet) {
            if often > rarely {
                *unmet += wider(2.0 * *unmet);
            }
        }
        *self != before
    }

    /// How many states there may be at most, if every combination of stocks and orders within the bounds came up.
    pub fn estimate(&self, problem: &Problem) -> f64 {
        let network = &*problem.network;
        let per_node = network.managed.iter().map(|(node, row)| {
            let total = self.ceilings[node.position()].max(0.0) as usize;
            // Ways to fill slots with so many units in all, for each number of units.
            let mut ways = vec![0.0; total + 1];
            ways[0] = 1.0;
            for &link in &row.incoming {
                let most = self.requests[link.position()].1 as usize;
                let due = usize::from(row.outgoing.is_empty());
                for _ in due..network.supply[link].lead_time {
                    let mut next = vec![0.0; total + 1];
                    let mut sum = 0.0;
                    for units in 0..=total {
                        sum += ways[units];
                        if units > most {
                            sum -= ways[units - most - 1];
                        }
                        next[units] = sum;
                    }
                    ways = next;
                }
            }
            let in_stock: f64 =
                ways.iter().enumerate().map(|(units, ways)| ways * (total - units + 1) as f64).sum();
            let waits = problem.rules.backlog;
            let unmet: f64 =
                row.markets.iter().map(|link| if waits { self.unmet[link.position()] } else { 0.0 }).sum();
            in_stock + unmet * ways.iter().sum::<f64>()
        });
        per_node.product()
    }
}

/// What may be requested in a state.
#[derive(Clone, Debug)]
pub(crate) struct Limits {
    /// Least and most in all per managed node [units], and whether it is its ceiling that allows no more.
    nodes: Vec<(f64, f64, bool)>,
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
    /// Per managed node least and most it can request.
    ranges: Vec<(f64, f64)>,
    members: Vec<Vec<ManagedIx>>,
}

impl Actions {
    /// All of them, those that ask for less on the last links first.
    pub fn within(problem: &Problem, bounds: &Bounds) -> Result<Self, ExactError> {
        let network = &*problem.network;
        let choices = bounds.requests.iter().map(|&(least, most)| f64::from(most - least) + 1.0);
        let count: f64 = choices.product();
        if count > MOST_ACTIONS as f64 {
            return Err(ExactError::TooManyActions { found: count, most: MOST_ACTIONS });
        }
        let (links, nodes) = (network.supply.len(), network.managed.len());
        let mut all = Self {
            requests: Vec::new(),
            links,
            totals: Vec::new(),
            nodes,
            ranges: vec![(0.0, 0.0); nodes],
            members: echelons(problem),
        };
        for (row, &(least, most)) in network.supply.rows().iter().zip(&bounds.requests) {
            let range = &mut all.ranges[row.buyer.position()];
            *range = (range.0 + f64::from(least), range.1 + f64::from(most));
        }
        let mut chosen: Vec<u32> = bounds.requests.iter().map(|&(least, _)| least).collect();
        loop {
            let mut totals = vec![0.0; nodes];
            for (row, &units) in network.supply.rows().iter().zip(&chosen) {
                totals[row.buyer.position()] += f64::from(units);
            }
            all.totals.extend(totals);
            all.requests.extend(chosen.iter().map(|&units| f64::from(units)));
            let Some(place) = (0..links).rev().find(|&link| chosen[link] < bounds.requests[link].1) else {
                return Ok(all);
            };
            chosen[place] += 1;
            for (units, &(least, _)) in chosen.iter_mut().zip(&bounds.requests).skip(place + 1) {
                *units = least;
            }
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
        // To ask for more than there is gets no more.
        let of_link = |(link, &(least, most)): (&SupplyLink, &(u32, u32))| {
            let there = link.supplier.map_or(f64::INFINITY, |supplier| {
                supplier.capacity.min(supplier.production_yield * view.on_hand(supplier.node))
            });
            there.ceil().clamp(f64::from(least), f64::from(most))
        };
        let links: Vec<f64> = network.supply.rows().iter().zip(&bounds.requests).map(of_link).collect();
        let of_node = |(node, row): (ManagedIx, &ManagedNode)| {
            let node = node.position();
            let least = self.ranges[node].0;
            let most = row.incoming.iter().map(|link| links[link.position()]).sum::<f64>();
            let above = (bounds.ceilings[node] - positions[node]).floor().clamp(least, most);
            let echelon: f64 = self.members[node].iter().map(|member| positions[member.position()]).sum();
            let below = (bounds.floors[node] - echelon).ceil().clamp(least, above);
            (below, above, above < most)
        };
        let nodes = network.managed.iter().map(of_node).collect();
        Limits { nodes, links }
    }

    /// The actions within these limits.
    pub fn among<'a>(&'a self, limits: &'a Limits) -> impl Iterator<Item = usize> + 'a {
        let totals = self.totals.chunks_exact(self.nodes);
        let all = totals.zip(self.requests.chunks_exact(self.links)).enumerate();
        all.filter_map(move |(action, (totals, requests))| {
            let fits = totals
                .iter()
                .zip(&limits.nodes)
                .all(|(total, (least, most, _))| total >= least && total <= most)
                && requests.iter().zip(&limits.links).all(|(units, most)| units <= most);
            fits.then_some(action)
        })
    }

    /// Adds to `pressure` where an action stands at a bound, so often.
    pub fn press(
        &self,
        bounds: &Bounds,
        limits: &Limits,
        action: usize,
        often: f64,
        pressure: &mut Pressure,
    ) {
        let totals = &self.totals[action * self.nodes..][..self.nodes];
        for (node, (&total, &(least, most, is_capped))) in totals.iter().zip(&limits.nodes).enumerate() {
            let range = self.ranges[node];
            if is_capped && total >= most && total > range.0 {
                pressure.ceilings[node] += often;
            }
            if least > range.0 && total <= least {
                pressure.floors[node] += often;
            }
        }
        for (link, (&units, &(least, most))) in self.requests(action).iter().zip(&bounds.requests).enumerate()
        {
            if units >= f64::from(most) && most > least {
                pressure.requests[link] += often;
            }
        }
    }
}

/// For each managed node those it supplies, directly or not, itself included.
fn echelons(problem: &Problem) -> Vec<Vec<ManagedIx>> {
    let network = &*problem.network;
    let members_of = |root: ManagedIx| {
        let mut members = vec![root];
        let mut next = 0;
        while let Some(&member) = members.get(next) {
            next += 1;
            for &link in &network.managed[member].outgoing {
                let buyer = network.supply[link].buyer;
                if !members.contains(&buyer) {
                    members.push(buyer);
                }
            }
        }
        members
    };
    network.managed.indices().map(members_of).collect()
}

/// Per managed node the periods of demand its echelon's position has to cover: its longest lead time, the longest way
/// down from it, and the period itself.
fn covers(problem: &Problem) -> Vec<f64> {
    let network = &*problem.network;
    let mut covers = vec![0.0; network.managed.len()];
    for node in network.buyers_first() {
        let row = &network.managed[node];
        let down = row.outgoing.iter().map(|&link| covers[network.supply[link].buyer.position()]);
        let longest = row.incoming.iter().map(|&link| network.supply[link].lead_time).max().unwrap_or(0);
        covers[node.position()] = down.fold(0.0, f64::max) + longest as f64 + 1.0;
    }
    covers
}

/// Per managed node the periods from the farthest source of goods to it.
fn ways_down(problem: &Problem) -> Vec<f64> {
    let network = &*problem.network;
    let mut ways = vec![0.0; network.managed.len()];
    for node in network.buyers_first().into_iter().rev() {
        let way = |&link: &SupplyLinkIx| {
            let row = &network.supply[link];
            let up = row.supplier.map_or(0.0, |supplier| ways[supplier.node.position()]);
            up + row.lead_time as f64 + 1.0
        };
        ways[node.position()] = network.managed[node].incoming.iter().map(way).fold(0.0, f64::max);
    }
    ways
}
