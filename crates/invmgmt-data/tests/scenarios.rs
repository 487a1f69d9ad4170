//! Scenario and suite files: what they say, that they come back, and what is said of mistakes.

use std::fs;
use std::path::PathBuf;

use invmgmt::demand::{Effects, Law};
use invmgmt::network::preset;
use invmgmt_data::{
    SUITES, Scenario, Value, load_scenario, load_suite, scenario_from_yaml, suite, suite_from_yaml,
};

/// Two shops, two towns.
const SHOPS: &str = "
  nodes: [{id: east}, {id: west}, {id: shop, I0: 50, h: 0.1}, {id: kiosk, I0: 30, h: 0.1}, {id: farm}]
  edges:
    - {from: shop, to: east, p: 3, b: 1, demand_dist: poisson, dist_param: {mu: 12}}
    - {from: kiosk, to: west, p: 3, b: 1, demand_dist: normal, dist_param: {loc: 8, scale: 2}}
    - {from: farm, to: shop, L: 2, p: 1, g: 0}
    - {from: farm, to: kiosk, L: 1, p: 1, g: 0}
";

fn shops(rest: &str) -> String {
    format!("network:{SHOPS}{rest}\nnum_periods: 4\n")
}

fn read(text: &str) -> Scenario {
    scenario_from_yaml(text).expect("a sound scenario")
}

fn refusal(text: &str) -> String {
    scenario_from_yaml(text).expect_err("refused").to_string()
}

/// A folder of its own for a test's files.
fn folder(name: &str) -> PathBuf {
    let folder = std::env::temp_dir().join(format!("invmgmt-scenarios-{name}-{}", std::process::id()));
    fs::create_dir_all(&folder).expect("a folder");
    folder
}

#[test]
fn each_market_link_has_its_own_law_effects_and_series() {
    let scenario = read(&shops(
        "demand:
  effects: [trend]
  trend_slope: 0.5
  links:
    - {from: shop, to: east, demand_dist: uniform, dist_param: {loc: 6, scale: 4}, effects: [shock], shock_time: 2}
    - {from: kiosk, to: west, series: [1, 2, 3, 4]}
rules: {backlog: false, discount: 0.9, salvage_value: {kiosk: 0.5}}",
    ));
    let links: Vec<_> = scenario.network.market.indices().collect();
    assert_eq!(scenario.network.market[links[0]].law, Law::Uniform { scale: 4.0 });
    let mean = |period, link| scenario.demand.mean(&scenario.network, period, links[link], 1.0);
    // The east has a mean of its own of 6, doubled from period 2 on, and no trend; the west is its series.
    assert_eq!([mean(0, 0), mean(1, 0), mean(2, 0)], [6.0, 6.0, 12.0]);
    assert_eq!([mean(0, 1), mean(3, 1)], [1.0, 4.0]);
    assert_eq!((scenario.rules.backlog, scenario.rules.discount, scenario.num_periods), (false, 0.9, 4));
    let worth: Vec<f64> = scenario.network.managed.rows().iter().map(|node| node.salvage_value).collect();
    assert_eq!(worth, [0.5, 0.0], "kiosk, shop");
    assert_eq!(read(&scenario.to_yaml()), scenario);
}

#[test]
fn a_scenario_that_names_files_comes_back_as_one_that_stands_alone() {
    let folder = folder("files");
    fs::write(folder.join("net.yaml"), SHOPS.replace("\n  ", "\n")).expect("written");
    fs::write(folder.join("sales.csv"), "day,units\n1,5\n2,7\n").expect("written");
    let text = "network: net.yaml
num_periods: 4
demand:
  base_mu: 5
  links:
    - {from: kiosk, to: west, series: {file: sales.csv, column: units, cycle: true, scale_to_mean: 12}}
    - {from: shop, to: east, external_series: 'sales.csv:units'}
";
    fs::write(folder.join("scenario.yaml"), text).expect("written");
    let scenario = load_scenario(&folder.join("scenario.yaml")).expect("a sound scenario");
    let links: Vec<_> = scenario.network.market.indices().collect();
    let series = scenario.demand.replays.series(links[1]);
    assert_eq!(series, Some(&[10.0, 14.0, 10.0, 14.0][..]));
    assert_eq!(scenario.demand.mean(&scenario.network, 1, links[0], 1.0), 7.0);
    fs::remove_dir_all(&folder).expect("removed");
    assert_eq!(read(&scenario.to_yaml()), scenario);
}

