//! Every instance that is played: a file, a stated policy, the figure others give, and where they give it.
//!
//! The tests and `docs/conformance.md` are both made of these tables, of those that are solved and of those that a
//! formula computes. Figures of others come from closed formulas, from other programmes or from print; none of them was
//! made by this engine.

use std::fmt::Write as _;

use invmgmt_data::Case;

use super::{board, computed, measured, recursion, shared, solved, traces};

/// A name, keys of the network, and answers.
type Row<T, const N: usize> = (&'static str, &'static str, [T; N]);

/// What is measured.
#[derive(Clone, Copy, PartialEq)]
pub enum Figure {
    /// Mean cost of a period over the long run.
    CostPerPeriod,
    /// Cost of 365 periods from the 101st on, discounted by 0.99 a period.
    DiscountedYear,
}

/// How our figure is found.
pub enum Proof {
    /// The policy is played, long enough for its mean to be near.
    Played(Figure),
    /// The policy is played on a classic.
    Reached(Box<Case>),
    /// A figure is measured in each of 40 episodes of so many periods.
    Measured(Box<dyn Fn(usize) -> Vec<f64>>),
    /// A classic is solved by dynamic programming on the engine's own period.
    Solved(Box<Case>),
    /// A solver of the textbook crate computes it.
    Computed(Box<dyn Fn() -> f64>),
}

/// One figure of somebody else's, and how to meet it.
pub struct Instance {
    /// The kind of instance: a heading of the page.
    pub group: String,
    /// What sets it apart in its group.
    pub name: String,
    /// The network, as a file has it, where a policy is played.
    pub file: String,
    /// The policy, or the solver.
    pub policy: String,
    pub backlog: bool,
    pub proof: Proof,
    /// Their figure.
    pub theirs: f64,
    /// Their own uncertainty: half a unit of the last digit printed, or two of their standard errors.
    pub uncertain: f64,
    pub source: String,
    /// What kind of figure theirs is: formula, exact, simulated or printed.
    pub kind: &'static str,
    /// Whether `make test` leaves it to `make physics`.
    pub is_long: bool,
}

impl Instance {
    pub fn new(
        group: impl Into<String>,
        name: impl Into<String>,
        file: String,
        policy: impl Into<String>,
        theirs: f64,
    ) -> Self {
        Self {
            group: group.into(),
            name: name.into(),
            file,
            policy: policy.into(),
            backlog: true,
            proof: Proof::Played(Figure::CostPerPeriod),
            theirs,
            uncertain: 0.0,
            source: String::new(),
            kind: "formula",
            is_long: false,
        }
    }

    pub fn from(self, source: impl Into<String>, kind: &'static str, uncertain: f64) -> Self {
        Self { uncertain, source: source.into(), kind, ..self }
    }

    pub fn long_if(self, is_long: bool) -> Self {
        Self { is_long, ..self }
    }

    pub fn lost_sales(self) -> Self {
        Self { backlog: false, ..self }
    }

    fn long(self) -> Self {
        Self { is_long: true, ..self }
    }
}

/// All of them, in the order of the page: rows of one heading together, where its first stands.
pub fn instances() -> Vec<Instance> {
    let parts = [
        timelines(),
        lead_times(),
        crossing_units(),
        lost_sales(),
        perishables(),
        allocation(),
        depot(),
        caps(),
        sizes(),
        dams(),
        shared::instances(),
        disruptions(),
        shortfalls(),
        measured::instances(),
        board::instances(),
        traces::instances(),
        recursion::instances(),
        solved::known(),
        solved::optima(),
        solved::others(),
        computed::instances(),
    ];
    let all: Vec<Instance> = parts.into_iter().flatten().collect();
    let mut groups: Vec<String> = Vec::new();
    for instance in &all {
        if !groups.contains(&instance.group) {
            groups.push(instance.group.clone());
        }
    }
    let mut sorted = all;
    sorted.sort_by_key(|instance| groups.iter().position(|group| *group == instance.group));
    sorted
}

/// One node that sells at the end of a link on which requests wait: Poisson demand, holding cost 1.
pub struct Single {
    mean: f64,
    penalty: f64,
    /// Stock to begin with, so that the run begins as it goes on.
    stock: f64,
    /// The lead time and further keys of the supply link.
    pub supply: String,
    /// Further keys of the node, and of the file.
    node: String,
    file: String,
}

impl Single {
    pub fn new(lead_time: &str, stock: f64) -> Self {
        let (supply, none) = (format!("L: {lead_time}"), String::new());
        Self { mean: 5.0, penalty: 9.0, stock, supply, node: none.clone(), file: none }
    }

