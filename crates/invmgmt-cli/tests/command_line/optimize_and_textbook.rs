//! `optimize` and `textbook`: what they print can be used, and what they refuse.

use crate::common::{Run, fail, run, succeed};
use serde_json::Value;

fn json(args: &[&str]) -> Value {
    serde_json::from_str(&succeed(args)).expect("stdout is one JSON document")
}

const SEARCH: [&str; 9] =
    ["optimize", "--network", "serial", "--budget", "40", "--seeds", "0..8", "--held-out", "100..108"];

#[test]
fn levels_found_earn_in_simulate_what_optimize_says() {
    for policy in ["basestock", "echelon", "ss"] {
        let found = json(&[&SEARCH[..], &["--policy", policy, "--json"]].concat());
        let spec = found["policy"].as_str().expect("a spec");
        assert!(spec.starts_with(&format!("{policy}:")), "{spec}");
        let played =
            json(&["simulate", "--network", "serial", "--seeds", "100..108", "--policy", spec, "--json"]);
        let profit = &played["policies"][0]["kpis"]["profit"];
        for (figure, name) in [("mean", "mean"), ("standard_error", "standard_error")] {
            let (said, earned) = (found["held_out"][name].as_f64(), profit[figure].as_f64());
            assert!((said.expect("a number") - earned.expect("a number")).abs() < 1e-9, "{policy}: {figure}");
        }
        assert!(found["tried"].as_u64().expect("a count") <= 40);
        assert_eq!(found["history"][0]["tried"], 1);
    }
}

#[test]
fn the_table_ends_with_a_spec_to_paste() {
    let said = succeed(&SEARCH);
    let found = json(&[&SEARCH[..], &["--json"]].concat());
    let last = said.lines().last().expect("lines");
    assert_eq!(last, format!("found   {}", found["policy"].as_str().expect("a spec")));
    assert_eq!(said, succeed(&[&SEARCH[..], &["--threads", "1"]].concat()), "threads change nothing");
}

#[test]
fn levels_for_a_service_are_shown_with_what_they_reach() {
    let asked = [&SEARCH[..], &["--target", "fill-rate=0.9", "--policy", "basestock@2"]].concat();
    let found = json(&[&asked[..], &["--json"]].concat());
    let spec = found["policy"].as_str().expect("a spec");
    assert!(spec.ends_with("@2"), "{spec}");
    let target = &found["targets"][0];
    assert_eq!((&target["service"], &target["retailer"]), (&"immediate_fill_rate".into(), &Value::Null));
    assert_eq!((&target["target"], &target["reached"]), (&0.9.into(), &true.into()));
    for (seeds, measured) in [("0..8", "training"), ("100..108", "held_out")] {
        let played = json(&["simulate", "--network", "serial", "--seeds", seeds, "--policy", spec, "--json"]);
        let shown = &played["policies"][0]["kpis"]["immediate_fill_rate"]["mean"];
        let (said, played) = (target[measured]["mean"].as_f64(), shown.as_f64());
        assert!((said.expect("a share") - played.expect("a share")).abs() < 1e-12, "{measured}");
    }
    let said = succeed(&asked);
    assert!(said.contains("target  immediate fill rate 90 %: reached\n"), "{said}");
    assert!(said.contains("        on held-out seeds"), "{said}");

    // Nothing arrives in two periods: no level serves them all.
    let short =
        [&SEARCH[..], &["--periods", "2", "--target", "cycle-service[1]=0.99", "--base-mu", "80"]].concat();
    let said = succeed(&short);
    assert!(said.contains("target  cycle service of 1 99 %: "), "{said}");
    assert!(said.contains("reached") && said.contains("at best"), "{said}");
    assert_eq!(json(&[&short[..], &["--json"]].concat())["targets"][0]["reached"], false);
}

