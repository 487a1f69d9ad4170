//! Failures: what is up in the next period, drawn before anybody decides on it.

use crate::network::{Cause, Chain, Network, Part, Physics, TableIndex};
use crate::period::{Flows, Lanes, State};

use super::{Losses, rounded_down, shelf};

/// Draws what fails and what recovers for the next period; what goes down may lose stock.
#[inline(always)]
pub(in crate::period) fn fail_and_recover<const W: usize>(
    network: &Network,
    physics: &Physics,
    state: &mut State<'_, [f64; W]>,
    flows: &mut Flows<W>,
) {
    let Some(m) = flows.mechanisms.as_deref_mut() else { return };
    let ups = network.layout.extra(Part::Up);
    for (position, chain) in physics.chains.iter().enumerate() {
        let before = state.extra[ups.start + position];
        let next: [f64; W] = std::array::from_fn(|lane| match (&chain.cause, chain.draw) {
            (Cause::Chain { down, up, .. }, Some(draw)) => {
                next_state(before[lane], *down, *up, m.draws[draw][lane])
            }
            (Cause::Periods(spans), _) => {
                f64::from(u8::from(Chain::is_planned_up(spans, state.period[lane] as usize + 1)))
            }
            (Cause::Chain { .. }, None) => before[lane],
        });
        state.extra[ups.start + position] = next;
        for lane in if chain.stocks.is_empty() { 0..0 } else { 0..W } {
            if before[lane] > 0.0 && next[lane] == 0.0 {
                destroy(network, physics, chain, state, m.losses.rows_mut(), lane);
            }
        }
    }
}

/// Whether something works in the next period.
#[inline(always)]
pub(super) fn next_state(up: f64, chance_down: f64, chance_up: f64, uniform: f64) -> f64 {
    let changes = if up > 0.0 { uniform < chance_down } else { uniform < chance_up };
    if changes { 1.0 - up } else { up }
}

/// Destroys stock of what just went down.
#[inline(always)]
pub(super) fn destroy<const W: usize>(
    network: &Network,
    physics: &Physics,
    chain: &Chain,
    state: &mut State<'_, [f64; W]>,
    losses: &mut [Losses<Lanes<W>>],
    lane: usize,
) {
    for &node in &chain.stocks {
        let on_hand = &mut state.on_hand[node][lane];
        let lost = chain.destroy * on_hand.max(0.0);
        let lost = if physics.whole_units { rounded_down(lost) } else { lost };
        let share = if *on_hand > 0.0 { lost / *on_hand } else { 0.0 };
        *on_hand -= lost;
        if let Some(losses) = losses.get_mut(node.position()) {
            losses.destroyed[lane] += lost;
        }
        if let Some(shelf) = &physics.shelf {
            let ages = &mut state.extra[shelf::of_node(network, shelf, node)];
            if physics.whole_units {
                shelf::take(ages, Lanes::of(|at| if at == lane { lost } else { 0.0 }), true);
            } else {
                for age in ages {
                    age[lane] -= share * age[lane];
                }
            }
        }
    }
}
