//! What chance may do in supply in a period, with probabilities.
//!
//! The engine decides by numbers that are uniform on [0, 1), drawn before anybody acts. Each of them is cut into the
//! few intervals that make a difference, and one number stands for each interval. Where what makes a difference depends
//! on how many units there are, as for yields of single units, the period is played up to there to see.
//!
//! When goods arrive that are on their way by a drawn lead time is hidden from policies. Given what they see, each
//! order that has not arrived does so now by the hazard of its age, whatever the others do; so states need no hidden
//! numbers.

use invmgmt::Problem;
use invmgmt::network::{
    Cause, FillStep, LeadModel, Link, LinkIx, Network, Part, Physics, RandomLead, Share, Sharing,
    SupplyLinkIx, Timeline, YieldLaw,
};
use invmgmt::period::{Flows, open_by};

use crate::ExactError;

/// Most outcomes of chance in supply in a period.
const MOST_FATES: usize = 100_000;
/// Probability below which a number of units is left out, its probability given to the others.
const NEGLIGIBLE: f64 = 1e-14;
/// Periods until something arrives that does not arrive now.
const LATER: f64 = 2.0;

/// Where a number stands that chance decides.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Place {
    /// Among the period's draws.
    Draw(usize),
    /// In the row, hidden.
    Hidden(usize),
}

/// What chance may do in a period as far as no number of units matters, and how likely that is.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Fate {
    set: Vec<(Place, f64)>,
    pub probability: f64,
}

impl Fate {
    /// Puts its numbers where the engine looks for them.
    #[inline(always)]
    pub fn put<const W: usize>(&self, rows: &mut [[f64; W]], draws: &mut [[f64; W]], lane: usize) {
        for &(place, number) in &self.set {
            match place {
                Place::Draw(draw) => draws[draw][lane] = number,
                Place::Hidden(position) => rows[position][lane] = number,
            }
        }
    }
}

/// A draw that decides which of some units come through, each with the same chance.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct UnitDraw {
    /// The draw.
    pub draw: usize,
    /// A unit's chance.
    chance: f64,
    units: Units,
}

/// Which units a draw is about.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Units {
    /// Those at a place of the row before the period.
    There(usize),
    /// Those filled on a link, less those that came through another draw.
    Moved(LinkIx, Option<usize>),
}

/// What chance may do in supply.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Supply {
    /// Per thing that happens whatever the state is, what may happen.
    always: Vec<Vec<Fate>>,
    /// Per chain of failures its draw, where its state stands, and its chances of going down and coming up.
    chains: Vec<(usize, usize, f64, f64)>,
    /// Per place of goods whose arrival is hidden: it, where its hidden number stands, and the chance that they arrive.
    arrivals: Vec<(usize, usize, f64)>,
    /// Draws about units, in the order in which the engine comes to them.
    units: Vec<UnitDraw>,
}

impl Supply {
    /// What chance may do in a problem's supply.
    ///
    /// # Errors
    /// [`ExactError::Unmodelled`] with everything that chance decides in a way that is not modelled, and where.
    pub fn of(problem: &Problem) -> Result<Self, ExactError> {
        let network = &*problem.network;
        let Some(physics) = network.physics.as_deref() else { return Ok(Self::default()) };
        let faults = faults(problem, physics);
        if !faults.is_empty() {
            return Err(ExactError::Unmodelled { what: faults.join("; ") });
        }
        let mut supply = Self::default();
        supply.add_leads(network, physics);
        supply.add_yields(network, physics);
        supply.add_rest(network, physics);
        Ok(supply)
    }

    /// Whether nothing is left to chance.
    pub fn is_certain(&self) -> bool {
        self.always.is_empty() && self.chains.is_empty() && self.arrivals.is_empty() && self.units.is_empty()
    }

    /// Draws about units, in order.
    pub fn units(&self) -> &[UnitDraw] {
        &self.units
    }

