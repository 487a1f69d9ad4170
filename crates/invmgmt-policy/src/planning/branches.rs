//! Plans that wait for something to turn out: one scenario in which it does and one in which it does not, that share
//! their orders until demand shows which it is.

use invmgmt::period::StateView;

use super::Paths;
use super::foresight::Foresight;
use super::lots::orders_cost;
use super::rolling::check_size;
use super::safety::SafetySteps;
use crate::lp::Method;

/// What is less likely is left to safety stock [1].
const WORTH_A_BRANCH: f64 = 0.05;
/// After it turned out, plans are made anew: safety stocks foreseen for then count this much [1].
const AFTER: f64 = 0.5;

/// Writes demand and safety stocks of both scenarios into paths of one; whether there is something to wait for.
pub(super) fn branch(
    state: &StateView<'_>,
    foresight: &Foresight,
    steps: &SafetySteps,
    paths: &mut Paths,
) -> bool {
    let Some(turn) = &foresight.turn else { return false };
    let (periods, markets) = (paths.periods(), state.network.market.len());
    let not_turned: Vec<bool> = turn.is_turned.iter().map(|is_turned| !is_turned).collect();
    let parts = [&not_turned, &turn.is_turned].map(|holds| foresight.given(holds));
    let [Some(stays), Some(turns)] = parts else { return false };
    let is_worth_it = turn.shows + 1 < periods && stays.0.min(turns.0) >= WORTH_A_BRANCH;
    let is_small = check_size(state.network, periods, 2, Method::RevisedSimplex).is_ok();
    // Where orders cost something whatever their size, schedules are of one scenario.
    if !is_worth_it || !is_small || orders_cost(state.network) {
        return false;
    }
    let (outage, ends_episode) = (paths.outage.clone(), paths.ends_episode);
    let mut buffers = Vec::new();
    for (_, part) in [&stays, &turns] {
        steps.write(state.network, state.rules, part, paths);
        let after = (turn.shows + 1) * paths.buffers.len() / periods;
        if !buffers.is_empty() {
            paths.buffers[after..].iter_mut().for_each(|buffer| buffer.cost *= AFTER);
        }
        buffers.append(&mut paths.buffers);
    }
    paths.reset(2, periods, markets);
    (paths.outage, paths.ends_episode, paths.buffers) = (outage, ends_episode, buffers);
    for (scenario, (chance, part)) in [stays, turns].iter().enumerate() {
        paths.weights[scenario] = *chance;
        for period in 0..periods {
            for link in state.network.market.indices() {
                paths.set(scenario, period, link, part.mean(period, link));
            }
        }
    }
    for period in 0..=turn.shows {
        paths.leaders[2 * period + 1] = 0;
    }
    true
}
