//! What several links use and of which there is only so much in a period.

use crate::network::{Physics, Resource, Share, Use};

use super::{MechanismFlows, rounded_down, whole_units::hypergeometric};

/// Limits what links may seek to what there is of a resource, in one of three ways.
pub(super) fn share<const W: usize>(
    physics: &Physics,
    resource: &Resource,
    owed: &[[f64; W]],
    m: &mut MechanismFlows<W>,
) {
    for lane in 0..W {
        let taken = |row: &Use| {
            let units = m.sought[row.link][lane];
            if units > 0.0 { row.per_unit * units + row.setup } else { 0.0 }
        };
        let wanted: f64 = resource.uses.iter().map(taken).sum();
        if wanted <= resource.per_period {
            continue;
        }
        match resource.share {
            Share::InOrder => in_turn(physics, resource, 0..resource.uses.len(), m, lane),
            Share::Proportional => proportional(physics, resource, m, lane),
            Share::FirstCome => first_come(physics, resource, owed, m, lane),
        }
    }
}

/// Units that what is left of a resource is enough for; whole ones where units are.
fn affordable(row: &Use, left: f64, sought: f64, whole: bool) -> f64 {
    let left = left - row.setup;
    if left < 0.0 || sought <= 0.0 {
        return 0.0;
    }
    let units = if row.per_unit > 0.0 { sought.min(left / row.per_unit) } else { sought };
    if whole { rounded_down(units) } else { units }
}

/// To each in turn what it seeks, as far as it goes.
fn in_turn<const W: usize>(
    physics: &Physics,
    resource: &Resource,
    order: impl Iterator<Item = usize>,
    m: &mut MechanismFlows<W>,
    lane: usize,
) {
    let mut left = resource.per_period;
    for at in order {
        let row = &resource.uses[at];
        let sought = &mut m.sought[row.link][lane];
        let units = affordable(row, left, *sought, physics.whole_units);
        if units > 0.0 {
            left -= row.per_unit * units + row.setup;
        }
        *sought = units;
    }
}

/// To each the same share of what it seeks, after what is used for any amount.
fn proportional<const W: usize>(
    physics: &Physics,
    resource: &Resource,
    m: &mut MechanismFlows<W>,
    lane: usize,
) {
    let seeks = |row: &&Use| m.sought[row.link][lane] > 0.0;
    let setups: f64 = resource.uses.iter().filter(seeks).map(|row| row.setup).sum();
    let wanted: f64 = resource.uses.iter().map(|row| row.per_unit * m.sought[row.link][lane]).sum();
    let left = (resource.per_period - setups).max(0.0);
    let share = if wanted > 0.0 {
        (left / wanted).min(1.0)
    } else {
        f64::from(u8::from(setups <= resource.per_period))
    };
    for row in &resource.uses {
        let sought = &mut m.sought[row.link][lane];
        let units = share * *sought;
        *sought = if physics.whole_units { rounded_down(units) } else { units };
    }
}

/// What waits from earlier periods first, then the rest of this one, each in an order drawn anew: unit by unit where
/// units are whole and take one and the same, else link by link.
fn first_come<const W: usize>(
    physics: &Physics,
    resource: &Resource,
    owed: &[[f64; W]],
    m: &mut MechanismFlows<W>,
    lane: usize,
) {
    let waits = |row: &Use| -> f64 {
        let debt = physics.debt_of[row.link].map(|debt| &physics.debts[debt]);
        let slots = debt.and_then(|debt| Some(&owed[debt.first?..debt.first? + debt.length()]));
        slots.map_or(0.0, |slots| slots.iter().map(|slot| slot[lane]).sum())
    };
    let mut granted = std::mem::take(&mut m.numbers);
    granted.clear();
    granted.resize(resource.uses.len(), 0.0);
    let mut left = resource.per_period;
    let alike = resource.uses.iter().all(|row| row.setup == 0.0 && row.per_unit == resource.uses[0].per_unit);
    for turn in 0..2 {
        let asks = |at: usize| {
            let (sought, waits) = (m.sought[resource.uses[at].link][lane], waits(&resource.uses[at]));
            if turn == 0 { waits.min(sought) } else { (sought - waits).max(0.0) }
        };
        let first = resource.draw + turn * resource.uses.len();
        if physics.whole_units && alike && resource.uses[0].per_unit > 0.0 {
            let mut units = rounded_down(left / resource.uses[0].per_unit);
            let mut others: f64 = (0..granted.len()).map(asks).sum();
            units = units.min(others);
            left -= units * resource.uses[0].per_unit;
            for (at, granted) in granted.iter_mut().enumerate() {
                let own = asks(at);
                others -= own;
                let now = hypergeometric(own, others, units, m.draws[first + at][lane]);
                *granted += now;
                units -= now;
            }
            continue;
        }
        let mut order = std::mem::take(&mut m.order);
        order.clear();
        order.extend(0..granted.len());
        order.sort_by(|&a, &b| m.draws[first + a][lane].total_cmp(&m.draws[first + b][lane]));
        for &at in &order {
            let mut row = resource.uses[at];
            if granted[at] > 0.0 {
                row.setup = 0.0;
            }
            let units = affordable(&row, left, asks(at), physics.whole_units);
            if units > 0.0 {
                left -= row.per_unit * units + row.setup;
                granted[at] += units;
            }
        }
        m.order = order;
    }
    for (row, &units) in resource.uses.iter().zip(&granted) {
        m.sought[row.link][lane] = units;
    }
    m.numbers = granted;
}