    /// Everything that may happen in a period that begins in `row`.
    pub fn fates(&self, row: &[f64], fates: &mut Vec<Fate>) -> Result<(), ExactError> {
        fates.clear();
        fates.push(Fate { set: Vec::new(), probability: 1.0 });
        let mut join = |group: &[Fate]| {
            if fates.len() * group.len() > MOST_FATES {
                return Err(ExactError::TooManyOutcomes { of: "chance in supply", most: MOST_FATES });
            }
            *fates = fates.iter().flat_map(|one| group.iter().map(|other| one.with(other))).collect();
            Ok(())
        };
        for group in &self.always {
            join(group)?;
        }
        for &(draw, position, down, up) in &self.chains {
            let change = if row[position] > 0.0 { down } else { up };
            join(&either(Place::Draw(draw), change, 0.5 * change, 0.5 * (1.0 + change)))?;
        }
        for &(goods, hidden, hazard) in &self.arrivals {
            if row[goods] > 0.0 {
                join(&either(Place::Hidden(hidden), hazard, 1.0, LATER))?;
            }
        }
        Ok(())
    }

    fn add_leads(&mut self, network: &Network, physics: &Physics) {
        let layout = &network.layout;
        let (slots, hidden) = (layout.start(Part::InTransit), layout.start(Part::DrawnLeads));
        let early = usize::from(physics.timeline == Timeline::OrderFirst);
        for link in in_order(network, physics) {
            let Some(lead) = physics.lead_of[link].map(|lead| &physics.leads[lead]) else { continue };
            let row = &network.supply[link];
            match lead.model {
                LeadModel::Unit => {
                    let first = self.units.len();
                    let now = Units::Moved(row.link, None);
                    self.add_unit(lead.draw, lead.hazards[0], now);
                    if early > 0 && row.lead_time > 0 {
                        let handed = (self.units.len() > first).then_some(first);
                        self.add_unit(lead.draw + 1, lead.hazards[1], Units::Moved(row.link, handed));
                    }
                    for slot in 0..row.slots {
                        let age = row.slots - slot + early;
                        let there = Units::There(slots + row.first_slot + slot);
                        self.add_unit(lead.draw + age, lead.hazards[age], there);
                    }
                }
                LeadModel::Sweep => self.always.push(lead_times(lead, usize::MAX)),
                _ if row.announced => self.always.push(lead_times(lead, usize::MAX)),
                LeadModel::Free | LeadModel::Fifo => {
                    self.always.push(lead_times(lead, early));
                    self.arrivals.extend((0..row.slots).map(|slot| {
                        let age = row.slots - slot + early;
                        let hazard = lead.hazards.get(age).copied().unwrap_or(0.0);
                        (slots + row.first_slot + slot, hidden + lead.hidden + slot, hazard)
                    }));
                }
            }
        }
    }

    fn add_unit(&mut self, draw: usize, chance: f64, units: Units) {
        if chance > 0.0 && chance < 1.0 {
            self.units.push(UnitDraw { draw, chance, units });
        }
    }

    fn add_yields(&mut self, network: &Network, physics: &Physics) {
        let slots = network.layout.start(Part::InTransit);
        for link in in_order(network, physics) {
            let Some(entry) = physics.yields.iter().find(|entry| entry.link == link) else { continue };
            let row = &network.supply[link];
            match entry.law {
                YieldLaw::AllOrNothing(chance) => {
                    let place = Place::Draw(entry.draw);
                    self.always.push(either(place, chance, 0.5 * chance, 0.5 * (1.0 + chance)));
                }
                YieldLaw::Binomial(chance) => {
                    let waits = entry.at_receipt && row.slots > 0;
                    let moved = Units::Moved(row.link, None);
                    let units = if waits { Units::There(slots + row.first_slot) } else { moved };
                    self.add_unit(entry.draw, chance, units);
                }
                YieldLaw::Uniform(..) => {}
            }
        }
    }

