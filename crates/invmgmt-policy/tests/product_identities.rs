//! What must hold of products on random networks: uncoupled ones are separate runs, a recipe of one thing is a link, a
//! cost shared by one is its own.

use std::collections::HashMap;

use invmgmt::Problem;
use invmgmt::demand::{DemandConfig, DemandModel};
use invmgmt::episode::{Episode, Policy};
use invmgmt::period::Rules;
use invmgmt::random::{Pcg64, Stream};
use invmgmt_data::network_from_yaml;
use invmgmt_policy::{Knowledge, parse};

const CASES: u64 = 60;
const PERIODS: usize = 25;

struct Pick(Pcg64);

impl Pick {
    fn below(&mut self, bound: usize) -> usize {
        (self.0.next_f64() * bound as f64) as usize
    }

    fn of<'a>(&mut self, choices: &[&'a str]) -> &'a str {
        choices[self.below(choices.len())]
    }

    /// A number with a fraction, or a whole one.
    fn number(&mut self, most: f64) -> f64 {
        let number = self.0.next_f64() * most;
        if self.below(2) == 0 { number.round() } else { number }
    }
}

fn problem(text: &str, backlog: bool) -> Problem {
    let network = network_from_yaml(text).unwrap_or_else(|error| panic!("{text}\n{error}"));
    let demand = DemandModel::new(DemandConfig::default()).expect("usable");
    Problem::new(network, demand, Rules { backlog, discount: 0.99 }, PERIODS)
}

/// Every number that is observed, by its label, and the profit, period by period; requests by the label of their
/// action.
fn played(
    problem: &Problem,
    mut request: impl FnMut(&str, usize) -> f64,
) -> Vec<(HashMap<String, u64>, f64)> {
    let (labels, actions) = (problem.network.observation_labels(), problem.network.action_labels());
    let mut episode = Episode::begin(problem, 11).expect("an episode");
    (0..PERIODS)
        .map(|period| {
            let requests: Vec<f64> = actions.iter().map(|label| request(label, period)).collect();
            let profit = episode.step(&requests).expect("played");
            let numbers = episode.view().observation().map(f64::to_bits);
            (labels.iter().cloned().zip(numbers).collect(), profit)
        })
        .collect()
}

/// Requests that depend on the label and the period only.
fn requests(seed: u64) -> impl Fn(&str, usize) -> f64 {
    move |label, period| {
        let place = label.bytes().fold(seed, |sum, byte| sum.wrapping_mul(31).wrapping_add(u64::from(byte)));
        let mut stream = Pcg64::seeded(place.wrapping_add(period as u64));
        (stream.next_f64() * 24.0 - 4.0).round().max(0.0)
    }
}

/// The links of a product from the farm over a depot to one or two shops with customers.
fn links(pick: &mut Pick, product: &str) -> Vec<String> {
    let supply = |pick: &mut Pick, from: &str, to: &str| {
        let (lead_time, price, transit) = (pick.below(4), pick.number(2.0), pick.number(0.1));
        let more = pick.of(&["", ", K: 3", ", multiple: 4", ", min: 3", ", cap: 9", ", order_delay: 2"]);
        let unmet = pick.of(&["", ", unmet: wait, b: 0.3", ", unmet: lost, b: 0.1"]);
        format!(
            "{{from: {from}, to: {to}, product: {product}, L: {lead_time}, p: {price}, g: {transit}{more}{unmet}}}"
        )
    };
    let mut links = vec![supply(pick, "farm", "depot")];
    for shop in ["east", "west"].into_iter().take(1 + pick.below(2)) {
        links.push(supply(pick, "depot", shop));
        let law = pick.of(&[
            "demand_dist: poisson, dist_param: {mu: 6}",
            "demand_dist: normal, dist_param: {loc: 5, scale: 2}",
            "demand_dist: geometric, dist_param: {mu: 4}",
        ]);
        let (price, penalty) = (pick.number(9.0), pick.number(2.0));
        links
            .push(format!("{{from: {shop}, to: town, product: {product}, p: {price}, b: {penalty}, {law}}}"));
    }
    links
}

