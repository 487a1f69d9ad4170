//! Two declarations of one system under a policy that orders up to levels: what must hold of the pair, whatever the
//! numbers. Those that need no policy stand with the engine's properties.

use invmgmt::Problem;
use invmgmt::batch::rollout;
use invmgmt::demand::{DemandConfig, DemandModel};
use invmgmt::episode::{Episode, Policy, Symbol};
use invmgmt::period::Rules;
use invmgmt_data::network_from_yaml;
use invmgmt_policy::{Knowledge, parse};
use proptest::prelude::*;

/// One node, its customers, and a source on a link with the keys given.
fn shop(stock: u32, node: &str, link: &str, mean: f64) -> String {
    format!(
        "units: whole\nnodes: [{{id: source}}, {{id: shop, I0: {stock}, h: 1{node}}}, {{id: town}}]\nedges:\n  \
         - {{from: source, to: shop, p: 0, g: 0, {link}}}\n  \
         - {{from: shop, to: town, p: 0, b: 9, demand_dist: poisson, dist_param: {{mu: {mean}}}}}\n"
    )
}

fn problem(text: &str, backlog: bool, periods: usize) -> Problem {
    let network = network_from_yaml(text).unwrap_or_else(|error| panic!("{text}\n{error}"));
    let demand = DemandModel::new(DemandConfig::default()).expect("usable");
    Problem::new(network, demand, Rules { backlog, discount: 1.0 }, periods)
}

/// An episode played by a policy.
fn played(problem: &Problem, policy: &str, seed: u64) -> Episode {
    let mut policy = parse(policy, &Knowledge::of(problem)).unwrap_or_else(|error| panic!("{error}"));
    policy.reset(Some(seed));
    let mut episode = Episode::begin(problem, seed).expect("an episode");
    episode.play(&mut policy).expect("playable orders");
    episode
}

fn profits(text: &str, backlog: bool, policy: &str, seed: u64) -> Vec<f64> {
    let episode = played(&problem(text, backlog, 60), policy, seed);
    (0..60).map(|t| episode.trajectory()[Symbol::Profit].row(t).iter().sum()).collect()
}

/// Mean cost per period and its standard error over 24 seeds.
fn cost(text: &str, policy: &str, periods: usize) -> (f64, f64) {
    let problem = problem(text, true, periods);
    let make = || parse(policy, &Knowledge::of(&problem)).unwrap_or_else(|error| panic!("{error}"));
    let seeds: Vec<u64> = (0..24).collect();
    let played = rollout(&problem, &seeds, 2, make).expect("played");
    let costs: Vec<f64> = played.iter().map(|one| -one.kpis.total_profit / periods as f64).collect();
    let mean = costs.iter().sum::<f64>() / 24.0;
    let variance = costs.iter().map(|one| (one - mean).powi(2)).sum::<f64>() / 23.0;
    (mean, (variance / 24.0).sqrt())
}

/// Three stages that order after they saw demand: what is ordered at the end of a period is received so many periods
/// later, before its customers come. Net stock of each stage after demand, period by period; stage 0 sells.
fn demand_first(leads: [usize; 3], levels: [f64; 3], demand: &[f64]) -> Vec<[f64; 3]> {
    let mut stock = levels;
    let mut owed = [0.0; 3];
    let mut due: [Vec<f64>; 3] = leads.map(|lead| vec![0.0; demand.len() + lead + 1]);
    let mut waiting = 0.0;
    let mut path = Vec::new();
    for (t, units) in demand.iter().enumerate() {
        for stage in 0..3 {
            stock[stage] += due[stage][t];
        }
        waiting += units;
        let sold = f64::min(waiting, stock[0]);
        (stock[0], waiting) = (stock[0] - sold, waiting - sold);
        path.push([stock[0] - waiting, stock[1] - owed[0], stock[2] - owed[1]]);
        let request = |stage: usize| {
            let on_its_way: f64 = due[stage][t + 1..].iter().sum();
            let owes = if stage == 0 { waiting } else { owed[stage - 1] };
            f64::max(levels[stage] - (stock[stage] + on_its_way + owed[stage] - owes), 0.0)
        };
        let requests = [request(0), request(1), request(2)];
        let held = stock;
        for stage in 0..3 {
            let wanted = owed[stage] + requests[stage];
            let shipped = if stage == 2 { wanted } else { f64::min(wanted, held[stage + 1]) };
            if stage < 2 {
                stock[stage + 1] -= shipped;
            }
            owed[stage] = wanted - shipped;
            due[stage][t + leads[stage]] += shipped;
        }
    }
    path
}

