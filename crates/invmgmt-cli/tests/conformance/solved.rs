//! Optima of the literature that `exact` finds: the problems of `classics-1` with a proven value and a published one.

use invmgmt::episode::{Episode, Policy};
use invmgmt_data::{Case, Optimum, Proof as Known, Scenario, scenario_from_yaml, suite};
use invmgmt_exact::{Criterion, Settings, Solution, Window, solve};

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
        // Theirs is no optimum of a demand that can be played: the rows of the recursion.
        "fixed cost under demand that moves" => 5e-3,
        _ if published.fract() == 0.0 => 1.0,
        _ => half_a_digit(published),
    };
    let found = Instance::new(format!("Optima: {kind}"), &case.id, String::new(), "exact", published)
        .from(source, "optimum", digit);
    let is_long = states(optimum) > QUICK;
    Some(Instance { proof: Proof::Solved(Box::new(case.clone())), is_long, ..found })
}

/// Published optima of classics with other parameters than those of the suite.
pub fn others() -> Vec<Instance> {
    let dual = |lead_time: u32, penalty: u32, cheap: u32, dear: u32, theirs: f64| {
        let keys =
            format!("DualSourcing, lead_time: {lead_time}, penalty: {penalty}, cheap: {cheap}, dear: {dear}");
        let name = format!("U{{0..4}}, L {lead_time}, b {penalty}, prices {cheap} and {dear}");
        other("Optima: dual sourcing", &name, keys, Criterion::Average, theirs, GIJSBRECHTS)
    };
    let sold = |life: u32, theirs: f64| {
        let keys = format!(
            "Perishable, life: {life}, mean: 5, demand: poisson, price: 1, cost: 0.5, penalty: 0, waste: 0, holding: 0, \
             largest: 16"
        );
        let source = "Hendrix et al., Computers and Operations Research 105, 2019";
        let name = format!("profit, Poisson 5, m {life}, FIFO");
        let row = other("Optima: perishable goods", &name, keys, Criterion::Average, -theirs, source);
        Instance { theirs, ..row }
    };
    let endless = |issue: &str, theirs: f64| {
        let name = format!("{issue}, waste 7, L 1, m 2, from an empty store for ever");
        let keys = format!("Perishable, issue: {issue}");
        let source = "De Moor, Gijsbrechts and Boute 2022, recomputed";
        other("Optima: perishable goods", &name, keys, Criterion::Discounted(0.99), theirs, source)
    };
    vec![
        dual(2, 95, 0, 5, 16.769_802),
        dual(2, 95, 0, 10, 19.733_333),
        dual(2, 495, 100, 105, 216.7698),
        dual(2, 495, 100, 110, 219.7333),
        dual(3, 495, 100, 105, 216.8767),
        dual(3, 495, 100, 110, 220.3411),
        endless("lifo", 1603.597),
        endless("fifo", 1510.470),
        sold(2, 2.2151),
        sold(3, 2.3985),
        sold(4, 2.47),
        first_order("receive", 4.0),
        first_order("ship", 3.0),
    ]
}

const GIJSBRECHTS: &str = "Gijsbrechts et al. 2022, recomputed; Boettcher et al. 2023, table 1";

/// A classic with these parameters, solved; what it costs.
fn other(group: &str, name: &str, keys: String, criterion: Criterion, theirs: f64, source: &str) -> Instance {
    let earns = theirs < 0.0;
    let ours = move || {
        let profit = solution(&keys, criterion).profit.middle();
        if earns { profit } else { -profit }
    };
    let found = Instance::new(group, name, String::new(), "exact", theirs);
    let found = found.from(source, "optimum", half_a_digit(theirs.abs())).long_if(true);
    Instance { proof: Proof::Computed(Box::new(ours)), ..found }
}

/// What is ordered first where a shipment arrives or not.
fn first_order(at: &'static str, theirs: f64) -> Instance {
    let ours = move || {
        let found = solution(&format!("RandomYield, at: {at}"), Criterion::Finite(0.99));
        let scenario = scenario(&format!("RandomYield, at: {at}"));
        let mut policy = found.policy;
        let episode = Episode::begin(&scenario.problem, 0).expect("an episode");
        let mut orders = [0.0];
        policy.decide(&episode.view(), &mut orders).expect("decided");
        orders[0]
    };
    let name = format!("yield shown at {at}: the first order");
    let found = Instance::new("Optima: random yield", name, String::new(), "exact", theirs);
    let found = found.from("recomputed by a programme apart", "optimum", 1e-9).long_if(true);
    Instance { proof: Proof::Computed(Box::new(ours)), ..found }
}

fn scenario(keys: &str) -> Scenario {
    scenario_from_yaml(&format!("classic: {{name: {keys}}}\n")).unwrap_or_else(|error| panic!("{error}"))
}

fn solution(keys: &str, criterion: Criterion) -> Solution {
    let problem = scenario(keys).problem;
    solve(&problem, &Settings::new(criterion, 2), &mut |_| {})
        .unwrap_or_else(|error| panic!("{keys}: {error}"))
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
