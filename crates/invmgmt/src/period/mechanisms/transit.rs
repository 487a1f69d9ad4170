//! Receive: what is due arrives, by lead times that are fixed or drawn; what does not fit is thrown away.

use crate::network::{
    LeadModel, ManagedIx, Network, NodeRoom, Physics, RandomLead, SupplyLink, SupplyLinkIx, Timeline,
    YieldLaw,
};
use crate::period::{Flows, Lanes, State};

use super::{MechanismFlows, ROUNDING, binomial, shelf, whole_units::round_beyond};

/// Periods until what never arrives would: more than any episode has, and a number that a snapshot can hold [periods].
pub(super) const NEVER: f64 = 1e9;

/// Of what is shipped only a share may arrive, where that shows at shipment.
#[inline(always)]
pub(super) fn lose_at_shipment<const W: usize>(
    network: &Network,
    physics: &Physics,
    link: SupplyLinkIx,
    m: &mut MechanismFlows<W>,
) {
    let Some(row) = physics.link_yield(link) else { return };
    if row.at_receipt {
        if row.pay_received {
            m.paid[link] = Lanes::ZERO;
        }
        return;
    }
    let ages = &mut m.sent_by_life[shelf::of_sent(physics, link)];
    let before = m.sent[link];
    m.sent[link] = arriving(row.law, before, ages, &m.draws[row.draw..row.draw + row.draws]);
    m.losses[network.supply[link].buyer].lost_on_the_way += before - m.sent[link];
    if row.pay_received {
        m.paid[link] = m.sent[link];
    }
}

/// What arrives of units of these ages, or of no age, by a law of yield.
#[inline(always)]
fn arriving<const W: usize>(
    law: YieldLaw,
    units: Lanes<W>,
    ages: &mut [Lanes<W>],
    draws: &[[f64; W]],
) -> Lanes<W> {
    let share = |lane: usize| match law {
        YieldLaw::AllOrNothing(chance) => f64::from(u8::from(draws[0][lane] < chance)),
        YieldLaw::Uniform(low, high) => low + (high - low) * draws[0][lane],
        YieldLaw::Binomial(_) => 1.0,
    };
    if let YieldLaw::Binomial(chance) = law {
        if ages.is_empty() {
            return Lanes::of(|lane| binomial(units[lane], chance, draws[0][lane]));
        }
        for (age, draw) in ages.iter_mut().zip(draws) {
            *age = Lanes::of(|lane| binomial(age[lane], chance, draw[lane]));
        }
        return ages.iter().fold(Lanes::ZERO, |sum, &age| sum + age);
    }
    for age in ages.iter_mut() {
        *age = Lanes::of(|lane| share(lane) * age[lane]);
    }
    Lanes::of(|lane| share(lane) * units[lane])
}