    pub fn text(&self) -> String {
        let Self { mean, penalty, stock, supply, node, file } = self;
        format!(
            "units: whole\n{file}nodes:\n  - {{id: town}}\n  - {{id: shop, I0: {stock}, h: 1{node}}}\n  - {{id: farm}}\n\
             edges:\n  - {{from: shop, to: town, p: 0, b: {penalty}, demand_dist: poisson, dist_param: {{mu: {mean}}}}}\n  \
             - {{from: farm, to: shop, {supply}, p: 0, g: 0, unmet: wait}}\n"
        )
    }
}

fn timelines() -> Vec<Instance> {
    let chain = |timeline: &str, leads: [u32; 3]| {
        let [first, second, third] = leads;
        format!(
            "timeline: {timeline}\nnodes:\n  - {{id: 0}}\n  - {{id: 1, I0: 10, h: 7}}\n  - {{id: 2, I0: 5, h: 4}}\n  \
             - {{id: 3, I0: 10, h: 2}}\n  - {{id: 4}}\nedges:\n  \
             - {{from: 1, to: 0, p: 0, b: 37.12, demand_dist: poisson, dist_param: {{mu: 5}}}}\n  \
             - {{from: 2, to: 1, L: {first}, p: 0, g: 4, unmet: wait}}\n  \
             - {{from: 3, to: 2, L: {second}, p: 0, g: 2, unmet: wait}}\n  \
             - {{from: 4, to: 3, L: {third}, p: 0, g: 0, unmet: wait}}\n"
        )
    };
    let group = "Timelines: a chain of three stocks";
    let source = "Clark and Scarf's recursion, computed apart (Snyder and Shen, example 6.1)";
    let row = |name: &str, timeline: &str, leads, policy: &str, theirs, uncertain| {
        Instance::new(group, name, chain(timeline, leads), policy, theirs).from(source, "formula", uncertain)
    };
    vec![
        row("release, L 1, 0, 1", "release", [1, 0, 1], "echelon:15,20,31", 99.740, 5e-4),
        row("order-first, L 1, 1, 2", "order-first", [1, 1, 2], "echelon:15,20,31", 79.740, 5e-4),
        row("order-first, L 0, 1, 2", "order-first", [0, 1, 2], "echelon:9,15,26", 52.0467, 5e-5),
        row("demand first: release, L 0, 0, 1", "release", [0, 0, 1], "echelon:9,15,26", 72.0467, 5e-5),
        row(
            "local levels, orders of the period counted",
            "release",
            [1, 0, 1],
            "cascade:15,5,11",
            99.740,
            5e-4,
        ),
        row("local levels, orders not counted", "release", [1, 0, 1], "basestock:15,5,11", 238.3, 0.2),
    ]
}

fn lead_times() -> Vec<Instance> {
    let models = [
        ("unit", "draw: unit"),
        ("order, free", "draw: order, crossing: free"),
        ("order, fifo", "draw: order, crossing: fifo"),
        ("order, sweep", "draw: order, crossing: sweep"),
    ];
    let laws: [Row<(u32, f64), 4>; 4] = [
        ("{2}", "{values: [2]}", [(20, 7.12300); 4]),
        ("U{0,1,2}", "{uniform: [0, 2]}", [(14, 5.86937), (16, 8.75889), (17, 9.13006), (16, 9.25366)]),
        (
            "{0, 4} halves",
            "{values: [0, 4]}",
            [(20, 7.12300), (23, 11.86430), (29, 11.99316), (20, 15.05181)],
        ),
        ("U{0..4}", "{uniform: [0, 4]}", [(20, 7.12300), (23, 11.11106), (27, 12.35284), (21, 12.62555)]),
    ];
    let mut rows = Vec::new();
    for (name, law, answers) in laws {
        for ((model, keys), (level, theirs)) in models.into_iter().zip(answers) {
            let single = Single { supply: format!("L: {law}, {keys}"), ..Single::new("0", f64::from(level)) };
            let row = Instance::new(
                "Random lead times: one law, four models",
                format!("{name}, {model}"),
                single.text(),
                format!("basestock:{level}"),
                theirs,
            );
            let row = row.from("convolution of the law, computed apart", "formula", 5e-6);
            rows.push(if law.contains("2]}") { row } else { row.long() });
        }
    }
    rows
}