/// Three stages with local stocks and the keys of the link into the first one, the customers' own.
fn chain(stocks: [u32; 3], leads: [usize; 3], first: &str) -> String {
    format!(
        "nodes:\n  - {{id: town}}\n  - {{id: 1, I0: {}, h: 7}}\n  - {{id: 2, I0: {}, h: 4}}\n  - {{id: 3, I0: {}, h: 2}}\n  - {{id: source}}\n\
         edges:\n  - {{from: 1, to: town, p: 0, b: 37, demand_dist: poisson, dist_param: {{mu: 5}}}}\n  \
         - {{from: 2, to: 1, L: {}, p: 0, g: 4, unmet: wait{first}}}\n  \
         - {{from: 3, to: 2, L: {}, p: 0, g: 2, unmet: wait}}\n  - {{from: source, to: 3, L: {}, p: 0, g: 0}}\n",
        stocks[0], stocks[1], stocks[2], leads[0], leads[1], leads[2]
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn on_a_single_link_a_forgotten_request_repeats_itself(
        lead in 0_usize..4, cap in 3_u32..9, level in 5_u32..40, stock in 0_u32..30, fails in any::<bool>(), seed in 0_u64..99
    ) {
        let failing = "disruptions: [{where: source, what: ship, up_down: [0.2, 0.4]}]\n";
        let with = |unmet: &str| {
            let link = format!("L: {lead}, cap: {cap}, unmet: {unmet}");
            format!("{}{}", shop(stock, "", &link, 5.0), if fails { failing } else { "" })
        };
        let policy = format!("basestock:{level}");
        prop_assert_eq!(
            profits(&with("forget"), true, &policy, seed),
            profits(&with("wait"), true, &policy, seed)
        );
    }

    #[test]
    fn demand_first_is_release_with_lead_times_of_one_period_less(
        leads in prop::array::uniform3(1_usize..5), levels in prop::array::uniform3(0_u32..25), seed in 0_u64..99
    ) {
        let shorter = leads.map(|lead| lead - 1);
        let policy = format!("basestock:{},{},{}", levels[0], levels[1], levels[2]);
        let problem = problem(&chain(levels, shorter, ""), true, 60);
        let episode = played(&problem, &policy, seed);
        let record = episode.trajectory();
        let demand: Vec<f64> = (0..60).map(|t| record[Symbol::Demand].row(t)[0]).collect();
        for (t, expected) in demand_first(leads, levels.map(f64::from), &demand).into_iter().enumerate() {
            // The town comes first.
            let stock = &record[Symbol::OnHand].row(t + 1)[1..];
            let owed = record[Symbol::Owed].row(t + 1);
            let waiting = record[Symbol::Unmet].row(t)[0];
            prop_assert_eq!([stock[0] - waiting, stock[1] - owed[0], stock[2] - owed[1]], expected, "after period {}", t);
        }
    }

    #[test]
    fn a_room_for_the_level_throws_nothing_away(space in 1_u32..40, less in 0_u32..40, stock in 0_u32..40, seed in 0_u64..99) {
        let (level, stock) = (space.saturating_sub(less), stock.min(space));
        let room = format!(", storage: {{space: {space}, overflow: discard, cost: 5}}");
        let policy = format!("basestock:{level}");
        let endless = shop(stock, "", "L: 0", 5.0);
        prop_assert_eq!(
            profits(&shop(stock, &room, "L: 0", 5.0), false, &policy, seed),
            profits(&endless, false, &policy, seed)
        );
    }
}

#[test]
fn units_that_draw_each_depend_on_the_mean_of_the_lead_time_only() {
    for (mean, laws) in [
        (1, ["{values: [1]}", "{values: [0, 2]}", "{uniform: [0, 2]}"]),
        (3, ["{values: [3]}", "{values: [1, 6], weights: [3, 2]}", "{uniform: [0, 6]}"]),
    ] {
        let level = 5 * (1 + mean) + 4;
        let costs = laws.map(|law| {
            let text = shop(level, "", &format!("L: {law}, draw: unit"), 5.0);
            cost(&text, &format!("basestock:{level}"), 6_000)
        });
        for (found, error) in costs {
            let allowed = 4.0 * error.hypot(costs[0].1) + 0.005;
            assert!((found - costs[0].0).abs() <= allowed, "mean {mean}: {costs:?}");
        }
    }
}

#[test]
fn a_yield_of_all_or_nothing_is_supply_that_fails_for_single_periods() {
    for (chance, level) in [(0.5, 20), (0.7, 14), (0.9, 10)] {
        let yields = shop(level, "", &format!("L: 0, yield: {{all_or_nothing: {chance}}}"), 5.0);
        let failing = format!(
            "{}disruptions: [{{where: source, what: ship, up_down: [{}, {chance}], start: stationary}}]\n",
            shop(level, "", "L: 0, unmet: wait", 5.0),
            1.0 - chance
        );
        let policy = format!("basestock:{level}");
        let ((a, one), (b, other)) = (cost(&yields, &policy, 8_000), cost(&failing, &policy, 8_000));
        assert!((a - b).abs() <= 4.0 * one.hypot(other) + 0.01, "{chance}: {a} and {b}");
    }
}

/// Requests that are late, or goods: transit is charged at the supplier's rate, 4, and 5 units are wanted a period.
#[test]
fn a_delay_of_requests_costs_what_the_goods_do_not_hold() {
    for (lead, delay, levels) in [(1, 1, [20, 7, 9]), (0, 2, [18, 9, 8]), (2, 3, [34, 4, 12])] {
        let policy = format!("cascade:{},{},{}", levels[0], levels[1], levels[2]);
        let late_goods = chain([5; 3], [lead + delay, 0, 1], "");
        let late_slips = chain([5; 3], [lead, 0, 1], &format!(", order_delay: {delay}"));
        let ((goods, _), (slips, _)) = (cost(&late_goods, &policy, 4_000), cost(&late_slips, &policy, 4_000));
        let expected = 4.0 * 5.0 * delay as f64;
        // The first periods of an episode are not the long run.
        assert!((goods - slips - expected).abs() < 0.3 * delay as f64, "{delay} late: {goods} and {slips}");
    }
}
