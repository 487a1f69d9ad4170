//! The reverse of a period of a network with mechanisms: the period is retold on a [tape](super::tape), and the tape
//! played backwards.
//!
//! Each file retells a phase of [`crate::period`]'s mechanisms, in the same order and with the same operations, from
//! the rows before and after, the requests and what was drawn. Chance is data: what was drawn stays as it was drawn. A
//! debug build checks that the row it is left with is the row that was played.

mod account;
mod customers;
mod fill;
mod request;
mod resource;
mod share;
mod shelf;
mod transit;

use std::ops::Range;

use super::Played;
use super::tape::{NOTHING, Quantity, Tape};
use crate::network::{ManagedIx, Network, Part, Physics, SupplyLinkIx, TableIndex, Timeline};
use crate::period::Lanes;

/// Memory to retell periods; one serves any number of them in turn.
#[derive(Clone, Debug)]
pub(super) struct Retelling<const W: usize> {
    tape: Tape<W>,
    /// A state row, first before the period, at last after it.
    row: Vec<Quantity>,
    /// Where the requests stand among the quantities.
    requests: Vec<Quantity>,
    links: Vec<LinkFlows>,
    nodes: Vec<NodeFlows>,
    /// Units sold, per market link.
    sold: Vec<Quantity>,
    /// Units sent and received by the periods of selling they have left, as the shelf has them.
    sent_by_life: Vec<Quantity>,
    received_by_life: Vec<Quantity>,
    /// What is left of a link's flow where something is down [1].
    factors: Vec<Lanes<W>>,
    /// Lead times as drawn, where they are drawn by order [periods].
    drawn: Vec<Lanes<W>>,
    /// What is hidden, as the period moves it.
    hidden: Vec<[f64; W]>,
    /// Quantities with what a unit earns [money / unit].
    earned: Vec<(Quantity, f64)>,
    shares: share::Shares<W>,
}

/// What moves on a supply link.
#[derive(Clone, Copy, Debug, Default)]
struct LinkFlows {
    wanted: Quantity,
    sought: Quantity,
    allowed: Quantity,
    filled: Quantity,
    sent: Quantity,
    handed: Quantity,
    received: Quantity,
    placed: Quantity,
    paid: Quantity,
    paid_on_receipt: Quantity,
}

/// What moves at a managed node.
#[derive(Clone, Copy, Debug, Default)]
struct NodeFlows {
    promised: Quantity,
    shipped: Quantity,
    arriving: Quantity,
    reserved: Quantity,
    used: Quantity,
}

impl<const W: usize> Retelling<W> {
    /// Memory for a network with mechanisms.
    pub fn new(network: &Network, physics: &Physics) -> Self {
        let links = network.supply.len();
        let lives = physics.shelf.iter().flat_map(|shelf| shelf.links.rows()).map(|ages| ages.sent.life);
        let lives: usize = lives.sum();
        Self {
            tape: Tape::default(),
            row: vec![NOTHING; network.layout.row()],
            requests: vec![NOTHING; links],
            links: vec![LinkFlows::default(); links],
            nodes: vec![NodeFlows::default(); network.managed.len()],
            sold: vec![NOTHING; network.market.len()],
            sent_by_life: vec![NOTHING; lives],
            received_by_life: vec![NOTHING; lives],
            factors: vec![Lanes::splat(1.0); links],
            drawn: vec![Lanes::ZERO; links],
            hidden: vec![[0.0; W]; network.layout.length(Part::DrawnLeads)],
            earned: Vec::new(),
            shares: share::Shares::default(),
        }
    }
}

/// Plays a period of a network with mechanisms backwards; as [`super::reverse_period`] does.
#[inline(always)]
pub(super) fn reverse<const W: usize>(
    network: &Network,
    physics: &Physics,
    played: &Played<'_, W>,
    memory: &mut Retelling<W>,
    reward: [f64; W],
    row: &mut [[f64; W]],
    requests: &mut [[f64; W]],
) {
    let mut retold = Retold { network, physics, played, m: memory };
    retold.open();
    retold.play();
    if cfg!(debug_assertions) {
        retold.check();
    }
    let weights = Lanes::of(|lane| reward[lane] * played.rules[lane].weight(retold.period(lane)));
    let m = &mut *retold.m;
    m.tape.begin_back();
    for (&quantity, worth) in m.row.iter().zip(row.iter()) {
        m.tape.add_worth(quantity, Lanes::from(*worth));
    }
    for &(quantity, price) in &m.earned {
        m.tape.add_worth(quantity, price * weights);
    }
    m.tape.play_back();
    for (position, worth) in row.iter_mut().enumerate() {
        *worth = m.tape.worth(Tape::<W>::number(position)).values();
    }
    for (&quantity, worth) in m.requests.iter().zip(requests) {
        *worth = m.tape.worth(quantity).values();
    }
}

/// A period as it is retold.
struct Retold<'a, const W: usize> {
    network: &'a Network,
    physics: &'a Physics,
    played: &'a Played<'a, W>,
    m: &'a mut Retelling<W>,
}