/// Hands over what has no lead time while requests are still being filled.
#[inline(always)]
pub(super) fn hand_over<const W: usize>(
    network: &Network,
    physics: &Physics,
    link: SupplyLinkIx,
    state: &mut State<'_, [f64; W]>,
    m: &mut MechanismFlows<W>,
) {
    let row = &network.supply[link];
    let sent = m.sent[link];
    let handed = match physics.lead_of[link].map(|lead| &physics.leads[lead]) {
        None if row.lead_time > 0 => return,
        None => sent,
        Some(lead) => {
            let drawn = m.drawn[link];
            match lead.model {
                LeadModel::Unit => {
                    let draws = &m.draws[lead.draw];
                    Lanes::of(|lane| binomial(sent[lane], lead.hazards[0], draws[lane]))
                }
                LeadModel::Sweep if lead.is_drawn_ahead(physics) => {
                    sent.where_at_most(state.hidden[lead.hidden].into(), 0.0)
                }
                LeadModel::Fifo => {
                    let last = Lanes::from(state.hidden[lead.hidden + row.slots]) - Lanes::splat(1.0);
                    sent.where_at_most(Lanes::of(|lane| drawn[lane].max(last[lane])), 0.0)
                }
                LeadModel::Free | LeadModel::Sweep => sent.where_at_most(drawn, 0.0),
            }
        }
    };
    m.handed[link] = handed;
    for position in shelf::of_sent(physics, link) {
        let all = Lanes::of(|lane| if handed[lane] > 0.0 { m.sent_by_life[position][lane] } else { 0.0 });
        m.received_by_life[position] = all;
        m.sent_by_life[position] -= all;
    }
    m.received[link] = handed;
    lose_at_receipt(network, physics, link, m);
    let buyer = row.buyer;
    if let Some(room) =
        physics.room_of[buyer].map(|room| &physics.rooms[room]).filter(|room| room.room.discards)
    {
        for lane in 0..W {
            // Goods that were used or promised are still here; they make room when they leave.
            let held: f64 =
                room.points.iter().map(|&(node, volume)| volume * state.on_hand[node][lane]).sum();
            let volume =
                room.points.iter().find(|(node, _)| *node == buyer).map_or(1.0, |&(_, volume)| volume);
            let beyond = held + volume * m.received[link][lane] - room.room.space;
            if beyond > 0.0 && volume > 0.0 {
                let units = beyond / volume;
                let units = if physics.whole_units { (units - ROUNDING).ceil() } else { units };
                discard(network, physics, m, link, units.min(m.received[link][lane]), lane);
            }
        }
    }
    put_on_shelf(network, physics, link, state, m);
    let received = m.received[link];
    m.arrived[buyer] += received;
    let on_hand = &mut state.on_hand[buyer];
    *on_hand = (Lanes::from(*on_hand) + m.received[link]).values();
}

/// What is received loses what its yield takes, where that shows on arrival.
#[inline(always)]
fn lose_at_receipt<const W: usize>(
    network: &Network,
    physics: &Physics,
    link: SupplyLinkIx,
    m: &mut MechanismFlows<W>,
) {
    let Some(row) = physics.link_yield(link).filter(|row| row.at_receipt) else { return };
    let ages = &mut m.received_by_life[shelf::of_sent(physics, link)];
    let before = m.received[link];
    m.received[link] = arriving(row.law, before, ages, &m.draws[row.draw..row.draw + row.draws]);
    m.losses[network.supply[link].buyer].lost_on_the_way += before - m.received[link];
    m.paid_on_receipt[link] += m.received[link];
}

/// Goods leave the suppliers and are on their way, where that does not happen as others arrive.
#[inline(always)]
pub(in crate::period) fn depart<const W: usize>(
    network: &Network,
    physics: &Physics,
    state: &mut State<'_, [f64; W]>,
    flows: &mut Flows<W>,
) {
    let Some(m) = flows.mechanisms.as_deref_mut() else { return };
    for link in network.supply.indices() {
        let on_its_way = m.sent[link] - m.handed[link];
        let on_order = &mut state.on_order[link];
        *on_order = (Lanes::from(*on_order) + on_its_way).values();
        if physics.timeline == Timeline::Beer {
            place(network, physics, link, on_its_way, 0, state, m);
        }
    }
    for ((node, row), goods) in network.managed.iter().zip(flows.nodes.rows()) {
        let on_hand = &mut state.on_hand[node];
        *on_hand = (Lanes::from(*on_hand) - row.stock_per_unit * goods.goods.shipped).values();
        if !network.recipes.is_empty() {
            *on_hand = (Lanes::from(*on_hand) - m.used[node]).values();
        }
    }
}

