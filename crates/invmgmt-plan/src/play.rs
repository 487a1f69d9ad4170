//! Places played by the engine: a supplier without limit, the places, their customers.
//!
//! What decides a lead time is drawn for every period, whatever is ordered, so levels compared meet the same demand and
//! the same lead times.

use invmgmt::demand::DemandProcess;
use invmgmt::network::{MarketLinkIx, TableIndex};
use invmgmt::period::{Flows, Rules, opening_row, play_period};
use pulp::{Arch, Simd, WithSimd};

use crate::physics::{Levels, NOTHING, Physics};
use crate::places::{Places, Spot};

/// Paths played side by side.
const WIDTH: usize = 8;

/// One number for each of the paths played side by side.
type Row = [f64; WIDTH];

/// One path that demand and lead times of a place may take.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Path {
    /// Demand per period [units]; the first periods only warm up.
    pub demand: Vec<f64>,
    /// Uniform numbers in [0, 1) that decide the lead time of an order of each period; none where it is fixed.
    pub leads: Vec<f64>,
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
    /// Units that spoiled [units].
    pub wasted: f64,
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
        self.wasted += other.wasted;
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

/// Plays one item at one place, or at a warehouse and the stores it supplies.
#[derive(Debug)]
pub struct Player<'a> {
    physics: Vec<&'a Physics>,
    places: Places,
    opening: Vec<f64>,
    states: Vec<Row>,
    requests: Vec<Row>,
    flows: Flows<WIDTH>,
    /// Per place what a period began with, and what its paths came to.
    before: Vec<Before>,
    measured: Vec<[Measured; WIDTH]>,
}

/// Demand as the paths have it.
struct Replay<'p> {
    /// Per market link, in order.
    paths: &'p [[&'p Path; WIDTH]],
    sellers: &'p [usize],
}

impl DemandProcess<WIDTH> for Replay<'_> {
    #[inline(always)]
    fn sentiment_after(&mut self, _lane: usize, _unmet: f64, sentiment: f64) -> f64 {
        sentiment
    }

    #[inline(always)]
    fn draw(&mut self, periods: &[usize; WIDTH], link: MarketLinkIx, _: &Row) -> Row {
        let paths = &self.paths[self.sellers[link.position()]];
        each(|lane| paths[lane].demand[periods[lane]])
    }
}

/// Paths about to be played.
struct Play<'b, 'a> {
    player: &'b mut Player<'a>,
    levels: &'b [Levels],
    paths: &'b [[&'b Path; WIDTH]],
    warm: usize,
}

impl WithSimd for Play<'_, '_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _registers: S) {
        self.player.play_all(self.levels, self.paths, self.warm);
    }
}

impl<'a> Player<'a> {
    /// A player of an item replenished like this at one place.
    pub fn new(physics: &'a Physics) -> Self {
        Self::chain(&[physics], &[true])
    }

