//! The adjoint of a period against differences of profits that the period itself made.

mod given;
mod mechanisms;

use given::{Compared, PERIODS, compare};
use invmgmt::Problem;
use invmgmt::adjoint::{Recording, SIDE_BY_SIDE, Surrogates, admit};
use invmgmt::demand::{DemandConfig, DemandModel};
use invmgmt::mechanism::{Mechanism, Mechanisms};
use invmgmt::network::{DeclaredDemand, DeclaredLink, DeclaredNetwork, DeclaredNode, layered};
use invmgmt::period::Rules;
use invmgmt::random::{Pcg64, Stream};

/// What may be in a random network beside links, stocks and prices.
const KINDS: [Mechanism; 5] = [
    Mechanism::Capacity,
    Mechanism::Yield,
    Mechanism::Salvage,
    Mechanism::LostSales,
    Mechanism::FixedOrderCosts,
];

fn below(stream: &mut Pcg64, bound: usize) -> usize {
    (stream.next_f64() * bound as f64) as usize
}

/// Every mechanism alone, every pair, none and all.
fn mixtures() -> Vec<Mechanisms> {
    let mut mixtures = vec![Mechanisms::NONE, Mechanisms::of(&KINDS)];
    for (position, &one) in KINDS.iter().enumerate() {
        mixtures.extend(KINDS[position..].iter().map(|&other| Mechanisms::of(&[one, other])));
    }
    mixtures
}

/// A network of 4 to 28 links with little stock, so that every limit is met somewhere.
fn random_network(seed: u64, mixture: Mechanisms) -> DeclaredNetwork {
    let stream = &mut Pcg64::seeded(seed);
    let mut declared: DeclaredNetwork = layered(4 + below(stream, 25), seed);
    for node in declared.nodes.iter_mut().filter(|node| node.initial_inventory.is_some()) {
        node.initial_inventory = Some(60.0 * stream.next_f64());
        node.holding_cost = Some(0.2 * stream.next_f64());
        node.salvage_value = mixture.contains(Mechanism::Salvage).then(|| 2.0 * stream.next_f64());
        if node.capacity.is_some() {
            let limited = mixture.contains(Mechanism::Capacity);
            node.capacity = Some(if limited { 10.0 + 30.0 * stream.next_f64() } else { 1e6 });
            let lossy = mixture.contains(Mechanism::Yield);
            node.production_yield = Some(if lossy { 0.5 + 0.5 * stream.next_f64() } else { 1.0 });
        }
    }
    for link in &mut declared.links {
        if link.demand.is_some() {
            link.unmet_penalty = Some(stream.next_f64());
        } else {
            link.lead_time = Some(below(stream, 4) as u32);
            link.pipeline_holding_cost = Some(0.1 * stream.next_f64());
            link.fixed_order_cost = mixture.contains(Mechanism::FixedOrderCosts).then_some(5.0);
        }
    }
    declared
}

fn random_problem(seed: u64, mixture: Mechanisms) -> Problem {
    let declared = random_network(seed, mixture);
    let stream = &mut Pcg64::seeded(seed + 3);
    let rules =
        Rules { backlog: !mixture.contains(Mechanism::LostSales), discount: 1.0 - 0.1 * stream.next_f64() };
    let demand = DemandModel::new(DemandConfig::default()).expect("usable");
    Problem::new(declared.compile().expect("valid"), demand, rules, PERIODS)
}

#[test]
fn derivatives_are_the_central_differences_on_five_hundred_networks() {
    let mixtures = mixtures();
    let mut all = Compared::default();
    for seed in 0..500 {
        let mixture = mixtures[seed as usize % mixtures.len()];
        all.add(compare(&random_problem(seed, mixture), seed, 1e-2));
    }
    assert!(all.compared > 60_000 && all.at_kinks < all.compared / 100, "{all:?}");
}

#[test]
fn what_has_no_derivative_is_refused_or_said() {
    let problem = random_problem(3, Mechanisms::of(&[Mechanism::FixedOrderCosts]));
    assert_eq!(admit(&problem, &Surrogates::default()), Ok(vec!["takes fixed order costs for constant"]));
    let smooth = Surrogates { fixed_costs: Some(1.0), ..Surrogates::default() };
    assert_eq!(admit(&problem, &smooth), Ok(vec![]));
}

/// One shop with a lead time of 0, 10 units and a customer who wants 4 a period; bought at 2, sold at 5.
fn shop(edit: impl FnOnce(&mut DeclaredNetwork, &mut DemandConfig)) -> Problem {
    let mut declared = DeclaredNetwork {
        nodes: vec![DeclaredNode::new(0), DeclaredNode::stocking(1, 10.0, 0.5), DeclaredNode::new(2)],
        links: vec![
            DeclaredLink::market(1, 0, 5.0, 1.0, DeclaredDemand::poisson(4.0)),
            DeclaredLink::supply(2, 1, 0, 2.0, 0.0),
        ],
        ..DeclaredNetwork::default()
    };
    let mut config = DemandConfig { noise_scale: 0.0, ..DemandConfig::default() };
    edit(&mut declared, &mut config);
    let demand = DemandModel::new(config).expect("usable");
    Problem::new(declared.compile().expect("valid"), demand, Rules::default(), 2)
}