/// Puts what a link sent into its slots; `early` periods of its lead time are over by then.
#[inline(always)]
fn place<const W: usize>(
    network: &Network,
    physics: &Physics,
    link: SupplyLinkIx,
    units: Lanes<W>,
    early: usize,
    state: &mut State<'_, [f64; W]>,
    m: &mut MechanismFlows<W>,
) {
    let row = &network.supply[link];
    let sent = shelf::of_sent(physics, link);
    let life = sent.len();
    let ages = shelf::of_link(network, physics, link);
    let lead = physics.lead_of[link].map(|lead| &physics.leads[lead]);
    let Some(newest) = row.slots.checked_sub(1) else {
        if let Some(lead) = lead {
            let _ = due_in(lead, row.slots, m.drawn[link], early, state);
        }
        return;
    };
    let periods = lead.map(|lead| due_in(lead, row.slots, m.drawn[link], early, state));
    if let (Some(lead), Some(periods), false) = (lead, periods, row.announced)
        && matches!(lead.model, LeadModel::Free | LeadModel::Fifo)
    {
        state.hidden[lead.hidden + newest] = periods.values();
    }
    let is_announced = row.announced && lead.is_some();
    if let (true, Some(periods)) = (is_announced, periods) {
        for lane in 0..W {
            // Where its due date is known it stands by that.
            let slot = (periods[lane] as usize).clamp(1, row.slots) - 1;
            state.in_transit[row.first_slot + slot][lane] += units[lane];
            let place = shelf::place_of_slot(physics, row.slots, slot);
            for age in 0..ages.map_or(0, |_| life) {
                let sent = m.sent_by_life[sent.start + age][lane];
                state.extra[ages.unwrap_or(0) + place * life + age][lane] += sent;
            }
        }
        return;
    }
    let goods = &mut state.in_transit[row.first_slot + newest];
    *goods = (Lanes::from(*goods) + units).values();
    if let Some(first) = ages {
        let place = shelf::place_of_slot(physics, row.slots, newest);
        let slot = &mut state.extra[first + place * life..][..life];
        for (to, sent) in slot.iter_mut().zip(&m.sent_by_life[sent]) {
            *to = (Lanes::from(*to) + *sent).values();
        }
    }
}

/// In how many periods what was sent in this one is due, and from now on nothing before it if none may overtake.
#[inline(always)]
fn due_in<const W: usize>(
    lead: &RandomLead,
    slots: usize,
    drawn: Lanes<W>,
    early: usize,
    state: &mut State<'_, [f64; W]>,
) -> Lanes<W> {
    let mut due = drawn;
    if lead.model == LeadModel::Fifo {
        let last = Lanes::from(state.hidden[lead.hidden + slots]) - Lanes::splat(1.0);
        due = Lanes::of(|lane| drawn[lane].max(last[lane]));
        state.hidden[lead.hidden + slots] = due.values();
    }
    (due - Lanes::splat(early as f64)).positive()
}

/// What is due arrives and everything else comes a period nearer.
#[inline(always)]
pub(in crate::period) fn receive<const W: usize>(
    network: &Network,
    physics: &Physics,
    state: &mut State<'_, [f64; W]>,
    flows: &mut Flows<W>,
) {
    let Some(mut m) = flows.mechanisms.take() else { return };
    let sends_now = physics.timeline != Timeline::Beer;
    let handed = physics.timeline.hands_over();
    for link in network.supply.indices() {
        let sent = if sends_now { m.sent[link] - m.handed[link] } else { Lanes::ZERO };
        let (due, placed) = match physics.lead_of[link].map(|lead| &physics.leads[lead]) {
            None => fixed_due(network, physics, link, sent, sends_now, state, &mut m),
            Some(_) => drawn_due(network, physics, link, sent, state, &mut m),
        };
        let on_order = &mut state.on_order[link];
        *on_order = if handed {
            (Lanes::from(*on_order) - due).values()
        } else {
            (Lanes::from(*on_order) - due + m.sent[link]).values()
        };
        m.received[link] = due;
        m.placed[link] = placed;
        lose_at_receipt(network, physics, link, &mut m);
    }
    advance(network, physics, state, &mut m, sends_now);
    arrive(network, physics, state, flows, &mut m);
    flows.mechanisms = Some(m);
}

/// What arrives on a link with a fixed lead time, and what enters its slots.
#[inline(always)]
fn fixed_due<const W: usize>(
    network: &Network,
    physics: &Physics,
    link: SupplyLinkIx,
    sent: Lanes<W>,
    sends_now: bool,
    state: &State<'_, [f64; W]>,
    m: &mut MechanismFlows<W>,
) -> (Lanes<W>, Lanes<W>) {
    let row = &network.supply[link];
    let ages = shelf::of_sent(physics, link);
    if row.slots == 0 {
        for position in ages {
            m.received_by_life[position] = if sends_now { m.sent_by_life[position] } else { Lanes::ZERO };
        }
        return (sent, Lanes::ZERO);
    }
    if let Some(first) = shelf::of_link(network, physics, link) {
        for (age, position) in ages.enumerate() {
            m.received_by_life[position] = state.extra[first + age].into();
        }
    }
    (state.in_transit[row.first_slot].into(), sent)
}

