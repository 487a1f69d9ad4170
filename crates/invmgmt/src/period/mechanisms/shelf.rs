//! Ages: which units leave first, and which spoil.

use std::ops::Range;

use crate::network::{
    ManagedIx, Network, Part, Physics, Shelf, Supplier, SupplyLink, SupplyLinkIx, TableIndex,
};
use crate::period::{Flows, Lanes, State};

use super::MechanismFlows;

/// Where a node's ages stand in the extra part of a state, the oldest first.
#[inline(always)]
pub(super) fn of_node(network: &Network, shelf: &Shelf, node: ManagedIx) -> Range<usize> {
    let (part, ages) = (network.layout.extra(Part::OnHandByLife).start, shelf.on_hand[node].range());
    part + ages.start..part + ages.end
}

/// Where the ages of what a link sends, or of what it brings, stand in a period's flows; nowhere on links that bring
/// fresh goods, or goods that do not spoil.
#[inline(always)]
pub(crate) fn of_sent(physics: &Physics, link: SupplyLinkIx) -> Range<usize> {
    physics.shelf.as_ref().map_or(0..0, |shelf| shelf.links[link].sent.range())
}

/// How many ages of what is sent there are in all.
pub(super) fn sent(physics: &Physics) -> usize {
    let links = physics.shelf.iter().flat_map(|shelf| shelf.links.rows());
    links.map(|ages| ages.sent.life).sum()
}

/// Where the ages of a link's goods in transit begin in the extra part of a state.
#[inline(always)]
pub(super) fn of_link(network: &Network, physics: &Physics, link: SupplyLinkIx) -> Option<usize> {
    let ages = physics.shelf.as_ref()?.links[link];
    (ages.sent.life > 0).then(|| network.layout.extra(Part::InTransitByLife).start + ages.in_transit)
}

/// Stock of a node that can still be sold for at least so many periods [units].
#[inline(always)]
pub(super) fn fresh_enough<const W: usize>(
    network: &Network,
    physics: &Physics,
    state: &State<'_, [f64; W]>,
    node: ManagedIx,
    fresh: usize,
) -> Lanes<W> {
    let Some(shelf) = &physics.shelf else { return state.on_hand.values[node.position()].into() };
    let ages = &state.extra[of_node(network, shelf, node)];
    ages.iter().skip(fresh.saturating_sub(1)).fold(Lanes::ZERO, |sum, &units| sum + units.into())
}

/// Takes what a link ships out of its supplier's ages, the oldest that are fresh enough first.
#[inline(always)]
pub(super) fn take_oldest<const W: usize>(
    network: &Network,
    physics: &Physics,
    state: &mut State<'_, [f64; W]>,
    link: SupplyLinkIx,
    supplier: &Supplier,
    filled: Lanes<W>,
    m: &mut MechanismFlows<W>,
) {
    let Some(shelf) = &physics.shelf else { return };
    let ages = &mut state.extra[of_node(network, shelf, supplier.node)];
    let sent = &mut m.sent_by_life[shelf.links[link].sent.range()];
    sent.fill(Lanes::ZERO);
    let first = shelf.fresh[link].saturating_sub(1);
    // Rounding may have made less than nothing of it.
    let mut left = (supplier.stock_per_unit * filled).positive();
    for (units, sent) in ages.iter_mut().zip(sent.iter_mut()).skip(first) {
        if !left.any_left() {
            break;
        }
        let taken = take_one(units, &mut left);
        *sent = supplier.production_yield * taken;
    }
}

/// Takes units out of ages: the oldest first, or the freshest.
#[inline(always)]
pub(super) fn take<const W: usize>(ages: &mut [[f64; W]], units: Lanes<W>, oldest_first: bool) {
    let ages = ages.iter_mut();
    if oldest_first { take_in_turn(ages, units) } else { take_in_turn(ages.rev(), units) }
}

/// Takes units out of ages in turn, until all are taken: a long shelf life is mostly ages nobody comes to.
#[inline(always)]
fn take_in_turn<'a, const W: usize>(ages: impl Iterator<Item = &'a mut [f64; W]>, units: Lanes<W>) {
    let mut left = units.positive();
    for age in ages {
        if !left.any_left() {
            return;
        }
        let _ = take_one(age, &mut left);
    }
}

/// Takes what is left to take out of one age, as far as it goes.
#[inline(always)]
fn take_one<const W: usize>(age: &mut [f64; W], left: &mut Lanes<W>) -> Lanes<W> {
    let taken = left.smaller((*age).into());
    *age = (Lanes::from(*age) - taken).values();
    *left -= taken;
    taken
}

/// Whether goods on their way come a slot nearer when they grow a period older, all in one move: where they are
/// received before they age. Until then what was sent stands in the place of the oldest slot, which is empty.
#[inline(always)]
pub(crate) fn moves_with_age(physics: &Physics) -> bool {
    physics.timeline != crate::network::Timeline::OrderFirst
}