    fn add_rest(&mut self, network: &Network, physics: &Physics) {
        let ups = network.layout.start(Part::Up);
        for (position, chain) in physics.chains.iter().enumerate() {
            if let (Cause::Chain { down, up, .. }, Some(draw)) = (&chain.cause, chain.draw) {
                self.chains.push((draw, ups + position, *down, *up));
            }
        }
        for allocation in &physics.allocations {
            if let Sharing::Random(first) = allocation.rule {
                self.always.push(shuffles(first, network.managed[allocation.node].outgoing.len()));
            }
        }
        let Some(shelf) = &physics.shelf else { return };
        for (link, row) in network.market.iter() {
            if let (share, Some(draw)) = shelf.issue[link] {
                self.add_unit(draw, share, Units::Moved(row.link, None));
            }
        }
    }

    /// How many units a draw is about, once the period was played with the draws before it: `through` says how many
    /// came through each of those.
    pub fn count<const W: usize>(
        &self,
        which: usize,
        network: &Network,
        row: &[f64],
        flows: &Flows<W>,
        through: &[f64],
    ) -> f64 {
        match self.units[which].units {
            Units::There(position) => row[position],
            Units::Moved(link, less) => {
                let moved = flows.moved(network, link, 0);
                let moved =
                    if matches!(network.links[link], Link::Market(_)) { moved.round() } else { moved };
                moved - less.map_or(0.0, |other| through[other])
            }
        }
    }
}

impl Fate {
    fn with(&self, other: &Self) -> Self {
        let set = self.set.iter().chain(&other.set).copied().collect();
        Self { set, probability: self.probability * other.probability }
    }
}

impl UnitDraw {
    /// How many of so many units may come through, with probabilities and a draw that lets so many through.
    pub fn outcomes(&self, units: f64) -> Vec<(f64, f64, f64)> {
        let count = units.floor();
        if count < 1.0 {
            return vec![(0.0, 1.0, 0.5)];
        }
        // The engine counts from the nearer end.
        let is_likely = self.chance > 0.5;
        let chance = if is_likely { 1.0 - self.chance } else { self.chance };
        let odds = chance / (1.0 - chance);
        // Weights against the likeliest number: of thousands of units none is too unlikely to begin with.
        let mut at = ((count + 1.0) * chance).floor();
        let mut weight = 1.0;
        while at > 0.0 && weight > NEGLIGIBLE * NEGLIGIBLE {
            weight *= at / (odds * (count - at + 1.0));
            at -= 1.0;
        }
        let mut weights = vec![(at, weight)];
        while at < count && (weight > NEGLIGIBLE * NEGLIGIBLE || at < count * chance) {
            weight *= odds * (count - at) / (at + 1.0);
            at += 1.0;
            weights.push((at, weight));
        }
        let total: f64 = weights.iter().map(|(_, weight)| weight).sum();
        let (mut below, mut outcomes) = (0.0, Vec::new());
        for (at, weight) in weights {
            let term = weight / total;
            let to: f64 = below + term;
            if term > NEGLIGIBLE {
                let middle = 0.5 * (below + to.min(1.0));
                outcomes.push(if is_likely { (count - at, term, 1.0 - middle) } else { (at, term, middle) });
            }
            below = to;
        }
        let total: f64 = outcomes.iter().map(|outcome| outcome.1).sum();
        for outcome in &mut outcomes {
            outcome.1 /= total;
        }
        outcomes
    }
}

/// Something that happens with a chance, and a number for either case.
fn either(place: Place, chance: f64, happens: f64, fails: f64) -> Vec<Fate> {
    let fates = [(chance, happens), (1.0 - chance, fails)];
    let likely = fates.into_iter().filter(|(probability, _)| *probability > 0.0);
    likely.map(|(probability, number)| Fate { set: vec![(place, number)], probability }).collect()
}