#[test]
fn a_search_that_cannot_be_made_is_refused() {
    let refused = |code, args: &[&str]| fail(code, &[&["optimize", "--network", "serial"], args].concat());
    assert!(refused(1, &["--budget", "0"]).contains("budget is 0; expected at least 1 set of levels"));
    assert!(refused(1, &["--seeds", "7"]).contains("training seeds: 1 given; expected at least 2"));
    assert!(refused(1, &["--seeds", "100"]).contains("needs them; for 100 seeds say --seeds 0..100"));
    assert!(refused(1, &["--held-out", "50"]).contains("needs them; for 50 seeds say --held-out 0..50"));
    assert!(refused(1, &["--held-out", "7"]).contains("held-out seeds: 1 given"));
    let overlap = refused(1, &["--seeds", "0..9", "--held-out", "8..20"]);
    assert!(overlap.contains("seed 8 is among the training seeds and the held-out seeds"), "{overlap}");
    assert!(refused(2, &["--policy", "constant"]).contains("basestock, echelon, ss"));
    assert!(refused(2, &["--policy", "basestock@0"]).contains("behind @ stands a review period"));
    assert!(
        refused(2, &["--target", "service=0.9"]).contains("expected fill-rate=SHARE (of demand met at once)")
    );
    assert!(refused(2, &["--target", "fill-rate=97"]).contains("a share above 0 and below 1, as in 0.97"));
    assert!(
        refused(1, &["--target", "fill-rate[2]=0.9"]).contains("sells to no customers; expected one of 1")
    );
    assert!(refused(2, &["--seeds", "5..5"]).contains("'5..5' holds no seed"));
    assert!(refused(2, &["--threads", "0"]).contains("--threads"));
}

const SALES: [&str; 5] =
    ["optimize", "--network", "serial", "--demand", "data/m5_foods_3_382_ca_3.csv:units"];

#[test]
fn sales_from_a_file_are_one_episode_and_only_days_not_seen_measure_the_levels() {
    let whole = [&SALES[..], &["--budget", "40"]].concat();
    let found = json(&[&whole[..], &["--json"]].concat());
    assert_eq!(found["drawn"], false);
    for none in ["seeds", "held_out_seeds", "held_out", "gain", "test_from"] {
        assert_eq!(found[none], Value::Null, "{none}");
    }
    assert_eq!(found["training"]["low"], Value::Null, "no interval");
    let said = succeed(&whole);
    assert!(said.contains("seeds      none: nothing is drawn, there is one episode\n"), "{said}");
    assert!(said.contains("held out: nothing. The search saw all there is"), "{said}");
    assert!(said.contains("--test-from T"), "{said}");
    let noiseless = succeed(&[
        "optimize",
        "--network",
        "serial",
        "--noise-scale",
        "0",
        "--budget",
        "2",
        "--periods",
        "5",
    ]);
    assert!(
        noiseless.contains("held out: nothing. ") && !noiseless.contains("--test-from"),
        "no series to cut"
    );
    assert!(!said.contains("interval") && !said.contains('\u{b1}'), "{said}");

    let found = json(&[&whole[..], &["--test-from", "20", "--json"]].concat());
    assert_eq!(found["test_from"], 20);
    let said = succeed(&[&whole[..], &["--test-from", "20"]].concat());
    assert!(said.contains("periods    the search saw 0 to 19; held out: 20 to 29\n"), "{said}");
    // The days held out, played alone.
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("rest.csv");
    let sales = std::fs::read_to_string(crate::common::project().join("data/m5_foods_3_382_ca_3.csv"));
    let sales = sales.expect("the sales that come along");
    let header = sales.lines().next().expect("a header");
    let rest: Vec<&str> = std::iter::once(header).chain(sales.lines().skip(21)).collect();
    std::fs::write(&file, rest.join("\n")).expect("a file");
    let column = format!("{}:units", file.to_str().expect("a plain path"));
    let spec = found["policy"].as_str().expect("a spec");
    let args = ["simulate", "--network", "serial", "--demand", &column, "--policy", spec, "--json"];
    // Levels that fit few sales starve the chain on many, and a warning says so.
    let played: Value = serde_json::from_str(&run(&args).stdout).expect("stdout is one JSON document");
    let played = &played["policies"][0]["kpis"]["profit"]["mean"];
    let (said, earned) = (&found["held_out"]["mean"], played.as_f64().expect("a number"));
    assert!((said.as_f64().expect("a number") - earned).abs() < 1e-9, "{said}: {earned}");

    let idle = fail(2, &[&whole[..], &["--seeds", "0..8"]].concat());
    assert!(
        idle.contains("nothing is drawn, so every seed plays the same episode and --seeds would do"),
        "{idle}"
    );
    let late = fail(1, &[&whole[..], &["--test-from", "30"]].concat());
    assert!(late.contains("--test-from is 30; expected a period from 1 to 29 of the 30 played"), "{late}");
    let drawn = fail(1, &["optimize", "--network", "serial", "--test-from", "20"]);
    assert!(drawn.contains("--test-from cuts series, and demand has none"), "{drawn}");
}

