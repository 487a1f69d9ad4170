//! Order: what an action asks for becomes what suppliers are to fill.

use crate::network::{LeadModel, LeadTimeLaw, Network, OrderSize, Part, Physics, TableIndex};
use crate::period::{Flows, Lanes, State};

use super::transit::NEVER;
use super::{ROUNDING, resource, rounded_down, truck};

/// Requests at most this are none [units].
pub(crate) const NOTHING: f64 = 1e-9;

/// Rounds and sizes requests, keeps back those of nodes that are down, sends them on their way to the supplier, adds
/// what is owed and cuts at the caps of links.
#[inline(always)]
pub(in crate::period) fn read_requests<const W: usize>(
    network: &Network,
    physics: &Physics,
    state: &mut State<'_, [f64; W]>,
    requests: &[[f64; W]],
    flows: &mut Flows<W>,
) {
    let Some(m) = flows.mechanisms.as_deref_mut() else { return };
    m.clear();
    for lead in &physics.leads {
        if lead.model != LeadModel::Unit {
            m.drawn[lead.link] = drawn(&lead.law, &m.draws[lead.draw]);
        }
    }
    for (wanted, &request) in m.wanted.rows_mut().iter_mut().zip(requests) {
        *wanted = Lanes::from(request).positive();
    }
    if physics.whole_units {
        for wanted in m.wanted.rows_mut() {
            *wanted = Lanes::of(|lane| wanted[lane].round());
        }
    }
    for size in &physics.sizes {
        let wanted = &mut m.wanted[size.link];
        *wanted = sized(size, *wanted);
    }
    for joint in physics.joints.iter().filter(|joint| joint.whole_trucks) {
        truck::load(physics, joint, m);
    }
    let up = network.layout.extra(Part::Up);
    for (chain, up) in physics.chains.iter().zip(&state.extra[up]) {
        for &link in &chain.orders {
            let wanted = &mut m.wanted[link];
            *wanted = Lanes::of(|lane| if up[lane] > 0.0 { wanted[lane] } else { 0.0 });
        }
    }
    let requested = network.layout.extra(Part::Requested);
    let requested = &mut state.extra[requested];
    for delay in &physics.delays {
        let slots = &mut requested[delay.first..delay.first + delay.periods];
        let read = slots[0];
        slots.copy_within(1.., 0);
        slots[delay.periods - 1] = m.wanted[delay.link].values();
        m.wanted[delay.link] = read.into();
    }
    let owed = network.layout.extra(Part::Owed);
    let owed = &state.extra[owed];
    for debt in &physics.debts {
        let Some(first) = debt.first else { continue };
        for &waited in &owed[first..first + debt.length()] {
            m.wanted[debt.link] += waited.into();
        }
    }
    let sought = m.sought.rows_mut().iter_mut().zip(m.wanted.rows());
    sought.for_each(|(sought, &wanted)| *sought = wanted);
    for &(link, cap) in &physics.caps {
        m.sought[link] = m.sought[link].smaller(Lanes::splat(cap));
    }
    for resource in &physics.resources {
        resource::share(physics, resource, owed, m);
    }
    let allowed = m.allowed.rows_mut().iter_mut().zip(m.sought.rows());
    allowed.for_each(|(allowed, &sought)| *allowed = sought);
    debug_assert_eq!(requests.len(), network.supply.len(), "one request per supply link");
    debug_assert!(network.supply.indices().all(|link| m.sought.rows()[link.position()][0] >= 0.0));
}

impl OrderSize {
    /// A request as its link lets it be [units].
    pub fn of_request(&self, request: f64) -> f64 {
        sized::<1>(self, [request].into()).values()[0]
    }
}

/// A request as its link lets it be: raised to the least order, rounded up to whole multiples, cut at the largest
/// order.
#[inline(always)]
pub(crate) fn sized<const W: usize>(size: &OrderSize, request: Lanes<W>) -> Lanes<W> {
    let (least, multiple, most) = (size.least, size.multiple, size.most);
    let mut order = Lanes::<W>::of(|lane| if request[lane] > least { request[lane] } else { least });
    if multiple > 0.0 {
        order = Lanes::of(|lane| (order[lane] / multiple - ROUNDING).ceil() * multiple);
    }
    if most.is_finite() {
        let largest = if multiple > 0.0 { rounded_down(most / multiple) * multiple } else { most };
        order = Lanes::of(|lane| if order[lane] > most { largest } else { order[lane] });
    }
    Lanes::of(|lane| if request[lane] <= NOTHING || order[lane] < least { 0.0 } else { order[lane] })
}

/// The lead times of uniform draws, all lanes at once: as many periods more than the shortest as chances pass before a
/// draw is used up.
#[inline(always)]
pub(crate) fn drawn<const W: usize>(law: &LeadTimeLaw, draws: &[f64; W]) -> Lanes<W> {
    let (least, longest) = (law.shortest(), law.longest());
    let (mut left, mut periods) = (Lanes::from(*draws), Lanes::<W>::splat(least as f64));
    for &chance in &law.chances[least..] {
        left -= Lanes::splat(chance);
        let passed = Lanes::<W>::of(|lane| if left[lane] < 0.0 { 0.0 } else { 1.0 });
        if !passed.any_left() {
            break;
        }
        periods += passed;
    }
    // What rounding left over belongs to the last value, if nothing else can be meant.
    let last = if law.never > 0.0 { NEVER } else { longest as f64 };
    Lanes::of(|lane| if periods[lane] > longest as f64 { last } else { periods[lane] })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::network::SupplyLinkIx;

    fn size(least: f64, multiple: f64, most: f64) -> OrderSize {
        OrderSize { link: SupplyLinkIx::from_position(0), least, multiple, most }
    }

    /// By hand: the order of the steps matters.
    #[test]
    fn a_request_is_raised_then_rounded_up_then_cut() {
        let row = size(10.0, 4.0, 21.0);
        let cases =
            [(0.0, 0.0), (1e-10, 0.0), (1.0, 12.0), (12.0, 12.0), (12.1, 16.0), (19.0, 20.0), (90.0, 20.0)];
        for (request, order) in cases {
            assert_eq!(sized(&row, [request].into()).values(), [order], "{request}");
        }
        assert_eq!(sized(&size(0.0, 0.0, 7.5), [9.0].into()).values(), [7.5]);
        assert_eq!(sized(&size(10.0, 0.0, f64::INFINITY), [3.0].into()).values(), [10.0]);
        let tenths = sized(&size(0.0, 0.1, f64::INFINITY), [0.3].into()).values();
        assert_eq!(tenths, [3.0 * 0.1], "three lots of a tenth");
    }
}
