//! A fast and a slow supplier: the dual-index rule by hand, and levels sought for it beside the proven optimum.

use invmgmt::Problem;
use invmgmt::demand::{DemandConfig, DemandModel};
use invmgmt::episode::Episode;
use invmgmt::period::Rules;
use invmgmt_data::{find_suite, network_from_yaml};
use invmgmt_policy::optimize::{Family, Settings, optimize};
use invmgmt_policy::{Knowledge, parse};

fn problem(edges: &str) -> Problem {
    let text = format!(
        "nodes: [{{id: near}}, {{id: far}}, {{id: shop, I0: 5, h: 1}}, {{id: town}}]\nedges:\n{edges}"
    );
    let network = network_from_yaml(&text).unwrap_or_else(|error| panic!("{error}\n{text}"));
    let config = DemandConfig { noise_scale: 0.0, ..DemandConfig::default() };
    Problem::new(network, DemandModel::new(config).expect("usable"), Rules::default(), 4)
}

const TWO: &str = "  - {from: near, to: shop, L: 0, p: 9, g: 0}\n  - {from: far, to: shop, L: 2, p: 1, g: 0}\n  \
                   - {from: shop, to: town, p: 20, b: 1, demand_dist: poisson, dist_param: {mu: 4}}\n";

fn refused(problem: &Problem, spec: &str) -> String {
    parse(spec, &Knowledge::of(problem)).map(|_| ()).expect_err("refused").to_string()
}

/// By hand, with demand of 4 a period, E = 6, S = 13 and c = 5. In the first period 5 are held: 1 from near, and of the
/// 7 that lack to 13 then, 5 from far; 2 are left. In the second, what comes from far is two periods off, and does not
/// count for near: 4, which makes 11 in all, so 2 from far. 2 are left, and now those 5 arrive: none from near, and 13
/// - 9 from far.
#[test]
fn the_faster_supplier_looks_at_what_is_here_by_then_and_the_slower_at_everything() {
    let problem = problem(TWO);
    let mut policy = parse("dual:6/13/5", &Knowledge::of(&problem)).expect("a policy");
    let mut episode = Episode::begin(&problem, 1).expect("an episode");
    let mut orders = [0.0; 2];
    for expected in [[1.0, 5.0], [4.0, 2.0], [0.0, 4.0]] {
        use invmgmt::episode::Policy;
        policy.decide(&episode.view(), &mut orders).expect("orders");
        assert_eq!(orders, expected, "period {}", episode.view().period());
        episode.step(&orders).expect("playable");
    }
}

#[test]
fn what_cannot_be_a_dual_index_rule_is_refused() {
    let problem_of_two = problem(TWO);
    assert_eq!(refused(&problem_of_two, "dual:6/13/-5"), "dual: entry 1 has a cap of -5; expected 0 or more");
    assert!(
        refused(&problem_of_two, "dual:6/13").starts_with("dual: entry 1 is '6/13'; expected three numbers")
    );
    let third = format!("{TWO}  - {{from: farther, to: shop, L: 4, p: 1, g: 0}}\n");
    let text = format!(
        "nodes: [{{id: near}}, {{id: far}}, {{id: farther}}, {{id: shop, I0: 5, h: 1}}, {{id: town}}]\nedges:\n{third}"
    );
    let of_three = Problem { network: network_from_yaml(&text).expect("valid").into(), ..problem_of_two };
    assert_eq!(refused(&of_three, "dual:6/13/5"), "dual: node shop has 3 suppliers; expected at most two");
    let alone = TWO.lines().filter(|line| !line.contains("from: far")).collect::<Vec<_>>().join("\n");
    let text = format!("nodes: [{{id: near}}, {{id: shop, I0: 5, h: 1}}, {{id: town}}]\nedges:\n{alone}");
    let of_one = Problem { network: network_from_yaml(&text).expect("valid").into(), ..of_three };
    assert!(refused(&of_one, "dual:6/13/5").contains("no node of this network has two suppliers"));
}

/// The proven optimum is 16.7698 a period.
#[test]
fn levels_sought_for_two_suppliers_cost_hardly_more_than_the_optimum() {
    let suite = find_suite("classics-1/dual-sourcing-U4-L2-b495-c5").expect("comes along");
    let case = &suite.problems()[0];
    let settings = Settings {
        family: Family::Dual,
        review: 1,
        targets: Vec::new(),
        budget: 200,
        training: (0..8).collect(),
        held_out: (100..132).collect(),
        test_from: None,
        threads: 1,
        gradient: false,
    };
    let found = optimize(&case.problem, &settings).expect("found").held_out.expect("drawn");
    let cost = -found.mean / case.problem.num_periods as f64;
    assert!((16.6..17.1).contains(&cost), "{cost}");
}