#[test]
fn what_is_not_said_is_as_everywhere_else() {
    let scenario = read("network: base\nnum_periods: 30\n");
    assert_eq!(scenario.network.declared, preset("network").expect("a preset"));
    assert_eq!(*scenario.demand, invmgmt::demand::DemandModel::default());
    assert_eq!(scenario.rules, invmgmt::period::Rules::default());
    assert_eq!(
        scenario.to_yaml(),
        "network: network\nrules: {backlog: true, discount: 1.0}\nnum_periods: 30\n"
    );
}

#[test]
fn a_link_keeps_out_of_a_common_mean_and_comes_back_so() {
    for rest in [
        "demand: {base_mu: 5, links: [{from: shop, to: east, demand_dist: poisson, dist_param: {mu: 12}}]}",
        "demand: {external_series: [1, 2], links: [{from: shop, to: east, base_mu: 9}]}",
        "demand: {use_goodwill: true, gw_cap: 3, links: [{from: shop, to: east, noise_scale: 0}]}",
    ] {
        let scenario = read(&shops(rest));
        assert_eq!(read(&scenario.to_yaml()), scenario, "{}", scenario.to_yaml());
    }
    let own = read(&shops(
        "demand: {base_mu: 5, links: [{from: shop, to: east, demand_dist: poisson, dist_param: {mu: 12}}]}",
    ));
    let links: Vec<_> = own.network.market.indices().collect();
    let means = [0, 1].map(|link| own.demand.mean(&own.network, 0, links[link], 1.0));
    assert_eq!(means, [12.0, 5.0]);
}

#[test]
fn mistakes_are_told_all_at_once_each_at_its_line() {
    let text = "network: serial
num_period: 30
demand:
  efects: [trend]
  base_mu: -5
  links:
    - {from: 1, to: 7, base_mu: 3}
    - {from: 1, to: 0, series: [1, 2], base_mu: 4}
    - {from: 1, to: 0, base_mu: 4}
rules:
  backlog: 1
  discount: 0
  salvage_value: {4: 1, 9: 1, 2: -1}
";
    let words = refusal(text);
    let lines: Vec<&str> = words.lines().collect();
    let expected = [
        "line 2: unknown key 'num_period'; nearest known key: 'num_periods'",
        "line 4: demand: unknown key 'efects'; nearest known key: 'effects'",
        "line 5: demand: base_mu: base_mu is -5; expected a finite number >= 0",
        "line 7: demand: links[0]: no market link 1 -> 7; market links: 1 -> 0",
        "line 8: demand: links[1]: series: two demands for one link: 'series' is its demand, so base_mu would",
        "line 9: demand: links[2]: market link 1 -> 0 already has demand in links[1]; give it one",
        "line 11: rules: backlog: found 1; expected true or false",
        "line 12: rules: discount: found 0; expected a number above 0 and at most 1",
        "line 13: rules: salvage_value: 4: a raw material holds no stock, so nothing is left there; nodes that",
        "line 13: rules: salvage_value: 9: no such node; nodes that hold stock: 1, 2, 3",
        "line 13: rules: salvage_value: 2: found -1; expected a finite number >= 0",
    ];
    assert_eq!(lines.len(), expected.len() + 1, "{words}");
    for (line, expected) in lines[1..].iter().zip(expected) {
        assert!(line.starts_with(expected), "{line}\n  against {expected}");
    }
}

