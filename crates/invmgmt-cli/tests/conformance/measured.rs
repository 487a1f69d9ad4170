//! Figures besides costs, and policies that have no name: measured in episodes played by hand.

use invmgmt::Problem;
use invmgmt::demand::{DemandConfig, DemandModel};
use invmgmt::episode::{Episode, Symbol, variance};
use invmgmt::period::Rules;
use invmgmt::random::{Pcg64, standard_normal};
use invmgmt_data::network_from_yaml;
use invmgmt_policy::{Knowledge, parse};

use super::SEEDS;
use super::instances::{Instance, Proof, Single};
use super::shared::line_of_two;

/// All of them.
pub fn instances() -> Vec<Instance> {
    let groups = [ready_rates(), shortfalls(), products(), no_name(), moving_averages()];
    groups.into_iter().flatten().collect()
}

fn row(
    group: &str,
    name: impl Into<String>,
    policy: impl Into<String>,
    theirs: f64,
    ours: impl Fn(usize) -> Vec<f64> + 'static,
) -> Instance {
    let found = Instance::new(group, name, String::new(), policy, theirs);
    Instance { proof: Proof::Measured(Box::new(ours)), ..found }
}

/// A figure of each of the episodes of a policy by name.
fn each(text: &str, policy: &str, periods: usize, figure: impl Fn(&Episode) -> f64) -> Vec<f64> {
    let network = network_from_yaml(text).unwrap_or_else(|error| panic!("{error}"));
    let demand = DemandModel::new(DemandConfig::default()).expect("usable");
    let problem = Problem::new(network, demand, Rules { backlog: true, discount: 1.0 }, periods);
    let of_seed = |seed| {
        let mut policy = parse(policy, &Knowledge::of(&problem)).expect("a policy");
        let mut episode = Episode::begin(&problem, seed).expect("an episode");
        episode.play(&mut policy).expect("played");
        figure(&episode)
    };
    (0..SEEDS).map(of_seed).collect()
}

/// Periods that end with nobody waiting.
fn ready_rates() -> Vec<Instance> {
    let answers = [
        (0, 9, 8, 0.931_91),
        (1, 9, 14, 0.916_54),
        (2, 9, 20, 0.917_03),
        (4, 9, 32, 0.928_54),
        (4, 4, 29, 0.817_90),
    ];
    let ready = |(lead_time, penalty, level, theirs): (u32, u32, u32, f64)| {
        let text = Single::new(&lead_time.to_string(), f64::from(level)).text();
        let policy = format!("basestock:{level}");
        let name = format!("Poisson 5, L {lead_time}, p {penalty}");
        let played = policy.clone();
        let ours = move |periods| each(&text, &played, periods, share_without_shortage);
        row("Periods without shortage", name, policy, theirs, ours).from("closed form", "formula", 5e-6)
    };
    answers.into_iter().map(ready).collect()
}

fn share_without_shortage(episode: &Episode) -> f64 {
    let unmet = &episode.trajectory()[Symbol::Unmet];
    let periods = unmet.values.iter().take(episode.problem().num_periods);
    let (ready, all) =
        periods.fold((0.0, 0.0), |(ready, all), &short| (ready + f64::from(short == 0.0), all + 1.0));
    ready / all
}

/// What a supplier with a cap owes on average, after he has shipped.
fn shortfalls() -> Vec<Instance> {
    let poisson = |cap: u32, level: u32| {
        let mut single = Single::new("0", f64::from(level));
        single.supply = format!("{}, cap: {cap}", single.supply);
        single.text()
    };
    let exponential = "nodes:\n  - {id: town}\n  - {id: shop, I0: 62, h: 1}\n  - {id: farm}\nedges:\n  \
                       - {from: shop, to: town, p: 0, b: 9, demand_dist: exponential, dist_param: {mu: 10}}\n  \
                       - {from: farm, to: shop, L: 0, cap: 12.5, p: 0, g: 0, unmet: wait}\n";
    let chain = ("shortfall chain V' = (V + D - C)+", "exact");
    let instances = [
        ("C 6, Poisson 5", poisson(6, 11), "basestock:11", 1.527_01, chain, 5e-6),
        ("C 8, Poisson 5", poisson(8, 8), "basestock:8", 0.161_62, chain, 5e-6),
        (
            "C 12.5, exponential 10",
            exponential.to_owned(),
            "basestock:62",
            16.927,
            ("closed form of the queue D/M/1", "formula"),
            5e-4,
        ),
    ];
    let owed = |(name, text, policy, theirs, (source, kind), digit): (
        &str,
        String,
        &'static str,
        f64,
        (&str, _),
        f64,
    )| {
        let is_long = name.contains("exponential");
        let ours = move |periods| each(&text, policy, periods, mean_owed);
        row("Caps: the mean shortfall", name, policy, theirs, ours).from(source, kind, digit).long_if(is_long)
    };
    instances.into_iter().map(owed).collect()
}

fn mean_owed(episode: &Episode) -> f64 {
    let owed = &episode.trajectory()[Symbol::Owed].values;
    owed.iter().sum::<f64>() / episode.problem().num_periods as f64
}

