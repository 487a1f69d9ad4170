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
}

impl<F: Forecaster> Foreseen<F> {
    pub fn new(forecaster: F) -> Self {
        Self { forecaster, foresight: Foresight::default(), steps: SafetySteps::new() }
    }
}

impl<F: Forecaster> Belief for Foreseen<F> {
    fn reset(&mut self, _seed: Option<u64>) {
        self.forecaster.reset();
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
        self.forecaster.foresee(state, periods, &mut self.foresight);
        paths.reset(1, periods, network.market.len());
        for period in 0..periods {
            for link in network.market.indices() {
                paths.set(0, period, link, self.foresight.mean(period, link));
            }
        }
        self.steps.write(network, state.rules, &self.foresight, paths);
        Ok(())
    }
}
