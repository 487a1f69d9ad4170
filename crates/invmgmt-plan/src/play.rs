//! One item at one place played by the engine: a supplier without limit, the place, its customers.
//!
//! A random lead time is one supply link for each length it may have; every order takes the link that was drawn for its
//! period, whatever is ordered. So orders may overtake, and levels compared meet the same demand and the same lead
//! times.

use invmgmt::demand::DemandProcess;
use invmgmt::network::{
    DeclaredDemand, DeclaredLink, DeclaredNetwork, DeclaredNode, ManagedIx, MarketLinkIx, Network, Part,
    SupplyLinkIx, TableIndex,
};
use invmgmt::period::{Flows, Rules, StateView, opening_row, play_period};
use pulp::{Arch, Simd, WithSimd};

use crate::physics::{Levels, Physics, Unmet};

/// Paths played side by side.
const WIDTH: usize = 8;

/// One path that demand and lead times may take.
#[derive(Clone, Debug, PartialEq)]
pub struct Path {
    /// Demand per period [units]; the first periods only warm up.
    pub demand: Vec<f64>,
    /// Which of the lead times an order of each period has.
    pub leads: Vec<u8>,
    /// Where between the levels stock stands at the start, in [0, 1).
    pub start: f64,
}

/// What one path came to, its first periods left out.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Figures {
    /// Periods measured.
    pub periods: f64,
    /// Units wanted [units].
    pub demand: f64,
    /// Units wanted and had in the same period [units].
    pub immediate: f64,
    /// Units on hand at the ends of periods, added up [units].
    pub stock: f64,
    /// Orders placed.
    pub orders: f64,
    /// Deliveries received: each ends a cycle.
    pub cycles: f64,
    /// Cycles in which nobody went without.
    pub good_cycles: f64,
}

impl Figures {
    /// Adds another path's.
    pub fn add(&mut self, other: &Self) {
        self.periods += other.periods;
        self.demand += other.demand;
        self.immediate += other.immediate;
        self.stock += other.stock;
        self.orders += other.orders;
        self.cycles += other.cycles;
        self.good_cycles += other.good_cycles;
    }

    /// All paths added up.
    pub fn total<'a>(paths: impl IntoIterator<Item = &'a Self>) -> Self {
        paths.into_iter().fold(Self::default(), |mut total, path| {
            total.add(path);
            total
        })
    }

    /// Share of demand met at once; 1 where there is none [1].
    pub fn immediate_fill_rate(&self) -> f64 {
        if self.demand > 0.0 { self.immediate / self.demand } else { 1.0 }
    }

    /// Share of cycles in which nobody went without; 1 where there is none [1].
    pub fn cycle_service(&self) -> f64 {
        if self.cycles > 0.0 { self.good_cycles / self.cycles } else { 1.0 }
    }

    /// Mean stock on hand at the ends of periods [units].
    pub fn mean_stock(&self) -> f64 {
        self.stock / self.periods.max(1.0)
    }
}

/// Plays one item at one place.
#[derive(Debug)]
pub struct Player<'a> {
    physics: &'a Physics,
    network: Network,
    opening: Vec<f64>,
    states: Vec<[f64; WIDTH]>,
    requests: Vec<[f64; WIDTH]>,
    flows: Flows<WIDTH>,
}

/// Demand as the paths have it.
struct Replay<'p> {
    paths: [&'p Path; WIDTH],
}

impl DemandProcess<WIDTH> for Replay<'_> {
    #[inline(always)]
    fn sentiment_after(&mut self, _lane: usize, _unmet: f64, sentiment: f64) -> f64 {
        sentiment
    }

    #[inline(always)]
    fn draw(&mut self, periods: &[usize; WIDTH], _link: MarketLinkIx, _: &[f64; WIDTH]) -> [f64; WIDTH] {
        std::array::from_fn(|lane| self.paths[lane].demand[periods[lane]])
    }
}

/// Paths about to be played.
struct Play<'b, 'a> {
    player: &'b mut Player<'a>,
    levels: &'b Levels,
    paths: [&'b Path; WIDTH],
    warm: usize,
}

impl WithSimd for Play<'_, '_> {
    type Output = [Figures; WIDTH];

