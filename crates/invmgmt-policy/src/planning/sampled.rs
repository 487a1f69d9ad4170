//! MSSP, the published planner over sampled scenarios.

use invmgmt::episode::DecisionError;
use invmgmt::network::{MarketLinkIx, Network};
use invmgmt::period::StateView;
use invmgmt::random::{Pcg64, PoissonLaw, SeedSequence};

use super::Paths;
use super::certainty::{PublishedMean, capped};
use super::counting::counting_unit;
use super::rolling::Belief;

/// Scenarios drawn in every period.
const SCENARIOS: usize = 10;
/// Periods whose demand is drawn; after them scenarios follow the rounded mean.
const DRAWN_PERIODS: usize = 3;
/// Periods planned beyond the longest way through the network.
const BEYOND_LONGEST_WAY: usize = 5;
/// Mixed into the episode's seed, so that samples are not the demand to come: "MSSP" in ASCII.
const STREAM_WORD: u32 = 0x4d53_5350;

/// Ten equally likely scenarios, drawn anew in every period: three periods of Poisson draws whatever the law and its
/// scale, then the rounded mean. They share the orders of the first period and go on knowing their future.
#[derive(Clone, Debug)]
pub(crate) struct Sampled {
    mean: PublishedMean,
    /// Periods on the longest way from a source to a customer [periods].
    longest_way: usize,
    stream: Pcg64,
}

impl Sampled {
    pub fn new(network: &Network, mean: PublishedMean) -> Self {
        Self { mean, longest_way: network.longest_way(), stream: stream_of(0) }
    }
}

fn stream_of(seed: u64) -> Pcg64 {
    let (low, high) = (seed as u32, (seed >> 32) as u32);
    let words: &[u32] = if high == 0 { &[low, STREAM_WORD] } else { &[low, high, STREAM_WORD] };
    let [state] = SeedSequence::from_words(words).generate::<1>();
    Pcg64::seeded(state & 0xffff_ffff)
}

impl Belief for Sampled {
    fn reset(&mut self, seed: Option<u64>) {
        self.mean.reset();
        self.stream = stream_of(seed.unwrap_or(0));
    }

    fn window(&self, network: &Network, remaining: usize) -> usize {
        capped((self.longest_way + BEYOND_LONGEST_WAY).max(network.longest_lead_time() + 2), remaining)
    }

    fn expect(
        &mut self,
        state: &StateView<'_>,
        periods: usize,
        paths: &mut Paths,
    ) -> Result<(), DecisionError> {
        self.mean.look(state);
        let means = state.network.market.indices().map(|link| self.mean.mean(state, 0, link));
        let unit = counting_unit(state.network, means);
        // Where quantities are shares of a unit, demand does not come in whole units. Where they are so large that
        // Poisson draws would be no scatter at all, draws come in pieces as large as the law's own scatter makes them.
        let piece = |link: MarketLinkIx, mean: f64| {
            if unit <= 1.0 || mean <= 0.0 {
                return unit.min(1.0);
            }
            (state.network.market[link].law.variance(mean) / mean).max(1.0)
        };
        paths.reset(SCENARIOS, periods, state.network.market.len());
        for scenario in 0..SCENARIOS {
            for period in 0..periods {
                for link in state.network.market.indices() {
                    let mean = self.mean.mean(state, period, link);
                    let piece = piece(link, mean);
                    let pieces = if period < DRAWN_PERIODS {
                        PoissonLaw::new(mean / piece).sample(&mut self.stream)
                    } else {
                        (mean / piece).round_ties_even()
                    };
                    paths.set(scenario, period, link, piece * pieces);
                }
            }
        }
        paths.prompt = true;
        paths.share_while_alike();
        Ok(())
    }
}