/// Identity 14: products that share nothing are separate runs, and a resource or a room without limit couples nothing.
#[test]
fn uncoupled_products_are_separate_runs_on_random_networks() {
    for seed in 0..CASES {
        let mut pick = Pick(Pcg64::seeded(seed));
        let timeline = pick.of(&["release", "order-first", "beer"]);
        let units = pick.of(&["real", "whole"]);
        let lives: Vec<&str> = (0..3).map(|_| pick.of(&["", ", life: 2", ", life: 5"])).collect();
        let names: Vec<String> = (0..2 + pick.below(2)).map(|at| format!("p{at}")).collect();
        let of_product: Vec<Vec<String>> = names.iter().map(|name| links(&mut pick, name)).collect();
        let stock: Vec<[f64; 6]> =
            names.iter().map(|_| std::array::from_fn(|_| pick.number(30.0).floor())).collect();
        let products = names.iter().zip(&lives).map(|(name, life)| format!("{{id: {name}{life}}}"));
        let products = products.collect::<Vec<_>>().join(", ");
        let text = |held: &[usize], more: &str, room: &str| {
            let mut nodes: Vec<String> = Vec::new();
            for (node, place) in ["depot", "east", "west"].into_iter().enumerate() {
                let used: Vec<usize> = held
                    .iter()
                    .copied()
                    .filter(|&at| of_product[at].iter().any(|link| link.contains(&format!("to: {place},"))))
                    .collect();
                if used.is_empty() {
                    continue;
                }
                let numbers = |of: &dyn Fn(usize) -> f64| {
                    used.iter().map(|&at| format!("{}: {}", names[at], of(at))).collect::<Vec<_>>().join(", ")
                };
                let (stocks, rates) =
                    (numbers(&|at| stock[at][node]), numbers(&|at| stock[at][node + 3] / 100.0));
                nodes.push(format!("  - {{id: {place}, I0: {{{stocks}}}, h: {{{rates}}}{room}}}\n"));
            }
            let nodes = nodes.concat();
            let links: Vec<String> =
                held.iter().flat_map(|&at| &of_product[at]).map(|link| format!("  - {link}\n")).collect();
            let links = links.concat();
            format!(
                "timeline: {timeline}\nunits: {units}\nproducts: [{products}]\nnodes:\n  - {{id: farm}}\n  \
                 - {{id: town}}\n{nodes}edges:\n{links}{more}"
            )
        };
        let all: Vec<usize> = (0..names.len()).collect();
        let backlog = seed % 2 == 0;
        let together = played(&problem(&text(&all, "", ""), backlog), requests(seed));
        let uses =
            names.iter().map(|name| format!("'farm -> depot, {name}': 1")).collect::<Vec<_>>().join(", ");
        let endless =
            format!("resources: [{{name: line, per_period: 1e12, share: fcfs, use: {{{uses}}}}}]\n");
        let shared = text(&all, &endless, ", storage: {space: 1e12, overflow: discard, cost: 1}");
        for (one, other) in together.iter().zip(played(&problem(&shared, backlog), requests(seed))) {
            assert!(one.0.iter().all(|(label, number)| other.0.get(label) == Some(number)), "{shared}");
            assert!((one.1 - other.1).abs() < 1e-9, "{shared}");
        }
        let apart: Vec<_> =
            all.iter().map(|&at| played(&problem(&text(&[at], "", ""), backlog), requests(seed))).collect();
        for period in 0..PERIODS {
            let (together, profit) = &together[period];
            let mut sum = 0.0;
            let mut compared = 0;
            for product in &apart {
                let (alone, profit) = &product[period];
                sum += profit;
                for (label, number) in alone.iter().filter(|(label, _)| label.contains('[')) {
                    compared += 1;
                    assert_eq!(
                        together.get(label),
                        Some(number),
                        "{label}, {period}\n{}",
                        text(&all, "", "")
                    );
                }
            }
            assert_eq!(compared, together.keys().filter(|label| label.contains('[')).count());
            assert!((profit - sum).abs() < 1e-9, "{profit} {sum}\n{}", text(&all, "", ""));
        }
    }
}

