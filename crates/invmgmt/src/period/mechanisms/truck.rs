//! Orders that share a fixed cost, and trucks that leave full.

use crate::network::{Joint, Network, Physics, SupplyLinkIx, Table};
use crate::period::Lanes;

use super::{MechanismFlows, ROUNDING};

/// Cuts a group's requests to full trucks: each to its share of their volume.
pub(super) fn load<const W: usize>(physics: &Physics, joint: &Joint, m: &mut MechanismFlows<W>) {
    let Some(truck) = joint.truck else { return };
    for lane in 0..W {
        let wanted: f64 = joint.links.iter().map(|&(link, volume)| volume * m.wanted[link][lane]).sum();
        if wanted <= 0.0 {
            continue;
        }
        let loaded = (wanted / truck + ROUNDING).floor() * truck;
        let share = loaded / wanted;
        if !physics.whole_units {
            for &(link, _) in &joint.links {
                m.wanted[link][lane] *= share;
            }
            continue;
        }
        load_whole(joint, loaded, share, m, lane);
    }
}

/// The same with whole units: fractions dropped, then one unit each by the largest fraction, ties in order of
/// declaration, as long as one fits.
fn load_whole<const W: usize>(
    joint: &Joint,
    loaded: f64,
    share: f64,
    m: &mut MechanismFlows<W>,
    lane: usize,
) {
    let mut shares = std::mem::take(&mut m.numbers);
    let mut order = std::mem::take(&mut m.order);
    shares.clear();
    shares.extend(joint.links.iter().map(|&(link, _)| share * m.wanted[link][lane]));
    order.clear();
    order.extend(0..shares.len());
    let fraction = |share: f64| share - (share + ROUNDING).floor();
    order.sort_by(|&a, &b| {
        let (a_left, b_left) = (fraction(shares[a]), fraction(shares[b]));
        if (a_left - b_left).abs() <= ROUNDING { a.cmp(&b) } else { b_left.total_cmp(&a_left) }
    });
    let mut left = loaded;
    for (&(link, volume), share) in joint.links.iter().zip(&shares) {
        let units = (share + ROUNDING).floor();
        m.wanted[link][lane] = units;
        left -= volume * units;
    }
    for &at in &order {
        let (link, volume) = joint.links[at];
        if fraction(shares[at]) > ROUNDING && volume <= left + ROUNDING {
            m.wanted[link][lane] += 1.0;
            left -= volume;
        }
    }
    (m.numbers, m.order) = (shares, order);
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