/// Known answers, sections 4.3 to 4.9, to the digits given.
#[test]
fn textbook_problems_are_solved_as_published() {
    let cost = |args: &[&str], name: &str| -> f64 {
        json(&[&["textbook"], args, &["--json"]].concat())[name].as_f64().expect("a number")
    };
    let close =
        |found: f64, published: f64| assert!((found - published).abs() < 6e-4, "{found}: {published}");
    let eoq = ["eoq", "--fixed-cost", "8", "--holding-cost", "0.225", "--demand-rate", "1300"];
    close(cost(&eoq, "quantity"), 304.0468);
    close(cost(&[&eoq[..], &["--backorder-cost", "5"]].concat(), "cost"), 66.921_36);
    let fails = ["--failure-rate", "1.5", "--recovery-rate", "14", "--stockout-cost", "5"];
    close(cost(&[&eoq[..], &fails].concat(), "quantity"), 772.8111);
    let newsvendor = ["newsvendor", "--holding-cost", "1", "--penalty", "4", "--demand", "poisson:6"];
    close(cost(&newsvendor, "cost"), 3.570_107);
    let normal = ["newsvendor", "--holding-cost", "0.18", "--penalty", "0.70", "--demand", "normal:50,8"];
    close(cost(&[&normal[..], &["--lead-time", "4"]].concat(), "level"), 264.7669);
    let costs = ["--fixed-cost", "100", "--holding-cost", "20", "--backorder-cost", "150"];
    let rates = ["--demand-rate", "1.5", "--lead-time", "2"];
    close(cost(&[&["reorder-quantity"][..], &costs, &rates].concat(), "cost"), 107.923_58);
    let levels = ["--fixed-cost", "64", "--holding-cost", "1", "--penalty", "9", "--demand", "poisson:22"];
    close(cost(&[&["reorder-level"][..], &levels].concat(), "cost"), 51.632);
    let stages = ["--holding-costs", "3,2,2", "--lead-times", "1,1,2", "--penalty", "37.12"];
    let serial = [&["clark-scarf"][..], &stages, &["--demand", "poisson:5"]].concat();
    close(cost(&serial, "cost"), 72.0467);
    close(cost(&[&serial[..], &["--levels", "9,15,26"]].concat(), "cost"), 72.0467);
    let said = succeed(&[&["textbook"], &serial[..]].concat());
    assert_eq!(said, "echelon levels   9, 15, 26\nlocal levels     9, 6, 11\ncost             72.046741\n");
    let lots = ["wagner-whitin", "--demand", "90,120,80,70", "--fixed-cost", "500", "--holding-cost", "2"];
    assert_eq!(succeed(&[&["textbook"], &lots[..]].concat()), "orders   210, 0, 150, 0\ncost     1380\n");
}

/// Known answers, sections 4.2, 4.3 and 4.5, in the forms people have their numbers in.
#[test]
fn textbook_problems_are_solved_in_every_form() {
    let solved = |args: &[&str]| json(&[&["textbook"], args, &["--json"]].concat());
    let close = |found: &Value, published: f64, within: f64| {
        assert!((found.as_f64().expect("a number") - published).abs() < within, "{found}: {published}");
    };
    let law = ["--demand", "normal:50,8"];
    let prices = ["newsvendor", "--price", "1", "--cost", "0.3", "--salvage", "0.12"];
    close(&solved(&[&prices[..], &law].concat())["expected_profit"], 33.002_395, 6e-7);
    let served = solved(&[&["newsvendor", "--service-level", "0.7954545454545454"][..], &law].concat());
    close(&served["level"], 56.60396, 6e-6);
    assert_eq!(served.get("cost"), None, "no costs, no cost");
    let given = ["newsvendor", "--holding-cost", "1", "--penalty", "9", "--demand", "poisson:5"];
    close(&solved(&[&given[..], &["--lead-time", "2", "--level", "20"]].concat())["cost"], 7.123, 6e-6);
    let costs = ["--fixed-cost", "8", "--holding-cost", "0.225", "--backorder-cost", "7.5"];
    let rates = ["--demand", "normal:1300,150", "--lead-time", "0.08333333333333333"];
    close(&solved(&[&["reorder-quantity"][..], &costs, &rates].concat())["cost"], 78.0712, 1e-4);
    let stages = ["--holding-costs", "3,2", "--lead-times", "0,1", "--penalty", "9", "--demand", "poisson:5"];
    let without = ["--holding-costs", "2", "--lead-times", "1", "--penalty", "9", "--demand", "poisson:5"];
    let cost = |args: &[&str]| solved(&[&["clark-scarf"], args].concat())["cost"].as_f64().expect("a number");
    assert!((cost(&stages) - cost(&without)).abs() < 1e-12);
    let usage = |args: &[&str]| fail(2, &[&["textbook"], args].concat());
    let missing = usage(&["newsvendor", "--price", "3", "--demand", "poisson:5"]);
    assert!(missing.contains("--cost not given; expected all numbers of the problem"), "{missing}");
    let both = usage(&[&given[..], &["--service-level", "0.9", "--level", "3"]].concat());
    assert!(both.contains("--level is given beside service_level"), "{both}");
}

