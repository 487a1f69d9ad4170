//! The classic with demand that moves, by a recursion over stock that has nothing of the engine: Scarf 1960.

use invmgmt_textbook::Demand;
use invmgmt_textbook::newsvendor::Newsvendor;

use super::instances::{Instance, Proof};

const MEANS: [f64; 4] = [20.0, 40.0, 60.0, 40.0];
const VARIATION: f64 = 0.25;
const FIXED_COST: f64 = 100.0;
const HOLDING: f64 = 1.0;
const PENALTY: f64 = 10.0;
/// Stock that there may be, from the first number to the other [units].
const STOCK: [i64; 2] = [-400, 300];

/// The same problem with demand in whole units, and what is published of it.
pub fn instances() -> Vec<Instance> {
    let row = |name: &str, theirs, source: &str, digit, ours: fn() -> f64| {
        let found = Instance::new(
            "Fixed cost under demand that moves",
            name,
            String::new(),
            "recursion apart",
            theirs,
        );
        Instance { proof: Proof::Computed(Box::new(ours)), ..found.from(source, "formula", digit) }
    };
    vec![
        row("whole demand in costs and stock", 362.583_884, "a programme apart; `exact` below", 1e-6, || {
            cost(whole)
        }),
        row(
            "costs of demand that may be any number from zero up, stock that moves in whole units",
            362.588,
            "InventoryModels.jl, its costs of a period",
            5e-4,
            || cost(any_number),
        ),
    ]
}

/// What demand of each number of units, from none on, weighs in a period, and what a level costs there.
type Period = (Vec<f64>, Box<dyn Fn(f64) -> f64>);

/// All cost from an empty store on.
fn cost(period: fn(f64) -> Period) -> f64 {
    let at = |stock: i64| (stock.max(STOCK[0]) - STOCK[0]) as usize;
    let mut later = vec![0.0; at(STOCK[1]) + 1];
    for mean in MEANS.into_iter().rev() {
        let (weights, level_cost) = period(mean);
        let with = |level: i64| {
            let demand = weights.iter().zip(0_i64..);
            level_cost(level as f64)
                + demand.map(|(weight, units)| weight * later[at(level - units)]).sum::<f64>()
        };
        let levels: Vec<f64> = (STOCK[0]..=STOCK[1]).map(with).collect();
        let mut best_above = f64::INFINITY;
        for (stock, &level) in levels.iter().enumerate().rev() {
            best_above = level.min(best_above);
            later[stock] = level.min(FIXED_COST + best_above);
        }
    }
    later[at(0)]
}

/// Demand rounded to whole units, none where it falls below: as the engine draws it.
fn whole(mean: f64) -> Period {
    let count = 3.25 * mean;
    let mut weights: Vec<f64> = (0..count as i64).map(|units| rounds_to(mean, units)).collect();
    weights[0] = at_level(mean, 0.5).ready_rate;
    let known = weights.clone();
    let costs = move |level: f64| {
        let demand = known.iter().zip(0_i32..);
        demand.map(|(weight, units)| weight * balance(level - f64::from(units))).sum()
    };
    (weights, Box::new(costs))
}

/// Costs by the law of demand that may be any number, those of demand below zero left out as in the package; weights of
/// whole units within four standard deviations, from nothing to twice the mean, that sum to one.
fn any_number(mean: f64) -> Period {
    let weights: Vec<f64> = (0..=(2.0 * mean) as i64).map(|units| rounds_to(mean, units)).collect();
    let all: f64 = weights.iter().sum();
    let deviation = VARIATION * mean;
    let density = (-0.5 * (mean / deviation).powi(2)).exp() / std::f64::consts::TAU.sqrt();
    let below = at_level(mean, 0.0).ready_rate;
    let mean_below = mean * below - deviation * density;
    let costs = move |level: f64| at_level(mean, level).cost - HOLDING * (level * below - mean_below);
    (weights.iter().map(|weight| weight / all).collect(), Box::new(costs))
}

/// Chance of demand that rounds to so many units.
fn rounds_to(mean: f64, units: i64) -> f64 {
    at_level(mean, units as f64 + 0.5).ready_rate - at_level(mean, units as f64 - 0.5).ready_rate
}

fn balance(stock: f64) -> f64 {
    HOLDING * stock.max(0.0) + PENALTY * (-stock).max(0.0)
}

/// What a level costs in a period, and how likely demand is not to pass it.
fn at_level(mean: f64, level: f64) -> invmgmt_textbook::newsvendor::NewsvendorSolution {
    let demand = Demand::Normal { mean, deviation: VARIATION * mean };
    let problem =
        Newsvendor { holding_cost: HOLDING, penalty: PENALTY, lead_time: 0.0, demand, constant_cost: 0.0 };
    problem.at_level(level).expect("sound")
}