/// Derivatives of the profit of two periods in the two requests.
fn two_periods(problem: &Problem, surrogates: Surrogates, requests: [f64; 2]) -> [f64; 2] {
    let mut recording = Recording::new(problem, 1, surrogates).expect("has a derivative");
    recording.begin(&[0]);
    for request in requests {
        recording.requests_mut(0)[0] = [request; SIDE_BY_SIDE];
        recording.step();
    }
    recording.begin_back();
    let mut worth = [0; 2].map(|_| {
        recording.step_back(|_| [1.0; SIDE_BY_SIDE]);
        recording.request_worth(0)[0][0]
    });
    worth.reverse();
    worth
}

/// With 10 in stock and 4 wanted a period, a unit bought in period 0 only costs 2 and lies there twice at 0.5; in
/// period 1 once. Wanting 14 a period, and with nothing more bought, 10 are sold in period 0 and every unit bought
/// is sold at 5, saving a penalty of 1 a period.
#[test]
fn the_derivatives_of_a_shop_are_those_worked_out_by_hand() {
    let plenty = shop(|_, _| ());
    assert_eq!(two_periods(&plenty, Surrogates::default(), [1.0, 1.0]), [-3.0, -2.5]);
    let short = shop(|_, config| config.base_mu = Some(14.0));
    assert_eq!(two_periods(&short, Surrogates::default(), [1.0, 1.0]), [5.0 - 2.0 + 2.0, 5.0 - 2.0 + 1.0]);
}

/// Of 10 units 6 are sold in period 0, and 6 are wanted in period 1: with 2 bought, all are just served. The derivative
/// in the request of period 1 is 5 - 2 + 1 below that and -2 - 0.5 above.
#[test]
fn at_a_kink_the_derivative_is_one_of_the_two_sides() {
    let problem = shop(|_, config| config.base_mu = Some(6.0));
    let at = |second: f64| two_periods(&problem, Surrogates::default(), [0.0, second])[1];
    assert_eq!((at(1.99), at(2.01)), (4.0, -2.5));
    assert!([4.0, -2.5].contains(&at(2.0)));
}

/// A fixed cost of 8 taken for 8 q / (q + 3) has the slope 8 * 3 / (q + 3)^2: 1.5 at q = 1.
#[test]
fn the_stand_in_for_a_fixed_cost_has_the_slope_of_its_formula() {
    let problem = shop(|declared, _| declared.links[1].fixed_order_cost = Some(8.0));
    assert_eq!(two_periods(&problem, Surrogates::default(), [1.0, 1.0]), [-3.0, -2.5]);
    let smooth = Surrogates { fixed_costs: Some(3.0), ..Surrogates::default() };
    assert_eq!(two_periods(&problem, smooth, [1.0, 1.0]), [-4.5, -4.0]);
}

/// Sentiment 1, 14 wanted of 11: 3 short. Sentiment then is 0.9, and so is demand 0.9 * 14 = 12.6, all of it unmet but
/// the unit bought. Of the switch over a scale of 3, a unit more in period 0 brings back 0.11 / 3 * exp(-1) of
/// sentiment, and so 14 times as many customers, each of whom costs a penalty of 1.
#[test]
fn goodwill_is_refused_by_name_and_its_stand_in_has_the_slope_of_its_formula() {
    let problem = shop(|_, config| {
        config.base_mu = Some(14.0);
        config.use_goodwill = true;
    });
    let refusal = Recording::new(&problem, 1, Surrogates::default()).expect_err("refused").to_string();
    assert_eq!(refusal, "the gradient does not model goodwill (demand)");
    let smooth = Surrogates { goodwill: Some(3.0), ..Surrogates::default() };
    let [first, second] = two_periods(&problem, smooth, [1.0, 1.0]);
    assert!((first - (5.0 - 0.11 / 3.0 * (-1.0_f64).exp() * 14.0)).abs() < 1e-12, "{first}");
    assert_eq!(second, 4.0);
}

#[test]
fn a_horizon_of_nothing_and_more_than_memory_holds_are_refused() {
    let problem = Problem { num_periods: 0, ..shop(|_, _| ()) };
    let message = Recording::new(&problem, 1, Surrogates::default()).expect_err("refused").to_string();
    assert!(message.starts_with("num_periods is 0"), "{message}");
    let message =
        Recording::new(&shop(|_, _| ()), 1 << 40, Surrogates::default()).expect_err("refused").to_string();
    assert!(message.ends_with("numbers to record; expected at most 1000000000"), "{message}");
}