/// What arrives on a link with a drawn lead time, and what enters its slots. What arrived is gone from them; an order
/// that is given up leaves the books.
#[inline(always)]
fn drawn_due<const W: usize>(
    network: &Network,
    physics: &Physics,
    link: SupplyLinkIx,
    sent: Lanes<W>,
    state: &mut State<'_, [f64; W]>,
    m: &mut MechanismFlows<W>,
) -> (Lanes<W>, Lanes<W>) {
    let row = &network.supply[link];
    let Some(lead) = physics.lead_of[link].map(|lead| &physics.leads[lead]) else {
        return (sent, Lanes::ZERO);
    };
    let sent_ages = shelf::of_sent(physics, link);
    let (first_age, life) = (sent_ages.start, sent_ages.len());
    let ages = shelf::of_link(network, physics, link);
    let early = usize::from(physics.timeline == Timeline::OrderFirst);
    if ages.is_some() {
        m.received_by_life[first_age..first_age + life].fill(Lanes::ZERO);
    }
    let drawn = m.drawn[link];
    if lead.is_drawn_ahead(physics) {
        state.hidden[lead.hidden] = drawn.values();
    }
    let mut due = Lanes::ZERO;
    let first_left = come_nearer(lead, row, state);
    // What was shipped less than the shortest lead time ago is not due; nor is what is known to be due later.
    let ripe = (row.slots + early + 1).saturating_sub(lead.law.shortest());
    let ripe = ripe.min(if row.announced { 1 } else { row.slots }).min(row.slots);
    for slot in 0..ripe {
        // Periods since it was shipped, as of when what arrives now can be used.
        let age = row.slots - slot + early;
        let goods = Lanes::from(state.in_transit[row.first_slot + slot]);
        let arrives = match lead.model {
            LeadModel::Unit => {
                let draws = &m.draws[lead.draw + age];
                Lanes::of(|lane| binomial(goods[lane], lead.hazards[age], draws[lane]))
            }
            LeadModel::Sweep => goods.where_at_most(drawn, age as f64),
            LeadModel::Free | LeadModel::Fifo if row.announced => goods,
            LeadModel::Free | LeadModel::Fifo if slot == 0 => goods.where_at_most(first_left, 0.0),
            LeadModel::Free | LeadModel::Fifo => {
                goods.where_at_most(state.hidden[lead.hidden + slot - 1].into(), 0.0)
            }
        };
        // Most of what is on its way is not due.
        if !arrives.any_left() {
            continue;
        }
        due += arrives;
        state.in_transit[row.first_slot + slot] = (goods - arrives).values();
        if let Some(first) = ages {
            let share = arrives.if_positive(1.0);
            for age in 0..life {
                let units = &mut state.extra[first + slot * life + age];
                let taken = share * Lanes::from(*units);
                m.received_by_life[first_age + age] += taken;
                *units = (Lanes::from(*units) - taken).values();
            }
        }
    }
    let now = match lead.model {
        LeadModel::Unit => {
            let draws = &m.draws[lead.draw + early];
            Lanes::of(|lane| binomial(sent[lane], lead.hazards[early], draws[lane]))
        }
        LeadModel::Free | LeadModel::Sweep => sent.where_at_most(drawn, early as f64),
        LeadModel::Fifo => {
            let last = Lanes::from(state.hidden[lead.hidden + row.slots]) - Lanes::splat(1.0);
            let due = Lanes::of(|lane| drawn[lane].max(last[lane]));
            sent.where_at_most(due, early as f64)
        }
    };
    if ages.is_some() && now.any_left() {
        let share = now.if_positive(1.0);
        for age in first_age..first_age + life {
            let taken = share * m.sent_by_life[age];
            m.received_by_life[age] += taken;
            m.sent_by_life[age] -= taken;
        }
    }
    due += now;
    let placed = sent - now;
    if lead.law.never > 0.0 || row.slots == 0 {
        for lane in 0..W {
            give_up(network, physics, link, state, m, lane);
            if row.slots == 0 && placed[lane] > 0.0 {
                m.losses[row.buyer].lost_on_the_way[lane] += placed[lane];
                state.on_order[link][lane] -= placed[lane];
            }
        }
    }
    (due, placed)
}