/// Example 6.1 as the simulator plays it (known answers, 4.0 case 4), its nodes declared upside down.
const CHAIN: &str = "\
nodes: [{id: 0}, {id: 1, I0: 20, h: 2}, {id: 2, I0: 20, h: 4}, {id: 3, I0: 20, h: 7}, {id: 9}]
edges:
  - {from: 3, to: 0, p: 0, b: 37.12, demand_dist: poisson, dist_param: {mu: 5}}
  - {from: 2, to: 3, L: 1, p: 0, g: 4}
  - {from: 1, to: 2, L: 0, p: 0, g: 2}
  - {from: 9, to: 1, L: 1, p: 0, g: 0}
";

#[test]
fn a_serial_network_is_answered_with_a_policy_that_earns_what_is_promised() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("chain.yaml");
    std::fs::write(&file, CHAIN).expect("the chain is written");
    let network = file.to_str().expect("a plain path");
    let args = ["textbook", "clark-scarf", "--network", network];
    let answer = json(&[&args[..], &["--json"]].concat());
    let policy = answer["policy"].as_str().expect("a policy");
    assert_eq!(policy, "echelon:31,20,15", "one level per node, in order of id");
    assert_eq!(answer.get("local_levels"), None, "local levels would starve the chain");
    assert!(succeed(&args).contains("policy           echelon:31,20,15\n"), "{}", succeed(&args));
    let played = json(&[
        "simulate",
        "--network",
        network,
        "--policy",
        policy,
        "--periods",
        "4000",
        "--seeds",
        "0..40",
        "--json",
    ]);
    let profit = &played["policies"][0]["kpis"]["profit"];
    let per_period = |name: &str| profit[name].as_f64().expect("a number") / 4000.0;
    let (cost, error) = (-per_period("mean"), per_period("standard_error"));
    assert!((cost - 99.740).abs() < 4.0 * error && error < 0.5, "{cost} within {error}");
}

/// Local levels of the same echelon levels: node 1, at the source, holds 31 - 20 = 11 and passes 11 / 3 of the 5
/// wanted.
#[test]
fn simulate_warns_of_levels_that_cannot_carry_what_is_wanted() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("chain.yaml");
    std::fs::write(&file, CHAIN).expect("the chain is written");
    let network = file.to_str().expect("a plain path");
    let simulate = ["simulate", "--network", network, "--periods", "300", "--policy"];
    let Run { code, stdout, stderr: said } =
        run(&[&simulate[..], &["basestock:11,12,15", "--json"]].concat());
    assert_eq!(code, Some(0));
    serde_json::from_str::<Value>(&stdout).expect("stdout is the document alone");
    let warning = "warning: basestock:11,12,15: node 1 with level 11 passes at most 3.67 units a period";
    assert!(said.contains(warning), "{said}");
    assert!(
        said.contains("and 5.00 are wanted of it on average") && said.contains("at least 15, or"),
        "{said}"
    );
    assert_eq!(said.lines().count(), 1, "12 / 2 is enough for node 2: {said}");
    // A lot ordered at r lifts the position to r + Q at most, and a cap lifts it no higher than its level.
    for spec in ["rq:5/6,6/6,9/6", "capped:11/20,12/20,15/20", "ss:5/11,6/12,9/15"] {
        let said = run(&[&simulate[..], &[spec]].concat()).stderr;
        assert!(said.contains(&warning.replace("basestock:11,12,15", spec)), "{said}");
    }
    succeed(&[&simulate[..], &["basestock:15,12,15"]].concat());
    succeed(&[&simulate[..], &["echelon:31,20,15"]].concat());
    // Factories whose levels are 0 pass nothing once their stock is gone; thirty periods need no more than that.
    let nine = ["simulate", "--policy", "basestock:240,40,580,0,0,0", "--periods"];
    let said = run(&[&nine[..], &["300"]].concat()).stderr;
    let warning =
        "nodes 4, 5, 6 with levels 0, 0, 0 together pass at most 0.00 units a period of what customers get";
    assert!(said.contains(warning) && said.contains("and 20.00 are wanted of them on average"), "{said}");
    assert_eq!(run(&[&nine[..], &["30"]].concat()).stderr, "");
}