#[test]
fn a_series_that_cannot_be_used_is_refused_with_the_reason() {
    let with = |series: &str| {
        refusal(&shops(&format!("demand: {{links: [{{from: shop, to: east, series: {series}}}]}}")))
    };
    assert!(with("[1, 2]").ends_with("series: series has length 2; expected at least num_periods=4"));
    assert!(with("[1, 2, -3, 4]").ends_with("series[2] is -3; expected a finite number >= 0"));
    assert!(with("'no_such.csv:units'").contains("series: Data file not found: "));
    assert!(with("sales").contains("found text 'sales'; expected a list of numbers, FILE.csv:COLUMN"));
    assert!(with("{file: sales.csv}").contains("file: expected a list of numbers"));
    assert!(with("{values: [0, 0, 0, 0], scale_to_mean: 3}").contains("have mean 0 and cannot be scaled"));
    assert!(with("[1, two, 3, 4]").contains("series[1]: found text 'two'; expected a number"));
    assert!(with("{values: [1], repeat: true}").contains("unknown key 'repeat'"));
}

#[test]
fn a_network_that_cannot_be_used_is_refused_with_the_reason() {
    assert!(
        refusal("network: seriel\nnum_periods: 3")
            .contains("line 1: network: unknown network 'seriel'; known: network, serial")
    );
    assert!(refusal("network: no_such.yaml\nnum_periods: 3").contains("Config file not found"));
    assert!(refusal("network: [1]\nnum_periods: 3").contains("found a list; expected the name of a network"));
    let inner = refusal("network:\n  nodes: [{id: 1}]\n  edges: []\nnum_periods: 3");
    assert!(inner.contains("line 3: network: edges: no edges given; a network needs a non-empty"), "{inner}");
    assert_eq!(
        refusal(""),
        "found nothing; expected a scenario: a mapping with 'network', 'demand', 'rules' and 'num_periods'"
    );
    assert!(refusal("network: serial\nnum_periods: 0").contains("found 0; expected a whole number from 1"));
    assert!(refusal("network: serial").contains("num_periods: missing"));
}

#[test]
fn the_published_suite_has_the_published_rows() {
    let suite = suite("published-26").expect("it comes along");
    assert_eq!(suite.seeds, [42, 123, 456, 789, 1011, 2022, 3033, 4044, 5055, 6066]);
    let repeats: Vec<(&str, &str)> = suite
        .problems()
        .iter()
        .filter_map(|problem| problem.same_as.as_deref().map(|same| (problem.id.as_str(), same)))
        .collect();
    assert_eq!(repeats, [("S21", "S01"), ("S22", "S05"), ("S23", "S09"), ("S24", "S13")]);
    let ids: Vec<String> = (1..=26).map(|row| format!("S{row:02}")).collect();
    assert!(suite.problems().iter().map(|problem| &problem.id).eq(&ids));
    let of = |id: &str| suite.problem(id).expect("a row");
    assert_eq!(of("S16").key, "A_Core|serial|trend+seasonal+shock|GW:True|BL:False|MARL:False");
    assert!(of("S16").demand.config.use_goodwill && !of("S16").rules.backlog);
    assert_eq!(of("S25").key, "D_WalmartM5|base|M5_volatile|GW:False|BL:True|MARL:False");
    // Sums of mean demand over the thirty periods, as published.
    let total = |id: &str| -> f64 {
        let link = of(id).network.market.indices().next().expect("a market link");
        (0..30).map(|period| of(id).demand.mean(&of(id).network, period, link, 1.0)).sum()
    };
    for (id, published) in [("S17", 600.0), ("S01", 963.64), ("S05", 1391.46), ("S26", 600.0)] {
        assert!((total(id) - published).abs() < 0.005, "{id}: {}", total(id));
    }
    assert_eq!(of("S09").demand.config.effects, Effects { trend: true, seasonal: true, shock: false });
}

/// The keys under which profits were published.
#[test]
fn every_published_key_is_a_row() {
    let text = include_str!("../../../tests/golden/published_profits.json");
    let golden: serde_json::Value = serde_json::from_str(text).expect("JSON");
    let suite = suite("published-26").expect("it comes along");
    let mut seen = 0;
    for keys in golden["profits"].as_object().expect("policies").values() {
        for key in keys.as_object().expect("keys").keys() {
            assert!(suite.problems().iter().any(|problem| problem.key == *key), "{key}");
            seen += 1;
        }
    }
    assert!(seen >= 26);
}

