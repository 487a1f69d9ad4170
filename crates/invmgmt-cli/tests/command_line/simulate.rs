//! `simulate`: published numbers, real demand, files written, inputs refused.

use crate::common::{SALES, fail, run, succeed};
use serde_json::Value;

fn json(args: &[&str]) -> Value {
    let mut all = vec!["simulate", "--json"];
    all.extend(args);
    serde_json::from_str(&succeed(&all)).expect("stdout is one JSON document")
}

fn figure(document: &Value, policy: usize, key: &str) -> f64 {
    document["policies"][policy]["kpis"][key]["mean"].as_f64().expect("a number")
}

fn close(found: f64, expected: f64) {
    assert!((found - expected).abs() < 1e-6, "{found}, expected {expected}");
}

/// Published profits of twenty units on every link, seed 42 (benchmark, section 1.8).
#[test]
fn published_scenarios_are_reproduced() {
    let constant = ["--policy", "constant:20", "--seeds", "42"];
    let scenarios: [(&[&str], f64); 8] = [
        (&["--network", "network"], 22.190),
        (&["--network", "base", "--effects", "trend,seasonal"], 541.000),
        (&["--network", "base", "--effects", "trend,seasonal", "--lost-sales"], 341.000),
        (&["--network", "base", "--demand-type", "trend_seasonal", "--goodwill"], -1.620),
        (&["--network", "base", "--demand-type", "combined_chaos"], 212.500),
        (&["--network", "serial"], 758.030),
        (&["--network", "serial", "--effects", "trend,seasonal,shock", "--goodwill"], 567.670),
        (&["--network", "python/gym_invmgmt/topologies/serial.yaml"], 758.030),
    ];
    for (options, profit) in scenarios {
        close(figure(&json(&[options, &constant].concat()), 0, "profit"), profit);
    }
}

/// The published scenarios on the same sales, scaled to a mean of 20 (S25 and S26): as the mean of undisturbed demand
/// and as demand itself.
#[test]
fn scaled_sales_earn_the_published_profits_either_way() {
    for (network, profit) in [("network", -142.141_871), ("serial", 593.698_129)] {
        let replay = ["--network", network, "--demand", SALES, "--scale-to-mean", "20"];
        let document = json(&replay);
        close(figure(&document, 0, "demand"), 600.0);
        close(figure(&document, 0, "profit"), profit);
        let around = json(&[&replay[..], &["--as-mean", "--noise-scale", "0"]].concat());
        close(figure(&around, 0, "profit"), profit);
    }
}

#[test]
fn real_demand_is_replayed_exactly_and_unscaled() {
    let file = tempfile::tempdir().expect("a folder");
    let trajectory = file.path().join("run.csv");
    let document = json(&[
        "--network",
        "network",
        "--demand",
        SALES,
        "--trajectory",
        trajectory.to_str().expect("a plain path"),
    ]);
    assert_eq!(document["periods"], 30);
    assert_eq!(figure(&document, 0, "demand"), 481.0);
    let record = std::fs::read_to_string(&trajectory).expect("the trajectory was written");
    let mut rows = record.lines().map(|row| row.split(',').collect::<Vec<_>>());
    let column = rows.next().expect("a header").iter().position(|name| *name == "D[1 -> 0]").expect("demand");
    let demand: Vec<f64> = rows.take(30).map(|row| row[column].parse().expect("a number")).collect();
    let sales = [
        2., 3., 4., 0., 0., 1., 0., 2., 1., 1., 5., 3., 1., 0., 0., 2., 7., 2., 2., 13., 8., 11., 50., 60.,
        54., 51., 39., 50., 48., 61.,
    ];
    assert_eq!(demand, sales);
}

#[test]
fn the_table_compares_policies_and_the_files_are_written() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = |name: &str| folder.path().join(name).to_str().expect("a plain path").to_owned();
    let (report, npz) = (path("report.html"), path("run.npz"));
    let table = succeed(&[
        "simulate",
        "--demand",
        SALES,
        "--policy",
        "constant:20",
        "--policy",
        "basestock:128,271,294,30,76,29",
        "--report",
        &report,
        "--trajectory",
        &npz,
    ]);
    for expected in ["constant:20", "basestock:128", "profit", "fill rate", "service level", "holding cost"] {
        assert!(table.contains(expected), "{expected} is missing:\n{table}");
    }
    assert!(table.contains(&format!("wrote {npz}\nwrote {report}\n")));
    assert!(table.lines().all(|line| line == line.trim_end()), "trailing blanks");
    let html = std::fs::read_to_string(&report).expect("the report was written");
    assert!(html.contains("--policy basestock:128,271,294,30,76,29") && html.contains("class=\"network\""));
    assert!(std::fs::read(&npz).expect("the trajectory was written").starts_with(b"PK"));
}

