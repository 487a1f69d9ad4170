//! Fill and ship: what suppliers can, they send, suppliers before their buyers; what they cannot, they may owe.

use crate::network::{FillStep, ManagedIx, Network, Part, Physics, SupplyLinkIx};
use crate::period::flows::Goods;
use crate::period::{Flows, Lanes, Rules, State};

use super::{MechanismFlows, ROUNDING, allocate, rounded_down, shelf, transit};

/// Fills what is sought, sends it, and books what is owed or lost.
#[inline(always)]
pub(in crate::period) fn fill_and_send<const W: usize>(
    network: &Network,
    physics: &Physics,
    rules: &[Rules; W],
    state: &mut State<'_, [f64; W]>,
    flows: &mut Flows<W>,
) {
    for node in flows.nodes.rows_mut() {
        node.goods = Goods::default();
    }
    let Some(mut m) = flows.mechanisms.take() else { return };
    find_what_is_down(network, physics, state, &mut m);
    reserve_for_customers(network, physics, rules, state, &mut m);
    for &step in &physics.filling {
        match step {
            FillStep::Share(position) => {
                let allocation = &physics.allocations[position];
                let (node, row) = (allocation.node, &network.managed[allocation.node]);
                let stock = (Lanes::from(state.on_hand[node]) - m.reserved[node]).positive();
                let (capacity, production_yield) = row
                    .factory
                    .map_or((f64::INFINITY, 1.0), |factory| (factory.capacity, factory.production_yield));
                let stock = (production_yield * stock).smaller(Lanes::splat(capacity));
                allocate::share(network, physics, allocation, rules, state, stock, &mut m);
            }
            FillStep::Fill(link) => fill_link(network, physics, link, state, flows, &mut m),
            FillStep::Make(recipe) => make(network, physics, recipe, state, flows, &mut m),
        }
    }
    book_debts(network, physics, state, flows, &mut m);
    flows.mechanisms = Some(m);
}

#[inline(always)]
fn find_what_is_down<const W: usize>(
    network: &Network,
    physics: &Physics,
    state: &State<'_, [f64; W]>,
    m: &mut MechanismFlows<W>,
) {
    if physics.chains.is_empty() {
        return;
    }
    m.factor.rows_mut().fill(Lanes::splat(1.0));
    for (chain, up) in physics.chains.iter().zip(&state.extra[network.layout.extra(Part::Up)]) {
        for &link in &chain.ships {
            let factor = &mut m.factor[link];
            *factor =
                Lanes::of(|lane| if up[lane] > 0.0 { factor[lane] } else { factor[lane] * chain.factor });
        }
    }
}

/// What customers who already wait have a first right to.
#[inline(always)]
fn reserve_for_customers<const W: usize>(
    network: &Network,
    physics: &Physics,
    rules: &[Rules; W],
    state: &State<'_, [f64; W]>,
    m: &mut MechanismFlows<W>,
) {
    let waiting = &state.extra[network.layout.extra(Part::Waiting)];
    for &node in &physics.customers_first {
        m.reserved[node] = Lanes::of(|lane| {
            let terms = |market| physics.terms_of[market].map(|terms| &physics.customers[terms]);
            let wait = |&market: &crate::network::MarketLinkIx| match terms(market) {
                Some(terms) => {
                    waiting[terms.first..terms.first + terms.length()].iter().map(|w| w[lane]).sum()
                }
                None if rules[lane].backlog => state.unmet[market][lane],
                None => 0.0,
            };
            network.managed[node].markets.iter().map(wait).sum()
        });
    }
}

