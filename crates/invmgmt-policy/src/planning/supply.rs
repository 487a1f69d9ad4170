//! When goods arrive, how much of them, and what is down: as it is known, as it was drawn, or as it is on average.

use invmgmt::network::{
    Cause, Chain, LeadModel, LinkYield, ManagedIx, Network, Part, Physics, RandomLead, SupplyLink,
    SupplyLinkIx, TableIndex, Timeline, YieldLaw,
};
use invmgmt::period::StateView;

/// Parts of a unit that are nothing but rounding [1].
const ROUNDING: f64 = 1e-12;

/// What becomes of a unit filled in a period.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Shipment {
    /// What of it sets out [1].
    pub sent: f64,
    /// What of it is paid for at once [1].
    pub paid: f64,
    /// Whether what arrives is paid for as it does.
    pub pays_on_arrival: bool,
    /// When it arrives, in order.
    pub arrivals: Vec<Arrival>,
}

/// A share of a unit that comes to the end of its way.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Arrival {
    /// The first period in which it can be of use, or its place in transit is free.
    pub period: usize,
    /// What is on its way no more [1].
    pub leaves: f64,
    /// What of that is put into stock [1].
    pub arrives: f64,
}

/// What was drawn for supply in an episode, or is known of it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct DrawnSupply {
    links: usize,
    nodes: usize,
    /// Period by period and link by link.
    shipments: Vec<Shipment>,
    /// What is left of the flow, likewise [1].
    factors: Vec<f64>,
    /// Whether requests are taken, likewise.
    open: Vec<bool>,
    /// Period by period and node by node, the share of the stock at its end that is there in the next [1].
    kept: Vec<f64>,
    /// Per link, when its goods arrive that are on their way at the start, and what share of them [1].
    opening: Vec<Vec<(usize, f64)>>,
}

/// What a plan reckons with. What was drawn is known from the start of an episode, and planned with there.
#[derive(Clone, Copy)]
pub(super) struct Supply<'a> {
    network: &'a Network,
    drawn: Option<&'a DrawnSupply>,
}

impl<'a> Supply<'a> {
    /// As drawn, or where nothing is known of that as it is on average.
    pub fn new(network: &'a Network, drawn: Option<&'a DrawnSupply>) -> Self {
        Self { network, drawn }
    }

    /// What becomes of a unit filled on a link in a period.
    pub fn shipment(&self, period: usize, link: SupplyLinkIx) -> Shipment {
        match self.drawn {
            Some(drawn) => drawn.shipments[period * drawn.links + link.position()].clone(),
            None => on_average(self.network, period, link),
        }
    }

    /// The share of a node's stock at the end of a period that is there in the next [1].
    pub fn kept(&self, period: usize, node: ManagedIx) -> f64 {
        self.drawn.map_or(1.0, |drawn| drawn.kept[period * drawn.nodes + node.position()])
    }

    /// The period in which goods are received that can be of use from another on: the one before where goods are
    /// received last.
    pub fn received(&self, arrival: usize) -> usize {
        arrival.saturating_sub(late(self.network))
    }

    /// Whether what arrives on a link is paid for as it does.
    pub fn pays_on_arrival(&self, link: SupplyLinkIx) -> bool {
        link_yield(self.network, link).is_some_and(|row| row.at_receipt && row.pay_received)
    }

    /// Units on a link's way at the start: the period to come in which their way ends, how many, and how many of them
    /// arrive.
    pub fn in_transit(
        &self,
        state: &StateView<'_>,
        link: SupplyLinkIx,
        mut note: impl FnMut(usize, f64, f64),
    ) {
        let row = &self.network.supply[link];
        for (slot, units) in state.in_transit(row).enumerate().filter(|&(_, units)| units != 0.0) {
            match self.drawn {
                Some(drawn) => {
                    let (period, share) = drawn.opening[link.position()][slot];
                    let received_last = self.received(period) < period;
                    let surviving = if received_last { self.kept(period - 1, row.buyer) } else { 1.0 };
                    note(period, units, share * surviving * units);
                }
                None => arriving_on_average(self.network, link, slot, |period, part, share| {
                    note(period, part * units, share * units);
                }),
            }
        }
    }

