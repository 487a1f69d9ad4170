//! The command `exact`.

use crate::common::{command, fail, succeed};

/// A shop that loses sales, lead time 2, Poisson demand of mean 5; `more` stands among the keys of the link from the
/// farm, `demand` is that of the town.
fn network(folder: &tempfile::TempDir, more: &str, price: f64) -> String {
    let path = folder.path().join("shop.yaml");
    let text = format!(
        "nodes: [{{id: shop, I0: 5, h: 1}}, {{id: town}}, {{id: farm}}]
edges:
  - {{from: farm, to: shop, L: 2, p: 0, g: 0{more}}}
  - {{from: shop, to: town, p: {price}, b: 9, demand_dist: poisson, dist_param: {{mu: 5}}}}
"
    );
    std::fs::write(&path, text).expect("a file");
    path.to_str().expect("a plain path").to_owned()
}

fn json(args: &[&str]) -> serde_json::Value {
    serde_json::from_str(&succeed(args)).expect("JSON")
}

/// Zipkin 2008: 6.0936 per period; with an income of 20 for each unit sold instead of a penalty the best is to be told.
#[test]
fn a_network_file_is_solved_and_its_policy_plays() {
    let folder = tempfile::tempdir().expect("a folder");
    let (file, out) = (network(&folder, "", 0.0), folder.path().join("best.npz"));
    let out = out.to_str().expect("a plain path");
    let found = json(&["exact", &file, "--lost-sales", "--json", "--out", out, "--simulate", "200000"]);
    let value = found["value"].as_f64().expect("a number");
    assert!((value - 6.0936).abs() < 5e-5, "{found}");
    assert!(found["low"].as_f64() <= Some(value) && Some(value) <= found["high"].as_f64());
    assert_eq!((found["objective"].as_str(), found["criterion"].as_str()), (Some("cost"), Some("average")));
    assert_eq!(found["simulated"]["agrees"], true);
    let spec = format!("table:{out}");
    let played = json(&[
        "simulate",
        "--network",
        &file,
        "--lost-sales",
        "--periods",
        "2000",
        "--policy",
        &spec,
        "--json",
    ]);
    let profit = played["policies"][0]["episodes"][0]["profit"].as_f64().expect("a number");
    assert!((profit / -2000.0 - value).abs() < 0.5, "{profit}");
}

#[test]
fn a_table_says_value_bounds_and_both_proofs() {
    let folder = tempfile::tempdir().expect("a folder");
    let text = succeed(&["exact", &network(&folder, "", 20.0), "--lost-sales", "--simulate", "100000"]);
    for words in [
        "profit per period ",
        "it lies between ",
        "demand cut off may change it by ",
        "played for 100000 periods",
    ] {
        assert!(text.contains(words), "{text}");
    }
    let as_cost = succeed(&["exact", &network(&folder, "", 20.0), "--lost-sales", "--objective", "cost"]);
    assert!(as_cost.contains("cost per period                  -"), "{as_cost}");
}

#[test]
fn a_scenario_of_a_horizon_is_solved_to_its_end() {
    let folder = tempfile::tempdir().expect("a folder");
    network(&folder, "", 0.0);
    let path = folder.path().join("season.yaml");
    std::fs::write(&path, "network: shop.yaml\nnum_periods: 4\nrules: {backlog: false, discount: 0.9}\n")
        .expect("a file");
    let path = path.to_str().expect("a plain path");
    let finite = json(&["exact", path, "--criterion", "finite", "--json", "--simulate", "400000"]);
    assert_eq!((finite["discount"].as_f64(), finite["low"] == finite["high"]), (Some(0.9), true));
    assert_eq!(finite["simulated"]["agrees"], true, "{finite}");
    let discounted = json(&["exact", path, "--criterion", "discounted", "--json", "--simulate", "0"]);
    assert!(discounted["value"].as_f64() > finite["value"].as_f64());
    assert_eq!(discounted["simulated"], serde_json::Value::Null);
}

#[test]
fn wrong_use_and_problems_beyond_it_are_refused_in_words() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = network(&folder, "", 0.0);
    let says = |code, args: &[&str], words: &str| {
        let message = fail(code, &[&["exact", &file], args].concat());
        assert!(message.contains(words), "{message}");
    };
    says(2, &["--criterion", "finite"], "--criterion finite needs a horizon, and a network has none");
    says(2, &["--discount", "0.9"], "--discount does nothing where the average per period counts");
    says(2, &["--actions", "5..2"], "expected two whole numbers of units, the lower first, as in 0..20");
    says(2, &["--out", "best.csv"], "the name must end in .npz");
    says(
        1,
        &["--criterion", "discounted", "--discount", "1"],
        "--discount is 1; expected a number above 0 and below 1",
    );
    says(1, &["--tail", "-1"], "--tail is -1; expected a number above 0 and at most 0.01");
    says(1, &["--lost-sales", "--memory", "0.00001"], "too large: ");
    let message = fail(1, &["exact", "published-26/S01"]);
    assert!(
        message.contains("the problem changes with time") && message.contains("--criterion finite"),
        "{message}"
    );
}

