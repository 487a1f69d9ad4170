//! Order: what an action asks for becomes what suppliers are to fill.

use crate::network::{Network, OrderSize, Part, Physics, TableIndex};
use crate::period::{Flows, Lanes, State};

use super::transit::NEVER;
use super::{ROUNDING, resource, truck};

/// Requests at most this are none [units].
const NOTHING: f64 = 1e-9;

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
        let draws = &m.draws[lead.draw];
        m.drawn[lead.link] =
            Lanes::of(|lane| lead.law.drawn(draws[lane]).map_or(NEVER, |drawn| drawn as f64));
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
        *wanted = Lanes::of(|lane| size.of_request(wanted[lane]));
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
    /// A request as its link lets it be: raised to the least order, rounded up to whole multiples, cut at the largest
    /// order [units].
    #[inline(always)]
    pub fn of_request(&self, request: f64) -> f64 {
        if request <= NOTHING {
            return 0.0;
        }
        let mut order = request.max(self.least);
        if self.multiple > 0.0 {
            order = (order / self.multiple - ROUNDING).ceil() * self.multiple;
        }
        if order > self.most {
            let lots = (self.most / self.multiple + ROUNDING).floor();
            order = if self.multiple > 0.0 { lots * self.multiple } else { self.most };
        }
        if order < self.least { 0.0 } else { order }
    }
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
            assert_eq!(row.of_request(request), order, "{request}");
        }
        assert_eq!(size(0.0, 0.0, 7.5).of_request(9.0), 7.5);
        assert_eq!(size(10.0, 0.0, f64::INFINITY).of_request(3.0), 10.0);
        assert_eq!(size(0.0, 0.1, f64::INFINITY).of_request(0.3), 3.0 * 0.1, "three lots of a tenth");
    }
}