/// The lead times of a law; those beyond `apart` are not told apart.
fn lead_times(lead: &RandomLead, apart: usize) -> Vec<Fate> {
    let fate = |draw: f64, probability| Fate { set: vec![(Place::Draw(lead.draw), draw)], probability };
    let (mut fates, mut below) = (Vec::new(), 0.0);
    for (periods, &chance) in lead.law.chances.iter().enumerate() {
        if periods > apart {
            break;
        }
        if chance > 0.0 {
            fates.push(fate(below + 0.5 * chance, chance));
        }
        below += chance;
    }
    let rest = lead.law.at_least(apart.saturating_add(1).min(lead.law.chances.len()));
    if rest > 1e-15 {
        fates.push(fate(1.0 - 0.5 * rest, rest));
    }
    fates
}

/// Every order of so many links, by draws that sort them so.
fn shuffles(first: usize, links: usize) -> Vec<Fate> {
    let mut orders = vec![Vec::new()];
    for link in 0..links {
        let insert = |order: &Vec<usize>| -> Vec<Vec<usize>> {
            (0..=order.len())
                .map(|at| {
                    let mut longer = order.clone();
                    longer.insert(at, link);
                    longer
                })
                .collect()
        };
        orders = orders.iter().flat_map(insert).collect();
    }
    let probability = 1.0 / orders.len() as f64;
    let fate = |order: Vec<usize>| {
        let rank =
            |(rank, link): (usize, usize)| (Place::Draw(first + link), (rank as f64 + 0.5) / links as f64);
        Fate { set: order.into_iter().enumerate().map(rank).collect(), probability }
    };
    orders.into_iter().map(fate).collect()
}

/// Supply links, recipes among them, in the order in which they are filled.
fn in_order(network: &Network, physics: &Physics) -> Vec<SupplyLinkIx> {
    let filled = |step: &FillStep| match step {
        FillStep::Fill(link) => Some(*link),
        FillStep::Make(recipe) => Some(network.recipes[*recipe].link),
        FillStep::Share(_) => None,
    };
    physics.filling.iter().filter_map(filled).collect()
}

