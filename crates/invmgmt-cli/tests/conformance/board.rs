//! The beer game on its board, week by week.

use invmgmt::episode::{Episode, Symbol};
use invmgmt::network::SupplyLink;

use super::instances::{Instance, Proof};

/// Orders of a week, in order of links.
pub type Orders = Box<dyn Fn(usize, &Episode) -> Vec<f64>>;

pub const STAGES: [&str; 4] = ["retailer", "wholesaler", "distributor", "factory"];
/// Levels of the stages, the retailer first.
pub const LEVELS: [f64; 4] = [32.0, 32.0, 32.0, 24.0];

/// Costs of each stage and of all four together.
pub fn instances() -> Vec<Instance> {
    let levels = "four a week, and from the fifth decision on up to 32, 32, 32, 24";
    let asked = "always what was asked for";
    let mut rows =
        week_by_week(levels, "base-stock by hand", [46.0, 50.0, 54.0, 54.0], || Box::new(up_to_levels));
    rows.extend(week_by_week(asked, "4, then always 8", [216.0, 82.0, 82.0, 148.0], || {
        Box::new(|week, _| vec![if week == 0 { 4.0 } else { 8.0 }; 4])
    }));
    rows
}

/// 36 weeks: what all stages pay together, and each of them.
fn week_by_week(name: &str, policy: &str, theirs: [f64; 4], orders: fn() -> Orders) -> Vec<Instance> {
    let row = |name: String, theirs: f64, ours: Box<dyn Fn() -> f64>| {
        let found = Instance::new("The beer game on its board", name, String::new(), policy, theirs);
        let found = found.from("Edali and Yasarcan 2014; board and slips by hand", "exact", 1e-9);
        Instance { proof: Proof::Computed(ours), ..found }
    };
    let all = Box::new(move || weeks(36, &orders()).iter().sum());
    let mut rows = vec![row(name.to_owned(), theirs.iter().sum(), all)];
    for (stage, theirs) in theirs.into_iter().enumerate() {
        let own = Box::new(move || weeks(36, &orders())[stage]);
        rows.push(row(format!("{name}: the {}", STAGES[stage]), theirs, own));
    }
    rows
}

/// Four a week for five weeks, then up to the levels.
fn up_to_levels(week: usize, episode: &Episode) -> Vec<f64> {
    let (view, levels) = (episode.view(), by_stage(episode, LEVELS));
    let links = episode.problem().network.supply.rows().iter().zip(levels);
    let up_to = |(link, level): (&SupplyLink, f64)| {
        if week < 5 { 4.0 } else { (level - view.inventory_position(link.buyer)).max(0.0) }
    };
    links.map(up_to).collect()
}

/// Levels of the retailer, wholesaler, distributor and factory in order of links.
pub fn by_stage(episode: &Episode, levels: [f64; 4]) -> Vec<f64> {
    let network = &episode.problem().network;
    let stages = network.stages();
    network.supply.rows().iter().map(|link| levels[stages[link.buyer] - 1]).collect()
}

/// What each stage pays in so many weeks, the retailer first.
pub fn weeks(count: usize, orders: &Orders) -> Vec<f64> {
    let suite = invmgmt_data::suite("classics-1").expect("comes along");
    let game = suite.problem("beer-game-board").expect("in the suite");
    let mut episode = Episode::begin(&game.problem, 0).expect("an episode");
    for week in 0..count {
        let orders = orders(week, &episode);
        episode.step(&orders).expect("a week");
    }
    let network = &episode.problem().network;
    let stages = network.stages();
    let mut costs = vec![0.0; 4];
    for week in 0..count {
        let profits = episode.trajectory()[Symbol::Profit].row(week);
        for (row, profit) in network.nodes.rows().iter().zip(profits) {
            if let Some(node) = row.managed {
                costs[stages[node] - 1] -= profit;
            }
        }
    }
    costs
}