#[inline(always)]
fn fill_link<const W: usize>(
    network: &Network,
    physics: &Physics,
    link: SupplyLinkIx,
    state: &mut State<'_, [f64; W]>,
    flows: &mut Flows<W>,
    m: &mut MechanismFlows<W>,
) {
    let row = &network.supply[link];
    let sought = m.allowed[link];
    let filled = match &row.supplier {
        None => sought,
        Some(supplier) => {
            let goods = &flows.nodes[supplier.node].goods;
            let mut stock_left = Lanes::from(state.on_hand[supplier.node]) - goods.promised;
            if !physics.customers_first.is_empty() {
                stock_left = (stock_left - m.reserved[supplier.node]).positive();
            }
            if let Some(fresh) =
                physics.shelf.as_ref().map(|shelf| shelf.fresh[link]).filter(|&fresh| fresh > 1)
            {
                stock_left =
                    stock_left.smaller(shelf::fresh_enough(network, physics, state, supplier.node, fresh));
            }
            let capacity_left = Lanes::splat(supplier.capacity) - goods.shipped;
            sought.smaller(capacity_left.smaller(supplier.production_yield * stock_left))
        }
    };
    let filled = as_it_may_be(physics, link, filled, m);
    flows.filled[link] = filled;
    if let Some(supplier) = &row.supplier {
        let goods = &mut flows.nodes[supplier.node].goods;
        goods.promised += supplier.stock_per_unit * filled;
        goods.shipped += filled;
        shelf::take_oldest(network, physics, state, link, supplier, filled, m);
    }
    send(network, physics, link, filled, state, m);
}

/// What may be filled, as lots and failures let it be.
#[inline(always)]
fn as_it_may_be<const W: usize>(
    physics: &Physics,
    link: SupplyLinkIx,
    mut filled: Lanes<W>,
    m: &MechanismFlows<W>,
) -> Lanes<W> {
    if let Some(lot) = physics.lot(link) {
        let wanted = m.wanted[link];
        filled = Lanes::of(|lane| undivided(filled[lane], wanted[lane], lot));
    }
    if !physics.chains.is_empty() {
        let factor = m.factor[link];
        let limited = |lane: usize| {
            let limited = filled[lane] * factor[lane];
            if physics.whole_units { rounded_down(limited) } else { limited }
        };
        if (Lanes::splat(1.0) - factor).any_left() {
            filled = Lanes::of(|lane| if factor[lane] < 1.0 { limited(lane) } else { filled[lane] });
        }
    }
    filled
}

#[inline(always)]
fn send<const W: usize>(
    network: &Network,
    physics: &Physics,
    link: SupplyLinkIx,
    filled: Lanes<W>,
    state: &mut State<'_, [f64; W]>,
    m: &mut MechanismFlows<W>,
) {
    m.sent[link] = filled;
    m.paid[link] = filled;
    transit::lose_at_shipment(network, physics, link, m);
    if physics.timeline.hands_over() {
        transit::hand_over(network, physics, link, state, m);
    }
}

/// Makes what a recipe is to make, as far as every one of its inputs goes, and uses exactly what that takes.
#[inline(never)]
fn make<const W: usize>(
    network: &Network,
    physics: &Physics,
    recipe: usize,
    state: &mut State<'_, [f64; W]>,
    flows: &mut Flows<W>,
    m: &mut MechanismFlows<W>,
) {
    let recipe = &network.recipes[recipe];
    let link = recipe.link;
    let mut made = m.allowed[link];
    for &(input, ratio) in &recipe.inputs {
        let promised = flows.nodes[input].goods.promised;
        let left = (Lanes::from(state.on_hand[input]) - promised - m.reserved[input]).positive();
        made = made.smaller(Lanes::of(|lane| left[lane] / ratio));
    }
    if physics.whole_units {
        made = Lanes::of(|lane| rounded_down(made[lane]));
    }
    let made = as_it_may_be(physics, link, made, m);
    flows.filled[link] = made;
    for &(input, ratio) in &recipe.inputs {
        let used = Lanes::of(|lane| (ratio * made[lane]).min(state.on_hand[input][lane]));
        flows.nodes[input].goods.promised += used;
        m.used[input] += used;
        if let Some(shelf) = &physics.shelf {
            let ages = &mut state.extra[shelf::of_node(network, shelf, input)];
            shelf::take(ages, used, true);
        }
    }
    send(network, physics, link, made, state, m);
}

/// What may be filled of a request on a link that fills whole lots, or all or nothing.
#[inline(always)]
pub(crate) fn undivided(filled: f64, wanted: f64, lot: f64) -> f64 {
    if lot > 0.0 {
        rounded_down(filled / lot) * lot
    } else if filled >= wanted - ROUNDING * wanted.max(1.0) {
        filled
    } else {
        0.0
    }
}