    /// What is left of the flow on a link in a period to come, and whether its requests are taken then. Where nothing
    /// is drawn: what is up stays up, and what is down is so for as long as it is on average.
    pub fn working(&self, state: &StateView<'_>, period: usize, link: SupplyLinkIx) -> (f64, bool) {
        if let Some(drawn) = self.drawn {
            let at = (state.period() + period) * drawn.links + link.position();
            return (drawn.factors[at], drawn.open[at]);
        }
        let Some(physics) = self.network.physics.as_deref() else { return (1.0, true) };
        let (mut factor, mut open) = (1.0, true);
        let ups = self.network.layout.start(Part::Up);
        for (position, chain) in physics.chains.iter().enumerate() {
            let up = match &chain.cause {
                Cause::Periods(spans) => Chain::is_planned_up(spans, state.period() + period),
                Cause::Chain { up, .. } => state.number(ups + position) > 0.0 || period as f64 * up >= 1.0,
            };
            if !up && chain.ships.contains(&link) {
                factor *= chain.factor;
            }
            open &= up || !chain.orders.contains(&link);
        }
        (factor, open)
    }
}

/// Periods between the receipt of goods and the first in which they can be of use: under `order-first` they are
/// received last.
fn late(network: &Network) -> usize {
    usize::from(network.timeline() == Timeline::OrderFirst)
}

/// Where the lead time of a link is drawn, how.
fn lead(network: &Network, link: SupplyLinkIx) -> Option<&RandomLead> {
    let physics = network.physics.as_deref()?;
    physics.lead_of[link].map(|lead| &physics.leads[lead])
}

fn link_yield(network: &Network, link: SupplyLinkIx) -> Option<&LinkYield> {
    network.physics.as_deref().and_then(|physics| physics.link_yield(link))
}

/// Periods after which what is still on a link's way is given up.
fn given_up(network: &Network, row: &SupplyLink) -> usize {
    row.slots + late(network)
}

fn mean_share(law: YieldLaw) -> f64 {
    match law {
        YieldLaw::AllOrNothing(share) | YieldLaw::Binomial(share) => share,
        YieldLaw::Uniform(low, high) => 0.5 * (low + high),
    }
}

/// Chance that a unit arrives so many periods after it left, by the model of its lead time [1].
fn chance(lead: &RandomLead, after: usize) -> f64 {
    let of = |age: usize| lead.law.chances.get(age).copied().unwrap_or(0.0);
    if lead.model != LeadModel::Sweep {
        return of(after);
    }
    // It arrives with the first draw that is no longer than its age.
    let mut left = 1.0;
    for age in 0..=after {
        let swept: f64 = (0..=age).map(of).sum();
        if age == after {
            return left * swept;
        }
        left *= 1.0 - swept;
    }
    0.0
}

fn on_average(network: &Network, period: usize, link: SupplyLinkIx) -> Shipment {
    let row = &network.supply[link];
    let parts = match lead(network, link) {
        None => vec![(period + row.lead_time, 1.0)],
        Some(lead) => (0..=row.lead_time).map(|after| (period + after, chance(lead, after))).collect(),
    };
    let mean = link_yield(network, link).map_or(1.0, |row| mean_share(row.law));
    shipment(network, period, link, &parts, |_| mean)
}

