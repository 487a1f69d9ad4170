//! Figures of textbooks that the solvers of the textbook crate compute.

use invmgmt_textbook::Demand;
use invmgmt_textbook::clark_scarf::{SerialStage, SerialSystem};
use invmgmt_textbook::eoq::{OrderQuantity, OrderQuantitySolution, SupplyFailures};
use invmgmt_textbook::guaranteed_service::{GuaranteedService, TreeStage};
use invmgmt_textbook::newsvendor::{Newsvendor, Prices};
use invmgmt_textbook::reorder_level::ReorderLevel;
use invmgmt_textbook::reorder_quantity::ReorderQuantity;
use invmgmt_textbook::wagner_whitin::LotSizing;

use super::instances::{Instance, Proof};
use super::solved::half_a_digit;

const BOOK: &str = "Snyder and Shen, Fundamentals of Supply Chain Theory";

/// A row whose figure a solver computes.
fn row(
    group: &str,
    name: impl Into<String>,
    solver: &str,
    theirs: f64,
    source: &str,
    ours: impl Fn() -> f64 + 'static,
) -> Instance {
    let found = Instance::new(group, name, String::new(), format!("textbook {solver}"), theirs);
    let found = found.from(source, "formula", half_a_digit(theirs));
    Instance { proof: Proof::Computed(Box::new(ours)), ..found }
}

/// All of them.
pub fn instances() -> Vec<Instance> {
    let groups = [
        newsvendors(),
        levels(),
        depots(),
        lots(),
        reorder_quantities(),
        reorder_levels(),
        serial_chains(),
        guaranteed_service(),
    ];
    groups.into_iter().flatten().collect()
}

fn normal(mean: f64, deviation: f64) -> Demand {
    Demand::Normal { mean, deviation }
}

fn poisson(mean: f64) -> Demand {
    Demand::Poisson { mean }
}

fn newsvendors() -> Vec<Instance> {
    let rows = [
        ("N(50, 8), h .18, p .70", 0.18, 0.70, 0.0, normal(50.0, 8.0), 1.997_605_2, BOOK),
        ("the same, lead time 4", 0.18, 0.70, 4.0, normal(50.0, 8.0), 4.466_781, BOOK),
        ("N(120, 10), h 2, p 18", 2.0, 18.0, 0.0, normal(120.0, 10.0), 35.09967, BOOK),
        ("Poisson 6, h 1, p 4", 1.0, 4.0, 0.0, poisson(6.0), 3.570_107, BOOK),
        ("Poisson 18, h 200, p 270", 200.0, 270.0, 0.0, poisson(18.0), 786.088, BOOK),
        ("N(10, 1), h 10, p 30", 10.0, 30.0, 0.0, normal(10.0, 1.0), 12.71, "Pirhooshyaran and Snyder"),
        ("N(10, 2), h 10, p 30", 10.0, 30.0, 0.0, normal(10.0, 2.0), 25.42, "Pirhooshyaran and Snyder"),
        ("N(50, 5), h 10, p 30", 10.0, 30.0, 0.0, normal(50.0, 5.0), 63.56, "Pirhooshyaran and Snyder"),
        ("N(100, 10), h 10, p 30", 10.0, 30.0, 0.0, normal(100.0, 10.0), 127.11, "Pirhooshyaran and Snyder"),
        ("Poisson 5, L 0, p 9", 1.0, 9.0, 0.0, poisson(5.0), 4.22109, "closed form"),
        ("Poisson 5, L 1, p 9", 1.0, 9.0, 1.0, poisson(5.0), 5.86937, "closed form"),
        ("Poisson 5, L 2, p 9", 1.0, 9.0, 2.0, poisson(5.0), 7.123, "closed form"),
        ("Poisson 5, L 4, p 9", 1.0, 9.0, 4.0, poisson(5.0), 9.15105, "closed form"),
        ("Poisson 5, L 4, p 4", 1.0, 4.0, 4.0, poisson(5.0), 7.16984, "closed form"),
        ("N(5, 1.6), L 1, p 4", 1.0, 4.0, 1.0, normal(5.0, 1.6), 3.1674, "closed form (instances of HDPO)"),
        ("N(5, 1.6), L 1, p 9", 1.0, 9.0, 1.0, normal(5.0, 1.6), 3.9711, "closed form (instances of HDPO)"),
        ("N(5, 1.6), L 4, p 9", 1.0, 9.0, 4.0, normal(5.0, 1.6), 6.2788, "closed form (instances of HDPO)"),
        ("N(5, 1.6), L 4, p 39", 1.0, 39.0, 4.0, normal(5.0, 1.6), 8.364, "closed form (instances of HDPO)"),
        ("N(5, 1.6), L 10, p 9", 1.0, 9.0, 10.0, normal(5.0, 1.6), 9.313, "closed form (instances of HDPO)"),
        (
            "N(5, 1.6), L 20, p 39",
            1.0,
            39.0,
            20.0,
            normal(5.0, 1.6),
            17.1411,
            "closed form (instances of HDPO)",
        ),
    ];
    let rows = rows.into_iter().map(|(name, holding_cost, penalty, lead_time, demand, theirs, source)| {
        let problem = Newsvendor { holding_cost, penalty, lead_time, demand, constant_cost: 0.0 };
        let ours = move || problem.solve().expect("sound").cost;
        row("Newsvendors and base-stock levels", name, "newsvendor", theirs, source, ours)
    });
    let mut rows: Vec<Instance> = rows.collect();
    let prices = Prices { selling: 1.0, buying: 0.3, salvage: 0.12 };
    let profit = move || 0.7 * 50.0 - prices.newsvendor(normal(50.0, 8.0)).solve().expect("sound").cost;
    let name = "example 4.2: the profit of N(50, 8), price 1, cost .30, salvage .12";
    rows.push(row("Newsvendors and base-stock levels", name, "newsvendor", 33.002_395, BOOK, profit));
    rows
}