/// Where the ages of a slot stand between receiving and ageing.
#[inline(always)]
pub(crate) fn place_of_slot(physics: &Physics, slots: usize, slot: usize) -> usize {
    match slot + 1 {
        _ if !moves_with_age(physics) => slot,
        next if next == slots => 0,
        next => next,
    }
}

/// How many of a link's oldest slots need not be moved: what was sent so long ago has spoiled, down to the last bit of
/// its ages; unless goods stand there that no period of this network has sent.
#[inline(always)]
fn spoiled_slots<const W: usize>(state: &State<'_, [f64; W]>, row: &SupplyLink, spoiled: usize) -> usize {
    let goods = &state.in_transit[row.first_slot..][..spoiled];
    if goods.iter().any(|&goods| Lanes::from(goods).any_left()) { 0 } else { spoiled }
}

/// After the sale every unit is a period older; those that can be sold no more are thrown away.
#[inline(always)]
pub(in crate::period) fn grow_older<const W: usize>(
    network: &Network,
    physics: &Physics,
    state: &mut State<'_, [f64; W]>,
    flows: &mut Flows<W>,
) {
    let (Some(shelf), Some(m)) = (&physics.shelf, flows.mechanisms.as_deref_mut()) else { return };
    for node in network.managed.indices() {
        let ages = &mut state.extra[of_node(network, shelf, node)];
        let Some(newest) = ages.len().checked_sub(1) else { continue };
        let on_hand = &mut state.on_hand[node];
        // Rounding may have left more in the ages than there is.
        let spoiled = Lanes::from(ages[0]).smaller(Lanes::from(*on_hand).positive()).positive();
        *on_hand = (Lanes::from(*on_hand) - spoiled).values();
        ages.copy_within(1.., 0);
        ages[newest] = [0.0; W];
        m.losses[node].wasted += spoiled;
        m.costs[node].waste += shelf.waste[node] * spoiled;
    }
    for (link, row) in network.supply.iter() {
        let Some(first) = of_link(network, physics, link) else { continue };
        let life = shelf.links[link].sent.life;
        let empty = spoiled_slots(state, row, shelf.links[link].spoiled);
        for slot in empty..row.slots {
            let oldest = Lanes::from(state.extra[first + place_of_slot(physics, row.slots, slot) * life]);
            // On most ways nothing spoils.
            if oldest.any_left() {
                let goods = &mut state.in_transit[row.first_slot + slot];
                let spoiled = oldest.smaller(Lanes::from(*goods).positive()).positive();
                *goods = (Lanes::from(*goods) - spoiled).values();
                lose(shelf, m, state, link, row.buyer, spoiled);
            }
        }
        let ages = &mut state.extra[first..first + row.slots * life];
        if !ages.is_empty() {
            // All slots at once: what moves into the slot before is overwritten.
            if moves_with_age(physics) {
                // What was received is in stock by now, and its numbers serve to keep what was sent.
                let sent = &mut m.received_by_life[of_sent(physics, link)];
                for (sent, age) in sent.iter_mut().zip(&mut ages[..life]) {
                    *sent = Lanes::from(std::mem::replace(age, [0.0; W]));
                }
                let moved = &mut ages[empty * life..];
                if moved.len() > life {
                    moved.copy_within(life + 1.., 0);
                }
                let newest = moved.len() - life;
                for (age, sent) in moved[newest..].iter_mut().zip(&sent[1..]) {
                    *age = sent.values();
                }
            } else {
                ages[empty * life..].copy_within(1.., 0);
            }
            ages[empty * life..].chunks_exact_mut(life).for_each(|slot| slot[life - 1] = [0.0; W]);
        }
        if physics.timeline == crate::network::Timeline::OrderFirst {
            // What left in this period is not in a slot yet.
            let ages = &mut m.sent_by_life[of_sent(physics, link)];
            let on_its_way = m.sent[link] - m.handed[link];
            let spoiled = ages[0].smaller(on_its_way.positive()).positive();
            ages.copy_within(1.., 0);
            ages[life - 1] = Lanes::ZERO;
            m.sent[link] -= spoiled;
            lose(shelf, m, state, link, row.buyer, spoiled);
        }
    }
}

#[inline(always)]
fn lose<const W: usize>(
    shelf: &crate::network::Shelf,
    m: &mut MechanismFlows<W>,
    state: &mut State<'_, [f64; W]>,
    link: SupplyLinkIx,
    buyer: ManagedIx,
    spoiled: Lanes<W>,
) {
    let on_order = &mut state.on_order[link];
    *on_order = (Lanes::from(*on_order) - spoiled).values();
    m.losses[buyer].wasted += spoiled;
    m.costs[buyer].waste += shelf.waste[buyer] * spoiled;
}
