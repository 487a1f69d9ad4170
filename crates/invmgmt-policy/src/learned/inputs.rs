//! What a learned policy looks at: numbers of the state, and what it knows of the demand to come.

use std::ops::Range;

use invmgmt::Problem;
use invmgmt::adjoint::Block;
use invmgmt::network::{Network, Part, SupplyLinkIx, TableIndex};
use invmgmt::period::position_terms;

use super::belief::{Belief, Knows, World};

/// Longest horizon whose periods are inputs of their own [periods]; of a longer one, shares of it are.
const LONGEST_COUNTED: usize = 64;
/// Most inputs for what is on its way on one link.
const MOST_SLOTS: usize = 12;
/// Ends of the spans of coming periods whose expected demand is an input each [periods].
const SPANS: [usize; 7] = [1, 2, 3, 5, 8, 13, 21];
/// Periods of past demand that a blind policy looks at [periods].
const WINDOW: usize = 8;
/// Weights of the last period in the smoothed demand of a blind policy [1]; the first is what it expects of the next.
const SMOOTHING: [f64; 2] = [0.3, 0.1];

/// Parts of the state that only networks with mechanisms have and everybody sees.
const OF_MECHANISMS: [Part; 6] =
    [Part::Requested, Part::Owed, Part::Waiting, Part::OnHandByLife, Part::InTransitByLife, Part::Up];

/// Which numbers a policy's net reads, and how they follow from the state and from what is known.
#[derive(Clone, Debug, PartialEq)]
pub struct Inputs {
    /// Where the terms of each input that follows from the state begin and end.
    ends: Vec<usize>,
    /// Position in the state row and factor of each term.
    terms: Vec<(usize, f64)>,
    knows: Knows,
    num_periods: usize,
    markets: usize,
    worlds: usize,
    demand: Range<usize>,
    period: usize,
    sentiment: usize,
    /// Position of the first market link's unmet demand among the inputs.
    first_market: usize,
}

/// What an episode's policy remembers.
#[derive(Clone, Debug, Default)]
pub struct Memory {
    /// How likely each world is; unused by the blind.
    pub belief: Belief,
    /// Demand of the last periods, the oldest first, per period one number per market link [units]; of the blind.
    window: Vec<f64>,
    /// Smoothed demand, per weight one number per market link [units]; of the blind.
    smoothed: Vec<f64>,
}

impl Memory {
    /// All that is remembered, in one order; as many numbers in every episode of a policy, once it was begun.
    pub fn numbers_mut(&mut self) -> impl Iterator<Item = &mut f64> {
        self.belief.numbers_mut().chain(&mut self.window).chain(&mut self.smoothed)
    }
}

impl Inputs {
    /// What a policy of this knowledge looks at on a problem with so many worlds.
    pub fn new(problem: &Problem, knows: Knows, worlds: usize) -> Self {
        let Problem { network, rules, num_periods, .. } = problem;
        let rules = *rules;
        let layout = &network.layout;
        let mut inputs = Self {
            ends: Vec::new(),
            terms: Vec::new(),
            knows,
            num_periods: *num_periods,
            markets: network.market.len(),
            worlds,
            demand: layout.range(Part::Demand),
            period: layout.start(Part::Period),
            sentiment: layout.start(Part::Sentiment),
            first_market: 0,
        };
        for node in network.managed.indices() {
            inputs.push([(layout.start(Part::OnHand) + node.position(), 1.0)]);
            inputs.push(position_terms(network, rules, node));
        }
        for link in network.supply.rows() {
            let first = layout.start(Part::InTransit) + link.first_slot;
            let groups = link.slots.min(MOST_SLOTS);
            for group in 0..groups {
                let [from, to] = [group, group + 1].map(|end| first + end * link.slots / groups);
                inputs.push((from..to).map(|slot| (slot, 1.0)));
            }
        }
        inputs.first_market = inputs.of_state();
        for part in [Part::Unmet, Part::Demand] {
            layout.range(part).for_each(|position| inputs.push([(position, 1.0)]));
        }
        inputs.push([(inputs.sentiment, 1.0)]);
        for part in OF_MECHANISMS {
            layout.range(part).for_each(|position| inputs.push([(position, 1.0)]));
        }
        inputs
    }

