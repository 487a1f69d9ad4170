//! Account: the costs that only mechanisms have, once everything of the period has happened.

use super::truck;
use crate::network::{ManagedIx, Network, Physics, TableIndex};
use crate::period::{Flows, Lanes, Rules, State};

/// Charges what mechanisms cost and books what is paid for only when it is received; adds both to the nodes' profits
/// and to each episode's reward [money].
#[inline(always)]
pub(in crate::period) fn settle<const W: usize>(
    network: &Network,
    physics: &Physics,
    rules: &[Rules; W],
    state: &State<'_, [f64; W]>,
    flows: &mut Flows<W>,
    reward: &mut Lanes<W>,
) {
    let Some(m) = flows.mechanisms.as_deref_mut() else { return };
    let weights = Lanes::of(|lane| rules[lane].weight(state.period[lane] as usize));
    for row in physics.yields.iter().filter(|row| row.pay_received && row.at_receipt) {
        let link = &network.supply[row.link];
        let money = link.price * m.paid_on_receipt[row.link];
        let buyer = &mut flows.nodes[link.buyer];
        buyer.parts.procurement += money;
        buyer.profit -= weights * money;
        *reward -= weights * money;
        if let Some(supplier) = &link.supplier {
            let seller = &mut flows.nodes[supplier.node];
            seller.parts.revenue += money;
            seller.profit += weights * money;
            *reward += weights * money;
        }
    }
    for recipe in &network.recipes {
        let money = recipe.operating_cost * flows.filled[recipe.link];
        let maker = &mut flows.nodes[network.supply[recipe.link].buyer];
        maker.parts.operating += money;
        maker.profit -= weights * money;
        *reward -= weights * money;
    }
    for joint in &physics.joints {
        truck::charge(network, joint, &flows.filled, m);
    }
    for (node, costs) in network.managed.indices().zip(m.costs.rows()) {
        let extra = costs.total();
        let cost = weights * extra;
        let node = &mut flows.nodes[node];
        node.parts.extra = extra;
        node.profit -= cost;
        *reward -= cost;
    }
}

/// Charges for what lies beyond a node's room when the books are closed.
#[inline(always)]
pub(in crate::period) fn charge_overflow<const W: usize>(
    physics: &Physics,
    state: &State<'_, [f64; W]>,
    flows: &mut Flows<W>,
) {
    let Some(m) = flows.mechanisms.as_deref_mut() else { return };
    for row in physics.rooms.iter().filter(|row| !row.room.discards) {
        let taken =
            |&(node, volume): &(ManagedIx, f64)| volume * Lanes::from(state.on_hand.values[node.position()]);
        let all = row.points.iter().map(taken).fold(Lanes::ZERO, |sum, volume| sum + volume);
        let beyond = (all - Lanes::splat(row.room.space)).positive();
        // Who takes how much of a room that is too small for all pays as much of what is beyond.
        for &(node, volume) in &row.points {
            let taken = volume * Lanes::from(state.on_hand.values[node.position()]);
            let share = Lanes::of(|lane| {
                if row.points.len() == 1 || beyond[lane] == 0.0 {
                    beyond[lane]
                } else {
                    beyond[lane] * (taken[lane] / all[lane])
                }
            });
            m.crowded[node] = share;
            m.costs[node].overflow += row.room.cost * share;
        }
    }
}
