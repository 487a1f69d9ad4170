//! Runs without chance, period by period: whatever is played, others found the same to the last digit.

use invmgmt::Problem;
use invmgmt::demand::{DemandConfig, DemandModel};
use invmgmt::episode::Episode;
use invmgmt::period::Rules;
use invmgmt_data::network_from_yaml;

use super::board::{self, LEVELS, STAGES, by_stage};
use super::instances::{Instance, Proof};

/// All of them.
pub fn instances() -> Vec<Instance> {
    [one_among_three(), every_other_day(), seasons()].into_iter().flatten().collect()
}

fn row(
    group: &str,
    name: String,
    policy: &str,
    theirs: f64,
    source: &str,
    ours: Box<dyn Fn() -> f64>,
) -> Instance {
    let found = Instance::new(group, name, String::new(), policy, theirs).from(source, "exact", 1e-9);
    Instance { proof: Proof::Computed(ours), ..found }
}

/// What the stage that is told orders in a week, counted from its first decision.
type Told = fn(usize) -> f64;

/// Twenty weeks of the beer game in which one stage orders what it is told and the others order up to their levels,
/// 16 at most. What they order at the end of a week, after its demand, is the order of the next week here.
fn one_among_three() -> Vec<Instance> {
    let table = [
        [1656.0, 798.0, 1260.0, 252.0],
        [2010.0, 864.0, 888.0, 158.0],
        [2086.0, 784.0, 644.0, 170.0],
        [2184.0, 644.0, 658.0, 224.0],
    ];
    let orders: [(&str, Told); 4] = [
        ("always 0", |_| 0.0),
        ("always 4", |_| 4.0),
        ("always 12", |_| 12.0),
        ("0, 0, then 8", |week| if week < 2 { 0.0 } else { 8.0 }),
    ];
    let mut rows = Vec::new();
    for (stage, costs) in table.into_iter().enumerate() {
        for ((told, order), theirs) in orders.into_iter().zip(costs) {
            let ours = Box::new(move || {
                let play = move |week: usize, episode: &Episode| among(week, episode, stage, order);
                board::weeks(20, &(Box::new(play) as board::Orders)).iter().sum()
            });
            let name = format!("the {} orders {told}", STAGES[stage]);
            let source = "multi-echelon-drl, test_supplynetwork.py, and its programme run";
            rows.push(row(
                "Beer game, one stage among three",
                name,
                "base-stock by hand",
                theirs,
                source,
                ours,
            ));
        }
    }
    rows
}

fn among(week: usize, episode: &Episode, told: usize, order: Told) -> Vec<f64> {
    let network = &episode.problem().network;
    // On the slips of the first week stand fours.
    let Some(decided) = week.checked_sub(1) else { return vec![4.0; 4] };
    let (view, stages) = (episode.view(), network.stages());
    let links = network.supply.rows().iter().zip(by_stage(episode, LEVELS));
    let decide = |(link, level): (&invmgmt::network::SupplyLink, f64)| {
        if stages[link.buyer] == told + 1 {
            order(decided)
        } else {
            (level - view.inventory_position(link.buyer)).clamp(0.0, 16.0)
        }
    };
    links.map(decide).collect()
}

/// What periods cost under the published pairs (s, S) where demand is the means themselves.
fn seasons() -> Vec<Instance> {
    let costs = [150.0, 10.0, 154.0, 14.0];
    let period = |(at, theirs): (usize, f64)| {
        let source = "InventoryModels.jl, its test without deviation";
        let ours = Box::new(move || periods_of_seasons()[at]);
        let name = format!("period {}, demand 20, 40, 60, 40", at + 1);
        row("Fixed cost under demand that moves", name, "ss of each period", theirs, source, ours)
    };
    costs.into_iter().enumerate().map(period).collect()
}

fn periods_of_seasons() -> Vec<f64> {
    let text = "nodes:\n  - {id: town}\n  - {id: shop, I0: 0, h: 1}\n  - {id: farm}\nedges:\n  \
                - {from: shop, to: town, p: 0, b: 10, demand_dist: deterministic, dist_param: {mu: 1}}\n  \
                - {from: farm, to: shop, L: 0, p: 0, g: 0, K: 100}\n";
    let levels = [(14.0, 70.0), (29.0, 141.0), (58.0, 114.0), (28.0, 53.0)];
    let mut episode = begin(text, &[20.0, 40.0, 60.0, 40.0]);
    let costs = levels.into_iter().map(|(reorder, up_to)| {
        let stock = position(&episode);
        -episode.step(&[if stock <= reorder { up_to - stock } else { 0.0 }]).expect("a period")
    });
    costs.collect()
}