impl<const W: usize> Retold<'_, W> {
    /// Begins with the row before and the requests, and forgets the period before.
    fn open(&mut self) {
        let (layout, m) = (&self.network.layout, &mut *self.m);
        m.tape.begin(self.played.rows);
        for (position, quantity) in m.row.iter_mut().enumerate() {
            *quantity = Tape::<W>::number(position);
        }
        for part in [Part::Demand, Part::Period, Part::Up, Part::DrawnLeads] {
            m.row[layout.range(part)].fill(NOTHING);
        }
        m.hidden.copy_from_slice(&self.played.rows[layout.range(Part::DrawnLeads)]);
        for (quantity, &request) in m.requests.iter_mut().zip(self.played.requests) {
            *quantity = m.tape.given(request.into());
        }
        m.links.fill(LinkFlows::default());
        m.nodes.fill(NodeFlows::default());
        m.sent_by_life.fill(NOTHING);
        m.received_by_life.fill(NOTHING);
        m.earned.clear();
    }

    /// The events of the period, in the order of its timeline.
    fn play(&mut self) {
        let timeline = self.physics.timeline;
        self.read_requests();
        if timeline == Timeline::Beer {
            self.receive();
        }
        self.fill_and_send();
        match timeline {
            Timeline::Release => self.receive(),
            Timeline::OrderFirst | Timeline::Beer => self.depart(),
        }
        self.feel();
        self.serve_customers();
        self.grow_older();
        self.charge_overflow();
        self.close_books();
        if timeline == Timeline::OrderFirst {
            self.receive();
        }
        self.settle();
        self.fail();
        self.settle_horizon();
    }

    /// Whether what was retold is what was played.
    fn check(&self) {
        let layout = &self.network.layout;
        let numbers = [
            Part::Unmet,
            Part::OnHand,
            Part::InTransit,
            Part::Requested,
            Part::Owed,
            Part::Waiting,
            Part::OnHandByLife,
            Part::InTransitByLife,
            Part::OnOrder,
        ];
        for position in numbers.into_iter().flat_map(|part| layout.range(part)) {
            let (told, next) = (self.m.tape.value(self.m.row[position]), self.played.next[position]);
            let alike = (0..W).all(|lane| (told[lane] - next[lane]).abs() <= 1e-7 * (1.0 + next[lane].abs()));
            assert!(alike, "number {position} of the row was retold as {told:?} and played as {next:?}");
        }
    }

    /// The number of the period in an episode.
    fn period(&self, lane: usize) -> usize {
        self.played.rows[self.network.layout.start(Part::Period)][lane] as usize
    }

    /// A part's numbers in the row.
    fn part(&self, part: Part) -> Range<usize> {
        self.network.layout.range(part)
    }

    /// Where a node's stock stands in the row.
    fn stock_at(&self, node: ManagedIx) -> usize {
        self.network.layout.start(Part::OnHand) + node.position()
    }

    /// Where what is on order on a link stands in the row.
    fn order_at(&self, link: SupplyLinkIx) -> usize {
        self.network.layout.start(Part::OnOrder) + link.position()
    }

    /// A node's stock.
    fn stock(&self, node: ManagedIx) -> Quantity {
        self.m.row[self.stock_at(node)]
    }

    /// All of a stretch of the row together.
    fn total(&mut self, numbers: Range<usize>) -> Quantity {
        let m = &mut *self.m;
        m.tape.total(m.row[numbers].iter().copied())
    }

    /// Adds to a number of the row.
    fn add(&mut self, position: usize, quantity: Quantity) {
        self.m.row[position] = self.m.tape.sum(self.m.row[position], quantity);
    }

    /// Takes from a number of the row.
    fn take(&mut self, position: usize, quantity: Quantity) {
        self.m.row[position] = self.m.tape.difference(self.m.row[position], quantity);
    }

    /// Every unit of a quantity earns so much, or costs it [money / unit].
    fn earn(&mut self, quantity: Quantity, price: f64) {
        if quantity != NOTHING && price != 0.0 {
            self.m.earned.push((quantity, price));
        }
    }

    /// A value that was rounded from a quantity: it does not answer it, or, if a stand-in says so, as if it had not
    /// been.
    fn rounded(&mut self, quantity: Quantity, value: Lanes<W>) -> Quantity {
        if self.played.rounding { self.m.tape.in_place_of(quantity, value) } else { self.m.tape.given(value) }
    }

    /// What chance left of whole units: it does not answer them, or, if a stand-in says so, by the share that it left.
    fn thinned(&mut self, quantity: Quantity, value: Lanes<W>) -> Quantity {
        if !self.played.rounding {
            return self.m.tape.given(value);
        }
        let before = self.m.tape.value(quantity);
        let share = Lanes::of(|lane| if before[lane] > 0.0 { value[lane] / before[lane] } else { 0.0 });
        let answering = self.m.tape.weighed(share, quantity);
        self.m.tape.in_place_of(answering, value)
    }

    /// Where the numbers of customers with terms, or of what is owed, stand in the row.
    fn slots(&self, part: Part, first: usize, length: usize) -> Range<usize> {
        let start = self.network.layout.start(part) + first;
        start..start + length
    }
}

/// 1 in the episodes of which it is true, else 0.
#[inline(always)]
fn lanes_where<const W: usize>(is: impl Fn(usize) -> bool) -> Lanes<W> {
    Lanes::of(|lane| f64::from(u8::from(is(lane))))
}
