//! Several products: what they share, what they do not, and known answers of lines, rooms and assembly.

use invmgmt::Problem;
use invmgmt::batch::rollout;
use invmgmt::demand::{DemandConfig, DemandModel, NativeDemand, Sampler};
use invmgmt::episode::Episode;
use invmgmt::network::{Network, Part};
use invmgmt::period::{Flows, Rules, SupplyStreams, opening_row, play_alone};
use invmgmt::random::{Pcg64, Stream};
use invmgmt_data::network_from_yaml;
use invmgmt_policy::{Knowledge, parse};

fn network(text: &str) -> Network {
    network_from_yaml(text).unwrap_or_else(|error| panic!("{error}"))
}

fn problem(text: &str, backlog: bool, periods: usize) -> Problem {
    let demand = DemandModel::new(DemandConfig::default()).expect("usable");
    Problem::new(network(text), demand, Rules { backlog, discount: 1.0 }, periods)
}

/// Mean cost per period and its standard error.
fn cost(problem: &Problem, policy: &str, seeds: u64) -> (f64, f64) {
    let make = || parse(policy, &Knowledge::of(problem)).unwrap_or_else(|error| panic!("{error}"));
    let seeds: Vec<u64> = (0..seeds).collect();
    let played = rollout(problem, &seeds, 2, make).expect("played");
    let costs: Vec<f64> =
        played.iter().map(|one| -one.kpis.total_profit / problem.num_periods as f64).collect();
    let mean = costs.iter().sum::<f64>() / costs.len() as f64;
    let variance = costs.iter().map(|one| (one - mean).powi(2)).sum::<f64>() / (costs.len() - 1) as f64;
    (mean, (variance / costs.len() as f64).sqrt())
}

fn meets(problem: &Problem, policy: &str, expected: f64) {
    let (found, error) = cost(problem, policy, 24);
    let allowed = 4.0 * error + 0.002 * expected;
    assert!((found - expected).abs() <= allowed, "{policy}: {found} +- {error}, expected {expected}");
}

/// Profits of the periods of one episode under a policy.
fn profits(problem: &Problem, policy: &str, seed: u64) -> Vec<f64> {
    let mut policy = parse(policy, &Knowledge::of(problem)).unwrap_or_else(|error| panic!("{error}"));
    let mut episode = Episode::begin(problem, seed).expect("an episode");
    let mut orders = vec![0.0; problem.network.supply.len()];
    (0..problem.num_periods)
        .map(|_| {
            use invmgmt::episode::Policy;
            policy.decide(&episode.view(), &mut orders).expect("a decision");
            episode.step(&orders).expect("played")
        })
        .collect()
}

const BAKERY: &str = "
timeline: order-first
units: whole
products: [flour, {id: bread, life: 4, volume: 0.5}]
nodes:
  - {id: mill}
  - id: bakery
    I0: {flour: 60, bread: 20}
    h: {flour: 0.01, bread: 0.05}
    waste: {bread: 0.2}
    allocation: proportional
    remainder: largest
    storage: {space: 400, overflow: discard, cost: 0.1}
    recipes: [{make: bread, from: {flour: 0.6}, L: 1, cap: 80, o: 0.1}]
  - {id: shop, I0: {bread: 30}, h: {bread: 0.08}, waste: {bread: 0.3}}
  - {id: town}
edges:
  - {from: mill, to: bakery, product: flour, L: {values: [1, 2, 6], weights: [7, 2, 1]}, draw: order, crossing: free, p: 0.4, g: 0.01, min: 10, multiple: 5, K: 5}
  - {from: bakery, to: shop, product: bread, L: 1, order_delay: 1, unmet: wait, b: 0.1, p: 1.2, g: 0.02, yield: {binomial: 0.98}}
  - {from: shop, to: town, product: bread, p: 3.0, b: 0.4, unmet: lost, issue: {fifo: 0.3}, demand_dist: poisson, dist_param: {mu: 22}}
