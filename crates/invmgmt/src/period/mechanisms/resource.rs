//! What several links use and of which there is only so much in a period.

use crate::network::{Physics, Resource, Share, Use};

use super::{MechanismFlows, NEGLIGIBLE_WEIGHT, ROUNDING};

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
    if whole { (units + ROUNDING).floor() } else { units }
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
        *sought = if physics.whole_units { (units + ROUNDING).floor() } else { units };
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
            let mut units = (left / resource.uses[0].per_unit + ROUNDING).floor();
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

/// How many of `drawn` units taken at random out of `own` and `others` are own ones, by inversion of a uniform number
/// on [0, 1).
fn hypergeometric(own: f64, others: f64, drawn: f64, uniform: f64) -> f64 {
    let (least, most) = ((drawn - others).max(0.0), own.min(drawn));
    if most <= least {
        return least;
    }
    // The chance of one more against that of `at`; from the likeliest number outwards nothing overflows.
    let step = |at: f64| (own - at) * (drawn - at) / ((at + 1.0) * (others - drawn + at + 1.0));
    let likeliest = (((own + 1.0) * (drawn + 1.0)) / (own + others + 2.0)).floor().clamp(least, most);
    let (mut lowest, mut weight, mut total) = (likeliest, 1.0, 1.0);
    while lowest > least && weight > NEGLIGIBLE_WEIGHT {
        lowest -= 1.0;
        weight /= step(lowest);
        total += weight;
    }
    let (mut at, mut below) = (lowest, weight);
    let (mut highest, mut above) = (likeliest, 1.0);
    while highest < most && above > NEGLIGIBLE_WEIGHT {
        above *= step(highest);
        highest += 1.0;
        total += above;
    }
    while below <= uniform * total && at < highest {
        weight *= step(at);
        at += 1.0;
        below += weight;
    }
    at
}

#[cfg(test)]
mod tests {
    use super::hypergeometric;
    use statrs::distribution::{DiscreteCDF, Hypergeometric};

    #[test]
    fn units_drawn_out_of_two_kinds_follow_the_hypergeometric_law() {
        for (own, others, drawn) in [(3.0, 2.0, 2.0), (5.0, 9.0, 6.0), (40.0, 25.0, 30.0), (1.0, 0.0, 1.0)] {
            let law = Hypergeometric::new((own + others) as u64, own as u64, drawn as u64).expect("a law");
            for step in 0..40 {
                let uniform = (f64::from(step) + 0.5) / 40.0;
                let units = hypergeometric(own, others, drawn, uniform);
                let below = if units >= 1.0 { law.cdf(units as u64 - 1) } else { 0.0 };
                let to = law.cdf(units as u64);
                assert!(
                    below <= uniform + 1e-9 && uniform <= to + 1e-9,
                    "{own} {others} {drawn} {uniform}: {units}"
                );
            }
        }
        assert_eq!(hypergeometric(5.0, 3.0, 8.0, 0.3), 5.0);
        assert_eq!(hypergeometric(0.0, 3.0, 2.0, 0.9), 0.0);
    }
}