fn crossing_units() -> Vec<Instance> {
    let rows = [
        (1.0, 1.0, 20, 3.55341),
        (6.0, 1.0, 15, 6.75288),
        (1.0, 9.0, 26, 8.18643),
        (1.0, 39.0, 29, 11.15769),
    ];
    let row = |(holding, penalty, level, theirs): (f64, f64, u32, f64)| {
        let single = Single {
            mean: 10.0,
            penalty,
            supply: "L: {uniform: [0, 2]}, draw: unit".to_owned(),
            ..Single::new("0", f64::from(level))
        };
        let text = single.text().replace("h: 1", &format!("h: {holding}"));
        Instance::new(
            "Units that cross",
            format!("h {holding}, b {penalty}"),
            text,
            format!("basestock:{level}"),
            theirs,
        )
        .from("Palm's theorem: Poisson demand of a mean lead time of 2", "formula", 5e-6)
    };
    rows.into_iter().map(row).collect()
}

fn lost_sales() -> Vec<Instance> {
    let row = |name: &str, keys: &str, policy: &str, theirs, uncertain, kind| {
        let single = Single { supply: format!("L: {{uniform: [1, 10]}}, {keys}"), ..Single::new("0", 30.0) };
        Instance::new("Lost sales, L ~ U{1..10}", name, single.text(), policy, theirs)
            .from("literature on lost sales with random lead times, and a programme apart", kind, uncertain)
            .lost_sales()
    };
    let sweep = "draw: order, crossing: sweep";
    vec![
        row("sweep, base-stock", sweep, "basestock:30", 15.388, 0.01, "printed"),
        row("sweep, capped base-stock", sweep, "capped:30/7", 15.363, 0.01, "printed"),
        row("unit, base-stock", "draw: unit", "basestock:36", 7.828, 0.018, "simulated"),
    ]
}

fn perishables() -> Vec<Instance> {
    let mut rows = Vec::new();
    let answers: [(&str, [u32; 4], f64); 14] = [
        ("lifo", [7, 1, 2, 5], 1565.27),
        ("lifo", [7, 1, 3, 6], 1500.76),
        ("fifo", [7, 1, 2, 7], 1474.55),
        ("fifo", [7, 1, 3, 8], 1434.95),
        ("lifo", [7, 2, 2, 7], 1589.98),
        ("lifo", [7, 2, 3, 8], 1533.34),
        ("fifo", [7, 2, 2, 9], 1495.21),
        ("fifo", [7, 2, 3, 10], 1456.14),
        ("lifo", [10, 1, 2, 5], 1580.90),
        ("fifo", [10, 1, 2, 6], 1484.78),
        ("lifo", [10, 2, 2, 7], 1606.0),
        ("fifo", [10, 2, 2, 9], 1504.0),
        ("lifo", [10, 1, 3, 6], 1512.0),
        ("fifo", [10, 1, 3, 8], 1436.0),
    ];
    for (issue, [waste, lead_time, life, level], theirs) in answers {
        let text = format!(
            "timeline: order-first\nunits: whole\nlife: {life}\nnodes:\n  - {{id: town}}\n  \
             - {{id: shop, I0: 0, h: 1, waste: {waste}}}\n  - {{id: farm}}\nedges:\n  \
             - {{from: shop, to: town, p: 0, b: 5, issue: {issue}, demand_dist: gamma, \
             dist_param: {{mu: 4, cv: 0.5, rounded: true}}}}\n  \
             - {{from: farm, to: shop, L: {lead_time}, p: 3, g: 0, max: 10}}\n"
        );
        let row = Instance {
            proof: Proof::Played(Figure::DiscountedYear),
            ..Instance::new(
                "Perishables (De Moor et al. 2022), base-stock",
                format!("{issue}, waste {waste}, L {lead_time}, m {life}"),
                text,
                format!("basestock:{level}"),
                theirs,
            )
        };
        // Their figures are means of 10,000 simulated years.
        rows.push(row.from("Farrington et al. 2025, table 3", "printed", 1.0).lost_sales().long());
    }
    let outdating = "timeline: order-first\nunits: whole\nlife: 3\nnodes:\n  - {id: town}\n  \
                     - {id: shop, I0: 7, h: 0, waste: 100}\n  - {id: farm}\nedges:\n  \
                     - {from: shop, to: town, p: 0, b: 100, demand_dist: poisson, dist_param: {mu: 4}}\n  \
                     - {from: farm, to: shop, L: 0, p: 0, g: 0}\n";
    let row = Instance::new(
        "Perishables, outdating as dear as a lost sale",
        "Poisson 4, m 3, L 0, FIFO",
        outdating.to_owned(),
        "basestock:7",
        13.79183,
    );
    rows.push(
        row.from("Markov chain of the ages (setting of Haijema and Minner)", "exact", 5e-6).lost_sales(),
    );
    rows
}