resources: [{name: oven, per_period: 100, use: {\"bakery: bread\": 1}, share: proportional}]
disruptions: [{where: mill, what: ship, up_down: [0.02, 0.3]}]
";

#[test]
fn a_bakery_has_a_row_per_node_and_product() {
    let network = network(BAKERY);
    let managed: Vec<String> =
        network.managed.indices().map(|node| network.managed_id(node).to_string()).collect();
    assert_eq!(managed, ["bakery, flour", "bakery, bread", "shop, bread"]);
    assert_eq!(
        network.action_labels(),
        ["order[mill -> bakery, flour]", "order[bakery: bread]", "order[bakery -> shop, bread]"]
    );
    let labels = network.observation_labels();
    for label in [
        "demand[shop -> town, bread]",
        "on_hand[bakery, flour]",
        "in_transit[mill -> bakery, flour, shipped 1 ago]",
        "on_hand_by_life[shop, bread, left 4]",
        "requested[bakery -> shop, bread, read in 1]",
        "owed[bakery -> shop, bread]",
        "up[mill]",
    ] {
        assert!(labels.iter().any(|known| known == label), "{label} is missing among {labels:?}");
    }
    let flour = labels.iter().filter(|label| label.starts_with("on_hand_by_life[bakery, flour"));
    assert_eq!(flour.count(), 0, "flour does not spoil");
    let problem = problem(BAKERY, true, 200);
    let played = profits(&problem, "basestock:{bakery, flour}=100,{bakery, bread}=60,{shop, bread}=60", 1);
    assert!(played.iter().all(|profit| profit.is_finite()));
    assert!(played.iter().sum::<f64>() > 0.0, "bread earns money");
}

/// Identity: a recipe of one input and ratio 1 is a link.
#[test]
fn a_recipe_of_one_unit_of_one_thing_is_a_link() {
    let made = "
products: [dough, bread]
nodes: [{id: mill}, {id: bakery, I0: {dough: 30, bread: 20}, h: {dough: 0.1, bread: 0.2},
         recipes: [{make: bread, from: {dough: 1}, L: 2, K: 3, g: 0.05}]}, {id: town}]
edges:
  - {from: mill, to: bakery, product: dough, L: 1, p: 0.5, g: 0.01}
  - {from: bakery, to: town, product: bread, p: 4, b: 1, demand_dist: poisson, dist_param: {mu: 9}}";
    let bought = "
nodes: [{id: mill}, {id: kneading, I0: 30, h: 0.1}, {id: oven, I0: 20, h: 0.2}, {id: town}]
edges:
  - {from: mill, to: kneading, L: 1, p: 0.5, g: 0.01}
  - {from: kneading, to: oven, L: 2, K: 3, p: 0, g: 0.05}
  - {from: oven, to: town, p: 4, b: 1, demand_dist: poisson, dist_param: {mu: 9}}";
    for keys in ["", "timeline: order-first\n", "timeline: beer\n", "units: whole\n"] {
        let (made, bought) = (format!("{keys}{made}"), format!("{keys}{bought}"));
        // The law of the first product's stream is that of the only one: the second draws from a stream of its own.
        let made = made.replace("products: [dough, bread]", "products: [bread, dough]");
        let made = problem(&made, true, 120);
        let bought = problem(&bought, true, 120);
        let policy = "basestock:{bakery, bread}=45,{bakery, dough}=40";
        let made = profits(&made, policy, 3);
        let bought = profits(&bought, "basestock:{oven}=45,{kneading}=40", 3);
        for (period, (made, bought)) in made.iter().zip(&bought).enumerate() {
            assert!((made - bought).abs() < 1e-9, "{keys} period {period}: {made} and {bought}");
        }
    }
}

/// By hand: bread lacks 5 of its level; at 3 of flour each they take 15 of the 30 that flour is kept at.
#[test]
fn a_cascade_counts_what_recipes_take_in_units_of_the_input() {
    let text = "
products: [flour, bread]
nodes: [{id: mill}, {id: bakery, I0: {flour: 30, bread: 20}, h: 0.1, recipes: [{make: bread, from: {flour: 3}, L: 2}]}, {id: town}]
edges:
  - {from: mill, to: bakery, product: flour, L: 1, p: 0.5, g: 0}
  - {from: bakery, to: town, product: bread, p: 4, b: 1, demand_dist: poisson, dist_param: {mu: 9}}";
    let problem = problem(text, true, 2);
    let spec = "cascade:{bakery, flour}=30,{bakery, bread}=25";
    let mut policy = parse(spec, &Knowledge::of(&problem)).unwrap_or_else(|error| panic!("{error}"));
    let episode = Episode::begin(&problem, 1).expect("an episode");
    let mut orders = vec![0.0; 2];
    invmgmt::episode::Policy::decide(&mut policy, &episode.view(), &mut orders).expect("a decision");
    let named = problem.network.supply.rows().iter().map(|link| problem.network.link_name(link.link));
    let found: Vec<(String, f64)> = named.zip(orders).collect();
    assert_eq!(found, [("mill -> bakery, flour".to_owned(), 15.0), ("bakery: bread".to_owned(), 5.0)]);
}

/// Identity: what shares nothing plays as if it were alone; the first product with the very streams of one.
#[test]
fn products_that_share_nothing_are_separate_runs() {
    let both = "
products: [milk, cheese]
nodes: [{id: farm}, {id: shop, I0: {milk: 40, cheese: 20}, h: {milk: 0.1, cheese: 0.2}}, {id: town}]
edges:
  - {from: farm, to: shop, product: milk, L: 2, p: 0.5, g: 0.01}
  - {from: farm, to: shop, product: cheese, L: 3, p: 1.5, g: 0.02}
  - {from: shop, to: town, product: milk, p: 2, b: 1, demand_dist: poisson, dist_param: {mu: 12}}
  - {from: shop, to: town, product: cheese, p: 5, b: 2, demand_dist: normal, dist_param: {loc: 4, scale: 1}}";
    // Without one of them: its links, and its numbers at the shop.
    let alone = |name: &str, other: &str| {
        let lines = both.lines().filter(|line| !line.contains(&format!("product: {other},")));
        let text = lines.collect::<Vec<_>>().join("\n");
        let shop = if name == "milk" {
            "I0: {milk: 40}, h: {milk: 0.1}"
        } else {
            "I0: {cheese: 20}, h: {cheese: 0.2}"
        };
        text.replace("I0: {milk: 40, cheese: 20}, h: {milk: 0.1, cheese: 0.2}", shop)
    };
    let together = profits(&problem(both, true, 60), "basestock:{shop, milk}=60,{shop, cheese}=25", 7);
    let milk = profits(&problem(&alone("milk", "cheese"), true, 60), "basestock:60", 7);
    let cheese = profits(&problem(&alone("cheese", "milk"), true, 60), "basestock:25", 7);
    for period in 0..60 {
        let apart = milk[period] + cheese[period];
        assert!((together[period] - apart).abs() < 1e-9, "{period}: {} and {apart}", together[period]);
    }
    // One product alone, with or without a name, is today's network.
    let nameless = "
nodes: [{id: farm}, {id: shop, I0: 40, h: 0.1}, {id: town}]
edges:
  - {from: farm, to: shop, L: 2, p: 0.5, g: 0.01}
  - {from: shop, to: town, p: 2, b: 1, demand_dist: poisson, dist_param: {mu: 12}}";
    let named = format!("products: [milk]{nameless}");
    assert_eq!(network(nameless).observation_labels(), network(&named).observation_labels());
    assert_eq!(network(nameless).action_labels(), network(&named).action_labels());
    let plain = profits(&problem(nameless, true, 60), "basestock:60", 7);
    assert_eq!(plain, profits(&problem(&named, true, 60), "basestock:60", 7));
    assert_eq!(plain, milk, "the first product draws as the only one does");
}

/// Two products on one line of 6 units a period, first come, first served: the shortfall of both is one queue, of which
/// each unit is of the first product with chance 3/5. Levels and costs by that formula.
#[test]
fn a_line_that_serves_in_order_of_arrival_costs_what_the_queue_says() {
    let text = "
units: whole
timeline: order-first
products: [red, blue]
nodes: [{id: works}, {id: shop, I0: {red: 7, blue: 5}, h: {red: 1, blue: 1}}, {id: town}]
edges:
  - {from: works, to: shop, products: [red, blue], L: 0, p: 0, g: 0, unmet: wait}
  - {from: shop, to: town, product: red, p: 0, b: 9, demand_dist: poisson, dist_param: {mu: 3}}
  - {from: shop, to: town, product: blue, p: 0, b: 9, demand_dist: poisson, dist_param: {mu: 2}}
resources: [{name: line, per_period: 6, share: fcfs, use: {'works -> shop, red': 1, 'works -> shop, blue': 1}}]";
    meets(&problem(text, true, 12_000), "basestock:{shop, red}=7,{shop, blue}=5", 4.94967 + 3.79010);
}

/// Two products in one room, lost sales: the dearer is ordered up to what both levels leave of it.
#[test]
fn two_products_share_a_room() {
    let text = |space: u32| {
        format!(
            "
units: whole
products: [red, blue]
nodes: [{{id: works}}, {{id: shop, I0: {{red: 5, blue: 5}}, h: {{red: 1, blue: 1}},
         storage: {{space: {space}, overflow: discard}}}}, {{id: town}}]
edges:
  - {{from: works, to: shop, products: [red, blue], L: 0, p: 0, g: 0}}
  - {{from: shop, to: town, product: red, p: 0, b: 9, demand_dist: poisson, dist_param: {{mu: 5}}}}
  - {{from: shop, to: town, product: blue, p: 0, b: 4, demand_dist: poisson, dist_param: {{mu: 10}}}}"
        )
    };
    meets(&problem(&text(10), false, 12_000), "basestock:{shop, red}=5,{shop, blue}=5", 28.98788);
    meets(&problem(&text(18), false, 12_000), "basestock:{shop, red}=7,{shop, blue}=11", 9.72551);
}

/// By hand: trucks of 6 and requests of 5 and 4 are one truck of 3 and 3. The least demand there is, a tenth of a unit
/// a period, takes less than a unit in all.
#[test]
fn requests_are_cut_to_full_trucks_and_every_truck_costs() {
    let text = "
units: whole
products: [red, blue]
nodes: [{id: works}, {id: shop, I0: {red: 1, blue: 1}, h: {red: 0, blue: 0}}, {id: town}]
edges:
  - {from: works, to: shop, product: red, L: 0, p: 0, g: 0, K: 10}
  - {from: works, to: shop, product: blue, L: 0, p: 0, g: 0, K: 40}
  - {from: shop, to: town, products: [red, blue], p: 0, b: 0, demand_dist: deterministic, dist_param: {mu: 0}}
joint: [{links: [[works, shop, red], 'works -> shop, blue'], K: 75, truck: 6, whole_trucks: true}]";
    let problem = problem(text, true, 3);
    let mut episode = Episode::begin(&problem, 0).expect("an episode");
    let mut step = |orders: [f64; 2]| {
        let reward = episode.step(&orders).expect("played");
        let stock: Vec<f64> =
            problem.network.managed.indices().map(|node| episode.view().on_hand(node).floor()).collect();
        (reward, stock)
    };
    assert_eq!(step([5.0, 4.0]), (-75.0 - 50.0, vec![3.0, 3.0]));
    assert_eq!(step([2.0, 3.0]), (0.0, vec![3.0, 3.0]), "no truck is full");
    assert_eq!(step([0.0, 13.0]), (-150.0 - 40.0, vec![3.0, 15.0]));
}

/// A random network of up to three products, one of them made of the others, with a random choice of mechanisms.
fn random_network(seed: u64) -> String {
    let mut stream = Pcg64::seeded(seed);
    let mut pick = |below: usize| (stream.next_f64() * below as f64) as usize;
    let timeline = ["release", "order-first", "beer"][pick(3)];
    let units = ["real", "whole"][pick(2)];
    let life = ["", ", life: 3", ", life: 6"][pick(3)];
    let shared = [
        "",
        "resources: [{name: line, per_period: 17, use: {'plant: bread': 1, 'plant -> shop, bread': 0.5}}]\n",
    ];
    let share = ["in-order", "proportional", "fcfs"][pick(3)];
    let shared = shared[pick(2)].replace("17,", &format!("17, share: {share},"));
    let trucks = [
        "",
        "joint: [{links: [[mill, plant, flour], [mill, plant, salt]], K: 9, truck: 8, whole_trucks: true}]\n",
    ];
    let storage = [
        "",
        "storage: {space: 70, overflow: discard, cost: 0.1}, ",
        "storage: {space: 50, overflow: cost, cost: 0.1}, ",
    ];
    let allocation = ["", "allocation: proportional, ", "allocation: random, "];
    let unmet = ["forget", "lost", "wait"][pick(3)];
    let made_unmet = ["forget", "wait"][pick(2)];
    let (ratio, lead, made) = (["1", "2", "0.5"][pick(3)], pick(3), pick(3));
    format!("
timeline: {timeline}
units: {units}
products: [flour, salt, {{id: bread, volume: 0.5{life}}}]
nodes:
  - {{id: mill}}
  - {{id: plant, I0: {{flour: 30, salt: 20, bread: 12}}, h: 0.1, {}{}recipes: [{{make: bread, from: {{flour: {ratio}, salt: 1}}, L: {made}, unmet: {made_unmet}, o: 0.2}}]}}
  - {{id: shop, I0: {{bread: 10, salt: 5}}, h: 0.2}}
  - {{id: town}}
edges:
  - {{from: mill, to: plant, products: [flour, salt], L: {lead}, p: 0.4, g: 0.01, K: 2}}
  - {{from: plant, to: shop, products: [salt, bread], L: 1, unmet: {unmet}, p: 1, g: 0.02}}
  - {{from: shop, to: town, products: [salt, bread], p: 3, b: 0.4, demand_dist: poisson, dist_param: {{mu: 6}}}}
{shared}{}", storage[pick(3)], allocation[pick(3)], trucks[pick(2)])
}

/// Conservation law: what there was and came in is what was sold, used, lost or is left.
#[test]
fn goods_are_conserved_with_several_products_whatever_they_share() {
    for seed in 0..300 {
        let text = random_network(seed);
        let problem = problem(&text, seed % 2 == 0, 25);
        let network = &*problem.network;
        let mut row = opening_row(network);
        let mut flows = Flows::new(network);
        let (mut sampler, mut stream) = (Sampler::new(network), Pcg64::seeded(seed));
        let mut supply = SupplyStreams::seeded(network, seed);
        let mut episode = Episode::begin(&problem, seed).expect("an episode");
        supply.open(network, row.as_chunks_mut::<1>().0, 0);
        let goods = |row: &[f64]| -> f64 {
            [Part::OnHand, Part::OnOrder].iter().flat_map(|&part| &row[network.layout.range(part)]).sum()
        };
        let mut wishes = Pcg64::seeded(seed + 1000);
        for _ in 0..problem.num_periods {
            let orders: Vec<f64> =
                (0..network.supply.len()).map(|_| (wishes.next_f64() * 20.0 - 4.0).round()).collect();
            let before = goods(&row);
            supply.draw(network, &mut flows, 0);
            let process = NativeDemand::of_one(network, &problem.demand, &mut stream, &mut sampler);
            let mut process = process.with_further(&mut supply);
            let reward = play_alone(
                network,
                &problem.rules,
                problem.num_periods,
                &mut row,
                &orders,
                &mut process,
                &mut flows,
            );
            let mut expected = before - flows.total_sold().values()[0];
            for (link, filled) in network.supply.indices().zip(flows.filled(0)) {
                assert!(filled >= -1e-9, "{text}\nnothing flows back");
                let used: f64 = network.inputs(link).map(|(_, takes)| takes * filled).sum();
                expected += filled - used;
            }
            for node in network.managed.indices() {
                let losses = flows.losses(node, 0);
                expected -= losses.wasted + losses.overflowed + losses.destroyed + losses.lost_on_the_way;
            }
            assert!(
                (goods(&row) - expected).abs() <= 1e-9 * (before + 100.0),
                "{text}\n{} {expected}",
                goods(&row)
            );
            assert!(row[network.layout.range(Part::OnHand)].iter().all(|&units| units >= -1e-9), "{text}");
            assert_eq!(episode.step(&orders).expect("played").to_bits(), reward.to_bits(), "{text}");
        }
    }
}
