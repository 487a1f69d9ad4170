//! The beer game on its board, week by week.

use invmgmt::episode::Episode;
use invmgmt::network::SupplyLinkIx;

use super::instances::{Instance, Proof};

/// Costs of all four stages together.
pub fn instances() -> Vec<Instance> {
    let row = |name: &str, policy: &str, theirs: f64, orders: fn(usize, &Episode) -> Vec<f64>| {
        let found = Instance::new("The beer game on its board", name, String::new(), policy, theirs);
        let found = found.from("Edali and Yasarcan 2014; board and slips by hand", "exact", 1e-9);
        Instance { proof: Proof::Computed(Box::new(move || weeks(orders))), ..found }
    };
    vec![
        row(
            "four a week, and from the fifth decision on up to 32, 32, 32, 24",
            "base-stock by hand",
            204.0,
            |week, episode| {
                let (view, levels) = (episode.view(), [32.0, 32.0, 32.0, 24.0]);
                // The retailer is the first to buy.
                let up_to = |(link, level): (SupplyLinkIx, f64)| {
                    let buyer = episode.problem().network.supply[link].buyer;
                    if week < 5 { 4.0 } else { (level - view.inventory_position(buyer)).max(0.0) }
                };
                episode.problem().network.supply.indices().zip(by_stage(episode, levels)).map(up_to).collect()
            },
        ),
        row("always what was asked for", "4, then always 8", 528.0, |week, _| {
            vec![if week == 0 { 4.0 } else { 8.0 }; 4]
        }),
    ]
}

/// Levels of the retailer, wholesaler, distributor and factory in order of links.
fn by_stage(episode: &Episode, levels: [f64; 4]) -> Vec<f64> {
    let network = &episode.problem().network;
    let stages = network.stages();
    network.supply.rows().iter().map(|link| levels[stages[link.buyer] - 1]).collect()
}

/// What the four stages pay together in 36 weeks.
fn weeks(orders: fn(usize, &Episode) -> Vec<f64>) -> f64 {
    let suite = invmgmt_data::suite("classics-1").expect("comes along");
    let game = suite.problem("beer-game-board").expect("in the suite");
    let mut episode = Episode::begin(&game.problem, 0).expect("an episode");
    let step = |week| {
        let orders = orders(week, &episode);
        -episode.step(&orders).expect("a week")
    };
    (0..36).map(step).sum()
}