fn allocation() -> Vec<Instance> {
    let rules: [Row<(&str, f64), 2>; 5] = [
        ("in order", "allocation: in-order", [("3,3,9", 3.697_115), ("3,3,7", 4.359_687)]),
        (
            "proportional, remainder stays",
            "allocation: proportional",
            [("3,3,9", 3.744_005), ("3,3,7", 5.158_158)],
        ),
        (
            "proportional, largest remainder",
            "allocation: proportional, remainder: largest",
            [("3,3,8", 3.480_337), ("3,3,7", 3.972_162)],
        ),
        ("fair share", "allocation: fair-share", [("3,3,8", 3.599_652), ("3,3,7", 4.041_763)]),
        ("random order", "allocation: random", [("3,3,9", 3.697_115), ("3,3,7", 4.505_495)]),
    ];
    let mut rows = Vec::new();
    for (name, keys, answers) in rules {
        let target = if keys.contains("fair") { ", target: 0" } else { "" };
        for (levels, theirs) in answers {
            let mut text = format!(
                "timeline: beer\nunits: whole\nnodes:\n  - {{id: town}}\n  - {{id: village}}\n  \
                 - {{id: a, I0: 3, h: 1}}\n  - {{id: b, I0: 3, h: 1}}\n  - {{id: depot, I0: 2, h: 0.5, {keys}}}\n  \
                 - {{id: farm}}\nedges:\n"
            );
            for (shop, market) in [("a", "town"), ("b", "village")] {
                let _ = write!(
                    text,
                    "  - {{from: {shop}, to: {market}, p: 0, b: 9, demand_dist: discrete, \
                     dist_param: {{values: [0, 1, 2], weights: [1, 2, 1]}}}}\n  \
                     - {{from: depot, to: {shop}, L: 1, p: 0, g: 0{target}}}\n"
                );
            }
            text.push_str("  - {from: farm, to: depot, L: 1, p: 0, g: 0}\n");
            let row = Instance::new(
                "Allocation: one depot, two shops, lost sales",
                format!("{name}, levels {levels}"),
                text,
                format!("echelon:{levels}"),
                theirs,
            );
            rows.push(row.from("Markov chain of all states, solved apart", "exact", 5e-7).lost_sales());
        }
    }
    rows
}

fn depot() -> Vec<Instance> {
    let mut text = "timeline: beer\nnodes:\n".to_owned();
    for shop in 1..=4 {
        let _ = write!(text, "  - {{id: {shop}, I0: 312, h: 1}}\n  - {{id: town{shop}}}\n");
    }
    text.push_str("  - {id: 5, I0: 0, h: 0, allocation: fair-share}\n  - {id: farm}\nedges:\n");
    for shop in 1..=4 {
        let _ = write!(
            text,
            "  - {{from: {shop}, to: town{shop}, p: 0, b: 9, demand_dist: normal, dist_param: {{loc: 100, scale: 20}}}}\n  \
             - {{from: 5, to: {shop}, L: 1, p: 0, g: 0, target: 0, in_transit: [100]}}\n"
        );
    }
    text.push_str("  - {from: farm, to: 5, L: 2, p: 0, g: 0, in_transit: [0, 0]}\n");
    let source = "Eppen and Schrage 1981; simulated by a programme apart";
    vec![
        Instance::new(
            "A depot that keeps nothing",
            "four shops, N(100, 20), fair share",
            text,
            "echelon:100000,100000,100000,100000,1762.105",
            222.03,
        )
        .from(source, "simulated", 0.5)
        .long(),
    ]
}

fn caps() -> Vec<Instance> {
    let answers = [(6, 0, 11, 7.16336), (8, 0, 8, 4.45458), (7, 1, 15, 6.36177), (1_000_000, 0, 8, 4.22109)];
    let row = |(cap, lead_time, level, theirs): (u32, u32, u32, f64)| {
        let mut single = Single::new(&lead_time.to_string(), f64::from(level));
        let _ = write!(single.supply, ", cap: {cap}");
        Instance::new(
            "Caps",
            format!("C {cap}, L {lead_time}"),
            single.text(),
            format!("basestock:{level}"),
            theirs,
        )
        .from("shortfall chain V' = (V + D - C)+", "exact", 5e-6)
    };
    answers.into_iter().map(row).collect()
}

