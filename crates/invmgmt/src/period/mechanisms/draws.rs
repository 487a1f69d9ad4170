//! Where chance in supply comes from: streams of its own, so that demand of a seed never moves.

use crate::network::{Cause, Chain, LeadModel, Network, Part, Physics};
use crate::period::{Flows, Lanes, State};
use crate::random::{Pcg64, SeedSequence, Stream, seed_words};

use super::Losses;
use super::fail::{destroy, next_state};
use super::transit::NEVER;

/// Kinds of chance in supply: lead times, yields, failures, shuffles.
const KINDS: usize = 4;

/// An episode's streams beside that of demand: one per kind of chance in supply, and one for the demand of every
/// product but the first.
///
/// As many numbers are drawn in a period as the network has places for them, whatever was ordered, so that policies
/// compared on one seed meet the same supply. A kind that nobody uses draws nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SupplyStreams {
    kinds: [Pcg64; KINDS],
    products: Vec<Pcg64>,
}

impl SupplyStreams {
    /// The streams of a seed: its seed sequence, spawned with the number of each kind.
    pub fn seeded(network: &Network, seed: u64) -> Self {
        Self::from_words(network, &seed_words(seed))
    }

    /// The streams of a seed of any size, as little-endian words of 32 bits.
    pub fn from_words(network: &Network, seed: &[u32]) -> Self {
        let spawned = |key: u32, number: usize| {
            Pcg64::from_sequence(&SeedSequence::spawned(seed, &[key, number as u32]))
        };
        Self {
            kinds: std::array::from_fn(|kind| spawned(SPAWN_KEY, kind)),
            products: (1..network.products.len()).map(|product| spawned(PRODUCT_KEY, product)).collect(),
        }
    }

    /// The stream of the demand of a product that is not the first.
    #[inline]
    pub(crate) fn of_product(&mut self, product: usize) -> Option<&mut Pcg64> {
        self.products.get_mut(product.wrapping_sub(1))
    }

    /// Where they stand: state and increment of each kind.
    pub fn words(&self) -> Vec<u128> {
        self.kinds
            .iter()
            .chain(&self.products)
            .map(Pcg64::state)
            .flat_map(|(state, increment)| [state, increment])
            .collect()
    }

    /// Streams that go on where others stood, as [`words`](Self::words) said; none for other words.
    pub fn of_words(network: &Network, words: &[u128]) -> Option<Self> {
        let (pairs, rest) = words.as_chunks::<2>();
        let places = KINDS + network.products.len().saturating_sub(1);
        // An even increment belongs to no such generator.
        let odd = pairs.iter().all(|[_, increment]| increment % 2 == 1);
        if pairs.len() != places || !rest.is_empty() || !odd {
            return None;
        }
        let stream = |&[state, increment]: &[u128; 2]| Pcg64::from_state(state, increment);
        let (kinds, products) = pairs.split_at(KINDS);
        let kinds = std::array::from_fn(|kind| stream(&kinds[kind]));
        Some(Self { kinds, products: products.iter().map(stream).collect() })
    }

    /// Draws a period's numbers for one of the episodes side by side.
    pub fn draw<const W: usize>(&mut self, network: &Network, flows: &mut Flows<W>, lane: usize) {
        let (Some(physics), Some(m)) = (network.physics.as_deref(), flows.mechanisms.as_deref_mut()) else {
            return;
        };
        let mut draws = m.draws.iter_mut();
        for (stream, &count) in self.kinds.iter_mut().zip(&physics.draws.kinds) {
            draws.by_ref().take(count).for_each(|draw| draw[lane] = stream.next_f64());
        }
    }