/// Best levels, of whole units and of any number.
fn levels() -> Vec<Instance> {
    let whole = |(lead_time, penalty, theirs): (f64, f64, f64)| {
        (
            format!("Poisson 5, L {lead_time}, p {penalty}: the level"),
            penalty,
            lead_time,
            poisson(5.0),
            theirs,
        )
    };
    let any = |(lead_time, penalty, theirs): (f64, f64, f64)| {
        (
            format!("N(5, 1.6), L {lead_time}, p {penalty}: the level"),
            penalty,
            lead_time,
            normal(5.0, 1.6),
            theirs,
        )
    };
    let rows = [(0.0, 9.0, 8.0), (1.0, 9.0, 14.0), (2.0, 9.0, 20.0), (4.0, 9.0, 32.0), (4.0, 4.0, 29.0)];
    let more = [
        (1.0, 4.0, 11.904),
        (1.0, 9.0, 12.900),
        (4.0, 9.0, 29.585),
        (4.0, 39.0, 32.012),
        (10.0, 9.0, 61.801),
        (20.0, 39.0, 119.371),
    ];
    let rows = rows.into_iter().map(whole).chain(more.into_iter().map(any));
    let rows = rows.map(|(name, penalty, lead_time, demand, theirs)| {
        let problem = Newsvendor { holding_cost: 1.0, penalty, lead_time, demand, constant_cost: 0.0 };
        let ours = move || problem.solve().expect("sound").level;
        row("Newsvendors and base-stock levels", name, "newsvendor", theirs, "closed form", ours)
    });
    let own = [
        ("N(50, 8), h .18, p .70: the level", 0.18, 0.70, 0.0, normal(50.0, 8.0), 56.60396),
        ("the same, lead time 4: the level", 0.18, 0.70, 4.0, normal(50.0, 8.0), 264.7669),
        ("N(120, 10), h 2, p 18: the level", 2.0, 18.0, 0.0, normal(120.0, 10.0), 132.8155),
        ("Poisson 6, h 1, p 4: the level", 1.0, 4.0, 0.0, poisson(6.0), 8.0),
        ("Poisson 18, h 200, p 270: the level", 200.0, 270.0, 0.0, poisson(18.0), 19.0),
    ];
    let own = own.into_iter().map(|(name, holding_cost, penalty, lead_time, demand, theirs)| {
        let problem = Newsvendor { holding_cost, penalty, lead_time, demand, constant_cost: 0.0 };
        let ours = move || problem.solve().expect("sound").level;
        row("Newsvendors and base-stock levels", name, "newsvendor", theirs, BOOK, ours)
    });
    rows.chain(own).collect()
}