/// Mean and standard error of ten published demand totals: 598 605 592 567 565 589 570 625 618 597.
#[test]
fn several_seeds_give_a_mean_and_its_standard_error() {
    let seeds = "42,123,456,789,1011,2022,3033,4044,5055,6066";
    let document = json(&["--seeds", seeds]);
    close(figure(&document, 0, "demand"), 592.6);
    let error = document["policies"][0]["kpis"]["demand"]["standard_error"].as_f64().expect("a number");
    // By hand: squared deviations add up to 3838.4; sqrt(3838.4 / 9 / 10) = 6.5306
    assert!((error - (3838.4_f64 / 90.0).sqrt()).abs() < 1e-9, "{error}");
    assert_eq!(document["policies"][0]["episodes"].as_array().map(Vec::len), Some(10));
    assert!(succeed(&["simulate", "--seeds", seeds]).contains("592.60 \u{b1} 6.53"));
}

#[test]
fn json_has_null_where_a_figure_is_infinite_or_has_no_error() {
    let text = "nodes: [{id: m}, {id: s, I0: 0, h: 0.1}, {id: r}]\n\
                edges: [{from: s, to: m, p: 2, b: 0.1, demand_dist: poisson, dist_param: {mu: 5}},\
                {from: r, to: s, L: 1, p: 1, g: 0}]\n";
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("empty.yaml");
    std::fs::write(&path, text).expect("a file");
    let document = json(&["--network", path.to_str().expect("a plain path"), "--policy", "constant:0"]);
    assert_eq!(document["policies"][0]["kpis"]["inventory_turns"]["mean"], Value::Null);
    assert_eq!(document["policies"][0]["kpis"]["profit"]["standard_error"], Value::Null);
}

#[test]
fn each_market_can_have_its_own_column() {
    let demand = |link: &str| format!("{link}={SALES}");
    let two = [demand("3->0"), demand("4 -> 1")];
    let document = json(&["--network", "distribution_tree", "--demand", &two[0], "--demand", &two[1]]);
    assert!(figure(&document, 0, "demand") > 962.0, "two markets replayed, the third drawn");
    let message = fail(2, &["simulate", "-n", "distribution_tree", "--demand", &two[0], "--demand", &two[0]]);
    assert!(message.contains("market link 3 -> 0 is given twice"), "{message}");
}

#[test]
fn one_column_for_several_markets_is_refused_unless_it_is_the_mean() {
    let message = fail(1, &["simulate", "--network", "distribution_tree", "--demand", SALES]);
    assert!(message.contains("the network has 3 market links; say which one a column is for"), "{message}");
    assert!(message.contains("3 -> 0") && message.contains("'3->0=FILE:COLUMN'"), "{message}");
    let document =
        json(&["--network", "distribution_tree", "--demand", SALES, "--as-mean", "--noise-scale", "0"]);
    close(figure(&document, 0, "demand"), 3.0 * 481.0);
}

#[test]
fn an_unknown_market_link_is_refused_with_those_there_are() {
    let message = fail(1, &["simulate", "--demand", &format!("1->9={SALES}")]);
    assert!(
        message.contains("no market link '1->9' (did you mean '1->0'?); market links: 1 -> 0"),
        "{message}"
    );
}

#[test]
fn a_series_shorter_than_the_episode_is_refused_unless_cycled() {
    let message = fail(1, &["simulate", "--demand", SALES, "--periods", "45"]);
    assert!(message.contains("the series has 30 values, the episode 45 periods"), "{message}");
    assert!(message.contains("--periods 30 or less, or --cycle"), "{message}");
    let document = json(&["--demand", SALES, "--periods", "60", "--cycle"]);
    assert_eq!(figure(&document, 0, "demand"), 962.0);
}

#[test]
fn unusable_columns_are_refused_with_their_place() {
    let message = fail(1, &["simulate", "--demand", "data/m5_foods_3_382_ca_3.csv:unit"]);
    assert!(message.contains("no column 'unit'; nearest: 'units'"), "{message}");
    let message = fail(1, &["simulate", "--demand", "no/such.csv:units"]);
    assert!(message.contains("not found: no/such.csv"), "{message}");
    let message = fail(2, &["simulate", "--demand", "sales.csv"]);
    assert!(message.contains("expected FILE:COLUMN or LINK=FILE:COLUMN"), "{message}");
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("bad.csv");
    std::fs::write(&path, "units\n3\n-4\n").expect("a file");
    let message = fail(1, &["simulate", "--demand", &format!("{}:units", path.display())]);
    assert!(message.contains("value 2 is -4; expected demand >= 0"), "{message}");
}

#[test]
fn options_that_would_do_nothing_are_refused() {
    let message = fail(2, &["simulate", "--demand", SALES, "--effects", "trend", "--base-mu", "5"]);
    assert!(message.contains("--base-mu, --effects would do nothing"), "{message}");
    for needs in [["--cycle"].as_slice(), &["--as-mean"], &["--scale-to-mean", "3"], &["--gw-cap", "3"]] {
        fail(2, &[&["simulate"], needs].concat());
    }
}

