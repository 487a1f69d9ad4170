//! `train`: what it writes plays, is the same again, goes on where it was left, and what it refuses.

use std::fs;
use std::path::Path;

use crate::common::{fail, run, succeed};
use serde_json::Value;

/// A training of a few steps into a file of a folder; its document.
fn train(folder: &Path, file: &str, more: &[&str]) -> Value {
    let out = folder.join(file).to_string_lossy().into_owned();
    let few: &[&str] =
        if more.contains(&"--episodes") { &[] } else { &["--episodes", "8", "--held-out", "0..8"] };
    let ran = run(&[&["train", "--out", &out, "--json"][..], few, more].concat());
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    serde_json::from_str(&ran.stdout).expect("stdout is one JSON document")
}

const SERIAL: [&str; 2] = ["--network", "serial"];

fn profit(document: &Value) -> f64 {
    document["policies"][0]["problems"][0]["mean"].as_f64().expect("a number")
}

fn played(policy: &str, more: &[&str]) -> f64 {
    let policy = format!("learned:{policy}");
    let figures =
        succeed(&[&["simulate", "--policy", &policy, "--seeds", "0..8", "--json"][..], more].concat());
    let figures: Value = serde_json::from_str(&figures).expect("stdout is one JSON document");
    figures["policies"][0]["kpis"]["profit"]["mean"].as_f64().expect("a number")
}

#[test]
fn what_was_trained_plays_as_it_was_measured_and_earns_more_than_before() {
    let folder = tempfile::tempdir().expect("a folder");
    for knows in ["informed", "family", "blind"] {
        let first =
            train(folder.path(), "0.safetensors", &["--network", "serial", "--knows", knows, "--steps", "0"]);
        let later = train(
            folder.path(),
            "160.safetensors",
            &["--network", "serial", "--knows", knows, "--steps", "160"],
        );
        assert!(profit(&later) > profit(&first), "{knows}: {} after {}", profit(&later), profit(&first));
        let file = folder.path().join("160.safetensors").to_string_lossy().into_owned();
        assert!((played(&file, &SERIAL) - profit(&later)).abs() < 1e-9, "{knows}");
        let bound = later["policies"][0]["problems"][0]["bound"].as_f64().expect("a number");
        assert!(bound > profit(&later), "{knows}");
    }
}

/// Units that arrive one by one, at random: who orders more while little is on hand, and less later, does better than
/// any level by far. The best of them is 28 (Palm's theorem: what is on order is Poisson with mean 20).
const CROSSING: &str = "network:
  units: whole
  nodes: [{id: store, I0: 2, h: 1}, {id: customers}, {id: supplier}]
  edges:
    - {from: supplier, to: store, L: {geometric: 0.1, least: 1, most: 50}, draw: unit, p: 0, g: 0}
    - {from: store, to: customers, p: 0, b: 9, demand_dist: poisson, dist_param: {mu: 2}}
rules: {backlog: true}
num_periods: 300
";

/// Four stages whose requests take a week and whose goods take two, with the optimal echelon levels of Clark and Scarf.
const CHAIN: &str =
    "classic: {name: BeerGame, demand: normal, holding: [1, 0.75, 0.5, 0.25], penalties: [10, 0, 0, 0],
  weeks: 60}
";

#[test]
fn units_that_cross_and_a_chain_of_four_are_learnt() {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, text, levels, steps, most) in [
        ("crossing", CROSSING, "basestock:28", "200", 0.9),
        ("chain", CHAIN, "echelon:89.421,98.962,48.002,68.821", "300", 1.1),
    ] {
        let path = folder.path().join(format!("{name}.yaml")).to_string_lossy().into_owned();
        fs::write(&path, text).expect("writes");
        let on = ["--scenario", &path];
        let more = [&on[..], &["--steps", steps, "--episodes", "16", "--held-out", "0..64"]].concat();
        let trained = train(folder.path(), &format!("{name}.safetensors"), &more);
        let beside = [&["simulate", "--policy", levels, "--seeds", "0..64", "--json"][..], &on].concat();
        let beside: Value = serde_json::from_str(&succeed(&beside)).expect("stdout is one JSON document");
        let beside = beside["policies"][0]["kpis"]["profit"]["mean"].as_f64().expect("a number");
        assert!(-profit(&trained) < most * -beside, "{name}: {} beside {beside}", profit(&trained));
    }
}