/// A depot that keeps nothing: four shops as one newsvendor each, whose demand is what the depot's lead time has them
/// share and what their own exposes them to.
fn depots() -> Vec<Instance> {
    let (shops, deviation, depot, own) = (4.0, 20.0, 2.0, 1.0);
    let shared: f64 = depot / shops + own + 1.0;
    let problem = move || Newsvendor {
        holding_cost: 1.0,
        penalty: 9.0,
        lead_time: 0.0,
        demand: normal(100.0 * (depot + own + 1.0), deviation * shared.sqrt()),
        constant_cost: 0.0,
    };
    let source = "Eppen and Schrage 1981";
    let group = "A depot that keeps nothing";
    vec![
        row(group, "four shops, N(100, 20): up to", "newsvendor", 1762.105, source, move || {
            shops * problem().solve().expect("sound").level
        }),
        row(group, "four shops, N(100, 20): no rule costs less", "newsvendor", 221.9898, source, move || {
            shops * problem().solve().expect("sound").cost
        }),
    ]
}

fn lots() -> Vec<Instance> {
    let quantity = |name: &str, backorder_cost, figure: fn(&OrderQuantitySolution) -> f64, theirs| {
        let problem = OrderQuantity {
            fixed_cost: 8.0,
            holding_cost: 0.225,
            backorder_cost,
            demand_rate: 1300.0,
            failures: None,
        };
        row("Lot sizes", name, "eoq", theirs, BOOK, move || figure(&problem.solve().expect("sound")))
    };
    let plan = |name: &str, demand: &[f64], fixed_cost, holding_cost, theirs| {
        let problem = LotSizing { demand: demand.to_vec(), fixed_cost, holding_cost };
        row("Lot sizes", name, "wagner-whitin", theirs, BOOK, move || problem.solve().expect("sound").cost)
    };
    let unreliable = OrderQuantity {
        fixed_cost: 8.0,
        holding_cost: 0.225,
        backorder_cost: None,
        demand_rate: 1300.0,
        failures: Some(SupplyFailures { failure_rate: 1.5, recovery_rate: 14.0, stockout_cost: 5.0 }),
    };
    let cost = row("Lot sizes", "example 9.1: a supplier that fails", "eoq", 173.95, BOOK, move || {
        unreliable.solve().expect("sound").cost
    });
    let units = row("Lot sizes", "example 9.1: the quantity", "eoq", 772.8111, BOOK, move || {
        unreliable.solve().expect("sound").quantity
    });
    vec![
        cost,
        units,
        quantity("example 3.1", None, |found| found.cost, 68.4105),
        quantity("example 3.1: the quantity", None, |found| found.quantity, 304.0468),
        quantity("the same, backorders at 5", Some(5.0), |found| found.cost, 66.92136),
        quantity("the same, backorders at 5: the quantity", Some(5.0), |found| found.quantity, 310.8126),
        quantity(
            "the same, backorders at 5: who waits",
            Some(5.0),
            |found| found.backordered_share,
            0.043_062_2,
        ),
        plan("example 3.9", &[90.0, 120.0, 80.0, 70.0], 500.0, 2.0, 1380.0),
        plan("problem 3.27", &[150.0, 100.0, 80.0, 200.0], 120.0, 0.8, 424.0),
    ]
}