#[test]
fn every_suite_that_comes_along_comes_back_from_its_own_file() {
    for (name, text) in SUITES {
        let suite = suite(name).expect("it comes along");
        assert_eq!(suite.name, name);
        assert!(Value::from_yaml(text).is_ok());
        assert_eq!(suite_from_yaml(&suite.to_yaml()).expect("sound"), suite);
    }
}

#[test]
fn a_suite_or_a_version_that_does_not_come_along_is_refused_by_name() {
    let words = |name| suite(name).expect_err("refused").to_string();
    assert!(words("published-27").starts_with("unknown suite 'published-27'; known: published-26"));
    assert_eq!(words("published-26@2"), "suite published-26 has version 1; found a request for version '2'");
    assert!(suite("published-26@1").is_ok());
}

#[test]
fn mistakes_of_a_suite_are_told_at_their_lines() {
    let words = suite_from_yaml(
        "name: mine
version: 0
seeds: [1, 2, 10..12]
train_seeds: [11]
scored: 40
scenarios:
  - {id: a, scenario: {network: serial, num_periods: 50}}
  - {id: a, scenario: {network: serial, num_periods: 30}}
  - {id: b, same_as: c, scenario: {network: serial, num_periods: 50}}
  - {id: d, same_as: a, scenario: {network: base, num_periods: 50}}
  - {id: e, scenario: {network: serial, num_periods: 50, rule: {}}}
",
    )
    .expect_err("refused")
    .to_string();
    for expected in [
        "line 2: version: found 0; expected a whole number from 1",
        "line 4: train_seeds: seed 11 is among 'seeds' as well; what is trained on must not be scored",
        "line 8: scenarios[1]: id: 'a' already names another problem",
        "line 8: scenarios[1]: scored: a warm-up of 0 and 40 scored periods do not fit an episode of 30 periods",
        "line 9: scenarios[2]: same_as: no earlier problem has this id",
        "line 10: scenarios[3]: same_as: the two problems differ; leave 'same_as' out",
        "line 11: scenarios[4]: scenario: unknown key 'rule'; nearest known key: 'rules'",
    ] {
        assert!(words.contains(expected), "{expected}\n  not in\n{words}");
    }
    for seeds in ["[-1]", "[5..5]", "[a]", "[9007199254740993]", "[1, 1]", "[]", "[0..2000000]"] {
        let text = format!(
            "name: x\nversion: 1\nseeds: {seeds}\nscenarios: [{{id: a, scenario: {{network: serial, num_periods: 5}}}}]"
        );
        assert!(suite_from_yaml(&text).is_err(), "{seeds}");
    }
}

#[test]
fn a_suite_reads_scenarios_from_files_beside_it() {
    let folder = folder("suite");
    fs::write(folder.join("a.yaml"), "network: serial\nnum_periods: 50\n").expect("written");
    let text = "name: mine\nversion: 3\nseeds: [1]\nwarm_up: 10\nscenarios: [{id: a, scenario: a.yaml}]\n";
    fs::write(folder.join("suite.yaml"), text).expect("written");
    let suite = load_suite(&folder.join("suite.yaml")).expect("sound");
    assert_eq!(suite.problems()[0].window(), 10..50);
    fs::remove_dir_all(&folder).expect("removed");
}

/// What is accepted without effect, each with its line.
fn notes(text: &str) -> Vec<String> {
    read(text).notes.iter().map(invmgmt_data::Diagnostic::with_line).collect()
}

#[test]
fn keys_without_effect_are_accepted_and_noted_with_their_lines() {
    let text = shops(
        "demand:
  shock_mag: 2
  seasonal_amp: 0.5
  gw_cap: 3
  noise_scale: 0.5
  links:
    - {from: shop, to: east, effects: [shock], trend_slope: 0.1}
    - {from: kiosk, to: west, noise_scale: 0.25}
",
    )
    .replace("{id: farm}", "{id: farm, h: 0.2}");
    assert_eq!(
        notes(&text),
        [
            "line 2: network: nodes[4] (farm): h: 0.2 has no effect, because a raw material holds no stock and makes \
             nothing",
            "line 10: demand: seasonal_amp: has no effect without 'seasonal' among the effects",
            "line 11: demand: gw_cap: has no effect without 'use_goodwill: true'",
            "line 14: demand: links[0]: trend_slope: has no effect without 'trend' among the effects",
        ]
    );
    let sound = shops("demand: {effects: [shock], shock_mag: 3, use_goodwill: true, gw_cap: 3}");
    assert!(notes(&sound).is_empty());
    assert_eq!(read(&text).to_yaml(), read(&read(&text).to_yaml()).to_yaml());
}