/// De Moor, Gijsbrechts and Boute 2022: a perishable, 1552.99 in 365 discounted periods after 100 (Farrington 2025).
#[test]
fn a_window_tells_what_the_policy_earns_in_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("perishable.yaml");
    let text = "network:
  timeline: order-first
  units: whole
  life: 2
  nodes: [{id: shop, I0: 0, h: 1, waste: 7}, {id: town}, {id: farm}]
  edges:
    - {from: farm, to: shop, L: 1, p: 3, g: 0}
    - {from: shop, to: town, p: 0, b: 5, issue: lifo, demand_dist: gamma, dist_param: {mu: 4, cv: 0.5, rounded: true}}
num_periods: 465
rules: {backlog: false}
";
    std::fs::write(&path, text).expect("a file");
    let file = path.to_str().expect("a plain path");
    let window = "--criterion discounted --discount 0.99 --actions 0..10 --warm-up 100 --periods 365 --json";
    let args: Vec<&str> = ["exact", file].into_iter().chain(window.split(' ')).collect();
    let found = json(&args);
    assert!((found["value"].as_f64().expect("a number") - 1552.99).abs() < 0.0055, "{found}");
    assert_eq!(found["window"], serde_json::json!({"warm_up": 100, "periods": 365}));
    assert_eq!(found["simulated"]["agrees"], true);
    let message = fail(2, &["exact", file, "--criterion", "finite", "--periods", "9"]);
    assert!(message.contains("--periods is for --criterion average and discounted"), "{message}");
}

/// Killed once its checkpoint says that it has begun, the next run goes on from there.
#[cfg(unix)]
#[test]
fn a_killed_run_goes_on_and_finds_the_same() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = network(&folder, "", 0.0);
    let kept = folder.path().join("kept.npz");
    let checkpoint = kept.to_str().expect("a plain path");
    let undisturbed = ["exact", &file, "--lost-sales", "--simulate", "0", "--json"];
    let args = [&undisturbed[..], &["--checkpoint", checkpoint]].concat();
    let mut child = command(&args).stdout(std::process::Stdio::null()).spawn().expect("runs");
    while !kept.exists() && child.try_wait().expect("asked").is_none() {
        std::thread::sleep(std::time::Duration::from_millis(1));
    }
    child.kill().expect("SIGKILL");
    child.wait().expect("ends");
    assert_eq!(json(&args), json(&undisturbed));
    assert!(!kept.exists(), "it is removed when all is done");
    // One of another problem is refused and stays.
    let other = [&["exact", &file, "--simulate", "0"][..], &["--checkpoint", checkpoint]].concat();
    let mut child = command(&args).stdout(std::process::Stdio::null()).spawn().expect("runs");
    while !kept.exists() && child.try_wait().expect("asked").is_none() {
        std::thread::sleep(std::time::Duration::from_millis(1));
    }
    child.kill().expect("SIGKILL");
    child.wait().expect("ends");
    if kept.exists() {
        let message = fail(1, &other);
        assert!(message.contains("is of another problem, or of other settings"), "{message}");
        assert!(kept.exists());
    }
}

#[test]
fn a_policy_of_one_number_or_two_is_drawn() {
    let folder = tempfile::tempdir().expect("a folder");
    let picture = folder.path().join("policy.svg");
    let picture = picture.to_str().expect("a plain path");
    let drawn = |more: &str| {
        let file = network(&folder, more, 0.0);
        succeed(&["exact", &file, "--lost-sales", "--simulate", "0", "--picture", picture]);
        std::fs::read_to_string(picture).expect("a picture")
    };
    let two = drawn("");
    for words in
        ["order[farm -&gt; shop]", "on_hand[shop] + in_transit[farm -&gt; shop, due in 1]", "due in 2]"]
    {
        assert!(two.contains(words), "{words}: {two}");
    }
    let file = network(&folder, ", order_delay: 1", 0.0);
    let message = fail(1, &["exact", &file, "--lost-sales", "--simulate", "0", "--picture", picture]);
    assert!(message.contains("a picture shows policies whose states have one number or two"), "{message}");
}