/// Goods that spoil and lead times of single units, in whole units, and a team whose requests take time and wait.
#[test]
fn networks_with_mechanisms_are_learnt_and_played() {
    let folder = tempfile::tempdir().expect("a folder");
    for (problem, steps) in
        [("perishable-m2-L1-fifo-w7", "3"), ("random-lead-time-U2-unit", "2"), ("beer-game-board", "60")]
    {
        let scenario = format!("classics-1/{problem}");
        let on = ["--scenario", &scenario, "--steps"];
        let file = format!("{problem}.safetensors");
        let first = train(folder.path(), &file, &[&on[..], &["0"]].concat());
        let later = train(folder.path(), &file, &[&on[..], &[steps]].concat());
        assert!(profit(&later) > profit(&first), "{problem}: {} after {}", profit(&later), profit(&first));
        let path = folder.path().join(&file).to_string_lossy().into_owned();
        assert!((played(&path, &on[..2]) - profit(&later)).abs() < 1e-9 * profit(&later).abs(), "{problem}");
        // How far it is from the optimum is what a benchmark says of the same file and seeds.
        let stated = &later["policies"][0]["problems"][0];
        let results = folder.path().join(problem).to_string_lossy().into_owned();
        let policy = format!("learned:{path}");
        let rest = ["--policies", &policy, "--seeds", "0..8", "--out", &results];
        succeed(&[&["benchmark", "--suite", &scenario][..], &rest].concat());
        let summary = fs::read_to_string(Path::new(&results).join("summary.csv")).expect("a table");
        let mut lines = summary.lines().map(|line| line.split(',').collect::<Vec<_>>());
        let (names, row) = (lines.next().expect("a header"), lines.next().expect("a row"));
        for key in ["value", "optimum", "to_optimum_percent"] {
            let place = names.iter().position(|name| *name == key).expect("a column");
            let (there, here) = (row[place].parse::<f64>().expect("a number"), stated[key].as_f64());
            assert!(
                (there - here.expect("a number")).abs() < 1e-9 * there.abs(),
                "{problem}, {key}: {stated}"
            );
        }
    }
}

#[test]
fn a_training_is_the_same_again_and_resumed_the_same_as_in_one_go() {
    let folder = tempfile::tempdir().expect("a folder");
    let read = |file: &str| fs::read(folder.path().join(file)).expect("a file");
    train(folder.path(), "one.safetensors", &["--network", "serial", "--steps", "6"]);
    train(folder.path(), "again.safetensors", &["--network", "serial", "--steps", "6"]);
    assert!(read("one.safetensors") == read("again.safetensors"));
    train(folder.path(), "two.safetensors", &["--network", "serial", "--steps", "4"]);
    train(folder.path(), "two.safetensors", &["--network", "serial", "--steps", "6", "--resume"]);
    assert!(read("one.safetensors") == read("two.safetensors"));
    train(folder.path(), "other.safetensors", &["--network", "serial", "--steps", "6", "--seeds", "1"]);
    assert!(read("one.safetensors") != read("other.safetensors"));
}

#[test]
fn a_suite_is_learnt_by_a_policy_for_each_network_and_rule() {
    let folder = tempfile::tempdir().expect("a folder");
    let suite = ["--suite", "published-26/S09,S10,S13,S19", "--steps", "1", "--knows", "family"];
    let document = train(folder.path(), "policies", &suite);
    let policies = document["policies"].as_array().expect("a list");
    let problems = |policy: &Value| policy["problems"].as_array().expect("a list").len();
    assert_eq!(policies.iter().map(problems).collect::<Vec<_>>(), [3, 1]);
    let file = folder.path().join("policies/S09+S13+S19-family.safetensors").to_string_lossy().into_owned();
    played(&file, &["--scenario", "published-26/S13"]);
    let policy = format!("learned:{file}");
    let message = fail(1, &["simulate", "--scenario", "published-26/S10", "--policy", &policy]);
    assert!(
        message.contains("was trained with unmet demand waiting; here with unmet demand lost"),
        "{message}"
    );
    let message = fail(1, &["simulate", "--scenario", "published-26/S01", "--policy", &policy]);
    assert!(message.contains("was trained on another network: it has"), "{message}");
    let message = fail(1, &["simulate", "--scenario", "published-26/S11", "--policy", &policy]);
    assert!(message.contains("has never met goodwill (demand) in training"), "{message}");
}