/// A unit filled in a period that arrives in these periods and parts, where `share` tells what of it does by the draws
/// of a period.
fn shipment(
    network: &Network,
    period: usize,
    link: SupplyLinkIx,
    parts: &[(usize, f64)],
    share: impl Fn(usize) -> f64,
) -> Shipment {
    let law = link_yield(network, link);
    let [at_receipt, pays_received] = law.map_or([false; 2], |law| [law.at_receipt, law.pay_received]);
    let sent = if law.is_some() && !at_receipt { share(period) } else { 1.0 };
    let received = |arrival: usize| if arrival == period { period } else { arrival - late(network) };
    let mut arrivals: Vec<Arrival> = parts
        .iter()
        .filter(|(_, part)| *part > 0.0)
        .map(|&(arrival, part)| {
            let kept = if at_receipt { share(received(arrival)) } else { 1.0 };
            Arrival { period: arrival, leaves: sent * part, arrives: sent * part * kept }
        })
        .collect();
    let never = sent - arrivals.iter().map(|arrival| arrival.leaves).sum::<f64>();
    if never > ROUNDING {
        let period = period + given_up(network, &network.supply[link]);
        arrivals.push(Arrival { period, leaves: never, arrives: 0.0 });
    }
    let paid = match (pays_received, at_receipt) {
        (false, _) => 1.0,
        (true, false) => sent,
        (true, true) => 0.0,
    };
    Shipment { sent, paid, pays_on_arrival: pays_received && at_receipt, arrivals }
}

/// When a unit in a slot of a link arrives, counted from now, and with what chance, if it has not done so before.
fn arriving_on_average(
    network: &Network,
    link: SupplyLinkIx,
    slot: usize,
    mut note: impl FnMut(usize, f64, f64),
) {
    let (row, late) = (&network.supply[link], late(network));
    let mean = link_yield(network, link).filter(|row| row.at_receipt).map_or(1.0, |row| mean_share(row.law));
    let Some(lead) = lead(network, link).filter(|_| !row.announced) else {
        return note(slot + late, 1.0, mean);
    };
    let age = row.slots - slot + late;
    let before: f64 = (0..age).map(|after| chance(lead, after)).sum();
    for after in age..=row.lead_time {
        let part = chance(lead, after) / (1.0 - before).max(ROUNDING);
        if part > 0.0 {
            note(after - age + late, part, mean * part);
        }
    }
}

impl DrawnSupply {
    /// What supply does in an episode whose numbers were drawn: those of chance period by period, what is up at the
    /// start of each and after the last, and what is hidden at the start of the first.
    pub fn of(
        network: &Network,
        physics: &Physics,
        draws: &[Vec<f64>],
        ups: &[Vec<f64>],
        hidden: &[f64],
    ) -> Self {
        let (links, nodes, periods) = (network.supply.len(), network.managed.len(), draws.len());
        let leads = LeadTimes { network, physics, draws, hidden };
        let mut drawn = Self {
            links,
            nodes,
            shipments: vec![Shipment::default(); periods * links],
            factors: vec![1.0; periods * links],
            open: vec![true; periods * links],
            kept: vec![1.0; periods * nodes],
            opening: Vec::with_capacity(links),
        };
        for link in network.supply.indices() {
            let share = |period: usize| share_arriving(network, link, draws.get(period));
            for (period, due) in leads.due(link).into_iter().enumerate() {
                let parts: Vec<(usize, f64)> = due.map(|due| (due, 1.0)).into_iter().collect();
                let at = period * links + link.position();
                drawn.shipments[at] = shipment(network, period, link, &parts, share);
            }
            drawn.opening.push(leads.opening(link, share));
        }
        for (period, ups) in ups.windows(2).enumerate() {
            for (position, chain) in physics.chains.iter().enumerate() {
                let [up, up_next] = [0, 1].map(|later| ups[later][position] > 0.0);
                if up && !up_next {
                    let stocks = chain.stocks.iter().map(|node| period * nodes + node.position());
                    stocks.for_each(|at| drawn.kept[at] *= 1.0 - chain.destroy);
                }
                if !up {
                    let at = |link: &SupplyLinkIx| period * links + link.position();
                    chain.ships.iter().for_each(|link| drawn.factors[at(link)] *= chain.factor);
                    chain.orders.iter().for_each(|link| drawn.open[at(link)] = false);
                }
            }
        }
        drawn
    }
}