    fn push(&mut self, terms: impl IntoIterator<Item = (usize, f64)>) {
        self.terms.extend(terms);
        self.ends.push(self.terms.len());
    }

    /// Numbers that follow from the state; they stand first.
    pub fn of_state(&self) -> usize {
        self.ends.len()
    }

    /// All numbers.
    pub fn len(&self) -> usize {
        let known = match self.knows {
            Knows::Informed => SPANS.len() * self.markets,
            Knows::Family => SPANS.len() * self.markets + self.worlds,
            Knows::Blind => (WINDOW + SMOOTHING.len()) * self.markets,
        };
        self.of_state() + self.clock() + known
    }

    /// Whether there is none; never true.
    pub fn is_empty(&self) -> bool {
        false
    }

    /// The inputs for what is under way on a link: the first slot each is the sum of, counted from the one that arrives
    /// next, and its position.
    pub(super) fn slots(network: &Network, link: SupplyLinkIx) -> impl Iterator<Item = (usize, usize)> {
        let groups = |link: SupplyLinkIx| network.supply[link].slots.min(MOST_SLOTS);
        let before = network.supply.indices().take(link.position()).map(groups).sum::<usize>();
        let first = 2 * network.managed.len() + before;
        let (slots, groups) = (network.supply[link].slots, groups(link));
        (0..groups).map(move |group| (group * slots / groups, first + group))
    }

    /// Position of the first market link's unmet demand; that of the others follows, then demand, then sentiment.
    pub(super) fn markets_from(&self) -> usize {
        self.first_market
    }

    /// How near the end is, in steps that grow as the end is farther away: each a sum over inputs with factors.
    pub(super) fn clock_features(&self) -> Vec<Vec<(usize, f64)>> {
        let first = self.of_state() + 1;
        let near = |left: usize, span: usize| left.min(2 * span) as f64 / (2 * span) as f64;
        let counted = |span| {
            (0..self.num_periods)
                .map(|period| (first + period, near(self.num_periods - period, span)))
                .collect()
        };
        let is_counted = self.num_periods <= LONGEST_COUNTED;
        let features = SPANS.iter().enumerate();
        features.map(|(at, &span)| if is_counted { counted(span) } else { vec![(first + at, 1.0)] }).collect()
    }

    /// What is known of demand: how many periods each number is the sum over, and where it stands per market link.
    pub(super) fn demand_features(&self) -> Vec<(f64, impl Fn(usize) -> usize)> {
        let first = self.of_state() + self.clock();
        let is_blind = self.knows == Knows::Blind;
        // One market link behind the other, or one period behind the other.
        let (step, of_market) = if is_blind { (self.markets, 1) } else { (1, SPANS.len()) };
        let place = move |at: usize| move |market: usize| first + at * step + market * of_market;
        if is_blind {
            return (0..WINDOW + SMOOTHING.len()).map(|at| (1.0, place(at))).collect();
        }
        let begins = [0].into_iter().chain(SPANS);
        SPANS
            .iter()
            .zip(begins)
            .enumerate()
            .map(|(at, (end, begin))| ((end - begin) as f64, place(at)))
            .collect()
    }

    /// How likely each world is, where that is known.
    pub(super) fn beliefs(&self) -> Range<usize> {
        let worlds = if self.knows == Knows::Family { self.worlds } else { 0 };
        self.len() - worlds..self.len()
    }

    fn clock(&self) -> usize {
        1 + if self.num_periods <= LONGEST_COUNTED { self.num_periods } else { SPANS.len() }
    }

    /// Begins an episode, in which demand is expected to be so much per market link [units]. What is known of the
    /// worlds is told to the belief.
    pub fn begin(&self, memory: &mut Memory, expected: &[f64]) {
        memory.belief.reset(self.worlds);
        if self.knows == Knows::Blind {
            memory.window.clear();
            memory.smoothed.clear();
            memory.window.extend(expected.iter().cycle().take(WINDOW * expected.len()));
            memory.smoothed.extend(expected.iter().cycle().take(SMOOTHING.len() * expected.len()));
        }
    }