fn reorder_quantities() -> Vec<Instance> {
    let rows = [
        ("example 5.8", 100.0, 20.0, 150.0, 1.5, 2.0, 107.92358),
        ("problem 5.2", 4.0, 4.0, 28.0, 12.0, 0.5, 28.241_313),
        ("Poisson 50, L 1", 100.0, 10.0, 25.0, 50.0, 1.0, 289.3745),
    ];
    let rows =
        rows.into_iter().map(|(name, fixed_cost, holding_cost, backorder_cost, rate, lead_time, theirs)| {
            let demand = poisson(rate);
            let problem = ReorderQuantity { fixed_cost, holding_cost, backorder_cost, demand, lead_time };
            let ours = move || problem.solve().expect("sound").cost;
            row("(r, Q), continuous review", name, "rq", theirs, BOOK, ours)
        });
    let mut rows: Vec<Instance> = rows.collect();
    let problem = ReorderQuantity {
        fixed_cost: 8.0,
        holding_cost: 0.225,
        backorder_cost: 7.5,
        demand: normal(1300.0, 150.0),
        lead_time: 1.0 / 12.0,
    };
    let ours = move || problem.solve().expect("sound").cost;
    let found = row("(r, Q), continuous review", "example 5.1, N(1300, 150)", "rq", 78.0712, BOOK, ours);
    // Theirs is that of a pair found step by step and rounded on the way.
    rows.push(Instance { uncertain: 2e-4, ..found });
    rows
}

fn reorder_levels() -> Vec<Instance> {
    let table = [
        (10.0, 35.022),
        (15.0, 42.698),
        (20.0, 49.173),
        (22.0, 51.632),
        (23.0, 52.757),
        (24.0, 53.518),
        (25.0, 54.262),
        (30.0, 57.819),
        (40.0, 64.512),
        (45.0, 67.776),
        (50.0, 70.975),
        (51.0, 71.611),
        (52.0, 72.246),
        (59.0, 76.679),
        (60.0, 77.306),
        (61.0, 77.929),
        (63.0, 78.287),
        (64.0, 78.402),
        (70.0, 79.037),
        (75.0, 79.554),
    ];
    let level = |name: String, [fixed_cost, holding_cost, penalty, mean]: [f64; 4], theirs, source| {
        let demand = poisson(mean);
        let problem =
            ReorderLevel { fixed_cost, holding_cost, penalty, lead_time: 0.0, demand, constant_cost: 0.0 };
        row("(s, S)", name, "ss", theirs, source, move || problem.solve().expect("sound").cost)
    };
    let mut rows: Vec<Instance> = table
        .into_iter()
        .map(|(mean, theirs)| {
            level(format!("Poisson {mean}"), [64.0, 1.0, 9.0, mean], theirs, "Zheng and Federgruen 1991")
        })
        .collect();
    rows.push(level("example 4.7".to_owned(), [5.0, 1.0, 4.0, 6.0], 8.034_112, BOOK));
    rows.push(level("problem 4.31".to_owned(), [150.0, 40.0, 125.0, 4.0], 223.5748, BOOK));
    rows
}

