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
    /// How surely demand is left unmet, period by period from the present one: plans so far, later ones count more
    /// [1] -- state.
    short: Vec<f64>,
    /// The period the last plan was made in -- state.
    planned_in: usize,
}

/// A planned shortage that counts [units]: interior answers leave less behind.
const SHORTAGE: f64 = 0.01;
/// How far belief in a shortage follows each plan [1]: all the way, plans would take turns.
const STEP: f64 = 0.5;
/// Belief that moved no more than this calls for no other plan [1].
const SETTLED: f64 = 0.3;

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
        self.short.resize(periods, 0.0);
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
        let mut change: f64 = 0.0;
        for (short, units) in self.short.iter_mut().zip(shortages) {
            let moved = STEP * (f64::from(u8::from(units > SHORTAGE)) - *short);
            *short += moved;
            change = change.max(moved.abs());
        }
        self.foresight.goodwill_at_stake > 0.0 && change > SETTLED
    }
}
