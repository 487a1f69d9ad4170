//! How a node's short stock is shared among the links that want it.

use crate::network::{Allocation, ManagedIx, Network, Part, Physics, Sharing, SupplyLinkIx, TableIndex};
use crate::period::{Lanes, Rules, State};

use super::{MechanismFlows, ROUNDING, rounded_down, whole_units::round_within};

/// Limits what each of a node's links may take to its share of `stock`, the units it can ship [units].
///
/// Afterwards the links take their shares in order, so that what rounding leaves over cannot be taken twice.
pub(super) fn share<const W: usize>(
    network: &Network,
    physics: &Physics,
    allocation: &Allocation,
    rules: &[Rules; W],
    state: &State<'_, [f64; W]>,
    stock: Lanes<W>,
    m: &mut MechanismFlows<W>,
) {
    let links = &network.managed[allocation.node].outgoing;
    let takes = || links.iter().zip(&allocation.takes);
    let wanted = takes().fold(Lanes::ZERO, |sum, (&link, &takes)| sum + takes * m.sought[link]);
    if !(wanted - stock).any_left() {
        return;
    }
    if allocation.rule == Sharing::Proportional && !physics.whole_units {
        // All lanes at once: nothing is rounded.
        let share = Lanes::<W>::of(|lane| stock[lane].max(0.0) / wanted[lane]);
        for (&link, &takes) in takes() {
            let given = share * (takes * m.sought[link]);
            let given = if takes == 1.0 { given } else { Lanes::of(|lane| given[lane] / takes) };
            let allowed = m.allowed[link];
            let given = given.smaller(allowed);
            m.allowed[link] =
                Lanes::of(|lane| if wanted[lane] <= stock[lane] { allowed[lane] } else { given[lane] });
        }
        return;
    }
    for lane in 0..W {
        let sought = |at: usize| allocation.takes[at] * m.sought[links[at]][lane];
        let wanted = wanted[lane];
        if wanted <= stock[lane] {
            continue;
        }
        let mut shares = std::mem::take(&mut m.numbers);
        shares.clear();
        let stock = stock[lane].max(0.0);
        match &allocation.rule {
            Sharing::Proportional => {
                let share = stock / wanted;
                shares.extend((0..links.len()).map(|at| share * sought(at)));
                if physics.whole_units {
                    // What fractions leave over stays, or goes to the largest of them.
                    let total = if allocation.largest_remainder { stock } else { 0.0 };
                    round_within(&mut shares, |_| 1.0, total, &mut m.order);
                }
            }
            Sharing::FairShare(targets) => {
                shares.extend(links.iter().zip(targets).map(|(&link, target)| {
                    let position = buyers_position(
                        network,
                        physics,
                        rules[lane],
                        state,
                        network.supply[link].buyer,
                        lane,
                    );
                    position - target
                }));
                fill_lowest(&mut shares, sought, stock, physics.whole_units);
            }
            Sharing::Priority(order) => {
                in_turn(&mut shares, order.iter().copied(), sought, stock, links.len());
            }
            Sharing::Random(first) => {
                let mut order = std::mem::take(&mut m.order);
                order.clear();
                order.extend(0..links.len());
                order.sort_by(|&a, &b| m.draws[first + a][lane].total_cmp(&m.draws[first + b][lane]));
                in_turn(&mut shares, order.iter().copied(), sought, stock, links.len());
                m.order = order;
            }
        }
        for ((&link, &share), &takes) in links.iter().zip(&shares).zip(&allocation.takes) {
            let share = if takes == 1.0 { share } else { share / takes };
            m.allowed[link][lane] = share.min(m.allowed[link][lane]);
        }
        m.numbers = shares;
    }
}

/// Stock on hand and in transit less customers and buyers who wait: what a fair share looks at; what is owed to the
/// buyer does not count [units].
fn buyers_position<const W: usize>(
    network: &Network,
    physics: &Physics,
    rules: Rules,
    state: &State<'_, [f64; W]>,
    buyer: ManagedIx,
    lane: usize,
) -> f64 {
    let row = &network.managed[buyer];
    let on_order: f64 = row.incoming.iter().map(|link| state.on_order.values[link.position()][lane]).sum();
    let owed = &state.extra[network.layout.extra(Part::Owed)];
    let owed_on = |&link: &SupplyLinkIx| {
        let debt = &physics.debts[physics.debt_of[link]?];
        let slots = &owed[debt.first?..debt.first? + debt.length()];
        Some(network.taken(link, buyer) * slots.iter().map(|slot| slot[lane]).sum::<f64>())
    };
    let owed: f64 = row.outgoing.iter().filter_map(owed_on).sum();
    let waiting = &state.extra[network.layout.extra(Part::Waiting)];
    let customers: f64 = row
        .markets
        .iter()
        .map(|&market| match physics.terms_of[market].map(|terms| &physics.customers[terms]) {
            Some(terms) => waiting[terms.first..terms.first + terms.length()].iter().map(|w| w[lane]).sum(),
            // Under lost sales nothing waits, and the part holds what was lost.
            None if rules.backlog => state.unmet.values[market.position()][lane],
            None => 0.0,
        })
        .sum();
    state.on_hand.values[buyer.position()][lane] + on_order - owed - customers
}