/// A store whose customers come at certain times, its goods two days or one on their way; costs of 59 days.
struct Store {
    name: &'static str,
    /// What customers take, and every how many days.
    demand: (f64, usize),
    stock: f64,
    /// Days from the end of a period to the goods' arrival, less the one until the next period.
    lead_time: u32,
    /// What is ordered at a position.
    order: fn(usize, f64) -> f64,
    policy: &'static str,
    /// Deliveries to customers, and orders after the last day, which cost 10 each there.
    others: f64,
    profit: f64,
}

const DAYS: usize = 59;

/// Models 1 to 5 of the comparison of `SupplyNetPy` with anyLogistix, whose figures are the same. Their settings follow
/// from their 19 figures each: units cost 200 and bring 250, are held for 0.20 a day, and an order or delivery costs
/// 10.
fn every_other_day() -> Vec<Instance> {
    let lots = |_: usize, position: f64| if position <= 500.0 { 500.0 } else { 0.0 };
    let two = |_: usize, position: f64| if position <= 200.0 { 500.0 - position } else { 0.0 };
    let three = |_: usize, position: f64| if position <= 300.0 { 600.0 - position } else { 0.0 };
    let steady = |day: usize, _: f64| if day == 0 { 0.0 } else { 100.0 };
    let store = |name, demand, stock, lead_time, order, policy, others, profit| Store {
        name,
        demand,
        stock,
        lead_time,
        order,
        policy,
        others,
        profit,
    };
    let stores = [
        store("1: 120 every other day", (120.0, 2), 1000.0, 1, lots, "rq:500/500", 31.0, 292_030.0),
        store("2: 200 every other day", (200.0, 2), 1000.0, 1, lots, "rq:500/500", 61.0, 392_180.0),
        store("3: 200 every other day", (200.0, 2), 500.0, 0, two, "ss:200/500", 61.0, 375_750.0),
        store("4: with a safety stock of 100", (200.0, 2), 500.0, 0, three, "ss:300/600", 60.0, 314_510.0),
        store(
            "5: 100 a day, ordered day by day",
            (100.0, 1),
            1000.0,
            0,
            steady,
            "100 from day 1",
            60.0,
            303_200.0,
        ),
    ];
    let model = |store: Store| {
        let (group, source) = ("A store in continuous time", "SupplyNetPy's validation with anyLogistix");
        let (name, policy, profit) = (format!("model {}: profit", store.name), store.policy, store.profit);
        row(group, name, policy, profit, source, Box::new(move || store.profit_here()))
    };
    stores.into_iter().map(model).collect()
}

impl Store {
    fn profit_here(&self) -> f64 {
        let text = format!(
            "nodes:\n  - {{id: town}}\n  - {{id: shop, I0: {}, h: 0.2}}\n  - {{id: farm}}\nedges:\n  \
             - {{from: shop, to: town, p: 250, b: 0, demand_dist: deterministic, dist_param: {{mu: 1}}}}\n  \
             - {{from: farm, to: shop, L: {}, p: 200, g: 0, K: 10}}\n",
            self.stock, self.lead_time
        );
        let (units, every) = self.demand;
        let wanted: Vec<f64> = (0..DAYS).map(|day| if day % every == 0 { units } else { 0.0 }).collect();
        let mut episode = begin(&text, &wanted);
        let days = (0..DAYS).map(|day| {
            let order = (self.order)(day, position(&episode));
            episode.step(&[order]).expect("a day")
        });
        days.sum::<f64>() - 10.0 * self.others
    }
}

fn begin(text: &str, demand: &[f64]) -> Episode {
    let network = network_from_yaml(text).unwrap_or_else(|error| panic!("{error}"));
    let series = DemandConfig { external_series: Some(demand.into()), ..DemandConfig::default() };
    let rules = Rules { backlog: true, discount: 1.0 };
    let demand = Problem::new(network, DemandModel::new(series).expect("usable"), rules, demand.len());
    Episode::begin(&demand, 0).expect("an episode")
}

/// The inventory position of the only node with stock.
fn position(episode: &Episode) -> f64 {
    let node = episode.problem().network.managed.indices().next().expect("a shop");
    episode.view().inventory_position(node)
}
