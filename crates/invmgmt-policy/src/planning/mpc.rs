//! Ours: plan to the end of the episode against what is foreseen, with safety stock that is worth its cost.

use invmgmt::episode::DecisionError;
use invmgmt::network::Network;
use invmgmt::period::StateView;

use super::Paths;
use super::foresight::{Forecaster, Foresight};
use super::rolling::Belief;
use super::safety::SafetySteps;

/// Mean demand to the end of the episode as somebody foresees it, and soft targets for the retailers' stock.
pub(crate) struct Foreseen<F> {
    forecaster: F,
    foresight: Foresight,
    steps: SafetySteps,
    /// Whether the last plan leaves demand unmet, period by period from the present one -- state.
    short: Vec<bool>,
    /// The period the last plan was made in -- state.
    planned_in: usize,
}

/// A planned shortage that counts [units]: interior answers leave less behind.
const SHORTAGE: f64 = 0.01;

impl<F: Forecaster> Foreseen<F> {
    pub fn new(forecaster: F) -> Self {
        Self {
            forecaster,
            foresight: Foresight::default(),
            steps: SafetySteps::new(),
            short: Vec::new(),
            planned_in: 0,
        }
    }
}

impl<F: Forecaster> Belief for Foreseen<F> {
    fn reset(&mut self, _seed: Option<u64>) {
        self.forecaster.reset();
        self.short.clear();
    }

    fn window(&self, _network: &Network, remaining: usize) -> usize {
        remaining
    }

    fn expect(
        &mut self,
        state: &StateView<'_>,
        periods: usize,
        paths: &mut Paths,
    ) -> Result<(), DecisionError> {
        let network = state.network;
        self.foresight.reset(periods, network.market.len());
        // What the last plan could not serve is likely still out of reach.
        self.short.drain(..(state.period() - self.planned_in.min(state.period())).min(self.short.len()));
        self.short.resize(periods, false);
        self.planned_in = state.period();
        self.forecaster.foresee(state, &self.short, &mut self.foresight);
        paths.reset(1, periods, network.market.len());
        for period in 0..periods {
            for link in network.market.indices() {
                paths.set(0, period, link, self.foresight.mean(period, link));
            }
        }
        self.steps.write(network, state.rules, &self.foresight, paths);
        Ok(())
    }

    fn revise(&mut self, shortages: &mut dyn Iterator<Item = f64>) -> bool {
        let short: Vec<bool> = shortages.map(|units| units > SHORTAGE).collect();
        let changed = self.foresight.goodwill_at_stake > 0.0 && short != self.short;
        self.short = short;
        changed
    }
}