    #[inline(always)]
    fn with_simd<S: Simd>(self, _registers: S) -> Self::Output {
        self.player.play_all(self.levels, self.paths, self.warm)
    }
}

impl<'a> Player<'a> {
    /// A player of an item replenished like this.
    pub fn new(physics: &'a Physics) -> Self {
        let place = DeclaredNode::stocking("place", 0.0, 0.0);
        let (mut nodes, mut links) = (vec![place, DeclaredNode::new("customers")], Vec::new());
        links.push(DeclaredLink::market("place", "customers", 0.0, 0.0, DeclaredDemand::poisson(1.0)));
        for &periods in physics.lead_time.periods() {
            let supplier = format!("supplier {periods}");
            nodes.push(DeclaredNode::new(supplier.as_str()));
            links.push(DeclaredLink::supply(supplier.as_str(), "place", periods, 0.0, 0.0));
        }
        let network = DeclaredNetwork { nodes, links, ..DeclaredNetwork::default() };
        let network = network.compile().expect("a supplier, a place and its customers are a network");
        let (row, supply) = (network.layout.row(), network.supply.len());
        Self {
            physics,
            opening: opening_row(&network),
            states: vec![[0.0; WIDTH]; row],
            requests: vec![[0.0; WIDTH]; supply],
            flows: Flows::new(&network),
            network,
        }
    }

    /// Plays these levels on each path and measures what follows the first `warm` periods.
    pub fn play(&mut self, levels: &Levels, paths: &[Path], warm: usize) -> Vec<Figures> {
        let mut figures = Vec::with_capacity(paths.len());
        for block in paths.chunks(WIDTH) {
            // A short block is filled up with its last path, which nobody looks at.
            let filled = std::array::from_fn(|lane| &block[lane.min(block.len() - 1)]);
            let played = Arch::new().dispatch(Play { player: self, levels, paths: filled, warm });
            figures.extend_from_slice(&played[..block.len()]);
        }
        figures
    }

    #[inline(always)]
    fn play_all(&mut self, levels: &Levels, paths: [&Path; WIDTH], warm: usize) -> [Figures; WIDTH] {
        let Self { physics, network, opening, states, requests, flows } = self;
        let rules = Rules { backlog: physics.unmet == Unmet::Wait, ..Rules::default() };
        for (numbers, &value) in states.iter_mut().zip(opening.iter()) {
            *numbers = [value; WIDTH];
        }
        let gap = levels.order_up_to - levels.reorder_point;
        let begin = |path: &Path| (levels.order_up_to - (path.start * gap).floor()).max(0.0);
        states[network.layout.start(Part::OnHand)] = paths.map(begin);
        let periods = paths[0].demand.len();
        let mut measured = [Measured::default(); WIDTH];
        let mut process = Replay { paths };
        let place = ManagedIx::from_position(0);
        for period in 0..periods {
            requests.fill([0.0; WIDTH]);
            let mut before = [Before::default(); WIDTH];
            for (lane, before) in before.iter_mut().enumerate() {
                let view = StateView::of_lane(network, &rules, periods, states, lane);
                before.owed = if rules.backlog { view.unmet(MarketLinkIx::from_position(0)) } else { 0.0 };
                before.on_order = on_order(&view);
                if period % physics.review == 0 {
                    before.request = levels.request(view.inventory_position(place), physics);
                    requests[usize::from(paths[lane].leads[period])][lane] = before.request;
                }
            }
            play_period(network, &[rules; WIDTH], periods, states, requests, &mut process, flows);
            let sold = flows.total_sold().values();
            for lane in 0..WIDTH {
                let view = StateView::of_lane(network, &rules, periods, states, lane);
                let received = before[lane].on_order + before[lane].request - on_order(&view);
                measured[lane].add(&before[lane], &view, sold[lane], received, period >= warm);
            }
        }
        measured.map(|measured| measured.figures)
    }
}

fn on_order(view: &StateView<'_>) -> f64 {
    (0..view.network.supply.len()).map(|link| view.on_order(SupplyLinkIx::from_position(link))).sum()
}

/// A place at the start of a period.
#[derive(Clone, Copy, Debug, Default)]
struct Before {
    owed: f64,
    on_order: f64,
    request: f64,
}

/// What a path came to so far.
#[derive(Clone, Copy, Debug, Default)]
struct Measured {
    figures: Figures,
    /// Whether anybody went without since the last delivery.
    short: bool,
}

impl Measured {
    #[inline(always)]
    fn add(&mut self, before: &Before, view: &StateView<'_>, sold: f64, received: f64, counts: bool) {
        let figures = &mut self.figures;
        let counted = if counts { 1.0 } else { 0.0 };
        if received > 1e-9 {
            figures.cycles += counted;
            figures.good_cycles += if self.short { 0.0 } else { counted };
            self.short = false;
        }
        let demand = view.demand(MarketLinkIx::from_position(0));
        // Who waits is served first.
        let immediate = (sold - before.owed).clamp(0.0, demand);
        self.short |= immediate < demand - 1e-9;
        figures.periods += counted;
        figures.demand += counted * demand;
        figures.immediate += counted * immediate;
        figures.stock += counted * view.on_hand(ManagedIx::from_position(0));
        figures.orders += if before.request > 0.0 { counted } else { 0.0 };
    }
}