    /// Learns from the period that led to this state.
    pub fn learn(&self, memory: &mut Memory, worlds: &[World], row: impl Fn(usize) -> f64) {
        let period = row(self.period) as usize;
        if period == 0 {
            return;
        }
        match self.knows {
            Knows::Informed => {}
            Knows::Family => {
                let sold = self.demand.clone().map(&row);
                memory.belief.learn(worlds, period - 1, row(self.sentiment), &sold);
            }
            Knows::Blind => {
                memory.window.rotate_left(self.markets);
                let last = memory.window.len() - self.markets;
                for (market, position) in self.demand.clone().enumerate() {
                    let sold = row(position);
                    memory.window[last + market] = sold;
                    for (smoothed, weight) in memory.smoothed.chunks_exact_mut(self.markets).zip(SMOOTHING) {
                        smoothed[market] += weight * (sold - smoothed[market]);
                    }
                }
            }
        }
    }

    /// Demand expected of a link so many periods ahead, as far as is known [units].
    pub fn expected(&self, memory: &Memory, worlds: &[World], period: usize, market: usize) -> f64 {
        if self.knows == Knows::Blind {
            return if period < self.num_periods { memory.smoothed[market] } else { 0.0 };
        }
        memory.belief.mean(worlds, period, TableIndex::from_position(market))
    }

    /// Writes every number.
    pub fn write(&self, memory: &Memory, worlds: &[World], row: impl Fn(usize) -> f64, inputs: &mut [f32]) {
        let (of_state, rest) = inputs.split_at_mut(self.of_state());
        let mut begin = 0;
        for (input, &end) in of_state.iter_mut().zip(&self.ends) {
            let terms = self.terms[begin..end].iter();
            *input = terms.map(|&(position, factor)| factor * row(position)).sum::<f64>() as f32;
            begin = end;
        }
        let period = row(self.period) as usize;
        let (clock, known) = rest.split_at_mut(self.clock());
        self.write_clock(period, clock);
        if self.knows == Knows::Blind {
            let numbers = memory.window.iter().chain(&memory.smoothed);
            known.iter_mut().zip(numbers).for_each(|(input, &number)| *input = number as f32);
            return;
        }
        let (spans, probabilities) = known.split_at_mut(SPANS.len() * self.markets);
        for (market, spans) in spans.chunks_exact_mut(SPANS.len()).enumerate() {
            let mut begin = 0;
            for (span, end) in spans.iter_mut().zip(SPANS) {
                let ahead = period + begin..(period + end).min(self.num_periods);
                *span = ahead.map(|ahead| self.expected(memory, worlds, ahead, market)).sum::<f64>() as f32;
                begin = end;
            }
        }
        let known = probabilities.iter_mut().zip(memory.belief.probabilities());
        known.for_each(|(input, &probability)| *input = probability as f32);
    }

    fn write_clock(&self, period: usize, clock: &mut [f32]) {
        let left = self.num_periods.saturating_sub(period);
        clock[0] = left as f32 / self.num_periods as f32;
        if self.num_periods <= LONGEST_COUNTED {
            clock[1..].fill(0.0);
            if let Some(now) = clock.get_mut(1 + period) {
                *now = 1.0;
            }
        } else {
            // How near the end is, in steps that grow as the end is farther away.
            for (input, span) in clock[1..].iter_mut().zip(SPANS) {
                *input = left.min(2 * span) as f32 / (2 * span) as f32;
            }
        }
    }

    /// Adds to the worth of an episode's state what the inputs made of it, each multiplied by a factor, are worth.
    pub fn reverse(&self, worth: &[f32], factors: &[f32], lane: usize, row: &mut [Block]) {
        let mut begin = 0;
        for ((&worth, &scale), &end) in worth.iter().zip(factors).zip(&self.ends) {
            for &(position, factor) in &self.terms[begin..end] {
                row[position][lane] += factor * f64::from(worth * scale);
            }
            begin = end;
        }
    }
}