/// The hidden due dates of a link, where it has any, come a period nearer, each to the place of the one before; returns
/// that of the first, which is gone from them [periods].
#[inline(always)]
fn come_nearer<const W: usize>(
    lead: &RandomLead,
    row: &SupplyLink,
    state: &mut State<'_, [f64; W]>,
) -> Lanes<W> {
    let has_dates = matches!(lead.model, LeadModel::Free | LeadModel::Fifo) && !row.announced;
    if !has_dates {
        return Lanes::ZERO;
    }
    // From the newest on: each takes the place of the one before.
    let mut later = [0.0; W];
    for date in state.hidden[lead.hidden..][..row.slots].iter_mut().rev() {
        let date = std::mem::replace(date, later);
        later = (Lanes::from(date) - Lanes::splat(1.0)).positive().values();
    }
    later.into()
}

/// An order still in the oldest slot will not arrive any more.
fn give_up<const W: usize>(
    network: &Network,
    physics: &Physics,
    link: SupplyLinkIx,
    state: &mut State<'_, [f64; W]>,
    m: &mut MechanismFlows<W>,
    lane: usize,
) {
    let row = &network.supply[link];
    if row.slots == 0 || state.in_transit[row.first_slot][lane] == 0.0 {
        return;
    }
    let lost = std::mem::take(&mut state.in_transit[row.first_slot][lane]);
    m.losses[row.buyer].lost_on_the_way[lane] += lost;
    state.on_order[link][lane] -= lost;
    if let (Some(first), Some(shelf)) = (shelf::of_link(network, physics, link), &physics.shelf) {
        state.extra[first..][..shelf.links[link].sent.life].iter_mut().for_each(|age| age[lane] = 0.0);
    }
}

/// Every pipeline moves a period on, and what was sent enters it.
#[inline(always)]
fn advance<const W: usize>(
    network: &Network,
    physics: &Physics,
    state: &mut State<'_, [f64; W]>,
    m: &mut MechanismFlows<W>,
    sends_now: bool,
) {
    if state.in_transit.len() > 1 {
        state.in_transit.copy_within(1.., 0);
    }
    let early = usize::from(physics.timeline == Timeline::OrderFirst);
    for (link, row) in network.supply.iter() {
        let lead = physics.lead_of[link].map(|lead| &physics.leads[lead]);
        if row.slots > 0 {
            state.in_transit[row.last_slot] = [0.0; W];
            if let Some(first) = shelf::of_link(network, physics, link) {
                let life = shelf::of_sent(physics, link).len();
                let slots = &mut state.extra[first..][..row.slots * life];
                if shelf::moves_with_age(physics) {
                    // The oldest slot, empty now, takes what is sent until everything moves.
                    slots[..life].fill([0.0; W]);
                } else {
                    slots.copy_within(life.., 0);
                    slots[(row.slots - 1) * life..].fill([0.0; W]);
                }
            }
        }
        if sends_now && (row.slots > 0 || lead.is_some()) {
            let placed = m.placed[link];
            place(network, physics, link, placed, early, state, m);
        }
    }
}