fn sizes() -> Vec<Instance> {
    let group = "Order sizes";
    let lots = [(4, 0, 6, 4.63448), (10, 0, 4, 6.33730), (20, 1, 8, 11.06454)];
    let mut rows: Vec<Instance> = lots
        .into_iter()
        .map(|(lot, lead_time, point, theirs)| {
            let single = Single::new(&u32::to_string(&lead_time), f64::from(point + lot));
            Instance::new(
                group,
                format!("lots of {lot}, L {lead_time}"),
                single.text(),
                format!("rq:{point}/{lot}"),
                theirs,
            )
            .from("uniform position, (r,nQ)", "formula", 5e-6)
        })
        .collect();
    let mut least = Single::new("0", 8.0);
    least.supply += ", min: 10";
    let name = "at least 10, max(10, 8 - x) from 4 down";
    rows.push(Instance::new(group, name, least.text(), "ss:4/8", 6.31115).from(
        "Markov decision process, solved apart",
        "exact",
        5e-6,
    ));
    rows
}

fn dams() -> Vec<Instance> {
    let mut rows = Vec::new();
    for (space, order, figures) in
        [(6, 5, [0.672_170, 0.672_170, 1.206_404]), (10, 6, [1.094_637, 0.094_637, 4.211_054])]
    {
        // One cost at a time says how much there is of each.
        let names = [("discarded", [1, 0, 0]), ("lost", [0, 1, 0]), ("held", [0, 0, 1])];
        for ((name, [waste, penalty, holding]), theirs) in names.into_iter().zip(figures) {
            let mut single = Single { penalty: f64::from(penalty), ..Single::new("0", 3.0) };
            single.node = format!(", storage: {{space: {space}, overflow: discard, cost: {waste}}}");
            let text = single.text().replace("h: 1,", &format!("h: {holding},"));
            let row = Instance::new(
                "Room: a dam",
                format!("space {space}, inflow {order}: {name}"),
                text,
                format!("constant:{order}"),
                theirs,
            );
            rows.push(row.from("Markov chain of the stock", "exact", 5e-7).lost_sales());
        }
    }
    rows
}

/// Exponential demand and a cap: the shortfall is the waiting time of a queue D/M/1. Far from its mean for long, so
/// that only long runs come near.
fn shortfalls() -> Vec<Instance> {
    let rows = [(12.5, 9.0, 62.0024), (11.0, 9.0, 130.729), (20.0, 9.0, 28.8975), (12.5, 19.0, 80.667)];
    let row = |(cap, penalty, theirs): (f64, f64, f64)| {
        let text = format!(
            "nodes:\n  - {{id: town}}\n  - {{id: shop, I0: {theirs}, h: 1}}\n  - {{id: farm}}\nedges:\n  \
             - {{from: shop, to: town, p: 0, b: {penalty}, demand_dist: exponential, dist_param: {{mu: 10}}}}\n  \
             - {{from: farm, to: shop, L: 0, cap: {cap}, p: 0, g: 0, unmet: wait}}\n"
        );
        Instance::new(
            "Caps under exponential demand",
            format!("C {cap}, b {penalty}: the best level is its cost"),
            text,
            format!("basestock:{theirs}"),
            theirs,
        )
        .from("closed form of the queue D/M/1", "formula", 5e-4)
        .long()
    };
    rows.into_iter().map(row).collect()
}

fn disruptions() -> Vec<Instance> {
    let group = "Disruptions";
    let chain = |down: f64, up: f64| {
        format!("disruptions: [{{where: farm, what: ship, up_down: [{down}, {up}], start: stationary}}]\n")
    };
    let rows = [(0.1, 0.3, 21, 25.98667), (0.2, 0.2, 44, 49.47710)];
    let mut rows: Vec<Instance> = rows
        .into_iter()
        .map(|(down, up, level, theirs)| {
            let single = Single { file: chain(down, up), ..Single::new("0", f64::from(level)) };
            let name = format!("Poisson 5, down {down}, up {up}");
            Instance::new(group, name, single.text(), format!("basestock:{level}"), theirs)
                .from("demand of a geometric number of periods", "formula", 5e-6)
                .long()
        })
        .collect();
    let single = Single { mean: 2000.0, penalty: 3.0, file: chain(0.04, 0.25), ..Single::new("0", 8000.0) };
    let text = single.text().replace("h: 1", "h: 0.25").replace("poisson", "deterministic");
    rows.push(
        Instance::new(group, "demand 2,000, down 0.04, up 0.25", text, "basestock:8000", 2737.0690)
            .from("Snyder and Shen, example 9.3", "printed", 5e-5)
            .long(),
    );
    rows
}