fn serial_chains() -> Vec<Instance> {
    let costs = [3.0, 2.0, 2.0];
    let chain = |name: &str, costs: &[f64], leads: &[f64], penalty, demand, theirs, source| {
        let stages = costs.iter().zip(leads);
        let stages = stages.map(|(&cost, &lead)| SerialStage { echelon_holding_cost: cost, lead_time: lead });
        let problem = SerialSystem { stages: stages.collect(), penalty, demand, constant_cost: 0.0 };
        let ours = move || problem.solve().expect("sound").cost;
        row("Serial chains, demand first", name, "clark-scarf", theirs, source, ours)
    };
    let (short, long) = ([1.0, 1.0, 2.0], [2.0, 1.0, 2.0]);
    vec![
        chain("example 6.1, N(5, 1)", &costs, &short, 37.12, normal(5.0, 1.0), 47.66, BOOK),
        chain("example 6.1, Poisson 5", &costs, &short, 37.12, poisson(5.0), 72.0467, BOOK),
        chain("one period more, N(5, 1)", &costs, &long, 37.12, normal(5.0, 1.0), 71.186, BOOK),
        chain("one period more, Poisson 5", &costs, &long, 37.12, poisson(5.0), 99.74, BOOK),
        chain("problem 6.1", &[1.0, 1.0], &[1.0, 1.0], 15.0, normal(100.0, 15.0), 166.25, BOOK),
        chain("problem 6.2a", &[2.0, 2.0, 1.0, 1.0, 1.0], &[0.5; 5], 24.0, normal(64.0, 8.0), 451.61, BOOK),
        chain(
            "stockpyl's example",
            &[4.0, 3.0, 1.0],
            &short,
            40.0,
            normal(10.0, 2.0),
            86.016,
            "stockpyl, readme",
        ),
        chain("case 1", &[0.25; 4], &[0.25; 4], 9.0, poisson(16.0), 12.6879, "Shang and Song 2003"),
        chain("case 17", &[0.25; 4], &[0.25; 4], 99.0, poisson(16.0), 16.2055, "Shang and Song 2003"),
        chain(
            "beer game, N(10, 2)",
            &[0.25; 4],
            &[4.0, 4.0, 4.0, 3.0],
            10.0,
            normal(10.0, 2.0),
            72.50,
            "Oroojlooyjadid et al. 2022",
        ),
    ]
}

fn guaranteed_service() -> Vec<Instance> {
    let stage = |processing_time, holding_cost, inbound, promised, deviation| TreeStage {
        processing_time,
        holding_cost,
        external_inbound_time: inbound,
        promised_service_time: promised,
        demand_deviation: deviation,
    };
    let place = |name: &str, stages: Vec<TreeStage>, links: Vec<(usize, usize)>, safety_factor, theirs| {
        let problem = GuaranteedService { stages, links, quantities: vec![], safety_factor };
        let ours = move || problem.solve().expect("sound").cost;
        row("Guaranteed service", name, "guaranteed-service", theirs, BOOK, ours)
    };
    vec![
        place(
            "example 6.3",
            vec![stage(1, 7.0, 0, Some(1), 1.0), stage(0, 4.0, 0, None, 0.0), stage(1, 2.0, 1, None, 0.0)],
            vec![(2, 1), (1, 0)],
            1.0,
            2.828_427,
        ),
        place(
            "example 6.5",
            vec![
                stage(2, 1.0, 1, None, 0.0),
                stage(1, 3.0, 0, Some(0), 1.0),
                stage(1, 2.0, 0, None, 0.0),
                stage(1, 3.0, 0, Some(1), 1.0),
            ],
            vec![(0, 2), (2, 1), (2, 3)],
            1.0,
            8.277_917,
        ),
        place(
            "problem 6.7",
            vec![stage(2, 4.0, 0, Some(0), 10.0), stage(1, 3.0, 0, None, 0.0), stage(1, 2.0, 1, None, 0.0)],
            vec![(2, 1), (1, 0)],
            4.0,
            357.770_876,
        ),
        place("problem 6.8", ten_stages(), (0..9).map(|at| (at, at + 1)).collect(), 2.053_748_9, 1378.302),
    ]
}

/// The chain of problem 6.8, from its source to its customers.
fn ten_stages() -> Vec<TreeStage> {
    let costs = [0.87, 0.98, 1.10, 1.15, 2.37, 2.47, 2.93, 3.04, 4.56, 5.73];
    let times = [5, 1, 5, 9, 5, 8, 15, 2, 10, 5];
    let mut stages: Vec<TreeStage> = costs
        .into_iter()
        .zip(times)
        .map(|(holding_cost, processing_time)| TreeStage {
            processing_time,
            holding_cost,
            external_inbound_time: 0,
            promised_service_time: None,
            demand_deviation: 0.0,
        })
        .collect();
    stages[0].external_inbound_time = 7;
    (stages[9].promised_service_time, stages[9].demand_deviation) = (Some(3), 15.8);
    stages
}
