//! Five hundred products at a warehouse and twenty stores that share rooms: read in no time, played at the speed of a
//! plain network of as many places, its memory as large as its products are many.

use std::fmt::Write;
use std::time::{Duration, Instant};

use invmgmt::Problem;
use invmgmt::batch::rollout;
use invmgmt::demand::{DemandConfig, DemandModel};
use invmgmt::period::Rules;
use invmgmt_data::network_from_yaml;
use invmgmt_policy::BaseStock;

const STORES: usize = 20;

/// A warehouse and stores with a room each, all of which hold every product.
fn shops(products: usize) -> String {
    let mut text = String::from("products: [");
    (0..products).for_each(|product| write!(text, "p{product}, ").expect("a text"));
    text.push_str("]\nnodes:\n  - {id: maker}\n  - {id: town}\n");
    let (room, large) = (30 * products, 30 * STORES * products);
    let storage = |space: usize| format!("storage: {{space: {space}, overflow: cost, cost: 0.1}}");
    writeln!(text, "  - {{id: depot, I0: 200, h: 0.01, {}}}", storage(large)).expect("a text");
    for store in 0..STORES {
        writeln!(text, "  - {{id: s{store}, I0: 15, h: 0.02, {}}}", storage(room)).expect("a text");
    }
    text.push_str("edges:\n  - {from: maker, to: depot, L: 2, p: 1, g: 0}\n");
    for store in 0..STORES {
        writeln!(text, "  - {{from: depot, to: s{store}, L: 1, p: 2, g: 0}}").expect("a text");
        let law = "demand_dist: poisson, dist_param: {mu: 5}";
        writeln!(text, "  - {{from: s{store}, to: town, p: 4, b: 0.5, {law}}}").expect("a text");
    }
    text
}

/// A plain network of 5,000 links: a depot and 2,500 shops of one thing.
fn plain() -> String {
    let mut text = String::from("nodes:\n  - {id: maker}\n  - {id: depot, I0: 25000, h: 0.01}\n");
    (0..2_500).for_each(|shop| writeln!(text, "  - {{id: s{shop}, I0: 15, h: 0.02}}").expect("a text"));
    (0..2_500).for_each(|shop| writeln!(text, "  - {{id: m{shop}}}").expect("a text"));
    text.push_str("edges:\n  - {from: maker, to: depot, L: 2, p: 1, g: 0}\n");
    for shop in 0..2_500 {
        writeln!(text, "  - {{from: depot, to: s{shop}, L: 1, p: 2, g: 0}}").expect("a text");
        let law = "demand_dist: poisson, dist_param: {mu: 5}";
        writeln!(text, "  - {{from: s{shop}, to: m{shop}, p: 4, b: 0.5, {law}}}").expect("a text");
    }
    text
}

fn problem(text: &str, periods: usize) -> Problem {
    let network = network_from_yaml(text).unwrap_or_else(|error| panic!("{error}"));
    let demand = DemandModel::new(DemandConfig::default()).expect("usable");
    Problem::new(network, demand, Rules::default(), periods)
}

/// The least time in which a period is played, per stock point.
fn time_per_point(problem: &Problem) -> Duration {
    let levels = vec![20.0; problem.network.managed.len()];
    let play = || {
        let begun = Instant::now();
        let make = || BaseStock::new(&problem.network, &levels).expect("levels");
        rollout(problem, &[1], 1, make).expect("played");
        begun.elapsed()
    };
    let least = (0..3).map(|_| play()).min().expect("times");
    least / u32::try_from(problem.network.managed.len() * problem.num_periods).expect("few")
}

#[test]
fn hundreds_of_products_play_at_the_speed_of_a_plain_network_and_take_memory_by_their_number() {
    let text = shops(500);
    let begun = Instant::now();
    let large = problem(&text, 20);
    let read = begun.elapsed();
    assert_eq!(large.network.managed.len(), 500 * (STORES + 1));
    assert!(read < Duration::from_secs(2), "read and checked in {read:?}");
    let (of_products, of_plain) = (time_per_point(&large), time_per_point(&problem(&plain(), 40)));
    println!("checked in {read:?}; {of_products:?} a stock point and period, plain {of_plain:?}");
    assert!(of_products < 3 * of_plain, "{of_products:?} a stock point and period, plain {of_plain:?}");
    // Numbers of a state row: twice the products, twice the memory, but for the period and the sentiment.
    let (half, whole) = (problem(&shops(250), 1).network.layout.row(), large.network.layout.row());
    assert_eq!(whole - 2, 2 * (half - 2));
}