#[test]
fn unknown_names_are_refused_with_the_nearest() {
    let message = fail(1, &["simulate", "--network", "netwrk"]);
    assert!(
        message.contains("unknown network 'netwrk' (did you mean 'network'?); known: network,"),
        "{message}"
    );
    let message = fail(1, &["simulate", "--policy", "basestok:1"]);
    assert!(message.contains("unknown policy 'basestok:1' (did you mean 'basestock'?)"), "{message}");
    let message = fail(1, &["simulate", "--network", "serial", "--policy", "basestock:1,2"]);
    assert!(
        message.contains("basestock has 2 numbers; expected 3 levels, one per managed node: 1, 2, 3"),
        "{message}"
    );
    let message = fail(2, &["simulate", "--effects", "tren"]);
    assert!(message.contains("trend"), "{message}");
}

#[test]
fn wrong_usage_is_code_2() {
    for args in [
        ["simulate", "--seeds", "7,7"],
        ["simulate", "--seeds", "x"],
        ["simulate", "--discount", "1.5"],
        ["simulate", "--periods", "-3"],
        ["simulate", "--trajectory", "run.txt"],
        ["simulate", "--video", "run.mp4"],
        ["simulate", "--polcy", "constant:1"],
    ] {
        let message = fail(2, &args);
        assert!(message.starts_with("error: "), "{message}");
    }
}

#[test]
fn a_video_needs_the_python_package_and_nothing_is_played_without_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let report = folder.path().join("report.html");
    let message =
        fail(1, &["simulate", "--video", "run.gif", "--report", report.to_str().expect("a plain path")]);
    assert!(message.contains("--video: ") && message.contains("pip install gym-invmgmt"), "{message}");
    assert!(!report.exists(), "something was played");
}

#[test]
fn parameters_and_horizons_out_of_range_are_refused() {
    let message = fail(1, &["simulate", "--base-mu", "-5"]);
    assert!(message.contains("base_mu is -5; expected a finite number >= 0"), "{message}");
    let message = fail(1, &["simulate", "--periods", "99999999999"]);
    assert!(message.contains("num_periods is 99999999999; expected a whole number from 1 to"), "{message}");
    let message = fail(1, &["simulate", "--policy", "constant:1e308", "--base-mu", "1e308"]);
    assert!(message.contains("the run left the range of numbers"), "{message}");
}

#[test]
fn a_file_that_cannot_be_written_is_a_failure() {
    let run = run(&["simulate", "--report", "no/such/folder/r.html"]);
    assert_eq!(run.code, Some(1));
    assert!(run.stderr.contains("there is no folder no/such/folder"), "{}", run.stderr);
}

#[test]
fn a_bare_number_is_one_seed_and_is_said_to_be() {
    let seeds = |text: &str| {
        let printed = succeed(&["simulate", "--network", "serial", "--seeds", text]);
        printed.lines().find_map(|line| line.strip_prefix("seeds    ")).expect("a line of seeds").to_owned()
    };
    assert_eq!(seeds("100"), "1 seed: 100 (for 100 seeds say --seeds 0..100)");
    assert_eq!(seeds("42"), "1 seed: 42");
    assert_eq!(seeds("0..3"), "0, 1, 2");
}

#[test]
fn a_parameter_of_an_effect_that_is_not_on_is_refused_by_name() {
    let options = [
        ("--trend-slope", "trend"),
        ("--seasonal-amp", "seasonal"),
        ("--seasonal-freq", "seasonal"),
        ("--seasonal-phase", "seasonal"),
        ("--shock-time", "shock"),
        ("--shock-mag", "shock"),
    ];
    for command in ["simulate", "optimize"] {
        for (option, effect) in options {
            let others: Vec<&str> =
                ["trend", "seasonal", "shock"].into_iter().filter(|name| *name != effect).collect();
            for with in [&[][..], &["--effects", &others.join(",")], &["--demand-type", "stationary"]] {
                let args = [&[command, "--network", "serial", option, "0.3"][..], with].concat();
                let expected = format!("{option} shapes the effect {effect}, which is not on");
                assert!(fail(2, &args).contains(&expected), "{args:?}");
            }
        }
    }
    let both = fail(2, &["simulate", "--shock-mag", "3", "--trend-slope", "1", "--effects", "seasonal"]);
    assert!(both.contains("--trend-slope shapes") && both.contains("--shock-mag shapes"), "{both}");
    succeed(&["simulate", "--network", "serial", "--demand-type", "trend+shock", "--shock-mag", "3"]);
}

#[test]
fn a_report_by_the_name_of_another_kind_of_file_is_refused() {
    for name in ["r.xlsx", "r.pdf", "r.json", "r.html.gz"] {
        for args in [
            &["simulate", "--network", "serial", "--report", name][..],
            &["fit", "data/m5_foods_3_382_ca_3.csv", "--column", "units", "--report", name],
        ] {
            let message = fail(2, args);
            assert!(
                message.contains(&format!("--report {name}: the name must end in .html or .htm")),
                "{message}"
            );
        }
    }
}