/// What of a unit arrives, by the numbers drawn in a period; all of it where nothing is drawn [1].
fn share_arriving(network: &Network, link: SupplyLinkIx, draws: Option<&Vec<f64>>) -> f64 {
    let Some(row) = link_yield(network, link) else { return 1.0 };
    let Some(draw) = draws.map(|draws| draws[row.draw]) else { return mean_share(row.law) };
    match row.law {
        YieldLaw::AllOrNothing(share) => f64::from(u8::from(draw < share)),
        YieldLaw::Uniform(low, high) => low + (high - low) * draw,
        YieldLaw::Binomial(share) => share,
    }
}

/// When what is shipped arrives, by the numbers drawn.
struct LeadTimes<'a> {
    network: &'a Network,
    physics: &'a Physics,
    /// Period by period.
    draws: &'a [Vec<f64>],
    /// What is hidden in the state at the start.
    hidden: &'a [f64],
}

impl LeadTimes<'_> {
    /// The lead time drawn in a period, if an order of that arrives at all.
    fn drawn(&self, lead: &RandomLead, period: usize) -> Option<usize> {
        lead.law.drawn(self.draws.get(period)?[lead.draw])
    }

    /// The draw that decides what arrives in a period, of those of which one a period sweeps the link.
    fn sweep(&self, lead: &RandomLead, arrival: usize) -> Option<usize> {
        match arrival.checked_sub(late(self.network)) {
            Some(period) => self.drawn(lead, period),
            None => Some(self.hidden[lead.hidden] as usize),
        }
    }

    /// When a unit shipped on a link arrives, period by period; none where it never does.
    fn due(&self, link: SupplyLinkIx) -> Vec<Option<usize>> {
        let (row, periods) = (&self.network.supply[link], self.draws.len());
        let Some(lead) = self.physics.lead_of[link].map(|lead| &self.physics.leads[lead]) else {
            return (0..periods).map(|period| Some(period + row.lead_time)).collect();
        };
        let mut last = Some(0);
        let mut due = |period: usize| match lead.model {
            LeadModel::Free | LeadModel::Unit => Some(period + self.drawn(lead, period)?),
            LeadModel::Fifo => {
                last = self.drawn(lead, period).and_then(|drawn| Some(last?.max(period + drawn)));
                last
            }
            LeadModel::Sweep => (period..=period + given_up(self.network, row))
                .find(|&arrival| self.sweep(lead, arrival).is_some_and(|drawn| period + drawn <= arrival)),
        };
        (0..periods).map(&mut due).collect()
    }

    /// When a link's goods arrive that are on their way at the start, slot by slot, and what of them.
    fn opening(&self, link: SupplyLinkIx, share: impl Fn(usize) -> f64) -> Vec<(usize, f64)> {
        let (row, late) = (&self.network.supply[link], late(self.network));
        let swept = self.physics.lead_of[link].map(|lead| &self.physics.leads[lead]);
        let swept = swept.filter(|lead| lead.model == LeadModel::Sweep && !row.announced);
        let at_receipt = link_yield(self.network, link).is_some_and(|row| row.at_receipt);
        let of_slot = |slot: usize| {
            let is_due = |at: &usize| {
                let drawn = swept.and_then(|lead| self.drawn(lead, at - late));
                drawn.is_some_and(|drawn| drawn <= at + row.slots - slot)
            };
            let arrival = if swept.is_some() { (late..=slot + late).find(is_due) } else { Some(slot + late) };
            let of = |arrival: usize| (arrival, if at_receipt { share(arrival - late) } else { 1.0 });
            arrival.map_or((slot + late, 0.0), of)
        };
        (0..row.slots).map(of_slot).collect()
    }
}