#[test]
fn what_has_no_effect_in_a_file_named_by_another_is_noted_under_its_name() {
    let folder = folder("notes");
    let network = SHOPS.replace("{id: west}", "{id: west, I0: 4}");
    fs::write(folder.join("shops.yaml"), network).expect("written");
    fs::write(folder.join("year.yaml"), "network: shops.yaml\ndemand: {shock_time: 3}\nnum_periods: 4\n")
        .expect("written");
    let suite = "name: ours\nversion: 1\nseeds: [1]\nscenarios:\n  - {id: a, scenario: year.yaml}\n";
    fs::write(folder.join("ours.yaml"), suite).expect("written");
    let of_network = "network (shops.yaml): nodes[1] (west): I0: 4 has no effect, because a market holds no stock and \
                      makes nothing";
    let of_demand = "demand: shock_time: has no effect without 'shock' among the effects";
    let scenario = load_scenario(&folder.join("year.yaml")).expect("sound");
    let said: Vec<String> = scenario.notes.iter().map(invmgmt_data::Diagnostic::with_line).collect();
    assert_eq!(said, [format!("line 1: {of_network}"), format!("line 2: {of_demand}")]);
    let suite = load_suite(&folder.join("ours.yaml")).expect("sound");
    let said: Vec<String> = suite.notes().map(|note| note.with_line()).collect();
    let place = "problem a: year.yaml";
    assert_eq!(said, [format!("{place}:1: {of_network}"), format!("{place}:2: {of_demand}")]);
}

#[test]
fn nothing_in_the_suites_that_come_along_is_without_effect() {
    for (name, _) in SUITES {
        assert_eq!(suite(name).expect("comes along").notes().count(), 0, "{name}");
    }
}

/// A scenario with facts, for the tests below.
fn with_facts(facts: &str) -> Result<Scenario, invmgmt_data::FileError> {
    scenario_from_yaml(&format!("network: serial\nnum_periods: 3\n{facts}"))
}

#[test]
fn what_is_known_of_a_problem_is_read_and_written() {
    let scenario = with_facts(
        "source: Zipkin 2008\nconvention: order first\n\
         optimum: {value: 2.5, low: 2, high: 3, objective: profit, criterion: finite, kind: proven, by: exact}\n\
         known: [{policy: 'basestock:1,2,3', value: 2.25, by: a book}]\n",
    )
    .expect("a scenario");
    let facts = &scenario.facts;
    assert_eq!(
        (facts.source.as_deref(), facts.convention.as_deref()),
        (Some("Zipkin 2008"), Some("order first"))
    );
    let optimum = facts.optimum.as_ref().expect("stated");
    assert_eq!(optimum.to_string(), "profit 2.5, proven (exact)");
    assert_eq!((optimum.unbeatable(), optimum.reached()), (Some(2.5), Some(2.5)));
    assert_eq!((facts.known[0].policy.as_str(), facts.known[0].value), ("basestock:1,2,3", 2.25));
    assert_eq!(scenario_from_yaml(&scenario.to_yaml()).expect("stands alone"), scenario);
    let beside = with_facts(
        "optimum: {value: 2.4987, criterion: average, kind: proven, by: 'exact, 3 states', published: 2.5}\n",
    );
    let beside = beside.expect("a scenario");
    assert_eq!(scenario_from_yaml(&beside.to_yaml()).expect("stands alone"), beside);
    let words = beside.facts.optimum.expect("stated").to_string();
    assert_eq!(words, "cost per period 2.4987, proven (exact, 3 states); published 2.5");
    // A cost that lies between bounds: no policy is below the lower, and the upper one is reached.
    let bounds = with_facts("optimum: {low: 2, high: 3, criterion: average, kind: bound, by: a formula}\n");
    let bounds = bounds.expect("a scenario").facts.optimum.expect("stated");
    assert_eq!((bounds.unbeatable(), bounds.reached()), (Some(2.0), Some(3.0)));
    assert_eq!(bounds.to_string(), "cost per period between 2 and 3, no optimum known (a formula)");
}