/// Either product of two on one line.
fn products() -> Vec<Instance> {
    let (text, policy) = line_of_two();
    let product = |(name, theirs): (&'static str, f64)| {
        let text = text.clone();
        let cost = move |episode: &Episode| {
            let network = &episode.problem().network;
            let is_own = |id: &invmgmt::network::NodeId| id.to_string() == name;
            let column =
                network.nodes.rows().iter().position(|node| is_own(&node.id)).expect("a stock point");
            let profits = &episode.trajectory()[Symbol::Profit];
            let periods = episode.problem().num_periods;
            -(0..periods).map(|period| profits.row(period)[column]).sum::<f64>() / periods as f64
        };
        let source = "one queue, units of either product at random";
        row("Caps: two products on a line", format!("the same: {name}"), policy, theirs, move |periods| {
            each(&text, policy, periods, cost)
        })
        .from(source, "formula", 5e-6)
    };
    [("shop, red", 4.94967), ("shop, blue", 3.79010)].into_iter().map(product).collect()
}

/// Lost sales with a fixed cost: at 17 or below up to 23, but 7 at most.
fn no_name() -> Vec<Instance> {
    let text = "units: whole\nnodes:\n  - {id: town}\n  - {id: shop, I0: 20, h: 1}\n  - {id: farm}\nedges:\n  \
                - {from: shop, to: town, p: 0, b: 14, demand_dist: poisson, dist_param: {mu: 5}}\n  \
                - {from: farm, to: shop, L: 2, p: 0, g: 0, K: 5}\n";
    let ours = |periods| {
        let network = network_from_yaml(text).unwrap_or_else(|error| panic!("{error}"));
        let demand = DemandModel::new(DemandConfig::default()).expect("usable");
        let problem = Problem::new(network, demand, Rules { backlog: false, discount: 1.0 }, periods);
        let shop = problem.network.managed.indices().next().expect("a shop");
        let cost = |seed| {
            let mut episode = Episode::begin(&problem, seed).expect("an episode");
            let period = |_| {
                let position = episode.view().inventory_position(shop);
                let order = if position <= 17.0 { (23.0 - position).min(7.0) } else { 0.0 };
                -episode.step(&[order]).expect("a period")
            };
            (0..periods).map(period).sum::<f64>() / periods as f64
        };
        (0..SEEDS).map(cost).collect()
    };
    let name = "modified (s, S, q), L 2, p 14, K 5";
    vec![row("Lost sales with a fixed cost", name, "(17, 23, 7) by hand", 11.50, ours).from(
        "Bijvank, Bhulai and Huh 2015, table 1",
        "printed",
        5e-3,
    )]
}

/// Order-up-to levels of L times a moving average of p periods: how much more orders vary than demand, which depends on
/// that of the period before by a share.
fn moving_averages() -> Vec<Instance> {
    let answers =
        [(1, 5, 0.0, 1.48), (2, 5, 0.0, 2.12), (4, 5, 0.0, 3.88), (2, 10, 0.0, 1.48), (2, 10, 0.5, 1.4795)];
    let ratio = |(lead_time, window, share, theirs): (usize, usize, f64, f64)| {
        let name = format!("L {lead_time}, p {window}, autocorrelation {share}");
        let ours = move |periods| {
            (0..SEEDS).map(|seed| variance_ratio(lead_time, window, share, periods, seed)).collect()
        };
        let policy = "L times the moving average";
        row("Variance of orders over that of demand", name, policy, theirs, ours).from(
            "Chen, Drezner, Ryan and Simchi-Levi 2000",
            "formula",
            5e-5,
        )
    };
    answers.into_iter().map(ratio).collect()
}

/// One episode; demand is so far from zero that no order is cut there.
fn variance_ratio(lead_time: usize, window: usize, share: f64, periods: usize, seed: u64) -> f64 {
    const MEAN: f64 = 1000.0;
    let text = format!(
        "nodes:\n  - {{id: town}}\n  - {{id: shop, I0: {MEAN}, h: 1}}\n  - {{id: farm}}\nedges:\n  \
         - {{from: shop, to: town, p: 0, b: 9, demand_dist: deterministic, dist_param: {{mu: 1}}}}\n  \
         - {{from: farm, to: shop, L: {lead_time}, p: 0, g: 0}}\n"
    );
    let mut stream = Pcg64::seeded(seed);
    let mut wanted = vec![MEAN];
    while wanted.len() < periods {
        let before = wanted[wanted.len() - 1] - MEAN;
        wanted.push(MEAN + share * before + 20.0 * standard_normal(&mut stream));
    }
    let network = network_from_yaml(&text).unwrap_or_else(|error| panic!("{error}"));
    let series = DemandConfig { external_series: Some(wanted.clone().into()), ..DemandConfig::default() };
    let demand = DemandModel::new(series).expect("usable");
    let problem = Problem::new(network, demand, Rules { backlog: true, discount: 1.0 }, periods);
    let shop = problem.network.managed.indices().next().expect("a shop");
    let mut episode = Episode::begin(&problem, seed).expect("an episode");
    let above = episode.view().inventory_position(shop) - lead_time as f64 * MEAN + MEAN;
    let mut seen = vec![MEAN; window];
    for &wanted in &wanted {
        let mean = seen[seen.len() - window..].iter().sum::<f64>() / window as f64;
        let level = lead_time as f64 * mean + above;
        episode.step(&[level - episode.view().inventory_position(shop)]).expect("a period");
        seen.push(wanted);
    }
    let record = episode.trajectory();
    let spread = |symbol| variance(&record[symbol].values[..periods]);
    spread(Symbol::Requested) / spread(Symbol::Demand)
}