    /// Draws anew what is hidden in a row, given all that can be seen of it: when orders arrive that are still on their
    /// way, no sooner than they can. For plans that must not know what was drawn.
    pub fn redraw<const W: usize>(&mut self, network: &Network, row: &mut [[f64; W]], lane: usize) {
        let Some(physics) = network.physics.as_deref() else { return };
        let state = State::open(row, &network.layout);
        let stream = &mut self.kinds[0];
        for lead in &physics.leads {
            let link = &network.supply[lead.link];
            match lead.model {
                LeadModel::Unit => {}
                LeadModel::Sweep => {
                    let drawn = lead.law.drawn(stream.next_f64()).map_or(NEVER, |drawn| drawn as f64);
                    state.hidden[lead.hidden][lane] = if lead.is_drawn_ahead(physics) { drawn } else { 0.0 };
                }
                LeadModel::Free | LeadModel::Fifo if link.announced => {}
                LeadModel::Free | LeadModel::Fifo => {
                    let mut last_due = 0.0_f64;
                    for slot in 0..link.slots {
                        if state.in_transit[link.first_slot + slot][lane] <= 0.0 {
                            continue;
                        }
                        // Periods since it left, as of the last time anything arrived.
                        let late = usize::from(physics.timeline == crate::network::Timeline::OrderFirst);
                        let age = link.slots - slot - 1 + late;
                        let overtakes = lead.model == LeadModel::Free || last_due == 0.0;
                        let least = if overtakes { age + 1 } else { 0 };
                        let (below, all) = (1.0 - lead.law.at_least(least), 1.0);
                        let drawn = lead.law.drawn(below + (all - below) * stream.next_f64());
                        let left = drawn.map_or(NEVER, |drawn| drawn as f64 - age as f64);
                        last_due = if lead.model == LeadModel::Fifo { left.max(last_due) } else { left };
                        state.hidden[lead.hidden + slot][lane] = last_due.max(1.0);
                    }
                    if lead.model == LeadModel::Fifo {
                        let late =
                            f64::from(u8::from(physics.timeline == crate::network::Timeline::OrderFirst));
                        state.hidden[lead.hidden + link.slots][lane] = last_due + late;
                    }
                }
            }
        }
    }

    /// Draws what chance decides before the first period of an episode, into its row.
    pub fn open<const W: usize>(&mut self, network: &Network, row: &mut [[f64; W]], lane: usize) {
        let [leads, _, failures, _] = &mut self.kinds;
        open_by(network, row, lane, || leads.next_f64(), || failures.next_f64());
    }
}

/// Decides what chance decides before the first period of an episode, by these numbers, uniform on [0, 1): one of
/// `lead` for each lead time that is drawn ahead, and for each chain of failures two of `failure`: whether it is down
/// before, and whether that changes.
pub fn open_by<const W: usize>(
    network: &Network,
    row: &mut [[f64; W]],
    lane: usize,
    mut lead: impl FnMut() -> f64,
    mut failure: impl FnMut() -> f64,
) {
    let Some(physics) = network.physics.as_deref() else { return };
    let mut state = State::open(row, &network.layout);
    for ahead in physics.leads.iter().filter(|lead| lead.is_drawn_ahead(physics)) {
        state.hidden[ahead.hidden][lane] = ahead.law.drawn(lead()).map_or(NEVER, |drawn| drawn as f64);
    }
    let ups = network.layout.extra(Part::Up);
    for (position, chain) in physics.chains.iter().enumerate() {
        if let Cause::Chain { down, up, starts_down } = chain.cause {
            let before = 1.0 - f64::from(u8::from(failure() < starts_down));
            let now = next_state(before, down, up, failure());
            state.extra[ups.start + position][lane] = now;
            if before > 0.0 && now == 0.0 {
                destroy(network, physics, chain, &mut state, no_books(), lane);
            }
        }
    }
}

/// What tells the supply's streams from all others that are spawned from a seed.
const SPAWN_KEY: u32 = 5;
/// The same for the demand of products.
const PRODUCT_KEY: u32 = 6;

fn no_books<const W: usize>() -> &'static mut [Losses<Lanes<W>>] {
    &mut []
}

impl crate::network::RandomLead {
    /// Whether a draw is kept for the next period: where goods are handed over before, and received after, the same
    /// one.
    pub(crate) fn is_drawn_ahead(&self, physics: &Physics) -> bool {
        self.model == LeadModel::Sweep && physics.timeline == crate::network::Timeline::OrderFirst
    }
}

/// What is up in period 0 where failures are known ahead.
pub(in crate::period) fn planned(chain: &Chain) -> f64 {
    match &chain.cause {
        Cause::Periods(spans) => f64::from(u8::from(Chain::is_planned_up(spans, 0))),
        Cause::Chain { .. } => 1.0,
    }
}