#[test]
fn a_scenario_is_solved_as_it_is_played_or_refused_by_name() {
    let folder = tempfile::tempdir().expect("a folder");
    let scenario = |demand: &str, rules: &str| -> String {
        let text = format!(
            "network:\n  nodes: [{{id: 0}}, {{id: 1, I0: 0, h: 1}}, {{id: 2}}]\n  edges:\n  \
             - {{from: 1, to: 0, p: 9, b: 3, demand_dist: poisson, dist_param: {{mu: 20}}}}\n  \
             - {{from: 2, to: 1, L: 1, p: 4, g: 0}}\ndemand: {demand}\nrules: {rules}\nnum_periods: 30\n"
        );
        let file = folder.path().join("scenario.yaml");
        std::fs::write(&file, text).expect("the scenario is written");
        file.to_str().expect("a plain path").to_owned()
    };
    let solve = |file: &str| json(&["textbook", "newsvendor", "--scenario", file, "--json"]);
    let plain = json(&[
        "textbook",
        "newsvendor",
        "--holding-cost",
        "1",
        "--penalty",
        "3",
        "--lead-time",
        "1",
        "--demand",
        "poisson:9",
        "--json",
    ]);
    assert_eq!(solve(&scenario("{base_mu: 9}", "{backlog: true}")), plain);
    let refused = |file: &str| fail(1, &["textbook", "newsvendor", "--scenario", file]);
    let said = refused(&scenario("{effects: [trend]}", "{backlog: false}"));
    assert!(said.contains("the problem has lost sales (backlog is off)"), "{said}");
    assert!(said.contains("edge 1 -> 0 has a mean that moves (trend)"), "{said}");
    let none = fail(2, &["textbook", "guaranteed-service", "--safety-factor", "1"]);
    assert!(none.contains("--network"), "{none}");
}

#[test]
fn a_textbook_problem_of_the_wrong_shape_is_refused() {
    let refused = |code, args: &[&str]| fail(code, &[&["textbook"], args].concat());
    let shape = refused(1, &["clark-scarf", "--network", "serial"]);
    assert!(
        shape.contains("node 3 is a factory with capacity 100; Clark-Scarf needs unlimited capacity"),
        "{shape}"
    );
    let stages = refused(1, &["newsvendor", "--network", "serial"]);
    assert!(
        stages.contains("the network has 3 nodes that hold stock; the newsvendor needs exactly one"),
        "{stages}"
    );
    let law = ["newsvendor", "--holding-cost", "1", "--penalty", "4", "--demand", "poison:6"];
    assert!(refused(2, &law).contains("expected poisson:MEAN, normal:MEAN,DEVIATION or discrete:P0,P1,..."));
    let missing = refused(2, &["newsvendor", "--holding-cost", "1"]);
    assert!(missing.contains("--penalty") && missing.contains("--demand"), "{missing}");
    let both = refused(2, &["newsvendor", "--network", "serial", "--penalty", "3"]);
    assert!(both.contains("cannot be used with"), "{both}");
    let range = refused(1, &["eoq", "--fixed-cost", "0", "--holding-cost", "1", "--demand-rate", "1"]);
    assert!(range.contains("fixed_cost is 0; expected"), "{range}");
}

#[test]
fn every_policy_s_information_level_is_told() {
    let policies = ["--policy", "constant:20", "--policy", "newsvendor:blind", "--policy", "ss:informed"];
    let args = [&["simulate", "--network", "serial"], &policies[..]].concat();
    let said = succeed(&args);
    let row = said.lines().find(|line| line.starts_with("information")).expect("a row");
    let levels: Vec<&str> = row.split_whitespace().skip(1).collect();
    assert_eq!(levels, ["blind", "published-blind", "published-informed"]);
    let document = json(&[&args[..], &["--json"]].concat());
    assert_eq!(document["policies"][2]["information"], "published-informed");
    let noiseless = json(&[&args[..], &["--noise-scale", "0", "--json"]].concat());
    assert_eq!(noiseless["policies"][2]["information"], "clairvoyant");
    let folder = tempfile::tempdir().expect("a folder");
    let report = folder.path().join("report.html");
    succeed(&[&args[..], &["--report", report.to_str().expect("a plain path")]].concat());
    let page = std::fs::read_to_string(&report).expect("the report was written");
    assert!(page.contains("information") && page.contains("published-informed"));
}
