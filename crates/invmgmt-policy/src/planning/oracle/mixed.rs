//! For `make lp-check`: whole episodes with integers, for a solver that proves the best there is.
//!
//! Demand is certain here, so `mpc:informed` knows what the clairvoyant knows, and what it loses is what its lots lose.

use std::fmt::Write;

use invmgmt::Problem;
use invmgmt::batch::rollout;
use invmgmt::demand::DemandConfig;
use invmgmt::network::SupplyLinkIx;
use invmgmt::period::Rules;
use invmgmt::random::{Pcg64, Stream};

use super::*;
use crate::lp::Whole;
use crate::{Knowledge, parse};

/// Length of an episode [periods].
const PERIODS: usize = 18;

/// A depot and two shops, orders on all links at a fixed cost, or in lots from the source.
fn problem(seed: u64, in_lots: bool) -> Problem {
    let mut stream = Pcg64::seeded(seed);
    let mut below = |limit: f64| (stream.next_f64() * limit).floor();
    let mut order =
        |dearest: f64| if in_lots { String::new() } else { format!("K: {}, ", 5.0 + below(dearest)) };
    let (first, second, third) = (order(200.0), order(80.0), order(80.0));
    let lots = if in_lots { format!("multiple: {}, ", 15.0 + below(60.0)) } else { String::new() };
    let text = format!(
        "nodes:\n  - {{id: farm}}\n  - {{id: depot, I0: {}, h: 0.{}}}\n  - {{id: shop_a, I0: {}, h: 0.{}}}\n  \
         - {{id: shop_b, I0: {}, h: 0.{}}}\n  - {{id: town_a}}\n  - {{id: town_b}}\nedges:\n  \
         - {{from: farm, to: depot, L: {}, {first}{lots}p: 2, g: 0}}\n  \
         - {{from: depot, to: shop_a, L: {}, {second}p: 3, g: 0}}\n  \
         - {{from: depot, to: shop_b, L: {}, {third}p: 3, g: 0}}\n  \
         - {{from: shop_a, to: town_a, p: 9, b: 2, demand_dist: poisson, dist_param: {{mu: 9}}}}\n  \
         - {{from: shop_b, to: town_b, p: 9, b: 2, demand_dist: poisson, dist_param: {{mu: 9}}}}\n",
        40.0 + below(40.0),
        1.0 + below(3.0),
        20.0 + below(20.0),
        4.0 + below(3.0),
        20.0 + below(20.0),
        4.0 + below(3.0),
        below(3.0),
        below(2.0),
        below(2.0),
    );
    let network = invmgmt_data::network_from_yaml(&text).expect("valid");
    let series: Vec<f64> = (0..PERIODS).map(|_| 4.0 + below(14.0)).collect();
    let config =
        DemandConfig { external_series: Some(series.into()), noise_scale: 0.0, ..DemandConfig::default() };
    let rules = Rules { backlog: below(2.0) > 0.0, discount: 1.0 };
    Problem::new(network, DemandModel::new(config).expect("usable"), rules, PERIODS)
}

/// The programme of all of an episode with its integers, and what no plan has a say in [money].
fn mixed_programme(episode: &KnownEpisode<'_>) -> (String, f64) {
    let demand = episode.rehearse(&episode.no_orders()).demand;
    let mut planner = WholePlanner::new(episode, Method::Simplex);
    planner.solve(&demand).expect("solved");
    let (network, towns) = (episode.network, episode.network.market.len());
    // No flow is larger than what customers beyond it may still want.
    let most = |period: usize, link: SupplyLinkIx| {
        let first = if episode.rules.backlog { 0 } else { period };
        let markets = &network.managed[network.supply[link].buyer].markets;
        let wants = |position: usize| {
            markets.is_empty() || markets.iter().any(|at| at.position() == position % towns)
        };
        (first * towns..demand.len())
            .filter(|&position| wants(position))
            .map(|position| demand[position])
            .sum::<f64>()
    };
    let sizes = network.physics.as_deref().map_or(&[][..], |physics| &physics.sizes);
    let mut wholes = Vec::new();
    for period in 0..episode.num_periods {
        for link in network.supply.indices() {
            let (column, most) = (planner.window.flow(period, link), most(period, link));
            let (fixed, size) =
                (network.supply[link].fixed_order_cost, sizes.iter().find(|size| size.link == link));
            if fixed > 0.0 {
                let cost = episode.rules.weight(period) * fixed;
                wholes.push(Whole { column, cost, multiple: 0.0, most });
            }
            if let Some(size) = size {
                wholes.push(Whole { column, cost: 0.0, multiple: size.multiple, most: most + size.multiple });
            }
        }
    }
    (planner.window.to_mixed_mps(&wholes), planner.cost_of_opening())
}

#[test]
#[ignore = "writes files: make lp-check"]
fn write_mixed_instances_for_another_solver() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../target/lp-instances");
    std::fs::create_dir_all(folder).expect("a folder");
    let mut table = String::from("instance,kind,opening,mpc\n");
    for (kind, in_lots) in [("fixed costs", false), ("sizes", true)] {
        for seed in 0..12 {
            let problem = problem(seed, in_lots);
            let (network, rules) = (&*problem.network, &problem.rules);
            let episode = KnownEpisode {
                network,
                demand: &problem.demand,
                rules,
                num_periods: problem.num_periods,
                seed,
            };
            let (text, opening) = mixed_programme(&episode);
            let instance = format!("{}{seed}", &kind[..4]);
            std::fs::write(format!("{folder}/{instance}.mps"), text).expect("written");
            let known = Knowledge::of(&problem);
            let policy = || parse("mpc:informed", &known).expect("plays it");
            let played = rollout(&problem, &[seed], 1, policy).expect("played");
            writeln!(table, "{instance},{kind},{opening:?},{:?}", played[0].kpis.total_profit)
                .expect("a string");
        }
    }
    std::fs::write(format!("{folder}/mixed.csv"), table).expect("written");
}