#[test]
fn what_is_known_of_a_problem_is_checked() {
    let refused = |facts: &str| with_facts(facts).expect_err("refused").to_string();
    let optimum = |entries: &str| refused(&format!("optimum: {{{entries}}}\n"));
    for (entries, expected) in [
        (
            "value: 1, criterion: mean, kind: proven, by: x",
            "criterion: found text 'mean'; expected one of average, discounted, finite",
        ),
        (
            "value: 1, criterion: finite, kind: known, by: x",
            "kind: found text 'known'; expected one of proven, published, bound",
        ),
        ("value: 1, criterion: finite, kind: proven", "by: missing"),
        ("value: one, criterion: finite, kind: proven, by: x", "value: found text 'one'; expected a number"),
        ("value: .inf, criterion: finite, kind: proven, by: x", "value: found inf; expected a finite number"),
        ("criterion: finite, kind: proven, by: x", "value: missing; kind 'proven' has a value"),
        (
            "value: 1, low: 0, criterion: finite, kind: bound, by: x",
            "value: of kind 'bound' no value is known",
        ),
        ("criterion: finite, kind: bound, by: x", "low: missing; kind 'bound' has 'low', 'high' or both"),
        (
            "low: 3, high: 2, criterion: finite, kind: bound, by: x",
            "high: found low 3, high 2; expected low <= value <= high",
        ),
        (
            "value: 4, high: 2, criterion: finite, kind: proven, by: x",
            "value: found low -inf, value 4; expected low",
        ),
        ("value: 1, criterion: finite, kind: proven, by: x, gap: 2", "unknown key 'gap'"),
        (
            "value: 1, criterion: finite, kind: published, by: x, published: 1",
            "published: stands beside a value that is proven; of kind 'published' it says nothing",
        ),
    ] {
        let message = optimum(entries);
        assert!(message.contains(expected), "{entries}: {message}");
    }
    assert!(refused("known: [{policy: oracle, by: x}]\n").contains("known[0]: value: missing"));
    assert!(refused("known: basestock\n").contains("expected a list of policies with their values"));
    let mean = "optimum: {value: 1, criterion: average, kind: proven, by: x}\nrules: {discount: 0.9}\n";
    assert!(refused(mean).contains("optimum: criterion: found 'average' and a discount of 0.9"));
}

/// A market link declared for several products gives each a law of its own where the scenario says so.
#[test]
fn every_product_of_a_link_may_have_demand_of_its_own() {
    let text = "
network:
  products: [milk, cheese]
  nodes: [{id: farm}, {id: shop, I0: 40, h: 0.1}, {id: town}]
  edges:
    - {from: farm, to: shop, L: 2, p: 0.5, g: 0.01}
    - {from: shop, to: town, p: {milk: 2, cheese: 9}, b: 1, demand_dist: poisson, dist_param: {mu: 12}}
demand:
  links:
    - {from: shop, to: town, product: cheese, demand_dist: deterministic, dist_param: {mu: 3}}
    - {from: shop, to: town, product: milk, base_mu: 7}
num_periods: 4
";
    let problem = read(text);
    let names: Vec<String> =
        problem.network.market.rows().iter().map(|link| problem.network.link_name(link.link)).collect();
    assert_eq!(names, ["shop -> town, milk", "shop -> town, cheese"]);
    let means: Vec<f64> = problem
        .network
        .market
        .indices()
        .map(|link| problem.demand.mean(&problem.network, 0, link, 1.0))
        .collect();
    assert_eq!(means, [7.0, 3.0]);
    let prices: Vec<f64> = problem.network.market.rows().iter().map(|link| link.price).collect();
    assert_eq!(prices, [2.0, 9.0]);
    let market: Vec<_> = problem.network.market.indices().collect();
    assert_eq!(problem.demand.variance(&problem.network, 0, market[1], 1.0), 0.0, "cheese is certain");
    assert!(problem.demand.variance(&problem.network, 0, market[0], 1.0) > 0.0);
}