/// What chance decides in a way that is not modelled, and what divides units so that states have no end.
fn faults(problem: &Problem, physics: &Physics) -> Vec<String> {
    let network = &*problem.network;
    let name = |link: SupplyLinkIx| network.link_name(network.supply[link].link);
    let mut faults = Vec::new();
    for lead in &physics.leads {
        let (least, most) = (lead.law.shortest(), lead.law.longest());
        let entry = physics.yields.iter().find(|entry| entry.link == lead.link);
        let row = &network.supply[lead.link];
        let mut fault = |why: &str| faults.push(format!("link {}: {why}", name(lead.link)));
        match lead.model {
            // Neighbouring values cannot cross.
            LeadModel::Fifo if most > least + 1 || lead.law.never > 0.0 => {
                fault(
                    "lead times that may not cross ('crossing: fifo'): what is drawn stays hidden and binds later orders",
                );
            }
            LeadModel::Sweep if physics.timeline == Timeline::OrderFirst && least == 0 => {
                fault(
                    "'crossing: sweep' with a lead time of 0 under the timeline order-first: a draw decides twice",
                );
            }
            LeadModel::Unit if entry.is_some() => fault("a random yield beside 'draw: unit'"),
            _ => {}
        }
        let opens = physics.opening.in_transit.iter().any(|(link, _)| *link == lead.link);
        if opens && !row.announced && matches!(lead.model, LeadModel::Free | LeadModel::Fifo) {
            fault("'in_transit' at the start beside a random lead time: its due dates are fixed, and hidden");
        }
        if row.announced && lead.law.never > 0.0 {
            fault("orders that never arrive where due dates are announced");
        }
        if entry.is_some_and(|entry| matches!(entry.law, YieldLaw::Binomial(_)))
            && lead.model != LeadModel::Unit
        {
            fault("a yield of single units beside a random lead time");
        }
        if lead.model == LeadModel::Unit
            && physics.shelf.as_ref().is_some_and(|shelf| shelf.links[lead.link].sent.life > 0)
        {
            fault("'draw: unit' beside a shelf life");
        }
    }
    for entry in &physics.yields {
        let mut fault = |why: &str| faults.push(format!("link {}: {why}", name(entry.link)));
        match entry.law {
            YieldLaw::Uniform(..) => fault("'yield: uniform': any share may arrive"),
            YieldLaw::Binomial(_) if entry.draws > 1 => fault("'yield: binomial' of goods of several ages"),
            _ => {}
        }
    }
    for resource in &physics.resources {
        match resource.share {
            Share::FirstCome => faults.push(format!(
                "resource {}: 'share: fcfs': who comes first is drawn unit by unit",
                resource.name
            )),
            Share::Proportional if !physics.whole_units => {
                faults.push(format!("resource {}: 'share: proportional' {DIVIDES}", resource.name));
            }
            _ => {}
        }
    }
    if !physics.whole_units {
        for allocation in &physics.allocations {
            let node = network.managed_id(allocation.node);
            match allocation.rule {
                Sharing::Proportional => {
                    faults.push(format!("node {node}: allocation 'proportional' {DIVIDES}"));
                }
                Sharing::FairShare(_) => {
                    faults.push(format!("node {node}: allocation 'fair-share' {DIVIDES}"));
                }
                _ => {}
            }
        }
        for chain in &physics.chains {
            let share = |share: f64| share > 0.0 && share < 1.0;
            if share(chain.factor) || share(chain.destroy) {
                faults.push(format!("disruption of {}: a share that is left {DIVIDES}", chain.name));
            }
        }
        for terms in physics.customers.iter().filter(|terms| terms.share > 0.0 && terms.share < 1.0) {
            let link = network.link_name(network.market[terms.link].link);
            faults.push(format!("link {link}: wait_share {DIVIDES}"));
        }
        for (link, row) in network.market.iter() {
            let share = physics.shelf.as_ref().map_or(1.0, |shelf| shelf.issue[link].0);
            if share > 0.0 && share < 1.0 {
                faults.push(format!("link {}: a share of demand {DIVIDES}", network.link_name(row.link)));
            }
        }
    }
    faults
}

/// What is said of shares where units are not whole.
const DIVIDES: &str = "divides units, so that states have no end (units: whole keeps them whole)";

/// The rows a problem may begin in, with probabilities.
pub(crate) fn openings(problem: &Problem, opening: &[f64]) -> Vec<(Vec<f64>, f64)> {
    let network = &*problem.network;
    let mut draws = vec![(Vec::new(), 1.0)];
    for chain in network.physics.iter().flat_map(|physics| &physics.chains) {
        let Cause::Chain { down, up, starts_down } = chain.cause else { continue };
        let mut longer: Vec<(Vec<f64>, f64)> = Vec::new();
        for (failures, probability) in &draws {
            let cases =
                [(starts_down, 0.5 * starts_down, up), (1.0 - starts_down, 0.5 * (1.0 + starts_down), down)];
            for (first, before, change) in cases {
                for (chance, now) in [(change, 0.5 * change), (1.0 - change, 0.5 * (1.0 + change))] {
                    let likely = probability * first * chance;
                    if likely > 0.0 {
                        longer.push(([failures.as_slice(), &[before, now]].concat(), likely));
                    }
                }
            }
        }
        draws = longer;
    }
    let open = |(failures, probability): (Vec<f64>, f64)| {
        let mut row: Vec<[f64; 1]> = opening.iter().map(|&number| [number]).collect();
        let mut next = failures.into_iter();
        open_by(network, &mut row, 0, || 0.5, || next.next().unwrap_or(0.5));
        (row.into_iter().map(|[number]| number).collect(), probability)
    };
    draws.into_iter().map(open).collect()
}