/// Identity 16: a recipe of one thing, one for one, is a link; a second input that never runs short changes nothing.
#[test]
fn a_recipe_of_one_thing_is_a_link_on_random_networks() {
    for seed in 0..CASES {
        let mut pick = Pick(Pcg64::seeded(1_000 + seed));
        let keys = format!(
            "timeline: {}\nunits: {}\n",
            pick.of(&["release", "order-first", "beer"]),
            pick.of(&["real", "whole"])
        );
        let lead_time = pick.below(4);
        let more =
            pick.of(&["", "K: 3, ", "multiple: 4, ", "min: 3, ", "max: 7, ", "cap: 6, ", "order_delay: 1, "]);
        let unmet = pick.of(&[
            "",
            "unmet: wait, b: 0.3, ",
            "unmet: lost, b: 0.1, ",
            "unmet: wait, wait_at_most: 2, ",
        ]);
        let fill = pick.of(&["", "fill: whole, "]);
        let transit = pick.number(0.2);
        let bought_lead = pick.below(3);
        let terms = format!("L: {lead_time}, {more}{unmet}{fill}g: {transit}");
        let made = |products: &str, stock: &str, from: &str, salt: &str| {
            format!(
                "{keys}products: [{products}]
nodes: [{{id: mill}}, {{id: bakery, I0: {{dough: 20, bread: 12{stock}}}, h: {{dough: 0.1, bread: 0.2{salt}}},
         recipes: [{{make: bread, from: {{dough: 1{from}}}, {terms}}}]}}, {{id: town}}]
edges:
  - {{from: mill, to: bakery, product: dough, L: {bought_lead}, p: 0.5, g: 0.01}}
  - {{from: bakery, to: town, product: bread, p: 4, b: 1, demand_dist: poisson, dist_param: {{mu: 7}}}}"
            )
        };
        let bought = format!(
            "{keys}
nodes: [{{id: mill}}, {{id: kneading, I0: 20, h: 0.1}}, {{id: oven, I0: 12, h: 0.2}}, {{id: town}}]
edges:
  - {{from: mill, to: kneading, L: {bought_lead}, p: 0.5, g: 0.01}}
  - {{from: kneading, to: oven, p: 0, {terms}}}
  - {{from: oven, to: town, p: 4, b: 1, demand_dist: poisson, dist_param: {{mu: 7}}}}"
        );
        let order = requests(seed);
        let by_place = |label: &str, period: usize| {
            let is_made = label.contains("bakery: bread") || label.contains("kneading -> oven");
            if label.contains("salt") { 0.0 } else { order(if is_made { "made" } else { "bought" }, period) }
        };
        let link = played(&problem(&bought, true), by_place);
        let alone = made("bread, dough", "", "", "");
        let salted = format!(
            "{}\n  - {{from: mill, to: bakery, product: salt, L: 1, p: 1, g: 0}}",
            made("bread, dough, salt", ", salt: 1000000000", ", salt: 2", ", salt: 0")
        );
        for text in [&alone, &salted] {
            let recipe = played(&problem(text, true), by_place);
            for ((recipe, made), (link, bought)) in recipe.iter().zip(&link) {
                for (one, other) in [
                    ("on_hand[bakery, bread]", "on_hand[oven]"),
                    ("on_hand[bakery, dough]", "on_hand[kneading]"),
                    ("unmet_demand[bakery -> town, bread]", "unmet_demand[oven -> town]"),
                ] {
                    assert!(recipe.contains_key(one), "{one}: {:?}", recipe.keys());
                    assert_eq!(recipe.get(one), link.get(other), "{one}\n{text}");
                }
                assert!((made - bought).abs() < 1e-9, "{made} {bought}\n{text}");
            }
        }
    }
}

/// Identity 17: a cost shared by one link is its own; a least order of one whole unit is none; lots of one unit are
/// levels one higher.
#[test]
fn what_one_link_shares_is_its_own_on_random_networks() {
    for seed in 0..CASES {
        let mut pick = Pick(Pcg64::seeded(2_000 + seed));
        let timeline = pick.of(&["release", "order-first", "beer"]);
        let (cost, lead_time, further) = (1.0 + pick.number(20.0), pick.below(4), pick.below(3));
        let unmet = pick.of(&["", ", unmet: wait, b: 0.3", ", unmet: lost, b: 0.1"]);
        let text = |keys: &str, more: &str| {
            format!(
                "timeline: {timeline}\nunits: whole\nnodes: [{{id: farm}}, {{id: depot, I0: 25, h: 0.1}}, \
                 {{id: shop, I0: 9, h: 0.3}}, {{id: town}}]\nedges:\n  \
                 - {{from: farm, to: depot, L: {further}, p: 1, g: 0.02}}\n  \
                 - {{from: depot, to: shop, L: {lead_time}, p: 2, g: 0.01{unmet}{keys}}}\n  \
                 - {{from: shop, to: town, p: 6, b: 1, demand_dist: poisson, dist_param: {{mu: 5}}}}\n{more}"
            )
        };
        let compare = |one: &str, other: &str| {
            let (one_run, other_run) =
                (played(&problem(one, true), requests(seed)), played(&problem(other, true), requests(seed)));
            for ((one_state, earned), (other_state, also)) in one_run.iter().zip(&other_run) {
                assert_eq!(one_state, other_state, "{one}\n{other}");
                assert!((earned - also).abs() < 1e-9, "{earned} {also}\n{one}\n{other}");
            }
        };
        let joint = format!("joint: [{{links: ['depot -> shop'], K: {cost}}}]\n");
        compare(&text(&format!(", K: {cost}"), ""), &text("", &joint));
        compare(&text("", ""), &text(", min: 1", ""));
        let problem = problem(&text("", ""), true);
        let decided = |spec: &str| {
            let mut policy = parse(spec, &Knowledge::of(&problem)).unwrap_or_else(|error| panic!("{error}"));
            let mut episode = Episode::begin(&problem, seed).expect("an episode");
            let mut orders = vec![0.0; 2];
            let play = |_| {
                policy.decide(&episode.view(), &mut orders).expect("a decision");
                (orders.clone(), episode.step(&orders).expect("played"))
            };
            (0..PERIODS).map(play).collect::<Vec<_>>()
        };
        let (first, second) = (pick.below(40) + 5, pick.below(30) + 5);
        let levels = format!("basestock:{},{}", first + 1, second + 1);
        assert_eq!(decided(&format!("rq:{first}/1,{second}/1")), decided(&levels));
    }
}
