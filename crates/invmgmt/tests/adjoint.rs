//! The adjoint of a period against differences of profits that the period itself made.

use invmgmt::Problem;
use invmgmt::adjoint::{Recording, SIDE_BY_SIDE, Surrogates, admit};
use invmgmt::demand::{DemandConfig, DemandModel};
use invmgmt::mechanism::{Mechanism, Mechanisms};
use invmgmt::network::{DeclaredDemand, DeclaredLink, DeclaredNetwork, DeclaredNode, Part, layered};
use invmgmt::period::Rules;
use invmgmt::random::{Pcg64, Stream};

const PERIODS: usize = 7;
/// Half the distance of a central difference [units].
const STEP: f64 = 1e-2;

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
fn random_problem(seed: u64, mixture: Mechanisms) -> Problem {
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
    let rules =
        Rules { backlog: !mixture.contains(Mechanism::LostSales), discount: 1.0 - 0.1 * stream.next_f64() };
    let demand = DemandModel::new(DemandConfig::default()).expect("usable");
    Problem::new(declared.compile().expect("valid"), demand, rules, PERIODS)
}

/// Episodes whose every request and every number of the opening row is given.
struct Given {
    recording: Recording,
    rows: Vec<[f64; SIDE_BY_SIDE]>,
    requests: Vec<Vec<[f64; SIDE_BY_SIDE]>>,
}

impl Given {
    fn random(problem: &Problem, surrogates: Surrogates, seed: u64) -> Self {
        let stream = &mut Pcg64::seeded(seed);
        let mut recording = Recording::new(problem, SIDE_BY_SIDE, surrogates).expect("has a derivative");
        recording.begin(&[seed]);
        let mut rows = recording.rows(0).to_vec();
        let layout = &problem.network.layout;
        for part in [Part::Unmet, Part::OnHand, Part::InTransit] {
            for numbers in &mut rows[layout.range(part)] {
                *numbers = numbers.map(|number| number + 20.0 * stream.next_f64());
            }
        }
        let mut number = |_| (40.0 * stream.next_f64() - 4.0).max(0.0);
        let links = problem.network.supply.len();
        let requests =
            (0..PERIODS).map(|_| (0..links).map(|_| std::array::from_fn(&mut number)).collect()).collect();
        Self { recording, rows, requests }
    }

    fn play(&mut self) -> [f64; SIDE_BY_SIDE] {
        let seeds: Vec<u64> = (0..SIDE_BY_SIDE as u64).collect();
        self.recording.begin(&seeds);
        self.recording.opening_rows_mut(0).copy_from_slice(&self.rows);
        for requests in &self.requests {
            self.recording.requests_mut(0).copy_from_slice(requests);
            self.recording.step();
        }
        let profits: Vec<f64> = self.recording.profits().collect();
        profits.try_into().expect("one block")
    }

    /// The profits' derivatives in every request and in the opening row.
    fn derivatives(&mut self) -> (Vec<Vec<[f64; SIDE_BY_SIDE]>>, Vec<[f64; SIDE_BY_SIDE]>) {
        self.play();
        self.recording.begin_back();
        let mut requests = Vec::new();
        for _ in 0..PERIODS {
            self.recording.step_back(|_| [1.0; SIDE_BY_SIDE]);
            requests.push(self.recording.request_worth(0).to_vec());
        }
        requests.reverse();
        (requests, self.recording.row_worth_mut(0).to_vec())
    }

    /// Profits with a number of the input moved by so much in every episode.
    fn moved(
        &mut self,
        number: fn(&mut Self, (usize, usize)) -> &mut [f64; SIDE_BY_SIDE],
        at: (usize, usize),
        by: f64,
    ) -> [f64; SIDE_BY_SIDE] {
        let kept = *number(self, at);
        *number(self, at) = kept.map(|value| value + by);
        let profits = self.play();
        *number(self, at) = kept;
        profits
    }
}

/// Compares the derivatives with central differences where none of the limits is met in between; returns how many were
/// compared and how many were not.
fn compare(problem: &Problem, seed: u64) -> (usize, usize) {
    let mut given = Given::random(problem, Surrogates::default(), seed);
    let (requests, rows) = given.derivatives();
    let here = given.play();
    let stream = &mut Pcg64::seeded(seed + 1);
    let (mut compared, mut at_kinks) = (0, 0);
    let layout = &problem.network.layout;
    for turn in 0..20 {
        type Number = fn(&mut Given, (usize, usize)) -> &mut [f64; SIDE_BY_SIDE];
        let (number, at, found): (Number, _, _) = if turn % 2 == 0 {
            let at = (below(stream, PERIODS), below(stream, problem.network.supply.len()));
            (|given, (period, link)| &mut given.requests[period][link], at, requests[at.0][at.1])
        } else {
            let parts = [Part::Unmet, Part::OnHand, Part::InTransit, Part::OnOrder];
            let part = parts[turn / 2 % parts.len()];
            if layout.length(part) == 0 {
                continue;
            }
            let position = layout.start(part) + below(stream, layout.length(part));
            (|given, (_, position)| &mut given.rows[position], (0, position), rows[position])
        };
        let (more, less) = (given.moved(number, at, STEP), given.moved(number, at, -STEP));
        for lane in 0..SIDE_BY_SIDE {
            let bend = more[lane] + less[lane] - 2.0 * here[lane];
            if bend.abs() > 1e-9 * here[lane].abs().max(1.0) {
                at_kinks += 1;
                continue;
            }
            let difference = (more[lane] - less[lane]) / (2.0 * STEP);
            let error = (found[lane] - difference).abs() / difference.abs().max(1e-2);
            assert!(
                error < 1e-6,
                "network {seed}, turn {turn}, {at:?}, lane {lane}: {} against {difference}",
                found[lane]
            );
            compared += 1;
        }
    }
    (compared, at_kinks)
}

#[test]
fn derivatives_are_the_central_differences_on_five_hundred_networks() {
    let mixtures = mixtures();
    let (mut compared, mut at_kinks) = (0, 0);
    for seed in 0..500 {
        let mixture = mixtures[seed as usize % mixtures.len()];
        let (more, fewer) = compare(&random_problem(seed, mixture), seed);
        compared += more;
        at_kinks += fewer;
    }
    assert!(compared > 60_000, "{compared} compared, {at_kinks} at kinks");
    assert!(at_kinks < compared / 20, "{compared} compared, {at_kinks} at kinks");
}

#[test]
fn what_has_no_derivative_is_refused_or_said() {
    let problem = random_problem(3, Mechanisms::of(&[Mechanism::FixedOrderCosts]));
    assert_eq!(admit(&problem, &Surrogates::default()), Ok(vec!["takes fixed order costs for constant"]));
    let smooth = Surrogates { fixed_costs: Some(1.0), goodwill: None };
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
    let smooth = Surrogates { fixed_costs: Some(3.0), goodwill: None };
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
    let smooth = Surrogates { fixed_costs: None, goodwill: Some(3.0) };
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
