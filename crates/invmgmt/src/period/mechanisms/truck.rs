//! Orders that share a fixed cost, and trucks that leave full.

use crate::network::{Joint, Network, Physics, SupplyLinkIx, Table};
use crate::period::Lanes;

use super::{MechanismFlows, ROUNDING, rounded_down, whole_units::round_within};

/// Cuts a group's requests to full trucks: each to its share of their volume; whole units by the largest fraction.
pub(super) fn load<const W: usize>(physics: &Physics, joint: &Joint, m: &mut MechanismFlows<W>) {
    let Some(truck) = joint.truck else { return };
    for lane in 0..W {
        let wanted: f64 = joint.links.iter().map(|&(link, volume)| volume * m.wanted[link][lane]).sum();
        if wanted <= 0.0 {
            continue;
        }
        let loaded = rounded_down(wanted / truck) * truck;
        let share = loaded / wanted;
        if !physics.whole_units {
            for &(link, _) in &joint.links {
                m.wanted[link][lane] *= share;
            }
            continue;
        }
        m.numbers.clear();
        m.numbers.extend(joint.links.iter().map(|&(link, _)| share * m.wanted[link][lane]));
        round_within(&mut m.numbers, |at| joint.links[at].1, loaded, &mut m.order);
        for (&(link, _), &share) in joint.links.iter().zip(&m.numbers) {
            m.wanted[link][lane] = share;
        }
    }
}

/// Charges a group's fixed cost, once or by the truck, to its buyers in proportion to the volume they were sent.
pub(super) fn charge<const W: usize>(
    network: &Network,
    joint: &Joint,
    filled: &Table<SupplyLinkIx, Lanes<W>>,
    m: &mut MechanismFlows<W>,
) {
    for lane in 0..W {
        let units: f64 = joint.links.iter().map(|&(link, _)| filled[link][lane]).sum();
        if units <= 0.0 {
            continue;
        }
        let sent: f64 = joint.links.iter().map(|&(link, volume)| volume * filled[link][lane]).sum();
        let times = joint.truck.map_or(1.0, |truck| (sent / truck - ROUNDING).ceil().max(1.0));
        for &(link, volume) in &joint.links {
            let part =
                if sent > 0.0 { volume * filled[link][lane] / sent } else { filled[link][lane] / units };
            m.costs[network.supply[link].buyer].joint[lane] += joint.fixed_cost * times * part;
        }
    }
}