    /// A player of a warehouse, which stands first, and the stores it supplies; `has_customers` says who sells.
    pub fn chain(physics: &[&'a Physics], has_customers: &[bool]) -> Self {
        let places = Places::new(physics, has_customers);
        let (row, supply) = (places.network.layout.row(), places.network.supply.len());
        Self {
            physics: physics.to_vec(),
            opening: opening_row(&places.network),
            states: vec![[0.0; WIDTH]; row],
            requests: vec![[0.0; WIDTH]; supply],
            flows: Flows::new(&places.network),
            before: vec![Before::default(); physics.len()],
            measured: vec![[Measured::default(); WIDTH]; physics.len()],
            places,
        }
    }

    /// Plays these levels on each path and measures what follows the first `warm` periods.
    pub fn play(&mut self, levels: &Levels, paths: &[Path], warm: usize) -> Vec<Figures> {
        self.play_chain(&[*levels], &[paths], warm).swap_remove(0)
    }

    /// The same at all places: per place its levels, and its figures on each of its paths.
    pub fn play_chain(&mut self, levels: &[Levels], paths: &[&[Path]], warm: usize) -> Vec<Vec<Figures>> {
        let count = paths[0].len();
        let mut figures = vec![Vec::with_capacity(count); paths.len()];
        for first in (0..count).step_by(WIDTH) {
            // A short block is filled up with its last path, which nobody looks at.
            let filled: Vec<[&Path; WIDTH]> = paths
                .iter()
                .map(|place| std::array::from_fn(|lane| &place[(first + lane).min(count - 1)]))
                .collect();
            Arch::new().dispatch(Play { player: self, levels, paths: &filled, warm });
            let played = WIDTH.min(count - first);
            for (all, measured) in figures.iter_mut().zip(&self.measured) {
                all.extend(measured[..played].iter().map(|lane| lane.figures));
            }
        }
        figures
    }

    #[inline(always)]
    fn play_all(&mut self, levels: &[Levels], paths: &[[&Path; WIDTH]], warm: usize) {
        self.open(levels, paths);
        let Self { physics, places, states, requests, flows, before, measured, .. } = self;
        let Places { network, spots, sellers } = places;
        let rules = Rules { backlog: physics[0].waits(), ..Rules::default() };
        let periods = paths.iter().map(|place| place[0].demand.len()).max().unwrap_or(0);
        let mut process = Replay { paths, sellers };
        for period in 0..periods {
            for (place, spot) in spots.iter().enumerate() {
                let now = &mut before[place];
                *now = Before::of(spot, states, rules.backlog);
                if period % physics[place].review == 0 {
                    let (position, levels) = (now.position, &levels[place]);
                    now.request = each(|lane| levels.request(position[lane], physics[place]));
                }
                requests[spot.link.position()] = now.request;
                if let Some(draw) = spot.draw {
                    flows.draws_mut()[draw] = each(|lane| paths[place][lane].leads[period]);
                }
            }
            play_period(network, &[rules; WIDTH], periods, states, requests, &mut process, flows);
            for (place, spot) in spots.iter().enumerate() {
                let now = Happened::of(spots, place, states, before, rules.backlog);
                let counts = if period >= warm { 1.0 } else { 0.0 };
                for (lane, measured) in measured[place].iter_mut().enumerate() {
                    measured.add(&now, lane, counts);
                }
                if !spot.ages.is_empty() {
                    for (lane, measured) in measured[place].iter_mut().enumerate() {
                        measured.figures.wasted += counts * flows.losses(spot.node, lane).wasted;
                    }
                }
            }
        }
    }

    /// Stock somewhere between the levels, as fresh as it comes, and nothing on its way.
    fn open(&mut self, levels: &[Levels], paths: &[[&Path; WIDTH]]) {
        for (numbers, &value) in self.states.iter_mut().zip(&self.opening) {
            *numbers = [value; WIDTH];
        }
        for (place, spot) in self.places.spots.iter().enumerate() {
            let Levels { reorder_point, order_up_to } = levels[place];
            let begin =
                |path: &Path| (order_up_to - (path.start * (order_up_to - reorder_point)).floor()).max(0.0);
            let stock = paths[place].map(begin);
            self.states[spot.on_hand] = stock;
            if let Some(freshest) = spot.ages.clone().next_back() {
                self.states[freshest] = stock;
            }
            self.measured[place] = [Measured::default(); WIDTH];
        }
    }
}

/// A place at the start of a period.
#[derive(Clone, Copy, Debug, Default)]
struct Before {
    position: Row,
    /// On its way to it, or owed to it.
    expected: Row,
    request: Row,
}

/// A number for each path. A plain loop: `array::from_fn` is not taken apart where registers are wide.
#[inline(always)]
fn each(number: impl Fn(usize) -> f64) -> Row {
    let mut row = [0.0; WIDTH];
    for (lane, place) in row.iter_mut().enumerate() {
        *place = number(lane);
    }
    row
}

impl Before {
    #[inline(always)]
    fn of(spot: &Spot, states: &[Row], backlog: bool) -> Self {
        let owed = spot.owed_to_it.map_or([0.0; WIDTH], |owed| states[owed]);
        let waiting = match spot.customers {
            Some(customers) if backlog => states[customers.unmet],
            _ => [0.0; WIDTH],
        };
        let expected = each(|lane| states[spot.on_order][lane] + owed[lane]);
        let owes = spot.owes.iter().fold(waiting, |sum, &owed| each(|lane| sum[lane] + states[owed][lane]));
        let position = each(|lane| states[spot.on_hand][lane] + expected[lane] - owes[lane]);
        Self { position, expected, request: [0.0; WIDTH] }
    }
}

/// What happened at a place in a period.
#[derive(Clone, Copy, Debug)]
struct Happened {
    demand: Row,
    immediate: Row,
    received: Row,
    stock: Row,
    ordered: Row,
}

impl Happened {
    #[inline(always)]
    fn of(spots: &[Spot], place: usize, states: &[Row], before: &[Before], backlog: bool) -> Self {
        let (spot, began) = (&spots[place], &before[place]);
        let expected = Before::of(spot, states, backlog).expected;
        let (mut demand, mut immediate) = ([0.0; WIDTH], [0.0; WIDTH]);
        if let Some(customers) = spot.customers {
            demand = states[customers.demand];
            let unmet = &states[customers.unmet];
            // Who waits is served first.
            immediate = each(|lane| (demand[lane] - unmet[lane]).clamp(0.0, demand[lane]));
        }
        for buyer in spot.buyers.clone() {
            let asked = &before[buyer].request;
            let owed = spots[buyer].owed_to_it.map_or([0.0; WIDTH], |owed| states[owed]);
            demand = each(|lane| demand[lane] + asked[lane]);
            immediate = each(|lane| immediate[lane] + (asked[lane] - owed[lane]).max(0.0));
        }
        let received = each(|lane| began.expected[lane] + began.request[lane] - expected[lane]);
        Self { demand, immediate, received, stock: states[spot.on_hand], ordered: began.request }
    }
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
    fn add(&mut self, now: &Happened, lane: usize, counts: f64) {
        let figures = &mut self.figures;
        if now.received[lane] > NOTHING {
            figures.cycles += counts;
            figures.good_cycles += if self.short { 0.0 } else { counts };
            self.short = false;
        }
        self.short |= now.immediate[lane] < now.demand[lane] - NOTHING;
        figures.periods += counts;
        figures.demand += counts * now.demand[lane];
        figures.immediate += counts * now.immediate[lane];
        figures.stock += counts * now.stock[lane];
        figures.orders += if now.ordered[lane] > 0.0 { counts } else { 0.0 };
    }
}
