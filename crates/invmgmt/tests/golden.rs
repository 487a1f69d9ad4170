//! Every recorded run of gym-invmgmt 0.2.1 replayed: demand bit for bit, everything else within 1e-9.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use invmgmt::Problem;
use invmgmt::demand::{DemandConfig, DemandModel, Effects, effects_of_type};
use invmgmt::episode::{Episode, Matrix, Symbol};
use invmgmt::network::{
    DeclaredDemand, DeclaredLink, DeclaredNetwork, DeclaredNode, Network, NodeId, preset,
};
use invmgmt::period::Rules;
use serde_json::Value;

const TOLERANCE: f64 = 1e-9;
const RECORDED: usize = 16;

#[test]
fn every_recorded_run_is_reproduced() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/golden/trajectories");
    let mut files: Vec<PathBuf> = std::fs::read_dir(&folder)
        .unwrap_or_else(|error| panic!("{}: {error}", folder.display()))
        .map(|entry| entry.expect("a readable folder").path())
        .collect();
    files.sort();
    assert_eq!(files.len(), RECORDED, "recorded runs are missing from {}", folder.display());
    for file in files {
        let text = std::fs::read_to_string(&file).expect("a readable file");
        replay(&serde_json::from_str(&text).expect("a JSON file"));
    }
}

fn replay(run: &Value) {
    let name = text(&run["name"]);
    let env = &run["env"];
    let network = network_of(run);
    let num_periods = env["num_periods"].as_u64().unwrap_or(30) as usize;
    let rules = Rules {
        backlog: env["backlog"].as_bool().unwrap_or(true),
        discount: env["alpha"].as_f64().unwrap_or(1.0),
    };
    let mut demand = DemandModel::new(config_of(&env["demand_config"])).expect("usable demand");
    for replayed in env["user_D"].as_array().into_iter().flatten() {
        let link =
            network.market_link(&id(&replayed[0][0]), &id(&replayed[0][1]), None).expect("a market link");
        demand.replays.set("user_D", link, row(&replayed[1]).into(), num_periods).expect("a usable series");
    }
    let seed = run["seed"].as_u64().expect("a seed");
    let mut episode =
        Episode::begin(&Problem::new(network.clone(), demand.clone(), rules, num_periods), seed)
            .expect("an episode");
    close(&name, "observations[0]", episode.observation(), &row(&run["observations"][0]));
    for (t, action) in rows(&run["actions"]).iter().enumerate() {
        let reward = episode.step(action).expect("a playable action");
        close(&name, &format!("rewards[{t}]"), &[reward], &[run["rewards"][t].as_f64().expect("a number")]);
        let observation = row(&run["observations"][t + 1]);
        close(&name, &format!("observations[{}]", t + 1), episode.observation(), &observation);
    }
    assert!(episode.is_over(), "{name}: the record ends before the horizon");
    let record = episode.trajectory();
    let exact =
        |found: &Matrix, key: &str| assert_eq!(found.values, rows(&run[key]).concat(), "{name}: {key}");
    exact(&record[Symbol::Demand], "D");
    exact(&record[Symbol::Requested], "action_log");
    let matrices = [
        ("X", &record[Symbol::OnHand]),
        ("Y", &record[Symbol::OnOrder]),
        ("R", &record[Symbol::Filled]),
        ("S", &record[Symbol::Moved]),
        ("U", &record[Symbol::Unmet]),
        ("P", &record[Symbol::Profit]),
    ];
    for (key, matrix) in matrices {
        close(&name, key, &matrix.values, &rows(&run[key]).concat());
    }
    close(&name, "GW", &record[Symbol::Sentiment].values, &row(&run["GW"]));
}

fn close(name: &str, what: &str, found: &[f64], expected: &[f64]) {
    assert_eq!(found.len(), expected.len(), "{name}: length of {what}");
    for (index, (found, expected)) in found.iter().zip(expected).enumerate() {
        assert!(
            (found - expected).abs() <= TOLERANCE,
            "{name}: {what}[{index}] is {found}, recorded {expected}"
        );
    }
}

fn network_of(run: &Value) -> Network {
    let declared = if run["topology"].is_null() {
        preset(&text(&run["env"]["scenario"])).expect("a preset")
    } else {
        declared_of(&run["topology"])
    };
    declared.compile().expect("a valid network")
}

fn declared_of(topology: &Value) -> DeclaredNetwork {
    let nodes = topology["nodes"].as_array().expect("nodes").iter().map(|node| DeclaredNode {
        initial_inventory: node["I0"].as_f64(),
        holding_cost: node["h"].as_f64(),
        capacity: node["C"].as_f64(),
        operating_cost: node["o"].as_f64(),
        production_yield: node["v"].as_f64(),
        ..DeclaredNode::new(id(&node["id"]))
    });
    let links = topology["edges"].as_array().expect("edges").iter().map(|link| DeclaredLink {
        lead_time: link["L"].as_u64().map(|periods| periods as u32),
        pipeline_holding_cost: link["g"].as_f64(),
        fixed_order_cost: link["K"].as_f64(),
        unmet_penalty: link["b"].as_f64(),
        demand: link["demand_dist"].as_str().map(|distribution| DeclaredDemand {
            distribution: distribution.to_owned(),
            parameters: numbers(&link["dist_param"])
                .into_iter()
                .map(|(key, value)| (key, value.into()))
                .collect(),
        }),
        ..DeclaredLink::bare(id(&link["from"]), id(&link["to"]), link["p"].as_f64())
    });
    DeclaredNetwork { nodes: nodes.collect(), links: links.collect(), ..DeclaredNetwork::default() }
}

fn config_of(given: &Value) -> DemandConfig {
    let mut config = DemandConfig::default();
    let names: Vec<String> = match given["effects"].as_array() {
        Some(effects) => effects.iter().map(text).collect(),
        None => effects_of_type(given["type"].as_str().unwrap_or("stationary"))
            .expect("a known type")
            .iter()
            .map(|&effect| effect.to_owned())
            .collect(),
    };
    config.effects = Effects::from_names(names.iter().map(String::as_str)).expect("known effects");
    if given["external_series"].is_array() {
        config.external_series = Some(row(&given["external_series"]).into());
    }
    config.use_goodwill = given["use_goodwill"].as_bool().unwrap_or(false);
    for (key, value) in numbers(given) {
        match key.as_str() {
            "base_mu" => config.base_mu = Some(value),
            "noise_scale" => config.noise_scale = value,
            "trend_slope" => config.trend_slope = value,
            "shock_time" => config.shock_time = value,
            "shock_mag" => config.shock_mag = value,
            other => panic!("the recorded runs use a parameter this test does not read: {other}"),
        }
    }
    config
}

fn numbers(object: &Value) -> BTreeMap<String, f64> {
    let entries = object.as_object().into_iter().flatten();
    entries.filter_map(|(key, value)| value.as_f64().map(|value| (key.clone(), value))).collect()
}

fn id(value: &Value) -> NodeId {
    value.as_i64().map_or_else(|| NodeId::Text(text(value)), NodeId::Number)
}

fn text(value: &Value) -> String {
    value.as_str().expect("a text").to_owned()
}

fn row(value: &Value) -> Vec<f64> {
    value.as_array().expect("numbers").iter().map(|number| number.as_f64().expect("a number")).collect()
}

fn rows(value: &Value) -> Vec<Vec<f64>> {
    value.as_array().expect("rows").iter().map(row).collect()
}
