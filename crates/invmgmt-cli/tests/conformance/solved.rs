//! Optima of the literature that `exact` finds: the problems of `classics-1` with a proven value and a published one.

use invmgmt_data::{Case, Optimum, Proof as Known, suite};
use invmgmt_exact::{Criterion, Settings, Window, solve};

use super::instances::{Instance, Proof};

/// States up to which a problem is quick to solve.
const QUICK: usize = 100;

/// Policies with a published cost per period, played on the problems they were published for; quick for the best
/// base-stock levels of lost sales.
pub fn known() -> Vec<Instance> {
    let suite = suite("classics-1").expect("comes along");
    let mut rows = Vec::new();
    for case in suite.problems() {
        let Some(optimum) = &case.facts.optimum else { continue };
        if optimum.criterion != invmgmt_data::Criterion::Average {
            continue;
        }
        for known in &case.facts.known {
            let row = Instance::new(
                "Known policies of the classics",
                &case.id,
                String::new(),
                &known.policy,
                known.value,
            );
            let digit = match case.id.as_str() {
                // The printed figure is a simulation's of unknown length; another programme found 7.828 +- .009.
                "random-lead-time-lost-sales-unit" => 0.027,
                _ => half_a_digit(known.value),
            };
            let row = row.from(&known.by, "printed", digit);
            let row = row.long_if(!case.id.starts_with("lost-sales-poisson"));
            rows.push(Instance { proof: Proof::Reached(Box::new(case.clone())), ..row });
        }
    }
    rows
}

/// One per problem.
pub fn optima() -> Vec<Instance> {
    let problems = suite("classics-1").expect("comes along");
    problems.problems().iter().filter_map(instance).collect()
}

fn instance(case: &Case) -> Option<Instance> {
    let optimum = case.facts.optimum.as_ref()?;
    let published = optimum.published.filter(|_| optimum.kind == Known::Proven)?;
    let kind = case.name.as_deref().map_or("", |name| name.split(':').next().unwrap_or_default());
    let source = case.facts.source.clone().unwrap_or_default();
    // Of De Moor's problems those without decimals are means of simulated years.
    let digit = match kind {
        // Theirs comes of steps in which stock moves beside costs of the law between them. Whole demand costs 362.5839,
        // demand that may be any number 362.575.
        "fixed cost under demand that moves" => 5e-3,
        _ if published.fract() == 0.0 => 1.0,
        _ => half_a_digit(published),
    };
    let found = Instance::new(format!("Optima: {kind}"), &case.id, String::new(), "exact", published)
        .from(source, "optimum", digit);
    let is_long = states(optimum) > QUICK;
    Some(Instance { proof: Proof::Solved(Box::new(case.clone())), is_long, ..found })
}

/// States that the suite says there are, `exact, 299 states`.
fn states(optimum: &Optimum) -> usize {
    let words = optimum.by.split_whitespace().zip(optimum.by.split_whitespace().skip(1));
    let count =
        words.filter(|(_, noun)| noun.starts_with("states")).find_map(|(count, _)| count.parse().ok());
    count.unwrap_or(usize::MAX)
}

/// What a figure may be off by, as it is printed.
pub fn half_a_digit(printed: f64) -> f64 {
    let text = printed.to_string();
    let decimals = text.split_once('.').map_or(0, |(_, decimals)| decimals.len());
    0.55 * 10.0_f64.powi(-(decimals as i32))
}

/// The value that the suite states, as the page shows it; the tests find it anew.
pub fn stated(case: &Case) -> f64 {
    case.facts.optimum.as_ref().and_then(|optimum| optimum.value).expect("one is stated")
}

/// What the best policy costs or earns, by the criterion that the problem states.
pub fn value(case: &Case) -> f64 {
    let optimum = case.facts.optimum.as_ref().expect("one is stated");
    let discount = case.problem.rules.discount;
    let criterion = match optimum.criterion {
        invmgmt_data::Criterion::Average => Criterion::Average,
        invmgmt_data::Criterion::Discounted => Criterion::Discounted(discount),
        invmgmt_data::Criterion::Finite => Criterion::Finite(discount),
    };
    let window = Window { warm_up: case.warm_up, periods: case.scored };
    let is_window = matches!(criterion, Criterion::Discounted(_));
    let settings = Settings { window: is_window.then_some(window), ..Settings::new(criterion, 2) };
    let found =
        solve(&case.problem, &settings, &mut |_| {}).unwrap_or_else(|error| panic!("{}: {error}", case.id));
    match optimum.objective {
        invmgmt_data::Objective::Cost => -found.profit.middle(),
        invmgmt_data::Objective::Profit => found.profit.middle(),
    }
}