/// What is received goes into stock, as far as there is room for it.
#[inline(always)]
fn arrive<const W: usize>(
    network: &Network,
    physics: &Physics,
    state: &mut State<'_, [f64; W]>,
    flows: &mut Flows<W>,
    m: &mut MechanismFlows<W>,
) {
    let ships_now = physics.timeline == Timeline::Release;
    for row in physics.rooms.iter().filter(|row| row.room.discards) {
        let leaves = |node: ManagedIx| {
            let shipped = network.managed[node].stock_per_unit * flows.nodes[node].goods.shipped;
            if ships_now { shipped + m.used[node] } else { Lanes::ZERO }
        };
        let stays = |sum: Lanes<W>, &(node, volume): &(ManagedIx, f64)| {
            sum + volume * (Lanes::from(state.on_hand[node]) - leaves(node))
        };
        let left = row.points.iter().fold(Lanes::<W>::ZERO, stays);
        let due =
            row.incoming.iter().fold(Lanes::ZERO, |sum, &(link, volume)| sum + volume * m.received[link]);
        let beyond = (left + due - Lanes::splat(row.room.space)).smaller(due);
        if !beyond.any_left() {
            continue;
        }
        for lane in (0..W).filter(|&lane| beyond[lane] > 0.0) {
            throw_away(network, physics, row, beyond[lane], due[lane], m, lane);
        }
    }
    for &link in &network.delivery_order {
        let (buyer, received) = (network.supply[link].buyer, m.received[link]);
        flows.nodes[buyer].goods.arriving += received;
        let arrived =
            if physics.timeline == Timeline::OrderFirst { &mut m.arrived_last } else { &mut m.arrived };
        arrived[buyer] += received;
        put_on_shelf(network, physics, link, state, m);
    }
    for ((node, row), goods) in network.managed.iter().zip(flows.nodes.rows()) {
        let on_hand = &mut state.on_hand[node];
        let stock = Lanes::from(*on_hand) + goods.goods.arriving;
        *on_hand = if ships_now {
            (stock - row.stock_per_unit * goods.goods.shipped).values()
        } else {
            stock.values()
        };
        if ships_now && !network.recipes.is_empty() {
            *on_hand = (Lanes::from(*on_hand) - m.used[node]).values();
        }
    }
}

/// Throws away what does not fit, shared over what arrives in proportion; whole units go to the largest remainders,
/// ties in order of links.
fn throw_away<const W: usize>(
    network: &Network,
    physics: &Physics,
    room: &NodeRoom,
    beyond: f64,
    due: f64,
    m: &mut MechanismFlows<W>,
    lane: usize,
) {
    let units = beyond / due;
    let mut shares = std::mem::take(&mut m.numbers);
    shares.clear();
    shares.extend(room.incoming.iter().map(|&(link, _)| units * m.received[link][lane]));
    if physics.whole_units {
        let volume = |at: usize| room.incoming[at].1;
        let has = |at: usize| m.received[room.incoming[at].0][lane];
        round_beyond(&mut shares, volume, has, beyond, &mut m.order);
    }
    for (&(link, _), &share) in room.incoming.iter().zip(&shares) {
        discard(network, physics, m, link, share, lane);
    }
    m.numbers = shares;
}

/// Throws units away that a link brings, the oldest first.
fn discard<const W: usize>(
    network: &Network,
    physics: &Physics,
    m: &mut MechanismFlows<W>,
    link: SupplyLinkIx,
    units: f64,
    lane: usize,
) {
    let node = network.supply[link].buyer;
    let Some(row) = physics.room_of[node].map(|room| &physics.rooms[room]) else { return };
    m.received[link][lane] -= units;
    m.losses[node].overflowed[lane] += units;
    m.costs[node].overflow[lane] += row.room.cost * units;
    let mut left = units;
    for age in &mut m.received_by_life[shelf::of_sent(physics, link)] {
        let taken = age[lane].min(left);
        age[lane] -= taken;
        left -= taken;
    }
}

/// What is received joins the ages of the buyer's stock; from a source of raw material it is fresh.
#[inline(always)]
fn put_on_shelf<const W: usize>(
    network: &Network,
    physics: &Physics,
    link: SupplyLinkIx,
    state: &mut State<'_, [f64; W]>,
    m: &MechanismFlows<W>,
) {
    let Some(shelf) = &physics.shelf else { return };
    let ages = &mut state.extra[shelf::of_node(network, shelf, network.supply[link].buyer)];
    let received = &m.received_by_life[shelf::of_sent(physics, link)];
    if received.is_empty() {
        if let Some(fresh) = ages.iter_mut().last() {
            *fresh = (Lanes::from(*fresh) + m.received[link]).values();
        }
        return;
    }
    for (age, &units) in ages.iter_mut().zip(received) {
        *age = (Lanes::from(*age) + units).values();
    }
}