/// What was not filled waits, the oldest served first, or is lost.
#[inline(always)]
fn book_debts<const W: usize>(
    network: &Network,
    physics: &Physics,
    state: &mut State<'_, [f64; W]>,
    flows: &Flows<W>,
    m: &mut MechanismFlows<W>,
) {
    let owed = network.layout.extra(Part::Owed);
    let owed = &mut state.extra[owed];
    for debt in &physics.debts {
        let (wanted, filled) = (m.wanted[debt.link], flows.filled[debt.link]);
        let unfilled = (wanted - filled).positive();
        m.costs[debt.payer].late += debt.penalty * unfilled;
        let seller: Option<ManagedIx> = network.supply[debt.link].supplier.map(|supplier| supplier.node);
        let mut lost = unfilled;
        if let Some(first) = debt.first {
            let slots = &mut owed[first..first + debt.length()];
            let before = slots.iter().fold(Lanes::ZERO, |sum, &slot| sum + slot.into());
            let fresh = (wanted - before).positive();
            lost = wait_on(slots, filled, fresh, 1.0, debt.at_most, false);
        }
        if let Some(seller) = seller {
            m.losses[seller].lost_requests += lost;
        }
    }
}

/// Serves what waits in `slots` (by the periods it has waited, the youngest first), the oldest first, then what is
/// `fresh`; lets a share of what is then left of that wait too; says how much is lost for good [units].
#[inline(always)]
pub(super) fn wait_on<const W: usize>(
    slots: &mut [[f64; W]],
    served: Lanes<W>,
    fresh: Lanes<W>,
    share: f64,
    at_most: Option<usize>,
    whole: bool,
) -> Lanes<W> {
    let mut left = served;
    for slot in slots.iter_mut().rev() {
        let now = left.smaller((*slot).into());
        *slot = (Lanes::from(*slot) - now).values();
        left -= now;
    }
    let unserved = (fresh - left).positive();
    let joins = share * unserved;
    let joins = if whole && share < 1.0 { Lanes::of(|lane| joins[lane].round()) } else { joins };
    let lost = unserved - joins;
    let Some(newest) = slots.first().copied() else { return lost };
    if at_most.is_none() {
        slots[0] = (Lanes::from(newest) + joins).values();
        return lost;
    }
    let oldest = Lanes::from(slots[slots.len() - 1]);
    slots.copy_within(..slots.len() - 1, 1);
    slots[0] = joins.values();
    lost + oldest
}

#[cfg(test)]
mod tests {
    use super::{undivided, wait_on};

    #[test]
    fn lots_are_filled_whole_and_orders_all_or_not_at_all() {
        assert_eq!(
            [undivided(9.0, 12.0, 4.0), undivided(12.0, 12.0, 4.0), undivided(0.3, 1.0, 0.1)],
            [8.0, 12.0, 3.0 * 0.1]
        );
        assert_eq!([undivided(9.0, 12.0, 0.0), undivided(12.0, 12.0, 0.0)], [0.0, 12.0]);
    }

    /// By hand: 5 and 3 wait (for one and two periods), 4 more come, 6 are served: the 3, then 3 of the 5; 2 have now
    /// waited two periods, 4 one; nothing leaves before it has waited three.
    #[test]
    fn the_oldest_is_served_first_and_leaves_when_it_has_waited_too_long() {
        let waited = |slots: &mut [[f64; 1]], served: f64, fresh: f64, share: f64, at_most, whole| {
            let [lost] = wait_on(slots, [served].into(), [fresh].into(), share, at_most, whole).values();
            lost
        };
        let mut slots = [[5.0], [3.0]];
        assert_eq!(waited(&mut slots, 6.0, 4.0, 1.0, Some(2), false), 0.0);
        assert_eq!(slots, [[4.0], [2.0]]);
        let lost = waited(&mut slots, 1.0, 2.0, 0.5, Some(2), false);
        assert_eq!(lost, 1.0 + 1.0, "one has waited, one will not");
        assert_eq!(slots, [[1.0], [4.0]]);
        let mut endless = [[5.0]];
        assert_eq!(waited(&mut endless, 2.0, 4.0, 0.25, None, true), 3.0);
        assert_eq!(endless, [[4.0]]);
    }
}