/// To each in turn what he wants, as far as it goes.
fn in_turn(
    shares: &mut Vec<f64>,
    order: impl Iterator<Item = usize>,
    limit: impl Fn(usize) -> f64,
    stock: f64,
    links: usize,
) {
    shares.resize(links, 0.0);
    let mut left = stock;
    for position in order {
        shares[position] = limit(position).min(left);
        left -= shares[position];
    }
}

/// Turns what each buyer has into what he gets: the lowest is raised first, to one level for all as far as the stock
/// goes and what each wants allows; whole units one by one, ties in order of links.
pub(crate) fn fill_lowest(levels: &mut [f64], limit: impl Fn(usize) -> f64, stock: f64, whole: bool) {
    let given = |levels: &[f64], level: f64, at: usize| (level - levels[at]).clamp(0.0, limit(at));
    let total =
        |levels: &[f64], level: f64| (0..levels.len()).map(|at| given(levels, level, at)).sum::<f64>();
    // The total is piecewise linear in the level; its kinks are where a buyer begins and where he has all he wants.
    let mut kinks: Vec<f64> = levels.to_vec();
    kinks.extend((0..levels.len()).map(|at| levels[at] + limit(at)));
    kinks.sort_by(f64::total_cmp);
    let above = kinks.partition_point(|&kink| total(levels, kink) <= stock);
    let level = match (above.checked_sub(1).map(|below| kinks[below]), kinks.get(above)) {
        (Some(low), Some(&high)) => {
            let (at_low, at_high) = (total(levels, low), total(levels, high));
            if at_high > at_low { low + (stock - at_low) / (at_high - at_low) * (high - low) } else { low }
        }
        (Some(low), None) => low,
        (None, _) => return levels.fill(0.0),
    };
    if !whole {
        let shares: Vec<f64> = (0..levels.len()).map(|at| given(levels, level, at)).collect();
        levels.copy_from_slice(&shares);
        return;
    }
    // Surely given; the few units left go one by one.
    let mut shares: Vec<f64> =
        (0..levels.len()).map(|at| given(levels, level - 1.0, at).floor().max(0.0)).collect();
    let mut left = rounded_down(stock - shares.iter().sum::<f64>());
    // At most two each; more only where a unit more is no other number.
    for _ in 0..2 * levels.len() {
        if left < 1.0 {
            break;
        }
        let wants = |at: &usize| shares[*at] + 1.0 <= limit(*at) + ROUNDING;
        let height = |at: usize| levels[at] + shares[at];
        let lowest = (0..levels.len()).filter(wants).min_by(|&a, &b| {
            if (height(a) - height(b)).abs() <= ROUNDING {
                a.cmp(&b)
            } else {
                height(a).total_cmp(&height(b))
            }
        });
        let Some(lowest) = lowest else { break };
        shares[lowest] += 1.0;
        left -= 1.0;
    }
    levels.copy_from_slice(&shares);
}

#[cfg(test)]
mod tests {
    use super::*;

    /// By hand: 6 units in proportion 5, 3, 1 are 3 1/3, 2 and 2/3.
    /// By hand: 0 and 4 with 6 units meet at 5; with 2 only the first is raised; whole units end as near as they can.
    #[test]
    fn the_lowest_is_raised_first_and_as_far_as_he_wants() {
        let shared = |levels: [f64; 3], limits: [f64; 3], stock: f64, whole: bool| {
            let mut levels = levels;
            fill_lowest(&mut levels, |at| limits[at], stock, whole);
            levels
        };
        let much = [9.0, 9.0, 0.0];
        assert_eq!(shared([0.0, 4.0, 9.0], much, 6.0, false), [5.0, 1.0, 0.0]);
        assert_eq!(shared([0.0, 4.0, 9.0], much, 2.0, true), [2.0, 0.0, 0.0]);
        assert_eq!(shared([0.0, 4.0, -9.0], much, 7.0, true), [6.0, 1.0, 0.0], "the tie goes to the first");
        assert_eq!(shared([0.0, 4.0, 9.0], [2.0, 9.0, 9.0], 5.0, true), [2.0, 3.0, 0.0]);
        assert_eq!(shared([0.0, 4.0, 9.0], [2.0, 9.0, 9.0], 4.5, false), [2.0, 2.5, 0.0]);
    }
}