#[test]
fn what_cannot_be_learnt_or_read_is_refused_by_name() {
    let folder = tempfile::tempdir().expect("a folder");
    let message = fail(1, &["train", "--scenario", "published-26/S11", "--steps", "1"]);
    assert!(
        message.contains("the gradient does not model goodwill (demand); --smooth-goodwill UNITS"),
        "{message}"
    );
    let smooth = ["--scenario", "published-26/S11", "--steps", "2", "--smooth-goodwill", "2"];
    train(folder.path(), "goodwill.safetensors", &smooth);
    let file = folder.path().join("goodwill.safetensors");
    played(&file.to_string_lossy(), &["--scenario", "published-26/S11"]);
    let whole = fs::read(&file).expect("a file");
    fs::write(&file, &whole[..whole.len() - 1]).expect("written");
    let policy = format!("learned:{}", file.to_string_lossy());
    let message = fail(1, &["simulate", "--scenario", "published-26/S11", "--policy", &policy]);
    assert!(message.contains("is no trained policy, or is cut off"), "{message}");
    let message = fail(1, &["simulate", "--policy", "learned:nowhere.safetensors"]);
    assert!(message.contains("learned:nowhere.safetensors cannot be read"), "{message}");
    let out = folder.path().join("new.safetensors").to_string_lossy().into_owned();
    let message = fail(1, &["train", "--network", "serial", "--steps", "1", "--out", &out, "--resume"]);
    assert!(message.contains("new.state.safetensors"), "{message}");
    let message = fail(2, &["train", "--seconds", "0"]);
    assert!(message.contains("expected a number above 0"), "{message}");
}

#[test]
fn a_teacher_is_a_start_that_earns_more_and_one_that_knows_more_is_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let levels = ["--network", "serial", "--steps", "0"];
    let untaught = train(folder.path(), "0.safetensors", &levels);
    let few = ["--teacher", "mpc:informed", "--teacher-episodes", "8"];
    let taught = train(folder.path(), "1.safetensors", &[&levels[..], &few].concat());
    assert!(profit(&taught) > profit(&untaught), "{} after {}", profit(&taught), profit(&untaught));
    assert_eq!(taught["policies"][0]["teacher"], "mpc:informed");
    let resumed = ["--network", "serial", "--steps", "2", "--resume"];
    train(folder.path(), "1.safetensors", &[&resumed[..], &few].concat());
    train(folder.path(), "2.safetensors", &[&levels[..2], &["--steps", "2"], &few].concat());
    let read = |file: &str| fs::read(folder.path().join(file)).expect("a file");
    assert!(read("1.safetensors") == read("2.safetensors"));
    let message = fail(1, &["train", "--knows", "blind", "--steps", "1", "--teacher", "mpc:informed"]);
    assert!(
        message.contains("teacher 'mpc:informed' is informed and the policy to be trained is blind"),
        "{message}"
    );
    let message = fail(1, &["train", "--steps", "1", "--teacher", "oracle"]);
    assert!(message.contains("is clairvoyant and the policy to be trained is informed"), "{message}");
    let message = fail(1, &["train", "--steps", "1", "--teacher", "nobody"]);
    assert!(message.contains("teacher: "), "{message}");
    let message = fail(2, &["train", "--steps", "1", "--teacher-episodes", "8"]);
    assert!(message.contains("--teacher"), "{message}");
}

#[test]
fn the_report_of_a_training_draws_a_curve_for_each_seed_and_problem() {
    let folder = tempfile::tempdir().expect("a folder");
    let page = folder.path().join("training.html").to_string_lossy().into_owned();
    let suite = ["--suite", "published-26/S13,S19", "--steps", "1", "--seeds", "3,4", "--report", &page];
    train(folder.path(), "one.safetensors", &suite);
    let html = fs::read_to_string(&page).expect("a page");
    assert_eq!(html.matches("<figure>").count(), 3);
    assert_eq!(html.matches("<path class=\"bound\" d=\"M62").count(), 2);
    for named in
        ["S13, held out", "S19, held out", "seed 3", "seed 4", "all steps were made", "below the bound"]
    {
        assert!(html.contains(named), "{named}");
    }
    assert!(!html.contains("NaN"));
    let message = fail(2, &["train", "--steps", "1", "--report", "training.png"]);
    assert!(message.contains("--report training.png: the name must end in .html or .htm"), "{message}");
}

#[test]
fn a_net_that_nodes_share_is_trained_on_one_network_and_plays_another() {
    let folder = tempfile::tempdir().expect("a folder");
    train(folder.path(), "shared.safetensors", &["--network", "serial", "--steps", "2", "--net", "shared"]);
    let file = folder.path().join("shared.safetensors").to_string_lossy().into_owned();
    played(&file, &SERIAL);
    played(&file, &["--network", "network"]);
    let policy = format!("learned:{file}");
    let message = fail(1, &["simulate", "--network", "network", "--periods", "20", "--policy", &policy]);
    assert!(message.contains("was trained for 30 periods; here for 20 periods"), "{message}");
}
